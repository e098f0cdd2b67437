/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-node-private.h"

#include "bt-dht-id.h"

#include <string.h>

/* An answer on the way for longer is not waited for, but for another second
 * or three it counts; ten seconds later its sender is at least alive. */
#define SLOW_TIME (1 * G_USEC_PER_SEC)
#define FAIL_TIME (4 * G_USEC_PER_SEC)
#define FORGET_TIME (10 * G_USEC_PER_SEC)

/* Queries that are waited for. */
#define MAX_QUERIES 512u

/* Of them pings to nodes that only say so of themselves: a forged sender has
 * us knock at somebody else's door. */
#define MAX_PINGS 10u

/* Addresses to begin at. */
#define MAX_STARTS 64u

#define UPKEEP_TIME (5 * G_USEC_PER_SEC)
#define EXPIRY_TIME (G_TIME_SPAN_MINUTE)

/* BEP 5: a secret lives five minutes, and its tokens ten. */
#define ROTATION_TIME (5 * G_TIME_SPAN_MINUTE)

/* A look for ourselves while the table is small, and later (libtorrent's time). */
#define SELF_RETRY (5 * G_USEC_PER_SEC)
#define SELF_TIME (10 * G_TIME_SPAN_MINUTE)

/* Between lookups that fill buckets. */
#define REFRESH_TIME (G_TIME_SPAN_MINUTE)

/* When nobody at all answers for so long, it is our line that is dead; and
 * after a while more the nodes may be gone as well. */
#define OFFLINE_TIME (30 * G_USEC_PER_SEC)
#define GONE_TIME (20 * G_TIME_SPAN_MINUTE)

/* Many who lie about our address cannot have us start anew all the time. */
#define ID_TIME (10 * G_TIME_SPAN_MINUTE)

/* Nodes that were silent for long and are pinged in one round. */
#define PINGS_A_ROUND 3u

void
bt_dht_node_config_init (BtDhtNodeConfig *config)
{
  *config = (BtDhtNodeConfig){
    .v4 = TRUE,
    .v6 = TRUE,
    .alpha = BT_DHT_ALPHA,
    .host_rate = 10,
    .answer_rate = 64u << 10,
  };
}

static void
open_side (BtDhtNode *self, BtDhtSide *side, const guint8 *id, gint64 now)
{
  guint8 secret[BT_DHT_SECRET_LENGTH];

  self->host->random (secret, sizeof secret, self->data);
  memcpy (side->id, id, sizeof side->id);
  side->table = bt_dht_table_new (id);
  side->store = bt_dht_store_new (side->family, secret);
  side->searches = g_ptr_array_new_with_free_func (bt_dht_search_free);
  side->starts = g_array_new (FALSE, FALSE, sizeof (BtDhtStart));
  side->next_self = now;
}

BtDhtNode *
bt_dht_node_new (const BtDhtNodeConfig *config, const guint8 *id, const BtDhtHost *host, gpointer data, gint64 now)
{
  BtDhtNode *self = g_new0 (BtDhtNode, 1);
  guint8 own[BT_DHT_ID_LENGTH];
  guint64 seed;

  self->config = *config;
  self->host = host;
  self->data = data;
  host->random ((guint8 *) &seed, sizeof seed, data);
  bt_rng_seed (&self->rng, seed);
  host->random (own, sizeof own, data);
  if (id != NULL)
    memcpy (own, id, sizeof own);
  self->queries = g_array_new (FALSE, FALSE, sizeof (BtDhtQuery));
  bt_dht_limits_init (&self->limits, config->host_rate, config->answer_rate, now);
  self->sides[0].family = BT_ADDR_V4;
  self->sides[1].family = BT_ADDR_V6;
  if (config->v4)
    open_side (self, &self->sides[0], own, now);
  if (config->v6)
    open_side (self, &self->sides[1], own, now);
  self->next_upkeep = now;
  self->next_rotation = now + ROTATION_TIME;
  self->next_expiry = now + EXPIRY_TIME;
  self->heard_at = now;
  return self;
}

void
bt_dht_node_free (BtDhtNode *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      BtDhtSide *side = &self->sides[i];

      if (side->table == NULL)
        continue;
      g_ptr_array_unref (side->searches);
      g_array_unref (side->starts);
      bt_dht_table_free (side->table);
      bt_dht_store_free (side->store);
    }
  g_array_unref (self->queries);
  g_free (self);
}

