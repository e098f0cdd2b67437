/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-error.h"
#include "bt-tracker-url.h"

#include <glib/gi18n-lib.h>

/* The list of trackers as a person sees and changes it: one, for a plan of
 * each address family. */

/* Whoever adds several tells of all of them at once. */
static gboolean
add_silently (BtTorrent *self, const char *url, guint tier, GError **error)
{
  g_autofree char *stripped = g_strstrip (g_strdup (url));
  BtTrackerUrl parts;

  if (!bt_tracker_url_parse (&parts, stripped, error))
    return FALSE;
  bt_tracker_url_clear (&parts);
  if (bt_announce_plan_find (&self->announcer->plans[0], stripped) != NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_DUPLICATE, _ ("The torrent has this tracker already."));
      return FALSE;
    }
  if (bt_announce_plan_is_full (&self->announcer->plans[0]))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_TOO_LARGE, _ ("The torrent has as many trackers as it can have."));
      return FALSE;
    }
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_add (&self->announcer->plans[family], stripped, tier, bt_loop_now (self->session->loop));
  return TRUE;
}

static void
trackers_changed (BtTorrent *self)
{
  bt_torrent_tell_trackers_changed (self);
  if (self->session != NULL)
    bt_announcer_due (self->announcer, bt_loop_now (self->session->loop));
}

guint
bt_torrent_merge_trackers (BtTorrent *self, BtMagnet *magnet)
{
  guint n = 0, tier = 0;

  for (guint i = 0; i < self->announcer->plans[0].trackers->len; i++)
    tier = MAX (tier, ((BtAnnounceTracker *) self->announcer->plans[0].trackers->pdata[i])->tier + 1);
  /* Each a tier of its own: a link does not say which stand for each other. */
  for (guint i = 0; i < magnet->trackers->len; i++)
    n += add_silently (self, magnet->trackers->pdata[i], tier + n, NULL);
  if (n > 0)
    trackers_changed (self);
  return n;
}

void
bt_torrent_get_swarm (BtTorrent *self, gint64 *seeds, gint64 *leechers)
{
  bt_announcer_get_tracker_swarm (self->announcer, seeds, leechers);
  for (guint i = 0; i < BT_SESSION_FAMILIES && *seeds < 0 && *leechers < 0; i++)
    {
      *seeds = self->announcer->dht_seeds[i];
      *leechers = self->announcer->dht_leechers[i];
    }
}

gboolean
bt_torrent_add_tracker (BtTorrent *self, const char *url, guint tier, GError **error)
{
  g_return_val_if_fail (BT_IS_TORRENT (self), FALSE);
  g_return_val_if_fail (self->session != NULL, FALSE);

  if (!add_silently (self, url, tier, error))
    return FALSE;
  trackers_changed (self);
  return TRUE;
}

void
bt_torrent_remove_tracker (BtTorrent *self, const char *url)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_remove (&self->announcer->plans[family], url);
  trackers_changed (self);
}

static BtTrackerState
tracker_state (const BtAnnounceTracker *tracker)
{
  if (tracker->busy)
    return BT_TRACKER_ANNOUNCING;
  if (tracker->worked)
    return BT_TRACKER_WORKING;
  return tracker->fails > 0 ? BT_TRACKER_FAILED : BT_TRACKER_IDLE;
}

/* Which of two families says more of how a tracker does: one that works, then
 * one that is at it, then one that failed though the tracker is there. */
static guint
weight (const BtAnnounceTracker *tracker)
{
  static const guint8 weights[] = {
    [BT_TRACKER_IDLE] = 0,
    [BT_TRACKER_FAILED] = 2,
    [BT_TRACKER_ANNOUNCING] = 3,
    [BT_TRACKER_WORKING] = 5,
  };

  if (tracker->busy && tracker->worked)
    return 4;
  return tracker->absent && !tracker->busy ? 1 : weights[tracker_state (tracker)];
}

static gint64
seconds_to_go (const BtAnnouncePlan *plan, const BtAnnounceTracker *tracker, gint64 now)
{
  return plan->running && !tracker->busy ? MAX (tracker->next_at - now, 0) / G_USEC_PER_SEC : -1;
}

static void
fill_stats (BtTorrent *self, const BtAnnounceTracker *v4, gint64 now, BtTrackerStats *stats)
{
  const BtAnnounceTracker *v6 = bt_announce_plan_find (&self->announcer->plans[1], v4->url);
  const BtAnnounceTracker *best = v6 != NULL && weight (v6) > weight (v4) ? v6 : v4;

  *stats = (BtTrackerStats){
    .url = g_strdup (v4->url),
    .tier = v4->tier,
    .state = tracker_state (best),
    .message = g_strdup (best->message),
    .next_announce = seconds_to_go (&self->announcer->plans[best == v6], best, now),
    .n_peers = v4->n_peers,
    .seeds = v4->seeds,
    .leechers = v4->leechers,
  };
  if (v6 != NULL)
    {
      stats->n_peers += v6->n_peers;
      stats->seeds = MAX (stats->seeds, v6->seeds);
      stats->leechers = MAX (stats->leechers, v6->leechers);
    }
}

GArray *
bt_torrent_dup_trackers (BtTorrent *self)
{
  const BtAnnouncePlan *plan = &self->announcer->plans[0];
  GArray *list = g_array_new (FALSE, FALSE, sizeof (BtTrackerStats));
  gint64 now = g_get_monotonic_time ();

  g_array_set_clear_func (list, (GDestroyNotify) bt_tracker_stats_clear);
  for (guint i = 0; i < plan->trackers->len; i++)
    {
      BtTrackerStats stats;

      fill_stats (self, plan->trackers->pdata[i], now, &stats);
      g_array_append_val (list, stats);
    }
  return list;
}
