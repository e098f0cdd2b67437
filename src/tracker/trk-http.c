/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-tracker"

#include "config.h"

#include "trk-http.h"

#include <libsoup/soup.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>

/* How long to wait when the process has no descriptor left for a caller. */
#define TRK_HTTP_RETRY_SECONDS 1

struct _TrkHttp
{
  const TrkHttpHost *host;
  gpointer host_data;
  SoupServer *server;
  GSocketListener *listener;
  GCancellable *cancellable;
  GSource *retry_source;
  guint *n_connections; /* a reference-counted box: connections may outlive us by a moment */
};

static void
read_address (GSocketAddress *address, BtAddr *out)
{
  GInetAddress *ip;
  guint16 port;

  memset (out, 0, sizeof *out);
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return;
  ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  if (g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV4)
    bt_addr_init_v4 (out, g_inet_address_to_bytes (ip), port);
  else
    bt_addr_init_v6 (out, g_inet_address_to_bytes (ip), port);
}

static GBytes *
answer_announce (TrkHttp *self, const char *query, const BtAddr *source)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GByteArray) ids = NULL;
  BtAnnounceRequest request = { 0 };
  BtAnnounceReply reply;
  GBytes *body;

  if (!bt_announce_http_parse_query (query, &request, &error))
    return bt_announce_http_write_failure (error->message);

  bt_announce_reply_init (&reply);
  if (!request.compact && !request.no_peer_id)
    ids = g_byte_array_new ();
  self->host->announce (&request, source, &reply, ids, self->host_data);
  body = reply.failure_reason != NULL ? bt_announce_http_write_failure (reply.failure_reason)
                                      : bt_announce_http_write_reply (&reply, &request, ids != NULL ? ids->data : NULL);
  bt_announce_reply_clear (&reply);
  return body;
}

static GBytes *
answer_scrape (TrkHttp *self, const char *query)
{
  guint most = self->host->policy (self->host_data)->max_scrape;
  g_autoptr(GArray) hashes = g_array_new (FALSE, FALSE, BT_SHA1_LENGTH);
  g_autofree BtScrapeEntry *entries = NULL;
  g_autoptr(GError) error = NULL;

  if (!bt_scrape_http_parse_query (query, hashes, most, &error))
    return bt_announce_http_write_failure (error->message);
  /* A scrape of everything would tell strangers what is shared here. */
  if (hashes->len == 0)
    return bt_announce_http_write_failure ("A scrape has to name its torrents.");

  entries = g_new0 (BtScrapeEntry, hashes->len);
  for (guint i = 0; i < hashes->len; i++)
    self->host->scrape ((const guint8 *) hashes->data + (gsize) i * BT_SHA1_LENGTH, &entries[i], self->host_data);
  return bt_scrape_http_write_reply (entries, hashes->len);
}

/* A tracker's no is an answer like any other: clients show the reason of
 * a 200, and hide it behind "404" or "400" otherwise. */
static void
request_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *form, gpointer user_data)
{
  TrkHttp *self = user_data;
  const char *method = soup_server_message_get_method (message);
  const char *query = g_uri_get_query (soup_server_message_get_uri (message));
  g_autoptr(GBytes) body = NULL;
  BtAddr source;

  if (!g_str_equal (method, "GET") && !g_str_equal (method, "HEAD"))
    {
      soup_server_message_set_status (message, SOUP_STATUS_METHOD_NOT_ALLOWED, NULL);
      return;
    }
  read_address (soup_server_message_get_remote_address (message), &source);
  if (g_str_equal (path, "/announce"))
    body = answer_announce (self, query != NULL ? query : "", &source);
  else if (g_str_equal (path, "/scrape"))
    body = answer_scrape (self, query != NULL ? query : "");

  if (body == NULL)
    {
      soup_server_message_set_status (message, SOUP_STATUS_NOT_FOUND, NULL);
      return;
    }
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (message), "text/plain", NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), body);
}

/* Nothing we answer needs a body, and one that nobody keeps can be any length. */
static void
headers_cb (SoupServer *server, SoupServerMessage *message, const char *path, GHashTable *form, gpointer user_data)
{
  soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
}

static void
connection_gone_cb (gpointer user_data, GObject *connection)
{
  guint *n_connections = user_data;

  (*n_connections)--;
  g_rc_box_release (n_connections);
}

