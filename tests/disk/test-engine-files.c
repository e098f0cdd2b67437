/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-disk.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

/* A whole session whose files are moved, renamed and removed while peers come
 * and go. */
typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTestDisk system;
  BtTorrent *torrent;
  BtTestFolder *target;
  BtTestFolder *trash;
  GSocket *door;
  guint16 port;
  GPtrArray *peers;
  GAsyncResult *result;
  double progress;
} Fixture;

static const BtTestFile files[] = {
  { .path = "first", .length = 4000000 },
  { .path = "one/second", .length = 900000 },
};

static void
set_up_with (Fixture *fixture, const BtConfig *config)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->target = bt_test_folder_new ();
  fixture->trash = bt_test_folder_new ();
  fixture->system = (BtTestDisk){ .apart = TRUE, .no_kernel_copy = TRUE, .free = G_MAXSIZE, .trash = fixture->trash };
  bt_test_disk_use (&fixture->system);
  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (config);
  fixture->peers = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_test_peer_free);
  fixture->door = bt_test_door_new (&fixture->port);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, NULL);
}

static void
set_up_marking (Fixture *fixture, gconstpointer data)
{
  BtConfig config;

  bt_test_config_init (&config);
  config.mark_partial = TRUE;
  set_up_with (fixture, &config);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->peers);
  g_object_unref (fixture->door);
  g_clear_object (&fixture->result);
  bt_test_session_free (fixture->session);
  bt_test_folder_free (fixture->target);
  bt_test_folder_free (fixture->trash);
  bt_test_torrent_free (fixture->content);
  bt_test_disk_use (NULL);
}

static BtTestPeer *
meet (Fixture *fixture)
{
  g_autofree char *id = g_strdup_printf ("-XX0001-%012u", fixture->peers->len);
  BtTestPeer *peer;

  bt_test_torrent_meet (fixture->torrent, fixture->port);
  peer = bt_test_peer_accept (fixture->door);
  bt_test_peer_be_seed (peer, fixture->content, NULL, id, TRUE);
  peer->most = 20000;
  g_ptr_array_add (fixture->peers, peer);
  return peer;
}

static void
result_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fixture *fixture = data;

  fixture->result = g_object_ref (result);
}

static void
progress_cb (BtTorrent *torrent, double fraction, gpointer data)
{
  Fixture *fixture = data;

  fixture->progress = fraction;
}

static void
start_move (Fixture *fixture, GCancellable *cancellable)
{
  g_clear_object (&fixture->result);
  bt_torrent_move_async (fixture->torrent, fixture->target, cancellable, progress_cb, fixture, result_cb, fixture);
}

static gboolean
finish_move (Fixture *fixture, GError **error)
{
  bt_test_wait (fixture->result != NULL);
  return bt_torrent_move_finish (fixture->torrent, fixture->result, error);
}

static void
add (Fixture *fixture, const BtTorrentOptions *options)
{
  g_autoptr (GError) error = NULL;

  fixture->torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, options, &error);
  g_assert_no_error (error);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) != BT_TORRENT_CHECKING);
}

static void
add_again (Fixture *fixture)
{
  g_autoptr (GBytes) resume = bt_torrent_dup_resume (fixture->torrent);
  g_autofree char *folder = g_strdup (bt_torrent_get_folder (fixture->torrent));
  BtTorrentOptions options = { .folder = folder, .resume = resume };

  bt_session_remove (fixture->session->session, fixture->torrent);
  add (fixture, &options);
}

static void
leech (Fixture *fixture)
{
  BtTorrentOptions options = { .folder = fixture->session->folder };

  add (fixture, &options);
}

static void
complete (Fixture *fixture)
{
  bt_test_wait (bt_torrent_get_state (fixture->torrent) != BT_TORRENT_DOWNLOADING);
  g_assert_no_error (bt_torrent_get_error (fixture->torrent));
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
}

