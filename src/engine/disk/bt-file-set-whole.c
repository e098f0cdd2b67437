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

/* Returns: whether there is a file at @path; not a link, nor anything else */
static gboolean
find_file (BtFileSet *self, const char *path, struct stat *status)
{
  const char *name;
  int parent = bt_file_set_open_parent (self, path, FALSE, &name);
  gboolean found;

  if (parent < 0)
    return FALSE;
  found = fstatat (parent, name, status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (status->st_mode);
  close (parent);
  return found;
}

/* A file may be there under its own name or with the ending of unfinished
 * ones. Where both are, the one that we were writing to counts: the other was
 * put there by somebody, and is not to be written to. One that is not there is
 * ours no more, whoever makes the next. */
static void
look_for_file (BtFileSet *self, guint index, gboolean *found)
{
  const char *plain = bt_file_names_get (self->place.names, index);
  g_autofree char *partial = g_strconcat (plain, BT_FILE_SET_PARTIAL, NULL);
  gboolean may_be_partial = bt_file_set_may_be_partial (self, index);
  struct stat status = { 0 };
  gboolean our_partial = bt_file_set_is_our_partial (self, index, partial);
  gboolean has_plain = !our_partial && find_file (self, plain, &status);
  gboolean has_partial = !has_plain && may_be_partial && find_file (self, partial, &status);

  bt_file_set_set_partial (self, index, has_partial || (!has_plain && may_be_partial));
  if (!has_plain && !has_partial)
    bt_file_set_set_created (self, index, FALSE);
  else if (status.st_size > 0 && bt_file_set_info (self, index)->length > 0)
    {
      bt_file_set_set_has_data (self, index);
      *found = TRUE;
    }
}

static void
look_for_data (BtFileSet *self, gboolean *found)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    if (bt_file_set_is_on_disk (self, i))
      look_for_file (self, i, found);
  *found |= self->parts_path != NULL && access (self->parts_path, R_OK) == 0;
}

static guint
count_found (BtFileSet *self, BtFileNames *names)
{
  struct stat status;
  guint n = 0;

  for (guint i = 0; i < self->layout->n_files; i++)
    n += bt_file_set_is_on_disk (self, i) && find_file (self, bt_file_names_get (names, i), &status);
  return n;
}

gboolean
bt_file_set_find_long_names (BtFileSet *self)
{
  g_autoptr (BtFileNames) names = bt_file_names_new_long (self->layout->metainfo);
  gboolean found = FALSE;

  bt_turn_lock_write (&self->moving);
  if (names != NULL && bt_file_names_is_original (self->place.names) &&
      count_found (self, names) > count_found (self, self->place.names))
    {
      g_mutex_lock (&self->mutex);
      bt_file_names_unref (self->place.names);
      self->place.names = g_steal_pointer (&names);
      g_mutex_unlock (&self->mutex);
      found = TRUE;
    }
  bt_turn_lock_end_writing (&self->moving);
  return found;
}

gboolean
bt_file_set_prepare (BtFileSet *self, gboolean *found, int *failed, GError **error)
{
  gboolean made;

  *found = FALSE;
  /* Writes of an earlier run end first. What was there before counts no more,
   * nor do files that are still open and have been deleted. */
  bt_turn_lock_write (&self->moving);
  bt_file_set_forget_data (self);
  bt_file_set_close (self);
  g_atomic_int_set (&self->removed, FALSE);
  made = g_mkdir_with_parents (self->folder, 0777) == 0 ||
         bt_file_set_fail (self, -1, BT_FILE_TASK_MAKE_FOLDER, errno, failed, error);
  if (made)
    look_for_data (self, found);
  bt_turn_lock_end_writing (&self->moving);
  return made;
}

