/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ext.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <string.h>

/* What both sides say in the extension handshake (BEP 10). */
typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
  BtTestPeer *peer;
} Fixture;

static void
set_up (Fixture *self, gconstpointer unused)
{
  BtTestSpec spec = { .piece_length = 65536, .length = 3 * 65536 };

  self->content = bt_test_torrent_new (&spec);
  self->session = bt_test_session_new (NULL);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  g_clear_pointer (&self->peer, bt_test_peer_free);
  bt_test_session_free (self->session);
  bt_test_torrent_free (self->content);
}

static void
be_new_peer (Fixture *self, const char *peer_id)
{
  guint8 hello[68] = "\x13"
                     "BitTorrent protocol\0\0\0\0\0\x10\0\x05";

  g_clear_pointer (&self->peer, bt_test_peer_free);
  self->peer = bt_test_peer_dial (self->session->port);
  memcpy (hello + 28, bt_metainfo_get_info_hash (self->content->metainfo), 20);
  memcpy (hello + 48, peer_id, 20);
  bt_test_peer_send (self->peer, hello, sizeof hello);
}

static void
say (Fixture *self, BtExtHandshake *ours)
{
  g_autoptr (GBytes) bytes = bt_ext_handshake_write (ours);
  gsize length = g_bytes_get_size (bytes);
  g_autofree guint8 *message = g_malloc0 (1 + length);

  memcpy (message + 1, g_bytes_get_data (bytes, NULL), length);
  bt_test_peer_send_message (self->peer, BT_WIRE_EXTENDED, message, 1 + length);
}

static BtExtHandshake
hear (Fixture *self)
{
  g_autoptr (BtTestMessage) message = bt_test_peer_expect (self->peer, BT_WIRE_EXTENDED);
  BtExtHandshake theirs;

  g_assert_cmpuint (message->payload[0], ==, 0);
  g_assert_true (bt_ext_handshake_read (&theirs, message->payload + 1, message->length - 1));
  return theirs;
}

static guint
n_known (Fixture *self)
{
  BtTorrentStats stats;

  bt_torrent_get_stats (self->torrent, &stats);
  return stats.n_known_peers;
}

static void
test_says_what_it_is (Fixture *self, gconstpointer unused)
{
  BtExtHandshake theirs;

  self->torrent = bt_test_session_seed (self->session, self->content);
  be_new_peer (self, "-XX0001-aaaaaaaaaaaa");
  theirs = hear (self);
  g_assert_cmpuint (theirs.keys, ==,
                    BT_EXT_HAS_PORT | BT_EXT_HAS_VERSION | BT_EXT_HAS_YOUR_IP | BT_EXT_HAS_REQQ | BT_EXT_HAS_UPLOAD_ONLY |
                      BT_EXT_HAS_ENCRYPTION | (theirs.keys & BT_EXT_HAS_METADATA_SIZE));
  g_assert_cmpuint (theirs.port, ==, self->session->port);
  g_assert_true (theirs.upload_only);
  g_assert_true (bt_addr_is_loopback (&theirs.your_ip));
}

static void
test_offers_no_peer_exchange_when_it_is_off (Fixture *self, gconstpointer unused)
{
  BtExtHandshake theirs;
  BtConfig config;

  bt_test_config_init (&config);
  self->torrent = bt_test_session_seed (self->session, self->content);
  be_new_peer (self, "-XX0001-aaaaaaaaaaaa");
  theirs = hear (self);
  g_assert_cmpuint (theirs.ids[BT_EXT_PEX], !=, 0);
  config.pex = FALSE;
  bt_session_configure (self->session->session, &config);
  be_new_peer (self, "-XX0001-bbbbbbbbbbbb");
  theirs = hear (self);
  g_assert_cmpuint (theirs.ids[BT_EXT_PEX], ==, 0);
  g_assert_cmpuint (theirs.ids[BT_EXT_METADATA], !=, 0);
  /* Who is connected hears of it when it is on. */
  config.pex = TRUE;
  bt_session_configure (self->session->session, &config);
  theirs = hear (self);
  g_assert_cmpuint (theirs.ids[BT_EXT_PEX], !=, 0);
}

