/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-error.h"
#include "bt-socket.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

/* As libtorrent: connect in 15 s, and both handshakes within 30 s. */
#define CONNECT_TIMEOUT (15 * G_USEC_PER_SEC)
#define HANDSHAKE_TIMEOUT (30 * G_USEC_PER_SEC)
/* Silence after which a connection is dead: BEP 3's two minutes, and some. */
#define IDLE_TIMEOUT (150 * G_USEC_PER_SEC)
#define KEEP_ALIVE_INTERVAL (100 * G_USEC_PER_SEC)

/* A peer that does not take its messages may not make us hold more. */
#define MAX_BACKLOG (2u << 20)

/* Blocks of one vectored write. */
#define MAX_BLOCKS 16u

static void
report_closed (gpointer object, gpointer data)
{
  BtPeer *self = object;

  self->host->closed (self, self->error, self->host_data);
}

void
bt_peer_close (BtPeer *self, GError *error)
{
  if (self->state == BT_PEER_CLOSING)
    {
      g_clear_error (&error);
      return;
    }
  self->state = BT_PEER_CLOSING;
  self->error = error;
  bt_loop_unwatch (self->context->loop, &self->watch);
  g_socket_close (self->socket, NULL);
  bt_buffer_clear (&self->carry);
  bt_buffer_clear (&self->out);
  bt_loop_defer (self->context->loop, report_closed, self, NULL);
}

static void
close_errno (BtPeer *self, int code)
{
  bt_peer_close (self, g_error_new_literal (G_IO_ERROR, (int) g_io_error_from_errno (code), g_strerror (code)));
}

static void
update_events (BtPeer *self)
{
  guint32 events = self->reading ? EPOLLIN : 0;

  if (self->state == BT_PEER_CONNECTING || bt_buffer_length (&self->out) > 0 || self->wants_drained)
    events |= EPOLLOUT;
  bt_loop_set_events (self->context->loop, &self->watch, events);
}

static gboolean
finish_connect (BtPeer *self)
{
  g_autoptr (GError) error = NULL;

  if (!g_socket_check_connect_result (self->socket, &error))
    {
      bt_peer_close (self, g_steal_pointer (&error));
      return FALSE;
    }
  self->state = BT_PEER_GREETING;
  self->heard_at = bt_loop_now (self->context->loop);
  return TRUE;
}

static void
peer_ready (BtWatch *watch, guint32 events)
{
  BtPeer *self = (BtPeer *) watch;

  if (self->state == BT_PEER_CONNECTING && !finish_connect (self))
    return;
  if (events & EPOLLOUT)
    {
      bt_peer_flush (self);
      if (self->state == BT_PEER_OPEN && bt_buffer_length (&self->out) == 0)
        {
          self->wants_drained = FALSE;
          self->host->drained (self, self->host_data);
          if (self->state == BT_PEER_OPEN)
            update_events (self);
        }
    }
  if (self->state == BT_PEER_CLOSING)
    return;
  if (events & EPOLLIN)
    bt_peer_readable (self);
  else if (events & (EPOLLERR | EPOLLHUP))
    close_errno (self, ECONNRESET);
}

static BtPeer *
peer_new (const BtPeerContext *context, GSocket *socket, const BtAddr *addr, const BtPeerHost *host, gpointer data)
{
  BtPeer *self = g_new0 (BtPeer, 1);

  self->context = context;
  self->socket = socket;
  self->addr = *addr;
  self->host = host;
  self->host_data = data;
  self->reading = TRUE;
  self->began = self->heard_at = self->spoke_at = bt_loop_now (context->loop);
  return self;
}

static void
write_handshake (BtPeer *self, const BtHandshake *ours)
{
  guint8 bytes[BT_HANDSHAKE_LENGTH];

  bt_handshake_write (ours, bytes);
  bt_buffer_append (&self->out, bytes, sizeof bytes);
  self->accepted = TRUE;
}

BtPeer *
bt_peer_new_outgoing (const BtPeerContext *context, const BtAddr *addr, const BtAddr *local, const BtHandshake *ours, const BtPeerHost *host, gpointer data, GError **error)
{
  GSocket *socket = bt_socket_connect (addr, local, error);
  BtPeer *self;

  if (socket == NULL)
    return NULL;
  self = peer_new (context, socket, addr, host, data);
  self->state = BT_PEER_CONNECTING;
  self->greeted = TRUE;
  write_handshake (self, ours);
  bt_loop_watch (context->loop, &self->watch, g_socket_get_fd (socket), EPOLLIN | EPOLLOUT, peer_ready);
  return self;
}

