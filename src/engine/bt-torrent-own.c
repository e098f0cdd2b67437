/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-sha.h"

#include <string.h>
#include <unistd.h>

/* What is kept of a torrent in the program's own folder. */

/* A part of the name of what is kept aside: two processes that have the same
 * torrent in different folders have different bytes there. */
#define FOLDER_KEY 4u

static void
append_hex (GString *text, const guint8 *bytes, guint length)
{
  for (guint i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", bytes[i]);
}

static char *
dup_path (const guint8 *info_hash, const char *folder, const char *kind)
{
  g_autoptr (GString) name = g_string_new (NULL);
  guint8 digest[BT_SHA1_LENGTH];

  append_hex (name, info_hash, BT_SHA1_LENGTH);
  if (folder != NULL)
    {
      bt_sha1 ((const guint8 *) folder, strlen (folder), digest);
      g_string_append_c (name, '-');
      append_hex (name, digest, FOLDER_KEY);
    }
  g_string_append (name, kind);
  return g_build_filename (g_get_user_data_dir (), "freshet", "parts", name->str, NULL);
}

char *
bt_torrent_dup_own_path (BtTorrent *self, const char *folder, const char *kind)
{
  return dup_path (self->info_hash, folder, kind);
}

void
bt_torrent_make_note (BtTorrent *self)
{
  g_autofree char *note = bt_torrent_dup_own_path (self, NULL, ".moved");

  bt_file_set_set_note_file (self->files, note);
}

static void
ended_cb (BtDiskJob *done)
{
  BtFilesJob *job = (BtFilesJob *) done;
  BtTorrent *self = job->owner;

  self->n_disk--;
  bt_files_job_free (job);
  g_object_unref (self);
}

static void
push (BtTorrent *self, BtFilesTask task)
{
  BtFilesJob *job = bt_files_job_new (self->files, task, ended_cb);

  job->owner = g_object_ref (self);
  self->n_disk++;
  bt_disk_push (self->session->disk, &job->job, BT_DISK_URGENT);
}

void
bt_torrent_tidy (BtTorrent *self)
{
  bt_torrent_forget_kept (self);
  if (self->files == NULL)
    return;
  push (self, BT_FILES_FORGET_NOTE);
  push (self, BT_FILES_TIDY);
}

typedef struct
{
  BtDiskJob job;
  char *paths[3];
} TidyJob;

static void
tidy_work (BtDiskJob *job)
{
  TidyJob *self = (TidyJob *) job;

  for (guint i = 0; i < G_N_ELEMENTS (self->paths); i++)
    unlink (self->paths[i]);
}

static void
tidied_cb (BtDiskJob *job)
{
  TidyJob *self = (TidyJob *) job;

  for (guint i = 0; i < G_N_ELEMENTS (self->paths); i++)
    g_free (self->paths[i]);
  g_free (self);
}

void
bt_session_tidy (BtSession *self, const guint8 *info_hash, const char *folder)
{
  g_autofree char *canonical = g_canonicalize_filename (folder, NULL);
  TidyJob *job;

  g_return_if_fail (bt_session_find (self, info_hash) == NULL);

  job = g_new0 (TidyJob, 1);
  job->job.work = tidy_work;
  job->job.done = tidied_cb;
  job->paths[0] = dup_path (info_hash, canonical, ".parts");
  job->paths[1] = dup_path (info_hash, NULL, ".blocks");
  job->paths[2] = dup_path (info_hash, NULL, ".moved");
  bt_disk_push (self->disk, &job->job, BT_DISK_URGENT);
}