BtDhtSide *
bt_dht_node_side (BtDhtNode *self, BtAddrFamily family)
{
  BtDhtSide *side = &self->sides[family == BT_ADDR_V6];

  return family == BT_ADDR_NONE || side->table == NULL ? NULL : side;
}

gboolean
bt_dht_node_ask (BtDhtNode *self, BtDhtQuery *query, BtKrpc *message, const BtDhtSearch *search, gint64 now)
{
  BtDhtSide *side = bt_dht_node_side (self, query->to.addr.family);
  g_autoptr (GBytes) bytes = NULL;

  if (side == NULL || self->queries->len >= MAX_QUERIES || !bt_addr_is_usable (&query->to.addr))
    return FALSE;
  self->host->random ((guint8 *) &query->tid, sizeof query->tid, self->data);
  query->sent_at = now;
  query->method = message->method;
  query->search = search == NULL ? 0 : search->serial;
  message->type = BT_KRPC_QUERY;
  memcpy (message->tid, &query->tid, sizeof query->tid);
  message->tid_length = sizeof query->tid;
  memcpy (message->id, side->id, sizeof message->id);
  message->read_only = self->config.read_only;
  bytes = bt_krpc_write (message);
  if (!self->host->send (&query->to.addr, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), self->data))
    return FALSE;
  self->counters.asked++;
  self->counters.bytes_out += g_bytes_get_size (bytes);
  bt_dht_table_asked (side->table, &query->to.addr, now);
  g_array_append_val (self->queries, *query);
  return TRUE;
}

static gboolean
is_asked (BtDhtNode *self, const BtAddr *addr)
{
  for (guint i = 0; i < self->queries->len; i++)
    if (bt_addr_equal (&g_array_index (self->queries, BtDhtQuery, i).to.addr, addr))
      return TRUE;
  return FALSE;
}

void
bt_dht_node_maybe_ping (BtDhtNode *self, const BtKrpcNode *node, gboolean has_id, gint64 now)
{
  BtDhtQuery query = { .to = *node, .has_id = has_id };
  BtKrpc message = { .method = BT_KRPC_PING };

  if (self->n_pings < MAX_PINGS && !is_asked (self, &node->addr) && bt_dht_node_ask (self, &query, &message, NULL, now))
    self->n_pings++;
}

void
bt_dht_node_ping (BtDhtNode *self, const BtAddr *addr, gint64 now)
{
  BtKrpcNode node = { .addr = *addr };

  bt_dht_node_maybe_ping (self, &node, FALSE, now);
}

void
bt_dht_node_add_start (BtDhtNode *self, const BtAddr *addr, gboolean is_router, gint64 now)
{
  BtDhtSide *side = bt_dht_node_side (self, addr->family);
  BtDhtStart start = { *addr, is_router };

  if (side == NULL || !bt_addr_is_usable (addr))
    return;
  for (guint i = 0; i < side->starts->len; i++)
    if (bt_addr_equal (&g_array_index (side->starts, BtDhtStart, i).addr, addr))
      return;
  if (side->starts->len >= MAX_STARTS)
    g_array_remove_index (side->starts, bt_rng_below (&self->rng, side->starts->len));
  /* Routers come last: the fewer ask them the better. */
  if (is_router)
    g_array_append_val (side->starts, start);
  else
    g_array_prepend_val (side->starts, start);
  if (bt_dht_table_count (side->table) < BT_DHT_K)
    {
      side->next_self = MIN (side->next_self, now);
      self->next_upkeep = now;
    }
}

static BtDhtQuery *
find_query (BtDhtNode *self, const BtAddr *from, const BtKrpc *message)
{
  for (guint i = 0; i < self->queries->len; i++)
    {
      BtDhtQuery *query = &g_array_index (self->queries, BtDhtQuery, i);

      if (message->tid_length == sizeof query->tid && memcmp (message->tid, &query->tid, sizeof query->tid) == 0)
        return bt_addr_equal (&query->to.addr, from) ? query : NULL;
    }
  return NULL;
}

static void
forget_query (BtDhtNode *self, BtDhtQuery *query)
{
  if (query->search == 0 && query->method == BT_KRPC_PING && self->n_pings > 0 && !query->failed)
    self->n_pings--;
  g_array_remove_index_fast (self->queries, (guint) (query - (BtDhtQuery *) (gpointer) self->queries->data));
}

