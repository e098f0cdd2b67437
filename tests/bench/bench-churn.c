/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-engine.h"
#include "bt-rng.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A seed and two leeches whose torrents are added, paused, started, checked,
 * renamed, moved and removed at random while they are downloaded: memory must
 * stay flat, no descriptor may be left behind, and what counts as verified has
 * to be on disk in the end.
 * FRESHET_CHURN_SECONDS says for how long, 30 when it does not, and
 * FRESHET_CHURN_SEED which random numbers. */

#define N_TORRENTS 6u
#define N_LEECHES 2u
#define PIECE (64u << 10)

/* Milliseconds between two things that are done. */
#define PAUSE_MS 20

/* After this share of the time everything has reached its size. */
#define WARM_UP 0.4

static const BtTestFile files[] = {
  { .path = "a", .length = 1500000 },
  { .path = "one/b", .length = 700000 },
  { .path = "one/two/c", .length = 10 },
  { .path = "one/empty", .length = 0 },
};

typedef struct
{
  BtSession *session;
  char *folders[2];
} Leech;

typedef struct
{
  BtTestTorrent *torrents[N_TORRENTS];
  BtSession *seed;
  BtAddr seed_addr;
  Leech leeches[N_LEECHES];
  BtRng rng;
  char *trash;
  guint n_done;      /* things done */
  guint n_finished;  /* downloads */
  guint n_failed;    /* torrents that stopped with an error */
  guint n_busy;      /* answers that are waited for */
  guint n_removing;  /* ... of them, of removals */
  double began;
  double length;
  double warm_rss;   /* MiB, the most during warm-up */
  double most_rss;   /* MiB, the most after it */
  guint warm_fds;
  guint most_fds;
} Churn;

static void
measure (Churn *self)
{
  double resident = bench_resident_mib ();
  guint fds = bt_test_count_fds ();

  if (bench_now () - self->began < WARM_UP * self->length)
    {
      self->warm_rss = MAX (self->warm_rss, resident);
      self->warm_fds = MAX (self->warm_fds, fds);
    }
  self->most_rss = MAX (self->most_rss, resident);
  self->most_fds = MAX (self->most_fds, fds);
}

static void
finished_cb (BtTorrent *torrent, Churn *self)
{
  self->n_finished++;
}

static void
state_cb (BtTorrent *torrent, guint state, Churn *self)
{
  if (state != BT_TORRENT_ERROR)
    return;
  self->n_failed++;
  g_printerr ("%s\n", bt_torrent_get_error (torrent)->message);
}

/* By its file or by a link; with a peer, or the DHT has to find one. */
static void
add (Churn *self, Leech *leech, const BtTestTorrent *torrent)
{
  BtTorrentOptions options = { .folder = leech->folders[bt_rng_below (&self->rng, 2)], .save_resume = TRUE, .peers = &self->seed_addr };
  g_autoptr (BtMagnet) magnet = bt_magnet_new_for_hash (bt_metainfo_get_info_hash (torrent->metainfo), NULL);
  g_autoptr (GError) error = NULL;
  BtTorrent *added;

  options.n_peers = bt_rng_below (&self->rng, 4) > 0;
  if (bt_rng_below (&self->rng, 2) == 0)
    added = bt_session_add (leech->session, torrent->metainfo, &options, &error);
  else
    added = bt_session_add_magnet (leech->session, magnet, &options, &error);
  g_assert_no_error (error);
  g_signal_connect (added, "finished", G_CALLBACK (finished_cb), self);
  g_signal_connect (added, "state-changed", G_CALLBACK (state_cb), self);
}

static void
leave (Churn *self, BtSession *session, BtTorrent *torrent)
{
  g_signal_handlers_disconnect_by_data (torrent, self);
  bt_session_remove (session, torrent);
}

static BtSession *
session_of (Churn *self, BtTorrent *torrent)
{
  for (guint i = 0; i < N_LEECHES; i++)
    if (bt_session_find (self->leeches[i].session, bt_torrent_get_info_hash (torrent)) == torrent)
      return self->leeches[i].session;
  return NULL;
}

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Churn *self = data;
  BtTorrent *torrent = BT_TORRENT (object);
  BtSession *session = session_of (self, torrent);

  self->n_busy--;
  self->n_removing--;
  bt_torrent_remove_files_finish (torrent, result, NULL, NULL);
  if (session != NULL)
    leave (self, session, torrent);
  /* GLib leaks what it had in hand when the trash goes while it puts something there. */
  if (self->n_removing == 0)
    bt_test_delete (self->trash);
}

