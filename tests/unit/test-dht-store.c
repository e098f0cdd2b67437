/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-store.h"
#include "bt-test.h"

#define SECOND G_USEC_PER_SEC

static const guint8 first_secret[BT_DHT_SECRET_LENGTH] = "first secret...";
static const guint8 second_secret[BT_DHT_SECRET_LENGTH] = "second secret..";
static const guint8 third_secret[BT_DHT_SECRET_LENGTH] = "third secret...";

static BtAddr
address (guint network, guint host, guint16 port)
{
  guint8 ip[4] = { 20, (guint8) (network >> 8), (guint8) network, (guint8) host };
  BtAddr addr;

  bt_addr_init_v4 (&addr, ip, port);
  return addr;
}

static void
fill_hash (guint8 hash[BT_SHA1_LENGTH], guint n)
{
  memset (hash, 7, BT_SHA1_LENGTH);
  memcpy (hash, &n, sizeof n);
}

static BtDhtStoring
announce (BtDhtStore *store, guint hash_number, const BtAddr *addr, gboolean is_seed, gint64 now)
{
  guint8 hash[BT_SHA1_LENGTH], token[BT_DHT_TOKEN_LENGTH];

  fill_hash (hash, hash_number);
  bt_dht_store_token (store, hash, addr, token);
  return bt_dht_store_announce (store, hash, addr, is_seed, token, sizeof token, now);
}

static void
test_tokens_are_for_one_address_and_torrent (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V4, first_secret);
  BtAddr addr = address (1, 1, 6881), other = address (1, 2, 6881), port = address (1, 1, 1);
  guint8 hash[BT_SHA1_LENGTH], another[BT_SHA1_LENGTH], token[BT_DHT_TOKEN_LENGTH], zeros[BT_DHT_TOKEN_LENGTH] = { 0 };

  fill_hash (hash, 1);
  fill_hash (another, 2);
  bt_dht_store_token (store, hash, &addr, token);
  g_assert_cmpint (bt_dht_store_announce (store, hash, &other, FALSE, token, sizeof token, SECOND), ==, BT_DHT_BAD_TOKEN);
  g_assert_cmpint (bt_dht_store_announce (store, another, &addr, FALSE, token, sizeof token, SECOND), ==, BT_DHT_BAD_TOKEN);
  g_assert_cmpint (bt_dht_store_announce (store, hash, &addr, FALSE, zeros, sizeof zeros, SECOND), ==, BT_DHT_BAD_TOKEN);
  g_assert_cmpint (bt_dht_store_announce (store, hash, &addr, FALSE, token, sizeof token - 1, SECOND), ==, BT_DHT_BAD_TOKEN);
  g_assert_cmpint (bt_dht_store_announce (store, hash, &addr, FALSE, token, 0, SECOND), ==, BT_DHT_BAD_TOKEN);
  g_assert_cmpuint (bt_dht_store_n_hashes (store), ==, 0);
  /* A node announces the port of its peer. */
  g_assert_cmpint (bt_dht_store_announce (store, hash, &port, FALSE, token, sizeof token, SECOND), ==, BT_DHT_STORED);
}

static void
test_tokens_live_two_rotations (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V4, first_secret);
  BtAddr addr = address (1, 1, 6881);
  guint8 hash[BT_SHA1_LENGTH], token[BT_DHT_TOKEN_LENGTH];

  fill_hash (hash, 1);
  bt_dht_store_token (store, hash, &addr, token);
  bt_dht_store_rotate (store, second_secret);
  g_assert_cmpint (bt_dht_store_announce (store, hash, &addr, FALSE, token, sizeof token, SECOND), ==, BT_DHT_STORED);
  bt_dht_store_rotate (store, third_secret);
  g_assert_cmpint (bt_dht_store_announce (store, hash, &addr, FALSE, token, sizeof token, SECOND), ==, BT_DHT_BAD_TOKEN);
}

