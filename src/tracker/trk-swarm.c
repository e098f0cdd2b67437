/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "trk-swarm.h"

#include <string.h>

/* Up to here walking the array is as quick as an index, and most swarms stay
 * below it. */
#define TRK_SWARM_SCAN 16u

/* How many peers compete for being thrown out of a full swarm. */
#define TRK_SWARM_EVICT_SAMPLE 8u

#define NOWHERE G_MAXUINT32

guint64
trk_hash (const guint8 *bytes, gsize n, guint64 key)
{
  guint64 hash = key ^ (n * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  while (n > 0)
    {
      guint64 word = 0;
      gsize take = MIN (n, sizeof word);

      memcpy (&word, bytes, take);
      hash = (hash ^ word) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
      hash ^= hash >> 29;
      bytes += take;
      n -= take;
    }
  hash = (hash ^ key) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return hash ^ (hash >> 31);
}

static guint32
home_slot (const TrkSwarm *self, const BtAddr *addr, guint64 key)
{
  return (guint32) trk_hash ((const guint8 *) addr, sizeof *addr, key) & (self->n_slots - 1);
}

/* The slot that holds @addr's position, or the empty one where it belongs. */
static guint32
find_slot (const TrkSwarm *self, const BtAddr *addr, guint64 key)
{
  guint32 slot = home_slot (self, addr, key);

  while (self->slots[slot] != 0 && !bt_addr_equal (&self->peers[self->slots[slot] - 1].addr, addr))
    slot = (slot + 1) & (self->n_slots - 1);
  return slot;
}

static guint32
find (const TrkSwarm *self, const BtAddr *addr, guint64 key)
{
  if (self->n_slots > 0)
    return self->slots[find_slot (self, addr, key)] - 1; /* empty is 0, and becomes NOWHERE */

  for (guint32 i = 0; i < self->n_peers; i++)
    if (bt_addr_equal (&self->peers[i].addr, addr))
      return i;
  return NOWHERE;
}

/* Closes the gap that emptying @slot would tear into the runs after it. */
static void
vacate_slot (TrkSwarm *self, guint32 slot, guint64 key)
{
  guint32 mask = self->n_slots - 1;
  guint32 next = slot;

  for (;;)
    {
      guint32 home;

      next = (next + 1) & mask;
      if (self->slots[next] == 0)
        break;
      home = home_slot (self, &self->peers[self->slots[next] - 1].addr, key);
      if (((next - home) & mask) >= ((next - slot) & mask))
        {
          self->slots[slot] = self->slots[next];
          slot = next;
        }
    }
  self->slots[slot] = 0;
}

static void
resize (TrkSwarm *self, guint32 space, guint64 key)
{
  guint32 n_slots = space > TRK_SWARM_SCAN ? space * 2 : 0;

  self->peers = g_renew (TrkPeer, self->peers, space);
  self->space = space;
  if (n_slots == self->n_slots)
    return;

  g_free (self->slots);
  self->slots = n_slots > 0 ? g_new0 (guint32, n_slots) : NULL;
  self->n_slots = n_slots;
  for (guint32 i = 0; n_slots > 0 && i < self->n_peers; i++)
    self->slots[find_slot (self, &self->peers[i].addr, key)] = i + 1;
}

/* The peer at @from is from now on at @to, whose own peer has moved already. */
static void
move_peer (TrkSwarm *self, guint32 from, guint32 to, guint64 key)
{
  if (from == to)
    return;
  if (self->n_slots > 0)
    self->slots[find_slot (self, &self->peers[from].addr, key)] = to + 1;
  self->peers[to] = self->peers[from];
}

static void
swap_peers (TrkSwarm *self, guint32 a, guint32 b, guint64 key)
{
  TrkPeer kept = self->peers[a];
  guint32 slot = 0;

  if (a == b)
    return;
  if (self->n_slots > 0)
    slot = find_slot (self, &kept.addr, key);
  move_peer (self, b, a, key);
  self->peers[b] = kept;
  if (self->n_slots > 0)
    self->slots[slot] = b + 1;
}

static void
add (TrkSwarm *self, const TrkPeer *peer, gboolean seed, guint64 key)
{
  guint32 at = self->n_peers;
  guint32 slot = 0;

  if (self->n_peers == self->space)
    resize (self, MAX (1, self->space * 2), key);
  if (!seed)
    {
      at = self->n_leechers++;
      if (at < self->n_peers)
        move_peer (self, at, self->n_peers, key);
    }
  if (self->n_slots > 0)
    slot = find_slot (self, &peer->addr, key);
  self->peers[at] = *peer;
  self->n_peers++;
  if (self->n_slots > 0)
    self->slots[slot] = at + 1;
}

static void
remove_at (TrkSwarm *self, guint32 at, guint64 key)
{
  if (self->n_slots > 0)
    vacate_slot (self, find_slot (self, &self->peers[at].addr, key), key);
  if (at < self->n_leechers)
    {
      self->n_leechers--;
      move_peer (self, self->n_leechers, at, key);
      at = self->n_leechers;
    }
  self->n_peers--;
  move_peer (self, self->n_peers, at, key);
}

void
trk_swarm_init (TrkSwarm *self, const guint8 *info_hash)
{
  memset (self, 0, sizeof *self);
  memcpy (self->info_hash, info_hash, BT_SHA1_LENGTH);
}

void
trk_swarm_clear (TrkSwarm *self)
{
  g_clear_pointer (&self->peers, g_free);
  g_clear_pointer (&self->slots, g_free);
  self->n_peers = self->n_leechers = self->space = self->n_slots = 0;
}

gboolean
trk_swarm_has (const TrkSwarm *self, const BtAddr *addr, guint64 key)
{
  return find (self, addr, key) != NOWHERE;
}

void
trk_swarm_put (TrkSwarm *self, const BtAddr *addr, const guint8 *id, gboolean seed, guint32 now, guint64 key)
{
  TrkPeer peer = { .addr = *addr, .seen = now };
  guint32 at = find (self, addr, key);

  memcpy (peer.id, id, sizeof peer.id);
  if (at == NOWHERE)
    {
      add (self, &peer, seed, key);
      return;
    }

  self->peers[at] = peer;
  if (seed && at < self->n_leechers)
    swap_peers (self, at, --self->n_leechers, key);
  else if (!seed && at >= self->n_leechers)
    swap_peers (self, at, self->n_leechers++, key);
}

gboolean
trk_swarm_remove (TrkSwarm *self, const BtAddr *addr, guint64 key)
{
  guint32 at = find (self, addr, key);

  if (at == NOWHERE)
    return FALSE;
  remove_at (self, at, key);
  return TRUE;
}

void
trk_swarm_evict (TrkSwarm *self, BtRng *rng, guint64 key)
{
  guint32 oldest = bt_rng_below (rng, self->n_peers);

  if (self->n_peers == 0)
    return;
  for (guint i = 1; i < TRK_SWARM_EVICT_SAMPLE; i++)
    {
      guint32 at = bt_rng_below (rng, self->n_peers);

      if (self->peers[at].seen < self->peers[oldest].seen)
        oldest = at;
    }
  remove_at (self, oldest, key);
}

guint
trk_swarm_expire (TrkSwarm *self, guint32 now, guint32 max_age, guint64 key)
{
  guint32 before = self->n_peers;
  guint32 space = self->space;

  /* Backwards: whatever moves into a gap has been looked at already. */
  for (guint32 i = before; i-- > 0;)
    if (now > self->peers[i].seen && now - self->peers[i].seen > max_age)
      remove_at (self, i, key);

  while (space > 1 && self->n_peers < space / 4)
    space /= 2;
  if (space != self->space)
    resize (self, space, key);
  return before - self->n_peers;
}

void
trk_swarm_select (const TrkSwarm *self, const BtAddr *asker, gboolean asker_is_seed, guint want,
                  BtRng *rng, guint64 key, GArray *addrs, GByteArray *ids)
{
  guint64 pool = asker_is_seed ? self->n_leechers : self->n_peers;
  guint32 own = find (self, asker, key);
  gboolean near = bt_addr_is_loopback (asker);
  guint first;

  if (own < pool)
    pool--;
  want = (guint) MIN (want, pool);
  first = bt_rng_below (rng, want);

  /* One peer of each of @want equal stretches: no peer twice, every peer as
   * likely as any other, and never more work than the answer is long. */
  for (guint i = 0; i < want; i++)
    {
      guint stretch = (first + i) % want;
      guint32 low = (guint32) (stretch * pool / want);
      guint32 high = (guint32) ((stretch + 1) * pool / want);
      guint32 at = low + bt_rng_below (rng, high - low);
      const TrkPeer *peer;

      if (at >= own)
        at++;
      peer = &self->peers[at];
      /* Nobody else can reach a loopback address. */
      if (!near && bt_addr_is_loopback (&peer->addr))
        continue;
      g_array_append_val (addrs, peer->addr);
      if (ids != NULL)
        g_byte_array_append (ids, peer->id, sizeof peer->id);
    }
}
