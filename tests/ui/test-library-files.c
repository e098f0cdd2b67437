/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "ui-support.h"

#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* What becomes of the files of torrents in the library. Each is downloaded
 * from the demo's own swarm, so that its file is one that we made. */
typedef struct
{
  FreshetLibrary *library;
  FreshetDemo *demo;
  FreshetTorrentItem *item;
  char *folder;   /* of the database, and others below it */
  char *path;     /* of the file, when it is complete */
  gboolean finished;
  guint n_left;
  GError *error;
  guint n_told;
} Fixture;

static void
finished_cb (FreshetLibrary *library, FreshetTorrentItem *item, gpointer data)
{
  ((Fixture *) data)->finished = TRUE;
}

static void
files_left_cb (FreshetLibrary *library, const char *name, const GError *error, guint n_left, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_told++;
  fixture->n_left = n_left;
  fixture->error = error == NULL ? NULL : g_error_copy (error);
}

static gboolean
is_true (gpointer data)
{
  return *(gboolean *) data;
}

static gboolean
is_gone (gpointer data)
{
  return !g_file_test (data, G_FILE_TEST_EXISTS);
}

static gboolean
is_asleep (gpointer data)
{
  return freshet_torrent_item_get_torrent (data) == NULL;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  fixture->folder = ui_folder_new ();
  fixture->library = ui_library_new ();
  fixture->demo = freshet_demo_new (2000001);
  freshet_demo_prepare_async (fixture->demo, NULL, NULL, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_prepare_finish (fixture->demo, result, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->library, "finished", G_CALLBACK (finished_cb), fixture);
  g_signal_connect (fixture->library, "files-left", G_CALLBACK (files_left_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  if (fixture->library != NULL)
    ui_library_close (fixture->library);
  freshet_demo_close_async (fixture->demo, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_close_finish (fixture->demo, result, NULL);
  g_object_unref (fixture->demo);
  ui_folder_remove (fixture->folder);
  g_free (fixture->path);
  g_clear_error (&fixture->error);
}

static void
add (Fixture *fixture)
{
  BtTorrentOptions options = { .folder = freshet_demo_get_download_folder (fixture->demo) };
  BtMetainfo *metainfo = freshet_demo_get_metainfo (fixture->demo);
  g_autoptr (GError) error = NULL;

  fixture->item = freshet_library_add (fixture->library, metainfo, &options, &error);
  g_assert_no_error (error);
  fixture->path = g_build_filename (options.folder, bt_metainfo_get_name (metainfo), NULL);
}

static void
download (Fixture *fixture)
{
  add (fixture);
  ui_wait (is_true, &fixture->finished);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
open_store (Fixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_library_open_async (fixture->library, fixture->folder, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_assert_true (freshet_library_open_finish (fixture->library, result));
}

static gboolean
is_in_trash (Fixture *fixture)
{
  g_autofree char *name = g_path_get_basename (fixture->path);
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "Trash", "files", name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_undone_in_time (Fixture *fixture, gconstpointer data)
{
  download (fixture);
  freshet_library_remove_with_files (fixture->library, fixture->item);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->library)), ==, 0);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  freshet_library_restore (fixture->library, fixture->item);
  freshet_library_forget (fixture->library, fixture->item);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  /* Undone is undone: the next time is another one. */
  freshet_library_remove (fixture->library, fixture->item);
  freshet_library_forget (fixture->library, fixture->item);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_files_go_to_the_trash (Fixture *fixture, gconstpointer data)
{
  download (fixture);
  freshet_library_remove_with_files (fixture->library, fixture->item);
  freshet_library_forget (fixture->library, fixture->item);
  ui_wait (is_gone, fixture->path);
  ui_library_close (g_steal_pointer (&fixture->library));
  g_assert_true (is_in_trash (fixture));
  g_assert_cmpuint (fixture->n_told, ==, 0);
}

/* The program ends while Undo is still offered. */
static void
test_end_of_the_program_is_the_end_of_undo (Fixture *fixture, gconstpointer data)
{
  download (fixture);
  freshet_library_remove_with_files (fixture->library, fixture->item);
  ui_library_close (g_steal_pointer (&fixture->library));
  g_assert_true (is_gone (fixture->path));
  g_assert_true (is_in_trash (fixture));
}

static void
test_sleeping_torrent (Fixture *fixture, gconstpointer data)
{
  open_store (fixture);
  download (fixture);
  freshet_torrent_item_pause (fixture->item);
  ui_wait (is_asleep, fixture->item);
  freshet_library_remove_with_files (fixture->library, fixture->item);
  freshet_library_forget (fixture->library, fixture->item);
  ui_wait (is_gone, fixture->path);
  ui_library_close (g_steal_pointer (&fixture->library));
  g_assert_true (is_in_trash (fixture));
}

static gboolean
was_told (gpointer data)
{
  return ((Fixture *) data)->n_told > 0;
}

/* Whose else it is, the torrent goes without it, and the person hears so. */
static void
assert_removal_leaves_the_file (Fixture *fixture)
{
  download (fixture);
  freshet_library_remove_with_files (fixture->library, fixture->item);
  freshet_library_forget (fixture->library, fixture->item);
  ui_wait (was_told, fixture);
  g_assert_cmpuint (fixture->n_left, ==, 1);
  g_assert_no_error (fixture->error);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_adopted_file_stays_and_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *name = NULL;

  name = g_build_filename (freshet_demo_get_download_folder (fixture->demo),
                           bt_metainfo_get_name (freshet_demo_get_metainfo (fixture->demo)), NULL);
  g_assert_true (g_file_set_contents (name, "was here before", -1, NULL));
  assert_removal_leaves_the_file (fixture);
}

/* One that sleeps has the same file: a person gave it that name. */
static void
test_file_of_a_renamed_sleeper_stays (Fixture *fixture, gconstpointer data)
{
  const char *folder = freshet_demo_get_download_folder (fixture->demo);
  const char *name = bt_metainfo_get_name (freshet_demo_get_metainfo (fixture->demo));
  g_autoptr (BtMetainfo) other = ui_metainfo_new ("known by another name", 2000001);
  BtTorrentOptions options = { .folder = folder, .paused = TRUE };
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *sleeper;

  open_store (fixture);
  sleeper = freshet_library_add (fixture->library, other, &options, &error);
  g_assert_no_error (error);
  bt_torrent_rename_async (freshet_torrent_item_get_torrent (sleeper), "known by another name", name, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  bt_torrent_rename_finish (freshet_torrent_item_get_torrent (sleeper), result, &error);
  g_assert_no_error (error);
  ui_wait (is_asleep, sleeper);
  assert_removal_leaves_the_file (fixture);
}

static void
files_shared_cb (FreshetLibrary *library, const char *name, guint n, gpointer data)
{
  *(guint *) data += n;
}

/* What is moved is not taken away from one that sleeps. */
static void
test_moved_file_of_a_sleeper_stays (Fixture *fixture, gconstpointer data)
{
  const char *folder = freshet_demo_get_download_folder (fixture->demo);
  const char *name = bt_metainfo_get_name (freshet_demo_get_metainfo (fixture->demo));
  g_autoptr (BtMetainfo) other = ui_metainfo_new (name, 2000001);
  g_autofree char *elsewhere = g_build_filename (fixture->folder, "elsewhere", NULL);
  g_autofree char *moved = g_build_filename (elsewhere, name, NULL);
  BtTorrentOptions options = { .folder = folder, .paused = TRUE };
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *sleeper;
  guint n_shared = 0;

  open_store (fixture);
  g_signal_connect (fixture->library, "files-shared", G_CALLBACK (files_shared_cb), &n_shared);
  sleeper = freshet_library_add (fixture->library, other, &options, &error);
  g_assert_no_error (error);
  ui_wait (is_asleep, sleeper);
  download (fixture);
  freshet_library_move_files_async (fixture->library, fixture->item, elsewhere, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_assert_true (freshet_library_move_files_finish (fixture->library, result, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (moved, G_FILE_TEST_EXISTS));
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (n_shared, ==, 1);
}

static void
move (Fixture *fixture, const char *folder, GError **error)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_library_move_files_async (fixture->library, fixture->item, folder, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_library_move_files_finish (fixture->library, result, error);
}

/* Another torrent with a file of that name, in the same folder by way of a link. */
static FreshetTorrentItem *
add_namesake (Fixture *fixture)
{
  g_autofree char *link = g_build_filename (fixture->folder, "link", NULL);
  g_autoptr (BtMetainfo) other = ui_metainfo_new (bt_metainfo_get_name (freshet_demo_get_metainfo (fixture->demo)), 2000001);
  BtTorrentOptions options = { .folder = link, .paused = TRUE };
  FreshetTorrentItem *item;

  g_assert_cmpint (symlink (freshet_demo_get_download_folder (fixture->demo), link), ==, 0);
  item = freshet_library_add (fixture->library, other, &options, NULL);
  g_assert_nonnull (item);
  return item;
}

/* What is moved or removed is not taken away from one that calls its folder
 * something else, whether that sleeps or not. */
static void
test_file_of_a_namesake_stays (Fixture *fixture, gconstpointer asleep)
{
  g_autofree char *elsewhere = g_build_filename (fixture->folder, "elsewhere", NULL);
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *namesake;
  guint n_shared = 0;

  if (asleep != NULL)
    open_store (fixture);
  g_signal_connect (fixture->library, "files-shared", G_CALLBACK (files_shared_cb), &n_shared);
  namesake = add_namesake (fixture);
  if (asleep != NULL)
    ui_wait (is_asleep, namesake);
  download (fixture);
  move (fixture, elsewhere, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (n_shared, ==, 1);
}

static void
test_removed_file_of_a_namesake_stays (Fixture *fixture, gconstpointer asleep)
{
  FreshetTorrentItem *namesake;

  if (asleep != NULL)
    open_store (fixture);
  namesake = add_namesake (fixture);
  if (asleep != NULL)
    ui_wait (is_asleep, namesake);
  assert_removal_leaves_the_file (fixture);
}

/* A folder that is moved to by its other name is the one where all is. */
static void
test_moved_to_where_it_is (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = g_build_filename (fixture->folder, "link", NULL);
  g_autoptr (GError) error = NULL;
  struct stat before, after;

  g_assert_cmpint (symlink (freshet_demo_get_download_folder (fixture->demo), link), ==, 0);
  download (fixture);
  g_assert_cmpint (g_stat (fixture->path, &before), ==, 0);
  move (fixture, link, &error);
  g_assert_cmpint (g_stat (fixture->path, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
  g_assert_cmpint (after.st_size, ==, 2000001);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
}

static void
test_unfinished_files_have_their_own_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *unfinished = g_build_filename (fixture->folder, "unfinished", NULL);
  BtTorrent *torrent;

  freshet_library_set_incomplete_folder (fixture->library, unfinished);
  add (fixture);
  torrent = freshet_torrent_item_get_torrent (fixture->item);
  g_assert_cmpstr (bt_torrent_get_folder (torrent), ==, unfinished);
  ui_wait (is_true, &fixture->finished);
  g_assert_cmpstr (bt_torrent_get_folder (torrent), ==, freshet_demo_get_download_folder (fixture->demo));
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

static void
test_label_has_a_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *films = g_build_filename (fixture->folder, "films", NULL);
  g_autoptr (GFile) file = NULL;
  gint64 label = freshet_library_put_label (fixture->library, 0, "Films", "#ff0000", films);

  add (fixture);
  freshet_library_set_label (fixture->library, fixture->item, label, TRUE);
  ui_wait (is_true, &fixture->finished);
  g_assert_cmpstr (bt_torrent_get_folder (freshet_torrent_item_get_torrent (fixture->item)), ==, films);
  file = freshet_torrent_item_dup_file (fixture->item);
  g_assert_true (g_str_has_prefix (g_file_peek_path (file), films));
  g_assert_true (g_file_query_exists (file, NULL));
}

static void
test_sleeping_torrent_is_moved (Fixture *fixture, gconstpointer data)
{
  g_autofree char *elsewhere = g_build_filename (fixture->folder, "elsewhere", NULL);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  open_store (fixture);
  download (fixture);
  freshet_torrent_item_pause (fixture->item);
  ui_wait (is_asleep, fixture->item);
  move (fixture, elsewhere, &error);
  g_assert_no_error (error);
  ui_wait (is_asleep, fixture->item);
  file = freshet_torrent_item_dup_file (fixture->item);
  g_assert_true (g_str_has_prefix (g_file_peek_path (file), elsewhere));
  g_assert_true (g_file_query_exists (file, NULL));
}

#define ADD_WITH(path, data, function) g_test_add ("/library-files/" path, Fixture, data, set_up, function, tear_down)
#define ADD(path, function) ADD_WITH (path, NULL, function)

int
main (int argc, char *argv[])
{
  char *home = ui_folder_new ();
  int result;

  /* Not all of the system's folders are exchanged, as for isolated tests: the
   * network asks the system for its settings. */
  g_setenv ("HOME", home, TRUE);
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("remove/undone-in-time", test_undone_in_time);
  ADD ("remove/to-the-trash", test_files_go_to_the_trash);
  ADD ("remove/end-of-the-program", test_end_of_the_program_is_the_end_of_undo);
  ADD ("remove/asleep", test_sleeping_torrent);
  ADD ("remove/adopted-file-stays", test_adopted_file_stays_and_is_told);
  ADD ("remove/file-of-a-renamed-sleeper-stays", test_file_of_a_renamed_sleeper_stays);
  ADD ("remove/moved-file-of-a-sleeper-stays", test_moved_file_of_a_sleeper_stays);
  ADD_WITH ("namesake/moved", NULL, test_file_of_a_namesake_stays);
  ADD_WITH ("namesake/moved-and-asleep", "asleep", test_file_of_a_namesake_stays);
  ADD_WITH ("namesake/removed", NULL, test_removed_file_of_a_namesake_stays);
  ADD_WITH ("namesake/removed-and-asleep", "asleep", test_removed_file_of_a_namesake_stays);
  ADD ("place/moved-to-where-it-is", test_moved_to_where_it_is);
  ADD ("place/unfinished-files", test_unfinished_files_have_their_own_folder);
  ADD ("place/label", test_label_has_a_folder);
  ADD ("place/moved-while-asleep", test_sleeping_torrent_is_moved);
  result = g_test_run ();
  ui_folder_remove (home);
  return result;
}