static void
take_connection (TrkHttp *self, GSocketConnection *connection)
{
  const TrkPolicy *policy = self->host->policy (self->host_data);
  GSocket *socket = g_socket_connection_get_socket (connection);
  g_autoptr(GSocketAddress) local = g_socket_connection_get_local_address (connection, NULL);
  g_autoptr(GSocketAddress) remote = g_socket_connection_get_remote_address (connection, NULL);

  /* Dropping it closes it; the caller may have gone already. */
  if (local == NULL || remote == NULL || *self->n_connections >= policy->max_connections)
    return;

  /* A connection that says nothing, or stops in the middle of a request, has
   * to end, or a thousand of them would shut everybody else out. */
  g_socket_set_timeout (socket, policy->idle_timeout);
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  if (!soup_server_accept_iostream (self->server, G_IO_STREAM (connection), local, remote, NULL))
    return;
  (*self->n_connections)++;
  g_object_weak_ref (G_OBJECT (connection), connection_gone_cb, g_rc_box_acquire (self->n_connections));
}

static void accept_next (TrkHttp *self);

static gboolean
retry_cb (gpointer user_data)
{
  TrkHttp *self = user_data;

  g_clear_pointer (&self->retry_source, g_source_unref);
  accept_next (self);
  return G_SOURCE_REMOVE;
}

static void
accepted_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnection) connection = g_socket_listener_accept_finish (G_SOCKET_LISTENER (source), result, NULL, &error);
  TrkHttp *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (connection != NULL)
    {
      take_connection (self, connection);
      accept_next (self);
      return;
    }

  g_debug ("no connection accepted: %s", error->message);
  self->retry_source = g_timeout_source_new_seconds (TRK_HTTP_RETRY_SECONDS);
  g_source_set_static_name (self->retry_source, "trk-http retry");
  g_source_set_callback (self->retry_source, retry_cb, self, NULL);
  g_source_attach (self->retry_source, g_main_context_get_thread_default ());
}

static void
accept_next (TrkHttp *self)
{
  g_socket_listener_accept_async (self->listener, self->cancellable, accepted_cb, self);
}

TrkHttp *
trk_http_new (const TrkHttpHost *host, gpointer host_data)
{
  TrkHttp *self = g_new0 (TrkHttp, 1);

  self->host = host;
  self->host_data = host_data;
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_early_handler (self->server, NULL, headers_cb, self, NULL);
  soup_server_add_handler (self->server, NULL, request_cb, self, NULL);
  self->listener = g_socket_listener_new ();
  g_socket_listener_set_backlog (self->listener, 512);
  self->cancellable = g_cancellable_new ();
  self->n_connections = g_rc_box_new0 (guint);
  return self;
}

void
trk_http_free (TrkHttp *self)
{
  g_cancellable_cancel (self->cancellable);
  if (self->retry_source != NULL)
    g_source_destroy (self->retry_source);
  g_clear_pointer (&self->retry_source, g_source_unref);
  g_socket_listener_close (self->listener);
  g_object_unref (self->listener);
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_object_unref (self->cancellable);
  g_rc_box_release (self->n_connections);
  g_free (self);
}

static guint16
bind_one (TrkHttp *self, const BtAddr *bind, guint16 port, GError **error)
{
  GSocketFamily family = bind->family == BT_ADDR_V4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  g_autoptr(GInetAddress) ip = g_inet_address_new_from_bytes (bind->ip, family);
  g_autoptr(GSocketAddress) wanted = g_inet_socket_address_new (ip, port);
  g_autoptr(GSocketAddress) effective = NULL;

  if (!g_socket_listener_add_address (self->listener, wanted, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL,
                                      &effective, error))
    return 0;
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (effective));
}

guint16
trk_http_listen (TrkHttp *self, const BtAddr *bind, guint16 port, GError **error)
{
  guint16 got = port;

  if (bind != NULL)
    got = bind_one (self, bind, port, error);
  else if (port == 0)
    got = g_socket_listener_add_any_inet_port (self->listener, NULL, error);
  else if (!g_socket_listener_add_inet_port (self->listener, port, NULL, error))
    got = 0;

  if (got != 0)
    accept_next (self);
  return got;
}

guint
trk_http_count_connections (TrkHttp *self)
{
  return *self->n_connections;
}
