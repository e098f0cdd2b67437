/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include "bt-file-ops.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

BtFileSet *
bt_file_set_new (BtLayout *layout, const char *folder, BtFileCache *cache)
{
  BtFileSet *self = g_atomic_rc_box_new0 (BtFileSet);

  self->layout = bt_layout_ref (layout);
  self->folder = g_strdup (folder);
  self->cache = bt_file_cache_ref (cache);
  self->files = g_new0 (BtOpenFile, MAX (layout->n_files, 1));
  for (guint i = 0; i < layout->n_files; i++)
    self->files[i].fd = -1;
  self->has_data = g_malloc0 (MAX (layout->n_files, 1));
  self->placed = g_malloc0 (MAX (layout->n_files, 1));
  self->skipped = g_malloc0 (MAX (layout->n_files, 1));
  self->unwanted = g_malloc0 (MAX (layout->n_files, 1));
  bt_placement_init (&self->place, layout->metainfo);
  self->dirty = g_malloc0 (MAX (layout->n_files, 1));
  self->stamps = g_new0 (BtFileStamp, MAX (layout->n_files, 1));
  for (guint i = 0; i < layout->n_files; i++)
    self->stamps[i].size = -1;
  self->parts_stamp.size = -1;
  g_mutex_init (&self->stamping);
  self->parts.fd = -1;
  bt_turn_lock_init (&self->moving);
  g_mutex_init (&self->mutex);
  return self;
}

BtFileSet *
bt_file_set_ref (BtFileSet *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
bt_file_set_close (BtFileSet *self)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    bt_file_cache_forget (self->cache, &self->files[i]);
  bt_file_cache_forget (self->cache, &self->parts);
}

void
bt_file_set_set_resting (BtFileSet *self, gboolean resting)
{
  g_atomic_int_set (&self->resting, resting);
}

static void
file_set_clear (gpointer data)
{
  BtFileSet *self = data;

  bt_file_set_close (self);
  bt_file_cache_unref (self->cache);
  g_free (self->files);
  g_free (self->has_data);
  g_free (self->placed);
  g_free (self->skipped);
  g_free (self->unwanted);
  bt_placement_clear (&self->place);
  g_free (self->shared);
  g_free (self->dirty);
  g_free (self->stamps);
  g_free (self->parts_path);
  g_free (self->note_path);
  bt_turn_lock_clear (&self->moving);
  g_free (self->folder);
  g_mutex_clear (&self->mutex);
  g_mutex_clear (&self->stamping);
  bt_layout_unref (self->layout);
}

void
bt_file_set_unref (BtFileSet *self)
{
  g_atomic_rc_box_release_full (self, file_set_clear);
}

const BtFileInfo *
bt_file_set_info (BtFileSet *self, guint index)
{
  return bt_metainfo_get_file (self->layout->metainfo, index);
}

gboolean
bt_file_set_get_has_data (BtFileSet *self, guint index)
{
  gboolean has;

  g_mutex_lock (&self->mutex);
  has = self->has_data[index];
  g_mutex_unlock (&self->mutex);
  return has;
}

gboolean
bt_file_set_get_any_data (BtFileSet *self)
{
  gboolean any;

  g_mutex_lock (&self->mutex);
  any = self->any_data;
  g_mutex_unlock (&self->mutex);
  return any;
}

void
bt_file_set_set_has_data (BtFileSet *self, guint index)
{
  g_mutex_lock (&self->mutex);
  self->has_data[index] = self->placed[index] = self->any_data = TRUE;
  g_mutex_unlock (&self->mutex);
}

void
bt_file_set_set_dirty (BtFileSet *self, guint index)
{
  g_mutex_lock (&self->mutex);
  self->dirty[index] = TRUE;
  g_mutex_unlock (&self->mutex);
}

void
bt_file_set_forget_data (BtFileSet *self)
{
  g_mutex_lock (&self->mutex);
  memset (self->has_data, FALSE, self->layout->n_files);
  memset (self->placed, FALSE, self->layout->n_files);
  self->any_data = FALSE;
  g_mutex_unlock (&self->mutex);
}

void
bt_file_set_set_parts_file (BtFileSet *self, const char *path)
{
  g_free (self->parts_path);
  self->parts_path = g_strdup (path);
}

void
bt_file_set_skip (BtFileSet *self, guint file)
{
  g_mutex_lock (&self->mutex);
  self->skipped[file] = self->unwanted[file] = TRUE;
  g_mutex_unlock (&self->mutex);
}

