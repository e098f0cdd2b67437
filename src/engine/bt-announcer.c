/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-error.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <string.h>

/* "Freshet 0.1", in the style of Azureus (BEP 20). */
#define PEER_ID_PREFIX "-FE0100-"

/* BEP 15 waits 15 s for the first packet's answer, and 30 s for the second's:
 * together half as long again as an HTTP tracker is given. */
#define UDP_TIMEOUT(http) ((http) * 3 / 2)

/* Seconds until a tracker without an address in one family is looked up in it
 * again, when it works over the other or cannot have one. */
#define ABSENT_INTERVAL 3600

static void
make_peer_id (BtAnnouncer *self)
{
  static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  guint8 random[BT_PEER_ID_LENGTH];
  gsize prefix = strlen (PEER_ID_PREFIX);

  gnutls_rnd (GNUTLS_RND_NONCE, random, sizeof random);
  memcpy (self->peer_id, PEER_ID_PREFIX, prefix);
  for (gsize i = prefix; i < BT_PEER_ID_LENGTH; i++)
    self->peer_id[i] = (guint8) alphabet[random[i] % (sizeof alphabet - 1)];
  gnutls_rnd (GNUTLS_RND_NONCE, &self->key, sizeof self->key);
}

BtAnnouncer *
bt_announcer_new (BtSession *session, const guint8 *info_hash, BtMetainfo *metainfo)
{
  BtAnnouncer *self = g_rc_box_new0 (BtAnnouncer);

  self->session = session;
  g_hash_table_add (session->announcers, self);
  memcpy (self->info_hash, info_hash, BT_SHA1_LENGTH);
  make_peer_id (self);
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    {
      bt_announce_plan_init (&self->plans[family], metainfo, &session->rng);
      self->dht_seeds[family] = self->dht_leechers[family] = -1;
    }
  return self;
}

static void
announcer_clear (gpointer data)
{
  BtAnnouncer *self = data;

  if (self->session != NULL)
    g_hash_table_remove (self->session->announcers, self);
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_clear (&self->plans[family]);
  g_clear_pointer (&self->heard, g_array_unref);
}

BtAnnouncer *
bt_announcer_ref (BtAnnouncer *self)
{
  return g_rc_box_acquire (self);
}

void
bt_announcer_unref (BtAnnouncer *self)
{
  g_rc_box_release_full (self, announcer_clear);
}

void
bt_announcer_get_tracker_swarm (BtAnnouncer *self, gint64 *seeds, gint64 *leechers)
{
  *seeds = *leechers = -1;
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    for (guint i = 0; i < self->plans[family].trackers->len; i++)
      {
        const BtAnnounceTracker *tracker = self->plans[family].trackers->pdata[i];

        *seeds = MAX (*seeds, tracker->seeds);
        *leechers = MAX (*leechers, tracker->leechers);
      }
}

static void
take_peers (BtAnnouncer *self, const BtAnnounceReply *reply)
{
  if (self->torrent == NULL)
    {
      /* A seed has nothing for other seeds. */
      if (self->dozing && reply->incomplete != 0)
        bt_session_doze_heard (self->session, self, (const BtAddr *) (gpointer) reply->peers->data, reply->peers->len);
      return;
    }
  for (guint i = 0; i < reply->peers->len; i++)
    bt_torrent_learn_peer (self->torrent, &g_array_index (reply->peers, BtAddr, i), BT_SOURCE_TRACKER);
  bt_torrent_resolve_peers (self->torrent, reply->named_peers);
}

static void
announce_failed (BtAnnouncement *self, const BtAnnounceReply *reply, const GError *error, gint64 now)
{
  BtAnnouncePlan *plans = self->announcer->plans;
  BtAnnounceTracker *tracker = self->tracker;
  const BtAnnounceTracker *other = bt_announce_plan_find (&plans[!self->family], tracker->url);
  gint64 retry_in = reply != NULL ? reply->interval : -1;
  gboolean never = g_error_matches (error, BT_ERROR, BT_ERROR_UNSUPPORTED);

  tracker->absent = never || g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
  if (never || (tracker->absent && other != NULL && other->worked))
    retry_in = ABSENT_INTERVAL;
  bt_announce_plan_failed (&plans[self->family], tracker, reply != NULL ? reply->failure_reason : error->message, retry_in, now);
}

