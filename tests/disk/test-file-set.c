/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-ops.h"
#include "bt-file-set.h"
#include "bt-rng.h"
#include "bt-test-loop.h"
#include "bt-test-mount.h"
#include "bt-test-torrent.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum
{
  FILE_EMPTY,
  FILE_A,
  FILE_B,
  FILE_PAD,
  FILE_C,
  FILE_LINK,
  FILE_RUN,
  FILE_LAST,
};

static const BtTestFile files[] = {
  [FILE_EMPTY] = { .path = "one/empty", .length = 0 },
  [FILE_A] = { .path = "a", .length = 1 },
  [FILE_B] = { .path = "one/b", .length = 40000 },
  [FILE_PAD] = { .path = ".pad/9151", .length = 9151, .attr = "p" },
  [FILE_C] = { .path = "two/deep/c", .length = 25535 },
  [FILE_LINK] = { .path = "two/link", .attr = "l", .symlink = "one/b" },
  [FILE_RUN] = { .path = "run", .length = 100, .attr = "x" },
  [FILE_LAST] = { .path = "last", .length = 30000 },
};

static gboolean can_mount;

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtTestFolder *folder;
  BtTestFolder *elsewhere; /* where nothing may come to be */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (10);
  fixture->folder = bt_test_folder_new ();
  fixture->elsewhere = bt_test_folder_new ();
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
  bt_test_folder_free (fixture->elsewhere);
}

static char *
path_of (Fixture *fixture, guint file)
{
  return g_build_filename (fixture->folder, bt_metainfo_get_file (fixture->layout->metainfo, file)->path, NULL);
}

static gboolean
prepare (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gboolean found;
  int failed;

  g_assert_true (bt_file_set_prepare (fixture->set, &found, &failed, &error));
  g_assert_no_error (error);
  return found;
}

static void
write_range (Fixture *fixture, guint64 offset, gsize length)
{
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_write (fixture->set, offset, fixture->torrent->content + offset, length, &failed, &error);
  g_assert_no_error (error);
  g_assert_cmpint (failed, ==, -1);
}

static void
write_all (Fixture *fixture)
{
  write_range (fixture, 0, fixture->torrent->length);
}

/* Writes a byte of @file, which must not work. */
static void
refuse_write (Fixture *fixture, guint file, int code)
{
  guint64 offset = bt_metainfo_get_file (fixture->layout->metainfo, file)->offset;
  g_autoptr (GError) error = NULL;
  int failed;

  g_assert_false (bt_file_set_write (fixture->set, offset, fixture->torrent->content + offset, 1, &failed, &error));
  g_assert_cmpint (failed, ==, (int) file);
  g_assert_nonnull (strstr (error->message, bt_metainfo_get_file (fixture->layout->metainfo, file)->path));
  if (code >= 0)
    g_assert_error (error, G_IO_ERROR, code);
}

static void
refuse_read (Fixture *fixture, guint file, int code)
{
  guint64 offset = bt_metainfo_get_file (fixture->layout->metainfo, file)->offset;
  g_autoptr (GError) error = NULL;
  guint8 byte;
  int failed;

  g_assert_false (bt_file_set_read (fixture->set, offset, &byte, 1, &failed, &error));
  g_assert_cmpint (failed, ==, (int) file);
  if (code >= 0)
    g_assert_error (error, G_IO_ERROR, code);
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      n += g_file_test (path, G_FILE_TEST_IS_DIR) ? count_entries (path) : 1;
    }
  return n;
}

static void
test_ranges_written_in_any_order_read_back (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (fixture->torrent->length);
  g_autoptr (GError) error = NULL;
  guint32 at = (guint32) fixture->torrent->length;
  BtRng rng;
  int failed;

  bt_rng_seed (&rng, 1);
  g_assert_false (prepare (fixture));
  while (at > 0)
    {
      guint32 n = 1 + bt_rng_below (&rng, MIN (at, 9000));

      at -= n;
      write_range (fixture, at, n);
    }
  for (guint i = 0; i < 300; i++)
    {
      guint32 offset = bt_rng_below (&rng, (guint32) fixture->torrent->length);
      guint32 n = 1 + bt_rng_below (&rng, (guint32) fixture->torrent->length - offset);

      g_assert_true (bt_file_set_read (fixture->set, offset, bytes, n, &failed, &error));
      g_assert_true (memcmp (bytes, fixture->torrent->content + offset, n) == 0);
    }
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  /* a, b, c, run, last: no pad, and the empty file comes at the end. */
  g_assert_cmpuint (count_entries (fixture->folder), ==, 5);
  g_assert_true (prepare (fixture));
}

