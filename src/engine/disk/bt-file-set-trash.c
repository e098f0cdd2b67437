/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include "bt-file-ops.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deeper than any torrent goes. */
#define MAX_DEPTH 128u

typedef struct
{
  BtFileSet *set;
  GHashTable *keep;
  GHashTable *ours;    /* paths below the folder of files that may go -> index */
  GHashTable *folders; /* paths below it of folders that we made */
  guint n_left;
} Trashing;

/* A link where we made a file, or anything else, was put there by another; so
 * was a link that leads elsewhere than ours.
 * Returns: whether there is something */
static gboolean
is_there_and_ours (BtFileSet *set, guint index, int parent, const char *name, gboolean *ours)
{
  g_autofree char *text = NULL;
  char target[4096];
  struct stat status;
  gssize length;

  if (fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
    return FALSE;
  *ours = bt_file_set_is_ours (set, index, parent, name, bt_file_set_is_on_disk (set, index) ? &set->stamps[index] : NULL);
  if (!(bt_file_set_info (set, index)->flags & BT_FILE_SYMLINK))
    {
      *ours &= S_ISREG (status.st_mode);
      return TRUE;
    }
  if (!*ours || !S_ISLNK (status.st_mode))
    {
      *ours = FALSE;
      return TRUE;
    }
  text = bt_file_set_dup_link (set, set->place.names, index);
  length = readlinkat (parent, name, target, sizeof target);
  *ours = length == (gssize) strlen (text) && memcmp (target, text, (gsize) length) == 0;
  return TRUE;
}

/* Sorts a file into what goes and what stays. */
static void
judge_file (Trashing *self, guint index)
{
  BtFileSet *set = self->set;
  g_autofree char *path = bt_file_set_dup_path (set, index);
  g_autofree char *absolute = g_build_filename (set->folder, path, NULL);
  const char *name;
  int parent = bt_folder_open_parent (set->folder, path, FALSE, FALSE, NULL, &name);
  gboolean ours = FALSE, there = parent >= 0 && is_there_and_ours (set, index, parent, name, &ours);

  if (parent >= 0)
    close (parent);
  if (!there || (bt_file_set_info (set, index)->flags & BT_FILE_PAD))
    return;
  if (!ours || (self->keep != NULL && g_hash_table_contains (self->keep, absolute)))
    self->n_left++;
  else
    g_hash_table_insert (self->ours, g_steal_pointer (&path), GUINT_TO_POINTER (index));
}

static gboolean only_ours (Trashing *self, int parent, const char *name, const char *path, guint depth);

static gboolean
entry_is_ours (Trashing *self, int folder, const char *name, const char *path, guint depth)
{
  g_autofree char *below = g_build_filename (path, name, NULL);

  return g_hash_table_contains (self->ours, below) ||
         (g_hash_table_contains (self->folders, below) && only_ours (self, folder, name, below, depth + 1));
}

/* Is all that is in the folder what we made? */
static gboolean
only_ours (Trashing *self, int parent, const char *name, const char *path, guint depth)
{
  int fd = depth > MAX_DEPTH ? -1 : openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir (fd);
  gboolean only = dir != NULL;
  struct dirent *entry;

  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return FALSE;
    }
  while (only && (entry = readdir (dir)) != NULL)
    only = strcmp (entry->d_name, ".") == 0 || strcmp (entry->d_name, "..") == 0 ||
           entry_is_ours (self, fd, entry->d_name, path, depth);
  closedir (dir);
  return only;
}

/* The trash wants a path. This one goes through no link below the folder: it
 * is what the system calls the folder that was opened step by step. */
static char *
dup_real_path (BtFileSet *set, const char *path)
{
  g_autofree char *link = NULL, *real = NULL;
  const char *name;
  int parent = bt_folder_open_parent (set->folder, path, FALSE, FALSE, NULL, &name);

  if (parent < 0)
    return NULL;
  link = g_strdup_printf ("/proc/self/fd/%d", parent);
  real = g_file_read_link (link, NULL);
  close (parent);
  return real == NULL ? NULL : g_build_filename (real, name, NULL);
}

