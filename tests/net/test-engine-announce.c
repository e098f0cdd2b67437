/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-error.h"
#include "bt-test-loop.h"
#include "bt-tracker-http.h"

#include <string.h>

/* How long a tracker is waited for, seconds: one that answers, however long this
 * machine does something else meanwhile, and one that does not. */
#define TIMEOUT (6 * BT_TEST_BOUND_SECONDS)
#define SHORT_TIMEOUT 1

#define PEERS "d8:completei3e8:intervali900e5:peers12:\x7f\0\0\1\x1a\xe1\x7f\0\0\2\x1a\xe2" \
              "e"
#define OK_PEERS "HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\n" PEERS
#define BYTES(text) (text), sizeof (text) - 1
#define HINT "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
#define HINTS HINT HINT HINT HINT HINT HINT

typedef enum
{
  CLOSES,   /* after the answer */
  STAYS,    /* open, and says no more */
} After;

typedef struct
{
  const char *name;
  const char *answer;
  gsize length;
  After after;
  guint n_peers;       /* of the reply, when there is one */
  const char *failure; /* the reply's failure reason */
  int code;            /* of BT_ERROR, or -1: any error; 0 with n_peers */
  guint repeat;        /* the last of the answer, so often again */
  const char *tail;
} Row;

static const Row rows[] = {
  { "right/with-a-length", BYTES (OK_PEERS), STAYS, .n_peers = 2 },
  { "right/until-the-end", BYTES ("HTTP/1.0 200 OK\r\n\r\n" PEERS), CLOSES, .n_peers = 2 },
  { "right/in-chunks", BYTES ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nd\r\n33\r\n"
                              "8:completei3e8:intervali900e5:peers12:\x7f\0\0\1\x1a\xe1\x7f\0\0\2\x1a\xe2"
                              "e\r\n0\r\n\r\n"), STAYS, .n_peers = 2 },
  { "right/no-peers", BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nd8:intervali1800eee"), STAYS, .n_peers = 0 },
  { "right/after-hints", BYTES (HINTS OK_PEERS), STAYS, .n_peers = 2 },
  { "failure/with-ok", BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 43\r\n\r\nd14:failure reason4:busy8:intervali60ee     "), STAYS, .failure = "busy" },
  { "failure/with-an-error", BYTES ("HTTP/1.1 400 Bad Request\r\nContent-Length: 27\r\n\r\nd14:failure reason5:nope!ee"), STAYS, .failure = "nope!" },
  { "wrong/not-found", BYTES ("HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\n<html></html>"), STAYS, .code = BT_ERROR_REFUSED },
  { "wrong/page", BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>"), STAYS, .code = BT_ERROR_MALFORMED },
  { "wrong/nothing", BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), STAYS, .code = -1 },
  { "wrong/cut-short", BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\nd8:completei3e8:interv"), CLOSES, .code = -1 },
  { "wrong/closed-at-once", BYTES (""), CLOSES, .code = -1 },
  { "wrong/other-protocol", BYTES ("SSH-2.0-OpenSSH_9.2\r\n"), CLOSES, .code = -1 },
  { "wrong/too-large", BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 4000000\r\n\r\n"), STAYS, .code = BT_ERROR_TOO_LARGE, .tail = "0123456789abcdef", .repeat = 250000 },
  { "wrong/too-large-without-length", BYTES ("HTTP/1.1 200 OK\r\n\r\n"), STAYS, .code = BT_ERROR_TOO_LARGE, .tail = "0123456789abcdef", .repeat = 250000 },
  { "wrong/headers-without-end", BYTES ("HTTP/1.1 200 OK\r\n"), STAYS, .code = -1, .tail = "X-More: and more and more and more\r\n", .repeat = 100000 },
  { "wrong/line-without-end", BYTES ("HTTP/1.1 200 "), STAYS, .code = -1, .tail = "OKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOKOK", .repeat = 100000 },
  { "wrong/hints-after-hints", BYTES (HINTS HINTS HINTS OK_PEERS), STAYS, .code = -1 },
  { "redirect/in-a-loop", BYTES ("HTTP/1.1 302 Found\r\nLocation: /announce\r\nContent-Length: 0\r\n\r\n"), STAYS, .code = BT_ERROR_REFUSED },
  { "redirect/body-without-end", BYTES ("HTTP/1.1 302 Found\r\nLocation: /announce\r\n\r\n"), STAYS, .code = BT_ERROR_REFUSED, .tail = "0123456789abcdef", .repeat = 100 },
  { "redirect/to-a-file", BYTES ("HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"), STAYS, .code = BT_ERROR_REFUSED },
  { "redirect/to-nowhere", BYTES ("HTTP/1.1 302 Found\r\nLocation: http://\r\nContent-Length: 0\r\n\r\n"), STAYS, .code = BT_ERROR_REFUSED },
};

typedef struct
{
  GSocketService *service;
  guint16 port;
  GBytes *answer;
  After after;
  GString *asked;     /* all requests */
  guint n_asked;
  GCancellable *ended;

  BtTrackerHttp *http;
  guint timeout;
  GCancellable *cancellable;
  gboolean called;
  gboolean worked;
  char *failure;
  guint n_peers;
  gint64 interval;
  GError *error;
} Fixture;

typedef struct
{
  Fixture *fixture;
  GIOStream *stream;
  GString *request;
  char buffer[4096];
} Visit;

static void
visit_free (Visit *self)
{
  g_object_unref (self->stream);
  g_string_free (self->request, TRUE);
  g_free (self);
}

static void read_more (Visit *self);

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Visit *self = data;
  gboolean sent = g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, NULL);

  if (!sent || self->fixture->after == CLOSES)
    {
      if (sent)
        g_io_stream_close (self->stream, NULL, NULL);
      visit_free (self);
      return;
    }
  g_string_set_size (self->request, 0);
  read_more (self);
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Visit *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, NULL);
  GBytes *answer;

  if (n <= 0)
    {
      visit_free (self);
      return;
    }
  g_string_append_len (self->request, self->buffer, n);
  if (strstr (self->request->str, "\r\n\r\n") == NULL)
    {
      read_more (self);
      return;
    }
  g_string_append (self->fixture->asked, self->request->str);
  self->fixture->n_asked++;
  answer = self->fixture->answer;
  if (answer == NULL)
    read_more (self);
  else
    g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream), g_bytes_get_data (answer, NULL),
                                     g_bytes_get_size (answer), 200, self->fixture->ended, answered_cb, self);
}

