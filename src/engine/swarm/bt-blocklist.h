/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

/* Ranges that one list may have: more than ten times what any list in use has,
 * and 128 MiB at the most while it is read. */
#define BT_BLOCKLIST_MAX_RANGES (4u << 20)

typedef struct _BtBlocklist BtBlocklist;

/**
 * BtBlocklist:
 *
 * Addresses that nothing is exchanged with. Fed with the text of a list, line
 * by line any of:
 *
 *  - `name:1.2.3.4-1.2.3.5` (PeerGuardian, “p2p”),
 *  - `001.002.003.004 - 001.002.003.005 , 100 , name` (eMule, “DAT”), which
 *    blocks when its level is below 127,
 *  - `1.2.3.0/24`, `1.2.3.4` or `1.2.3.4-1.2.3.5`,
 *
 * with addresses of either family. What cannot be read is skipped and counted.
 * After bt_blocklist_seal() it is immutable.
 */
BtBlocklist *bt_blocklist_new  (void);
void         bt_blocklist_free (BtBlocklist *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtBlocklist, bt_blocklist_free)

/* The next bytes of the text, cut anywhere.
 * Returns: %FALSE when there are too many ranges */
gboolean bt_blocklist_feed      (BtBlocklist *self, const guint8 *bytes, gsize length);
/* The text has ended: sorts and joins the ranges.
 * Returns: as bt_blocklist_feed() */
gboolean bt_blocklist_seal      (BtBlocklist *self);
gboolean bt_blocklist_contains  (const BtBlocklist *self, const BtAddr *addr);
/* Ranges with a gap between any two of them. */
guint    bt_blocklist_n_ranges  (const BtBlocklist *self);
/* Lines that said nothing we could read; comments do not count. */
guint    bt_blocklist_n_skipped (const BtBlocklist *self);

G_END_DECLS
