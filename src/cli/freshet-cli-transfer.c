/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli-transfer.h"

#include "freshet-cli.h"
#include "freshet-cli-choice.h"
#include "freshet-cli-progress.h"
#include "freshet-format.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>

/* Redraws a second. */
#define UPDATE_MS 250

typedef struct
{
  const FreshetTransferOptions *options;
  GMainLoop *loop;
  BtSession *session;
  BtTorrent *torrent;
  FreshetProgress progress;
  gboolean only_seed;
  gboolean ready;
  int exit_code;
} Run;

gboolean
freshet_transfer_parse (FreshetTransferOptions *self, const char *summary, const char *arguments, gboolean only_seed, int *argc, char ***argv)
{
  /* What says how to download is taken where nothing is, and not offered. */
  const int get = only_seed ? G_OPTION_FLAG_HIDDEN : 0;
  const GOptionEntry entries[] = {
    { "output", 'o', get, G_OPTION_ARG_FILENAME, &self->folder, N_("Folder for the files (the current one)"), N_("FOLDER") },
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->only, N_("Only the files whose names match; may be given more than once"), N_("PATTERN") },
    { "sequential", 0, get, G_OPTION_ARG_NONE, &self->sequential, N_("Download from the beginning to the end"), NULL },
    { "peer", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->peers, N_("Also try this peer; may be given more than once"), N_("ADDRESS:PORT") },
    { "bind", 0, 0, G_OPTION_ARG_STRING, &self->bind, N_("Use this local address only"), N_("ADDRESS") },
    { "port", 0, 0, G_OPTION_ARG_INT, &self->port, N_("Port for peers (0 for any free one)"), N_("PORT") },
    { "down", 0, 0, G_OPTION_ARG_INT64, &self->down_limit, N_("Download at most this fast (0: no limit)"), N_("BYTES/S") },
    { "up", 0, 0, G_OPTION_ARG_INT64, &self->up_limit, N_("Upload at most this fast (0: no limit)"), N_("BYTES/S") },
    { "blocklist", 0, 0, G_OPTION_ARG_FILENAME, &self->blocklist, N_("Exchange nothing with the addresses in this list"), N_("FILE") },
    { "dht-bootstrap", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->dht_bootstrap, N_("Begin at this DHT node; may be given more than once"), N_("HOST:PORT") },
    { "no-dht", 0, 0, G_OPTION_ARG_NONE, &self->no_dht, N_("Do not look for peers in the DHT"), NULL },
    { "no-lsd", 0, 0, G_OPTION_ARG_NONE, &self->no_lsd, N_("Do not look for peers on the local network"), NULL },
    { "seed", 0, get, G_OPTION_ARG_NONE, &self->seed, N_("Go on sharing when it is complete"), NULL },
    { "ready-file", 0, 0, G_OPTION_ARG_FILENAME, &self->ready_file, N_("Make this file when all is verified"), N_("FILE") },
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &self->quiet, N_("Print errors only"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &self->json, N_("Print progress as JSON, an object a line"), NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (arguments);
  g_autoptr (GError) error = NULL;

  g_option_context_set_summary (context, summary);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, &error))
    {
      freshet_cli_complain (error->message);
      return FALSE;
    }
  if (self->port < 0 || self->port > 65535)
    {
      freshet_cli_complain (_("A port is a number from 0 to 65535."));
      return FALSE;
    }
  if (only_seed && self->folder != NULL)
    {
      freshet_cli_complain (_("“seed” reads from the folder that is named after the torrent, and takes no other."));
      return FALSE;
    }
  if (self->down_limit < 0 || self->up_limit < 0)
    {
      freshet_cli_complain (_("A limit is a number of bytes a second."));
      return FALSE;
    }
  return TRUE;
}

void
freshet_transfer_options_clear (FreshetTransferOptions *self)
{
  g_free (self->folder);
  g_strfreev (self->only);
  g_strfreev (self->peers);
  g_free (self->bind);
  g_free (self->blocklist);
  g_strfreev (self->dht_bootstrap);
  g_free (self->ready_file);
}

BtMetainfo *
freshet_transfer_load (const char *path)
{
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo = freshet_cli_read (path, &error);

  if (metainfo == NULL)
    {
      g_autofree char *scheme = g_uri_parse_scheme (path);
      g_autofree char *name = g_path_get_basename (path);
      g_autofree char *message = freshet_format_open_error (name, error);

      freshet_cli_complain (scheme != NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED)
                                ? _("This takes a torrent file or a magnet link, and no other address.")
                                : message);
    }
  return metainfo;
}