static void
read_more (Visit *self)
{
  g_input_stream_read_async (g_io_stream_get_input_stream (self->stream), self->buffer, sizeof self->buffer, 200,
                             self->fixture->ended, read_cb, self);
}

static gboolean
incoming_cb (GSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
  Visit *self = g_new0 (Visit, 1);

  self->fixture = data;
  self->stream = G_IO_STREAM (g_object_ref (connection));
  self->request = g_string_new (NULL);
  read_more (self);
  return TRUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;
  BtAddr loopback;

  fixture->service = g_socket_service_new ();
  g_socket_listener_add_address (G_SOCKET_LISTENER (fixture->service), address, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL);
  fixture->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_signal_connect (fixture->service, "incoming", G_CALLBACK (incoming_cb), fixture);
  fixture->asked = g_string_new (NULL);
  fixture->ended = g_cancellable_new ();
  fixture->cancellable = g_cancellable_new ();
  bt_addr_parse_ip (&loopback, "127.0.0.1");
  fixture->http = bt_tracker_http_new (&loopback, NULL, "Freshet/test");
  fixture->timeout = TIMEOUT;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_tracker_http_free (fixture->http);
  g_cancellable_cancel (fixture->ended);
  g_socket_service_stop (fixture->service);
  g_socket_listener_close (G_SOCKET_LISTENER (fixture->service));
  bt_test_drain ();
  g_object_unref (fixture->service);
  g_object_unref (fixture->ended);
  g_object_unref (fixture->cancellable);
  g_string_free (fixture->asked, TRUE);
  g_clear_pointer (&fixture->answer, g_bytes_unref);
  g_clear_error (&fixture->error);
  g_free (fixture->failure);
}

static void
answer_cb (const BtAnnounceReply *reply, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  g_assert_false (fixture->called);
  g_assert_true ((reply == NULL) != (error == NULL));
  fixture->called = TRUE;
  if (error != NULL)
    {
      fixture->error = g_error_copy (error);
      return;
    }
  fixture->worked = reply->failure_reason == NULL;
  fixture->failure = g_strdup (reply->failure_reason);
  fixture->n_peers = reply->peers->len;
  fixture->interval = reply->interval;
}

