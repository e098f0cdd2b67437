/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

typedef enum
{
  BT_PEX_PREFERS_ENCRYPTION = 0x01,
  BT_PEX_SEED = 0x02, /* or upload only */
  BT_PEX_UTP = 0x04,
  BT_PEX_HOLEPUNCH = 0x08,
  BT_PEX_REACHABLE = 0x10, /* the sender connected to it */
} BtPexFlags;

typedef struct
{
  BtAddr addr;
  guint8 flags; /* BtPexFlags; 0 of dropped ones */
} BtPexPeer;

/* Contacts of one message, each of added and dropped (BEP 11). */
#define BT_PEX_MAX_CONTACTS 50u
/* What libtorrent puts into its first message, and we read at the most. */
#define BT_PEX_MAX_READ 100u

/* @added, @dropped: arrays of BtPexPeer that are appended to, at most
 * BT_PEX_MAX_READ each. Returns: %FALSE when it is not a dictionary */
gboolean bt_ext_pex_read  (const guint8 *bytes, gsize length, GArray *added, GArray *dropped);
/* Canonical bencode. Returns: (transfer full) */
GBytes  *bt_ext_pex_write (const BtPexPeer *added, guint n_added, const BtPexPeer *dropped, guint n_dropped);

G_END_DECLS