static gboolean
trash_path (Trashing *self, const char *path, int index, int *failed, GError **error)
{
  g_autofree char *real = dup_real_path (self->set, path);
  g_autoptr (GError) reason = NULL;

  if (real == NULL || bt_file_ops ()->trash (real, &reason))
    return TRUE;
  *failed = index;
  g_set_error (error, reason->domain, reason->code, _ ("“%s” could not be moved to the trash: %s"), path, reason->message);
  return FALSE;
}

static gboolean
trash_folder (Trashing *self, const char *top, gboolean *whole, int *failed, GError **error)
{
  int folder;

  *whole = FALSE;
  if (!g_hash_table_contains (self->folders, top))
    return TRUE;
  folder = open (self->set->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  *whole = folder >= 0 && only_ours (self, folder, top, top, 0);
  if (folder >= 0)
    close (folder);
  return !*whole || trash_path (self, top, -1, failed, error);
}

static gboolean
trash_files (Trashing *self, int *failed, GError **error)
{
  GHashTableIter iter;
  gpointer path, index;

  g_hash_table_iter_init (&iter, self->ours);
  while (g_hash_table_iter_next (&iter, &path, &index))
    {
      if (!trash_path (self, path, GPOINTER_TO_INT (index), failed, error))
        return FALSE;
      bt_file_set_set_created (self->set, GPOINTER_TO_UINT (index), FALSE);
    }
  return TRUE;
}

static gboolean
trash (Trashing *self, int *failed, GError **error)
{
  BtFileSet *set = self->set;
  g_autofree char *top = bt_file_names_dup_top (set->place.names);
  g_autoptr (GPtrArray) folders = bt_file_set_dup_folders (set);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_free);
  gboolean whole = FALSE;

  for (guint i = 0; i < folders->len; i++)
    g_hash_table_add (self->folders, g_strdup (folders->pdata[i]));
  for (guint i = 0; i < set->layout->n_files; i++)
    judge_file (self, i);
  if (g_hash_table_size (self->ours) > 0 && !trash_folder (self, top, &whole, failed, error))
    return FALSE;
  if (!whole && !trash_files (self, failed, error))
    return FALSE;
  bt_folder_remove_empty (set->folder, folders, left);
  bt_file_set_settle (set, set->folder, set->place.names, NULL, left);
  if (set->parts_path != NULL)
    unlink (set->parts_path);
  bt_file_set_forget_note (set);
  return TRUE;
}

gboolean
bt_file_set_trash (BtFileSet *self, GHashTable *keep, guint *n_left, int *failed, GError **error)
{
  Trashing trashing = {
    .set = self,
    .keep = keep,
    .ours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
  };
  gboolean done;

  *failed = -1;
  g_mutex_lock (&self->stamping);
  bt_turn_lock_write (&self->moving);
  bt_file_set_forget_data (self);
  bt_file_set_close (self);
  g_atomic_int_set (&self->removed, TRUE);
  done = trash (&trashing, failed, error);
  bt_turn_lock_end_writing (&self->moving);
  g_mutex_unlock (&self->stamping);
  *n_left = trashing.n_left;
  g_hash_table_unref (trashing.ours);
  g_hash_table_unref (trashing.folders);
  return done;
}

void
bt_file_set_tidy (BtFileSet *self)
{
  g_autoptr (GPtrArray) folders = NULL;

  g_mutex_lock (&self->stamping);
  bt_turn_lock_write (&self->moving);
  bt_file_set_close (self);
  g_atomic_int_set (&self->removed, TRUE);
  if (self->parts_path != NULL)
    unlink (self->parts_path);
  folders = bt_file_set_dup_folders (self);
  bt_folder_remove_empty (self->folder, folders, NULL);
  bt_turn_lock_end_writing (&self->moving);
  g_mutex_unlock (&self->stamping);
}
