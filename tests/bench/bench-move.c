/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-bencode.h"
#include "bt-engine.h"
#include "bt-rng.h"
#include "bt-sha.h"
#include "bt-test-loop.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A download whose files are moved to another file system while it goes on:
 * the main loop must not stand still, and a move that is cancelled must leave
 * all as it was. FRESHET_MOVE_MIB says how much; 1024 when it does not. The
 * download is on /dev/shm where that is there, and moves to the folder for
 * temporary files. */

#define PIECE (1u << 20)
#define BAR_MS 50.0

/* Milliseconds between two looks at the clock. */
#define BEAT_MS 2u

typedef struct
{
  guint n_pieces;
  BtMetainfo *metainfo;
  char *seed_folder;
  char *folder;
  char *target;
  GPid seed;          /* a process of its own, so that its work is not in our loop */
  BtSession *leech;
  BtTorrent *download;
  gint64 beat;        /* when the clock was last looked at */
  double worst;       /* ms, since it was last set to 0 */
  guint n_beats;
  guint n_late;       /* beats over 16 ms */
  GAsyncResult *result;
  GCancellable *cancellable;
  double cancel_at;
} Bench;

static gboolean
beat_cb (gpointer data)
{
  Bench *self = data;
  gint64 now = g_get_monotonic_time ();
  double late = (double) (now - self->beat) / 1000 - BEAT_MS;

  self->worst = MAX (self->worst, late);
  self->n_late += late > 16;
  self->n_beats++;
  self->beat = now;
  return G_SOURCE_CONTINUE;
}

static void
forget_beats (Bench *self)
{
  self->beat = g_get_monotonic_time ();
  self->worst = 0;
  self->n_beats = self->n_late = 0;
}

static void
write_data (Bench *self, guint8 *hashes)
{
  g_autofree char *path = g_build_filename (self->seed_folder, "large", NULL);
  g_autofree guint64 *piece = g_malloc (PIECE);
  int fd = open (path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  BtRng rng;

  g_assert_cmpint (fd, >=, 0);
  bt_rng_seed (&rng, 1);
  for (guint i = 0; i < self->n_pieces; i++)
    {
      for (guint j = 0; j < PIECE / 8; j++)
        piece[j] = bt_rng_next (&rng);
      g_assert_cmpint (write (fd, piece, PIECE), ==, PIECE);
      bt_sha1 ((const guint8 *) piece, PIECE, hashes + i * BT_SHA1_LENGTH);
    }
  close (fd);
}

static void
make_torrent (Bench *self)
{
  g_autofree guint8 *hashes = g_malloc ((gsize) self->n_pieces * BT_SHA1_LENGTH);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  BtBencodeWriter writer;

  write_data (self, hashes);
  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "info");
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "length");
  bt_bencode_write_integer (&writer, (gint64) self->n_pieces * PIECE);
  bt_bencode_write_key (&writer, "name");
  bt_bencode_write_text (&writer, "large");
  bt_bencode_write_key (&writer, "piece length");
  bt_bencode_write_integer (&writer, PIECE);
  bt_bencode_write_key (&writer, "pieces");
  bt_bencode_write_string (&writer, hashes, (gsize) self->n_pieces * BT_SHA1_LENGTH);
  bt_bencode_end (&writer);
  bt_bencode_end (&writer);
  bytes = bt_bencode_writer_finish (&writer);
  bt_bencode_writer_clear (&writer);
  self->metainfo = bt_metainfo_new (bytes, &error);
  g_assert_no_error (error);
}

static BtSession *
session_new (void)
{
  g_autoptr (GError) error = NULL;
  BtSession *session;
  BtConfig config;

  bt_config_init_defaults (&config);
  g_assert_true (bt_addr_parse_ip (&config.bind_v4, "127.0.0.1"));
  config.bind_only = TRUE;
  config.dht = config.lsd = FALSE;
  config.stop_timeout = 1;
  session = bt_session_new (&config);
  bt_session_start (session, &error);
  g_assert_no_error (error);
  return session;
}

static guint32
n_had (Bench *self)
{
  return bt_torrent_peek_pieces (self->download)->n_set;
}

/* Until it is killed. @out: where the port is told */
static void
be_seed (Bench *self, int out)
{
  BtTorrentOptions options = { .folder = self->seed_folder, .trust_existing = TRUE };
  BtSession *session = session_new ();
  guint16 port = bt_session_get_port (session);

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  g_assert_nonnull (bt_session_add (session, self->metainfo, &options, NULL));
  g_assert_cmpint (write (out, &port, sizeof port), ==, sizeof port);
  for (;;)
    g_main_context_iteration (NULL, TRUE);
}

static guint16
start_seed (Bench *self)
{
  guint16 port = 0;
  int ends[2];

  g_assert_cmpint (pipe (ends), ==, 0);
  self->seed = fork ();
  if (self->seed == 0)
    be_seed (self, ends[1]);
  g_assert_cmpint (read (ends[0], &port, sizeof port), ==, sizeof port);
  close (ends[0]);
  close (ends[1]);
  return port;
}

