/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-disk.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <glib/gstdio.h>

/* What is left of a torrent that is removed while its files stay. */
typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
  BtTestPeer *peer;
  GSocket *door;
  guint16 port;
} Fixture;

enum
{
  FILE_FIRST,
  FILE_SECOND,
};

/* Both have bytes of one piece. */
static const BtTestFile files[] = {
  [FILE_FIRST] = { .path = "first", .length = 300000 },
  [FILE_SECOND] = { .path = "one/second", .length = 200000 },
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (NULL);
  fixture->door = bt_test_door_new (&fixture->port);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->peer, bt_test_peer_free);
  g_object_unref (fixture->door);
  bt_test_session_free (fixture->session);
  bt_test_torrent_free (fixture->content);
}

static void
download (Fixture *fixture, gboolean all)
{
  BtTorrentOptions options = { .folder = fixture->session->folder, .save_resume = TRUE };
  g_autoptr (GError) error = NULL;

  fixture->torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, &options, &error);
  g_assert_no_error (error);
  if (!all)
    bt_torrent_set_file_priority (fixture->torrent, FILE_SECOND, BT_FILE_SKIP);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  bt_test_torrent_meet (fixture->torrent, fixture->port);
  fixture->peer = bt_test_peer_accept (fixture->door);
  bt_test_peer_be_seed (fixture->peer, fixture->content, NULL, "-XX0001-aaaaaaaaaaaa", TRUE);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
}

/* Files of our own that are kept of torrents. */
static guint
count_own_files (void)
{
  g_autofree char *path = g_build_filename (g_get_user_data_dir (), "freshet", "parts", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
test_what_was_kept_aside_goes (Fixture *fixture, gconstpointer data)
{
  download (fixture, FALSE);
  g_assert_cmpuint (count_own_files (), ==, 1);
  bt_session_remove (fixture->session->session, fixture->torrent);
  bt_test_wait (count_own_files () == 0);
  g_assert_true (bt_test_folder_has (fixture->session->folder, "test/first"));
}

/* One that is not in the session while it is removed. */
static void
test_what_was_kept_of_one_asleep_goes (Fixture *fixture, gconstpointer data)
{
  const guint8 *hash = bt_metainfo_get_info_hash (fixture->content->metainfo);

  download (fixture, FALSE);
  bt_torrent_pause (fixture->torrent);
  bt_test_wait (bt_session_put_away (fixture->session->session, fixture->torrent));
  g_assert_cmpuint (count_own_files (), ==, 1);
  bt_session_tidy (fixture->session->session, hash, "/somewhere/else");
  bt_session_tidy (fixture->session->session, hash, fixture->session->folder);
  bt_test_wait (count_own_files () == 0);
  g_assert_true (bt_test_folder_has (fixture->session->folder, "test/first"));
}

static void
test_other_folders_are_left_alone (Fixture *fixture, gconstpointer data)
{
  const guint8 *hash = bt_metainfo_get_info_hash (fixture->content->metainfo);

  download (fixture, FALSE);
  bt_torrent_pause (fixture->torrent);
  bt_test_wait (bt_session_put_away (fixture->session->session, fixture->torrent));
  bt_session_tidy (fixture->session->session, hash, "/somewhere/else");
  bt_test_drain ();
  g_assert_cmpuint (count_own_files (), ==, 1);
  bt_session_tidy (fixture->session->session, hash, fixture->session->folder);
  bt_test_wait (count_own_files () == 0);
}

static void
test_empty_folders_go (Fixture *fixture, gconstpointer data)
{
  g_autofree char *second = g_build_filename (fixture->session->folder, "test", "one", "second", NULL);

  download (fixture, TRUE);
  g_assert_cmpint (g_unlink (second), ==, 0);
  bt_session_remove (fixture->session->session, fixture->torrent);
  bt_test_wait (!bt_test_folder_has (fixture->session->folder, "test/one"));
  g_assert_true (bt_test_folder_has (fixture->session->folder, "test/first"));
}

/* What somebody else has put there keeps its folder. */
static void
test_used_folders_stay (Fixture *fixture, gconstpointer data)
{
  g_autofree char *second = g_build_filename (fixture->session->folder, "test", "one", "second", NULL);
  g_autofree char *first = g_build_filename (fixture->session->folder, "test", "first", NULL);

  download (fixture, TRUE);
  g_assert_cmpint (g_unlink (second), ==, 0);
  g_assert_cmpint (g_unlink (first), ==, 0);
  bt_test_folder_put (fixture->session->folder, "test/mine", "mine");
  bt_session_remove (fixture->session->session, fixture->torrent);
  bt_test_wait (!bt_test_folder_has (fixture->session->folder, "test/one"));
  bt_test_folder_assert_holds (fixture->session->folder, "test/mine", "mine");
}

#define ADD(path, function) g_test_add ("/tidy/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("kept-aside/goes", test_what_was_kept_aside_goes);
  ADD ("kept-aside/goes-of-one-asleep", test_what_was_kept_of_one_asleep_goes);
  ADD ("kept-aside/stays-of-another-folder", test_other_folders_are_left_alone);
  ADD ("folders/empty-ones-go", test_empty_folders_go);
  ADD ("folders/used-ones-stay", test_used_folders_stay);
  return g_test_run ();
}
