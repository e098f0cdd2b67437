/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-file-set.h"

G_BEGIN_DECLS

struct _BtFileSet
{
  BtLayout *layout;
  char *folder;
  char *parts_path;
  BtFileCache *cache;
  BtOpenFile *files;
  BtOpenFile parts; /* holes but for the bytes kept aside, at the torrent's own offsets */
  GRWLock moving;   /* written while bytes move between @parts and a file */
  GMutex mutex;     /* for what follows */
  guint8 *has_data; /* by file: it is on disk with bytes of ours or found ones */
  guint8 *placed;   /* by file: it has bytes, or a thread is about to write some */
  guint8 *unwanted; /* by file: the latest word */
  guint8 *skipped;  /* by file: nobody wants it, or what was kept has not been brought in yet */
  gboolean any_data; /* some file is on disk */
};

const BtFileInfo *bt_file_set_info (BtFileSet *self, guint index);
gboolean bt_file_set_get_has_data (BtFileSet *self, guint index);
void     bt_file_set_set_has_data (BtFileSet *self, guint index);
gboolean bt_file_set_get_any_data (BtFileSet *self);
void     bt_file_set_forget_data (BtFileSet *self);
gboolean bt_file_set_is_unwanted (BtFileSet *self, guint file);
/* Are the bytes of this file kept aside? */
gboolean bt_file_set_is_aside    (BtFileSet *self, guint file);
/* Neither a pad nor a link. */
gboolean bt_file_set_is_on_disk  (BtFileSet *self, guint index);
/* Sets @error from errno's @code and @failed from @index, -1 for the folder.
 * Returns: FALSE */
gboolean bt_file_set_fail        (BtFileSet *self, int index, const char *doing, int code, int *failed, GError **error);
int      bt_file_set_open_parent (BtFileSet *self, const char *path, gboolean make, const char **name);
int      bt_file_set_open_path   (BtFileSet *self, const char *path, int flags);
gboolean bt_file_set_acquire     (BtFileSet *self, guint index, gboolean writable, gboolean create);
gboolean bt_file_set_acquire_parts (BtFileSet *self, gboolean writable);
/* To the file itself. */
gboolean bt_file_set_write_span  (BtFileSet *self, const BtSpan *span, const guint8 *bytes, int *failed, GError **error);
/* Returns: bytes read, fewer at the end of the file; -1 with errno */
gssize   bt_file_set_read_some   (int fd, guint8 *bytes, gsize length, guint64 offset);

G_END_DECLS
