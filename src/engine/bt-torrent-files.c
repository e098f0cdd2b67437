/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* Real bytes of a piece: pads are not a person's data. */
guint64
bt_torrent_real_bytes (BtTorrent *self, guint32 piece)
{
  guint64 offset = (guint64) piece * self->layout->piece_length, real = 0;
  guint32 left = bt_layout_piece_size (self->layout, piece);
  BtSpan span;

  while (bt_layout_span (self->layout, offset, left, &span))
    {
      if (!span.pad)
        real += span.length;
      offset += span.length;
      left -= span.length;
    }
  return real;
}

/* A disk job keeps the torrent alive until it is done. */
static void
push_job (BtTorrent *self, BtFilesJob *job)
{
  job->owner = g_object_ref (self);
  job->owner_data = GUINT_TO_POINTER (self->run);
  self->n_disk++;
  bt_disk_push (self->session->disk, &job->job, BT_DISK_URGENT);
}

static void
push_files_job (BtTorrent *self, BtFilesTask task, void (*done) (BtDiskJob *job))
{
  push_job (self, bt_files_job_new (self->files, task, done));
}

static BtTorrent *
job_ended (BtFilesJob *job)
{
  BtTorrent *self = job->owner;

  self->n_disk--;
  if (self->session != NULL)
    bt_torrent_maybe_save_last (self);
  return self;
}

static gboolean
matters (BtTorrent *self, const BtFilesJob *job)
{
  return self->session != NULL && GPOINTER_TO_UINT (job->owner_data) == self->run;
}

void
bt_torrent_set_have (BtTorrent *self, guint32 piece)
{
  if (bt_bitfield_get (bt_picker_get_have (self->picker), piece))
    return;
  bt_picker_set_have (self->picker, piece);
  self->pieces_changed = TRUE;
  self->verified_bytes += bt_torrent_real_bytes (self, piece);
  self->wanted_verified += bt_torrent_wanted_bytes (self, piece);
}

void
bt_torrent_become_active (BtTorrent *self)
{
  self->checked = TRUE;
  if (bt_torrent_bring_back_partials (self))
    return;
  /* At once: what was read need not be read again, and what is written from
   * now on is told from what was there. */
  if (self->pieces_changed || self->resume == NULL || !self->resume->checked)
    bt_torrent_save_resume (self);
  if (bt_picker_n_missing (self->picker) > 0)
    bt_torrent_set_state (self, BT_TORRENT_DOWNLOADING);
  else
    /* Empty files and links may still be missing beside complete data. */
    bt_torrent_finish_files (self);
}

static void
verified_cb (const BtBitfield *right, const GError *error, int failed_file, gpointer data)
{
  BtTorrent *self = data;

  self->verify = NULL;
  if (error != NULL)
    {
      bt_torrent_fail (self, g_error_copy (error), failed_file);
      return;
    }
  for (guint32 i = 0; i < self->layout->n_pieces; i++)
    if (bt_bitfield_get (right, i))
      bt_torrent_set_have (self, i);
  self->pieces_changed = TRUE;
  bt_torrent_become_active (self);
}

static void
forget_pieces (BtTorrent *self)
{
  for (guint32 i = 0; i < self->layout->n_pieces; i++)
    bt_picker_unset_have (self->picker, i);
  self->verified_bytes = self->wanted_verified = 0;
}

/* What the record says is believed of all pieces but those that may have
 * changed since it was made. */
static void
take_compared (BtTorrent *self, BtFilesJob *job)
{
  forget_pieces (self);
  for (guint32 i = 0; i < self->layout->n_pieces; i++)
    if (bt_bitfield_get (&job->resume->have, i) && !bt_bitfield_get (&job->doubt, i))
      bt_torrent_set_have (self, i);
  self->pieces_changed = FALSE;
  self->pieces_checked = job->doubt.n_set;
  if (job->doubt.n_set > 0)
    self->verify = bt_verify_start (self->session->disk, self->files, self->layout, &job->doubt, verified_cb, self);
  else
    bt_torrent_become_active (self);
}

static void
prepared_cb (BtDiskJob *done)
{
  BtFilesJob *job = (BtFilesJob *) done;
  g_autoptr (BtTorrent) self = job_ended (job);

  if (matters (self, job) && self->state == BT_TORRENT_CHECKING && self->verify == NULL)
    {
      if (job->found_other || job->found_names)
        bt_torrent_found_elsewhere (self);
      if (!job->ok)
        bt_torrent_fail (self, g_steal_pointer (&job->error), job->failed_file);
      else if (job->resume != NULL)
        take_compared (self, job);
      else if (self->checked)
        bt_torrent_become_active (self);
      else if (self->trusted)
        {
          self->trusted = FALSE;
          for (guint32 i = 0; i < self->layout->n_pieces; i++)
            bt_torrent_set_have (self, i);
          bt_torrent_become_active (self);
        }
      else
        {
          forget_pieces (self);
          self->pieces_checked = job->found ? self->layout->n_pieces : 0;
          if (job->found)
            self->verify = bt_verify_start (self->session->disk, self->files, self->layout, NULL, verified_cb, self);
          else
            bt_torrent_become_active (self);
        }
    }
  bt_files_job_free (job);
}

