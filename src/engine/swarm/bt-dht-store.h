/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-dht-bloom.h"
#include "bt-rng.h"

G_BEGIN_DECLS

/* Bounds of what strangers may have us keep. */
#define BT_DHT_STORE_MAX_HASHES 4096u
#define BT_DHT_STORE_MAX_PEERS 65536u          /* in all */
#define BT_DHT_STORE_MAX_PEERS_OF_HASH 2000u   /* BEP 33 wants it below 6,000 */
#define BT_DHT_STORE_MAX_PEERS_OF_NETWORK 500u /* in all, from about one /24 or /64 */

/* A peer that does not come back is forgotten after this (libtorrent's time;
 * clients come back every 15 to 30 minutes). */
#define BT_DHT_STORE_LIFE (45 * G_TIME_SPAN_MINUTE)

#define BT_DHT_SECRET_LENGTH 16u
#define BT_DHT_TOKEN_LENGTH 8u
#define BT_DHT_MAX_SAMPLES 20u

typedef enum
{
  BT_DHT_STORED,
  BT_DHT_BAD_TOKEN,
  BT_DHT_FULL,
} BtDhtStoring;

/**
 * BtDhtStore:
 *
 * The peers that others announced to us in one address family, and the tokens
 * that they have to show for it.
 */
typedef struct _BtDhtStore BtDhtStore;

/* @secret: nobody else's, and random */
BtDhtStore  *bt_dht_store_new      (BtAddrFamily family, const guint8 secret[BT_DHT_SECRET_LENGTH]);
void         bt_dht_store_free     (BtDhtStore *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtDhtStore, bt_dht_store_free)
/* A new secret; tokens made with the one before are good until the next call:
 * BEP 5 does it every five minutes. */
void         bt_dht_store_rotate   (BtDhtStore *self, const guint8 secret[BT_DHT_SECRET_LENGTH]);
/* What @addr has to show to announce for this hash. */
void         bt_dht_store_token    (BtDhtStore *self, const guint8 *info_hash, const BtAddr *addr, guint8 token[BT_DHT_TOKEN_LENGTH]);
/* Is there room for @addr? Otherwise it is given no token (BEP 33). */
gboolean     bt_dht_store_has_room (BtDhtStore *self, const guint8 *info_hash, const BtAddr *addr);
/* @addr: where the query came from, with the port of the peer */
BtDhtStoring bt_dht_store_announce (BtDhtStore *self, const guint8 *info_hash, const BtAddr *addr, gboolean is_seed,
                                    const guint8 *token, gsize token_length, gint64 now);
/* A random choice. @no_seeds: seeds only where there are not enough others.
 * Returns: how many */
guint        bt_dht_store_peers    (BtDhtStore *self, const guint8 *info_hash, gboolean no_seeds, BtRng *rng, BtAddr *out, guint most);
/* The filters of BEP 33, which may be half a minute old.
 * Returns: FALSE when nothing is stored for it */
gboolean     bt_dht_store_scrape   (BtDhtStore *self, const guint8 *info_hash, gint64 now, const BtDhtBloom **seeds, const BtDhtBloom **peers);
/* BEP 51. @interval: (out): seconds until others are given
 * Returns: how many hashes are at @samples, which stays until the next call */
guint        bt_dht_store_sample   (BtDhtStore *self, BtRng *rng, gint64 now, const guint8 **samples, guint *interval);
/* Forgets who did not come back. */
void         bt_dht_store_expire   (BtDhtStore *self, gint64 now);
guint        bt_dht_store_n_hashes (BtDhtStore *self);
guint        bt_dht_store_n_peers  (BtDhtStore *self);
/* Bytes of memory, that of the hash table's own arrays included. */
gsize        bt_dht_store_size     (BtDhtStore *self);

G_END_DECLS
