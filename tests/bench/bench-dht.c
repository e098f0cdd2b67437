/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-dht-node.h"
#include "bt-rng.h"

#include <string.h>

/* A node as it is on the Internet: its table, and what others stored. */
#define N_NODES 4000u
#define N_TORRENTS 2000u
#define PEERS_EACH 10u

#define QUESTIONS 20000u
#define ROUNDS 9u

typedef struct
{
  BtDhtNode *node;
  BtRng rng;
  gint64 now;
  guint64 n_sent;
  guint8 token[BT_KRPC_MAX_TOKEN]; /* of its last answer */
  gsize token_length;
  gboolean keeps_token;
} World;

static gboolean
sent (const BtAddr *to, const guint8 *bytes, gsize length, gpointer data)
{
  World *self = data;
  BtKrpc message;

  self->n_sent++;
  if (self->keeps_token && bt_krpc_read (&message, bytes, length) && message.token_length > 0)
    {
      memcpy (self->token, message.token, message.token_length);
      self->token_length = message.token_length;
    }
  return TRUE;
}

static void
fill_random (guint8 *bytes, gsize length, gpointer data)
{
  World *self = data;

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) bt_rng_below (&self->rng, 256);
}

static void
found (const guint8 *info_hash, const BtAddr *peers, guint n_peers, gpointer data)
{
}

static void
ended (const guint8 *info_hash, const BtDhtResult *result, gpointer data)
{
}

static const BtDhtHost host = { .send = sent, .random = fill_random, .found = found, .ended = ended };

static BtAddr
address (guint network)
{
  guint8 ip[4] = { (guint8) (11 + network % 80), (guint8) (network >> 8), (guint8) network, 7 };
  BtAddr addr;

  bt_addr_init_v4 (&addr, ip, 6881);
  return addr;
}

static void
fill_hash (guint8 hash[BT_DHT_ID_LENGTH], guint n)
{
  BtRng rng;

  bt_rng_seed (&rng, n);
  for (guint i = 0; i < BT_DHT_ID_LENGTH; i++)
    hash[i] = (guint8) bt_rng_below (&rng, 256);
}

static void
receive (World *self, const BtAddr *from, BtKrpc *query)
{
  g_autoptr (GBytes) bytes = NULL;

  memcpy (query->tid, "bb", 2);
  query->tid_length = 2;
  bytes = bt_krpc_write (query);
  bt_dht_node_receive (self->node, from, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), self->now);
}

static void
fill_table (World *self)
{
  for (guint i = 0; i < N_NODES; i++)
    {
      BtKrpcNode node = { .addr = address (i) };

      fill_random (node.id, sizeof node.id, self);
      bt_dht_table_replied (bt_dht_node_get_table (self->node, BT_ADDR_V4), &node, 50, self->now);
    }
}

static void
fill_store (World *self)
{
  self->keeps_token = TRUE;
  for (guint i = 0; i < N_TORRENTS * PEERS_EACH; i++)
    {
      BtKrpc query = { .method = BT_KRPC_GET_PEERS, .id = { 1 } };
      BtAddr from = address (10000 + i);

      fill_hash (query.target, i % N_TORRENTS);
      receive (self, &from, &query);
      query.method = BT_KRPC_ANNOUNCE_PEER;
      query.implied_port = TRUE;
      memcpy (query.token, self->token, self->token_length);
      query.token_length = self->token_length;
      receive (self, &from, &query);
    }
  self->keeps_token = FALSE;
}

/* Nanoseconds for one query, from its bytes to those of the answer. */
static double
time_of (World *self, BtKrpcMethod method)
{
  double times[ROUNDS];

  for (guint round = 0; round < ROUNDS; round++)
    {
      BtAddr from = address (60000);
      BtKrpc query = { .method = method, .id = { 1 }, .tid = "bb", .tid_length = 2 };
      g_autoptr (GBytes) bytes = NULL;
      guint64 before = self->n_sent;
      double began;

      fill_hash (query.target, round);
      bytes = bt_krpc_write (&query);
      began = bench_now ();
      for (guint i = 0; i < QUESTIONS; i++)
        bt_dht_node_receive (self->node, &from, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), self->now += 50);
      times[round] = (bench_now () - began) / QUESTIONS * 1e9;
      g_assert_cmpuint (self->n_sent - before, >=, QUESTIONS);
    }
  return bench_median (times, ROUNDS);
}

int
main (void)
{
  World self = { .now = G_TIME_SPAN_HOUR };
  guint n_hashes, n_peers, n_nodes;
  BtDhtNodeConfig config;
  gsize before;
  gboolean good;

  bt_rng_seed (&self.rng, 1);
  bt_dht_node_config_init (&config);
  config.v6 = FALSE;
  config.host_rate = 100000;
  config.answer_rate = (guint64) 1 << 40;
  self.node = bt_dht_node_new (&config, NULL, &host, &self, self.now);
  fill_table (&self);
  n_nodes = bt_dht_table_count (bt_dht_node_get_table (self.node, BT_ADDR_V4));
  good = bench_below ("a node of the table, with those that wait", (double) bt_dht_table_size (bt_dht_node_get_table (self.node, BT_ADDR_V4)) / n_nodes, 300, "bytes");
  before = bt_dht_node_size (self.node);
  good &= bench_below ("a node with a full table", (double) before / 1024, 256, "KiB");
  fill_store (&self);
  bt_dht_node_count_stored (self.node, BT_ADDR_V4, &n_hashes, &n_peers);
  g_assert_cmpuint (n_peers, >, N_TORRENTS * PEERS_EACH / 2);
  good &= bench_below ("a stored peer, ten a torrent", (double) (bt_dht_node_size (self.node) - before) / n_peers, 24, "bytes");
  good &= bench_below ("a ping answered", time_of (&self, BT_KRPC_PING), 10000, "ns");
  good &= bench_below ("find_node answered", time_of (&self, BT_KRPC_FIND_NODE), 20000, "ns");
  good &= bench_below ("get_peers answered", time_of (&self, BT_KRPC_GET_PEERS), 25000, "ns");
  bt_dht_node_free (self.node);
  return good ? 0 : 1;
}
