/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-store.h"

#include "bt-dht-id.h"
#include "bt-sha.h"

#include <string.h>

/* A flood of scrapes costs two hashes a peer no oftener than this. */
#define BLOOM_LIFE (30 * G_USEC_PER_SEC)

/* While there are more hashes than are handed out at once, others are chosen
 * after this (BEP 51 allows six hours). */
#define SAMPLE_LIFE (10 * G_TIME_SPAN_MINUTE)

/* Networks are counted in so many places, by a hash that is not foretold. */
#define N_COUNTS 8192u

/* A time is kept in seconds of 15 bits: nine hours go by before it is
 * mistaken, and everything is looked at more often. */
#define STAMP_MASK 0x7fffu
#define SEED_BIT 0x8000u

/* A peer is its IP address, its port, and when it came and whether it is a
 * seed: 8 bytes of IPv4 or 20 of IPv6. */
typedef struct
{
  guint8 hash[BT_SHA1_LENGTH]; /* first: it is the key */
  guint8 *peers;
  guint32 n;
  guint32 space;
  struct Blooms *blooms;       /* NULL until somebody asks */
} Swarm;

struct Blooms
{
  BtDhtBloom seeds;
  BtDhtBloom peers;
  gint64 made_at;
};

struct _BtDhtStore
{
  BtAddrFamily family;
  gsize ip_length;
  gsize stride;
  guint8 secrets[2][BT_DHT_SECRET_LENGTH]; /* the present one, the one before */
  GHashTable *swarms;
  guint n_peers;
  guint16 counts[N_COUNTS];
  guint64 salt;
  guint8 samples[BT_DHT_MAX_SAMPLES][BT_SHA1_LENGTH];
  guint n_samples;
  gint64 sampled_at;
};

static guint
hash_key (gconstpointer key)
{
  guint value;

  memcpy (&value, key, sizeof value);
  return value;
}

static gboolean
hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, BT_SHA1_LENGTH) == 0;
}

static void
swarm_free (gpointer data)
{
  Swarm *self = data;

  g_free (self->peers);
  g_free (self->blooms);
  g_free (self);
}

BtDhtStore *
bt_dht_store_new (BtAddrFamily family, const guint8 secret[BT_DHT_SECRET_LENGTH])
{
  BtDhtStore *self = g_new0 (BtDhtStore, 1);

  self->family = family;
  self->ip_length = family == BT_ADDR_V4 ? 4 : 16;
  self->stride = self->ip_length + 4;
  self->swarms = g_hash_table_new_full (hash_key, hash_equal, swarm_free, NULL);
  memcpy (&self->salt, secret, sizeof self->salt);
  memcpy (self->secrets[0], secret, BT_DHT_SECRET_LENGTH);
  memcpy (self->secrets[1], secret, BT_DHT_SECRET_LENGTH);
  return self;
}

void
bt_dht_store_free (BtDhtStore *self)
{
  g_hash_table_unref (self->swarms);
  g_free (self);
}

void
bt_dht_store_rotate (BtDhtStore *self, const guint8 secret[BT_DHT_SECRET_LENGTH])
{
  memcpy (self->secrets[1], self->secrets[0], BT_DHT_SECRET_LENGTH);
  memcpy (self->secrets[0], secret, BT_DHT_SECRET_LENGTH);
}

/* The whole hash of secret, address and what it is for: a token is of no use
 * to another host or for another torrent. */
static void
make_token (const BtDhtStore *self, const guint8 *secret, const guint8 *info_hash, const BtAddr *addr, guint8 token[BT_DHT_TOKEN_LENGTH])
{
  guint8 digest[BT_SHA1_LENGTH];
  BtSha1 sha;

  bt_sha1_init (&sha);
  bt_sha1_update (&sha, secret, BT_DHT_SECRET_LENGTH);
  bt_sha1_update (&sha, addr->ip, self->ip_length);
  bt_sha1_update (&sha, info_hash, BT_SHA1_LENGTH);
  bt_sha1_finish (&sha, digest);
  memcpy (token, digest, BT_DHT_TOKEN_LENGTH);
}

void
bt_dht_store_token (BtDhtStore *self, const guint8 *info_hash, const BtAddr *addr, guint8 token[BT_DHT_TOKEN_LENGTH])
{
  make_token (self, self->secrets[0], info_hash, addr, token);
}

static gboolean
token_is_right (const BtDhtStore *self, const guint8 *info_hash, const BtAddr *addr, const guint8 *token, gsize length)
{
  guint8 right[BT_DHT_TOKEN_LENGTH];

  for (guint i = 0; i < 2 && length == sizeof right; i++)
    {
      make_token (self, self->secrets[i], info_hash, addr, right);
      if (memcmp (right, token, sizeof right) == 0)
        return TRUE;
    }
  return FALSE;
}

