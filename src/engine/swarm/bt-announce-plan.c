/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-plan.h"

#include <string.h>

/* When a tracker does not say (libtorrent's default). */
#define DEFAULT_INTERVAL 1800
/* A tracker may not make us ask more often or more seldom than this. */
#define LEAST_INTERVAL 10
#define MOST_INTERVAL (6 * 3600)
#define LONGEST_BACKOFF 3600
/* Up to this part of the interval is added, so that torrents that were started
 * together are told of apart from each other after a while. */
#define JITTER 16
/* Trackers kept of a torrent; more is an attack on somebody. */
#define MAX_TRACKERS 200u

static void
tracker_free (gpointer data)
{
  BtAnnounceTracker *tracker = data;

  g_free (tracker->url);
  g_free (tracker->message);
  g_free (tracker->tracker_id);
  g_free (tracker);
}

static void
shuffle (GPtrArray *trackers, guint first, BtRng *rng)
{
  for (guint i = trackers->len; i > first + 1; i--)
    {
      guint other = first + bt_rng_below (rng, i - first);
      gpointer moved = trackers->pdata[i - 1];

      trackers->pdata[i - 1] = trackers->pdata[other];
      trackers->pdata[other] = moved;
    }
}

static BtAnnounceTracker *
tracker_new (const char *url, guint tier)
{
  BtAnnounceTracker *tracker = g_new0 (BtAnnounceTracker, 1);

  tracker->url = g_strdup (url);
  tracker->tier = tier;
  tracker->seeds = tracker->leechers = -1;
  tracker->scrape_at = G_MAXINT64;
  return tracker;
}

void
bt_announce_plan_init (BtAnnouncePlan *self, BtMetainfo *metainfo, BtRng *rng)
{
  *self = (BtAnnouncePlan){
    .rng = rng,
    .trackers = g_ptr_array_new_with_free_func (tracker_free),
    .leaving = g_ptr_array_new_with_free_func (tracker_free),
  };
  for (guint tier = 0; metainfo != NULL && tier < bt_metainfo_get_n_tiers (metainfo); tier++)
    {
      guint first = self->trackers->len;

      for (const char *const *url = bt_metainfo_get_tier (metainfo, tier); *url != NULL && self->trackers->len < MAX_TRACKERS; url++)
        g_ptr_array_add (self->trackers, tracker_new (*url, tier));
      shuffle (self->trackers, first, rng);
    }
}

void
bt_announce_plan_clear (BtAnnouncePlan *self)
{
  g_clear_pointer (&self->trackers, g_ptr_array_unref);
  g_clear_pointer (&self->leaving, g_ptr_array_unref);
}

void
bt_announce_plan_start (BtAnnouncePlan *self, gint64 now)
{
  self->running = TRUE;
  self->completed = FALSE;
  for (guint i = 0; i < self->trackers->len; i++)
    {
      BtAnnounceTracker *tracker = self->trackers->pdata[i];

      tracker->started = tracker->told_complete = FALSE;
      tracker->fails = 0;
      tracker->next_at = tracker->not_before = now;
    }
}

void
bt_announce_plan_complete (BtAnnouncePlan *self, gint64 now)
{
  self->completed = TRUE;
  for (guint i = 0; i < self->trackers->len; i++)
    {
      BtAnnounceTracker *tracker = self->trackers->pdata[i];

      if (tracker->started)
        tracker->next_at = now;
    }
}

void
bt_announce_plan_stop (BtAnnouncePlan *self)
{
  self->running = FALSE;
}

void
bt_announce_plan_hurry (BtAnnouncePlan *self, gint64 now)
{
  for (guint i = 0; i < self->trackers->len; i++)
    {
      BtAnnounceTracker *tracker = self->trackers->pdata[i];

      tracker->next_at = MIN (tracker->next_at, MAX (now, tracker->not_before));
    }
}

void
bt_announce_plan_moved (BtAnnouncePlan *self, gint64 now)
{
  for (guint i = 0; i < self->trackers->len; i++)
    {
      BtAnnounceTracker *tracker = self->trackers->pdata[i];

      tracker->outdated = tracker->busy;
    }
  bt_announce_plan_hurry (self, now);
}

static BtAnnounceTracker *
find_url (GPtrArray *trackers, const char *url, guint *index)
{
  for (guint i = 0; i < trackers->len; i++)
    if (strcmp (((BtAnnounceTracker *) trackers->pdata[i])->url, url) == 0)
      {
        *index = i;
        return trackers->pdata[i];
      }
  return NULL;
}

BtAnnounceTracker *
bt_announce_plan_find (BtAnnouncePlan *self, const char *url)
{
  guint index;

  return find_url (self->trackers, url, &index);
}

