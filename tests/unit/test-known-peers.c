/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-known-peers.h"

#define SECOND G_TIME_SPAN_SECOND

typedef struct
{
  BtRng rng;
  BtKnownPeers known;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  bt_rng_seed (&fixture->rng, 1);
  bt_known_peers_init (&fixture->known, &fixture->rng);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_known_peers_clear (&fixture->known);
}

static BtAddr
addr (const char *text)
{
  BtAddr self;

  g_assert_true (bt_addr_parse (&self, text));
  return self;
}

static BtKnownPeer *
add (Fixture *fixture, const char *text, BtPeerSource source)
{
  BtAddr at = addr (text);

  return bt_known_peers_add (&fixture->known, &at, source);
}

static BtKnownPeer *
add_number (Fixture *fixture, guint n, BtPeerSource source)
{
  guint8 ip[4] = { 10, (guint8) (n >> 16), (guint8) (n >> 8), (guint8) n };
  BtAddr at;

  bt_addr_init_v4 (&at, ip, 6881);
  return bt_known_peers_add (&fixture->known, &at, source);
}

static void
test_address_is_known_once (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *peer = add (fixture, "1.2.3.4:5", BT_SOURCE_TRACKER);

  g_assert_nonnull (peer);
  g_assert_true (add (fixture, "1.2.3.4:5", BT_SOURCE_PEX) == peer);
  g_assert_cmpint (peer->source, ==, BT_SOURCE_TRACKER);
  g_assert_cmpuint (bt_known_peers_count (&fixture->known), ==, 1);
  g_assert_true (bt_known_peers_find_id (&fixture->known, peer->id) == peer);
  g_assert_cmpuint (peer->id, !=, 0);
  g_assert_cmpuint (add (fixture, "1.2.3.4:6", BT_SOURCE_PEX)->id, !=, peer->id);
}

static void
test_useless_addresses_are_refused (Fixture *fixture, gconstpointer data)
{
  static const char *const useless[] = { "0.0.0.0:80", "1.2.3.4:0", "224.0.0.1:80", "255.255.255.255:80", "[::]:80", "[ff02::1]:80" };

  for (guint i = 0; i < G_N_ELEMENTS (useless); i++)
    g_assert_null (add (fixture, useless[i], BT_SOURCE_TRACKER));
  g_assert_cmpuint (bt_known_peers_count (&fixture->known), ==, 0);
}

static void
test_outgoing_port_is_not_dialled (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *peer = add (fixture, "1.2.3.4:50000", BT_SOURCE_INCOMING);

  g_assert_null (bt_known_peers_candidate (&fixture->known, 0, TRUE));
  add (fixture, "1.2.3.4:50000", BT_SOURCE_TRACKER);
  g_assert_true (bt_known_peers_candidate (&fixture->known, 0, TRUE) == peer);
  peer->in_use = TRUE;
  g_assert_null (bt_known_peers_candidate (&fixture->known, 0, TRUE));
}

static void
test_seeds_are_for_who_needs_them (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *peer = add (fixture, "1.2.3.4:5", BT_SOURCE_TRACKER);

  peer->is_seed = TRUE;
  g_assert_null (bt_known_peers_candidate (&fixture->known, 0, FALSE));
  g_assert_true (bt_known_peers_candidate (&fixture->known, 0, TRUE) == peer);
}

static void
test_fewest_failures_come_first (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *best;

  for (guint i = 0; i < 50; i++)
    add_number (fixture, i, BT_SOURCE_TRACKER)->fails = 5;
  best = add_number (fixture, 17, BT_SOURCE_TRACKER);
  best->fails = 1;
  for (guint i = 0; i < 50; i++)
    g_assert_true (bt_known_peers_candidate (&fixture->known, 0, TRUE) == best);
}

static void
test_failures_wait_longer_each_time (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *peer = add (fixture, "1.2.3.4:5", BT_SOURCE_TRACKER);
  gint64 now = 0, last = 0;

  for (guint i = 0; i < 70000; i++)
    {
      gint64 wait;

      peer->in_use = TRUE;
      bt_known_peers_done (&fixture->known, peer, now, FALSE);
      g_assert_false (peer->in_use);
      wait = peer->next_try - now;
      g_assert_cmpint (wait, >=, 15 * SECOND);
      g_assert_cmpint (wait, <=, 5 * G_TIME_SPAN_HOUR / 4);
      /* A quarter of jitter; doubling is more than that, until the cap. */
      if (i < 8)
        g_assert_cmpint (wait, >, last);
      else
        g_assert_cmpint (wait, >=, G_TIME_SPAN_HOUR);
      g_assert_null (bt_known_peers_candidate (&fixture->known, peer->next_try - 1, TRUE));
      g_assert_true (bt_known_peers_candidate (&fixture->known, peer->next_try, TRUE) == peer);
      last = wait;
      now = peer->next_try;
    }
}

