/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-slot.h"
#include "freshet-torrent-row.h"
#include "freshet-torrent-view-private.h"

static void
setup_row_cb (FreshetTorrentView *self, GtkListItem *cell)
{
  GtkWidget *row = g_object_new (FRESHET_TYPE_TORRENT_ROW, NULL);

  if (FRESHET_IS_LIBRARY (self->library))
    freshet_torrent_row_set_library (FRESHET_TORRENT_ROW (row), FRESHET_LIBRARY (self->library));
  gtk_list_item_set_child (cell, row);
}

static void
show_row (gpointer item, gpointer data)
{
  freshet_torrent_row_set_item (data, item);
}

static void
bind_row_cb (FreshetTorrentView *self, GtkListItem *cell)
{
  GtkWidget *row = gtk_list_item_get_child (cell);

  freshet_torrent_row_set_narrow (FRESHET_TORRENT_ROW (row), self->narrow);
  freshet_slot_set_widget (row, gtk_list_item_get_item (cell));
  freshet_slot_watch (gtk_list_item_get_item (cell), NULL, show_row, row);
}

static void
unbind_row_cb (FreshetTorrentView *self, GtkListItem *cell)
{
  GtkWidget *row = gtk_list_item_get_child (cell);

  freshet_slot_unwatch (gtk_list_item_get_item (cell), row);
  freshet_slot_set_widget (row, NULL);
  freshet_torrent_row_set_item (FRESHET_TORRENT_ROW (row), NULL);
}

void
freshet_torrent_view_begin_rows (FreshetTorrentView *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_row_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_row_cb), self, G_CONNECT_SWAPPED);
  gtk_list_view_set_factory (self->list, factory);
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
