/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ext.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"
#include "bt-test-udp-tracker.h"

#include <string.h>

/* A session gets another port while it runs. */
#define PIECE 32768u

static BtTestTorrent *
content_new (const char *tracker)
{
  const char *trackers[] = { tracker, NULL };
  BtTestSpec spec = { .piece_length = PIECE, .length = 20 * PIECE, .trackers = tracker != NULL ? trackers : NULL };

  return bt_test_torrent_new (&spec);
}

static GSocket *
socket_new (const char *ip, guint16 port, gboolean is_udp)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (ip, port);
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (address),
                                             is_udp ? G_SOCKET_TYPE_DATAGRAM : G_SOCKET_TYPE_STREAM,
                                             is_udp ? G_SOCKET_PROTOCOL_UDP : G_SOCKET_PROTOCOL_TCP, NULL);

  if (socket == NULL || !g_socket_bind (socket, address, FALSE, NULL) || (!is_udp && !g_socket_listen (socket, NULL)))
    return NULL;
  return g_steal_pointer (&socket);
}

static guint16
port_of (GSocket *socket)
{
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, NULL);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* Somebody else may take a port that was just free. */
static void
move (BtTestSession *self)
{
  gboolean moved = FALSE;
  guint16 port = 0;

  for (guint i = 0; i < 20 && !moved; i++)
    {
      g_autoptr (GSocket) socket = socket_new ("127.0.0.1", 0, FALSE);

      port = port_of (socket);
      g_assert_true (g_socket_close (socket, NULL));
      moved = bt_session_set_port (self->session, port, NULL);
    }
  g_assert_true (moved);
  g_assert_cmpuint (bt_session_get_port (self->session), ==, port);
  g_assert_cmpuint (port, !=, self->port);
  self->port = port;
}

static gboolean
is_refused (guint16 port)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GError) error = NULL;

  return !g_socket_connect (socket, address, NULL, &error) && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

static BtTestPeer *
peer_new (const BtTestSession *session, const BtTestTorrent *content, const char *peer_id)
{
  guint8 hello[68] = "\x13"
                     "BitTorrent protocol\0\0\0\0\0\x10\0\x01";
  BtTestPeer *peer = bt_test_peer_dial (session->port);

  memcpy (hello + 28, bt_metainfo_get_info_hash (content->metainfo), 20);
  memcpy (hello + 48, peer_id, 20);
  bt_test_peer_send (peer, hello, sizeof hello);
  bt_test_peer_send_message (peer, BT_WIRE_INTERESTED, NULL, 0);
  return peer;
}

/* Waits for its extension handshake. Returns: the port it names */
static guint16
hear_port (BtTestPeer *peer)
{
  g_autoptr (BtTestMessage) message = bt_test_peer_expect (peer, BT_WIRE_EXTENDED);
  BtExtHandshake theirs;

  g_assert_cmpuint (message->payload[0], ==, 0);
  g_assert_true (bt_ext_handshake_read (&theirs, message->payload + 1, message->length - 1));
  g_assert_true (theirs.keys & BT_EXT_HAS_PORT);
  return theirs.port;
}

static void
test_peers_come_to_the_new_one (void)
{
  g_autoptr (BtTestTorrent) content = content_new (NULL);
  g_autoptr (BtTestSession) session = bt_test_session_new (NULL);
  g_autoptr (BtTestPeer) old = NULL;
  g_autoptr (BtTestPeer) new = NULL;
  guint16 first = session->port;
  BtSessionStats stats;

  bt_test_session_seed (session, content);
  old = peer_new (session, content, "-XX0001-aaaaaaaaaaaa");
  g_assert_cmpuint (hear_port (old), ==, first);
  bt_test_message_free (bt_test_peer_expect (old, BT_WIRE_UNCHOKE));
  bt_test_peer_fetch (old, content, 0);

  move (session);
  g_assert_true (is_refused (first));
  bt_session_get_stats (session->session, &stats);
  g_assert_cmpuint (stats.n_incoming, ==, 0);
  g_assert_cmpuint (hear_port (old), ==, session->port);
  bt_test_peer_fetch (old, content, 1);
  new = peer_new (session, content, "-XX0001-bbbbbbbbbbbb");
  g_assert_cmpuint (hear_port (new), ==, session->port);
  bt_test_message_free (bt_test_peer_expect (new, BT_WIRE_UNCHOKE));
  bt_test_peer_fetch (new, content, 2);
  bt_session_get_stats (session->session, &stats);
  g_assert_cmpuint (stats.n_incoming, ==, 1);
}

