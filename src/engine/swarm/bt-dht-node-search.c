/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-node-private.h"

#include <string.h>

/* Lookups of one family that run at once; the others wait in a row. */
#define MAX_RUNNING 8u

/* And that are waited for: as many torrents as anybody has. */
#define MAX_WAITING 20000u

/* Searches begin this far apart, but for a few: many torrents have the same
 * nodes to ask in a small network, and libtorrent listens for five minutes to
 * nobody who asks more than five times a second. */
#define START_SPACING (G_USEC_PER_SEC / 8)
#define START_BURST 3

/* Nodes of our table that a lookup begins with. */
#define FIRST_NODES 16u

void
bt_dht_search_free (gpointer search)
{
  BtDhtSearch *self = search;

  if (self->started)
    bt_dht_lookup_clear (&self->lookup);
  g_free (self);
}

BtDhtSearch *
bt_dht_node_find_search (BtDhtNode *self, guint32 serial)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides) && serial != 0; i++)
    {
      const BtDhtSide *side = &self->sides[i];

      for (guint k = 0; side->table != NULL && k < side->searches->len; k++)
        {
          BtDhtSearch *search = side->searches->pdata[k];

          if (!search->started)
            break;
          if (search->serial == serial)
            return search;
        }
    }
  return NULL;
}

BtDhtSearch *
bt_dht_node_look (BtDhtNode *self, BtDhtSide *side, BtDhtPurpose purpose, const guint8 *target, gint64 now)
{
  BtDhtSearch *search;

  for (guint i = 0; i < side->searches->len; i++)
    {
      search = side->searches->pdata[i];
      if (search->purpose == purpose && memcmp (search->target, target, sizeof search->target) == 0)
        return search;
    }
  if (side->searches->len >= MAX_WAITING)
    return NULL;
  search = g_new0 (BtDhtSearch, 1);
  search->serial = ++self->last_serial;
  search->side = side;
  search->purpose = purpose;
  memcpy (search->target, target, sizeof search->target);
  g_ptr_array_add (side->searches, search);
  return search;
}

void
bt_dht_node_search (BtDhtNode *self, const guint8 *info_hash, BtDhtSearchFlags flags, guint16 port, gint64 now)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      BtDhtSearch *search = NULL;

      if (self->sides[i].table != NULL)
        search = bt_dht_node_look (self, &self->sides[i], BT_DHT_LOOK_FOR_PEERS, info_hash, now);
      if (search == NULL)
        continue;
      search->flags |= flags;
      search->port = port;
    }
}

void
bt_dht_node_cancel (BtDhtNode *self, const guint8 *info_hash)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    for (guint k = self->sides[i].table == NULL ? 0 : self->sides[i].searches->len; k-- > 0;)
      {
        BtDhtSearch *search = self->sides[i].searches->pdata[k];

        if (search->purpose == BT_DHT_LOOK_FOR_PEERS && memcmp (search->target, info_hash, sizeof search->target) == 0)
          g_ptr_array_remove_index (self->sides[i].searches, k);
      }
}

static void
start (BtDhtNode *self, BtDhtSearch *search, gint64 now)
{
  BtDhtSide *side = search->side;
  BtKrpcNode nodes[FIRST_NODES];
  guint n = bt_dht_table_closest (side->table, search->target, FALSE, now, nodes, FIRST_NODES);

  search->started = TRUE;
  search->began_at = now;
  self->counters.searches++;
  bt_dht_lookup_init (&search->lookup, search->target, side->id, self->config.alpha);
  for (guint i = 0; i < n; i++)
    bt_dht_lookup_add (&search->lookup, &nodes[i]);
  for (guint i = 0; n < BT_DHT_K && i < side->starts->len; i++)
    {
      const BtDhtStart *first = &g_array_index (side->starts, BtDhtStart, i);

      bt_dht_lookup_add_start (&search->lookup, &first->addr, first->is_router);
    }
}

/* While the other family's table is being filled it is asked for too (BEP 32). */
static BtKrpcLists
what_to_want (BtDhtNode *self, const BtDhtSide *side)
{
  const BtDhtSide *other = &self->sides[side->family == BT_ADDR_V4];

  return other->table != NULL && bt_dht_table_count (other->table) < BT_DHT_K ? BT_KRPC_NODES_V4 | BT_KRPC_NODES_V6 : 0;
}

static void
ask_more (BtDhtNode *self, BtDhtSearch *search, gint64 now)
{
  BtDhtQuery query = { 0 };

  while (bt_dht_lookup_next (&search->lookup, &query.to, &query.has_id, &query.is_router))
    {
      BtKrpc message = { .method = BT_KRPC_FIND_NODE, .want = what_to_want (self, search->side) };

      if (search->purpose == BT_DHT_LOOK_FOR_PEERS)
        {
          message.method = BT_KRPC_GET_PEERS;
          message.scrape = (search->flags & BT_DHT_SCRAPE) != 0;
          message.no_seeds = (search->flags & BT_DHT_SEED) != 0;
        }
      memcpy (message.target, search->target, sizeof message.target);
      query.was_start = !query.has_id;
      if (!bt_dht_node_ask (self, &query, &message, search, now))
        bt_dht_lookup_failed (&search->lookup, &query.to.addr, query.was_start);
    }
}

