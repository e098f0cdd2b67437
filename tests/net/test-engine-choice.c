/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <string.h>

/* Which files are wanted, how much, and in which order. */
typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
  GSocket *door;
  guint16 port;
  BtTestPeer *peer;
} Fixture;

enum
{
  FILE_FIRST,
  FILE_EMPTY,
  FILE_SMALL,
  FILE_BIG,
  FILE_LAST,
};

static const BtTestFile files[] = {
  [FILE_FIRST] = { .path = "first", .length = 100000 },
  [FILE_EMPTY] = { .path = "empty", .length = 0 },
  [FILE_SMALL] = { .path = "small", .length = 5000 },
  [FILE_BIG] = { .path = "big", .length = 600000 },
  [FILE_LAST] = { .path = "last", .length = 100000 },
};

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (NULL);
  fixture->torrent = bt_test_session_leech (fixture->session, fixture->content);
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
meet (Fixture *fixture, guint32 most)
{
  bt_test_torrent_meet (fixture->torrent, fixture->port);
  fixture->peer = bt_test_peer_accept (fixture->door);
  bt_test_peer_be_seed (fixture->peer, fixture->content, NULL, "-XX0001-aaaaaaaaaaaa", TRUE);
  fixture->peer->most = most;
}

static gboolean
is_seeding (Fixture *fixture)
{
  return bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING;
}

/* Both were seeds for a moment, perhaps, and parted: then they meet again,
 * unless all that lacked was for the disk to be through. */
static void
meet_until_seeding (Fixture *fixture)
{
  while (!is_seeding (fixture))
    {
      if (fixture->peer->ended)
        {
          bt_test_torrent_meet (fixture->torrent, fixture->port);
          bt_test_wait (is_seeding (fixture) || bt_test_door_rings (fixture->door));
          if (is_seeding (fixture))
            return;
          g_clear_pointer (&fixture->peer, bt_test_peer_free);
          meet (fixture, 0);
        }
      bt_test_wait (is_seeding (fixture) || fixture->peer->ended);
    }
}

static gboolean
is_there (Fixture *fixture, guint file)
{
  g_autofree char *path = g_build_filename (fixture->session->folder, "test", files[file].path, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
wait_for_seeding (Fixture *fixture)
{
  BtTorrentStats stats;

  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.verified, ==, stats.wanted);
}

static void
assert_bytes (Fixture *fixture, guint file)
{
  const BtFileInfo *info = bt_metainfo_get_file (fixture->content->metainfo, file);
  g_autofree char *path = g_build_filename (fixture->session->folder, info->path, NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  g_assert_cmpuint (length, ==, info->length);
  g_assert_true (memcmp (bytes, fixture->content->content + info->offset, length) == 0);
  g_assert_cmpuint (bt_torrent_get_file_progress (fixture->torrent, file), ==, info->length);
}

static void
test_skipped_files_do_not_come (Fixture *fixture, gconstpointer data)
{
  BtTorrentStats stats;

  bt_torrent_set_file_priority (fixture->torrent, FILE_BIG, BT_FILE_SKIP);
  bt_torrent_set_file_priority (fixture->torrent, FILE_SMALL, BT_FILE_SKIP);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.wanted, ==, 200000);
  meet (fixture, 0);
  wait_for_seeding (fixture);
  g_assert_false (is_there (fixture, FILE_BIG));
  g_assert_false (is_there (fixture, FILE_SMALL));
  g_assert_true (is_there (fixture, FILE_EMPTY));
  assert_bytes (fixture, FILE_FIRST);
  assert_bytes (fixture, FILE_LAST);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.downloaded, <, 400000);

  /* Wanted after all: what is missing comes, and what was kept is used. */
  bt_torrent_set_file_priority (fixture->torrent, FILE_BIG, BT_FILE_NORMAL);
  bt_torrent_set_file_priority (fixture->torrent, FILE_SMALL, BT_FILE_HIGH);
  meet_until_seeding (fixture);
  wait_for_seeding (fixture);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
}

static void
test_choice_survives_a_recheck (Fixture *fixture, gconstpointer data)
{
  bt_torrent_set_file_priority (fixture->torrent, FILE_BIG, BT_FILE_SKIP);
  meet (fixture, 0);
  wait_for_seeding (fixture);
  bt_torrent_recheck (fixture->torrent);
  wait_for_seeding (fixture);
  g_assert_false (is_there (fixture, FILE_BIG));
  assert_bytes (fixture, FILE_LAST);
}

