/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-peer.h"

#include <sys/uio.h>

G_BEGIN_DECLS

typedef enum
{
  BT_PEER_CONNECTING,
  BT_PEER_GREETING, /* connected, the other handshake is not complete */
  BT_PEER_OPEN,
  BT_PEER_CLOSING,
} BtPeerState;

struct _BtPeer
{
  BtWatch watch; /* first: the watch's function finds us by it */
  const BtPeerContext *context;
  const BtPeerHost *host;
  gpointer host_data;
  GSocket *socket;
  BtAddr addr;
  BtPeerState state;
  gboolean incoming;
  gboolean greeted;      /* the host knows their info-hash */
  gboolean accepted;     /* our handshake was sent */
  gboolean reading;      /* may_read() did not say 0 */
  gboolean behind;       /* whole messages wait in @carry */
  gboolean wants_drained;
  guint32 n_pieces;
  BtBuffer carry;        /* the begun message at the end of a read */
  BtBlock block;         /* whose payload is coming */
  guint32 block_left;    /* bytes of it to come; 0 none */
  guint8 *block_data;    /* where it goes, NULL away */
  gsize last_read;       /* bytes of the last read */
  guint scatter_pause;   /* reads until blocks are expected in order again */
  BtBuffer out;
  BtRate down;
  BtRate up;
  gint64 began;
  gint64 heard_at;
  gint64 spoke_at;
  GError *error;
};

void bt_peer_readable (BtPeer *self);
/* Messages that were left while nobody wanted them. */
void bt_peer_read_carry (BtPeer *self);

/* bt-peer-read.c, for bt-peer-scatter.c */
gssize bt_peer_read_vectors  (BtPeer *self, struct iovec *vectors, int n_vectors);
void   bt_peer_read_messages (BtPeer *self, BtReader *input, gint64 now);
/* Payload of the block under way: @n bytes are there, in their place.
 * Returns: how many of them were its */
gsize  bt_peer_feed_block    (BtPeer *self, gsize n, gint64 now);
void   bt_peer_end_block     (BtPeer *self);

/* bt-peer-scatter.c: reads blocks straight to their places.
 * @tried: (out): FALSE when nothing is expected, and nothing was read */
gssize bt_peer_read_expected (BtPeer *self, gsize most, gint64 now, gboolean *tried);

G_END_DECLS
