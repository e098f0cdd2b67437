/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-engine.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A seed and a leech at full speed for minutes, with limits that come and go:
 * memory must stay flat and no descriptor may be left behind.
 * FRESHET_SOAK_SECONDS says for how long; half a minute when it does not. */

#define SIZE (256u << 20)
#define PIECE (256u << 10)
/* After this share of the time everything has reached its size. */
#define WARM_UP 0.2

typedef struct
{
  BtSession *seed;
  BtSession *leech;
  BtTestTorrent *torrent;
  BtTorrent *download;
  char *folder;
  BtAddr seed_addr;
  guint rounds;
  gboolean over;
  guint64 total; /* bytes of rounds that ended */
  double began;
  double length;
  double warm_rss; /* MiB, the most during warm-up */
  double most_rss; /* MiB, the most after it */
  guint warm_fds;
  guint most_fds;
} Soak;

static void begin_round (Soak *self);

static void
finished_cb (BtTorrent *torrent, gpointer data)
{
  Soak *self = data;

  self->rounds++;
  self->total += SIZE;
  g_idle_add_once ((GSourceOnceFunc) begin_round, self);
}

static void
begin_round (Soak *self)
{
  BtTorrentOptions options = { .folder = self->folder, .peers = &self->seed_addr, .n_peers = 1 };

  if (self->download != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->download, self);
      bt_session_remove (self->leech, g_steal_pointer (&self->download));
    }
  if (self->over)
    return;
  bt_test_delete (self->folder);
  self->download = bt_session_add (self->leech, self->torrent->metainfo, &options, NULL);
  g_signal_connect (self->download, "finished", G_CALLBACK (finished_cb), self);
}

static void
measure (Soak *self, double elapsed)
{
  double resident = bench_resident_mib ();
  guint fds = bt_test_count_fds ();

  if (elapsed < WARM_UP * self->length)
    {
      self->warm_rss = MAX (self->warm_rss, resident);
      self->warm_fds = MAX (self->warm_fds, fds);
    }
  self->most_rss = MAX (self->most_rss, resident);
  self->most_fds = MAX (self->most_fds, fds);
}

static gboolean
change_cb (gpointer data)
{
  static const guint64 limits[] = { 0, 0, 64u << 20, 0, 8u << 20, 0, 256u << 20, 1u << 20 };
  Soak *self = data;
  double elapsed = bench_now () - self->began;
  guint turn = (guint) (elapsed / 2);

  measure (self, elapsed);
  bt_session_set_limits (self->leech, limits[turn % G_N_ELEMENTS (limits)], 0);
  bt_session_set_limits (self->seed, 0, limits[(turn / 3) % G_N_ELEMENTS (limits)]);
  if (elapsed > self->length)
    self->over = TRUE;
  return G_SOURCE_CONTINUE;
}

static BtSession *
start_session (void)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  BtSession *session;
  BtConfig config;

  bt_config_init_defaults (&config);
  bt_addr_init_v4 (&config.bind_v4, loopback, 0);
  config.bind_only = TRUE;
  session = bt_session_new (&config);
  g_assert_true (bt_session_start (session, NULL));
  return session;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  bt_session_stop_finish (BT_SESSION (object), result, NULL);
  *(gboolean *) data = TRUE;
}

static void
stop_session (BtSession *session)
{
  gboolean stopped = FALSE;

  bt_session_stop_async (session, stopped_cb, &stopped);
  bt_test_wait (stopped);
  g_object_unref (session);
}

int
main (void)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  const char *seconds = g_getenv ("FRESHET_SOAK_SECONDS");
  const BtTestSpec spec = { .name = "soak", .piece_length = PIECE, .length = SIZE };
  g_autofree char *seed_folder = g_dir_make_tmp ("freshet-soak-XXXXXX", NULL);
  Soak self = { .length = seconds != NULL ? g_ascii_strtod (seconds, NULL) : 30 };
  BtTorrentOptions options = { .folder = seed_folder, .trust_existing = TRUE };
  gboolean good;
  guint source;

  self.torrent = bt_test_torrent_new (&spec);
  bt_test_torrent_store (self.torrent, seed_folder);
  /* The bytes are on disk now; what is measured is the engine. */
  g_clear_pointer (&self.torrent->content, g_free);
  self.folder = g_build_filename (seed_folder, "copy", NULL);
  self.seed = start_session ();
  self.leech = start_session ();
  bt_addr_init_v4 (&self.seed_addr, loopback, bt_session_get_port (self.seed));
  g_assert_nonnull (bt_session_add (self.seed, self.torrent->metainfo, &options, NULL));
  self.began = bench_now ();
  begin_round (&self);
  source = g_timeout_add (100, change_cb, &self);
  while (!self.over)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  begin_round (&self);

  g_print ("%u downloads of %u MiB in %.0f s\n", self.rounds, SIZE >> 20, self.length);
  good = bench_above ("downloads that ended", self.rounds, 2, "");
  good &= bench_below ("growth of resident memory", self.most_rss - self.warm_rss, 16, "MiB");
  good &= bench_below ("descriptors more than at first", (double) self.most_fds - self.warm_fds, 4, "");
  stop_session (self.leech);
  stop_session (self.seed);
  bt_test_torrent_free (self.torrent);
  bt_test_delete (seed_folder);
  g_free (self.folder);
  return good ? 0 : 1;
}
