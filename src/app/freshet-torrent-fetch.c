/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>
#include <libsoup/soup.h>
#include <string.h>

#include "bt-addr.h"
#include "bt-http.h"
#include "bt-magnet.h"
#include "freshet-torrent-fetch.h"
#include "freshet-work.h"

#define USER_AGENT "Freshet/" PACKAGE_VERSION

#define MAX_REDIRECTS 5u
#define CHUNK 65536u

/* As long as browsers and servers bear. */
#define MAX_ADDRESS 8192u

static const FreshetTorrentFetchLimits usual_limits = { .idle = 30000, .total = 60000, .length = BT_MAX_TORRENT_FILE };

/* The data of a task. Each redirect is a request with a session of its own:
 * when that is aborted nothing more is read, however long the body is. */
typedef struct
{
  FreshetTorrentFetchLimits limits;
  GUri *uri;
  SoupSession *session;
  SoupMessage *message;
  GInputStream *stream;
  GCancellable *cancellable; /* of the request; the caller's, the time-out and a refusal cancel it */
  gulong cancelled_id;
  GByteArray *body;
  char *link;                /* a magnet link was found */
  guint n_redirects;
  guint n_informational;
  gboolean from_public;      /* a server on the Internet has sent us on */
  gint64 deadline;           /* monotonic */
  GSource *timer;
  GError *reason;            /* why we ended it */
} Fetch;

static void send_request (GTask *task);

static void
drop_request (Fetch *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  /* Let go of unread, a body would be read to its end right here. */
  if (self->stream != NULL)
    g_input_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_clear_object (&self->stream);
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  if (self->session != NULL)
    soup_session_abort (self->session);
  g_clear_object (&self->session);
}

static void
fetch_free (gpointer data)
{
  Fetch *self = data;

  g_clear_pointer (&self->uri, g_uri_unref);
  g_byte_array_unref (self->body);
  g_free (self->link);
  g_clear_error (&self->reason);
  g_free (self);
}

/* Nothing is asked, read or waited for any more. */
static void
stop (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);

  g_source_destroy (self->timer);
  g_clear_pointer (&self->timer, g_source_unref);
  g_cancellable_disconnect (g_task_get_cancellable (task), self->cancelled_id);
  drop_request (self);
}

static void
fail (GTask *task, GError *error)
{
  Fetch *self = g_task_get_task_data (task);

  stop (task);
  if (self->reason != NULL)
    {
      g_error_free (error);
      error = g_steal_pointer (&self->reason);
    }
  g_task_return_error (task, error);
}

/* Ends it from outside of the calls that it waits for. */
static void
refuse (Fetch *self, GError *reason)
{
  if (self->reason == NULL)
    self->reason = reason;
  else
    g_error_free (reason);
  g_cancellable_cancel (self->cancellable);
}

static GError *
new_content_error (BtError code)
{
  if (code == BT_ERROR_TOO_LARGE)
    return g_error_new_literal (BT_ERROR, code, _ ("What is at this address is too large for a torrent file"));
  if (code == BT_ERROR_UNSUPPORTED)
    return g_error_new_literal (BT_ERROR, code, _ ("The torrent at this address is of a kind that cannot be downloaded yet"));
  return g_error_new_literal (BT_ERROR, BT_ERROR_MALFORMED, _ ("What is at this address is not a torrent file, or it is damaged"));
}

static void
parse_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Fetch *self = task_data;
  g_autoptr (GBytes) bytes = g_byte_array_free_to_bytes (g_steal_pointer (&self->body));
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_new (bytes, &error);

  self->body = g_byte_array_new ();
  if (metainfo != NULL)
    g_task_return_pointer (task, freshet_add_request_new (metainfo), g_object_unref);
  else
    g_task_return_error (task, new_content_error (error->domain == BT_ERROR ? (BtError) error->code : BT_ERROR_MALFORMED));
}

/* --- what is answered --- */

/* A page for people, that the link to the torrent is perhaps on. */
static gboolean
is_page (Fetch *self, const guint8 *bytes, gsize length)
{
  const char *type = soup_message_headers_get_content_type (soup_message_get_response_headers (self->message), NULL);
  gsize i = 0;

  if (type != NULL && (g_ascii_strcasecmp (type, "text/html") == 0 || g_ascii_strcasecmp (type, "application/xhtml+xml") == 0))
    return TRUE;
  while (i < length && g_ascii_isspace (bytes[i]))
    i++;
  return i < length && bytes[i] == '<';
}

