/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-resolver.h"
#include "bt-test-session.h"
#include "bt-test-torrent.h"

#include <string.h>

#define PIECE 32768u

/* BEP 3 numbers the messages. */
#define PORT_MESSAGE 9

/* A session with a node, which begins at those ports of this machine. */
static BtTestSession *
session_new (const char *first, const char *second)
{
  const char *list[] = { first, second, NULL };

  return bt_test_session_new_with_node (list);
}

static char *
place_of (const BtTestSession *session)
{
  return g_strdup_printf ("127.0.0.1:%u", session->port);
}

static guint
count_nodes (const BtTestSession *session)
{
  BtSessionStats stats;

  bt_session_get_stats (session->session, &stats);
  return stats.dht_nodes_v4 + stats.dht_nodes_v6;
}

static guint
count_stored (const BtTestSession *session)
{
  BtDhtStats stats;

  g_assert_true (bt_session_get_dht_stats (session->session, &stats));
  return stats.families[0].n_peers + stats.families[1].n_peers;
}

static BtTestTorrent *
torrent_new (gboolean is_private, guint16 node_port)
{
  BtTestSpec spec = { .piece_length = PIECE, .length = 5 * PIECE, .is_private = is_private, .node_port = node_port };

  return bt_test_torrent_new (&spec);
}

