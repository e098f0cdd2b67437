/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-lookup.h"

#include "bt-dht-id.h"

#include <string.h>

/* Of the nodes that somebody names, so many may be dead by chance; after that
 * the rest is not asked unless somebody else names it too. */
#define MAX_BROKEN 3u

/* Old addresses are often dead: more of them at once. */
#define STARTS_AT_ONCE 8u

void
bt_dht_lookup_init (BtDhtLookup *self, const guint8 *target, const guint8 *own_id, guint alpha)
{
  *self = (BtDhtLookup){ .alpha = alpha };
  memcpy (self->target, target, sizeof self->target);
  memcpy (self->own_id, own_id, sizeof self->own_id);
  self->candidates = g_array_new (FALSE, FALSE, sizeof (BtDhtCandidate));
  self->starts = g_array_new (FALSE, FALSE, sizeof (BtDhtStart));
}

void
bt_dht_lookup_clear (BtDhtLookup *self)
{
  g_clear_pointer (&self->candidates, g_array_unref);
  g_clear_pointer (&self->starts, g_array_unref);
}

static BtDhtCandidate *
candidate_at (BtDhtLookup *self, guint index)
{
  return &g_array_index (self->candidates, BtDhtCandidate, index);
}

static BtDhtCandidate *
find_addr (BtDhtLookup *self, const BtAddr *addr)
{
  for (guint i = 0; i < self->candidates->len; i++)
    if (bt_addr_equal (&candidate_at (self, i)->node.addr, addr))
      return candidate_at (self, i);
  return NULL;
}

static BtDhtCandidate *
find_serial (BtDhtLookup *self, guint32 serial)
{
  for (guint i = 0; i < self->candidates->len && serial != 0; i++)
    if (candidate_at (self, i)->serial == serial)
      return candidate_at (self, i);
  return NULL;
}

/* Two that name the same node vouch for it. */
static gboolean
is_known (BtDhtLookup *self, const BtKrpcNode *node, guint64 network, guint32 source)
{
  for (guint i = 0; i < self->candidates->len; i++)
    {
      BtDhtCandidate *candidate = candidate_at (self, i);

      gboolean same = bt_addr_equal (&candidate->node.addr, &node->addr);

      if (candidate->network != network && memcmp (candidate->node.id, node->id, BT_DHT_ID_LENGTH) != 0)
        continue;
      /* A false address under a true id must not stand in the true one's way. */
      if (!same && candidate->state == BT_DHT_FAILED)
        continue;
      if (same && candidate->source != source)
        candidate->source = 0;
      return TRUE;
    }
  return FALSE;
}

/* Returns: the new one, or NULL when it is known or too far away */
static BtDhtCandidate *
insert (BtDhtLookup *self, const BtKrpcNode *node, guint32 source)
{
  BtDhtCandidate candidate = { .node = *node, .network = bt_dht_network (&node->addr), .source = source };
  guint at = self->candidates->len;

  if (!bt_addr_is_usable (&node->addr) || memcmp (node->id, self->own_id, BT_DHT_ID_LENGTH) == 0 ||
      is_known (self, node, candidate.network, source))
    return NULL;
  while (at > 0 && bt_dht_id_compare (self->target, node->id, candidate_at (self, at - 1)->node.id) < 0)
    at--;
  if (at >= BT_DHT_LOOKUP_MAX)
    return NULL;
  candidate.serial = ++self->last_serial;
  g_array_insert_val (self->candidates, at, candidate);
  if (self->candidates->len > BT_DHT_LOOKUP_MAX)
    g_array_set_size (self->candidates, BT_DHT_LOOKUP_MAX);
  return candidate_at (self, at);
}

void
bt_dht_lookup_add (BtDhtLookup *self, const BtKrpcNode *node)
{
  insert (self, node, 0);
}

void
bt_dht_lookup_add_start (BtDhtLookup *self, const BtAddr *addr, gboolean is_router)
{
  BtDhtStart start = { *addr, is_router };

  if (self->starts->len < BT_DHT_LOOKUP_MAX_STARTS && bt_addr_is_usable (addr))
    g_array_append_val (self->starts, start);
}

static gboolean
is_believed (BtDhtLookup *self, const BtDhtCandidate *candidate)
{
  const BtDhtCandidate *source = find_serial (self, candidate->source);

  return source == NULL || source->broken < MAX_BROKEN;
}

static gboolean
next_start (BtDhtLookup *self, BtKrpcNode *node, gboolean *is_router)
{
  const BtDhtStart *start;

  if (self->starts->len == 0)
    return FALSE;
  start = &g_array_index (self->starts, BtDhtStart, 0);
  node->addr = start->addr;
  *is_router = start->is_router;
  g_array_remove_index (self->starts, 0);
  self->n_starts_asked++;
  return TRUE;
}

/* The closest that was not asked, while fewer than K closer ones answered, and
 * how many queries are under way. */
