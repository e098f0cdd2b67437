/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "freshet-column.h"
#include "freshet-format.h"
#include "freshet-format-details.h"
#include "freshet-peer-item.h"
#include "freshet-peers-page.h"

struct _FreshetPeersPage
{
  AdwBin parent_instance;
  FreshetTorrentItem *item;
  FreshetSyncList *peers;
  GtkColumnView *view;
  GtkWidget *empty_page;
  GtkWidget *list_page;
};

G_DEFINE_FINAL_TYPE (FreshetPeersPage, freshet_peers_page, ADW_TYPE_BIN)

static const BtPeerStats *
stats_of (gconstpointer item)
{
  return freshet_peer_item_peek_stats ((FreshetPeerItem *) item);
}

static char *
format_address (gpointer item)
{
  return g_strdup (freshet_peer_item_get_address (item));
}

static char *
format_client (gpointer item)
{
  return g_strdup (stats_of (item)->client);
}

static char *
format_flags (gpointer item)
{
  return freshet_format_peer_flags (stats_of (item));
}

static char *
format_words (gpointer item)
{
  return freshet_format_peer_words (stats_of (item));
}

static char *
format_progress (gpointer item)
{
  return freshet_format_percent (stats_of (item)->progress);
}

static double
get_progress (gpointer item)
{
  return stats_of (item)->progress;
}

/* A peer that is still has no number, so that those that move are seen. */
static char *
format_rate (guint64 rate)
{
  return rate > 0 ? freshet_format_rate (rate) : g_strdup ("");
}

static char *
format_down (gpointer item)
{
  return format_rate (stats_of (item)->down_rate);
}

static char *
format_up (gpointer item)
{
  return format_rate (stats_of (item)->up_rate);
}

static int
compare_address (gconstpointer a, gconstpointer b, gpointer data)
{
  const BtAddr *x = &stats_of (a)->addr, *y = &stats_of (b)->addr;
  int order = x->family != y->family ? FRESHET_COMPARE (x->family, y->family) : memcmp (x->ip, y->ip, sizeof x->ip);

  return order != 0 ? FRESHET_COMPARE (order, 0) : FRESHET_COMPARE (x->port, y->port);
}

static int
compare_client (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (g_utf8_collate (stats_of (a)->client, stats_of (b)->client), 0);
}

static int
compare_progress (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->progress, stats_of (b)->progress);
}

static int
compare_down (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->down_rate, stats_of (b)->down_rate);
}

static int
compare_up (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->up_rate, stats_of (b)->up_rate);
}

static const FreshetColumnSpec columns[] = {
  { "client", NC_ ("column", "Client"), FRESHET_COLUMN_TEXT, 12, "revision", format_client, format_client, NULL,
    compare_client },
  { "down", NC_ ("column", "Download"), FRESHET_COLUMN_NUMBER, 9, "revision", format_down, NULL, NULL, compare_down },
  { "up", NC_ ("column", "Upload"), FRESHET_COLUMN_NUMBER, 9, "revision", format_up, NULL, NULL, compare_up },
  { "progress", NC_ ("column", "Has"), FRESHET_COLUMN_PROGRESS, 5, "revision", format_progress, NULL, get_progress,
    compare_progress },
  { "flags", NC_ ("column", "Flags"), FRESHET_COLUMN_NUMBER, 6, "revision", format_flags, format_words, NULL, NULL },
  { "address", NC_ ("column", "Address"), FRESHET_COLUMN_TEXT, 18, "revision", format_address, format_address, NULL,
    compare_address },
};

static void
show_page (FreshetPeersPage *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->peers)) == 0;

  gtk_widget_set_visible (self->empty_page, empty);
  gtk_widget_set_visible (self->list_page, !empty);
}

static void
freshet_peers_page_dispose (GObject *object)
{
  FreshetPeersPage *self = FRESHET_PEERS_PAGE (object);

  g_clear_object (&self->item);
  g_clear_object (&self->peers);
  G_OBJECT_CLASS (freshet_peers_page_parent_class)->dispose (object);
}

static void
freshet_peers_page_class_init (FreshetPeersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_peers_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-peers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetPeersPage, view);
  gtk_widget_class_bind_template_child (widget_class, FreshetPeersPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetPeersPage, list_page);
}

static void
freshet_peers_page_init (FreshetPeersPage *self)
{
  g_autoptr (GtkSelectionModel) selection = NULL;
  GtkSortListModel *sorted;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->peers = freshet_sync_list_new (FRESHET_TYPE_PEER_ITEM);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = freshet_column_new (&columns[i]);

      gtk_column_view_append_column (self->view, column);
    }
  freshet_column_align_titles (self->view);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->peers)),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (sorted)));
  gtk_single_selection_set_autoselect (GTK_SINGLE_SELECTION (selection), FALSE);
  gtk_single_selection_set_can_unselect (GTK_SINGLE_SELECTION (selection), TRUE);
  gtk_column_view_set_model (self->view, selection);
  show_page (self);
}

void
freshet_peers_page_set_item (FreshetPeersPage *self, FreshetTorrentItem *item)
{
  g_return_if_fail (FRESHET_IS_PEERS_PAGE (self));

  if (g_set_object (&self->item, item))
    freshet_sync_list_clear (self->peers);
  show_page (self);
}

void
freshet_peers_page_refresh (FreshetPeersPage *self)
{
  g_return_if_fail (FRESHET_IS_PEERS_PAGE (self));

  if (self->item == NULL)
    return;
  freshet_peer_item_sync (self->peers, freshet_torrent_item_get_torrent (self->item));
  /* What moves changes places. */
  gtk_sorter_changed (gtk_column_view_get_sorter (self->view), GTK_SORTER_CHANGE_DIFFERENT);
  show_page (self);
}
