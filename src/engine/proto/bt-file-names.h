/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-bencode.h"
#include "bt-metainfo.h"

G_BEGIN_DECLS

/**
 * BtFileNames:
 *
 * The names that a torrent's files have on disk: those of the metainfo until
 * a person renames some. Paths are as safe as those of #BtFileInfo and as
 * deep as there. Immutable, atomically counted, shared with threads.
 */
typedef struct _BtFileNames BtFileNames;

BtFileNames *bt_file_names_new    (BtMetainfo *metainfo);
BtFileNames *bt_file_names_ref    (BtFileNames *self);
void         bt_file_names_unref  (BtFileNames *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtFileNames, bt_file_names_unref)

/* Names as long as the torrent has them, as other programs write them: those
 * of #BtFileInfo leave some room.
 * Returns: (transfer full) (nullable): NULL when none is shortened there */
BtFileNames *bt_file_names_new_long (BtMetainfo *metainfo);
/* Relative to the download folder; valid as long as @self. */
const char  *bt_file_names_get    (const BtFileNames *self, guint file);
/* Where a path of the metainfo went, a file's or a folder's. */
char        *bt_file_names_dup_now (const BtFileNames *self, const char *path);
/* The torrent's own file, or the folder of its files. */
char        *bt_file_names_dup_top (const BtFileNames *self);
gboolean     bt_file_names_is_original (const BtFileNames *self);

/**
 * bt_file_names_rename:
 * @path: a file or folder of the torrent, as it is called now
 * @name: UTF-8, the last element of its new path
 * @error: #BtError MALFORMED: @name is none that a file can have, or there is
 *   nothing at @path; DUPLICATE: something else has that name, or has it but
 *   for the case of its letters
 *
 * Returns: (transfer full) (nullable): the new names
 */
BtFileNames *bt_file_names_rename (BtFileNames *self, const char *path, const char *name, GError **error);

/* The same with the name that a second file of that name gets: @number and a
 * space before its ending, cut where it would be too long. @number: 2 or more */
BtFileNames *bt_file_names_number (BtFileNames *self, const char *path, guint number);
/* A list of indices and paths, only of what is called otherwise. */
void         bt_file_names_write  (const BtFileNames *self, BtBencodeWriter *writer);
/* Returns: (transfer full) (nullable): NULL for anything that bt_file_names_rename()
 * would not have led to */
BtFileNames *bt_file_names_read   (BtMetainfo *metainfo, BtBencode list);

G_END_DECLS