/* A tracker that says where we are (BEP 24) has one vote, like a peer; for
 * want of an address it votes by its name. */
static void
hear_vote (BtAnnouncer *self, const char *url, const BtAddr *seen)
{
  guint name = g_str_hash (url);
  BtAddr voter;

  if (seen->family == BT_ADDR_NONE || self->torrent == NULL)
    return;
  bt_addr_init_v4 (&voter, (const guint8 *) &name, 0);
  bt_torrent_learn_address (self->torrent, &voter, seen);
}

static gboolean
is_goodbye (const BtAnnouncement *self)
{
  return self->tracker->event == BT_ANNOUNCE_STOPPED;
}

static void
count_goodbye (const BtAnnouncement *self, int change)
{
  if (!is_goodbye (self))
    return;
  self->announcer->n_goodbyes += (guint) change;
  if (self->announcer->session != NULL)
    self->announcer->session->n_goodbyes += (guint) change;
}

/* Returns: (transfer full): whose it was */
static BtAnnouncer *
announcement_end (BtAnnouncement *self)
{
  BtAnnouncer *announcer = self->announcer;

  announcer->n_announces--;
  if (announcer->session != NULL)
    announcer->session->n_announces--;
  g_free (self);
  return announcer;
}

void
bt_announcement_drop (BtAnnouncement *self)
{
  g_autoptr (BtAnnouncer) announcer = NULL;

  self->announcer->waiting = g_slist_remove (self->announcer->waiting, self);
  count_goodbye (self, -1);
  bt_announce_plan_cancelled (&self->announcer->plans[self->family], self->tracker);
  announcer = announcement_end (self);
}

static void
announced_cb (const BtAnnounceReply *reply, const GError *error, gpointer data)
{
  BtAnnouncement *announcement = data;
  g_autoptr (BtAnnouncer) self = NULL;
  BtAnnouncePlan *plan = &announcement->announcer->plans[announcement->family];
  BtSession *session = announcement->announcer->session;
  gboolean worked = FALSE;
  gint64 now;

  count_goodbye (announcement, -1);
  if (session == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      bt_announce_plan_cancelled (plan, announcement->tracker);
      if (session != NULL)
        bt_session_announcement_ended (session, announcement);
      self = announcement_end (announcement);
      return;
    }
  now = bt_loop_now (session->loop);
  bt_session_announcement_ended (session, announcement);
  if (reply != NULL && reply->failure_reason == NULL)
    {
      hear_vote (announcement->announcer, announcement->tracker->url, &reply->external_ip);
      /* A tracker that was removed ends here. */
      bt_announce_plan_worked (plan, announcement->tracker, reply, now);
      worked = TRUE;
    }
  else
    announce_failed (announcement, reply, error, now);
  self = announcement_end (announcement);
  bt_announcer_due (self, now);
  if (worked)
    take_peers (self, reply);
  if (self->torrent != NULL && bt_torrent_is_online (self->torrent))
    bt_torrent_connect_more (self->torrent, now);
}

