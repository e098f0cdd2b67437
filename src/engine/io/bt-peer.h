/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-buffer.h"
#include "bt-handshake.h"
#include "bt-loop.h"
#include "bt-rate.h"
#include "bt-wire.h"

G_BEGIN_DECLS

typedef struct _BtPeer BtPeer;

/**
 * BtPeerHost:
 *
 * What a connection asks of whoever owns it.
 */
typedef struct
{
  /* Incoming: the first 48 bytes named a torrent. Answer with
   * bt_peer_accept() or bt_peer_hold(), or close. */
  void (*greeted)     (BtPeer *peer, const BtHandshake *handshake, gpointer host);
  /* Both handshakes are through: send the first messages. */
  void (*opened)      (BtPeer *peer, const BtHandshake *handshake, gpointer host);
  /* Any message but a piece. */
  void (*message)     (BtPeer *peer, const BtWireMessage *message, gpointer host);
  /* A block begins. Returns: (nullable): where its payload goes; NULL throws it away */
  guint8 *(*block_begin) (BtPeer *peer, const BtBlock *block, gpointer host);
  /* Its payload is all there. @data: what block_begin() returned */
  void (*block_end)   (BtPeer *peer, const BtBlock *block, guint8 *data, gpointer host);
  /* Which blocks come next, if the peer answers in order, and where block_begin()
   * would put them; memory that nobody else writes to. NULL: nobody knows.
   * Returns: how many, at most @most */
  guint (*expect)     (BtPeer *peer, BtBlock *blocks, guint8 **places, guint most, gpointer host);
  /* A round of reading ended: time to ask for more. */
  void (*round_end)   (BtPeer *peer, gpointer host);
  /* Everything written is on its way: there is room for blocks. */
  void (*drained)     (BtPeer *peer, gpointer host);
  /* How many bytes may be read now; 0 pauses until bt_peer_resume(). */
  gsize (*may_read)   (BtPeer *peer, gpointer host);
  /* So many bytes were read. NULL: nobody counts. */
  void (*did_read)    (BtPeer *peer, gsize bytes, gpointer host);
  /* Always from a clean stack, once. The host frees the peer. */
  void (*closed)      (BtPeer *peer, const GError *error, gpointer host);
} BtPeerHost;

/* Bytes of one read, shared by all peers of a session. */
#define BT_PEER_READ_SIZE (256u << 10)

typedef struct
{
  BtLoop *loop;
  guint8 *read_buffer; /* BT_PEER_READ_SIZE bytes, shared */
} BtPeerContext;

/* @local: (nullable): the address to come from.
 * Returns: (transfer full) (nullable) */
BtPeer       *bt_peer_new_outgoing (const BtPeerContext *context, const BtAddr *addr, const BtAddr *local, const BtHandshake *ours, const BtPeerHost *host, gpointer data, GError **error);
/* @socket: (transfer full) */
BtPeer       *bt_peer_new_incoming (const BtPeerContext *context, GSocket *socket, const BtAddr *from, const BtPeerHost *host, gpointer data);
void          bt_peer_free         (BtPeer *self);

/* The answer to an incoming handshake comes later: until then no more is read. */
void          bt_peer_hold         (BtPeer *self);
/* Answers an incoming handshake; from now on @host and @data are asked. */
void          bt_peer_accept       (BtPeer *self, const BtHandshake *ours, const BtPeerHost *host, gpointer data);
/* From now on @host is asked, about the same data. */
void          bt_peer_set_host     (BtPeer *self, const BtPeerHost *host);
/* Ends the connection; closed() comes later. @error: (transfer full) */
void          bt_peer_close        (BtPeer *self, GError *error);
gboolean      bt_peer_is_closing   (const BtPeer *self);
gboolean      bt_peer_is_open      (const BtPeer *self); /* handshakes are through */
gboolean      bt_peer_is_incoming  (const BtPeer *self);
const BtAddr *bt_peer_get_addr     (const BtPeer *self);
gpointer      bt_peer_get_host_data (const BtPeer *self);
/* Once known, what message indices are judged by. */
void          bt_peer_set_n_pieces (BtPeer *self, guint32 n_pieces);

/* Where messages are written with bt_wire_write_*(); bt_peer_flush() sends. */
BtBuffer     *bt_peer_out          (BtPeer *self);
void          bt_peer_flush        (BtPeer *self);
/* Is what was written still waiting for the socket? */
gboolean      bt_peer_has_backlog  (const BtPeer *self);
/* Have drained() called when the socket next takes more. */
void          bt_peer_want_drained (BtPeer *self);
/* Sends blocks whose payloads lie one behind the other at @data. What the
 * socket does not take of a begun block is kept.
 * Returns: how many of the blocks were taken, from the front */
guint         bt_peer_send_blocks  (BtPeer *self, const BtBlock *blocks, guint n_blocks, const guint8 *data);
/* The block that is coming in right now; NULL none. */
const BtBlock *bt_peer_get_block   (const BtPeer *self);
/* If @block is coming in right now (NULL: whichever is), its bytes are thrown
 * away from here on: somebody else's copy came first, or its memory goes. */
void          bt_peer_discard_block (BtPeer *self, const BtBlock *block);
/* Reads again after may_read() said 0. */
void          bt_peer_resume       (BtPeer *self);
/* Once a second: time-outs and keep-alives. */
void          bt_peer_tick         (BtPeer *self, gint64 now);

/* Microseconds of a packet there and back, by the kernel's best measure; 0 unknown. */
gint64        bt_peer_get_delay    (BtPeer *self);
BtRate       *bt_peer_down_rate    (BtPeer *self); /* payload received */
BtRate       *bt_peer_up_rate      (BtPeer *self); /* payload sent */

G_END_DECLS
