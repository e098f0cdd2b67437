/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-bloom.h"
#include "bt-dht-id.h"
#include "bt-dht-table.h"
#include "bt-test.h"

#include <math.h>

#define MINUTE G_TIME_SPAN_MINUTE

static const guint8 own[BT_DHT_ID_LENGTH];

typedef struct
{
  const char *name;
  const char *ip;
  const char *id;
  gboolean fits;
} IdRow;

/* The table of BEP 42, two with a bit or an address changed, and addresses
 * that are free to have any. */
static const IdRow id_rows[] = {
  { "1", "124.31.75.21", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401", TRUE },
  { "2", "21.75.31.124", "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256", TRUE },
  { "3", "65.23.51.170", "a5d43220bc8f112a3d426c84764f8c2a1150e616", TRUE },
  { "4", "84.124.73.14", "1b0321dd1bb1fe518101ceef99462b947a01ff41", TRUE },
  { "5", "43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a", TRUE },
  { "another-bit", "124.31.75.21", "5fbebff10c5d6a4ec8a88e4c6ab4c28b95eee401", FALSE },
  { "another-address", "124.31.75.22", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401", FALSE },
  { "another-random", "124.31.75.21", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee402", FALSE },
  { "private", "10.1.2.3", "5fbebff10c5d6a4ec8a88e4c6ab4c28b95eee401", TRUE },
  { "link-local", "169.254.1.1", "5fbebff10c5d6a4ec8a88e4c6ab4c28b95eee401", TRUE },
  { "loopback", "127.0.0.1", "5fbebff10c5d6a4ec8a88e4c6ab4c28b95eee401", TRUE },
};

static void
test_id (gconstpointer data)
{
  const IdRow *row = data;
  g_autoptr (GBytes) id = bt_test_from_hex (row->id);
  guint8 made[BT_DHT_ID_LENGTH];
  BtAddr addr;

  g_assert_true (bt_addr_parse_ip (&addr, row->ip));
  g_assert_cmpint (bt_dht_id_fits (g_bytes_get_data (id, NULL), &addr), ==, row->fits);
  if (!row->fits || bt_addr_is_private (&addr))
    return;
  memcpy (made, g_bytes_get_data (id, NULL), sizeof made);
  made[0] = made[1] = 0x77;
  made[2] &= 7;
  bt_dht_id_make (made, &addr);
  g_assert_cmpmem (made, sizeof made, g_bytes_get_data (id, NULL), sizeof made);
}

static void
test_id_of_ipv6 (void)
{
  guint8 id[BT_DHT_ID_LENGTH] = { [19] = 5 };
  BtAddr one, same, other;

  g_assert_true (bt_addr_parse_ip (&one, "2001:db8:1:2:3:4:5:6"));
  g_assert_true (bt_addr_parse_ip (&same, "2001:db8:1:2:ffff::1"));
  g_assert_true (bt_addr_parse_ip (&other, "2001:db8:1:3::1"));
  bt_dht_id_make (id, &one);
  g_assert_true (bt_dht_id_fits (id, &one));
  /* All of a /64 are one. */
  g_assert_true (bt_dht_id_fits (id, &same));
  g_assert_false (bt_dht_id_fits (id, &other));
  g_assert_true (bt_dht_network (&one) == bt_dht_network (&same));
  g_assert_true (bt_dht_network (&one) != bt_dht_network (&other));
}

static void
test_distance (void)
{
  guint8 a[BT_DHT_ID_LENGTH] = { 0x10 }, b[BT_DHT_ID_LENGTH] = { 0x11 }, target[BT_DHT_ID_LENGTH] = { 0x30 };

  g_assert_cmpuint (bt_dht_id_common_bits (a, a), ==, 160);
  g_assert_cmpuint (bt_dht_id_common_bits (a, b), ==, 7);
  g_assert_cmpuint (bt_dht_id_common_bits (a, target), ==, 2);
  g_assert_cmpint (bt_dht_id_compare (target, a, b), <, 0);
  g_assert_cmpint (bt_dht_id_compare (target, b, a), >, 0);
  g_assert_cmpint (bt_dht_id_compare (target, a, a), ==, 0);
}

/* A node in a network of its own: @at in the space, whatever its address. */
static BtKrpcNode
node_at (guint8 first, guint8 second, guint network)
{
  guint8 ip[4] = { 20, (guint8) (network >> 8), (guint8) network, 1 };
  BtKrpcNode node = { .id = { first, second } };

  bt_addr_init_v4 (&node.addr, ip, 6881);
  return node;
}

/* ... and whose id fits its address, with the same first bits. */
static BtKrpcNode
fitting_node_at (guint8 first, guint network)
{
  for (guint i = 0; i < 100000; i++)
    {
      BtKrpcNode node = node_at (0, 0, network);

      node.addr.ip[3] = (guint8) i;
      node.addr.ip[0] = (guint8) (20 + i / 2048);
      node.id[19] = (guint8) (i / 256);
      bt_dht_id_make (node.id, &node.addr);
      if (node.id[0] >> 3 == first >> 3)
        return node;
    }
  g_assert_not_reached ();
}

static void
test_holds_eight_of_a_bucket (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);

  for (guint i = 0; i < 100; i++)
    {
      BtKrpcNode node = node_at (0x80, (guint8) i, i);

      g_assert_cmpint (bt_dht_table_replied (table, &node, 50, MINUTE), ==, i < BT_DHT_K);
    }
  g_assert_cmpuint (bt_dht_table_count (table), ==, BT_DHT_K);
  g_assert_cmpuint (bt_dht_table_count_spares (table), ==, BT_DHT_K);
}

/* Half of the space is sixteen buckets, the next half of it eight, and so on. */
static void
test_knows_distant_ids_better (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);

  for (guint i = 0; i < 256; i++)
    for (guint k = 0; k < 20; k++)
      {
        BtKrpcNode node = node_at ((guint8) i, (guint8) (k + 1), i * 20 + k);

        bt_dht_table_replied (table, &node, 50, MINUTE);
      }
  /* 0x80 to 0xff, 0x40 .., 0x20 .., 0x10 ..: 30 buckets; 0x08 .., 0x04 .., 0x02, 0x01, and 0x00 has five. */
  g_assert_cmpuint (bt_dht_table_count (table), >, 34 * BT_DHT_K);
  g_assert_cmpuint (bt_dht_table_count (table), <, 42 * BT_DHT_K);
}

static void
test_silent_nodes_give_way (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);
  BtKrpcNode first = node_at (0x80, 1, 1), next = { 0 }, closest[1];

  bt_dht_table_replied (table, &first, 50, MINUTE);
  for (guint i = 2; i <= 9; i++)
    {
      next = node_at (0x80, (guint8) i, i);
      bt_dht_table_replied (table, &next, 50, MINUTE);
    }
  g_assert_cmpuint (bt_dht_table_count_spares (table), ==, 1);
  bt_dht_table_failed (table, &first.addr, MINUTE);
  bt_dht_table_closest (table, first.id, TRUE, MINUTE, closest, 1);
  g_assert_cmpmem (closest[0].id, 20, first.id, 20);
  /* BEP 5: asked once more before another takes its place. */
  bt_dht_table_failed (table, &first.addr, MINUTE);
  bt_dht_table_closest (table, next.id, TRUE, MINUTE, closest, 1);
  g_assert_cmpmem (closest[0].id, 20, next.id, 20);
  g_assert_cmpuint (bt_dht_table_count (table), ==, BT_DHT_K);
  g_assert_cmpuint (bt_dht_table_count_spares (table), ==, 0);
}

