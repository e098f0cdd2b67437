/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-row.h"
#include "freshet-torrent-view-private.h"

/* Rows of the comfortable view are filled when they come into sight, and only
 * as many in a frame as it has time for. */

/* So many rows are shown at once. */
#define FEW_ROWS 8u

/* Microseconds of a frame in which rows are filled, so that GTK has the rest. */
#define SHOW_TIME 5000

/* Rows kept for later: as many as GTK asks for at once. */
#define MOST_SPARE 200u

/* Frames in which rows are looked for that came into sight. */
#define SHOW_FRAMES 3u

/* Rows with all that is in them are used again: a new order makes GTK let go
 * of every row it has, and ask for as many new ones. */
static void
setup_row_cb (FreshetTorrentView *self, GtkListItem *cell)
{
  GListModel *library = gtk_filter_list_model_get_model (self->filtered);
  GtkWidget *row;

  if (self->spare->len > 0)
    {
      row = g_ptr_array_steal_index_fast (self->spare, self->spare->len - 1);
      gtk_list_item_set_child (cell, row);
      g_object_unref (row);
      return;
    }
  row = g_object_new (FRESHET_TYPE_TORRENT_ROW, NULL);
  if (FRESHET_IS_LIBRARY (library))
    freshet_torrent_row_set_library (FRESHET_TORRENT_ROW (row), FRESHET_LIBRARY (library));
  gtk_list_item_set_child (cell, row);
}

static void
teardown_row_cb (FreshetTorrentView *self, GtkListItem *cell)
{
  GtkWidget *row = gtk_list_item_get_child (cell);

  if (row == NULL || self->spare->len >= MOST_SPARE)
    return;
  g_ptr_array_add (self->spare, g_object_ref (row));
  gtk_list_item_set_child (cell, NULL);
}

/* Rows that can be seen or, when @margin is 0.5, will be when half a screen is scrolled. */
static gboolean
is_near (FreshetTorrentView *self, GtkWidget *row, float margin)
{
  float height = (float) gtk_widget_get_height (GTK_WIDGET (self->list));
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (row, GTK_WIDGET (self->list), &bounds)
         && bounds.origin.y + bounds.size.height > -margin * height && bounds.origin.y < (1 + margin) * height;
}

/* Until @deadline. Returns whether all that are near are shown. */
static gboolean
show_rows (FreshetTorrentView *self, float margin, gint64 deadline)
{
  for (guint i = self->pending->len; i > 0; i--)
    if (is_near (self, self->pending->pdata[i - 1], margin))
      {
        if (g_get_monotonic_time () > deadline)
          return FALSE;
        freshet_torrent_row_show (self->pending->pdata[i - 1]);
        g_ptr_array_remove_index_fast (self->pending, i - 1);
      }
  return TRUE;
}

static gboolean
show_rows_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  FreshetTorrentView *self = FRESHET_TORRENT_VIEW (widget);
  gint64 deadline = g_get_monotonic_time () + SHOW_TIME;

  if (!show_rows (self, 0, deadline) || !show_rows (self, 0.5f, deadline))
    return G_SOURCE_CONTINUE;
  if (--self->show_frames > 0)
    return G_SOURCE_CONTINUE;
  self->show_source = 0;
  return G_SOURCE_REMOVE;
}

/* Where rows are is known after the next frame, and GTK may put them elsewhere
 * in the one after it. */
static void
show_rows_soon (FreshetTorrentView *self)
{
  self->show_frames = SHOW_FRAMES;
  if (self->show_source == 0)
    self->show_source = gtk_widget_add_tick_callback (GTK_WIDGET (self), show_rows_cb, NULL, NULL);
}

static void
scrolled_cb (FreshetTorrentView *self)
{
  if (self->pending->len > 0)
    show_rows_soon (self);
}

static void
bind_row_cb (FreshetTorrentView *self, GtkListItem *cell)
{
  FreshetTorrentRow *row = FRESHET_TORRENT_ROW (gtk_list_item_get_child (cell));

  freshet_torrent_row_set_narrow (row, self->narrow);
  freshet_torrent_row_set_item (row, gtk_list_item_get_item (cell));
  if (g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) <= FEW_ROWS)
    {
      freshet_torrent_row_show (row);
      return;
    }
  g_ptr_array_add (self->pending, row);
  show_rows_soon (self);
}

static void
unbind_row_cb (FreshetTorrentView *self, GtkListItem *cell)
{
  GtkWidget *row = gtk_list_item_get_child (cell);

  g_ptr_array_remove_fast (self->pending, row);
  freshet_torrent_row_set_item (FRESHET_TORRENT_ROW (row), NULL);
}

void
freshet_torrent_view_begin_rows (FreshetTorrentView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  self->pending = g_ptr_array_new ();
  self->spare = g_ptr_array_new_with_free_func (g_object_unref);
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "teardown", G_CALLBACK (teardown_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_row_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->rows_page)), "value-changed",
                           G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
}

void
freshet_torrent_view_set_narrow (FreshetTorrentView *self, gboolean narrow)
{
  GtkWidget *list = GTK_WIDGET (self->list);

  g_return_if_fail (FRESHET_IS_TORRENT_VIEW (self));

  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  for (GtkWidget *cell = gtk_widget_get_first_child (list); cell != NULL; cell = gtk_widget_get_next_sibling (cell))
    if (FRESHET_IS_TORRENT_ROW (gtk_widget_get_first_child (cell)))
      freshet_torrent_row_set_narrow (FRESHET_TORRENT_ROW (gtk_widget_get_first_child (cell)), narrow);
}
