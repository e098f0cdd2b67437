/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "trk-store.h"

#define KEY G_GUINT64_CONSTANT (0x5eed)

static BtAddr
numbered (guint32 n)
{
  guint8 ip[4] = { 80, (guint8) (n >> 16), (guint8) (n >> 8), (guint8) n };
  BtAddr addr;

  bt_addr_init_v4 (&addr, ip, 6881);
  return addr;
}

static const guint8 *
numbered_id (guint32 n)
{
  static guint8 id[BT_PEER_ID_LENGTH];

  memset (id, 0, sizeof id);
  memcpy (id, &n, sizeof n);
  return id;
}

static GArray *
new_addrs (void)
{
  return g_array_new (FALSE, FALSE, sizeof (BtAddr));
}

static void
assert_no_double (GArray *addrs)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (bt_addr_hash, bt_addr_equal);

  for (guint i = 0; i < addrs->len; i++)
    g_assert_true (g_hash_table_add (seen, &g_array_index (addrs, BtAddr, i)));
}

/* What a swarm should be, kept in the slow and obvious way. */
static void
assert_matches_model (TrkSwarm *swarm, const gint8 *model, guint n)
{
  guint seeds = 0, leechers = 0;

  for (guint i = 0; i < n; i++)
    {
      BtAddr addr = numbered (i);

      g_assert_cmpint (trk_swarm_has (swarm, &addr, KEY), ==, model[i] != 0);
      seeds += model[i] == 2;
      leechers += model[i] == 1;
    }
  g_assert_cmpuint (swarm->n_leechers, ==, leechers);
  g_assert_cmpuint (trk_swarm_count_seeds (swarm), ==, seeds);
  for (guint i = 0; i < swarm->n_peers; i++)
    {
      guint32 n_peer;

      memcpy (&n_peer, swarm->peers[i].id, sizeof n_peer);
      g_assert_cmpint (model[n_peer], ==, i < swarm->n_leechers ? 1 : 2);
    }
}

static void
test_swarm_agrees_with_model (void)
{
  enum { N = 300, STEPS = 20000 };
  gint8 model[N] = { 0 };
  TrkSwarm swarm;
  BtRng rng;

  bt_rng_seed (&rng, 42);
  trk_swarm_init (&swarm, numbered_id (1));
  for (guint step = 0; step < STEPS; step++)
    {
      guint32 n = bt_rng_below (&rng, N);
      guint what = bt_rng_below (&rng, step < STEPS / 2 ? 4 : 8);
      BtAddr addr = numbered (n);

      if (what < 3)
        {
          trk_swarm_put (&swarm, &addr, numbered_id (n), what == 2, 10, KEY);
          model[n] = what == 2 ? 2 : 1;
        }
      else
        {
          g_assert_cmpint (trk_swarm_remove (&swarm, &addr, KEY), ==, model[n] != 0);
          model[n] = 0;
        }
      if (step % 500 == 0)
        {
          trk_swarm_expire (&swarm, 10, 100, KEY);
          assert_matches_model (&swarm, model, N);
        }
    }
  assert_matches_model (&swarm, model, N);
  trk_swarm_clear (&swarm);
}

static void
test_swarm_selects_without_asker_or_doubles (void)
{
  g_autoptr(GArray) addrs = new_addrs ();
  g_autoptr(GByteArray) ids = g_byte_array_new ();
  BtAddr asker = numbered (7);
  TrkSwarm swarm;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  trk_swarm_init (&swarm, numbered_id (1));
  for (guint i = 0; i < 100; i++)
    {
      BtAddr addr = numbered (i);

      trk_swarm_put (&swarm, &addr, numbered_id (i), i >= 60, 1, KEY);
    }
  for (guint want = 0; want < 120; want++)
    {
      g_array_set_size (addrs, 0);
      g_byte_array_set_size (ids, 0);
      trk_swarm_select (&swarm, &asker, FALSE, want, &rng, KEY, addrs, ids);
      g_assert_cmpuint (addrs->len, ==, MIN (want, 99));
      g_assert_cmpuint (ids->len, ==, addrs->len * 20);
      assert_no_double (addrs);
      for (guint i = 0; i < addrs->len; i++)
        {
          guint32 n;
          BtAddr expected;

          memcpy (&n, ids->data + i * 20, sizeof n);
          expected = numbered (n);
          g_assert_true (bt_addr_equal (&expected, &g_array_index (addrs, BtAddr, i)));
          g_assert_cmpuint (n, !=, 7);
        }
    }
  trk_swarm_clear (&swarm);
}

