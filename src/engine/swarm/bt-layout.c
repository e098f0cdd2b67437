/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-layout.h"

BtLayout *
bt_layout_new (BtMetainfo *metainfo)
{
  BtLayout *self = g_atomic_rc_box_new0 (BtLayout);

  self->metainfo = bt_metainfo_ref (metainfo);
  self->total = bt_metainfo_get_total_length (metainfo);
  self->piece_length = bt_metainfo_get_piece_length (metainfo);
  self->n_pieces = bt_metainfo_get_n_pieces (metainfo);
  self->n_files = bt_metainfo_get_n_files (metainfo);
  return self;
}

BtLayout *
bt_layout_ref (BtLayout *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
layout_clear (BtLayout *self)
{
  bt_metainfo_unref (self->metainfo);
}

void
bt_layout_unref (BtLayout *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) layout_clear);
}

gboolean
bt_layout_contains (const BtLayout *self, const BtBlock *block)
{
  guint32 size;

  if (block->piece >= self->n_pieces)
    return FALSE;
  size = bt_layout_piece_size (self, block->piece);
  return block->length > 0 && block->begin < size && block->length <= size - block->begin;
}

gboolean
bt_layout_is_block (const BtLayout *self, const BtBlock *block)
{
  return bt_layout_contains (self, block) && block->begin % BT_BLOCK_SIZE == 0 &&
         block->length == bt_layout_block_size (self, block->piece, block->begin / BT_BLOCK_SIZE);
}

guint
bt_layout_find_file (const BtLayout *self, guint64 offset)
{
  guint low = 0, high = self->n_files;

  /* The last file that begins at or before @offset is the one that holds it:
   * empty files share their offset with the file that follows them. */
  while (high - low > 1)
    {
      guint middle = low + (high - low) / 2;

      if (bt_metainfo_get_file (self->metainfo, middle)->offset <= offset)
        low = middle;
      else
        high = middle;
    }
  while (low > 0 && bt_metainfo_get_file (self->metainfo, low)->length == 0)
    low--;
  return low;
}

gboolean
bt_layout_span (const BtLayout *self, guint64 offset, guint32 length, BtSpan *span)
{
  const BtFileInfo *file;

  if (length == 0 || offset >= self->total)
    return FALSE;

  span->file = bt_layout_find_file (self, offset);
  file = bt_metainfo_get_file (self->metainfo, span->file);
  span->offset = offset - file->offset;
  span->pad = (file->flags & BT_FILE_PAD) != 0;
  span->length = (guint32) MIN (file->length - span->offset, length);
  return TRUE;
}

gboolean
bt_layout_file_pieces (const BtLayout *self, guint index, guint32 *first, guint32 *last)
{
  const BtFileInfo *file = bt_metainfo_get_file (self->metainfo, index);

  if (file->length == 0)
    return FALSE;
  *first = (guint32) (file->offset / self->piece_length);
  *last = (guint32) ((file->offset + file->length - 1) / self->piece_length);
  return TRUE;
}
