/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set.h"
#include "bt-rng.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#define PIECE 65536u

/* Files that share pieces: the skipped one's neighbours need bytes of it. */
static const BtTestFile files[] = {
  { .path = "before", .length = 100000 },
  { .path = "skipped", .length = 400000 },
  { .path = "small", .length = 10 },
  { .path = "after", .length = 100000 },
};

enum
{
  FILE_BEFORE,
  FILE_SKIPPED,
  FILE_SMALL,
  FILE_AFTER,
};

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtTestFolder *folder;
  BtTestFolder *aside;
  char *parts;
} Fixture;

static void
open_set (Fixture *fixture)
{
  g_clear_pointer (&fixture->set, bt_file_set_unref);
  fixture->set = bt_file_set_new (fixture->layout, fixture->folder, fixture->cache);
  bt_file_set_set_parts_file (fixture->set, fixture->parts);
}

static gboolean
prepare (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gboolean found;
  int failed;

  bt_file_set_prepare (fixture->set, &found, &failed, &error);
  g_assert_no_error (error);
  return found;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = PIECE, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (10);
  fixture->folder = bt_test_folder_new ();
  fixture->aside = bt_test_folder_new ();
  fixture->parts = g_build_filename (fixture->aside, "kept", "parts", NULL);
  open_set (fixture);
  g_assert_false (prepare (fixture));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_file_set_unref (fixture->set);
  bt_file_cache_unref (fixture->cache);
  bt_layout_unref (fixture->layout);
  bt_test_torrent_free (fixture->torrent);
  bt_test_folder_free (fixture->folder);
  bt_test_folder_free (fixture->aside);
  g_free (fixture->parts);
}

static gboolean
is_there (Fixture *fixture, guint file)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", files[file].path, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
write_piece (Fixture *fixture, guint32 piece)
{
  guint64 offset = (guint64) piece * PIECE;
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_write (fixture->set, offset, fixture->torrent->content + offset, bt_test_torrent_piece_size (fixture->torrent, piece), &failed, &error);
  g_assert_no_error (error);
}

static void
assert_piece (Fixture *fixture, guint32 piece)
{
  guint64 offset = (guint64) piece * PIECE;
  guint32 size = bt_test_torrent_piece_size (fixture->torrent, piece);
  g_autofree guint8 *bytes = g_malloc (size);
  g_autoptr (GError) error = NULL;
  int failed;
  gsize n;

  bt_file_set_read (fixture->set, offset, bytes, size, &failed, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (bytes, fixture->torrent->content + offset, size) == 0);
  memset (bytes, 0, size);
  n = bt_file_set_read_cached (fixture->set, offset, bytes, size);
  g_assert_true (memcmp (bytes, fixture->torrent->content + offset, n) == 0);
}

/* The pieces that the neighbours need: 1 and 7 have bytes of the skipped file. */
static void
write_wanted (Fixture *fixture)
{
  static const guint32 wanted[] = { 0, 1, 7, 8, 9 };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    write_piece (fixture, wanted[i]);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    assert_piece (fixture, wanted[i]);
}

static void
unskip (Fixture *fixture, guint file)
{
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_want (fixture->set, file);
  bt_file_set_unskip (fixture->set, file, &failed, &error);
  g_assert_no_error (error);
  g_assert_false (bt_file_set_is_skipped (fixture->set, file));
}

static void
test_skipped_file_is_not_made (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  struct stat status;
  int failed;

  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  bt_file_set_skip (fixture->set, FILE_SMALL);
  write_wanted (fixture);
  g_assert_false (is_there (fixture, FILE_SKIPPED));
  g_assert_false (is_there (fixture, FILE_SMALL));
  g_assert_true (bt_file_set_reserve (fixture->set, &failed, &error));
  g_assert_true (bt_file_set_finish (fixture->set, &failed, &error));
  g_assert_false (is_there (fixture, FILE_SKIPPED));
  /* What is kept takes no more room than it has bytes, about. */
  g_assert_cmpint (stat (fixture->parts, &status), ==, 0);
  g_assert_cmpint (status.st_blocks * 512, <=, 3 * PIECE);
}

static void
test_kept_bytes_are_found_again (Fixture *fixture, gconstpointer data)
{
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  write_wanted (fixture);
  open_set (fixture);
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  g_assert_true (prepare (fixture));
  assert_piece (fixture, 1);
  assert_piece (fixture, 7);
}

