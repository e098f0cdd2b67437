/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-types.h"

G_BEGIN_DECLS

typedef enum
{
  BT_FILE_PAD = 1 << 0,        /* zeros between files, never on disk (BEP 47) */
  BT_FILE_EXECUTABLE = 1 << 1,
  BT_FILE_HIDDEN = 1 << 2,
  BT_FILE_SYMLINK = 1 << 3,
} BtFileFlags;

/**
 * BtFileInfo:
 *
 * A file of a torrent. @path is relative to the download folder, valid UTF-8
 * with '/' between its elements (for a torrent of several files the first is
 * the torrent's name), made safe: no element is empty, "." or "..", none
 * holds a separator or a control character or is over 240 bytes, and no two
 * files of a torrent have paths that differ only in case, nor is one file's
 * path the folder of another. Pads are not on disk and may share a path.
 */
typedef struct
{
  const char *path;
  guint64 length;               /* bytes */
  guint64 offset;               /* bytes from the start of the torrent's byte space */
  BtFileFlags flags;
  const char *symlink_target;   /* relative to the torrent's folder; NULL unless SYMLINK */
  const guint8 *pieces_root;    /* 32 bytes, v2 and hybrid files that are not empty; else NULL */
} BtFileInfo;

/**
 * BtMetainfo:
 *
 * What a .torrent says: immutable, atomically counted, shared with threads.
 * Versions 1 (BEP 3), 2 and hybrid (BEP 52).
 */
typedef struct _BtMetainfo BtMetainfo;

/**
 * bt_metainfo_new:
 * @bytes: a .torrent file
 * @error: #BtError MALFORMED, TRUNCATED, TOO_LARGE or UNSUPPORTED with a sentence for a person
 *
 * Returns: (transfer full) (nullable): a metainfo that keeps a reference on @bytes
 */
BtMetainfo *bt_metainfo_new   (GBytes *bytes, GError **error);
BtMetainfo *bt_metainfo_ref   (BtMetainfo *self);
void        bt_metainfo_unref (BtMetainfo *self);

GBytes       *bt_metainfo_get_bytes         (BtMetainfo *self);
/* The raw bytes of the info dictionary, borrowed. */
const guint8 *bt_metainfo_peek_info         (BtMetainfo *self, gsize *length);
gboolean      bt_metainfo_has_v1            (BtMetainfo *self);
gboolean      bt_metainfo_has_v2            (BtMetainfo *self);
/* 20 bytes: the SHA-1 of info, or for a v2-only torrent its SHA-256 cut short:
 * what handshakes and trackers use. */
const guint8 *bt_metainfo_get_info_hash     (BtMetainfo *self);
/* 32 bytes, or NULL without v2. */
const guint8 *bt_metainfo_get_info_hash_v2  (BtMetainfo *self);
/* Safe as a file name. */
const char   *bt_metainfo_get_name          (BtMetainfo *self);
guint32       bt_metainfo_get_piece_length  (BtMetainfo *self);
guint32       bt_metainfo_get_n_pieces      (BtMetainfo *self);
/* Bytes of the byte space that pieces cut up, pad files included. */
guint64       bt_metainfo_get_total_length  (BtMetainfo *self);
/* Bytes and files without pads: what a person gets. */
guint64       bt_metainfo_get_real_length   (BtMetainfo *self);
guint         bt_metainfo_get_n_real_files  (BtMetainfo *self);
/* 20 bytes; NULL for a v2-only torrent. */
const guint8 *bt_metainfo_get_piece_hash    (BtMetainfo *self, guint32 piece);
/* All files, pads included, in the order of their offsets. */
guint         bt_metainfo_get_n_files       (BtMetainfo *self);
const BtFileInfo *bt_metainfo_get_file      (BtMetainfo *self, guint index);
/* Hashes of 32 bytes, one for each piece of a file that has more than one
 * (BEP 52), checked against its root. NULL when there is none, or when the
 * .torrent has no right one and peers have to be asked for it. */
const guint8 *bt_metainfo_get_piece_layer   (BtMetainfo *self, guint index);
/* One file and no folder of its own. */
gboolean      bt_metainfo_is_single_file    (BtMetainfo *self);
/* Tiers of announce URLs (BEP 12); announce alone is one tier of one. */
guint         bt_metainfo_get_n_tiers       (BtMetainfo *self);
const char *const *bt_metainfo_get_tier     (BtMetainfo *self, guint tier);
const char *const *bt_metainfo_get_url_list  (BtMetainfo *self);
const char *const *bt_metainfo_get_httpseeds (BtMetainfo *self);
gboolean      bt_metainfo_is_private        (BtMetainfo *self);
/* DHT nodes to begin at (BEP 5): names or addresses, at most 32. */
guint         bt_metainfo_get_n_nodes       (BtMetainfo *self);
const char   *bt_metainfo_get_node          (BtMetainfo *self, guint index, guint16 *port);
/* NULL when absent; valid UTF-8. */
const char   *bt_metainfo_get_comment       (BtMetainfo *self);
const char   *bt_metainfo_get_created_by    (BtMetainfo *self);
/* Seconds since 1970, or 0. */
gint64        bt_metainfo_get_creation_date (BtMetainfo *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtMetainfo, bt_metainfo_unref)

G_END_DECLS