gboolean
bt_file_set_look_in (BtFileSet *self, const char *folder, const char *parts_path)
{
  g_autofree char *before = NULL;
  gboolean found = FALSE;

  bt_turn_lock_write (&self->moving);
  before = g_strdup (self->folder);
  bt_file_set_settle (self, folder, self->place.names, NULL, self->place.folders);
  look_for_data (self, &found);
  if (found)
    bt_file_set_settle (self, folder, self->place.names, parts_path, self->place.folders);
  else
    {
      bt_file_set_settle (self, before, self->place.names, NULL, self->place.folders);
      look_for_data (self, &found);
      found = FALSE;
    }
  bt_turn_lock_end_writing (&self->moving);
  return found;
}

static gboolean
reserve_file (BtFileSet *self, guint index, int *failed, GError **error)
{
  const BtFileInfo *info = bt_file_set_info (self, index);
  int code = 0;

  if (!bt_file_set_is_on_disk (self, index) || info->length == 0 || bt_file_set_is_skipped (self, index))
    return TRUE;
  if (!bt_file_set_acquire (self, index, TRUE, TRUE))
    return bt_file_set_fail (self, (int) index, BT_FILE_TASK_OPEN, errno, failed, error);
  /* Its time changes even where nothing has to be reserved. */
  bt_file_set_set_dirty (self, index);
  if (fallocate (self->files[index].fd, 0, 0, (off_t) info->length) != 0)
    code = errno;
  bt_file_set_set_dirty (self, index);
  bt_file_cache_release (self->cache, &self->files[index]);
  /* Some file systems cannot; then the file just grows. */
  return code == 0 || code == EOPNOTSUPP || bt_file_set_fail (self, (int) index, BT_FILE_TASK_RESERVE, code, failed, error);
}

gboolean
bt_file_set_reserve (BtFileSet *self, int *failed, GError **error)
{
  gboolean done = TRUE;

  for (guint i = 0; i < self->layout->n_files && done; i++)
    {
      bt_turn_lock_read (&self->moving);
      done = reserve_file (self, i, failed, error);
      bt_turn_lock_end_reading (&self->moving);
    }
  return done;
}

/* What a link of the torrent holds: relative to the link's own folder. Its
 * target is inside the torrent's folder, which the reader of the metainfo saw to. */
char *
bt_file_set_dup_link (BtFileSet *self, BtFileNames *names, guint index)
{
  const BtFileInfo *info = bt_file_set_info (self, index);
  g_autofree char *original = g_strconcat (bt_metainfo_get_name (self->layout->metainfo), "/", info->symlink_target, NULL);
  g_autofree char *target = bt_file_names_dup_now (names, original);
  GString *text = g_string_new (NULL);

  for (const char *p = strchr (info->path, '/'); p != NULL && (p = strchr (p + 1, '/')) != NULL;)
    g_string_append (text, "../");
  g_string_append (text, strchr (target, '/') + 1);
  return g_string_free (text, FALSE);
}

static gboolean
finish_symlink (BtFileSet *self, guint index)
{
  g_autofree char *text = bt_file_set_dup_link (self, self->place.names, index);
  const char *name;
  int parent, result;

  parent = bt_file_set_open_parent (self, bt_file_names_get (self->place.names, index), TRUE, &name);
  if (parent < 0)
    return FALSE;
  result = symlinkat (text, parent, name);
  if (result == 0)
    bt_file_set_claim (self, index, parent, name);
  else if (errno == EEXIST)
    result = 0;
  close (parent);
  return result == 0;
}

/* Somebody has written behind the end of a file of ours: that is no part of
 * it. What was there before us keeps its end. */
static void
cut_tail (BtFileSet *self, guint index, int fd, const struct stat *status)
{
  guint64 length = bt_file_set_info (self, index)->length;

  if ((guint64) status->st_size <= length)
    return;
  if (bt_file_set_is_ours (self, index, fd, "", NULL) && ftruncate (fd, (off_t) length) == 0)
    {
      bt_file_set_set_dirty (self, index);
      return;
    }
  g_atomic_int_inc (&self->n_long);
}

