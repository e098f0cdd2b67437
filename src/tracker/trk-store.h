/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-announce-http.h"
#include "trk-policy.h"
#include "trk-swarm.h"

G_BEGIN_DECLS

/**
 * TrkStore:
 *
 * Every swarm of a tracker, and what it answers: no socket and no clock, so
 * that HTTP and UDP ask the same questions of it and a test can ask them too.
 */
typedef struct _TrkStore TrkStore;

typedef struct
{
  guint n_swarms;
  guint n_peers;
  guint n_seeds;
  guint64 n_announces;
  guint64 n_scrapes;
} TrkStats;

/* @seed feeds the choice of peers and the secret of the hash tables. */
TrkStore *trk_store_new       (const TrkPolicy *policy, guint64 seed);
void      trk_store_free      (TrkStore *self);

const TrkPolicy *trk_store_get_policy (TrkStore *self);
/* For the next answers; what is stored stays. */
void      trk_store_set_policy (TrkStore *self, const TrkPolicy *policy);

/* @source: whom the request came from; its port does not matter. @reply is
 * initialised, and gets a failure reason when the answer is no. @ids
 * (nullable) gets the 20-byte ids of reply->peers. */
void      trk_store_announce  (TrkStore *self, const BtAnnounceRequest *request, const BtAddr *source, guint32 now,
                               BtAnnounceReply *reply, GByteArray *ids);
/* Fills @entry; zeros for a torrent never heard of. */
void      trk_store_scrape    (TrkStore *self, const guint8 *info_hash, BtScrapeEntry *entry);
/* Drops silent peers and empty swarms in the next @n_parts-th of the store. */
void      trk_store_sweep     (TrkStore *self, guint32 now, guint n_parts);
void      trk_store_get_stats (TrkStore *self, TrkStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrkStore, trk_store_free)

G_END_DECLS
