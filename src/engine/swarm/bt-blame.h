/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Enough of a block's SHA-1 to tell two versions of it apart. */
#define BT_BLAME_DIGEST 8u

/**
 * BtBlame:
 *
 * Remembers who sent which block of a piece whose hash was wrong. When the
 * piece is right at last, whose block differed is proven to have sent bad
 * data. Bounded: the oldest record goes when there are too many.
 */
typedef struct
{
  GQueue records; /* of BtBlameRecord, newest first */
} BtBlame;

void     bt_blame_init   (BtBlame *self);
void     bt_blame_clear  (BtBlame *self);
gboolean bt_blame_knows  (const BtBlame *self, guint32 piece);
/* @digests: @n_blocks times BT_BLAME_DIGEST bytes; @from: @n_blocks peer ids.
 * Returns: the one peer that sent it all, who needs no further proof, or 0 */
guint32  bt_blame_failed (BtBlame *self, guint32 piece, guint32 n_blocks, const guint8 *digests, const guint32 *from);
/* The piece passed with @digests. Returns: (transfer full): a GArray of
 * guint32, the ids of the peers that had sent other bytes, each once */
GArray  *bt_blame_passed (BtBlame *self, guint32 piece, guint32 n_blocks, const guint8 *digests);

G_END_DECLS
