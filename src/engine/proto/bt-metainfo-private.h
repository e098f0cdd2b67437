/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-metainfo.h"

G_BEGIN_DECLS

struct _BtMetainfo
{
  GBytes *bytes;
  const guint8 *info;
  gsize info_length;
  guint8 info_hash[BT_SHA1_LENGTH];
  guint8 info_hash_v2[BT_SHA256_LENGTH];
  gboolean has_v1;
  gboolean has_v2;
  gboolean is_single_file;
  gboolean is_private;

  GStringChunk *texts; /* paths and names: one allocation for very many */
  const char *name;
  const char *comment;
  const char *created_by;
  gint64 creation_date;

  BtFileInfo *files;
  guint n_files;
  guint n_real_files;
  guint64 total_length;
  guint64 real_length;
  guint32 piece_length;
  guint32 n_pieces;
  const guint8 *piece_hashes;   /* in @bytes; NULL without v1 */
  const guint8 **piece_layers;  /* by file, in @bytes; NULL without v2 */

  GPtrArray *tiers; /* of char ** */
  char **url_list;
  char **httpseeds;
  GArray *nodes;        /* of BtMetainfoNode */
};

typedef struct
{
  const char *host; /* in @texts */
  guint16 port;
} BtMetainfoNode;

/* What is at hand while a .torrent is read. */
typedef struct
{
  BtMetainfo *self;
  BtBencode root;
  BtBencode info;
  GArray *files;  /* of BtFileInfo */
  GString *path;  /* scratch: the path that is being put together */
  GError **error;
} BtMetainfoReader;

/* Sets the error. Returns: %FALSE */
gboolean bt_metainfo_fail (BtMetainfoReader *reader, BtError code, const char *sentence);

/* bt-metainfo-files.c */

/* The attributes of BEP 47, and BitComet's pads, which are known by their name. */
BtFileFlags bt_metainfo_file_flags (BtBencode attr, const char *last_element);
/* Appends a file at the end of the byte space; its path is in @reader->path. */
gboolean bt_metainfo_add_file     (BtMetainfoReader *reader, BtFileInfo *file);
void     bt_metainfo_add_pad      (BtMetainfoReader *reader, guint64 length);
/* "symlink path": sets the target of @file, or makes it an ordinary file. */
gboolean bt_metainfo_read_symlink (BtMetainfoReader *reader, BtBencode path, BtFileInfo *file);
/* "name", and the folder that files of a torrent of several are in. */
gboolean bt_metainfo_read_name    (BtMetainfoReader *reader);
/* "length" or "files" of BEP 3. */
gboolean bt_metainfo_read_v1_files (BtMetainfoReader *reader);
/* Takes @reader->files over: no two paths alike, symlinks that lead nowhere
 * made ordinary files, and the sums. */
void     bt_metainfo_settle_files (BtMetainfoReader *reader);

/* bt-metainfo-v2.c */

/* "file tree" of BEP 52: the files, or for a hybrid what must agree with them. */
gboolean bt_metainfo_read_file_tree (BtMetainfoReader *reader);
/* "piece layers", once the files are settled. */
gboolean bt_metainfo_read_piece_layers (BtMetainfoReader *reader);

G_END_DECLS