/* Nobody answers: it is the node's fault only if others are heard. */
static void
give_up (BtDhtNode *self, BtDhtQuery *query, gint64 now)
{
  BtDhtSide *side = bt_dht_node_side (self, query->to.addr.family);
  BtDhtSearch *search = bt_dht_node_find_search (self, query->search);

  if (query->failed)
    return;
  if (query->search == 0 && query->method == BT_KRPC_PING && self->n_pings > 0)
    self->n_pings--;
  query->failed = query->slow = TRUE;
  self->counters.timeouts++;
  if (now - self->heard_at < OFFLINE_TIME)
    bt_dht_table_failed (side->table, &query->to.addr, now);
  else if (now - self->heard_at > GONE_TIME && bt_dht_table_failed (side->table, &query->to.addr, now))
    /* To begin there again when the line is back. */
    bt_dht_node_add_start (self, &query->to.addr, FALSE, now);
  if (search != NULL)
    bt_dht_search_failed (self, search, query);
}

/* Other nodes of the other family: while that table is being filled (BEP 32). */
static void
take_other_family (BtDhtNode *self, const BtDhtSide *side, const BtKrpc *reply, gint64 now)
{
  BtDhtSide *other = &self->sides[side->family == BT_ADDR_V4];

  if (other->table == NULL || bt_dht_table_count (other->table) >= BT_DHT_K)
    return;
  for (guint i = 0; i < reply->n_nodes; i++)
    if (reply->nodes[i].addr.family == other->family && !bt_addr_is_private (&reply->nodes[i].addr))
      bt_dht_node_add_start (self, &reply->nodes[i].addr, FALSE, now);
}

static void
take_reply (BtDhtNode *self, const BtAddr *from, const BtDhtQuery *query, const BtKrpc *reply, gint64 now)
{
  BtDhtSide *side = bt_dht_node_side (self, from->family);
  BtDhtSearch *search = bt_dht_node_find_search (self, query->search);
  BtKrpcNode node = { .addr = *from };

  self->counters.replies++;
  self->heard_at = now;
  if (reply->your_addr.family == from->family && self->host->seen_at != NULL)
    self->host->seen_at (from, &reply->your_addr, self->data);
  /* One that was given up has failed already. */
  if (reply->type == BT_KRPC_ERROR)
    {
      if (search != NULL && !query->failed)
        bt_dht_search_failed (self, search, query);
      return;
    }
  memcpy (node.id, reply->id, sizeof node.id);
  /* Its id is not what it told others, or it is ours. */
  if (memcmp (node.id, side->id, sizeof node.id) == 0 || (query->has_id && memcmp (node.id, query->to.id, sizeof node.id) != 0))
    {
      self->counters.liars++;
      bt_dht_table_remove (side->table, from);
      if (search != NULL && !query->failed)
        bt_dht_search_failed (self, search, query);
      return;
    }
  if (!query->is_router)
    bt_dht_table_replied (side->table, &node, (guint32) ((now - query->sent_at) / 1000), now);
  take_other_family (self, side, reply, now);
  if (search != NULL)
    bt_dht_search_answered (self, search, query, reply, now);
}

void
bt_dht_node_receive (BtDhtNode *self, const BtAddr *from, const guint8 *bytes, gsize length, gint64 now)
{
  BtDhtQuery *found, query;
  gboolean expected;
  BtKrpc message;

  if (bt_dht_node_side (self, from->family) == NULL || !bt_addr_is_usable (from))
    return;
  self->counters.bytes_in += length;
  /* Answers that we wait for do not count. */
  expected = is_asked (self, from);
  if (!expected && !bt_dht_limits_take (&self->limits, from, now))
    {
      self->counters.limited++;
      return;
    }
  if (!bt_krpc_read (&message, bytes, length))
    {
      self->counters.malformed++;
      return;
    }
  found = message.type == BT_KRPC_QUERY ? NULL : find_query (self, from, &message);
  if (found == NULL && expected && !bt_dht_limits_take (&self->limits, from, now))
    {
      self->counters.limited++;
      return;
    }
  if (message.type == BT_KRPC_QUERY)
    {
      bt_dht_node_answer (self, from, &message, now);
      return;
    }
  if (found == NULL)
    {
      self->counters.unasked++;
      return;
    }
  query = *found;
  forget_query (self, found);
  take_reply (self, from, &query, &message, now);
}

