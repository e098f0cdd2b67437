/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* Giving the info dictionary to peers that have only a link (BEP 9). */

/* Requests that are kept for a peer, as Transmission does. */
#define MAX_ASKED 64u

/* Bytes that may wait for the socket: less than a block's worth of time. */
#define MAX_BACKLOG (64u << 10)

/* A peer may ask for all of it this often, and some; then it is told no. */
#define MOST_TIMES 3u

guint32
bt_torrent_metadata_size (BtTorrent *self)
{
  gsize length;

  if (self->metainfo == NULL || bt_torrent_is_private (self))
    return 0;
  bt_metainfo_peek_info (self->metainfo, &length);
  return length <= BT_METADATA_MAX ? (guint32) length : 0;
}

static void
send_message (BtLink *self, const BtExtMetadata *message)
{
  g_autoptr (GBytes) bytes = bt_ext_metadata_write (message);

  bt_wire_write_extended (bt_peer_out (self->peer), self->ext.ids[BT_EXT_METADATA], g_bytes_get_data (bytes, NULL),
                          g_bytes_get_size (bytes));
}

static void
reject (BtLink *self, guint32 piece)
{
  BtExtMetadata message = { .type = BT_EXT_METADATA_REJECT, .piece = piece };

  send_message (self, &message);
}

static void
send_piece (BtLink *self, guint32 piece)
{
  BtTorrent *torrent = self->torrent;
  guint32 size = bt_torrent_metadata_size (torrent);
  gsize length;
  BtExtMetadata message = {
    .type = BT_EXT_METADATA_DATA,
    .piece = piece,
    .total_size = size,
    .length = bt_metadata_piece_size (size, piece),
  };

  message.data = bt_metainfo_peek_info (torrent->metainfo, &length) + (gsize) piece * BT_METADATA_PIECE;
  send_message (self, &message);
  self->metadata_sent += message.length;
  bt_budget_spend (&torrent->up_budget, message.length);
  bt_budget_spend (&torrent->session->up_budget, message.length);
}

void
bt_link_fill_metadata (BtLink *self)
{
  if (self->metadata_asked == NULL || !bt_peer_is_open (self->peer))
    return;
  while (self->metadata_asked->len > 0 && bt_buffer_length (bt_peer_out (self->peer)) < MAX_BACKLOG)
    {
      send_piece (self, g_array_index (self->metadata_asked, guint32, 0));
      g_array_remove_index (self->metadata_asked, 0);
    }
  bt_peer_flush (self->peer);
  /* Where the socket took all of it, nothing else would bring us back here. */
  if (self->metadata_asked->len > 0)
    bt_peer_want_drained (self->peer);
}

static void
got_request (BtLink *self, guint32 piece)
{
  guint32 size = bt_torrent_metadata_size (self->torrent);

  if (self->ext.ids[BT_EXT_METADATA] == 0)
    return;
  if (self->metadata_asked == NULL)
    self->metadata_asked = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (piece >= bt_metadata_n_pieces (size) || self->metadata_asked->len >= MAX_ASKED ||
      self->metadata_sent > (guint64) MOST_TIMES * size)
    {
      reject (self, piece);
      return;
    }
  g_array_append_val (self->metadata_asked, piece);
  bt_link_fill_metadata (self);
}

void
bt_link_extended_metadata (BtLink *self, const BtWireMessage *message)
{
  BtExtMetadata metadata;

  /* Unknown kinds are to be passed over (BEP 9). */
  if (!bt_ext_metadata_read (&metadata, message->payload, message->payload_length))
    return;
  if (metadata.type == BT_EXT_METADATA_REQUEST)
    got_request (self, metadata.piece);
  else
    bt_link_got_metadata (self, &metadata);
}
