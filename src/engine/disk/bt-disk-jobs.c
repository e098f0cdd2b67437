/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-disk-jobs.h"

#include "bt-blame.h"
#include "bt-sha.h"

#include <string.h>

static void
digest_blocks (BtWriteJob *self, guint32 size)
{
  guint32 n_blocks = bt_layout_n_blocks (self->layout, self->piece);

  self->digests = g_malloc ((gsize) n_blocks * BT_BLAME_DIGEST);
  for (guint32 i = 0; i < n_blocks; i++)
    {
      guint8 digest[BT_SHA1_LENGTH];
      guint32 begin = i * BT_BLOCK_SIZE;

      bt_sha1 (self->data + begin, MIN (BT_BLOCK_SIZE, size - begin), digest);
      memcpy (self->digests + i * BT_BLAME_DIGEST, digest, BT_BLAME_DIGEST);
    }
}

static void
write_work (BtDiskJob *job)
{
  BtWriteJob *self = (BtWriteJob *) job;
  guint32 size = bt_layout_piece_size (self->layout, self->piece);
  guint64 offset = (guint64) self->piece * self->layout->piece_length;
  guint8 digest[BT_SHA1_LENGTH];

  bt_sha1 (self->data, size, digest);
  if (memcmp (digest, bt_metainfo_get_piece_hash (self->layout->metainfo, self->piece), BT_SHA1_LENGTH) != 0)
    self->result = BT_PIECE_BAD_HASH;
  else if (bt_file_set_write (self->files, offset, self->data, size, &self->failed_file, &self->error))
    self->result = BT_PIECE_WRITTEN;
  else
    self->result = BT_PIECE_FAILED;
  if (self->result == BT_PIECE_BAD_HASH || self->want_digests)
    digest_blocks (self, size);
}

BtWriteJob *
bt_write_job_new (BtFileSet *files, BtLayout *layout, guint32 piece, guint8 *data, void (*done) (BtDiskJob *job))
{
  BtWriteJob *self = g_new0 (BtWriteJob, 1);

  self->job.work = write_work;
  self->job.done = done;
  self->files = bt_file_set_ref (files);
  self->layout = bt_layout_ref (layout);
  self->piece = piece;
  self->data = data;
  self->failed_file = -1;
  return self;
}

void
bt_write_job_free (BtWriteJob *self)
{
  bt_file_set_unref (self->files);
  bt_layout_unref (self->layout);
  g_free (self->digests);
  g_clear_error (&self->error);
  g_free (self);
}

static void
read_work (BtDiskJob *job)
{
  BtReadJob *self = (BtReadJob *) job;

  self->data = g_malloc (self->length);
  self->ok = bt_file_set_read (self->files, self->offset, self->data, self->length, &self->failed_file, &self->error);
}

BtReadJob *
bt_read_job_new (BtFileSet *files, guint64 offset, gsize length, void (*done) (BtDiskJob *job))
{
  BtReadJob *self = g_new0 (BtReadJob, 1);

  self->job.work = read_work;
  self->job.done = done;
  self->files = bt_file_set_ref (files);
  self->offset = offset;
  self->length = length;
  self->failed_file = -1;
  return self;
}

void
bt_read_job_free (BtReadJob *self)
{
  bt_file_set_unref (self->files);
  g_free (self->data);
  g_clear_error (&self->error);
  g_free (self);
}

/* A disk that is not there now must not have its folder made anew elsewhere. */
static gboolean
still_exists (BtFilesJob *self)
{
  gboolean had_data = FALSE;

  for (guint i = 0; i < self->resume->n_files; i++)
    had_data |= self->resume->files[i].size > 0;
  return !had_data || bt_file_set_check_folder (self->files, &self->failed_file, &self->error);
}