static void
begin (Bench *self)
{
  BtTorrentOptions leech = { .folder = self->folder };
  g_autoptr (GError) error = NULL;
  BtAddr addr;

  g_assert_true (bt_addr_parse_ip (&addr, "127.0.0.1"));
  addr.port = start_seed (self);
  self->leech = session_new ();
  leech.peers = &addr;
  leech.n_peers = 1;
  self->download = bt_session_add (self->leech, self->metainfo, &leech, &error);
  g_assert_no_error (error);
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Bench *self = data;

  self->result = g_object_ref (result);
}

static void
progress_cb (BtTorrent *torrent, double fraction, gpointer data)
{
  Bench *self = data;

  if (self->cancel_at > 0 && fraction >= self->cancel_at)
    g_cancellable_cancel (self->cancellable);
}

static gboolean
move (Bench *self, const char *folder, double cancel_at)
{
  gboolean done;

  g_set_object (&self->cancellable, NULL);
  self->cancellable = g_cancellable_new ();
  self->cancel_at = cancel_at;
  bt_torrent_move_async (self->download, folder, self->cancellable, progress_cb, self, result_cb, self);
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  done = bt_torrent_move_finish (self->download, self->result, NULL);
  g_clear_object (&self->result);
  return done;
}

static gboolean
is_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return dir != NULL && g_dir_read_name (dir) == NULL;
}

static void
wait_for_pieces (Bench *self, guint32 n)
{
  while (n_had (self) < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  gboolean *stopped = data;

  *stopped = bt_session_stop_finish (BT_SESSION (object), result, NULL);
}

static void
close_session (BtSession *session)
{
  gboolean stopped = FALSE;

  bt_session_stop_async (session, stopped_cb, &stopped);
  while (!stopped)
    g_main_context_iteration (NULL, TRUE);
  g_object_unref (session);
}

static gboolean
measure (Bench *self)
{
  guint64 bytes = (guint64) self->n_pieces * PIECE;
  guint32 before, after;
  gboolean met;
  double began;

  wait_for_pieces (self, self->n_pieces / 8);
  forget_beats (self);
  wait_for_pieces (self, self->n_pieces / 2);
  g_print ("%-44s %10.2f ms\n", "longest stall of the download alone", self->worst);

  /* So slow that there is some left to download while it is moved. */
  bt_session_set_limits (self->leech, bytes / 20, 0);
  before = n_had (self);
  forget_beats (self);
  began = bench_now ();
  g_assert_true (move (self, self->target, 0));
  g_print ("%-44s %10.2f s, %u MiB came meanwhile, %.2f %% of %u looks over 16 ms\n", "moved while it downloads", bench_now () - began,
           n_had (self) - before, 100.0 * self->n_late / MAX (self->n_beats, 1), self->n_beats);
  met = bench_below ("longest stall while it is moved", self->worst, BAR_MS, "ms");
  g_assert_true (is_empty (self->folder));

  bt_session_set_limits (self->leech, 0, 0);
  while (bt_torrent_get_state (self->download) != BT_TORRENT_SEEDING)
    g_main_context_iteration (NULL, TRUE);
  after = n_had (self);
  forget_beats (self);
  g_assert_false (move (self, self->folder, 0.5));
  met &= bench_below ("longest stall while a move is cancelled", self->worst, BAR_MS, "ms");
  g_assert_true (is_empty (self->folder));
  forget_beats (self);
  began = bench_now ();
  g_assert_true (move (self, self->folder, 0));
  g_print ("%-44s %10.2f MiB/s\n", "moved back, all of it", self->n_pieces / (bench_now () - began));
  met &= bench_below ("longest stall while all is moved", self->worst, BAR_MS, "ms");
  g_assert_true (is_empty (self->target));

  bt_torrent_recheck (self->download);
  while (bt_torrent_get_state (self->download) == BT_TORRENT_CHECKING)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_had (self), ==, after);
  g_assert_cmpint (bt_torrent_get_state (self->download), ==, BT_TORRENT_SEEDING);
  return met;
}

int
main (void)
{
  const char *mib = g_getenv ("FRESHET_MOVE_MIB");
  g_autofree char *memory = g_strdup ("/dev/shm/freshet-bench-XXXXXX");
  Bench bench = { .n_pieces = mib == NULL ? 1024 : (guint) g_ascii_strtoull (mib, NULL, 10) };
  gboolean met;
  guint source;

  bench.seed_folder = bt_test_folder_new ();
  bench.target = bt_test_folder_new ();
  bench.folder = g_mkdtemp (memory) != NULL ? g_strdup (memory) : bt_test_folder_new ();
  make_torrent (&bench);
  begin (&bench);
  source = g_timeout_add_full (G_PRIORITY_HIGH, BEAT_MS, beat_cb, &bench, NULL);
  met = measure (&bench);
  g_source_remove (source);
  close_session (bench.leech);
  kill (bench.seed, SIGKILL);
  waitpid (bench.seed, NULL, 0);
  g_clear_object (&bench.cancellable);
  bt_metainfo_unref (bench.metainfo);
  bt_test_folder_free (bench.seed_folder);
  bt_test_folder_free (bench.folder);
  bt_test_folder_free (bench.target);
  return met ? 0 : 1;
}
