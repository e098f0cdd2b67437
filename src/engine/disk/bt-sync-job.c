/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-sync-job.h"

static void
sync_work (BtDiskJob *job)
{
  BtSyncJob *self = (BtSyncJob *) job;

  self->ok = bt_file_set_sync (self->files, self->last, self->stamps, &self->parts, &self->failed_file, &self->error);
  /* Nothing more is written, and to close it may wait as well. */
  if (self->last)
    bt_file_set_close (self->files);
}

BtSyncJob *
bt_sync_job_new (BtFileSet *files, guint n_files, gboolean last, void (*done) (BtDiskJob *job))
{
  BtSyncJob *self = g_new0 (BtSyncJob, 1);

  self->job.work = sync_work;
  self->job.done = done;
  self->files = bt_file_set_ref (files);
  self->last = last;
  self->n_files = n_files;
  self->stamps = g_new0 (BtFileStamp, MAX (n_files, 1));
  self->failed_file = -1;
  return self;
}

void
bt_sync_job_free (BtSyncJob *self)
{
  bt_file_set_unref (self->files);
  g_free (self->stamps);
  g_clear_error (&self->error);
  g_free (self);
}
