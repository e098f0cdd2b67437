/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtPiecePool:
 *
 * The memory of pieces that are not verified yet, under one budget. Buffers
 * are kept for the next piece of the same size: memory that was used a moment
 * ago is in the processor's cache and costs no page fault. One thread only.
 */
typedef struct
{
  GArray *idle;     /* of BtIdleBuffer, newest last */
  gsize idle_bytes;
  gsize used;       /* bytes handed out */
  gsize budget;     /* bytes; passing it is the caller's decision */
} BtPiecePool;

void     bt_piece_pool_init    (BtPiecePool *self, gsize budget);
void     bt_piece_pool_clear   (BtPiecePool *self);
guint8  *bt_piece_pool_take    (BtPiecePool *self, gsize size);
void     bt_piece_pool_give    (BtPiecePool *self, guint8 *buffer, gsize size);
/* Lets go of idle memory; called when nothing is being downloaded. */
void     bt_piece_pool_trim    (BtPiecePool *self);

static inline gboolean
bt_piece_pool_is_full (const BtPiecePool *self)
{
  return self->used >= self->budget;
}

G_END_DECLS
