/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-session.h"
#include "bt-test-udp-tracker.h"

#include <libsoup/soup.h>
#include <string.h>

/* Seconds that a goodbye may take here, and what a slow machine adds. */
#define STOP_TIMEOUT 1
#define SLACK 2

#define REPLY "d8:intervali1800e5:peers0:e"

typedef struct
{
  SoupServer *server;
  guint16 port;
  GPtrArray *queries; /* of announces */
  guint n_scrapes;
  const char *reply;
  gboolean silent;
  GPtrArray *held;    /* of SoupServerMessage, unanswered */
} HttpTracker;

typedef struct
{
  BtTestSession *session;
  BtTestTorrent *content;
  BtTorrent *torrent;
  HttpTracker http;
  BtTestUdpTracker *udp[2];
} Fixture;

static void
announce_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  HttpTracker *self = data;

  g_ptr_array_add (self->queries, g_strdup (g_uri_get_query (soup_server_message_get_uri (message))));
  if (self->silent)
    {
      soup_server_message_pause (message);
      g_ptr_array_add (self->held, g_object_ref (message));
      return;
    }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_STATIC, self->reply, strlen (self->reply));
}

static void
scrape_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  HttpTracker *self = data;
  const char *hash = strstr (g_uri_get_query (soup_server_message_get_uri (message)), "info_hash=") + strlen ("info_hash=");
  g_autoptr (GBytes) bytes = g_uri_unescape_bytes (hash, -1, NULL, NULL);
  GString *body = g_string_new ("d5:filesd20:");

  self->n_scrapes++;
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, 20);
  g_string_append_len (body, g_bytes_get_data (bytes, NULL), 20);
  g_string_append (body, "d8:completei5e10:incompletei6eeee");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/plain", SOUP_MEMORY_COPY, body->str, body->len);
  g_string_free (body, TRUE);
}

static void
http_tracker_init (HttpTracker *self)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->server = g_object_new (SOUP_TYPE_SERVER, NULL);
  self->queries = g_ptr_array_new_with_free_func (g_free);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->reply = REPLY;
  soup_server_add_handler (self->server, "/announce", announce_cb, self, NULL);
  soup_server_add_handler (self->server, "/scrape", scrape_cb, self, NULL);
  soup_server_listen (self->server, address, 0, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
http_tracker_clear (HttpTracker *self)
{
  g_ptr_array_unref (self->held);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_ptr_array_unref (self->queries);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  http_tracker_init (&fixture->http);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->udp); i++)
    fixture->udp[i] = bt_test_udp_tracker_new ("127.0.0.1", 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->session, bt_test_session_free);
  bt_test_torrent_free (fixture->content);
  http_tracker_clear (&fixture->http);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->udp); i++)
    bt_test_udp_tracker_free (fixture->udp[i]);
  bt_test_drain ();
}

static char *
http_url (Fixture *fixture, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", fixture->http.port, path);
}

static void
begin (Fixture *fixture, const char *const *urls, const BtConfig *config)
{
  BtTestSpec spec = { .piece_length = 16384, .length = 100000, .trackers = urls };
  BtConfig usual;

  bt_test_config_init (&usual);
  usual.stop_timeout = STOP_TIMEOUT;
  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (config != NULL ? config : &usual);
  fixture->torrent = bt_test_session_leech (fixture->session, fixture->content);
}

static guint
n_events (const BtTestUdpTracker *tracker, BtAnnounceEvent event)
{
  guint n = 0;

  for (guint i = 0; i < tracker->events->len; i++)
    n += g_array_index (tracker->events, BtAnnounceEvent, i) == event;
  return n;
}

/* Trackers that have answered. */
static guint
n_working (Fixture *fixture)
{
  g_autoptr (GArray) trackers = bt_torrent_dup_trackers (fixture->torrent);
  guint n = 0;

  for (guint i = 0; i < trackers->len; i++)
    n += g_array_index (trackers, BtTrackerStats, i).state == BT_TRACKER_WORKING;
  return n;
}

/* Returns: (transfer full): the value of @key in an announce */
static char *
value_of (Fixture *fixture, guint query, const char *key)
{
  g_autofree char *begin_of_pair = g_strconcat ("&", key, "=", NULL);
  const char *at = strstr (fixture->http.queries->pdata[query], begin_of_pair);

  if (at == NULL)
    return NULL;
  at += strlen (begin_of_pair);
  return g_strndup (at, strcspn (at, "&"));
}

static void
assert_value (Fixture *fixture, guint query, const char *key, const char *expected)
{
  g_autofree char *found = value_of (fixture, query, key);

  g_assert_cmpstr (found, ==, expected);
}

