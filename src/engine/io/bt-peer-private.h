/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-peer.h"

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
  guint32 n_pieces;
  BtBuffer carry;        /* the begun message at the end of a read */
  BtBlock block;         /* whose payload is coming */
  guint32 block_left;    /* bytes of it to come; 0 none */
  guint8 *block_data;    /* where it goes, NULL away */
  BtBuffer out;
  BtRate down;
  BtRate up;
  gint64 began;
  gint64 heard_at;
  gint64 spoke_at;
  GError *error;
};

void bt_peer_readable (BtPeer *self);

G_END_DECLS
