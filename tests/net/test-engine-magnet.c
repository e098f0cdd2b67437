/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-session.h"

#include <string.h>

/* A torrent of several files whose metadata has two pieces or more. */
static const BtTestFile files[] = { { "a.bin", 40000 }, { "b/c.bin", 70000 }, { "d.bin", 10 } };
static const BtTestSpec spec = { .name = "album", .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };
static const BtTestSpec large = { .name = "large", .piece_length = 16384, .length = 40 << 20 };

static void
count_cb (BtTorrent *torrent, guint *n)
{
  ++*n;
}

static gboolean
is_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);

  return g_dir_read_name (dir) == NULL;
}

static void
test_becomes_a_torrent_like_others (gconstpointer data)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (data);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added;
  BtTorrentStats stats;
  guint n_ready = 0;
  gsize length;

  bt_test_session_seed (seed, torrent);
  added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  g_signal_connect (added, "metadata-ready", G_CALLBACK (count_cb), &n_ready);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
  g_assert_cmpuint (n_ready, ==, 1);
  bt_test_torrent_assert_stored (torrent, taker->folder);
  bt_torrent_get_stats (added, &stats);
  bt_metainfo_peek_info (torrent->metainfo, &length);
  g_assert_cmpuint (stats.metadata_size, ==, length);
  g_assert_cmpuint (stats.metadata_had, ==, length);
  g_assert_cmpuint (stats.n_tried, ==, 1);
}

/* From x.pe, and the connection that brought the metadata brings the data. */
static void
test_link_names_its_peer (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  g_autofree char *more = g_strdup_printf ("&x.pe=127.0.0.1:%u", seed->port);
  BtTorrent *added;

  bt_test_session_seed (seed, torrent);
  added = bt_test_session_add_magnet (taker, torrent, more, FALSE);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (torrent, taker->folder);
}

static void
test_nothing_is_written_before_the_yes (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  g_autofree char *elsewhere = g_build_filename (taker->folder, "elsewhere", NULL);
  BtTorrent *added;

  bt_test_session_seed (seed, torrent);
  added = bt_test_session_add_magnet (taker, torrent, "", TRUE);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_torrent_get_metainfo (added) != NULL);
  bt_test_drain ();
  g_assert_cmpint (bt_torrent_get_state (added), ==, BT_TORRENT_METADATA);
  g_assert_true (is_empty (taker->folder));
  g_assert_cmpuint (bt_test_n_pieces (added), ==, 0);

  g_assert_true (bt_torrent_set_folder (added, elsewhere));
  bt_torrent_set_file_priority (added, 0, BT_FILE_SKIP);
  bt_torrent_set_file_priority (added, 1, BT_FILE_SKIP);
  bt_torrent_set_file_priority (added, 1, BT_FILE_HIGH);
  g_assert_true (is_empty (taker->folder));
  bt_torrent_start (added);
  g_assert_false (bt_torrent_set_folder (added, taker->folder));
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
  g_assert_cmpuint (bt_torrent_get_file_progress (added, 1), ==, 70000);
  g_assert_cmpuint (bt_torrent_get_file_progress (added, 0), <, 40000);
}

/* Who says yes before there is anything to see wants all of it. */
static void
test_yes_may_come_first (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added;

  bt_test_session_seed (seed, torrent);
  added = bt_test_session_add_magnet (taker, torrent, "", TRUE);
  bt_torrent_start (added);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (torrent, taker->folder);
}

/* Accepted but not started: it waits, and then goes all the way. */
static void
test_yes_without_a_start (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added;

  bt_test_session_seed (seed, torrent);
  added = bt_test_session_add_magnet (taker, torrent, "", TRUE);
  bt_torrent_pause (added);
  bt_torrent_confirm (added);
  bt_test_torrent_meet (added, seed->port);
  g_assert_cmpint (bt_torrent_get_state (added), ==, BT_TORRENT_PAUSED);
  bt_torrent_start (added);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
}

static void
test_selects_files (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  g_autofree char *unwanted = NULL;
  BtTorrent *added;

  bt_test_session_seed (seed, torrent);
  added = bt_test_session_add_magnet (taker, torrent, "&so=1", FALSE);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
  g_assert_cmpint (bt_torrent_get_file_priority (added, 0), ==, BT_FILE_SKIP);
  g_assert_cmpint (bt_torrent_get_file_priority (added, 1), ==, BT_FILE_NORMAL);
  unwanted = g_build_filename (taker->folder, "album", "a.bin", NULL);
  g_assert_false (g_file_test (unwanted, G_FILE_TEST_EXISTS));
}

static void
test_paused_and_started_again (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added;

  bt_test_session_seed (seed, torrent);
  added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  bt_torrent_pause (added);
  g_assert_cmpint (bt_torrent_get_state (added), ==, BT_TORRENT_PAUSED);
  bt_torrent_recheck (added);
  bt_torrent_start (added);
  g_assert_cmpint (bt_torrent_get_state (added), ==, BT_TORRENT_METADATA);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
}

static void
test_removed_while_it_asks (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added;

  bt_test_session_seed (seed, torrent);
  added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_test_n_peers (added) > 0);
  bt_session_remove (taker->session, added);
  g_assert_null (bt_session_find (taker->session, bt_metainfo_get_info_hash (torrent->metainfo)));
}

