/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-rng.h"
#include "bt-types.h"

G_BEGIN_DECLS

/**
 * TrkPeer:
 *
 * One peer of one torrent, 44 bytes. Whether it is a seed is told by where in
 * the swarm's array it lies.
 */
typedef struct
{
  BtAddr addr;
  guint8 id[BT_PEER_ID_LENGTH];
  guint32 seen; /* second of its last announce */
} TrkPeer;

/**
 * TrkSwarm:
 *
 * The peers of one info-hash in one flat array, leechers before seeds, so a
 * seed that asks is answered from the front part alone. Past a few peers an
 * index of array positions finds a peer by its address. Plain data: the time
 * and the randomness are arguments.
 */
typedef struct
{
  guint8 info_hash[BT_SHA1_LENGTH];
  guint32 n_leechers;
  guint32 n_peers;
  guint32 space;       /* peers that fit in @peers */
  guint32 n_slots;     /* a power of two, 0 while the array is short */
  guint32 n_downloads; /* peers that said "completed" */
  TrkPeer *peers;
  guint32 *slots;      /* position + 1, 0 for empty */
} TrkSwarm;

/* @key is secret: strangers choose what is hashed, and must not be able to
 * make everything fall on one slot. */
guint64  trk_hash              (const guint8 *bytes, gsize n, guint64 key);

void     trk_swarm_init        (TrkSwarm *self, const guint8 *info_hash);
void     trk_swarm_clear       (TrkSwarm *self);
gboolean trk_swarm_has         (const TrkSwarm *self, const BtAddr *addr, guint64 key);
/* The peer lives: it is added, or renewed, or becomes a seed or a leecher. */
void     trk_swarm_put         (TrkSwarm *self, const BtAddr *addr, const guint8 *id, gboolean seed, guint32 now, guint64 key);
/* Returns: FALSE when there is no such peer */
gboolean trk_swarm_remove      (TrkSwarm *self, const BtAddr *addr, guint64 key);
/* Makes room in a full swarm: of a few random peers the one longest silent goes. */
void     trk_swarm_evict       (TrkSwarm *self, BtRng *rng, guint64 key);
/* Returns: how many were silent for more than @max_age seconds, and are gone */
guint    trk_swarm_expire      (TrkSwarm *self, guint32 now, guint32 max_age, guint64 key);
/* Appends at most @want random peers to @addrs (of BtAddr) and their ids to
 * @ids (nullable), never @asker itself, and for a seed no seeds. */
void     trk_swarm_select      (const TrkSwarm *self, const BtAddr *asker, gboolean asker_is_seed, guint want,
                                BtRng *rng, guint64 key, GArray *addrs, GByteArray *ids);

static inline guint
trk_swarm_count_seeds (const TrkSwarm *self)
{
  return self->n_peers - self->n_leechers;
}

G_END_DECLS