void
bt_file_set_want (BtFileSet *self, guint file)
{
  g_mutex_lock (&self->mutex);
  self->unwanted[file] = FALSE;
  g_mutex_unlock (&self->mutex);
}

gboolean
bt_file_set_is_unwanted (BtFileSet *self, guint file)
{
  gboolean unwanted;

  g_mutex_lock (&self->mutex);
  unwanted = self->unwanted[file];
  g_mutex_unlock (&self->mutex);
  return unwanted;
}

gboolean
bt_file_set_is_skipped (BtFileSet *self, guint file)
{
  gboolean skipped;

  g_mutex_lock (&self->mutex);
  skipped = self->skipped[file];
  g_mutex_unlock (&self->mutex);
  return skipped;
}

gboolean
bt_file_set_is_aside (BtFileSet *self, guint file)
{
  gboolean aside;

  g_mutex_lock (&self->mutex);
  aside = self->skipped[file] && !self->placed[file];
  g_mutex_unlock (&self->mutex);
  return aside;
}

/* Where bytes of this file are written. Once some are on their way to the
 * file itself all go there, or those kept aside could not be found again.
 * Returns: whether they are kept aside */
static gboolean
choose_place (BtFileSet *self, guint file)
{
  gboolean aside;

  g_mutex_lock (&self->mutex);
  aside = self->skipped[file] && !self->placed[file];
  if (!aside)
    self->placed[file] = TRUE;
  g_mutex_unlock (&self->mutex);
  return aside;
}

gboolean
bt_file_set_fail (BtFileSet *self, int index, BtFileTask task, int code, int *failed, GError **error)
{
  const char *name = index < 0 ? self->folder : bt_file_names_get (self->place.names, (guint) index);

  *failed = index;
  bt_file_words_set_error (error, task, name, self->folder, code);
  return FALSE;
}

static guint64
torrent_offset (BtFileSet *self, const BtSpan *span)
{
  return bt_file_set_info (self, span->file)->offset + span->offset;
}

gboolean
bt_file_set_is_on_disk (BtFileSet *self, guint index)
{
  return (bt_file_set_info (self, index)->flags & (BT_FILE_PAD | BT_FILE_SYMLINK)) == 0;
}

