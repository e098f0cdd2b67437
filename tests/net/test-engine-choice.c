/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-session.h"

#include <string.h>

/* Which files are downloaded, and where the rest of their pieces goes. */

#define PIECE 65536u

/* Every file begins and ends inside a piece that it shares. */
static const BtTestFile files[] = {
  { .path = "first", .length = PIECE + 1000 },
  { .path = "second", .length = 3 * PIECE + 77 },
  { .path = "third", .length = 2 * PIECE + 5 },
};

typedef struct
{
  BtTestTorrent *content;
  BtTestSession *seed;
  BtTestSession *leech;
  BtTorrent *torrent;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = PIECE, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->seed = bt_test_session_new (NULL);
  bt_test_session_seed (fixture->seed, fixture->content);
  fixture->leech = bt_test_session_new (NULL);
  fixture->torrent = bt_test_session_leech (fixture->leech, fixture->content);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_test_session_free (fixture->leech);
  bt_test_session_free (fixture->seed);
  bt_test_torrent_free (fixture->content);
}

static gboolean
is_there (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->leech->folder, "test", name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
assert_right (Fixture *fixture, guint file)
{
  g_autofree char *path = g_build_filename (fixture->leech->folder, "test", files[file].path, NULL);
  const BtFileInfo *info = bt_metainfo_get_file (fixture->content->metainfo, file);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpmem (bytes, length, fixture->content->content + info->offset, info->length);
}

static void
complete (Fixture *fixture)
{
  bt_test_torrent_meet (fixture->torrent, fixture->seed->port);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
}

static void
test_skipped_files_are_not_made (Fixture *fixture, gconstpointer data)
{
  BtTorrentStats stats;

  bt_torrent_set_file_priority (fixture->torrent, 0, BT_FILE_SKIP);
  bt_torrent_set_file_priority (fixture->torrent, 2, BT_FILE_SKIP);
  complete (fixture);
  assert_right (fixture, 1);
  g_assert_false (is_there (fixture, "first"));
  g_assert_false (is_there (fixture, "third"));
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.wanted, ==, files[1].length);
  g_assert_cmpuint (stats.verified, ==, files[1].length);
}

static void
test_a_file_wanted_later_comes_whole (Fixture *fixture, gconstpointer data)
{
  bt_torrent_set_file_priority (fixture->torrent, 0, BT_FILE_SKIP);
  bt_torrent_set_file_priority (fixture->torrent, 2, BT_FILE_SKIP);
  complete (fixture);
  bt_torrent_set_file_priority (fixture->torrent, 2, BT_FILE_NORMAL);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_DOWNLOADING);
  complete (fixture);
  assert_right (fixture, 2);
  g_assert_false (is_there (fixture, "first"));
  bt_torrent_set_file_priority (fixture->torrent, 0, BT_FILE_HIGH);
  complete (fixture);
  bt_test_torrent_assert_stored (fixture->content, fixture->leech->folder);
}

/* Shared pieces are served to others from where they were put aside. */
static void
test_what_is_put_aside_is_served (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestSession) other = bt_test_session_new (NULL);
  BtTorrent *torrent;
  guint32 wanted_pieces;

  bt_torrent_set_file_priority (fixture->torrent, 0, BT_FILE_SKIP);
  bt_torrent_set_file_priority (fixture->torrent, 2, BT_FILE_SKIP);
  complete (fixture);
  wanted_pieces = bt_test_n_pieces (fixture->torrent);
  torrent = bt_test_session_leech (other, fixture->content);
  bt_test_torrent_meet (torrent, fixture->leech->port);
  bt_test_wait (bt_test_n_pieces (torrent) == wanted_pieces);
}

static void
test_a_file_skipped_late_keeps_its_data (Fixture *fixture, gconstpointer data)
{
  complete (fixture);
  bt_torrent_set_file_priority (fixture->torrent, 0, BT_FILE_SKIP);
  bt_torrent_recheck (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
  assert_right (fixture, 0);
}

static void
test_orders_complete (Fixture *fixture, gconstpointer data)
{
  bt_torrent_set_sequential (fixture->torrent, TRUE);
  bt_torrent_set_ends_first (fixture->torrent, TRUE);
  bt_torrent_set_deadline (fixture->torrent, 3, 100);
  complete (fixture);
  bt_test_torrent_assert_stored (fixture->content, fixture->leech->folder);
}

int
main (int argc, char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("freshet-choice-XXXXXX", NULL);
  int result;

  /* What is put aside goes below the user's data folder. */
  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/choice/skipped-files-are-not-made", test_skipped_files_are_not_made);
  ADD ("/choice/a-file-wanted-later-comes-whole", test_a_file_wanted_later_comes_whole);
  ADD ("/choice/what-is-put-aside-is-served", test_what_is_put_aside_is_served);
  ADD ("/choice/a-file-skipped-late-keeps-its-data", test_a_file_skipped_late_keeps_its_data);
  ADD ("/choice/orders-complete", test_orders_complete);
#undef ADD
  result = g_test_run ();
  bt_test_delete (data_home);
  return result;
}
