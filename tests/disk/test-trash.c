/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set.h"
#include "bt-test-disk.h"
#include "bt-test-loop.h"
#include "bt-test-torrent.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only what we made goes, and it goes to the trash. */

enum
{
  FILE_A,
  FILE_B,
  FILE_C,
};

static const BtTestFile files[] = {
  [FILE_A] = { .path = "a", .length = 1000 },
  [FILE_B] = { .path = "one/b", .length = 2000 },
  [FILE_C] = { .path = "one/two/c", .length = 3000 },
};

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtTestDisk system;
  BtTestFolder *folder;
  BtTestFolder *trash;
  BtTestFolder *elsewhere;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (10);
  fixture->folder = bt_test_folder_new ();
  fixture->trash = bt_test_folder_new ();
  fixture->elsewhere = bt_test_folder_new ();
  fixture->system.free = G_MAXSIZE;
  fixture->system.trash = fixture->trash;
  bt_test_disk_use (&fixture->system);
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
  bt_test_folder_free (fixture->trash);
  bt_test_folder_free (fixture->elsewhere);
  bt_test_disk_use (NULL);
}

/* Puts a link in place of what is at @path, as somebody with bad intentions. */
static void
replace_by_link (Fixture *fixture, const char *path, const char *target)
{
  g_autofree char *whole = g_build_filename (fixture->folder, path, NULL);

  bt_test_delete (whole);
  g_assert_cmpint (symlink (target, whole), ==, 0);
}

static gboolean
download (Fixture *fixture)
{
  gboolean found;
  int failed;

  return bt_file_set_prepare (fixture->set, &found, &failed, NULL) &&
         bt_file_set_write (fixture->set, 0, fixture->torrent->content, fixture->torrent->length, &failed, NULL);
}

static guint
trash (Fixture *fixture, GHashTable *keep)
{
  g_autoptr (GError) error = NULL;
  guint n_left;
  int failed;

  bt_file_set_trash (fixture->set, keep, &n_left, &failed, &error);
  g_assert_no_error (error);
  return n_left;
}

static void
test_folder_goes_as_a_whole (Fixture *fixture, gconstpointer data)
{
  g_assert_true (download (fixture));
  g_assert_cmpuint (trash (fixture, NULL), ==, 0);
  g_assert_cmpint (fixture->system.n_trashed, ==, 1);
  g_assert_false (bt_test_folder_has (fixture->folder, "test"));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->trash);
}

static void
test_single_file (void)
{
  BtTestSpec spec = { .name = "only", .piece_length = 16384, .length = 1000 };
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestFolder) folder = bt_test_folder_new ();
  g_autoptr (BtTestFolder) bin = bt_test_folder_new ();
  BtTestDisk system = { .free = G_MAXSIZE, .trash = bin };
  BtLayout *layout = bt_layout_new (torrent->metainfo);
  BtFileCache *cache = bt_file_cache_new (10);
  BtFileSet *set = bt_file_set_new (layout, folder, cache);
  gboolean found;
  guint n_left;
  int failed;

  bt_test_disk_use (&system);
  bt_test_folder_put (folder, "other", "mine");
  g_assert_true (bt_file_set_prepare (set, &found, &failed, NULL));
  g_assert_true (bt_file_set_write (set, 0, torrent->content, 1000, &failed, NULL));
  g_assert_true (bt_file_set_trash (set, NULL, &n_left, &failed, NULL));
  g_assert_false (bt_test_folder_has (folder, "only"));
  g_assert_true (bt_test_folder_has (bin, "only"));
  bt_test_folder_assert_holds (folder, "other", "mine");
  bt_test_disk_use (NULL);
  bt_file_set_unref (set);
  bt_file_cache_unref (cache);
  bt_layout_unref (layout);
}

