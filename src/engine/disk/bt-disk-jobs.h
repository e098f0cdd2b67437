/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-disk.h"
#include "bt-file-set.h"

G_BEGIN_DECLS

typedef enum
{
  BT_PIECE_WRITTEN,  /* the hash is right and it is on disk */
  BT_PIECE_BAD_HASH,
  BT_PIECE_FAILED,   /* right, but could not be written */
} BtPieceResult;

/* A whole piece in memory: hash it, and only if right, write it. */
typedef struct
{
  BtDiskJob job;
  BtFileSet *files;
  BtLayout *layout;
  guint32 piece;
  guint8 *data;          /* the caller's, untouched until done */
  gboolean want_digests; /* blame is open for this piece: digest the blocks also when it is right */
  BtPieceResult result;  /* out */
  guint8 *digests;       /* out: n_blocks times BT_BLAME_DIGEST, owned; NULL if not needed */
  GError *error;         /* out */
  int failed_file;       /* out: -1 none */
  gpointer owner;
  gpointer owner_data;
} BtWriteJob;

/* Bytes of verified pieces, for a peer, that were not in the page cache. */
typedef struct
{
  BtDiskJob job;
  BtFileSet *files;
  guint64 offset;
  gsize length;
  guint8 *data;          /* out, owned */
  gboolean ok;           /* out */
  GError *error;         /* out */
  int failed_file;       /* out */
  gpointer owner;
  gpointer owner_data;
} BtReadJob;

/* Something about the files as a whole. */
typedef enum
{
  BT_FILES_PREPARE, /* make the folder, look at what is there */
  BT_FILES_RESERVE, /* and reserve the space */
  BT_FILES_FINISH,  /* all is verified */
  BT_FILES_PRESENCE,
  BT_FILES_UNSKIP,  /* @file is wanted after all */
  BT_FILES_REMOVE_PARTS,
  BT_FILES_RENAME,  /* as @names say */
  BT_FILES_FORGET_NOTE,
  BT_FILES_TRASH,   /* what we made, but for @keep */
  BT_FILES_TIDY,    /* the torrent is removed and its files stay */
  BT_FILES_CLOSE,   /* which may wait too, for what was written */
} BtFilesTask;

typedef struct
{
  BtDiskJob job;
  BtFileSet *files;
  BtFilesTask task;
  guint file;            /* of UNSKIP */
  BtResume *resume;      /* PREPARE and RESERVE compare with it what is there; owned, or NULL */
  gint64 running_since;  /* see bt_file_set_compare() */
  BtBitfield doubt;      /* out, with @resume: pieces to verify */
  gboolean must_exist;   /* with @resume: a file or folder that went is an error, not one to be made anew */
  char *other_folder;    /* PREPARE: where else data may be; owned, or NULL */
  char *other_parts;     /* with it */
  gboolean found_other;  /* out: it is there or elsewhere, and that is the folder now */
  gboolean found_names;  /* out: it is there, or was finished, under other names than it had */
  BtFileNames *names;    /* of RENAME; owned */
  GHashTable *keep;      /* of TRASH; owned, or NULL */
  GArray *gone;          /* out, of PRESENCE: of guint, files that went and that nobody wants; owned */
  guint n_left;          /* out, of TRASH: files that stay */
  gboolean found;        /* out: PREPARE found existing data */
  gboolean ok;           /* out */
  GError *error;         /* out */
  int failed_file;       /* out */
  gpointer owner;
  gpointer owner_data;
} BtFilesJob;

/* All take references on what they are given; the done callback gets the job
 * and must end with the matching _free. */
BtWriteJob *bt_write_job_new  (BtFileSet *files, BtLayout *layout, guint32 piece, guint8 *data, void (*done) (BtDiskJob *job));
void        bt_write_job_free (BtWriteJob *self);
BtReadJob  *bt_read_job_new   (BtFileSet *files, guint64 offset, gsize length, void (*done) (BtDiskJob *job));
void        bt_read_job_free  (BtReadJob *self);
BtFilesJob *bt_files_job_new  (BtFileSet *files, BtFilesTask task, void (*done) (BtDiskJob *job));
void        bt_files_job_free (BtFilesJob *self);

G_END_DECLS
