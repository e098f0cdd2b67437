/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-session-private.h"
#include "bt-torrent-private.h"

#include "bt-announce-udp.h"

#include <string.h>

/* How often trackers are asked whose replies give no counts (libtorrent's
 * default). */
#define SCRAPE_INTERVAL (30 * 60 * G_USEC_PER_SEC)

#define MAX_BATCH MAX (BT_TRACKER_HTTP_MAX_SCRAPE, BT_ANNOUNCE_UDP_MAX_SCRAPE)

/* Torrents of one tracker. */
typedef struct
{
  BtSession *session; /* ended before it goes: not looked at when cancelled */
  guint family;
  char *url;
} Scrape;

static void
scraped_cb (const GArray *entries, const GError *error, gpointer data)
{
  Scrape *self = data;

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      const BtScrapeEntry *entry = &g_array_index (entries, BtScrapeEntry, i);
      BtTorrent *torrent = bt_session_find (self->session, entry->info_hash);
      BtAnnounceTracker *tracker = torrent == NULL ? NULL : bt_announce_plan_find (&torrent->announcer->plans[self->family], self->url);

      if (tracker == NULL)
        continue;
      if (entry->complete >= 0)
        tracker->seeds = entry->complete;
      if (entry->incomplete >= 0)
        tracker->leechers = entry->incomplete;
    }
  g_free (self->url);
  g_free (self);
}

static BtAnnounceTracker *
due_tracker (BtTorrent *torrent, guint family, gint64 now)
{
  const BtAnnouncePlan *plan = &torrent->announcer->plans[family];

  for (guint i = 0; bt_torrent_is_active (torrent) && i < plan->trackers->len; i++)
    {
      BtAnnounceTracker *tracker = plan->trackers->pdata[i];

      if (tracker->worked && tracker->scrape_at <= now)
        return tracker;
    }
  return NULL;
}

static void
send_scrape (BtSession *self, guint family, const char *url, gboolean is_udp, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n)
{
  Scrape *scrape = g_new0 (Scrape, 1);

  scrape->session = self;
  scrape->family = family;
  scrape->url = g_strdup (url);
  if (is_udp)
    bt_tracker_udp_scrape (self->tracker_udp, url, bt_session_family (family), hashes, n, self->config.announce_timeout, self->scrapes, scraped_cb, scrape);
  else
    bt_tracker_http_scrape (self->tracker_http, url, bt_session_family (family), hashes, n, self->config.announce_timeout, self->scrapes, scraped_cb, scrape);
}

/* One request for this tracker and all torrents from @first on that wait for it. */
static void
scrape_batch (BtSession *self, guint first, guint family, const char *url, gint64 now)
{
  gboolean is_udp = g_ascii_strncasecmp (url, "udp://", 6) == 0;
  guint most = is_udp ? BT_ANNOUNCE_UDP_MAX_SCRAPE : BT_TRACKER_HTTP_MAX_SCRAPE;
  guint8 hashes[MAX_BATCH][BT_SHA1_LENGTH];
  guint n = 0;

  for (guint i = first; i < self->torrents->len && n < most; i++)
    {
      BtTorrent *torrent = self->torrents->pdata[i];
      BtAnnounceTracker *tracker = bt_torrent_is_active (torrent) ? bt_announce_plan_find (&torrent->announcer->plans[family], url) : NULL;

      if (tracker == NULL || !tracker->worked || tracker->scrape_at > now)
        continue;
      tracker->scrape_at = now + SCRAPE_INTERVAL;
      memcpy (hashes[n++], torrent->info_hash, BT_SHA1_LENGTH);
    }
  send_scrape (self, family, url, is_udp, (const guint8 (*)[BT_SHA1_LENGTH]) hashes, n);
}

void
bt_session_scrape_due (BtSession *self, gint64 now)
{
  if (self->stop_task != NULL)
    return;
  for (guint i = 0; i < self->torrents->len; i++)
    for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
      {
        BtAnnounceTracker *tracker;

        while ((tracker = due_tracker (self->torrents->pdata[i], family, now)) != NULL)
          scrape_batch (self, i, family, tracker->url, now);
      }
}
