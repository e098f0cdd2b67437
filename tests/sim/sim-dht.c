/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-dht.h"

#include "bt-dht-id.h"

#include <string.h>

typedef struct
{
  BtAddr from;
  BtAddr to;
  gsize length;
  guint8 bytes[];
} Datagram;

static void plan_tick (SimDhtNode *self, gint64 when);

static void
tick (gpointer object, gpointer data)
{
  SimDhtNode *self = object;
  gint64 now = sim_dht_now (self->dht);

  /* An earlier one was planned since, and this one is not meant any more. */
  if (self->node == NULL || now < self->wakes_at)
    return;
  self->wakes_at = G_MAXINT64;
  plan_tick (self, bt_dht_node_tick (self->node, now));
}

static void
plan_tick (SimDhtNode *self, gint64 when)
{
  if (when >= self->wakes_at)
    return;
  self->wakes_at = when;
  sim_net_at (self->dht->net, when, tick, self, NULL);
}

static void
tick_now (SimDhtNode *self)
{
  plan_tick (self, sim_dht_now (self->dht));
}

static void
deliver (gpointer object, gpointer data)
{
  SimDht *self = object;
  Datagram *datagram = data;
  SimDhtNode *to = g_hash_table_lookup (self->by_addr, &datagram->to);

  if (to != NULL)
    {
      bt_dht_node_receive (to->node, &datagram->from, datagram->bytes, datagram->length, sim_dht_now (self));
      tick_now (to);
    }
  g_free (datagram);
}

static void
carry (SimDht *self, const BtAddr *from, const BtAddr *to, const guint8 *bytes, gsize length, gint64 delay)
{
  const SimDhtNode *receiver = g_hash_table_lookup (self->by_addr, to);
  Datagram *datagram = g_malloc (sizeof *datagram + length);

  datagram->from = *from;
  datagram->to = *to;
  datagram->length = length;
  memcpy (datagram->bytes, bytes, length);
  delay += receiver == NULL ? 0 : receiver->delay;
  /* Queues on the way: no two packets take the same time. */
  delay += bt_rng_below (sim_net_rng (self->net), 10000);
  sim_net_at (self->net, sim_dht_now (self) + delay, deliver, self, datagram);
}

static gboolean
node_send (const BtAddr *to, const guint8 *bytes, gsize length, gpointer data)
{
  SimDhtNode *self = data;
  SimDht *dht = self->dht;

  dht->n_datagrams++;
  dht->n_bytes += length;
  dht->largest = MAX (dht->largest, length);
  if (bt_rng_below (sim_net_rng (dht->net), 1000000) >= dht->loss * 1000000)
    carry (dht, &self->addr, to, bytes, length, self->delay);
  return TRUE;
}

static void
node_random (guint8 *bytes, gsize length, gpointer data)
{
  SimDhtNode *self = data;

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) bt_rng_below (sim_net_rng (self->dht->net), 256);
}

static void
node_found (const guint8 *info_hash, const BtAddr *peers, guint n_peers, gpointer data)
{
  SimDhtNode *self = data;

  self->n_found += n_peers;
  for (guint i = 0; i < n_peers && !self->found_wanted; i++)
    if (bt_addr_equal (&peers[i], &self->wanted))
      {
        self->found_wanted = TRUE;
        self->found_at = sim_dht_now (self->dht);
      }
}

static void
node_ended (const guint8 *info_hash, const BtDhtResult *result, gpointer data)
{
  SimDhtNode *self = data;

  self->last = *result;
  self->busy = FALSE;
}

static const BtDhtHost host = {
  .send = node_send,
  .random = node_random,
  .found = node_found,
  .ended = node_ended,
};

static void
node_free (gpointer data)
{
  SimDhtNode *self = data;

  g_clear_pointer (&self->node, bt_dht_node_free);
  g_free (self);
}

static void
drop (gpointer object, gpointer data)
{
  g_free (data);
}

SimDht *
sim_dht_new (guint64 seed, double loss)
{
  SimDht *self = g_new0 (SimDht, 1);

  self->net = sim_net_new (seed);
  self->nodes = g_ptr_array_new_with_free_func (node_free);
  self->by_addr = g_hash_table_new (bt_addr_hash, bt_addr_equal);
  self->loss = loss;
  return self;
}

