/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* Which files are ours, what they are called, and giving them other names. */

enum
{
  FILE_A,
  FILE_B,
  FILE_C,
  FILE_EMPTY,
  FILE_LINK,
};

static const BtTestFile files[] = {
  [FILE_A] = { .path = "a", .length = 10000 },
  [FILE_B] = { .path = "one/b", .length = 20000 },
  [FILE_C] = { .path = "one/two/c", .length = 30000 },
  [FILE_EMPTY] = { .path = "one/empty", .length = 0 },
  [FILE_LINK] = { .path = "link", .attr = "l", .symlink = "one/b" },
};

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtTestFolder *folder;
  BtTestFolder *elsewhere;
  BtTestFolder *own;
} Fixture;

static void
open_set (Fixture *fixture)
{
  g_clear_pointer (&fixture->set, bt_file_set_unref);
  fixture->set = bt_file_set_new (fixture->layout, fixture->folder, fixture->cache);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (10);
  fixture->folder = bt_test_folder_new ();
  fixture->elsewhere = bt_test_folder_new ();
  fixture->own = bt_test_folder_new ();
  open_set (fixture);
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
  bt_test_folder_free (fixture->own);
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
write_file (Fixture *fixture, guint file)
{
  const BtFileInfo *info = bt_metainfo_get_file (fixture->layout->metainfo, file);
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_write (fixture->set, info->offset, fixture->torrent->content + info->offset, info->length, &failed, &error);
  g_assert_no_error (error);
}

static void
assert_bytes (Fixture *fixture)
{
  g_autofree guint8 *bytes = g_malloc (fixture->torrent->length);
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_read (fixture->set, 0, bytes, fixture->torrent->length, &failed, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (bytes, fixture->torrent->length, fixture->torrent->content, fixture->torrent->length);
}

static void
write_all (Fixture *fixture)
{
  for (guint i = FILE_A; i <= FILE_C; i++)
    write_file (fixture, i);
}

static void
finish (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_finish (fixture->set, &failed, &error);
  g_assert_no_error (error);
}

static gboolean
is_ours (Fixture *fixture, guint file)
{
  g_auto (BtPlacement) place = { 0 };

  bt_file_set_get_placement (fixture->set, &place);
  return bt_bitfield_get (&place.created, file);
}

/* As after a restart. */
static void
open_again (Fixture *fixture)
{
  g_auto (BtPlacement) place = { 0 };

  bt_file_set_get_placement (fixture->set, &place);
  open_set (fixture);
  bt_file_set_set_placement (fixture->set, &place);
}

static void
test_what_is_made_is_ours (Fixture *fixture, gconstpointer data)
{
  g_auto (BtPlacement) place = { 0 };

  bt_test_folder_put (fixture->folder, "test/one/b", "x");
  prepare (fixture);
  write_all (fixture);
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
test_what_is_gone_is_ours_no_more (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", "a", NULL);

  prepare (fixture);
  write_all (fixture);
  g_unlink (path);
  open_again (fixture);
  prepare (fixture);
  bt_test_folder_put (fixture->folder, "test/a", "somebody else's");
  write_file (fixture, FILE_A);
  g_assert_false (is_ours (fixture, FILE_A));
  g_assert_true (is_ours (fixture, FILE_B));
}

static void
test_unfinished_files_are_marked (Fixture *fixture, gconstpointer data)
{
  bt_test_folder_put (fixture->folder, "test/one/b", "x");
  bt_file_set_set_mark_partial (fixture->set, TRUE);
  prepare (fixture);
  write_all (fixture);
  g_assert_true (bt_test_folder_has (fixture->folder, "test/a.part"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/a"));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/b"));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/two/c.part"));
  assert_bytes (fixture);

  open_again (fixture);
  prepare (fixture);
  assert_bytes (fixture);
  finish (fixture);
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/empty"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one/empty.part"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/a.part"));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  assert_bytes (fixture);
  open_again (fixture);
  prepare (fixture);
  assert_bytes (fixture);
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
rename_path (Fixture *fixture, const char *path, const char *name)
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
test_renamed_files_keep_their_bytes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "all", "link", NULL), *target = NULL;

  prepare (fixture);
  write_all (fixture);
  finish (fixture);
  rename_path (fixture, "test/one/b", "new b");
  rename_path (fixture, "test/one", "eins");
  rename_path (fixture, "test", "all");
  assert_bytes (fixture);
  g_assert_true (bt_test_folder_has (fixture->folder, "all/eins/new b"));
  g_assert_true (bt_test_folder_has (fixture->folder, "all/eins/two/c"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test"));
  target = g_file_read_link (link, NULL);
  g_assert_cmpstr (target, ==, "eins/new b");
  open_again (fixture);
  prepare (fixture);
  assert_bytes (fixture);
  g_assert_true (is_ours (fixture, FILE_B));
}

/* What is not the torrent's stays where it is, and keeps its folder there. */
static void
test_foreign_files_are_not_renamed (Fixture *fixture, gconstpointer data)
{
  prepare (fixture);
  write_all (fixture);
  bt_test_folder_put (fixture->folder, "test/one/foreign", "mine");
  rename_path (fixture, "test/one", "eins");
  bt_test_folder_assert_holds (fixture->folder, "test/one/foreign", "mine");
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one/two"));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/eins/b"));
  assert_bytes (fixture);
}

static void
test_nothing_is_replaced (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtFileNames) old = bt_file_set_ref_names (fixture->set);
  g_autoptr (BtFileNames) new = bt_file_names_rename (old, "test/one", "eins", NULL);
  g_autoptr (GError) error = NULL;
  int failed;

  prepare (fixture);
  write_all (fixture);
  bt_test_folder_put (fixture->folder, "test/eins/two/c", "mine");
  g_assert_false (bt_file_set_relocate (fixture->set, NULL, new, NULL, &failed, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_assert_cmpint (failed, ==, FILE_C);
  bt_test_folder_assert_holds (fixture->folder, "test/eins/two/c", "mine");
  g_assert_false (bt_test_folder_has (fixture->folder, "test/eins/b"));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
  assert_bytes (fixture);
}

static void
test_link_in_the_new_place_is_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtFileNames) old = bt_file_set_ref_names (fixture->set);
  g_autoptr (BtFileNames) new = bt_file_names_rename (old, "test/one", "eins", NULL);
  g_autofree char *link = g_build_filename (fixture->folder, "test", "eins", NULL);
  g_autoptr (GError) error = NULL;
  int failed;

  prepare (fixture);
  write_all (fixture);
  g_assert_cmpint (symlink (fixture->elsewhere, link), ==, 0);
  g_assert_false (bt_file_set_relocate (fixture->set, NULL, new, NULL, &failed, &error));
  g_assert_nonnull (error);
  g_assert_false (bt_test_folder_has (fixture->elsewhere, "b"));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_another_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *now = NULL;
  g_autoptr (GError) error = NULL;
  int failed;

  prepare (fixture);
  write_all (fixture);
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
  assert_bytes (fixture);
  bt_file_set_close (fixture->set);
  assert_bytes (fixture);
}

static char *
note_of (Fixture *fixture)
{
  return g_build_filename (fixture->own, "own", "note", NULL);
}

/* As after a kill: the record knows the old folder, the disk has the note. */
static void
open_after_kill (Fixture *fixture)
{
  g_autofree char *note = note_of (fixture);

  open_set (fixture);
  bt_file_set_set_note_file (fixture->set, note);
}

static void
relocate (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_relocate (fixture->set, fixture->elsewhere, NULL, NULL, &failed, &error);
  g_assert_no_error (error);
}

static void
assert_folder (Fixture *fixture, const char *folder)
{
  g_autofree char *now = bt_file_set_dup_folder (fixture->set);

  g_assert_cmpstr (now, ==, folder);
  prepare (fixture);
  assert_bytes (fixture);
}

static void
test_killed_after_the_move (Fixture *fixture, gconstpointer data)
{
  open_after_kill (fixture);
  prepare (fixture);
  write_all (fixture);
  relocate (fixture);
  open_after_kill (fixture);
  g_assert_true (bt_file_set_follow_note (fixture->set));
  assert_folder (fixture, fixture->elsewhere);
}

static void
test_killed_between_two_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *from = g_build_filename (fixture->elsewhere, "test", "one", "b", NULL);
  g_autofree char *to = g_build_filename (fixture->folder, "test", "one", "b", NULL);
  g_autofree char *parent = g_path_get_dirname (to);

  open_after_kill (fixture);
  prepare (fixture);
  write_all (fixture);
  relocate (fixture);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  g_assert_cmpint (g_rename (from, to), ==, 0);
  open_after_kill (fixture);
  g_assert_true (bt_file_set_follow_note (fixture->set));
  assert_folder (fixture, fixture->elsewhere);
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one/b"));
}

