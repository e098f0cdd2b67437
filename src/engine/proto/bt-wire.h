/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-buffer.h"
#include "bt-reader.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* Message ids of BEP 3, BEP 6 and BEP 10. A keep-alive has no id on the wire. */
typedef enum
{
  BT_WIRE_CHOKE = 0,
  BT_WIRE_UNCHOKE = 1,
  BT_WIRE_INTERESTED = 2,
  BT_WIRE_NOT_INTERESTED = 3,
  BT_WIRE_HAVE = 4,
  BT_WIRE_BITFIELD = 5,
  BT_WIRE_REQUEST = 6,
  BT_WIRE_PIECE = 7,
  BT_WIRE_CANCEL = 8,
  BT_WIRE_PORT = 9,
  BT_WIRE_SUGGEST = 13,
  BT_WIRE_HAVE_ALL = 14,
  BT_WIRE_HAVE_NONE = 15,
  BT_WIRE_REJECT = 16,
  BT_WIRE_ALLOWED_FAST = 17,
  BT_WIRE_EXTENDED = 20,
  BT_WIRE_KEEP_ALIVE = 256, /* ours: a frame of length 0 */
  BT_WIRE_UNKNOWN = 257,    /* ours: an id we do not know, to be ignored */
} BtWireType;

/* The longest frame we wait for: a bitfield of two million pieces fits. */
#define BT_WIRE_MAX_FRAME (1u << 20)

/* Bytes before a block's payload: length, id, piece, begin. */
#define BT_WIRE_PIECE_HEADER 13u

/**
 * BtWireMessage:
 *
 * One message. @payload points into the input.
 */
typedef struct
{
  BtWireType type;
  BtBlock block;         /* request, cancel, reject, piece; have, suggest, allowed-fast use .piece */
  guint16 port;          /* port */
  guint8 extended_id;    /* extended */
  const guint8 *payload; /* bitfield, extended, piece (the bytes that are there) */
  gsize payload_length;  /* bytes at @payload; for a piece it may be less than block.length */
} BtWireMessage;

/**
 * bt_wire_next:
 * @input: moved past what was consumed, only when the answer is OK
 * @n_pieces: pieces of the torrent; an index at or past it is BAD. 0 when it
 *   is not known yet, and then any index will do
 * @message: (out)
 *
 * Takes one message from the front of @input. The length is judged before the
 * body is waited for: a length that the id does not allow is BAD at once.
 *
 * A piece message answers OK as soon as its 13 byte header is there: the
 * payload is what has come of it, at most block.length bytes, and the caller
 * takes the rest from the stream as raw bytes. So a block is never buffered.
 */
BtDecode bt_wire_next (BtReader *input, guint32 n_pieces, BtWireMessage *message);

void bt_wire_write_keep_alive (BtBuffer *out);
/* choke, unchoke, interested, not interested, have all, have none */
void bt_wire_write_simple     (BtBuffer *out, BtWireType type);
/* have, suggest, allowed fast */
void bt_wire_write_index      (BtBuffer *out, BtWireType type, guint32 piece);
/* request, cancel, reject */
void bt_wire_write_block      (BtBuffer *out, BtWireType type, const BtBlock *block);
void bt_wire_write_bitfield   (BtBuffer *out, const guint8 *bytes, gsize length);
void bt_wire_write_port       (BtBuffer *out, guint16 port);
/* The 13 bytes before a block; the payload follows on the stream. */
void bt_wire_write_piece_header (guint8 out[BT_WIRE_PIECE_HEADER], const BtBlock *block);
void bt_wire_write_extended   (BtBuffer *out, guint8 id, const void *payload, gsize length);

G_END_DECLS
