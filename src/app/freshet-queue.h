/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-torrent-record.h"

G_BEGIN_DECLS

/* Whose turn it is, and when enough was given. Pure. */

/* A torrent in its place of the queue. */
typedef struct
{
  gboolean wants;    /* nobody paused it, and nothing is wrong with it */
  gboolean complete; /* it would seed */
  gboolean running;  /* now */
  gboolean stalled;  /* it runs, and nothing has moved for a while: it holds no slot */
  gboolean forced;   /* it runs whatever the limits say, and holds no slot */
  gboolean run;      /* out */
} FreshetQueueEntry;

/* How many may run at once; 0 no limit. */
typedef struct
{
  guint downloads;
  guint seeds;
} FreshetQueueLimits;

/**
 * freshet_queue_plan:
 * @strict: somebody changed order or limits: what runs out of its turn stops.
 *   Otherwise it goes on, so that a stalled torrent that moves again ends no other
 */
void     freshet_queue_plan      (FreshetQueueEntry *entries, guint n_entries, FreshetQueueLimits limits, gboolean strict);

/* @own: of the torrent; @global: where it has none. Returns: what counts */
FreshetGoals freshet_goals_resolve (const FreshetGoals *own, const FreshetGoals *global);
/* @idle: seconds since somebody got something of it */
gboolean freshet_goals_reached   (const FreshetGoals *goals, double ratio, guint64 seeding_time, guint64 idle);

G_END_DECLS
