/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-dht-node.h"
#include "sim-net.h"

G_BEGIN_DECLS

typedef struct _SimDht SimDht;

/**
 * SimDhtNode:
 *
 * One node of a simulated DHT, at an address in a network of its own, with an
 * id that fits it unless it is told otherwise.
 */
typedef struct
{
  SimDht *dht;
  BtAddr addr;
  BtDhtNode *node;    /* NULL: it is gone */
  gint64 delay;       /* from here to the middle of the net */
  gint64 wakes_at;    /* the tick that is planned */
  BtDhtResult last;   /* how its last search ended */
  gboolean busy;
  gboolean used;      /* it has searched before */
  gint64 began_at;
  guint n_found;      /* peers of the present search that it was told of */
  BtAddr wanted;      /* ... and whether this one was among them */
  gboolean found_wanted;
  gint64 found_at;
} SimDhtNode;

/**
 * SimDht:
 *
 * Nodes that send each other datagrams, which take their time and get lost.
 */
struct _SimDht
{
  SimNet *net;
  GPtrArray *nodes;      /* of SimDhtNode, owned; gone ones too */
  GHashTable *by_addr;   /* of those that are there */
  double loss;           /* the share of datagrams that get lost */
  guint64 n_datagrams;
  guint64 n_bytes;
  gsize largest;         /* bytes of the largest datagram */
  guint next_network;
};

SimDht     *sim_dht_new    (guint64 seed, double loss);
void        sim_dht_free   (SimDht *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimDht, sim_dht_free)
/* @alpha: 0 for ours. It begins at one of those that are there. */
SimDhtNode *sim_dht_join   (SimDht *self, guint alpha);
/* As @sim_dht_join, but with a given address; no start. */
SimDhtNode *sim_dht_add    (SimDht *self, const BtAddr *addr, guint alpha);
/* It is gone without a word. */
void        sim_dht_leave  (SimDht *self, SimDhtNode *node);
SimDhtNode *sim_dht_random (SimDht *self);
gint64      sim_dht_now    (SimDht *self);
/* Goes on for some virtual seconds. */
void        sim_dht_run    (SimDht *self, double seconds);
/* Begins a search; @node is busy until it ends. @wanted: (nullable): a peer */
void        sim_dht_search (SimDhtNode *node, const guint8 *info_hash, BtDhtSearchFlags flags, const BtAddr *wanted);
/* One that has not searched yet. */
SimDhtNode *sim_dht_random_unused (SimDht *self);
/* Its next searches have so many queries under way. */
void        sim_dht_set_alpha (SimDhtNode *node, guint alpha);
void        sim_dht_random_hash (SimDht *self, guint8 hash[BT_DHT_ID_LENGTH]);
/* Bytes from anywhere to anybody, as an attacker sends them. */
void        sim_dht_inject (SimDht *self, const BtAddr *from, const BtAddr *to, const guint8 *bytes, gsize length);

G_END_DECLS