static BtDhtCandidate *
find_next (BtDhtLookup *self, guint *n_asked, guint *n_alive)
{
  BtDhtCandidate *next = NULL;

  *n_asked = 0;
  *n_alive = 0;
  for (guint i = 0; i < self->candidates->len && *n_alive < BT_DHT_K; i++)
    {
      BtDhtCandidate *candidate = candidate_at (self, i);

      *n_alive += candidate->state == BT_DHT_ANSWERED;
      *n_asked += candidate->state == BT_DHT_ASKED;
      if (next == NULL && candidate->state == BT_DHT_NEW && is_believed (self, candidate))
        next = candidate;
    }
  return next;
}

gboolean
bt_dht_lookup_next (BtDhtLookup *self, BtKrpcNode *node, gboolean *has_id, gboolean *is_router)
{
  guint n_asked, n_alive;
  BtDhtCandidate *next = find_next (self, &n_asked, &n_alive);

  *is_router = FALSE;
  if (n_asked >= self->alpha || (next == NULL && self->n_starts_asked >= STARTS_AT_ONCE) || self->n_queries >= BT_DHT_LOOKUP_MAX_QUERIES)
    return FALSE;
  *has_id = next != NULL;
  if (next != NULL)
    {
      next->state = BT_DHT_ASKED;
      *node = next->node;
    }
  else if (n_alive >= BT_DHT_K || !next_start (self, node, is_router))
    return FALSE;
  self->n_queries++;
  return TRUE;
}

static void
take_nodes (BtDhtLookup *self, const BtAddr *from, guint32 source, const BtKrpcNode *nodes, guint n_nodes)
{
  gboolean from_outside = !bt_addr_is_private (from);

  for (guint i = 0; i < n_nodes; i++)
    {
      /* Somebody far away who names a machine at home has us knock there. */
      if (nodes[i].addr.family == from->family && !(from_outside && bt_addr_is_private (&nodes[i].addr)))
        insert (self, &nodes[i], source);
    }
}

void
bt_dht_lookup_answered (BtDhtLookup *self, const BtKrpcNode *from, gboolean was_start, gboolean is_router,
                        const BtKrpcNode *nodes, guint n_nodes, const guint8 *token, gsize token_length)
{
  BtDhtCandidate *candidate = find_addr (self, &from->addr);
  guint32 source = 0;

  if (was_start && self->n_starts_asked > 0)
    self->n_starts_asked--;
  if (candidate == NULL && was_start && !is_router)
    candidate = insert (self, from, 0);
  if (candidate != NULL)
    {
      candidate->state = BT_DHT_ANSWERED;
      candidate->token_length = (guint8) token_length;
      if (token_length > 0)
        memcpy (candidate->token, token, token_length);
      source = candidate->serial;
    }
  if (candidate != NULL || was_start)
    take_nodes (self, &from->addr, source, nodes, n_nodes);
}

void
bt_dht_lookup_slow (BtDhtLookup *self, const BtAddr *addr)
{
  BtDhtCandidate *candidate = find_addr (self, addr);

  if (candidate != NULL && candidate->state == BT_DHT_ASKED)
    candidate->state = BT_DHT_SLOW;
}

void
bt_dht_lookup_failed (BtDhtLookup *self, const BtAddr *addr, gboolean was_start)
{
  BtDhtCandidate *candidate = find_addr (self, addr);
  BtDhtCandidate *source;

  if (was_start && self->n_starts_asked > 0)
    self->n_starts_asked--;
  if (candidate == NULL || candidate->state == BT_DHT_ANSWERED || candidate->state == BT_DHT_FAILED)
    return;
  candidate->state = BT_DHT_FAILED;
  source = find_serial (self, candidate->source);
  if (source != NULL && source->broken < G_MAXUINT8)
    source->broken++;
}

gboolean
bt_dht_lookup_is_done (BtDhtLookup *self)
{
  guint n_alive = 0;

  for (guint i = 0; i < self->candidates->len && n_alive < BT_DHT_K; i++)
    {
      const BtDhtCandidate *candidate = candidate_at (self, i);

      if (candidate->state == BT_DHT_ASKED || candidate->state == BT_DHT_SLOW)
        return FALSE;
      if (candidate->state == BT_DHT_NEW && is_believed (self, candidate) && self->n_queries < BT_DHT_LOOKUP_MAX_QUERIES)
        return FALSE;
      n_alive += candidate->state == BT_DHT_ANSWERED;
    }
  return n_alive >= BT_DHT_K || (self->n_starts_asked == 0 &&
                                 (self->starts->len == 0 || self->n_queries >= BT_DHT_LOOKUP_MAX_QUERIES));
}

guint
bt_dht_lookup_closest (BtDhtLookup *self, const BtDhtCandidate **out, guint most)
{
  guint n = 0;

  for (guint i = 0; i < self->candidates->len && n < most; i++)
    if (candidate_at (self, i)->state == BT_DHT_ANSWERED)
      out[n++] = candidate_at (self, i);
  return n;
}
