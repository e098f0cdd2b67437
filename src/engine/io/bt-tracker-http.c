/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-tracker-http.h"

#include "bt-error.h"
#include "bt-http.h"
#include "bt-loop.h"
#include "bt-socket.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

/* A reply with two hundred peers is 4 KB; as libtorrent we read a megabyte at
 * most, counted after decompression. */
#define MAX_REPLY (1u << 20)

#define MAX_REDIRECTS 5

struct _BtTrackerHttp
{
  SoupSession *sessions[2]; /* IPv4, IPv6; NULL when left out */
};

/* One announce or scrape. */
typedef struct
{
  SoupSession *session;
  GUri *uri;                 /* where we are now */
  SoupMessage *message;
  GInputStream *stream;
  GByteArray *body;
  guint n_redirects;
  guint n_informational;     /* answers before the real one */
  gboolean from_public;      /* a server on the Internet has sent us on */
  GError *reason;            /* why it was ended by us */
  GCancellable *cancellable; /* of the request: the caller's, the time-out, a refusal */
  GCancellable *caller;
  gulong cancelled_id;
  GSource *timeout;
  BtTrackerFunc func;
  BtTrackerScrapeFunc scrape_func; /* NULL: an announce */
  gpointer data;
} Fetch;

static SoupSession *
session_new (const BtAddr *local, const char *user_agent)
{
  BtAddr any_port = *local;
  g_autoptr (GSocketAddress) address = NULL;

  any_port.port = 0;
  address = bt_socket_address_new (&any_port);
  return g_object_new (SOUP_TYPE_SESSION, "local-address", address, "user-agent", user_agent,
                       "max-conns", BT_TRACKER_HTTP_MOST, "max-conns-per-host", 4, "idle-timeout", 10, NULL);
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
fetch_tell (Fetch *self, const BtAnnounceReply *reply, const GArray *entries, GError *error)
{
  g_autoptr (GError) cancelled = NULL;

  if (g_cancellable_set_error_if_cancelled (self->caller, &cancelled))
    error = cancelled;
  else if (self->reason != NULL)
    error = self->reason;
  if (error != NULL)
    {
      reply = NULL;
      entries = NULL;
    }
  if (self->scrape_func != NULL)
    self->scrape_func (entries, error, self->data);
  else
    self->func (reply, error, self->data);
}

static void
drop_request (Fetch *self)
{
  /* Let go of unread, a body would be read to its end right here. */
  if (self->stream != NULL)
    g_input_stream_close_async (self->stream, BT_PRIORITY_IO, self->cancellable, NULL, NULL);
  g_clear_object (&self->stream);
  if (self->message != NULL)
    g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_object (&self->cancellable);
}

static void
fetch_free (Fetch *self)
{
  if (self->timeout != NULL)
    g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
  g_cancellable_disconnect (self->caller, self->cancelled_id);
  g_object_unref (self->caller);
  drop_request (self);
  g_clear_object (&self->session);
  g_clear_pointer (&self->uri, g_uri_unref);
  g_clear_error (&self->reason);
  g_byte_array_unref (self->body);
  g_free (self);
}

static void
fetch_fail (Fetch *self, GError *error)
{
  fetch_tell (self, NULL, NULL, error);
  fetch_free (self);
}

/* Ends it from outside of the calls that it waits for. */
static void
fetch_refuse (Fetch *self, GError *reason)
{
  if (self->reason == NULL)
    self->reason = reason;
  else
    g_error_free (reason);
  g_cancellable_cancel (self->cancellable);
}

static gboolean
parse_body (Fetch *self, BtAnnounceReply *reply, GArray *entries, GError **error)
{
  guint status = soup_message_get_status (self->message);
  gboolean good = self->scrape_func != NULL ? bt_scrape_http_parse_reply (self->body->data, self->body->len, entries, error)
                                            : bt_announce_http_parse_reply (self->body->data, self->body->len, reply, error);

  /* Some trackers put a failure reason into the body of an HTTP error. */
  if (good || status == SOUP_STATUS_OK)
    return good;
  g_clear_error (error);
  g_set_error (error, BT_ERROR, BT_ERROR_REFUSED, "HTTP %u %s", status, soup_status_get_phrase (status));
  return FALSE;
}

static void
fetch_end (Fetch *self)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  g_autoptr (GError) error = NULL;
  BtAnnounceReply reply;

  bt_announce_reply_init (&reply);
  parse_body (self, &reply, entries, &error);
  fetch_tell (self, &reply, entries, error);
  bt_announce_reply_clear (&reply);
  fetch_free (self);
}

