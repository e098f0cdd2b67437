/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "place-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Complete files lose the ending of unfinished ones, and what is in the way then. */

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
begin_marked (PlaceFixture *fixture)
{
  bt_file_set_set_mark_partial (fixture->set, TRUE);
  place_prepare (fixture);
  place_write_all (fixture);
}

static void
test_mark_gives_way_to_what_is_there (PlaceFixture *fixture, gconstpointer data)
{
  begin_marked (fixture);
  bt_test_folder_put (fixture->folder, "test/a", "somebody else's");
  bt_test_folder_put (fixture->folder, "test/a (2)", "and again");
  finish (fixture);
  bt_test_folder_assert_holds (fixture->folder, "test/a", "somebody else's");
  bt_test_folder_assert_holds (fixture->folder, "test/a (2)", "and again");
  g_assert_true (bt_test_folder_has (fixture->folder, "test/a (3)"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/a.part"));
  place_assert_bytes (fixture);
  open_again (fixture);
  place_prepare (fixture);
  place_assert_bytes (fixture);
  g_assert_true (is_ours (fixture, FILE_A));
}

/* As left by the same torrent, which was removed and added again. */
static void
test_same_file_is_adopted (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", "a", NULL);
  g_autoptr (GError) error = NULL;
  struct stat before, after;

  begin_marked (fixture);
  g_file_set_contents (path, (const char *) fixture->torrent->content, (gssize) place_files[FILE_A].length, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_stat (path, &before), ==, 0);
  finish (fixture);
  g_assert_cmpint (g_stat (path, &after), ==, 0);
  g_assert_cmpuint (after.st_ino, ==, before.st_ino);
  g_assert_false (bt_test_folder_has (fixture->folder, "test/a.part"));
  g_assert_false (is_ours (fixture, FILE_A));
  g_assert_true (is_ours (fixture, FILE_C));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  place_assert_bytes (fixture);
}

/* The last byte is another. */
static void
test_file_of_the_same_size_is_not_adopted (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", "a", NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  begin_marked (fixture);
  bytes = g_memdup2 (fixture->torrent->content, place_files[FILE_A].length);
  bytes[place_files[FILE_A].length - 1] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) place_files[FILE_A].length, NULL));
  finish (fixture);
  g_free (g_steal_pointer (&bytes));
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpint (bytes[length - 1], ==, (char) (fixture->torrent->content[length - 1] ^ 1));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/a (2)"));
  place_assert_bytes (fixture);
}

/* Somebody's file that came under the later name is not what we go on with. */
static void
test_unfinished_file_is_gone_on_with (PlaceFixture *fixture, gconstpointer data)
{
  begin_marked (fixture);
  bt_test_folder_put (fixture->folder, "test/a", "somebody else's");
  open_again (fixture);
  place_prepare (fixture);
  place_assert_bytes (fixture);
  place_write_file (fixture, FILE_A);
  bt_test_folder_assert_holds (fixture->folder, "test/a", "somebody else's");
}

static void
test_unfinished_file_is_not_moved_beside_its_name (PlaceFixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  int failed;

  begin_marked (fixture);
  bt_test_folder_put (fixture->elsewhere, "test/one/b", "somebody else's");
  g_assert_false (bt_file_set_relocate (fixture->set, fixture->elsewhere, NULL, NULL, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpint (failed, ==, FILE_B);
  g_assert_true (g_str_has_suffix (error->message, "which is left as it is"));
  g_assert_null (strstr (error->message, ".part"));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/b.part"));
  g_assert_false (bt_test_folder_has (fixture->elsewhere, "test/a.part"));
  place_assert_bytes (fixture);
}

#define ADD(path, function) g_test_add ("/file-finish/" path, PlaceFixture, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("gives-way-to-what-is-there", test_mark_gives_way_to_what_is_there);
  ADD ("same-file-is-adopted", test_same_file_is_adopted);
  ADD ("not-adopted-for-its-size", test_file_of_the_same_size_is_not_adopted);
  ADD ("unfinished-is-gone-on-with", test_unfinished_file_is_gone_on_with);
  ADD ("not-moved-beside-its-name", test_unfinished_file_is_not_moved_beside_its_name);
  return g_test_run ();
}
