/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-row.h"
#include "freshet-torrent-view-private.h"

/* A row that is dragged onto another takes its place in the queue, which is
 * the order of the library; in any other order a place means nothing. */

static FreshetTorrentRow *
row_at (FreshetTorrentView *self, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->list), x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = widget == NULL ? NULL : gtk_widget_get_ancestor (widget, FRESHET_TYPE_TORRENT_ROW);

  if (row == NULL && widget != NULL && FRESHET_IS_TORRENT_ROW (gtk_widget_get_first_child (widget)))
    row = gtk_widget_get_first_child (widget);
  return row == NULL ? NULL : FRESHET_TORRENT_ROW (row);
}

static GdkContentProvider *
prepare_cb (FreshetTorrentView *self, double x, double y, GtkDragSource *source)
{
  FreshetTorrentRow *row = row_at (self, x, y);
  g_autoptr (GdkPaintable) picture = NULL;

  if (row == NULL || self->sort_spec != NULL || freshet_torrent_row_get_item (row) == NULL)
    return NULL;
  picture = gtk_widget_paintable_new (GTK_WIDGET (row));
  gtk_drag_source_set_icon (source, picture, 0, 0);
  return gdk_content_provider_new_typed (FRESHET_TYPE_TORRENT_ITEM, freshet_torrent_row_get_item (row));
}

static GdkDragAction
motion_cb (FreshetTorrentView *self, double x, double y)
{
  return self->sort_spec == NULL && row_at (self, x, y) != NULL ? GDK_ACTION_MOVE : 0;
}

static gboolean
drop_cb (FreshetTorrentView *self, const GValue *value, double x, double y)
{
  GListModel *library = gtk_filter_list_model_get_model (self->filtered);
  FreshetTorrentRow *row = row_at (self, x, y);
  guint n = g_list_model_get_n_items (library);

  if (row == NULL || self->sort_spec != NULL || !FRESHET_IS_LIBRARY (library))
    return FALSE;
  for (guint place = 0; place < n; place++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (library, place);

      if (item != freshet_torrent_row_get_item (row))
        continue;
      freshet_library_move_to (FRESHET_LIBRARY (library), g_value_get_object (value), place);
      return TRUE;
    }
  return FALSE;
}

void
freshet_torrent_view_begin_drag (FreshetTorrentView *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (FRESHET_TYPE_TORRENT_ITEM, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE);
  /* Before the rows, which take what is pressed on them. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (source), GTK_PHASE_CAPTURE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "motion", G_CALLBACK (motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (target));
}
