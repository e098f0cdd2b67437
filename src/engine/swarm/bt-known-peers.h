/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-rng.h"

G_BEGIN_DECLS

typedef enum
{
  BT_SOURCE_USER,     /* given by hand */
  BT_SOURCE_TRACKER,
  BT_SOURCE_INCOMING, /* it connected to us */
  BT_SOURCE_PEX,
  BT_SOURCE_DHT,
  BT_SOURCE_LSD,
} BtPeerSource;

/**
 * BtKnownPeer:
 *
 * An address of a torrent's swarm. @id is never 0 and never used again.
 */
typedef struct
{
  BtAddr addr;
  guint32 id;
  BtPeerSource source;
  guint16 fails;        /* attempts in a row that led to nothing */
  gboolean in_use;      /* connected or connecting */
  gboolean banned;
  gboolean is_seed;     /* had everything when last seen */
  gboolean connectable; /* @addr was reached or announced, not just an outgoing port */
  gint64 next_try;      /* not before, microseconds */
  guint32 priority;     /* canonical (BEP 40); 0 while our own address is unknown */
} BtKnownPeer;

/* Addresses a torrent remembers; a stranger cannot make it more. */
#define BT_KNOWN_PEERS_MAX 2000u

/**
 * BtKnownPeers:
 *
 * The addresses of a torrent's swarm, with back-off and bans. Bounded.
 */
typedef struct
{
  GHashTable *by_addr;
  GPtrArray *list;     /* the same entries, to draw from */
  GHashTable *bans;    /* addresses with port 0 */
  BtRng *rng;
  guint32 next_id;
  BtAddr self[2];      /* ours as others see it, IPv4 and IPv6; family NONE unknown */
} BtKnownPeers;

void         bt_known_peers_init      (BtKnownPeers *self, BtRng *rng);
void         bt_known_peers_clear     (BtKnownPeers *self);
/* Returns: (nullable): the entry, new or not; NULL when the address cannot be
 * used, is banned, or there is no room. Valid while it is in use, else until the next add. */
BtKnownPeer *bt_known_peers_add       (BtKnownPeers *self, const BtAddr *addr, BtPeerSource source);
/* Others see us at this address and port: canonical priorities follow. */
void         bt_known_peers_set_self   (BtKnownPeers *self, const BtAddr *addr);
BtKnownPeer *bt_known_peers_find      (BtKnownPeers *self, const BtAddr *addr);
BtKnownPeer *bt_known_peers_find_id   (BtKnownPeers *self, guint32 id);
/* The best one to connect to now, or NULL. @want_seeds: FALSE when we have everything. */
/* Is there somebody who may yet be reached, now or later, and may want something of a seed? */
gboolean     bt_known_peers_any_hope (const BtKnownPeers *self);
BtKnownPeer *bt_known_peers_candidate (BtKnownPeers *self, gint64 now, gboolean want_seeds);
/* It did not work, or ended. @useful: something came of it. */
void         bt_known_peers_done      (BtKnownPeers *self, BtKnownPeer *peer, gint64 now, gboolean useful);
void         bt_known_peers_ban       (BtKnownPeers *self, const BtAddr *addr);
gboolean     bt_known_peers_is_banned (BtKnownPeers *self, const BtAddr *addr);
guint        bt_known_peers_count     (const BtKnownPeers *self);

G_END_DECLS
