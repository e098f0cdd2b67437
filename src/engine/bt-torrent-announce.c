/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-socket.h"

#include "bt-error.h"

#include <string.h>

typedef struct
{
  BtTorrent *torrent;         /* owned: it stays until the answer */
  BtAnnounceTracker *tracker;
} Announcement;

static void
take_peers (BtTorrent *self, const BtAnnounceReply *reply)
{
  for (guint i = 0; i < reply->peers->len; i++)
    bt_torrent_learn_peer (self, &g_array_index (reply->peers, BtAddr, i), BT_SOURCE_TRACKER);
}

static void
resolved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (BtTorrent) self = data;
  g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next_finish (G_SOCKET_ADDRESS_ENUMERATOR (object), result, NULL);
  BtAddr addr;

  self->n_announces--;
  if (address == NULL || self->session == NULL || !bt_socket_address_get (address, &addr))
    return;
  bt_torrent_learn_peer (self, &addr, BT_SOURCE_TRACKER);
  if (bt_torrent_is_active (self))
    bt_torrent_connect_more (self, bt_loop_now (self->session->loop));
}

/* Some trackers give names instead of addresses (BEP 3 allows it). */
static void
resolve_peers (BtTorrent *self, GPtrArray *names)
{
  for (guint i = 0; i < MIN (names->len, 50); i++)
    {
      g_autoptr (GSocketConnectable) name = g_network_address_parse (names->pdata[i], 0, NULL);
      g_autoptr (GSocketAddressEnumerator) addresses = NULL;

      if (name == NULL)
        continue;
      addresses = g_socket_connectable_enumerate (name);
      self->n_announces++;
      g_socket_address_enumerator_next_async (addresses, self->announces, resolved_cb, g_object_ref (self));
    }
}

static const char *
describe_failure (const BtAnnounceReply *reply, const GError *error)
{
  return reply != NULL ? reply->failure_reason : error->message;
}

static void
announced_cb (const BtAnnounceReply *reply, const GError *error, gpointer data)
{
  g_autofree Announcement *announcement = data;
  g_autoptr (BtTorrent) self = announcement->torrent;
  gint64 now;

  self->n_announces--;
  if (self->session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      announcement->tracker->busy = FALSE;
      return;
    }
  now = bt_loop_now (self->session->loop);
  if (reply != NULL && reply->failure_reason == NULL)
    {
      bt_announce_plan_worked (&self->plan, announcement->tracker, reply, now);
      take_peers (self, reply);
      resolve_peers (self, reply->named_peers);
    }
  else
    bt_announce_plan_failed (&self->plan, announcement->tracker, describe_failure (reply, error), reply != NULL ? reply->interval : -1, now);
  bt_torrent_announce_due (self, now);
  if (bt_torrent_is_active (self))
    bt_torrent_connect_more (self, now);
}

static void
fill_request (BtTorrent *self, const BtAnnounceTracker *tracker, BtAnnounceRequest *request)
{
  *request = (BtAnnounceRequest){
    .port = bt_session_get_port (self->session),
    .uploaded = self->up.total - self->announced_up,
    .downloaded = self->down.total - self->announced_down,
    .left = bt_metainfo_get_real_length (self->metainfo) - self->verified_bytes,
    .event = tracker->event,
    .numwant = tracker->event == BT_ANNOUNCE_STOPPED ? 0 : 200,
    .key = self->key,
    .has_key = TRUE,
    .compact = TRUE,
    .no_peer_id = TRUE,
    .supports_crypto = FALSE,
  };
  memcpy (request->info_hash, bt_metainfo_get_info_hash (self->metainfo), BT_SHA1_LENGTH);
  memcpy (request->peer_id, self->peer_id, BT_PEER_ID_LENGTH);
  if (tracker->tracker_id != NULL)
    g_strlcpy (request->tracker_id, tracker->tracker_id, sizeof request->tracker_id);
}

static gboolean
scheme_is_http (const char *url)
{
  return g_ascii_strncasecmp (url, "http://", 7) == 0 || g_ascii_strncasecmp (url, "https://", 8) == 0;
}

void
bt_torrent_announce_due (BtTorrent *self, gint64 now)
{
  BtAnnounceTracker *tracker;

  while (self->session != NULL && (tracker = bt_announce_plan_next (&self->plan, now)) != NULL)
    {
      BtAnnounceRequest request;
      Announcement *announcement;
      guint timeout = self->session->config.announce_timeout;

      if (!scheme_is_http (tracker->url))
        {
          bt_announce_plan_failed (&self->plan, tracker, "This kind of tracker is not supported", 3600, now);
          continue;
        }
      fill_request (self, tracker, &request);
      announcement = g_new0 (Announcement, 1);
      announcement->torrent = g_object_ref (self);
      announcement->tracker = tracker;
      self->n_announces++;
      if (tracker->event == BT_ANNOUNCE_STOPPED)
        timeout = MIN (timeout, self->session->config.stop_timeout);
      bt_tracker_http_announce (self->session->tracker_http, tracker->url, &request, timeout, self->announces, announced_cb, announcement);
    }
}

void
bt_torrent_say_goodbye (BtTorrent *self)
{
  bt_announce_plan_stop (&self->plan);
  bt_torrent_announce_due (self, bt_loop_now (self->session->loop));
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

GArray *
bt_torrent_dup_trackers (BtTorrent *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (BtTrackerStats));
  gint64 now = g_get_monotonic_time ();

  g_array_set_clear_func (list, (GDestroyNotify) bt_tracker_stats_clear);
  for (guint i = 0; i < self->plan.trackers->len; i++)
    {
      BtAnnounceTracker *tracker = self->plan.trackers->pdata[i];
      BtTrackerStats stats = {
        .url = g_strdup (tracker->url),
        .tier = tracker->tier,
        .state = tracker_state (tracker),
        .message = g_strdup (tracker->message),
        .next_announce = self->plan.running && !tracker->busy ? MAX (tracker->next_at - now, 0) / G_USEC_PER_SEC : -1,
        .n_peers = tracker->n_peers,
        .seeds = tracker->seeds,
        .leechers = tracker->leechers,
      };

      g_array_append_val (list, stats);
    }
  return list;
}