static void
test_udp_tracker_gives_peers (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = bt_test_udp_tracker_url (fixture->udp[0], "/announce");
  const char *urls[] = { url, NULL };
  const BtAnnounceRequest *request = &fixture->udp[0]->request;
  BtTorrentStats stats;

  bt_test_udp_tracker_add_peer (fixture->udp[0], "127.0.0.1:9");
  fixture->udp[0]->reply.complete = 3;
  fixture->udp[0]->reply.incomplete = 4;
  begin (fixture, urls, NULL);
  bt_test_wait ((bt_torrent_get_stats (fixture->torrent, &stats), stats.n_known_peers) == 1);
  g_assert_cmpint (stats.swarm_seeds, ==, 3);
  g_assert_cmpint (stats.swarm_leechers, ==, 4);
  g_assert_cmpint (request->event, ==, BT_ANNOUNCE_STARTED);
  g_assert_cmpuint (request->port, ==, fixture->session->port);
  g_assert_cmpuint (fixture->udp[0]->from.port, ==, fixture->session->port);
  g_assert_cmpuint (request->left, ==, 100000);
  g_assert_cmpmem (request->info_hash, 20, bt_metainfo_get_info_hash (fixture->content->metainfo), 20);
  bt_torrent_pause (fixture->torrent);
  bt_test_wait (n_events (fixture->udp[0], BT_ANNOUNCE_STOPPED) == 1);
  g_assert_cmpint (request->numwant, ==, 0);
}

static void
test_every_tier_is_asked_at_the_start (Fixture *fixture, gconstpointer data)
{
  g_autofree char *http = http_url (fixture, "/announce");
  g_autofree char *first = bt_test_udp_tracker_url (fixture->udp[0], "");
  g_autofree char *second = bt_test_udp_tracker_url (fixture->udp[1], "");
  const char *urls[] = { first, "", second, "", http, NULL };
  g_autoptr (GArray) trackers = NULL;

  begin (fixture, urls, NULL);
  bt_test_wait (n_events (fixture->udp[0], BT_ANNOUNCE_STARTED) == 1 && n_events (fixture->udp[1], BT_ANNOUNCE_STARTED) == 1 &&
                fixture->http.queries->len == 1);
  trackers = bt_torrent_dup_trackers (fixture->torrent);
  g_assert_cmpuint (trackers->len, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (g_array_index (trackers, BtTrackerStats, i).tier, ==, i);
}

/* The key tells a tracker that it is us, and it may give us an id of its own. */
static void
test_key_and_tracker_id_are_kept (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = http_url (fixture, "/announce");
  const char *urls[] = { url, NULL };
  g_autofree char *key = NULL;

  fixture->http.reply = "d8:intervali1800e5:peers0:10:tracker id5:a&b=ce";
  begin (fixture, urls, NULL);
  bt_test_wait (fixture->http.queries->len == 1);
  key = value_of (fixture, 0, "key");
  g_assert_cmpuint (strlen (key), ==, 8);
  assert_value (fixture, 0, "event", "started");
  assert_value (fixture, 0, "trackerid", NULL);
  /* Before the answer nobody could say goodbye. */
  bt_test_wait (n_working (fixture) == 1);
  bt_torrent_pause (fixture->torrent);
  fixture->http.reply = REPLY;
  bt_test_wait (fixture->http.queries->len == 2);
  assert_value (fixture, 1, "event", "stopped");
  assert_value (fixture, 1, "key", key);
  assert_value (fixture, 1, "trackerid", "a%26b%3Dc");
  bt_torrent_start (fixture->torrent);
  bt_test_wait (fixture->http.queries->len == 3);
  assert_value (fixture, 2, "event", "started");
  assert_value (fixture, 2, "key", key);
  assert_value (fixture, 2, "trackerid", "a%26b%3Dc");
}

/* --- the end --- */

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  *(gboolean *) data = bt_session_stop_finish (BT_SESSION (object), result, NULL);
}

