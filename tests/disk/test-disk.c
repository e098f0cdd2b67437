/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blame.h"
#include "bt-disk-jobs.h"
#include "bt-sha.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"
#include "bt-verify.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

static const BtTestFile files[] = {
  { .path = "a", .length = 100000 },
  { .path = "b", .length = 0 },
  { .path = "c", .length = 300001 },
};

#define N_PIECES 13u /* of 32 KiB */

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtTestFolder *folder;
  BtDisk *disk;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };
  g_autoptr (GError) error = NULL;
  gboolean found;
  int failed;

  fixture->torrent = bt_test_torrent_new (&spec);
  g_assert_cmpuint (fixture->torrent->n_pieces, ==, N_PIECES);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (10);
  fixture->folder = bt_test_folder_new ();
  fixture->set = bt_file_set_new (fixture->layout, fixture->folder, fixture->cache);
  bt_file_set_prepare (fixture->set, &found, &failed, &error);
  g_assert_no_error (error);
  fixture->disk = bt_disk_new (NULL, data != NULL ? GPOINTER_TO_UINT (data) : 2);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->disk, bt_disk_free);
  bt_file_set_unref (fixture->set);
  bt_file_cache_unref (fixture->cache);
  bt_layout_unref (fixture->layout);
  bt_test_torrent_free (fixture->torrent);
  bt_test_folder_free (fixture->folder);
}

/* A job that waits to be let go on. */
typedef struct
{
  BtDiskJob job;
  GMutex *gate;       /* NULL: does not wait */
  gint *n_worked;     /* atomic */
  guint *n_done;
  GThread *main;
  guint id;
  GArray *order;      /* of ids, as worked; NULL */
} CountJob;

static void
count_work (BtDiskJob *job)
{
  CountJob *self = (CountJob *) job;

  g_assert_true (g_thread_self () != self->main);
  if (self->gate != NULL)
    {
      g_mutex_lock (self->gate);
      g_mutex_unlock (self->gate);
    }
  if (self->order != NULL)
    g_array_append_val (self->order, self->id);
  g_atomic_int_inc (self->n_worked);
}

static void
count_done (BtDiskJob *job)
{
  CountJob *self = (CountJob *) job;

  g_assert_true (g_thread_self () == self->main);
  ++*self->n_done;
  g_free (self);
}

static CountJob *
count_job (gint *n_worked, guint *n_done)
{
  CountJob *self = g_new0 (CountJob, 1);

  self->job.work = count_work;
  self->job.done = count_done;
  self->n_worked = n_worked;
  self->n_done = n_done;
  self->main = g_thread_self ();
  return self;
}

static void
test_every_job_is_done_once (Fixture *fixture, gconstpointer data)
{
  gint n_worked = 0;
  guint n_done = 0;

  for (guint i = 0; i < 5000; i++)
    {
      bt_disk_push (fixture->disk, &count_job (&n_worked, &n_done)->job, i % 2 ? BT_DISK_URGENT : BT_DISK_BACKGROUND);
      if (i % 100 == 0)
        g_main_context_iteration (NULL, FALSE);
    }
  bt_test_wait (n_done == 5000);
  g_assert_cmpint (n_worked, ==, 5000);
  g_assert_cmpuint (bt_disk_n_pending (fixture->disk), ==, 0);
}

static void
test_end_does_what_was_pushed (Fixture *fixture, gconstpointer data)
{
  gint n_worked = 0;
  guint n_done = 0;

  for (guint i = 0; i < 1000; i++)
    bt_disk_push (fixture->disk, &count_job (&n_worked, &n_done)->job, i % 2 ? BT_DISK_URGENT : BT_DISK_BACKGROUND);
  g_assert_cmpuint (bt_disk_n_pending (fixture->disk), ==, 1000);
  g_clear_pointer (&fixture->disk, bt_disk_free);
  g_assert_cmpuint (n_done, ==, 1000);
  g_assert_cmpint (n_worked, ==, 1000);
}

