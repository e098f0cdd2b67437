/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-file-set-private.h"
#include "bt-move.h"

#include <sys/types.h>

G_BEGIN_DECLS

typedef enum
{
  BT_MOVE_BEGIN,  /* rename, or see whether it can be copied */
  BT_MOVE_COPY,   /* every file, as it is now */
  BT_MOVE_AGAIN,  /* what was written since */
  BT_MOVE_COMMIT, /* the rest while nothing is written; then the copy is what is used */
  BT_MOVE_CLEAR,  /* the old files go */
  BT_MOVE_ENDED,
} BtMovePhase;

/* What has become of a file. */
typedef struct
{
  gboolean copied; /* it is in the staging folder */
  gboolean synced; /* ... and on the disk */
  dev_t device;    /* the original */
  ino_t inode;
  char *from;      /* its path when the copy took its place */
} BtMoveFile;

struct _BtMove
{
  BtDiskJob job;
  BtDisk *disk;
  BtFileSet *set;
  char *folder;
  char *old_folder;
  char *parts_path;
  char *staging;          /* in @folder, until the copy is whole; files are called by their index there */
  GPtrArray *made;        /* folders that had to be made for @folder to be there, absolute */
  GPtrArray *old_folders; /* of the torrent, made by us, to be removed when they are empty */
  BtMovePhase phase;
  BtMoveFile *files;

  guint file;             /* that is being copied, or is next */
  int from;               /* -1 between files */
  int to;
  guint8 *buffer;         /* for what the kernel does not copy by itself; NULL until then */
  guint64 at;             /* in it */
  guint64 size;
  guint n_again;          /* steps of the phase */
  guint64 total;          /* bytes to copy */
  guint64 done;
  gint cancelled;         /* atomic */
  GError *error;
  int failed_file;

  double fraction;        /* main context only */
  gint64 told;            /* when @progress was last called */
  BtMoveProgress progress;
  BtMoveFinished finished;
  gpointer data;
};

/* Sets the error from errno's @code. @index: of the file, or -1. Returns: FALSE */
gboolean bt_move_fail         (BtMove *self, int index, BtFileTask task, const char *what, int code);

/* bt-move-copy.c: all wait. */

/* Copies some more of the files, a bounded number of bytes. @more: (out): not all are done */
gboolean bt_move_copy_some    (BtMove *self, gboolean *more);
/* Copies again pieces that were written, @most bytes or a little more; with
 * the set held, for reading at the least. */
gboolean bt_move_copy_changed (BtMove *self, guint64 most);
/* Files that came to be after their turn; with the set held for writing. */
gboolean bt_move_copy_missed  (BtMove *self);
/* Gives what was copied to the disk. */
gboolean bt_move_sync         (BtMove *self);
/* Times and modes of the originals. */
void     bt_move_stamp        (BtMove *self);
void     bt_move_close        (BtMove *self);

G_END_DECLS