static void
test_a_host_is_one_peer (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V4, first_secret);
  guint8 hash[BT_SHA1_LENGTH];
  BtAddr out[4];
  BtRng rng;

  bt_rng_seed (&rng, 1);
  fill_hash (hash, 1);
  for (guint i = 1; i <= 50; i++)
    {
      BtAddr addr = address (1, 1, (guint16) i);

      g_assert_cmpint (announce (store, 1, &addr, FALSE, SECOND), ==, BT_DHT_STORED);
    }
  g_assert_cmpuint (bt_dht_store_peers (store, hash, FALSE, &rng, out, 4), ==, 1);
  g_assert_cmpuint (out[0].port, ==, 50);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, 1);
}

static void
test_forgets_who_stays_away (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V4, first_secret);
  /* Also where the short time that is kept wraps around. */
  gint64 now = (gint64) 0x7ff0 * SECOND;
  BtAddr stays = address (1, 1, 1), goes = address (2, 1, 1);

  announce (store, 1, &stays, FALSE, now);
  announce (store, 1, &goes, FALSE, now);
  announce (store, 2, &goes, FALSE, now);
  bt_dht_store_expire (store, now + BT_DHT_STORE_LIFE - SECOND);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, 3);
  announce (store, 1, &stays, FALSE, now + BT_DHT_STORE_LIFE / 2);
  bt_dht_store_expire (store, now + BT_DHT_STORE_LIFE + 2 * SECOND);
  g_assert_cmpuint (bt_dht_store_n_peers (store), ==, 1);
  g_assert_cmpuint (bt_dht_store_n_hashes (store), ==, 1);
}

static void
test_a_network_takes_no_more_than_its_part (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V4, first_secret);
  BtAddr other = address (900, 1, 1);
  guint stored = 0;

  for (guint i = 0; i < 5000; i++)
    {
      BtAddr addr = address (1, i, (guint16) (i + 1));

      stored += announce (store, i, &addr, FALSE, SECOND) == BT_DHT_STORED;
    }
  g_assert_cmpuint (stored, ==, BT_DHT_STORE_MAX_PEERS_OF_NETWORK);
  g_assert_cmpint (announce (store, 1, &other, FALSE, SECOND), ==, BT_DHT_STORED);
}

static void
test_stays_within_its_bounds (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V4, first_secret);
  guint8 hash[BT_SHA1_LENGTH];
  BtAddr addr;

  /* As many networks as there are: every torrent has one peer of each. */
  for (guint i = 0; i < 200000; i++)
    {
      addr = address (i % 65536, i / 65536, 6881);
      announce (store, i % 6000, &addr, FALSE, SECOND);
    }
  g_assert_cmpuint (bt_dht_store_n_hashes (store), <=, BT_DHT_STORE_MAX_HASHES);
  g_assert_cmpuint (bt_dht_store_n_peers (store), <=, BT_DHT_STORE_MAX_PEERS);
  g_assert_cmpuint (bt_dht_store_size (store), <, 4 << 20);
  g_test_message ("%u peers of %u torrents: %.1f bytes a peer", bt_dht_store_n_peers (store), bt_dht_store_n_hashes (store),
                  (double) bt_dht_store_size (store) / bt_dht_store_n_peers (store));
  for (guint i = 0; i < 3000; i++)
    {
      addr = address (i, 9, 6881);
      announce (store, 1, &addr, FALSE, SECOND);
    }
  /* A full one gives no tokens (BEP 33), but to who is there. */
  fill_hash (hash, 1);
  addr = address (65000, 77, 6881);
  g_assert_false (bt_dht_store_has_room (store, hash, &addr));
}

static void
test_chooses_others_than_seeds_first (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V4, first_secret);
  guint8 hash[BT_SHA1_LENGTH];
  BtAddr out[20];
  BtRng rng;

  bt_rng_seed (&rng, 1);
  fill_hash (hash, 1);
  for (guint i = 0; i < 20; i++)
    {
      BtAddr addr = address (i, 1, (guint16) (i < 10 ? 1 : 2));

      announce (store, 1, &addr, i < 10, SECOND);
    }
  g_assert_cmpuint (bt_dht_store_peers (store, hash, TRUE, &rng, out, 12), ==, 12);
  for (guint i = 0; i < 12; i++)
    g_assert_cmpuint (out[i].port, ==, i < 10 ? 2 : 1);
  g_assert_cmpuint (bt_dht_store_peers (store, hash, FALSE, &rng, out, 20), ==, 20);
}

