/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of a piece of metadata, but for the last (BEP 9). */
#define BT_METADATA_PIECE 16384u

/* A larger info dictionary is neither fetched nor given: it would have 1.6
 * million pieces or half a million files. libtorrent's limit is near it. */
#define BT_METADATA_MAX (32u << 20)

typedef enum
{
  BT_EXT_METADATA_REQUEST = 0,
  BT_EXT_METADATA_DATA = 1,
  BT_EXT_METADATA_REJECT = 2,
} BtExtMetadataType;

/**
 * BtExtMetadata:
 *
 * A message of "ut_metadata" (BEP 9). @data points into the input.
 */
typedef struct
{
  BtExtMetadataType type;
  guint32 piece;       /* below BT_METADATA_MAX / BT_METADATA_PIECE */
  guint32 total_size;  /* of data: bytes of all of it, 1 .. BT_METADATA_MAX; 0 not said */
  const guint8 *data;  /* of data */
  gsize length;        /* bytes at @data, 1 .. BT_METADATA_PIECE; 0 for the others */
} BtExtMetadata;

/* Returns: %FALSE for what is no such message, or says a size or a piece that
 * nobody has; the peer may be kept */
gboolean bt_ext_metadata_read  (BtExtMetadata *self, const guint8 *bytes, gsize length);
/* Returns: (transfer full): the message, with the data of one behind its dictionary */
GBytes  *bt_ext_metadata_write (const BtExtMetadata *self);

static inline guint32
bt_metadata_n_pieces (guint32 size)
{
  return (size + BT_METADATA_PIECE - 1) / BT_METADATA_PIECE;
}

/* Bytes of a piece of a metadata of @size bytes. */
static inline guint32
bt_metadata_piece_size (guint32 size, guint32 piece)
{
  return MIN (BT_METADATA_PIECE, size - piece * BT_METADATA_PIECE);
}

G_END_DECLS