/* Pieces whose bytes are kept nowhere else count as had. */
static void
test_parts_go_when_nobody_needs_them (Fixture *fixture, gconstpointer data)
{
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  write_wanted (fixture);
  bt_file_set_remove_parts (fixture->set);
  g_assert_true (g_file_test (fixture->parts, G_FILE_TEST_EXISTS));
  assert_piece (fixture, 1);
  unskip (fixture, FILE_SKIPPED);
  bt_file_set_remove_parts (fixture->set);
  g_assert_false (g_file_test (fixture->parts, G_FILE_TEST_EXISTS));
  assert_piece (fixture, 1);
}

/* The last word counts, also when it comes before the one before was done. */
static void
test_skipped_again_stays_skipped (Fixture *fixture, gconstpointer data)
{
  int failed;

  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  write_wanted (fixture);
  bt_file_set_want (fixture->set, FILE_SKIPPED);
  g_assert_true (bt_file_set_is_skipped (fixture->set, FILE_SKIPPED));
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  g_assert_true (bt_file_set_unskip (fixture->set, FILE_SKIPPED, &failed, NULL));
  g_assert_true (bt_file_set_is_skipped (fixture->set, FILE_SKIPPED));
  g_assert_false (is_there (fixture, FILE_SKIPPED));
  assert_piece (fixture, 1);
}

