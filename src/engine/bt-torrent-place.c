/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Where a torrent's files are, what they are called, and taking them away. */

void
bt_torrent_make_files (BtTorrent *self)
{
  g_autofree char *parts = bt_torrent_dup_own_path (self, self->folder, ".parts");

  g_clear_pointer (&self->files, bt_file_set_unref);
  self->files = bt_file_set_new (self->layout, self->folder, self->session->file_cache);
  bt_file_set_set_parts_file (self->files, parts);
  if (self->saves_resume)
    bt_torrent_make_note (self);
  bt_file_set_set_mark_partial (self->files, self->session->config.mark_partial);
  for (guint file = 0; self->file_priority != NULL && file < self->layout->n_files; file++)
    if (self->file_priority[file] == BT_FILE_SKIP)
      bt_file_set_skip (self->files, file);
}

void
bt_torrent_use_placement (BtTorrent *self, const BtPlacement *place)
{
  bt_file_set_set_placement (self->files, place);
}

void
bt_torrent_get_placement (BtTorrent *self, BtPlacement *place)
{
  bt_placement_clear (place);
  bt_file_set_get_placement (self->files, place);
}

const char *
bt_torrent_get_done_folder (BtTorrent *self)
{
  return self->done_folder;
}

void
bt_torrent_set_done_folder (BtTorrent *self, const char *folder)
{
  g_autofree char *canonical = folder == NULL ? NULL : g_canonicalize_filename (folder, NULL);

  g_free (self->done_folder);
  self->done_folder = g_strcmp0 (canonical, self->folder) == 0 ? NULL : g_steal_pointer (&canonical);
  self->choices_changed = TRUE;
}

static void
take_folder (BtTorrent *self)
{
  g_free (self->folder);
  self->folder = bt_file_set_dup_folder (self->files);
  if (g_strcmp0 (self->folder, self->done_folder) == 0)
    g_clear_pointer (&self->done_folder, g_free);
}

void
bt_torrent_found_elsewhere (BtTorrent *self)
{
  take_folder (self);
  bt_torrent_tell_place_changed (self);
}

static void start_removing (BtTorrent *self);

static void
end_move_task (BtTorrent *self, const GError *error)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->move_task);

  if (task == NULL)
    return;
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

/* It was complete and waited. Where it should be has perhaps changed since. */
static void
settle (BtTorrent *self, const GError *error, int failed_file)
{
  self->settle = FALSE;
  if (self->session == NULL || (self->state != BT_TORRENT_DOWNLOADING && self->state != BT_TORRENT_CHECKING))
    return;
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      /* Started again it tries once more; all of it is right where it is. */
      bt_torrent_fail_checked (self, g_error_copy (error), failed_file);
      return;
    }
  if (error != NULL)
    bt_torrent_set_done_folder (self, NULL);
  bt_torrent_finish_files (self);
}

static void
end_move (BtTorrent *self, const GError *error, int failed_file)
{
  gboolean asked_for = self->move_task != NULL;

  if (error == NULL)
    {
      take_folder (self);
      /* Who names a folder means it to stay there. */
      if (asked_for)
        g_clear_pointer (&self->done_folder, g_free);
      self->has_moved = TRUE;
      bt_torrent_tell_place_changed (self);
      bt_torrent_tell_shared (self);
    }
  if (self->settle)
    settle (self, asked_for ? NULL : error, failed_file);
  end_move_task (self, error);
  if (self->remove_task != NULL)
    start_removing (self);
}

static void
moved_cb (const GError *error, int failed_file, gpointer data)
{
  g_autoptr (BtTorrent) self = data;

  self->n_disk--;
  self->move = NULL;
  end_move (self, error, failed_file);
}

typedef struct
{
  char *folder;
  BtTorrentProgress progress;
  gpointer data;
  gulong cancel_handler;
} MoveData;

static void
move_data_free (gpointer data)
{
  MoveData *move = data;

  g_free (move->folder);
  g_free (move);
}

static void
progress_cb (double fraction, gpointer data)
{
  BtTorrent *self = data;
  MoveData *move = self->move_task == NULL ? NULL : g_task_get_task_data (self->move_task);

  if (move != NULL && move->progress != NULL)
    move->progress (self, fraction, move->data);
}

static void
start_move (BtTorrent *self, const char *folder)
{
  self->pending_move = g_strdup (folder);
  bt_torrent_ask_neighbours (self);
}

