/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-error.h"

#include <string.h>

/* A torrent that was added by a link knows no pieces until its metadata is
 * here. Its connections exchange extension messages, and keep what the peer
 * says of its pieces until somebody can make sense of it. */

/* Messages that are kept: a peer that tells of more goes, and is connected to
 * again when there is a use for them. */
#define MAX_EARLY 4096u

/* One of them, with its payload behind it. */
typedef struct
{
  BtWireMessage message;
  guint8 payload[];
} Early;

const BtPeerHost *
bt_torrent_link_host (BtTorrent *self)
{
  return self->metainfo == NULL ? &bt_bare_link_host : &bt_link_host;
}

static void
bare_opened (BtPeer *peer, const BtHandshake *theirs, gpointer data)
{
  BtLink *self = data;

  if (!bt_link_begin (self, theirs))
    return;
  /* As libtorrent: nothing about pieces before the metadata is here. */
  bt_link_send_extensions (self);
  bt_link_send_dht_port (self);
  bt_peer_flush (peer);
}

static void
keep_early (BtLink *self, const BtWireMessage *message)
{
  Early *early;

  /* What has everything or a bitfield says so once; another takes its place. */
  if (message->type != BT_WIRE_HAVE && message->type != BT_WIRE_ALLOWED_FAST && self->early != NULL)
    g_ptr_array_set_size (self->early, 0);
  if (self->early == NULL)
    self->early = g_ptr_array_new_with_free_func (g_free);
  if (self->early->len >= MAX_EARLY || message->payload_length > BT_MAX_PIECES / 8)
    {
      bt_peer_close (self->peer, NULL);
      return;
    }
  early = g_malloc (sizeof (Early) + message->payload_length);
  early->message = *message;
  if (message->payload_length > 0)
    memcpy (early->payload, message->payload, message->payload_length);
  early->message.payload = early->payload;
  g_ptr_array_add (self->early, early);
}

static void
bare_message (BtPeer *peer, const BtWireMessage *message, gpointer data)
{
  BtLink *self = data;

  switch ((guint) message->type)
    {
    case BT_WIRE_CHOKE:
    case BT_WIRE_UNCHOKE:
      self->they_choke = message->type == BT_WIRE_CHOKE;
      break;
    case BT_WIRE_INTERESTED:
    case BT_WIRE_NOT_INTERESTED:
      self->they_want = message->type == BT_WIRE_INTERESTED;
      break;
    case BT_WIRE_HAVE:
    case BT_WIRE_BITFIELD:
    case BT_WIRE_HAVE_ALL:
    case BT_WIRE_HAVE_NONE:
    case BT_WIRE_ALLOWED_FAST:
      keep_early (self, message);
      break;
    case BT_WIRE_PORT:
      bt_link_got_dht_port (self, message->port);
      break;
    case BT_WIRE_EXTENDED:
      bt_link_extended (self, message);
      break;
    default:
      break;
    }
}

static guint8 *
bare_block_begin (BtPeer *peer, const BtBlock *block, gpointer data)
{
  return NULL;
}

static void
bare_block_end (BtPeer *peer, const BtBlock *block, guint8 *bytes, gpointer data)
{
  bt_peer_close (peer, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, "The peer sends what nobody asked for"));
}

static void
bare_round_end (BtPeer *peer, gpointer data)
{
  if (bt_peer_has_backlog (peer))
    bt_peer_flush (peer);
}

static void
bare_drained (BtPeer *peer, gpointer data)
{
}

const BtPeerHost bt_bare_link_host = {
  .opened = bare_opened,
  .message = bare_message,
  .block_begin = bare_block_begin,
  .block_end = bare_block_end,
  .round_end = bare_round_end,
  .drained = bare_drained,
  .may_read = bt_link_may_read,
  .did_read = bt_link_did_read,
  .closed = bt_link_closed,
};

void
bt_link_settle (BtLink *self)
{
  g_autoptr (GPtrArray) early = g_steal_pointer (&self->early);
  guint32 n_pieces = self->torrent->layout->n_pieces;

  bt_peer_set_n_pieces (self->peer, n_pieces);
  bt_peer_set_host (self->peer, &bt_link_host);
  if (!bt_peer_is_open (self->peer))
    return;
  for (guint i = 0; early != NULL && i < early->len && bt_peer_is_open (self->peer); i++)
    {
      const Early *one = early->pdata[i];

      if (one->message.type != BT_WIRE_BITFIELD && one->message.block.piece >= n_pieces)
        bt_peer_close (self->peer, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, "The peer has a piece that there is not"));
      else
        bt_link_host.message (self->peer, &one->message, self);
    }
  if (!bt_peer_is_open (self->peer))
    return;
  /* It is told that the metadata can be asked for here too. */
  bt_link_send_extensions (self);
  bt_peer_flush (self->peer);
}