/* They heard our start, and now they are gone. */
static void
test_end_does_not_wait_for_dead_trackers (Fixture *fixture, gconstpointer data)
{
  g_autofree char *http = http_url (fixture, "/announce");
  g_autofree char *udp = bt_test_udp_tracker_url (fixture->udp[0], "");
  g_autofree char *other = bt_test_udp_tracker_url (fixture->udp[1], "");
  const char *urls[] = { udp, "", http, "", other, NULL };
  gboolean stopped = FALSE;
  gint64 began, taken;

  begin (fixture, urls, NULL);
  bt_test_wait (n_working (fixture) == 3);
  fixture->udp[0]->silent = fixture->http.silent = TRUE;
  began = bt_test_own_time ();
  bt_session_stop_async (fixture->session->session, stopped_cb, &stopped);
  bt_test_wait (stopped);
  taken = bt_test_own_time () - began;
  g_test_message ("stopped after %" G_GINT64_FORMAT " ms", taken / 1000);
  g_assert_cmpint (taken, <, (STOP_TIMEOUT + SLACK) * G_USEC_PER_SEC);
  g_assert_cmpint (fixture->udp[0]->n_announces, >=, 2);
  g_assert_cmpuint (fixture->http.queries->len, ==, 2);
  g_assert_cmpuint (n_events (fixture->udp[1], BT_ANNOUNCE_STOPPED), ==, 1);
  g_assert_cmpuint (fixture->udp[1]->request.port, ==, fixture->session->port);
  g_object_unref (fixture->session->session);
  bt_test_folder_free (fixture->session->folder);
  g_clear_pointer (&fixture->session, g_free);
}

/* Nobody knows of us there: that is no reason to wait for all of the time. */
static void
test_end_does_not_wait_for_who_never_answered (Fixture *fixture, gconstpointer data)
{
  g_autofree char *http = http_url (fixture, "/announce");
  g_autofree char *udp = bt_test_udp_tracker_url (fixture->udp[0], "");
  const char *urls[] = { udp, "", http, NULL };
  BtConfig config;
  gint64 began;

  bt_test_config_init (&config);
  config.stop_timeout = 15;
  fixture->udp[0]->silent = fixture->http.silent = TRUE;
  begin (fixture, urls, &config);
  bt_test_wait (fixture->udp[0]->n_connects == 1 && fixture->http.queries->len == 1);
  began = bt_test_own_time ();
  g_clear_pointer (&fixture->session, bt_test_session_free);
  g_assert_cmpint (bt_test_own_time () - began, <, (1 + SLACK) * G_USEC_PER_SEC);
}

/* With living ones it takes no longer than they do. */
static void
test_end_is_quick_with_living_trackers (Fixture *fixture, gconstpointer data)
{
  g_autofree char *http = http_url (fixture, "/announce");
  g_autofree char *udp = bt_test_udp_tracker_url (fixture->udp[0], "");
  const char *urls[] = { udp, "", http, NULL };
  BtConfig config;
  gint64 began;

  bt_test_config_init (&config);
  config.stop_timeout = 15;
  begin (fixture, urls, &config);
  bt_test_wait (n_working (fixture) == 2);
  began = bt_test_own_time ();
  g_clear_pointer (&fixture->session, bt_test_session_free);
  g_assert_cmpint (bt_test_own_time () - began, <, 5 * G_USEC_PER_SEC);
  g_assert_cmpuint (n_events (fixture->udp[0], BT_ANNOUNCE_STOPPED), ==, 1);
  g_assert_cmpuint (fixture->http.queries->len, ==, 2);
}

/* --- the list --- */