static void
test_swarm_gives_seeds_no_seeds (void)
{
  g_autoptr(GArray) addrs = new_addrs ();
  BtAddr seed = numbered (90), stranger = numbered (5000);
  TrkSwarm swarm;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  trk_swarm_init (&swarm, numbered_id (1));
  for (guint i = 0; i < 100; i++)
    {
      BtAddr addr = numbered (i);

      trk_swarm_put (&swarm, &addr, numbered_id (i), i >= 3, 1, KEY);
    }
  trk_swarm_select (&swarm, &seed, TRUE, 50, &rng, KEY, addrs, NULL);
  g_assert_cmpuint (addrs->len, ==, 3);
  for (guint i = 0; i < addrs->len; i++)
    g_assert_cmpuint (g_array_index (addrs, BtAddr, i).ip[3], <, 3);
  g_array_set_size (addrs, 0);
  trk_swarm_select (&swarm, &stranger, FALSE, 500, &rng, KEY, addrs, NULL);
  g_assert_cmpuint (addrs->len, ==, 100);
  trk_swarm_clear (&swarm);
}

static void
test_swarm_selects_evenly (void)
{
  enum { N = 1000, ROUNDS = 4000, WANT = 50 };
  g_autoptr(GArray) addrs = new_addrs ();
  guint counts[N] = { 0 };
  BtAddr asker = numbered (99999);
  TrkSwarm swarm;
  BtRng rng;

  bt_rng_seed (&rng, 3);
  trk_swarm_init (&swarm, numbered_id (1));
  for (guint i = 0; i < N; i++)
    {
      BtAddr addr = numbered (i);

      trk_swarm_put (&swarm, &addr, numbered_id (i), i % 3 == 0, 1, KEY);
    }
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_array_set_size (addrs, 0);
      trk_swarm_select (&swarm, &asker, FALSE, WANT, &rng, KEY, addrs, NULL);
      g_assert_cmpuint (addrs->len, ==, WANT);
      for (guint i = 0; i < WANT; i++)
        {
          const BtAddr *addr = &g_array_index (addrs, BtAddr, i);

          counts[addr->ip[2] * 256 + addr->ip[3]]++;
        }
    }
  /* 200 expected each; a fair one strays 14. */
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpuint (counts[i], >, 120);
      g_assert_cmpuint (counts[i], <, 280);
    }
  trk_swarm_clear (&swarm);
}

static void
test_swarm_hides_loopback_from_others (void)
{
  g_autoptr(GArray) addrs = new_addrs ();
  BtAddr local, far = numbered (1), asker = numbered (2);
  TrkSwarm swarm;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  bt_addr_parse (&local, "127.0.0.1:6881");
  trk_swarm_init (&swarm, numbered_id (1));
  trk_swarm_put (&swarm, &local, numbered_id (1), TRUE, 1, KEY);
  trk_swarm_put (&swarm, &far, numbered_id (2), TRUE, 1, KEY);
  trk_swarm_select (&swarm, &asker, FALSE, 50, &rng, KEY, addrs, NULL);
  g_assert_cmpuint (addrs->len, ==, 1);
  g_assert_true (bt_addr_equal (&far, &g_array_index (addrs, BtAddr, 0)));
  local.port = 7000;
  g_array_set_size (addrs, 0);
  trk_swarm_select (&swarm, &local, FALSE, 50, &rng, KEY, addrs, NULL);
  g_assert_cmpuint (addrs->len, ==, 2);
  trk_swarm_clear (&swarm);
}

static void
test_swarm_expires_and_shrinks (void)
{
  TrkSwarm swarm;

  trk_swarm_init (&swarm, numbered_id (1));
  for (guint i = 0; i < 5000; i++)
    {
      BtAddr addr = numbered (i);

      trk_swarm_put (&swarm, &addr, numbered_id (i), i % 2 == 0, i < 4990 ? 100 : 200, KEY);
    }
  g_assert_cmpuint (trk_swarm_expire (&swarm, 150, 50, KEY), ==, 0);
  g_assert_cmpuint (trk_swarm_expire (&swarm, 151, 50, KEY), ==, 4990);
  g_assert_cmpuint (swarm.n_peers, ==, 10);
  g_assert_cmpuint (swarm.n_leechers, ==, 5);
  g_assert_cmpuint (swarm.space, <=, 64);
  for (guint i = 4990; i < 5000; i++)
    {
      BtAddr addr = numbered (i);

      g_assert_true (trk_swarm_has (&swarm, &addr, KEY));
    }
  g_assert_cmpuint (trk_swarm_expire (&swarm, 1000, 50, KEY), ==, 10);
  trk_swarm_clear (&swarm);
}

static TrkStore *
new_store (guint max_swarms, guint max_peers, guint max_swarm_peers)
{
  TrkPolicy policy;

  trk_policy_init_defaults (&policy);
  policy.max_swarms = max_swarms;
  policy.max_peers = max_peers;
  policy.max_swarm_peers = max_swarm_peers;
  policy.peers_per_address = 20;
  return trk_store_new (&policy, 7);
}

