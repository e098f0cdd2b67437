/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-wire.h"

/* What a frame's length must be for an id; a pair of bounds. */
typedef struct
{
  guint32 least;
  guint32 most;
} LengthRule;

static LengthRule
length_rule (guint8 id)
{
  switch (id)
    {
    case BT_WIRE_CHOKE:
    case BT_WIRE_UNCHOKE:
    case BT_WIRE_INTERESTED:
    case BT_WIRE_NOT_INTERESTED:
    case BT_WIRE_HAVE_ALL:
    case BT_WIRE_HAVE_NONE:
      return (LengthRule){ 1, 1 };
    case BT_WIRE_HAVE:
    case BT_WIRE_SUGGEST:
    case BT_WIRE_ALLOWED_FAST:
      return (LengthRule){ 5, 5 };
    case BT_WIRE_REQUEST:
    case BT_WIRE_CANCEL:
    case BT_WIRE_REJECT:
      return (LengthRule){ 13, 13 };
    case BT_WIRE_PORT:
      return (LengthRule){ 3, 3 };
    case BT_WIRE_PIECE:
      /* We never ask for more than a block, so nobody may send more. */
      return (LengthRule){ 10, 9 + BT_BLOCK_SIZE };
    case BT_WIRE_EXTENDED:
      return (LengthRule){ 2, BT_WIRE_MAX_FRAME };
    default:
      return (LengthRule){ 1, BT_WIRE_MAX_FRAME };
    }
}

static gboolean
is_known (guint8 id)
{
  return id <= BT_WIRE_PORT || (id >= BT_WIRE_SUGGEST && id <= BT_WIRE_ALLOWED_FAST) || id == BT_WIRE_EXTENDED;
}

static gboolean
index_is_valid (guint32 piece, guint32 n_pieces)
{
  return n_pieces == 0 ? piece < BT_MAX_PIECES : piece < n_pieces;
}

static BtDecode
read_block (BtReader *body, guint32 n_pieces, BtWireMessage *message)
{
  if (!bt_reader_u32 (body, &message->block.piece) ||
      !bt_reader_u32 (body, &message->block.begin) ||
      !bt_reader_u32 (body, &message->block.length))
    return BT_DECODE_MORE;
  return index_is_valid (message->block.piece, n_pieces) ? BT_DECODE_OK : BT_DECODE_BAD;
}

static BtDecode
read_piece (BtReader *body, guint32 length, guint32 n_pieces, BtWireMessage *message)
{
  if (!bt_reader_u32 (body, &message->block.piece) ||
      !bt_reader_u32 (body, &message->block.begin))
    return BT_DECODE_MORE;
  if (!index_is_valid (message->block.piece, n_pieces))
    return BT_DECODE_BAD;

  message->block.length = length - 9;
  message->payload_length = MIN (body->left, message->block.length);
  bt_reader_take (body, message->payload_length, &message->payload);
  return BT_DECODE_OK;
}

static BtDecode
read_body (BtReader *body, guint32 length, guint32 n_pieces, BtWireMessage *message)
{
  if (message->type == BT_WIRE_PIECE)
    return read_piece (body, length, n_pieces, message);
  if (body->left < length - 1)
    return BT_DECODE_MORE;

  switch ((guint) message->type)
    {
    case BT_WIRE_HAVE:
    case BT_WIRE_SUGGEST:
    case BT_WIRE_ALLOWED_FAST:
      bt_reader_u32 (body, &message->block.piece);
      return index_is_valid (message->block.piece, n_pieces) ? BT_DECODE_OK : BT_DECODE_BAD;
    case BT_WIRE_REQUEST:
    case BT_WIRE_CANCEL:
    case BT_WIRE_REJECT:
      return read_block (body, n_pieces, message);
    case BT_WIRE_PORT:
      bt_reader_u16 (body, &message->port);
      return BT_DECODE_OK;
    case BT_WIRE_EXTENDED:
      bt_reader_u8 (body, &message->extended_id);
      message->payload_length = length - 2;
      break;
    default:
      message->payload_length = length - 1;
      break;
    }
  bt_reader_take (body, message->payload_length, &message->payload);
  return BT_DECODE_OK;
}

BtDecode
bt_wire_next (BtReader *input, guint32 n_pieces, BtWireMessage *message)
{
  BtReader probe = *input;
  LengthRule rule;
  BtDecode result;
  guint32 length;
  guint8 id;

  if (!bt_reader_u32 (&probe, &length))
    return BT_DECODE_MORE;
  if (length > BT_WIRE_MAX_FRAME)
    return BT_DECODE_BAD;

  *message = (BtWireMessage){ .type = BT_WIRE_KEEP_ALIVE };
  if (length > 0)
    {
      if (!bt_reader_u8 (&probe, &id))
        return BT_DECODE_MORE;
      rule = length_rule (id);
      if (length < rule.least || length > rule.most)
        return BT_DECODE_BAD;
      message->type = is_known (id) ? (BtWireType) id : BT_WIRE_UNKNOWN;
      result = read_body (&probe, length, n_pieces, message);
      if (result != BT_DECODE_OK)
        return result;
    }

  *input = probe;
  return BT_DECODE_OK;
}

static guint8 *
put_u32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (at, &value, 4);
  return at + 4;
}

static guint8 *
begin_frame (BtBuffer *out, BtWireType type, gsize body)
{
  guint8 *at = put_u32 (bt_buffer_reserve (out, 5 + body), (guint32) (1 + body));

  *at = (guint8) type;
  bt_buffer_commit (out, 5 + body);
  return at + 1;
}

void
bt_wire_write_keep_alive (BtBuffer *out)
{
  bt_buffer_append (out, "\0\0\0\0", 4);
}

void
bt_wire_write_simple (BtBuffer *out, BtWireType type)
{
  begin_frame (out, type, 0);
}

void
bt_wire_write_index (BtBuffer *out, BtWireType type, guint32 piece)
{
  put_u32 (begin_frame (out, type, 4), piece);
}

void
bt_wire_write_block (BtBuffer *out, BtWireType type, const BtBlock *block)
{
  guint8 *at = begin_frame (out, type, 12);

  at = put_u32 (at, block->piece);
  at = put_u32 (at, block->begin);
  put_u32 (at, block->length);
}

void
bt_wire_write_bitfield (BtBuffer *out, const guint8 *bytes, gsize length)
{
  memcpy (begin_frame (out, BT_WIRE_BITFIELD, length), bytes, length);
}

void
bt_wire_write_port (BtBuffer *out, guint16 port)
{
  guint8 *at = begin_frame (out, BT_WIRE_PORT, 2);

  at[0] = (guint8) (port >> 8);
  at[1] = (guint8) port;
}

void
bt_wire_write_piece_header (guint8 out[BT_WIRE_PIECE_HEADER], const BtBlock *block)
{
  guint8 *at = put_u32 (out, 9 + block->length);

  *at++ = BT_WIRE_PIECE;
  at = put_u32 (at, block->piece);
  put_u32 (at, block->begin);
}

void
bt_wire_write_extended (BtBuffer *out, guint8 id, const void *payload, gsize length)
{
  guint8 *at = begin_frame (out, BT_WIRE_EXTENDED, 1 + length);

  at[0] = id;
  if (length > 0)
    memcpy (at + 1, payload, length);
}
