/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-ops.h"
#include "bt-move.h"
#include "bt-test-disk.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A move that ends in the middle of itself: before each of the calls by which
 * it changes something on disk once. This program is its own child for that. */

#define PIECE 16384u

/* More calls than a move has; a child that comes so far has ended its move. */
#define MOST_CALLS 400

static const BtTestFile files[] = {
  { .path = "a", .length = 100 },
  { .path = "one/b", .length = 5 * PIECE },
  { .path = "one/c", .length = 5000 },
  { .path = "one/empty", .length = 0 },
  { .path = "two/d", .length = 40000 },
  { .path = "two/link", .attr = "l", .symlink = "one/c" },
};

static const char *self_path;

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
} Files;

static void
files_init (Files *self, const char *folder, const char *own)
{
  BtTestSpec spec = { .piece_length = PIECE, .files = files, .n_files = G_N_ELEMENTS (files) };
  g_autofree char *note = g_build_filename (own, "note", NULL);

  self->torrent = bt_test_torrent_new (&spec);
  self->layout = bt_layout_new (self->torrent->metainfo);
  self->cache = bt_file_cache_new (10);
  self->set = bt_file_set_new (self->layout, folder, self->cache);
  bt_file_set_set_note_file (self->set, note);
}

static void
files_clear (Files *self)
{
  bt_file_set_unref (self->set);
  bt_file_cache_unref (self->cache);
  bt_layout_unref (self->layout);
  bt_test_torrent_free (self->torrent);
}

/* What is left of the child's life, in calls. */
static gint calls_left;
static gboolean apart;

static void
count (void)
{
  if (g_atomic_int_add (&calls_left, -1) == 1)
    _exit (0);
}

static int
dying_open (int folder, const char *name, int flags, mode_t mode)
{
  if (flags & O_CREAT)
    count ();
  return bt_file_ops_system.open (folder, name, flags, mode);
}

static gssize
dying_write (int fd, const void *bytes, gsize length, off_t offset)
{
  count ();
  return bt_file_ops_system.write (fd, bytes, length, offset);
}

static int
dying_sync (int fd)
{
  count ();
  return bt_file_ops_system.sync (fd);
}

static gssize
no_copy (int from, int to, gsize length, off_t offset)
{
  errno = EXDEV;
  return -1;
}

/* What keeps its name can only be copied, as to another file system. */
static int
dying_rename (int from_folder, const char *from, int to_folder, const char *to)
{
  count ();
  if (apart && strcmp (from, to) == 0)
    {
      errno = EXDEV;
      return -1;
    }
  return bt_file_ops_system.rename (from_folder, from, to_folder, to);
}

static int
dying_unlink (int folder, const char *name)
{
  count ();
  return bt_file_ops_system.unlink (folder, name);
}

static gboolean ended;

static void
finished_cb (const GError *error, int failed_file, gpointer data)
{
  g_assert_no_error (error);
  ended = TRUE;
}

/* As a program that has downloaded it and moves it. The record is that of
 * before the move. */
