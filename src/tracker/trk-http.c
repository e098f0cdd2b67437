/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "freshet-tracker"

#include "config.h"

#include "trk-http-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gi18n-lib.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Below GTK's layout (110) and painting (120), for the day a window runs us. */
#define TRK_HTTP_PRIORITY 150

/* One read; also the most that can wait in a connection's input. */
#define TRK_HTTP_READ 65536u

/* With this much unsent nothing more is answered: a client that sends and
 * never reads has to stop. */
#define TRK_HTTP_OUTPUT_MAX 65536u

/* Bytes of an unwanted body that are read and dropped, so that the client
 * sees our answer and not a reset. */
#define TRK_HTTP_DRAIN_MAX (1u << 20)

#define TRK_HTTP_ACCEPTS 64

typedef struct
{
  TrkHttp *http;
  int fd;
  BtAddr source_addr;
  GSource *source;     /* waits to read, or to write while there is output */
  GIOCondition waits_for;
  BtBuffer input;      /* the beginning of a request */
  BtBuffer output;
  gsize drained;
  gboolean closing;    /* nothing more is answered */
  gboolean has_rest;   /* unread bytes may follow: drain before closing */
  gint64 active;       /* when it last made progress; the list is in this order */
  GList link;
} TrkConnection;

struct _TrkHttp
{
  const TrkHttpHost *host;
  gpointer host_data;
  int fd;
  GSource *listen_source;
  GSource *idle_source;
  GSource *resume_source;
  GQueue connections; /* longest idle first */
  guint8 buffer[TRK_HTTP_READ];
};

static void
connection_free (TrkConnection *self)
{
  g_queue_unlink (&self->http->connections, &self->link);
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  bt_buffer_clear (&self->input);
  bt_buffer_clear (&self->output);
  close (self->fd);
  g_free (self);
}

static void
connection_touch (TrkConnection *self)
{
  self->active = g_get_monotonic_time ();
  g_queue_unlink (&self->http->connections, &self->link);
  g_queue_push_tail_link (&self->http->connections, &self->link);
}

/* Answers what is in @input; what remains is the beginning of a request, or
 * requests that have to wait for the output. */
static void
connection_answer (TrkConnection *self, BtReader *input)
{
  TrkHttp *http = self->http;

  while (!self->closing && input->left > 0 && bt_buffer_length (&self->output) < TRK_HTTP_OUTPUT_MAX)
    {
      TrkRequest request;

      switch (trk_request_parse (input, &request))
        {
        case BT_DECODE_OK:
          trk_http_answer (http->host, http->host_data, &request, &self->source_addr, &self->output);
          self->closing = !request.keep_alive;
          self->has_rest = request.has_body;
          break;
        case BT_DECODE_BAD:
          trk_http_answer_error (400, "Bad Request", &self->output);
          self->closing = self->has_rest = TRUE;
          break;
        case BT_DECODE_MORE:
        default:
          return;
        }
    }
}

/* Returns: FALSE when the connection is of no more use */
static gboolean
connection_flush (TrkConnection *self)
{
  while (bt_buffer_length (&self->output) > 0)
    {
      gssize n = send (self->fd, bt_buffer_peek (&self->output), bt_buffer_length (&self->output), MSG_NOSIGNAL);

      if (n < 0)
        return errno == EAGAIN || errno == EINTR;
      bt_buffer_consume (&self->output, (gsize) n);
    }

  /* Where little is sent for long, nothing is kept for it. */
  bt_buffer_clear (&self->output);
  if (!self->closing)
    return TRUE;
  if (!self->has_rest)
    return FALSE;
  return shutdown (self->fd, SHUT_WR) == 0;
}

/* Reads once. Returns: FALSE when the connection is of no more use */
static gboolean
connection_read (TrkConnection *self)
{
  guint8 *buffer = self->http->buffer;
  gssize n = recv (self->fd, buffer, sizeof self->http->buffer, 0);
  BtReader reader;

  if (n < 0)
    return errno == EAGAIN || errno == EINTR;
  if (n == 0)
    return FALSE;
  if (self->closing)
    {
      self->drained += (gsize) n;
      return self->drained < TRK_HTTP_DRAIN_MAX;
    }

  connection_touch (self);
  if (bt_buffer_length (&self->input) > 0)
    {
      bt_buffer_append (&self->input, buffer, (gsize) n);
      bt_reader_init (&reader, bt_buffer_peek (&self->input), bt_buffer_length (&self->input));
      connection_answer (self, &reader);
      bt_buffer_consume (&self->input, bt_buffer_length (&self->input) - reader.left);
    }
  else
    {
      bt_reader_init (&reader, buffer, (gsize) n);
      connection_answer (self, &reader);
      bt_buffer_append (&self->input, reader.data, reader.left);
    }
  return connection_flush (self);
}

