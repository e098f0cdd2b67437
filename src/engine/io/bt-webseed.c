/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-webseed-private.h"

#include "bt-error.h"
#include "bt-http.h"
#include "bt-socket.h"

#include <glib/gi18n-lib.h>

#define MAX_REDIRECTS 5u

/* The body of a redirect or an error is read to its end up to this, which
 * keeps the connection for the next request. */
#define MAX_SKIPPED 16384

struct _BtWebseedFetch
{
  BtWebseedHttp *http;      /* NULL: cancelled, nobody listens */
  const BtWebseedHost *host;
  gpointer data;

  GUri *uri;                /* where we are now */
  guint64 first;
  guint64 length;
  guint64 total;
  gboolean url_says;
  gboolean from_public;
  guint n_redirects;
  gboolean redirected;      /* ... to @uri, and not asked there yet */
  gsize skipped;            /* bytes of an answer that are not wanted */
  guint n_informational;    /* answers before the real one */
  guint session;            /* index of the one in use */

  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable;
  guint8 *buffer;           /* BT_WEBSEED_READ_SIZE bytes, from the first read on */
  guint64 left;
  gboolean waits;           /* for budget */

  GSource *timer;
  gint64 last_sign;         /* of life */
  gboolean timed_out;
  gboolean refused;         /* the address is not one to ask */

  BtWebseedOutcome outcome;
  guint retry_after;
  GError *error;
};

static void
drop_message (BtWebseedFetch *self)
{
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
}

static void
fetch_free (BtWebseedFetch *self)
{
  g_clear_pointer (&self->uri, g_uri_unref);
  drop_message (self);
  g_clear_object (&self->stream);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  g_free (self->buffer);
  g_free (self);
}

/* From here on the fetch is nobody's but its own. */
static void
detach (BtWebseedFetch *self)
{
  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  self->http->n_fetches--;
  self->http = NULL;
}

static void
finish (BtWebseedFetch *self)
{
  g_autofree char *moved_to = self->n_redirects > 0 ? g_uri_to_string (self->uri) : NULL;
  BtWebseedResult result = {
    .outcome = self->outcome,
    .retry_after = self->retry_after,
    .moved_to = moved_to,
    .from_public = self->from_public,
    .error = self->error,
  };

  if (self->http != NULL)
    {
      detach (self);
      self->host->done (self, &result, self->data);
    }
  fetch_free (self);
}

static void
take_error (BtWebseedFetch *self, GError *error)
{
  if (self->timed_out)
    {
      g_error_free (error);
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("The server is silent"));
    }
  else if (self->refused)
    {
      g_error_free (error);
      error = g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED, _ ("The address is on a private network"));
    }
  g_clear_error (&self->error);
  self->error = error;
  self->outcome = self->refused ? BT_WEBSEED_MISSING : BT_WEBSEED_FAILED;
}

static void send_request (BtWebseedFetch *self);

static void
closed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  BtWebseedFetch *self = data;

  g_input_stream_close_finish (G_INPUT_STREAM (object), result, NULL);
  g_clear_object (&self->stream);
  if (self->redirected && self->http != NULL && !self->timed_out)
    send_request (self);
  else
    finish (self);
}

/* Ends with what has been found out. A stream that was not closed would close
 * itself when it goes, and wait for the rest of the body meanwhile.
 * @whole: the connection can be used again */
static void
end (BtWebseedFetch *self, gboolean whole)
{
  if (!whole)
    g_cancellable_cancel (self->cancellable);
  if (self->stream == NULL)
    finish (self);
  else
    g_input_stream_close_async (self->stream, BT_PRIORITY_IO, self->cancellable, closed_cb, self);
}

static void skip_rest (BtWebseedFetch *self);

static void
skipped_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  BtWebseedFetch *self = data;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, NULL);

  self->skipped += (gsize) MAX (n, 0);
  if (n > 0 && self->skipped <= MAX_SKIPPED && self->http != NULL)
    skip_rest (self);
  else
    end (self, n == 0);
}

/* A connection whose answer was read to the end is there for the next request. */
static void
skip_rest (BtWebseedFetch *self)
{
  if (self->buffer == NULL)
    self->buffer = g_malloc (BT_WEBSEED_READ_SIZE);
  g_input_stream_read_async (self->stream, self->buffer, MAX_SKIPPED, BT_PRIORITY_IO, self->cancellable, skipped_cb, self);
}

static void
end_missing (BtWebseedFetch *self, const char *message)
{
  self->outcome = BT_WEBSEED_MISSING;
  self->error = g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED, message);
  end (self, FALSE);
}

/* --- the body --- */

static void read_more (BtWebseedFetch *self);

