/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "place-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Which files are ours, what they are called, and giving them other names. */

static void
finish (PlaceFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_finish (fixture->set, &failed, &error);
  g_assert_no_error (error);
}

static gboolean
is_ours (PlaceFixture *fixture, guint file)
{
  g_auto (BtPlacement) place = { 0 };

  bt_file_set_get_placement (fixture->set, &place);
  return bt_bitfield_get (&place.created, file);
}

/* As after a restart. */
static void
open_again (PlaceFixture *fixture)
{
  g_auto (BtPlacement) place = { 0 };

  bt_file_set_get_placement (fixture->set, &place);
  place_open (fixture);
  bt_file_set_set_placement (fixture->set, &place);
}

static void
test_what_is_made_is_ours (PlaceFixture *fixture, gconstpointer data)
{
  g_auto (BtPlacement) place = { 0 };

  bt_test_folder_put (fixture->folder, "test/one/b", "x");
  place_prepare (fixture);
  place_write_all (fixture);
  finish (fixture);
  g_assert_true (is_ours (fixture, FILE_A));
  g_assert_false (is_ours (fixture, FILE_B));
  g_assert_true (is_ours (fixture, FILE_C));
  g_assert_true (is_ours (fixture, FILE_EMPTY));
  g_assert_true (is_ours (fixture, FILE_LINK));
  bt_file_set_get_placement (fixture->set, &place);
  g_assert_cmpuint (place.folders->len, ==, 1);
  g_assert_cmpstr (place.folders->pdata[0], ==, "test/one/two");
}

/* It may be another's when it is there again. */
static void
test_what_is_gone_is_ours_no_more (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", "a", NULL);

  place_prepare (fixture);
  place_write_all (fixture);
  g_unlink (path);
  open_again (fixture);
  place_prepare (fixture);
  bt_test_folder_put (fixture->folder, "test/a", "somebody else's");
  place_write_file (fixture, FILE_A);
  g_assert_false (is_ours (fixture, FILE_A));
  g_assert_true (is_ours (fixture, FILE_B));
}

static void
test_unfinished_files_are_marked (PlaceFixture *fixture, gconstpointer data)
{
  bt_test_folder_put (fixture->folder, "test/one/b", "x");
  bt_file_set_set_mark_partial (fixture->set, TRUE);
  place_prepare (fixture);
  place_write_all (fixture);
  g_assert_true (bt_test_folder_has (fixture->folder, "test/a.part"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/a"));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/b"));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/two/c.part"));
  place_assert_bytes (fixture);

  open_again (fixture);
  place_prepare (fixture);
  place_assert_bytes (fixture);
  finish (fixture);
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/empty"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one/empty.part"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/a.part"));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  place_assert_bytes (fixture);
  open_again (fixture);
  place_prepare (fixture);
  place_assert_bytes (fixture);
}

/* A torrent that has both "x" and "x.part". */
static void
test_mark_is_not_given_where_it_is_a_name (void)
{
  static const BtTestFile twins[] = { { .path = "x", .length = 10 }, { .path = "x.part", .length = 10 } };
  BtTestSpec spec = { .piece_length = 16384, .files = twins, .n_files = 2 };
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  BtLayout *layout = bt_layout_new (torrent->metainfo);
  BtFileCache *cache = bt_file_cache_new (10);
  g_autoptr (BtTestFolder) folder = bt_test_folder_new ();
  BtFileSet *set = bt_file_set_new (layout, folder, cache);
  gboolean found;
  int failed;

  bt_file_set_set_mark_partial (set, TRUE);
  g_assert_true (bt_file_set_prepare (set, &found, &failed, NULL));
  g_assert_true (bt_file_set_write (set, 0, torrent->content, 20, &failed, NULL));
  g_assert_true (bt_test_folder_has (folder, "test/x"));
  g_assert_true (bt_test_folder_has (folder, "test/x.part.part"));
  g_assert_true (bt_file_set_finish (set, &failed, NULL));
  bt_test_torrent_assert_stored (torrent, folder);
  bt_file_set_unref (set);
  bt_file_cache_unref (cache);
  bt_layout_unref (layout);
}

static void
rename_path (PlaceFixture *fixture, const char *path, const char *name)
{
  g_autoptr (BtFileNames) old = bt_file_set_ref_names (fixture->set);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtFileNames) new = bt_file_names_rename (old, path, name, &error);
  int failed;

  g_assert_no_error (error);
  bt_file_set_relocate (fixture->set, NULL, new, NULL, &failed, &error);
  g_assert_no_error (error);
}

static void
test_renamed_files_keep_their_bytes (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "all", "link", NULL), *target = NULL;

  place_prepare (fixture);
  place_write_all (fixture);
  finish (fixture);
  rename_path (fixture, "test/one/b", "new b");
  rename_path (fixture, "test/one", "eins");
  rename_path (fixture, "test", "all");
  place_assert_bytes (fixture);
  g_assert_true (bt_test_folder_has (fixture->folder, "all/eins/new b"));
  g_assert_true (bt_test_folder_has (fixture->folder, "all/eins/two/c"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test"));
  target = g_file_read_link (link, NULL);
  g_assert_cmpstr (target, ==, "eins/new b");
  open_again (fixture);
  place_prepare (fixture);
  place_assert_bytes (fixture);
  g_assert_true (is_ours (fixture, FILE_B));
}

/* What is not the torrent's stays where it is, and keeps its folder there. */
static void
test_foreign_files_are_not_renamed (PlaceFixture *fixture, gconstpointer data)
{
  place_prepare (fixture);
  place_write_all (fixture);
  bt_test_folder_put (fixture->folder, "test/one/foreign", "mine");
  rename_path (fixture, "test/one", "eins");
  bt_test_folder_assert_holds (fixture->folder, "test/one/foreign", "mine");
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one/two"));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/eins/b"));
  place_assert_bytes (fixture);
}

