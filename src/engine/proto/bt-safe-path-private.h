/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Common file systems allow 255 bytes; the rest is for our own endings, such
 * as the number of a second file of the same name. */
#define BT_SAFE_PATH_ELEMENT_MAX 240u

/* Appends a stranger's name for a file or folder, made safe as one element of
 * a path. Returns: %FALSE, and nothing appended, when nothing is left of it:
 * it was empty, "." or "..", or only of characters that are dropped. */
gboolean bt_safe_path_append (GString *path, const guint8 *name, gsize length);
/* The same for what somebody else has written: others use all that a file
 * system allows. */
#define BT_SAFE_PATH_ELEMENT_LONGEST 255u
gboolean bt_safe_path_append_long (GString *path, const guint8 *name, gsize length);
/* Shortens the last element to @most bytes, and keeps its ending. */
void     bt_safe_path_cut    (GString *path, gsize element, gsize most);
/* Returns: length of the last element's ending with its dot (".txt"), or 0 */
gsize    bt_safe_path_ending (const char *element, gsize length);

/* A cheap way to see what most torrents are: when every path follows the one
 * before it (%TRUE), no two are alike without regard to case, and none is in
 * a folder of another file's name. Both are UTF-8 and safe, and @before is ""
 * or has followed another itself. */
gboolean bt_path_follows     (const char *path, gsize length, const char *before, gsize before_length);

/**
 * BtPathSet:
 *
 * Paths of a torrent, compared without regard to case. Keeps pointers to the
 * paths, not copies.
 */
typedef struct
{
  struct _BtPathSetEntry *entries;
  guint32 mask; /* entries - 1; the number of entries is a power of two */
  guint32 n_used;
  guint64 seed;
  GString *folded[2]; /* scratch */
} BtPathSet;

/* @seed: a number that the author of the paths could not choose freely */
void     bt_path_set_init     (BtPathSet *self, guint32 n_expected, guint64 seed);
void     bt_path_set_clear    (BtPathSet *self);
/* Returns: %FALSE when an equal path is there already */
gboolean bt_path_set_add      (BtPathSet *self, const char *path, gsize length);
gboolean bt_path_set_contains (BtPathSet *self, const char *path, gsize length);

G_END_DECLS
