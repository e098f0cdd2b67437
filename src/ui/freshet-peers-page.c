/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "freshet-column.h"
#include "freshet-context-menu.h"
#include "freshet-format.h"
#include "freshet-list-bin.h"
#include "freshet-format-details.h"
#include "freshet-peer-item.h"
#include "freshet-peers-page.h"
#include "freshet-slot.h"
#include "freshet-slot-model.h"

struct _FreshetPeersPage
{
  AdwBin parent_instance;
  FreshetTorrentItem *item;
  FreshetSyncList *peers;
  GtkSingleSelection *selection; /* of the view's slots */
  GMenuModel *menu_model;
  GtkWidget *menu; /* made when it is first asked for */
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

/* Two lines, so that all that is beside it can be seen in a narrow pane. */
static char *
format_peer (gpointer item)
{
  return g_strdup_printf ("%s\n%s", stats_of (item)->client, freshet_peer_item_get_address (item));
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

static char *
format_speed (gpointer item)
{
  return freshet_format_peer_rates (stats_of (item)->down_rate, stats_of (item)->up_rate);
}

static int
compare_address (const BtAddr *x, const BtAddr *y)
{
  int order = x->family != y->family ? FRESHET_COMPARE (x->family, y->family) : memcmp (x->ip, y->ip, sizeof x->ip);

  return order != 0 ? FRESHET_COMPARE (order, 0) : FRESHET_COMPARE (x->port, y->port);
}

/* By the client, and those of one client by their addresses. */
static int
compare_peer (gconstpointer a, gconstpointer b, gpointer data)
{
  int order = g_utf8_collate (stats_of (a)->client, stats_of (b)->client);

  return order != 0 ? FRESHET_COMPARE (order, 0) : compare_address (&stats_of (a)->addr, &stats_of (b)->addr);
}

static int
compare_progress (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->progress, stats_of (b)->progress);
}

static int
compare_speed (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->down_rate + stats_of (a)->up_rate, stats_of (b)->down_rate + stats_of (b)->up_rate);
}

static const FreshetColumnSpec columns[] = {
  { "peer", NC_ ("column", "Peer"), FRESHET_COLUMN_TEXT, 12, "revision", format_peer, format_peer, NULL, compare_peer,
    .lines = 2 },
  { "progress", NC_ ("column", "Has"), FRESHET_COLUMN_PROGRESS, 5, "revision", format_progress, NULL, get_progress,
    compare_progress },
  { "speed", NC_ ("column", "Speed"), FRESHET_COLUMN_NUMBER, 11, "revision", format_speed, NULL, NULL, compare_speed,
    .lines = 2 },
  { "flags", NC_ ("column", "Flags"), FRESHET_COLUMN_NUMBER, 4, "revision", format_flags, format_words, NULL, NULL },
};

static void
show_page (FreshetPeersPage *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->peers)) == 0;

  gtk_widget_set_visible (self->empty_page, empty);
  gtk_widget_set_visible (self->list_page, !empty);
}

/* Returns: whether there is one */
static gboolean
select_peer (FreshetPeersPage *self, gpointer peer)
{
  GListModel *model = G_LIST_MODEL (self->selection);

  for (guint i = 0; peer != NULL && i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (FreshetPeerItem) other = g_list_model_get_item (model, i);

      if (other != peer)
        continue;
      gtk_single_selection_set_selected (self->selection, i);
      return TRUE;
    }
  return FALSE;
}

static void
secondary_pressed_cb (FreshetPeersPage *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  GtkWidget *view = GTK_WIDGET (self->view);
  double to_x, to_y;

  if (!select_peer (self, freshet_slot_item_at (gtk_widget_pick (view, x, y, GTK_PICK_DEFAULT))))
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_translate_coordinates (view, GTK_WIDGET (self), x, y, &to_x, &to_y);
  freshet_context_menu_popup (&self->menu, GTK_WIDGET (self), self->menu_model, &(GdkRectangle){ (int) to_x, (int) to_y, 1, 1 });
}

static gboolean
menu_key_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  FreshetPeersPage *self = FRESHET_PEERS_PAGE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus == NULL || !select_peer (self, freshet_slot_item_at (focus)))
    return GDK_EVENT_PROPAGATE;
  freshet_context_menu_popup_for (&self->menu, widget, self->menu_model, focus);
  return GDK_EVENT_STOP;
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetPeerItem *peer = gtk_single_selection_get_selected_item (FRESHET_PEERS_PAGE (widget)->selection);

  if (peer != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), freshet_peer_item_get_address (peer));
}

static void
freshet_peers_page_dispose (GObject *object)
{
  FreshetPeersPage *self = FRESHET_PEERS_PAGE (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->item);
  g_clear_object (&self->peers);
  G_OBJECT_CLASS (freshet_peers_page_parent_class)->dispose (object);
}

static void
freshet_peers_page_class_init (FreshetPeersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_peers_page_dispose;
  g_type_ensure (FRESHET_TYPE_LIST_BIN);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-peers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetPeersPage, view);
  gtk_widget_class_bind_template_child (widget_class, FreshetPeersPage, empty_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetPeersPage, list_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetPeersPage, menu_model);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
  gtk_widget_class_install_action (widget_class, "peers.copy", NULL, copy_action);
  freshet_context_menu_add_keys (widget_class, menu_key_cb);
}

static void
freshet_peers_page_init (FreshetPeersPage *self)
{
  g_autoptr (GtkSingleSelection) selection = NULL;
  g_autoptr (FreshetSlotModel) slots = NULL;
  GtkSortListModel *sorted;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->peers = freshet_sync_list_new (FRESHET_TYPE_PEER_ITEM);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = freshet_column_new (&columns[i]);

      gtk_column_view_append_column (self->view, column);
    }
  freshet_column_align_titles (self->view);
  freshet_column_begin_at_start (self->view);
  sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->peers)),
                                    g_object_ref (gtk_column_view_get_sorter (self->view)));
  selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  slots = freshet_slot_model_new (GTK_SELECTION_MODEL (selection));
  freshet_slot_model_serve (slots, GTK_WIDGET (self->view));
  gtk_column_view_set_model (self->view, GTK_SELECTION_MODEL (slots));
  self->selection = selection;
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
