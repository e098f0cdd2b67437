/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <string.h>

#include "bt-announce-http.h"
#include "trk-server.h"

/* Longer than anything here takes; a test that waits this long has failed. */
#define BOUND_SECONDS 20

#define HASH "%aa%bb%cc%dd%ee%ff%00%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d"
#define ANNOUNCE(id, port, more) \
  "GET /announce?info_hash=" HASH "&peer_id=-XX0001-00000000000" id "&port=" port more " HTTP/1.1\r\nHost: t\r\n\r\n"

typedef struct
{
  TrkServer *server;
  GSocket *socket;
  GString *received;
  gboolean ended;    /* the server closed */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  BtAddr loopback;
  TrkPolicy policy;

  bt_addr_parse (&loopback, "127.0.0.1");
  trk_policy_init_defaults (&policy);
  policy.idle_timeout = 1;
  policy.max_connections = 3;
  fixture->server = trk_server_new ();
  trk_server_set_policy (fixture->server, &policy);
  g_assert_true (trk_server_listen_http (fixture->server, &loopback, 0, &error));
  g_assert_no_error (error);
  fixture->received = g_string_new (NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->socket);
  g_clear_object (&fixture->server);
  g_string_free (fixture->received, TRUE);
}

static GSocket *
dial (const char *host, guint16 port)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string (host, port);
  GSocket *socket = g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  g_assert_no_error (error);
  g_assert_true (g_socket_connect (socket, address, NULL, &error));
  g_assert_no_error (error);
  g_socket_set_blocking (socket, FALSE);
  return socket;
}

static gboolean
readable_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  Fixture *fixture = data;
  char bytes[65536];
  gssize n = g_socket_receive (socket, bytes, sizeof bytes, NULL, NULL);

  if (n > 0)
    g_string_append_len (fixture->received, bytes, n);
  else
    fixture->ended = TRUE;
  return n > 0;
}

static gboolean
bound_cb (gpointer data)
{
  g_error ("nothing more came");
  return G_SOURCE_REMOVE;
}

/* Reads what the server sends, until there are @n bodies or it closes. */
static void
receive (Fixture *fixture, guint n)
{
  g_autoptr(GSource) source = g_socket_create_source (fixture->socket, G_IO_IN, NULL);
  guint bound = g_timeout_add_seconds (BOUND_SECONDS, bound_cb, NULL);
  guint seen = 0;

  g_source_set_callback (source, G_SOURCE_FUNC (readable_cb), fixture, NULL);
  g_source_attach (source, NULL);
  while (!fixture->ended && seen < n)
    {
      const char *at;

      g_main_context_iteration (NULL, TRUE);
      at = fixture->received->str;
      for (seen = 0; (at = g_strstr_len (at, -1, "\r\n\r\n")) != NULL; seen++)
        at += 4;
    }
  g_source_destroy (source);
  g_source_remove (bound);
}

static void
say (Fixture *fixture, const char *bytes, gsize n)
{
  if (fixture->socket == NULL)
    fixture->socket = dial ("127.0.0.1", trk_server_get_http_port (fixture->server));
  g_assert_cmpint (g_socket_send (fixture->socket, bytes, n, NULL, NULL), ==, n);
}

/* One request and the body of its answer, which is the last of @received. */
static const char *
ask (Fixture *fixture, const char *request, const char *status)
{
  g_string_set_size (fixture->received, 0);
  say (fixture, request, strlen (request));
  receive (fixture, 1);
  g_assert_true (g_str_has_prefix (fixture->received->str + strlen ("HTTP/1.1 "), status));
  return strstr (fixture->received->str, "\r\n\r\n") + 4;
}

static void
ask_tracker (Fixture *fixture, const char *request, BtAnnounceReply *reply)
{
  const char *body = ask (fixture, request, "200 OK\r\n");
  g_autoptr(GError) error = NULL;
  gsize n = fixture->received->len - (gsize) (body - fixture->received->str);

  g_assert_nonnull (strstr (fixture->received->str, "\r\nContent-Type: text/plain\r\n"));
  bt_announce_reply_init (reply);
  g_assert_true (bt_announce_http_parse_reply ((const guint8 *) body, n, reply, &error));
  g_assert_no_error (error);
}

