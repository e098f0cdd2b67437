/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-fetch.h"
#include "ui-support.h"

#include <libsoup/soup.h>
#include <string.h>

#define LINK "magnet:?xt=urn:btih:0123456789abcdef0123456789abcdef01234567&dn=Moved"
#define LENGTH 20000u /* of the largest body that is taken */

/* What never ends sends so much at a time. */
#define PART 4096u

typedef struct
{
  SoupServer *server;
  guint16 port;
  GBytes *torrent;
  guint n_requests;
  guint n_gone;     /* that ended, the connection with them or not */
  char *authorization; /* of the last request */
  GPtrArray *held;  /* of SoupServerMessage */
} Fixture;

static void
finished_cb (SoupServerMessage *message, gpointer data)
{
  ((Fixture *) data)->n_gone++;
}

static void
send_bytes (SoupServerMessage *message, const char *type, const char *bytes, gsize length)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, type, SOUP_MEMORY_COPY, bytes, length);
}

static void
add_part (SoupServerMessage *message, char first)
{
  char part[PART];

  memset (part, first == 'd' ? '1' : ' ', sizeof part);
  part[0] = first;
  soup_message_body_append (soup_server_message_get_response_body (message), SOUP_MEMORY_COPY, part, sizeof part);
}

static void
wrote_chunk_cb (SoupServerMessage *message, gpointer data)
{
  add_part (message, '1');
}

static void
send_endlessly (SoupServerMessage *message)
{
  soup_message_headers_set_encoding (soup_server_message_get_response_headers (message), SOUP_ENCODING_CHUNKED);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), NULL);
  add_part (message, 'd');
}

/* Says again and again that there will be an answer. */
static void
send_hints (Fixture *fixture, SoupServerMessage *message)
{
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);
  GString *answer = g_string_new (NULL);

  for (guint i = 0; i < 40; i++)
    g_string_append (answer, "HTTP/1.1 103 Early Hints\r\n\r\n");
  g_string_append_printf (answer, "HTTP/1.1 200 OK\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n", g_bytes_get_size (fixture->torrent));
  g_string_append_len (answer, g_bytes_get_data (fixture->torrent, NULL), (gssize) g_bytes_get_size (fixture->torrent));
  g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (stream), answer->str, answer->len, NULL, NULL, NULL));
  g_string_free (answer, TRUE);
}

static void
hold (Fixture *fixture, SoupServerMessage *message)
{
  g_ptr_array_add (fixture->held, g_object_ref (message));
  soup_server_message_pause (message);
}