/* With one thread. */
static void
test_urgent_jobs_overtake (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) order = g_array_new (FALSE, FALSE, sizeof (guint));
  gint n_worked = 0;
  guint n_done = 0;
  GMutex gate;

  g_mutex_init (&gate);
  g_mutex_lock (&gate);
  for (guint i = 0; i < 9; i++)
    {
      CountJob *job = count_job (&n_worked, &n_done);

      job->gate = i == 0 ? &gate : NULL;
      job->id = i;
      job->order = order;
      bt_disk_push (fixture->disk, &job->job, i == 0 || i > 4 ? BT_DISK_URGENT : BT_DISK_BACKGROUND);
    }
  g_mutex_unlock (&gate);
  bt_test_wait (n_done == 9);
  for (guint i = 0; i < 9; i++)
    g_assert_cmpuint (g_array_index (order, guint, i), ==, i == 0 ? 0 : i <= 4 ? i + 4 : i - 4);
  g_mutex_clear (&gate);
}

/* With two threads: no job waits while a thread has nothing to do, or could
 * be had. */
static void
test_burst_wakes_every_thread (Fixture *fixture, gconstpointer data)
{
  gint n_worked = 0;
  guint n_done = 0;

  /* One thread is there, and idle. */
  bt_disk_push (fixture->disk, &count_job (&n_worked, &n_done)->job, BT_DISK_URGENT);
  bt_test_wait (n_done == 1);

  for (guint round = 0; round < 200; round++)
    {
      CountJob *first = count_job (&n_worked, &n_done);
      CountJob *second = count_job (&n_worked, &n_done);
      gint before = n_worked;
      GMutex gate;

      g_mutex_init (&gate);
      g_mutex_lock (&gate);
      first->gate = &gate;
      bt_disk_push (fixture->disk, &first->job, BT_DISK_URGENT);
      bt_disk_push (fixture->disk, &second->job, BT_DISK_URGENT);
      bt_test_wait (g_atomic_int_get (&n_worked) > before);
      g_mutex_unlock (&gate);
      bt_test_wait (n_done == 2 * round + 3);
      g_mutex_clear (&gate);
    }
}

typedef struct
{
  BtWriteJob *job; /* done */
} Waiter;

static void
keep_write (BtDiskJob *job)
{
  ((Waiter *) ((BtWriteJob *) job)->owner)->job = (BtWriteJob *) job;
}

static BtWriteJob *
write_piece (Fixture *fixture, guint32 piece, guint8 *bytes, gboolean want_digests)
{
  BtWriteJob *job = bt_write_job_new (fixture->set, fixture->layout, piece, bytes, keep_write);
  Waiter waiter = { NULL };

  job->owner = &waiter;
  job->want_digests = want_digests;
  bt_disk_push (fixture->disk, &job->job, BT_DISK_URGENT);
  bt_test_wait (waiter.job != NULL);
  return waiter.job;
}

static guint8 *
piece_of (Fixture *fixture, guint32 piece)
{
  return fixture->torrent->content + (gsize) piece * fixture->torrent->piece_length;
}

static void
assert_digests (Fixture *fixture, const BtWriteJob *job)
{
  guint32 size = bt_test_torrent_piece_size (fixture->torrent, job->piece);

  for (guint32 begin = 0; begin < size; begin += BT_BLOCK_SIZE)
    {
      guint8 digest[BT_SHA1_LENGTH];

      bt_sha1 (job->data + begin, MIN (BT_BLOCK_SIZE, size - begin), digest);
      g_assert_true (memcmp (digest, job->digests + begin / BT_BLOCK_SIZE * BT_BLAME_DIGEST, BT_BLAME_DIGEST) == 0);
    }
}

