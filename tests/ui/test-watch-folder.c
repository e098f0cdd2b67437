/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-watch-folder.h"
#include "ui-support.h"

#include <glib/gstdio.h>

typedef struct
{
  char *folder;
  char *downloads;
  FreshetLibrary *library;
  FreshetWatchFolder *watch;
  guint n_failed;
} Fixture;

static void
failed_cb (FreshetWatchFolder *watch, const char *name, const GError *error, gpointer data)
{
  ((Fixture *) data)->n_failed++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) downloads = NULL;

  fixture->folder = ui_folder_new ();
  fixture->downloads = ui_folder_new ();
  downloads = g_file_new_for_path (fixture->downloads);
  fixture->library = ui_library_new ();
  fixture->watch = freshet_watch_folder_new (fixture->library);
  freshet_watch_folder_set_download_folder (fixture->watch, downloads);
  g_signal_connect (fixture->watch, "failed", G_CALLBACK (failed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  freshet_watch_folder_set_path (fixture->watch, NULL);
  g_object_unref (fixture->watch);
  ui_library_close (fixture->library);
  ui_folder_remove (fixture->folder);
  ui_folder_remove (fixture->downloads);
}

/* Under another name first, as a browser does, or at once. */
static void
put (Fixture *fixture, const char *torrent, const char *name, gboolean by_renaming)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (torrent, 1000000);
  GBytes *bytes = bt_metainfo_get_bytes (metainfo);
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *other = g_strconcat (path, ".partial", NULL);

  g_assert_true (g_file_set_contents_full (by_renaming ? other : path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                           G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  if (by_renaming)
    g_assert_cmpint (g_rename (other, path), ==, 0);
}

static gboolean
is_marked (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autofree char *marked = g_strconcat (path, ".added", NULL);

  return g_file_test (marked, G_FILE_TEST_EXISTS) && !g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
first_is_marked (gpointer data)
{
  return is_marked (data, "one.torrent");
}

static gboolean
both_are_marked (gpointer data)
{
  return is_marked (data, "one.torrent") && is_marked (data, "two.torrent");
}

static gboolean
has_failed (gpointer data)
{
  return ((Fixture *) data)->n_failed > 0;
}

static guint
n_items (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->library));
}

static void
test_takes_what_is_there_and_what_comes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetTorrentItem) item = NULL;
  g_autoptr (GFile) file = NULL;

  put (fixture, "a", "one.torrent", FALSE);
  put (fixture, "x", "no torrent.txt", FALSE);
  freshet_watch_folder_set_path (fixture->watch, fixture->folder);
  ui_wait (first_is_marked, fixture);
  g_assert_cmpuint (n_items (fixture), ==, 1);
  put (fixture, "b", "two.torrent", TRUE);
  ui_wait (both_are_marked, fixture);
  g_assert_cmpuint (n_items (fixture), ==, 2);
  item = g_list_model_get_item (G_LIST_MODEL (fixture->library), 0);
  file = freshet_torrent_item_dup_file (item);
  g_assert_true (g_str_has_prefix (g_file_peek_path (file), fixture->downloads));
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

static void
test_twins_are_marked_too (Fixture *fixture, gconstpointer data)
{
  put (fixture, "a", "one.torrent", FALSE);
  put (fixture, "a", "two.torrent", FALSE);
  freshet_watch_folder_set_path (fixture->watch, fixture->folder);
  ui_wait (both_are_marked, fixture);
  g_assert_cmpuint (n_items (fixture), ==, 1);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

/* Half of it may be all there is yet: it is left alone until it changes. */
static void
test_what_cannot_be_read_is_left (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "one.torrent", NULL);

  g_assert_true (g_file_set_contents (path, "d8:announce", -1, NULL));
  freshet_watch_folder_set_path (fixture->watch, fixture->folder);
  ui_wait (has_failed, fixture);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  put (fixture, "a", "one.torrent", TRUE);
  ui_wait (first_is_marked, fixture);
  g_assert_cmpuint (n_items (fixture), ==, 1);
}

static void
test_a_folder_that_is_missing_is_told (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "missing", NULL);

  freshet_watch_folder_set_path (fixture->watch, path);
  ui_wait (has_failed, fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/watch-folder/takes-what-is-there-and-what-comes", Fixture, NULL, set_up, test_takes_what_is_there_and_what_comes, tear_down);
  g_test_add ("/watch-folder/twins-are-marked-too", Fixture, NULL, set_up, test_twins_are_marked_too, tear_down);
  g_test_add ("/watch-folder/what-cannot-be-read-is-left", Fixture, NULL, set_up, test_what_cannot_be_read_is_left, tear_down);
  g_test_add ("/watch-folder/a-folder-that-is-missing-is-told", Fixture, NULL, set_up, test_a_folder_that_is_missing_is_told, tear_down);
  return g_test_run ();
}
