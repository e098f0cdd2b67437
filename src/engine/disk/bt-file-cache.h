/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtFileCache:
 *
 * The open files of a session, with a limit; the one unused for longest is
 * closed first. May be called from any thread.
 */
typedef struct _BtFileCache BtFileCache;

/* A file that is open, or will be. Embedded in an array of a file set. */
typedef struct
{
  int fd;             /* -1 closed */
  gboolean writable;
  gint in_memory;     /* atomic: on tmpfs, where reading never waits for a disk */
  gboolean stale;     /* closed as soon as nobody uses it, and used by nobody new */
  guint users;        /* calls that use @fd now */
  GList link;         /* in the cache's list while open */
} BtOpenFile;

BtFileCache *bt_file_cache_new   (guint limit);
BtFileCache *bt_file_cache_ref   (BtFileCache *self);
void         bt_file_cache_unref (BtFileCache *self);
/* Returns: whether @file is open, and writable if that is needed; it is held
 * open until bt_file_cache_release() */
gboolean     bt_file_cache_acquire (BtFileCache *self, BtOpenFile *file, gboolean writable);
/* Gives @fd to @file and holds it. When somebody was faster, @fd is closed and theirs is used. */
void         bt_file_cache_insert  (BtFileCache *self, BtOpenFile *file, int fd, gboolean writable, gboolean in_memory);
void         bt_file_cache_release (BtFileCache *self, BtOpenFile *file);
/* Closes it; when somebody is using it, as soon as they are done. */
void         bt_file_cache_forget  (BtFileCache *self, BtOpenFile *file);

G_END_DECLS
