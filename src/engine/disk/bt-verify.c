/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-verify.h"

#include "bt-sha.h"

#include <gio/gio.h>
#include <string.h>

/* Read and hashed together, so that the bytes are still in the processor's
 * cache when they are hashed. */
#define CHUNK (256u << 10)

/* Bytes of one job: some milliseconds of hashing. */
#define JOB_BYTES (4u << 20)

/* Keeps every thread busy while the main loop is elsewhere. */
#define JOBS_PER_THREAD 3u

struct _BtVerify
{
  BtDisk *disk;
  BtFileSet *files;
  BtLayout *layout;
  BtBitfield right;
  BtBitfield only;   /* pieces to look at */
  guint32 next;      /* first piece that no job has */
  guint32 n_checked;
  guint n_jobs;
  gint cancelled;    /* atomic: workers look at it */
  GError *error;     /* the first */
  int failed_file;
  BtVerifyFinished finished;
  gpointer data;
};

typedef struct
{
  BtDiskJob job;
  BtVerify *verify;
  guint32 first;
  guint32 n_pieces;
  guint8 *right;     /* out: by piece of the job */
  GError *error;     /* out */
  int failed_file;
} VerifyJob;

static gboolean
check_piece (VerifyJob *self, guint32 piece, guint8 *buffer)
{
  BtLayout *layout = self->verify->layout;
  guint64 offset = (guint64) piece * layout->piece_length;
  guint32 left = bt_layout_piece_size (layout, piece);
  guint8 digest[BT_SHA1_LENGTH];
  g_autoptr (GError) error = NULL;
  int failed;
  BtSha1 sha;

  bt_sha1_init (&sha);
  while (left > 0)
    {
      guint32 n = MIN (left, CHUNK);

      if (!bt_file_set_read (self->verify->files, offset, buffer, n, &failed, &error))
        {
          /* Missing and short files are what a recheck is for. */
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) &&
              !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT) && self->error == NULL)
            {
              self->error = g_steal_pointer (&error);
              self->failed_file = failed;
            }
          return FALSE;
        }
      bt_sha1_update (&sha, buffer, n);
      offset += n;
      left -= n;
    }
  bt_sha1_finish (&sha, digest);
  return memcmp (digest, bt_metainfo_get_piece_hash (layout->metainfo, piece), BT_SHA1_LENGTH) == 0;
}

static void
verify_work (BtDiskJob *job)
{
  VerifyJob *self = (VerifyJob *) job;
  guint8 *buffer = g_malloc (CHUNK);

  for (guint32 i = 0; i < self->n_pieces && !g_atomic_int_get (&self->verify->cancelled); i++)
    self->right[i] = check_piece (self, self->first + i, buffer);
  g_free (buffer);
}

static void
verify_free (BtVerify *self)
{
  bt_bitfield_clear (&self->right);
  bt_bitfield_clear (&self->only);
  bt_file_set_unref (self->files);
  bt_layout_unref (self->layout);
  g_clear_error (&self->error);
  g_free (self);
}

static void verify_done (BtDiskJob *job);

/* Returns: pieces of the next job, which begin at @self->next; 0 at the end */
static guint32
next_run (BtVerify *self)
{
  guint32 most = MAX (JOB_BYTES / self->layout->piece_length, 1), n = 0;

  while (self->next < self->layout->n_pieces && !bt_bitfield_get (&self->only, self->next))
    self->next++;
  while (n < most && bt_bitfield_get (&self->only, self->next + n))
    n++;
  return n;
}

static void
push_jobs (BtVerify *self)
{
  guint32 n;

  while (self->n_jobs < JOBS_PER_THREAD * bt_disk_n_threads (self->disk) && (n = next_run (self)) > 0)
    {
      VerifyJob *job = g_new0 (VerifyJob, 1);

      job->job.work = verify_work;
      job->job.done = verify_done;
      job->verify = self;
      job->first = self->next;
      job->n_pieces = n;
      job->right = g_malloc0 (n);
      self->next += n;
      self->n_jobs++;
      bt_disk_push (self->disk, &job->job, BT_DISK_BACKGROUND);
    }
}

static void
verify_done (BtDiskJob *job)
{
  VerifyJob *done = (VerifyJob *) job;
  BtVerify *self = done->verify;

  self->n_jobs--;
  self->n_checked += done->n_pieces;
  for (guint32 i = 0; i < done->n_pieces; i++)
    if (done->right[i])
      bt_bitfield_set (&self->right, done->first + i);
  if (done->error != NULL && self->error == NULL)
    {
      self->error = g_steal_pointer (&done->error);
      self->failed_file = done->failed_file;
    }
  g_clear_error (&done->error);
  g_free (done->right);
  g_free (done);

  if (!self->cancelled)
    push_jobs (self);
  if (self->n_jobs > 0)
    return;
  if (!self->cancelled)
    self->finished (&self->right, self->error, self->failed_file, self->data);
  verify_free (self);
}

BtVerify *
bt_verify_start (BtDisk *disk, BtFileSet *files, BtLayout *layout, const BtBitfield *only, BtVerifyFinished finished, gpointer data)
{
  BtVerify *self = g_new0 (BtVerify, 1);

  g_return_val_if_fail (layout->n_pieces > 0, NULL);
  g_return_val_if_fail (only == NULL || only->n_set > 0, NULL);
  if (only != NULL)
    bt_bitfield_copy (&self->only, only);
  else
    {
      bt_bitfield_init (&self->only, layout->n_pieces);
      bt_bitfield_set_all (&self->only);
    }
  self->disk = disk;
  self->files = bt_file_set_ref (files);
  self->layout = bt_layout_ref (layout);
  bt_bitfield_init (&self->right, layout->n_pieces);
  self->failed_file = -1;
  self->finished = finished;
  self->data = data;
  push_jobs (self);
  return self;
}

double
bt_verify_get_progress (BtVerify *self)
{
  return (double) self->n_checked / self->only.n_set;
}

void
bt_verify_cancel (BtVerify *self)
{
  g_atomic_int_set (&self->cancelled, TRUE);
}