static guint16 *
count_of (BtDhtStore *self, const guint8 *ip)
{
  BtAddr addr;
  guint64 network;

  /* A port tells programs on loopback apart, and hosts nowhere else. */
  if (self->family == BT_ADDR_V4)
    bt_addr_init_v4 (&addr, ip, 0);
  else
    bt_addr_init_v6 (&addr, ip, 0);
  network = (bt_dht_network (&addr) ^ self->salt) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return &self->counts[(network >> 32) % N_COUNTS];
}

static guint8 *
peer_at (const BtDhtStore *self, const Swarm *swarm, guint index)
{
  return swarm->peers + index * self->stride;
}

static guint16
stamp_of (const BtDhtStore *self, const guint8 *peer)
{
  guint16 stamp;

  memcpy (&stamp, peer + self->ip_length + 2, sizeof stamp);
  return stamp;
}

static guint16
stamp_at (gint64 now)
{
  return (guint16) ((guint64) (now / G_USEC_PER_SEC) & STAMP_MASK);
}

static guint8 *
find_peer (const BtDhtStore *self, const Swarm *swarm, const guint8 *ip)
{
  for (guint i = 0; i < swarm->n; i++)
    if (memcmp (peer_at (self, swarm, i), ip, self->ip_length) == 0)
      return peer_at (self, swarm, i);
  return NULL;
}

/* BEP 33: a host is one peer of a torrent; programs of this machine are several. */
static guint8 *
find_same (const BtDhtStore *self, const Swarm *swarm, const BtAddr *addr)
{
  if (!bt_addr_is_loopback (addr))
    return find_peer (self, swarm, addr->ip);
  for (guint i = 0; i < swarm->n; i++)
    {
      guint8 *peer = peer_at (self, swarm, i);

      if (memcmp (peer, addr->ip, self->ip_length) == 0 && memcmp (peer + self->ip_length, &addr->port, 2) == 0)
        return peer;
    }
  return NULL;
}

gboolean
bt_dht_store_has_room (BtDhtStore *self, const guint8 *info_hash, const BtAddr *addr)
{
  const Swarm *swarm = g_hash_table_lookup (self->swarms, info_hash);

  /* Who is there already may always come back. */
  if (swarm != NULL && find_same (self, swarm, addr) != NULL)
    return TRUE;
  if (swarm == NULL ? g_hash_table_size (self->swarms) >= BT_DHT_STORE_MAX_HASHES : swarm->n >= BT_DHT_STORE_MAX_PEERS_OF_HASH)
    return FALSE;
  return self->n_peers < BT_DHT_STORE_MAX_PEERS && *count_of (self, addr->ip) < BT_DHT_STORE_MAX_PEERS_OF_NETWORK;
}

static guint8 *
add_peer (BtDhtStore *self, Swarm *swarm, const BtAddr *addr)
{
  guint8 *peer;

  if (swarm->n == swarm->space)
    {
      /* Most swarms have one or two peers; popular ones grow by a quarter. */
      swarm->space += MAX (2, swarm->space / 4);
      swarm->peers = g_realloc_n (swarm->peers, swarm->space, self->stride);
    }
  peer = peer_at (self, swarm, swarm->n++);
  memcpy (peer, addr->ip, self->ip_length);
  self->n_peers++;
  (*count_of (self, addr->ip))++;
  return peer;
}

BtDhtStoring
bt_dht_store_announce (BtDhtStore *self, const guint8 *info_hash, const BtAddr *addr, gboolean is_seed,
                       const guint8 *token, gsize token_length, gint64 now)
{
  Swarm *swarm = g_hash_table_lookup (self->swarms, info_hash);
  guint16 stamp = stamp_at (now);
  guint8 *peer;

  if (!token_is_right (self, info_hash, addr, token, token_length))
    return BT_DHT_BAD_TOKEN;
  peer = swarm == NULL ? NULL : find_same (self, swarm, addr);
  if (peer == NULL && !bt_dht_store_has_room (self, info_hash, addr))
    return BT_DHT_FULL;
  if (swarm == NULL)
    {
      swarm = g_new0 (Swarm, 1);
      memcpy (swarm->hash, info_hash, BT_SHA1_LENGTH);
      g_hash_table_add (self->swarms, swarm);
    }
  if (peer == NULL)
    peer = add_peer (self, swarm, addr);
  stamp |= is_seed ? SEED_BIT : 0;
  memcpy (peer + self->ip_length, &addr->port, 2);
  memcpy (peer + self->ip_length + 2, &stamp, 2);
  return BT_DHT_STORED;
}

static void
read_peer (const BtDhtStore *self, const guint8 *peer, BtAddr *out)
{
  guint16 port;

  memcpy (&port, peer + self->ip_length, sizeof port);
  if (self->family == BT_ADDR_V4)
    bt_addr_init_v4 (out, peer, port);
  else
    bt_addr_init_v6 (out, peer, port);
}