/* Nobody is told of anybody: a third node knows who has it. */
static void
test_finds_a_seed (void)
{
  g_autoptr (BtTestSession) node = session_new (NULL, NULL);
  g_autofree char *place = place_of (node);
  g_autoptr (BtTestTorrent) torrent = torrent_new (FALSE, 0);
  g_autoptr (BtTestSession) seed = session_new (place, NULL);
  g_autoptr (BtTestSession) leech = session_new (place, NULL);
  BtTorrent *wanted;

  bt_test_session_seed (seed, torrent);
  bt_test_wait (count_stored (node) > 0);
  wanted = bt_test_session_leech (leech, torrent);
  bt_test_wait (bt_torrent_get_state (wanted) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (torrent, leech->folder);
}

/* As a name, and of a torrent that says where to begin. */
static void
test_begins_at_names_and_at_the_nodes_of_a_torrent (void)
{
  g_autoptr (BtTestSession) node = session_new (NULL, NULL);
  g_autoptr (BtTestTorrent) torrent = torrent_new (FALSE, node->port);
  g_autofree char *name = g_strdup_printf ("two.test:%u", node->port);
  g_autoptr (GObject) resolver = G_OBJECT (bt_test_resolver_new ());
  g_autoptr (BtTestSession) seed = session_new (NULL, NULL);
  g_autoptr (BtTestSession) leech = session_new ("nothing.test:1", name);
  BtTorrent *wanted;

  bt_test_session_seed (seed, torrent);
  bt_test_wait (count_stored (node) > 0);
  wanted = bt_test_session_leech (leech, torrent);
  bt_test_wait (bt_torrent_get_state (wanted) == BT_TORRENT_SEEDING);
  g_assert_cmpuint (((BtTestResolver *) resolver)->n_lookups, >, 0);
}

static void
test_names_are_not_asked_for_on_loopback (void)
{
  g_autoptr (GObject) resolver = G_OBJECT (bt_test_resolver_new ());
  g_autoptr (BtTestSession) session = NULL;
  BtConfig config;

  bt_test_config_init (&config);
  config.dht = TRUE;
  session = bt_test_session_new (&config);
  bt_test_drain ();
  g_assert_cmpuint (((BtTestResolver *) resolver)->n_lookups, ==, 0);
}

/* BEP 27: and neither does its handshake say that there is a node. */
static void
test_a_private_torrent_stays_out (void)
{
  g_autoptr (BtTestSession) node = session_new (NULL, NULL);
  g_autofree char *place = place_of (node);
  g_autoptr (BtTestTorrent) secret = torrent_new (TRUE, node->port);
  g_autoptr (BtTestTorrent) public = torrent_new (FALSE, 0);
  g_autoptr (BtTestSession) seed = session_new (place, NULL);
  g_autoptr (BtTestPeer) peer = NULL;
  BtDhtStats stats;

  bt_test_session_seed (seed, secret);
  bt_test_session_seed (seed, public);
  bt_test_wait (count_stored (node) > 0);
  /* Both were due at the same time, and one has come. */
  bt_test_wait (count_nodes (seed) > 0);
  g_assert_true (bt_session_get_dht_stats (node->session, &stats));
  g_assert_cmpuint (stats.families[0].n_hashes, ==, 1);
  peer = bt_test_peer_dial (seed->port);
  bt_test_peer_send_handshake (peer, secret, "-XX0000-000000000001", TRUE);
  bt_test_wait (peer->greeted);
  g_assert_cmpuint (peer->hello[27] & 1, ==, 0);
}

static GSocket *
open_udp (guint16 *port)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_from_string ("127.0.0.1");
  g_autoptr (GSocketAddress) any = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) bound = NULL;
  GSocket *socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  g_assert_nonnull (socket);
  g_assert_true (g_socket_bind (socket, any, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

/* Both say it, and the node that the peer names is asked whether it is there. */
static void
test_peers_tell_of_their_nodes (void)
{
  g_autoptr (BtTestSession) seed = session_new (NULL, NULL);
  g_autoptr (BtTestTorrent) torrent = torrent_new (FALSE, 0);
  g_autoptr (BtTestMessage) message = NULL;
  g_autoptr (BtTestPeer) peer = NULL;
  g_autoptr (GSocket) node = NULL;
  guint8 hello[68] = "\x13" "BitTorrent protocol\0\0\0\0\0\x10\0\x05";
  guint8 port_bytes[2], query[1500];
  gssize length = 0;
  guint16 port;

  node = open_udp (&port);
  bt_test_session_seed (seed, torrent);
  peer = bt_test_peer_dial (seed->port);
  memcpy (hello + 28, bt_metainfo_get_info_hash (torrent->metainfo), 20);
  memcpy (hello + 48, "-XX0000-000000000001", 20);
  bt_test_peer_send (peer, hello, sizeof hello);
  message = bt_test_peer_expect (peer, PORT_MESSAGE);
  g_assert_cmpuint (peer->hello[27] & 1, ==, 1);
  g_assert_cmpuint (message->length, ==, 2);
  g_assert_cmpuint (message->payload[0] << 8 | message->payload[1], ==, seed->port);
  port_bytes[0] = (guint8) (port >> 8);
  port_bytes[1] = (guint8) port;
  bt_test_peer_send_message (peer, PORT_MESSAGE, port_bytes, 2);
  bt_test_wait ((length = g_socket_receive (node, (char *) query, sizeof query, NULL, NULL)) > 0);
  g_assert_nonnull (memmem (query, (gsize) length, "1:q4:ping", 9));
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  gboolean *stopped = data;

  *stopped = bt_session_stop_finish (BT_SESSION (object), result, NULL);
}

static guint
count_contacts (BtSession *session)
{
  g_autoptr (GArray) contacts = bt_session_dup_dht_contacts (session);

  return contacts->len;
}

/* Who had peers begins at them; nobody else tells it where to. */
static void
test_goes_on_after_a_restart (void)
{
  g_autoptr (BtTestSession) node = session_new (NULL, NULL);
  g_autofree char *place = place_of (node);
  g_autoptr (BtSession) session = NULL;
  g_autoptr (GBytes) state = NULL, again = NULL;
  g_autoptr (GArray) contacts = NULL;
  BtTestSession *first = session_new (place, NULL);
  const char *nobody[] = { NULL };
  gboolean stopped = FALSE;
  BtConfig config;

  bt_test_wait (count_nodes (first) > 0);
  state = bt_session_dup_dht_state (first->session);
  bt_test_session_free (first);

  bt_test_config_init (&config);
  config.dht = TRUE;
  config.dht_bootstrap = nobody;
  session = bt_session_new (&config);
  bt_session_restore_dht_state (session, state);
  g_assert_true (bt_session_start (session, NULL));
  bt_test_wait (count_contacts (session) > 0);
  contacts = bt_session_dup_dht_contacts (session);
  g_assert_cmpuint (g_array_index (contacts, BtDhtContactStats, 0).addr.port, ==, node->port);
  again = bt_session_dup_dht_state (session);
  /* "d2:id20:" and the id. */
  g_assert_cmpmem (g_bytes_get_data (state, NULL), 28, g_bytes_get_data (again, NULL), 28);
  bt_session_stop_async (session, stopped_cb, &stopped);
  bt_test_wait (stopped);
}

static void
test_off_means_off (void)
{
  g_autoptr (BtTestSession) session = bt_test_session_new (NULL);
  g_autoptr (GArray) contacts = bt_session_dup_dht_contacts (session->session);
  BtDhtStats stats;
  BtAddr addr;

  g_assert_true (bt_addr_parse (&addr, "127.0.0.1:1"));
  bt_session_add_dht_node (session->session, &addr);
  bt_session_add_dht_host (session->session, "two.test", 1);
  g_assert_null (bt_session_dup_dht_state (session->session));
  g_assert_false (bt_session_get_dht_stats (session->session, &stats));
  g_assert_cmpuint (contacts->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/session-dht/finds-a-seed", test_finds_a_seed);
  g_test_add_func ("/session-dht/begins-at-names-and-at-the-nodes-of-a-torrent", test_begins_at_names_and_at_the_nodes_of_a_torrent);
  g_test_add_func ("/session-dht/names-are-not-asked-for-on-loopback", test_names_are_not_asked_for_on_loopback);
  g_test_add_func ("/session-dht/a-private-torrent-stays-out", test_a_private_torrent_stays_out);
  g_test_add_func ("/session-dht/peers-tell-of-their-nodes", test_peers_tell_of_their_nodes);
  g_test_add_func ("/session-dht/goes-on-after-a-restart", test_goes_on_after_a_restart);
  g_test_add_func ("/session-dht/off-means-off", test_off_means_off);
  return g_test_run ();
}