static void
announce (BtDhtNode *self, BtDhtSearch *search, gint64 now)
{
  const BtDhtCandidate *closest[BT_DHT_K];

  search->n_answered = bt_dht_lookup_closest (&search->lookup, closest, BT_DHT_K);
  for (guint i = 0; i < search->n_answered && (search->flags & BT_DHT_ANNOUNCE); i++)
    {
      BtDhtQuery query = { .to = closest[i]->node, .has_id = TRUE };
      BtKrpc message = { .method = BT_KRPC_ANNOUNCE_PEER, .implied_port = TRUE, .port = search->port };

      /* Who gave no token wants nothing stored (BEP 33). */
      if (closest[i]->token_length == 0)
        continue;
      message.seed = (search->flags & BT_DHT_SEED) != 0;
      memcpy (message.target, search->target, sizeof message.target);
      memcpy (message.token, closest[i]->token, closest[i]->token_length);
      message.token_length = closest[i]->token_length;
      search->n_announcing += bt_dht_node_ask (self, &query, &message, search, now);
    }
}

static void
count_values (const BtDhtSide *side, BtDhtSearch *search, const BtAddr *from, const BtKrpc *reply, GArray *peers)
{
  gboolean from_outside = !bt_addr_is_private (from);

  for (guint i = 0; i < reply->n_values; i++)
    if (reply->values[i].family == side->family && !(from_outside && bt_addr_is_private (&reply->values[i])))
      g_array_append_val (peers, reply->values[i]);
  search->n_peers += peers->len;
  if (reply->seeds_bloom != NULL && reply->peers_bloom != NULL)
    {
      bt_dht_bloom_merge (&search->seeds, reply->seeds_bloom);
      bt_dht_bloom_merge (&search->peers, reply->peers_bloom);
      search->counted = TRUE;
    }
}

void
bt_dht_search_answered (BtDhtNode *self, BtDhtSearch *search, const BtDhtQuery *query, const BtKrpc *reply, gint64 now)
{
  g_autoptr (GArray) peers = NULL;
  BtKrpcNode from = { .addr = query->to.addr };

  if (query->method == BT_KRPC_ANNOUNCE_PEER)
    {
      search->n_announced++;
      search->n_announcing -= !query->failed;
      return;
    }
  memcpy (from.id, reply->id, sizeof from.id);
  bt_dht_lookup_answered (&search->lookup, &from, query->was_start && !query->failed, query->is_router,
                          reply->nodes, reply->n_nodes, reply->token, reply->token_length);
  if (search->purpose != BT_DHT_LOOK_FOR_PEERS)
    return;
  peers = g_array_new (FALSE, FALSE, sizeof (BtAddr));
  count_values (search->side, search, &from.addr, reply, peers);
  if (peers->len > 0)
    self->host->found (search->target, (const BtAddr *) (gpointer) peers->data, peers->len, self->data);
}

void
bt_dht_search_failed (BtDhtNode *self, BtDhtSearch *search, const BtDhtQuery *query)
{
  if (query->method == BT_KRPC_ANNOUNCE_PEER)
    search->n_announcing--;
  else
    bt_dht_lookup_failed (&search->lookup, &query->to.addr, query->was_start);
}

static void
end (BtDhtNode *self, BtDhtSearch *search, gint64 now)
{
  BtDhtSide *side = search->side;
  BtDhtResult result = {
    .family = side->family,
    .n_peers = search->n_peers,
    .n_queries = search->lookup.n_queries,
    .n_answered = search->n_answered,
    .n_announced = search->n_announced,
    .seeds = search->counted ? (gint64) bt_dht_bloom_estimate (&search->seeds) : -1,
    .leechers = search->counted ? (gint64) bt_dht_bloom_estimate (&search->peers) : -1,
    .took = now - search->began_at,
  };

  if (search->purpose == BT_DHT_LOOK_FOR_SELF)
    side->self_fails = bt_dht_table_count (side->table) >= BT_DHT_K ? 0 : MIN (side->self_fails + 1, 10);
  if (search->purpose == BT_DHT_LOOK_FOR_PEERS)
    self->host->ended (search->target, &result, self->data);
}

/* Returns: whether it is over */
static gboolean
run (BtDhtNode *self, BtDhtSearch *search, gint64 now)
{
  if (!search->looked)
    {
      ask_more (self, search, now);
      if (!bt_dht_lookup_is_done (&search->lookup))
        return FALSE;
      search->looked = TRUE;
      announce (self, search, now);
    }
  return search->n_announcing == 0;
}

static gboolean
has_anybody (const BtDhtSide *side)
{
  return side->starts->len > 0 || bt_dht_table_count (side->table) > 0;
}

static gboolean
may_start (BtDhtSide *side, gint64 now)
{
  if (!has_anybody (side) || now < side->next_start)
    return FALSE;
  side->next_start = MAX (side->next_start, now - START_BURST * START_SPACING) + START_SPACING;
  return TRUE;
}

gint64
bt_dht_side_next_start (const BtDhtSide *side)
{
  guint running = 0;

  if (!has_anybody (side))
    return G_MAXINT64;
  for (guint i = 0; i < side->searches->len && running < MAX_RUNNING; i++, running++)
    if (!((BtDhtSearch *) side->searches->pdata[i])->started)
      return side->next_start;
  return G_MAXINT64;
}

void
bt_dht_side_run (BtDhtNode *self, BtDhtSide *side, gint64 now)
{
  guint running = 0;

  for (guint i = 0; i < side->searches->len && running < MAX_RUNNING;)
    {
      BtDhtSearch *search = side->searches->pdata[i];

      if (!search->started && !may_start (side, now))
        return;
      if (!search->started)
        start (self, search, now);
      if (!run (self, search, now))
        {
          running++;
          i++;
          continue;
        }
      /* Its owner may begin another for the same torrent at once. */
      search = g_ptr_array_steal_index (side->searches, i);
      end (self, search, now);
      bt_dht_search_free (search);
    }
}
