/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-bitfield.h"
#include "bt-buffer.h"
#include "bt-rng.h"
#include "bt-test-torrent.h"
#include "bt-wire.h"

G_BEGIN_DECLS

typedef struct _BtTestPeer BtTestPeer;

/* A message as it came; @id is -1 for a keep-alive. */
typedef struct
{
  int id;
  guint8 *payload;
  gsize length;
} BtTestMessage;

/**
 * BtTestPeer:
 *
 * The other side of a connection: it says what it is told to, byte for byte,
 * and keeps what it hears. It lives on the default main context, behind the
 * engine's sources, so that what is sent in parts arrives in parts.
 */
struct _BtTestPeer
{
  GSocket *socket;
  GSource *in;
  GSource *out;
  BtBuffer input;         /* not taken apart yet */
  BtBuffer output;        /* not sent yet */
  BtRng rng;
  guint32 most;           /* bytes of one send: 1 .. most at random; 0 all at once */
  gboolean ended;         /* the other side closed */
  guint8 hello[68];       /* its handshake */
  gboolean greeted;       /* that is there */
  GQueue messages;        /* of BtTestMessage */

  /* A seed or part of one, when @torrent is set. */
  const BtTestTorrent *torrent;
  BtBitfield pieces;
  gboolean fast;
  gboolean silent;        /* answers no request */
  guint n_asked;
  guint n_cancelled;
  /* NULL: sends the right bytes */
  void (*answer) (BtTestPeer *self, const BtBlock *block, gpointer data);
  gpointer data;
};

/* Connects to a port of this machine. */
BtTestPeer *bt_test_peer_dial   (guint16 port);
/* ... from one of the addresses of 127/8, all of which are this machine. */
BtTestPeer *bt_test_peer_dial_from (const char *ip, guint16 port);
/* A socket that others can connect to. */
GSocket    *bt_test_door_new    (guint16 *port);
GSocket    *bt_test_door_new_at (const char *ip, guint16 *port);
/* Is somebody at the door? */
gboolean    bt_test_door_rings  (GSocket *door);
/* Waits until somebody is. */
BtTestPeer *bt_test_peer_accept (GSocket *door);
void        bt_test_peer_free   (BtTestPeer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTestPeer, bt_test_peer_free)

void bt_test_peer_send           (BtTestPeer *self, const void *bytes, gsize length);
void bt_test_peer_send_handshake (BtTestPeer *self, const BtTestTorrent *torrent, const char *peer_id, gboolean fast);
void bt_test_peer_send_message   (BtTestPeer *self, guint8 id, const void *payload, gsize length);
void bt_test_peer_send_index     (BtTestPeer *self, guint8 id, guint32 piece);
/* request, cancel, reject */
void bt_test_peer_send_block     (BtTestPeer *self, guint8 id, const BtBlock *block);
void bt_test_peer_send_piece     (BtTestPeer *self, const BtBlock *block, const guint8 *bytes);
/* Waits until all of it has been sent. */
void bt_test_peer_flush          (BtTestPeer *self);
/* Does not read, until told to. */
void bt_test_peer_be_deaf        (BtTestPeer *self, gboolean deaf);

/* Bytes, about, that the socket of the session takes while we do not read. */
void bt_test_peer_set_room       (BtTestPeer *self, int bytes);

/* Waits for the next message of that kind; those before are dropped. The
 * connection must not end before. */
BtTestMessage *bt_test_peer_expect (BtTestPeer *self, int id);
void           bt_test_message_free (BtTestMessage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtTestMessage, bt_test_message_free)
/* Has a message of that kind come, and not been taken? */
gboolean       bt_test_peer_heard  (BtTestPeer *self, int id);
void           bt_test_peer_forget (BtTestPeer *self);
/* The block of a request, cancel, reject or piece. */
BtBlock        bt_test_message_block (const BtTestMessage *self);

/* Handshake, bitfield, unchoke; then it answers requests, all by itself.
 * @pieces: (nullable): NULL for all */
void bt_test_peer_be_seed (BtTestPeer *self, const BtTestTorrent *torrent, const BtBitfield *pieces, const char *peer_id, gboolean fast);
/* The right bytes of a block, as a message. */
void bt_test_peer_answer  (BtTestPeer *self, const BtBlock *block);
/* Handshake and interest; returns when unchoked. */
void bt_test_peer_be_leech (BtTestPeer *self, const BtTestTorrent *torrent, const char *peer_id, gboolean fast);
/* Asks for a piece and compares it. */
void bt_test_peer_fetch   (BtTestPeer *self, const BtTestTorrent *torrent, guint32 piece);

G_END_DECLS