/* Skipped and wanted again and again while it comes. */
static void
test_choice_may_change_at_any_time (Fixture *fixture, gconstpointer data)
{
  BtRng rng;

  bt_rng_seed (&rng, 1);
  meet (fixture, 6000);
  for (guint i = 0; i < 300; i++)
    {
      guint file = bt_rng_below (&rng, G_N_ELEMENTS (files));
      BtFilePriority priority = (BtFilePriority) bt_rng_below (&rng, 4);

      bt_torrent_set_file_priority (fixture->torrent, file, priority);
      g_assert_cmpint (bt_torrent_get_file_priority (fixture->torrent, file), ==, priority);
      for (guint k = 0; k < 5; k++)
        g_main_context_iteration (NULL, FALSE);
    }
  for (guint file = 0; file < G_N_ELEMENTS (files); file++)
    bt_torrent_set_file_priority (fixture->torrent, file, BT_FILE_NORMAL);
  meet_until_seeding (fixture);
  wait_for_seeding (fixture);
  /* What was kept aside comes to its place when every piece is there already. */
  bt_test_wait (bt_test_torrent_is_stored (fixture->content, fixture->session->folder));
  for (guint file = 0; file < G_N_ELEMENTS (files); file++)
    assert_bytes (fixture, file);
  /* And it is right on disk, not only in our books. */
  bt_torrent_recheck (fixture->torrent);
  wait_for_seeding (fixture);
}

/* Pieces that were asked for come although nobody wants them any more, and do
 * not count as those that are wanted. */
static void
test_choice_may_change_while_pieces_come (Fixture *fixture, gconstpointer data)
{
  meet (fixture, 3000);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 1);
  for (guint file = 0; file < FILE_LAST; file++)
    bt_torrent_set_file_priority (fixture->torrent, file, BT_FILE_SKIP);
  wait_for_seeding (fixture);
  assert_bytes (fixture, FILE_LAST);
}

static void
test_nothing_wanted_is_all_there (Fixture *fixture, gconstpointer data)
{
  for (guint file = 0; file < G_N_ELEMENTS (files); file++)
    bt_torrent_set_file_priority (fixture->torrent, file, BT_FILE_SKIP);
  wait_for_seeding (fixture);
  g_assert_false (is_there (fixture, FILE_FIRST));
  bt_torrent_set_file_priority (fixture->torrent, FILE_LAST, BT_FILE_NORMAL);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  meet (fixture, 0);
  wait_for_seeding (fixture);
  assert_bytes (fixture, FILE_LAST);
}

/* The pieces in the order of the first request for each. */
static GArray *
order_of_requests (Fixture *fixture)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (GList *l = fixture->peer->messages.head; l != NULL; l = l->next)
    if (((BtTestMessage *) l->data)->id == BT_WIRE_REQUEST)
      {
        guint32 piece = bt_test_message_block (l->data).piece;

        if (order->len == 0 || g_array_index (order, guint32, order->len - 1) != piece)
          g_array_append_val (order, piece);
      }
  return order;
}

static void
test_in_order_is_in_order (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) order = NULL;

  bt_torrent_set_sequential (fixture->torrent, TRUE);
  meet (fixture, 0);
  wait_for_seeding (fixture);
  order = order_of_requests (fixture);
  g_assert_cmpuint (order->len, ==, fixture->content->n_pieces);
  for (guint i = 0; i < order->len; i++)
    g_assert_cmpuint (g_array_index (order, guint32, i), ==, i);
}

static void
test_more_wanted_files_come_first (Fixture *fixture, gconstpointer data)
{
  guint32 first = 100000 / 32768, last = 104999 / 32768;
  g_autoptr (GArray) order = NULL;

  bt_torrent_set_file_priority (fixture->torrent, FILE_SMALL, BT_FILE_HIGH);
  meet (fixture, 0);
  wait_for_seeding (fixture);
  order = order_of_requests (fixture);
  for (guint i = 0; i <= last - first; i++)
    {
      g_assert_cmpuint (g_array_index (order, guint32, i), >=, first);
      g_assert_cmpuint (g_array_index (order, guint32, i), <=, last);
    }
}

static void
test_deadline_comes_before_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) order = NULL;

  bt_torrent_set_deadline (fixture->torrent, 17, 100);
  meet (fixture, 0);
  wait_for_seeding (fixture);
  order = order_of_requests (fixture);
  g_assert_cmpuint (g_array_index (order, guint32, 0), ==, 17);
}

#define ADD(path, function) g_test_add ("/engine-choice/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  /* What is kept of skipped files is kept in the data folder of the user. */
  g_autoptr (BtTestFolder) data_folder = bt_test_folder_new ();

  g_setenv ("XDG_DATA_HOME", data_folder, TRUE);
  g_test_init (&argc, &argv, NULL);
  ADD ("files/skipped-ones-do-not-come", test_skipped_files_do_not_come);
  ADD ("files/choice-survives-a-recheck", test_choice_survives_a_recheck);
  ADD ("files/choice-may-change-at-any-time", test_choice_may_change_at_any_time);
  ADD ("files/choice-may-change-while-pieces-come", test_choice_may_change_while_pieces_come);
  ADD ("files/nothing-wanted-is-all-there", test_nothing_wanted_is_all_there);
  ADD ("files/more-wanted-ones-come-first", test_more_wanted_files_come_first);
  ADD ("order/is-kept-when-told", test_in_order_is_in_order);
  ADD ("order/deadline-comes-before-all", test_deadline_comes_before_all);
  return g_test_run ();
}