static void
test_says_since_when_it_is_complete (Fixture *self, gconstpointer unused)
{
  BtExtHandshake theirs;

  self->torrent = bt_test_session_leech (self->session, self->content);
  self->peer = bt_test_peer_dial (self->session->port);
  bt_test_peer_be_seed (self->peer, self->content, NULL, "-XX0001-aaaaaaaaaaaa", TRUE);
  bt_test_wait (bt_torrent_get_state (self->torrent) == BT_TORRENT_SEEDING);
  be_new_peer (self, "-XX0001-bbbbbbbbbbbb");
  theirs = hear (self);
  g_assert_true (theirs.keys & BT_EXT_HAS_COMPLETE_AGO);
  g_assert_cmpuint (theirs.complete_ago, <=, 60);
}

static void
test_learns_one_other_address (Fixture *self, gconstpointer unused)
{
  BtExtHandshake ours = { .keys = BT_EXT_HAS_PORT | BT_EXT_HAS_IPV6 | BT_EXT_HAS_IPV4, .port = 6881 };

  self->torrent = bt_test_session_seed (self->session, self->content);
  be_new_peer (self, "-XX0001-aaaaaaaaaaaa");
  g_assert_true (bt_addr_parse_ip (&ours.ipv4, "192.0.2.1"));
  g_assert_true (bt_addr_parse_ip (&ours.ipv6, "2001:db8::1"));
  say (self, &ours);
  /* Where it called from, where it listens, and where it is in the other family. */
  bt_test_wait (n_known (self) == 3);
  g_assert_true (bt_addr_parse_ip (&ours.ipv6, "2001:db8::2"));
  ours.keys &= ~(guint) BT_EXT_HAS_PORT;
  say (self, &ours);
  bt_test_peer_send_message (self->peer, BT_WIRE_INTERESTED, "", 0);
  g_clear_pointer (&(BtTestMessage *){ bt_test_peer_expect (self->peer, BT_WIRE_UNCHOKE) }, bt_test_message_free);
  g_assert_cmpuint (n_known (self), ==, 3);
}

static void
test_private_address_is_not_taken (Fixture *self, gconstpointer unused)
{
  BtExtHandshake ours = { .keys = BT_EXT_HAS_PORT | BT_EXT_HAS_IPV6, .port = 6881 };

  self->torrent = bt_test_session_seed (self->session, self->content);
  be_new_peer (self, "-XX0001-aaaaaaaaaaaa");
  g_assert_true (bt_addr_parse_ip (&ours.ipv6, "fe80::1"));
  say (self, &ours);
  bt_test_peer_send_message (self->peer, BT_WIRE_INTERESTED, "", 0);
  g_clear_pointer (&(BtTestMessage *){ bt_test_peer_expect (self->peer, BT_WIRE_UNCHOKE) }, bt_test_message_free);
  g_assert_cmpuint (n_known (self), ==, 2);
}

/* One peer does not fill the list of all. */
static void
test_learns_few_ports_of_one_peer (Fixture *self, gconstpointer unused)
{
  BtExtHandshake ours = { .keys = BT_EXT_HAS_PORT };

  self->torrent = bt_test_session_seed (self->session, self->content);
  be_new_peer (self, "-XX0001-aaaaaaaaaaaa");
  for (ours.port = 1000; ours.port < 1100; ours.port++)
    say (self, &ours);
  bt_test_peer_send_message (self->peer, BT_WIRE_INTERESTED, "", 0);
  g_clear_pointer (&(BtTestMessage *){ bt_test_peer_expect (self->peer, BT_WIRE_UNCHOKE) }, bt_test_message_free);
  g_assert_cmpuint (n_known (self), ==, 4);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/engine-extension/says-what-it-is", test_says_what_it_is);
  ADD ("/engine-extension/offers-no-peer-exchange-when-it-is-off", test_offers_no_peer_exchange_when_it_is_off);
  ADD ("/engine-extension/says-since-when-it-is-complete", test_says_since_when_it_is_complete);
  ADD ("/engine-extension/learns-one-other-address", test_learns_one_other_address);
  ADD ("/engine-extension/learns-few-ports-of-one-peer", test_learns_few_ports_of_one_peer);
  ADD ("/engine-extension/private-address-is-not-taken", test_private_address_is_not_taken);
  return g_test_run ();
}
