/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-ops.h"
#include "bt-file-set-private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether files are still as a record says, and giving to the disk what was
 * written before a record says so. */

/* Seconds after the last record (one is made every few) within which a file
 * may still have been written by ourselves. */
#define WRITING_TIME 60

static BtFileStamp
stamp_of (const struct stat *status)
{
  return (BtFileStamp){ .size = status->st_size,
                        .mtime = status->st_mtim.tv_sec * G_GINT64_CONSTANT (1000000000) + status->st_mtim.tv_nsec };
}

static BtFileStamp
look_at (BtFileSet *self, guint index)
{
  BtFileStamp stamp = { .size = -1 };
  g_autofree char *path = NULL;
  const char *name;
  struct stat status;
  int parent;

  bt_turn_lock_read (&self->moving);
  path = bt_file_set_dup_path (self, index);
  parent = bt_file_set_open_parent (self, path, FALSE, &name);
  if (parent >= 0 && fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (status.st_mode))
    stamp = stamp_of (&status);
  if (parent >= 0)
    close (parent);
  bt_turn_lock_end_reading (&self->moving);
  return stamp;
}

static BtFileStamp
look_at_parts (BtFileSet *self)
{
  BtFileStamp stamp = { .size = -1 };
  struct stat status;

  bt_turn_lock_read (&self->moving);
  if (self->parts_path != NULL && lstat (self->parts_path, &status) == 0 && S_ISREG (status.st_mode))
    stamp = stamp_of (&status);
  bt_turn_lock_end_reading (&self->moving);
  return stamp;
}

gboolean
bt_file_set_check_folder (BtFileSet *self, int *failed, GError **error)
{
  struct stat status;
  gboolean found;

  bt_turn_lock_read (&self->moving);
  found = stat (self->folder, &status) == 0 || bt_file_set_fail (self, -1, BT_FILE_TASK_FIND_FOLDER, errno, failed, error);
  bt_turn_lock_end_reading (&self->moving);
  return found;
}

gboolean
bt_file_set_is_gone (BtFileSet *self, int file, int *failed, GError **error)
{
  bt_turn_lock_read (&self->moving);
  bt_file_set_fail (self, file, BT_FILE_TASK_FIND, ENOENT, failed, error);
  bt_turn_lock_end_reading (&self->moving);
  return FALSE;
}

/* The entry of a file that was just made is to last as well. */
static gboolean
sync_folder_of (BtFileSet *self, guint index)
{
  g_autofree char *path = bt_file_set_dup_path (self, index);
  const char *name;
  int parent = bt_file_set_open_parent (self, path, FALSE, &name);
  int fd = parent < 0 ? -1 : openat (parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && (bt_file_ops ()->sync (fd) == 0 || errno == EINVAL);
  int code = errno;

  if (fd >= 0)
    close (fd);
  if (parent >= 0)
    close (parent);
  errno = code;
  return done;
}

static gboolean
sync_open_file (int fd, BtFileStamp *stamp)
{
  struct stat status;

  if (fstat (fd, &status) != 0 || bt_file_ops ()->sync (fd) != 0)
    return FALSE;
  *stamp = stamp_of (&status);
  return TRUE;
}

static gboolean
take_dirty (BtFileSet *self, guint8 *flag)
{
  gboolean dirty;

  g_mutex_lock (&self->mutex);
  dirty = *flag;
  *flag = FALSE;
  g_mutex_unlock (&self->mutex);
  return dirty;
}

/* What could not be given to the disk is to be tried again. */
static gboolean
sync_file (BtFileSet *self, guint index, gboolean last, int *failed, GError **error)
{
  BtFileStamp *stamp = &self->stamps[index];
  gboolean is_new = stamp->size < 0;
  gboolean done;
  int code;

  done = bt_file_set_acquire (self, index, TRUE, FALSE);
  if (done)
    {
      done = sync_open_file (self->files[index].fd, stamp) && (!is_new || sync_folder_of (self, index));
      code = errno;
      bt_file_cache_release (self->cache, &self->files[index]);
      errno = code;
    }
  stamp->touched = !last;
  if (done)
    return TRUE;
  code = errno;
  bt_file_set_set_dirty (self, index);
  return bt_file_set_fail (self, (int) index, BT_FILE_TASK_WRITE, code, failed, error);
}

/* With @moving held: they may go to another file. */
static gboolean
sync_dirty_parts (BtFileSet *self, int *failed, GError **error)
{
  gboolean done;
  int code;

  done = bt_file_set_acquire_parts (self, TRUE);
  if (done)
    {
      done = sync_open_file (self->parts.fd, &self->parts_stamp);
      code = errno;
      bt_file_cache_release (self->cache, &self->parts);
      errno = code;
    }
  return done || bt_file_set_fail (self, -1, BT_FILE_TASK_WRITE_IN_FOLDER, errno, failed, error);
}

static gboolean
sync_parts (BtFileSet *self, gboolean last, int *failed, GError **error)
{
  gboolean dirty, done;

  g_mutex_lock (&self->mutex);
  dirty = self->parts_dirty;
  self->parts_dirty = FALSE;
  g_mutex_unlock (&self->mutex);
  bt_turn_lock_read (&self->moving);
  done = !dirty || sync_dirty_parts (self, failed, error);
  bt_turn_lock_end_reading (&self->moving);
  self->parts_stamp.touched = dirty && !last;
  return done;
}

static gboolean
sync_all (BtFileSet *self, gboolean last, BtFileStamp *stamps, BtFileStamp *parts, int *failed, GError **error)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      gboolean dirty = take_dirty (self, &self->dirty[i]), done;

      self->stamps[i].touched = FALSE;
      bt_turn_lock_read (&self->moving);
      done = !dirty || sync_file (self, i, last, failed, error);
      bt_turn_lock_end_reading (&self->moving);
      if (!done)
        return FALSE;
      stamps[i] = self->stamps[i];
    }
  if (!sync_parts (self, last, failed, error))
    return FALSE;
  *parts = self->parts_stamp;
  return TRUE;
}