static void
test_download_goes_on_while_it_moves (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BtTorrentStats stats;

  leech (fixture);
  meet (fixture);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 40);
  start_move (fixture, NULL);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_true (stats.moving);
  g_assert_true (finish_move (fixture, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (bt_torrent_get_folder (fixture->torrent), ==, fixture->target);
  complete (fixture);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_false (stats.moving);
  bt_test_torrent_assert_stored (fixture->content, fixture->target);
  g_assert_false (bt_test_folder_has (fixture->session->folder, "test"));
}

static void
test_seed_sends_while_it_moves (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = NULL;
  g_autoptr (GError) error = NULL;

  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
  peer = bt_test_peer_dial (fixture->session->port);
  bt_test_peer_be_leech (peer, fixture->content, "-XX0001-aaaaaaaaaaaa", TRUE);
  start_move (fixture, NULL);
  for (guint32 piece = 0; piece < 20; piece++)
    bt_test_peer_fetch (peer, fixture->content, piece);
  g_assert_true (finish_move (fixture, &error));
  for (guint32 piece = 20; piece < 40; piece++)
    bt_test_peer_fetch (peer, fixture->content, piece);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (fixture->content, fixture->target);
}

static void
test_cancelled_move_changes_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
  start_move (fixture, cancellable);
  g_cancellable_cancel (cancellable);
  g_assert_false (finish_move (fixture, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpstr (bt_torrent_get_folder (fixture->torrent), ==, fixture->session->folder);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  g_assert_false (bt_test_folder_has (fixture->target, "test"));
}

static void
test_one_move_at_a_time (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
  start_move (fixture, NULL);
  bt_torrent_rename_async (fixture->torrent, "test", "other", result_cb, fixture);
  bt_test_wait (fixture->result != NULL);
  g_assert_false (bt_torrent_rename_finish (fixture->torrent, fixture->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_clear_object (&fixture->result);
  g_assert_true (finish_move (fixture, NULL));
}

/* The session's end clears the half copy away. */
static void
test_move_ends_with_the_session (Fixture *fixture, gconstpointer data)
{
  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
  start_move (fixture, NULL);
  bt_session_remove (fixture->session->session, fixture->torrent);
  bt_test_wait (fixture->result != NULL);
  g_assert_true (g_task_had_error (G_TASK (fixture->result)));
  g_assert_false (bt_test_folder_has (fixture->target, "test"));
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
}

static void
test_complete_files_go_to_their_folder (Fixture *fixture, gconstpointer data)
{
  BtTorrentOptions options = { .folder = fixture->session->folder, .done_folder = fixture->target };

  g_atomic_int_set (&fixture->system.apart, GPOINTER_TO_INT (data));
  add (fixture, &options);
  g_assert_cmpstr (bt_torrent_get_done_folder (fixture->torrent), ==, fixture->target);
  meet (fixture);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 10);
  g_assert_true (bt_test_folder_has (fixture->session->folder, "test/first.part"));
  g_assert_false (bt_test_folder_has (fixture->target, "test"));
  complete (fixture);
  g_assert_cmpstr (bt_torrent_get_folder (fixture->torrent), ==, fixture->target);
  g_assert_null (bt_torrent_get_done_folder (fixture->torrent));
  bt_test_torrent_assert_stored (fixture->content, fixture->target);
  g_assert_false (bt_test_folder_has (fixture->session->folder, "test"));
  g_assert_false (bt_test_folder_has (fixture->target, "test/first.part"));
}

/* Returns: whether it is done; a move is cancelled as soon as there is one */
static gboolean
is_settled (BtTorrent *torrent)
{
  BtTorrentStats stats;

  bt_torrent_get_stats (torrent, &stats);
  if (stats.moving)
    bt_torrent_cancel_move (torrent);
  return stats.state != BT_TORRENT_DOWNLOADING;
}

/* They stay where they are then, and are shared from there. */
static void
test_way_to_the_folder_may_be_cancelled (Fixture *fixture, gconstpointer data)
{
  BtTorrentOptions options = { .folder = fixture->session->folder, .done_folder = fixture->target };

  add (fixture, &options);
  meet (fixture);
  bt_test_wait (is_settled (fixture->torrent));
  complete (fixture);
  g_assert_cmpstr (bt_torrent_get_folder (fixture->torrent), ==, fixture->session->folder);
  g_assert_null (bt_torrent_get_done_folder (fixture->torrent));
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  g_assert_false (bt_test_folder_has (fixture->target, "test"));
}

/* Who imports a torrent has its files in the end, not in the folder of
 * unfinished ones. */
static void
test_files_in_the_done_folder_are_found (Fixture *fixture, gconstpointer data)
{
  BtTorrentOptions options = { .folder = fixture->session->folder, .done_folder = fixture->target };

  bt_test_torrent_store (fixture->content, fixture->target);
  add (fixture, &options);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
  g_assert_cmpstr (bt_torrent_get_folder (fixture->torrent), ==, fixture->target);
}

static void
test_folder_that_cannot_be_reached_is_told (Fixture *fixture, gconstpointer data)
{
  BtTorrentOptions options = { .folder = fixture->session->folder, .done_folder = fixture->target };

  add (fixture, &options);
  meet (fixture);
  g_atomic_int_set (&fixture->system.rename_error, EACCES);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  g_assert_error (bt_torrent_get_error (fixture->torrent), G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  g_atomic_int_set (&fixture->system.rename_error, 0);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
  g_assert_null (bt_torrent_get_error (fixture->torrent));
  bt_test_torrent_assert_stored (fixture->content, fixture->target);
}

static void
rename_path (Fixture *fixture, const char *path, const char *name, GError **error)
{
  g_clear_object (&fixture->result);
  bt_torrent_rename_async (fixture->torrent, path, name, result_cb, fixture);
  bt_test_wait (fixture->result != NULL);
  bt_torrent_rename_finish (fixture->torrent, fixture->result, error);
}

static void
test_renamed_while_it_downloads (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL, *file = NULL;
  g_autoptr (GError) error = NULL;

  g_atomic_int_set (&fixture->system.apart, FALSE);
  leech (fixture);
  meet (fixture);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 20);
  rename_path (fixture, "test/one", "zwei", &error);
  g_assert_no_error (error);
  rename_path (fixture, "test", "neu", &error);
  g_assert_no_error (error);
  rename_path (fixture, "neu/first", "zwei", &error);
  g_assert_error (error, BT_ERROR, BT_ERROR_DUPLICATE);
  complete (fixture);
  file = bt_torrent_dup_file_path (fixture->torrent, 1);
  g_assert_cmpstr (file, ==, "neu/zwei/second");
  g_assert_true (bt_test_folder_has (fixture->session->folder, file));
  g_assert_false (bt_test_folder_has (fixture->session->folder, "test"));
  add_again (fixture);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
  path = bt_torrent_dup_path (fixture->torrent);
  g_assert_true (g_str_has_suffix (path, "/neu"));
}

static gboolean
remove_files (Fixture *fixture, guint *n_left, GError **error)
{
  g_clear_object (&fixture->result);
  bt_torrent_remove_files_async (fixture->torrent, NULL, result_cb, fixture);
  bt_test_wait (fixture->result != NULL);
  return bt_torrent_remove_files_finish (fixture->torrent, fixture->result, n_left, error);
}

/* What is ours is known after a restart too. */
static void
test_download_goes_to_the_trash (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n_left;

  leech (fixture);
  meet (fixture);
  complete (fixture);
  add_again (fixture);
  g_assert_true (remove_files (fixture, &n_left, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_left, ==, 0);
  g_assert_false (bt_test_folder_has (fixture->session->folder, "test"));
  bt_test_torrent_assert_stored (fixture->content, fixture->trash);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_PAUSED);
}

static void
test_adopted_files_are_left (Fixture *fixture, gconstpointer data)
{
  guint n_left;

  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
  g_assert_true (remove_files (fixture, &n_left, NULL));
  g_assert_cmpuint (n_left, ==, 2);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
}

static void
test_trash_that_fails_is_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->system.trash = NULL;
  leech (fixture);
  meet (fixture);
  complete (fixture);
  g_assert_false (remove_files (fixture, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
}

/* In the middle of a download and of a move at once. */
static void
test_removed_while_it_moves (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint n_left;

  leech (fixture);
  meet (fixture);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 40);
  bt_torrent_move_async (fixture->torrent, fixture->target, NULL, NULL, NULL, NULL, NULL);
  g_assert_true (remove_files (fixture, &n_left, &error));
  g_assert_false (bt_test_folder_has (fixture->session->folder, "test"));
  g_assert_false (bt_test_folder_has (fixture->target, "test"));
  g_assert_true (bt_test_folder_has (fixture->trash, "test"));
}

/* Two torrents with one folder, and one file of it in both. */
static void
test_files_of_another_torrent_stay (Fixture *fixture, gconstpointer data)
{
  static const BtTestFile others[] = { { .path = "first", .length = 4000000 }, { .path = "third", .length = 1000 } };
  BtTestSpec spec = { .piece_length = 65536, .files = others, .n_files = G_N_ELEMENTS (others) };
  g_autoptr (BtTestTorrent) content = bt_test_torrent_new (&spec);
  BtTorrentOptions options = { .folder = fixture->session->folder };
  BtTorrent *other;
  guint n_left;

  leech (fixture);
  meet (fixture);
  complete (fixture);
  bt_test_torrent_store (content, fixture->session->folder);
  other = bt_session_add (fixture->session->session, content->metainfo, &options, NULL);
  bt_test_wait (bt_torrent_get_state (other) == BT_TORRENT_SEEDING);
  g_assert_true (remove_files (fixture, &n_left, NULL));
  g_assert_cmpuint (n_left, ==, 1);
  bt_test_torrent_assert_stored (content, fixture->session->folder);
  g_assert_false (bt_test_folder_has (fixture->session->folder, "test/one"));
  g_assert_cmpint (bt_torrent_get_state (other), ==, BT_TORRENT_SEEDING);
}

#define ADD(path, function) g_test_add ("/engine-files/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("move/while-it-downloads", test_download_goes_on_while_it_moves);
  ADD ("move/while-it-seeds", test_seed_sends_while_it_moves);
  ADD ("move/cancelled", test_cancelled_move_changes_nothing);
  ADD ("move/one-at-a-time", test_one_move_at_a_time);
  ADD ("move/ends-with-the-session", test_move_ends_with_the_session);
  g_test_add ("/engine-files/done/by-a-rename", Fixture, GINT_TO_POINTER (FALSE), set_up_marking,
              test_complete_files_go_to_their_folder, tear_down);
  g_test_add ("/engine-files/done/by-a-copy", Fixture, GINT_TO_POINTER (TRUE), set_up_marking,
              test_complete_files_go_to_their_folder, tear_down);
  ADD ("done/cancelled", test_way_to_the_folder_may_be_cancelled);
  ADD ("done/files-there-are-found", test_files_in_the_done_folder_are_found);
  ADD ("done/cannot-be-reached", test_folder_that_cannot_be_reached_is_told);
  ADD ("rename/while-it-downloads", test_renamed_while_it_downloads);
  ADD ("remove/to-the-trash", test_download_goes_to_the_trash);
  ADD ("remove/adopted-files-are-left", test_adopted_files_are_left);
  ADD ("remove/trash-that-fails", test_trash_that_fails_is_told);
  ADD ("remove/while-it-moves", test_removed_while_it_moves);
  ADD ("remove/files-of-another-torrent-stay", test_files_of_another_torrent_stay);
  return g_test_run ();
}
