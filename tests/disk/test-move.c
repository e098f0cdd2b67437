/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-move.h"
#include "bt-rng.h"
#include "bt-test-disk.h"
#include "bt-test-loop.h"
#include "bt-test-mount.h"
#include "bt-test-torrent.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Files that go to another folder while they are used: all of them are there
 * then, or all of them are where they were. */

#define PIECE 65536u

static const BtTestFile files[] = {
  { .path = "a", .length = 100 },
  { .path = "one/large", .length = 24u << 20 },
  { .path = "one/small", .length = 5000 },
  { .path = "one/empty", .length = 0 },
  { .path = "two/late", .length = 3u << 20 },
  { .path = "two/link", .attr = "l", .symlink = "one/small" },
};

enum
{
  FILE_LARGE = 1,
  FILE_LATE = 4,
};

static gboolean can_mount;

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtDisk *disk;
  BtTestDisk system;
  BtTestFolder *folder;
  BtTestFolder *target;
  BtMove *move;
  double progress;
  gboolean ended;
  GError *error;
  double cancel_at;   /* fraction; 0 never */
  gboolean stop;      /* of the writer */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = PIECE, .files = files, .n_files = G_N_ELEMENTS (files) };
  gboolean found;
  int failed;

  fixture->system.free = G_MAXSIZE;
  fixture->system.apart = TRUE;
  bt_test_disk_use (&fixture->system);
  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (10);
  fixture->folder = bt_test_folder_new ();
  fixture->target = bt_test_folder_new ();
  fixture->disk = bt_disk_new (NULL, 2);
  fixture->set = bt_file_set_new (fixture->layout, fixture->folder, fixture->cache);
  g_assert_true (bt_file_set_prepare (fixture->set, &found, &failed, NULL));
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
  bt_test_folder_free (fixture->target);
  g_clear_error (&fixture->error);
  bt_test_disk_use (NULL);
}

static void
write_range (Fixture *fixture, guint64 offset, guint64 length)
{
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_write (fixture->set, offset, fixture->torrent->content + offset, length, &failed, &error);
  g_assert_no_error (error);
}

static void
write_all (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  int failed;

  for (guint64 at = 0; at < fixture->torrent->length; at += 1u << 20)
    write_range (fixture, at, MIN (1u << 20, fixture->torrent->length - at));
  bt_file_set_finish (fixture->set, &failed, &error);
  g_assert_no_error (error);
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

      n += 1 + (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? count_entries (path) : 0);
    }
  return n;
}

static void
assert_readable (Fixture *fixture)
{
  g_autofree guint8 *bytes = g_malloc (fixture->torrent->length);
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_read (fixture->set, 0, bytes, fixture->torrent->length, &failed, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (bytes, fixture->torrent->content, fixture->torrent->length) == 0);
}

static void
progress_cb (double fraction, gpointer data)
{
  Fixture *fixture = data;

  g_assert_cmpfloat (fraction, >=, fixture->progress);
  g_assert_cmpfloat (fraction, <=, 1);
  fixture->progress = fraction;
}

static void
finished_cb (const GError *error, int failed_file, gpointer data)
{
  Fixture *fixture = data;

  fixture->ended = TRUE;
  fixture->error = error == NULL ? NULL : g_error_copy (error);
}

static void
start (Fixture *fixture)
{
  fixture->ended = FALSE;
  g_clear_error (&fixture->error);
  fixture->progress = 0;
  fixture->move = bt_move_start (fixture->disk, fixture->set, fixture->target, NULL, progress_cb, finished_cb, fixture);
}

static void
move (Fixture *fixture)
{
  start (fixture);
  bt_test_wait (fixture->ended);
}

static void
assert_moved (Fixture *fixture)
{
  g_autofree char *now = bt_file_set_dup_folder (fixture->set);

  g_assert_no_error (fixture->error);
  g_assert_cmpstr (now, ==, fixture->target);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->target);
  assert_readable (fixture);
  g_assert_cmpuint (count_entries (fixture->folder), ==, 0);
  g_assert_true (bt_test_folder_has (fixture->target, "test/one/empty"));
  g_assert_true (bt_test_folder_has (fixture->target, "test/two/link"));
  /* The torrent's folder, two in it, six files: nothing of the copying. */
  g_assert_cmpuint (count_entries (fixture->target), ==, 9);
}