static int
live_and_die (const char *folder, const char *target, const char *own)
{
  BtFileOps ops = bt_file_ops_system;
  g_autofree char *record = g_build_filename (own, "record", NULL);
  g_auto (BtPlacement) place = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  BtDisk *disk = bt_disk_new (NULL, 1);
  gboolean found;
  int failed;
  Files it;

  files_init (&it, folder, own);
  g_assert_true (bt_file_set_prepare (it.set, &found, &failed, NULL));
  g_assert_true (bt_file_set_write (it.set, 0, it.torrent->content, it.torrent->length, &failed, NULL));
  g_assert_true (bt_file_set_finish (it.set, &failed, NULL));
  bt_file_set_get_placement (it.set, &place);
  bytes = bt_placement_write (&place);
  g_assert_true (g_file_set_contents (record, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  ops.open = dying_open;
  ops.write = dying_write;
  ops.sync = dying_sync;
  ops.copy = no_copy;
  ops.rename = dying_rename;
  ops.unlink = dying_unlink;
  bt_file_ops_set (&ops);
  bt_move_start (disk, it.set, target, NULL, NULL, finished_cb, NULL);
  bt_test_wait (ended);
  _exit (1);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      struct stat status;

      g_assert_cmpint (lstat (path, &status), ==, 0);
      n += S_ISDIR (status.st_mode) ? count_files (path) : 1;
    }
  return n;
}

static guint
count_entries (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

/* It begins again with the old record: everything is in one place, and is ours
 * as it was. Returns: whether that is the new folder */
static gboolean
begin_again (const char *folder, const char *target, const char *own, const char *bin)
{
  g_autofree char *record = g_build_filename (own, "record", NULL), *bytes = NULL, *now = NULL;
  BtTestDisk system = { .free = G_MAXSIZE, .trash = bin };
  g_autofree guint8 *content = NULL;
  g_auto (BtPlacement) place = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean found, moved;
  guint n_left;
  gsize length;
  int failed;
  Files it;

  files_init (&it, folder, own);
  g_assert_true (g_file_get_contents (record, &bytes, &length, NULL));
  g_assert_true (bt_placement_read (&place, it.torrent->metainfo, (const guint8 *) bytes, length));
  bt_file_set_set_placement (it.set, &place);
  moved = bt_file_set_follow_note (it.set);
  g_assert_true (bt_file_set_prepare (it.set, &found, &failed, NULL));
  now = bt_file_set_dup_folder (it.set);
  g_assert_cmpstr (now, ==, moved ? target : folder);
  content = g_malloc (it.torrent->length);
  bt_file_set_read (it.set, 0, content, it.torrent->length, &failed, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (content, it.torrent->length, it.torrent->content, it.torrent->length);
  g_assert_cmpuint (count_files (now), ==, G_N_ELEMENTS (files));
  g_assert_cmpuint (count_files (moved ? folder : target), ==, 0);
  bt_test_disk_use (&system);
  bt_file_set_trash (it.set, NULL, &n_left, &failed, &error);
  bt_test_disk_use (NULL);
  g_assert_no_error (error);
  g_assert_cmpuint (n_left, ==, 0);
  g_assert_cmpuint (count_entries (folder), ==, 0);
  g_assert_cmpuint (count_entries (target), ==, 0);
  files_clear (&it);
  return moved;
}

static gboolean
run_child (const char *folder, const char *target, const char *own, int calls, gboolean copies)
{
  g_autofree char *number = g_strdup_printf ("%d", calls);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) child = g_subprocess_new (G_SUBPROCESS_FLAGS_NONE, &error, self_path, "--die", folder, target, own, number,
                                                    copies ? "copies" : "renames", NULL);

  g_assert_no_error (error);
  g_subprocess_wait (child, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_get_if_exited (child));
  return g_subprocess_get_exit_status (child) == 0;
}

static void
test_killed_before_each_call (gconstpointer data)
{
  gboolean copies = GPOINTER_TO_INT (data), died = TRUE;
  guint n_here = 0, n_there = 0;

  for (int calls = 1; died && calls < MOST_CALLS; calls++)
    {
      g_autoptr (BtTestFolder) folder = bt_test_folder_new ();
      g_autoptr (BtTestFolder) target = bt_test_folder_new ();
      g_autoptr (BtTestFolder) own = bt_test_folder_new ();
      g_autoptr (BtTestFolder) bin = bt_test_folder_new ();

      died = run_child (folder, target, own, calls, copies);
      g_test_message ("killed before call %d", calls);
      if (begin_again (folder, target, own, bin))
        n_there++;
      else
        n_here++;
    }
  g_assert_false (died);
  g_assert_cmpuint (n_here, >, 0);
  g_assert_cmpuint (n_there, >, 0);
}

int
main (int argc, char **argv)
{
  if (argc == 7 && strcmp (argv[1], "--die") == 0)
    {
      calls_left = atoi (argv[5]);
      apart = strcmp (argv[6], "copies") == 0;
      return live_and_die (argv[2], argv[3], argv[4]);
    }
  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/move-killed/copies", GINT_TO_POINTER (TRUE), test_killed_before_each_call);
  g_test_add_data_func ("/move-killed/renames", GINT_TO_POINTER (FALSE), test_killed_before_each_call);
  return g_test_run ();
}
