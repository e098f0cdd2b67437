/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static BtTestDisk *disk;

/* Returns: whether it is time for @error; errno is set then */
static gboolean
fails (gint *error, gint *left)
{
  gint code = g_atomic_int_get (error);

  if (code == 0 || (left != NULL && g_atomic_int_add (left, -1) > 0))
    return FALSE;
  errno = code;
  return TRUE;
}

static gboolean
is_meant (int fd)
{
  g_autofree char *link = g_strdup_printf ("/proc/self/fd/%d", fd);
  g_autofree char *path = disk->only_below == NULL ? NULL : g_file_read_link (link, NULL);

  return path == NULL || g_str_has_prefix (path, disk->only_below);
}

static int
test_open (int folder, const char *name, int flags, mode_t mode)
{
  if ((flags & O_ACCMODE) != O_RDONLY && fails (&disk->open_error, NULL))
    return -1;
  return bt_file_ops_system.open (folder, name, flags, mode);
}

static gssize
test_read (int fd, void *bytes, gsize length, off_t offset)
{
  return is_meant (fd) && fails (&disk->read_error, NULL) ? -1 : bt_file_ops_system.read (fd, bytes, length, offset);
}

static gssize
test_write (int fd, const void *bytes, gsize length, off_t offset)
{
  g_atomic_int_inc (&disk->n_writes);
  return is_meant (fd) && fails (&disk->write_error, &disk->writes_left) ? -1 : bt_file_ops_system.write (fd, bytes, length, offset);
}

static int
test_sync (int fd)
{
  if (g_atomic_int_get (&disk->no_sync))
    return 0;
  return fails (&disk->sync_error, NULL) ? -1 : bt_file_ops_system.sync (fd);
}

static gssize
test_copy (int from, int to, gsize length, off_t offset)
{
  if (g_atomic_int_get (&disk->no_kernel_copy))
    {
      errno = ENOSYS;
      return -1;
    }
  return bt_file_ops_system.copy (from, to, length, offset);
}

static int
test_rename (int from_folder, const char *from, int to_folder, const char *to)
{
  gboolean is_copy = g_ascii_isdigit (from[0]);

  if (is_copy && fails (&disk->rename_error, &disk->renames_left))
    return -1;
  if (!is_copy && g_str_equal (from, to) && g_atomic_int_get (&disk->apart))
    {
      errno = EXDEV;
      return -1;
    }
  return bt_file_ops_system.rename (from_folder, from, to_folder, to);
}

static int
test_link (int from_folder, const char *from, int to_folder, const char *to)
{
  if (g_atomic_int_get (&disk->apart))
    {
      errno = EXDEV;
      return -1;
    }
  return fails (&disk->link_error, NULL) ? -1 : bt_file_ops_system.link (from_folder, from, to_folder, to);
}

static int
test_unlink (int folder, const char *name)
{
  return bt_file_ops_system.unlink (folder, name);
}

static gboolean
test_space (const char *folder, BtSpace *space)
{
  if (!bt_file_ops_system.space (folder, space))
    return FALSE;
  if (g_atomic_pointer_get (&disk->free) != G_MAXSIZE && (disk->only_below == NULL || g_str_has_prefix (folder, disk->only_below)))
    {
      space->free = g_atomic_pointer_get (&disk->free);
      space->device++;
    }
  return TRUE;
}

static gboolean
test_trash (const char *path, GError **error)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *to = NULL;

  if (disk->trash == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "There is no trash on this disk");
      return FALSE;
    }
  g_atomic_int_inc (&disk->n_trashed);
  to = g_build_filename (disk->trash, name, NULL);
  if (rename (path, to) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno), "%s", g_strerror (errno));
  return FALSE;
}

static const BtFileOps test_ops = {
  .open = test_open,
  .read = test_read,
  .write = test_write,
  .sync = test_sync,
  .copy = test_copy,
  .rename = test_rename,
  .link = test_link,
  .unlink = test_unlink,
  .space = test_space,
  .trash = test_trash,
};

void
bt_test_disk_use (BtTestDisk *self)
{
  disk = self;
  bt_file_ops_set (self != NULL ? &test_ops : NULL);
}