/* A torrent file is a dictionary: the rest of anything else is not waited for. */
static GError *
judge_beginning (Fetch *self, const guint8 *bytes, gsize length)
{
  if (bytes[0] == 'd')
    return NULL;
  if (is_page (self, bytes, length))
    return g_error_new_literal (BT_ERROR, BT_ERROR_MALFORMED, _ ("This address leads to a web page, not to a torrent file"));
  return new_content_error (BT_ERROR_MALFORMED);
}

static void
arm_timer (Fetch *self)
{
  g_source_set_ready_time (self->timer, MIN (g_get_monotonic_time () + self->limits.idle * G_TIME_SPAN_MILLISECOND, self->deadline));
}

static void read_on (GTask *task);

/* Returns: FALSE: it has ended */
static gboolean
take_bytes (GTask *task, GBytes *bytes)
{
  Fetch *self = g_task_get_task_data (task);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  GError *error = NULL;

  if (length > self->limits.length - self->body->len)
    error = new_content_error (BT_ERROR_TOO_LARGE);
  else if (self->body->len == 0)
    error = judge_beginning (self, data, length);
  if (error != NULL)
    {
      fail (task, error);
      return FALSE;
    }
  g_byte_array_append (self->body, data, (guint) length);
  return TRUE;
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Fetch *self = g_task_get_task_data (task);
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, NULL);

  if (bytes == NULL)
    fail (task, g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, _ ("The connection to “%s” broke off"), g_uri_get_host (self->uri)));
  else if (g_bytes_get_size (bytes) == 0)
    {
      stop (task);
      freshet_work_run (task, parse_thread);
    }
  else if (take_bytes (task, bytes))
    {
      arm_timer (self);
      read_on (task);
    }
}

static void
read_on (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (self->stream, CHUNK, G_PRIORITY_DEFAULT, self->cancellable, read_cb, g_object_ref (task));
}

static void
follow_redirect (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (self->message), "Location");
  g_autoptr (GUri) to = bt_http_read_location (self->message, self->uri);

  if (location != NULL && bt_magnet_is_link (location))
    {
      self->link = g_strdup (location);
      stop (task);
      g_task_return_pointer (task, NULL, NULL);
    }
  else if (to == NULL)
    fail (task, g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED, _ ("This address leads to something that is not on the web")));
  else if (++self->n_redirects > MAX_REDIRECTS)
    fail (task, g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED, _ ("This address only leads from one to the next, without an end")));
  else
    {
      g_uri_unref (self->uri);
      self->uri = g_steal_pointer (&to);
      drop_request (self);
      send_request (task);
    }
}

static GError *
new_status_error (Fetch *self, guint status)
{
  switch (status)
    {
    case SOUP_STATUS_NOT_FOUND:
    case SOUP_STATUS_GONE:
      return g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("“%s” has nothing at this address"), g_uri_get_host (self->uri));
    case SOUP_STATUS_UNAUTHORIZED:
    case SOUP_STATUS_FORBIDDEN:
      return g_error_new (G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, _ ("“%s” does not give this to everybody"), g_uri_get_host (self->uri));
    default:
      /* Translators: the name of a server, and a number like 500 */
      return g_error_new (BT_ERROR, BT_ERROR_REFUSED, _ ("“%s” answers with an error (%u)"), g_uri_get_host (self->uri), status);
    }
}

static void
judge_answer (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);
  guint status = soup_message_get_status (self->message);

  if (bt_http_is_redirect (status))
    follow_redirect (task);
  else if (status != SOUP_STATUS_OK)
    fail (task, new_status_error (self, status));
  else if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
           (guint64) soup_message_headers_get_content_length (headers) > self->limits.length)
    fail (task, new_content_error (BT_ERROR_TOO_LARGE));
  else
    read_on (task);
}

static GError *
new_connection_error (Fetch *self, const GError *error)
{
  if (error->domain == G_TLS_ERROR)
    return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, _ ("“%s” cannot prove that it is that server"), g_uri_get_host (self->uri));
  return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, _ ("“%s” could not be reached"), g_uri_get_host (self->uri));
}