/* Before space is reserved, which changes the times of files. */
static gboolean
prepare (BtFilesJob *self)
{
  int gone;

  self->found_other = bt_file_set_follow_note (self->files);
  if (self->resume == NULL)
    {
      self->found_names = bt_file_set_find_long_names (self->files);
      if (!bt_file_set_prepare (self->files, &self->found, &self->failed_file, &self->error))
        return FALSE;
      if (!self->found && self->other_folder != NULL && bt_file_set_look_in (self->files, self->other_folder, self->other_parts))
        self->found = self->found_other = TRUE;
      bt_file_set_look (self->files);
      return TRUE;
    }
  if ((self->must_exist && !still_exists (self)) ||
      !bt_file_set_prepare (self->files, &self->found, &self->failed_file, &self->error))
    return FALSE;
  bt_bitfield_init (&self->doubt, self->resume->have.n_bits);
  bt_file_set_compare (self->files, self->resume, self->running_since, &self->doubt, &gone);
  return !self->must_exist || gone < 0 || bt_file_set_is_gone (self->files, gone, &self->failed_file, &self->error);
}

static void
finish (BtFilesJob *self)
{
  BtFileNames *names = bt_file_set_ref_names (self->files), *after;

  self->ok = bt_file_set_finish (self->files, &self->failed_file, &self->error);
  after = bt_file_set_ref_names (self->files);
  self->found_names = after != names;
  bt_file_names_unref (after);
  bt_file_names_unref (names);
}

static void
files_work (BtDiskJob *job)
{
  BtFilesJob *self = (BtFilesJob *) job;

  switch (self->task)
    {
    case BT_FILES_PREPARE:
      self->ok = prepare (self);
      break;
    case BT_FILES_RESERVE:
      self->ok = prepare (self) && bt_file_set_reserve (self->files, &self->failed_file, &self->error);
      break;
    case BT_FILES_FINISH:
      finish (self);
      break;
    case BT_FILES_PRESENCE:
      self->gone = g_array_new (FALSE, FALSE, sizeof (guint));
      self->ok = bt_file_set_check_presence (self->files, self->gone, &self->failed_file, &self->error);
      break;
    case BT_FILES_UNSKIP:
      self->ok = bt_file_set_unskip (self->files, self->file, &self->failed_file, &self->error);
      break;
    case BT_FILES_REMOVE_PARTS:
      bt_file_set_remove_parts (self->files);
      self->ok = TRUE;
      break;
    case BT_FILES_RENAME:
      self->ok = bt_file_set_relocate (self->files, NULL, self->names, NULL, &self->failed_file, &self->error);
      break;
    case BT_FILES_FORGET_NOTE:
      bt_file_set_forget_note (self->files);
      self->ok = TRUE;
      break;
    case BT_FILES_TRASH:
      bt_file_set_follow_note (self->files);
      self->ok = bt_file_set_trash (self->files, self->keep, &self->n_left, &self->failed_file, &self->error);
      break;
    case BT_FILES_TIDY:
      bt_file_set_tidy (self->files);
      self->ok = TRUE;
      break;
    case BT_FILES_CLOSE:
      bt_file_set_close (self->files);
      self->ok = TRUE;
      break;
    default:
      g_assert_not_reached ();
    }
}

BtFilesJob *
bt_files_job_new (BtFileSet *files, BtFilesTask task, void (*done) (BtDiskJob *job))
{
  BtFilesJob *self = g_new0 (BtFilesJob, 1);

  self->job.work = files_work;
  self->job.done = done;
  self->files = bt_file_set_ref (files);
  self->task = task;
  self->failed_file = -1;
  return self;
}

void
bt_files_job_free (BtFilesJob *self)
{
  bt_file_set_unref (self->files);
  g_clear_error (&self->error);
  g_clear_pointer (&self->resume, bt_resume_unref);
  bt_bitfield_clear (&self->doubt);
  g_free (self->other_folder);
  g_free (self->other_parts);
  g_clear_pointer (&self->names, bt_file_names_unref);
  g_clear_pointer (&self->keep, g_hash_table_unref);
  g_clear_pointer (&self->gone, g_array_unref);
  g_free (self);
}
