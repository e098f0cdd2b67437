/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-bitfield.h"
#include "bt-file-names.h"

G_BEGIN_DECLS

/* What tells a file that we made from one that somebody put in its place. */
typedef struct
{
  guint64 inode; /* its number; 0: it has none that lasts */
  gint64 born;   /* nanoseconds since 1970; 0: nothing is known */
} BtFileIdentity;

/**
 * BtPlacement:
 *
 * What we know of a torrent's files on disk besides their bytes, kept over
 * restarts: their names, and which of them are ours to remove.
 */
typedef struct
{
  BtFileNames *names;
  BtBitfield created; /* by file: we made it; others were found */
  BtFileIdentity *identities; /* by file: of those that we made; zeros for others */
  BtBitfield partial; /* by file: its name has the ending of unfinished files */
  GPtrArray *folders; /* of char *: folders that we made, relative to the download folder */
} BtPlacement;

/* @self: all zeros. Nothing renamed, nothing made. */
void     bt_placement_init  (BtPlacement *self, BtMetainfo *metainfo);
void     bt_placement_clear (BtPlacement *self);
GBytes  *bt_placement_write (const BtPlacement *self);
/* Returns: whether @bytes are such a record for the torrent; otherwise @self
 * is as after bt_placement_init() */
gboolean bt_placement_read  (BtPlacement *self, BtMetainfo *metainfo, const guint8 *bytes, gsize length);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BtPlacement, bt_placement_clear)

G_END_DECLS
