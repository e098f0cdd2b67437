/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-dht-bloom.h"
#include "bt-dht-limits.h"
#include "bt-dht-lookup.h"
#include "bt-dht-node.h"
#include "bt-dht-store.h"
#include "bt-rng.h"

G_BEGIN_DECLS

/* A query that was sent. */
typedef struct
{
  guint32 tid;
  BtKrpcNode to;
  gboolean has_id;    /* who is there is known */
  gboolean was_start;
  gboolean is_router;
  gboolean slow;
  gboolean failed;    /* given up; an answer is still welcome for a while */
  BtKrpcMethod method;
  gint64 sent_at;
  guint32 search;     /* its serial; 0: none */
} BtDhtQuery;

typedef enum
{
  BT_DHT_LOOK_FOR_SELF,
  BT_DHT_LOOK_FOR_NODES, /* to fill a bucket */
  BT_DHT_LOOK_FOR_PEERS,
} BtDhtPurpose;

typedef struct _BtDhtSide BtDhtSide;

typedef struct
{
  guint32 serial;
  BtDhtSide *side;
  BtDhtPurpose purpose;
  BtDhtSearchFlags flags;
  guint16 port;
  guint8 target[BT_DHT_ID_LENGTH];
  gboolean started;
  gboolean looked;         /* the lookup is over, announcements may be under way */
  gint64 began_at;
  BtDhtLookup lookup;
  guint n_peers;
  guint n_answered;
  guint n_announcing;
  guint n_announced;
  gboolean counted;        /* some node sent filters */
  BtDhtBloom seeds;
  BtDhtBloom peers;
} BtDhtSearch;

/* One address family (BEP 32). */
struct _BtDhtSide
{
  BtAddrFamily family;
  guint8 id[BT_DHT_ID_LENGTH];
  gboolean has_address;    /* it is known where we are */
  gint64 next_id;          /* not another one before */
  BtDhtTable *table;       /* NULL: the family is not used */
  BtDhtStore *store;
  GPtrArray *searches;     /* of BtDhtSearch: those that run, and then those that wait */
  GArray *starts;          /* of BtDhtStart */
  gint64 next_self;        /* when to look for ourselves again */
  gint64 next_refresh;
  guint self_fails;        /* in a row */
  gint64 next_start;       /* when another search may begin */
};

struct _BtDhtNode
{
  BtDhtNodeConfig config;
  const BtDhtHost *host;
  gpointer data;
  BtRng rng;
  BtDhtSide sides[2];      /* IPv4, IPv6 */
  GArray *queries;         /* of BtDhtQuery */
  guint32 last_serial;
  guint n_pings;           /* under way, to nodes that nobody vouches for */
  BtDhtLimits limits;
  BtDhtCounters counters;
  gint64 next_upkeep;
  gint64 next_rotation;
  gint64 next_expiry;
  gint64 heard_at;         /* anything of anybody that we asked */
};

/* bt-dht-node.c */
BtDhtSide *bt_dht_node_side    (BtDhtNode *self, BtAddrFamily family);
/* Sends @query with what is in @message. @search: (nullable)
 * Returns: FALSE when there is no room or no way */
gboolean   bt_dht_node_ask     (BtDhtNode *self, BtDhtQuery *query, BtKrpc *message, const BtDhtSearch *search, gint64 now);
/* A node of which only its address and what it says of itself are known. */
void       bt_dht_node_maybe_ping (BtDhtNode *self, const BtKrpcNode *node, gboolean has_id, gint64 now);

/* bt-dht-node-answer.c */
void       bt_dht_node_answer  (BtDhtNode *self, const BtAddr *from, const BtKrpc *query, gint64 now);

/* bt-dht-node-search.c */
BtDhtSearch *bt_dht_node_find_search (BtDhtNode *self, guint32 serial);
BtDhtSearch *bt_dht_node_look    (BtDhtNode *self, BtDhtSide *side, BtDhtPurpose purpose, const guint8 *target, gint64 now);
void       bt_dht_search_answered (BtDhtNode *self, BtDhtSearch *search, const BtDhtQuery *query, const BtKrpc *reply, gint64 now);
void       bt_dht_search_failed (BtDhtNode *self, BtDhtSearch *search, const BtDhtQuery *query);
/* Starts those that may start, asks, announces, and ends what is over. */
void       bt_dht_side_run     (BtDhtNode *self, BtDhtSide *side, gint64 now);
/* When to call that again for one that waits its turn; G_MAXINT64: no need. */
gint64     bt_dht_side_next_start (const BtDhtSide *side);
void       bt_dht_search_free  (gpointer search);

G_END_DECLS
