/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include <errno.h>
#include <unistd.h>

/* What becomes of bytes that were kept aside. */

/* Bytes that are moved at once from what was kept aside to a file. */
#define BRING_IN_STEP (256u << 10)

/* Brings in a run of the file's bytes, from @begin to @end of the torrent. */
static gboolean
bring_in (BtFileSet *self, guint index, guint64 begin, guint64 end, int *failed, GError **error)
{
  g_autofree guint8 *bytes = g_malloc (BRING_IN_STEP);

  while (begin < end)
    {
      BtSpan span = { .file = index, .offset = begin - bt_file_set_info (self, index)->offset };
      gssize n = bt_file_set_read_some (self->parts.fd, bytes, (gsize) MIN (end - begin, BRING_IN_STEP), begin);

      if (n <= 0)
        return n == 0 || bt_file_set_fail (self, (int) index, BT_FILE_TASK_BRING_IN, errno, failed, error);
      span.length = (guint32) n;
      if (!bt_file_set_write_span (self, &span, bytes, failed, error))
        return FALSE;
      begin += (guint64) n;
    }
  return TRUE;
}

/* Holes are of pieces that are not here. Pieces that lie in the file alone
 * may be here too: they were on their way when it was skipped. */
static gboolean
bring_in_all (BtFileSet *self, guint index, int *failed, GError **error)
{
  const BtFileInfo *info = bt_file_set_info (self, index);
  guint64 at = info->offset, end = info->offset + info->length;

  while (at < end)
    {
      off_t data = lseek (self->parts.fd, (off_t) at, SEEK_DATA);
      off_t hole = data < 0 ? data : lseek (self->parts.fd, data, SEEK_HOLE);

      if (data < 0 && errno == ENXIO)
        return TRUE;
      if (hole < 0)
        return bt_file_set_fail (self, (int) index, BT_FILE_TASK_BRING_IN, errno, failed, error);
      if ((guint64) data >= end)
        return TRUE;
      at = MIN ((guint64) hole, end);
      if (!bring_in (self, index, (guint64) data, at, failed, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
bt_file_set_unskip (BtFileSet *self, guint index, int *failed, GError **error)
{
  gboolean done = TRUE, wanted;

  *failed = -1;
  bt_turn_lock_write (&self->moving);
  wanted = !bt_file_set_is_unwanted (self, index);
  if (wanted && bt_file_set_is_aside (self, index))
    {
      if (bt_file_set_acquire_parts (self, FALSE))
        {
          done = bring_in_all (self, index, failed, error);
          bt_file_cache_release (self->cache, &self->parts);
        }
      else if (errno != ENOENT)
        done = bt_file_set_fail (self, (int) index, BT_FILE_TASK_BRING_IN, errno, failed, error);
    }
  /* Also when it did not work: a recheck then finds what is missing, and it
   * comes to the file itself. Who wants the file only since it was looked at
   * has a job of their own on its way, which brings in what was left here. */
  g_mutex_lock (&self->mutex);
  if (wanted)
    self->skipped[index] = self->unwanted[index];
  g_mutex_unlock (&self->mutex);
  bt_turn_lock_end_writing (&self->moving);
  return done;
}

void
bt_file_set_remove_parts (BtFileSet *self)
{
  gboolean needed = FALSE;

  bt_turn_lock_write (&self->moving);
  for (guint i = 0; i < self->layout->n_files; i++)
    needed |= bt_file_set_is_aside (self, i);
  if (!needed && self->parts_path != NULL)
    {
      bt_file_cache_forget (self->cache, &self->parts);
      unlink (self->parts_path);
    }
  bt_turn_lock_end_writing (&self->moving);
}