static void
sent_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Fetch *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (self->stream == NULL)
    {
      fail (task, new_connection_error (self, error));
      return;
    }
  arm_timer (self);
  judge_answer (task);
}

/* --- the request --- */

static gboolean
is_at_home (GSocketAddress *address)
{
  GInetAddress *server = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  g_autofree char *ip = g_inet_address_to_string (server);
  BtAddr addr;

  return bt_addr_parse_ip (&addr, ip) && bt_addr_is_private (&addr);
}

/* The name is resolved, the connection is made, and nothing sent yet. Where
 * the person said, anything may be asked; where a server on the Internet says,
 * no machine of the person's own network. */
static void
starting_cb (SoupMessage *message, gpointer data)
{
  Fetch *self = data;
  GSocketAddress *address = soup_message_get_remote_address (message);

  /* What a proxy does is the proxy's business. */
  if (address == NULL || G_IS_PROXY_ADDRESS (address) || !G_IS_INET_SOCKET_ADDRESS (address))
    return;
  if (!is_at_home (address))
    self->from_public = TRUE;
  else if (self->from_public)
    refuse (self, g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED, _ ("This address leads from the Internet into your own network")));
}

static gboolean
timer_cb (gpointer data)
{
  Fetch *self = data;

  refuse (self, g_error_new (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("“%s” took too long to answer"), g_uri_get_host (self->uri)));
  return G_SOURCE_REMOVE;
}

static void
informational_cb (SoupMessage *message, gpointer data)
{
  Fetch *self = data;

  if (++self->n_informational > BT_HTTP_MAX_INFORMATIONAL)
    timer_cb (self);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Fetch *self = data;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

static void
send_request (GTask *task)
{
  Fetch *self = g_task_get_task_data (task);

  arm_timer (self);
  self->n_informational = 0;
  self->cancellable = g_cancellable_new ();
  self->session = g_object_new (SOUP_TYPE_SESSION, "user-agent", USER_AGENT, NULL);
  self->message = bt_http_message_new (self->uri);
  g_signal_connect (self->message, "starting", G_CALLBACK (starting_cb), self);
  g_signal_connect (self->message, "got-informational", G_CALLBACK (informational_cb), self);
  soup_session_send_async (self->session, self->message, G_PRIORITY_DEFAULT, self->cancellable, sent_cb, g_object_ref (task));
}

char *
freshet_torrent_fetch_dup_address (const char *text)
{
  g_autofree char *address = NULL;
  g_autoptr (GUri) uri = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  if (strlen (text) > MAX_ADDRESS)
    return NULL;
  address = g_strstrip (g_strdup (text));
  for (const char *c = address; *c != '\0'; c++)
    if (g_ascii_isspace (*c) || g_ascii_iscntrl (*c))
      return NULL;
  uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);
  return uri != NULL && bt_http_is_address (uri) ? g_steal_pointer (&address) : NULL;
}

void
freshet_torrent_fetch_async (const char *address, const FreshetTorrentFetchLimits *limits, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GUri) uri = g_uri_parse (address, SOUP_HTTP_URI_FLAGS, NULL);
  Fetch *self;

  g_return_if_fail (uri != NULL && bt_http_is_address (uri));

  self = g_new0 (Fetch, 1);
  self->limits = limits != NULL ? *limits : usual_limits;
  self->uri = g_steal_pointer (&uri);
  self->body = g_byte_array_new ();
  self->deadline = g_get_monotonic_time () + self->limits.total * G_TIME_SPAN_MILLISECOND;
  self->timer = g_timeout_source_new (self->limits.idle);
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_set_static_name (self->timer, "freshet-torrent-fetch timer");
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  g_task_set_source_tag (task, freshet_torrent_fetch_async);
  g_task_set_task_data (task, self, fetch_free);
  send_request (task);
  if (cancellable != NULL)
    self->cancelled_id = g_cancellable_connect (cancellable, G_CALLBACK (cancelled_cb), self, NULL);
}

FreshetAddRequest *
freshet_torrent_fetch_finish (GAsyncResult *result, char **link, GError **error)
{
  FreshetAddRequest *request;
  Fetch *self;

  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_torrent_fetch_async), NULL);

  self = g_task_get_task_data (G_TASK (result));
  *link = NULL;
  request = g_task_propagate_pointer (G_TASK (result), error);
  if (request == NULL)
    *link = g_steal_pointer (&self->link);
  return request;
}
