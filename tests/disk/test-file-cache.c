/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set.h"
#include "bt-rng.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <fcntl.h>
#include <string.h>

static const BtTestFile files[] = {
  { .path = "a", .length = 1 },
  { .path = "b", .length = 40000 },
  { .path = "deep/c", .length = 25535 },
  { .path = "d", .length = 100 },
  { .path = "e", .length = 30000 },
};

/* Files that are opened through a cache of two. */
typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtTestFolder *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (2);
  fixture->folder = bt_test_folder_new ();
  fixture->set = bt_file_set_new (fixture->layout, fixture->folder, fixture->cache);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_file_set_unref (fixture->set);
  bt_file_cache_unref (fixture->cache);
  bt_layout_unref (fixture->layout);
  bt_test_torrent_free (fixture->torrent);
  bt_test_folder_free (fixture->folder);
}

static void
prepare (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gboolean found;
  int failed;

  bt_file_set_prepare (fixture->set, &found, &failed, &error);
  g_assert_no_error (error);
}

static void
write_all (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_write (fixture->set, 0, fixture->torrent->content, fixture->torrent->length, &failed, &error);
  g_assert_no_error (error);
}

static void
test_open_for_reading_becomes_writable (Fixture *fixture, gconstpointer data)
{
  guint64 offset = bt_metainfo_get_file (fixture->layout->metainfo, 1)->offset;
  guint8 byte;
  int failed;

  bt_test_torrent_store (fixture->torrent, fixture->folder);
  prepare (fixture);
  g_assert_true (bt_file_set_read (fixture->set, offset, &byte, 1, &failed, NULL));
  byte = (guint8) ~byte;
  g_assert_true (bt_file_set_write (fixture->set, offset, &byte, 1, &failed, NULL));
  g_assert_true (bt_file_set_read (fixture->set, offset, &byte, 1, &failed, NULL));
  g_assert_cmpint (byte, ==, (guint8) ~fixture->torrent->content[offset]);
  write_all (fixture);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_open_files_are_limited (Fixture *fixture, gconstpointer data)
{
  guint before = bt_test_count_fds ();

  for (guint i = 0; i < 20; i++)
    {
      write_all (fixture);
      g_assert_cmpuint (bt_test_count_fds (), <=, before + 2);
    }
  bt_file_set_close (fixture->set);
  g_assert_cmpuint (bt_test_count_fds (), ==, before);
}

typedef struct
{
  Fixture *fixture;
  guint64 seed;
} Reader;

static gpointer
read_and_write (gpointer data)
{
  Reader *self = data;
  BtTestTorrent *torrent = self->fixture->torrent;
  guint8 *bytes = g_malloc (torrent->length);
  gboolean right = TRUE;
  BtRng rng;
  int failed;

  bt_rng_seed (&rng, self->seed);
  for (guint i = 0; i < 800; i++)
    {
      guint32 offset = bt_rng_below (&rng, (guint32) torrent->length);
      guint32 n = 1 + bt_rng_below (&rng, MIN (20000, (guint32) torrent->length - offset));

      /* Writing what is there turns descriptors over without a change. */
      if (i % 8 == 0)
        right &= bt_file_set_write (self->fixture->set, offset, torrent->content + offset, n, &failed, NULL);
      else if (i % 8 == 1)
        right &= memcmp (bytes, torrent->content + offset, bt_file_set_read_cached (self->fixture->set, offset, bytes, n)) == 0;
      else
        right &= bt_file_set_read (self->fixture->set, offset, bytes, n, &failed, NULL) &&
                 memcmp (bytes, torrent->content + offset, n) == 0;
    }
  g_free (bytes);
  return GINT_TO_POINTER (right);
}

static void
test_many_threads_share_few_descriptors (Fixture *fixture, gconstpointer data)
{
  guint before = bt_test_count_fds ();
  GThread *threads[4];
  Reader readers[4];

  bt_test_torrent_store (fixture->torrent, fixture->folder);
  prepare (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    {
      readers[i] = (Reader){ fixture, i + 1 };
      threads[i] = g_thread_new ("reader", read_and_write, &readers[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_true (g_thread_join (threads[i]));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  bt_file_set_close (fixture->set);
  g_assert_cmpuint (bt_test_count_fds (), ==, before);
}

/* Who moved the files closes them all: one that is being read is closed when
 * that has ended, and nobody gets it any more. */
static void
test_forgotten_file_is_closed_when_it_is_free (Fixture *fixture, gconstpointer data)
{
  BtOpenFile file = { .fd = -1 };
  guint before = bt_test_count_fds ();

  bt_file_cache_insert (fixture->cache, &file, open ("/dev/null", O_RDONLY | O_CLOEXEC), FALSE, FALSE);
  bt_file_cache_forget (fixture->cache, &file);
  g_assert_cmpuint (bt_test_count_fds (), ==, before + 1);
  g_assert_false (bt_file_cache_acquire (fixture->cache, &file, FALSE));
  /* Another takes its place under the same number. */
  bt_file_cache_insert (fixture->cache, &file, open ("/dev/zero", O_RDONLY | O_CLOEXEC), FALSE, FALSE);
  g_assert_true (bt_file_cache_acquire (fixture->cache, &file, FALSE));
  bt_file_cache_forget (fixture->cache, &file);
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (bt_test_count_fds (), ==, before + 1);
      bt_file_cache_release (fixture->cache, &file);
    }
  g_assert_cmpuint (bt_test_count_fds (), ==, before);
  g_assert_cmpint (file.fd, ==, -1);
}

#define ADD(path, function) g_test_add ("/file-cache/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("open/for-reading-becomes-writable", test_open_for_reading_becomes_writable);
  ADD ("open/files-are-limited", test_open_files_are_limited);
  ADD ("open/many-threads-share-few-descriptors", test_many_threads_share_few_descriptors);
  ADD ("forgotten/is-closed-when-it-is-free", test_forgotten_file_is_closed_when_it_is_free);
  return g_test_run ();
}
