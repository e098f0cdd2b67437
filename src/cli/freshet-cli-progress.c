/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli-progress.h"

#include "freshet-format.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MOST_BAR 40
#define LEAST_BAR 10

static const char *
state_name (BtTorrentState state)
{
  switch (state)
    {
    case BT_TORRENT_METADATA:
      return "metadata";
    case BT_TORRENT_CHECKING:
      return "checking";
    case BT_TORRENT_DOWNLOADING:
      return "downloading";
    case BT_TORRENT_SEEDING:
      return "seeding";
    case BT_TORRENT_ERROR:
      return "error";
    case BT_TORRENT_PAUSED:
    default:
      return "paused";
    }
}

static double
fraction (const BtTorrentStats *stats)
{
  if (stats->state == BT_TORRENT_CHECKING)
    return stats->check_progress;
  if (stats->state == BT_TORRENT_METADATA)
    return stats->metadata_size == 0 ? 0 : (double) stats->metadata_had / (double) stats->metadata_size;
  return stats->wanted == 0 ? 1 : (double) stats->verified / (double) stats->wanted;
}

static int
terminal_width (void)
{
  struct winsize size;

  return ioctl (STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* Columns on a terminal: Korean letters take two. */
static int
columns_of (const char *text)
{
  int columns = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    columns += g_unichar_iszerowidth (g_utf8_get_char (p)) ? 0 : g_unichar_iswide (g_utf8_get_char (p)) ? 2 : 1;
  return columns;
}

static void
draw_bar (FreshetProgress *self, const BtTorrentStats *stats, const char *status)
{
  g_autoptr (GString) bar = g_string_new (NULL);
  int room = terminal_width () - columns_of (status) - 4;
  int width = CLAMP (room, LEAST_BAR, MOST_BAR);
  int done = (int) (fraction (stats) * width);

  for (int i = 0; i < width; i++)
    g_string_append (bar, i < done ? "█" : "░");
  g_print ("\r\033[K%s  %s", bar->str, status);
  fflush (stdout);
  self->drawn = TRUE;
}

static void
print_line (FreshetProgress *self, const BtTorrentStats *stats, const char *status)
{
  int percent = (int) (fraction (stats) * 10) * 10;

  if (self->told == stats->state && self->told_percent == percent)
    return;
  self->told_percent = percent;
  g_print ("%s\n", status);
  fflush (stdout);
}

static void
print_json (FreshetProgress *self, const BtTorrentStats *stats)
{
  g_print ("{\"state\":\"%s\",\"progress\":%.4f,\"verified\":%" G_GUINT64_FORMAT ",\"wanted\":%" G_GUINT64_FORMAT
           ",\"down\":%" G_GUINT64_FORMAT ",\"up\":%" G_GUINT64_FORMAT ",\"downloaded\":%" G_GUINT64_FORMAT
           ",\"uploaded\":%" G_GUINT64_FORMAT ",\"wasted\":%" G_GUINT64_FORMAT ",\"peers\":%u,\"eta\":%" G_GINT64_FORMAT
           ",\"metadata\":%u,\"metadata_size\":%u,\"tried\":%u}\n",
           state_name (stats->state), CLAMP (fraction (stats), 0, 1), stats->verified, stats->wanted, stats->down_rate, stats->up_rate,
           stats->downloaded, stats->uploaded, stats->wasted, stats->n_peers, stats->eta, stats->metadata_had, stats->metadata_size, stats->n_tried);
  fflush (stdout);
}

void
freshet_progress_init (FreshetProgress *self, BtTorrent *torrent, gboolean quiet, gboolean json)
{
  *self = (FreshetProgress){ .torrent = torrent, .told_percent = -1 };
  if (quiet)
    self->style = FRESHET_PROGRESS_QUIET;
  else if (json)
    self->style = FRESHET_PROGRESS_JSON;
  else
    self->style = isatty (STDOUT_FILENO) ? FRESHET_PROGRESS_BAR : FRESHET_PROGRESS_LINES;
}

void
freshet_progress_update (FreshetProgress *self)
{
  BtTorrentStats stats;
  g_autofree char *status = NULL;

  if (self->style == FRESHET_PROGRESS_QUIET)
    return;
  bt_torrent_get_stats (self->torrent, &stats);
  status = freshet_format_status (&stats, bt_torrent_get_error (self->torrent));
  if (self->style == FRESHET_PROGRESS_JSON)
    print_json (self, &stats);
  else if (self->style == FRESHET_PROGRESS_BAR)
    draw_bar (self, &stats, status);
  else
    print_line (self, &stats, status);
  self->told = stats.state;
}

void
freshet_progress_end (FreshetProgress *self)
{
  if (self->drawn)
    g_print ("\n");
  self->drawn = FALSE;
}