static void
test_useful_peer_is_tried_again_soon (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *peer = add (fixture, "1.2.3.4:5", BT_SOURCE_TRACKER);

  for (guint i = 0; i < 5; i++)
    bt_known_peers_done (&fixture->known, peer, 0, FALSE);
  bt_known_peers_done (&fixture->known, peer, 0, TRUE);
  g_assert_cmpuint (peer->fails, ==, 0);
  g_assert_cmpint (peer->next_try, >=, 10 * SECOND);
  g_assert_cmpint (peer->next_try, <=, 13 * SECOND);
}

static void
test_ban_is_for_a_host (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *peer = add (fixture, "1.2.3.4:5", BT_SOURCE_TRACKER);
  BtKnownPeer *other_port = add (fixture, "1.2.3.4:6", BT_SOURCE_TRACKER);
  BtKnownPeer *other = add (fixture, "1.2.3.5:5", BT_SOURCE_TRACKER);
  BtAddr third = addr ("1.2.3.4:7");

  bt_known_peers_ban (&fixture->known, &peer->addr);
  g_assert_true (peer->banned);
  g_assert_true (other_port->banned);
  g_assert_false (other->banned);
  g_assert_true (bt_known_peers_is_banned (&fixture->known, &third));
  g_assert_null (bt_known_peers_add (&fixture->known, &third, BT_SOURCE_INCOMING));
  for (guint i = 0; i < 10; i++)
    g_assert_true (bt_known_peers_candidate (&fixture->known, 0, TRUE) == other);
}

static void
test_ban_of_this_machine_is_for_a_port (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *peer = add (fixture, "127.0.0.1:5", BT_SOURCE_TRACKER);
  BtKnownPeer *other = add (fixture, "127.0.0.1:6", BT_SOURCE_TRACKER);

  bt_known_peers_ban (&fixture->known, &peer->addr);
  g_assert_true (peer->banned);
  g_assert_false (other->banned);
  g_assert_null (add (fixture, "127.0.0.1:5", BT_SOURCE_TRACKER));
  g_assert_nonnull (add (fixture, "[::1]:5", BT_SOURCE_TRACKER));
}

static void
test_flood_does_not_push_out_the_good (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < BT_KNOWN_PEERS_MAX; i++)
    g_assert_nonnull (add_number (fixture, i, BT_SOURCE_TRACKER));
  for (guint i = 0; i < 10000; i++)
    g_assert_null (add_number (fixture, 100000 + i, BT_SOURCE_PEX));
  g_assert_cmpuint (bt_known_peers_count (&fixture->known), ==, BT_KNOWN_PEERS_MAX);
}

static void
test_hopeless_make_room (Fixture *fixture, gconstpointer data)
{
  guint added = 0;

  for (guint i = 0; i < BT_KNOWN_PEERS_MAX; i++)
    {
      BtKnownPeer *peer = add_number (fixture, i, BT_SOURCE_TRACKER);

      if (i % 2)
        peer->fails = 3;
      else if (i % 4)
        peer->in_use = TRUE;
    }
  for (guint i = 0; i < 500; i++)
    added += add_number (fixture, 100000 + i, BT_SOURCE_PEX) != NULL;
  g_assert_cmpuint (added, >, 450);
  g_assert_cmpuint (bt_known_peers_count (&fixture->known), ==, BT_KNOWN_PEERS_MAX);
  for (guint i = 0; i < BT_KNOWN_PEERS_MAX; i += 2)
    {
      guint8 ip[4] = { 10, 0, (guint8) (i >> 8), (guint8) i };
      BtAddr at;

      bt_addr_init_v4 (&at, ip, 6881);
      g_assert_nonnull (bt_known_peers_find (&fixture->known, &at));
    }
}

/* Somebody who connects from port after port fills nothing. */
static void
test_incoming_ports_make_room_for_addresses (Fixture *fixture, gconstpointer data)
{
  guint added = 0;

  for (guint i = 0; i < BT_KNOWN_PEERS_MAX; i++)
    add_number (fixture, i, BT_SOURCE_INCOMING);
  for (guint i = 0; i < 1000; i++)
    added += add_number (fixture, 100000 + i, BT_SOURCE_TRACKER) != NULL;
  g_assert_cmpuint (added, ==, 1000);
  for (guint i = 0; i < 1000; i++)
    {
      guint n = 100000 + i;
      guint8 ip[4] = { 10, (guint8) (n >> 16), (guint8) (n >> 8), (guint8) n };
      BtAddr at;

      bt_addr_init_v4 (&at, ip, 6881);
      g_assert_nonnull (bt_known_peers_find (&fixture->known, &at));
    }
}

