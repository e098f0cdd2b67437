/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-types.h"

G_BEGIN_DECLS

#define BT_HANDSHAKE_LENGTH 68

/* Bits of the reserved bytes that we know (BEP 4). */
typedef enum
{
  BT_CAP_DHT = 1 << 0,         /* byte 7, 0x01 (BEP 5) */
  BT_CAP_FAST = 1 << 1,        /* byte 7, 0x04 (BEP 6) */
  BT_CAP_HYBRID_V2 = 1 << 2,   /* byte 7, 0x10 (BEP 52) */
  BT_CAP_EXTENSION = 1 << 3,   /* byte 5, 0x10 (BEP 10) */
} BtCaps;

typedef struct
{
  BtCaps caps;
  guint8 info_hash[BT_SHA1_LENGTH];
  guint8 peer_id[BT_PEER_ID_LENGTH];
} BtHandshake;

void     bt_handshake_write (const BtHandshake *self, guint8 out[BT_HANDSHAKE_LENGTH]);
/* Reads from the front of @bytes, which may be incomplete.
 *
 * @have_hash: (out): the first 48 bytes were there: @self->caps and
 * @self->info_hash are valid and the handshake may be answered. A tracker's
 * reachability check sends no peer id, so an answer must not wait for it.
 *
 * Returns: OK when all 68 bytes were there; BAD as soon as a byte of the
 * protocol name differs */
BtDecode bt_handshake_read  (BtHandshake *self, const guint8 *bytes, gsize length, gboolean *have_hash);

G_END_DECLS