static void
test_cached_reads_do_not_wait (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (fixture->torrent->length);
  gsize done = 0, n;

  g_assert_cmpuint (bt_file_set_read_cached (fixture->set, 0, bytes, 100), ==, 0);
  write_all (fixture);
  while ((n = bt_file_set_read_cached (fixture->set, done, bytes + done, fixture->torrent->length - done)) > 0)
    done += n;
  g_assert_true (memcmp (bytes, fixture->torrent->content, done) == 0);
  if (done < fixture->torrent->length)
    g_test_skip ("this file system does not say what is in its cache");
  bt_file_set_close (fixture->set);
  g_assert_cmpuint (bt_file_set_read_cached (fixture->set, 0, bytes, 100), ==, 0);
}

static void
link_to_elsewhere (Fixture *fixture, const char *name, const char *target)
{
  g_autofree char *at = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *parent = g_path_get_dirname (at);
  g_autofree char *to = target == NULL ? g_strdup (fixture->elsewhere) : g_build_filename (fixture->elsewhere, target, NULL);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  g_assert_cmpint (symlink (to, at), ==, 0);
}

static void
assert_victim (Fixture *fixture)
{
  g_autofree char *victim = g_build_filename (fixture->elsewhere, "victim", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (victim, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "precious");
  g_assert_cmpuint (count_entries (fixture->elsewhere), ==, 1);
}

static void
make_victim (Fixture *fixture)
{
  g_autofree char *victim = g_build_filename (fixture->elsewhere, "victim", NULL);

  g_assert_true (g_file_set_contents (victim, "precious", -1, NULL));
}

static void
test_link_in_place_of_a_file_is_not_followed (Fixture *fixture, gconstpointer data)
{
  make_victim (fixture);
  link_to_elsewhere (fixture, "test/a", "victim");
  link_to_elsewhere (fixture, "test/last", "not there");
  g_assert_false (prepare (fixture));
  refuse_write (fixture, FILE_A, -1);
  refuse_read (fixture, FILE_A, -1);
  refuse_write (fixture, FILE_LAST, -1);
  assert_victim (fixture);
}

static void
test_link_in_place_of_a_folder_is_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int failed;

  make_victim (fixture);
  link_to_elsewhere (fixture, "test/one", NULL);
  link_to_elsewhere (fixture, "test/two/deep", NULL);
  g_assert_false (prepare (fixture));
  refuse_write (fixture, FILE_B, -1);
  refuse_read (fixture, FILE_B, -1);
  refuse_write (fixture, FILE_C, -1);
  g_assert_false (bt_file_set_finish (fixture->set, &failed, &error));
  g_assert_false (bt_file_set_reserve (fixture->set, &failed, NULL));
  assert_victim (fixture);
}

static void
test_link_in_place_of_the_torrents_folder_is_not_followed (Fixture *fixture, gconstpointer data)
{
  make_victim (fixture);
  link_to_elsewhere (fixture, "test", NULL);
  prepare (fixture);
  refuse_write (fixture, FILE_A, -1);
  refuse_write (fixture, FILE_B, -1);
  assert_victim (fixture);
}

/* The folder itself is the person's choice, and may be a link. */
static void
test_download_folder_may_be_a_link (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->elsewhere, "downloads", NULL);

  g_assert_cmpint (symlink (fixture->folder, link), ==, 0);
  bt_file_set_unref (fixture->set);
  fixture->set = bt_file_set_new (fixture->layout, link, fixture->cache);
  prepare (fixture);
  write_all (fixture);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_what_is_no_file_is_refused_at_once (Fixture *fixture, gconstpointer data)
{
  g_autofree char *fifo = path_of (fixture, FILE_A);
  g_autofree char *folder = path_of (fixture, FILE_LAST);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0777), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0666), ==, 0);
  g_assert_false (prepare (fixture));
  refuse_write (fixture, FILE_A, -1);
  refuse_read (fixture, FILE_A, -1);
  refuse_write (fixture, FILE_LAST, -1);
  refuse_read (fixture, FILE_LAST, -1);
}

static void
test_file_in_place_of_a_folder_is_an_error (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", NULL);

  g_assert_true (g_file_set_contents (path, "x", 1, NULL));
  prepare (fixture);
  refuse_write (fixture, FILE_A, -1);
  refuse_read (fixture, FILE_A, -1);
}