/* The output is away: answers the requests that had to wait for it. */
static gboolean
connection_write (TrkConnection *self)
{
  if (!connection_flush (self))
    return FALSE;
  connection_touch (self);
  while (!self->closing && bt_buffer_length (&self->output) == 0 && bt_buffer_length (&self->input) > 0)
    {
      BtReader reader;

      bt_reader_init (&reader, bt_buffer_peek (&self->input), bt_buffer_length (&self->input));
      connection_answer (self, &reader);
      bt_buffer_consume (&self->input, bt_buffer_length (&self->input) - reader.left);
      if (bt_buffer_length (&self->output) == 0)
        break;
      if (!connection_flush (self))
        return FALSE;
    }
  return TRUE;
}

static gboolean connection_ready_cb (int fd, GIOCondition condition, gpointer user_data);

/* While there is output only writing is waited for: what the client sends
 * meanwhile stays with the kernel. */
static void
connection_wait (TrkConnection *self)
{
  GIOCondition wanted = bt_buffer_length (&self->output) > 0 ? G_IO_OUT : G_IO_IN;

  if (self->source != NULL && self->waits_for == wanted)
    return;
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  self->waits_for = wanted;
  self->source = g_unix_fd_source_new (self->fd, wanted);
  g_source_set_static_name (self->source, "trk-http connection");
  g_source_set_priority (self->source, TRK_HTTP_PRIORITY);
  g_source_set_callback (self->source, G_SOURCE_FUNC (connection_ready_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static gboolean
connection_ready_cb (int fd, GIOCondition condition, gpointer user_data)
{
  TrkConnection *self = user_data;
  gboolean alive = self->waits_for == G_IO_OUT ? connection_write (self) : connection_read (self);

  if (alive)
    connection_wait (self);
  else
    connection_free (self);
  return G_SOURCE_CONTINUE; /* a source that is not wanted any more is destroyed already */
}

static void
read_sockaddr (const struct sockaddr_storage *address, BtAddr *out)
{
  const struct sockaddr_in *v4 = (const void *) address;
  const struct sockaddr_in6 *v6 = (const void *) address;

  memset (out, 0, sizeof *out);
  if (address->ss_family == AF_INET)
    bt_addr_init_v4 (out, (const guint8 *) &v4->sin_addr, g_ntohs (v4->sin_port));
  else if (address->ss_family == AF_INET6)
    bt_addr_init_v6 (out, (const guint8 *) &v6->sin6_addr, g_ntohs (v6->sin6_port));
}

static gboolean
idle_cb (gpointer user_data)
{
  TrkHttp *self = user_data;
  gint64 oldest = g_get_monotonic_time () - (gint64) self->host->policy (self->host_data)->idle_timeout * G_USEC_PER_SEC;
  TrkConnection *first;

  while ((first = g_queue_peek_head (&self->connections)) != NULL && first->active < oldest)
    connection_free (first);
  if (first != NULL)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->idle_source, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
watch_idle (TrkHttp *self)
{
  if (self->idle_source != NULL)
    return;
  self->idle_source = g_timeout_source_new_seconds (1);
  g_source_set_static_name (self->idle_source, "trk-http idle");
  g_source_set_callback (self->idle_source, idle_cb, self, NULL);
  g_source_attach (self->idle_source, g_main_context_get_thread_default ());
}

static void
add_connection (TrkHttp *self, int fd, const struct sockaddr_storage *address)
{
  TrkConnection *connection;
  int yes = 1;

  /* A newcomer is worth more than whoever has been silent longest. */
  if (self->connections.length >= self->host->policy (self->host_data)->max_connections)
    connection_free (g_queue_peek_head (&self->connections));

  connection = g_new0 (TrkConnection, 1);
  connection->http = self;
  connection->fd = fd;
  connection->link.data = connection;
  connection->active = g_get_monotonic_time ();
  read_sockaddr (address, &connection->source_addr);
  g_queue_push_tail_link (&self->connections, &connection->link);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  watch_idle (self);

  /* The request is usually there by now, and then no turn of the loop is lost. */
  if (connection_read (connection))
    connection_wait (connection);
  else
    connection_free (connection);
}

static gboolean accept_cb (int fd, GIOCondition condition, gpointer user_data);

static void
watch_listener (TrkHttp *self)
{
  self->listen_source = g_unix_fd_source_new (self->fd, G_IO_IN);
  g_source_set_static_name (self->listen_source, "trk-http accept");
  g_source_set_priority (self->listen_source, TRK_HTTP_PRIORITY);
  g_source_set_callback (self->listen_source, G_SOURCE_FUNC (accept_cb), self, NULL);
  g_source_attach (self->listen_source, g_main_context_get_thread_default ());
}

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean
resume_cb (gpointer user_data)
{
  TrkHttp *self = user_data;

  g_clear_pointer (&self->resume_source, g_source_unref);
  watch_listener (self);
  return G_SOURCE_REMOVE;
}

/* A caller we have no descriptor for would be announced to us again at once
 * and for ever. */
static void
rest_listener (TrkHttp *self)
{
  clear_source (&self->listen_source);
  self->resume_source = g_timeout_source_new_seconds (1);
  g_source_set_static_name (self->resume_source, "trk-http resume");
  g_source_set_callback (self->resume_source, resume_cb, self, NULL);
  g_source_attach (self->resume_source, g_main_context_get_thread_default ());
}

static gboolean
accept_cb (int fd, GIOCondition condition, gpointer user_data)
{
  TrkHttp *self = user_data;

  for (guint i = 0; i < TRK_HTTP_ACCEPTS; i++)
    {
      struct sockaddr_storage address = { 0 };
      socklen_t length = sizeof address;
      int client = accept4 (fd, (struct sockaddr *) &address, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

      if (client >= 0)
        {
          add_connection (self, client, &address);
          continue;
        }
      if (errno == EMFILE || errno == ENFILE)
        {
          if (self->connections.length > 0)
            connection_free (g_queue_peek_head (&self->connections));
          rest_listener (self);
          break;
        }
      if (errno != ECONNABORTED && errno != EINTR)
        break;
    }
  return G_SOURCE_CONTINUE;
}

TrkHttp *
trk_http_new (const TrkHttpHost *host, gpointer host_data)
{
  TrkHttp *self = g_new0 (TrkHttp, 1);

  self->host = host;
  self->host_data = host_data;
  self->fd = -1;
  g_queue_init (&self->connections);
  return self;
}

void
trk_http_free (TrkHttp *self)
{
  clear_source (&self->listen_source);
  clear_source (&self->idle_source);
  clear_source (&self->resume_source);
  while (self->connections.length > 0)
    connection_free (g_queue_peek_head (&self->connections));
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

static socklen_t
write_sockaddr (const BtAddr *addr, guint16 port, struct sockaddr_storage *out)
{
  struct sockaddr_in *v4 = (void *) out;
  struct sockaddr_in6 *v6 = (void *) out;

  memset (out, 0, sizeof *out);
  if (addr->family == BT_ADDR_V4)
    {
      v4->sin_family = AF_INET;
      v4->sin_port = g_htons (port);
      memcpy (&v4->sin_addr, addr->ip, 4);
      return sizeof *v4;
    }
  v6->sin6_family = AF_INET6;
  v6->sin6_port = g_htons (port);
  memcpy (&v6->sin6_addr, addr->ip, 16);
  return sizeof *v6;
}

/* Returns: a listening socket, or -1 with errno */
static int
open_listener (const BtAddr *bind_addr, guint16 port, guint16 *got)
{
  struct sockaddr_storage address;
  socklen_t length = write_sockaddr (bind_addr, port, &address);
  int fd = socket (address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int yes = 1, no = 0, error;
  BtAddr bound;

  if (fd < 0)
    return -1;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (address.ss_family == AF_INET6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  if (bind (fd, (struct sockaddr *) &address, length) != 0 || listen (fd, SOMAXCONN) != 0 ||
      getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    {
      error = errno;
      close (fd);
      errno = error;
      return -1;
    }
  read_sockaddr (&address, &bound);
  *got = bound.port;
  return fd;
}

guint16
trk_http_listen (TrkHttp *self, const BtAddr *bind_addr, guint16 port, GError **error)
{
  static const BtAddr any_v4 = { .family = BT_ADDR_V4 };
  static const BtAddr any_v6 = { .family = BT_ADDR_V6 };
  guint16 got = 0;

  g_return_val_if_fail (self->fd < 0, 0);

  self->fd = open_listener (bind_addr != NULL ? bind_addr : &any_v6, port, &got);
  /* A machine without IPv6 */
  if (self->fd < 0 && bind_addr == NULL && errno != EADDRINUSE && errno != EACCES)
    self->fd = open_listener (&any_v4, port, &got);
  if (self->fd < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("Port %u cannot be used: %s"), port, g_strerror (errno));
      return 0;
    }

  watch_listener (self);
  return got;
}

guint
trk_http_count_connections (TrkHttp *self)
{
  return self->connections.length;
}
