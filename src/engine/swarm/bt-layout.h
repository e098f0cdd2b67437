/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-metainfo.h"
#include "bt-types.h"

G_BEGIN_DECLS

/**
 * BtLayout:
 *
 * How a torrent's bytes are cut: into pieces, into blocks, over files.
 * Immutable, atomically counted, shared with threads.
 */
typedef struct
{
  BtMetainfo *metainfo;
  guint64 total;        /* bytes */
  guint32 piece_length; /* bytes of every piece but the last */
  guint32 n_pieces;
  guint n_files;
} BtLayout;

/* A run of bytes inside one file. */
typedef struct
{
  guint file;       /* index in the metainfo */
  guint64 offset;   /* in the file */
  guint32 length;
  gboolean pad;     /* zeros that are not on disk */
} BtSpan;

BtLayout *bt_layout_new   (BtMetainfo *metainfo);
BtLayout *bt_layout_ref   (BtLayout *self);
void      bt_layout_unref (BtLayout *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtLayout, bt_layout_unref)

static inline guint32
bt_layout_piece_size (const BtLayout *self, guint32 piece)
{
  if (piece + 1 < self->n_pieces)
    return self->piece_length;
  return (guint32) (self->total - (guint64) piece * self->piece_length);
}

static inline guint32
bt_layout_n_blocks (const BtLayout *self, guint32 piece)
{
  return (bt_layout_piece_size (self, piece) + BT_BLOCK_SIZE - 1) / BT_BLOCK_SIZE;
}

static inline guint32
bt_layout_block_size (const BtLayout *self, guint32 piece, guint32 block)
{
  return MIN (BT_BLOCK_SIZE, bt_layout_piece_size (self, piece) - block * BT_BLOCK_SIZE);
}

/* Does the block lie inside its piece, without overflow? */
gboolean bt_layout_contains  (const BtLayout *self, const BtBlock *block);
/* Is it exactly one of the blocks that we ask for? */
gboolean bt_layout_is_block  (const BtLayout *self, const BtBlock *block);
/* The file that holds the byte at @offset of the torrent (never an empty one). */
guint    bt_layout_find_file (const BtLayout *self, guint64 offset);
/* The first run of [@offset, @offset + @length) of the torrent's bytes that
 * lies in one file.
 * Returns: whether there is one (@length > 0) */
gboolean bt_layout_span      (const BtLayout *self, guint64 offset, guint32 length, BtSpan *span);
/* The pieces that hold bytes of a file; %FALSE for an empty file. */
gboolean bt_layout_file_pieces (const BtLayout *self, guint file, guint32 *first, guint32 *last);

G_END_DECLS
