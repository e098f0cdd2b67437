/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-move-private.h"

#include "bt-file-ops.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes and files of one step: some milliseconds on a fast disk, and on a
 * slow one not so long that a piece waits for its hash. */
#define STEP_BYTES (8u << 20)
#define STEP_FILES 64u

/* Bytes between two looks whether it was cancelled. */
#define CHUNK (1u << 20)

static int
open_copy (BtMove *self, guint index, int flags)
{
  g_autofree char *name = g_strdup_printf ("%u", index);
  int staging = open (self->staging, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  int fd = staging < 0 ? -1 : bt_file_ops ()->open (staging, name, flags | O_NOFOLLOW | O_CLOEXEC, 0666);
  int code = errno;

  if (staging >= 0)
    close (staging);
  errno = code;
  return fd;
}

/* Returns: a descriptor; -1 with ENOENT when it is not there or is no file */
static int
open_original (BtMove *self, guint index, struct stat *status)
{
  g_autofree char *path = bt_file_set_dup_path (self->set, index);
  int fd = bt_file_set_open_path (self->set, path, O_RDONLY);

  if (fd < 0)
    {
      if (errno == ENOTDIR || errno == ELOOP)
        errno = ENOENT;
      return -1;
    }
  if (fstat (fd, status) == 0 && S_ISREG (status->st_mode))
    return fd;
  close (fd);
  errno = ENOENT;
  return -1;
}

static gboolean
fail_reading (BtMove *self, guint index, int code)
{
  g_autoptr (BtFileNames) names = bt_file_set_ref_names (self->set);

  return bt_move_fail (self, (int) index, BT_FILE_TASK_READ, bt_file_names_get (names, index), code);
}

static gboolean
fail_writing (BtMove *self, guint index, int code)
{
  g_autoptr (BtFileNames) names = bt_file_set_ref_names (self->set);

  return bt_move_fail (self, (int) index, BT_FILE_TASK_COPY, bt_file_names_get (names, index), code);
}

/* Returns: FALSE on an error; a file that is not there is none */
static gboolean
begin_file (BtMove *self)
{
  struct stat status;
  gboolean cloned;

  self->from = open_original (self, self->file, &status);
  if (self->from < 0)
    return errno == ENOENT || fail_reading (self, self->file, errno);
  self->to = open_copy (self, self->file, O_RDWR | O_CREAT | O_EXCL);
  if (self->to < 0)
    return fail_writing (self, self->file, errno);
  self->files[self->file] = (BtMoveFile){ .copied = TRUE, .device = status.st_dev, .inode = status.st_ino };
  self->at = 0;
  self->size = (guint64) status.st_size;
  /* Two names for the same blocks, where the file system has that. */
  cloned = ioctl (self->to, FICLONE, self->from) == 0;
  if (cloned)
    {
      self->at = self->size;
      self->done += self->size;
      return TRUE;
    }
  return ftruncate (self->to, status.st_size) == 0 || fail_writing (self, self->file, errno);
}

static gboolean
copy_by_hand (BtMove *self, guint index, int from, int to, guint64 offset, guint64 length)
{
  if (self->buffer == NULL)
    self->buffer = g_malloc (CHUNK);
  while (length > 0)
    {
      gssize n = bt_file_set_read_some (from, self->buffer, (gsize) MIN (length, CHUNK), offset);

      if (n < 0)
        return fail_reading (self, index, errno);
      /* What is behind the end is no more than a hole in the original. */
      if (n == 0)
        return TRUE;
      if (!bt_file_set_write_all (to, self->buffer, (gsize) n, offset))
        return fail_writing (self, index, errno);
      offset += (guint64) n;
      length -= (guint64) n;
    }
  return TRUE;
}

/* Moves on to the next bytes that are no hole. Returns: how many there are; 0 at the end */
static guint64
next_data (BtMove *self)
{
  off_t data = lseek (self->from, (off_t) self->at, SEEK_DATA), hole;

  if (data < 0 && errno != ENXIO)
    return self->size - self->at;
  if (data < 0 || (guint64) data >= self->size)
    return 0;
  hole = lseek (self->from, data, SEEK_HOLE);
  self->at = (guint64) data;
  return (hole < 0 ? self->size : MIN ((guint64) hole, self->size)) - self->at;
}

static gboolean
copy_chunk (BtMove *self, gsize length)
{
  gssize n = bt_file_ops ()->copy (self->from, self->to, length, (off_t) self->at);

  if (n <= 0)
    {
      if (n < 0 && errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP && errno != EPERM)
        return fail_writing (self, self->file, errno);
      if (!copy_by_hand (self, self->file, self->from, self->to, self->at, length))
        return FALSE;
      n = (gssize) length;
    }
  /* So that there is little left to wait for at the end. */
  sync_file_range (self->to, (off_t) self->at, n, SYNC_FILE_RANGE_WRITE);
  self->at += (guint64) n;
  self->done += (guint64) n;
  return TRUE;
}

void
bt_move_close (BtMove *self)
{
  if (self->from >= 0)
    close (self->from);
  if (self->to >= 0)
    close (self->to);
  self->from = self->to = -1;
}

static gboolean
end_file (BtMove *self)
{
  if (self->to >= 0 && bt_file_ops ()->sync (self->to) != 0)
    return fail_writing (self, self->file, errno);
  if (self->to >= 0)
    self->files[self->file].synced = TRUE;
  bt_move_close (self);
  self->file++;
  return TRUE;
}

static gboolean
copy_file_some (BtMove *self, guint64 *budget)
{
  guint64 left;

  if (self->from < 0)
    {
      gboolean begun;

      bt_turn_lock_read (&self->set->moving);
      begun = !bt_file_set_is_on_disk (self->set, self->file) || begin_file (self);
      bt_turn_lock_end_reading (&self->set->moving);
      if (!begun)
        return FALSE;
      if (self->from < 0)
        return end_file (self);
    }
  while (*budget > 0 && (left = next_data (self)) > 0)
    {
      gsize length = (gsize) MIN (MIN (left, CHUNK), *budget);

      if (g_atomic_int_get (&self->cancelled))
        return TRUE;
      if (!copy_chunk (self, length))
        return FALSE;
      *budget -= length;
    }
  return *budget == 0 || end_file (self);
}

gboolean
bt_move_copy_some (BtMove *self, gboolean *more)
{
  guint last = MIN (self->file + STEP_FILES, self->set->layout->n_files);
  guint64 budget = STEP_BYTES;

  while (self->file < last && budget > 0 && !g_atomic_int_get (&self->cancelled))
    if (!copy_file_some (self, &budget))
      return FALSE;
  *more = self->file < self->set->layout->n_files;
  return TRUE;
}

static gboolean
copy_span (BtMove *self, const BtSpan *span)
{
  BtMoveFile *file = &self->files[span->file];
  struct stat status;
  gboolean done;
  int from, to;

  if (span->pad || !bt_file_set_is_on_disk (self->set, span->file) || bt_file_set_is_aside (self->set, span->file))
    return TRUE;
  from = open_original (self, span->file, &status);
  if (from < 0)
    return fail_reading (self, span->file, errno);
  to = open_copy (self, span->file, O_RDWR | O_CREAT);
  if (to < 0)
    {
      int code = errno;

      close (from);
      return fail_writing (self, span->file, code);
    }
  file->copied = TRUE;
  file->synced = FALSE;
  file->device = status.st_dev;
  file->inode = status.st_ino;
  done = copy_by_hand (self, span->file, from, to, span->offset, span->length);
  close (from);
  close (to);
  return done;
}

/* Returns: a piece that was written, which counts as copied now; G_MAXUINT32: none */
static guint32
take_changed (BtFileSet *set)
{
  guint32 piece = G_MAXUINT32;

  g_mutex_lock (&set->mutex);
  if (set->changed.n_set > 0)
    {
      gsize byte = 0;

      while (set->changed.bytes[byte] == 0)
        byte++;
      piece = (guint32) byte * 8;
      while (!bt_bitfield_get (&set->changed, piece))
        piece++;
      bt_bitfield_unset (&set->changed, piece);
    }
  g_mutex_unlock (&set->mutex);
  return piece;
}

static gboolean
copy_piece (BtMove *self, guint32 piece)
{
  BtLayout *layout = self->set->layout;
  guint64 offset = (guint64) piece * layout->piece_length;
  guint32 left = bt_layout_piece_size (layout, piece);
  BtSpan span;

  while (bt_layout_span (layout, offset, left, &span))
    {
      offset += span.length;
      left -= span.length;
      /* The other files of the piece may not be there at all. */
      if (!span.pad && !bt_file_set_get_has_data (self->set, span.file))
        continue;
      if (!copy_span (self, &span))
        return FALSE;
    }
  return TRUE;
}

gboolean
bt_move_copy_changed (BtMove *self, guint64 most)
{
  guint64 done = 0;
  guint32 piece;

  while (done < most && !g_atomic_int_get (&self->cancelled) && (piece = take_changed (self->set)) != G_MAXUINT32)
    {
      if (!copy_piece (self, piece))
        return FALSE;
      done += bt_layout_piece_size (self->set->layout, piece);
    }
  return TRUE;
}

gboolean
bt_move_copy_missed (BtMove *self)
{
  for (self->file = 0; self->file < self->set->layout->n_files;)
    if (self->files[self->file].copied || !bt_file_set_is_on_disk (self->set, self->file))
      self->file++;
    else if (!begin_file (self))
      return FALSE;
    else if (self->from < 0)
      self->file++;
    else
      {
        guint64 left;

        while ((left = next_data (self)) > 0)
          if (!copy_chunk (self, (gsize) MIN (left, CHUNK)))
            return FALSE;
        if (!end_file (self))
          return FALSE;
      }
  return TRUE;
}

gboolean
bt_move_sync (BtMove *self)
{
  for (guint i = 0; i < self->set->layout->n_files; i++)
    {
      int fd, result, code;

      if (!self->files[i].copied || self->files[i].synced)
        continue;
      fd = open_copy (self, i, O_RDWR);
      result = fd < 0 ? -1 : bt_file_ops ()->sync (fd);
      code = errno;
      if (fd >= 0)
        close (fd);
      if (result != 0)
        return fail_writing (self, i, code);
      self->files[i].synced = TRUE;
    }
  return TRUE;
}

void
bt_move_stamp (BtMove *self)
{
  for (guint i = 0; i < self->set->layout->n_files; i++)
    {
      struct stat status;
      int from, to;

      if (!self->files[i].copied)
        continue;
      from = open_original (self, i, &status);
      to = from < 0 ? -1 : open_copy (self, i, O_RDWR);
      if (to >= 0)
        {
          struct timespec times[2] = { status.st_atim, status.st_mtim };

          fchmod (to, status.st_mode & 0777);
          futimens (to, times);
          close (to);
        }
      if (from >= 0)
        close (from);
    }
}