void
bt_dht_node_unreachable (BtDhtNode *self, const BtAddr *to, gint64 now)
{
  for (guint i = self->queries->len; i-- > 0;)
    {
      BtDhtQuery *query = &g_array_index (self->queries, BtDhtQuery, i);

      if (bt_addr_equal (&query->to.addr, to))
        give_up (self, query, now);
    }
}

static void
time_out_queries (BtDhtNode *self, gint64 now)
{
  for (guint i = self->queries->len; i-- > 0;)
    {
      BtDhtQuery *query = &g_array_index (self->queries, BtDhtQuery, i);
      gint64 age = now - query->sent_at;
      BtDhtSearch *search = bt_dht_node_find_search (self, query->search);

      if (age >= FORGET_TIME)
        {
          give_up (self, query, now);
          forget_query (self, query);
        }
      else if (age >= FAIL_TIME)
        give_up (self, query, now);
      else if (age >= SLOW_TIME && !query->slow)
        {
          query->slow = TRUE;
          if (search != NULL)
            bt_dht_lookup_slow (&search->lookup, &query->to.addr);
        }
    }
}

/* A few pings and at most one lookup. */
static void
keep_table (BtDhtNode *self, BtDhtSide *side, gint64 now)
{
  guint8 target[BT_DHT_ID_LENGTH];
  const BtDhtContact *contact;

  for (guint i = 0; i < PINGS_A_ROUND && (contact = bt_dht_table_next_ping (side->table, now)) != NULL; i++)
    {
      BtKrpcNode node = contact->node;

      bt_dht_table_asked (side->table, &node.addr, now);
      bt_dht_node_maybe_ping (self, &node, TRUE, now);
    }
  if (now >= side->next_self && (bt_dht_table_count (side->table) > 0 || side->starts->len > 0))
    {
      /* Brought forward or put off when it is known how it went. */
      side->next_self = now + SELF_TIME;
      bt_dht_node_look (self, side, BT_DHT_LOOK_FOR_SELF, side->id, now);
    }
  else if (now >= side->next_refresh && bt_dht_table_count (side->table) >= BT_DHT_K &&
           bt_dht_table_next_refresh (side->table, &self->rng, now, target))
    {
      side->next_refresh = now + REFRESH_TIME;
      bt_dht_node_look (self, side, BT_DHT_LOOK_FOR_NODES, target, now);
    }
  else if (bt_dht_table_count (side->table) < BT_DHT_K && side->starts->len > 0)
    side->next_self = MIN (side->next_self, now + (SELF_RETRY << MIN (side->self_fails, 6)));
}

static void
rotate_secrets (BtDhtNode *self)
{
  guint8 secret[BT_DHT_SECRET_LENGTH];

  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    if (self->sides[i].table != NULL)
      {
        self->host->random (secret, sizeof secret, self->data);
        bt_dht_store_rotate (self->sides[i].store, secret);
      }
}

static void
keep_up (BtDhtNode *self, gint64 now)
{
  if (now >= self->next_rotation)
    {
      self->next_rotation = now + ROTATION_TIME;
      rotate_secrets (self);
    }
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      BtDhtSide *side = &self->sides[i];

      if (side->table == NULL)
        continue;
      if (now >= self->next_expiry)
        bt_dht_store_expire (side->store, now);
      keep_table (self, side, now);
    }
  if (now >= self->next_expiry)
    self->next_expiry = now + EXPIRY_TIME;
  /* Jitter, so that nodes that were started together do not keep time. */
  self->next_upkeep = now + UPKEEP_TIME + bt_rng_below (&self->rng, UPKEEP_TIME / 4);
}

gint64
bt_dht_node_tick (BtDhtNode *self, gint64 now)
{
  gint64 next;

  time_out_queries (self, now);
  if (now >= self->next_upkeep)
    keep_up (self, now);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    if (self->sides[i].table != NULL)
      bt_dht_side_run (self, &self->sides[i], now);
  next = self->next_upkeep;
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    if (self->sides[i].table != NULL)
      next = MIN (next, bt_dht_side_next_start (&self->sides[i]));
  for (guint i = 0; i < self->queries->len; i++)
    {
      const BtDhtQuery *query = &g_array_index (self->queries, BtDhtQuery, i);

      next = MIN (next, query->sent_at + (query->failed ? FORGET_TIME : query->slow ? FAIL_TIME : SLOW_TIME));
    }
  return next;
}

void
bt_dht_node_set_alpha (BtDhtNode *self, guint alpha)
{
  self->config.alpha = alpha;
}