static void
test_lonely_nodes_get_three_chances (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);
  BtKrpcNode node = node_at (0x80, 1, 1), out[1];

  bt_dht_table_replied (table, &node, 50, MINUTE);
  bt_dht_table_failed (table, &node.addr, MINUTE);
  bt_dht_table_failed (table, &node.addr, MINUTE);
  g_assert_cmpuint (bt_dht_table_count (table), ==, 1);
  /* Not handed to others any more. */
  g_assert_cmpuint (bt_dht_table_closest (table, own, TRUE, MINUTE, out, 1), ==, 0);
  g_assert_cmpuint (bt_dht_table_closest (table, own, FALSE, MINUTE, out, 1), ==, 1);
  bt_dht_table_failed (table, &node.addr, MINUTE);
  g_assert_cmpuint (bt_dht_table_count (table), ==, 0);
}

static void
test_quality_follows_the_specification (void)
{
  BtDhtContact contact = { .replied_at = 10 * MINUTE };

  g_assert_cmpint (bt_dht_contact_quality (&contact, 24 * MINUTE), ==, BT_DHT_GOOD);
  g_assert_cmpint (bt_dht_contact_quality (&contact, 26 * MINUTE), ==, BT_DHT_QUESTIONABLE);
  contact.heard_at = 20 * MINUTE;
  g_assert_cmpint (bt_dht_contact_quality (&contact, 34 * MINUTE), ==, BT_DHT_GOOD);
  contact.fails = 2;
  g_assert_cmpint (bt_dht_contact_quality (&contact, 34 * MINUTE), ==, BT_DHT_QUESTIONABLE);
  contact.fails = 3;
  g_assert_cmpint (bt_dht_contact_quality (&contact, 34 * MINUTE), ==, BT_DHT_BAD);
}