gboolean
bt_announce_plan_is_full (BtAnnouncePlan *self)
{
  return self->trackers->len >= MAX_TRACKERS;
}

void
bt_announce_plan_add (BtAnnouncePlan *self, const char *url, guint tier, gint64 now)
{
  guint at = 0, n = self->trackers->len;
  guint end = n == 0 ? 0 : ((BtAnnounceTracker *) self->trackers->pdata[n - 1])->tier + 1;
  /* One that is on its way out comes back: were it told of our start by
   * another, its goodbye might come later. */
  BtAnnounceTracker *tracker = find_url (self->leaving, url, &at);

  if (tracker != NULL)
    g_ptr_array_steal_index_fast (self->leaving, at);
  else
    tracker = tracker_new (url, tier);
  tracker->tier = MIN (tier, end);
  tracker->leaving = FALSE;
  tracker->next_at = tracker->not_before = now;
  while (n > 0 && ((BtAnnounceTracker *) self->trackers->pdata[n - 1])->tier > tracker->tier)
    n--;
  g_ptr_array_insert (self->trackers, (int) n, tracker);
}

/* A tracker on its way out that has nothing more to hear is gone. */
static void
maybe_let_go (BtAnnouncePlan *self, BtAnnounceTracker *tracker)
{
  if (tracker->leaving && !tracker->busy && !tracker->started)
    g_ptr_array_remove_fast (self->leaving, tracker);
}

gboolean
bt_announce_plan_remove (BtAnnouncePlan *self, const char *url)
{
  guint index;
  BtAnnounceTracker *tracker = find_url (self->trackers, url, &index);

  if (tracker == NULL)
    return FALSE;
  g_ptr_array_steal_index (self->trackers, index);
  g_ptr_array_add (self->leaving, tracker);
  tracker->leaving = TRUE;
  maybe_let_go (self, tracker);
  return TRUE;
}

/* The one tracker of a tier that is used: the one at work, else the first
 * whose turn it is. */
static BtAnnounceTracker *
tracker_of_tier (BtAnnouncePlan *self, guint first, gint64 now)
{
  guint tier = ((BtAnnounceTracker *) self->trackers->pdata[first])->tier;
  BtAnnounceTracker *due = NULL;

  for (guint i = first; i < self->trackers->len; i++)
    {
      BtAnnounceTracker *tracker = self->trackers->pdata[i];

      if (tracker->tier != tier)
        break;
      if (tracker->busy)
        return NULL;
      if (tracker->worked)
        return tracker->next_at <= now ? tracker : NULL;
      if (due == NULL && tracker->next_at <= now)
        due = tracker;
    }
  return due;
}

static BtAnnounceTracker *
next_goodbye (GPtrArray *trackers)
{
  for (guint i = 0; i < trackers->len; i++)
    {
      BtAnnounceTracker *tracker = trackers->pdata[i];

      if (tracker->started && !tracker->busy)
        {
          tracker->busy = TRUE;
          tracker->started = FALSE;
          tracker->event = BT_ANNOUNCE_STOPPED;
          return tracker;
        }
    }
  return NULL;
}

BtAnnounceTracker *
bt_announce_plan_next (BtAnnouncePlan *self, gint64 now)
{
  BtAnnounceTracker *leaving = next_goodbye (self->leaving);
  guint tier = G_MAXUINT;

  if (leaving != NULL)
    return leaving;
  if (!self->running)
    return next_goodbye (self->trackers);

  for (guint i = 0; i < self->trackers->len; i++)
    {
      BtAnnounceTracker *tracker = self->trackers->pdata[i];

      if (tracker->tier == tier)
        continue;
      tier = tracker->tier;
      tracker = tracker_of_tier (self, i, now);
      if (tracker == NULL)
        continue;
      tracker->busy = TRUE;
      tracker->outdated = FALSE;
      tracker->event = !tracker->started                                ? BT_ANNOUNCE_STARTED
                       : self->completed && !tracker->told_complete ? BT_ANNOUNCE_COMPLETED
                                                                        : BT_ANNOUNCE_NONE;
      /* "completed" is for a download that ends after our started: one that
       * is sent later tells with left = 0 (BEP 3). */
      if (tracker->event == BT_ANNOUNCE_STARTED)
        tracker->told_complete = self->completed;
      return tracker;
    }
  return NULL;
}

/* Of the tier that begins at @first. */
static gint64
due_of_tier (const BtAnnouncePlan *self, guint first)
{
  guint tier = ((BtAnnounceTracker *) self->trackers->pdata[first])->tier;
  gint64 due = G_MAXINT64;

  for (guint i = first; i < self->trackers->len; i++)
    {
      const BtAnnounceTracker *tracker = self->trackers->pdata[i];

      if (tracker->tier != tier)
        break;
      if (tracker->busy)
        return G_MAXINT64;
      if (tracker->worked)
        return MIN (due, tracker->next_at);
      due = MIN (due, tracker->next_at);
    }
  return due;
}

