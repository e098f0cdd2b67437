/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-session-private.h"
#include "bt-torrent-private.h"

#include "bt-dht-node.h"
#include "bt-names.h"

#include <gnutls/crypto.h>
#include <string.h>

/* Names of hosts with a node, from the configuration and from torrents. */
#define MAX_HOSTS 64u

/* An id that is older than this is not used again (Transmission's time): what
 * others knew of it is gone. */
#define ID_LIFE (30 * 24 * 3600)

/* Kept nodes are given so long before routers are asked. */
#define ROUTER_PATIENCE (6 * G_USEC_PER_SEC)

/* And a router is not asked again before that. */
#define HOST_INTERVAL (2 * G_TIME_SPAN_MINUTE)

/* Nodes of a table that works without help. */
#define ENOUGH_NODES 8u

/* What Transmission and qBittorrent ask, without those that are gone. */
static const char *const routers[] = {
  "dht.transmissionbt.com:6881",
  "router.bittorrent.com:6881",
  "router.bt.ouinet.work:6881",
  "dht.libtorrent.org:25401",
  NULL
};

/* Searches that begin in a second, and at once after a rest: each sends some
 * dozens of datagrams. Twelve thousand torrents have their turn in the time
 * after which nodes forget a peer. */
#define SEARCH_RATE 8
#define SEARCH_BURST 40

typedef struct
{
  char *name;
  guint16 port;
  gboolean is_router;
  gboolean waits[BT_SESSION_FAMILIES]; /* for its address */
  gint64 next_try;
} Host;

struct _BtSessionDht
{
  BtSession *session;
  BtDhtNode *node;
  GSource *timer;
  BtNames *names;
  GPtrArray *hosts;  /* of Host */
};

static void
host_free (gpointer data)
{
  Host *self = data;

  g_free (self->name);
  g_free (self);
}

/* Everything that may have changed what is due next ends here. */
static void
run (BtSessionDht *self)
{
  gint64 next = bt_dht_node_tick (self->node, bt_loop_now (self->session->loop));

  g_source_set_ready_time (self->timer, next);
}