static void
test_tracker_may_be_added (Fixture *fixture, gconstpointer data)
{
  g_autofree char *udp = bt_test_udp_tracker_url (fixture->udp[0], "/a?b=c");
  g_autofree char *padded = g_strconcat ("  ", udp, "\n", NULL);
  g_autoptr (GArray) trackers = NULL;
  g_autoptr (GError) error = NULL;

  begin (fixture, NULL, NULL);
  g_assert_true (bt_torrent_add_tracker (fixture->torrent, padded, 7, &error));
  g_assert_no_error (error);
  g_assert_false (bt_torrent_add_tracker (fixture->torrent, udp, 0, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_DUPLICATE);
  g_clear_error (&error);
  g_assert_false (bt_torrent_add_tracker (fixture->torrent, "udp://t.example/announce", 0, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (bt_torrent_add_tracker (fixture->torrent, "wss://t.example/announce", 0, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_UNSUPPORTED);
  bt_test_wait (n_events (fixture->udp[0], BT_ANNOUNCE_STARTED) == 1);
  g_assert_cmpstr (fixture->udp[0]->url_data, ==, "/a?b=c");
  trackers = bt_torrent_dup_trackers (fixture->torrent);
  g_assert_cmpuint (trackers->len, ==, 1);
  g_assert_cmpstr (g_array_index (trackers, BtTrackerStats, 0).url, ==, udp);
  g_assert_cmpuint (g_array_index (trackers, BtTrackerStats, 0).tier, ==, 0);
}

static void
test_trackers_are_bounded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GArray) trackers = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;

  begin (fixture, NULL, NULL);
  for (;;)
    {
      g_autofree char *url = g_strdup_printf ("udp://127.0.0.1:9/%u", n);

      if (!bt_torrent_add_tracker (fixture->torrent, url, 0, &error))
        break;
      g_assert_cmpuint (++n, <, 1000);
    }
  g_assert_error (error, BT_ERROR, BT_ERROR_TOO_LARGE);
  trackers = bt_torrent_dup_trackers (fixture->torrent);
  g_assert_cmpuint (trackers->len, ==, n);
}

static void
test_removed_tracker_hears_goodbye (Fixture *fixture, gconstpointer data)
{
  g_autofree char *http = http_url (fixture, "/announce");
  g_autofree char *udp = bt_test_udp_tracker_url (fixture->udp[0], "");
  const char *urls[] = { udp, http, NULL };
  g_autoptr (GArray) trackers = NULL;

  begin (fixture, urls, NULL);
  bt_torrent_remove_tracker (fixture->torrent, http);
  bt_torrent_remove_tracker (fixture->torrent, "http://never.there/announce");
  bt_test_wait (n_working (fixture) == 1);
  bt_torrent_remove_tracker (fixture->torrent, udp);
  bt_test_wait (n_events (fixture->udp[0], BT_ANNOUNCE_STOPPED) == 1);
  trackers = bt_torrent_dup_trackers (fixture->torrent);
  g_assert_cmpuint (trackers->len, ==, 0);
}

/* Its answer finds nobody whom it was for, at the end of the session too. */
static void
test_tracker_is_removed_while_asked (Fixture *fixture, gconstpointer data)
{
  g_autofree char *http = http_url (fixture, "/announce");
  g_autofree char *udp = bt_test_udp_tracker_url (fixture->udp[0], "");
  g_autofree char *other = bt_test_udp_tracker_url (fixture->udp[1], "");
  const char *urls[] = { udp, "", http, "", other, NULL };

  fixture->udp[0]->silent = fixture->http.silent = TRUE;
  fixture->udp[1]->n_to_drop = 1;
  begin (fixture, urls, NULL);
  bt_test_wait (fixture->udp[0]->n_connects == 1 && fixture->http.queries->len == 1 && fixture->udp[1]->n_connects == 1);
  bt_torrent_remove_tracker (fixture->torrent, udp);
  bt_torrent_remove_tracker (fixture->torrent, http);
  bt_torrent_remove_tracker (fixture->torrent, other);
  if (data != NULL)
    bt_session_remove (fixture->session->session, fixture->torrent);
}

/* --- counts --- */

static void
test_counts_that_lack_are_scraped (Fixture *fixture, gconstpointer data)
{
  g_autofree char *http = http_url (fixture, "/announce");
  const char *urls[] = { http, NULL };
  BtTorrentStats stats;

  begin (fixture, urls, NULL);
  bt_test_wait ((bt_torrent_get_stats (fixture->torrent, &stats), stats.swarm_seeds) == 5);
  g_assert_cmpint (stats.swarm_leechers, ==, 6);
  g_assert_cmpuint (fixture->http.n_scrapes, ==, 1);
}

/* The counts of this tracker are the first bytes of a hash. */
static void
assert_counts (BtTorrent *torrent)
{
  const guint8 *hash = bt_metainfo_get_info_hash (bt_torrent_get_metainfo (torrent));
  BtTorrentStats stats;

  bt_test_wait ((bt_torrent_get_stats (torrent, &stats), stats.swarm_seeds) == hash[0]);
  g_assert_cmpint (stats.swarm_leechers, ==, hash[2]);
}

static void
test_counts_are_scraped_together (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = bt_test_udp_tracker_url (fixture->udp[0], "/announce");
  const char *urls[] = { url, NULL };
  BtTestSpec spec = { .piece_length = 16384, .length = 100000, .trackers = urls };
  BtTestTorrent *contents[5];
  BtTorrent *torrents[5];

  fixture->udp[0]->holds = TRUE;
  begin (fixture, urls, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      g_autofree char *name = g_strdup_printf ("more %u", i);

      spec.name = name;
      contents[i] = bt_test_torrent_new (&spec);
      torrents[i] = bt_test_session_leech (fixture->session, contents[i]);
    }
  bt_test_wait (fixture->udp[0]->n_announces == 1 + G_N_ELEMENTS (contents));
  bt_test_udp_tracker_let_go (fixture->udp[0]);
  assert_counts (fixture->torrent);
  for (guint i = 0; i < G_N_ELEMENTS (contents); i++)
    {
      assert_counts (torrents[i]);
      bt_test_torrent_free (contents[i]);
    }
  /* A tick may come between the answers to the announces, which come together. */
  g_assert_cmpuint (fixture->udp[0]->n_scrapes, <=, 2);
}

/* Each answers over its own family, and both are well. */
static void
test_families_have_their_own_trackers (Fixture *fixture, gconstpointer data)
{
  BtTestUdpTracker *v6 = bt_test_udp_tracker_new ("::1", 0);
  g_autofree char *v4_url = bt_test_udp_tracker_url (fixture->udp[0], "");
  g_autofree char *v6_url = NULL;
  g_autoptr (GArray) trackers = NULL;
  BtConfig config;

  if (v6 == NULL)
    {
      fixture->content = bt_test_torrent_new (&(BtTestSpec){ .piece_length = 16384, .length = 1 });
      g_test_skip ("no IPv6 here");
      return;
    }
  bt_test_udp_tracker_free (fixture->udp[1]);
  fixture->udp[1] = v6;
  v6_url = bt_test_udp_tracker_url (v6, "");
  bt_test_config_init (&config);
  bt_addr_parse_ip (&config.bind_v6, "::1");
  begin (fixture, (const char *const[]){ v4_url, v6_url, NULL }, &config);
  bt_test_wait (n_working (fixture) == 2);
  g_assert_cmpuint (n_events (fixture->udp[0], BT_ANNOUNCE_STARTED), ==, 1);
  g_assert_cmpuint (n_events (v6, BT_ANNOUNCE_STARTED), ==, 1);
  trackers = bt_torrent_dup_trackers (fixture->torrent);
  g_assert_cmpuint (trackers->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpint (g_array_index (trackers, BtTrackerStats, i).state, ==, BT_TRACKER_WORKING);
      g_assert_null (g_array_index (trackers, BtTrackerStats, i).message);
    }
}

/* --- the port --- */

/* Returns: FALSE when somebody has this number over TCP */
static gboolean
try_port (void)
{
  BtTestUdpTracker *taker = bt_test_udp_tracker_new ("127.0.0.1", 0);
  g_autoptr (BtSession) session = NULL;
  g_autoptr (GError) error = NULL;
  gboolean stopped = FALSE;
  BtConfig config;

  bt_test_config_init (&config);
  config.port = taker->addr.port;
  session = bt_session_new (&config);
  g_assert_false (bt_session_start (session, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpuint (bt_session_get_port (session), ==, 0);
  bt_test_udp_tracker_free (taker);
  if (!bt_session_start (session, NULL))
    return FALSE;
  g_assert_cmpuint (bt_session_get_port (session), ==, config.port);
  bt_session_stop_async (session, stopped_cb, &stopped);
  bt_test_wait (stopped);
  return TRUE;
}

static void
test_port_is_free_for_both_or_none (void)
{
  for (guint i = 0; !try_port (); i++)
    g_assert_cmpuint (i, <, 20);
}

#define ADD(path, data, function) g_test_add ("/session-trackers/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("udp/gives-peers", NULL, test_udp_tracker_gives_peers);
  ADD ("start/asks-every-tier", NULL, test_every_tier_is_asked_at_the_start);
  ADD ("start/key-and-tracker-id-are-kept", NULL, test_key_and_tracker_id_are_kept);
  ADD ("start/families-have-their-own-trackers", NULL, test_families_have_their_own_trackers);
  ADD ("end/does-not-wait-for-dead-trackers", NULL, test_end_does_not_wait_for_dead_trackers);
  ADD ("end/does-not-wait-for-who-never-answered", NULL, test_end_does_not_wait_for_who_never_answered);
  ADD ("end/is-quick-with-living-trackers", NULL, test_end_is_quick_with_living_trackers);
  ADD ("list/may-be-added-to", NULL, test_tracker_may_be_added);
  ADD ("list/is-bounded", NULL, test_trackers_are_bounded);
  ADD ("list/removed-one-hears-goodbye", NULL, test_removed_tracker_hears_goodbye);
  ADD ("list/removed-while-asked", NULL, test_tracker_is_removed_while_asked);
  ADD ("list/removed-while-asked-with-the-torrent", "torrent", test_tracker_is_removed_while_asked);
  ADD ("counts/that-lack-are-scraped", NULL, test_counts_that_lack_are_scraped);
  ADD ("counts/are-scraped-together", NULL, test_counts_are_scraped_together);
  g_test_add_func ("/session-trackers/port/is-free-for-both-or-none", test_port_is_free_for_both_or_none);
  return g_test_run ();
}