static gboolean
redirect (SoupServerMessage *message, const char *path)
{
  static const char *const ways[][2] = {
    { "/moved", "/good" }, { "/to-magnet", LINK }, { "/loop", "/loop" }, { "/to-file", "file:///etc/passwd" },
    { "/to-nothing", "http://" }, { "/to-body", "/good" }, { "/to-page", "/page" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    if (strcmp (path, ways[i][0]) == 0)
      {
        soup_server_message_set_redirect (message, SOUP_STATUS_FOUND, ways[i][1]);
        soup_message_headers_replace (soup_server_message_get_response_headers (message), "Location", ways[i][1]);
        if (strcmp (path, "/to-body") == 0)
          send_endlessly (message);
        return TRUE;
      }
  return FALSE;
}

static void
send_content (Fixture *fixture, SoupServerMessage *message, const char *path)
{
  static const char page[] = "\n<!DOCTYPE html><html><title>Downloads</title></html>";

  if (strcmp (path, "/good") == 0 || strcmp (path, "/as-text") == 0)
    send_bytes (message, strcmp (path, "/good") == 0 ? "application/x-bittorrent" : "text/html",
                g_bytes_get_data (fixture->torrent, NULL), g_bytes_get_size (fixture->torrent));
  else if (strcmp (path, "/page") == 0)
    send_bytes (message, "text/html", page, strlen (page));
  else if (strcmp (path, "/nameless-page") == 0)
    send_bytes (message, "application/octet-stream", page, strlen (page));
  else if (strcmp (path, "/picture") == 0)
    send_bytes (message, "image/png", "\x89PNG", 4);
  else if (strcmp (path, "/damaged") == 0)
    send_bytes (message, "application/x-bittorrent", "d4:infod4:name1:aee", 19);
  else if (strcmp (path, "/empty") == 0)
    send_bytes (message, "application/x-bittorrent", "", 0);
  else
    soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
}

static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *query, gpointer data)
{
  Fixture *fixture = data;
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  fixture->n_requests++;
  g_free (fixture->authorization);
  fixture->authorization = g_strdup (soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization"));
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), fixture);
  if (redirect (message, path))
    return;
  if (strcmp (path, "/silent") == 0)
    hold (fixture, message);
  else if (strcmp (path, "/stalled") == 0)
    {
      soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
      add_part (message, 'd');
    }
  else if (strcmp (path, "/endless") == 0)
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      send_endlessly (message);
    }
  else if (strcmp (path, "/large") == 0)
    {
      soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
      soup_message_headers_set_content_length (headers, LENGTH + 1);
      add_part (message, 'd');
    }
  else if (strcmp (path, "/hints") == 0)
    send_hints (fixture, message);
  else if (strcmp (path, "/password") == 0)
    {
      soup_message_headers_replace (headers, "WWW-Authenticate", "Basic realm=\"x\"");
      soup_server_message_set_status (message, SOUP_STATUS_UNAUTHORIZED, NULL);
      send_endlessly (message);
    }
  else if (strcmp (path, "/secret") == 0)
    soup_server_message_set_status (message, SOUP_STATUS_FORBIDDEN, NULL);
  else if (strcmp (path, "/broken") == 0)
    soup_server_message_set_status (message, SOUP_STATUS_INTERNAL_SERVER_ERROR, NULL);
  else
    send_content (fixture, message, path);
  if (strcmp (path, "/stalled") == 0)
    soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new ("film.bin", 1000000);
  GSList *uris;

  fixture->torrent = g_bytes_ref (bt_metainfo_get_bytes (metainfo));
  fixture->held = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->server = g_object_new (SOUP_TYPE_SERVER, NULL);
  soup_server_add_handler (fixture->server, NULL, request_cb, fixture, NULL);
  g_assert_true (soup_server_listen_local (fixture->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  uris = soup_server_get_uris (fixture->server);
  fixture->port = (guint16) g_uri_get_port (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  soup_server_disconnect (fixture->server);
  g_object_unref (fixture->server);
  g_ptr_array_unref (fixture->held);
  g_bytes_unref (fixture->torrent);
  g_free (fixture->authorization);
}

static char *
address_of (Fixture *fixture, const char *path)
{
  return g_strdup_printf ("http://127.0.0.1:%u%s", fixture->port, path);
}

static FreshetAddRequest *
fetch (Fixture *fixture, const char *path, guint idle, guint total, char **link, GError **error)
{
  FreshetTorrentFetchLimits limits = { .idle = idle, .total = total, .length = LENGTH };
  g_autofree char *address = address_of (fixture, path);
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;

  freshet_torrent_fetch_async (address, &limits, NULL, ui_result_cb, &result);
  done = ui_wait_result (&result);
  return freshet_torrent_fetch_finish (done, link, error);
}

static gboolean
all_gone (gpointer data)
{
  Fixture *fixture = data;

  return fixture->n_gone == fixture->n_requests;
}

static void
test_good (Fixture *fixture, gconstpointer path)
{
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FreshetAddRequest) request = fetch (fixture, path, 20000, 20000, &link, &error);

  g_assert_no_error (error);
  g_assert_null (link);
  g_assert_cmpstr (freshet_add_request_get_name (request), ==, "film.bin");
  g_assert_cmpuint (freshet_add_request_get_size (request), ==, 1000000);
  ui_wait (all_gone, fixture);
}

static void
test_to_magnet (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FreshetAddRequest) request = fetch (fixture, "/to-magnet", 20000, 20000, &link, &error);

  g_assert_no_error (error);
  g_assert_null (request);
  g_assert_cmpstr (link, ==, LINK);
}