static void
test_introduces_peers (Fixture *fixture, gconstpointer data)
{
  BtAnnounceReply first, second;
  char text[BT_ADDR_STRING_MAX];

  ask_tracker (fixture, ANNOUNCE ("1", "1001", "&left=5&compact=1&event=started"), &first);
  g_assert_null (first.failure_reason);
  g_assert_cmpuint (first.peers->len, ==, 0);
  g_assert_nonnull (memmem (fixture->received->str, fixture->received->len, "5:peers0:", 9));
  ask_tracker (fixture, ANNOUNCE ("2", "1002", "&left=0&compact=1&event=started"), &second);
  g_assert_cmpuint (second.peers->len, ==, 1);
  g_assert_cmpstr (bt_addr_to_string (&g_array_index (second.peers, BtAddr, 0), text), ==, "127.0.0.1:1001");
  g_assert_cmpint (second.complete, ==, 1);
  g_assert_cmpint (second.incomplete, ==, 1);
  g_assert_cmpint (second.interval, >, 0);
  g_assert_cmpint (second.min_interval, >, 0);
  g_assert_cmpstr (bt_addr_ip_to_string (&second.external_ip, text), ==, "127.0.0.1");
  bt_announce_reply_clear (&first);
  bt_announce_reply_clear (&second);
}

static void
test_writes_dictionaries_when_asked (Fixture *fixture, gconstpointer data)
{
  BtAnnounceReply reply;

  ask_tracker (fixture, ANNOUNCE ("1", "1001", "&left=5&compact=0"), &reply);
  bt_announce_reply_clear (&reply);
  ask_tracker (fixture, ANNOUNCE ("2", "1002", "&left=5&compact=0"), &reply);
  g_assert_cmpuint (reply.peers->len, ==, 1);
  g_assert_nonnull (memmem (fixture->received->str, fixture->received->len, "7:peer id20:-XX0001-000000000001", 32));
  bt_announce_reply_clear (&reply);
}

static void
test_believes_a_neighbours_address (Fixture *fixture, gconstpointer data)
{
  BtAnnounceReply reply;
  char text[BT_ADDR_STRING_MAX];

  ask_tracker (fixture, ANNOUNCE ("1", "1001", "&left=5&compact=1&ip=81.2.69.142"), &reply);
  bt_announce_reply_clear (&reply);
  ask_tracker (fixture, ANNOUNCE ("2", "1002", "&left=5&compact=1"), &reply);
  g_assert_cmpuint (reply.peers->len, ==, 1);
  g_assert_cmpstr (bt_addr_to_string (&g_array_index (reply.peers, BtAddr, 0), text), ==, "81.2.69.142:1001");
  bt_announce_reply_clear (&reply);
}

static void
test_says_no_with_a_reason (Fixture *fixture, gconstpointer data)
{
  static const char *const wrong[] = {
    "GET /announce HTTP/1.1\r\n\r\n",
    "GET /announce?info_hash=short&peer_id=-XX0001-000000000001&port=1 HTTP/1.1\r\n\r\n",
    "GET /announce?info_hash=" HASH "&peer_id=-XX0001-000000000001&port=0 HTTP/1.1\r\n\r\n",
    "GET /announce?info_hash=" HASH "&peer_id=-XX0001-000000000001&port=70000 HTTP/1.1\r\n\r\n",
    "GET /scrape HTTP/1.1\r\n\r\n",
    "GET /scrape?info_hash=short HTTP/1.1\r\n\r\n",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      BtAnnounceReply reply;

      ask_tracker (fixture, wrong[i], &reply);
      g_assert_nonnull (reply.failure_reason);
      g_assert_true (g_utf8_validate (reply.failure_reason, -1, NULL));
      bt_announce_reply_clear (&reply);
    }
}

