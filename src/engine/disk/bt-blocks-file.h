/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-bitfield.h"
#include "bt-disk.h"

G_BEGIN_DECLS

/* A piece with some of its blocks. */
typedef struct
{
  guint32 piece;
  guint32 size;     /* bytes of the piece */
  BtBitfield blocks;
  guint8 *data;     /* @size bytes, the caller's */
} BtKeptPiece;

/**
 * BtBlocksJob:
 *
 * Writes blocks of unfinished pieces to a file in the program's own folder, or
 * reads them back. Nothing of it is verified. A piece has its place by its
 * number in @pieces, so what is read must be in the order of what was written.
 */
typedef struct
{
  BtDiskJob job;
  char *path;
  guint32 place_size; /* bytes of a place: those of the torrent's pieces */
  gboolean load;
  GArray *pieces;     /* of BtKeptPiece; after reading, blocks that could not be read are unset */
  gboolean ok;        /* out */
  gpointer owner;
} BtBlocksJob;

/* @pieces: (transfer full) */
BtBlocksJob *bt_blocks_job_new  (const char *path, guint32 place_size, gboolean load, GArray *pieces, void (*done) (BtDiskJob *job));
void         bt_blocks_job_free (BtBlocksJob *self);

G_END_DECLS
