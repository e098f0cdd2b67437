/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-disk.h"
#include "bt-file-set.h"

G_BEGIN_DECLS

/**
 * BtMove:
 *
 * Brings a torrent's files to another folder while they are in use. On one
 * file system they are renamed. To another they are copied, by reference or
 * inside the kernel where the system can, in steps between other jobs: reads
 * and writes go on at the old place, what is written meanwhile is copied
 * again, and for the last of it they wait. Only when all of the copy is on the
 * disk the files are used there, and the old ones are removed.
 *
 * Nothing in the new folder is replaced. When it fails or is cancelled all is
 * as it was; the copy grows in a folder of its own until it is whole.
 */
typedef struct _BtMove BtMove;

/* Called once, on the main context; @self is of no use after it.
 * @error: (nullable): NULL when the files are in the new folder; %G_IO_ERROR_CANCELLED;
 *   otherwise a sentence for a person
 * @failed_file: the file it is about, or -1 */
typedef void (*BtMoveFinished) (const GError *error, int failed_file, gpointer data);
/* @fraction: 0 .. 1 */
typedef void (*BtMoveProgress) (double fraction, gpointer data);

/* @folder: absolute, another one than the files are in
 * @parts_path: (nullable): where what is kept aside goes
 * @progress: (nullable): called on the main context, some times a second at the most */
BtMove *bt_move_start        (BtDisk *disk, BtFileSet *files, const char *folder, const char *parts_path,
                              BtMoveProgress progress, BtMoveFinished finished, gpointer data);
double  bt_move_get_progress (BtMove *self);
/* It ends soon: with CANCELLED, or well when it was too late. */
void    bt_move_cancel       (BtMove *self);

G_END_DECLS
