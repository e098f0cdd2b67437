/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* Pieces a peer may have while it is choked; libtorrent allows as many. */
#define BT_ALLOWED_FAST_COUNT 5u

/**
 * bt_allowed_fast_set:
 * @peer: the IPv4 address of the peer that may ask for the pieces
 * @most: how many; more than there are pieces gives every piece
 *
 * The allowed-fast set of BEP 6: the same on every peer for the same network,
 * so that a newcomer with many connections gets no more than one set.
 *
 * Returns: how many were written to @pieces; 0 for IPv6, for which BEP 6 says nothing
 */
guint bt_allowed_fast_set (const BtAddr *peer, const guint8 info_hash[BT_SHA1_LENGTH], guint32 n_pieces, guint32 *pieces, guint most);

G_END_DECLS
