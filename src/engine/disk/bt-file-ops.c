/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-ops.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixmounts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int
system_open (int folder, const char *name, int flags, mode_t mode)
{
  return openat (folder, name, flags, mode);
}

static gssize
system_copy (int from, int to, gsize length, off_t offset)
{
  off_t out = offset;

  return copy_file_range (from, &offset, to, &out, length, 0);
}

static int
system_rename (int from_folder, const char *from, int to_folder, const char *to)
{
  struct stat status;

  if (renameat2 (from_folder, from, to_folder, to, RENAME_NOREPLACE) == 0)
    return 0;
  if (errno != EINVAL && errno != ENOSYS)
    return -1;
  /* Some network and foreign file systems know no such flag. */
  if (fstatat (to_folder, to, &status, AT_SYMLINK_NOFOLLOW) == 0)
    {
      errno = EEXIST;
      return -1;
    }
  return renameat (from_folder, from, to_folder, to);
}

static int
system_link (int from_folder, const char *from, int to_folder, const char *to)
{
  return linkat (from_folder, from, to_folder, to, 0);
}

static int
system_unlink (int folder, const char *name)
{
  return unlinkat (folder, name, 0);
}

static gboolean
system_space (const char *folder, BtSpace *space)
{
  g_autofree char *path = g_strdup (folder);
  struct statvfs system;
  struct stat status;

  while (stat (path, &status) != 0)
    {
      char *parent = g_path_get_dirname (path);

      if (errno != ENOENT || g_str_equal (parent, path))
        {
          g_free (parent);
          return FALSE;
        }
      g_free (path);
      path = parent;
    }
  if (statvfs (path, &system) != 0)
    return FALSE;
  space->device = status.st_dev;
  space->free = (guint64) system.f_bavail * system.f_frsize;
  space->total = (guint64) system.f_blocks * system.f_frsize;
  return TRUE;
}

static gboolean
system_trash (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return g_file_trash (file, NULL, error);
}

const BtFileOps bt_file_ops_system = {
  .open = system_open,
  .read = pread,
  .write = pwrite,
  .sync = fsync,
  .copy = system_copy,
  .rename = system_rename,
  .link = system_link,
  .unlink = system_unlink,
  .space = system_space,
  .trash = system_trash,
};

static const BtFileOps *current = &bt_file_ops_system;

const BtFileOps *
bt_file_ops (void)
{
  return current;
}

void
bt_file_ops_set (const BtFileOps *ops)
{
  current = ops != NULL ? ops : &bt_file_ops_system;
}

char *
bt_file_ops_dup_disk_name (const char *path)
{
  g_autofree char *existing = g_strdup (path);
  GUnixMountEntry *mount;
  char *name;

  while (!g_file_test (existing, G_FILE_TEST_EXISTS) && strlen (existing) > 1)
    {
      char *parent = g_path_get_dirname (existing);

      g_free (existing);
      existing = parent;
    }
  mount = g_unix_mount_for (existing, NULL);
  if (mount == NULL)
    return g_strdup (path);
  /* "Filesystem root" is for no person. */
  name = g_str_equal (g_unix_mount_get_mount_path (mount), "/") ? g_strdup ("/") : g_unix_mount_guess_name (mount);
  g_unix_mount_free (mount);
  return name;
}