void
bt_torrent_check_files (BtTorrent *self)
{
  gboolean reserve = self->session->config.preallocate_full && !self->trusted;
  BtFilesJob *job = bt_files_job_new (self->files, reserve ? BT_FILES_RESERVE : BT_FILES_PREPARE, prepared_cb);

  job->resume = bt_torrent_ref_resume_to_compare (self);
  job->running_since = self->running_since;
  job->must_exist = !self->accept_gone;
  if (self->done_folder != NULL)
    {
      job->other_folder = g_strdup (self->done_folder);
      job->other_parts = bt_torrent_dup_own_path (self, self->done_folder, ".parts");
    }
  bt_file_set_set_resting (self->files, FALSE);
  bt_torrent_set_state (self, BT_TORRENT_CHECKING);
  push_job (self, job);
}

void
bt_torrent_settled (BtTorrent *self)
{
  if (bt_bitfield_is_full (bt_picker_get_have (self->picker)))
    {
      bt_torrent_remove_parts (self);
      bt_torrent_forget_kept (self);
    }
  if (self->state == BT_TORRENT_DOWNLOADING && bt_bitfield_is_full (bt_picker_get_have (self->picker)))
    {
      self->completed_at = bt_loop_now (self->session->loop);
      bt_torrent_announce_complete (self);
    }
  bt_torrent_set_state (self, BT_TORRENT_SEEDING);
}

static void
finished_cb (BtDiskJob *done)
{
  BtFilesJob *job = (BtFilesJob *) done;
  g_autoptr (BtTorrent) self = job_ended (job);

  if (matters (self, job))
    self->finishing = FALSE;
  if (self->session != NULL && job->found_names)
    bt_torrent_tell_place_changed (self);
  if (matters (self, job) && (self->state == BT_TORRENT_DOWNLOADING || self->state == BT_TORRENT_CHECKING))
    {
      /* More is wanted since, and it is not there: no wonder. */
      if (bt_picker_n_missing (self->picker) > 0)
        bt_torrent_set_state (self, BT_TORRENT_DOWNLOADING);
      else if (job->ok && self->n_unskips > 0)
        /* Another thread may not have begun to bring in what was kept aside. */
        self->finish_again = TRUE;
      else if (job->ok)
        {
          if (!bt_torrent_go_to_done_folder (self))
            bt_torrent_settled (self);
        }
      else
        {
          bt_torrent_fail (self, g_steal_pointer (&job->error), job->failed_file);
          self->checked = FALSE;
        }
    }
  bt_files_job_free (job);
}

static void
push_finish (BtTorrent *self)
{
  self->finishing = TRUE;
  self->finish_again = FALSE;
  push_files_job (self, BT_FILES_FINISH, finished_cb);
}

void
bt_torrent_finish_files (BtTorrent *self)
{
  if (!self->finishing && !self->settle)
    push_finish (self);
}

static void
presence_cb (BtDiskJob *done)
{
  BtFilesJob *job = (BtFilesJob *) done;
  g_autoptr (BtTorrent) self = job_ended (job);

  if (matters (self, job) && bt_torrent_is_active (self) && !job->ok)
    bt_torrent_fail (self, g_steal_pointer (&job->error), job->failed_file);
  else if (matters (self, job) && bt_torrent_is_active (self))
    for (guint i = 0; i < job->gone->len; i++)
      bt_torrent_lose_file (self, g_array_index (job->gone, guint, i));
  bt_files_job_free (job);
}

void
bt_torrent_check_presence (BtTorrent *self)
{
  push_files_job (self, BT_FILES_PRESENCE, presence_cb);
}

/* Nothing comes of it. */
static void
ended_cb (BtDiskJob *done)
{
  BtFilesJob *job = (BtFilesJob *) done;
  BtTorrent *self = job_ended (job);

  bt_files_job_free (job);
  g_object_unref (self);
}

void
bt_torrent_remove_parts (BtTorrent *self)
{
  if (self->file_priority != NULL)
    push_files_job (self, BT_FILES_REMOVE_PARTS, ended_cb);
}

void
bt_torrent_close_files (BtTorrent *self)
{
  /* Jobs that other threads have begun may open them after that one. */
  bt_file_set_set_resting (self->files, TRUE);
  push_files_job (self, BT_FILES_CLOSE, ended_cb);
}

static void
unskipped_cb (BtDiskJob *done)
{
  BtFilesJob *job = (BtFilesJob *) done;
  g_autoptr (BtTorrent) self = job_ended (job);

  self->n_unskips--;
  if (self->session != NULL && !job->ok)
    {
      bt_torrent_fail (self, g_steal_pointer (&job->error), job->failed_file);
      self->checked = FALSE;
    }
  else if (self->session != NULL)
    {
      bt_torrent_remove_parts (self);
      /* An empty file has no piece that would come and be its end, nor has
       * one that was kept whole. */
      if ((self->finish_again || (matters (self, job) && bt_torrent_is_active (self))) && bt_picker_n_missing (self->picker) == 0)
        push_finish (self);
    }
  bt_files_job_free (job);
}

void
bt_torrent_unskip_file (BtTorrent *self, guint file)
{
  BtFilesJob *job = bt_files_job_new (self->files, BT_FILES_UNSKIP, unskipped_cb);

  bt_file_set_want (self->files, file);
  self->n_unskips++;
  job->file = file;
  push_job (self, job);
}
