/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-move-private.h"

#include "bt-file-ops.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Written since, and little enough to be copied while all else waits. */
#define LAST_BYTES (16u << 20)

/* Steps of copying again what is written faster than that. */
#define MOST_AGAIN 2000u

#define STEP_AGAIN_BYTES (16u << 20)

/* Microseconds between two words about how far it is. */
#define PROGRESS_INTERVAL (100 * G_TIME_SPAN_MILLISECOND)

gboolean
bt_move_fail (BtMove *self, int index, BtFileTask task, const char *what, int code)
{
  self->failed_file = index;
  bt_file_words_set_error (&self->error, task, what, self->folder, code);
  return FALSE;
}

/* Makes @path and what is missing above it. Those made are added, the highest first. */
static gboolean
make_folder (BtMove *self, const char *path)
{
  g_autofree char *parent = g_path_get_dirname (path);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (!g_str_equal (parent, path) && !make_folder (self, parent))
    return FALSE;
  if (mkdir (path, 0777) != 0)
    return bt_move_fail (self, -1, BT_FILE_TASK_MAKE_FOLDER, path, errno);
  g_ptr_array_add (self->made, g_strdup (path));
  return TRUE;
}

static gboolean
exists (const char *folder, const char *path, struct stat *status)
{
  const char *name;
  int parent = bt_folder_open_parent (folder, path, FALSE, FALSE, NULL, &name);
  gboolean there = parent >= 0 && fstatat (parent, name, status, AT_SYMLINK_NOFOLLOW) == 0;

  if (parent >= 0)
    close (parent);
  return there;
}

/* What could go wrong is found before the first byte is copied. */
static gboolean
examine_file (BtMove *self, guint index)
{
  g_autofree char *path = bt_file_set_dup_path (self->set, index);
  const char *later = bt_file_names_get (self->set->place.names, index), *name;
  struct stat status;
  int parent;

  if (!bt_file_set_is_on_disk (self->set, index) || !exists (self->set->folder, path, &status) || !S_ISREG (status.st_mode))
    return TRUE;
  /* What is unfinished needs its later name free as well. */
  if (bt_folder_has (self->folder, path) || bt_folder_has (self->folder, later))
    {
      self->failed_file = (int) index;
      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("There is a “%s” in “%s” already, which is left as it is"),
                   later, self->folder);
      return FALSE;
    }
  parent = bt_folder_open_parent (self->set->folder, path, FALSE, FALSE, NULL, &name);
  if (parent >= 0 && faccessat (parent, ".", W_OK, 0) != 0)
    {
      int code = errno;

      close (parent);
      return bt_move_fail (self, (int) index, BT_FILE_TASK_TAKE_AWAY, path, code);
    }
  if (parent >= 0)
    close (parent);
  self->total += MIN ((guint64) status.st_size, (guint64) status.st_blocks * 512);
  return TRUE;
}

static gboolean
examine (BtMove *self)
{
  gboolean fine = TRUE;
  BtSpace space;

  bt_turn_lock_read (&self->set->moving);
  for (guint i = 0; i < self->set->layout->n_files && fine; i++)
    fine = examine_file (self, i);
  bt_turn_lock_end_reading (&self->set->moving);
  if (!fine)
    return FALSE;
  if (bt_file_ops ()->space (self->folder, &space) && space.free < self->total)
    {
      g_autofree char *disk = bt_file_ops_dup_disk_name (self->folder);
      g_autofree char *needed = g_format_size (self->total), *left = g_format_size (space.free);

      g_set_error (&self->error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _ ("The disk “%s” has %s left, and %s are needed"), disk, left, needed);
      return FALSE;
    }
  return TRUE;
}

static gboolean
begin_copying (BtMove *self)
{
  gboolean noted;

  if (!examine (self))
    return FALSE;
  bt_turn_lock_read (&self->set->moving);
  noted = bt_file_set_write_note (self->set, BT_NOTE_BEGUN, self->folder, NULL, NULL, &self->error);
  bt_turn_lock_end_reading (&self->set->moving);
  if (!noted)
    return FALSE;
  bt_folder_remove_staging (self->staging);
  if (mkdir (self->staging, 0700) != 0)
    return bt_move_fail (self, -1, BT_FILE_TASK_MAKE_FOLDER, self->staging, errno);
  g_mutex_lock (&self->set->mutex);
  bt_bitfield_init (&self->set->changed, self->set->layout->n_pieces);
  g_mutex_unlock (&self->set->mutex);
  self->phase = BT_MOVE_COPY;
  return TRUE;
}

