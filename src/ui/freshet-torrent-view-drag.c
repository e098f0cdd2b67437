/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-slot.h"
#include "freshet-torrent-files.h"
#include "freshet-torrent-row.h"
#include "freshet-torrent-view-private.h"

/* Rows that are dragged between two others get that place in the queue, which
 * is the order of the library; in any other order a place means nothing. Other
 * programs get torrent files. */

static FreshetTorrentRow *
row_at (FreshetTorrentView *self, double x, double y)
{
  GtkWidget *widget = gtk_widget_pick (GTK_WIDGET (self->list), x, y, GTK_PICK_DEFAULT);
  GtkWidget *row = widget == NULL ? NULL : gtk_widget_get_ancestor (widget, FRESHET_TYPE_TORRENT_ROW);

  if (row == NULL && widget != NULL && FRESHET_IS_TORRENT_ROW (gtk_widget_get_first_child (widget)))
    row = gtk_widget_get_first_child (widget);
  return row == NULL ? NULL : FRESHET_TORRENT_ROW (row);
}

/* Of a link whose metadata is not here there is no file yet. */
static void
leave_out_links (GPtrArray *items)
{
  for (guint i = items->len; i > 0; i--)
    if (freshet_torrent_item_get_state (items->pdata[i - 1]) == BT_TORRENT_METADATA)
      g_ptr_array_remove_index (items, i - 1);
}

/* All that is selected, if @item is.
 * Returns: (transfer full): of FreshetTorrentItem */
static GPtrArray *
dup_dragged (FreshetTorrentView *self, gpointer item)
{
  GPtrArray *items = freshet_torrent_view_dup_selected (self);

  if (!g_ptr_array_find (items, item, NULL))
    {
      g_ptr_array_set_size (items, 0);
      g_ptr_array_add (items, g_object_ref (item));
    }
  return items;
}

/* What other programs get.
 * Returns: (transfer full) (nullable) */
static GdkContentProvider *
create_files (FreshetTorrentView *self, gpointer item)
{
  g_autoptr (GPtrArray) items = dup_dragged (self, item);

  leave_out_links (items);
  return items->len > 0 && FRESHET_IS_LIBRARY (self->library) ? freshet_torrent_files_new (FRESHET_LIBRARY (self->library), items) : NULL;
}

/* Of the row, and of how many go with it. */
static void
drag_begin_cb (FreshetTorrentView *self, GdkDrag *drag, GtkDragSource *source)
{
  g_autofree char *number = g_strdup_printf ("%u", self->n_dragged);
  GtkWidget *label;

  if (self->n_dragged < 2)
    return;
  label = gtk_label_new (number);
  gtk_widget_add_css_class (label, "drag-number");
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), label);
}

static GdkContentProvider *
prepare_cb (FreshetTorrentView *self, double x, double y, GtkDragSource *source)
{
  FreshetTorrentRow *row = row_at (self, x, y);
  FreshetTorrentItem *item = row != NULL ? freshet_torrent_row_get_item (row) : NULL;
  g_autoptr (GdkPaintable) picture = NULL;
  g_autoptr (GPtrArray) items = NULL;
  GdkContentProvider *providers[2];
  gsize n = 0;

  if (item == NULL)
    return NULL;
  /* With the cell around it, which has the background. */
  picture = gtk_widget_paintable_new (gtk_widget_get_parent (GTK_WIDGET (row)));
  gtk_drag_source_set_icon (source, picture, 0, 0);
  items = dup_dragged (self, item);
  self->n_dragged = items->len;
  if (self->sort_spec == NULL)
    providers[n++] = gdk_content_provider_new_typed (G_TYPE_PTR_ARRAY, items);
  providers[n] = create_files (self, item);
  n += providers[n] != NULL ? 1 : 0;
  return n > 0 ? gdk_content_provider_new_union (providers, n) : NULL;
}

static GdkContentProvider *
prepare_cell_cb (FreshetTorrentView *self, double x, double y)
{
  gpointer item = freshet_slot_item_at (gtk_widget_pick (GTK_WIDGET (self->columns), x, y, GTK_PICK_DEFAULT));

  return item != NULL ? create_files (self, item) : NULL;
}

/* Shows between which rows it would go; @row: (nullable): beside none */
static void
mark_gap (FreshetTorrentView *self, FreshetTorrentRow *row, gboolean below)
{
  GtkWidget *cell = row != NULL ? gtk_widget_get_parent (GTK_WIDGET (row)) : NULL;

  if (self->marked != NULL)
    {
      gtk_widget_remove_css_class (self->marked, "drop-above");
      gtk_widget_remove_css_class (self->marked, "drop-below");
    }
  g_set_weak_pointer (&self->marked, cell);
  if (cell != NULL)
    gtk_widget_add_css_class (cell, below ? "drop-below" : "drop-above");
}

/* Whether the pointer is over the lower half of @row. */
static gboolean
is_below (FreshetTorrentView *self, FreshetTorrentRow *row, double y)
{
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (GTK_WIDGET (row), GTK_WIDGET (self->list), &bounds)
         && y > bounds.origin.y + bounds.size.height / 2;
}

static GdkDragAction
motion_cb (FreshetTorrentView *self, double x, double y)
{
  FreshetTorrentRow *row = self->sort_spec == NULL ? row_at (self, x, y) : NULL;

  mark_gap (self, row, row != NULL && is_below (self, row, y));
  return row != NULL ? GDK_ACTION_MOVE : 0;
}

static void
leave_cb (FreshetTorrentView *self)
{
  mark_gap (self, NULL, FALSE);
}

static gboolean
drop_cb (FreshetTorrentView *self, const GValue *value, double x, double y)
{
  GListModel *library = self->library;
  FreshetTorrentRow *row = row_at (self, x, y);
  guint n = g_list_model_get_n_items (library);

  mark_gap (self, NULL, FALSE);
  if (row == NULL || self->sort_spec != NULL || !FRESHET_IS_LIBRARY (library))
    return FALSE;
  for (guint place = 0; place < n; place++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (library, place);

      if (item != freshet_torrent_row_get_item (row))
        continue;
      freshet_library_move_to (FRESHET_LIBRARY (library), g_value_get_boxed (value), place + (is_below (self, row, y) ? 1 : 0));
      return TRUE;
    }
  return FALSE;
}

void
freshet_torrent_view_begin_drag (FreshetTorrentView *self)
{
  GtkDragSource *source = gtk_drag_source_new ();
  GtkDragSource *cells = gtk_drag_source_new ();
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_PTR_ARRAY, GDK_ACTION_MOVE);

  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  /* Before the rows, which take what is pressed on them. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (source), GTK_PHASE_CAPTURE);
  g_signal_connect_object (source, "prepare", G_CALLBACK (prepare_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (source, "drag-begin", G_CALLBACK (drag_begin_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "motion", G_CALLBACK (motion_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "leave", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (source));
  gtk_widget_add_controller (GTK_WIDGET (self->list), GTK_EVENT_CONTROLLER (target));
  g_signal_connect_object (cells, "prepare", G_CALLBACK (prepare_cell_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self->columns), GTK_EVENT_CONTROLLER (cells));
}