static void
test_one_of_a_network (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);

  /* A whole /24 of attackers with ids all over the space, on many ports. */
  for (guint i = 0; i < 2048; i++)
    {
      BtKrpcNode node = node_at ((guint8) (i * 7), (guint8) i, 3);

      node.addr.ip[3] = (guint8) i;
      node.addr.port = (guint16) (1000 + i);
      bt_dht_table_replied (table, &node, 1, MINUTE);
    }
  g_assert_cmpuint (bt_dht_table_count (table) + bt_dht_table_count_spares (table), ==, 1);
}

static void
test_machines_of_a_house_are_several (void)
{
  static const char *const addrs[] = { "127.0.0.1:1", "127.0.0.1:2", "192.168.1.2:1", "192.168.1.3:1" };
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);

  for (guint i = 0; i < G_N_ELEMENTS (addrs); i++)
    {
      BtKrpcNode node = { .id = { (guint8) (0x80 + i) } };

      g_assert_true (bt_addr_parse (&node.addr, addrs[i]));
      g_assert_true (bt_dht_table_replied (table, &node, 1, MINUTE));
    }
  g_assert_cmpuint (bt_dht_table_count (table), ==, 4);
}

static void
test_fitting_ids_come_first (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);
  BtKrpcNode fitting, out[BT_DHT_K];
  gboolean found = FALSE;

  for (guint i = 0; i < BT_DHT_K; i++)
    {
      BtKrpcNode node = node_at (0x80, (guint8) (i + 1), i);

      g_assert_false (bt_dht_id_fits (node.id, &node.addr));
      g_assert_true (bt_dht_table_replied (table, &node, 50, MINUTE));
    }
  fitting = fitting_node_at (0x80, 99);
  g_assert_true (bt_dht_table_replied (table, &fitting, 50, MINUTE));
  g_assert_cmpuint (bt_dht_table_closest (table, fitting.id, TRUE, MINUTE, out, BT_DHT_K), ==, BT_DHT_K);
  for (guint i = 0; i < BT_DHT_K; i++)
    found |= memcmp (out[i].id, fitting.id, 20) == 0;
  g_assert_true (found);
}

static void
test_our_own_id_stays_out (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);
  BtKrpcNode node = node_at (0, 0, 1);

  g_assert_false (bt_dht_table_replied (table, &node, 50, MINUTE));
  g_assert_false (bt_dht_table_heard (table, &node, MINUTE));
}

static void
test_an_id_is_not_taken_over (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);
  BtKrpcNode honest = node_at (0x80, 1, 1), thief = node_at (0x80, 1, 2), out[1];

  bt_dht_table_replied (table, &honest, 50, MINUTE);
  g_assert_false (bt_dht_table_replied (table, &thief, 1, MINUTE));
  bt_dht_table_closest (table, honest.id, TRUE, MINUTE, out, 1);
  g_assert_true (bt_addr_equal (&out[0].addr, &honest.addr));
  /* One that moved does so once its old place is silent. */
  bt_dht_table_failed (table, &honest.addr, 30 * MINUTE);
  g_assert_true (bt_dht_table_replied (table, &thief, 1, 30 * MINUTE));
  g_assert_cmpuint (bt_dht_table_count (table), ==, 1);
}

static void
test_pings_the_stalest (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);
  BtKrpcNode first = node_at (0x80, 1, 1), second = node_at (0x90, 1, 2);
  const BtDhtContact *contact;

  bt_dht_table_replied (table, &first, 50, 1 * MINUTE);
  bt_dht_table_replied (table, &second, 50, 2 * MINUTE);
  g_assert_null (bt_dht_table_next_ping (table, 13 * MINUTE));
  contact = bt_dht_table_next_ping (table, 16 * MINUTE);
  g_assert_nonnull (contact);
  g_assert_true (bt_addr_equal (&contact->node.addr, &first.addr));
  bt_dht_table_asked (table, &first.addr, 16 * MINUTE);
  contact = bt_dht_table_next_ping (table, 16 * MINUTE);
  g_assert_nonnull (contact);
  g_assert_true (bt_addr_equal (&contact->node.addr, &second.addr));
  bt_dht_table_asked (table, &second.addr, 16 * MINUTE);
  g_assert_null (bt_dht_table_next_ping (table, 16 * MINUTE));
}

static void
test_refreshes_buckets_with_room (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);
  guint8 target[BT_DHT_ID_LENGTH];
  guint n = 0;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  while (bt_dht_table_next_refresh (table, &rng, MINUTE, target))
    {
      /* Nothing is full: only the sixteen buckets of the most distant half. */
      g_assert_cmpuint (target[0], >=, 0x80);
      g_assert_cmpuint (++n, <=, 16);
    }
  g_assert_cmpuint (n, ==, 16);
  g_assert_true (bt_dht_table_next_refresh (table, &rng, 17 * MINUTE, target));
}