static BtMagnet *
load_magnet (const char *link)
{
  g_autoptr (GError) error = NULL;
  BtMagnet *magnet = bt_magnet_new (link, &error);

  if (magnet == NULL)
    freshet_cli_complain (error->message);
  return magnet;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Run *run = data;

  bt_session_stop_finish (run->session, result, NULL);
  g_main_loop_quit (run->loop);
}

static void
stop (Run *run, int exit_code)
{
  /* A second interrupt does not start a second goodbye. */
  if (run->exit_code >= 0)
    return;
  run->exit_code = exit_code;
  /* The line of what went wrong is the last. */
  if (exit_code == FRESHET_CLI_OK || run->options->json)
    freshet_progress_update (&run->progress);
  freshet_progress_end (&run->progress);
  if (exit_code == FRESHET_CLI_FAILED && bt_torrent_get_error (run->torrent) != NULL)
    {
      g_autofree char *message = freshet_format_error (bt_torrent_get_error (run->torrent));

      freshet_cli_complain (message);
    }
  bt_session_stop_async (run->session, stopped_cb, run);
}

static gboolean
write_ready_file (Run *run)
{
  g_autoptr (GError) error = NULL;

  if (run->options->ready_file == NULL)
    return TRUE;
  if (g_file_set_contents (run->options->ready_file, "", 0, &error))
    return TRUE;
  freshet_cli_complain (error->message);
  return FALSE;
}

static void
tell_long_files (Run *run)
{
  guint n_long = bt_torrent_get_n_long_files (run->torrent);
  g_autofree char *text = NULL;

  if (n_long == 0)
    return;
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u file was longer before and is left so", "%u files were longer before and are left so",
                                       n_long),
                          n_long);
  freshet_progress_end (&run->progress);
  freshet_cli_complain (text);
}

static void
is_complete (Run *run)
{
  if (run->ready)
    return;
  run->ready = TRUE;
  tell_long_files (run);
  if (!write_ready_file (run))
    stop (run, FRESHET_CLI_FAILED);
  else if (!run->options->seed)
    stop (run, FRESHET_CLI_OK);
}

static void
state_changed_cb (BtTorrent *torrent, guint state, gpointer data)
{
  Run *run = data;

  if (run->exit_code >= 0)
    return;
  if (state == BT_TORRENT_SEEDING)
    is_complete (run);
  else if (state == BT_TORRENT_ERROR)
    stop (run, FRESHET_CLI_FAILED);
  else if (state == BT_TORRENT_DOWNLOADING && run->only_seed)
    {
      freshet_progress_end (&run->progress);
      freshet_cli_complain (_("The data is not complete in that folder. “freshet-cli get” downloads what is missing."));
      stop (run, FRESHET_CLI_FAILED);
    }
}

/* What a magnet link leads to is known now, and with it what there is to choose. */
static void
metadata_ready_cb (BtTorrent *torrent, gpointer data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;

  if (run->exit_code >= 0)
    return;
  if (freshet_choice_apply (torrent, run->options->only, &error))
    {
      bt_torrent_start (torrent);
      return;
    }
  freshet_progress_end (&run->progress);
  freshet_cli_complain (error->message);
  stop (run, FRESHET_CLI_FAILED);
}

static gboolean
update_cb (gpointer data)
{
  Run *run = data;

  if (run->exit_code < 0)
    freshet_progress_update (&run->progress);
  return G_SOURCE_CONTINUE;
}

static gboolean
interrupted_cb (gpointer data)
{
  Run *run = data;

  gboolean first = run->exit_code < 0;

  stop (run, run->ready ? FRESHET_CLI_OK : FRESHET_CLI_FAILED);
  if (first && !run->ready)
    freshet_cli_complain (_("Stopped before all was there. The same command goes on from here."));
  return G_SOURCE_CONTINUE;
}

static gboolean
make_config (const FreshetTransferOptions *options, BtConfig *config)
{
  BtAddr addr;

  bt_config_init_defaults (config);
  config->port = (guint16) options->port;
  config->down_limit = (guint64) options->down_limit;
  config->up_limit = (guint64) options->up_limit;
  config->dht = !options->no_dht;
  config->dht_bootstrap = (const char *const *) options->dht_bootstrap;
  config->lsd = !options->no_lsd;
  if (options->bind == NULL)
    return TRUE;
  if (!bt_addr_parse_ip (&addr, options->bind))
    {
      g_autofree char *message = g_strdup_printf (_("“%s” is not an IP address."), options->bind);

      freshet_cli_complain (message);
      return FALSE;
    }
  config->bind_only = TRUE;
  if (addr.family == BT_ADDR_V4)
    config->bind_v4 = addr;
  else
    config->bind_v6 = addr;
  return TRUE;
}

