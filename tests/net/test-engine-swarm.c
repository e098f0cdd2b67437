/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-session.h"
#include "trk-server.h"

#include <string.h>

/* Whole sessions and a whole tracker in one process. */
typedef struct
{
  TrkServer *tracker;
  BtTestTorrent *content;
  BtTestSession *sessions[4];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const BtTestFile files[] = {
    { .path = "a", .length = 1000001 },
    { .path = "b/c", .length = 2222222 },
  };
  g_autofree char *url = NULL;
  g_autoptr (GError) error = NULL;
  BtAddr loopback;

  bt_addr_parse_ip (&loopback, "127.0.0.1");
  fixture->tracker = trk_server_new ();
  g_assert_true (trk_server_listen_http (fixture->tracker, &loopback, 0, &error));
  url = trk_server_dup_announce_url (fixture->tracker);
  fixture->content = bt_test_torrent_new (&(BtTestSpec){
    .piece_length = 32768,
    .files = files,
    .n_files = G_N_ELEMENTS (files),
    .trackers = (const char *const[]){ "http://127.0.0.1:1/announce", url, "", url, NULL },
  });
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->sessions); i++)
    g_clear_pointer (&fixture->sessions[i], bt_test_session_free);
  bt_test_torrent_free (fixture->content);
  g_object_unref (fixture->tracker);
}

static BtTorrent *
join (Fixture *fixture, guint i, gboolean seed)
{
  fixture->sessions[i] = bt_test_session_new (NULL);
  return seed ? bt_test_session_seed (fixture->sessions[i], fixture->content)
              : bt_test_session_leech (fixture->sessions[i], fixture->content);
}

static guint
n_known_to_tracker (Fixture *fixture)
{
  TrkStats stats;

  trk_server_get_stats (fixture->tracker, &stats);
  return stats.n_peers;
}

static gboolean
works (BtTorrent *torrent)
{
  g_autoptr (GArray) trackers = bt_torrent_dup_trackers (torrent);

  for (guint i = 0; i < trackers->len; i++)
    if (g_array_index (trackers, BtTrackerStats, i).state == BT_TRACKER_WORKING)
      return TRUE;
  return FALSE;
}

static gboolean
all_seed (Fixture *fixture)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->sessions); i++)
    if (fixture->sessions[i] != NULL)
      {
        const guint8 *hash = bt_metainfo_get_info_hash (fixture->content->metainfo);

        if (bt_torrent_get_state (bt_session_find (fixture->sessions[i]->session, hash)) != BT_TORRENT_SEEDING)
          return FALSE;
      }
  return TRUE;
}

static void
test_peers_find_each_other_by_the_tracker (Fixture *fixture, gconstpointer data)
{
  BtTorrent *seed = join (fixture, 0, TRUE);

  bt_test_wait (works (seed));
  for (guint i = 1; i < G_N_ELEMENTS (fixture->sessions); i++)
    join (fixture, i, FALSE);
  bt_test_wait (all_seed (fixture));
  for (guint i = 0; i < G_N_ELEMENTS (fixture->sessions); i++)
    bt_test_torrent_assert_stored (fixture->content, fixture->sessions[i]->folder);
  g_assert_cmpuint (n_known_to_tracker (fixture), ==, G_N_ELEMENTS (fixture->sessions));
}

static void
test_tracker_hears_goodbye (Fixture *fixture, gconstpointer data)
{
  BtTorrent *seed = join (fixture, 0, TRUE), *other = join (fixture, 1, TRUE);

  bt_test_wait (works (seed) && works (other));
  g_assert_cmpuint (n_known_to_tracker (fixture), ==, 2);
  bt_torrent_pause (seed);
  bt_test_wait (n_known_to_tracker (fixture) == 1);
  g_clear_pointer (&fixture->sessions[1], bt_test_session_free);
  g_assert_cmpuint (n_known_to_tracker (fixture), ==, 0);
  bt_torrent_start (seed);
  bt_test_wait (n_known_to_tracker (fixture) == 1);
}

static void
test_dead_tracker_is_told_and_the_next_asked (Fixture *fixture, gconstpointer data)
{
  BtTorrent *seed = join (fixture, 0, TRUE);
  guint n_failed = 0, n_working = 0;

  bt_test_wait (({
    g_autoptr (GArray) trackers = bt_torrent_dup_trackers (seed);

    n_failed = n_working = 0;
    for (guint i = 0; i < trackers->len; i++)
      {
        BtTrackerStats *stats = &g_array_index (trackers, BtTrackerStats, i);

        n_working += stats->state == BT_TRACKER_WORKING;
        n_failed += stats->state == BT_TRACKER_FAILED && stats->message != NULL && *stats->message != '\0';
      }
    n_working == 2;
  }));
  /* In which order a tier is tried is chance: the dead one was first, or never asked. */
  g_assert_cmpuint (n_failed, <=, 1);
}

/* Goodbyes have their time, and not more. */
static void
test_end_does_not_wait_for_a_dead_tracker (Fixture *fixture, gconstpointer data)
{
  BtTorrent *seed = join (fixture, 0, TRUE);
  gint64 before;

  bt_test_wait (works (seed));
  trk_server_close (fixture->tracker);
  before = bt_test_own_time ();
  g_clear_pointer (&fixture->sessions[0], bt_test_session_free);
  g_assert_cmpint (bt_test_own_time () - before, <, 5 * G_USEC_PER_SEC);
}

static void
test_removed_torrent_says_goodbye (Fixture *fixture, gconstpointer data)
{
  BtTorrent *seed = join (fixture, 0, TRUE);

  bt_test_wait (works (seed));
  bt_session_remove (fixture->sessions[0]->session, seed);
  bt_test_wait (n_known_to_tracker (fixture) == 0);
}

#define ADD(path, function) g_test_add ("/engine-swarm/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("tracker/peers-find-each-other", test_peers_find_each_other_by_the_tracker);
  ADD ("tracker/hears-goodbye", test_tracker_hears_goodbye);
  ADD ("tracker/removed-torrent-says-goodbye", test_removed_torrent_says_goodbye);
  ADD ("tracker/dead-one-is-told-and-the-next-asked", test_dead_tracker_is_told_and_the_next_asked);
  ADD ("end/does-not-wait-for-a-dead-tracker", test_end_does_not_wait_for_a_dead_tracker);
  return g_test_run ();
}
