/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-id.h"
#include "bt-dht-lookup.h"
#include "bt-rng.h"
#include "bt-test.h"

#include <stdlib.h>

#define N_NODES 500u

static const guint8 own[BT_DHT_ID_LENGTH] = { 0xff, 0xff };
static const guint8 target[BT_DHT_ID_LENGTH] = { 0x55, 0x55, 0x55 };

/* A world of nodes, each of which knows everybody who is honest. */
typedef struct
{
  BtKrpcNode nodes[N_NODES]; /* the closest to the target first */
  gboolean lies[N_NODES];
  BtRng rng;
  guint n_asked;
  guint n_invented;
} World;

static BtKrpcNode
node_new (guint network)
{
  guint8 ip[4] = { 20, (guint8) (network >> 8), (guint8) network, 1 };
  BtKrpcNode node = { 0 };

  bt_addr_init_v4 (&node.addr, ip, 6881);
  return node;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return bt_dht_id_compare (target, ((const BtKrpcNode *) a)->id, ((const BtKrpcNode *) b)->id);
}

static World *
world_new (void)
{
  World *self = g_new0 (World, 1);

  bt_rng_seed (&self->rng, 5);
  for (guint i = 0; i < N_NODES; i++)
    {
      self->nodes[i] = node_new (i);
      for (guint k = 0; k < BT_DHT_ID_LENGTH; k++)
        self->nodes[i].id[k] = (guint8) bt_rng_below (&self->rng, 256);
    }
  qsort (self->nodes, N_NODES, sizeof self->nodes[0], compare);
  return self;
}

static guint
index_of (const World *self, const BtAddr *addr)
{
  for (guint i = 0; i < N_NODES; i++)
    if (bt_addr_equal (&self->nodes[i].addr, addr))
      return i;
  return N_NODES;
}

/* Nodes that are closer than anybody, and nowhere. */
static void
invent (World *self, BtKrpcNode out[BT_DHT_K])
{
  for (guint i = 0; i < BT_DHT_K; i++)
    {
      out[i] = node_new (10000 + self->n_invented);
      memcpy (out[i].id, target, BT_DHT_ID_LENGTH);
      out[i].id[19] = (guint8) self->n_invented;
      out[i].id[18] = (guint8) (self->n_invented++ >> 8);
    }
}

/* Of an honest one: eight that are closer than it is, not always the closest. */
static void
know (World *self, guint index, BtKrpcNode out[BT_DHT_K])
{
  guint most = MAX (index / 8, BT_DHT_K);

  for (guint i = 0; i < BT_DHT_K; i++)
    out[i] = self->nodes[index < 3 * BT_DHT_K ? i : bt_rng_below (&self->rng, most)];
}

static void
run (World *self, BtDhtLookup *lookup)
{
  gboolean has_id, is_router;
  BtKrpcNode node;

  while (bt_dht_lookup_next (lookup, &node, &has_id, &is_router))
    {
      guint index = index_of (self, &node.addr);
      BtKrpcNode known[BT_DHT_K];

      self->n_asked++;
      if (index == N_NODES)
        {
          bt_dht_lookup_failed (lookup, &node.addr, !has_id);
          continue;
        }
      if (self->lies[index])
        invent (self, known);
      else
        know (self, index, known);
      bt_dht_lookup_answered (lookup, &self->nodes[index], !has_id, is_router, known, BT_DHT_K, (const guint8 *) "token", 5);
    }
}

static void
begin (World *self, BtDhtLookup *lookup)
{
  bt_dht_lookup_init (lookup, target, own, 3);
  for (guint i = 0; i < 16; i++)
    bt_dht_lookup_add (lookup, &self->nodes[100 + 20 * i]);
}

static guint
count_of_closest (World *self, BtDhtLookup *lookup)
{
  const BtDhtCandidate *closest[BT_DHT_K];
  guint n = bt_dht_lookup_closest (lookup, closest, BT_DHT_K), right = 0;

  for (guint i = 0; i < n; i++)
    right += index_of (self, &closest[i]->node.addr) < BT_DHT_K;
  return right;
}

