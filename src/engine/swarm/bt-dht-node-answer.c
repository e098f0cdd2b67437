/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-node-private.h"

#include <string.h>

/* Bytes of an answer beside its lists: ids, keys, token, address, version. */
#define ANSWER_REST 160u

/* Both filters of BEP 33 with their keys. */
#define BLOOM_BYTES (2 * (BT_KRPC_BLOOM_LENGTH + 10))

static void
send_answer (BtDhtNode *self, const BtAddr *to, const BtKrpc *query, BtKrpc *answer)
{
  g_autoptr (GBytes) bytes = NULL;
  gsize length;

  memcpy (answer->tid, query->tid, query->tid_length);
  answer->tid_length = query->tid_length;
  answer->your_addr = *to;
  memcpy (answer->id, bt_dht_node_side (self, to->family)->id, sizeof answer->id);
  bytes = bt_krpc_write (answer);
  length = g_bytes_get_size (bytes);
  bt_dht_limits_spend (&self->limits, length);
  self->counters.bytes_out += length;
  self->host->send (to, g_bytes_get_data (bytes, NULL), length, self->data);
}

static void
refuse (BtDhtNode *self, const BtAddr *to, const BtKrpc *query, BtKrpcErrorCode code, const char *text)
{
  BtKrpc answer = { .type = BT_KRPC_ERROR, .code = code, .text = text };

  self->counters.refused++;
  send_answer (self, to, query, &answer);
}

/* The families that were asked for, or the one that the query came by (BEP 32). */
static void
fill_nodes (BtDhtNode *self, const BtAddr *from, const BtKrpc *query, BtKrpc *answer, gint64 now)
{
  answer->lists = query->want;
  if (answer->lists == 0)
    answer->lists = from->family == BT_ADDR_V4 ? BT_KRPC_NODES_V4 : BT_KRPC_NODES_V6;
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    if ((answer->lists & (i == 0 ? BT_KRPC_NODES_V4 : BT_KRPC_NODES_V6)) && self->sides[i].table != NULL)
      answer->n_nodes += bt_dht_table_closest (self->sides[i].table, query->target, TRUE, now, &answer->nodes[answer->n_nodes], BT_DHT_K);
}

/* What is left of a packet of BEP 32's size, in peers. */
static guint
room_for_values (const BtKrpc *answer, BtAddrFamily family)
{
  gsize taken = ANSWER_REST + (answer->seeds_bloom != NULL ? BLOOM_BYTES : 0);

  for (guint i = 0; i < answer->n_nodes; i++)
    taken += answer->nodes[i].addr.family == BT_ADDR_V4 ? 26 : 38;
  if (taken >= BT_KRPC_MAX_WRITE)
    return 0;
  return (guint) MIN ((BT_KRPC_MAX_WRITE - taken) / (family == BT_ADDR_V4 ? 8 : 21), BT_KRPC_MAX_VALUES);
}

static void
answer_get_peers (BtDhtNode *self, BtDhtSide *side, const BtAddr *from, const BtKrpc *query, gint64 now)
{
  BtKrpc answer = { .type = BT_KRPC_REPLY };
  const BtDhtBloom *seeds, *peers;

  fill_nodes (self, from, query, &answer, now);
  if (query->scrape && bt_dht_store_scrape (side->store, query->target, now, &seeds, &peers))
    {
      answer.seeds_bloom = seeds->bits;
      answer.peers_bloom = peers->bits;
    }
  /* Who gets no token knows that there is no room (BEP 33). */
  if (bt_dht_store_has_room (side->store, query->target, from))
    {
      bt_dht_store_token (side->store, query->target, from, answer.token);
      answer.token_length = BT_DHT_TOKEN_LENGTH;
    }
  answer.n_values = bt_dht_store_peers (side->store, query->target, query->no_seeds, &self->rng, answer.values,
                                        room_for_values (&answer, from->family));
  send_answer (self, from, query, &answer);
}