/* Somebody has the torrent at its old place again. */
static void
test_old_note_is_not_followed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->elsewhere, "test", NULL), *note = note_of (fixture);

  open_after_kill (fixture);
  prepare (fixture);
  write_all (fixture);
  relocate (fixture);
  g_assert_true (g_file_test (note, G_FILE_TEST_EXISTS));
  bt_test_delete (path);
  bt_test_torrent_store (fixture->torrent, fixture->folder);
  open_after_kill (fixture);
  g_assert_false (bt_file_set_follow_note (fixture->set));
  g_assert_false (g_file_test (note, G_FILE_TEST_EXISTS));
  assert_folder (fixture, fixture->folder);
}

static void
test_damaged_note_is_not_followed (Fixture *fixture, gconstpointer data)
{
  static const struct { const char *bytes; gsize length; } notes[] = {
    { "", 0 }, { "FrMv1r", 6 }, { "FrMv1x/a\0/b\0", 13 }, { "FrMv1r/a", 8 }, { "FrMv1r/a\0/b", 11 }, { "FrMv1r/a\0/b\0", 12 },
    { "FrMv1c/a\0/b\0\0x", 14 }, { "FrMv1c/a\0/b\0\0x\0y", 16 }, { "FrMv1b/a\0/b", 11 }, { "FrMv1ca\0b\0\0", 11 }, { "FrMv1c\0\0\0", 9 },
  };
  g_autofree char *note = note_of (fixture), *parent = g_path_get_dirname (note);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  bt_test_torrent_store (fixture->torrent, fixture->folder);
  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    {
      g_assert_true (g_file_set_contents (note, notes[i].bytes, (gssize) notes[i].length, NULL));
      open_after_kill (fixture);
      g_assert_false (bt_file_set_follow_note (fixture->set));
      g_assert_false (g_file_test (note, G_FILE_TEST_EXISTS));
    }
}