static void
assert_as_it_was (Fixture *fixture)
{
  g_autofree char *now = bt_file_set_dup_folder (fixture->set);

  g_assert_nonnull (fixture->error);
  g_assert_cmpstr (now, ==, fixture->folder);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  assert_readable (fixture);
  g_assert_cmpuint (count_entries (fixture->folder), ==, 9);
  g_assert_cmpuint (count_entries (fixture->target), ==, 0);
}

static void
test_renames_on_one_file_system (Fixture *fixture, gconstpointer data)
{
  g_atomic_int_set (&fixture->system.apart, FALSE);
  write_all (fixture);
  move (fixture);
  assert_moved (fixture);
}

static void
test_copies_between_file_systems (Fixture *fixture, gconstpointer data)
{
  g_autofree char *from = g_build_filename (fixture->folder, "test", "one", "large", NULL);
  g_autofree char *to = g_build_filename (fixture->target, "test", "one", "large", NULL);
  struct stat before, after;

  fixture->system.no_kernel_copy = GPOINTER_TO_INT (data);
  write_all (fixture);
  g_assert_cmpint (stat (from, &before), ==, 0);
  move (fixture);
  assert_moved (fixture);
  g_assert_cmpint (stat (to, &after), ==, 0);
  /* What a record of the files says of them stays true. */
  g_assert_cmpint (before.st_mtim.tv_sec, ==, after.st_mtim.tv_sec);
  g_assert_cmpint (before.st_mtim.tv_nsec, ==, after.st_mtim.tv_nsec);
  g_assert_cmpuint (before.st_mode, ==, after.st_mode);
}

static void
test_really_another_file_system (Fixture *fixture, gconstpointer data)
{
  if (!can_mount)
    {
      g_test_skip ("this system lets us mount nothing");
      return;
    }
  bt_test_disk_use (NULL);
  bt_test_mount_small (fixture->target, 64u << 20);
  write_all (fixture);
  move (fixture);
  assert_moved (fixture);
  bt_file_set_close (fixture->set);
  bt_test_unmount (fixture->target);
}

/* Holes do not become bytes on disk. */
static void
test_holes_stay (Fixture *fixture, gconstpointer data)
{
  g_autofree char *to = g_build_filename (fixture->target, "test", "one", "large", NULL);
  struct stat status;

  write_range (fixture, 20u << 20, PIECE);
  move (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpint (stat (to, &status), ==, 0);
  g_assert_cmpint (status.st_size, >=, 20u << 20);
  g_assert_cmpint (status.st_blocks * 512, <, 4u << 20);
  write_all (fixture);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->target);
}

static gpointer
write_pieces (gpointer data)
{
  Fixture *fixture = data;
  guint n = fixture->torrent->n_pieces;
  g_autofree guint32 *order = g_new (guint32, n);
  BtRng rng;

  bt_rng_seed (&rng, 7);
  for (guint i = 0; i < n; i++)
    order[i] = i;
  for (guint i = n - 1; i > 0; i--)
    {
      guint other = bt_rng_below (&rng, i + 1);
      guint32 piece = order[i];

      order[i] = order[other];
      order[other] = piece;
    }
  for (guint i = 0; i < n; i++)
    write_range (fixture, (guint64) order[i] * PIECE, bt_test_torrent_piece_size (fixture->torrent, order[i]));
  return NULL;
}

/* Pieces come in random order all the while, into files that are copied, were
 * copied, and are not there yet. */
static void
test_writes_go_on (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (PIECE);
  GThread *writer;
  int failed;

  fixture->system.no_kernel_copy = TRUE;
  write_range (fixture, 0, 12u << 20);
  start (fixture);
  writer = g_thread_new ("writer", write_pieces, fixture);
  while (!fixture->ended)
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_true (bt_file_set_read (fixture->set, 8u << 20, bytes, PIECE, &failed, NULL));
      g_assert_cmpmem (bytes, PIECE, fixture->torrent->content + (8u << 20), PIECE);
    }
  g_thread_join (writer);
  g_assert_no_error (fixture->error);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->target);
  assert_readable (fixture);
  g_assert_cmpuint (count_entries (fixture->folder), ==, 0);
}

static void
cancel_cb (double fraction, gpointer data)
{
  Fixture *fixture = data;

  progress_cb (fraction, data);
  bt_move_cancel (fixture->move);
}

static void
test_cancel_leaves_all_as_it_was (Fixture *fixture, gconstpointer data)
{
  write_all (fixture);
  fixture->move = bt_move_start (fixture->disk, fixture->set, fixture->target, NULL, cancel_cb, finished_cb, fixture);
  bt_test_wait (fixture->ended);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpfloat (fixture->progress, <, 1);
  assert_as_it_was (fixture);
  move (fixture);
  assert_moved (fixture);
}