static void
begin (Fixture *fixture, const char *url)
{
  BtAnnounceRequest request = { .port = 6881, .left = 5, .event = BT_ANNOUNCE_STARTED, .numwant = 50, .compact = TRUE };

  memcpy (request.info_hash, "\0\x7f hash%hash&hash=?", 20);
  memcpy (request.peer_id, "-XX0001-aaaaaaaaaaaa", 20);
  bt_tracker_http_announce (fixture->http, url, BT_ADDR_V4, &request, fixture->timeout, fixture->cancellable, answer_cb, fixture);
  g_assert_false (fixture->called);
}

static void
announce (Fixture *fixture)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/announce?key=a%%2Fb+c", fixture->port);

  begin (fixture, url);
  bt_test_wait (fixture->called);
}

static void
test_row (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;
  GString *answer = g_string_new_len (row->answer, (gssize) row->length);

  for (guint i = 0; i < row->repeat; i++)
    g_string_append (answer, row->tail);
  fixture->answer = g_string_free_to_bytes (answer);
  fixture->after = row->after;
  announce (fixture);
  if (row->failure != NULL)
    {
      g_assert_no_error (fixture->error);
      g_assert_cmpstr (fixture->failure, ==, row->failure);
    }
  else if (row->code == 0 && !g_str_has_prefix (row->name, "wrong"))
    {
      g_assert_no_error (fixture->error);
      g_assert_true (fixture->worked);
      g_assert_cmpuint (fixture->n_peers, ==, row->n_peers);
    }
  else if (row->code >= 0)
    g_assert_error (fixture->error, BT_ERROR, row->code);
  else
    g_assert_nonnull (fixture->error);
  g_assert_cmpuint (fixture->n_asked, <, 40);
}

static void
test_url_arrives_as_it_is (Fixture *fixture, gconstpointer data)
{
  fixture->answer = g_bytes_new_static (BYTES (OK_PEERS));
  fixture->after = STAYS;
  announce (fixture);
  g_assert_true (g_str_has_prefix (fixture->asked->str, "GET /announce?key=a%2Fb+c&"));
  g_assert_nonnull (strstr (fixture->asked->str, "info_hash=%00%7F%20hash%25hash%26hash%3D%3F%00&"));
  g_assert_nonnull (strstr (fixture->asked->str, "event=started"));
  g_assert_nonnull (strstr (fixture->asked->str, "User-Agent: Freshet/test\r\n"));
}

/* They are sent once, and who wants others gets none, however much it says about that. */
static void
test_name_and_password (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://me:se%%3acret@127.0.0.1:%u/announce", fixture->port);
  g_autofree char *rest = g_strnfill ((1 << 20) + 1, 'x');
  g_autofree char *answer = g_strconcat ("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", rest, NULL);

  fixture->answer = g_bytes_new (answer, strlen (answer));
  fixture->after = STAYS;
  begin (fixture, url);
  bt_test_wait (fixture->called);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_TOO_LARGE);
  g_assert_cmpuint (fixture->n_asked, ==, 1);
  g_assert_nonnull (strstr (fixture->asked->str, "Authorization: Basic bWU6c2U6Y3JldA==\r\n"));
}

static GBytes *
compressed (const char *bytes, gsize length)
{
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 9);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (compressor));
  g_autoptr (GBytes) body = NULL;
  g_autofree char *head = NULL;
  GByteArray *answer = g_byte_array_new ();

  g_assert_true (g_output_stream_write_all (stream, bytes, length, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  body = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
  head = g_strdup_printf ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n", g_bytes_get_size (body));
  g_byte_array_append (answer, (const guint8 *) head, (guint) strlen (head));
  g_byte_array_append (answer, g_bytes_get_data (body, NULL), (guint) g_bytes_get_size (body));
  return g_byte_array_free_to_bytes (answer);
}

static void
test_compressed_reply_is_read (Fixture *fixture, gconstpointer data)
{
  fixture->answer = compressed (BYTES (PEERS));
  announce (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->n_peers, ==, 2);
}

/* Some kilobytes that would be fifty megabytes. */
static void
test_compressed_bomb_is_not_swallowed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *zeros = g_malloc0 (50 << 20);

  fixture->answer = compressed (zeros, 50 << 20);
  announce (fixture);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_TOO_LARGE);
}