static void
change_id (BtDhtNode *self, BtDhtSide *side, const guint8 *id, gint64 now)
{
  memcpy (side->id, id, sizeof side->id);
  bt_dht_table_set_id (side->table, id, now);
  side->next_self = now;
  self->next_upkeep = now;
}

void
bt_dht_node_set_address (BtDhtNode *self, const BtAddr *ours, gint64 now)
{
  BtDhtSide *side = bt_dht_node_side (self, ours->family), *other;
  guint8 id[BT_DHT_ID_LENGTH];

  if (side == NULL || bt_addr_is_private (ours))
    return;
  side->has_address = TRUE;
  if (bt_dht_id_fits (side->id, ours) || now < side->next_id)
    return;
  side->next_id = now + ID_TIME;
  self->host->random (id, sizeof id, self->data);
  bt_dht_id_make (id, ours);
  change_id (self, side, id, now);
  /* BEP 32 wants the same id in both families, as long as no address of the
   * other one wants another. */
  other = &self->sides[side->family == BT_ADDR_V4];
  if (other->table != NULL && !other->has_address)
    change_id (self, other, id, now);
}

void
bt_dht_node_restore (BtDhtNode *self, const BtDhtState *state, gboolean old, gint64 now)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sides) && !old; i++)
    if (self->sides[i].table != NULL && !self->sides[i].has_address && bt_dht_table_count (self->sides[i].table) == 0)
      change_id (self, &self->sides[i], state->id, now);
  /* The last that is added is asked first, and the best are the first. */
  for (guint i = state->nodes->len; i-- > 0;)
    bt_dht_node_add_start (self, &g_array_index (state->nodes, BtKrpcNode, i).addr, FALSE, now);
}

const guint8 *
bt_dht_node_get_id (BtDhtNode *self, BtAddrFamily family)
{
  const BtDhtSide *side = bt_dht_node_side (self, family);

  return side == NULL ? NULL : side->id;
}

static int
compare_latest (gconstpointer a, gconstpointer b)
{
  const BtDhtContact *one = a, *two = b;

  return one->replied_at > two->replied_at ? -1 : one->replied_at < two->replied_at;
}

void
bt_dht_node_save (BtDhtNode *self, BtDhtState *state, gint64 now)
{
  const BtDhtSide *first = self->sides[0].table != NULL ? &self->sides[0] : &self->sides[1];

  memcpy (state->id, first->id, sizeof state->id);
  g_array_set_size (state->nodes, 0);
  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    {
      g_autoptr (GArray) contacts = g_array_new (FALSE, FALSE, sizeof (BtDhtContact));

      if (self->sides[i].table == NULL)
        continue;
      bt_dht_table_collect (self->sides[i].table, contacts);
      g_array_sort (contacts, compare_latest);
      for (guint k = 0; k < MIN (contacts->len, BT_DHT_STATE_MAX_NODES / 2); k++)
        {
          const BtDhtContact *contact = &g_array_index (contacts, BtDhtContact, k);

          if (bt_dht_contact_quality (contact, now) == BT_DHT_GOOD)
            g_array_append_val (state->nodes, contact->node);
        }
    }
}

const BtDhtCounters *
bt_dht_node_get_counters (BtDhtNode *self)
{
  return &self->counters;
}

BtDhtTable *
bt_dht_node_get_table (BtDhtNode *self, BtAddrFamily family)
{
  BtDhtSide *side = bt_dht_node_side (self, family);

  return side == NULL ? NULL : side->table;
}

void
bt_dht_node_count_stored (BtDhtNode *self, BtAddrFamily family, guint *n_hashes, guint *n_peers)
{
  BtDhtSide *side = bt_dht_node_side (self, family);

  *n_hashes = side == NULL ? 0 : bt_dht_store_n_hashes (side->store);
  *n_peers = side == NULL ? 0 : bt_dht_store_n_peers (side->store);
}

gsize
bt_dht_node_size (BtDhtNode *self)
{
  gsize size = sizeof *self + self->queries->len * sizeof (BtDhtQuery);

  for (guint i = 0; i < G_N_ELEMENTS (self->sides); i++)
    if (self->sides[i].table != NULL)
      size += bt_dht_table_size (self->sides[i].table) + bt_dht_store_size (self->sides[i].store) +
              self->sides[i].searches->len * (sizeof (BtDhtSearch) + BT_DHT_LOOKUP_MAX * sizeof (BtDhtCandidate));
  return size;
}
