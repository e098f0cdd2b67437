/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-announce-http.h"
#include "bt-metainfo.h"
#include "bt-rng.h"

G_BEGIN_DECLS

typedef struct
{
  char *url;
  guint tier;
  gboolean busy;         /* an announce is under way */
  BtAnnounceEvent event; /* of the announce under way */
  gboolean started;      /* it accepted our started */
  gboolean told_complete;
  gboolean worked;       /* its last announce did */
  guint fails;           /* in a row */
  gint64 next_at;        /* not before, microseconds */
  gint64 not_before;     /* its min interval, microseconds */
  char *message;         /* its error or warning, NULL */
  char *tracker_id;
  gint64 seeds;          /* -1 unknown */
  gint64 leechers;
  guint n_peers;         /* given by the last reply */
  gint64 scrape_at;      /* its replies lack the two: they are to be asked for; G_MAXINT64 never */
  gboolean absent;       /* it has no address in the family of this plan */
  gboolean leaving;      /* removed, but not yet told */
  gboolean outdated;     /* the announce under way may say what holds no more */
} BtAnnounceTracker;

/**
 * BtAnnouncePlan:
 *
 * Which tracker is to be told what, and when (BEP 3, BEP 12). Within a tier
 * one tracker is used at a time and a working one moves to the front. A start
 * asks every tier at once; later a tier that answered is asked in its
 * interval, one that did not after longer and longer waits. A torrent has a
 * plan for each address family: a tracker may work over one and not over the
 * other.
 */
typedef struct
{
  GPtrArray *trackers;  /* of BtAnnounceTracker, by tier, in order of trying */
  GPtrArray *leaving;   /* ... that were removed */
  BtRng *rng;
  gboolean running;
  gboolean completed;   /* the download finished in this run: say so once */
} BtAnnouncePlan;

/* @metainfo: (nullable): NULL begins without trackers */
void bt_announce_plan_init     (BtAnnouncePlan *self, BtMetainfo *metainfo, BtRng *rng);
void bt_announce_plan_clear    (BtAnnouncePlan *self);
void bt_announce_plan_start    (BtAnnouncePlan *self, gint64 now);
void bt_announce_plan_complete (BtAnnouncePlan *self, gint64 now);
void bt_announce_plan_stop     (BtAnnouncePlan *self);
/* A person asked for it now: all that minimum intervals allow. */
void bt_announce_plan_hurry    (BtAnnouncePlan *self, gint64 now);
/* We can be reached elsewhere: as hurry, and those that are just being told are
 * told once more. */
void bt_announce_plan_moved    (BtAnnouncePlan *self, gint64 now);
/* Returns: (transfer none) (nullable) */
BtAnnounceTracker *bt_announce_plan_find (BtAnnouncePlan *self, const char *url);
/* There is no room for another. */
gboolean bt_announce_plan_is_full (BtAnnouncePlan *self);
/* @tier: a number above those in use makes the next one. @url is not there yet. */
void bt_announce_plan_add      (BtAnnouncePlan *self, const char *url, guint tier, gint64 now);
/* One that accepted our started is still told a goodbye.
 * Returns: FALSE when it is not there */
gboolean bt_announce_plan_remove (BtAnnouncePlan *self, const char *url);
/* Returns: (nullable): a tracker that is to be announced to now; it is marked
 * busy, with its event, until one of the three below, and is valid until then
 * even when it is removed. After a stop these are the goodbyes. */
BtAnnounceTracker *bt_announce_plan_next (BtAnnouncePlan *self, gint64 now);
/* Returns: when the next one is due, microseconds; %G_MAXINT64 while that is for
 * answers to say, or nothing is running */
gint64 bt_announce_plan_get_due (const BtAnnouncePlan *self);
void bt_announce_plan_worked   (BtAnnouncePlan *self, BtAnnounceTracker *tracker, const BtAnnounceReply *reply, gint64 now);
/* @retry_in: seconds that the tracker asked for, or -1 */
void bt_announce_plan_failed   (BtAnnouncePlan *self, BtAnnounceTracker *tracker, const char *message, gint64 retry_in, gint64 now);
/* Nobody will know what came of it. */
void bt_announce_plan_cancelled (BtAnnouncePlan *self, BtAnnounceTracker *tracker);

G_END_DECLS
