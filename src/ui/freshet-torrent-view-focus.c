/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-slot.h"
#include "freshet-torrent-view-private.h"

/* Where the keyboard is. */

/* The row that @focus is a part of, or NULL. A column view has a list view inside. */
static GtkWidget *
find_row (GtkWidget *focus)
{
  for (GtkWidget *parent; focus != NULL; focus = parent)
    {
      parent = gtk_widget_get_parent (focus);
      if (GTK_IS_LIST_VIEW (parent))
        return focus;
    }
  return NULL;
}

static gboolean
is_in_sight (GtkWidget *row)
{
  GtkWidget *list = gtk_widget_get_parent (row);
  graphene_rect_t bounds;

  return gtk_widget_compute_bounds (row, list, &bounds) && bounds.origin.y >= 0
         && bounds.origin.y + bounds.size.height <= (float) gtk_widget_get_height (list);
}

/* The rows stayed where they are and have other torrents: the focus goes to
 * the row which has that torrent now, if it can be seen. */
static void
follow_item_cb (FreshetTorrentView *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  GtkWidget *row = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self)) ? find_row (focus) : NULL;
  FreshetSlot *slot = row != NULL ? freshet_slot_of_widget (row) : NULL;
  gpointer item = slot != NULL ? freshet_slot_get_shown (slot) : NULL;

  if (item == NULL || item == freshet_slot_get_item (slot))
    return;
  for (row = gtk_widget_get_first_child (gtk_widget_get_parent (row)); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      slot = freshet_slot_of_widget (row);
      if (slot == NULL || freshet_slot_get_item (slot) != item)
        continue;
      if (is_in_sight (row))
        gtk_widget_grab_focus (row);
      return;
    }
}

void
freshet_torrent_view_begin_focus (FreshetTorrentView *self)
{
  g_signal_connect_object (self->slots, "moved", G_CALLBACK (follow_item_cb), self, G_CONNECT_SWAPPED);
}