static gboolean
finish_file (BtFileSet *self, guint index)
{
  const BtFileInfo *info = bt_file_set_info (self, index);
  struct stat status;
  int fd;

  if (info->flags & BT_FILE_SYMLINK)
    return info->symlink_target == NULL || finish_symlink (self, index);
  if (info->length == 0)
    bt_file_set_set_partial (self, index, FALSE);
  fd = bt_file_set_open_file (self, index, info->length == 0 ? O_RDWR | O_CREAT : O_RDWR);
  /* To look at it, and to make it executable, is enough. */
  if (fd < 0 && info->length > 0 && errno != ENOENT)
    fd = bt_file_set_open_file (self, index, O_RDONLY);
  if (fd < 0)
    return FALSE;
  if (fstat (fd, &status) == 0)
    {
      if (info->length > 0)
        cut_tail (self, index, fd, &status);
      if (info->flags & BT_FILE_EXECUTABLE)
        fchmod (fd, (status.st_mode & 07777) | ((status.st_mode & 0444) >> 2));
    }
  close (fd);
  return TRUE;
}

static gboolean
finish_wanted (BtFileSet *self, guint index, int *failed, GError **error)
{
  gboolean done;

  if (bt_file_set_is_skipped (self, index) && !bt_file_set_unskip (self, index, failed, error))
    return FALSE;
  bt_turn_lock_read (&self->moving);
  done = finish_file (self, index) || bt_file_set_fail (self, (int) index, BT_FILE_TASK_MAKE, errno, failed, error);
  bt_turn_lock_end_reading (&self->moving);
  return done;
}

gboolean
bt_file_set_finish (BtFileSet *self, int *failed, GError **error)
{
  g_atomic_int_set (&self->n_long, 0);
  for (guint i = 0; i < self->layout->n_files; i++)
    if (!(bt_file_set_info (self, i)->flags & BT_FILE_PAD) && !bt_file_set_is_unwanted (self, i) &&
        !finish_wanted (self, i, failed, error))
      return FALSE;
  return bt_file_set_check_presence (self, NULL, failed, error) && bt_file_set_finish_names (self, failed, error);
}

guint
bt_file_set_get_n_long (BtFileSet *self)
{
  return (guint) g_atomic_int_get (&self->n_long);
}

static gboolean
is_present (BtFileSet *self, guint index, GArray *gone, int *failed, GError **error)
{
  g_autofree char *path = NULL;
  struct stat status;
  const char *name;
  int parent, result, code;

  if (!bt_file_set_is_on_disk (self, index) || !bt_file_set_get_has_data (self, index))
    return TRUE;
  path = bt_file_set_dup_path (self, index);
  parent = bt_file_set_open_parent (self, path, FALSE, &name);
  result = parent < 0 ? -1 : fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW);
  code = errno;
  if (parent >= 0)
    close (parent);
  if (result != 0 && code == ENOENT && bt_file_set_is_unwanted (self, index))
    {
      if (gone != NULL)
        g_array_append_val (gone, index);
      return TRUE;
    }
  return result == 0 || bt_file_set_fail (self, (int) index, BT_FILE_TASK_FIND, code, failed, error);
}

gboolean
bt_file_set_check_presence (BtFileSet *self, GArray *gone, int *failed, GError **error)
{
  struct stat status;
  gboolean there;

  *failed = -1;
  bt_turn_lock_read (&self->moving);
  there = stat (self->folder, &status) == 0 || bt_file_set_fail (self, -1, BT_FILE_TASK_FIND_FOLDER, errno, failed, error);
  bt_turn_lock_end_reading (&self->moving);
  for (guint i = 0; i < self->layout->n_files && there; i++)
    {
      bt_turn_lock_read (&self->moving);
      there = is_present (self, i, gone, failed, error);
      bt_turn_lock_end_reading (&self->moving);
    }
  return there;
}

void
bt_file_set_lose (BtFileSet *self, guint file)
{
  bt_file_cache_forget (self->cache, &self->files[file]);
  g_mutex_lock (&self->mutex);
  self->has_data[file] = self->placed[file] = FALSE;
  bt_bitfield_unset (&self->place.created, file);
  g_mutex_unlock (&self->mutex);
}
