/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-peer-private.h"

#include <string.h>

/* A fast peer answers requests in their order, so what it sends next is known:
 * headers of 13 bytes and blocks whose places in memory are known too. One
 * vectored read puts them there, and no byte is copied twice. When something
 * else comes, what was scattered is put in line again and read as always. */

/* Blocks of one read; with their headers they fit into the shared buffer. */
#define MOST_EXPECTED 15u

/* Reads that are not foretold after a peer answered out of order (libtorrent
 * does, when several threads read for it): putting in line costs a copy more. */
#define PAUSE 256u

typedef struct
{
  BtBlock blocks[MOST_EXPECTED];
  guint8 *places[MOST_EXPECTED];
  guint8 headers[MOST_EXPECTED][BT_WIRE_PIECE_HEADER];
  guint n;
  gsize carried; /* bytes of the first header that an earlier read brought */
} Expected;

G_STATIC_ASSERT (MOST_EXPECTED * (BT_BLOCK_SIZE + BT_WIRE_PIECE_HEADER) <= BT_PEER_READ_SIZE);

static int
make_vectors (BtPeer *self, Expected *expected, gsize most, struct iovec *vectors)
{
  int n = 0;
  gsize total = 0;

  if (self->block_left > 0)
    {
      vectors[n++] = (struct iovec){ self->block_data + (self->block.length - self->block_left), self->block_left };
      total = self->block_left;
    }
  for (guint i = 0; i < expected->n; i++)
    {
      gsize skip = i == 0 ? expected->carried : 0;

      if (total >= most)
        {
          expected->n = i;
          break;
        }
      vectors[n++] = (struct iovec){ expected->headers[i] + skip, BT_WIRE_PIECE_HEADER - skip };
      vectors[n++] = (struct iovec){ expected->places[i], expected->blocks[i].length };
      total += BT_WIRE_PIECE_HEADER + expected->blocks[i].length;
    }
  return n;
}

/* The bytes from header @first on were not what they were read as. */
static void
put_in_line (BtPeer *self, const Expected *expected, guint first, gsize n, gint64 now)
{
  guint8 *line = self->context->read_buffer;
  BtReader input;

  self->scatter_pause = PAUSE;
  bt_reader_init (&input, line, n);
  for (guint i = first; i < expected->n && n > 0; i++)
    {
      gsize header = MIN (n, BT_WIRE_PIECE_HEADER), payload;

      memcpy (line, expected->headers[i], header);
      line += header;
      n -= header;
      payload = MIN (n, expected->blocks[i].length);
      memcpy (line, expected->places[i], payload);
      line += payload;
      n -= payload;
    }
  bt_peer_read_messages (self, &input, now);
  if (self->state != BT_PEER_CLOSING)
    bt_buffer_append (&self->carry, input.data, input.left);
}

static gboolean
is_as_expected (BtPeer *self, const Expected *expected, guint i)
{
  const BtBlock *block = &expected->blocks[i];
  BtWireMessage message;
  BtReader input;

  bt_reader_init (&input, expected->headers[i], BT_WIRE_PIECE_HEADER);
  return bt_wire_next (&input, self->n_pieces, &message) == BT_DECODE_OK && message.type == BT_WIRE_PIECE &&
         message.block.piece == block->piece && message.block.begin == block->begin && message.block.length == block->length;
}

/* The header was right and @payload bytes lie in their place. */
static void
take_payload (BtPeer *self, const Expected *expected, guint i, gsize payload, gint64 now)
{
  self->block = expected->blocks[i];
  self->block_left = (guint32) (self->block.length - payload);
  self->block_data = self->host->block_begin (self, &self->block, self->host_data);
  bt_rate_add (&self->down, now, payload);
  /* The place is the one that was foretold, or none any more. */
  g_assert (self->block_data == NULL || self->block_data == expected->places[i]);
  if (self->block_left == 0)
    bt_peer_end_block (self);
}

/* @n: bytes from the first header on, those carried over among them */
static void
take_expected (BtPeer *self, const Expected *expected, gsize n, gint64 now)
{
  for (guint i = 0; i < expected->n && n > 0 && self->state == BT_PEER_OPEN; i++)
    {
      gsize payload;

      if (n < BT_WIRE_PIECE_HEADER)
        {
          bt_buffer_append (&self->carry, expected->headers[i], n);
          return;
        }
      if (!is_as_expected (self, expected, i))
        {
          put_in_line (self, expected, i, n, now);
          return;
        }
      payload = MIN (n - BT_WIRE_PIECE_HEADER, expected->blocks[i].length);
      n -= BT_WIRE_PIECE_HEADER + payload;
      take_payload (self, expected, i, payload, now);
    }
}

gssize
bt_peer_read_expected (BtPeer *self, gsize most, gint64 now, gboolean *tried)
{
  struct iovec vectors[2 * MOST_EXPECTED + 1];
  Expected expected = { .carried = bt_buffer_length (&self->carry) };
  gsize from_first;
  gssize n;

  *tried = FALSE;
  if (self->scatter_pause > 0)
    {
      self->scatter_pause--;
      return 0;
    }
  if (self->host->expect == NULL || self->state != BT_PEER_OPEN || expected.carried >= BT_WIRE_PIECE_HEADER ||
      (self->block_left > 0 && self->block_data == NULL))
    return 0;
  expected.n = self->host->expect (self, expected.blocks, expected.places, MOST_EXPECTED, self->host_data);
  if (expected.n == 0)
    return 0;

  *tried = TRUE;
  if (expected.carried > 0)
    memcpy (expected.headers[0], bt_buffer_peek (&self->carry), expected.carried);
  n = bt_peer_read_vectors (self, vectors, make_vectors (self, &expected, most, vectors));
  if (n <= 0)
    return n;
  from_first = (gsize) n - bt_peer_feed_block (self, (gsize) n, now) + expected.carried;
  bt_buffer_consume (&self->carry, expected.carried);
  if (self->state == BT_PEER_OPEN)
    take_expected (self, &expected, from_first, now);
  return n;
}