static void
test_counts_by_filters (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V6, first_secret);
  const BtDhtBloom *seeds, *peers;
  guint8 hash[BT_SHA1_LENGTH];

  fill_hash (hash, 1);
  g_assert_false (bt_dht_store_scrape (store, hash, SECOND, &seeds, &peers));
  for (guint i = 0; i < 300; i++)
    {
      guint8 ip[16] = { 0x20, 0x01, (guint8) i, (guint8) (i >> 8), [15] = 1 };
      BtAddr addr;

      bt_addr_init_v6 (&addr, ip, 1);
      g_assert_cmpint (announce (store, 1, &addr, i < 100, SECOND), ==, BT_DHT_STORED);
    }
  g_assert_true (bt_dht_store_scrape (store, hash, SECOND, &seeds, &peers));
  g_assert_cmpfloat (bt_dht_bloom_estimate (seeds), >, 90);
  g_assert_cmpfloat (bt_dht_bloom_estimate (seeds), <, 110);
  g_assert_cmpfloat (bt_dht_bloom_estimate (peers), >, 180);
  g_assert_cmpfloat (bt_dht_bloom_estimate (peers), <, 220);
}

static void
test_gives_samples (void)
{
  g_autoptr (BtDhtStore) store = bt_dht_store_new (BT_ADDR_V4, first_secret);
  guint8 before[BT_DHT_MAX_SAMPLES * BT_SHA1_LENGTH];
  const guint8 *samples;
  guint interval;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  g_assert_cmpuint (bt_dht_store_sample (store, &rng, SECOND, &samples, &interval), ==, 0);
  g_assert_nonnull (samples);
  for (guint i = 0; i < 5; i++)
    {
      BtAddr addr = address (i, 1, 1);

      announce (store, i, &addr, FALSE, SECOND);
    }
  g_assert_cmpuint (bt_dht_store_sample (store, &rng, SECOND, &samples, &interval), ==, 5);
  g_assert_cmpuint (interval, ==, 0);
  for (guint i = 0; i < 500; i++)
    {
      BtAddr addr = address (i, 1, 1);

      announce (store, i, &addr, FALSE, SECOND);
    }
  g_assert_cmpuint (bt_dht_store_sample (store, &rng, SECOND, &samples, &interval), ==, BT_DHT_MAX_SAMPLES);
  g_assert_cmpuint (interval, ==, 600);
  /* BEP 51: who asks again too soon learns nothing new. */
  memcpy (before, samples, sizeof before);
  bt_dht_store_sample (store, &rng, 500 * SECOND, &samples, &interval);
  g_assert_cmpmem (samples, sizeof before, before, sizeof before);
  bt_dht_store_sample (store, &rng, 700 * SECOND, &samples, &interval);
  g_assert_true (memcmp (samples, before, sizeof before) != 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-store/tokens-are-for-one-address-and-torrent", test_tokens_are_for_one_address_and_torrent);
  g_test_add_func ("/dht-store/tokens-live-two-rotations", test_tokens_live_two_rotations);
  g_test_add_func ("/dht-store/a-host-is-one-peer", test_a_host_is_one_peer);
  g_test_add_func ("/dht-store/forgets-who-stays-away", test_forgets_who_stays_away);
  g_test_add_func ("/dht-store/a-network-takes-no-more-than-its-part", test_a_network_takes_no_more_than_its_part);
  g_test_add_func ("/dht-store/stays-within-its-bounds", test_stays_within_its_bounds);
  g_test_add_func ("/dht-store/chooses-others-than-seeds-first", test_chooses_others_than_seeds_first);
  g_test_add_func ("/dht-store/counts-by-filters", test_counts_by_filters);
  g_test_add_func ("/dht-store/gives-samples", test_gives_samples);
  return g_test_run ();
}