static void
read_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fetch *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);

  if (bytes == NULL)
    fetch_fail (self, error);
  else if (g_bytes_get_size (bytes) == 0)
    fetch_end (self);
  else if (self->body->len + g_bytes_get_size (bytes) > MAX_REPLY)
    {
      error = g_error_new_literal (BT_ERROR, BT_ERROR_TOO_LARGE, _ ("The tracker’s reply is too large."));
      fetch_fail (self, error);
    }
  else
    {
      g_byte_array_append (self->body, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
      g_input_stream_read_bytes_async (self->stream, 16384, BT_PRIORITY_IO, self->cancellable, read_cb, self);
    }
}

static void send_request (Fetch *self);

/* The rest of the answer is not wanted, however long it is. */
static void
follow_redirect (Fetch *self)
{
  g_autoptr (GUri) to = bt_http_read_location (self->message, self->uri);

  if (to == NULL)
    fetch_refuse (self, g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED, _ ("The tracker sends us nowhere.")));
  else if (++self->n_redirects > MAX_REDIRECTS)
    fetch_refuse (self, g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED, _ ("The tracker redirects again and again.")));
  if (g_cancellable_is_cancelled (self->cancellable))
    {
      fetch_fail (self, NULL);
      return;
    }
  g_uri_unref (self->uri);
  self->uri = g_steal_pointer (&to);
  g_cancellable_cancel (self->cancellable);
  drop_request (self);
  send_request (self);
}

static void
send_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Fetch *self = data;
  g_autoptr (GError) error = NULL;

  self->stream = soup_session_send_finish (SOUP_SESSION (object), result, &error);
  if (self->stream == NULL)
    fetch_fail (self, error);
  else if (bt_http_is_redirect (soup_message_get_status (self->message)))
    follow_redirect (self);
  else
    g_input_stream_read_bytes_async (self->stream, 16384, BT_PRIORITY_IO, self->cancellable, read_cb, self);
}

/* What a tracker on this machine may be asked, so that nobody's torrent makes
 * us press buttons of other servers here (libtorrent has the same rule). */
static gboolean
is_tracker_path (Fetch *self, const char *path)
{
  return g_str_has_prefix (path, self->scrape_func != NULL ? "/scrape" : "/announce") && strstr (path, "..") == NULL;
}

static gboolean
may_ask (Fetch *self, const BtAddr *server)
{
  /* The unspecified address leads to this machine too. */
  gboolean is_here = bt_addr_is_loopback (server) || !bt_addr_is_usable (server);

  if (is_here && !is_tracker_path (self, g_uri_get_path (soup_message_get_uri (self->message))))
    return FALSE;
  /* Out there nobody has to know what is on a private network. */
  return !self->from_public || !bt_addr_is_private (server);
}

/* The name is resolved, the connection is made, and nothing sent yet; after
 * every redirect again. */
static void
starting_cb (SoupMessage *message, gpointer data)
{
  Fetch *self = data;
  GSocketAddress *address = soup_message_get_remote_address (message);
  BtAddr server;

  /* What a proxy does is the proxy's business. */
  if (address == NULL || G_IS_PROXY_ADDRESS (address) || !bt_socket_address_get (address, &server))
    return;
  if (may_ask (self, &server))
    self->from_public |= !bt_addr_is_private (&server);
  else
    fetch_refuse (self, g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED,
                                             _ ("The address does not look like a tracker’s on this machine or network.")));
}

static gboolean
timeout_cb (gpointer data)
{
  fetch_refuse (data, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("The tracker did not answer.")));
  return G_SOURCE_REMOVE;
}

