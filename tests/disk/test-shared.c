/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-move.h"
#include "bt-test-disk.h"
#include "bt-test-session.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>

/* A torrent is moved and renamed, and another one has some of its files. */
typedef struct
{
  BtTestTorrent *content;
  BtTestTorrent *other_content;
  BtTestSession *session;
  BtTestDisk system;
  BtTorrent *torrent;
  BtTorrent *other;
  BtTestFolder *target;
  GAsyncResult *result;
  guint n_shared;
} Fixture;

/* The first is the same file in both. */
static const BtTestFile files[] = {
  { .path = "first", .length = 400000 },
  { .path = "one/second", .length = 90000 },
};
static const BtTestFile other_files[] = {
  { .path = "first", .length = 400000 },
  { .path = "third", .length = 1000 },
};

static void
shared_cb (BtTorrent *torrent, guint n, gpointer data)
{
  Fixture *fixture = data;

  fixture->n_shared += n;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };
  BtTestSpec other_spec = { .piece_length = 65536, .files = other_files, .n_files = G_N_ELEMENTS (other_files) };

  fixture->target = bt_test_folder_new ();
  fixture->system = (BtTestDisk){ .no_kernel_copy = TRUE, .free = G_MAXSIZE };
  bt_test_disk_use (&fixture->system);
  fixture->content = bt_test_torrent_new (&spec);
  fixture->other_content = bt_test_torrent_new (&other_spec);
  fixture->session = bt_test_session_new (NULL);
  fixture->other = bt_test_session_seed (fixture->session, fixture->other_content);
  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
  g_signal_connect (fixture->torrent, "files-shared", G_CALLBACK (shared_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->result);
  bt_test_session_free (fixture->session);
  bt_test_folder_free (fixture->target);
  bt_test_torrent_free (fixture->content);
  bt_test_torrent_free (fixture->other_content);
  bt_test_disk_use (NULL);
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;

  fixture->result = g_object_ref (result);
}

static void
move (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  bt_torrent_move_async (fixture->torrent, fixture->target, NULL, NULL, NULL, result_cb, fixture);
  bt_test_wait (fixture->result != NULL);
  bt_torrent_move_finish (fixture->torrent, fixture->result, &error);
  g_assert_no_error (error);
}

/* Every byte of it is still where it was. */
static void
assert_other_is_whole (Fixture *fixture)
{
  bt_test_torrent_assert_stored (fixture->other_content, fixture->session->folder);
  bt_torrent_recheck (fixture->other);
  bt_test_wait (bt_torrent_get_state (fixture->other) != BT_TORRENT_CHECKING);
  g_assert_cmpint (bt_torrent_get_state (fixture->other), ==, BT_TORRENT_SEEDING);
}

static void
test_moved_by_names (Fixture *fixture, gconstpointer data)
{
  move (fixture);
  bt_test_torrent_assert_stored (fixture->content, fixture->target);
  assert_other_is_whole (fixture);
  g_assert_false (bt_test_folder_has (fixture->session->folder, "test/one/second"));
  g_assert_cmpuint (fixture->n_shared, ==, 1);
}

static void
test_moved_by_copies (Fixture *fixture, gconstpointer data)
{
  g_atomic_int_set (&fixture->system.apart, TRUE);
  test_moved_by_names (fixture, data);
}

/* FAT for one. */
static void
test_file_system_without_links (Fixture *fixture, gconstpointer data)
{
  g_atomic_int_set (&fixture->system.link_error, EPERM);
  test_moved_by_names (fixture, data);
}

static void
test_renamed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  bt_torrent_rename_async (fixture->torrent, "test", "mine", result_cb, fixture);
  bt_test_wait (fixture->result != NULL);
  bt_torrent_rename_finish (fixture->torrent, fixture->result, &error);
  g_assert_no_error (error);
  g_assert_true (bt_test_folder_has (fixture->session->folder, "mine/first"));
  g_assert_true (bt_test_folder_has (fixture->session->folder, "mine/one/second"));
  g_assert_false (bt_test_folder_has (fixture->session->folder, "test/one/second"));
  assert_other_is_whole (fixture);
  g_assert_cmpuint (fixture->n_shared, ==, 1);
}

static gboolean
ask_cb (BtTorrent *torrent, gpointer data)
{
  *(gboolean *) data = TRUE;
  return TRUE;
}

/* Somebody knows of a torrent that is not in the session. */
static void
test_neighbours_are_waited_for (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->session->folder, "test", "one", "second", NULL);
  const char *paths[] = { path, NULL };
  gboolean asked = FALSE;

  g_signal_connect (fixture->torrent, "ask-neighbours", G_CALLBACK (ask_cb), &asked);
  bt_torrent_move_async (fixture->torrent, fixture->target, NULL, NULL, NULL, result_cb, fixture);
  g_assert_true (asked);
  bt_test_drain ();
  g_assert_null (fixture->result);
  g_assert_false (bt_test_folder_has (fixture->target, "test"));
  bt_torrent_answer_neighbours (fixture->torrent, paths);
  bt_test_wait (fixture->result != NULL);
  g_assert_true (bt_torrent_move_finish (fixture->torrent, fixture->result, NULL));
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  bt_test_torrent_assert_stored (fixture->content, fixture->target);
  g_assert_cmpuint (fixture->n_shared, ==, 2);
}

static void
assert_not_moved (Fixture *fixture)
{
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  g_assert_false (bt_test_folder_has (fixture->target, "test"));
}

