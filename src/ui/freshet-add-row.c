/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-add-row.h"
#include "freshet-format.h"

struct _FreshetAddRow
{
  AdwActionRow parent_instance;
  FreshetAddRequest *request;
  GtkWidget *spinner;
  GtkWidget *retry_button;
  GtkWidget *arrow;
  gboolean leads_on;
};

G_DEFINE_FINAL_TYPE (FreshetAddRow, freshet_add_row, ADW_TYPE_ACTION_ROW)

static void
show_request (FreshetAddRow *self)
{
  FreshetAddState state = freshet_add_request_get_state (self->request);
  const char *status = freshet_add_request_get_status (self->request);
  g_autofree char *contents = NULL;

  if (state == FRESHET_ADD_READY)
    contents = freshet_format_contents (freshet_add_request_get_size (self->request),
                                        freshet_add_request_get_n_files (self->request));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), freshet_add_request_get_name (self->request));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), contents != NULL ? contents : status != NULL ? status : "");
  gtk_widget_set_visible (self->spinner, state == FRESHET_ADD_FETCHING);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), state == FRESHET_ADD_FETCHING);
  gtk_widget_set_visible (self->retry_button, state == FRESHET_ADD_FAILED);
  gtk_widget_set_visible (self->arrow, self->leads_on && state == FRESHET_ADD_READY);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), self->leads_on && state == FRESHET_ADD_READY);
}

static void
retry_cb (FreshetAddRow *self)
{
  freshet_add_request_retry (self->request);
}

static void
freshet_add_row_finalize (GObject *object)
{
  g_clear_object (&FRESHET_ADD_ROW (object)->request);
  G_OBJECT_CLASS (freshet_add_row_parent_class)->finalize (object);
}

static void
freshet_add_row_class_init (FreshetAddRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = freshet_add_row_finalize;
}

static void
freshet_add_row_init (FreshetAddRow *self)
{
  self->spinner = gtk_spinner_new ();
  self->retry_button = gtk_button_new_with_mnemonic (_ ("_Try Again"));
  self->arrow = gtk_image_new_from_icon_name ("go-next-symbolic");
  gtk_widget_set_valign (self->retry_button, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (self->retry_button, "clicked", G_CALLBACK (retry_cb), self);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->spinner);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->retry_button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->arrow);
}

GtkWidget *
freshet_add_row_new (FreshetAddRequest *request)
{
  FreshetAddRow *self = g_object_new (FRESHET_TYPE_ADD_ROW, "use-markup", FALSE, "title-lines", 2, "subtitle-lines", 3, NULL);

  self->request = g_object_ref (request);
  g_signal_connect_object (request, "notify::status", G_CALLBACK (show_request), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (request, "notify::state", G_CALLBACK (show_request), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (request, "notify::name", G_CALLBACK (show_request), self, G_CONNECT_SWAPPED);
  show_request (self);
  return GTK_WIDGET (self);
}

FreshetAddRequest *
freshet_add_row_get_request (FreshetAddRow *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_ROW (self), NULL);
  return self->request;
}

void
freshet_add_row_set_leads_on (FreshetAddRow *self)
{
  g_return_if_fail (FRESHET_IS_ADD_ROW (self));

  self->leads_on = TRUE;
  show_request (self);
}
