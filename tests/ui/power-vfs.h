/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A layer of SQLite above the system's files that notes all that is written
 * to a database, and what of it the disk was told to keep. */

/* What becomes of bytes that the disk was not told to keep. */
typedef enum
{
  POWER_KEEPS_NOTHING,
  POWER_KEEPS_ALL,
  POWER_KEEPS_THE_FIRST, /* some of them, and a part of the next */
  POWER_KEEPS_SOME,      /* any of them, in no order */
  POWER_N_LOSSES
} PowerLoss;

/* For all databases that are opened from here on. */
void  power_vfs_install     (void);
/* Begins to note what is done to "library.db", its journal and its log; FALSE ends it. */
void  power_vfs_record      (gboolean record);
/* The database answered that all is kept up to @number. */
void  power_vfs_mark        (guint number);
guint power_vfs_n_events    (void);
/**
 * power_vfs_write_image:
 * @n_events: when the power went: so many events had happened
 * @folder: gets the files as the disk has them then
 * @mark: (out): the last number that was marked before
 *
 * Returns: how many writes were lost
 */
guint power_vfs_write_image (guint n_events, PowerLoss loss, GRand *chance, const char *folder, guint *mark);

G_END_DECLS