static void
test_scrapes (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  const BtScrapeEntry *entry;
  BtAnnounceReply reply;
  const char *body;

  ask_tracker (fixture, ANNOUNCE ("1", "1001", "&left=5&event=started"), &reply);
  bt_announce_reply_clear (&reply);
  ask_tracker (fixture, ANNOUNCE ("1", "1001", "&left=0&event=completed"), &reply);
  bt_announce_reply_clear (&reply);
  body = ask (fixture, "GET /scrape?info_hash=" HASH "&info_hash=01234567890123456789 HTTP/1.1\r\n\r\n", "200 OK\r\n");
  g_assert_true (bt_scrape_http_parse_reply ((const guint8 *) body, fixture->received->len - (gsize) (body - fixture->received->str),
                                             entries, NULL));
  g_assert_cmpuint (entries->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      entry = &g_array_index (entries, BtScrapeEntry, i);
      g_assert_cmpint (entry->complete, ==, entry->info_hash[0] == 0xaa);
      g_assert_cmpint (entry->downloaded, ==, entry->info_hash[0] == 0xaa);
      g_assert_cmpint (entry->incomplete, ==, 0);
    }
}

static void
test_knows_no_other_page (Fixture *fixture, gconstpointer data)
{
  ask (fixture, "GET /robots.txt HTTP/1.1\r\n\r\n", "404 ");
  ask (fixture, "GET /announced?x HTTP/1.1\r\n\r\n", "404 ");
}

static void
test_answers_pipelined_requests_in_order (Fixture *fixture, gconstpointer data)
{
  const char *requests = "GET /1 HTTP/1.1\r\n\r\nHEAD /announce HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n";
  const char *first, *second;

  say (fixture, requests, strlen (requests));
  receive (fixture, G_MAXUINT);
  g_assert_true (fixture->ended);
  first = strstr (fixture->received->str, "404");
  g_assert_nonnull (first);
  second = strstr (first, "200 OK");
  g_assert_nonnull (second);
  g_assert_nonnull (strstr (second, "404"));
  g_assert_nonnull (strstr (second, "Connection: close"));
}