/* A record that knows of all files. */
static BtResume *
make_record (Fixture *fixture)
{
  BtResume *record = bt_resume_new (fixture->torrent->metainfo, bt_metainfo_get_info_hash (fixture->torrent->metainfo));
  BtFileStamp stamps[G_N_ELEMENTS (files)], parts;
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_sync (fixture->set, TRUE, stamps, &parts, &failed, &error);
  g_assert_no_error (error);
  record->checked = record->clean = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      record->files[i].size = stamps[i].size;
      record->files[i].mtime = stamps[i].mtime;
    }
  return record;
}

static gboolean
follow_after_kill (Fixture *fixture, const BtResume *record)
{
  open_after_kill (fixture);
  bt_file_set_expect (fixture->set, record);
  return bt_file_set_follow_note (fixture->set);
}

/* A move to @elsewhere has copied everything. */
static void
note_whole_copy (Fixture *fixture)
{
  g_autofree char *note = note_of (fixture), *parent = g_path_get_dirname (note);
  g_autoptr (GString) text = g_string_new ("FrMv1c");

  g_string_append_len (text, fixture->folder, (gssize) strlen (fixture->folder) + 1);
  g_string_append_len (text, fixture->elsewhere, (gssize) strlen (fixture->elsewhere) + 1);
  g_string_append_c (text, '\0');
  g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
  g_assert_true (g_file_set_contents (note, text->str, (gssize) text->len, NULL));
}

