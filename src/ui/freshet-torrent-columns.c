/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-format.h"
#include "freshet-format-details.h"
#include "freshet-torrent-columns.h"
#include "freshet-torrent-item.h"
#include "freshet-torrent-look.h"

static const BtTorrentStats *
stats_of (gconstpointer item)
{
  return freshet_torrent_item_peek_stats ((FreshetTorrentItem *) item);
}

static char *
format_name (gpointer item)
{
  return g_strdup (freshet_torrent_item_get_name (item));
}

static char *
format_state (gpointer item)
{
  return g_strdup (freshet_format_state (stats_of (item)));
}

static char *
format_state_sentence (gpointer item)
{
  return freshet_format_status (stats_of (item), freshet_torrent_item_get_error (item));
}

static char *
format_size (gpointer item)
{
  return freshet_format_size (stats_of (item)->wanted);
}

static char *
format_progress (gpointer item)
{
  return freshet_format_percent (freshet_torrent_item_get_progress (item));
}

static const char *
get_class (gpointer item)
{
  return freshet_torrent_look_class (item);
}

static double
get_progress (gpointer item)
{
  return freshet_torrent_item_get_progress (item);
}

static char *
format_down (gpointer item)
{
  return freshet_format_moving_rate (stats_of (item)->down_rate);
}

static char *
format_up (gpointer item)
{
  return freshet_format_moving_rate (stats_of (item)->up_rate);
}

static char *
format_eta (gpointer item)
{
  gint64 eta = stats_of (item)->eta;

  return eta > 0 ? freshet_format_duration (eta) : g_strdup ("");
}

static char *
format_ratio (gpointer item)
{
  return freshet_format_ratio (stats_of (item)->uploaded, stats_of (item)->verified);
}

static char *
format_peers (gpointer item)
{
  const BtTorrentStats *stats = stats_of (item);

  return stats->n_peers > 0 ? g_strdup_printf ("%u", stats->n_peers) : g_strdup ("");
}

static char *
format_sent (gpointer item)
{
  return freshet_format_size (stats_of (item)->uploaded);
}

static char *
format_added (gpointer item)
{
  return freshet_format_date (freshet_torrent_item_peek_record (item)->added);
}

static char *
format_added_time (gpointer item)
{
  return freshet_format_time (freshet_torrent_item_peek_record (item)->added);
}

static int
compare_name (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (g_strcmp0 (freshet_torrent_item_peek_sort_key ((FreshetTorrentItem *) a),
                                     freshet_torrent_item_peek_sort_key ((FreshetTorrentItem *) b)),
                          0);
}

static int
compare_state (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->state, stats_of (b)->state);
}

static int
compare_size (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->wanted, stats_of (b)->wanted);
}

static int
compare_progress (gconstpointer a, gconstpointer b, gpointer data)
{
  double x = get_progress ((gpointer) a), y = get_progress ((gpointer) b);

  return FRESHET_COMPARE (x, y);
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

/* What is unknown comes after everything that is known. */
static int
compare_eta (gconstpointer a, gconstpointer b, gpointer data)
{
  guint64 x = (guint64) stats_of (a)->eta, y = (guint64) stats_of (b)->eta;

  return FRESHET_COMPARE (x, y);
}

static int
compare_ratio (gconstpointer a, gconstpointer b, gpointer data)
{
  const BtTorrentStats *x = stats_of (a), *y = stats_of (b);
  double left = x->verified > 0 ? (double) x->uploaded / (double) x->verified : -1;
  double right = y->verified > 0 ? (double) y->uploaded / (double) y->verified : -1;

  return FRESHET_COMPARE (left, right);
}

static int
compare_peers (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->n_peers, stats_of (b)->n_peers);
}

static int
compare_sent (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (stats_of (a)->uploaded, stats_of (b)->uploaded);
}

static int
compare_added (gconstpointer a, gconstpointer b, gpointer data)
{
  return FRESHET_COMPARE (freshet_torrent_item_peek_record ((FreshetTorrentItem *) a)->added,
                          freshet_torrent_item_peek_record ((FreshetTorrentItem *) b)->added);
}

static const FreshetColumnSpec columns[] = {
  { "name", NC_ ("column", "Name"), FRESHET_COLUMN_TEXT, 18, "name", format_name, format_name, NULL, compare_name },
  { "state", NC_ ("column", "State"), FRESHET_COLUMN_WORD, 10, "revision", format_state, format_state_sentence, NULL,
    compare_state },
  { "size", NC_ ("column", "Size"), FRESHET_COLUMN_NUMBER, 8, "size", format_size, NULL, NULL, compare_size },
  { "progress", NC_ ("column", "Progress"), FRESHET_COLUMN_PROGRESS, 5, "revision", format_progress, NULL,
    get_progress, compare_progress, .bar_class = get_class },
  { "down", NC_ ("column", "Download"), FRESHET_COLUMN_NUMBER, 8, "down-rate", format_down, NULL, NULL, compare_down },
  { "up", NC_ ("column", "Upload"), FRESHET_COLUMN_NUMBER, 8, "up-rate", format_up, NULL, NULL, compare_up },
  { "eta", NC_ ("column", "Time Left"), FRESHET_COLUMN_NUMBER, 8, "eta", format_eta, NULL, NULL, compare_eta },
  { "ratio", NC_ ("column", "Ratio"), FRESHET_COLUMN_NUMBER, 5, "revision", format_ratio, NULL, NULL, compare_ratio },
  { "peers", NC_ ("column", "Peers"), FRESHET_COLUMN_NUMBER, 4, "n-peers", format_peers, NULL, NULL, compare_peers },
  { "added", NC_ ("column", "Added"), FRESHET_COLUMN_NUMBER, 9, "added", format_added, format_added_time, NULL, compare_added, TRUE },
  { "sent", NC_ ("column", "Sent"), FRESHET_COLUMN_NUMBER, 8, "revision", format_sent, NULL, NULL, compare_sent, TRUE },
};

const FreshetColumnSpec *
freshet_torrent_columns (guint *n)
{
  *n = G_N_ELEMENTS (columns);
  return columns;
}