static void
test_reads_a_request_in_pieces (Fixture *fixture, gconstpointer data)
{
  const char *request = "GET /announce HTTP/1.1\r\n\r\n";

  for (gsize i = 0; i < strlen (request); i++)
    {
      say (fixture, request + i, 1);
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  receive (fixture, 1);
  g_assert_true (g_str_has_prefix (fixture->received->str, "HTTP/1.1 200"));
}

static void
test_refuses_noise_and_closes (Fixture *fixture, gconstpointer data)
{
  g_autofree char *noise = g_strnfill (100000, 'x');

  say (fixture, noise, 100000);
  receive (fixture, G_MAXUINT);
  g_assert_true (fixture->ended);
  g_assert_true (g_str_has_prefix (fixture->received->str, "HTTP/1.1 400"));
}

static void
test_closes_silent_connections (Fixture *fixture, gconstpointer data)
{
  say (fixture, "GET /ann", 8);
  receive (fixture, G_MAXUINT);
  g_assert_true (fixture->ended);
  g_assert_cmpuint (fixture->received->len, ==, 0);
}

static void
test_the_longest_silent_makes_room (Fixture *fixture, gconstpointer data)
{
  guint16 port = trk_server_get_http_port (fixture->server);
  GSocket *others[3];

  ask (fixture, "GET /1 HTTP/1.1\r\n\r\n", "404");
  for (guint i = 0; i < 3; i++)
    others[i] = dial ("127.0.0.1", port);
  receive (fixture, G_MAXUINT);
  g_assert_true (fixture->ended);
  for (guint i = 0; i < 3; i++)
    {
      g_set_object (&fixture->socket, others[i]);
      fixture->ended = FALSE;
      ask (fixture, "GET /1 HTTP/1.1\r\n\r\n", "404");
      g_clear_object (&others[i]);
    }
}

static void
test_says_when_a_port_is_taken (Fixture *fixture, gconstpointer data)
{
  g_autoptr(TrkServer) second = trk_server_new ();
  g_autoptr(GError) error = NULL;
  BtAddr loopback;

  bt_addr_parse (&loopback, "127.0.0.1");
  g_assert_false (trk_server_listen_http (second, &loopback, trk_server_get_http_port (fixture->server), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE);
  g_assert_cmpuint (trk_server_get_http_port (second), ==, 0);
  g_assert_null (trk_server_dup_announce_url (second));
}

static void
test_names_its_url (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = trk_server_dup_announce_url (fixture->server);
  g_autofree char *expected = g_strdup_printf ("http://127.0.0.1:%u/announce", trk_server_get_http_port (fixture->server));

  g_assert_cmpstr (url, ==, expected);
}

static void
test_forgets_when_closed (Fixture *fixture, gconstpointer data)
{
  BtAnnounceReply reply;
  TrkStats stats;

  ask_tracker (fixture, ANNOUNCE ("1", "1001", "&left=5"), &reply);
  bt_announce_reply_clear (&reply);
  trk_server_get_stats (fixture->server, &stats);
  g_assert_cmpuint (stats.n_peers, ==, 1);
  trk_server_close (fixture->server);
  receive (fixture, G_MAXUINT);
  g_assert_true (fixture->ended);
  trk_server_get_stats (fixture->server, &stats);
  g_assert_cmpuint (stats.n_peers, ==, 0);
  g_assert_true (trk_server_listen_http (fixture->server, NULL, 0, NULL));
}

/* All addresses: both families reach it, and IPv6 peers are given as such. */
static void
test_serves_both_families (Fixture *fixture, gconstpointer data)
{
  g_autoptr(GSocket) v6 = g_socket_new (G_SOCKET_FAMILY_IPV6, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr(GSocketAddress) probe = g_inet_socket_address_new_from_string ("::1", 0);
  BtAnnounceReply reply;
  char text[BT_ADDR_STRING_MAX];

  if (v6 == NULL || !g_socket_bind (v6, probe, FALSE, NULL))
    {
      g_test_skip ("no IPv6 here");
      return;
    }
  trk_server_close (fixture->server);
  g_assert_true (trk_server_listen_http (fixture->server, NULL, 0, NULL));
  fixture->socket = dial ("::1", trk_server_get_http_port (fixture->server));
  ask_tracker (fixture, ANNOUNCE ("1", "1001", "&left=5&compact=1"), &reply);
  bt_announce_reply_clear (&reply);
  g_object_unref (fixture->socket);
  fixture->socket = dial ("127.0.0.1", trk_server_get_http_port (fixture->server));
  ask_tracker (fixture, ANNOUNCE ("2", "1002", "&left=5&compact=1"), &reply);
  g_assert_cmpuint (reply.peers->len, ==, 1);
  g_assert_cmpstr (bt_addr_to_string (&g_array_index (reply.peers, BtAddr, 0), text), ==, "[::1]:1001");
  g_assert_cmpstr (bt_addr_ip_to_string (&reply.external_ip, text), ==, "127.0.0.1");
  bt_announce_reply_clear (&reply);
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/tracker/http/introduces-peers", test_introduces_peers);
  add ("/tracker/http/writes-dictionaries-when-asked", test_writes_dictionaries_when_asked);
  add ("/tracker/http/believes-a-neighbours-address", test_believes_a_neighbours_address);
  add ("/tracker/http/says-no-with-a-reason", test_says_no_with_a_reason);
  add ("/tracker/http/scrapes", test_scrapes);
  add ("/tracker/http/knows-no-other-page", test_knows_no_other_page);
  add ("/tracker/http/answers-pipelined-requests-in-order", test_answers_pipelined_requests_in_order);
  add ("/tracker/http/reads-a-request-in-pieces", test_reads_a_request_in_pieces);
  add ("/tracker/http/refuses-noise-and-closes", test_refuses_noise_and_closes);
  add ("/tracker/http/closes-silent-connections", test_closes_silent_connections);
  add ("/tracker/http/the-longest-silent-makes-room", test_the_longest_silent_makes_room);
  add ("/tracker/http/says-when-a-port-is-taken", test_says_when_a_port_is_taken);
  add ("/tracker/http/names-its-url", test_names_its_url);
  add ("/tracker/http/forgets-when-closed", test_forgets_when_closed);
  add ("/tracker/http/serves-both-families", test_serves_both_families);
  return g_test_run ();
}