static void
test_silence_times_out (Fixture *fixture, gconstpointer data)
{
  fixture->timeout = SHORT_TIMEOUT;
  announce (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  bt_test_wait (fixture->n_asked > 0);
  g_assert_cmpuint (fixture->n_asked, ==, 1);
}

static void
test_half_an_answer_times_out (Fixture *fixture, gconstpointer data)
{
  fixture->answer = g_bytes_new_static (BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 52\r\n\r\nd8:complete"));
  fixture->after = STAYS;
  fixture->timeout = SHORT_TIMEOUT;
  announce (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static void
test_cancelled_says_so (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->port);

  begin (fixture, url);
  bt_test_wait (fixture->n_asked == 1);
  g_cancellable_cancel (fixture->cancellable);
  g_assert_false (fixture->called);
  bt_test_wait (fixture->called);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fixture->called = FALSE;
  g_clear_error (&fixture->error);
  /* And when it was cancelled before it began. */
  begin (fixture, url);
  bt_test_wait (fixture->called);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_end_with_an_announce_under_way (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/announce", fixture->port);
  BtAddr loopback;

  begin (fixture, url);
  bt_test_wait (fixture->n_asked == 1);
  bt_tracker_http_free (fixture->http);
  bt_test_wait (fixture->called);
  g_assert_nonnull (fixture->error);
  bt_addr_parse_ip (&loopback, "127.0.0.1");
  fixture->http = bt_tracker_http_new (&loopback, NULL, "Freshet/test");
}

static void
test_nobody_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GSocketAddress) bound = NULL;

  /* A port that is taken, and where nobody listens. */
  g_assert_true (g_socket_bind (socket, address, FALSE, NULL));
  bound = g_socket_get_local_address (socket, NULL);
  fixture->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  announce (fixture);
  g_assert_error (fixture->error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED);
}

/* --- what a torrent must not make us ask --- */

typedef struct
{
  const char *name;
  const char *path;      /* of the announce URL */
  const char *location;  /* where that sends us to, NULL for nowhere */
  guint n_asked;
} GuardRow;

static const GuardRow guard_rows[] = {
  { "announce", "/announce", NULL, 1 },
  { "announce-and-passkey", "/announce.php?key=1", NULL, 1 },
  { "another-path", "/admin/reboot?announce", NULL, 0 },
  { "the-root", "/", NULL, 0 },
  { "path-behind", "/announce/../admin", NULL, 0 },
  { "redirect-to-another-path", "/announce", "/admin/reboot", 1 },
  { "redirect-to-announce", "/announce", "/announce/again", 6 },
};

static void
test_guard (Fixture *fixture, gconstpointer data)
{
  const GuardRow *row = data;
  g_autofree char *url = g_strdup_printf ("http://localhost:%u%s", fixture->port, row->path);

  if (row->location != NULL)
    {
      g_autofree char *answer = g_strdup_printf ("HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", row->location);

      fixture->answer = g_bytes_new (answer, strlen (answer));
    }
  else
    fixture->answer = g_bytes_new_static (BYTES (OK_PEERS));
  fixture->after = STAYS;
  begin (fixture, url);
  bt_test_wait (fixture->called);
  g_assert_cmpuint (fixture->n_asked, ==, row->n_asked);
  if (row->location == NULL && row->n_asked > 0)
    g_assert_no_error (fixture->error);
  else
    g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REFUSED);
}

/* A connection that is there already makes no difference. */
static void
test_guard_over_a_kept_connection (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u/admin", fixture->port);

  fixture->answer = g_bytes_new_static (BYTES (OK_PEERS));
  fixture->after = STAYS;
  announce (fixture);
  g_assert_no_error (fixture->error);
  fixture->called = FALSE;
  begin (fixture, url);
  bt_test_wait (fixture->called);
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REFUSED);
  g_assert_cmpuint (fixture->n_asked, ==, 1);
}

/* --- scrape --- */

static void
scraped_cb (const GArray *entries, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  g_assert_false (fixture->called);
  g_assert_true ((entries == NULL) != (error == NULL));
  fixture->called = TRUE;
  if (error != NULL)
    fixture->error = g_error_copy (error);
  else
    fixture->n_peers = entries->len;
}

