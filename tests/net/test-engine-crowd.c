/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-network.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <string.h>

/* More than may come in. */
#define CROWD 12u

/* A seed that many want to connect to. */
typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
  BtTestPeer *crowd[CROWD];
} Fixture;

static gboolean own_network;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 65536, .length = 12 * 65536 + 100 };
  BtConfig config;

  bt_test_config_init (&config);
  config.max_peers_per_torrent = CROWD / 2;
  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (&config);
  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < CROWD; i++)
    g_clear_pointer (&fixture->crowd[i], bt_test_peer_free);
  bt_test_session_free (fixture->session);
  bt_test_torrent_free (fixture->content);
}

static void
assert_serves (Fixture *fixture, const char *ip)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial_from (ip, fixture->session->port);

  bt_test_peer_be_leech (peer, fixture->content, "-XX0001-the last one", TRUE);
  bt_test_peer_fetch (peer, fixture->content, 3);
}

/* The beginning of a handshake is no reason to shut out who says all of it. */
static void
test_half_a_greeting (Fixture *fixture, gconstpointer data)
{
  guint8 hello[48] = "\x13"
                     "BitTorrent protocol";

  memcpy (hello + 28, bt_metainfo_get_info_hash (fixture->content->metainfo), 20);
  for (guint i = 0; i < CROWD / 2; i++)
    {
      fixture->crowd[i] = bt_test_peer_dial (fixture->session->port);
      bt_test_peer_send (fixture->crowd[i], hello, sizeof hello);
      bt_test_wait (fixture->crowd[i]->greeted);
    }
  assert_serves (fixture, "127.0.0.1");
}

static guint
count_ended (Fixture *fixture)
{
  guint n = 0;

  for (guint i = 0; i < CROWD; i++)
    n += fixture->crowd[i]->ended;
  return n;
}

/* One host that wants all connections gets some. */
static void
test_many_of_one_host (Fixture *fixture, gconstpointer data)
{
  if (!own_network)
    {
      g_test_skip ("no network of our own");
      return;
    }
  for (guint i = 0; i < CROWD; i++)
    {
      g_autofree char *id = g_strdup_printf ("-XX0001-%012u", i);

      fixture->crowd[i] = bt_test_peer_dial_from ("81.2.69.142", fixture->session->port);
      bt_test_peer_send_handshake (fixture->crowd[i], fixture->content, id, TRUE);
      bt_test_peer_send_message (fixture->crowd[i], BT_WIRE_INTERESTED, NULL, 0);
    }
  bt_test_wait (count_ended (fixture) >= CROWD - 4);
  bt_test_drain ();
  g_assert_cmpuint (count_ended (fixture), ==, CROWD - 4);
  assert_serves (fixture, "81.2.69.143");
}

#define ADD(path, function) g_test_add ("/engine-crowd/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  own_network = bt_test_network_begin ();
  g_test_init (&argc, &argv, NULL);
  ADD ("half-a-greeting", test_half_a_greeting);
  ADD ("many-of-one-host", test_many_of_one_host);
  return g_test_run ();
}