static void
test_adopted_files_stay (Fixture *fixture, gconstpointer data)
{
  bt_test_folder_put (fixture->folder, "test/one/b", "x");
  g_assert_true (download (fixture));
  g_assert_cmpuint (trash (fixture, NULL), ==, 1);
  g_assert_false (bt_test_folder_has (fixture->folder, "test/a"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one/two"));
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/b"));
  g_assert_true (bt_test_folder_has (fixture->trash, "a"));
  g_assert_true (bt_test_folder_has (fixture->trash, "c"));
}

static void
test_all_adopted_is_all_left (Fixture *fixture, gconstpointer data)
{
  bt_test_torrent_store (fixture->torrent, fixture->folder);
  g_assert_true (download (fixture));
  g_assert_cmpuint (trash (fixture, NULL), ==, 3);
  g_assert_cmpint (fixture->system.n_trashed, ==, 0);
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_foreign_files_in_the_folder_stay (Fixture *fixture, gconstpointer data)
{
  g_assert_true (download (fixture));
  bt_test_folder_put (fixture->folder, "test/one/foreign", "mine");
  g_assert_cmpuint (trash (fixture, NULL), ==, 0);
  g_assert_cmpint (fixture->system.n_trashed, ==, 3);
  bt_test_folder_assert_holds (fixture->folder, "test/one/foreign", "mine");
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one/b"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/one/two"));
}

static void
test_foreign_folder_stays (Fixture *fixture, gconstpointer data)
{
  g_autofree char *foreign = g_build_filename (fixture->folder, "test", "one", "empty", NULL);

  g_assert_true (download (fixture));
  g_assert_cmpint (g_mkdir (foreign, 0777), ==, 0);
  trash (fixture, NULL);
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/empty"));
}

static void
test_link_in_place_of_a_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *victim = g_build_filename (fixture->elsewhere, "victim", NULL);

  bt_test_folder_put (fixture->elsewhere, "victim", "precious");
  g_assert_true (download (fixture));
  replace_by_link (fixture, "test/one/b", victim);
  g_assert_cmpuint (trash (fixture, NULL), ==, 1);
  bt_test_folder_assert_holds (fixture->elsewhere, "victim", "precious");
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/b"));
  g_assert_true (bt_test_folder_has (fixture->trash, "a"));
}

/* What is behind the link has names that a torrent of ours has, too. */
static void
test_link_in_place_of_a_folder (Fixture *fixture, gconstpointer data)
{
  bt_test_folder_put (fixture->elsewhere, "b", "precious");
  bt_test_folder_put (fixture->elsewhere, "two/c", "precious");
  g_assert_true (download (fixture));
  replace_by_link (fixture, "test/one", fixture->elsewhere);
  trash (fixture, NULL);
  bt_test_folder_assert_holds (fixture->elsewhere, "b", "precious");
  bt_test_folder_assert_holds (fixture->elsewhere, "two/c", "precious");
  g_assert_false (bt_test_folder_has (fixture->trash, "b"));
  g_assert_true (bt_test_folder_has (fixture->trash, "a"));
}

static void
test_link_in_place_of_the_torrents_folder (Fixture *fixture, gconstpointer data)
{
  bt_test_folder_put (fixture->elsewhere, "a", "precious");
  bt_test_folder_put (fixture->elsewhere, "one/b", "precious");
  g_assert_true (download (fixture));
  replace_by_link (fixture, "test", fixture->elsewhere);
  trash (fixture, NULL);
  g_assert_cmpint (fixture->system.n_trashed, ==, 0);
  bt_test_folder_assert_holds (fixture->elsewhere, "a", "precious");
  bt_test_folder_assert_holds (fixture->elsewhere, "one/b", "precious");
}

static void
test_what_another_torrent_needs_stays (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) keep = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  g_hash_table_add (keep, g_build_filename (fixture->folder, "test", "one", "b", NULL));
  g_assert_true (download (fixture));
  g_assert_cmpuint (trash (fixture, keep), ==, 1);
  g_assert_true (bt_test_folder_has (fixture->folder, "test/one/b"));
  g_assert_false (bt_test_folder_has (fixture->folder, "test/a"));
}

/* Somebody puts a file of their own where ours was. */
static void
replace_by_file (Fixture *fixture, const char *path)
{
  g_autofree char *mine = g_build_filename (fixture->elsewhere, "mine", NULL);
  g_autofree char *whole = g_build_filename (fixture->folder, path, NULL);

  bt_test_folder_put (fixture->elsewhere, "mine", "precious");
  g_assert_cmpint (g_rename (mine, whole), ==, 0);
}

