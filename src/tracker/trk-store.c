/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "trk-store.h"

#include <string.h>

#define TRK_STORE_FIRST_SLOTS 64u

/* Peers for who may have only a magnet link, or everything. */
#define LINK_PEERS 10u

struct _TrkStore
{
  TrkPolicy policy;
  BtRng rng;
  guint64 key;
  TrkLimiter limiter;
  TrkSwarm **slots; /* by info-hash, open addressing, at most half full */
  guint n_slots;    /* a power of two */
  guint n_swarms;
  guint n_peers;
  guint n_seeds;
  guint sweep_at;
  guint64 n_announces;
  guint64 n_scrapes;
};

static guint
home_slot (TrkStore *self, const guint8 *info_hash)
{
  return (guint) trk_hash (info_hash, BT_SHA1_LENGTH, self->key) & (self->n_slots - 1);
}

/* Where the swarm is, or where it belongs. */
static guint
find_slot (TrkStore *self, const guint8 *info_hash)
{
  guint slot = home_slot (self, info_hash);

  while (self->slots[slot] != NULL && memcmp (self->slots[slot]->info_hash, info_hash, BT_SHA1_LENGTH) != 0)
    slot = (slot + 1) & (self->n_slots - 1);
  return slot;
}

static void
resize (TrkStore *self, guint n_slots)
{
  g_autofree TrkSwarm **old = self->slots;
  guint n_old = self->n_slots;

  self->slots = g_new0 (TrkSwarm *, n_slots);
  self->n_slots = n_slots;
  self->sweep_at = 0;
  for (guint i = 0; i < n_old; i++)
    if (old[i] != NULL)
      self->slots[find_slot (self, old[i]->info_hash)] = old[i];
}

static TrkSwarm *
add_swarm (TrkStore *self, const guint8 *info_hash)
{
  TrkSwarm *swarm;

  if (self->n_swarms >= self->policy.max_swarms)
    return NULL;
  if ((self->n_swarms + 1) * 2 > self->n_slots)
    resize (self, self->n_slots * 2);

  swarm = g_new (TrkSwarm, 1);
  trk_swarm_init (swarm, info_hash);
  self->slots[find_slot (self, info_hash)] = swarm;
  self->n_swarms++;
  return swarm;
}

/* Frees the swarm in @slot, and closes the gap in the runs after it. */
static void
remove_swarm (TrkStore *self, guint slot)
{
  guint mask = self->n_slots - 1;
  guint next = slot;

  trk_swarm_clear (self->slots[slot]);
  g_free (self->slots[slot]);
  self->n_swarms--;
  for (;;)
    {
      guint home;

      next = (next + 1) & mask;
      if (self->slots[next] == NULL)
        break;
      home = home_slot (self, self->slots[next]->info_hash);
      if (((next - home) & mask) >= ((next - slot) & mask))
        {
          self->slots[slot] = self->slots[next];
          slot = next;
        }
    }
  self->slots[slot] = NULL;
}

TrkStore *
trk_store_new (const TrkPolicy *policy, guint64 seed)
{
  TrkStore *self = g_new0 (TrkStore, 1);

  trk_store_set_policy (self, policy);
  bt_rng_seed (&self->rng, seed);
  self->key = bt_rng_next (&self->rng);
  self->n_slots = TRK_STORE_FIRST_SLOTS;
  self->slots = g_new0 (TrkSwarm *, self->n_slots);
  return self;
}

void
trk_store_free (TrkStore *self)
{
  for (guint i = 0; i < self->n_slots; i++)
    if (self->slots[i] != NULL)
      {
        trk_swarm_clear (self->slots[i]);
        g_free (self->slots[i]);
      }
  g_free (self->slots);
  g_free (self);
}

const TrkPolicy *
trk_store_get_policy (TrkStore *self)
{
  return &self->policy;
}

void
trk_store_set_policy (TrkStore *self, const TrkPolicy *policy)
{
  self->policy = *policy;
  trk_policy_clamp (&self->policy);
}

/* Writes the peer down, if there is room for it or room can be made. */
static void
keep_peer (TrkStore *self, TrkSwarm *swarm, const BtAnnounceRequest *request, const BtAddr *source,
           const BtAddr *addr, guint32 now)
{
  gboolean known = trk_swarm_has (swarm, addr, self->key);

  if (!known && !trk_limiter_take (&self->limiter, &self->policy, source, now, self->key))
    return;
  if (!known && (swarm->n_peers >= self->policy.max_swarm_peers || self->n_peers >= self->policy.max_peers))
    {
      if (swarm->n_peers == 0)
        return;
      trk_swarm_evict (swarm, &self->rng, self->key);
    }
  trk_swarm_put (swarm, addr, request->peer_id, request->left == 0, now, self->key);
  if (request->event == BT_ANNOUNCE_COMPLETED && request->left == 0)
    swarm->n_downloads++;
}

