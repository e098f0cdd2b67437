/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What concerns all files of a torrent at once. */

static void
look_for_data (BtFileSet *self, gboolean *found)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      const char *name;
      struct stat status;
      int parent;

      if (!bt_file_set_is_on_disk (self, i) || bt_file_set_info (self, i)->length == 0)
        continue;
      parent = bt_file_set_open_parent (self, bt_file_set_info (self, i)->path, FALSE, &name);
      if (parent < 0)
        continue;
      if (fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (status.st_mode) && status.st_size > 0)
        {
          bt_file_set_set_has_data (self, i);
          *found = TRUE;
        }
      close (parent);
    }
  *found |= self->parts_path != NULL && access (self->parts_path, R_OK) == 0;
}

gboolean
bt_file_set_prepare (BtFileSet *self, gboolean *found, int *failed, GError **error)
{
  gboolean made;

  *found = FALSE;
  /* Writes of an earlier run end first. What was there before counts no more,
   * nor do files that are still open and have been deleted. */
  g_rw_lock_writer_lock (&self->moving);
  bt_file_set_forget_data (self);
  bt_file_set_close (self);
  made = g_mkdir_with_parents (self->folder, 0777) == 0 ||
         bt_file_set_fail (self, -1, "make the folder", errno, failed, error);
  if (made)
    look_for_data (self, found);
  g_rw_lock_writer_unlock (&self->moving);
  return made;
}

gboolean
bt_file_set_reserve (BtFileSet *self, int *failed, GError **error)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      const BtFileInfo *info = bt_file_set_info (self, i);
      int code = 0;

      if (!bt_file_set_is_on_disk (self, i) || info->length == 0 || bt_file_set_is_skipped (self, i))
        continue;
      if (!bt_file_set_acquire (self, i, TRUE, TRUE))
        return bt_file_set_fail (self, (int) i, "open", errno, failed, error);
      if (fallocate (self->files[i].fd, 0, 0, (off_t) info->length) != 0)
        code = errno;
      bt_file_cache_release (self->cache, &self->files[i]);
      /* Some file systems cannot; then the file just grows. */
      if (code != 0 && code != EOPNOTSUPP)
        return bt_file_set_fail (self, (int) i, "reserve space for", code, failed, error);
    }
  return TRUE;
}

static gboolean
finish_symlink (BtFileSet *self, guint index)
{
  const BtFileInfo *info = bt_file_set_info (self, index);
  g_autoptr (GString) target = g_string_new (NULL);
  const char *name;
  int parent, result;

  /* Relative to the link's own folder; the target is inside the torrent's
   * folder, which the reader of the metainfo saw to. */
  for (const char *p = strchr (info->path, '/'); p != NULL && (p = strchr (p + 1, '/')) != NULL;)
    g_string_append (target, "../");
  g_string_append (target, info->symlink_target);
  parent = bt_file_set_open_parent (self, info->path, TRUE, &name);
  if (parent < 0)
    return FALSE;
  result = symlinkat (target->str, parent, name);
  if (result != 0 && errno == EEXIST)
    result = 0;
  close (parent);
  return result == 0;
}

static gboolean
finish_file (BtFileSet *self, guint index)
{
  const BtFileInfo *info = bt_file_set_info (self, index);
  struct stat status;
  int fd;

  if (info->flags & BT_FILE_SYMLINK)
    return info->symlink_target == NULL || finish_symlink (self, index);
  if (info->length > 0 && !(info->flags & BT_FILE_EXECUTABLE))
    return TRUE;
  fd = bt_file_set_open_path (self, info->path, info->length == 0 ? O_RDWR | O_CREAT : O_RDONLY);
  if (fd < 0)
    return FALSE;
  if ((info->flags & BT_FILE_EXECUTABLE) && fstat (fd, &status) == 0)
    fchmod (fd, (status.st_mode & 07777) | ((status.st_mode & 0444) >> 2));
  close (fd);
  return TRUE;
}

gboolean
bt_file_set_finish (BtFileSet *self, int *failed, GError **error)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      if ((bt_file_set_info (self, i)->flags & BT_FILE_PAD) || bt_file_set_is_unwanted (self, i))
        continue;
      if (bt_file_set_is_skipped (self, i) && !bt_file_set_unskip (self, i, failed, error))
        return FALSE;
      if (!finish_file (self, i))
        return bt_file_set_fail (self, (int) i, "make", errno, failed, error);
    }
  return bt_file_set_check_presence (self, failed, error);
}

gboolean
bt_file_set_check_presence (BtFileSet *self, int *failed, GError **error)
{
  struct stat status;

  if (stat (self->folder, &status) != 0)
    return bt_file_set_fail (self, -1, "find the folder", errno, failed, error);
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      const char *name;
      int parent, result, code;

      if (!bt_file_set_is_on_disk (self, i) || !bt_file_set_get_has_data (self, i))
        continue;
      parent = bt_file_set_open_parent (self, bt_file_set_info (self, i)->path, FALSE, &name);
      result = parent < 0 ? -1 : fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW);
      code = errno;
      if (parent >= 0)
        close (parent);
      if (result != 0)
        return bt_file_set_fail (self, (int) i, "find", code, failed, error);
    }
  return TRUE;
}
