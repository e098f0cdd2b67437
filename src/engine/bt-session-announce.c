/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <string.h>

/* Whose announcement goes out when: ten thousand torrents that start together
 * tell one tracker of it one after the other. Each tracker has a queue of its
 * own, so one that is silent holds up nobody else. */

/* Under way at once to one tracker: as many connections of HTTP as libsoup
 * keeps, so that nothing waits there, where its time would run. */
#define HTTP_SLOTS 4u
#define UDP_SLOTS 16u

/* ... and to all trackers over HTTP: sockets, mostly to those that are silent. */
#define MOST_HTTP BT_TRACKER_HTTP_MOST

/* Announcements a second to one tracker, and how many may go at once before
 * that counts. */
#define RATE 100
#define BURST 100

/* Microseconds between two looks at a queue that waits for its rate. */
#define STEP (50 * G_TIME_SPAN_MILLISECOND)

struct _BtAnnounceHost
{
  char *key;      /* family, scheme, name and port */
  gboolean is_udp;
  guint n_running;
  GQueue waiting; /* of BtAnnouncement */
  double credit;
  gint64 credit_at;
};

static void
host_free (gpointer data)
{
  BtAnnounceHost *self = data;

  g_free (self->key);
  g_free (self);
}

static char *
make_key (const BtAnnouncement *announcement)
{
  const char *url = announcement->tracker->url;
  const char *authority = strstr (url, "://");
  gsize length = authority == NULL ? strlen (url) : (gsize) (authority - url) + 3 + strcspn (authority + 3, "/?#");
  g_autofree char *key = g_strdup_printf ("%u%.*s", announcement->family, (int) MIN (length, 1000), url);

  return g_ascii_strdown (key, -1);
}

static void
add_credit (BtAnnounceHost *self, gint64 now)
{
  self->credit = MIN (self->credit + (double) (now - self->credit_at) * RATE / G_USEC_PER_SEC, BURST);
  self->credit_at = now;
}

static BtAnnounceHost *
get_host (BtSession *session, const BtAnnouncement *announcement)
{
  g_autofree char *key = make_key (announcement);
  BtAnnounceHost *host = g_hash_table_lookup (session->announce_hosts, key);

  if (host != NULL)
    return host;
  host = g_new0 (BtAnnounceHost, 1);
  host->key = g_steal_pointer (&key);
  host->is_udp = announcement->is_udp;
  host->credit = BURST;
  host->credit_at = bt_loop_now (session->loop);
  g_hash_table_insert (session->announce_hosts, host->key, host);
  return host;
}

static gboolean
has_slot (BtSession *session, const BtAnnounceHost *host)
{
  if (host->is_udp)
    return host->n_running < UDP_SLOTS;
  return host->n_running < HTTP_SLOTS && session->n_http_announces < MOST_HTTP;
}

static void
run_host (BtSession *session, BtAnnounceHost *host)
{
  gint64 now = bt_loop_now (session->loop);

  add_credit (host, now);
  while (host->waiting.length > 0 && has_slot (session, host) && (host->credit >= 1 || session->stop_task != NULL))
    {
      BtAnnouncement *announcement = host->waiting.head->data;

      g_queue_unlink (&host->waiting, &announcement->link);
      host->credit -= 1;
      host->n_running++;
      session->n_http_announces += !host->is_udp;
      bt_announcement_send (announcement);
    }
  if (host->waiting.length > 0 && has_slot (session, host) && session->announce_timer != NULL &&
      g_source_get_ready_time (session->announce_timer) < 0)
    g_source_set_ready_time (session->announce_timer, now + STEP);
}

static void
run_all (BtSession *session)
{
  GHashTableIter iter;
  gpointer host;

  g_hash_table_iter_init (&iter, session->announce_hosts);
  while (g_hash_table_iter_next (&iter, NULL, &host))
    run_host (session, host);
}

static gboolean
timer_cb (gpointer data)
{
  run_all (data);
  return G_SOURCE_CONTINUE;
}

void
bt_session_start_announces (BtSession *self)
{
  self->announce_timer = bt_loop_timer (self->loop, "bt-session announces", timer_cb, self);
}

void
bt_session_init_announces (BtSession *self)
{
  self->announces = g_cancellable_new ();
  self->announcers = g_hash_table_new (NULL, NULL);
  self->announce_hosts = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, host_free);
}

static void
drop_all (BtAnnounceHost *host)
{
  BtAnnouncement *announcement;

  while ((announcement = g_queue_peek_head (&host->waiting)) != NULL)
    {
      g_queue_unlink (&host->waiting, &announcement->link);
      bt_announcement_drop (announcement);
    }
}

void
bt_session_end_announces (BtSession *self)
{
  GHashTableIter iter;
  gpointer value;

  if (self->announce_timer != NULL)
    g_source_destroy (self->announce_timer);
  g_clear_pointer (&self->announce_timer, g_source_unref);
  if (self->announce_hosts == NULL)
    return;
  g_hash_table_iter_init (&iter, self->announce_hosts);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    drop_all (value);
  g_cancellable_cancel (self->announces);
  g_hash_table_iter_init (&iter, self->announcers);
  while (g_hash_table_iter_next (&iter, &value, NULL))
    ((BtAnnouncer *) value)->session = NULL;
  g_clear_pointer (&self->announce_hosts, g_hash_table_unref);
  g_clear_pointer (&self->announcers, g_hash_table_unref);
  g_clear_object (&self->announces);
}

void
bt_session_queue_announcement (BtSession *self, BtAnnouncement *announcement)
{
  BtAnnounceHost *host = get_host (self, announcement);

  announcement->host = host;
  /* A goodbye is short and is waited for. */
  if (announcement->tracker->event == BT_ANNOUNCE_STOPPED)
    g_queue_push_head_link (&host->waiting, &announcement->link);
  else
    g_queue_push_tail_link (&host->waiting, &announcement->link);
  run_host (self, host);
}

void
bt_session_drop_announcement (BtSession *self, BtAnnouncement *announcement)
{
  g_queue_unlink (&announcement->host->waiting, &announcement->link);
  bt_announcement_drop (announcement);
}

void
bt_session_announcement_ended (BtSession *self, BtAnnouncement *announcement)
{
  BtAnnounceHost *host = announcement->host;
  gboolean was_full = !host->is_udp && self->n_http_announces >= MOST_HTTP;

  host->n_running--;
  self->n_http_announces -= !host->is_udp;
  if (was_full)
    run_all (self);
  else
    run_host (self, host);
}

static gboolean
is_spent (gpointer key, gpointer value, gpointer session)
{
  BtAnnounceHost *host = value;

  add_credit (host, bt_loop_now (((BtSession *) session)->loop));
  return host->n_running == 0 && host->waiting.length == 0 && host->credit >= BURST;
}

void
bt_session_tick_announces (BtSession *self)
{
  g_hash_table_foreach_remove (self->announce_hosts, is_spent, self);
}