static void
test_short_file_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (fixture->torrent->length);
  g_autofree char *path = path_of (fixture, FILE_B);
  g_autoptr (GError) error = NULL;
  int failed;

  write_all (fixture);
  g_assert_cmpint (truncate (path, 39999), ==, 0);
  g_assert_false (bt_file_set_read (fixture->set, 0, bytes, fixture->torrent->length, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
  g_assert_cmpint (failed, ==, FILE_B);
  g_clear_error (&error);
  g_assert_true (bt_file_set_read (fixture->set, 0, bytes, 40000, &failed, &error));
}

static void
test_deleted_file_is_not_made_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = path_of (fixture, FILE_B);
  g_autoptr (GError) error = NULL;
  int failed;

  write_all (fixture);
  g_assert_true (bt_file_set_check_presence (fixture->set, NULL, &failed, &error));
  g_unlink (path);
  g_assert_false (bt_file_set_check_presence (fixture->set, NULL, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (failed, ==, FILE_B);
  /* Once with the file still open, and once without. */
  refuse_write (fixture, FILE_B, G_IO_ERROR_NOT_FOUND);
  bt_file_set_close (fixture->set);
  refuse_write (fixture, FILE_B, G_IO_ERROR_NOT_FOUND);
  refuse_read (fixture, FILE_B, G_IO_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
test_deleted_folder_is_not_made_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int failed;

  write_range (fixture, 0, 41);
  bt_test_delete (fixture->folder);
  refuse_write (fixture, FILE_B, G_IO_ERROR_NOT_FOUND);
  refuse_write (fixture, FILE_LAST, G_IO_ERROR_NOT_FOUND);
  g_assert_false (bt_file_set_check_presence (fixture->set, NULL, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (failed, ==, -1);
  g_assert_nonnull (strstr (error->message, fixture->folder));
  g_assert_false (g_file_test (fixture->folder, G_FILE_TEST_EXISTS));
}

/* Also when it is the torrent's own folder that went, and a file that had no
 * bytes yet is next. */
static void
test_deleted_torrent_is_not_made_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", NULL);

  write_range (fixture, 0, 41);
  bt_test_delete (path);
  refuse_write (fixture, FILE_LAST, G_IO_ERROR_NOT_FOUND);
  refuse_write (fixture, FILE_C, G_IO_ERROR_NOT_FOUND);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

/* A person who starts again wants what is gone to be made anew. */
static void
test_prepared_again_starts_over (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", NULL);

  write_all (fixture);
  bt_test_delete (path);
  refuse_write (fixture, FILE_B, G_IO_ERROR_NOT_FOUND);
  g_assert_false (prepare (fixture));
  write_all (fixture);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);

  bt_test_delete (fixture->folder);
  g_assert_false (prepare (fixture));
  write_all (fixture);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_file_too_large_for_the_system_is_told (Fixture *fixture, gconstpointer data)
{
  guint64 offset = bt_metainfo_get_file (fixture->layout->metainfo, FILE_B)->offset;
  struct rlimit before, small;
  g_autoptr (GError) error = NULL;
  gboolean written;
  int failed;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  small = before;
  small.rlim_cur = 20000;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  written = bt_file_set_write (fixture->set, offset, fixture->torrent->content + offset, 40000, &failed, &error);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_false (written);
  g_assert_cmpint (failed, ==, FILE_B);
  g_assert_nonnull (strstr (error->message, "one/b"));
  write_all (fixture);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_full_disk_is_told_and_goes_on (Fixture *fixture, gconstpointer data)
{
  g_autofree char *ballast = g_build_filename (fixture->folder, "ballast", NULL);
  g_autoptr (GError) error = NULL;
  int failed;

  if (!can_mount)
    {
      g_test_skip ("this system lets us mount nothing");
      return;
    }
  bt_test_mount_small (fixture->folder, 32 * 4096);
  g_assert_true (g_file_set_contents (ballast, (const char *) fixture->torrent->content, 80000, NULL));
  g_assert_false (bt_file_set_write (fixture->set, 0, fixture->torrent->content, fixture->torrent->length, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_assert_cmpint (failed, ==, FILE_C);
  g_clear_error (&error);
  g_assert_false (bt_file_set_reserve (fixture->set, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
  g_unlink (ballast);
  write_all (fixture);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  bt_file_set_close (fixture->set);
  bt_test_unmount (fixture->folder);
}

static void
test_space_is_reserved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int failed;

  prepare (fixture);
  g_assert_true (bt_file_set_reserve (fixture->set, &failed, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = path_of (fixture, i);
      struct stat status;

      if (i == FILE_PAD || i == FILE_LINK || i == FILE_EMPTY)
        continue;
      g_assert_cmpint (stat (path, &status), ==, 0);
      if (status.st_size == 0)
        {
          g_test_skip ("this file system reserves nothing");
          return;
        }
      g_assert_cmpint (status.st_size, ==, files[i].length);
      g_assert_cmpint (status.st_blocks * 512, >=, files[i].length);
    }
  write_all (fixture);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

/* For the functions that stand in for the system's. */
static struct
{
  BtFileSet *set;
  guint n_sync;
} under_way;

static void
sync_set (BtFileSet *set, gboolean last, BtFileStamp *stamps)
{
  g_autoptr (GError) error = NULL;
  BtFileStamp parts;
  int failed;

  g_assert_true (bt_file_set_sync (set, last, stamps, &parts, &failed, &error));
  g_assert_no_error (error);
}

/* Files are given to the disk by another thread just before bytes come in. */
static gssize
sync_then_write (int fd, const void *bytes, gsize length, off_t offset)
{
  BtFileStamp stamps[G_N_ELEMENTS (files)];

  sync_set (under_way.set, FALSE, stamps);
  return bt_file_ops_system.write (fd, bytes, length, offset);
}

static int
count_sync (int fd)
{
  under_way.n_sync++;
  return bt_file_ops_system.sync (fd);
}

static void
test_write_during_a_sync_is_given_by_the_next (Fixture *fixture, gconstpointer data)
{
  BtFileOps ops = bt_file_ops_system;
  BtFileStamp stamps[G_N_ELEMENTS (files)];

  ops.write = sync_then_write;
  ops.sync = count_sync;
  under_way.set = fixture->set;
  bt_file_ops_set (&ops);
  prepare (fixture);
  write_range (fixture, 1, 16384);
  under_way.n_sync = 0;
  sync_set (fixture->set, TRUE, stamps);
  bt_file_ops_set (NULL);
  g_assert_cmpuint (under_way.n_sync, >, 0);
  g_assert_cmpint (stamps[FILE_B].size, ==, 16384);
}

static void
test_finish_makes_what_has_no_bytes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *empty = path_of (fixture, FILE_EMPTY), *link = path_of (fixture, FILE_LINK);
  g_autofree char *run = path_of (fixture, FILE_RUN), *plain = path_of (fixture, FILE_LAST), *bytes = NULL;
  g_autoptr (GError) error = NULL;
  struct stat status;
  gsize length;
  int failed;

  write_all (fixture);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (bt_file_set_finish (fixture->set, &failed, &error));
      g_assert_no_error (error);
      g_assert_cmpint (stat (empty, &status), ==, 0);
      g_assert_cmpint (status.st_size, ==, 0);
      g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
      g_assert_true (g_file_test (run, G_FILE_TEST_IS_EXECUTABLE));
      g_assert_cmpint (stat (plain, &status), ==, 0);
      g_assert_cmpint (status.st_mode & 0111, ==, 0);
    }
  g_assert_true (g_file_get_contents (link, &bytes, &length, &error));
  g_assert_cmpuint (length, ==, 40000);
  g_assert_true (memcmp (bytes, fixture->torrent->content + 1, length) == 0);
}

#define ADD(path, function) g_test_add ("/file-set/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  can_mount = bt_test_mounts_begin ();
  g_test_init (&argc, &argv, NULL);
  ADD ("bytes/ranges-written-in-any-order-read-back", test_ranges_written_in_any_order_read_back);
  ADD ("bytes/cached-reads-do-not-wait", test_cached_reads_do_not_wait);
  ADD ("bytes/short-file-is-told", test_short_file_is_told);
  ADD ("links/in-place-of-a-file-is-not-followed", test_link_in_place_of_a_file_is_not_followed);
  ADD ("links/in-place-of-a-folder-is-not-followed", test_link_in_place_of_a_folder_is_not_followed);
  ADD ("links/in-place-of-the-torrents-folder-is-not-followed", test_link_in_place_of_the_torrents_folder_is_not_followed);
  ADD ("links/download-folder-may-be-one", test_download_folder_may_be_a_link);
  ADD ("kinds/what-is-no-file-is-refused-at-once", test_what_is_no_file_is_refused_at_once);
  ADD ("kinds/file-in-place-of-a-folder-is-an-error", test_file_in_place_of_a_folder_is_an_error);
  ADD ("gone/deleted-file-is-not-made-again", test_deleted_file_is_not_made_again);
  ADD ("gone/deleted-folder-is-not-made-again", test_deleted_folder_is_not_made_again);
  ADD ("gone/deleted-torrent-is-not-made-again", test_deleted_torrent_is_not_made_again);
  ADD ("gone/prepared-again-starts-over", test_prepared_again_starts_over);
  ADD ("space/file-too-large-for-the-system-is-told", test_file_too_large_for_the_system_is_told);
  ADD ("space/full-disk-is-told-and-goes-on", test_full_disk_is_told_and_goes_on);
  ADD ("space/is-reserved", test_space_is_reserved);
  ADD ("sync/write-during-it-is-given-by-the-next", test_write_during_a_sync_is_given_by_the_next);
  ADD ("finish/makes-what-has-no-bytes", test_finish_makes_what_has_no_bytes);
  return g_test_run ();
}
