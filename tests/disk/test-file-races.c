/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-move.h"
#include "bt-rng.h"
#include "bt-test-disk.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <string.h>

/* Everything that may be done with the files of a torrent at the same time, on
 * threads of its own. What goes wrong without a lock may do so seldom here; the
 * thread sanitizer sees it all the same. */

#define PIECE 65536u

/* Moves, there and back. */
#define N_MOVES 2u

static const BtTestFile files[] = {
  { .path = "a", .length = 100 },
  { .path = "one/large", .length = 6u << 20 },
  { .path = "one/small", .length = 5000 },
  { .path = "two/skipped", .length = 1u << 20 },
};

enum
{
  FILE_SMALL = 2,
  FILE_SKIPPED = 3,
};

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtDisk *disk;
  BtTestDisk system;
  BtTestFolder *folders[2];
  char *parts[2];
  gint over;        /* atomic */
  gboolean ended;   /* of a move */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = PIECE, .files = files, .n_files = G_N_ELEMENTS (files) };
  gboolean found;
  int failed;

  fixture->system = (BtTestDisk){ .apart = TRUE, .no_kernel_copy = TRUE, .no_sync = TRUE, .free = G_MAXSIZE };
  bt_test_disk_use (&fixture->system);
  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (2);
  for (guint i = 0; i < 2; i++)
    {
      fixture->folders[i] = bt_test_folder_new ();
      fixture->parts[i] = g_strdup_printf ("%s.%u", fixture->folders[0], i);
    }
  fixture->disk = bt_disk_new (NULL, 2);
  fixture->set = bt_file_set_new (fixture->layout, fixture->folders[0], fixture->cache);
  bt_file_set_set_parts_file (fixture->set, fixture->parts[0]);
  bt_file_set_set_mark_partial (fixture->set, TRUE);
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  g_assert_true (bt_file_set_prepare (fixture->set, &found, &failed, NULL));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_disk_free (fixture->disk);
  bt_file_set_unref (fixture->set);
  bt_file_cache_unref (fixture->cache);
  bt_layout_unref (fixture->layout);
  bt_test_torrent_free (fixture->torrent);
  for (guint i = 0; i < 2; i++)
    {
      bt_test_folder_free (fixture->folders[i]);
      bt_test_delete (fixture->parts[i]);
      g_free (fixture->parts[i]);
    }
  bt_test_disk_use (NULL);
}

static void
write_piece (Fixture *fixture, guint32 piece)
{
  guint64 offset = (guint64) piece * PIECE;
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_write (fixture->set, offset, fixture->torrent->content + offset, bt_test_torrent_piece_size (fixture->torrent, piece), &failed,
                     &error);
  g_assert_no_error (error);
}

static gpointer
write_thread (gpointer data)
{
  Fixture *fixture = data;
  BtRng rng;

  bt_rng_seed (&rng, 3);
  while (!g_atomic_int_get (&fixture->over))
    write_piece (fixture, bt_rng_below (&rng, fixture->torrent->n_pieces));
  return NULL;
}

static gpointer
read_thread (gpointer data)
{
  Fixture *fixture = data;
  g_autofree guint8 *bytes = g_malloc (PIECE);
  BtRng rng;

  bt_rng_seed (&rng, 5);
  while (!g_atomic_int_get (&fixture->over))
    {
      guint32 piece = bt_rng_below (&rng, fixture->torrent->n_pieces);
      gsize size = bt_test_torrent_piece_size (fixture->torrent, piece);
      g_autoptr (GError) error = NULL;
      int failed;

      bt_file_set_read (fixture->set, (guint64) piece * PIECE, bytes, size, &failed, &error);
      g_assert_no_error (error);
      g_assert_true (memcmp (bytes, fixture->torrent->content + (gsize) piece * PIECE, size) == 0);
    }
  return NULL;
}