static void
moved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  ((Churn *) data)->n_busy--;
  bt_torrent_move_finish (BT_TORRENT (object), result, NULL);
}

static void
renamed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  ((Churn *) data)->n_busy--;
  bt_torrent_rename_finish (BT_TORRENT (object), result, NULL);
}

static void
rename_something (Churn *self, BtTorrent *torrent)
{
  g_autofree char *path = NULL, *name = NULL;
  BtMetainfo *metainfo = bt_torrent_get_metainfo (torrent);

  if (metainfo == NULL)
    return;
  path = bt_torrent_dup_file_path (torrent, bt_rng_below (&self->rng, bt_metainfo_get_n_files (metainfo)));
  name = g_strdup_printf ("name %u", self->n_done);
  self->n_busy++;
  bt_torrent_rename_async (torrent, path, name, renamed_cb, self);
}

static void
remove_all (Churn *self, BtTorrent *torrent)
{
  self->n_busy++;
  self->n_removing++;
  bt_torrent_remove_files_async (torrent, NULL, removed_cb, self);
}

static void
choose_files (Churn *self, BtTorrent *torrent)
{
  static const BtFilePriority priorities[] = { BT_FILE_SKIP, BT_FILE_NORMAL, BT_FILE_NORMAL, BT_FILE_HIGH };

  for (guint i = 0; i < bt_metainfo_get_n_files (bt_torrent_get_metainfo (torrent)); i++)
    bt_torrent_set_file_priority (torrent, i, priorities[bt_rng_below (&self->rng, G_N_ELEMENTS (priorities))]);
}

static void
do_something (Churn *self, Leech *leech, BtTorrent *torrent)
{
  switch (bt_rng_below (&self->rng, 12))
    {
    case 0:
      bt_torrent_pause (torrent);
      break;
    case 1:
    case 2:
    case 3:
      bt_torrent_start (torrent);
      break;
    case 4:
      bt_torrent_recheck (torrent);
      break;
    case 5:
      leave (self, leech->session, torrent);
      break;
    case 6:
      remove_all (self, torrent);
      break;
    case 7:
      self->n_busy++;
      bt_torrent_move_async (torrent, leech->folders[bt_rng_below (&self->rng, 2)], NULL, NULL, NULL, moved_cb, self);
      break;
    case 8:
      rename_something (self, torrent);
      break;
    case 9:
      if (bt_torrent_get_metainfo (torrent) != NULL)
        choose_files (self, torrent);
      break;
    case 10:
      bt_torrent_cancel_move (torrent);
      bt_torrent_set_sequential (torrent, bt_rng_below (&self->rng, 2) == 0);
      break;
    default:
      bt_torrent_set_limits (torrent, (guint64) bt_rng_below (&self->rng, 3) << 20, 0);
      break;
    }
}

static gboolean
churn_cb (gpointer data)
{
  Churn *self = data;
  Leech *leech = &self->leeches[bt_rng_below (&self->rng, N_LEECHES)];
  const BtTestTorrent *content = self->torrents[bt_rng_below (&self->rng, N_TORRENTS)];
  BtTorrent *torrent = bt_session_find (leech->session, bt_metainfo_get_info_hash (content->metainfo));

  self->n_done++;
  if (torrent == NULL)
    add (self, leech, content);
  else
    do_something (self, leech, torrent);
  measure (self);
  return G_SOURCE_CONTINUE;
}

/* What is verified now is what a look at every byte of it finds. */
static void
check_one (Churn *self, BtTorrent *torrent)
{
  BtBitfield before;

  bt_torrent_pause (torrent);
  bt_test_wait (self->n_busy == 0);
  if (bt_torrent_get_metainfo (torrent) == NULL)
    return;
  bt_bitfield_copy (&before, bt_torrent_peek_pieces (torrent));
  bt_torrent_recheck (torrent);
  bt_test_wait (bt_torrent_get_state (torrent) != BT_TORRENT_CHECKING);
  g_assert_no_error (bt_torrent_get_error (torrent));
  for (guint32 i = 0; i < before.n_bits; i++)
    g_assert_true (!bt_bitfield_get (&before, i) || bt_bitfield_get (bt_torrent_peek_pieces (torrent), i));
  bt_bitfield_clear (&before);
}