typedef struct
{
  const char *name;
  const char *path;
  GQuark (*domain) (void);
  int code;
  const char *words;
  guint n_requests;
} Refusal;

static const Refusal refusals[] = {
  { "no-such-page", "/nothing-here", g_io_error_quark, G_IO_ERROR_NOT_FOUND, "nothing at this address", 1 },
  { "page", "/page", bt_error_quark, BT_ERROR_MALFORMED, "a web page", 1 },
  { "nameless-page", "/nameless-page", bt_error_quark, BT_ERROR_MALFORMED, "a web page", 1 },
  { "moved-to-page", "/to-page", bt_error_quark, BT_ERROR_MALFORMED, "a web page", 2 },
  { "picture", "/picture", bt_error_quark, BT_ERROR_MALFORMED, "not a torrent file", 1 },
  { "damaged", "/damaged", bt_error_quark, BT_ERROR_MALFORMED, "not a torrent file", 1 },
  { "empty", "/empty", bt_error_quark, BT_ERROR_MALFORMED, "not a torrent file", 1 },
  { "large", "/large", bt_error_quark, BT_ERROR_TOO_LARGE, "too large", 1 },
  { "endless", "/endless", bt_error_quark, BT_ERROR_TOO_LARGE, "too large", 1 },
  { "loop", "/loop", bt_error_quark, BT_ERROR_REFUSED, "without an end", 6 },
  { "to-file", "/to-file", bt_error_quark, BT_ERROR_REFUSED, "not on the web", 1 },
  { "to-nothing", "/to-nothing", bt_error_quark, BT_ERROR_REFUSED, "not on the web", 1 },
  { "secret", "/secret", g_io_error_quark, G_IO_ERROR_PERMISSION_DENIED, "not give this to everybody", 1 },
  { "password", "/password", g_io_error_quark, G_IO_ERROR_PERMISSION_DENIED, "not give this to everybody", 1 },
  { "hints", "/hints", g_io_error_quark, G_IO_ERROR_TIMED_OUT, "took too long", 1 },
  { "broken", "/broken", bt_error_quark, BT_ERROR_REFUSED, "(500)", 1 },
};

/* Nothing of the answer is read after that. */
static void
test_refusal (Fixture *fixture, gconstpointer data)
{
  const Refusal *refusal = data;
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FreshetAddRequest) request = fetch (fixture, refusal->path, 20000, 20000, &link, &error);

  g_assert_null (request);
  g_assert_null (link);
  g_assert_error (error, refusal->domain (), refusal->code);
  g_assert_nonnull (strstr (error->message, refusal->words));
  g_assert_cmpuint (fixture->n_requests, ==, refusal->n_requests);
  if (strcmp (refusal->name, "large") != 0 && strcmp (refusal->name, "hints") != 0)
    ui_wait (all_gone, fixture);
}