static void
test_right_pieces_are_written (Fixture *fixture, gconstpointer data)
{
  for (guint32 i = N_PIECES; i-- > 0;)
    {
      BtWriteJob *job = write_piece (fixture, i, piece_of (fixture, i), i % 2);

      g_assert_cmpint (job->result, ==, BT_PIECE_WRITTEN);
      g_assert_cmpint (job->digests != NULL, ==, i % 2);
      if (job->digests != NULL)
        assert_digests (fixture, job);
      bt_write_job_free (job);
    }
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_wrong_piece_is_not_written (Fixture *fixture, gconstpointer data)
{
  guint32 last = N_PIECES - 1;
  g_autofree char *path = g_build_filename (fixture->folder, "test", NULL);

  for (guint32 i = 0; i < N_PIECES; i += last)
    {
      guint8 *bytes = piece_of (fixture, i);
      BtWriteJob *job;

      bytes[bt_test_torrent_piece_size (fixture->torrent, i) - 1] ^= 1;
      job = write_piece (fixture, i, bytes, FALSE);
      g_assert_cmpint (job->result, ==, BT_PIECE_BAD_HASH);
      g_assert_no_error (job->error);
      assert_digests (fixture, job);
      bt_write_job_free (job);
    }
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_right_piece_that_finds_no_place_is_told (Fixture *fixture, gconstpointer data)
{
  BtWriteJob *job;

  bt_test_delete (fixture->folder);
  job = write_piece (fixture, 3, piece_of (fixture, 3), FALSE);
  g_assert_cmpint (job->result, ==, BT_PIECE_FAILED);
  g_assert_error (job->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (job->failed_file, ==, 0);
  bt_write_job_free (job);
}

static void
keep_read (BtDiskJob *job)
{
  BtReadJob **kept = ((BtReadJob *) job)->owner;

  *kept = (BtReadJob *) job;
}

static BtReadJob *
read_range (Fixture *fixture, guint64 offset, gsize length)
{
  BtReadJob *job = bt_read_job_new (fixture->set, offset, length, keep_read);
  BtReadJob *kept = NULL;

  job->owner = &kept;
  bt_disk_push (fixture->disk, &job->job, BT_DISK_URGENT);
  bt_test_wait (kept != NULL);
  return kept;
}

static void
test_reading_gives_bytes_or_a_reason (Fixture *fixture, gconstpointer data)
{
  BtReadJob *job = read_range (fixture, 99999, 20);

  g_assert_false (job->ok);
  g_assert_error (job->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (job->failed_file, ==, 0);
  bt_read_job_free (job);

  bt_test_torrent_store (fixture->torrent, fixture->folder);
  job = read_range (fixture, 99999, 20);
  g_assert_true (job->ok);
  g_assert_true (memcmp (job->data, fixture->torrent->content + 99999, 20) == 0);
  bt_read_job_free (job);
}

/* What a recheck found. */
typedef struct
{
  gboolean finished;
  BtBitfield right;
  GError *error;
  int failed_file;
  double progress;
  BtVerify *verify;
} Found;

static void
finished_cb (const BtBitfield *right, const GError *error, int failed_file, gpointer data)
{
  Found *found = data;

  g_assert_false (found->finished);
  found->finished = TRUE;
  found->progress = bt_verify_get_progress (found->verify);
  bt_bitfield_copy (&found->right, right);
  found->error = error == NULL ? NULL : g_error_copy (error);
  found->failed_file = failed_file;
}

static void
verify (Fixture *fixture, Found *found)
{
  *found = (Found){ .failed_file = -1 };
  found->verify = bt_verify_start (fixture->disk, fixture->set, fixture->layout, NULL, finished_cb, found);
  bt_test_wait (found->finished);
  g_assert_cmpfloat (found->progress, ==, 1.0);
}

static void
test_recheck_tells_right_from_wrong (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = g_build_filename (fixture->folder, "test", "a", NULL);
  g_autofree char *c = g_build_filename (fixture->folder, "test", "c", NULL);
  Found found;

  verify (fixture, &found);
  g_assert_cmpuint (found.right.n_set, ==, 0);
  g_assert_no_error (found.error);
  bt_bitfield_clear (&found.right);

  bt_test_torrent_store (fixture->torrent, fixture->folder);
  verify (fixture, &found);
  g_assert_true (bt_bitfield_is_full (&found.right));
  bt_bitfield_clear (&found.right);

  /* One wrong byte, and an end that is missing. */
  fixture->torrent->content[40000] ^= 1;
  bt_test_torrent_store (fixture->torrent, fixture->folder);
  g_assert_cmpint (truncate (c, 300000), ==, 0);
  bt_file_set_close (fixture->set);
  verify (fixture, &found);
  g_assert_cmpuint (found.right.n_set, ==, N_PIECES - 2);
  g_assert_false (bt_bitfield_get (&found.right, 1));
  g_assert_false (bt_bitfield_get (&found.right, N_PIECES - 1));
  g_assert_no_error (found.error);
  bt_bitfield_clear (&found.right);

  g_unlink (a);
  bt_file_set_close (fixture->set);
  verify (fixture, &found);
  g_assert_cmpuint (found.right.n_set, ==, N_PIECES - 5);
  g_assert_no_error (found.error);
  bt_bitfield_clear (&found.right);
}

static void
test_recheck_tells_what_it_may_not_read (Fixture *fixture, gconstpointer data)
{
  g_autofree char *a = g_build_filename (fixture->folder, "test", "a", NULL);
  Found found;

  bt_test_torrent_store (fixture->torrent, fixture->folder);
  g_unlink (a);
  g_assert_cmpint (mkfifo (a, 0666), ==, 0);
  verify (fixture, &found);
  g_assert_nonnull (found.error);
  g_assert_cmpint (found.failed_file, ==, 0);
  g_clear_error (&found.error);
  bt_bitfield_clear (&found.right);
}

static void
test_cancelled_recheck_says_nothing (Fixture *fixture, gconstpointer data)
{
  Found found = { .failed_file = -1 };

  bt_test_torrent_store (fixture->torrent, fixture->folder);
  for (guint i = 0; i < 50; i++)
    {
      BtVerify *running = bt_verify_start (fixture->disk, fixture->set, fixture->layout, NULL, finished_cb, &found);

      bt_verify_cancel (running);
    }
  bt_test_wait (bt_disk_n_pending (fixture->disk) == 0);
  g_assert_false (found.finished);
  bt_verify_cancel (bt_verify_start (fixture->disk, fixture->set, fixture->layout, NULL, finished_cb, &found));
  g_clear_pointer (&fixture->disk, bt_disk_free);
  g_assert_false (found.finished);
}

#define ADD_WITH(path, threads, function) \
  g_test_add (path, Fixture, GUINT_TO_POINTER (threads), set_up, function, tear_down)
#define ADD(path, function) ADD_WITH (path, 2, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/disk/jobs/every-one-is-done-once", test_every_job_is_done_once);
  ADD ("/disk/jobs/end-does-what-was-pushed", test_end_does_what_was_pushed);
  ADD_WITH ("/disk/jobs/urgent-ones-overtake", 1, test_urgent_jobs_overtake);
  ADD ("/disk/jobs/burst-wakes-every-thread", test_burst_wakes_every_thread);
  ADD ("/disk/write/right-pieces-are-written", test_right_pieces_are_written);
  ADD ("/disk/write/wrong-piece-is-not-written", test_wrong_piece_is_not_written);
  ADD ("/disk/write/right-piece-that-finds-no-place-is-told", test_right_piece_that_finds_no_place_is_told);
  ADD ("/disk/read/gives-bytes-or-a-reason", test_reading_gives_bytes_or_a_reason);
  ADD ("/disk/verify/tells-right-from-wrong", test_recheck_tells_right_from_wrong);
  ADD ("/disk/verify/tells-what-it-may-not-read", test_recheck_tells_what_it_may_not_read);
  ADD ("/disk/verify/cancelled-says-nothing", test_cancelled_recheck_says_nothing);
  return g_test_run ();
}