void
bt_torrent_begin_move (BtTorrent *self)
{
  g_autofree char *folder = g_steal_pointer (&self->pending_move);
  g_autofree char *parts = bt_torrent_dup_own_path (self, folder, ".parts");

  self->n_disk++;
  self->move = bt_move_start (self->session->disk, self->files, folder, parts, progress_cb, moved_cb, g_object_ref (self));
}

gboolean
bt_torrent_go_to_done_folder (BtTorrent *self)
{
  if (self->move == NULL && self->pending_move == NULL && self->done_folder == NULL)
    return FALSE;
  self->settle = TRUE;
  if (self->move == NULL && self->pending_move == NULL)
    start_move (self, self->done_folder);
  return TRUE;
}

/* Begun without word of the neighbours, it would take their files with it. */
static void
forget_pending_move (BtTorrent *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Moving was cancelled");

  g_clear_pointer (&self->pending_move, g_free);
  g_object_ref (self);
  end_move (self, error, -1);
  g_object_unref (self);
}

void
bt_torrent_cancel_move (BtTorrent *self)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  if (self->pending_move != NULL)
    forget_pending_move (self);
  if (self->move != NULL)
    bt_move_cancel (self->move);
}

/* On the main context: that is where people cancel things. */
static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  BtTorrent *self = data;

  bt_torrent_cancel_move (self);
}

/* Returns: FALSE, and @task has its answer, when the files are busy */
static gboolean
check_free (BtTorrent *self, GTask *task)
{
  if (self->session == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CLOSED, "The torrent has been removed");
  else if (self->move != NULL || self->pending_move != NULL || self->changing_files || self->remove_task != NULL)
    {
      g_autofree char *name = bt_torrent_dup_name (self);

      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("The files of “%s” are being moved already"), name);
    }
  else
    return TRUE;
  return FALSE;
}

void
bt_torrent_move_async (BtTorrent *self, const char *folder, GCancellable *cancellable,
                       BtTorrentProgress progress, gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  MoveData *move;

  g_return_if_fail (BT_IS_TORRENT (self));
  g_return_if_fail (folder != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, bt_torrent_move_async);
  /* It may have been too late to cancel it. */
  g_task_set_check_cancellable (task, FALSE);
  if (!check_free (self, task) || g_task_return_error_if_cancelled (task))
    return;
  move = g_new0 (MoveData, 1);
  move->folder = g_canonicalize_filename (folder, NULL);
  move->progress = progress;
  move->data = progress_data;
  g_task_set_task_data (task, move, move_data_free);
  if (self->files == NULL)
    {
      g_free (self->folder);
      self->folder = g_strdup (move->folder);
      bt_torrent_tell_place_changed (self);
    }
  if (g_str_equal (move->folder, self->folder))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  self->move_task = g_object_ref (task);
  start_move (self, move->folder);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), self, 0);
}

