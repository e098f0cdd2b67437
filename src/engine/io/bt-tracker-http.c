/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-tracker-http.h"

#include "bt-error.h"
#include "bt-loop.h"
#include "bt-socket.h"

#include <libsoup/soup.h>
#include <string.h>

/* A reply with two hundred peers is 4 KB; as libtorrent we read a megabyte at
 * most, counted after decompression. */
#define MAX_REPLY (1u << 20)

struct _BtTrackerHttp
{
  SoupSession *sessions[2]; /* IPv4, IPv6; NULL when left out */
};

/* One announce, over one or two families. */
typedef struct
{
  grefcount refs;
  guint n_running;
  BtAnnounceReply reply;
  gboolean worked;
  GError *error;       /* the first failure */
  GCancellable *cancellable;
  BtTrackerHttpFunc func;
  gpointer data;
} Announce;

/* One request of it. */
typedef struct
{
  Announce *announce;
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  GCancellable *cancellable; /* time-out or the caller's */
  gulong cancelled_id;
  GSource *timeout;
} Fetch;

static SoupSession *
session_new (const BtAddr *local, const char *user_agent)
{
  BtAddr any_port = *local;
  g_autoptr (GSocketAddress) address = NULL;

  any_port.port = 0;
  address = bt_socket_address_new (&any_port);
  return g_object_new (SOUP_TYPE_SESSION, "local-address", address, "user-agent", user_agent,
                       "max-conns", 20, "max-conns-per-host", 4, "idle-timeout", 10, NULL);
}

BtTrackerHttp *
bt_tracker_http_new (const BtAddr *v4, const BtAddr *v6, const char *user_agent)
{
  BtTrackerHttp *self = g_new0 (BtTrackerHttp, 1);

  if (v4 != NULL)
    self->sessions[0] = session_new (v4, user_agent);
  if (v6 != NULL)
    self->sessions[1] = session_new (v6, user_agent);
  return self;
}

void
bt_tracker_http_free (BtTrackerHttp *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sessions); i++)
    {
      if (self->sessions[i] != NULL)
        soup_session_abort (self->sessions[i]);
      g_clear_object (&self->sessions[i]);
    }
  g_free (self);
}

static void
announce_unref (Announce *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  bt_announce_reply_clear (&self->reply);
  g_clear_error (&self->error);
  g_object_unref (self->cancellable);
  g_free (self);
}

static void
merge_reply (BtAnnounceReply *into, BtAnnounceReply *from)
{
  g_array_append_vals (into->peers, from->peers->data, from->peers->len);
  for (guint i = 0; i < from->named_peers->len; i++)
    g_ptr_array_add (into->named_peers, g_strdup (from->named_peers->pdata[i]));
  into->complete = MAX (into->complete, from->complete);
  into->incomplete = MAX (into->incomplete, from->incomplete);
}

static void
take_reply (Announce *self, BtAnnounceReply *reply)
{
  gboolean works = reply->failure_reason == NULL;

  if (self->worked && works)
    merge_reply (&self->reply, reply);
  else if (!self->worked)
    {
      BtAnnounceReply old = self->reply;

      self->reply = *reply;
      *reply = old;
    }
  self->worked |= works;
  bt_announce_reply_clear (reply);
}

static void
announce_finish (Announce *self)
{
  if (g_cancellable_set_error_if_cancelled (self->cancellable, self->error == NULL ? &self->error : NULL))
    self->func (NULL, self->error, self->data);
  else if (self->worked || self->reply.failure_reason != NULL)
    self->func (&self->reply, NULL, self->data);
  else
    self->func (NULL, self->error, self->data);
}

static void
fetch_end (Fetch *self, GError *error)
{
  Announce *announce = self->announce;

  if (error != NULL && announce->error == NULL)
    announce->error = error;
  else
    g_clear_error (&error);
  g_source_destroy (self->timeout);
  g_source_unref (self->timeout);
  g_cancellable_disconnect (announce->cancellable, self->cancelled_id);
  g_clear_object (&self->stream);
  g_object_unref (self->message);
  g_object_unref (self->cancellable);
  g_byte_array_unref (self->body);
  g_free (self);

  if (--announce->n_running == 0)
    announce_finish (announce);
  announce_unref (announce);
}