/* What a record is made of. */
static gpointer
sync_thread (gpointer data)
{
  Fixture *fixture = data;

  while (!g_atomic_int_get (&fixture->over))
    {
      BtFileStamp stamps[G_N_ELEMENTS (files)], parts;
      g_autoptr (GError) error = NULL;
      int failed;

      bt_file_set_sync (fixture->set, FALSE, stamps, &parts, &failed, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

static gpointer
rename_thread (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; !g_atomic_int_get (&fixture->over); i++)
    {
      g_autoptr (BtFileNames) names = bt_file_set_ref_names (fixture->set);
      g_autofree char *name = g_strdup_printf ("small %u", i);
      g_autoptr (GError) error = NULL;
      g_autoptr (BtFileNames) next = bt_file_names_rename (names, bt_file_names_get (names, FILE_SMALL), name, &error);
      int failed;

      g_assert_no_error (error);
      bt_file_set_relocate (fixture->set, NULL, next, NULL, &failed, &error);
      g_assert_no_error (error);
    }
  return NULL;
}

static void
finished_cb (const GError *error, int failed_file, gpointer data)
{
  Fixture *fixture = data;

  g_assert_no_error (error);
  fixture->ended = TRUE;
}

/* The main loop goes on meanwhile, and looks at what there is. */
static void
move_to (Fixture *fixture, guint place)
{
  guint bound = bt_test_bound_new ("a move that ends", G_STRLOC);
  g_autofree guint8 *bytes = g_malloc (PIECE);

  fixture->ended = FALSE;
  bt_move_start (fixture->disk, fixture->set, fixture->folders[place], fixture->parts[place], NULL, finished_cb, fixture);
  while (!fixture->ended)
    {
      g_autofree char *folder = bt_file_set_dup_folder (fixture->set);
      gsize length = bt_file_set_read_cached (fixture->set, 3 * PIECE, bytes, PIECE);
      BtPlacement copy;

      g_assert_true (g_path_is_absolute (folder));
      g_assert_true (memcmp (bytes, fixture->torrent->content + 3 * PIECE, length) == 0);
      bt_file_set_get_placement (fixture->set, &copy);
      bt_placement_clear (&copy);
      g_main_context_iteration (NULL, FALSE);
    }
  g_source_remove (bound);
}

static void
test_all_at_once (Fixture *fixture, gconstpointer data)
{
  static const GThreadFunc functions[] = { write_thread, read_thread, sync_thread, rename_thread };
  GThread *threads[G_N_ELEMENTS (functions)];
  g_autofree guint8 *bytes = g_malloc (fixture->torrent->length);
  g_autoptr (GError) error = NULL;
  int failed;

  for (guint32 i = 0; i < fixture->torrent->n_pieces; i++)
    write_piece (fixture, i);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new (NULL, functions[i], fixture);
  for (guint i = 1; i <= N_MOVES; i++)
    move_to (fixture, i % 2);
  g_atomic_int_set (&fixture->over, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
  bt_file_set_read (fixture->set, 0, bytes, fixture->torrent->length, &failed, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (bytes, fixture->torrent->content, fixture->torrent->length) == 0);
}

/* A file loses the ending of unfinished ones while the move catches up with
 * what was written to it. */
static void
test_finished_while_it_moves (Fixture *fixture, gconstpointer data)
{
  guint bound = bt_test_bound_new ("a move that ends", G_STRLOC);
  gboolean finished = FALSE;
  GThread *writer;
  BtMove *move;
  g_autoptr (GError) error = NULL;
  int failed;

  for (guint32 i = 0; i < fixture->torrent->n_pieces; i++)
    write_piece (fixture, i);
  writer = g_thread_new (NULL, write_thread, fixture);
  fixture->ended = FALSE;
  move = bt_move_start (fixture->disk, fixture->set, fixture->folders[1], fixture->parts[1], NULL, finished_cb, fixture);
  while (!fixture->ended)
    {
      g_main_context_iteration (NULL, TRUE);
      if (fixture->ended || finished || bt_move_get_progress (move) < 1)
        continue;
      bt_file_set_finish (fixture->set, &failed, &error);
      g_assert_no_error (error);
      finished = TRUE;
    }
  g_atomic_int_set (&fixture->over, TRUE);
  g_thread_join (writer);
  g_source_remove (bound);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/file-races/all-at-once", Fixture, NULL, set_up, test_all_at_once, tear_down);
  g_test_add ("/file-races/finished-while-it-moves", Fixture, NULL, set_up, test_finished_while_it_moves, tear_down);
  return g_test_run ();
}
