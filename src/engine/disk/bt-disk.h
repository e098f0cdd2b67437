/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _BtDisk BtDisk;
typedef struct _BtDiskJob BtDiskJob;

/**
 * BtDiskJob:
 * @work: runs on a worker; sees only the job and immutable data
 * @done: runs on the main context that made the #BtDisk; frees the job
 *
 * A piece of work for the disk threads; embedded first in a larger struct.
 * Every job that was pushed is done exactly once, also when the disk is freed.
 */
struct _BtDiskJob
{
  void (*work) (BtDiskJob *job);
  void (*done) (BtDiskJob *job);
  GList link;
};

typedef enum
{
  BT_DISK_URGENT,     /* somebody waits: blocks to send, pieces to verify */
  BT_DISK_BACKGROUND, /* rechecks: only when nothing is urgent */
} BtDiskClass;

/**
 * bt_disk_new:
 * @context: where jobs are done
 * @n_threads: 1 .. 32
 *
 * The threads for files and hashes: the only ones of the engine.
 */
BtDisk *bt_disk_new       (GMainContext *context, guint n_threads);
/* Waits for the jobs that run, does the rest of them, frees. */
void    bt_disk_free      (BtDisk *self);
void    bt_disk_push      (BtDisk *self, BtDiskJob *job, BtDiskClass class);
guint   bt_disk_n_threads (BtDisk *self);
/* Jobs pushed and not done. */
guint   bt_disk_n_pending (BtDisk *self);

G_END_DECLS