static gboolean
read_peers (const FreshetTransferOptions *options, GArray *peers)
{
  for (char **text = options->peers; text != NULL && *text != NULL; text++)
    {
      BtAddr addr;

      if (!bt_addr_parse (&addr, *text) || !bt_addr_is_usable (&addr))
        {
          g_autofree char *message = g_strdup_printf (_("“%s” is not an address and a port, like 192.0.2.7:6881."), *text);

          freshet_cli_complain (message);
          return FALSE;
        }
      g_array_append_val (peers, addr);
    }
  return TRUE;
}

static void
blocklist_loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Run *run = data;
  g_autoptr (GError) error = NULL;
  gboolean loaded = bt_session_load_blocklist_finish (run->session, result, NULL, &error);

  if (run->exit_code >= 0)
    return;
  if (!loaded)
    {
      freshet_cli_complain (error->message);
      stop (run, FRESHET_CLI_FAILED);
      return;
    }
  bt_torrent_start (run->torrent);
}

/* One of @metainfo and @magnet is NULL. */
static BtTorrent *
add_torrent (Run *run, BtMetainfo *metainfo, BtMagnet *magnet, const BtTorrentOptions *options, GError **error)
{
  BtTorrent *torrent = metainfo != NULL ? bt_session_add (run->session, metainfo, options, error)
                                        : bt_session_add_magnet (run->session, magnet, options, error);

  if (torrent == NULL || (metainfo != NULL && !freshet_choice_apply (torrent, run->options->only, error)))
    return NULL;
  g_signal_connect (torrent, "metadata-ready", G_CALLBACK (metadata_ready_cb), run);
  return torrent;
}

static int
run_torrent (Run *run, BtMetainfo *metainfo, BtMagnet *magnet, const GArray *peers)
{
  BtTorrentOptions options = {
    .folder = run->options->folder != NULL ? run->options->folder : ".",
    .paused = TRUE,
    .ask_first = TRUE,
    .peers = (gpointer) peers->data,
    .n_peers = peers->len,
  };
  g_autoptr (GError) error = NULL;
  guint sources[3];

  if (!bt_session_start (run->session, &error) ||
      (run->torrent = add_torrent (run, metainfo, magnet, &options, &error)) == NULL)
    {
      freshet_cli_complain (error->message);
      return FRESHET_CLI_FAILED;
    }
  bt_torrent_set_sequential (run->torrent, run->options->sequential);
  freshet_progress_init (&run->progress, run->torrent, run->options->quiet, run->options->json);
  g_signal_connect (run->torrent, "state-changed", G_CALLBACK (state_changed_cb), run);
  sources[0] = g_unix_signal_add (SIGINT, interrupted_cb, run);
  sources[1] = g_unix_signal_add (SIGTERM, interrupted_cb, run);
  sources[2] = g_timeout_add (UPDATE_MS, update_cb, run);
  if (run->options->blocklist != NULL)
    bt_session_load_blocklist_async (run->session, run->options->blocklist, blocklist_loaded_cb, run);
  else
    bt_torrent_start (run->torrent);
  g_main_loop_run (run->loop);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  return run->exit_code;
}

int
freshet_transfer_run (const FreshetTransferOptions *options, const char *torrent, gboolean only_seed)
{
  g_autoptr (BtMetainfo) metainfo = NULL;
  g_autoptr (BtMagnet) magnet = NULL;
  g_autoptr (BtSession) session = NULL;
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GArray) peers = g_array_new (FALSE, FALSE, sizeof (BtAddr));
  BtConfig config;
  Run run = { .options = options, .only_seed = only_seed, .exit_code = -1 };

  if (!freshet_cli_check_hosts (options->dht_bootstrap) || !make_config (options, &config) || !read_peers (options, peers))
    return FRESHET_CLI_USAGE;
  if (bt_magnet_is_link (torrent))
    magnet = load_magnet (torrent);
  else
    metainfo = freshet_transfer_load (torrent);
  if (metainfo == NULL && magnet == NULL)
    return FRESHET_CLI_FAILED;
  if (!freshet_cli_check_file (options->ready_file))
    return FRESHET_CLI_FAILED;
  if (only_seed ? !freshet_cli_check_folder (options->folder) : !freshet_cli_check_output (options->folder != NULL ? options->folder : "."))
    return FRESHET_CLI_FAILED;
  run.session = session = bt_session_new (&config);
  run.loop = loop = g_main_loop_new (NULL, FALSE);
  return run_torrent (&run, metainfo, magnet, peers);
}
