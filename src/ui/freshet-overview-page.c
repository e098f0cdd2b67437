/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-format.h"
#include "freshet-format-details.h"
#include "freshet-overview-page.h"
#include "freshet-pieces-map.h"
#include "freshet-show-folder.h"
#include "freshet-speed-graph.h"

struct _FreshetOverviewPage
{
  AdwBin parent_instance;
  FreshetTorrentItem *item;
  BtMetainfo *metainfo; /* whose facts are shown; NULL while it is not known */
  GtkLabel *name_label;
  GtkLabel *status_label;
  GtkWidget *pieces_title;
  FreshetPiecesMap *pieces_map;
  GtkLabel *pieces_label;
  FreshetSpeedGraph *speed_graph;
  GtkLabel *down_label;
  GtkLabel *up_label;
  GtkLabel *received_label;
  GtkLabel *sent_label;
  GtkLabel *peers_label;
  GtkLabel *swarm_title;
  GtkLabel *swarm_label;
  GtkLabel *contents_title;
  GtkLabel *contents_label;
  GtkLabel *piece_title;
  GtkLabel *piece_label;
  GtkLabel *folder_label;
  GtkLabel *hash_label;
  GtkLabel *kind_title;
  GtkLabel *kind_label;
  GtkLabel *added_title;
  GtkLabel *added_label;
  GtkLabel *finished_title;
  GtkLabel *finished_label;
  GtkLabel *created_title;
  GtkLabel *created_label;
  GtkLabel *comment_title;
  GtkLabel *comment_label;
};

G_DEFINE_FINAL_TYPE (FreshetOverviewPage, freshet_overview_page, ADW_TYPE_BIN)

/* A label whose text stays the same is not laid out again, and keeps what is
 * selected in it. Frees @text. */
static void
take_text (GtkLabel *label, char *text)
{
  if (!g_str_equal (gtk_label_get_label (label), text))
    gtk_label_set_label (label, text);
  g_free (text);
}

/* A fact that a torrent does not have has no row. */
static void
take_fact (GtkLabel *title, GtkLabel *label, char *text)
{
  gtk_widget_set_visible (GTK_WIDGET (title), text != NULL);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
  take_text (label, text != NULL ? text : g_strdup (""));
}

static char *
format_received (const BtTorrentStats *stats)
{
  g_autofree char *received = freshet_format_size (stats->downloaded);
  g_autofree char *wasted = freshet_format_size (stats->wasted);

  if (stats->wasted == 0)
    return g_steal_pointer (&received);
  /* Translators: bytes that came, and how many of them were of no use */
  return g_strdup_printf (_ ("%s, of which %s was of no use"), received, wasted);
}

static char *
format_sent (const BtTorrentStats *stats)
{
  g_autofree char *sent = freshet_format_size (stats->uploaded);
  g_autofree char *ratio = freshet_format_ratio (stats->uploaded, stats->verified);

  /* Translators: bytes that were sent, and their ratio to what is here */
  return g_strdup_printf (_ ("%s, ratio %s"), sent, ratio);
}

static char *
format_peers (const BtTorrentStats *stats)
{
  /* Translators: connected peers, those of them that have everything, and addresses that are known */
  return g_strdup_printf (_ ("%u connected, %u of them seeds; %u known"), stats->n_peers, stats->n_seeds,
                          stats->n_known_peers);
}

/* What the trackers say of the whole swarm. */
static char *
format_swarm (const BtTorrentStats *stats)
{
  if (stats->swarm_seeds < 0 || stats->swarm_leechers < 0)
    return NULL;
  return freshet_format_swarm ((guint) stats->swarm_seeds, (guint) stats->swarm_leechers);
}

static void
show_pieces (FreshetOverviewPage *self, const BtTorrentStats *stats)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (self->item);
  BtMetainfo *metainfo = bt_torrent_get_metainfo (torrent);
  g_autofree char *words = NULL;

  gtk_widget_set_visible (self->pieces_title, metainfo != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->pieces_map), metainfo != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->pieces_label), metainfo != NULL);
  if (metainfo == NULL)
    {
      take_fact (self->piece_title, self->piece_label, NULL);
      return;
    }
  words = freshet_format_pieces_map (stats->pieces_done, bt_metainfo_get_n_pieces (metainfo),
                                     bt_torrent_get_availability (torrent));
  freshet_pieces_map_refresh (self->pieces_map, self->item, words);
  take_text (self->pieces_label, g_steal_pointer (&words));
  take_fact (self->piece_title, self->piece_label,
             freshet_format_pieces (stats->pieces_done, bt_metainfo_get_n_pieces (metainfo), bt_metainfo_get_piece_length (metainfo)));
}

static char *
format_direction (const char *format, guint64 rate)
{
  g_autofree char *text = freshet_format_rate (rate);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 2);

  return g_strjoinv (text, parts);
}

static void
show_numbers (FreshetOverviewPage *self, const BtTorrentStats *stats)
{
  take_text (self->status_label, freshet_format_status (stats, freshet_torrent_item_get_error (self->item)));
  freshet_speed_graph_refresh (self->speed_graph, freshet_torrent_item_peek_history (self->item), g_get_monotonic_time ());
  take_text (self->down_label, format_direction (_ ("Download %s"), stats->down_rate));
  take_text (self->up_label, format_direction (_ ("Upload %s"), stats->up_rate));
  take_text (self->received_label, format_received (stats));
  take_text (self->sent_label, format_sent (stats));
  take_text (self->peers_label, format_peers (stats));
  take_fact (self->swarm_title, self->swarm_label, format_swarm (stats));
}

