/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include "bt-file-ops.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

int
bt_folder_open_parent (const char *folder, const char *path, gboolean make_first, gboolean make, GPtrArray *made, const char **name)
{
  int fd = open (folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  const char *start = path, *slash;

  while (fd >= 0 && (slash = strchr (path, '/')) != NULL)
    {
      g_autofree char *element = g_strndup (path, (gsize) (slash - path));
      gboolean may = path == start ? make_first : make;
      int below, code;

      if (may && mkdirat (fd, element, 0777) == 0)
        {
          if (made != NULL)
            g_ptr_array_add (made, g_strndup (start, (gsize) (slash - start)));
        }
      else if (may && errno != EEXIST)
        {
          code = errno;
          close (fd);
          errno = code;
          return -1;
        }
      below = bt_file_ops ()->open (fd, element, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
      code = errno;
      close (fd);
      errno = code;
      fd = below;
      path = slash + 1;
    }
  *name = path;
  return fd;
}

int
bt_file_set_open_parent (BtFileSet *self, const char *path, gboolean make, const char **name)
{
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_free);
  /* The torrent's own folder is there when its data is: if it went, it was
   * taken away, and a new one would hide that. */
  int fd = bt_folder_open_parent (self->folder, path, make && !bt_file_set_get_any_data (self), make, made, name);
  int code = errno;

  bt_file_set_add_folders (self, made);
  errno = code;
  return fd;
}

int
bt_file_set_open_path (BtFileSet *self, const char *path, int flags)
{
  const char *name;
  int parent = bt_file_set_open_parent (self, path, (flags & O_CREAT) != 0, &name);
  int fd, code;

  if (parent < 0)
    return -1;
  fd = bt_file_ops ()->open (parent, name, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0666);
  code = errno;
  close (parent);
  errno = code;
  return fd;
}

int
bt_file_set_open_file (BtFileSet *self, guint index, int flags)
{
  g_autofree char *path = bt_file_set_dup_path (self, index);
  int fd = bt_file_set_open_path (self, path, flags & O_CREAT ? flags | O_EXCL : flags);

  if (fd >= 0 && (flags & O_CREAT))
    bt_file_set_claim (self, index, fd, "");
  else if (fd < 0 && (flags & O_CREAT) && errno == EEXIST)
    fd = bt_file_set_open_path (self, path, flags & ~O_CREAT);
  return fd;
}

/* A FIFO or device under a torrent's name would hang or hurt. */
static gboolean
is_regular (int fd, gboolean *in_memory)
{
  struct statfs system;
  struct stat status;

  if (fstat (fd, &status) != 0)
    return FALSE;
  if (!S_ISREG (status.st_mode))
    {
      errno = EINVAL;
      return FALSE;
    }
  *in_memory = fstatfs (fd, &system) == 0 && (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC);
  return TRUE;
}

/* Looked at when it is there for others to close: a file is either found open
 * by who closes all of them, or closed by its last user. */
static void
insert (BtFileSet *self, BtOpenFile *file, int fd, gboolean writable, gboolean in_memory)
{
  bt_file_cache_insert (self->cache, file, fd, writable, in_memory);
  if (g_atomic_int_get (&self->resting))
    bt_file_cache_forget (self->cache, file);
}

gboolean
bt_file_set_acquire (BtFileSet *self, guint index, gboolean writable, gboolean create)
{
  BtOpenFile *file = &self->files[index];
  gboolean in_memory;
  int fd;

  if (bt_file_cache_acquire (self->cache, file, writable))
    return TRUE;
  fd = bt_file_set_open_file (self, index, (writable ? O_RDWR : O_RDONLY) | (create ? O_CREAT : 0));
  if (fd < 0)
    return FALSE;
  if (!is_regular (fd, &in_memory))
    {
      int code = errno;

      close (fd);
      errno = code;
      return FALSE;
    }
  insert (self, file, fd, writable, in_memory);
  return TRUE;
}

gboolean
bt_file_set_acquire_parts (BtFileSet *self, gboolean writable)
{
  gboolean in_memory;
  int fd;

  if (bt_file_cache_acquire (self->cache, &self->parts, writable))
    return TRUE;
  if (self->parts_path == NULL || (writable && g_atomic_int_get (&self->removed)))
    {
      errno = ENOENT;
      return FALSE;
    }
  if (writable)
    {
      g_autofree char *folder = g_path_get_dirname (self->parts_path);

      g_mkdir_with_parents (folder, 0700);
    }
  fd = open (self->parts_path, (writable ? O_RDWR | O_CREAT : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 || !is_regular (fd, &in_memory))
    {
      int code = errno;

      if (fd >= 0)
        close (fd);
      errno = code;
      return FALSE;
    }
  insert (self, &self->parts, fd, writable, in_memory);
  return TRUE;
}