static void
scrape (Fixture *fixture, const char *path)
{
  static const guint8 hashes[2][BT_SHA1_LENGTH] = { "aaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbb" };
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, path);

  fixture->after = STAYS;
  bt_tracker_http_scrape (fixture->http, url, BT_ADDR_V4, hashes, 2, fixture->timeout, fixture->cancellable, scraped_cb, fixture);
  g_assert_false (fixture->called);
  bt_test_wait (fixture->called);
}

static void
test_scrape_asks_for_all (Fixture *fixture, gconstpointer data)
{
  fixture->answer = g_bytes_new_static (BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 65\r\n\r\n"
                                               "d5:filesd20:aaaaaaaaaaaaaaaaaaa\0d8:completei3e10:incompletei4eeee"));
  scrape (fixture, "/announce?key=1");
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->n_peers, ==, 1);
  g_assert_true (g_str_has_prefix (fixture->asked->str, "GET /scrape?key=1&info_hash=aaaaaaaaaaaaaaaaaaa%00&info_hash=bbbbbbbbbbbbbbbbbbb%00 HTTP/1.1\r\n"));
}

static void
test_scrape_needs_an_announce (Fixture *fixture, gconstpointer data)
{
  scrape (fixture, "/tracker.php");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_UNSUPPORTED);
  g_assert_cmpuint (fixture->n_asked, ==, 0);
}

static void
test_scrape_may_be_refused (Fixture *fixture, gconstpointer data)
{
  fixture->answer = g_bytes_new_static (BYTES ("HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\nd14:failure reason3:no!e  "));
  scrape (fixture, "/announce");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REFUSED);
  g_assert_cmpstr (fixture->error->message, ==, "no!");
  fixture->called = FALSE;
  g_clear_error (&fixture->error);
  g_clear_pointer (&fixture->answer, g_bytes_unref);
  fixture->answer = g_bytes_new_static (BYTES ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
  scrape (fixture, "/announce");
  g_assert_error (fixture->error, BT_ERROR, BT_ERROR_REFUSED);
}

static void
test_useless_urls_are_told (Fixture *fixture, gconstpointer data)
{
  static const char *const urls[] = {
    "http://", "http://:80/announce", "http:///announce", "http://[::1]:80/announce", "http://a b/announce",
    "http://127.0.0.1:99999/announce", "http://[1:2:3/announce", "http://127.0.0.1:0/announce",
  };

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      fixture->called = FALSE;
      g_clear_error (&fixture->error);
      begin (fixture, urls[i]);
      bt_test_wait (fixture->called);
      g_assert_nonnull (fixture->error);
    }
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/engine-announce/", rows[i].name, NULL);

      ADD (path, &rows[i], test_row);
    }
  ADD ("/engine-announce/url/arrives-as-it-is", NULL, test_url_arrives_as_it_is);
  ADD ("/engine-announce/url/useless-ones-are-told", NULL, test_useless_urls_are_told);
  ADD ("/engine-announce/url/with-name-and-password", NULL, test_name_and_password);
  ADD ("/engine-announce/compressed/is-read", NULL, test_compressed_reply_is_read);
  ADD ("/engine-announce/compressed/bomb-is-not-swallowed", NULL, test_compressed_bomb_is_not_swallowed);
  ADD ("/engine-announce/silence/times-out", NULL, test_silence_times_out);
  ADD ("/engine-announce/silence/half-an-answer-times-out", NULL, test_half_an_answer_times_out);
  ADD ("/engine-announce/end/cancelled-says-so", NULL, test_cancelled_says_so);
  ADD ("/engine-announce/end/with-an-announce-under-way", NULL, test_end_with_an_announce_under_way);
  for (gsize i = 0; i < G_N_ELEMENTS (guard_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/engine-announce/on-this-machine/", guard_rows[i].name, NULL);

      ADD (path, &guard_rows[i], test_guard);
    }
  ADD ("/engine-announce/on-this-machine/over-a-kept-connection", NULL, test_guard_over_a_kept_connection);
  ADD ("/engine-announce/scrape/asks-for-all", NULL, test_scrape_asks_for_all);
  ADD ("/engine-announce/scrape/needs-an-announce", NULL, test_scrape_needs_an_announce);
  ADD ("/engine-announce/scrape/may-be-refused", NULL, test_scrape_may_be_refused);
  ADD ("/engine-announce/nobody-there", NULL, test_nobody_there);
  return g_test_run ();
}