/* "Freshet 1.0, on 3 May 2026", as much of it as is known. */
static char *
format_created (BtMetainfo *metainfo)
{
  const char *by = bt_metainfo_get_created_by (metainfo);
  g_autofree char *time = NULL;

  if (bt_metainfo_get_creation_date (metainfo) == 0)
    return g_strdup (by);
  time = freshet_format_time (bt_metainfo_get_creation_date (metainfo));
  return by != NULL ? g_strdup_printf ("%s, %s", time, by) : g_steal_pointer (&time);
}

static const char *
describe_kind (BtMetainfo *metainfo)
{
  if (bt_metainfo_is_private (metainfo))
    return _ ("Private: peers come from its trackers alone");
  if (bt_metainfo_has_v1 (metainfo) && bt_metainfo_has_v2 (metainfo))
    return _ ("Public, versions 1 and 2");
  return bt_metainfo_has_v2 (metainfo) ? _ ("Public, version 2") : _ ("Public, version 1");
}

/* What the torrent says of itself; of a link nothing of it is known yet. */
static void
show_metainfo (FreshetOverviewPage *self, BtMetainfo *metainfo)
{
  take_fact (self->contents_title, self->contents_label,
             metainfo == NULL ? NULL : freshet_format_contents (bt_metainfo_get_real_length (metainfo), bt_metainfo_get_n_real_files (metainfo)));
  take_fact (self->kind_title, self->kind_label, metainfo == NULL ? NULL : g_strdup (describe_kind (metainfo)));
  take_fact (self->created_title, self->created_label, metainfo == NULL ? NULL : format_created (metainfo));
  take_fact (self->comment_title, self->comment_label, metainfo == NULL ? NULL : g_strdup (bt_metainfo_get_comment (metainfo)));
}

static char *
format_time (gint64 seconds)
{
  return seconds > 0 ? freshet_format_time (seconds) : NULL;
}

/* What changes rarely: with the metadata of a link, when files are moved, at the end of a download. */
static void
show_facts (FreshetOverviewPage *self)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (self->item);
  const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (self->item);
  BtMetainfo *metainfo = bt_torrent_get_metainfo (torrent);

  take_text (self->name_label, g_strdup (freshet_torrent_item_get_name (self->item)));
  take_text (self->folder_label, g_filename_display_name (bt_torrent_get_folder (torrent)));
  take_text (self->hash_label, freshet_format_hash (bt_torrent_get_info_hash (torrent), BT_SHA1_LENGTH));
  take_fact (self->added_title, self->added_label, format_time (record->added));
  take_fact (self->finished_title, self->finished_label, format_time (record->finished));
  if (metainfo == NULL || metainfo != self->metainfo)
    show_metainfo (self, metainfo);
  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  self->metainfo = metainfo != NULL ? bt_metainfo_ref (metainfo) : NULL;
}

void
freshet_overview_page_refresh (FreshetOverviewPage *self)
{
  const BtTorrentStats *stats;

  g_return_if_fail (FRESHET_IS_OVERVIEW_PAGE (self));

  if (self->item == NULL)
    return;
  stats = freshet_torrent_item_peek_stats (self->item);
  show_facts (self);
  show_pieces (self, stats);
  show_numbers (self, stats);
}

static void
open_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetOverviewPage *self = FRESHET_OVERVIEW_PAGE (widget);
  g_autoptr (GFile) file = self->item != NULL ? freshet_torrent_item_dup_file (self->item) : NULL;

  if (file != NULL)
    freshet_show_folder (GTK_WINDOW (gtk_widget_get_root (widget)), file);
}

static void
copy_hash_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetOverviewPage *self = FRESHET_OVERVIEW_PAGE (widget);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), gtk_label_get_label (self->hash_label));
}

static void
freshet_overview_page_dispose (GObject *object)
{
  FreshetOverviewPage *self = FRESHET_OVERVIEW_PAGE (object);

  g_clear_object (&self->item);
  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  G_OBJECT_CLASS (freshet_overview_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, name_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, status_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, pieces_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, pieces_map);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, pieces_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, speed_graph);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, down_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, up_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, received_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, sent_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, peers_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, swarm_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, swarm_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, contents_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, contents_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, piece_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, piece_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, folder_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, hash_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, kind_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, kind_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, added_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, added_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, finished_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, finished_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, created_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, created_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, comment_title);
  gtk_widget_class_bind_template_child (widget_class, FreshetOverviewPage, comment_label);
}

static void
freshet_overview_page_class_init (FreshetOverviewPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_overview_page_dispose;
  g_type_ensure (FRESHET_TYPE_PIECES_MAP);
  g_type_ensure (FRESHET_TYPE_SPEED_GRAPH);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-overview-page.ui");
  bind_children (widget_class);
  gtk_widget_class_install_action (widget_class, "overview.open-folder", NULL, open_folder_action);
  gtk_widget_class_install_action (widget_class, "overview.copy-hash", NULL, copy_hash_action);
}

static void
freshet_overview_page_init (FreshetOverviewPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
freshet_overview_page_set_item (FreshetOverviewPage *self, FreshetTorrentItem *item)
{
  g_return_if_fail (FRESHET_IS_OVERVIEW_PAGE (self));

  if (g_set_object (&self->item, item) && item == NULL)
    freshet_pieces_map_refresh (self->pieces_map, NULL, "");
}