gint64
bt_announce_plan_get_due (const BtAnnouncePlan *self)
{
  gint64 due = G_MAXINT64;

  for (guint i = 0; self->running && i < self->trackers->len; i++)
    if (i == 0 || ((BtAnnounceTracker *) self->trackers->pdata[i])->tier != ((BtAnnounceTracker *) self->trackers->pdata[i - 1])->tier)
      due = MIN (due, due_of_tier (self, i));
  return due;
}

/* What a reply does not say a scrape may know. */
static void
take_counts (BtAnnounceTracker *tracker, const BtAnnounceReply *reply, gint64 now)
{
  if (reply->complete >= 0)
    tracker->seeds = reply->complete;
  if (reply->incomplete >= 0)
    tracker->leechers = reply->incomplete;
  if (reply->complete >= 0 && reply->incomplete >= 0)
    tracker->scrape_at = G_MAXINT64;
  else if (tracker->scrape_at == G_MAXINT64)
    tracker->scrape_at = now;
}

static void
move_to_front (BtAnnouncePlan *self, BtAnnounceTracker *tracker)
{
  guint first = 0, at = 0;

  for (guint i = self->trackers->len; i-- > 0;)
    {
      if (((BtAnnounceTracker *) self->trackers->pdata[i])->tier == tracker->tier)
        first = i;
      if (self->trackers->pdata[i] == tracker)
        at = i;
    }
  memmove (&self->trackers->pdata[first + 1], &self->trackers->pdata[first], (at - first) * sizeof (gpointer));
  self->trackers->pdata[first] = tracker;
}

void
bt_announce_plan_worked (BtAnnouncePlan *self, BtAnnounceTracker *tracker, const BtAnnounceReply *reply, gint64 now)
{
  gint64 interval = reply->interval > 0 ? reply->interval : DEFAULT_INTERVAL;
  gint64 least = MAX (reply->min_interval, LEAST_INTERVAL);

  interval = CLAMP (MAX (interval, least), LEAST_INTERVAL, MOST_INTERVAL);
  tracker->busy = FALSE;
  tracker->worked = TRUE;
  tracker->absent = FALSE;
  tracker->fails = 0;
  tracker->started |= tracker->event != BT_ANNOUNCE_STOPPED;
  if (tracker->leaving || tracker->event == BT_ANNOUNCE_STOPPED)
    {
      maybe_let_go (self, tracker);
      return;
    }
  tracker->told_complete |= tracker->event == BT_ANNOUNCE_COMPLETED;
  tracker->not_before = now + MIN (least, MOST_INTERVAL) * G_USEC_PER_SEC;
  tracker->next_at = now + interval * G_USEC_PER_SEC + bt_rng_below (self->rng, (guint32) (interval * G_USEC_PER_SEC / JITTER));
  if (tracker->outdated)
    tracker->next_at = tracker->not_before;
  if (self->completed && !tracker->told_complete)
    tracker->next_at = now;
  take_counts (tracker, reply, now);
  tracker->n_peers = reply->peers->len + reply->named_peers->len;
  g_free (tracker->message);
  tracker->message = g_strdup (reply->warning_message);
  if (reply->tracker_id != NULL)
    {
      g_free (tracker->tracker_id);
      tracker->tracker_id = g_strdup (reply->tracker_id);
    }
  move_to_front (self, tracker);
}

void
bt_announce_plan_failed (BtAnnouncePlan *self, BtAnnounceTracker *tracker, const char *message, gint64 retry_in, gint64 now)
{
  /* 5 s, 17 s, 55 s, ... up to an hour: libtorrent's curve. */
  gint64 wait = MIN (5 + (gint64) tracker->fails * tracker->fails * 12, LONGEST_BACKOFF);

  if (retry_in > 0)
    wait = CLAMP (retry_in, LEAST_INTERVAL, MOST_INTERVAL);
  tracker->busy = tracker->worked = FALSE;
  tracker->fails = MIN (tracker->fails + 1, 1000);
  tracker->next_at = now + wait * G_USEC_PER_SEC + bt_rng_below (self->rng, (guint32) MIN (wait * G_USEC_PER_SEC / 8, G_MAXINT32));
  tracker->not_before = now;
  if (message != tracker->message)
    {
      g_free (tracker->message);
      tracker->message = g_strdup (message);
    }
  maybe_let_go (self, tracker);
}

void
bt_announce_plan_cancelled (BtAnnouncePlan *self, BtAnnounceTracker *tracker)
{
  tracker->busy = FALSE;
  maybe_let_go (self, tracker);
}
