/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-context-menu.h"
#include "freshet-menus.h"
#include "freshet-slot.h"
#include "freshet-torrent-row.h"
#include "freshet-torrent-view-private.h"

/* What can be done with a torrent, where its row is. */

/* What is done to the selection is done to this item, unless it is part of a
 * larger selection already. */
void
freshet_torrent_view_select_item (FreshetTorrentView *self, gpointer item)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (self->selection);
  guint n_items = g_list_model_get_n_items (G_LIST_MODEL (model));

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (GObject) other = g_list_model_get_item (G_LIST_MODEL (model), i);

      if ((gpointer) other != item)
        continue;
      if (!gtk_selection_model_is_selected (model, i))
        gtk_selection_model_select_item (model, i, TRUE);
      return;
    }
}

/* The comfortable rows have menus of their own. */
void
freshet_torrent_view_secondary_pressed_cb (FreshetTorrentView *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  GtkWidget *columns = GTK_WIDGET (self->columns);
  gpointer item = freshet_slot_item_at (gtk_widget_pick (columns, x, y, GTK_PICK_DEFAULT));
  double to_x, to_y;

  if (item == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  freshet_torrent_view_select_item (self, item);
  gtk_widget_translate_coordinates (columns, GTK_WIDGET (self), x, y, &to_x, &to_y);
  freshet_context_menu_popup (&self->menu, GTK_WIDGET (self), freshet_menus_get ("torrent"), &(GdkRectangle){ (int) to_x, (int) to_y, 1, 1 });
}

gboolean
freshet_torrent_view_popup_menu (FreshetTorrentView *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));
  GtkWidget *child = focus != NULL ? gtk_widget_get_first_child (focus) : NULL;
  gpointer item;

  g_return_val_if_fail (FRESHET_IS_TORRENT_VIEW (self), FALSE);

  if (FRESHET_IS_TORRENT_ROW (child))
    {
      freshet_torrent_row_popup_menu (FRESHET_TORRENT_ROW (child));
      return TRUE;
    }
  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self->columns)))
    return FALSE;
  item = freshet_slot_item_at (focus);
  if (item == NULL)
    return FALSE;
  freshet_torrent_view_select_item (self, item);
  freshet_context_menu_popup_for (&self->menu, GTK_WIDGET (self), freshet_menus_get ("torrent"), focus);
  return TRUE;
}
