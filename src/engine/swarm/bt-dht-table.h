/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-krpc.h"
#include "bt-rng.h"

G_BEGIN_DECLS

/* Nodes of a bucket, and those that wait for a place in it (BEP 5's K). */
#define BT_DHT_K 8u

/* Nodes with an id that has no bit in common with ours are half of the space,
 * and in one bucket of 8 they would be a poor choice: the first four distances
 * have 16, 8, 4 and 2 buckets, so a lookup begins four bits further on. */
#define BT_DHT_N_BUCKETS (16u + 8u + 4u + 2u + 156u)

/* A node that is good now: BEP 5. */
#define BT_DHT_GOOD_TIME (15 * G_TIME_SPAN_MINUTE)

/* Unanswered queries that make a node bad. */
#define BT_DHT_MAX_FAILS 3u

typedef enum
{
  BT_DHT_GOOD,
  BT_DHT_QUESTIONABLE,
  BT_DHT_BAD,
} BtDhtQuality;

/**
 * BtDhtContact:
 *
 * A node that has answered us. Times are in microseconds, 0 never.
 */
typedef struct
{
  BtKrpcNode node;
  guint64 network;
  gint64 replied_at;
  gint64 heard_at;      /* its last query to us */
  gint64 asked_at;      /* our last query */
  guint32 delay;        /* milliseconds to its last answer */
  guint8 fails;         /* unanswered since the last answer */
  gboolean fits;        /* its id is the one of its address (BEP 42) */
} BtDhtContact;

/**
 * BtDhtTable:
 *
 * The routing table of one address family (BEP 5): only nodes that answered
 * us, one of a network, those whose ids fit their addresses first; a bucket
 * that is full keeps as many more to take the place of one that goes.
 */
typedef struct _BtDhtTable BtDhtTable;

BtDhtTable  *bt_dht_table_new     (const guint8 id[BT_DHT_ID_LENGTH]);
void         bt_dht_table_free    (BtDhtTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtDhtTable, bt_dht_table_free)
/* Ours is another now: everybody finds a new bucket, or none. */
void         bt_dht_table_set_id  (BtDhtTable *self, const guint8 id[BT_DHT_ID_LENGTH], gint64 now);
/* A node answered. @delay: milliseconds that it took
 * Returns: whether it is in the table now */
gboolean     bt_dht_table_replied (BtDhtTable *self, const BtKrpcNode *node, guint32 delay, gint64 now);
/* A node asked us something. Returns: whether it would be worth a ping */
gboolean     bt_dht_table_heard   (BtDhtTable *self, const BtKrpcNode *node, gint64 now);
void         bt_dht_table_asked   (BtDhtTable *self, const BtAddr *addr, gint64 now);
/* A query to it was not answered. Returns: whether that was its end */
gboolean     bt_dht_table_failed  (BtDhtTable *self, const BtAddr *addr, gint64 now);
/* Drops who is at @addr: it is not who it said it was. */
void         bt_dht_table_remove  (BtDhtTable *self, const BtAddr *addr);

BtDhtQuality bt_dht_contact_quality (const BtDhtContact *self, gint64 now);
/* @out: the closest to @target, the closest first
 * @only_good: what is handed to others (BEP 5); otherwise all that are not bad
 * Returns: how many, at most @most (up to 32) */
guint        bt_dht_table_closest (BtDhtTable *self, const guint8 *target, gboolean only_good, gint64 now, BtKrpcNode *out, guint most);
/* The one that should be pinged next, or NULL: one that failed and may do so
 * again, or one that has long been silent. */
const BtDhtContact *bt_dht_table_next_ping (BtDhtTable *self, gint64 now);
/* A bucket with room that was long not looked into: fills in @target with an
 * id in it, and counts it as looked into. */
gboolean     bt_dht_table_next_refresh (BtDhtTable *self, BtRng *rng, gint64 now, guint8 target[BT_DHT_ID_LENGTH]);
guint        bt_dht_table_count   (BtDhtTable *self);
guint        bt_dht_table_count_good (BtDhtTable *self, gint64 now);
guint        bt_dht_table_count_spares (BtDhtTable *self);
/* Bits of the most distant bucket's ids that are like ours, as far as buckets
 * are full: the logarithm of how many nodes there are. */
guint        bt_dht_table_depth   (BtDhtTable *self);
/* Bytes of memory. */
gsize        bt_dht_table_size    (BtDhtTable *self);
/* Appends all of the table to @contacts (of BtDhtContact), by bucket. */
void         bt_dht_table_collect (BtDhtTable *self, GArray *contacts);

G_END_DECLS