static void
test_nothing_is_replaced (PlaceFixture *fixture, gconstpointer data)
{
  g_autoptr (BtFileNames) old = bt_file_set_ref_names (fixture->set);
  g_autoptr (BtFileNames) new = bt_file_names_rename (old, "test/one", "eins", NULL);
  g_autoptr (GError) error = NULL;
  int failed;

  place_prepare (fixture);
  place_write_all (fixture);
  bt_test_folder_put (fixture->folder, "test/eins/two/c", "mine");
  g_assert_false (bt_file_set_relocate (fixture->set, NULL, new, NULL, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpint (failed, ==, FILE_C);
  bt_test_folder_assert_holds (fixture->folder, "test/eins/two/c", "mine");
  g_assert_false (bt_test_folder_has (fixture->folder, "test/eins/b"));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  place_assert_bytes (fixture);
}

static void
test_link_in_the_new_place_is_not_followed (PlaceFixture *fixture, gconstpointer data)
{
  g_autoptr (BtFileNames) old = bt_file_set_ref_names (fixture->set);
  g_autoptr (BtFileNames) new = bt_file_names_rename (old, "test/one", "eins", NULL);
  g_autofree char *link = g_build_filename (fixture->folder, "test", "eins", NULL);
  g_autoptr (GError) error = NULL;
  int failed;

  place_prepare (fixture);
  place_write_all (fixture);
  g_assert_cmpint (symlink (fixture->elsewhere, link), ==, 0);
  g_assert_false (bt_file_set_relocate (fixture->set, NULL, new, NULL, &failed, &error));
  g_assert_nonnull (error);
  g_assert_false (bt_test_folder_has (fixture->elsewhere, "b"));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_another_folder (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *now = NULL;
  g_autoptr (GError) error = NULL;
  int failed;

  place_prepare (fixture);
  place_write_all (fixture);
  finish (fixture);
  bt_test_folder_put (fixture->folder, "test/foreign", "mine");
  bt_file_set_relocate (fixture->set, fixture->elsewhere, NULL, NULL, &failed, &error);
  g_assert_no_error (error);
  now = bt_file_set_dup_folder (fixture->set);
  g_assert_cmpstr (now, ==, fixture->elsewhere);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->elsewhere);
  g_assert_true (bt_test_folder_has (fixture->elsewhere, "test/link"));
  bt_test_folder_assert_holds (fixture->folder, "test/foreign", "mine");
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one"));
  place_assert_bytes (fixture);
  bt_file_set_close (fixture->set);
  place_assert_bytes (fixture);
}

static void
put_long (PlaceFixture *fixture, guint file)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", place_files[file].path, NULL);

  g_assert_cmpint (truncate (path, (off_t) place_files[file].length + 100), ==, 0);
}

static void
test_tail_of_ours_is_cut (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", "one", "b", NULL);
  struct stat status;

  bt_test_folder_put (fixture->folder, "test/one/b", "x");
  place_prepare (fixture);
  place_write_all (fixture);
  put_long (fixture, FILE_A);
  put_long (fixture, FILE_B);
  finish (fixture);
  g_assert_cmpuint (bt_file_set_get_n_long (fixture->set), ==, 1);
  g_assert_cmpint (stat (path, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, 20100);
  g_assert_cmpint (truncate (path, 20000), ==, 0);
  finish (fixture);
  g_assert_cmpuint (bt_file_set_get_n_long (fixture->set), ==, 0);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

/* It has another's bytes behind ours, and is another's. */
static void
test_tail_of_what_took_the_place_of_ours_stays (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", "a", NULL);
  g_autofree char *mine = g_build_filename (fixture->elsewhere, "mine", NULL);
  g_autofree char *bytes = NULL;
  g_auto (BtPlacement) place = { 0 };
  gsize length;

  place_prepare (fixture);
  place_write_all (fixture);
  bt_file_set_get_placement (fixture->set, &place);
  if (place.identities[FILE_A].born == 0)
    {
      g_test_skip ("this file system does not say when a file was born");
      return;
    }
  bt_file_set_close (fixture->set);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (mine, bytes, (gssize) length, NULL));
  g_assert_cmpint (g_rename (mine, path), ==, 0);
  put_long (fixture, FILE_A);
  finish (fixture);
  g_assert_cmpuint (bt_file_set_get_n_long (fixture->set), ==, 1);
}

#define ADD(path, function) g_test_add ("/file-place/" path, PlaceFixture, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("ours/what-is-made", test_what_is_made_is_ours);
  ADD ("ours/not-what-is-gone", test_what_is_gone_is_ours_no_more);
  ADD ("marked/until-finished", test_unfinished_files_are_marked);
  g_test_add_func ("/file-place/marked/not-where-it-is-a-name", test_mark_is_not_given_where_it_is_a_name);
  ADD ("renamed/keep-their-bytes", test_renamed_files_keep_their_bytes);
  ADD ("renamed/not-foreign-files", test_foreign_files_are_not_renamed);
  ADD ("renamed/nothing-is-replaced", test_nothing_is_replaced);
  ADD ("renamed/no-link-is-followed", test_link_in_the_new_place_is_not_followed);
  ADD ("moved/to-another-folder", test_another_folder);
  ADD ("tail/of-ours-is-cut", test_tail_of_ours_is_cut);
  ADD ("tail/of-what-took-the-place-of-ours-stays", test_tail_of_what_took_the_place_of_ours_stays);
  return g_test_run ();
}