static void
test_cancel_at_once (Fixture *fixture, gconstpointer data)
{
  write_all (fixture);
  start (fixture);
  bt_move_cancel (fixture->move);
  bt_test_wait (fixture->ended);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_as_it_was (fixture);
}

static void
test_end_of_the_threads_clears_the_copy_away (Fixture *fixture, gconstpointer data)
{
  write_all (fixture);
  start (fixture);
  bt_move_cancel (fixture->move);
  g_clear_pointer (&fixture->disk, bt_disk_free);
  g_assert_true (fixture->ended);
  assert_as_it_was (fixture);
}

static void
test_folder_made_for_it_goes_again (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deep = g_build_filename (fixture->target, "new", "deep", NULL);

  write_all (fixture);
  fixture->system.sync_error = EIO;
  fixture->move = bt_move_start (fixture->disk, fixture->set, deep, NULL, NULL, finished_cb, fixture);
  bt_test_wait (fixture->ended);
  assert_as_it_was (fixture);
  g_atomic_int_set (&fixture->system.sync_error, 0);
  g_clear_error (&fixture->error);
  fixture->ended = FALSE;
  fixture->move = bt_move_start (fixture->disk, fixture->set, deep, NULL, NULL, finished_cb, fixture);
  bt_test_wait (fixture->ended);
  g_assert_no_error (fixture->error);
  bt_test_torrent_assert_stored (fixture->torrent, deep);
}

typedef struct
{
  const char *name;
  BtTestDisk faults;
  GIOErrorEnum code;
  const char *words;
} Fault;

static const Fault faults[] = {
  { "no-room-by-count", { .free = 1000 }, G_IO_ERROR_NO_SPACE, "are needed" },
  { "full-at-once", { .free = G_MAXSIZE, .write_error = ENOSPC }, G_IO_ERROR_NO_SPACE, "is full" },
  { "full-in-the-middle", { .free = G_MAXSIZE, .write_error = ENOSPC, .writes_left = 12 }, G_IO_ERROR_NO_SPACE, "is full" },
  { "broken-target", { .free = G_MAXSIZE, .write_error = EIO, .writes_left = 20 }, G_IO_ERROR_FAILED, "the disk reports an error" },
  { "broken-source", { .free = G_MAXSIZE, .read_error = EIO }, G_IO_ERROR_FAILED, "the disk reports an error" },
  { "not-given-to-the-disk", { .free = G_MAXSIZE, .sync_error = EIO }, G_IO_ERROR_FAILED, "the disk reports an error" },
  { "read-only-target", { .free = G_MAXSIZE, .open_error = EROFS }, G_IO_ERROR_READ_ONLY, "the disk can only be read" },
  { "first-name-refused", { .free = G_MAXSIZE, .rename_error = EACCES }, G_IO_ERROR_PERMISSION_DENIED, "test/a" },
  { "last-name-refused", { .free = G_MAXSIZE, .rename_error = EIO, .renames_left = 4 }, G_IO_ERROR_FAILED, "test/two/late" },
};

static void
test_fault_leaves_all_as_it_was (Fixture *fixture, gconstpointer data)
{
  const Fault *fault = data;

  write_all (fixture);
  fixture->system = fault->faults;
  fixture->system.apart = fixture->system.no_kernel_copy = TRUE;
  move (fixture);
  g_assert_nonnull (fixture->error);
  g_test_message ("%s", fixture->error->message);
  g_assert_error (fixture->error, G_IO_ERROR, (int) fault->code);
  g_assert_nonnull (strstr (fixture->error->message, fault->words));
  fixture->system = (BtTestDisk){ .apart = TRUE, .free = G_MAXSIZE };
  assert_as_it_was (fixture);
  move (fixture);
  assert_moved (fixture);
}

