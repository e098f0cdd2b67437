/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-slot-model.h"

/* Microseconds of a frame in which slots are filled, so that GTK has the rest. */
#define FILL_TIME 4000

/* More is allowed for what would be seen with the texts of other rows. */
#define SHOW_TIME 8000

/* Rows in sight until the list has been laid out. */
#define FIRST_ROWS 40u

typedef struct
{
  FreshetSlotModel *model;
  GtkWidget *list; /* borrowed: it owns this */
  GtkAdjustment *adjustment;
  guint tick;
  gboolean scrolled;  /* since the last frame */
  double row_height; /* pixels, of the average row; 0 before the first layout */
} Service;

static void
find_range (Service *service, guint *first, guint *last)
{
  double top, page;

  *first = 0;
  *last = FIRST_ROWS;
  if (service->row_height <= 0)
    return;
  top = gtk_adjustment_get_value (service->adjustment) / service->row_height;
  page = gtk_adjustment_get_page_size (service->adjustment) / service->row_height;
  *first = (guint) MAX (0, top - 1);
  *last = (guint) (top + page + 1);
}

static gboolean
tick_cb (GtkWidget *list, GdkFrameClock *clock, gpointer data)
{
  Service *service = data;
  gboolean scrolled = service->scrolled;
  guint first, last;

  service->scrolled = FALSE;
  find_range (service, &first, &last);
  if (gtk_widget_get_mapped (list) && scrolled)
    {
      /* Rows out of sight would be others in the next frame. */
      freshet_slot_model_show (service->model, first, last, g_get_monotonic_time () + FILL_TIME);
      return G_SOURCE_CONTINUE;
    }
  if (gtk_widget_get_mapped (list)
      && !freshet_slot_model_fill (service->model, first, last, g_get_monotonic_time () + FILL_TIME))
    return G_SOURCE_CONTINUE;
  service->tick = 0;
  return G_SOURCE_REMOVE;
}

static void
fill_soon (Service *service)
{
  if (service->tick == 0 && gtk_widget_get_mapped (service->list))
    service->tick = gtk_widget_add_tick_callback (service->list, tick_cb, service, NULL);
}

/* In the same frame: what was in a row before would be seen for one. */
static void
scrolled_cb (Service *service)
{
  guint first, last;

  if (!gtk_widget_get_mapped (service->list))
    return;
  service->scrolled = TRUE;
  find_range (service, &first, &last);
  freshet_slot_model_show (service->model, first, last, g_get_monotonic_time () + SHOW_TIME);
}

/* The list was laid out. */
static void
adjusted_cb (Service *service)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (service->model));

  service->row_height = n > 0 ? gtk_adjustment_get_upper (service->adjustment) / n : 0;
}

static void
let_go (Service *service)
{
  if (service->adjustment != NULL)
    g_signal_handlers_disconnect_by_data (service->adjustment, service);
  g_clear_object (&service->adjustment);
}

static void
adjustment_cb (Service *service)
{
  let_go (service);
  g_set_object (&service->adjustment, gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (service->list)));
  if (service->adjustment == NULL)
    return;
  g_signal_connect_swapped (service->adjustment, "value-changed", G_CALLBACK (scrolled_cb), service);
  g_signal_connect_swapped (service->adjustment, "changed", G_CALLBACK (adjusted_cb), service);
}

static void
service_free (gpointer data)
{
  Service *service = data;

  g_signal_handlers_disconnect_by_data (service->model, service);
  let_go (service);
  g_object_unref (service->model);
  g_free (service);
}

void
freshet_slot_model_serve (FreshetSlotModel *self, GtkWidget *list)
{
  Service *service = g_new0 (Service, 1);

  g_return_if_fail (FRESHET_IS_SLOT_MODEL (self));
  g_return_if_fail (GTK_IS_SCROLLABLE (list));

  service->model = g_object_ref (self);
  service->list = list;
  g_object_set_data_full (G_OBJECT (list), "freshet-slot-service", service, service_free);
  g_signal_connect_swapped (self, "unsettled", G_CALLBACK (fill_soon), service);
  g_signal_connect_swapped (list, "map", G_CALLBACK (fill_soon), service);
  g_signal_connect_swapped (list, "notify::vadjustment", G_CALLBACK (adjustment_cb), service);
  adjustment_cb (service);
}
