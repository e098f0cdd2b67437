/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-blame.h"
#include "bt-choker.h"
#include "bt-known-peers.h"
#include "bt-picker.h"
#include "bt-rate.h"
#include "bt-wire.h"
#include "sim-net.h"

G_BEGIN_DECLS

typedef struct _SimNode SimNode;
typedef struct _SimLink SimLink;

/* What a node asks of the swarm that it is in. */
typedef struct
{
  /* Returns: (nullable): the node that lives there and takes connections */
  SimNode *(*find)     (const BtAddr *addr, gpointer swarm);
  /* Fills in up to @most addresses of others. */
  guint    (*announce) (SimNode *node, BtAddr *addrs, guint most, gpointer swarm);
  void     (*finished) (SimNode *node, gpointer swarm);
  void     (*banned)   (SimNode *node, const BtAddr *addr, gpointer swarm);
} SimNodeHost;

typedef enum
{
  SIM_HONEST,
  SIM_FREE_RIDER, /* gives nothing */
  SIM_POISONER,   /* says it has everything; what it sends is wrong */
} SimKind;

typedef struct
{
  guint64 up; /* bytes a second */
  guint64 down;
  gint64 delay;
  double loss;
  SimKind kind;
  gboolean seed;
  gboolean unreachable; /* behind a router: makes connections but takes none */
  guint max_peers;
  gboolean super_seed;
} SimNodeSpec;

/**
 * SimNode:
 *
 * A client: the decisions of src/engine/swarm, put together in the way of
 * src/engine/bt-torrent-*.c, without sockets, disk or clock. Content is not
 * moved: of each block its 8 byte digest is, and the line is busy for as long
 * as the whole of it takes.
 */
struct _SimNode
{
  SimNet *net;
  const SimNodeHost *host;
  gpointer swarm;
  SimNodeSpec spec;
  SimLine line;
  BtLayout *layout;
  BtRng rng;
  BtAddr addr;
  guint index;
  guint8 peer_id[BT_PEER_ID_LENGTH];

  BtPicker *picker;
  BtKnownPeers known;
  BtBlame blame;
  GPtrArray *links; /* of SimLink */
  BtRivals rivals;
  gboolean rivals_changed;
  gboolean seeding;
  gboolean alive;
  gboolean left;
  gboolean released;
  guint n_half_open;
  guint n_writes;
  guint16 *n_shown;
  gint64 next_choke;
  guint choke_round;
  gint64 next_announce;

  gint64 joined_at;
  gint64 finished_at; /* 0: not yet */
  guint64 uploaded;
  guint64 downloaded;
  guint64 wasted;
  gint64 near_at;     /* when only a hundredth was missing */
  guint n_bans;       /* by how many it was banned */
};

/* One node's end of a connection: what BtLink and BtPeer are in the engine. */
struct _SimLink
{
  SimNode *node;
  SimNode *other;
  SimPipe *out; /* NULL while connecting */
  SimPipe *in;
  BtBuffer wire; /* written, not flushed */
  guint refs;
  gboolean outgoing;
  gboolean open;
  gboolean closing;
  gboolean useful;
  gint64 heard_at;
  gint64 spoke_at;
  gint64 began;
  BtRate down;
  BtRate up;

  BtKnownPeer *known;
  guint32 id;
  BtBitfield pieces;
  gboolean has_all;
  gboolean told_pieces;
  guint32 n_wanted;
  gboolean we_choke, we_want, they_choke, they_want;
  BtRequests requests;
  BtRequests cancelled;
  BtRequests asked;
  guint32 current;
  guint64 idle_at;
  gint64 rejected_until;
  gboolean optimistic;
  gint64 changed_at;
  gint64 opened_at;
  guint64 turn_start;
  guint32 salt;
  BtBitfield shown; /* super-seeding */
  GArray *offers;
};

/* Bytes that stand for a block. */
#define SIM_DIGEST BT_BLAME_DIGEST

/* sim-node.c */
SimNode *sim_node_new        (SimNet *net, BtLayout *layout, const SimNodeSpec *spec, const BtAddr *addr, guint index,
                              const SimNodeHost *host, gpointer swarm);
void     sim_node_free       (SimNode *self);
void     sim_node_join       (SimNode *self);
/* @crash: without a word to anybody */
void     sim_node_leave      (SimNode *self, gboolean crash);
void     sim_node_connect_more (SimNode *self);
gboolean sim_link_has        (const SimLink *self, guint32 piece);
gboolean sim_link_is_seed    (const SimLink *self);
const BtRivals *sim_node_get_rivals (SimNode *self);
void     sim_link_flush      (SimLink *self);
void     sim_link_close      (SimLink *self);
void     sim_link_update_interest (SimLink *self);
void     sim_node_tell_have  (SimNode *self, guint32 piece);
void     sim_node_became_seed (SimNode *self);

/* sim-message.c */
void     sim_link_arrived    (gpointer sink, const guint8 *bytes, gsize length);
void     sim_link_told_pieces (SimLink *self);
void     sim_link_remove_availability (SimLink *self);

/* sim-transfer.c */
void     sim_link_request    (SimLink *self);
void     sim_node_request_all (SimNode *self);
void     sim_link_drop_requests (SimLink *self);
void     sim_link_rejected   (SimLink *self, const BtBlock *block);
void     sim_link_block      (SimLink *self, const BtBlock *block, const guint8 *digest);
void     sim_node_drop_partials (SimNode *self);
/* The right bytes of a block. */
void     sim_digest          (const BtBlock *block, guint8 digest[SIM_DIGEST]);

/* sim-upload.c */
void     sim_link_asked      (SimLink *self, const BtBlock *block);
void     sim_link_cancelled  (SimLink *self, const BtBlock *block);
void     sim_link_fill       (SimLink *self);
void     sim_link_set_choke  (SimLink *self, gboolean choke);
void     sim_node_run_choker (SimNode *self);
gboolean sim_node_has_free_slot (SimNode *self);
gboolean sim_node_super_seeds (SimNode *self);
void     sim_link_begin_super_seeding (SimLink *self);
void     sim_link_offer_pieces (SimLink *self);
void     sim_link_super_seed_have (SimLink *self, guint32 piece);
void     sim_link_end_super_seeding (SimLink *self);
void     sim_node_tick_super_seeding (SimNode *self);

G_END_DECLS
