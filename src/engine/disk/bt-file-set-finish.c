/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include "bt-file-ops.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Complete files lose the ending of unfinished ones. Their names may have been
 * taken since they were begun: by the same file, of a torrent that was removed
 * and added again or of another one, which is used then; or by something else,
 * which stays as it is. */

/* Bytes that are compared at once. */
#define COMPARE_STEP (1u << 20)

/* Names that are tried for one file. */
#define MOST_NUMBERS 100u

gboolean
bt_file_set_is_our_partial (BtFileSet *self, guint index, const char *path)
{
  const char *name;
  int parent;
  gboolean ours;
  struct stat status;

  if (!bt_file_set_get_partial (self, index) || !bt_file_set_get_created (self, index))
    return FALSE;
  parent = bt_file_set_open_parent (self, path, FALSE, &name);
  if (parent < 0)
    return FALSE;
  ours = fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (status.st_mode) &&
         bt_file_set_is_ours (self, index, parent, name, NULL);
  close (parent);
  return ours;
}

static gboolean
have_same_bytes (int one, int other, guint64 length)
{
  g_autofree guint8 *bytes = g_malloc (2 * COMPARE_STEP);

  for (guint64 at = 0; at < length;)
    {
      gsize step = (gsize) MIN (length - at, COMPARE_STEP);

      if (bt_file_set_read_some (one, bytes, step, at) != (gssize) step ||
          bt_file_set_read_some (other, bytes + COMPARE_STEP, step, at) != (gssize) step ||
          memcmp (bytes, bytes + COMPARE_STEP, step) != 0)
        return FALSE;
      at += step;
    }
  return TRUE;
}

/* @status: (out): of what is at the name of the complete file */
static gboolean
is_same_file (BtFileSet *self, guint index, struct stat *status)
{
  g_autofree char *partial = NULL;
  guint64 length = bt_file_set_info (self, index)->length;
  const char *plain;
  int one, other;
  gboolean same;

  /* Both stay what they are for us when they are renamed; so nothing has to
   * wait while they are read. */
  bt_turn_lock_read (&self->moving);
  plain = bt_file_names_get (self->place.names, index);
  partial = g_strconcat (plain, BT_FILE_SET_PARTIAL, NULL);
  one = bt_file_set_open_path (self, plain, O_RDONLY);
  other = one < 0 ? -1 : bt_file_set_open_path (self, partial, O_RDONLY);
  bt_turn_lock_end_reading (&self->moving);
  same = other >= 0 && fstat (one, status) == 0 && S_ISREG (status->st_mode) && (guint64) status->st_size == length &&
         have_same_bytes (one, other, length);
  if (one >= 0)
    close (one);
  if (other >= 0)
    close (other);
  return same;
}

/* With @moving held for writing. */
static gboolean
is_still (BtFileSet *self, const char *path, const struct stat *before)
{
  const char *name;
  struct stat now;
  int parent = bt_file_set_open_parent (self, path, FALSE, &name);
  gboolean still = parent >= 0 && fstatat (parent, name, &now, AT_SYMLINK_NOFOLLOW) == 0 && now.st_dev == before->st_dev &&
                   now.st_ino == before->st_ino && now.st_size == before->st_size && now.st_mtim.tv_sec == before->st_mtim.tv_sec &&
                   now.st_mtim.tv_nsec == before->st_mtim.tv_nsec;

  if (parent >= 0)
    close (parent);
  return still;
}

static void
remove_our_partial (BtFileSet *self, guint index, const char *path)
{
  const char *name;
  int parent;

  if (!bt_file_set_is_our_partial (self, index, path))
    return;
  parent = bt_file_set_open_parent (self, path, FALSE, &name);
  if (parent >= 0)
    {
      bt_file_ops ()->unlink (parent, name);
      close (parent);
    }
}

/* The file that is there is the torrent's from now on, and nobody's to remove. */
static void
adopt (BtFileSet *self, guint index, const struct stat *status)
{
  g_autofree char *partial = NULL;
  const char *plain;

  bt_turn_lock_write (&self->moving);
  plain = bt_file_names_get (self->place.names, index);
  partial = g_strconcat (plain, BT_FILE_SET_PARTIAL, NULL);
  if (bt_file_set_get_partial (self, index) && is_still (self, plain, status))
    {
      bt_file_cache_forget (self->cache, &self->files[index]);
      remove_our_partial (self, index, partial);
      bt_file_set_set_partial (self, index, FALSE);
      bt_file_set_set_created (self, index, FALSE);
      bt_file_set_set_dirty (self, index);
    }
  bt_turn_lock_end_writing (&self->moving);
}

/* Returns: (transfer full) (nullable): NULL when all names are taken */
static BtFileNames *
find_free_name (BtFileSet *self, BtFileNames *names, guint index)
{
  for (guint number = 2; number < MOST_NUMBERS; number++)
    {
      BtFileNames *numbered = bt_file_names_number (names, bt_file_names_get (names, index), number);

      if (numbered != NULL && !bt_folder_has (self->folder, bt_file_names_get (numbered, index)))
        return numbered;
      g_clear_pointer (&numbered, bt_file_names_unref);
    }
  return NULL;
}

static gboolean
loses_ending (BtFileSet *self, guint index)
{
  return bt_file_set_is_on_disk (self, index) && bt_file_set_get_partial (self, index) && !bt_file_set_is_unwanted (self, index);
}

static gboolean
is_taken (BtFileSet *self, guint index)
{
  return loses_ending (self, index) && bt_folder_has (self->folder, bt_file_names_get (self->place.names, index));
}

static void
adopt_same (BtFileSet *self)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      struct stat status;
      gboolean taken;

      bt_turn_lock_read (&self->moving);
      taken = is_taken (self, i);
      bt_turn_lock_end_reading (&self->moving);
      if (taken && is_same_file (self, i, &status))
        adopt (self, i, &status);
    }
}

gboolean
bt_file_set_finish_names (BtFileSet *self, int *failed, GError **error)
{
  BtFileNames *names;
  gboolean done = TRUE;
  guint n_partial;

  g_mutex_lock (&self->mutex);
  n_partial = self->place.partial.n_set;
  g_mutex_unlock (&self->mutex);
  if (n_partial == 0)
    return TRUE;
  adopt_same (self);
  bt_turn_lock_write (&self->moving);
  names = bt_file_names_ref (self->place.names);
  for (guint i = 0; i < self->layout->n_files; i++)
    if (is_taken (self, i))
      {
        BtFileNames *other = find_free_name (self, names, i);

        if (other != NULL)
          bt_file_names_unref (names);
        names = other != NULL ? other : names;
      }
  if (self->place.partial.n_set > 0)
    done = bt_file_set_relocate_held (self, NULL, names, TRUE, NULL, failed, error);
  bt_file_names_unref (names);
  bt_turn_lock_end_writing (&self->moving);
  return done;
}