/* Nothing but promises is no better than silence. */
static void
informational_cb (SoupMessage *message, gpointer data)
{
  Fetch *self = data;

  if (++self->n_informational > BT_HTTP_MAX_INFORMATIONAL)
    timeout_cb (self);
}

static gboolean
fail_cb (gpointer data)
{
  fetch_fail (data, NULL);
  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Fetch *self = data;

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

/* A literal address can be reached over its own family only. */
static gboolean
family_fits (GUri *uri, BtAddrFamily family)
{
  BtAddr addr;

  if (!bt_addr_parse_ip (&addr, g_uri_get_host (uri)))
    return TRUE;
  return addr.family == family;
}

/* Why nothing can be sent. */
static GError *
find_obstacle (SoupSession *session, GUri *uri, BtAddrFamily family)
{
  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return g_error_new_literal (BT_ERROR, BT_ERROR_MALFORMED, _ ("This is not the address of a tracker."));
  if (session == NULL || !family_fits (uri, family))
    return g_error_new (BT_ERROR, BT_ERROR_UNSUPPORTED, _ ("The tracker cannot be reached over IPv%d from here."), family);
  return NULL;
}

static Fetch *
fetch_new (GCancellable *caller, gpointer data)
{
  Fetch *self = g_new0 (Fetch, 1);

  self->caller = g_object_ref (caller);
  self->body = g_byte_array_new ();
  self->data = data;
  return self;
}

static void
send_request (Fetch *self)
{
  self->n_informational = 0;
  self->cancellable = g_cancellable_new ();
  self->message = bt_http_message_new (self->uri);
  g_signal_connect (self->message, "starting", G_CALLBACK (starting_cb), self);
  g_signal_connect (self->message, "got-informational", G_CALLBACK (informational_cb), self);
  soup_session_send_async (self->session, self->message, BT_PRIORITY_IO, self->cancellable, send_cb, self);
}

static void
fetch_start (Fetch *self, BtTrackerHttp *http, const char *url, BtAddrFamily family, guint timeout_seconds)
{
  g_set_object (&self->session, http->sessions[family == BT_ADDR_V6]);
  /* Encoded: the announce URL and its passkey must arrive as they are. */
  self->uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  if (self->reason == NULL)
    self->reason = find_obstacle (self->session, self->uri, family);
  self->timeout = self->reason != NULL ? g_idle_source_new () : g_timeout_source_new_seconds (timeout_seconds);
  g_source_set_priority (self->timeout, BT_PRIORITY_IO);
  g_source_set_callback (self->timeout, self->reason != NULL ? fail_cb : timeout_cb, self, NULL);
  g_source_set_static_name (self->timeout, "bt-tracker-http timeout");
  g_source_attach (self->timeout, g_main_context_get_thread_default ());
  if (self->reason != NULL)
    return;
  send_request (self);
  self->cancelled_id = g_cancellable_connect (self->caller, G_CALLBACK (cancelled_cb), self, NULL);
}

void
bt_tracker_http_announce (BtTrackerHttp *self, const char *url, BtAddrFamily family, const BtAnnounceRequest *request, guint timeout_seconds, GCancellable *cancellable, BtTrackerFunc func, gpointer data)
{
  g_autofree char *full = bt_announce_http_write_url (url, request);
  Fetch *fetch = fetch_new (cancellable, data);

  fetch->func = func;
  fetch_start (fetch, self, full, family, timeout_seconds);
}

void
bt_tracker_http_scrape (BtTrackerHttp *self, const char *url, BtAddrFamily family, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes, guint timeout_seconds, GCancellable *cancellable, BtTrackerScrapeFunc func, gpointer data)
{
  g_autofree char *full = bt_scrape_http_write_url (url, hashes, MIN (n_hashes, BT_TRACKER_HTTP_MAX_SCRAPE));
  Fetch *fetch = fetch_new (cancellable, data);

  fetch->scrape_func = func;
  if (full == NULL)
    fetch->reason = g_error_new_literal (BT_ERROR, BT_ERROR_UNSUPPORTED, _ ("The tracker’s address has no scrape beside it (BEP 48)."));
  fetch_start (fetch, self, full != NULL ? full : url, family, timeout_seconds);
}