gboolean
bt_file_set_write_all (int fd, const guint8 *bytes, gsize length, guint64 offset)
{
  while (length > 0)
    {
      gssize n = bt_file_ops ()->write (fd, bytes, length, (off_t) offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        {
          errno = n == 0 ? ENOSPC : errno;
          return FALSE;
        }
      bytes += n;
      offset += (guint64) n;
      length -= (gsize) n;
    }
  return TRUE;
}

static void
set_parts_dirty (BtFileSet *self)
{
  g_mutex_lock (&self->mutex);
  self->parts_dirty = TRUE;
  g_mutex_unlock (&self->mutex);
}

static gboolean
write_aside (BtFileSet *self, const BtSpan *span, const guint8 *bytes, int *failed, GError **error)
{
  gboolean done;
  int code;

  if (!bt_file_set_acquire_parts (self, TRUE))
    return bt_file_set_fail (self, (int) span->file, BT_FILE_TASK_KEEP_ASIDE, errno, failed, error);
  set_parts_dirty (self);
  done = bt_file_set_write_all (self->parts.fd, bytes, span->length, torrent_offset (self, span));
  code = errno;
  set_parts_dirty (self);
  bt_file_cache_release (self->cache, &self->parts);
  return done || bt_file_set_fail (self, (int) span->file, BT_FILE_TASK_KEEP_ASIDE, code, failed, error);
}

gboolean
bt_file_set_write_span (BtFileSet *self, const BtSpan *span, const guint8 *bytes, int *failed, GError **error)
{
  gboolean had_data = bt_file_set_get_has_data (self, span->file);
  struct stat status;
  int code = 0;

  if (g_atomic_int_get (&self->removed))
    return bt_file_set_fail (self, (int) span->file, BT_FILE_TASK_WRITE, ENOENT, failed, error);
  if (!bt_file_set_acquire (self, span->file, TRUE, !had_data))
    return bt_file_set_fail (self, (int) span->file, BT_FILE_TASK_WRITE, errno, failed, error);
  bt_file_set_set_dirty (self, span->file);
  /* An open file that was deleted would swallow data for ever. */
  if (fstat (self->files[span->file].fd, &status) == 0 && status.st_nlink == 0)
    code = ENOENT;
  else if (!bt_file_set_write_all (self->files[span->file].fd, bytes, span->length, span->offset))
    code = errno;
  bt_file_set_set_dirty (self, span->file);
  bt_file_cache_release (self->cache, &self->files[span->file]);
  if (code == ENOENT)
    bt_file_cache_forget (self->cache, &self->files[span->file]);
  if (code != 0)
    return bt_file_set_fail (self, (int) span->file, BT_FILE_TASK_WRITE, code, failed, error);
  if (!had_data)
    bt_file_set_set_has_data (self, span->file);
  bt_file_set_mark_changed (self, torrent_offset (self, span), span->length);
  return TRUE;
}

gboolean
bt_file_set_write (BtFileSet *self, guint64 offset, const guint8 *bytes, gsize length, int *failed, GError **error)
{
  BtSpan span;

  *failed = -1;
  while (bt_layout_span (self->layout, offset, (guint32) length, &span))
    {
      gboolean done = TRUE;

      bt_turn_lock_read (&self->moving);
      if (!span.pad && bt_file_set_is_on_disk (self, span.file))
        done = choose_place (self, span.file) ? write_aside (self, &span, bytes, failed, error)
                                              : bt_file_set_write_span (self, &span, bytes, failed, error);
      bt_turn_lock_end_reading (&self->moving);
      if (!done)
        return FALSE;
      bytes += span.length;
      offset += span.length;
      length -= span.length;
    }
  return TRUE;
}

gssize
bt_file_set_read_some (int fd, guint8 *bytes, gsize length, guint64 offset)
{
  gsize done = 0;

  while (done < length)
    {
      gssize n = bt_file_ops ()->read (fd, bytes + done, length - done, (off_t) (offset + done));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      if (n == 0)
        break;
      done += (gsize) n;
    }
  return (gssize) done;
}

static gboolean
read_span (BtFileSet *self, const BtSpan *span, guint8 *bytes, int *failed, GError **error)
{
  gboolean aside = bt_file_set_is_aside (self, span->file);
  BtOpenFile *file = aside ? &self->parts : &self->files[span->file];
  gssize n;
  int code;

  if (!(aside ? bt_file_set_acquire_parts (self, FALSE) : bt_file_set_acquire (self, span->file, FALSE, FALSE)))
    return bt_file_set_fail (self, (int) span->file, BT_FILE_TASK_READ, errno, failed, error);
  n = bt_file_set_read_some (file->fd, bytes, span->length, aside ? torrent_offset (self, span) : span->offset);
  code = errno;
  bt_file_cache_release (self->cache, file);
  if (n < 0)
    return bt_file_set_fail (self, (int) span->file, BT_FILE_TASK_READ, code, failed, error);
  if ((gsize) n < span->length)
    {
      *failed = (int) span->file;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, _ ("“%s” is shorter than it should be"),
                   bt_file_names_get (self->place.names, span->file));
      return FALSE;
    }
  return TRUE;
}

gboolean
bt_file_set_read (BtFileSet *self, guint64 offset, guint8 *bytes, gsize length, int *failed, GError **error)
{
  BtSpan span;

  *failed = -1;
  while (bt_layout_span (self->layout, offset, (guint32) length, &span))
    {
      gboolean done = TRUE;

      if (span.pad)
        memset (bytes, 0, span.length);
      else
        {
          bt_turn_lock_read (&self->moving);
          done = read_span (self, &span, bytes, failed, error);
          bt_turn_lock_end_reading (&self->moving);
        }
      if (!done)
        return FALSE;
      bytes += span.length;
      offset += span.length;
      length -= span.length;
    }
  return TRUE;
}

gsize
bt_file_set_read_cached (BtFileSet *self, guint64 offset, guint8 *bytes, gsize length)
{
  gsize done = 0;
  BtSpan span;

  while (bt_layout_span (self->layout, offset + done, (guint32) (length - done), &span))
    {
      BtOpenFile *file = &self->files[span.file];
      struct iovec vector = { bytes + done, span.length };
      gssize n;

      if (span.pad)
        {
          memset (bytes + done, 0, span.length);
          done += span.length;
          continue;
        }
      if (bt_file_set_is_aside (self, span.file) || !bt_file_cache_acquire (self->cache, file, FALSE))
        break;
      n = preadv2 (file->fd, &vector, 1, (off_t) span.offset, g_atomic_int_get (&file->in_memory) ? 0 : RWF_NOWAIT);
      bt_file_cache_release (self->cache, file);
      if (n <= 0)
        break;
      done += (gsize) n;
      if ((gsize) n < span.length)
        break;
    }
  return done;
}
