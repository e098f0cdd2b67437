/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli.h"

#include "freshet-cli-progress.h"
#include "freshet-cli-transfer.h"
#include "freshet-format.h"

#include <gio/gio.h>
#include <glib/gi18n.h>

#define UPDATE_MS 250

typedef struct
{
  GMainLoop *loop;
  FreshetProgress progress;
} Check;

static void
state_changed_cb (BtTorrent *torrent, guint state, gpointer data)
{
  Check *check = data;

  if (state != BT_TORRENT_CHECKING)
    g_main_loop_quit (check->loop);
}

static gboolean
update_cb (gpointer data)
{
  freshet_progress_update (&((Check *) data)->progress);
  return G_SOURCE_CONTINUE;
}

static int
tell_result (BtTorrent *torrent, gboolean quiet)
{
  BtMetainfo *metainfo = bt_torrent_get_metainfo (torrent);
  const GError *error = bt_torrent_get_error (torrent);
  g_autofree char *message = NULL;
  g_autofree char *have = NULL, *all = NULL;
  BtTorrentStats stats;

  if (error != NULL)
    {
      message = freshet_format_error (error);
      freshet_cli_complain (message);
      return FRESHET_CLI_FAILED;
    }
  bt_torrent_get_stats (torrent, &stats);
  have = freshet_format_size (stats.verified);
  all = freshet_format_size (stats.wanted);
  if (stats.verified == stats.wanted)
    {
      if (!quiet)
        g_print (_("“%s” is complete: %s verified.\n"), bt_metainfo_get_name (metainfo), all);
      return FRESHET_CLI_OK;
    }
  g_printerr (_("freshet-cli: “%s” is not complete: %s of %s are right."), bt_metainfo_get_name (metainfo), have, all);
  g_printerr ("\n");
  return FRESHET_CLI_FAILED;
}

/* A check needs no network: nothing listens beyond this machine, and the
 * torrent is stopped as soon as its data is known. */
static int
check (BtMetainfo *metainfo, const char *folder, gboolean quiet, gboolean json)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (BtSession) session = NULL;
  g_autoptr (GError) error = NULL;
  BtTorrentOptions options = { .folder = folder, .paused = TRUE, .offline = TRUE };
  BtTorrent *torrent;
  BtConfig config;
  Check data = { .loop = loop };
  guint source;

  bt_config_init_defaults (&config);
  bt_addr_init_v4 (&config.bind_v4, loopback, 0);
  config.bind_only = TRUE;
  session = bt_session_new (&config);
  if (!bt_session_start (session, &error) || (torrent = bt_session_add (session, metainfo, &options, &error)) == NULL)
    {
      freshet_cli_complain (error->message);
      return FRESHET_CLI_FAILED;
    }
  freshet_progress_init (&data.progress, torrent, quiet, json);
  g_signal_connect (torrent, "state-changed", G_CALLBACK (state_changed_cb), &data);
  source = g_timeout_add (UPDATE_MS, update_cb, &data);
  bt_torrent_start (torrent);
  g_main_loop_run (loop);
  g_source_remove (source);
  freshet_progress_end (&data.progress);
  return tell_result (torrent, quiet);
}

int
freshet_cli_check (int argc, char **argv)
{
  gboolean quiet = FALSE, json = FALSE;
  const GOptionEntry entries[] = {
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &quiet, N_("Print errors only"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("Print progress as JSON, an object a line"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (_("FILE.torrent FOLDER"));
  g_autoptr (BtMetainfo) metainfo = NULL;
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, _("Verify the data of a torrent."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      freshet_cli_complain (error->message);
      return FRESHET_CLI_USAGE;
    }
  if (argc != 3)
    {
      freshet_cli_complain (_("“check” takes a torrent file and the folder of its data. “freshet-cli check --help” tells more."));
      return FRESHET_CLI_USAGE;
    }
  metainfo = freshet_transfer_load (argv[1]);
  if (metainfo == NULL || !freshet_cli_check_folder (argv[2]))
    return FRESHET_CLI_FAILED;
  return check (metainfo, argv[2], quiet, json);
}
