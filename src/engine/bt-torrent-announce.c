/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-socket.h"

#include "bt-error.h"

#include <string.h>

/* BEP 15 waits 15 s for the first packet's answer, and 30 s for the second's:
 * together half as long again as an HTTP tracker is given. */
#define UDP_TIMEOUT(http) ((http) * 3 / 2)

/* Seconds until a tracker without an address in one family is looked up in it
 * again, when it works over the other. */
#define ABSENT_INTERVAL 3600

typedef struct
{
  BtTorrent *torrent;         /* owned: it stays until the answer */
  guint family;               /* whose plan it is */
  BtAnnounceTracker *tracker; /* busy, and so it stays too */
  gboolean is_goodbye;
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
  if (bt_torrent_is_online (self))
    bt_torrent_connect_more (self, bt_loop_now (self->session->loop));
}

/* Some trackers give names instead of addresses (BEP 3 allows it), and so do
 * magnet links (BEP 9). */
void
bt_torrent_resolve_peers (BtTorrent *self, GPtrArray *names)
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

static void
announce_failed (BtTorrent *self, const Announcement *announcement, const BtAnnounceReply *reply, const GError *error, gint64 now)
{
  BtAnnounceTracker *tracker = announcement->tracker;
  const BtAnnounceTracker *other = bt_announce_plan_find (&self->plans[!announcement->family], tracker->url);
  gint64 retry_in = reply != NULL ? reply->interval : -1;

  tracker->absent = g_error_matches (error, BT_ERROR, BT_ERROR_UNSUPPORTED) ||
                    g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  if (tracker->absent && other != NULL && other->worked)
    retry_in = ABSENT_INTERVAL;
  bt_announce_plan_failed (&self->plans[announcement->family], tracker, reply != NULL ? reply->failure_reason : error->message, retry_in, now);
}

/* A tracker that says where we are (BEP 24) has one vote, like a peer; for
 * want of an address it votes by its name. */
static void
hear_vote (BtTorrent *self, const char *url, const BtAddr *seen)
{
  guint name = g_str_hash (url);
  BtAddr voter;

  if (seen->family == BT_ADDR_NONE)
    return;
  bt_addr_init_v4 (&voter, (const guint8 *) &name, 0);
  bt_torrent_learn_address (self, &voter, seen);
}

static void
announced_cb (const BtAnnounceReply *reply, const GError *error, gpointer data)
{
  g_autofree Announcement *announcement = data;
  g_autoptr (BtTorrent) self = announcement->torrent;
  BtAnnouncePlan *plan = &self->plans[announcement->family];
  gint64 now;

  self->n_announces--;
  self->n_goodbyes -= announcement->is_goodbye;
  if (self->session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      bt_announce_plan_cancelled (plan, announcement->tracker);
      return;
    }
  now = bt_loop_now (self->session->loop);
  if (reply != NULL && reply->failure_reason == NULL)
    {
      hear_vote (self, announcement->tracker->url, &reply->external_ip);
      /* A tracker that was removed ends here. */
      bt_announce_plan_worked (plan, announcement->tracker, reply, now);
      take_peers (self, reply);
      bt_torrent_resolve_peers (self, reply->named_peers);
    }
  else
    announce_failed (self, announcement, reply, error, now);
  bt_torrent_announce_due (self, now);
  if (bt_torrent_is_online (self))
    bt_torrent_connect_more (self, now);
}

/* While nobody knows how much it is: anything but 0, which is a seed's. */
static guint64
bytes_left (BtTorrent *self)
{
  return self->metainfo == NULL ? BT_BLOCK_SIZE : bt_metainfo_get_real_length (self->metainfo) - self->verified_bytes;
}