static void
check_all (Churn *self)
{
  for (guint i = 0; i < N_LEECHES; i++)
    for (guint k = 0; k < N_TORRENTS; k++)
      {
        BtTorrent *torrent = bt_session_find (self->leeches[i].session, bt_metainfo_get_info_hash (self->torrents[k]->metainfo));

        if (torrent != NULL)
          check_one (self, torrent);
      }
}

static BtSession *
start_session (const char *node)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  const char *places[] = { node, NULL };
  g_autoptr (GError) error = NULL;
  BtSession *session;
  BtConfig config;

  bt_config_init_defaults (&config);
  bt_addr_init_v4 (&config.bind_v4, loopback, 0);
  config.bind_only = TRUE;
  config.dht = TRUE;
  config.dht_bootstrap = places;
  config.mark_partial = TRUE;
  config.stop_timeout = 2;
  session = bt_session_new (&config);
  bt_session_start (session, &error);
  g_assert_no_error (error);
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
  bt_test_drain ();
  g_object_unref (session);
}

static void
begin (Churn *self, const char *folder)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };
  g_autofree char *place = NULL;
  BtTorrentOptions options = { .folder = folder, .trust_existing = TRUE };

  self->seed = start_session (NULL);
  bt_addr_init_v4 (&self->seed_addr, loopback, bt_session_get_port (self->seed));
  place = g_strdup_printf ("127.0.0.1:%u", self->seed_addr.port);
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("churn %u", i);
      BtTestSpec spec = { .name = name, .piece_length = PIECE, .seed = i + 1, .files = files, .n_files = i % 2 == 0 ? G_N_ELEMENTS (files) : 1 };

      self->torrents[i] = bt_test_torrent_new (&spec);
      bt_test_torrent_store (self->torrents[i], folder);
      g_clear_pointer (&self->torrents[i]->content, g_free);
      g_assert_nonnull (bt_session_add (self->seed, self->torrents[i]->metainfo, &options, NULL));
    }
  for (guint i = 0; i < N_LEECHES; i++)
    {
      self->leeches[i].session = start_session (place);
      for (guint k = 0; k < 2; k++)
        {
          g_autofree char *name = g_strdup_printf ("leech %u.%u", i, k);

          self->leeches[i].folders[k] = g_build_filename (folder, name, NULL);
        }
    }
}

static void
end (Churn *self)
{
  for (guint i = 0; i < N_LEECHES; i++)
    {
      stop_session (self->leeches[i].session);
      g_free (self->leeches[i].folders[0]);
      g_free (self->leeches[i].folders[1]);
    }
  stop_session (self->seed);
  for (guint i = 0; i < N_TORRENTS; i++)
    bt_test_torrent_free (self->torrents[i]);
  g_free (self->trash);
}

int
main (void)
{
  const char *seconds = g_getenv ("FRESHET_CHURN_SECONDS"), *seed = g_getenv ("FRESHET_CHURN_SEED");
  g_autofree char *folder = g_dir_make_tmp ("freshet-churn-XXXXXX", NULL);
  Churn self = { .length = seconds != NULL ? g_ascii_strtod (seconds, NULL) : 30 };
  gboolean good;
  guint source;

  /* The trash and what the engine keeps for itself are below it too. */
  g_setenv ("XDG_DATA_HOME", folder, TRUE);
  self.trash = g_build_filename (folder, "Trash", NULL);
  bt_rng_seed (&self.rng, seed != NULL ? g_ascii_strtoull (seed, NULL, 10) : 1);
  begin (&self, folder);
  self.began = bench_now ();
  source = g_timeout_add (PAUSE_MS, churn_cb, &self);
  while (bench_now () - self.began < self.length)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
  check_all (&self);

  g_print ("%u things done and %u downloads that ended in %.0f s; %u errors\n", self.n_done, self.n_finished, self.length, self.n_failed);
  good = bench_above ("downloads that ended", self.n_finished, self.length / 10, "");
  good &= bench_below ("growth of resident memory", self.most_rss - self.warm_rss, 16, "MiB");
  good &= bench_below ("descriptors more than at first", (double) self.most_fds - self.warm_fds, 32, "");
  end (&self);
  bt_test_delete (folder);
  return good ? 0 : 1;
}
