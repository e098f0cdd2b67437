/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-handshake.h"

#include <string.h>

/* The length of the name and the name: the first 20 bytes of a connection. */
static const char protocol_name[] = "\x13"
                                    "BitTorrent protocol";

#define NAME_LENGTH (sizeof protocol_name - 1)
#define HASH_END 48

void
bt_handshake_write (const BtHandshake *self, guint8 out[BT_HANDSHAKE_LENGTH])
{
  memcpy (out, protocol_name, NAME_LENGTH);
  memset (out + 20, 0, 8);
  out[25] = (self->caps & BT_CAP_EXTENSION) ? 0x10 : 0;
  out[27] = (guint8) ((self->caps & BT_CAP_DHT ? 0x01 : 0) |
                      (self->caps & BT_CAP_FAST ? 0x04 : 0) |
                      (self->caps & BT_CAP_HYBRID_V2 ? 0x10 : 0));
  memcpy (out + 28, self->info_hash, BT_SHA1_LENGTH);
  memcpy (out + HASH_END, self->peer_id, BT_PEER_ID_LENGTH);
}

BtDecode
bt_handshake_read (BtHandshake *self, const guint8 *bytes, gsize length, gboolean *have_hash)
{
  gsize named = MIN (length, NAME_LENGTH);

  *have_hash = FALSE;
  if (named > 0 && memcmp (bytes, protocol_name, named) != 0)
    return BT_DECODE_BAD;
  if (length < HASH_END)
    return BT_DECODE_MORE;

  self->caps = (bytes[25] & 0x10 ? BT_CAP_EXTENSION : 0) |
               (bytes[27] & 0x01 ? BT_CAP_DHT : 0) |
               (bytes[27] & 0x04 ? BT_CAP_FAST : 0) |
               (bytes[27] & 0x10 ? BT_CAP_HYBRID_V2 : 0);
  memcpy (self->info_hash, bytes + 28, BT_SHA1_LENGTH);
  *have_hash = TRUE;
  if (length < BT_HANDSHAKE_LENGTH)
    return BT_DECODE_MORE;

  memcpy (self->peer_id, bytes + HASH_END, BT_PEER_ID_LENGTH);
  return BT_DECODE_OK;
}