static BtAnnounceRequest
request_of (guint torrent, guint peer, guint64 left, BtAnnounceEvent event)
{
  BtAnnounceRequest request = { .port = 6881, .left = left, .event = event, .numwant = -1, .compact = TRUE };

  memcpy (request.info_hash, numbered_id (torrent), 20);
  memcpy (request.peer_id, numbered_id (peer), 20);
  return request;
}

/* Returns: how many peers the answer had, or -1 for a refusal */
static int
announce (TrkStore *store, const BtAnnounceRequest *request, BtAddr source, guint32 now)
{
  BtAnnounceReply reply;
  int n;

  bt_announce_reply_init (&reply);
  trk_store_announce (store, request, &source, now, &reply, NULL);
  n = reply.failure_reason != NULL ? -1 : (int) reply.peers->len;
  bt_announce_reply_clear (&reply);
  return n;
}

static void
test_store_counts_and_says_goodbye (void)
{
  g_autoptr(TrkStore) store = new_store (10, 1000, 100);
  BtAnnounceRequest leecher = request_of (1, 1, 5, BT_ANNOUNCE_STARTED);
  BtAnnounceRequest seed = request_of (1, 2, 0, BT_ANNOUNCE_STARTED);
  BtScrapeEntry entry;
  TrkStats stats;

  g_assert_cmpint (announce (store, &leecher, numbered (1), 1), ==, 0);
  g_assert_cmpint (announce (store, &seed, numbered (2), 1), ==, 1);
  leecher.event = BT_ANNOUNCE_COMPLETED;
  leecher.left = 0;
  g_assert_cmpint (announce (store, &leecher, numbered (1), 2), ==, 0);
  trk_store_scrape (store, leecher.info_hash, &entry);
  g_assert_cmpint (entry.complete, ==, 2);
  g_assert_cmpint (entry.incomplete, ==, 0);
  g_assert_cmpint (entry.downloaded, ==, 1);
  seed.event = BT_ANNOUNCE_STOPPED;
  g_assert_cmpint (announce (store, &seed, numbered (2), 3), ==, 0);
  trk_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.n_peers, ==, 1);
  g_assert_cmpuint (stats.n_seeds, ==, 1);
  g_assert_cmpuint (stats.n_swarms, ==, 1);
  g_assert_cmpuint (stats.n_announces, ==, 4);
}

/* aria2, with a link, says that nothing is left: somebody must have the metadata. */
static void
test_store_gives_a_few_seeds_to_who_has_a_link (void)
{
  g_autoptr(TrkStore) store = new_store (10, 1000, 100);
  BtAnnounceRequest request = request_of (1, 1, 0, BT_ANNOUNCE_STARTED);

  for (guint i = 10; i < 40; i++)
    {
      BtAnnounceRequest seed = request_of (1, i, 0, BT_ANNOUNCE_STARTED);

      seed.uploaded = 1;
      g_assert_cmpint (announce (store, &seed, numbered (i), 1), ==, 0);
    }
  g_assert_cmpint (announce (store, &request, numbered (1), 1), ==, 10);
  request.downloaded = 1;
  g_assert_cmpint (announce (store, &request, numbered (1), 2), ==, 0);
}

static void
test_store_goodbye_makes_no_swarm (void)
{
  g_autoptr(TrkStore) store = new_store (10, 1000, 100);
  BtAnnounceRequest stopped = request_of (1, 1, 5, BT_ANNOUNCE_STOPPED);
  TrkStats stats;

  g_assert_cmpint (announce (store, &stopped, numbered (1), 1), ==, 0);
  trk_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.n_swarms, ==, 0);
}

static void
test_store_stays_within_bounds (void)
{
  g_autoptr(TrkStore) store = new_store (4, 60, 20);
  TrkStats stats;

  for (guint torrent = 0; torrent < 10; torrent++)
    for (guint peer = 0; peer < 100; peer++)
      {
        BtAnnounceRequest request = request_of (torrent, peer, peer % 2, BT_ANNOUNCE_STARTED);
        int n = announce (store, &request, numbered (peer + torrent * 1000), 1);

        g_assert_cmpint (n >= 0, ==, torrent < 4);
      }
  trk_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.n_swarms, ==, 4);
  g_assert_cmpuint (stats.n_peers, ==, 60);
}

static void
test_store_limits_strangers_not_neighbours (void)
{
  g_autoptr(TrkStore) store = new_store (10, 1000, 500);
  BtAddr neighbour, stranger = numbered (1);
  TrkStats stats;

  bt_addr_parse (&neighbour, "127.0.0.1");
  for (guint i = 0; i < 100; i++)
    {
      BtAnnounceRequest request = request_of (1, i, 1, BT_ANNOUNCE_STARTED);

      request.port = (guint16) (1000 + i);
      announce (store, &request, stranger, 1);
      announce (store, &request, neighbour, 1);
    }
  trk_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.n_peers, ==, 120);
}