static void
test_finds_the_closest (void)
{
  g_autofree World *world = world_new ();
  BtDhtLookup lookup;

  begin (world, &lookup);
  run (world, &lookup);
  g_assert_true (bt_dht_lookup_is_done (&lookup));
  g_assert_cmpuint (count_of_closest (world, &lookup), ==, BT_DHT_K);
  g_assert_cmpuint (world->n_asked, <, 25);
  bt_dht_lookup_clear (&lookup);
}

static void
test_begins_at_an_address (void)
{
  g_autofree World *world = world_new ();
  const BtDhtCandidate *closest[BT_DHT_K];
  BtDhtLookup lookup;
  guint n;

  for (guint is_router = 0; is_router < 2; is_router++)
    {
      bt_dht_lookup_init (&lookup, target, own, 3);
      bt_dht_lookup_add_start (&lookup, &world->nodes[0].addr, is_router != 0);
      run (world, &lookup);
      g_assert_true (bt_dht_lookup_is_done (&lookup));
      n = bt_dht_lookup_closest (&lookup, closest, BT_DHT_K);
      g_assert_cmpuint (n, ==, BT_DHT_K);
      bt_dht_lookup_clear (&lookup);
    }
}

static void
test_ends_when_nobody_is_there (void)
{
  g_autofree World *world = world_new ();
  BtKrpcNode nowhere = node_new (60000);
  BtDhtLookup lookup;

  bt_dht_lookup_init (&lookup, target, own, 3);
  g_assert_true (bt_dht_lookup_is_done (&lookup));
  bt_dht_lookup_add_start (&lookup, &nowhere.addr, FALSE);
  g_assert_false (bt_dht_lookup_is_done (&lookup));
  run (world, &lookup);
  g_assert_true (bt_dht_lookup_is_done (&lookup));
  bt_dht_lookup_clear (&lookup);
}

/* Two thirds of all name nodes that are nowhere, closer than any that is there. */
static void
test_liars_cost_little (void)
{
  g_autofree World *world = world_new ();
  guint right = 0, liars = 0;
  BtDhtLookup lookup;

  for (guint i = 0; i < N_NODES; i++)
    liars += world->lies[i] = i / 20 % 3 != 0;
  begin (world, &lookup);
  run (world, &lookup);
  g_assert_true (bt_dht_lookup_is_done (&lookup));
  right = count_of_closest (world, &lookup);
  g_test_message ("%u liars: %u of the closest found with %u queries, %u nodes invented", liars, right, world->n_asked, world->n_invented);
  g_assert_cmpuint (right, ==, BT_DHT_K);
  g_assert_cmpuint (world->n_invented, >=, BT_DHT_K);
  g_assert_cmpuint (world->n_asked, <, 60);
  bt_dht_lookup_clear (&lookup);
}

/* When all lie it ends, and does not knock at more doors than it may. */
static void
test_ends_among_liars (void)
{
  g_autofree World *world = world_new ();
  BtDhtLookup lookup;

  for (guint i = 0; i < N_NODES; i++)
    world->lies[i] = TRUE;
  begin (world, &lookup);
  run (world, &lookup);
  g_assert_true (bt_dht_lookup_is_done (&lookup));
  g_assert_cmpuint (world->n_asked, <=, BT_DHT_LOOKUP_MAX_QUERIES);
  g_assert_cmpuint (lookup.candidates->len, <=, BT_DHT_LOOKUP_MAX);
  bt_dht_lookup_clear (&lookup);
}