static void
test_nothing_there_is_replaced (Fixture *fixture, gconstpointer data)
{
  g_autofree char *there = g_build_filename (fixture->target, "test", "one", "small", NULL);
  g_autofree char *parent = g_path_get_dirname (there), *text = NULL;

  g_atomic_int_set (&fixture->system.apart, GPOINTER_TO_INT (data));
  write_all (fixture);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  g_assert_true (g_file_set_contents (there, "mine", -1, NULL));
  move (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_nonnull (strstr (fixture->error->message, "test/one/small"));
  g_assert_true (g_file_get_contents (there, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_assert_cmpuint (count_entries (fixture->target), ==, 3);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  assert_readable (fixture);
}

static void
test_foreign_files_stay (Fixture *fixture, gconstpointer data)
{
  g_autofree char *foreign = g_build_filename (fixture->folder, "test", "one", "foreign", NULL), *text = NULL;

  write_all (fixture);
  g_assert_true (g_file_set_contents (foreign, "mine", -1, NULL));
  move (fixture);
  g_assert_no_error (fixture->error);
  g_assert_true (g_file_get_contents (foreign, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "mine");
  g_assert_cmpuint (count_entries (fixture->folder), ==, 3);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->target);
}

/* Of a move that was killed. */
static void
test_leftovers_of_an_earlier_move_are_no_hindrance (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) staging = g_string_new (fixture->target);
  g_autofree char *left = NULL;

  g_string_append (staging, "/.freshet-moving-");
  for (guint i = 0; i < 8; i++)
    g_string_append_printf (staging, "%02x", bt_metainfo_get_info_hash (fixture->torrent->metainfo)[i]);
  g_assert_cmpint (g_mkdir (staging->str, 0700), ==, 0);
  left = g_build_filename (staging->str, "1", NULL);
  g_assert_true (g_file_set_contents (left, "half a copy", -1, NULL));
  write_all (fixture);
  move (fixture);
  assert_moved (fixture);
}

static void
test_link_in_the_target_is_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestFolder) victim = bt_test_folder_new ();
  g_autofree char *link = g_build_filename (fixture->target, "test", NULL);

  write_all (fixture);
  g_assert_cmpint (symlink (victim, link), ==, 0);
  move (fixture);
  g_assert_nonnull (fixture->error);
  g_assert_cmpuint (count_entries (victim), ==, 0);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  g_assert_cmpuint (count_entries (fixture->target), ==, 1);
}

/* When it is complete its name has to be free, and nobody is there to be asked. */
static void
test_later_name_has_to_be_free (Fixture *fixture, gconstpointer data)
{
  gboolean found;
  int failed;

  bt_file_set_set_mark_partial (fixture->set, TRUE);
  g_assert_true (bt_file_set_prepare (fixture->set, &found, &failed, NULL));
  write_range (fixture, 0, PIECE);
  bt_test_folder_put (fixture->target, "test/a", "mine");
  move (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  bt_test_folder_assert_holds (fixture->target, "test/a", "mine");
  g_assert_cmpuint (count_entries (fixture->target), ==, 2);
}

#define ADD(path, function) g_test_add ("/move/" path, Fixture, NULL, set_up, function, tear_down)
#define ADD_WITH(path, data, function) g_test_add ("/move/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  can_mount = bt_test_mounts_begin ();
  g_test_init (&argc, &argv, NULL);
  ADD ("renames-on-one-file-system", test_renames_on_one_file_system);
  ADD_WITH ("copies-between-file-systems/in-the-kernel", GINT_TO_POINTER (FALSE), test_copies_between_file_systems);
  ADD_WITH ("copies-between-file-systems/by-hand", GINT_TO_POINTER (TRUE), test_copies_between_file_systems);
  ADD ("really-another-file-system", test_really_another_file_system);
  ADD ("later-name-has-to-be-free", test_later_name_has_to_be_free);
  ADD ("holes-stay", test_holes_stay);
  ADD ("writes-go-on", test_writes_go_on);
  ADD ("cancel/leaves-all-as-it-was", test_cancel_leaves_all_as_it_was);
  ADD ("cancel/at-once", test_cancel_at_once);
  ADD ("cancel/end-of-the-threads", test_end_of_the_threads_clears_the_copy_away);
  ADD ("fault/folder-made-for-it-goes-again", test_folder_made_for_it_goes_again);
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autofree char *path = g_strconcat ("/move/fault/", faults[i].name, NULL);

      g_test_add (path, Fixture, &faults[i], set_up, test_fault_leaves_all_as_it_was, tear_down);
    }
  ADD_WITH ("nothing-is-replaced/by-a-rename", GINT_TO_POINTER (FALSE), test_nothing_there_is_replaced);
  ADD_WITH ("nothing-is-replaced/by-a-copy", GINT_TO_POINTER (TRUE), test_nothing_there_is_replaced);
  ADD ("foreign-files-stay", test_foreign_files_stay);
  ADD ("leftovers-are-no-hindrance", test_leftovers_of_an_earlier_move_are_no_hindrance);
  ADD ("link-in-the-target-is-not-followed", test_link_in_the_target_is_not_followed);
  return g_test_run ();
}