/* What a record says of the files. */
static BtResume *
make_record (Fixture *fixture)
{
  BtResume *record = bt_resume_new (fixture->torrent->metainfo, bt_metainfo_get_info_hash (fixture->torrent->metainfo));
  BtFileStamp stamps[G_N_ELEMENTS (files)], parts;
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_sync (fixture->set, TRUE, stamps, &parts, &failed, &error);
  g_assert_no_error (error);
  record->clean = record->checked = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      record->files[i].size = stamps[i].size;
      record->files[i].mtime = stamps[i].mtime;
    }
  bt_placement_clear (&record->place);
  bt_file_set_get_placement (fixture->set, &record->place);
  return record;
}

static void
begin_again (Fixture *fixture, const BtResume *record)
{
  bt_file_set_unref (fixture->set);
  fixture->set = bt_file_set_new (fixture->layout, fixture->folder, fixture->cache);
  bt_file_set_set_placement (fixture->set, &record->place);
  bt_file_set_expect (fixture->set, record);
}

static void
assert_all_but_b_goes (Fixture *fixture)
{
  g_assert_cmpuint (trash (fixture, NULL), ==, 1);
  bt_test_folder_assert_holds (fixture->folder, "test/one/b", "precious");
  g_assert_true (bt_test_folder_has (fixture->trash, "a"));
  g_assert_true (bt_test_folder_has (fixture->trash, "c"));
  g_assert_false (bt_test_folder_has (fixture->trash, "b"));
}

static void
test_file_in_place_of_ours (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtResume) record = NULL;

  g_assert_true (download (fixture));
  record = make_record (fixture);
  replace_by_file (fixture, "test/one/b");
  assert_all_but_b_goes (fixture);
}

static void
test_file_in_place_of_ours_after_a_restart (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtResume) record = NULL;

  g_assert_true (download (fixture));
  record = make_record (fixture);
  replace_by_file (fixture, "test/one/b");
  begin_again (fixture, record);
  assert_all_but_b_goes (fixture);
}

/* Records of earlier versions, and file systems that say nothing of births. */
static void
test_file_of_unknown_birth (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtResume) record = NULL;
  gboolean prepare = GPOINTER_TO_INT (data), found;
  BtBitfield doubt;
  int failed, gone;

  g_assert_true (download (fixture));
  record = make_record (fixture);
  memset (record->place.identities, 0, sizeof (BtFileIdentity) * G_N_ELEMENTS (files));
  replace_by_file (fixture, "test/one/b");
  begin_again (fixture, record);
  if (prepare)
    {
      g_assert_true (bt_file_set_prepare (fixture->set, &found, &failed, NULL));
      bt_bitfield_init (&doubt, fixture->layout->n_pieces);
      bt_file_set_compare (fixture->set, record, 0, &doubt, &gone);
      bt_bitfield_clear (&doubt);
    }
  assert_all_but_b_goes (fixture);
}

/* Its bytes and its time do not make it another one. */
static void
test_file_that_was_written_to_is_still_ours (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtResume) record = NULL;
  g_autofree char *path = g_build_filename (fixture->folder, "test", "a", NULL);

  g_assert_true (download (fixture));
  record = make_record (fixture);
  if (record->place.identities[FILE_A].born == 0)
    {
      g_test_skip ("this file system does not say when a file was born");
      return;
    }
  g_assert_cmpint (truncate (path, 17), ==, 0);
  begin_again (fixture, record);
  g_assert_cmpuint (trash (fixture, NULL), ==, 0);
  g_assert_false (bt_test_folder_has (fixture->folder, "test"));
}

static void
test_link_in_place_of_our_link (void)
{
  static const BtTestFile with_link[] = {
    { .path = "a", .length = 1000 },
    { .path = "link", .attr = "l", .symlink = "a" },
  };
  BtTestSpec spec = { .piece_length = 16384, .files = with_link, .n_files = G_N_ELEMENTS (with_link) };
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestFolder) folder = bt_test_folder_new ();
  g_autoptr (BtTestFolder) bin = bt_test_folder_new ();
  g_autofree char *link = g_build_filename (folder, "test", "link", NULL);
  BtTestDisk system = { .free = G_MAXSIZE, .trash = bin };
  BtLayout *layout = bt_layout_new (torrent->metainfo);
  BtFileCache *cache = bt_file_cache_new (10);
  BtFileSet *set = bt_file_set_new (layout, folder, cache);
  gboolean found;
  guint n_left;
  int failed;

  bt_test_disk_use (&system);
  g_assert_true (bt_file_set_prepare (set, &found, &failed, NULL));
  g_assert_true (bt_file_set_write (set, 0, torrent->content, 1000, &failed, NULL));
  g_assert_true (bt_file_set_finish (set, &failed, NULL));
  bt_test_delete (link);
  g_assert_cmpint (symlink ("/etc", link), ==, 0);
  g_assert_true (bt_file_set_trash (set, NULL, &n_left, &failed, NULL));
  g_assert_cmpuint (n_left, ==, 1);
  g_assert_true (bt_test_folder_has (folder, "test/link"));
  g_assert_true (bt_test_folder_has (bin, "a"));
  bt_test_disk_use (NULL);
  bt_file_set_unref (set);
  bt_file_cache_unref (cache);
  bt_layout_unref (layout);
}

