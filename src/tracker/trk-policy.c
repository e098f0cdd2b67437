/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "trk-policy.h"

#include "trk-swarm.h"

/* A swarm this small is told to come back sooner: one newcomer matters to it,
 * and it costs us little. */
#define TRK_SMALL_SWARM 50u
#define TRK_SMALL_SWARM_FACTOR 6u

/* Lateness that is still life: a peer's own jitter and a slow line. */
#define TRK_GRACE 60u

void
trk_policy_init_defaults (TrkPolicy *self)
{
  *self = (TrkPolicy) {
    .interval = 1800,
    .min_interval = 60,
    .default_numwant = 50,
    .max_numwant = 200,
    .max_swarms = 200000,
    .max_peers = 2000000,
    .max_swarm_peers = 500000,
    .max_scrape = 100,
    .max_connections = 4000,
    .idle_timeout = 60,
    .peers_per_address = 4000,
  };
}

void
trk_policy_clamp (TrkPolicy *self)
{
  /* A day is what clients accept at most. */
  self->interval = CLAMP (self->interval, 1, 86400);
  self->min_interval = CLAMP (self->min_interval, 1, self->interval);
  self->max_numwant = CLAMP (self->max_numwant, 1, 2000);
  self->default_numwant = CLAMP (self->default_numwant, 1, self->max_numwant);
  self->max_swarms = CLAMP (self->max_swarms, 1, 10000000);
  self->max_peers = CLAMP (self->max_peers, 1, 100000000);
  self->max_swarm_peers = CLAMP (self->max_swarm_peers, 1, 10000000);
  self->max_scrape = CLAMP (self->max_scrape, 1, 1000);
  self->max_connections = CLAMP (self->max_connections, 1, 100000);
  self->idle_timeout = CLAMP (self->idle_timeout, 1, 3600);
  self->peers_per_address = MAX (self->peers_per_address, 1);
}

guint
trk_policy_numwant (const TrkPolicy *self, int asked)
{
  return asked < 0 ? self->default_numwant : MIN ((guint) asked, self->max_numwant);
}

guint
trk_policy_interval (const TrkPolicy *self, guint n_peers)
{
  if (n_peers >= TRK_SMALL_SWARM)
    return self->interval;
  return MAX (self->min_interval, self->interval / TRK_SMALL_SWARM_FACTOR);
}

guint32
trk_policy_max_age (const TrkPolicy *self)
{
  return self->interval * 2 + TRK_GRACE;
}

void
trk_policy_choose_address (const BtAddr *source, const BtAddr *claimed, BtAddr *chosen)
{
  /* Only from our own network can a peer's real address be other than the one
   * it comes from; believed from anybody, `ip` would point strangers at a
   * victim. */
  *chosen = claimed->family != BT_ADDR_NONE && bt_addr_is_private (source) ? *claimed : *source;
}

gboolean
trk_limiter_take (TrkLimiter *self, const TrkPolicy *policy, const BtAddr *source, guint32 now, guint64 key)
{
  /* A customer with IPv6 has at least a /64 to choose from. */
  gsize significant = source->family == BT_ADDR_V4 ? 4 : 8;
  guint64 hash;
  guint slot;

  /* Our own machine and network are trusted with as many as they like. */
  if (bt_addr_is_private (source))
    return TRUE;

  hash = trk_hash (source->ip, significant, key);
  slot = hash % TRK_LIMITER_SLOTS;
  if (self->slots[slot].tag != (guint32) (hash >> 32) || now - self->slots[slot].since >= policy->interval)
    {
      self->slots[slot].tag = (guint32) (hash >> 32);
      self->slots[slot].since = now;
      self->slots[slot].count = 0;
    }
  if (self->slots[slot].count >= policy->peers_per_address)
    return FALSE;
  self->slots[slot].count++;
  return TRUE;
}