static void
fill_request (BtTorrent *self, const BtAnnounceTracker *tracker, BtAnnounceRequest *request)
{
  *request = (BtAnnounceRequest){
    .port = bt_session_get_port (self->session),
    .uploaded = self->up.total - self->announced_up,
    .downloaded = self->down.total - self->announced_down,
    .left = bytes_left (self),
    .event = tracker->event,
    .numwant = tracker->event == BT_ANNOUNCE_STOPPED ? 0 : 200,
    .key = self->key,
    .has_key = TRUE,
    .compact = TRUE,
    .no_peer_id = TRUE,
    .supports_crypto = FALSE,
  };
  memcpy (request->info_hash, self->info_hash, BT_SHA1_LENGTH);
  memcpy (request->peer_id, self->peer_id, BT_PEER_ID_LENGTH);
  if (tracker->tracker_id != NULL)
    g_strlcpy (request->tracker_id, tracker->tracker_id, sizeof request->tracker_id);
}

static gboolean
has_scheme (const char *url, const char *scheme)
{
  return g_ascii_strncasecmp (url, scheme, strlen (scheme)) == 0;
}

static void
announce (BtTorrent *self, guint family, BtAnnounceTracker *tracker, gint64 now)
{
  BtSession *session = self->session;
  gboolean is_udp = has_scheme (tracker->url, "udp://");
  guint timeout = is_udp ? UDP_TIMEOUT (session->config.announce_timeout) : session->config.announce_timeout;
  BtAnnounceRequest request;
  Announcement *announcement;

  if (!is_udp && !has_scheme (tracker->url, "http://") && !has_scheme (tracker->url, "https://"))
    {
      bt_announce_plan_failed (&self->plans[family], tracker, "This kind of tracker is not supported", 3600, now);
      return;
    }
  if (tracker->event == BT_ANNOUNCE_STOPPED)
    timeout = MIN (timeout, session->config.stop_timeout);
  fill_request (self, tracker, &request);
  announcement = g_new0 (Announcement, 1);
  announcement->torrent = g_object_ref (self);
  announcement->family = family;
  announcement->tracker = tracker;
  announcement->is_goodbye = tracker->event == BT_ANNOUNCE_STOPPED;
  self->n_announces++;
  self->n_goodbyes += announcement->is_goodbye;
  if (is_udp)
    bt_tracker_udp_announce (session->tracker_udp, tracker->url, bt_session_family (family), &request, timeout, self->announces, announced_cb, announcement);
  else
    bt_tracker_http_announce (session->tracker_http, tracker->url, bt_session_family (family), &request, timeout, self->announces, announced_cb, announcement);
}

void
bt_torrent_announce_due (BtTorrent *self, gint64 now)
{
  BtAnnounceTracker *tracker;

  if (self->session == NULL)
    return;
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    while ((tracker = bt_announce_plan_next (&self->plans[family], now)) != NULL)
      announce (self, family, tracker, now);
}

void
bt_torrent_announce_start (BtTorrent *self, gint64 now)
{
  self->announced = TRUE;
  self->announced_down = self->down.total;
  self->announced_up = self->up.total;
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    if (bt_udp_has_family (self->session->udp, bt_session_family (family)))
      bt_announce_plan_start (&self->plans[family], now);
  bt_torrent_announce_due (self, now);
  bt_torrent_dht_start (self);
  bt_torrent_dht_due (self, now);
}

void
bt_torrent_announce_complete (BtTorrent *self)
{
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_complete (&self->plans[family], bt_loop_now (self->session->loop));
}

void
bt_torrent_say_goodbye (BtTorrent *self)
{
  self->announced = FALSE;
  bt_torrent_dht_stop (self);
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_stop (&self->plans[family]);
  bt_torrent_announce_due (self, bt_loop_now (self->session->loop));
}

void
bt_torrent_announce (BtTorrent *self)
{
  gint64 now;

  g_return_if_fail (BT_IS_TORRENT (self));

  if (!bt_torrent_is_online (self) || self->offline)
    return;
  now = bt_loop_now (self->session->loop);
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_hurry (&self->plans[family], now);
  bt_torrent_announce_due (self, now);
  self->next_dht = self->next_lsd = 0;
  bt_torrent_dht_due (self, now);
}
