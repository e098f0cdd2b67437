/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "bt-resume.h"
#include "freshet-library-private.h"

/* A library without a window, for tests that kill it. It says what it knows,
 * a line at a time:
 *   opened ITEMS VERIFIED-BYTES   the list is there
 *   running HAVE CHECKED PIECES   it goes on; pieces had, and read to be sure of them
 *   have PIECES                   while it downloads
 *   kept PIECES                   the database has a record of so many, which a kill does not take away
 *   folder PATH                   where its files are, when it goes on
 *   complete
 *   moving, and moved             to the last argument, if there is one
 * library-runner DATABASE-FOLDER FILE.torrent DOWNLOADS PEER [FOLDER] */

static FreshetLibrary *library;
static BtMetainfo *metainfo;
static const char *downloads, *move_to;
static BtAddr peer;
static gboolean running, complete;
static guint32 n_told;

static void
say (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
say (const char *format, ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  fflush (stdout);
}

static void
moved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (freshet_library_move_files_finish (library, result, &error))
    say ("moved\n");
  else
    say ("error %s\n", error->message);
}

static gboolean
look_cb (gpointer data)
{
  FreshetTorrentItem *item = freshet_library_find (library, bt_metainfo_get_info_hash (metainfo));
  BtTorrent *torrent = item == NULL ? NULL : freshet_torrent_item_get_torrent (item);
  BtTorrentStats stats;

  if (torrent == NULL)
    return G_SOURCE_CONTINUE;
  bt_torrent_get_stats (torrent, &stats);
  if (stats.state == BT_TORRENT_ERROR)
    say ("error %s\n", bt_torrent_get_error (torrent)->message);
  if (stats.state != BT_TORRENT_DOWNLOADING && stats.state != BT_TORRENT_SEEDING)
    return G_SOURCE_CONTINUE;
  if (!running)
    {
      running = TRUE;
      say ("running %u %u %u\n", stats.pieces_done, stats.pieces_checked, bt_metainfo_get_n_pieces (metainfo));
      say ("folder %s\n", bt_torrent_get_folder (torrent));
      bt_torrent_add_peer (torrent, &peer);
    }
  if (stats.pieces_done != n_told)
    say ("have %u\n", n_told = stats.pieces_done);
  if (stats.state == BT_TORRENT_SEEDING && !complete)
    {
      complete = TRUE;
      say ("complete\n");
      if (move_to != NULL)
        {
          say ("moving\n");
          freshet_library_move_files_async (library, item, move_to, NULL, moved_cb, NULL);
        }
    }
  return G_SOURCE_CONTINUE;
}

static void
flushed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  freshet_store_flush_finish (FRESHET_STORE (object), result);
  say ("kept %u\n", GPOINTER_TO_UINT (data));
}

static gboolean
flush_cb (gpointer data)
{
  if (library->store != NULL)
    freshet_store_flush_async (library->store, flushed_cb, data);
  return G_SOURCE_REMOVE;
}

/* The library hears of it after a hook. */
static gboolean
recorded_hook (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer data)
{
  GBytes *bytes = g_value_get_boxed (&values[1]);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtResume) record = bt_resume_decode (bytes, metainfo, bt_metainfo_get_info_hash (metainfo), &error);

  if (record == NULL)
    g_error ("%s", error->message);
  if (record->checked)
    g_idle_add_full (G_PRIORITY_HIGH, flush_cb, GUINT_TO_POINTER (record->have.n_set), NULL);
  return TRUE;
}

static void
note_cb (FreshetLibrary *self, guint state, const char *detail)
{
  say ("note %u %s\n", state, detail != NULL ? detail : "");
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  FreshetTorrentItem *item = freshet_library_find (library, bt_metainfo_get_info_hash (metainfo));
  BtTorrentOptions options = { .folder = downloads };
  g_autoptr (GError) error = NULL;

  if (!freshet_library_open_finish (library, result))
    exit (1);
  say ("opened %u %" G_GUINT64_FORMAT "\n", g_list_model_get_n_items (G_LIST_MODEL (library)),
       item == NULL ? 0 : freshet_torrent_item_peek_stats (item)->verified);
  if (item == NULL && freshet_library_add (library, metainfo, &options, &error) == NULL)
    g_error ("%s", error->message);
  /* A seed that nobody looks at dozes, and then says nothing. */
  freshet_torrent_item_look (freshet_library_find (library, bt_metainfo_get_info_hash (metainfo)));
}

/* Whoever started it is gone. */
static gboolean
input_cb (GIOChannel *channel, GIOCondition condition, gpointer data)
{
  g_main_loop_quit (data);
  return G_SOURCE_REMOVE;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_main_loop_quit (data);
}

static void
load (const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *contents;
  gsize length;

  if (!g_file_get_contents (path, &contents, &length, &error))
    g_error ("%s", error->message);
  bytes = g_bytes_new_take (contents, length);
  metainfo = bt_metainfo_new (bytes, &error);
  if (metainfo == NULL)
    g_error ("%s", error->message);
}

int
main (int argc, char *argv[])
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (0);
  g_autoptr (GError) error = NULL;
  BtConfig config;

  if (argc < 5 || argc > 6 || !bt_addr_parse (&peer, argv[4]))
    return 2;
  load (argv[2]);
  downloads = argv[3];
  move_to = argv[5];
  bt_config_init_defaults (&config);
  bt_addr_parse_ip (&config.bind_v4, "127.0.0.1");
  config.bind_only = TRUE;
  library = freshet_library_new ();
  g_signal_connect (library, "store-note", G_CALLBACK (note_cb), NULL);
  /* There is no signal before the class. */
  g_type_class_unref (g_type_class_ref (BT_TYPE_TORRENT));
  g_signal_add_emission_hook (g_signal_lookup ("resume-ready", BT_TYPE_TORRENT), 0, recorded_hook, NULL, NULL);
  if (!freshet_library_start (library, &config, &error))
    g_error ("%s", error->message);
  freshet_library_open_async (library, argv[1], opened_cb, NULL);
  g_timeout_add (10, look_cb, NULL);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, input_cb, loop);
  g_main_loop_run (loop);
  freshet_library_stop_async (library, stopped_cb, loop);
  g_main_loop_run (loop);
  g_object_unref (library);
  bt_metainfo_unref (metainfo);
  return 0;
}