void
sim_dht_free (SimDht *self)
{
  sim_net_clear (self->net, deliver, drop);
  sim_net_free (self->net);
  g_hash_table_unref (self->by_addr);
  g_ptr_array_unref (self->nodes);
  g_free (self);
}

gint64
sim_dht_now (SimDht *self)
{
  return sim_net_now (self->net);
}

SimDhtNode *
sim_dht_add (SimDht *self, const BtAddr *addr, guint alpha)
{
  SimDhtNode *node = g_new0 (SimDhtNode, 1);
  BtDhtNodeConfig config;
  guint8 id[BT_DHT_ID_LENGTH];

  bt_dht_node_config_init (&config);
  config.v4 = addr->family == BT_ADDR_V4;
  config.v6 = addr->family == BT_ADDR_V6;
  if (alpha != 0)
    config.alpha = alpha;
  node->dht = self;
  node->addr = *addr;
  node->delay = 2000 + bt_rng_below (sim_net_rng (self->net), 100000);
  node->wakes_at = G_MAXINT64;
  sim_dht_random_hash (self, id);
  bt_dht_id_make (id, addr);
  node->node = bt_dht_node_new (&config, id, &host, node, sim_dht_now (self));
  g_ptr_array_add (self->nodes, node);
  g_hash_table_insert (self->by_addr, &node->addr, node);
  tick_now (node);
  return node;
}

SimDhtNode *
sim_dht_join (SimDht *self, guint alpha)
{
  /* A /24 for each. */
  guint network = ++self->next_network;
  guint8 ip[4] = { (guint8) (11 + network % 80), (guint8) (network >> 8), (guint8) network, 7 };
  SimDhtNode *start = sim_dht_random (self), *node;
  BtAddr addr;

  bt_addr_init_v4 (&addr, ip, 6881);
  node = sim_dht_add (self, &addr, alpha);
  if (start != NULL)
    bt_dht_node_add_start (node->node, &start->addr, FALSE, sim_dht_now (self));
  return node;
}

void
sim_dht_leave (SimDht *self, SimDhtNode *node)
{
  g_hash_table_remove (self->by_addr, &node->addr);
  g_clear_pointer (&node->node, bt_dht_node_free);
}

SimDhtNode *
sim_dht_random (SimDht *self)
{
  SimDhtNode *node;

  if (g_hash_table_size (self->by_addr) == 0)
    return NULL;
  do
    node = self->nodes->pdata[bt_rng_below (sim_net_rng (self->net), self->nodes->len)];
  while (node->node == NULL);
  return node;
}

void
sim_dht_random_hash (SimDht *self, guint8 hash[BT_DHT_ID_LENGTH])
{
  for (guint i = 0; i < BT_DHT_ID_LENGTH; i++)
    hash[i] = (guint8) bt_rng_below (sim_net_rng (self->net), 256);
}

static void
nothing (gpointer object, gpointer data)
{
}

void
sim_dht_run (SimDht *self, double seconds)
{
  gint64 end = sim_dht_now (self) + (gint64) (seconds * G_USEC_PER_SEC);

  sim_net_at (self->net, end, nothing, NULL, NULL);
  while (sim_dht_now (self) < end && sim_net_step (self->net))
    ;
}

SimDhtNode *
sim_dht_random_unused (SimDht *self)
{
  SimDhtNode *node;

  do
    node = sim_dht_random (self);
  while (node->used);
  return node;
}

void
sim_dht_search (SimDhtNode *node, const guint8 *info_hash, BtDhtSearchFlags flags, const BtAddr *wanted)
{
  node->n_found = 0;
  node->found_wanted = FALSE;
  node->wanted = wanted != NULL ? *wanted : (BtAddr){ 0 };
  node->busy = node->used = TRUE;
  node->began_at = sim_dht_now (node->dht);
  bt_dht_node_search (node->node, info_hash, flags, node->addr.port, node->began_at);
  tick_now (node);
}

void
sim_dht_set_alpha (SimDhtNode *node, guint alpha)
{
  bt_dht_node_set_alpha (node->node, alpha);
}

void
sim_dht_inject (SimDht *self, const BtAddr *from, const BtAddr *to, const guint8 *bytes, gsize length)
{
  carry (self, from, to, bytes, length, 1000);
}
