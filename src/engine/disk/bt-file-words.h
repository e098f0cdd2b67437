/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What was to be done to a file or folder when it failed. */
typedef enum
{
  BT_FILE_TASK_OPEN,
  BT_FILE_TASK_READ,
  BT_FILE_TASK_WRITE,
  BT_FILE_TASK_MAKE,
  BT_FILE_TASK_FIND,
  BT_FILE_TASK_RESERVE,
  BT_FILE_TASK_RENAME,
  BT_FILE_TASK_KEEP_ASIDE,
  BT_FILE_TASK_BRING_IN,
  BT_FILE_TASK_MAKE_FOLDER,
  BT_FILE_TASK_FIND_FOLDER,
  BT_FILE_TASK_WRITE_IN_FOLDER,
  BT_FILE_TASK_COPY,
  BT_FILE_TASK_PUT,
  BT_FILE_TASK_TAKE_AWAY,
} BtFileTask;

/**
 * bt_file_words_set_error:
 * @name: the file or folder, as a person knows it
 * @folder: where it is; names the disk when that is full
 * @code: of errno
 *
 * One sentence in the person's language, with a code of %G_IO_ERROR. Any
 * thread; may wait.
 */
void bt_file_words_set_error (GError **error, BtFileTask task, const char *name, const char *folder, int code);

G_END_DECLS