static void
test_no_trash_is_told_and_nothing_goes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n_left;
  int failed;

  fixture->system.trash = NULL;
  g_assert_true (download (fixture));
  if (data != NULL)
    bt_test_folder_put (fixture->folder, "test/foreign", "mine");
  g_assert_false (bt_file_set_trash (fixture->set, NULL, &n_left, &failed, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  g_assert_nonnull (strstr (error->message, "could not be moved to the trash"));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_nothing_is_made_anew (Fixture *fixture, gconstpointer data)
{
  int failed;

  g_assert_true (download (fixture));
  trash (fixture, NULL);
  g_assert_false (bt_file_set_write (fixture->set, 0, fixture->torrent->content, 100, &failed, NULL));
  g_assert_false (bt_test_folder_has (fixture->folder, "test"));
  g_assert_true (download (fixture));
  bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
}

static void
test_real_trash (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n_left;
  int failed;

  bt_test_disk_use (NULL);
  g_assert_cmpint (g_mkdir_with_parents (g_get_home_dir (), 0700), ==, 0);
  g_assert_true (download (fixture));
  if (!bt_file_set_trash (fixture->set, NULL, &n_left, &failed, &error))
    {
      /* A system folder has none; then everything is where it was. */
      bt_test_torrent_assert_stored (fixture->torrent, fixture->folder);
      g_test_skip (error->message);
      return;
    }
  g_assert_false (bt_test_folder_has (fixture->folder, "test"));
  g_assert_true (bt_test_folder_has (g_get_user_data_dir (), "Trash/files/test/one/two/c"));
}

#define ADD(path, function) g_test_add ("/trash/" path, Fixture, NULL, set_up, function, tear_down)
#define ADD_WITH(path, data, function) g_test_add ("/trash/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("folder-goes-as-a-whole", test_folder_goes_as_a_whole);
  g_test_add_func ("/trash/single-file", test_single_file);
  ADD ("stays/adopted-files", test_adopted_files_stay);
  ADD ("stays/all-of-it", test_all_adopted_is_all_left);
  ADD ("stays/foreign-files-in-the-folder", test_foreign_files_in_the_folder_stay);
  ADD ("stays/foreign-folder", test_foreign_folder_stays);
  ADD ("stays/what-another-torrent-needs", test_what_another_torrent_needs_stays);
  ADD ("stays/file-in-place-of-ours", test_file_in_place_of_ours);
  ADD ("stays/file-in-place-of-ours-after-a-restart", test_file_in_place_of_ours_after_a_restart);
  ADD_WITH ("stays/file-of-unknown-birth/asleep", GINT_TO_POINTER (FALSE), test_file_of_unknown_birth);
  ADD_WITH ("stays/file-of-unknown-birth/looked-at", GINT_TO_POINTER (TRUE), test_file_of_unknown_birth);
  ADD ("file-that-was-written-to", test_file_that_was_written_to_is_still_ours);
  g_test_add_func ("/trash/link/in-place-of-our-link", test_link_in_place_of_our_link);
  ADD ("link/in-place-of-a-file", test_link_in_place_of_a_file);
  ADD ("link/in-place-of-a-folder", test_link_in_place_of_a_folder);
  ADD ("link/in-place-of-the-torrents-folder", test_link_in_place_of_the_torrents_folder);
  ADD_WITH ("no-trash/whole-folder", NULL, test_no_trash_is_told_and_nothing_goes);
  ADD_WITH ("no-trash/file-by-file", GINT_TO_POINTER (1), test_no_trash_is_told_and_nothing_goes);
  ADD ("nothing-is-made-anew", test_nothing_is_made_anew);
  ADD ("real-trash", test_real_trash);
  return g_test_run ();
}