/* The word of the neighbours is still to come when the move is not wanted any more. */
static void
test_cancelled_unanswered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  gboolean asked = FALSE;

  g_signal_connect (fixture->torrent, "ask-neighbours", G_CALLBACK (ask_cb), &asked);
  bt_torrent_move_async (fixture->torrent, fixture->target, NULL, NULL, NULL, result_cb, fixture);
  g_assert_true (asked);
  bt_torrent_cancel_move (fixture->torrent);
  bt_torrent_answer_neighbours (fixture->torrent, NULL);
  bt_test_wait (fixture->result != NULL);
  g_assert_false (bt_torrent_move_finish (fixture->torrent, fixture->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  assert_not_moved (fixture);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
}

static void
test_removed_unanswered (Fixture *fixture, gconstpointer data)
{
  gboolean asked = FALSE;

  g_signal_connect (fixture->torrent, "ask-neighbours", G_CALLBACK (ask_cb), &asked);
  bt_torrent_move_async (fixture->torrent, fixture->target, NULL, NULL, NULL, result_cb, fixture);
  g_assert_true (asked);
  bt_session_remove (fixture->session->session, fixture->torrent);
  bt_test_wait (fixture->result != NULL);
  g_assert_true (g_task_had_error (G_TASK (fixture->result)));
  assert_not_moved (fixture);
}

static void
test_removed_before_it_is_renamed (Fixture *fixture, gconstpointer data)
{
  gboolean asked = FALSE;

  g_signal_connect (fixture->torrent, "ask-neighbours", G_CALLBACK (ask_cb), &asked);
  bt_torrent_rename_async (fixture->torrent, "test", "mine", result_cb, fixture);
  g_assert_true (asked);
  bt_session_remove (fixture->session->session, fixture->torrent);
  bt_test_wait (fixture->result != NULL);
  g_assert_true (g_task_had_error (G_TASK (fixture->result)));
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
}

/* Below here without a session: the program is killed when all has been done
 * but the record. */
typedef struct
{
  BtTestTorrent *content;
  BtLayout *layout;
  BtFileCache *cache;
  BtFileSet *set;
  BtTestDisk system;
  BtTestFolder *folder;
  BtTestFolder *target;
  BtTestFolder *own;
  gboolean ended;
} Killed;

static void
open_set (Killed *killed)
{
  g_autofree char *note = g_build_filename (killed->own, "note", NULL);

  g_clear_pointer (&killed->set, bt_file_set_unref);
  killed->set = bt_file_set_new (killed->layout, killed->folder, killed->cache);
  bt_file_set_set_note_file (killed->set, note);
}

static void
killed_set_up (Killed *killed, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };

  killed->system = (BtTestDisk){ .apart = GPOINTER_TO_INT (data), .no_kernel_copy = TRUE, .free = G_MAXSIZE };
  bt_test_disk_use (&killed->system);
  killed->content = bt_test_torrent_new (&spec);
  killed->layout = bt_layout_new (killed->content->metainfo);
  killed->cache = bt_file_cache_new (10);
  killed->folder = bt_test_folder_new ();
  killed->target = bt_test_folder_new ();
  killed->own = bt_test_folder_new ();
  bt_test_torrent_store (killed->content, killed->folder);
  open_set (killed);
}

static void
killed_tear_down (Killed *killed, gconstpointer data)
{
  bt_file_set_unref (killed->set);
  bt_file_cache_unref (killed->cache);
  bt_layout_unref (killed->layout);
  bt_test_torrent_free (killed->content);
  bt_test_folder_free (killed->folder);
  bt_test_folder_free (killed->target);
  bt_test_folder_free (killed->own);
  bt_test_disk_use (NULL);
}

static void
ended_cb (const GError *error, int failed_file, gpointer data)
{
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
test_killed_behind_the_move (Killed *killed, gconstpointer data)
{
  g_autoptr (GHashTable) shared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  BtDisk *disk = bt_disk_new (NULL, 1);
  g_autofree char *now = NULL;
  gboolean found;
  int failed;

  g_hash_table_add (shared, g_build_filename (killed->folder, "test", "first", NULL));
  g_assert_true (bt_file_set_prepare (killed->set, &found, &failed, NULL));
  bt_file_set_set_shared (killed->set, shared);
  g_assert_cmpuint (bt_file_set_count_shared (killed->set), ==, 1);
  bt_move_start (disk, killed->set, killed->target, NULL, NULL, ended_cb, &killed->ended);
  bt_test_wait (killed->ended);
  bt_disk_free (disk);

  open_set (killed);
  g_assert_true (bt_file_set_follow_note (killed->set));
  now = bt_file_set_dup_folder (killed->set);
  g_assert_cmpstr (now, ==, killed->target);
  bt_test_torrent_assert_stored (killed->content, killed->target);
  g_assert_true (bt_test_folder_has (killed->folder, "test/first"));
  g_assert_false (bt_test_folder_has (killed->folder, "test/one/second"));
}

#define ADD(path, function) g_test_add ("/shared/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("moved/by-names", test_moved_by_names);
  ADD ("moved/by-copies", test_moved_by_copies);
  ADD ("moved/without-links", test_file_system_without_links);
  ADD ("renamed", test_renamed);
  ADD ("neighbours/are-waited-for", test_neighbours_are_waited_for);
  ADD ("neighbours/cancelled-unanswered", test_cancelled_unanswered);
  ADD ("neighbours/removed-unanswered", test_removed_unanswered);
  ADD ("neighbours/removed-before-it-is-renamed", test_removed_before_it_is_renamed);
  g_test_add ("/shared/killed/names", Killed, GINT_TO_POINTER (FALSE), killed_set_up, test_killed_behind_the_move, killed_tear_down);
  g_test_add ("/shared/killed/copies", Killed, GINT_TO_POINTER (TRUE), killed_set_up, test_killed_behind_the_move, killed_tear_down);
  return g_test_run ();
}
