/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-peer-private.h"

#include "bt-error.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Reads of one dispatch: a fast peer does not keep the others waiting. */
#define MAX_READS 4u

/* After a read of this size the next will be full of blocks, and it is worth
 * thinking about where they go. */
#define FAST_READ (32u << 10)

/* Messages of one read. Nobody has reason to send so many together; what is
 * behind them waits until others had their turn, and nothing is read before. */
#define MAX_MESSAGES 1000u

/* A begun message up to this long is moved to the front of the next read; a
 * longer one (a bitfield) is read where it lies, or dribbling it byte by byte
 * would cost a copy of all of it each time. */
#define SMALL_CARRY 4096u

static void
close_protocol (BtPeer *self, const char *message)
{
  bt_peer_close (self, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, message));
}

void
bt_peer_end_block (BtPeer *self)
{
  guint8 *data = g_steal_pointer (&self->block_data);

  self->host->block_end (self, &self->block, data, self->host_data);
}

static void
begin_block (BtPeer *self, const BtWireMessage *message, gint64 now)
{
  self->block = message->block;
  self->block_left = (guint32) (message->block.length - message->payload_length);
  self->block_data = self->host->block_begin (self, &message->block, self->host_data);
  bt_rate_add (&self->down, now, message->payload_length);
  if (self->block_data != NULL && message->payload_length > 0)
    memcpy (self->block_data, message->payload, message->payload_length);
  if (self->block_left == 0)
    bt_peer_end_block (self);
}

/* Returns: whether the handshake is complete and messages may follow */
static gboolean
read_handshake (BtPeer *self, BtReader *input)
{
  BtHandshake theirs;
  gboolean have_hash;
  BtDecode result = bt_handshake_read (&theirs, input->data, input->left, &have_hash);

  if (result == BT_DECODE_BAD)
    {
      close_protocol (self, "Not the BitTorrent protocol");
      return FALSE;
    }
  if (have_hash && !self->greeted)
    {
      self->greeted = TRUE;
      self->host->greeted (self, &theirs, self->host_data);
    }
  if (result != BT_DECODE_OK || self->state == BT_PEER_CLOSING || !self->accepted)
    return FALSE;

  bt_reader_skip (input, BT_HANDSHAKE_LENGTH);
  self->state = BT_PEER_OPEN;
  self->host->opened (self, &theirs, self->host_data);
  return self->state == BT_PEER_OPEN;
}

static void
read_behind (gpointer object, gpointer data)
{
  BtPeer *self = object;

  if (self->behind)
    bt_peer_read_carry (self);
}

static void
fall_behind (BtPeer *self)
{
  self->behind = TRUE;
  bt_loop_defer (self->context->loop, read_behind, self, NULL);
}

/* Takes the messages from the front of @input. */
void
bt_peer_read_messages (BtPeer *self, BtReader *input, gint64 now)
{
  BtWireMessage message;
  BtDecode result;
  guint n = 0;

  if (self->state == BT_PEER_GREETING && !read_handshake (self, input))
    return;

  while (self->state == BT_PEER_OPEN && self->block_left == 0)
    {
      if (n++ == MAX_MESSAGES && input->left > 0)
        {
          fall_behind (self);
          return;
        }
      result = bt_wire_next (input, self->n_pieces, &message);
      if (result == BT_DECODE_MORE)
        return;
      if (result == BT_DECODE_BAD)
        close_protocol (self, "The peer sent a message that is not allowed");
      else if (message.type == BT_WIRE_PIECE)
        begin_block (self, &message, now);
      else if (message.type != BT_WIRE_KEEP_ALIVE && message.type != BT_WIRE_UNKNOWN)
        self->host->message (self, &message, self->host_data);
    }
}

/* The payload of the block under way comes first of what was read.
 * Returns: bytes that were its */
gsize
bt_peer_feed_block (BtPeer *self, gsize n, gint64 now)
{
  gsize used = MIN (n, self->block_left);

  if (self->block_left == 0)
    return 0;
  bt_rate_add (&self->down, now, used);
  self->block_left -= (guint32) used;
  if (self->block_left == 0)
    bt_peer_end_block (self);
  return used;
}

gssize
bt_peer_read_vectors (BtPeer *self, struct iovec *vectors, int n_vectors)
{
  gssize n = readv (self->watch.fd, vectors, n_vectors);

  if (n == 0)
    bt_peer_close (self, g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "The peer closed the connection"));
  else if (n < 0 && errno != EAGAIN && errno != EINTR)
    bt_peer_close (self, g_error_new_literal (G_IO_ERROR, (int) g_io_error_from_errno (errno), g_strerror (errno)));
  return n;
}

/* A block is under way: straight to where it belongs, and what follows it to
 * the shared buffer. */