/* Of all that are in one /24 one is asked, and it is one of eight. */
static void
test_one_of_a_network (void)
{
  g_autofree World *world = world_new ();
  BtKrpcNode sybils[16], from = world->nodes[100];
  BtDhtLookup lookup;

  for (guint i = 0; i < G_N_ELEMENTS (sybils); i++)
    {
      sybils[i] = node_new (50000);
      sybils[i].addr.ip[3] = (guint8) (i + 1);
      memcpy (sybils[i].id, target, BT_DHT_ID_LENGTH);
      sybils[i].id[19] = (guint8) i;
    }
  bt_dht_lookup_init (&lookup, target, own, 3);
  bt_dht_lookup_add (&lookup, &from);
  bt_dht_lookup_answered (&lookup, &from, FALSE, FALSE, sybils, G_N_ELEMENTS (sybils), NULL, 0);
  g_assert_cmpuint (lookup.candidates->len, ==, 2);
  bt_dht_lookup_clear (&lookup);
}

static void
test_nobody_at_home_is_named_from_outside (void)
{
  static const char *const addrs[] = { "192.168.1.1:80", "127.0.0.1:6881", "10.0.0.1:1", "224.0.0.1:1", "0.0.0.0:1", "198.51.100.1:1" };
  g_autofree World *world = world_new ();
  BtKrpcNode from = world->nodes[100], named[G_N_ELEMENTS (addrs) + 2] = { 0 };
  BtDhtLookup lookup;

  for (guint i = 0; i < G_N_ELEMENTS (addrs); i++)
    {
      g_assert_true (bt_addr_parse (&named[i].addr, addrs[i]));
      named[i].id[0] = (guint8) i;
    }
  /* Ourselves, and the other family. */
  named[6] = node_new (7);
  memcpy (named[6].id, own, sizeof own);
  g_assert_true (bt_addr_parse (&named[7].addr, "[2001:db8::1]:1"));
  bt_dht_lookup_init (&lookup, target, own, 3);
  bt_dht_lookup_add (&lookup, &from);
  bt_dht_lookup_answered (&lookup, &from, FALSE, FALSE, named, G_N_ELEMENTS (named), NULL, 0);
  g_assert_cmpuint (lookup.candidates->len, ==, 2);
  bt_dht_lookup_clear (&lookup);
}

/* A slow one makes room for another, and counts when it comes late. */
static void
test_late_answers_count (void)
{
  g_autofree World *world = world_new ();
  gboolean has_id, is_router;
  BtKrpcNode asked[4];
  BtDhtLookup lookup;

  begin (world, &lookup);
  for (guint i = 0; i < 3; i++)
    g_assert_true (bt_dht_lookup_next (&lookup, &asked[i], &has_id, &is_router));
  g_assert_false (bt_dht_lookup_next (&lookup, &asked[3], &has_id, &is_router));
  bt_dht_lookup_slow (&lookup, &asked[0].addr);
  g_assert_true (bt_dht_lookup_next (&lookup, &asked[3], &has_id, &is_router));
  bt_dht_lookup_failed (&lookup, &asked[0].addr, FALSE);
  bt_dht_lookup_answered (&lookup, &asked[0], FALSE, FALSE, NULL, 0, (const guint8 *) "late", 4);
  {
    const BtDhtCandidate *closest[1];

    g_assert_cmpuint (bt_dht_lookup_closest (&lookup, closest, 1), ==, 1);
    g_assert_cmpmem (closest[0]->token, closest[0]->token_length, "late", 4);
  }
  bt_dht_lookup_clear (&lookup);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-lookup/finds-the-closest", test_finds_the_closest);
  g_test_add_func ("/dht-lookup/begins-at-an-address", test_begins_at_an_address);
  g_test_add_func ("/dht-lookup/ends-when-nobody-is-there", test_ends_when_nobody_is_there);
  g_test_add_func ("/dht-lookup/liars-cost-little", test_liars_cost_little);
  g_test_add_func ("/dht-lookup/ends-among-liars", test_ends_among_liars);
  g_test_add_func ("/dht-lookup/one-of-a-network", test_one_of_a_network);
  g_test_add_func ("/dht-lookup/nobody-at-home-is-named-from-outside", test_nobody_at_home_is_named_from_outside);
  g_test_add_func ("/dht-lookup/late-answers-count", test_late_answers_count);
  return g_test_run ();
}