static gboolean
timer_cb (gpointer data)
{
  run (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
node_send (const BtAddr *to, const guint8 *bytes, gsize length, gpointer data)
{
  BtSessionDht *self = data;

  return !bt_session_blocks (self->session, to) && bt_udp_send (self->session->udp, to, bytes, length);
}

static void
node_random (guint8 *bytes, gsize length, gpointer data)
{
  gnutls_rnd (GNUTLS_RND_NONCE, bytes, length);
}

static void
node_found (const guint8 *info_hash, const BtAddr *peers, guint n_peers, gpointer data)
{
  BtSessionDht *self = data;
  BtTorrent *torrent = bt_session_find (self->session, info_hash);

  if (torrent != NULL)
    bt_torrent_dht_found (torrent, peers, n_peers);
  else
    bt_session_doze_heard_of (self->session, info_hash, peers, n_peers);
}

static void
node_ended (const guint8 *info_hash, const BtDhtResult *result, gpointer data)
{
  BtSessionDht *self = data;
  BtTorrent *torrent = bt_session_find (self->session, info_hash);

  if (torrent != NULL)
    bt_announcer_dht_ended (torrent->announcer, result);
  else
    bt_session_doze_dht_ended (self->session, info_hash, result);
}

static void
node_seen_at (const BtAddr *voter, const BtAddr *ours, gpointer data)
{
  BtSessionDht *self = data;

  bt_ip_votes_add (&self->session->ip_votes, voter, ours);
}

static const BtDhtHost node_host = {
  .send = node_send,
  .random = node_random,
  .found = node_found,
  .ended = node_ended,
  .seen_at = node_seen_at,
};

static void
udp_received (const guint8 *bytes, gsize length, const BtAddr *from, gpointer data)
{
  BtSessionDht *self = data;

  if (!bt_session_blocks (self->session, from))
    bt_dht_node_receive (self->node, from, bytes, length, bt_loop_now (self->session->loop));
}

static void
udp_batch_end (gpointer data)
{
  BtSessionDht *self = data;

  /* Trackers and peers vote too; a changed mind costs a new id. */
  for (guint i = 0; i < BT_SESSION_FAMILIES; i++)
    {
      const BtAddr *ours = bt_ip_votes_get (&self->session->ip_votes, bt_session_family (i));

      if (ours != NULL)
        bt_dht_node_set_address (self->node, ours, bt_loop_now (self->session->loop));
    }
  run (self);
}

static void
udp_unreachable (const guint8 *bytes, gsize length, const BtAddr *to, gpointer data)
{
  BtSessionDht *self = data;

  if (length > 0 && bytes[0] == 'd')
    {
      bt_dht_node_unreachable (self->node, to, bt_loop_now (self->session->loop));
      run (self);
    }
}

static const BtUdpHost udp_host = {
  .received = udp_received,
  .batch_end = udp_batch_end,
  .unreachable = udp_unreachable,
};

/* Returns: whether there is nothing to wait for any more */
static gboolean
take_addrs (BtSessionDht *self, Host *host, guint family)
{
  const BtName *name = bt_names_get (self->names, host->name, bt_session_family (family));

  if (name->running)
    return FALSE;
  for (guint i = 0; i < name->addrs->len; i++)
    {
      BtAddr addr = g_array_index (name->addrs, BtAddr, i);

      addr.port = host->port;
      bt_dht_node_add_start (self->node, &addr, host->is_router, bt_loop_now (self->session->loop));
    }
  return TRUE;
}

static void
take_host (BtSessionDht *self, Host *host)
{
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    if (host->waits[family] && take_addrs (self, host, family))
      host->waits[family] = FALSE;
}

static void
names_known (gpointer data)
{
  BtSessionDht *self = data;

  for (guint i = 0; i < self->hosts->len; i++)
    take_host (self, self->hosts->pdata[i]);
  run (self);
}

static gboolean
needs_help (BtSessionDht *self, guint family)
{
  BtDhtTable *table = bt_dht_node_get_table (self->node, bt_session_family (family));

  return table != NULL && bt_dht_table_count (table) < ENOUGH_NODES;
}

/* Addresses are asked for once, those of routers when the table is too small. */
static void
resolve_host (BtSessionDht *self, Host *host, gint64 now)
{
  if (now < host->next_try)
    return;
  host->next_try = now + HOST_INTERVAL;
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    host->waits[family] = needs_help (self, family) && bt_udp_has_family (self->session->udp, bt_session_family (family));
  take_host (self, host);
}

void
bt_session_tick_dht (BtSession *session, gint64 now)
{
  BtSessionDht *self = session->dht;

  if (self == NULL)
    return;
  for (guint i = 0; i < self->hosts->len; i++)
    resolve_host (self, self->hosts->pdata[i], now);
  bt_names_forget (self->names);
}

static Host *
add_host (BtSessionDht *self, const char *name, guint16 port, gboolean is_router, gint64 from)
{
  Host *host;

  for (guint i = 0; i < self->hosts->len; i++)
    {
      host = self->hosts->pdata[i];
      if (host->port == port && g_ascii_strcasecmp (host->name, name) == 0)
        return host;
    }
  if (self->hosts->len >= MAX_HOSTS)
    return NULL;
  host = g_new0 (Host, 1);
  host->name = g_strdup (name);
  host->port = port;
  host->is_router = is_router;
  host->next_try = from;
  g_ptr_array_add (self->hosts, host);
  return host;
}

/* "host:port", "[::1]:port" */
static gboolean
split_host (const char *text, char **name, guint16 *port)
{
  g_autoptr (GSocketConnectable) address = g_network_address_parse (text, 6881, NULL);

  if (address == NULL)
    return FALSE;
  *name = g_strdup (g_network_address_get_hostname (G_NETWORK_ADDRESS (address)));
  *port = g_network_address_get_port (G_NETWORK_ADDRESS (address));
  return *port != 0;
}

/* Who is bound to this machine alone can reach none of them. */
static gboolean
reaches_out (BtSession *session)
{
  const BtConfig *config = &session->config;

  return !config->bind_only || !(bt_addr_is_loopback (&config->bind_v4) || bt_addr_is_loopback (&config->bind_v6));
}

static void
add_configured_hosts (BtSessionDht *self, gboolean has_nodes, gint64 now)
{
  BtSession *session = self->session;
  gboolean is_router = session->dht_bootstrap == NULL;
  const char *const *list = is_router ? routers : (const char *const *) session->dht_bootstrap;

  if (is_router && !reaches_out (session))
    return;
  for (; *list != NULL; list++)
    {
      g_autofree char *name = NULL;
      guint16 port;

      if (split_host (*list, &name, &port))
        add_host (self, name, port, is_router, is_router && has_nodes ? now + ROUTER_PATIENCE : now);
    }
}

/* Returns: whether there was anything */
static gboolean
restore (BtSessionDht *self, GBytes *saved)
{
  g_auto (BtDhtState) state = { 0 };
  gint64 age;

  bt_dht_state_init (&state);
  if (saved == NULL || !bt_dht_state_read (&state, g_bytes_get_data (saved, NULL), g_bytes_get_size (saved)))
    return FALSE;
  age = g_get_real_time () / G_USEC_PER_SEC - state.saved_at;
  bt_dht_node_restore (self->node, &state, age < 0 || age > ID_LIFE, bt_loop_now (self->session->loop));
  return state.nodes->len > 0;
}

void
bt_session_start_dht (BtSession *session)
{
  gint64 now = bt_loop_now (session->loop);
  BtSessionDht *self;
  BtDhtNodeConfig config;

  if (!session->config.dht || session->dht != NULL)
    return;
  self = session->dht = g_new0 (BtSessionDht, 1);
  self->session = session;
  self->hosts = g_ptr_array_new_with_free_func (host_free);
  self->names = bt_names_new (session->loop, names_known, self);
  bt_dht_node_config_init (&config);
  config.v4 = bt_udp_has_family (session->udp, BT_ADDR_V4);
  config.v6 = bt_udp_has_family (session->udp, BT_ADDR_V6);
  config.read_only = session->config.dht_read_only;
  self->node = bt_dht_node_new (&config, NULL, &node_host, self, now);
  self->timer = bt_loop_timer (session->loop, "bt-session dht", timer_cb, self);
  add_configured_hosts (self, restore (self, session->dht_saved), now);
  bt_udp_set_host (session->udp, BT_UDP_DHT, &udp_host, self);
  bt_session_tick_dht (session, now);
  run (self);
}

void
bt_session_stop_dht (BtSession *session)
{
  BtSessionDht *self = g_steal_pointer (&session->dht);

  if (self == NULL)
    return;
  bt_udp_set_host (session->udp, BT_UDP_DHT, NULL, NULL);
  g_source_destroy (self->timer);
  g_source_unref (self->timer);
  bt_names_free (self->names);
  g_ptr_array_unref (self->hosts);
  bt_dht_node_free (self->node);
  g_free (self);
}

gboolean
bt_session_take_dht_turn (BtSession *session, gint64 now)
{
  session->dht_turns = MIN (session->dht_turns + (double) (now - session->dht_turns_at) * SEARCH_RATE / G_USEC_PER_SEC, SEARCH_BURST);
  session->dht_turns_at = now;
  if (session->dht_turns < 1)
    return FALSE;
  session->dht_turns -= 1;
  return TRUE;
}

gboolean
bt_session_search_dht (BtSession *session, const guint8 *info_hash, BtDhtSearchFlags flags)
{
  BtSessionDht *self = session->dht;

  if (self == NULL)
    return FALSE;
  bt_dht_node_search (self->node, info_hash, flags, session->port, bt_loop_now (session->loop));
  run (self);
  return TRUE;
}

void
bt_session_cancel_dht (BtSession *session, const guint8 *info_hash)
{
  if (session->dht != NULL)
    bt_dht_node_cancel (session->dht->node, info_hash);
}

void
bt_session_ping_dht (BtSession *session, const BtAddr *addr)
{
  if (session->dht == NULL)
    return;
  bt_dht_node_ping (session->dht->node, addr, bt_loop_now (session->loop));
  run (session->dht);
}

void
bt_session_add_dht_node (BtSession *self, const BtAddr *addr)
{
  g_return_if_fail (BT_IS_SESSION (self));

  if (self->dht == NULL)
    return;
  bt_dht_node_add_start (self->dht->node, addr, FALSE, bt_loop_now (self->loop));
  run (self->dht);
}

void
bt_session_add_dht_host (BtSession *self, const char *name, guint16 port)
{
  Host *host;

  g_return_if_fail (BT_IS_SESSION (self));

  if (self->dht == NULL || port == 0)
    return;
  host = add_host (self->dht, name, port, FALSE, 0);
  if (host == NULL)
    return;
  resolve_host (self->dht, host, bt_loop_now (self->loop));
  run (self->dht);
}

GBytes *
bt_session_dup_dht_state (BtSession *self)
{
  g_auto (BtDhtState) state = { 0 };

  g_return_val_if_fail (BT_IS_SESSION (self), NULL);

  if (self->dht == NULL)
    return NULL;
  bt_dht_state_init (&state);
  bt_dht_node_save (self->dht->node, &state, bt_loop_now (self->loop));
  state.saved_at = g_get_real_time () / G_USEC_PER_SEC;
  return bt_dht_state_write (&state);
}

void
bt_session_restore_dht_state (BtSession *self, GBytes *state)
{
  g_return_if_fail (BT_IS_SESSION (self));

  g_clear_pointer (&self->dht_saved, g_bytes_unref);
  self->dht_saved = g_bytes_ref (state);
  if (self->dht == NULL)
    return;
  restore (self->dht, state);
  run (self->dht);
}

static void
fill_family (BtSessionDht *self, guint index, BtDhtFamilyStats *stats, gint64 now)
{
  BtAddrFamily family = bt_session_family (index);
  BtDhtTable *table = bt_dht_node_get_table (self->node, family);

  if (table == NULL)
    return;
  stats->used = TRUE;
  memcpy (stats->id, bt_dht_node_get_id (self->node, family), sizeof stats->id);
  stats->n_nodes = bt_dht_table_count (table);
  stats->n_good = bt_dht_table_count_good (table, now);
  stats->n_spares = bt_dht_table_count_spares (table);
  bt_dht_node_count_stored (self->node, family, &stats->n_hashes, &stats->n_peers);
}

gboolean
bt_session_get_dht_stats (BtSession *self, BtDhtStats *stats)
{
  const BtDhtCounters *counters;

  g_return_val_if_fail (BT_IS_SESSION (self), FALSE);

  *stats = (BtDhtStats){ 0 };
  if (self->dht == NULL)
    return FALSE;
  for (guint i = 0; i < BT_SESSION_FAMILIES; i++)
    fill_family (self->dht, i, &stats->families[i], bt_loop_now (self->loop));
  counters = bt_dht_node_get_counters (self->dht->node);
  stats->pings = counters->received[BT_KRPC_PING];
  stats->find_nodes = counters->received[BT_KRPC_FIND_NODE];
  stats->get_peers = counters->received[BT_KRPC_GET_PEERS];
  stats->announces = counters->received[BT_KRPC_ANNOUNCE_PEER];
  stats->samples = counters->received[BT_KRPC_SAMPLE_INFOHASHES];
  stats->others = counters->received[BT_KRPC_OTHER];
  stats->answered = counters->answered;
  stats->refused = counters->refused;
  stats->searches = counters->searches;
  stats->asked = counters->asked;
  stats->replies = counters->replies;
  stats->timeouts = counters->timeouts;
  stats->limited = counters->limited;
  stats->malformed = counters->malformed;
  stats->unasked = counters->unasked;
  stats->bad_tokens = counters->bad_tokens;
  stats->bytes_in = counters->bytes_in;
  stats->bytes_out = counters->bytes_out;
  return TRUE;
}

GArray *
bt_session_dup_dht_contacts (BtSession *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (BtDhtContactStats));
  gint64 now;

  g_return_val_if_fail (BT_IS_SESSION (self), list);

  now = bt_loop_now (self->loop);
  for (guint i = 0; self->dht != NULL && i < BT_SESSION_FAMILIES; i++)
    {
      BtDhtTable *table = bt_dht_node_get_table (self->dht->node, bt_session_family (i));
      g_autoptr (GArray) contacts = g_array_new (FALSE, FALSE, sizeof (BtDhtContact));

      if (table != NULL)
        bt_dht_table_collect (table, contacts);
      for (guint k = 0; k < contacts->len; k++)
        {
          const BtDhtContact *contact = &g_array_index (contacts, BtDhtContact, k);
          BtDhtContactStats stats = { .addr = contact->node.addr, .delay = contact->delay,
                                      .good = bt_dht_contact_quality (contact, now) == BT_DHT_GOOD,
                                      .silent = (now - MAX (contact->replied_at, contact->heard_at)) / G_USEC_PER_SEC };

          memcpy (stats.id, contact->node.id, sizeof stats.id);
          g_array_append_val (list, stats);
        }
    }
  return list;
}