static gboolean
begin (BtMove *self)
{
  /* What is left of an earlier one is its beginning. */
  if (bt_file_set_follow_note (self->set))
    {
      g_free (self->old_folder);
      self->old_folder = bt_file_set_dup_folder (self->set);
    }
  if (!make_folder (self, self->folder))
    return FALSE;
  if (bt_file_set_relocate (self->set, self->folder, NULL, self->parts_path, &self->failed_file, &self->error))
    {
      self->phase = BT_MOVE_ENDED;
      return TRUE;
    }
  if (!g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_WOULD_RECURSE))
    return FALSE;
  g_clear_error (&self->error);
  self->failed_file = -1;
  return begin_copying (self);
}

static guint64
bytes_changed (BtMove *self)
{
  guint64 bytes;

  g_mutex_lock (&self->set->mutex);
  bytes = (guint64) self->set->changed.n_set * self->set->layout->piece_length;
  g_mutex_unlock (&self->set->mutex);
  return bytes;
}

static gboolean
copy_again (BtMove *self)
{
  gboolean copied;

  /* Files that are complete meanwhile get other names. */
  bt_turn_lock_read (&self->set->moving);
  copied = bt_move_copy_changed (self, STEP_AGAIN_BYTES);
  bt_turn_lock_end_reading (&self->set->moving);
  if (!copied)
    return FALSE;
  if (bytes_changed (self) > LAST_BYTES && ++self->n_again < MOST_AGAIN)
    return TRUE;
  if (!bt_move_sync (self))
    return FALSE;
  self->phase = BT_MOVE_COMMIT;
  return TRUE;
}

static void
unlink_below (const char *folder, const char *path, const BtMoveFile *only)
{
  const char *name;
  struct stat status;
  int parent = bt_folder_open_parent (folder, path, FALSE, FALSE, NULL, &name);

  if (parent < 0)
    return;
  if (only == NULL || (fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_dev == only->device &&
                       status.st_ino == only->inode))
    bt_file_ops ()->unlink (parent, name);
  close (parent);
}

/* The copies get their names. @placed: (out): of how many files */
static gboolean
place_copies (BtMove *self, GPtrArray *made, guint *placed)
{
  for (guint i = 0; i < self->set->layout->n_files; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i), *path = NULL;

      *placed = i;
      if (!self->files[i].copied)
        continue;
      path = bt_file_set_dup_path (self->set, i);
      if (bt_folder_rename (self->staging, name, self->folder, path, made) != 0)
        return bt_move_fail (self, (int) i, BT_FILE_TASK_PUT, path, errno);
      self->files[i].from = g_steal_pointer (&path);
    }
  *placed = self->set->layout->n_files;
  return TRUE;
}

static void
take_copies_back (BtMove *self, GPtrArray *made, guint placed)
{
  for (guint i = 0; i < placed; i++)
    if (self->files[i].from != NULL)
      unlink_below (self->folder, self->files[i].from, NULL);
  bt_folder_remove_empty (self->folder, made, NULL);
}

static gboolean
commit_copies (BtMove *self)
{
  g_autoptr (GPtrArray) made = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) missing = NULL;
  guint placed = 0;

  if (!bt_move_copy_changed (self, G_MAXUINT64) || !bt_move_copy_missed (self) || !bt_move_sync (self))
    return FALSE;
  /* Not any more from here on: it would leave some behind. */
  if (g_atomic_int_get (&self->cancelled))
    return TRUE;
  bt_move_stamp (self);
  missing = bt_file_set_list_missing_folders (self->set, self->folder);
  /* Whoever is killed from here on has it brought to its end. */
  if (!bt_file_set_write_note (self->set, BT_NOTE_WHOLE, self->folder, self->parts_path, missing, &self->error))
    return FALSE;
  if (!place_copies (self, made, &placed))
    {
      take_copies_back (self, made, placed);
      return FALSE;
    }
  for (guint i = 0; i < self->set->layout->n_files; i++)
    if (self->files[i].from != NULL)
      bt_file_set_claim_copy (self->set, i, self->folder, self->files[i].from);
  bt_file_set_move_links (self->set, self->old_folder, self->folder, made, FALSE);
  self->old_folders = g_ptr_array_ref (self->set->place.folders);
  bt_file_set_settle (self->set, self->folder, self->set->place.names, self->parts_path, made);
  bt_file_set_close (self->set);
  self->phase = BT_MOVE_CLEAR;
  return TRUE;
}

static gboolean
commit (BtMove *self)
{
  gboolean done;

  bt_turn_lock_write (&self->set->moving);
  done = commit_copies (self);
  bt_turn_lock_end_writing (&self->set->moving);
  return done;
}

static void
stop_watching (BtMove *self)
{
  g_mutex_lock (&self->set->mutex);
  bt_bitfield_clear (&self->set->changed);
  g_mutex_unlock (&self->set->mutex);
}

