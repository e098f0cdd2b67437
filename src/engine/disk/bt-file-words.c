/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-words.h"

#include "bt-file-ops.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

/* Whole sentences: languages do not share an order of words. */
static const char *const sentences[] = {
  [BT_FILE_TASK_OPEN] = N_ ("Could not open “%s”"),
  [BT_FILE_TASK_READ] = N_ ("Could not read “%s”"),
  [BT_FILE_TASK_WRITE] = N_ ("Could not write “%s”"),
  [BT_FILE_TASK_MAKE] = N_ ("Could not make “%s”"),
  [BT_FILE_TASK_FIND] = N_ ("Could not find “%s”"),
  [BT_FILE_TASK_RESERVE] = N_ ("Could not reserve space for “%s”"),
  [BT_FILE_TASK_RENAME] = N_ ("Could not rename “%s”"),
  [BT_FILE_TASK_KEEP_ASIDE] = N_ ("Could not keep a part of “%s”"),
  [BT_FILE_TASK_BRING_IN] = N_ ("Could not put together “%s”"),
  [BT_FILE_TASK_MAKE_FOLDER] = N_ ("Could not make the folder “%s”"),
  [BT_FILE_TASK_FIND_FOLDER] = N_ ("Could not find the folder “%s”"),
  [BT_FILE_TASK_WRITE_IN_FOLDER] = N_ ("Could not write in the folder “%s”"),
  [BT_FILE_TASK_COPY] = N_ ("Could not copy “%s”"),
  [BT_FILE_TASK_PUT] = N_ ("Could not move “%s” to its place"),
  [BT_FILE_TASK_TAKE_AWAY] = N_ ("Could not take away “%s”"),
};

static const char *
explain (int code)
{
  switch (code)
    {
    case ENOSPC:
      return _ ("the disk is full");
    case EDQUOT:
      return _ ("your share of the disk is used up");
    case EACCES:
    case EPERM:
      return _ ("you have no permission");
    case ENOENT:
      return _ ("it is not there");
    case ENOTDIR:
      return _ ("there is a file where a folder should be");
    case EISDIR:
      return _ ("there is a folder where a file should be");
    case EEXIST:
      return _ ("there is something with that name already");
    case EFBIG:
      return _ ("it is too large for the disk");
    case ENAMETOOLONG:
      return _ ("its name is too long for the disk");
    case EROFS:
      return _ ("the disk can only be read");
    case EIO:
      return _ ("the disk reports an error");
    case ENODEV:
    case ENXIO:
    case ENOTCONN:
    case ESTALE:
      return _ ("the disk is not there any more");
    default:
      return g_strerror (code);
    }
}

static char *
say (const char *sentence, const char *name)
{
  /* Not a format to the compiler, because it comes from the table. */
  g_auto (GStrv) parts = g_strsplit (sentence, "%s", 2);

  return g_strconcat (parts[0], name, parts[1], NULL);
}

/* "Could not find it: it is not there" would say it twice.
 * Returns: (nullable): a whole sentence */
static const char *
say_gone (BtFileTask task, int code)
{
  if (code != ENOENT)
    return NULL;
  if (task == BT_FILE_TASK_FIND)
    return _ ("“%s” is not there any more");
  return task == BT_FILE_TASK_FIND_FOLDER ? _ ("The folder “%s” is not there any more") : NULL;
}

void
bt_file_words_set_error (GError **error, BtFileTask task, const char *name, const char *folder, int code)
{
  const char *gone = say_gone (task, code);
  g_autofree char *what = say (gone != NULL ? gone : _ (sentences[task]), name);
  int io_code = (int) g_io_error_from_errno (code);

  if (gone != NULL)
    g_set_error_literal (error, G_IO_ERROR, io_code, what);
  else if (code == ENOSPC)
    {
      g_autofree char *disk = bt_file_ops_dup_disk_name (folder);

      g_set_error (error, G_IO_ERROR, io_code, _ ("%s: the disk “%s” is full"), what, disk);
    }
  else
    /* Translators: what could not be done, and why. */
    g_set_error (error, G_IO_ERROR, io_code, _ ("%s: %s"), what, explain (code));
}