/* Over the connection that it began on. */
static void
test_a_transfer_goes_on (void)
{
  g_autoptr (BtTestTorrent) content = content_new (NULL);
  g_autoptr (BtTestSession) seed = bt_test_session_new (NULL);
  g_autoptr (BtTestSession) leech = bt_test_session_new (NULL);
  BtSessionStats stats;
  BtTorrent *wanted;

  bt_session_set_limits (seed->session, 0, 8 * PIECE);
  bt_test_session_seed (seed, content);
  wanted = bt_test_session_leech (leech, content);
  bt_test_torrent_meet (wanted, seed->port);
  bt_test_wait (bt_test_n_pieces (wanted) > 0);
  move (seed);
  move (leech);
  g_assert_cmpuint (bt_test_n_pieces (wanted), <, content->n_pieces);
  bt_session_set_limits (seed->session, 0, 0);
  bt_test_wait (bt_torrent_get_state (wanted) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (content, leech->folder);
  bt_session_get_stats (seed->session, &stats);
  g_assert_cmpuint (stats.n_incoming, ==, 0);
}

static gboolean
has_answer (BtTorrent *torrent)
{
  g_autoptr (GArray) trackers = bt_torrent_dup_trackers (torrent);

  return g_array_index (trackers, BtTrackerStats, 0).state == BT_TRACKER_WORKING;
}

/* Without an event, and as soon as any tracker may be asked again. */
static void
test_trackers_hear_of_it (void)
{
  BtTestUdpTracker *tracker = bt_test_udp_tracker_new ("127.0.0.1", 0);
  g_autofree char *url = bt_test_udp_tracker_url (tracker, "/announce");
  g_autoptr (BtTestTorrent) content = content_new (url);
  BtTestSession *session = bt_test_session_new (NULL);
  BtTorrent *torrent;

  tracker->reply.interval = 1800;
  torrent = bt_test_session_leech (session, content);
  bt_test_wait (has_answer (torrent));
  g_assert_cmpuint (tracker->n_announces, ==, 1);
  g_assert_cmpuint (tracker->request.port, ==, session->port);
  move (session);
  bt_test_wait (tracker->n_announces == 2);
  g_assert_cmpint (tracker->request.event, ==, BT_ANNOUNCE_NONE);
  g_assert_cmpuint (tracker->request.port, ==, session->port);
  g_assert_cmpuint (tracker->from.port, ==, session->port);
  bt_test_session_free (session);
  g_assert_cmpint (tracker->request.event, ==, BT_ANNOUNCE_STOPPED);
  bt_test_udp_tracker_free (tracker);
  bt_test_drain ();
}

/* What was asked of a tracker before is asked again from the new port. */
static void
test_an_announce_under_way_is_answered (void)
{
  BtTestUdpTracker *tracker = bt_test_udp_tracker_new ("127.0.0.1", 0);
  g_autofree char *url = bt_test_udp_tracker_url (tracker, "/announce");
  g_autoptr (BtTestTorrent) content = content_new (url);
  BtTestSession *session;
  BtConfig config;

  bt_test_config_init (&config);
  config.announce_timeout = 4;
  session = bt_test_session_new (&config);
  tracker->n_to_drop = 1;
  bt_test_session_leech (session, content);
  bt_test_wait (tracker->n_to_drop == 0);
  move (session);
  bt_test_wait (tracker->n_announces == 1);
  g_assert_cmpint (tracker->request.event, ==, BT_ANNOUNCE_STARTED);
  g_assert_cmpuint (tracker->from.port, ==, session->port);
  bt_test_session_free (session);
  bt_test_udp_tracker_free (tracker);
  bt_test_drain ();
}

static guint
count_nodes (const BtTestSession *session, guint8 *id)
{
  BtDhtStats stats;

  g_assert_true (bt_session_get_dht_stats (session->session, &stats));
  memcpy (id, stats.families[0].id, BT_SHA1_LENGTH);
  return stats.families[0].n_nodes;
}

static void
test_the_node_of_the_dht_stays (void)
{
  const char *nowhere[] = { NULL };
  g_autoptr (BtTestSession) node = bt_test_session_new_with_node (nowhere);
  g_autofree char *place = g_strdup_printf ("127.0.0.1:%u", node->port);
  const char *first[] = { place, NULL };
  g_autoptr (BtTestSession) session = bt_test_session_new_with_node (first);
  g_autoptr (BtTestSession) late = NULL;
  g_autofree char *moved = NULL;
  const char *second[2] = { NULL };
  guint8 before[BT_SHA1_LENGTH], after[BT_SHA1_LENGTH];

  bt_test_wait (count_nodes (session, before) == 1);
  move (session);
  g_assert_cmpuint (count_nodes (session, after), ==, 1);
  g_assert_cmpmem (before, sizeof before, after, sizeof after);
  moved = g_strdup_printf ("127.0.0.1:%u", session->port);
  second[0] = moved;
  late = bt_test_session_new_with_node (second);
  /* It tells of the other too. */
  bt_test_wait (count_nodes (late, after) == 2);
}

/* Neither TCP nor UDP of one family is let go when the other cannot be had. */
static void
assert_stays (BtTestSession *session, const BtTestTorrent *content, guint16 port)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("-XX0002-%012u", n++);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtTestPeer) peer = NULL;

  g_assert_false (bt_session_set_port (session->session, port, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpuint (bt_session_get_port (session->session), ==, session->port);
  peer = bt_test_peer_dial (session->port);
  bt_test_peer_be_leech (peer, content, id, FALSE);
  bt_test_peer_fetch (peer, content, 0);
}

static void
test_one_that_is_taken_changes_nothing (void)
{
  g_autoptr (BtTestTorrent) content = content_new (NULL);
  g_autoptr (BtTestSession) session = NULL;
  g_autoptr (GSocket) tcp = socket_new ("127.0.0.1", 0, FALSE);
  g_autoptr (GSocket) udp = socket_new ("127.0.0.1", 0, TRUE);
  g_autoptr (GSocket) tcp6 = socket_new ("::1", 0, FALSE);
  g_autoptr (GSocket) udp6 = socket_new ("::1", 0, TRUE);
  GSocket *taken[] = { tcp, udp, tcp6, udp6 };
  BtConfig config;
  guint fds;

  bt_test_config_init (&config);
  if (tcp6 != NULL)
    g_assert_true (bt_addr_parse_ip (&config.bind_v6, "::1"));
  session = bt_test_session_new (&config);
  bt_test_session_seed (session, content);
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    if (taken[i] != NULL)
      assert_stays (session, content, port_of (taken[i]));
  fds = bt_test_count_fds ();
  for (guint i = 0; i < G_N_ELEMENTS (taken); i++)
    if (taken[i] != NULL)
      g_assert_false (bt_session_set_port (session->session, port_of (taken[i]), NULL));
  g_assert_cmpuint (bt_test_count_fds (), ==, fds);
  /* It can still be had elsewhere, and nothing is left of the old one. */
  move (session);
  g_assert_cmpuint (bt_test_count_fds (), ==, fds);
}

static void
test_any_is_one_that_it_has (void)
{
  g_autoptr (BtTestSession) session = bt_test_session_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (bt_session_set_port (session->session, 0, &error));
  g_assert_cmpuint (bt_session_get_port (session->session), ==, session->port);
  g_assert_true (bt_session_set_port (session->session, session->port, &error));
  g_assert_cmpuint (bt_session_get_port (session->session), ==, session->port);
  /* It was a number, and shall be any other. */
  g_assert_true (bt_session_set_port (session->session, 0, &error));
  g_assert_cmpuint (bt_session_get_port (session->session), !=, 0);
  g_assert_cmpuint (bt_session_get_port (session->session), !=, session->port);
}

static void
test_not_before_it_runs (void)
{
  g_autoptr (BtSession) session = bt_session_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (bt_session_set_port (session, 0, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED);
  g_assert_cmpuint (bt_session_get_port (session), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session-port/peers-come-to-the-new-one", test_peers_come_to_the_new_one);
  g_test_add_func ("/session-port/a-transfer-goes-on", test_a_transfer_goes_on);
  g_test_add_func ("/session-port/trackers-hear-of-it", test_trackers_hear_of_it);
  g_test_add_func ("/session-port/an-announce-under-way-is-answered", test_an_announce_under_way_is_answered);
  g_test_add_func ("/session-port/the-node-of-the-dht-stays", test_the_node_of_the_dht_stays);
  g_test_add_func ("/session-port/one-that-is-taken-changes-nothing", test_one_that_is_taken_changes_nothing);
  g_test_add_func ("/session-port/any-is-one-that-it-has", test_any_is_one_that_it_has);
  g_test_add_func ("/session-port/not-before-it-runs", test_not_before_it_runs);
  return g_test_run ();
}