static void
answer_announce (BtDhtNode *self, BtDhtSide *side, const BtAddr *from, const BtKrpc *query, gint64 now)
{
  BtKrpc answer = { .type = BT_KRPC_REPLY };
  BtAddr peer = *from;

  if (!query->implied_port)
    peer.port = query->port;
  if (peer.port == 0)
    {
      refuse (self, from, query, BT_KRPC_ERROR_PROTOCOL, "Invalid port");
      return;
    }
  switch (bt_dht_store_announce (side->store, query->target, &peer, query->seed, query->token, query->token_length, now))
    {
    case BT_DHT_STORED:
      send_answer (self, from, query, &answer);
      break;
    case BT_DHT_BAD_TOKEN:
      self->counters.bad_tokens++;
      refuse (self, from, query, BT_KRPC_ERROR_PROTOCOL, "Invalid token");
      break;
    case BT_DHT_FULL:
    default:
      refuse (self, from, query, BT_KRPC_ERROR_SERVER, "No room");
      break;
    }
}

static void
answer_sample (BtDhtNode *self, BtDhtSide *side, const BtAddr *from, const BtKrpc *query, gint64 now)
{
  BtKrpc answer = { .type = BT_KRPC_REPLY };
  guint interval;

  fill_nodes (self, from, query, &answer, now);
  answer.n_samples = bt_dht_store_sample (side->store, &self->rng, now, &answer.samples, &interval);
  answer.interval = interval;
  answer.n_stored = bt_dht_store_n_hashes (side->store);
  send_answer (self, from, query, &answer);
}

/* A method that we do not know, about something that we may know nodes of, is
 * answered like find_node: so new methods reach those who know them. */
static void
answer_by_target (BtDhtNode *self, BtDhtSide *side, const BtAddr *from, const BtKrpc *query, gint64 now)
{
  BtKrpc answer = { .type = BT_KRPC_REPLY };

  switch (query->method)
    {
    case BT_KRPC_GET_PEERS:
      answer_get_peers (self, side, from, query, now);
      break;
    case BT_KRPC_ANNOUNCE_PEER:
      answer_announce (self, side, from, query, now);
      break;
    case BT_KRPC_SAMPLE_INFOHASHES:
      answer_sample (self, side, from, query, now);
      break;
    case BT_KRPC_PING:
    case BT_KRPC_FIND_NODE:
    case BT_KRPC_OTHER:
    case BT_KRPC_N_METHODS:
    default:
      fill_nodes (self, from, query, &answer, now);
      send_answer (self, from, query, &answer);
      break;
    }
}

static void
answer_now (BtDhtNode *self, BtDhtSide *side, const BtAddr *from, const BtKrpc *query, gint64 now)
{
  BtKrpc pong = { .type = BT_KRPC_REPLY };

  if (!query->has_id)
    refuse (self, from, query, BT_KRPC_ERROR_PROTOCOL, "Invalid id");
  else if (query->method == BT_KRPC_PING)
    send_answer (self, from, query, &pong);
  else if (query->has_target)
    answer_by_target (self, side, from, query, now);
  else if (query->method == BT_KRPC_OTHER)
    refuse (self, from, query, BT_KRPC_ERROR_METHOD, "Unknown method");
  else
    refuse (self, from, query, BT_KRPC_ERROR_PROTOCOL, "Invalid target");
}

void
bt_dht_node_answer (BtDhtNode *self, const BtAddr *from, const BtKrpc *query, gint64 now)
{
  BtDhtSide *side = bt_dht_node_side (self, from->family);
  BtKrpcNode node = { .addr = *from };

  self->counters.received[query->method]++;
  if (self->config.read_only)
    return;
  if (!bt_dht_limits_answer (&self->limits, now))
    {
      self->counters.limited++;
      return;
    }
  self->counters.answered++;
  answer_now (self, side, from, query, now);
  /* BEP 43: who answers nothing has no place in the table. */
  if (!query->has_id || query->read_only)
    return;
  memcpy (node.id, query->id, sizeof node.id);
  if (bt_dht_table_heard (side->table, &node, now))
    bt_dht_node_maybe_ping (self, &node, TRUE, now);
}