static void
fill_request (BtAnnouncer *self, const BtAnnounceTracker *tracker, BtAnnounceRequest *request)
{
  BtTorrent *torrent = self->torrent;

  *request = (BtAnnounceRequest){
    .port = bt_session_get_port (self->session),
    .uploaded = (torrent == NULL ? self->up : torrent->up.total) - self->announced_up,
    .downloaded = (torrent == NULL ? self->down : torrent->down.total) - self->announced_down,
    .left = torrent == NULL ? self->left : bt_torrent_bytes_left (torrent),
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

void
bt_announcement_send (BtAnnouncement *self)
{
  BtAnnouncer *announcer = self->announcer;
  BtSession *session = announcer->session;
  guint timeout = self->is_udp ? UDP_TIMEOUT (session->config.announce_timeout) : session->config.announce_timeout;
  BtAnnounceRequest request;

  announcer->waiting = g_slist_remove (announcer->waiting, self);
  if (is_goodbye (self))
    timeout = MIN (timeout, session->config.stop_timeout);
  fill_request (announcer, self->tracker, &request);
  if (self->is_udp)
    bt_tracker_udp_announce (session->tracker_udp, self->tracker->url, bt_session_family (self->family), &request, timeout,
                             session->announces, announced_cb, self);
  else
    bt_tracker_http_announce (session->tracker_http, self->tracker->url, bt_session_family (self->family), &request, timeout,
                              session->announces, announced_cb, self);
}

static gboolean
has_scheme (const char *url, const char *scheme)
{
  return g_ascii_strncasecmp (url, scheme, strlen (scheme)) == 0;
}

static void
announce (BtAnnouncer *self, guint family, BtAnnounceTracker *tracker, gint64 now)
{
  gboolean is_udp = has_scheme (tracker->url, "udp://");
  BtAnnouncement *announcement;

  if (!is_udp && !has_scheme (tracker->url, "http://") && !has_scheme (tracker->url, "https://"))
    {
      bt_announce_plan_failed (&self->plans[family], tracker, _ ("This kind of tracker is not supported"), 3600, now);
      return;
    }
  announcement = g_new0 (BtAnnouncement, 1);
  announcement->announcer = bt_announcer_ref (self);
  announcement->family = family;
  announcement->tracker = tracker;
  announcement->is_udp = is_udp;
  announcement->link.data = announcement;
  self->n_announces++;
  self->session->n_announces++;
  count_goodbye (announcement, 1);
  self->waiting = g_slist_prepend (self->waiting, announcement);
  bt_session_queue_announcement (self->session, announcement);
}

/* Of a torrent that dozes: everything else asks each second. */
static void
update_due (BtAnnouncer *self)
{
  self->next_due = G_MAXINT64;
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    self->next_due = MIN (self->next_due, bt_announce_plan_get_due (&self->plans[family]));
}

void
bt_announcer_due (BtAnnouncer *self, gint64 now)
{
  BtAnnounceTracker *tracker;

  if (self->session == NULL)
    return;
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    while ((tracker = bt_announce_plan_next (&self->plans[family], now)) != NULL)
      announce (self, family, tracker, now);
  if (self->dozing)
    update_due (self);
}

void
bt_announcer_start (BtAnnouncer *self, gint64 now)
{
  self->announced = TRUE;
  self->announced_down = self->torrent->down.total;
  self->announced_up = self->torrent->up.total;
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    if (bt_udp_has_family (self->session->udp, bt_session_family (family)))
      bt_announce_plan_start (&self->plans[family], now);
  bt_announcer_due (self, now);
}

void
bt_announcer_say_goodbye (BtAnnouncer *self)
{
  self->announced = FALSE;
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_stop (&self->plans[family]);
  for (GSList *l = self->waiting, *next; l != NULL; l = next)
    {
      next = l->next;
      if (!is_goodbye (l->data))
        bt_session_drop_announcement (self->session, l->data);
    }
  bt_announcer_due (self, bt_loop_now (self->session->loop));
}

void
bt_announcer_hurry (BtAnnouncer *self, gint64 now)
{
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_hurry (&self->plans[family], now);
  self->next_dht = self->next_lsd = 0;
  bt_announcer_due (self, now);
  bt_announcer_dht_due (self, now);
}

void
bt_announcer_moved (BtAnnouncer *self, gint64 now)
{
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_moved (&self->plans[family], now);
  self->next_dht = self->next_lsd = 0;
  bt_announcer_due (self, now);
  bt_announcer_dht_due (self, now);
}
