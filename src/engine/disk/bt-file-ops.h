/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* The file system that a folder is on. */
typedef struct
{
  guint64 device; /* tells file systems apart while they are mounted */
  guint64 free;   /* bytes that this user may still write */
  guint64 total;  /* bytes of the whole of it */
} BtSpace;

/**
 * BtFileOps:
 *
 * What the disk threads ask of the operating system and what can go wrong
 * there: tests put functions in its place that fail when they are told to.
 * They answer like the system calls of the same name, with errno. May be
 * called from any thread; all of them may wait.
 */
typedef struct
{
  int      (*open)   (int folder, const char *name, int flags, mode_t mode);
  gssize   (*read)   (int fd, void *bytes, gsize length, off_t offset);
  gssize   (*write)  (int fd, const void *bytes, gsize length, off_t offset);
  int      (*sync)   (int fd);
  /* Inside the kernel, both from @offset on; EXDEV or ENOSYS where it cannot. */
  gssize   (*copy)   (int from, int to, gsize length, off_t offset);
  /* Never replaces anything: EEXIST. */
  int      (*rename) (int from_folder, const char *from, int to_folder, const char *to);
  /* A second name of the same file; replaces nothing. EPERM where the file system has no such thing. */
  int      (*link)   (int from_folder, const char *from, int to_folder, const char *to);
  /* Of a file, in an open folder. */
  int      (*unlink) (int folder, const char *name);
  /* @folder: an ancestor is looked at while it does not exist. */
  gboolean (*space)  (const char *folder, BtSpace *space);
  gboolean (*trash)  (const char *path, GError **error);
} BtFileOps;

extern const BtFileOps bt_file_ops_system;

const BtFileOps *bt_file_ops     (void);
/* For tests, while no disk thread runs. @ops: (nullable): the system's again; not copied */
void             bt_file_ops_set (const BtFileOps *ops);

/* Waits. Returns: (transfer full): what a person calls the disk that @path is
 * on; @path itself when nobody knows */
char            *bt_file_ops_dup_disk_name (const char *path);

G_END_DECLS