gboolean
bt_torrent_move_finish (BtTorrent *self, GAsyncResult *result, GError **error)
{
  GCancellable *cancellable;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  cancellable = g_task_get_cancellable (G_TASK (result));
  if (cancellable != NULL)
    g_signal_handlers_disconnect_by_func (cancellable, cancelled_cb, self);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static BtFilesJob *
files_job_new (BtTorrent *self, BtFilesTask kind, GTask *task, void (*done) (BtDiskJob *job))
{
  BtFilesJob *job = bt_files_job_new (self->files, kind, done);

  job->owner = g_object_ref (self);
  job->owner_data = task;
  self->n_disk++;
  self->changing_files = TRUE;
  return job;
}

static void
renamed_cb (BtDiskJob *done)
{
  BtFilesJob *job = (BtFilesJob *) done;
  g_autoptr (BtTorrent) self = job->owner;
  g_autoptr (GTask) task = job->owner_data;

  self->n_disk--;
  self->changing_files = FALSE;
  if (job->ok)
    {
      bt_torrent_tell_place_changed (self);
      bt_torrent_tell_shared (self);
      g_task_return_boolean (task, TRUE);
    }
  else
    g_task_return_error (task, g_steal_pointer (&job->error));
  bt_files_job_free (job);
}

void
bt_torrent_rename_async (BtTorrent *self, const char *path, const char *name, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (BtFileNames) names = NULL;
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  BtFilesJob *job;

  g_return_if_fail (BT_IS_TORRENT (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, bt_torrent_rename_async);
  if (!check_free (self, task))
    return;
  if (self->files == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _ ("It is not known yet which files the torrent has"));
      return;
    }
  names = bt_file_set_ref_names (self->files);
  job = files_job_new (self, BT_FILES_RENAME, g_object_ref (task), renamed_cb);
  job->names = bt_file_names_rename (names, path, name, &error);
  if (job->names != NULL)
    {
      self->pending_rename = job;
      bt_torrent_ask_neighbours (self);
      return;
    }
  job->error = error;
  renamed_cb (&job->job);
}

void
bt_torrent_begin_rename (BtTorrent *self)
{
  BtFilesJob *job = g_steal_pointer (&self->pending_rename);

  bt_disk_push (self->session->disk, &job->job, BT_DISK_URGENT);
}

void
bt_torrent_forget_pending (BtTorrent *self)
{
  BtFilesJob *job = g_steal_pointer (&self->pending_rename);

  if (self->pending_move != NULL)
    forget_pending_move (self);
  if (job == NULL)
    return;
  g_set_error_literal (&job->error, G_IO_ERROR, G_IO_ERROR_CLOSED, "The torrent has been removed");
  renamed_cb (&job->job);
}

gboolean
bt_torrent_rename_finish (BtTorrent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
removed_cb (BtDiskJob *done)
{
  BtFilesJob *job = (BtFilesJob *) done;
  g_autoptr (BtTorrent) self = job->owner;
  g_autoptr (GTask) task = job->owner_data;

  self->n_disk--;
  self->changing_files = FALSE;
  self->checked = FALSE;
  if (job->ok)
    g_task_return_int (task, job->n_left);
  else
    g_task_return_error (task, g_steal_pointer (&job->error));
  bt_files_job_free (job);
}

static void
start_removing (BtTorrent *self)
{
  GTask *task = g_steal_pointer (&self->remove_task);
  BtFilesJob *job;

  if (self->session == NULL)
    {
      check_free (self, task);
      g_object_unref (task);
      return;
    }
  job = files_job_new (self, BT_FILES_TRASH, task, removed_cb);
  job->keep = g_hash_table_ref (g_task_get_task_data (task));
  bt_disk_push (self->session->disk, &job->job, BT_DISK_URGENT);
}

void
bt_torrent_remove_files_async (BtTorrent *self, const char *const *keep, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GHashTable *kept;

  g_return_if_fail (BT_IS_TORRENT (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, bt_torrent_remove_files_async);
  if (self->session == NULL || self->changing_files || self->remove_task != NULL)
    {
      check_free (self, task);
      return;
    }
  kept = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; keep != NULL && keep[i] != NULL; i++)
    g_hash_table_add (kept, g_strdup (keep[i]));
  if (self->files != NULL)
    bt_torrent_list_shared (self, kept);
  g_task_set_task_data (task, kept, (GDestroyNotify) g_hash_table_unref);
  bt_torrent_pause (self);
  if (self->files == NULL)
    {
      g_task_return_int (task, 0);
      return;
    }
  bt_torrent_cancel_move (self);
  self->remove_task = g_steal_pointer (&task);
  if (self->move == NULL)
    start_removing (self);
}

gboolean
bt_torrent_remove_files_finish (BtTorrent *self, GAsyncResult *result, guint *n_left, GError **error)
{
  gssize left;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  left = g_task_propagate_int (G_TASK (result), error);
  if (left < 0)
    return FALSE;
  if (n_left != NULL)
    *n_left = (guint) left;
  return TRUE;
}

char *
bt_torrent_dup_file_path (BtTorrent *self, guint file)
{
  g_autoptr (BtFileNames) names = NULL;

  g_return_val_if_fail (self->files != NULL && file < self->layout->n_files, NULL);

  names = bt_file_set_ref_names (self->files);
  return g_strdup (bt_file_names_get (names, file));
}

char *
bt_torrent_dup_path (BtTorrent *self)
{
  g_autoptr (BtFileNames) names = self->files == NULL ? NULL : bt_file_set_ref_names (self->files);
  g_autofree char *top = names == NULL ? bt_torrent_dup_name (self) : bt_file_names_dup_top (names);

  return g_build_filename (self->folder, top, NULL);
}

guint
bt_torrent_get_n_long_files (BtTorrent *self)
{
  return self->files == NULL ? 0 : bt_file_set_get_n_long (self->files);
}
