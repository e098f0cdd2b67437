/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-session.h"
#include "bt-test-udp-tracker.h"
#include "trk-server.h"

#include <string.h>

/* Torrents that are seeded and doze: to everybody else they are there. */

#define PEER_ID "-XX0001-aaaaaaaaaaaa"

typedef struct
{
  TrkServer *tracker;
  char *url;
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
  GBytes *record;
  guint n_wanted;
  gboolean deaf; /* nobody brings it back */
} Fixture;

static void
resume_ready_cb (BtTorrent *torrent, GBytes *record, gboolean clean, gpointer data)
{
  Fixture *fixture = data;

  g_clear_pointer (&fixture->record, g_bytes_unref);
  fixture->record = g_bytes_ref (record);
}

static void
add (Fixture *fixture)
{
  BtTorrentOptions options = { .folder = fixture->session->folder, .save_resume = TRUE, .paused = TRUE, .resume = fixture->record };
  g_autoptr (GError) error = NULL;

  fixture->torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, &options, &error);
  g_assert_no_error (error);
  g_signal_connect (fixture->torrent, "resume-ready", G_CALLBACK (resume_ready_cb), fixture);
  bt_torrent_start (fixture->torrent);
}

static void
wanted_cb (BtSession *session, const guint8 *info_hash, gpointer data)
{
  Fixture *fixture = data;

  g_assert_true (memcmp (info_hash, bt_metainfo_get_info_hash (fixture->content->metainfo), BT_SHA1_LENGTH) == 0);
  fixture->n_wanted++;
  if (!fixture->deaf)
    add (fixture);
}

static guint64
count_seeds (Fixture *fixture)
{
  TrkStats stats;

  trk_server_get_stats (fixture->tracker, &stats);
  return stats.n_seeds;
}

static guint64
count_announces (Fixture *fixture)
{
  TrkStats stats;

  trk_server_get_stats (fixture->tracker, &stats);
  return stats.n_announces;
}

/* It has answered: so there is somebody to say goodbye to. */
static gboolean
is_working (Fixture *fixture)
{
  g_autoptr (GArray) trackers = bt_torrent_dup_trackers (fixture->torrent);

  return g_array_index (trackers, BtTrackerStats, 0).state == BT_TRACKER_WORKING;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  BtAddr loopback;

  g_assert_true (bt_addr_parse_ip (&loopback, "127.0.0.1"));
  fixture->tracker = trk_server_new ();
  g_assert_true (trk_server_listen_http (fixture->tracker, &loopback, 0, &error));
  fixture->url = trk_server_dup_announce_url (fixture->tracker);
  fixture->content = bt_test_torrent_new (&(BtTestSpec){
    .piece_length = 32768,
    .length = 100000,
    .trackers = (const char *const[]){ fixture->url, NULL },
  });
  fixture->session = bt_test_session_new (NULL);
  g_signal_connect (fixture->session->session, "wanted", G_CALLBACK (wanted_cb), fixture);
  bt_test_torrent_store (fixture->content, fixture->session->folder);
  add (fixture);
  bt_test_wait (count_seeds (fixture) == 1 && is_working (fixture));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_test_session_free (fixture->session);
  g_clear_pointer (&fixture->record, g_bytes_unref);
  bt_test_torrent_free (fixture->content);
  g_free (fixture->url);
  g_object_unref (fixture->tracker);
}

/* Returns when it does: its last record may have to be made first. */
static void
doze (Fixture *fixture)
{
  const guint8 *hash = bt_metainfo_get_info_hash (fixture->content->metainfo);

  bt_test_wait (bt_session_doze (fixture->session->session, fixture->torrent));
  fixture->torrent = NULL;
  g_assert_true (bt_session_is_dozing (fixture->session->session, hash));
  g_assert_null (bt_session_find (fixture->session->session, hash));
}

static void
test_a_caller_waits_and_is_served (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = NULL;

  doze (fixture);
  peer = bt_test_peer_dial (fixture->session->port);
  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  g_assert_cmpuint (fixture->n_wanted, ==, 1);
  for (guint32 piece = 0; piece < fixture->content->n_pieces; piece++)
    bt_test_peer_fetch (peer, fixture->content, piece);
}

static void
test_several_callers_are_served (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *peers[5];

  doze (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autofree char *id = g_strdup_printf ("-XX0001-%012u", i);

      peers[i] = bt_test_peer_dial (fixture->session->port);
      bt_test_peer_send_handshake (peers[i], fixture->content, id, TRUE);
    }
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      bt_test_wait (peers[i]->greeted);
      bt_test_peer_free (peers[i]);
    }
  g_assert_cmpuint (fixture->n_wanted, ==, 1);
}

static void
test_a_caller_that_leaves_is_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = NULL;

  doze (fixture);
  fixture->deaf = TRUE;
  peer = bt_test_peer_dial (fixture->session->port);
  bt_test_peer_send_handshake (peer, fixture->content, PEER_ID, TRUE);
  bt_test_wait (fixture->n_wanted == 1);
  g_clear_pointer (&peer, bt_test_peer_free);
  bt_test_drain ();
  add (fixture);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
  g_assert_cmpuint (bt_test_n_peers (fixture->torrent), ==, 0);
}

static void
test_the_tracker_notices_nothing (Fixture *fixture, gconstpointer data)
{
  guint64 n = count_announces (fixture);
  g_autoptr (BtTestPeer) peer = NULL;

  doze (fixture);
  peer = bt_test_peer_dial (fixture->session->port);
  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  g_assert_cmpuint (count_announces (fixture), ==, n);
  g_assert_cmpuint (count_seeds (fixture), ==, 1);
}

