/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-disk.h"
#include "bt-file-set.h"

G_BEGIN_DECLS

/**
 * BtSyncJob:
 *
 * Gives what was written of a torrent to the disk, after which a record may
 * say that it is there.
 */
typedef struct
{
  BtDiskJob job;
  BtFileSet *files;
  gboolean last;       /* nothing is being written any more */
  guint n_files;
  BtFileStamp *stamps; /* out: by file */
  BtFileStamp parts;   /* out */
  gboolean ok;         /* out */
  GError *error;       /* out */
  int failed_file;     /* out */
  gpointer owner;
  gpointer owner_data;
} BtSyncJob;

BtSyncJob *bt_sync_job_new  (BtFileSet *files, guint n_files, gboolean last, void (*done) (BtDiskJob *job));
void       bt_sync_job_free (BtSyncJob *self);

G_END_DECLS