gboolean
bt_file_set_sync (BtFileSet *self, gboolean last, BtFileStamp *stamps, BtFileStamp *parts, int *failed, GError **error)
{
  gboolean done;

  g_mutex_lock (&self->stamping);
  done = sync_all (self, last, stamps, parts, failed, error);
  g_mutex_unlock (&self->stamping);
  return done;
}

typedef enum
{
  SAME,    /* nothing happened to it since */
  OURS,    /* only we wrote to it, as far as can be told */
  CHANGED, /* by somebody */
} Judgement;

static Judgement
judge (const BtResume *resume, gint64 running_since, const BtFileStamp *then, const BtFileStamp *now)
{
  gint64 latest = (MAX (resume->saved, running_since) + WRITING_TIME) * G_GINT64_CONSTANT (1000000000);

  if (now->size == then->size && now->mtime == then->mtime && !then->touched)
    return SAME;
  if (resume->clean && running_since == 0)
    return CHANGED;
  /* Nothing that we do makes a file shorter or older. */
  return now->size >= then->size && now->mtime >= then->mtime && now->mtime <= latest ? OURS : CHANGED;
}

typedef enum
{
  HAD = 1 << 0,
  MISSING = 1 << 1,
} Which;

static void
doubt_range (BtFileSet *self, const BtResume *resume, guint64 begin, guint64 end, Which which, BtBitfield *doubt)
{
  guint32 first = (guint32) (begin / self->layout->piece_length);
  guint32 last = (guint32) ((MIN (end, self->layout->total) - 1) / self->layout->piece_length);

  for (guint32 piece = first; piece <= last; piece++)
    if (which & (bt_bitfield_get (&resume->have, piece) ? HAD : MISSING))
      bt_bitfield_set (doubt, piece);
}

/* Missing pieces that have bytes on disk may have been written since the
 * record was made. Where there is a hole, nothing was.
 * @begin, @end: in the open file; @shift: to the torrent's bytes */
static void
doubt_written (BtFileSet *self, const BtResume *resume, int fd, guint64 begin, guint64 end, guint64 shift, BtBitfield *doubt)
{
  while (begin < end)
    {
      off_t data = lseek (fd, (off_t) begin, SEEK_DATA);
      off_t hole = data < 0 ? data : lseek (fd, data, SEEK_HOLE);

      if (data < 0 && errno == ENXIO)
        return;
      if (hole < 0)
        {
          doubt_range (self, resume, begin + shift, end + shift, MISSING, doubt);
          return;
        }
      if ((guint64) data >= end)
        return;
      doubt_range (self, resume, (guint64) data + shift, MIN ((guint64) hole, end) + shift, MISSING, doubt);
      begin = (guint64) hole;
    }
}