static void
fetch_parse (Fetch *self)
{
  guint status = soup_message_get_status (self->message);
  g_autoptr (GError) error = NULL;
  BtAnnounceReply reply;

  bt_announce_reply_init (&reply);
  /* Some trackers put a failure reason into the body of an HTTP error. */
  if (bt_announce_http_parse_reply (self->body->data, self->body->len, &reply, &error))
    {
      take_reply (self->announce, &reply);
      fetch_end (self, NULL);
      return;
    }
  bt_announce_reply_clear (&reply);
  if (status != SOUP_STATUS_OK)
    {
      g_clear_error (&error);
      error = g_error_new (BT_ERROR, BT_ERROR_REFUSED, "HTTP %u %s", status, soup_status_get_phrase (status));
    }
  fetch_end (self, g_steal_pointer (&error));
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fetch *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);

  if (bytes == NULL)
    fetch_end (self, g_steal_pointer (&error));
  else if (g_bytes_get_size (bytes) == 0)
    fetch_parse (self);
  else if (self->body->len + g_bytes_get_size (bytes) > MAX_REPLY)
    fetch_end (self, g_error_new_literal (BT_ERROR, BT_ERROR_TOO_LARGE, "The tracker's reply is too large"));
  else
    {
      g_byte_array_append (self->body, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
      g_input_stream_read_bytes_async (self->stream, 16384, BT_PRIORITY_IO, self->cancellable, read_cb, self);
    }
}

static void
send_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fetch *self = data;
  g_autoptr (GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (self->stream == NULL)
    fetch_end (self, g_steal_pointer (&error));
  else
    g_input_stream_read_bytes_async (self->stream, 16384, BT_PRIORITY_IO, self->cancellable, read_cb, self);
}

static gboolean
timeout_cb (gpointer data)
{
  Fetch *self = data;

  if (self->announce->error == NULL)
    self->announce->error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "The tracker did not answer");
  g_cancellable_cancel (self->cancellable);
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

/* A literal address can be reached over its own family only. */
static gboolean
family_fits (GUri *uri, guint family)
{
  BtAddr addr;

  if (!bt_addr_parse_ip (&addr, g_uri_get_host (uri)))
    return TRUE;
  return (addr.family == BT_ADDR_V6) == (family == 1);
}

/* libsoup takes it for a mistake of ours when there is no host. */
static gboolean
has_host (GUri *uri)
{
  const char *host = g_uri_get_host (uri);

  return host != NULL && *host != '\0';
}

static void
start_fetch (Announce *announce, SoupSession *session, GUri *uri, guint timeout_seconds)
{
  Fetch *self = g_new0 (Fetch, 1);

  self->announce = announce;
  g_ref_count_inc (&announce->refs);
  announce->n_running++;
  self->message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  self->body = g_byte_array_new ();
  self->cancellable = g_cancellable_new ();
  self->timeout = g_timeout_source_new_seconds (timeout_seconds);
  g_source_set_callback (self->timeout, timeout_cb, self, NULL);
  g_source_set_static_name (self->timeout, "bt-tracker-http timeout");
  g_source_attach (self->timeout, g_main_context_get_thread_default ());
  self->cancelled_id = g_cancellable_connect (announce->cancellable, G_CALLBACK (cancelled_cb),
                                              g_object_ref (self->cancellable), g_object_unref);
  soup_session_send_async (session, self->message, BT_PRIORITY_IO, self->cancellable, send_cb, self);
}

static gboolean
nowhere_to_go_cb (gpointer data)
{
  Announce *self = data;

  announce_finish (self);
  announce_unref (self);
  return G_SOURCE_REMOVE;
}

static void
call_soon (GSourceFunc func, gpointer data)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, BT_PRIORITY_IO);
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
}

void
bt_tracker_http_announce (BtTrackerHttp *self, const char *url, const BtAnnounceRequest *request, guint timeout_seconds, GCancellable *cancellable, BtTrackerHttpFunc func, gpointer data)
{
  g_autofree char *full = bt_announce_http_write_url (url, request);
  g_autoptr (GError) error = NULL;
  /* Encoded: the announce URL and its passkey must arrive as they are. */
  g_autoptr (GUri) uri = g_uri_parse (full, SOUP_HTTP_URI_FLAGS, &error);
  Announce *announce = g_new0 (Announce, 1);

  g_ref_count_init (&announce->refs);
  bt_announce_reply_init (&announce->reply);
  announce->cancellable = g_object_ref (cancellable);
  announce->func = func;
  announce->data = data;

  if (uri != NULL && !has_host (uri))
    error = g_error_new_literal (BT_ERROR, BT_ERROR_MALFORMED, "The tracker's address names no host");
  for (guint i = 0; error == NULL && i < G_N_ELEMENTS (self->sessions); i++)
    if (self->sessions[i] != NULL && family_fits (uri, i))
      start_fetch (announce, self->sessions[i], uri, timeout_seconds);
  if (announce->n_running == 0)
    {
      if (error == NULL)
        error = g_error_new_literal (BT_ERROR, BT_ERROR_UNSUPPORTED, "The tracker's address cannot be reached from here");
      announce->error = g_steal_pointer (&error);
      g_ref_count_inc (&announce->refs);
      call_soon (nowhere_to_go_cb, announce);
    }
  announce_unref (announce);
}