guint
bt_dht_store_peers (BtDhtStore *self, const guint8 *info_hash, gboolean no_seeds, BtRng *rng, BtAddr *out, guint most)
{
  const Swarm *swarm = g_hash_table_lookup (self->swarms, info_hash);
  guint n = 0, start;

  if (swarm == NULL)
    return 0;
  /* A stretch that begins anywhere: as even a choice as a shuffle for who asks
   * once, and nothing is moved. */
  start = bt_rng_below (rng, swarm->n);
  for (guint pass = no_seeds ? 0 : 2; pass < (no_seeds ? 2u : 3u); pass++)
    for (guint i = 0; i < swarm->n && n < most; i++)
      {
        const guint8 *peer = peer_at (self, swarm, (start + i) % swarm->n);
        gboolean is_seed = (stamp_of (self, peer) & SEED_BIT) != 0;

        if (pass == 2 || is_seed == (pass == 1))
          read_peer (self, peer, &out[n++]);
      }
  return n;
}

gboolean
bt_dht_store_scrape (BtDhtStore *self, const guint8 *info_hash, gint64 now, const BtDhtBloom **seeds, const BtDhtBloom **peers)
{
  Swarm *swarm = g_hash_table_lookup (self->swarms, info_hash);

  if (swarm == NULL)
    return FALSE;
  if (swarm->blooms == NULL || now - swarm->blooms->made_at > BLOOM_LIFE)
    {
      if (swarm->blooms == NULL)
        swarm->blooms = g_new (struct Blooms, 1);
      *swarm->blooms = (struct Blooms){ .made_at = now };
      for (guint i = 0; i < swarm->n; i++)
        {
          const guint8 *peer = peer_at (self, swarm, i);
          BtAddr addr;

          read_peer (self, peer, &addr);
          bt_dht_bloom_add (stamp_of (self, peer) & SEED_BIT ? &swarm->blooms->seeds : &swarm->blooms->peers, &addr);
        }
    }
  *seeds = &swarm->blooms->seeds;
  *peers = &swarm->blooms->peers;
  return TRUE;
}

static void
choose_samples (BtDhtStore *self, BtRng *rng)
{
  guint seen = 0;
  GHashTableIter iter;
  gpointer key;

  self->n_samples = 0;
  g_hash_table_iter_init (&iter, self->swarms);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      guint at = self->n_samples < BT_DHT_MAX_SAMPLES ? self->n_samples++ : bt_rng_below (rng, seen + 1);

      seen++;
      if (at < BT_DHT_MAX_SAMPLES)
        memcpy (self->samples[at], key, BT_SHA1_LENGTH);
    }
}

guint
bt_dht_store_sample (BtDhtStore *self, BtRng *rng, gint64 now, const guint8 **samples, guint *interval)
{
  gboolean all = g_hash_table_size (self->swarms) <= BT_DHT_MAX_SAMPLES;

  if (all || self->n_samples < BT_DHT_MAX_SAMPLES || now - self->sampled_at >= SAMPLE_LIFE)
    {
      choose_samples (self, rng);
      self->sampled_at = now;
    }
  *samples = self->samples[0];
  *interval = all ? 0 : (guint) ((self->sampled_at + SAMPLE_LIFE - now) / G_USEC_PER_SEC);
  return self->n_samples;
}

static void
expire_peers (BtDhtStore *self, Swarm *swarm, guint16 stamp)
{
  for (guint i = swarm->n; i-- > 0;)
    {
      guint8 *peer = peer_at (self, swarm, i);

      if (((guint) (stamp - stamp_of (self, peer)) & STAMP_MASK) <= BT_DHT_STORE_LIFE / G_USEC_PER_SEC)
        continue;
      (*count_of (self, peer))--;
      self->n_peers--;
      swarm->n--;
      memmove (peer, peer_at (self, swarm, swarm->n), self->stride);
    }
  if (swarm->n > 0 && swarm->n < swarm->space / 2)
    {
      swarm->space = swarm->n;
      swarm->peers = g_realloc_n (swarm->peers, swarm->space, self->stride);
    }
  if (swarm->blooms != NULL)
    g_clear_pointer (&swarm->blooms, g_free);
}

void
bt_dht_store_expire (BtDhtStore *self, gint64 now)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->swarms);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      Swarm *swarm = key;

      expire_peers (self, swarm, stamp_at (now));
      if (swarm->n == 0)
        g_hash_table_iter_remove (&iter);
    }
}

guint
bt_dht_store_n_hashes (BtDhtStore *self)
{
  return g_hash_table_size (self->swarms);
}

guint
bt_dht_store_n_peers (BtDhtStore *self)
{
  return self->n_peers;
}

gsize
bt_dht_store_size (BtDhtStore *self)
{
  gsize size = sizeof *self;
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->swarms);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const Swarm *swarm = key;

      /* A set keeps a pointer and a hash for each, three quarters full at worst. */
      size += sizeof *swarm + swarm->space * self->stride + (swarm->blooms != NULL ? sizeof *swarm->blooms : 0) + 2 * 12;
    }
  return size;
}