static void
read_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  BtWebseedFetch *self = data;
  g_autoptr (GError) error = NULL;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (object), result, &error);

  if (self->http == NULL)
    {
      end (self, FALSE);
      return;
    }
  /* Everything came: how the answer ends is of no interest any more. */
  if (self->left == 0)
    {
      self->outcome = BT_WEBSEED_DONE;
      end (self, n == 0);
      return;
    }
  if (n <= 0)
    {
      if (error == NULL)
        error = g_error_new_literal (BT_ERROR, BT_ERROR_TRUNCATED, _ ("The answer ended early"));
      take_error (self, g_steal_pointer (&error));
      end (self, FALSE);
      return;
    }
  self->last_sign = bt_loop_now (self->http->loop);
  self->left -= (guint64) n;
  self->host->bytes (self, self->buffer, (gsize) n, self->data);
  if (self->http == NULL)
    end (self, FALSE);
  else
    read_more (self);
}

static void
read_more (BtWebseedFetch *self)
{
  gsize most = 1;

  /* After the last byte one more read sees the end of the body, which gives
   * the connection back. */
  if (self->left > 0)
    {
      most = MIN (self->host->may_read (self, self->data), BT_WEBSEED_READ_SIZE);
      if (most == 0)
        {
          self->waits = TRUE;
          return;
        }
      most = MIN (most, self->left);
    }
  g_input_stream_read_async (self->stream, self->buffer, most, BT_PRIORITY_IO, self->cancellable, read_cb, self);
}

void
bt_webseed_fetch_resume (BtWebseedFetch *self)
{
  if (!self->waits)
    return;
  self->waits = FALSE;
  /* The server was not silent; we did not listen. */
  self->last_sign = bt_loop_now (self->http->loop);
  read_more (self);
}

/* --- the answer --- */

static guint
retry_after (SoupMessageHeaders *headers)
{
  const char *text = soup_message_headers_get_one (headers, "Retry-After");
  g_autoptr (GDateTime) until = NULL;
  g_autoptr (GDateTime) now = NULL;
  guint64 seconds;

  if (text == NULL)
    return 0;
  if (g_ascii_string_to_unsigned (text, 10, 0, 1u << 30, &seconds, NULL))
    return MAX ((guint) seconds, 1);
  until = soup_date_time_new_from_http_string (text);
  now = g_date_time_new_now_utc ();
  if (until == NULL || g_date_time_compare (until, now) <= 0)
    return 0;
  return (guint) MIN (g_date_time_difference (until, now) / G_USEC_PER_SEC + 1, 1 << 30);
}

static gboolean
is_encoded (SoupMessageHeaders *headers)
{
  const char *encoding = soup_message_headers_get_one (headers, "Content-Encoding");

  return encoding != NULL && g_ascii_strcasecmp (encoding, "identity") != 0;
}

/* Only a part that says it is the one we asked for, of a file of the right
 * size: everything else is another file, or a server that knows no ranges. */
static gboolean
is_right_part (BtWebseedFetch *self, SoupMessageHeaders *headers)
{
  goffset first, last, total;

  return !self->url_says && soup_message_headers_get_content_range (headers, &first, &last, &total) && first >= 0 &&
         (guint64) first == self->first && last >= first && (guint64) last == self->first + self->length - 1 &&
         (total < 0 || (guint64) total == self->total);
}

static gboolean
is_right_whole (BtWebseedFetch *self, SoupMessageHeaders *headers)
{
  if (!self->url_says && (self->first != 0 || self->length != self->total))
    return FALSE;
  return soup_message_headers_get_encoding (headers) != SOUP_ENCODING_CONTENT_LENGTH ||
         (guint64) soup_message_headers_get_content_length (headers) == self->length;
}

static void
begin_body (BtWebseedFetch *self)
{
  self->left = self->length;
  if (self->buffer == NULL)
    self->buffer = g_malloc (BT_WEBSEED_READ_SIZE);
  read_more (self);
}

static void
end_with_status (BtWebseedFetch *self, guint status, SoupMessageHeaders *headers)
{
  gboolean later = status >= 500 || status == SOUP_STATUS_REQUEST_TIMEOUT || status == 425 || status == 429;

  self->retry_after = later ? retry_after (headers) : 0;
  self->outcome = later ? BT_WEBSEED_FAILED : BT_WEBSEED_MISSING;
  self->error = g_error_new (BT_ERROR, BT_ERROR_REFUSED, "HTTP %u %s", status, soup_status_get_phrase (status));
  skip_rest (self);
}

static void
follow_redirect (BtWebseedFetch *self)
{
  g_autoptr (GUri) to = bt_http_read_location (self->message, self->uri);

  if (to == NULL)
    end_missing (self, _ ("The server sends us nowhere"));
  else if (++self->n_redirects > MAX_REDIRECTS)
    end_missing (self, _ ("The server sends us around in circles"));
  else
    {
      g_uri_unref (self->uri);
      self->uri = g_steal_pointer (&to);
      self->redirected = TRUE;
      /* Until there is an answer from there. */
      self->outcome = BT_WEBSEED_FAILED;
      skip_rest (self);
    }
}

static void
judge_answer (BtWebseedFetch *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  guint status = soup_message_get_status (self->message);

  if (bt_http_is_redirect (status))
    follow_redirect (self);
  else if (status != SOUP_STATUS_OK && status != SOUP_STATUS_PARTIAL_CONTENT)
    end_with_status (self, status, headers);
  else if (is_encoded (headers))
    end_missing (self, _ ("The server compresses"));
  else if (status == SOUP_STATUS_OK ? is_right_whole (self, headers) : is_right_part (self, headers))
    begin_body (self);
  else
    end_missing (self, _ ("The server answers with other bytes than those asked for"));
}

