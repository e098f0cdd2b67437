/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "place-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* The note that a move leaves beside the record, and what the next start makes
 * of it after a kill. */

static char *
note_of (PlaceFixture *fixture)
{
  return g_build_filename (fixture->own, "own", "note", NULL);
}

/* As after a kill: the record knows the old folder, the disk has the note. */
static void
open_after_kill (PlaceFixture *fixture)
{
  g_autofree char *note = note_of (fixture);

  place_open (fixture);
  bt_file_set_set_note_file (fixture->set, note);
}

static void
relocate (PlaceFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_relocate (fixture->set, fixture->elsewhere, NULL, NULL, &failed, &error);
  g_assert_no_error (error);
}

static void
assert_folder (PlaceFixture *fixture, const char *folder)
{
  g_autofree char *now = bt_file_set_dup_folder (fixture->set);

  g_assert_cmpstr (now, ==, folder);
  place_prepare (fixture);
  place_assert_bytes (fixture);
}

static void
test_killed_after_the_move (PlaceFixture *fixture, gconstpointer data)
{
  open_after_kill (fixture);
  place_prepare (fixture);
  place_write_all (fixture);
  relocate (fixture);
  open_after_kill (fixture);
  g_assert_true (bt_file_set_follow_note (fixture->set));
  assert_folder (fixture, fixture->elsewhere);
}

static void
test_killed_between_two_files (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *from = g_build_filename (fixture->elsewhere, "test", "one", "b", NULL);
  g_autofree char *to = g_build_filename (fixture->folder, "test", "one", "b", NULL);
  g_autofree char *parent = g_path_get_dirname (to);

  open_after_kill (fixture);
  place_prepare (fixture);
  place_write_all (fixture);
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
test_old_note_is_not_followed (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->elsewhere, "test", NULL), *note = note_of (fixture);

  open_after_kill (fixture);
  place_prepare (fixture);
  place_write_all (fixture);
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
test_damaged_note_is_not_followed (PlaceFixture *fixture, gconstpointer data)
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
make_record (PlaceFixture *fixture)
{
  BtResume *record = bt_resume_new (fixture->torrent->metainfo, bt_metainfo_get_info_hash (fixture->torrent->metainfo));
  BtFileStamp stamps[N_FILES], parts;
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_sync (fixture->set, TRUE, stamps, &parts, &failed, &error);
  g_assert_no_error (error);
  record->checked = record->clean = TRUE;
  for (guint i = 0; i < N_FILES; i++)
    {
      record->files[i].size = stamps[i].size;
      record->files[i].mtime = stamps[i].mtime;
    }
  return record;
}

static gboolean
follow_after_kill (PlaceFixture *fixture, const BtResume *record)
{
  open_after_kill (fixture);
  bt_file_set_expect (fixture->set, record);
  return bt_file_set_follow_note (fixture->set);
}

/* A move to @elsewhere has copied everything. */
static void
note_whole_copy (PlaceFixture *fixture)
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
test_disk_of_the_copy_comes_later (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *note = note_of (fixture);
  g_autofree char *from = g_build_filename (fixture->folder, "test", NULL);
  g_autofree char *to = g_build_filename (fixture->elsewhere, "test", NULL);
  g_autofree char *aside = g_build_filename (fixture->own, "test", NULL);
  g_autoptr (BtResume) record = NULL;

  place_prepare (fixture);
  place_write_all (fixture);
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
test_older_copy_is_not_used (PlaceFixture *fixture, gconstpointer data)
{
  g_autofree char *note = note_of (fixture);
  g_autofree char *folder = g_build_filename (fixture->elsewhere, "test", NULL);
  g_autofree char *old = g_build_filename (folder, "a", NULL);
  g_autoptr (BtResume) record = NULL;

  place_prepare (fixture);
  place_write_all (fixture);
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

#define ADD(path, function) g_test_add ("/move-note/" path, PlaceFixture, NULL, place_set_up, function, place_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("killed-after-the-move", test_killed_after_the_move);
  ADD ("killed-between-two-files", test_killed_between_two_files);
  ADD ("old-one-is-not-followed", test_old_note_is_not_followed);
  ADD ("damaged-one-is-not-followed", test_damaged_note_is_not_followed);
  ADD ("disk-of-the-copy-comes-later", test_disk_of_the_copy_comes_later);
  ADD ("older-copy-is-not-used", test_older_copy_is_not_used);
  return g_test_run ();
}