BtPeer *
bt_peer_new_incoming (const BtPeerContext *context, GSocket *socket, const BtAddr *from, const BtPeerHost *host, gpointer data)
{
  BtPeer *self = peer_new (context, socket, from, host, data);

  bt_socket_set_no_delay (socket);
  self->incoming = TRUE;
  self->state = BT_PEER_GREETING;
  bt_loop_watch (context->loop, &self->watch, g_socket_get_fd (socket), EPOLLIN, peer_ready);
  return self;
}

void
bt_peer_free (BtPeer *self)
{
  bt_loop_unwatch (self->context->loop, &self->watch);
  bt_buffer_clear (&self->carry);
  bt_buffer_clear (&self->out);
  g_clear_error (&self->error);
  g_object_unref (self->socket);
  g_free (self);
}

void
bt_peer_hold (BtPeer *self)
{
  self->reading = FALSE;
  update_events (self);
}

static void
read_held (gpointer object, gpointer data)
{
  bt_peer_read_carry (object);
}

void
bt_peer_accept (BtPeer *self, const BtHandshake *ours, const BtPeerHost *host, gpointer data)
{
  gboolean was_held = !self->reading;

  self->host = host;
  self->host_data = data;
  self->reading = TRUE;
  write_handshake (self, ours);
  bt_peer_flush (self);
  if (was_held && self->state != BT_PEER_CLOSING)
    bt_loop_defer (self->context->loop, read_held, self, NULL);
}

void
bt_peer_set_host (BtPeer *self, const BtPeerHost *host)
{
  self->host = host;
}

gboolean
bt_peer_is_closing (const BtPeer *self)
{
  return self->state == BT_PEER_CLOSING;
}

gboolean
bt_peer_is_open (const BtPeer *self)
{
  return self->state == BT_PEER_OPEN;
}

gboolean
bt_peer_is_incoming (const BtPeer *self)
{
  return self->incoming;
}

const BtAddr *
bt_peer_get_addr (const BtPeer *self)
{
  return &self->addr;
}

gpointer
bt_peer_get_host_data (const BtPeer *self)
{
  return self->host_data;
}

void
bt_peer_set_n_pieces (BtPeer *self, guint32 n_pieces)
{
  self->n_pieces = n_pieces;
}

BtBuffer *
bt_peer_out (BtPeer *self)
{
  return &self->out;
}

gboolean
bt_peer_has_backlog (const BtPeer *self)
{
  return bt_buffer_length (&self->out) > 0;
}

