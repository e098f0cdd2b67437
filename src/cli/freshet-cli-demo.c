/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-cli"

#include "config.h"

#include "freshet-cli.h"

#include "freshet-cli-progress.h"
#include "freshet-demo.h"
#include "freshet-format.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gi18n.h>

#define UPDATE_MS 250

/* The main job with nothing from outside: a sample, a tracker and a seed on
 * this machine, and a download from them. */
typedef struct
{
  GMainLoop *loop;
  FreshetDemo *demo;
  BtSession *session;
  BtTorrent *torrent;
  FreshetProgress progress;
  GCancellable *cancellable;
  gint64 began;
  gint64 took;     /* microseconds of the download */
  gboolean closing;
  guint update;
  int exit_code;
} Demo;

static void close_down (Demo *self, int exit_code);

static void
fail (Demo *self, const GError *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    freshet_cli_complain (error->message);
  close_down (self, FRESHET_CLI_FAILED);
}

static void
closed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Demo *self = data;
  g_autoptr (GError) error = NULL;

  if (!freshet_demo_close_finish (self->demo, result, &error))
    freshet_cli_complain (error->message);
  g_main_loop_quit (self->loop);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Demo *self = data;

  bt_session_stop_finish (self->session, result, NULL);
  freshet_demo_close_async (self->demo, closed_cb, self);
}

static void
close_down (Demo *self, int exit_code)
{
  if (self->closing)
    return;
  self->closing = TRUE;
  self->exit_code = exit_code;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->update, g_source_remove);
  if (self->torrent != NULL)
    freshet_progress_end (&self->progress);
  bt_session_stop_async (self->session, stopped_cb, self);
}

static void
compared_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Demo *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *size = freshet_format_size (FRESHET_DEMO_SIZE);
  g_autofree char *rate = freshet_format_rate (FRESHET_DEMO_SIZE * G_USEC_PER_SEC / (guint64) MAX (self->took, 1));

  if (!freshet_demo_verify_finish (self->demo, result, &error))
    {
      fail (self, error);
      return;
    }
  g_print (_("Done: %s downloaded at %s and verified, byte for byte.\n"), size, rate);
  close_down (self, FRESHET_CLI_OK);
}

static void
state_changed_cb (BtTorrent *torrent, guint state, gpointer data)
{
  Demo *self = data;

  if (self->closing)
    return;
  if (state == BT_TORRENT_ERROR)
    fail (self, bt_torrent_get_error (torrent));
  else if (state == BT_TORRENT_SEEDING)
    {
      self->took = g_get_monotonic_time () - self->began;
      freshet_progress_update (&self->progress);
      freshet_progress_end (&self->progress);
      freshet_demo_verify_async (self->demo, self->cancellable, compared_cb, self);
    }
}

static gboolean
update_cb (gpointer data)
{
  Demo *self = data;

  if (bt_torrent_get_state (self->torrent) != BT_TORRENT_SEEDING)
    freshet_progress_update (&self->progress);
  return G_SOURCE_CONTINUE;
}

static void
prepared_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Demo *self = data;
  g_autoptr (GError) error = NULL;
  BtTorrentOptions options = { .paused = TRUE };

  if (!freshet_demo_prepare_finish (self->demo, result, &error))
    {
      fail (self, error);
      return;
    }
  options.folder = freshet_demo_get_download_folder (self->demo);
  self->torrent = bt_session_add (self->session, freshet_demo_get_metainfo (self->demo), &options, &error);
  if (self->torrent == NULL)
    {
      fail (self, error);
      return;
    }
  g_print (_("Downloading it through the tracker at %s\n"), freshet_demo_get_announce_url (self->demo));
  freshet_progress_init (&self->progress, self->torrent, FALSE, FALSE);
  g_signal_connect (self->torrent, "state-changed", G_CALLBACK (state_changed_cb), self);
  self->update = g_timeout_add (UPDATE_MS, update_cb, self);
  self->began = g_get_monotonic_time ();
  bt_torrent_start (self->torrent);
}

static gboolean
interrupted_cb (gpointer data)
{
  close_down (data, FRESHET_CLI_FAILED);
  return G_SOURCE_CONTINUE;
}

static int
run (Demo *self)
{
  g_autofree char *size = freshet_format_size (FRESHET_DEMO_SIZE);
  g_autoptr (GError) error = NULL;
  guint interrupted, terminated;

  if (!bt_session_start (self->session, &error))
    {
      freshet_cli_complain (error->message);
      return FRESHET_CLI_FAILED;
    }
  interrupted = g_unix_signal_add (SIGINT, interrupted_cb, self);
  terminated = g_unix_signal_add (SIGTERM, interrupted_cb, self);
  g_print (_("Making a sample of %s, a tracker and a seed…\n"), size);
  freshet_demo_prepare_async (self->demo, NULL, NULL, self->cancellable, prepared_cb, self);
  g_main_loop_run (self->loop);
  g_source_remove (interrupted);
  g_source_remove (terminated);
  return self->exit_code;
}

int
freshet_cli_demo (int argc, char **argv)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  BtConfig config;
  Demo self = { .exit_code = FRESHET_CLI_FAILED };

  g_option_context_set_summary (context, _("Download a sample from this machine, to see that all works."));
  if (!g_option_context_parse (context, &argc, &argv, &error) || argc > 1)
    {
      g_printerr ("freshet-cli: %s\n", error != NULL ? error->message : _("“demo” takes no arguments."));
      return FRESHET_CLI_USAGE;
    }
  bt_config_init_defaults (&config);
  bt_addr_init_v4 (&config.bind_v4, loopback, 0);
  config.bind_only = TRUE;
  self.loop = g_main_loop_new (NULL, FALSE);
  self.cancellable = g_cancellable_new ();
  self.demo = freshet_demo_new (FRESHET_DEMO_SIZE);
  self.session = bt_session_new (&config);
  self.exit_code = run (&self);
  g_object_unref (self.session);
  g_object_unref (self.demo);
  g_object_unref (self.cancellable);
  g_main_loop_unref (self.loop);
  return self.exit_code;
}