/* Says nothing, or no more, or too much for too long. */
static void
test_slow (Fixture *fixture, gconstpointer path)
{
  gboolean endless = strcmp (path, "/endless") == 0;
  FreshetTorrentFetchLimits limits = { .idle = endless ? 20000 : 200, .total = endless ? 300 : 20000, .length = G_MAXUINT32 };
  g_autofree char *address = address_of (fixture, path);
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;

  freshet_torrent_fetch_async (address, &limits, NULL, ui_result_cb, &result);
  done = ui_wait_result (&result);
  g_assert_null (freshet_torrent_fetch_finish (done, &link, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_assert_cmpstr (error->message, ==, "“127.0.0.1” took too long to answer");
}

/* What is written before the host is for it. */
static void
test_name_and_password (Fixture *fixture, gconstpointer data)
{
  g_autofree char *address = g_strdup_printf ("http://me:se%%3acret@127.0.0.1:%u/good", fixture->port);
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autofree char *link = NULL;
  g_autoptr (FreshetAddRequest) request = NULL;

  freshet_torrent_fetch_async (address, NULL, NULL, ui_result_cb, &result);
  done = ui_wait_result (&result);
  request = freshet_torrent_fetch_finish (done, &link, NULL);
  g_assert_nonnull (request);
  g_assert_cmpstr (fixture->authorization, ==, "Basic bWU6c2U6Y3JldA==");
}

static gboolean
is_held (gpointer data)
{
  return ((Fixture *) data)->held->len == 1;
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *address = address_of (fixture, "/silent");
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) done = NULL;
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;

  if (GPOINTER_TO_INT (data))
    g_cancellable_cancel (cancellable);
  freshet_torrent_fetch_async (address, NULL, cancellable, ui_result_cb, &result);
  if (!GPOINTER_TO_INT (data))
    ui_wait (is_held, fixture);
  g_cancellable_cancel (cancellable);
  done = ui_wait_result (&result);
  g_assert_null (freshet_torrent_fetch_finish (done, &link, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_unreachable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;

  soup_server_disconnect (fixture->server);
  g_assert_null (fetch (fixture, "/good", 20000, 20000, &link, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_assert_cmpstr (error->message, ==, "“127.0.0.1” could not be reached");
}

static void
test_addresses (void)
{
  static const char *const good[] = { "http://example.org/a.torrent", "HTTPS://example.org/?a=b&c", " \n http://[::1]:80/x\r\n" };
  static const char *const bad[] = { "", "http://", "http:///a", "http:a", "ftp://example.org/a", "file:///a", "example.org/a.torrent",
                                     "http://a.org/x y", "http://a.org/1\nhttp://a.org/2", "see http://a.org/", "magnet:?xt=a",
                                     "http://a.org:99999/", "http://a.org/\x01" };
  g_autofree char *long_one = g_strnfill (9000, 'a');

  memcpy (long_one, "http://a/", 9);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *address = freshet_torrent_fetch_dup_address (good[i]);
      g_autofree char *stripped = g_strstrip (g_strdup (good[i]));

      g_assert_cmpstr (address, ==, stripped);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (freshet_torrent_fetch_dup_address (bad[i]));
  g_assert_null (freshet_torrent_fetch_dup_address (long_one));
}

#define ADD(path, data, function) g_test_add (path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/torrent-fetch/addresses", test_addresses);
  ADD ("/torrent-fetch/good", "/good", test_good);
  ADD ("/torrent-fetch/called-a-page", "/as-text", test_good);
  ADD ("/torrent-fetch/moved", "/moved", test_good);
  ADD ("/torrent-fetch/moved-with-an-endless-body", "/to-body", test_good);
  ADD ("/torrent-fetch/name-and-password", NULL, test_name_and_password);
  ADD ("/torrent-fetch/to-magnet", NULL, test_to_magnet);
  for (guint i = 0; i < G_N_ELEMENTS (refusals); i++)
    {
      g_autofree char *name = g_strconcat ("/torrent-fetch/refused/", refusals[i].name, NULL);

      ADD (name, &refusals[i], test_refusal);
    }
  ADD ("/torrent-fetch/slow/silent", "/silent", test_slow);
  ADD ("/torrent-fetch/slow/stalled", "/stalled", test_slow);
  ADD ("/torrent-fetch/slow/endless", "/endless", test_slow);
  ADD ("/torrent-fetch/cancelled/meanwhile", GINT_TO_POINTER (FALSE), test_cancelled);
  ADD ("/torrent-fetch/cancelled/before", GINT_TO_POINTER (TRUE), test_cancelled);
  ADD ("/torrent-fetch/unreachable", NULL, test_unreachable);
  return g_test_run ();
}