/* The copy is on a disk that is not there when the program begins again: it is
 * still found when that is. */
static void
test_disk_of_the_copy_comes_later (Fixture *fixture, gconstpointer data)
{
  g_autofree char *note = note_of (fixture);
  g_autofree char *from = g_build_filename (fixture->folder, "test", NULL);
  g_autofree char *to = g_build_filename (fixture->elsewhere, "test", NULL);
  g_autofree char *aside = g_build_filename (fixture->own, "test", NULL);
  g_autoptr (BtResume) record = NULL;

  prepare (fixture);
  write_all (fixture);
  record = make_record (fixture);
  note_whole_copy (fixture);
  g_assert_cmpint (g_rename (from, aside), ==, 0);
  g_assert_false (follow_after_kill (fixture, record));
  g_assert_true (g_file_test (note, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_rename (aside, to), ==, 0);
  g_assert_true (follow_after_kill (fixture, record));
  assert_folder (fixture, fixture->elsewhere);
}

/* What was downloaded since at the old place is not given up for an older copy. */
static void
test_older_copy_is_not_used (Fixture *fixture, gconstpointer data)
{
  g_autofree char *note = note_of (fixture);
  g_autofree char *folder = g_build_filename (fixture->elsewhere, "test", NULL);
  g_autofree char *old = g_build_filename (folder, "a", NULL);
  g_autoptr (BtResume) record = NULL;

  prepare (fixture);
  write_all (fixture);
  record = make_record (fixture);
  g_assert_cmpint (g_mkdir (folder, 0777), ==, 0);
  g_assert_true (g_file_set_contents (old, "half of it", -1, NULL));
  note_whole_copy (fixture);
  g_assert_false (follow_after_kill (fixture, record));
  g_assert_false (g_file_test (note, G_FILE_TEST_EXISTS));
  assert_folder (fixture, fixture->folder);
  /* It may be somebody's. */
  g_assert_true (g_file_test (old, G_FILE_TEST_EXISTS));
}

static void
put_long (Fixture *fixture, guint file)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", files[file].path, NULL);

  g_assert_cmpint (truncate (path, (off_t) files[file].length + 100), ==, 0);
}

static void
test_tail_of_ours_is_cut (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", "one", "b", NULL);
  struct stat status;

  bt_test_folder_put (fixture->folder, "test/one/b", "x");
  prepare (fixture);
  write_all (fixture);
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
test_tail_of_what_took_the_place_of_ours_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "test", "a", NULL);
  g_autofree char *mine = g_build_filename (fixture->elsewhere, "mine", NULL);
  g_autofree char *bytes = NULL;
  g_auto (BtPlacement) place = { 0 };
  gsize length;

  prepare (fixture);
  write_all (fixture);
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

#define ADD(path, function) g_test_add ("/file-place/" path, Fixture, NULL, set_up, function, tear_down)

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
  ADD ("note/killed-after-the-move", test_killed_after_the_move);
  ADD ("note/killed-between-two-files", test_killed_between_two_files);
  ADD ("note/old-one-is-not-followed", test_old_note_is_not_followed);
  ADD ("note/damaged-one-is-not-followed", test_damaged_note_is_not_followed);
  ADD ("note/disk-of-the-copy-comes-later", test_disk_of_the_copy_comes_later);
  ADD ("note/older-copy-is-not-used", test_older_copy_is_not_used);
  ADD ("tail/of-ours-is-cut", test_tail_of_ours_is_cut);
  ADD ("tail/of-what-took-the-place-of-ours-stays", test_tail_of_what_took_the_place_of_ours_stays);
  return g_test_run ();
}