static void
test_it_says_goodbye (Fixture *fixture, gconstpointer data)
{
  doze (fixture);
  bt_session_end_doze (fixture->session->session, bt_metainfo_get_info_hash (fixture->content->metainfo));
  bt_test_wait (count_seeds (fixture) == 0);
  g_assert_false (bt_session_is_dozing (fixture->session->session, bt_metainfo_get_info_hash (fixture->content->metainfo)));
}

static void
test_it_says_goodbye_at_the_end (Fixture *fixture, gconstpointer data)
{
  doze (fixture);
  bt_test_session_free (fixture->session);
  g_assert_cmpuint (count_seeds (fixture), ==, 0);
  fixture->session = bt_test_session_new (NULL);
}

static void
let_go_cb (gpointer data)
{
  bt_test_udp_tracker_let_go (data);
}

/* To one, too, that answers only after we began to end. */
static void
test_it_says_goodbye_to_who_answers_late (Fixture *fixture, gconstpointer data)
{
  BtTestUdpTracker *tracker = bt_test_udp_tracker_new ("127.0.0.1", 0);
  g_autofree char *url = bt_test_udp_tracker_url (tracker, "");

  tracker->holds = TRUE;
  g_assert_true (bt_torrent_add_tracker (fixture->torrent, url, 1, NULL));
  bt_test_wait (tracker->n_announces == 1);
  doze (fixture);
  /* Long enough for who does not wait to be gone. */
  g_timeout_add_once (50, let_go_cb, tracker);
  g_clear_pointer (&fixture->session, bt_test_session_free);
  bt_test_wait (tracker->events->len == 2);
  g_assert_cmpint (tracker->request.event, ==, BT_ANNOUNCE_STOPPED);
  bt_test_udp_tracker_free (tracker);
  fixture->session = bt_test_session_new (NULL);
}

static void
test_not_while_somebody_is_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);

  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  g_assert_false (bt_session_doze (fixture->session->session, fixture->torrent));
  bt_test_peer_fetch (peer, fixture->content, 0);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
}

static void
test_counters_go_on (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *peer = bt_test_peer_dial (fixture->session->port);
  BtTorrentStats stats;

  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  bt_test_peer_fetch (peer, fixture->content, 0);
  bt_test_peer_free (peer);
  doze (fixture);
  add (fixture);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.uploaded, ==, 32768);
}

static void
test_a_leecher_that_the_tracker_names_wakes_it (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestSession) leech = NULL;
  BtTorrent *torrent;

  doze (fixture);
  leech = bt_test_session_new (NULL);
  torrent = bt_test_session_leech (leech, fixture->content);
  bt_session_announce_dozing (fixture->session->session, bt_metainfo_get_info_hash (fixture->content->metainfo));
  bt_test_wait (bt_torrent_get_state (torrent) == BT_TORRENT_SEEDING);
  g_assert_cmpuint (fixture->n_wanted, >=, 1);
}

/* A tracker that takes connections and says nothing has a few of them, and
 * those who ask others do not wait for it. */
static void
test_a_silent_tracker_holds_up_nobody (Fixture *fixture, gconstpointer data)
{
  guint16 port;
  g_autoptr (GSocket) silent = bt_test_door_new (&port);
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/announce", port);
  g_autoptr (GPtrArray) callers = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_test_peer_free);
  BtTestTorrent *others[30], *last;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = bt_test_torrent_new (&(BtTestSpec){
        .piece_length = 32768,
        .length = 1000,
        .seed = i + 1,
        .trackers = (const char *const[]){ url, NULL },
      });
      bt_test_session_leech (fixture->session, others[i]);
    }
  last = bt_test_torrent_new (&(BtTestSpec){
    .piece_length = 32768,
    .length = 1000,
    .seed = 1000,
    .trackers = (const char *const[]){ fixture->url, NULL },
  });
  bt_test_session_leech (fixture->session, last);
  bt_test_wait (count_announces (fixture) == 2);
  do
    g_ptr_array_add (callers, bt_test_peer_accept (silent));
  while (bt_test_door_rings (silent));
  g_assert_cmpuint (callers->len, <=, 4);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    bt_test_torrent_free (others[i]);
  bt_test_torrent_free (last);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/doze/a-caller-waits-and-is-served", test_a_caller_waits_and_is_served },
    { "/doze/several-callers-are-served", test_several_callers_are_served },
    { "/doze/a-caller-that-leaves-is-forgotten", test_a_caller_that_leaves_is_forgotten },
    { "/doze/the-tracker-notices-nothing", test_the_tracker_notices_nothing },
    { "/doze/it-says-goodbye", test_it_says_goodbye },
    { "/doze/it-says-goodbye-at-the-end", test_it_says_goodbye_at_the_end },
    { "/doze/it-says-goodbye-to-who-answers-late", test_it_says_goodbye_to_who_answers_late },
    { "/doze/not-while-somebody-is-there", test_not_while_somebody_is_there },
    { "/doze/counters-go-on", test_counters_go_on },
    { "/doze/a-leecher-that-the-tracker-names-wakes-it", test_a_leecher_that_the_tracker_names_wakes_it },
    { "/announces/a-silent-tracker-holds-up-nobody", test_a_silent_tracker_holds_up_nobody },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
