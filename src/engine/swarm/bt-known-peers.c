/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-known-peers.h"

#include "bt-peer-priority.h"

/* Bans a torrent remembers. */
#define MAX_BANS 1000u

/* The first wait after a failure; it doubles up to the last. */
#define FIRST_WAIT (15 * G_TIME_SPAN_SECOND)
#define LONGEST_WAIT (G_TIME_SPAN_HOUR)

/* A peer that closed after something useful is worth another look soon. */
#define USEFUL_WAIT (10 * G_TIME_SPAN_SECOND)

/* An address that failed this often, or that nobody can connect to, may be
 * dropped to make room. */
#define HOPELESS_FAILS 3u

void
bt_known_peers_init (BtKnownPeers *self, BtRng *rng)
{
  self->by_addr = g_hash_table_new_full (bt_addr_hash, bt_addr_equal, NULL, g_free);
  self->list = g_ptr_array_new ();
  self->bans = g_hash_table_new_full (bt_addr_hash, bt_addr_equal, g_free, NULL);
  self->rng = rng;
  self->next_id = 1;
}

void
bt_known_peers_clear (BtKnownPeers *self)
{
  g_clear_pointer (&self->list, g_ptr_array_unref);
  g_clear_pointer (&self->by_addr, g_hash_table_unref);
  g_clear_pointer (&self->bans, g_hash_table_unref);
}

guint
bt_known_peers_count (const BtKnownPeers *self)
{
  return self->list->len;
}

/* A ban is for a host, or a liar would be back from another port; but all
 * programs of this machine share the loopback address. */
static BtAddr
banned_host (const BtAddr *addr)
{
  BtAddr host = *addr;

  if (!bt_addr_is_loopback (addr))
    host.port = 0;
  return host;
}

gboolean
bt_known_peers_is_banned (BtKnownPeers *self, const BtAddr *addr)
{
  BtAddr host = banned_host (addr);

  return g_hash_table_contains (self->bans, &host);
}

BtKnownPeer *
bt_known_peers_find (BtKnownPeers *self, const BtAddr *addr)
{
  return g_hash_table_lookup (self->by_addr, addr);
}

BtKnownPeer *
bt_known_peers_find_id (BtKnownPeers *self, guint32 id)
{
  for (guint i = 0; i < self->list->len; i++)
    if (((BtKnownPeer *) self->list->pdata[i])->id == id)
      return self->list->pdata[i];
  return NULL;
}

/* Random replacement among a few: an attacker's flood of addresses cannot
 * choose which honest one it pushes out. */
static gboolean
make_room (BtKnownPeers *self)
{
  guint worst = G_MAXUINT, worst_fails = HOPELESS_FAILS - 1;

  for (guint i = 0; i < 16; i++)
    {
      guint at = bt_rng_below (self->rng, self->list->len);
      BtKnownPeer *peer = self->list->pdata[at];

      guint fails = peer->connectable ? peer->fails : G_MAXUINT16;

      if (!peer->in_use && fails > worst_fails)
        {
          worst = at;
          worst_fails = fails;
        }
    }
  if (worst == G_MAXUINT)
    return FALSE;
  g_hash_table_remove (self->by_addr, &((BtKnownPeer *) g_ptr_array_remove_index_fast (self->list, worst))->addr);
  return TRUE;
}

static void
set_priority (BtKnownPeers *self, BtKnownPeer *peer)
{
  const BtAddr *ours = &self->self[peer->addr.family == BT_ADDR_V6];

  peer->priority = ours->family == BT_ADDR_NONE ? 0 : bt_peer_priority (ours, &peer->addr);
}

void
bt_known_peers_set_self (BtKnownPeers *self, const BtAddr *addr)
{
  BtAddr *ours = &self->self[addr->family == BT_ADDR_V6];

  if (bt_addr_equal (ours, addr))
    return;
  *ours = *addr;
  for (guint i = 0; i < self->list->len; i++)
    set_priority (self, self->list->pdata[i]);
}

BtKnownPeer *
bt_known_peers_add (BtKnownPeers *self, const BtAddr *addr, BtPeerSource source)
{
  BtKnownPeer *peer;

  if (!bt_addr_is_usable (addr) || bt_known_peers_is_banned (self, addr))
    return NULL;
  peer = bt_known_peers_find (self, addr);
  if (peer == NULL)
    {
      if (self->list->len >= BT_KNOWN_PEERS_MAX && !make_room (self))
        return NULL;
      peer = g_new0 (BtKnownPeer, 1);
      peer->addr = *addr;
      peer->id = self->next_id++;
      peer->source = source;
      set_priority (self, peer);
      g_hash_table_insert (self->by_addr, &peer->addr, peer);
      g_ptr_array_add (self->list, peer);
    }
  if (source != BT_SOURCE_INCOMING)
    peer->connectable = TRUE;
  return peer;
}

BtKnownPeer *
bt_known_peers_candidate (BtKnownPeers *self, gint64 now, gboolean want_seeds)
{
  BtKnownPeer *best = NULL;
  guint start = bt_rng_below (self->rng, self->list->len);

  for (guint i = 0; i < self->list->len; i++)
    {
      BtKnownPeer *peer = self->list->pdata[(start + i) % self->list->len];

      if (peer->in_use || peer->banned || !peer->connectable || peer->next_try > now || (peer->is_seed && !want_seeds))
        continue;
      if (best == NULL || peer->fails < best->fails || (peer->fails == best->fails && peer->priority > best->priority))
        best = peer;
    }
  return best;
}

gboolean
bt_known_peers_any_hope (const BtKnownPeers *self)
{
  for (guint i = 0; i < self->list->len; i++)
    {
      const BtKnownPeer *peer = self->list->pdata[i];

      if (peer->connectable && !peer->banned && !peer->is_seed && peer->fails < HOPELESS_FAILS)
        return TRUE;
    }
  return FALSE;
}

void
bt_known_peers_done (BtKnownPeers *self, BtKnownPeer *peer, gint64 now, gboolean useful)
{
  gint64 wait = USEFUL_WAIT;

  peer->in_use = FALSE;
  if (useful)
    peer->fails = 0;
  else
    {
      wait = MIN (FIRST_WAIT << MIN (peer->fails, 10), LONGEST_WAIT);
      peer->fails = MIN (peer->fails + 1, G_MAXUINT16);
    }
  /* Jitter, so that a swarm that lost a peer does not come back as one. */
  peer->next_try = now + wait + bt_rng_below (self->rng, (guint32) (wait / 4));
}

static void
forget_a_ban (BtKnownPeers *self)
{
  GHashTableIter iter;

  g_hash_table_iter_init (&iter, self->bans);
  if (g_hash_table_iter_next (&iter, NULL, NULL))
    g_hash_table_iter_remove (&iter);
}

void
bt_known_peers_ban (BtKnownPeers *self, const BtAddr *addr)
{
  BtAddr host = banned_host (addr);

  if (g_hash_table_size (self->bans) >= MAX_BANS && !g_hash_table_contains (self->bans, &host))
    forget_a_ban (self);
  g_hash_table_add (self->bans, g_memdup2 (&host, sizeof host));
  for (guint i = 0; i < self->list->len; i++)
    {
      BtKnownPeer *peer = self->list->pdata[i];
      BtAddr other = banned_host (&peer->addr);

      if (bt_addr_equal (&other, &host))
        peer->banned = TRUE;
    }
}