/* Does what the announce says, and keeps the totals right.
 * Returns: the swarm, which a goodbye does not make; NULL when there is none */
static TrkSwarm *
update_swarm (TrkStore *self, const BtAnnounceRequest *request, const BtAddr *source, const BtAddr *addr, guint32 now)
{
  TrkSwarm *swarm = self->slots[find_slot (self, request->info_hash)];
  gboolean stopped = request->event == BT_ANNOUNCE_STOPPED;
  guint peers_before, seeds_before;

  if (swarm == NULL && !stopped)
    swarm = add_swarm (self, request->info_hash);
  if (swarm == NULL)
    return NULL;

  peers_before = swarm->n_peers;
  seeds_before = trk_swarm_count_seeds (swarm);
  if (stopped)
    trk_swarm_remove (swarm, addr, self->key);
  else
    keep_peer (self, swarm, request, source, addr, now);
  self->n_peers += swarm->n_peers - peers_before;
  self->n_seeds += trk_swarm_count_seeds (swarm) - seeds_before;
  return swarm;
}

/* aria2 says that nothing is left while it has but a magnet link, and needs
 * somebody who has the metadata. A seed that has done nothing yet looks alike,
 * and is given a few others for nothing. */
static gboolean
has_only_a_link (const BtAnnounceRequest *request)
{
  return request->left == 0 && request->downloaded == 0 && request->uploaded == 0 && request->event != BT_ANNOUNCE_COMPLETED;
}

void
trk_store_announce (TrkStore *self, const BtAnnounceRequest *request, const BtAddr *source, guint32 now,
                    BtAnnounceReply *reply, GByteArray *ids)
{
  gboolean stopped = request->event == BT_ANNOUNCE_STOPPED;
  TrkSwarm *swarm;
  BtAddr addr;

  self->n_announces++;
  trk_policy_choose_address (source, &request->ip, &addr);
  addr.port = request->port;
  if (!bt_addr_is_usable (&addr))
    {
      reply->failure_reason = g_strdup ("Nobody can connect to this address and port.");
      return;
    }
  swarm = update_swarm (self, request, source, &addr, now);
  if (swarm == NULL && !stopped)
    {
      reply->failure_reason = g_strdup ("This tracker has no room for another torrent.");
      return;
    }
  if (!stopped)
    {
      guint want = trk_policy_numwant (&self->policy, request->numwant);

      trk_swarm_select (swarm, &addr, request->left == 0 && !has_only_a_link (request),
                        has_only_a_link (request) ? MIN (want, LINK_PEERS) : want, &self->rng, self->key, reply->peers, ids);
    }

  reply->interval = trk_policy_interval (&self->policy, swarm != NULL ? swarm->n_peers : 0);
  reply->min_interval = self->policy.min_interval;
  reply->complete = swarm != NULL ? trk_swarm_count_seeds (swarm) : 0;
  reply->incomplete = swarm != NULL ? swarm->n_leechers : 0;
  reply->downloaded = swarm != NULL ? swarm->n_downloads : 0;
  reply->external_ip = *source;
  reply->external_ip.port = 0;
}

void
trk_store_scrape (TrkStore *self, const guint8 *info_hash, BtScrapeEntry *entry)
{
  TrkSwarm *swarm = self->slots[find_slot (self, info_hash)];

  self->n_scrapes++;
  memcpy (entry->info_hash, info_hash, BT_SHA1_LENGTH);
  entry->complete = swarm != NULL ? trk_swarm_count_seeds (swarm) : 0;
  entry->incomplete = swarm != NULL ? swarm->n_leechers : 0;
  entry->downloaded = swarm != NULL ? swarm->n_downloads : 0;
}

void
trk_store_sweep (TrkStore *self, guint32 now, guint n_parts)
{
  guint n = self->n_slots / n_parts + 1;
  guint32 max_age = trk_policy_max_age (&self->policy);

  while (n-- > 0)
    {
      guint slot = self->sweep_at;

      /* A removal moves another swarm here, and that one is looked at too. */
      while (self->slots[slot] != NULL)
        {
          TrkSwarm *swarm = self->slots[slot];
          guint seeds = trk_swarm_count_seeds (swarm);

          self->n_peers -= trk_swarm_expire (swarm, now, max_age, self->key);
          self->n_seeds -= seeds - trk_swarm_count_seeds (swarm);
          if (swarm->n_peers > 0)
            break;
          remove_swarm (self, slot);
        }
      self->sweep_at = (slot + 1) & (self->n_slots - 1);
    }
}

void
trk_store_get_stats (TrkStore *self, TrkStats *stats)
{
  *stats = (TrkStats) {
    .n_swarms = self->n_swarms,
    .n_peers = self->n_peers,
    .n_seeds = self->n_seeds,
    .n_announces = self->n_announces,
    .n_scrapes = self->n_scrapes,
  };
}
