/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-dht-node.h"
#include "bt-rng.h"
#include "bt-test.h"

G_BEGIN_DECLS

/* A node of the DHT, what it sends, and others who answer it. */

#define SECOND G_USEC_PER_SEC
#define START (1000 * SECOND)

/* What the node sent. */
typedef struct
{
  BtAddr to;
  gsize length;
  guint8 bytes[BT_KRPC_MAX_READ];
} Sent;

typedef struct
{
  BtDhtNode *node;
  GQueue sent;        /* of Sent */
  guint64 n_sent;
  guint64 n_bytes;
  gsize largest;
  guint n_found;
  guint n_ended;
  BtDhtResult result;
  BtAddr seen;
  gint64 now;
  BtRng rng;
} Fixture;

static inline gboolean
send (const BtAddr *to, const guint8 *bytes, gsize length, gpointer data)
{
  Fixture *self = data;
  Sent *sent = g_new (Sent, 1);

  g_assert_cmpuint (length, <=, sizeof sent->bytes);
  sent->to = *to;
  sent->length = length;
  memcpy (sent->bytes, bytes, length);
  g_queue_push_tail (&self->sent, sent);
  self->n_sent++;
  self->n_bytes += length;
  self->largest = MAX (self->largest, length);
  /* A flood's test needs only the last ones. */
  if (self->sent.length > 1000)
    g_free (g_queue_pop_head (&self->sent));
  return TRUE;
}

static inline void
fill_random (guint8 *bytes, gsize length, gpointer data)
{
  Fixture *self = data;

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) bt_rng_below (&self->rng, 256);
}

static inline void
found (const guint8 *info_hash, const BtAddr *peers, guint n_peers, gpointer data)
{
  ((Fixture *) data)->n_found += n_peers;
}

static inline void
ended (const guint8 *info_hash, const BtDhtResult *result, gpointer data)
{
  Fixture *self = data;

  self->result = *result;
  self->n_ended++;
}

static inline void
seen_at (const BtAddr *voter, const BtAddr *ours, gpointer data)
{
  ((Fixture *) data)->seen = *ours;
}

static const BtDhtHost bt_test_dht_host = { .send = send, .random = fill_random, .found = found, .ended = ended, .seen_at = seen_at };

static inline Fixture *
fixture_new (gboolean read_only)
{
  Fixture *self = g_new0 (Fixture, 1);
  BtDhtNodeConfig config;

  bt_rng_seed (&self->rng, 3);
  self->now = START;
  bt_dht_node_config_init (&config);
  config.read_only = read_only;
  self->node = bt_dht_node_new (&config, NULL, &bt_test_dht_host, self, self->now);
  return self;
}

static inline void
fixture_free (Fixture *self)
{
  bt_dht_node_free (self->node);
  g_queue_clear_full (&self->sent, g_free);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fixture, fixture_free)

static inline BtAddr
address (guint network, guint8 last)
{
  guint8 ip[4] = { 20, (guint8) (network >> 8), (guint8) network, last };
  BtAddr addr;

  bt_addr_init_v4 (&addr, ip, 6881);
  return addr;
}

static inline void
tick (Fixture *self)
{
  g_assert_cmpint (bt_dht_node_tick (self->node, self->now), >, self->now);
}

static inline void
receive (Fixture *self, const BtAddr *from, const BtKrpc *message)
{
  g_autoptr (GBytes) bytes = bt_krpc_write (message);

  bt_dht_node_receive (self->node, from, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), self->now);
}

static inline BtKrpc
query_new (BtKrpcMethod method, guint8 id)
{
  BtKrpc query = { .type = BT_KRPC_QUERY, .tid = "qq", .tid_length = 2, .method = method, .id = { id }, .target = { 9 }, .port = 1234 };

  return query;
}

/* Takes what was sent to @to, whatever comes before it. */
static inline gboolean
take (Fixture *self, const BtAddr *to, BtKrpc *out, Sent *keep)
{
  Sent *sent;

  while ((sent = g_queue_pop_head (&self->sent)) != NULL)
    {
      gboolean right = bt_addr_equal (&sent->to, to);

      *keep = *sent;
      g_free (sent);
      if (right)
        {
          g_assert_true (bt_krpc_read (out, keep->bytes, keep->length));
          return TRUE;
        }
    }
  return FALSE;
}

static inline void
ask (Fixture *self, const BtAddr *from, const BtKrpc *query, BtKrpc *answer, Sent *keep)
{
  g_queue_clear_full (&self->sent, g_free);
  receive (self, from, query);
  g_assert_true (take (self, from, answer, keep));
  g_assert_cmpmem (answer->tid, answer->tid_length, query->tid, query->tid_length);
}

/* A node that answers whatever it is asked, with what is at @reply. */
static inline gboolean
answer_as (Fixture *self, const BtAddr *addr, const guint8 *id, BtKrpc *reply)
{
  BtKrpc asked;
  Sent keep;

  if (!take (self, addr, &asked, &keep) || asked.type != BT_KRPC_QUERY)
    return FALSE;
  reply->type = BT_KRPC_REPLY;
  memcpy (reply->id, id, sizeof reply->id);
  memcpy (reply->tid, asked.tid, asked.tid_length);
  reply->tid_length = asked.tid_length;
  receive (self, addr, reply);
  return TRUE;
}

static inline guint
count_nodes (Fixture *self)
{
  return bt_dht_table_count (bt_dht_node_get_table (self->node, BT_ADDR_V4));
}

/* It pings who asks it something, and who answers that is in the table. */
static inline void
make_friend (Fixture *self, guint network, guint8 first)
{
  BtAddr addr = address (network, 1);
  BtKrpc query = query_new (BT_KRPC_PING, first), answer, pong = { 0 };
  guint before = count_nodes (self);
  Sent keep;

  g_queue_clear_full (&self->sent, g_free);
  receive (self, &addr, &query);
  g_assert_true (take (self, &addr, &answer, &keep));
  g_assert_true (answer_as (self, &addr, query.id, &pong));
  g_assert_cmpuint (count_nodes (self), ==, before + 1);
}

G_END_DECLS