static void
test_another_id_keeps_the_nodes (void)
{
  g_autoptr (BtDhtTable) table = bt_dht_table_new (own);
  guint8 other[BT_DHT_ID_LENGTH] = { 0x80 };

  for (guint i = 0; i < 8; i++)
    {
      BtKrpcNode node = node_at ((guint8) (0x20 * i + 1), 1, i);

      bt_dht_table_replied (table, &node, 50, MINUTE);
    }
  bt_dht_table_set_id (table, other, MINUTE);
  g_assert_cmpuint (bt_dht_table_count (table), ==, 8);
}

/* The test vector of BEP 33. */
static void
test_bloom_of_the_specification (void)
{
  static const char expected[] =
    "F6C3F5EAA07FFD91BDE89F777F26FB2BFF37BDB8FB2BBAA2FD3DDDE7BACFFF75EE7CCBAE"
    "FE5EEDB1FBFAFF67F6ABFF5E43DDBCA3FD9B9FFDF4FFD3E9DFF12D1BDF59DB53DBE9FA5B"
    "7FF3B8FDFCDE1AFB8BEDD7BE2F3EE71EBBBFE93BCDEEFE148246C2BC5DBFF7E7EFDCF24F"
    "D8DC7ADFFD8FFFDFDDFFF7A4BBEEDF5CB95CE81FC7FCFF1FF4FFFFDFE5F7FDCBB7FD79B3"
    "FA1FC77BFE07FFF905B7B7FFC7FEFEFFE0B8370BB0CD3F5B7F2BD93FEB4386CFDD6F7FD5"
    "BFAF2E9EBFFFFEECD67ADBF7C67F17EFD5D75EBA6FFEBA7FFF47A91EB1BFBB53E8ABFB57"
    "62ABE8FF237279BFEFBFEEF5FFC5FEBFDFE5ADFFADFEE1FB737FFFFBFD9F6AEFFEEE76B6"
    "FD8F72EF";
  g_autoptr (GBytes) bytes = bt_test_from_hex (expected);
  BtDhtBloom bloom = { 0 }, half = { 0 };
  BtAddr addr;

  for (guint i = 0; i < 256; i++)
    {
      bt_addr_init_v4 (&addr, (const guint8[]){ 192, 0, 2, (guint8) i }, 1);
      bt_dht_bloom_add (&bloom, &addr);
    }
  for (guint i = 0; i <= 0x3e7; i++)
    {
      bt_addr_init_v6 (&addr, (const guint8[]){ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (guint8) (i >> 8), (guint8) i }, 1);
      bt_dht_bloom_add (&half, &addr);
    }
  bt_dht_bloom_merge (&bloom, half.bits);
  g_assert_cmpmem (bloom.bits, sizeof bloom.bits, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_cmpfloat (fabs (bt_dht_bloom_estimate (&bloom) - 1224.9308), <, 0.001);
  memset (bloom.bits, 0xff, sizeof bloom.bits);
  g_assert_true (isfinite (bt_dht_bloom_estimate (&bloom)));
  memset (bloom.bits, 0, sizeof bloom.bits);
  g_assert_cmpfloat (bt_dht_bloom_estimate (&bloom), <, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/dht-id/fits", id_rows, test_id);
  g_test_add_func ("/dht-id/of-ipv6", test_id_of_ipv6);
  g_test_add_func ("/dht-id/distance", test_distance);
  g_test_add_func ("/dht-table/holds-eight-of-a-bucket", test_holds_eight_of_a_bucket);
  g_test_add_func ("/dht-table/knows-distant-ids-better", test_knows_distant_ids_better);
  g_test_add_func ("/dht-table/silent-nodes-give-way", test_silent_nodes_give_way);
  g_test_add_func ("/dht-table/lonely-nodes-get-three-chances", test_lonely_nodes_get_three_chances);
  g_test_add_func ("/dht-table/quality-follows-the-specification", test_quality_follows_the_specification);
  g_test_add_func ("/dht-table/one-of-a-network", test_one_of_a_network);
  g_test_add_func ("/dht-table/machines-of-a-house-are-several", test_machines_of_a_house_are_several);
  g_test_add_func ("/dht-table/fitting-ids-come-first", test_fitting_ids_come_first);
  g_test_add_func ("/dht-table/our-own-id-stays-out", test_our_own_id_stays_out);
  g_test_add_func ("/dht-table/an-id-is-not-taken-over", test_an_id_is_not_taken_over);
  g_test_add_func ("/dht-table/pings-the-stalest", test_pings_the_stalest);
  g_test_add_func ("/dht-table/refreshes-buckets-with-room", test_refreshes_buckets_with_room);
  g_test_add_func ("/dht-table/another-id-keeps-the-nodes", test_another_id_keeps_the_nodes);
  g_test_add_func ("/dht-bloom/of-the-specification", test_bloom_of_the_specification);
  return g_test_run ();
}