/* Nothing was heard from the server: the other family may do better. */
static gboolean
try_next_session (BtWebseedFetch *self)
{
  if (self->refused || self->timed_out || self->session + 1 >= self->http->n_sessions)
    return FALSE;
  self->session++;
  send_request (self);
  return TRUE;
}

static void
sent_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  BtWebseedFetch *self = data;
  g_autoptr (GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (self->http == NULL)
    {
      end (self, FALSE);
      return;
    }
  if (self->stream == NULL)
    {
      if (try_next_session (self))
        return;
      take_error (self, g_steal_pointer (&error));
      finish (self);
      return;
    }
  self->last_sign = bt_loop_now (self->http->loop);
  judge_answer (self);
}

/* --- the request --- */

/* Is the server on a private network? A proxy finds out itself which address
 * a name stands for. */
static gboolean
is_private (SoupMessage *message)
{
  GSocketAddress *remote = soup_message_get_remote_address (message);
  BtAddr addr;

  if (remote != NULL && !G_IS_PROXY_ADDRESS (remote))
    return bt_socket_address_get (remote, &addr) && bt_addr_is_private (&addr);
  return bt_addr_parse_ip (&addr, g_uri_get_host (soup_message_get_uri (message))) && bt_addr_is_private (&addr);
}

/* The connection is there and nothing has been sent yet: only now is it known
 * which address a name stands for. */
static void
starting_cb (SoupMessage *message, gpointer data)
{
  BtWebseedFetch *self = data;
  gboolean at_home = is_private (message);

  if (self->http == NULL)
    return;
  /* A server on the Internet must not make us ask machines of the user's own
   * network, nor a .torrent make us send a query there: devices obey them. */
  if (at_home && (self->from_public || (!self->url_says && g_uri_get_query (self->uri) != NULL)))
    {
      self->refused = TRUE;
      g_cancellable_cancel (self->cancellable);
    }
  else if (self->n_redirects == 0)
    self->from_public |= !at_home;
}

/* Nothing but promises is no better than silence. */
static void
informational_cb (SoupMessage *message, gpointer data)
{
  BtWebseedFetch *self = data;

  if (++self->n_informational <= BT_HTTP_MAX_INFORMATIONAL)
    return;
  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
}

static void
send_request (BtWebseedFetch *self)
{
  SoupMessageHeaders *headers;

  self->redirected = FALSE;
  self->skipped = 0;
  self->n_informational = 0;
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  drop_message (self);
  self->message = bt_http_message_new (self->uri);
  headers = soup_message_get_request_headers (self->message);
  soup_message_headers_replace (headers, "Accept-Encoding", "identity");
  if (!self->url_says)
    soup_message_headers_set_range (headers, (goffset) self->first, (goffset) (self->first + self->length - 1));
  g_signal_connect (self->message, "starting", G_CALLBACK (starting_cb), self);
  g_signal_connect (self->message, "got-informational", G_CALLBACK (informational_cb), self);
  soup_session_send_async (self->http->sessions[self->session], self->message, BT_PRIORITY_IO, self->cancellable, sent_cb, self);
}

static gboolean
timer_cb (gpointer data)
{
  BtWebseedFetch *self = data;

  if (self->waits || bt_loop_now (self->http->loop) - self->last_sign < self->http->timeout * G_USEC_PER_SEC)
    return G_SOURCE_CONTINUE;
  self->timed_out = TRUE;
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_CONTINUE;
}

static void
bad_url_cb (gpointer object, gpointer data)
{
  finish (object);
}

BtWebseedFetch *
bt_webseed_fetch_new (BtWebseedHttp *http, const BtWebseedRequest *request, const BtWebseedHost *host, gpointer data)
{
  BtWebseedFetch *self = g_new0 (BtWebseedFetch, 1);

  self->http = http;
  self->host = host;
  self->data = data;
  self->first = request->first;
  self->length = request->length;
  self->total = request->total;
  self->url_says = request->url_says;
  self->from_public = request->from_public;
  self->last_sign = bt_loop_now (http->loop);
  self->timer = bt_loop_every (http->loop, "bt-webseed timer", 1000, timer_cb, self);
  self->http->n_fetches++;
  self->uri = g_uri_parse (request->url, SOUP_HTTP_URI_FLAGS, &self->error);
  if (self->uri != NULL && http->n_sessions > 0)
    send_request (self);
  else
    {
      self->outcome = BT_WEBSEED_MISSING;
      bt_loop_defer (http->loop, bad_url_cb, self, NULL);
    }
  return self;
}

void
bt_webseed_fetch_cancel (BtWebseedFetch *self)
{
  gboolean waits = self->waits;

  detach (self);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  /* Otherwise something is under way and ends it. */
  if (waits)
    end (self, FALSE);
}
