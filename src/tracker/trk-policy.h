/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

/**
 * TrkPolicy:
 *
 * What a tracker grants. A value: start from trk_policy_init_defaults(),
 * change what you want, then trk_policy_clamp().
 */
typedef struct
{
  guint interval;         /* seconds between a peer's announces */
  guint min_interval;     /* a peer that wants more may come this often */
  guint default_numwant;  /* peers given to one that does not say how many */
  guint max_numwant;
  guint max_swarms;
  guint max_peers;        /* in all swarms together */
  guint max_swarm_peers;
  guint max_scrape;       /* torrents in one scrape */
  guint max_connections;  /* open at once over HTTP */
  guint idle_timeout;     /* seconds a connection may be silent */
  guint peers_per_address; /* new peers of one address in one interval */
} TrkPolicy;

void     trk_policy_init_defaults (TrkPolicy *self);
void     trk_policy_clamp         (TrkPolicy *self);
/* @asked: -1 when the client did not say */
guint    trk_policy_numwant       (const TrkPolicy *self, int asked);
guint    trk_policy_interval      (const TrkPolicy *self, guint n_peers);
/* A peer this long silent is gone. */
guint32  trk_policy_max_age       (const TrkPolicy *self);
/* The address a peer is known by, without its port. */
void     trk_policy_choose_address (const BtAddr *source, const BtAddr *claimed, BtAddr *chosen);

#define TRK_LIMITER_SLOTS 4096u

/**
 * TrkLimiter:
 *
 * How many new peers each address has made lately, in constant memory: when
 * two addresses share a slot the one that came last has it.
 */
typedef struct
{
  struct
  {
    guint32 tag;
    guint32 since; /* second the count began */
    guint32 count;
  } slots[TRK_LIMITER_SLOTS];
} TrkLimiter;

/* Returns: FALSE when @source has used up what @policy grants */
gboolean trk_limiter_take         (TrkLimiter *self, const TrkPolicy *policy, const BtAddr *source, guint32 now, guint64 key);

G_END_DECLS
