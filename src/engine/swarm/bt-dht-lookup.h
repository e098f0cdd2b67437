/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-dht-table.h"
#include "bt-krpc.h"

G_BEGIN_DECLS

/* Candidates that are remembered (libtorrent's number). */
#define BT_DHT_LOOKUP_MAX 100u

/* Addresses to begin with whose ids are not known. */
#define BT_DHT_LOOKUP_MAX_STARTS 64u

/* Queries that one lookup may send: twenty are usual, and liars who lead it
 * from nowhere to nowhere end here. */
#define BT_DHT_LOOKUP_MAX_QUERIES 120u

typedef enum
{
  BT_DHT_NEW,
  BT_DHT_ASKED,
  BT_DHT_SLOW,     /* asked, and others are asked meanwhile */
  BT_DHT_ANSWERED,
  BT_DHT_FAILED,
} BtDhtAsking;

/**
 * BtDhtCandidate:
 *
 * A node that may be among the closest to what is looked for.
 */
typedef struct
{
  BtKrpcNode node;
  guint64 network;
  BtDhtAsking state;
  guint32 serial;      /* who it is, while the list is sorted anew */
  guint32 source;      /* the serial of who named it; 0: our own table, or two others */
  guint8 broken;       /* of those that it named, how many do not answer */
  guint8 token[BT_KRPC_MAX_TOKEN];
  guint8 token_length; /* 0: none was given */
} BtDhtCandidate;

typedef struct
{
  BtAddr addr;
  gboolean is_router;  /* helps to begin, and is no node of the table (BEP 5) */
} BtDhtStart;

/**
 * BtDhtLookup:
 *
 * An iterative search for the nodes closest to an id (BEP 5). It knows neither
 * sockets nor time: its owner asks whom it names and says what became of it.
 */
typedef struct
{
  guint8 target[BT_DHT_ID_LENGTH];
  guint8 own_id[BT_DHT_ID_LENGTH];
  guint alpha;                 /* queries under way that are not slow */
  GArray *candidates;          /* of BtDhtCandidate, the closest first */
  GArray *starts;              /* of BtDhtStart, not asked yet */
  guint32 last_serial;
  guint n_starts_asked;        /* under way */
  guint n_queries;
} BtDhtLookup;

void     bt_dht_lookup_init      (BtDhtLookup *self, const guint8 *target, const guint8 *own_id, guint alpha);
void     bt_dht_lookup_clear     (BtDhtLookup *self);
/* From our own table. */
void     bt_dht_lookup_add       (BtDhtLookup *self, const BtKrpcNode *node);
/* Asked while there are fewer than K candidates. */
void     bt_dht_lookup_add_start (BtDhtLookup *self, const BtAddr *addr, gboolean is_router);
/* Whom to ask now. @id: (out): FALSE is put in @has_id when it is not known;
 * Returns: FALSE when nobody is to be asked before something else happens */
gboolean bt_dht_lookup_next      (BtDhtLookup *self, BtKrpcNode *node, gboolean *has_id, gboolean *is_router);
/* It answered, maybe late. What it names is judged: one node of a network,
 * none of ours, nobody at a private address who was named from outside.
 * @nodes: of this lookup's family
 * @was_start: it came from the starts; @is_router as it was told */
void     bt_dht_lookup_answered  (BtDhtLookup *self, const BtKrpcNode *from, gboolean was_start, gboolean is_router,
                                  const BtKrpcNode *nodes, guint n_nodes, const guint8 *token, gsize token_length);
void     bt_dht_lookup_slow      (BtDhtLookup *self, const BtAddr *addr);
/* Also for one that answered under another id than it was named by. */
void     bt_dht_lookup_failed    (BtDhtLookup *self, const BtAddr *addr, gboolean was_start);
/* The K closest that are there have answered, or nobody is left to ask. */
gboolean bt_dht_lookup_is_done   (BtDhtLookup *self);
/* The closest that answered. Returns: how many, at most @most */
guint    bt_dht_lookup_closest   (BtDhtLookup *self, const BtDhtCandidate **out, guint most);

G_END_DECLS