static void
test_second_link_adds_its_trackers (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "&tr=http://127.0.0.1:9/a&tr=http://127.0.0.1:9/b&tr=nonsense", TRUE);
  g_autoptr (BtMagnet) second = bt_test_magnet_new (torrent, "&dn=x&tr=http://127.0.0.1:9/b&tr=http://127.0.0.1:9/c");
  BtTorrentOptions options = { .folder = taker->folder };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) trackers = NULL;

  g_assert_null (bt_session_add_magnet (taker->session, second, &options, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_DUPLICATE);
  trackers = bt_torrent_dup_trackers (added);
  g_assert_cmpuint (trackers->len, ==, 3);
}

/* Who opens the .torrent of a link that waits has what it waits for. */
static void
test_torrent_file_ends_the_wait (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "", FALSE);
  BtTorrentOptions options = { .folder = taker->folder };
  g_autoptr (GError) error = NULL;

  bt_test_torrent_store (torrent, taker->folder);
  g_assert_null (bt_session_add (taker->session, torrent->metainfo, &options, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_DUPLICATE);
  g_assert_nonnull (bt_torrent_get_metainfo (added));
  bt_test_wait (bt_torrent_get_state (added) == BT_TORRENT_SEEDING);
}

static void
test_version_2_alone_is_refused (void)
{
  g_autoptr (BtTestSession) taker = bt_test_session_new (NULL);
  g_autoptr (BtMagnet) magnet = bt_magnet_new (
      "magnet:?xt=urn:btmh:1220cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", NULL);
  BtTorrentOptions options = { .folder = taker->folder };
  g_autoptr (GError) error = NULL;

  g_assert_null (bt_session_add_magnet (taker->session, magnet, &options, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_UNSUPPORTED);
}

static void
test_says_what_it_knows (void)
{
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL), taker = bt_test_session_new (NULL);
  BtTorrent *added = bt_test_session_add_magnet (taker, torrent, "&dn=a%20name&tr=http://127.0.0.1:9/a&ws=http://127.0.0.1:9/&x.pe=127.0.0.1:9&so=0-9", FALSE);
  g_autofree char *name = bt_torrent_dup_name (added), *real = NULL, *first = bt_torrent_dup_magnet (added), *second = NULL;
  g_autoptr (GBytes) file = bt_torrent_dup_file (added);
  g_autoptr (BtMetainfo) metainfo = NULL;

  g_assert_cmpstr (name, ==, "a name");
  g_assert_nonnull (strstr (first, "&x.pe=127.0.0.1:9"));
  g_assert_nonnull (strstr (first, "&so=0-9"));
  g_assert_null (file);
  bt_test_session_seed (seed, torrent);
  bt_test_torrent_meet (added, seed->port);
  bt_test_wait (bt_torrent_get_metainfo (added) != NULL);
  real = bt_torrent_dup_name (added);
  g_assert_cmpstr (real, ==, "album");
  second = bt_torrent_dup_magnet (added);
  g_assert_nonnull (strstr (second, "&dn=album&tr=http%3A%2F%2F127.0.0.1%3A9%2Fa&ws=http"));
  g_assert_null (strstr (second, "x.pe"));
  file = bt_torrent_dup_file (added);
  metainfo = bt_metainfo_new (file, NULL);
  g_assert_cmpmem (bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH, bt_torrent_get_info_hash (added), BT_SHA1_LENGTH);
  g_assert_cmpstr (bt_metainfo_get_tier (metainfo, 0)[0], ==, "http://127.0.0.1:9/a");
}

int
main (int argc, char **argv)
{
  g_autoptr (BtTestFolder) data_folder = bt_test_folder_new ();

  /* Parts of skipped files go into the user's data folder; a test's go here. */
  g_setenv ("XDG_DATA_HOME", data_folder, TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_data_func ("/engine-magnet/becomes-a-torrent-like-others/small", &spec, test_becomes_a_torrent_like_others);
  g_test_add_data_func ("/engine-magnet/becomes-a-torrent-like-others/large", &large, test_becomes_a_torrent_like_others);
  g_test_add_func ("/engine-magnet/link-names-its-peer", test_link_names_its_peer);
  g_test_add_func ("/engine-magnet/nothing-is-written-before-the-yes", test_nothing_is_written_before_the_yes);
  g_test_add_func ("/engine-magnet/yes-may-come-first", test_yes_may_come_first);
  g_test_add_func ("/engine-magnet/yes-without-a-start", test_yes_without_a_start);
  g_test_add_func ("/engine-magnet/selects-files", test_selects_files);
  g_test_add_func ("/engine-magnet/paused-and-started-again", test_paused_and_started_again);
  g_test_add_func ("/engine-magnet/removed-while-it-asks", test_removed_while_it_asks);
  g_test_add_func ("/engine-magnet/second-link-adds-its-trackers", test_second_link_adds_its_trackers);
  g_test_add_func ("/engine-magnet/torrent-file-ends-the-wait", test_torrent_file_ends_the_wait);
  g_test_add_func ("/engine-magnet/version-2-alone-is-refused", test_version_2_alone_is_refused);
  g_test_add_func ("/engine-magnet/says-what-it-knows", test_says_what_it_knows);
  return g_test_run ();
}