static gssize
read_block (BtPeer *self, gsize most, gint64 now)
{
  guint8 *shared = self->context->read_buffer;
  guint32 left = self->block_left;
  guint8 *dest = self->block_data == NULL ? shared : self->block_data + (self->block.length - left);
  struct iovec vectors[2] = { { dest, left }, { shared, MIN (most, BT_PEER_READ_SIZE) } };
  gssize n = bt_peer_read_vectors (self, vectors, self->block_data == NULL || most <= left ? 1 : 2);
  BtReader input;

  if (n <= 0)
    return n;
  bt_reader_init (&input, shared, (gsize) n - bt_peer_feed_block (self, (gsize) n, now));
  if (input.left > 0)
    {
      bt_peer_read_messages (self, &input, now);
      if (self->state != BT_PEER_CLOSING)
        bt_buffer_append (&self->carry, input.data, input.left);
    }
  return n;
}

static gssize
read_into_carry (BtPeer *self, gsize most, gint64 now)
{
  gsize room = MIN (most, 64u << 10);
  struct iovec vector = { bt_buffer_reserve (&self->carry, room), room };
  gssize n = bt_peer_read_vectors (self, &vector, 1);
  BtReader input;

  if (n <= 0)
    return n;
  bt_buffer_commit (&self->carry, (gsize) n);
  bt_reader_init (&input, bt_buffer_peek (&self->carry), bt_buffer_length (&self->carry));
  bt_peer_read_messages (self, &input, now);
  if (self->state != BT_PEER_CLOSING)
    bt_buffer_consume (&self->carry, bt_buffer_length (&self->carry) - input.left);
  return n;
}

void
bt_peer_read_carry (BtPeer *self)
{
  BtReader input;

  self->behind = FALSE;
  if (self->state == BT_PEER_CLOSING)
    return;
  bt_reader_init (&input, bt_buffer_peek (&self->carry), bt_buffer_length (&self->carry));
  bt_peer_read_messages (self, &input, bt_loop_now (self->context->loop));
  if (self->state == BT_PEER_CLOSING)
    return;
  bt_buffer_consume (&self->carry, bt_buffer_length (&self->carry) - input.left);
  if (self->state == BT_PEER_OPEN)
    self->host->round_end (self, self->host_data);
}

static gssize
read_shared (BtPeer *self, gsize most, gint64 now)
{
  guint8 *shared = self->context->read_buffer;
  gsize before = bt_buffer_length (&self->carry);
  struct iovec vector = { shared + before, MIN (most, BT_PEER_READ_SIZE - before) };
  gssize n = bt_peer_read_vectors (self, &vector, 1);
  BtReader input;

  if (n <= 0)
    return n;
  if (before > 0)
    {
      memcpy (shared, bt_buffer_peek (&self->carry), before);
      bt_buffer_consume (&self->carry, before);
    }
  bt_reader_init (&input, shared, before + (gsize) n);
  bt_peer_read_messages (self, &input, now);
  if (self->state != BT_PEER_CLOSING)
    bt_buffer_append (&self->carry, input.data, input.left);
  return n;
}

void
bt_peer_readable (BtPeer *self)
{
  gint64 now = bt_loop_now (self->context->loop);
  gboolean heard = FALSE;

  if (self->behind)
    return;
  for (guint i = 0; i < MAX_READS && self->state != BT_PEER_CLOSING; i++)
    {
      gsize most = self->state == BT_PEER_OPEN ? self->host->may_read (self, self->host_data) : BT_PEER_READ_SIZE;
      gboolean tried = FALSE;
      gssize n;

      if (most == 0)
        {
          self->reading = FALSE;
          bt_loop_set_events (self->context->loop, &self->watch, self->watch.events & ~(guint32) EPOLLIN);
          break;
        }
      n = self->last_read > FAST_READ ? bt_peer_read_expected (self, most, now, &tried) : 0;
      if (tried)
        ;
      else if (self->block_left > 0)
        n = read_block (self, most, now);
      else if (bt_buffer_length (&self->carry) > SMALL_CARRY)
        n = read_into_carry (self, most, now);
      else
        n = read_shared (self, most, now);
      if (n <= 0)
        break;
      heard = TRUE;
      self->last_read = (gsize) n;
      if (self->host->did_read != NULL)
        self->host->did_read (self, (gsize) n, self->host_data);
      /* Less than asked for: the socket is empty, and asking it again would
       * only cost a call. */
      if (n < (gssize) BT_PEER_READ_SIZE / 2 || !self->reading || self->behind)
        break;
    }
  if (!heard || self->state == BT_PEER_CLOSING)
    return;
  self->heard_at = now;
  if (self->state == BT_PEER_OPEN)
    self->host->round_end (self, self->host_data);
}