static void
test_bans_are_bounded_and_hold (Fixture *fixture, gconstpointer data)
{
  guint n_held = 0;

  for (guint i = 0; i < 5000; i++)
    {
      guint8 ip[4] = { 20, (guint8) (i >> 16), (guint8) (i >> 8), (guint8) i };
      BtAddr at;

      bt_addr_init_v4 (&at, ip, 6881);
      bt_known_peers_ban (&fixture->known, &at);
    }
  for (guint i = 0; i < 5000; i++)
    {
      guint8 ip[4] = { 20, (guint8) (i >> 16), (guint8) (i >> 8), (guint8) i };
      BtAddr at;

      bt_addr_init_v4 (&at, ip, 1);
      n_held += bt_known_peers_is_banned (&fixture->known, &at);
      /* The latest liar is never the one that is forgotten. */
      if (i == 4999)
        g_assert_true (bt_known_peers_is_banned (&fixture->known, &at));
    }
  g_assert_cmpuint (n_held, ==, 1000);
}

static void
test_canonical_priority_breaks_ties (Fixture *fixture, gconstpointer data)
{
  BtAddr ours = addr ("9.8.7.6:1234");
  BtKnownPeer *best = NULL;

  for (guint i = 0; i < 30; i++)
    add_number (fixture, i * 7919, BT_SOURCE_TRACKER);
  g_assert_cmpuint (bt_known_peers_candidate (&fixture->known, 0, TRUE)->priority, ==, 0);
  bt_known_peers_set_self (&fixture->known, &ours);
  add_number (fixture, 99999, BT_SOURCE_TRACKER);
  for (guint i = 0; i < bt_known_peers_count (&fixture->known); i++)
    {
      BtKnownPeer *peer = fixture->known.list->pdata[i];

      g_assert_cmpuint (peer->priority, !=, 0);
      if (best == NULL || peer->priority > best->priority)
        best = peer;
    }
  for (guint i = 0; i < 20; i++)
    g_assert_true (bt_known_peers_candidate (&fixture->known, 0, TRUE) == best);
}

static void
test_hope_is_for_who_can_be_reached (Fixture *fixture, gconstpointer data)
{
  BtKnownPeer *peer;

  g_assert_false (bt_known_peers_any_hope (&fixture->known));
  /* Where it came from nobody listens, as far as is known. */
  add (fixture, "1.2.3.4:5", BT_SOURCE_INCOMING);
  g_assert_false (bt_known_peers_any_hope (&fixture->known));
  peer = add (fixture, "1.2.3.4:6", BT_SOURCE_TRACKER);
  g_assert_true (bt_known_peers_any_hope (&fixture->known));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (bt_known_peers_any_hope (&fixture->known));
      peer->in_use = TRUE;
      bt_known_peers_done (&fixture->known, peer, 0, FALSE);
    }
  g_assert_false (bt_known_peers_any_hope (&fixture->known));
  peer = add (fixture, "1.2.3.4:7", BT_SOURCE_TRACKER);
  g_assert_true (bt_known_peers_any_hope (&fixture->known));
  peer->is_seed = TRUE;
  g_assert_false (bt_known_peers_any_hope (&fixture->known));
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/known-peers/hope/is-for-who-can-be-reached", test_hope_is_for_who_can_be_reached);
  ADD ("/known-peers/add/address-is-known-once", test_address_is_known_once);
  ADD ("/known-peers/add/useless-addresses-are-refused", test_useless_addresses_are_refused);
  ADD ("/known-peers/candidate/outgoing-port-is-not-dialled", test_outgoing_port_is_not_dialled);
  ADD ("/known-peers/candidate/seeds-are-for-who-needs-them", test_seeds_are_for_who_needs_them);
  ADD ("/known-peers/candidate/fewest-failures-come-first", test_fewest_failures_come_first);
  ADD ("/known-peers/candidate/canonical-priority-breaks-ties", test_canonical_priority_breaks_ties);
  ADD ("/known-peers/done/failures-wait-longer-each-time", test_failures_wait_longer_each_time);
  ADD ("/known-peers/done/useful-peer-is-tried-again-soon", test_useful_peer_is_tried_again_soon);
  ADD ("/known-peers/ban/is-for-a-host", test_ban_is_for_a_host);
  ADD ("/known-peers/ban/of-this-machine-is-for-a-port", test_ban_of_this_machine_is_for_a_port);
  ADD ("/known-peers/ban/are-bounded-and-hold", test_bans_are_bounded_and_hold);
  ADD ("/known-peers/room/flood-does-not-push-out-the-good", test_flood_does_not_push_out_the_good);
  ADD ("/known-peers/room/hopeless-make-room", test_hopeless_make_room);
  ADD ("/known-peers/room/incoming-ports-make-room-for-addresses", test_incoming_ports_make_room_for_addresses);
  return g_test_run ();
}