static void
test_store_sweeps_the_silent (void)
{
  g_autoptr(TrkStore) store = new_store (10000, 100000, 1000);
  guint32 max_age = trk_policy_max_age (trk_store_get_policy (store));
  TrkStats stats;

  for (guint i = 0; i < 3000; i++)
    {
      BtAnnounceRequest request = request_of (i, 1, i % 2, BT_ANNOUNCE_STARTED);

      announce (store, &request, numbered (i), i < 2900 ? 100 : 200);
    }
  for (guint i = 0; i < 20; i++)
    trk_store_sweep (store, 150 + max_age, 10);
  trk_store_get_stats (store, &stats);
  g_assert_cmpuint (stats.n_swarms, ==, 100);
  g_assert_cmpuint (stats.n_peers, ==, 100);
  g_assert_cmpuint (stats.n_seeds, ==, 50);
}

static void
test_policy_believes_only_neighbours (void)
{
  BtAddr loopback, lan, stranger, claimed, none = { 0 }, chosen;

  bt_addr_parse (&loopback, "127.0.0.1:4000");
  bt_addr_parse (&lan, "192.168.1.2:4000");
  bt_addr_parse (&stranger, "8.8.8.8:4000");
  bt_addr_parse (&claimed, "1.2.3.4");
  trk_policy_choose_address (&loopback, &claimed, &chosen);
  g_assert_true (bt_addr_same_ip (&chosen, &claimed));
  trk_policy_choose_address (&lan, &claimed, &chosen);
  g_assert_true (bt_addr_same_ip (&chosen, &claimed));
  trk_policy_choose_address (&stranger, &claimed, &chosen);
  g_assert_true (bt_addr_same_ip (&chosen, &stranger));
  trk_policy_choose_address (&loopback, &none, &chosen);
  g_assert_true (bt_addr_same_ip (&chosen, &loopback));
}

static void
test_policy_bounds_numbers (void)
{
  TrkPolicy policy;

  trk_policy_init_defaults (&policy);
  g_assert_cmpuint (trk_policy_numwant (&policy, -1), ==, policy.default_numwant);
  g_assert_cmpuint (trk_policy_numwant (&policy, 0), ==, 0);
  g_assert_cmpuint (trk_policy_numwant (&policy, 1000000), ==, policy.max_numwant);
  g_assert_cmpuint (trk_policy_interval (&policy, 1), <, trk_policy_interval (&policy, 1000));
  g_assert_cmpuint (trk_policy_interval (&policy, 1), >=, policy.min_interval);
  memset (&policy, 0, sizeof policy);
  trk_policy_clamp (&policy);
  g_assert_cmpuint (policy.interval, >=, 1);
  g_assert_cmpuint (policy.min_interval, >=, 1);
  g_assert_cmpuint (policy.max_numwant, >=, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tracker/swarm/agrees-with-model", test_swarm_agrees_with_model);
  g_test_add_func ("/tracker/swarm/selects-without-asker-or-doubles", test_swarm_selects_without_asker_or_doubles);
  g_test_add_func ("/tracker/store/gives-a-few-seeds-to-who-has-a-link", test_store_gives_a_few_seeds_to_who_has_a_link);
  g_test_add_func ("/tracker/swarm/gives-seeds-no-seeds", test_swarm_gives_seeds_no_seeds);
  g_test_add_func ("/tracker/swarm/selects-evenly", test_swarm_selects_evenly);
  g_test_add_func ("/tracker/swarm/hides-loopback-from-others", test_swarm_hides_loopback_from_others);
  g_test_add_func ("/tracker/swarm/expires-and-shrinks", test_swarm_expires_and_shrinks);
  g_test_add_func ("/tracker/store/counts-and-says-goodbye", test_store_counts_and_says_goodbye);
  g_test_add_func ("/tracker/store/goodbye-makes-no-swarm", test_store_goodbye_makes_no_swarm);
  g_test_add_func ("/tracker/store/stays-within-bounds", test_store_stays_within_bounds);
  g_test_add_func ("/tracker/store/limits-strangers-not-neighbours", test_store_limits_strangers_not_neighbours);
  g_test_add_func ("/tracker/store/sweeps-the-silent", test_store_sweeps_the_silent);
  g_test_add_func ("/tracker/policy/believes-only-neighbours", test_policy_believes_only_neighbours);
  g_test_add_func ("/tracker/policy/bounds-numbers", test_policy_bounds_numbers);
  return g_test_run ();
}
