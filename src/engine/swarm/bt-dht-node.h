/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-dht-state.h"
#include "bt-dht-table.h"
#include "bt-krpc.h"

G_BEGIN_DECLS

/* Queries that a lookup has under way. Fewer are slower, more ask nodes that
 * turn out not to matter; the simulated network has the numbers. */
#define BT_DHT_ALPHA 3u

typedef struct
{
  gboolean v4;
  gboolean v6;
  gboolean read_only;     /* asks, and answers nothing (BEP 43) */
  guint alpha;
  guint host_rate;        /* messages a second that one host may go on sending */
  guint64 answer_rate;    /* bytes of answers a second, to all */
} BtDhtNodeConfig;

typedef enum
{
  BT_DHT_ANNOUNCE = 1 << 0, /* and store ourselves at the closest nodes */
  BT_DHT_SEED = 1 << 1,     /* we have everything (BEP 33) */
  BT_DHT_SCRAPE = 1 << 2,   /* and count the swarm (BEP 33) */
} BtDhtSearchFlags;

/**
 * BtDhtResult:
 *
 * How a search for peers ended, in one address family.
 */
typedef struct
{
  BtAddrFamily family;
  guint n_peers;        /* that came in answers, some perhaps twice */
  guint n_queries;      /* messages that it took */
  guint n_answered;     /* of the closest nodes, at most K */
  guint n_announced;    /* nodes that took our announcement */
  gint64 seeds;         /* by a scrape, about; -1 unknown */
  gint64 leechers;
  gint64 took;          /* microseconds */
} BtDhtResult;

/**
 * BtDhtHost:
 *
 * What a node asks of whoever owns it. None of them may free the node.
 */
typedef struct
{
  /* Returns: FALSE when it is known to go nowhere */
  gboolean (*send)    (const BtAddr *to, const guint8 *bytes, gsize length, gpointer data);
  /* Unforeseeable bytes. */
  void     (*random)  (guint8 *bytes, gsize length, gpointer data);
  /* Peers of a torrent were found, as often as nodes name some. */
  void     (*found)   (const guint8 *info_hash, const BtAddr *peers, guint n_peers, gpointer data);
  /* A search ended, once in each family that it was made in. */
  void     (*ended)   (const guint8 *info_hash, const BtDhtResult *result, gpointer data);
  /* @voter says that we are at @ours (BEP 42). (nullable) */
  void     (*seen_at) (const BtAddr *voter, const BtAddr *ours, gpointer data);
} BtDhtHost;

/**
 * BtDhtCounters:
 *
 * What a node did since it was made.
 */
typedef struct
{
  guint64 received[BT_KRPC_N_METHODS]; /* queries */
  guint64 answered;
  guint64 refused;         /* with an error */
  guint64 asked;           /* queries sent */
  guint64 replies;         /* to them */
  guint64 timeouts;
  guint64 limited;         /* not looked at, or not answered: too many */
  guint64 malformed;
  guint64 unasked;         /* replies to nothing, or from another address */
  guint64 liars;           /* answers under another id than they were named by */
  guint64 bad_tokens;
  guint64 searches;
  guint64 bytes_in;
  guint64 bytes_out;
} BtDhtCounters;

/**
 * BtDhtNode:
 *
 * A node of the DHT (BEP 5) in one or both address families, without sockets
 * or a clock: it is told what comes in and what time it is (microseconds), and
 * says what goes out and when it wants to be called next.
 */
typedef struct _BtDhtNode BtDhtNode;

void           bt_dht_node_config_init (BtDhtNodeConfig *config);
/* @id: (nullable): of an earlier run; NULL for a random one
 * @host: static */
BtDhtNode     *bt_dht_node_new        (const BtDhtNodeConfig *config, const guint8 *id, const BtDhtHost *host, gpointer data, gint64 now);
void           bt_dht_node_free       (BtDhtNode *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtDhtNode, bt_dht_node_free)
/* A datagram came. */
void           bt_dht_node_receive    (BtDhtNode *self, const BtAddr *from, const guint8 *bytes, gsize length, gint64 now);
/* The system says that nobody is at @to. Believed only about a node that we
 * are waiting for. */
void           bt_dht_node_unreachable (BtDhtNode *self, const BtAddr *to, gint64 now);
/* Does what is due. To be called at the time that the last call returned, and
 * after each of the other calls.
 * Returns: when it wants to be called next */
gint64         bt_dht_node_tick       (BtDhtNode *self, gint64 now);
/* An address to begin at. A router is asked only while others are few, and is
 * no node of the table. */
void           bt_dht_node_add_start  (BtDhtNode *self, const BtAddr *addr, gboolean is_router, gint64 now);
/* A peer said that it has a node there (BEP 5's PORT message). */
void           bt_dht_node_ping       (BtDhtNode *self, const BtAddr *addr, gint64 now);
/* Looks for peers of a torrent in every family, when there is somebody to ask.
 * One that runs or waits for the same torrent is enough.
 * @port: where peers reach us, for ANNOUNCE */
void           bt_dht_node_search     (BtDhtNode *self, const guint8 *info_hash, BtDhtSearchFlags flags, guint16 port, gint64 now);
void           bt_dht_node_cancel     (BtDhtNode *self, const guint8 *info_hash);
/* Searches that begin from now on have so many queries under way. */
void           bt_dht_node_set_alpha  (BtDhtNode *self, guint alpha);
/* Others see us at this address: the id has to fit it (BEP 42). */
void           bt_dht_node_set_address (BtDhtNode *self, const BtAddr *ours, gint64 now);
const guint8  *bt_dht_node_get_id     (BtDhtNode *self, BtAddrFamily family);
/* What an earlier run kept: addresses to begin at and, while nobody knows us
 * yet, the id. @old: the id is too old to be used again */
void           bt_dht_node_restore    (BtDhtNode *self, const BtDhtState *state, gboolean old, gint64 now);
/* Good nodes of both families, the latest first, and the id. */
void           bt_dht_node_save       (BtDhtNode *self, BtDhtState *state, gint64 now);
const BtDhtCounters *bt_dht_node_get_counters (BtDhtNode *self);
/* NULL when the family is not used. */
BtDhtTable    *bt_dht_node_get_table  (BtDhtNode *self, BtAddrFamily family);
void           bt_dht_node_count_stored (BtDhtNode *self, BtAddrFamily family, guint *n_hashes, guint *n_peers);
/* Bytes of memory of the node, its tables and what it stores. */
gsize          bt_dht_node_size       (BtDhtNode *self);

G_END_DECLS
