/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-dht.h"

#include <string.h>

/* With a sanitizer everything takes several times as long. */
#ifdef SIM_SMALL
#define CROWD 100u
#define N_LOOKUPS 30u
#else
#define CROWD 2000u
#define N_LOOKUPS 300u
#endif

/* One datagram in fifty. */
#define LOSS 0.02

/* libtorrent's search branching. */
#define LIBTORRENT_ALPHA 5u

/* They come within four minutes, each by way of one that is there. */
static void
grow (SimDht *dht, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      sim_dht_join (dht, 0);
      sim_dht_run (dht, 240.0 / n);
    }
}

/* A node goes for good and another comes: half of them in an hour. */
static void
churn (SimDht *dht, double seconds)
{
  double each = 3600.0 / (CROWD / 2);

  for (double passed = 0; passed < seconds; passed += each)
    {
      sim_dht_leave (dht, sim_dht_random (dht));
      sim_dht_join (dht, 0);
      sim_dht_run (dht, each);
    }
}

typedef struct
{
  guint found;
  guint searches;
  double queries;   /* of one search, on average */
  double seconds;
  double first;     /* until the peer was known */
} Score;

typedef struct
{
  guint8 hash[BT_DHT_ID_LENGTH];
  BtAddr peer;
  SimDhtNode *seekers[2];
} Announced;

static void
announce_some (SimDht *dht, GArray *announced, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      SimDhtNode *node = sim_dht_random_unused (dht);
      Announced one;

      sim_dht_random_hash (dht, one.hash);
      one.peer = node->addr;
      sim_dht_search (node, one.hash, BT_DHT_ANNOUNCE, NULL);
      g_array_append_val (announced, one);
      sim_dht_run (dht, 0.1);
    }
  sim_dht_run (dht, 15);
}

static void
add_to_score (Score *score, const SimDhtNode *node)
{
  g_assert_false (node->busy);
  score->searches++;
  score->found += node->found_wanted;
  score->queries += node->last.n_queries;
  score->seconds += (double) node->last.took / G_USEC_PER_SEC;
  if (node->found_wanted)
    score->first += (double) (node->found_at - node->began_at) / G_USEC_PER_SEC;
}

/* Each is looked for by somebody, and by another who asks as many at once as
 * libtorrent does. */
static void
look_for_all (SimDht *dht, GArray *announced, Score scores[2])
{
  for (guint i = 0; i < announced->len; i++)
    for (guint k = 0; k < 2; k++)
      {
        Announced *one = &g_array_index (announced, Announced, i);
        SimDhtNode *node = one->seekers[k] = sim_dht_random_unused (dht);

        sim_dht_set_alpha (node, k == 0 ? BT_DHT_ALPHA : LIBTORRENT_ALPHA);
        sim_dht_search (node, one->hash, 0, &one->peer);
        sim_dht_run (dht, 0.1);
      }
  sim_dht_run (dht, 15);
  for (guint k = 0; k < 2; k++)
    {
      for (guint i = 0; i < announced->len; i++)
        add_to_score (&scores[k], g_array_index (announced, Announced, i).seekers[k]);
      scores[k].queries /= scores[k].searches;
      scores[k].seconds /= scores[k].searches;
      scores[k].first /= MAX (scores[k].found, 1);
    }
}

static void
say (const char *who, const Score *score)
{
  g_test_message ("%s: found %u of %u (%.2f %%), %.1f queries a lookup, %.2f s to the end, %.2f s to the peer",
                  who, score->found, score->searches, 100.0 * score->found / score->searches, score->queries, score->seconds, score->first);
}

static void
check_health (SimDht *dht)
{
  gint64 now = sim_dht_now (dht);
  guint live = 0, good = 0, least = G_MAXUINT, there = 0, nodes = 0;
  gsize size = 0;

  for (guint i = 0; i < dht->nodes->len; i++)
    {
      SimDhtNode *node = dht->nodes->pdata[i];
      g_autoptr (GArray) contacts = g_array_new (FALSE, FALSE, sizeof (BtDhtContact));
      BtDhtTable *table;

      if (node->node == NULL || i + CROWD / 20 > dht->nodes->len)
        continue;
      table = bt_dht_node_get_table (node->node, BT_ADDR_V4);
      bt_dht_table_collect (table, contacts);
      for (guint k = 0; k < contacts->len; k++)
        there += g_hash_table_contains (dht->by_addr, &g_array_index (contacts, BtDhtContact, k).node.addr);
      nodes++;
      live += contacts->len;
      good += bt_dht_table_count_good (table, now);
      least = MIN (least, contacts->len);
      size += bt_dht_table_size (table);
    }
  g_test_message ("tables: %.0f nodes each (the smallest has %u), %.1f %% good, %.1f %% really there, %.0f bytes a node of the table",
                  (double) live / nodes, least, 100.0 * good / live, 100.0 * there / live, (double) size / live);
  g_assert_cmpfloat ((double) there / live, >, 0.9);
  g_assert_cmpuint (least, >=, 8);
}

static void
test_finds_what_was_announced (void)
{
  g_autoptr (SimDht) dht = sim_dht_new (1, LOSS);
  g_autoptr (GArray) announced = g_array_new (FALSE, FALSE, sizeof (Announced));
  Score scores[2] = { 0 };

  grow (dht, CROWD);
  churn (dht, 200);
  announce_some (dht, announced, N_LOOKUPS);
  churn (dht, 400);
  check_health (dht);
  look_for_all (dht, announced, scores);
  say ("ours", &scores[0]);
  say ("libtorrent's parameters", &scores[1]);
  g_test_message ("largest datagram: %" G_GSIZE_FORMAT " bytes; %.2f datagrams a second and node", dht->largest,
                  (double) dht->n_datagrams / ((double) sim_dht_now (dht) / G_USEC_PER_SEC) / CROWD);
  g_assert_cmpfloat ((double) scores[0].found / scores[0].searches, >, 0.99);
  g_assert_cmpfloat (scores[0].queries, <=, scores[1].queries);
  g_assert_cmpuint (dht->largest, <=, BT_KRPC_MAX_WRITE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/dht/finds-what-was-announced", test_finds_what_was_announced);
  return g_test_run ();
}