gint64
bt_peer_get_delay (BtPeer *self)
{
  struct tcp_info info;
  socklen_t length = sizeof info;

  if (self->watch.fd < 0 || getsockopt (self->watch.fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
    return 0;
  return info.tcpi_rtt;
}

BtRate *
bt_peer_down_rate (BtPeer *self)
{
  return &self->down;
}

BtRate *
bt_peer_up_rate (BtPeer *self)
{
  return &self->up;
}

/* Returns: bytes that the socket took; closes on errors */
static gsize
send_vectors (BtPeer *self, struct iovec *vectors, guint n_vectors)
{
  struct msghdr message = { .msg_iov = vectors, .msg_iovlen = n_vectors };
  gssize n = sendmsg (self->watch.fd, &message, MSG_NOSIGNAL);

  if (n < 0)
    {
      if (errno != EAGAIN && errno != EINTR)
        close_errno (self, errno);
      return 0;
    }
  self->spoke_at = bt_loop_now (self->context->loop);
  return (gsize) n;
}

void
bt_peer_flush (BtPeer *self)
{
  gsize length = bt_buffer_length (&self->out);
  struct iovec vector;

  if (self->state == BT_PEER_CLOSING || self->state == BT_PEER_CONNECTING)
    return;
  if (length > 0)
    {
      vector = (struct iovec){ (void *) bt_buffer_peek (&self->out), length };
      length = send_vectors (self, &vector, 1);
      if (self->state == BT_PEER_CLOSING)
        return;
      bt_buffer_consume (&self->out, length);
    }
  if (bt_buffer_length (&self->out) > MAX_BACKLOG)
    bt_peer_close (self, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, "The peer does not read"));
  else
    update_events (self);
}

static void
keep_rest (BtPeer *self, const guint8 (*headers)[BT_WIRE_PIECE_HEADER], const BtBlock *block, guint i, const guint8 *payload, gsize sent)
{
  if (sent < BT_WIRE_PIECE_HEADER)
    {
      bt_buffer_append (&self->out, headers[i] + sent, BT_WIRE_PIECE_HEADER - sent);
      sent = BT_WIRE_PIECE_HEADER;
    }
  sent -= BT_WIRE_PIECE_HEADER;
  bt_buffer_append (&self->out, payload + sent, block->length - sent);
}

void
bt_peer_want_drained (BtPeer *self)
{
  if (self->state != BT_PEER_OPEN)
    return;
  self->wants_drained = TRUE;
  bt_loop_set_events (self->context->loop, &self->watch, self->watch.events | EPOLLOUT);
}

guint
bt_peer_send_blocks (BtPeer *self, const BtBlock *blocks, guint n_blocks, const guint8 *data)
{
  guint8 headers[MAX_BLOCKS][BT_WIRE_PIECE_HEADER];
  struct iovec vectors[2 * MAX_BLOCKS + 1];
  gsize queued = bt_buffer_length (&self->out), sent, payload = 0;
  guint n = 0, taken = 0;

  if (self->state != BT_PEER_OPEN)
    return 0;
  n_blocks = MIN (n_blocks, MAX_BLOCKS);
  if (queued > 0)
    vectors[n++] = (struct iovec){ (void *) bt_buffer_peek (&self->out), queued };
  for (guint i = 0; i < n_blocks; i++)
    {
      bt_wire_write_piece_header (headers[i], &blocks[i]);
      vectors[n++] = (struct iovec){ headers[i], BT_WIRE_PIECE_HEADER };
      vectors[n++] = (struct iovec){ (void *) (data + payload), blocks[i].length };
      payload += blocks[i].length;
    }
  sent = send_vectors (self, vectors, n);
  if (self->state == BT_PEER_CLOSING)
    return 0;

  bt_buffer_consume (&self->out, MIN (sent, queued));
  sent -= MIN (sent, queued);
  /* Whole blocks that went, then the one that was cut; the others stay the
   * caller's: their bytes are read again when there is room. */
  payload = 0;
  while (taken < n_blocks && sent >= BT_WIRE_PIECE_HEADER + blocks[taken].length)
    {
      sent -= BT_WIRE_PIECE_HEADER + blocks[taken].length;
      payload += blocks[taken++].length;
    }
  if (taken < n_blocks && sent > 0)
    {
      keep_rest (self, headers, &blocks[taken], taken, data + payload, sent);
      payload += blocks[taken++].length;
    }
  bt_rate_add (&self->up, bt_loop_now (self->context->loop), payload);
  update_events (self);
  if (taken < n_blocks)
    bt_peer_want_drained (self);
  return taken;
}

const BtBlock *
bt_peer_get_block (const BtPeer *self)
{
  return self->block_left > 0 ? &self->block : NULL;
}

void
bt_peer_discard_block (BtPeer *self, const BtBlock *block)
{
  if (self->block_left > 0 &&
      (block == NULL || (block->piece == self->block.piece && block->begin == self->block.begin)))
    self->block_data = NULL;
}

void
bt_peer_resume (BtPeer *self)
{
  if (self->state == BT_PEER_CLOSING || self->reading)
    return;
  self->reading = TRUE;
  update_events (self);
}

void
bt_peer_tick (BtPeer *self, gint64 now)
{
  gint64 age = now - self->began;

  if (self->state == BT_PEER_CLOSING)
    return;
  if ((self->state == BT_PEER_CONNECTING && age > CONNECT_TIMEOUT) ||
      (self->state == BT_PEER_GREETING && age > HANDSHAKE_TIMEOUT) ||
      (self->state == BT_PEER_OPEN && self->reading && now - self->heard_at > IDLE_TIMEOUT))
    {
      close_errno (self, ETIMEDOUT);
      return;
    }
  if (self->state == BT_PEER_OPEN && now - self->spoke_at > KEEP_ALIVE_INTERVAL && bt_buffer_length (&self->out) == 0)
    {
      bt_wire_write_keep_alive (&self->out);
      bt_peer_flush (self);
    }
}
