/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

/* Lists of peers as 6 bytes (BEP 23) or 18 bytes (BEP 7) each, as trackers and
 * peer exchange send them. */

/* Bytes of one peer: 6 or 18. */
gsize bt_compact_size   (BtAddrFamily family);
/* Appends to @peers (of BtAddr) until it holds @most. Addresses that nobody
 * can connect to are left out, and so is a ragged tail. */
void  bt_compact_read   (const guint8 *bytes, gsize length, BtAddrFamily family, guint most, GArray *peers);
/* Appends those of @peers that are of @family. */
void  bt_compact_append (GByteArray *out, const BtAddr *peers, guint n_peers, BtAddrFamily family);

G_END_DECLS