static void
compare_file (BtFileSet *self, const BtResume *resume, gint64 running_since, guint index, BtBitfield *doubt, int *gone)
{
  const BtFileInfo *info = bt_file_set_info (self, index);
  const BtResumeFile *file = &resume->files[index];
  BtFileStamp then = { file->size, file->mtime, file->touched };
  BtFileStamp *now = &self->stamps[index];
  Judgement judgement;

  if (bt_file_set_is_aside (self, index) && then.size <= 0)
    return;
  judgement = now->size < 0 ? CHANGED : judge (resume, running_since, &then, now);
  if (now->size < 0 && then.size > 0)
    *gone = (int) index;
  if (judgement == CHANGED)
    bt_file_set_disown_changed (self, index);
  if (judgement == CHANGED)
    doubt_range (self, resume, info->offset, info->offset + info->length, now->size < 0 ? HAD : HAD | MISSING, doubt);
  else if (judgement == OURS && bt_file_set_acquire (self, index, FALSE, FALSE))
    {
      doubt_written (self, resume, self->files[index].fd, 0, info->length, info->offset, doubt);
      bt_file_cache_release (self->cache, &self->files[index]);
    }
}

/* What was kept aside is one file for all of which nothing is in its place. */
static void
compare_parts (BtFileSet *self, const BtResume *resume, gint64 running_since, BtBitfield *doubt)
{
  BtFileStamp then = { resume->parts_size, resume->parts_mtime, running_since != 0 || !resume->clean };
  Judgement judgement = SAME;

  if (self->parts_stamp.size >= 0 || then.size >= 0)
    judgement = self->parts_stamp.size < 0 ? CHANGED : judge (resume, running_since, &then, &self->parts_stamp);
  if (judgement == SAME)
    return;
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      const BtFileInfo *info = bt_file_set_info (self, i);

      if (info->length == 0 || !bt_file_set_is_on_disk (self, i) || !bt_file_set_is_aside (self, i))
        continue;
      if (judgement == CHANGED)
        doubt_range (self, resume, info->offset, info->offset + info->length, HAD | MISSING, doubt);
      else if (bt_file_set_acquire_parts (self, FALSE))
        {
          doubt_written (self, resume, self->parts.fd, info->offset, info->offset + info->length, 0, doubt);
          bt_file_cache_release (self->cache, &self->parts);
        }
    }
}

/* Nothing was verified of a file of which no piece is had. */
static gboolean
has_verified (BtFileSet *self, const BtResume *resume, guint index)
{
  guint32 first, last;

  if (!bt_layout_file_pieces (self->layout, index, &first, &last))
    return FALSE;
  for (guint32 piece = first; piece <= last; piece++)
    if (bt_bitfield_get (&resume->have, piece))
      return TRUE;
  return FALSE;
}

static void
look_at_all (BtFileSet *self)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    if (bt_file_set_is_on_disk (self, i))
      self->stamps[i] = look_at (self, i);
  self->parts_stamp = look_at_parts (self);
}

void
bt_file_set_look (BtFileSet *self)
{
  g_mutex_lock (&self->stamping);
  look_at_all (self);
  g_mutex_unlock (&self->stamping);
}

static void
compare_all (BtFileSet *self, const BtResume *resume, gint64 running_since, BtBitfield *doubt, int *gone)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      int file = -1;

      if (!bt_file_set_is_on_disk (self, i) || bt_file_set_info (self, i)->length == 0)
        continue;
      bt_turn_lock_read (&self->moving);
      compare_file (self, resume, running_since, i, doubt, &file);
      bt_turn_lock_end_reading (&self->moving);
      if (file >= 0 && *gone < 0 && !bt_file_set_is_unwanted (self, i) && has_verified (self, resume, i))
        *gone = file;
    }
  bt_turn_lock_read (&self->moving);
  compare_parts (self, resume, running_since, doubt);
  bt_turn_lock_end_reading (&self->moving);
}

void
bt_file_set_compare (BtFileSet *self, const BtResume *resume, gint64 running_since, BtBitfield *doubt, int *gone)
{
  *gone = -1;
  g_return_if_fail (resume->n_files == self->layout->n_files && resume->have.n_bits == self->layout->n_pieces);

  g_mutex_lock (&self->stamping);
  look_at_all (self);
  compare_all (self, resume, running_since, doubt, gone);
  g_mutex_unlock (&self->stamping);
}