static void
test_wanted_again_brings_in_what_was_kept (Fixture *fixture, gconstpointer data)
{
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  bt_file_set_skip (fixture->set, FILE_SMALL);
  write_wanted (fixture);
  unskip (fixture, FILE_SKIPPED);
  unskip (fixture, FILE_SMALL);
  bt_file_set_remove_parts (fixture->set);
  assert_piece (fixture, 1);
  assert_piece (fixture, 7);
  for (guint32 piece = 2; piece < 7; piece++)
    write_piece (fixture, piece);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

/* A piece that was on its way when its file was skipped is kept like any. */
static void
test_piece_in_the_middle_is_brought_in (Fixture *fixture, gconstpointer data)
{
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  write_piece (fixture, 4);
  assert_piece (fixture, 4);
  g_assert_false (is_there (fixture, FILE_SKIPPED));
  unskip (fixture, FILE_SKIPPED);
  bt_file_set_remove_parts (fixture->set);
  g_assert_true (is_there (fixture, FILE_SKIPPED));
  assert_piece (fixture, 4);
}

/* Rounds; the moment that matters is short. */
#define N_ROUNDS 1500

typedef struct
{
  Fixture *fixture;
  gint round;   /* atomic: that has begun */
  gint ended;   /* atomic */
} Chooser;

/* Brings in what was kept, as a job does that is late: nobody may want it any more. */
static gpointer
unskip_thread (gpointer data)
{
  Chooser *self = data;

  for (gint i = 1; i <= N_ROUNDS; i++)
    {
      int failed;

      while (g_atomic_int_get (&self->round) < i)
        g_thread_yield ();
      g_assert_true (bt_file_set_unskip (self->fixture->set, FILE_SKIPPED, &failed, NULL));
      g_atomic_int_set (&self->ended, i);
    }
  return NULL;
}

static void
keep_one_piece (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", NULL);

  open_set (fixture);
  bt_test_delete (path);
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  write_piece (fixture, 4);
}

/* It is wanted again just when a thread looks whether it is: that one brings
 * in what was kept, or leaves it for the next one. */
static void
test_wanted_while_it_is_brought_in (Fixture *fixture, gconstpointer data)
{
  Chooser chooser = { .fixture = fixture };
  GThread *thread = g_thread_new ("unskip", unskip_thread, &chooser);

  keep_one_piece (fixture);
  for (gint i = 1; i <= N_ROUNDS; i++)
    {
      bt_file_set_skip (fixture->set, FILE_SKIPPED);
      g_atomic_int_set (&chooser.round, i);
      /* Each round at another moment. */
      for (gint k = i % 1000; k > 0; k--)
        g_atomic_int_get (&chooser.ended);
      bt_file_set_want (fixture->set, FILE_SKIPPED);
      while (g_atomic_int_get (&chooser.ended) < i)
        g_thread_yield ();
      if (bt_file_set_is_skipped (fixture->set, FILE_SKIPPED))
        continue;
      assert_piece (fixture, 4);
      keep_one_piece (fixture);
    }
  unskip (fixture, FILE_SKIPPED);
  assert_piece (fixture, 4);
  g_thread_join (thread);
}

static void
test_nothing_kept_makes_nothing (Fixture *fixture, gconstpointer data)
{
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  unskip (fixture, FILE_SKIPPED);
  g_assert_false (is_there (fixture, FILE_SKIPPED));
  bt_file_set_skip (fixture->set, FILE_SMALL);
  write_wanted (fixture);
  bt_file_set_skip (fixture->set, FILE_AFTER);
  unskip (fixture, FILE_AFTER);
  assert_piece (fixture, 9);
}

static void
test_file_with_data_goes_on_where_it_is (Fixture *fixture, gconstpointer data)
{
  write_piece (fixture, 3);
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  write_piece (fixture, 4);
  g_assert_false (g_file_test (fixture->parts, G_FILE_TEST_EXISTS));
  assert_piece (fixture, 3);
  assert_piece (fixture, 4);
}

static void
test_lost_parts_are_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint8 byte;
  int failed;

  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  write_wanted (fixture);
  bt_file_set_close (fixture->set);
  g_unlink (fixture->parts);
  g_assert_false (bt_file_set_read (fixture->set, 100000, &byte, 1, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpint (failed, ==, FILE_SKIPPED);
}

static void
test_link_in_place_of_parts_is_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *victim = g_build_filename (fixture->aside, "victim", NULL);
  g_autofree char *folder = g_path_get_dirname (fixture->parts), *text = NULL;
  int failed;

  g_assert_true (g_file_set_contents (victim, "precious", -1, NULL));
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_cmpint (symlink (victim, fixture->parts), ==, 0);
  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  g_assert_false (bt_file_set_write (fixture->set, 100000, fixture->torrent->content, 1, &failed, NULL));
  g_assert_true (g_file_get_contents (victim, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "precious");
}

/* Skipping and wanting while others write and read. */
static gpointer
write_for_ever (gpointer data)
{
  Fixture *fixture = data;
  gboolean right = TRUE;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  for (guint i = 0; i < 1500; i++)
    {
      guint32 piece = bt_rng_below (&rng, fixture->torrent->n_pieces), size = bt_test_torrent_piece_size (fixture->torrent, piece);
      g_autofree guint8 *bytes = g_malloc (size);
      guint64 offset = (guint64) piece * PIECE;
      int failed;

      right &= bt_file_set_write (fixture->set, offset, fixture->torrent->content + offset, size, &failed, NULL);
      right &= bt_file_set_read (fixture->set, offset, bytes, size, &failed, NULL) &&
               memcmp (bytes, fixture->torrent->content + offset, size) == 0;
    }
  return GINT_TO_POINTER (right);
}

static void
test_choice_may_change_at_any_time (Fixture *fixture, gconstpointer data)
{
  GThread *writer;

  bt_file_set_skip (fixture->set, FILE_SKIPPED);
  bt_file_set_skip (fixture->set, FILE_SMALL);
  bt_file_set_skip (fixture->set, FILE_AFTER);
  writer = g_thread_new ("writer", write_for_ever, fixture);
  unskip (fixture, FILE_SKIPPED);
  unskip (fixture, FILE_AFTER);
  for (guint i = 0; i < 500; i++)
    {
      bt_file_set_skip (fixture->set, i % 4);
      unskip (fixture, i % 4);
    }
  g_assert_true (g_thread_join (writer));
  for (guint32 piece = 0; piece < fixture->torrent->n_pieces; piece++)
    write_piece (fixture, piece);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

#define ADD(path, function) g_test_add ("/file-parts/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("skip/file-is-not-made", test_skipped_file_is_not_made);
  ADD ("skip/kept-bytes-are-found-again", test_kept_bytes_are_found_again);
  ADD ("skip/file-with-data-goes-on-where-it-is", test_file_with_data_goes_on_where_it_is);
  ADD ("unskip/brings-in-what-was-kept", test_wanted_again_brings_in_what_was_kept);
  ADD ("unskip/brings-in-a-piece-in-the-middle", test_piece_in_the_middle_is_brought_in);
  ADD ("unskip/skipped-again-stays-skipped", test_skipped_again_stays_skipped);
  ADD ("unskip/wanted-while-it-is-brought-in", test_wanted_while_it_is_brought_in);
  ADD ("unskip/nothing-kept-makes-nothing", test_nothing_kept_makes_nothing);
  ADD ("unskip/at-any-time", test_choice_may_change_at_any_time);
  ADD ("parts/go-when-nobody-needs-them", test_parts_go_when_nobody_needs_them);
  ADD ("parts/lost-ones-are-told", test_lost_parts_are_told);
  ADD ("parts/link-in-their-place-is-not-followed", test_link_in_place_of_parts_is_not_followed);
  return g_test_run ();
}