static void
clear_originals (BtMove *self)
{
  gboolean safe;

  stop_watching (self);
  /* Files may be renamed again by now. */
  bt_turn_lock_read (&self->set->moving);
  safe = bt_file_set_sync_folders (self->set, self->folder);
  bt_turn_lock_end_reading (&self->set->moving);
  /* Two are better than none: where the system does not say that the copy is
   * safe, the originals stay. */
  if (safe)
    for (guint i = 0; i < self->set->layout->n_files; i++)
      if (self->files[i].from != NULL && !bt_file_set_is_shared (self->set, i))
        unlink_below (self->old_folder, self->files[i].from, &self->files[i]);
  bt_folder_remove_empty (self->old_folder, self->old_folders, NULL);
  bt_folder_remove_staging (self->staging);
  self->phase = BT_MOVE_ENDED;
}

static void
give_up (BtMove *self)
{
  bt_move_close (self);
  stop_watching (self);
  bt_folder_remove_staging (self->staging);
  if (self->phase != BT_MOVE_BEGIN)
    bt_file_set_forget_note (self->set);
  for (guint i = self->made->len; i-- > 0;)
    rmdir (self->made->pdata[i]);
  if (self->error == NULL)
    g_set_error_literal (&self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Moving was cancelled");
  self->phase = BT_MOVE_ENDED;
}

static gboolean
step (BtMove *self)
{
  gboolean more;

  switch (self->phase)
    {
    case BT_MOVE_BEGIN:
      return begin (self);
    case BT_MOVE_COPY:
      if (!bt_move_copy_some (self, &more))
        return FALSE;
      if (!more)
        self->phase = BT_MOVE_AGAIN;
      return TRUE;
    case BT_MOVE_AGAIN:
      return copy_again (self);
    case BT_MOVE_COMMIT:
      return commit (self);
    case BT_MOVE_CLEAR:
      clear_originals (self);
      return TRUE;
    case BT_MOVE_ENDED:
    default:
      g_assert_not_reached ();
    }
}

static void
move_work (BtDiskJob *job)
{
  BtMove *self = (BtMove *) job;

  if (self->phase < BT_MOVE_CLEAR && g_atomic_int_get (&self->cancelled))
    give_up (self);
  else if (!step (self))
    give_up (self);
}

static void
move_free (BtMove *self)
{
  for (guint i = 0; i < self->set->layout->n_files; i++)
    g_free (self->files[i].from);
  g_free (self->files);
  bt_file_set_unref (self->set);
  g_ptr_array_unref (self->made);
  g_clear_pointer (&self->old_folders, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_free (self->folder);
  g_free (self->old_folder);
  g_free (self->parts_path);
  g_free (self->staging);
  g_free (self->buffer);
  g_free (self);
}

static void
tell_progress (BtMove *self)
{
  gint64 now = g_get_monotonic_time ();

  if (self->total > 0)
    self->fraction = MIN ((double) self->done / (double) self->total, 1);
  if (self->phase >= BT_MOVE_CLEAR)
    self->fraction = 1;
  if (self->progress == NULL || now - self->told < PROGRESS_INTERVAL)
    return;
  self->told = now;
  self->progress (self->fraction, self->data);
}

static void
move_done (BtDiskJob *job)
{
  BtMove *self = (BtMove *) job;

  if (self->phase != BT_MOVE_ENDED)
    {
      tell_progress (self);
      bt_disk_push (self->disk, &self->job, BT_DISK_URGENT);
      return;
    }
  self->finished (self->error, self->failed_file, self->data);
  move_free (self);
}

BtMove *
bt_move_start (BtDisk *disk, BtFileSet *files, const char *folder, const char *parts_path,
               BtMoveProgress progress, BtMoveFinished finished, gpointer data)
{
  BtMove *self = g_new0 (BtMove, 1);

  self->job.work = move_work;
  self->job.done = move_done;
  self->disk = disk;
  self->set = bt_file_set_ref (files);
  self->folder = g_strdup (folder);
  self->old_folder = bt_file_set_dup_folder (files);
  self->parts_path = g_strdup (parts_path);
  self->staging = bt_file_set_dup_staging (files, folder);
  self->made = g_ptr_array_new_with_free_func (g_free);
  self->files = g_new0 (BtMoveFile, MAX (files->layout->n_files, 1));
  self->from = self->to = self->failed_file = -1;
  self->progress = progress;
  self->finished = finished;
  self->data = data;
  bt_disk_push (disk, &self->job, BT_DISK_URGENT);
  return self;
}

double
bt_move_get_progress (BtMove *self)
{
  return self->fraction;
}

void
bt_move_cancel (BtMove *self)
{
  g_atomic_int_set (&self->cancelled, TRUE);
}
