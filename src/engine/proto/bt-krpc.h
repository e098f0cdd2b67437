/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* The messages of the DHT: BEP 5, with BEP 32 (IPv6), 33 (scrapes), 42 (the
 * receiver's address), 43 (read-only nodes) and 51 (samples). */

/* Bytes of a node's id and of what is looked for. */
#define BT_DHT_ID_LENGTH BT_SHA1_LENGTH

/* A longer message is not read; BEP 32 allows 1024 bytes. */
#define BT_KRPC_MAX_READ 4096u
/* BEP 32: not more than this is sent. */
#define BT_KRPC_MAX_WRITE 1024u

/* A transaction id is echoed, so a stranger chooses its length. */
#define BT_KRPC_MAX_TID 32u
/* A longer token is not kept; those that are seen have 4 to 20 bytes. */
#define BT_KRPC_MAX_TOKEN 64u
/* Of both families together: 8 of each are asked for (BEP 5), some send more. */
#define BT_KRPC_MAX_NODES 32u
/* libtorrent sends 100 at the most. */
#define BT_KRPC_MAX_VALUES 128u
/* Bytes of a bloom filter of BEP 33. */
#define BT_KRPC_BLOOM_LENGTH 256u

typedef enum
{
  BT_KRPC_QUERY,
  BT_KRPC_REPLY,
  BT_KRPC_ERROR,
} BtKrpcType;

typedef enum
{
  BT_KRPC_PING,
  BT_KRPC_FIND_NODE,
  BT_KRPC_GET_PEERS,
  BT_KRPC_ANNOUNCE_PEER,
  BT_KRPC_SAMPLE_INFOHASHES,
  BT_KRPC_OTHER,             /* a method that we do not know */
  BT_KRPC_N_METHODS,
} BtKrpcMethod;

/* Lists of nodes (BEP 32). */
typedef enum
{
  BT_KRPC_NODES_V4 = 1 << 0,
  BT_KRPC_NODES_V6 = 1 << 1,
} BtKrpcLists;

/* What errors say (BEP 5). */
typedef enum
{
  BT_KRPC_ERROR_GENERIC = 201,
  BT_KRPC_ERROR_SERVER = 202,
  BT_KRPC_ERROR_PROTOCOL = 203,
  BT_KRPC_ERROR_METHOD = 204,
} BtKrpcErrorCode;

/**
 * BtKrpcNode:
 *
 * A node of the DHT: a value.
 */
typedef struct
{
  guint8 id[BT_DHT_ID_LENGTH];
  BtAddr addr;
} BtKrpcNode;

/**
 * BtKrpc:
 *
 * One message of any type. Pointers lead into the bytes that were read, or to
 * what is to be written; nothing is owned.
 */
typedef struct
{
  BtKrpcType type;
  guint8 tid[BT_KRPC_MAX_TID];
  gsize tid_length;
  BtAddr your_addr;          /* the receiver as the sender sees it (BEP 42); family NONE: not said */
  gboolean read_only;        /* the sender answers nothing (BEP 43) */
  gboolean has_id;           /* always in a reply */
  guint8 id[BT_DHT_ID_LENGTH];

  /* Of queries. */
  BtKrpcMethod method;
  gboolean has_target;
  guint8 target[BT_DHT_ID_LENGTH]; /* "target" or "info_hash" */
  BtKrpcLists want;          /* 0: not said */
  gboolean no_seeds;
  gboolean scrape;
  gboolean seed;
  gboolean implied_port;
  guint16 port;              /* 0: none that can be used */

  /* Of queries and replies. */
  guint8 token[BT_KRPC_MAX_TOKEN];
  gsize token_length;        /* 0: none */

  /* Of replies. */
  BtKrpcLists lists;         /* which were there, or are to be */
  BtKrpcNode nodes[BT_KRPC_MAX_NODES]; /* of either family */
  guint n_nodes;
  BtAddr values[BT_KRPC_MAX_VALUES];
  guint n_values;
  const guint8 *seeds_bloom; /* 256 bytes each; NULL: not there */
  const guint8 *peers_bloom;
  const guint8 *samples;     /* @n_samples times 20 bytes; NULL: not there */
  guint n_samples;
  gint64 interval;           /* seconds, of samples */
  gint64 n_stored;           /* info-hashes, of samples */

  /* Of errors. */
  gint64 code;
  const char *text;          /* written, not read */
} BtKrpc;

/**
 * bt_krpc_read:
 *
 * Reads one datagram. What a message of its type cannot do without (a
 * transaction id, a reply's sender) has to be there; everything else that is
 * of a wrong type or length is passed over, and so are addresses that nobody
 * can be at.
 *
 * Returns: %FALSE when nothing can be made of it
 */
gboolean bt_krpc_read  (BtKrpc *self, const guint8 *bytes, gsize length);
/* Canonical bencode. Returns: (transfer full) */
GBytes  *bt_krpc_write (const BtKrpc *self);

G_END_DECLS
