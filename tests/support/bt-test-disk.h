/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-file-ops.h"

G_BEGIN_DECLS

/**
 * BtTestDisk:
 *
 * The operating system as the disk threads see it, with faults. All zeros is
 * the real one. Fields that are written while threads run are atomic ints.
 */
typedef struct
{
  gint apart;          /* what keeps its name can only be copied, as to another file system */
  gint no_kernel_copy; /* every byte goes through write */
  gint write_error;    /* errno that writes fail with; 0 none */
  gint writes_left;    /* ... after so many more */
  gint read_error;
  gint sync_error;
  gint no_sync;        /* nothing is given to the disk, which takes long */
  gint open_error;     /* of opening for writing */
  gint link_error;     /* of a second name for a file */
  gint rename_error;   /* of putting a finished copy in its place */
  gint renames_left;   /* ... after so many more */
  const char *only_below; /* reads, writes, room: faults for files below this folder; NULL: all */
  gint n_writes;
  gint n_trashed;
  const char *trash;   /* folder that trashed things go to; NULL: trashing fails */
  gsize free;          /* atomic: bytes that the file system says are free; G_MAXSIZE: what is true */
} BtTestDisk;

/* In place from here on; NULL: the real one again. */
void bt_test_disk_use (BtTestDisk *self);

G_END_DECLS
