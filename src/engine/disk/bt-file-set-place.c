/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include "bt-file-ops.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What files are called, which are ours, and giving them other names. */

char *
bt_file_set_dup_path (BtFileSet *self, guint index)
{
  return g_strconcat (bt_file_names_get (self->place.names, index),
                      bt_file_set_get_partial (self, index) ? BT_FILE_SET_PARTIAL : NULL, NULL);
}

static gboolean
get_bit (BtFileSet *self, const BtBitfield *bits, guint index)
{
  gboolean set;

  g_mutex_lock (&self->mutex);
  set = bt_bitfield_get (bits, index);
  g_mutex_unlock (&self->mutex);
  return set;
}

static void
set_bit (BtFileSet *self, BtBitfield *bits, guint index, gboolean set)
{
  g_mutex_lock (&self->mutex);
  if (set)
    bt_bitfield_set (bits, index);
  else
    bt_bitfield_unset (bits, index);
  g_mutex_unlock (&self->mutex);
}

gboolean
bt_file_set_get_created (BtFileSet *self, guint index)
{
  return get_bit (self, &self->place.created, index);
}

void
bt_file_set_set_created (BtFileSet *self, guint index, gboolean created)
{
  set_bit (self, &self->place.created, index, created);
}

gboolean
bt_file_set_get_partial (BtFileSet *self, guint index)
{
  return get_bit (self, &self->place.partial, index);
}

void
bt_file_set_set_partial (BtFileSet *self, guint index, gboolean partial)
{
  set_bit (self, &self->place.partial, index, partial);
}

void
bt_file_set_set_mark_partial (BtFileSet *self, gboolean mark)
{
  self->mark_partial = mark;
}

/* A torrent may have both "a" and "a.part". */
static gboolean
has_sibling (BtFileSet *self, const char *path)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      const char *other = bt_file_names_get (self->place.names, i);

      if (g_str_has_suffix (other, BT_FILE_SET_PARTIAL) && strncmp (other, path, strlen (path)) == 0 &&
          strlen (other) == strlen (path) + strlen (BT_FILE_SET_PARTIAL))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_any_sibling (BtFileSet *self)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    if (g_str_has_suffix (bt_file_names_get (self->place.names, i), BT_FILE_SET_PARTIAL))
      return TRUE;
  return FALSE;
}

gboolean
bt_file_set_may_be_partial (BtFileSet *self, guint index)
{
  gboolean was = bt_file_set_get_partial (self, index);

  if (bt_file_set_info (self, index)->length == 0 || !(was || self->mark_partial))
    return FALSE;
  return !has_any_sibling (self) || !has_sibling (self, bt_file_names_get (self->place.names, index));
}

static gboolean
has_folder (GPtrArray *folders, const char *path)
{
  for (guint i = 0; i < folders->len; i++)
    if (g_str_equal (folders->pdata[i], path))
      return TRUE;
  return FALSE;
}

void
bt_file_set_add_folders (BtFileSet *self, GPtrArray *made)
{
  if (made->len == 0)
    return;
  g_mutex_lock (&self->mutex);
  for (guint i = 0; i < made->len; i++)
    if (!has_folder (self->place.folders, made->pdata[i]))
      g_ptr_array_add (self->place.folders, g_strdup (made->pdata[i]));
  g_mutex_unlock (&self->mutex);
}

GPtrArray *
bt_file_set_dup_folders (BtFileSet *self)
{
  GPtrArray *copy;

  g_mutex_lock (&self->mutex);
  copy = g_ptr_array_copy (self->place.folders, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  g_mutex_unlock (&self->mutex);
  g_ptr_array_set_free_func (copy, g_free);
  return copy;
}

static void
copy_placement (BtPlacement *copy, const BtPlacement *place)
{
  copy->names = bt_file_names_ref (place->names);
  bt_bitfield_copy (&copy->created, &place->created);
  bt_bitfield_copy (&copy->partial, &place->partial);
  copy->identities = g_memdup2 (place->identities, place->created.n_bits * sizeof *place->identities);
  copy->folders = g_ptr_array_copy (place->folders, (GCopyFunc) (void (*) (void)) g_strdup, NULL);
  g_ptr_array_set_free_func (copy->folders, g_free);
}

void
bt_file_set_set_placement (BtFileSet *self, const BtPlacement *place)
{
  g_mutex_lock (&self->mutex);
  bt_placement_clear (&self->place);
  copy_placement (&self->place, place);
  g_mutex_unlock (&self->mutex);
}

void
bt_file_set_get_placement (BtFileSet *self, BtPlacement *place)
{
  g_mutex_lock (&self->mutex);
  copy_placement (place, &self->place);
  g_mutex_unlock (&self->mutex);
}

char *
bt_file_set_dup_folder (BtFileSet *self)
{
  char *folder;

  g_mutex_lock (&self->mutex);
  folder = g_strdup (self->folder);
  g_mutex_unlock (&self->mutex);
  return folder;
}

BtFileNames *
bt_file_set_ref_names (BtFileSet *self)
{
  BtFileNames *names;

  g_mutex_lock (&self->mutex);
  names = bt_file_names_ref (self->place.names);
  g_mutex_unlock (&self->mutex);
  return names;
}

void
bt_file_set_mark_changed (BtFileSet *self, guint64 offset, guint64 length)
{
  g_mutex_lock (&self->mutex);
  if (self->changed.n_bits > 0 && length > 0)
    for (guint64 piece = offset / self->layout->piece_length; piece <= (offset + length - 1) / self->layout->piece_length; piece++)
      bt_bitfield_set (&self->changed, (guint32) piece);
  g_mutex_unlock (&self->mutex);
}

/* A file that has its new name, to be given the old one again if another fails. */
typedef struct
{
  char *from;
  char *to;
  gboolean linked; /* it has the old one as well */
} Step;

static void
step_free (gpointer data)
{
  Step *step = data;

  g_free (step->from);
  g_free (step->to);
  g_free (step);
}

/* What a relocation is about. */
typedef struct
{
  BtFileSet *set;
  const char *from_folder;
  const char *to_folder;
  BtFileNames *names;
  gboolean complete;  /* names of wanted files lose the ending */
  GPtrArray *steps;   /* of Step: done */
  GPtrArray *made;    /* folders made below @to_folder */
} Relocation;

static gboolean
stays_partial (const Relocation *self, guint index)
{
  return bt_file_set_get_partial (self->set, index) && !(self->complete && !bt_file_set_is_unwanted (self->set, index));
}

static int
rename_or_link (const char *from_folder, const char *from, const char *to_folder, const char *to, gboolean link, GPtrArray *made)
{
  const char *from_name, *to_name;
  int from_parent = bt_folder_open_parent (from_folder, from, FALSE, FALSE, NULL, &from_name), to_parent, result, code;

  if (from_parent < 0)
    return -1;
  to_parent = bt_folder_open_parent (to_folder, to, TRUE, TRUE, made, &to_name);
  result = to_parent < 0 ? -1
           : link        ? bt_file_ops ()->link (from_parent, from_name, to_parent, to_name)
                         : bt_file_ops ()->rename (from_parent, from_name, to_parent, to_name);
  /* What is missing on the other side is no missing file. */
  code = to_parent < 0 && errno == ENOENT ? ENOTDIR : errno;
  close (from_parent);
  if (to_parent >= 0)
    close (to_parent);
  errno = code;
  return result;
}

int
bt_folder_rename (const char *from_folder, const char *from, const char *to_folder, const char *to, GPtrArray *made)
{
  return rename_or_link (from_folder, from, to_folder, to, FALSE, made);
}

/* A move that was killed may have done it already. */
static gboolean
are_one (const char *from_folder, const char *from, const char *to_folder, const char *to)
{
  const char *from_name, *to_name;
  int from_parent = bt_folder_open_parent (from_folder, from, FALSE, FALSE, NULL, &from_name);
  int to_parent = bt_folder_open_parent (to_folder, to, FALSE, FALSE, NULL, &to_name);
  struct stat one, other;
  gboolean same = from_parent >= 0 && to_parent >= 0 && fstatat (from_parent, from_name, &one, AT_SYMLINK_NOFOLLOW) == 0 &&
                  fstatat (to_parent, to_name, &other, AT_SYMLINK_NOFOLLOW) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;

  if (from_parent >= 0)
    close (from_parent);
  if (to_parent >= 0)
    close (to_parent);
  return same;
}

int
bt_folder_link (const char *from_folder, const char *from, const char *to_folder, const char *to, GPtrArray *made)
{
  int code;

  if (rename_or_link (from_folder, from, to_folder, to, TRUE, made) == 0)
    return 0;
  code = errno;
  if (code == EEXIST && are_one (from_folder, from, to_folder, to))
    return 0;
  errno = code == EPERM || code == EOPNOTSUPP || code == ENOSYS || code == EMLINK ? ENOTSUP : code;
  return -1;
}

/* Is what is at @path of the kind that the torrent has there? What else it is
 * is not ours and stays where it is. */
static gboolean
is_there (BtFileSet *self, guint index, const char *path)
{
  const char *name;
  struct stat status;
  int parent = bt_folder_open_parent (self->folder, path, FALSE, FALSE, NULL, &name);
  gboolean there;

  if (parent < 0)
    return FALSE;
  there = fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
          (bt_file_set_is_on_disk (self, index) ? S_ISREG (status.st_mode)
                                                : S_ISLNK (status.st_mode) && bt_file_set_get_created (self, index));
  close (parent);
  return there;
}

gboolean
bt_folder_has (const char *folder, const char *path)
{
  const char *name;
  int parent = bt_folder_open_parent (folder, path, FALSE, FALSE, NULL, &name);
  gboolean there = parent >= 0 && faccessat (parent, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;

  if (parent >= 0)
    close (parent);
  return there;
}

/* A file that loses its ending does so for the other torrent as well. */
static gboolean
is_shared (const Relocation *self, guint index)
{
  return !self->complete && bt_file_set_is_shared (self->set, index);
}

/* What is unfinished needs its later name free as well: when it is complete
 * nobody is there to be asked. */
static gboolean
rename_file (Relocation *self, guint index, const char *from, const char *to)
{
  const char *later = bt_file_names_get (self->names, index);

  if (stays_partial (self, index) && bt_folder_has (self->to_folder, later))
    {
      errno = EEXIST;
      return FALSE;
    }
  if (is_shared (self, index))
    return bt_folder_link (self->from_folder, from, self->to_folder, to, self->made) == 0;
  return bt_folder_rename (self->from_folder, from, self->to_folder, to, self->made) == 0;
}

static gboolean
relocate_file (Relocation *self, guint index, int *failed, GError **error)
{
  BtFileSet *set = self->set;
  g_autofree char *from = bt_file_set_dup_path (set, index);
  g_autofree char *to = g_strconcat (bt_file_names_get (self->names, index), stays_partial (self, index) ? BT_FILE_SET_PARTIAL : NULL, NULL);
  Step *step;

  if ((bt_file_set_info (set, index)->flags & BT_FILE_PAD) || !is_there (set, index, from) ||
      (g_str_equal (from, to) && g_str_equal (self->from_folder, self->to_folder)))
    return TRUE;
  if (!rename_file (self, index, from, to))
    {
      int code = errno;

      *failed = (int) index;
      if (code == EEXIST)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _ ("There is a “%s” in “%s” already, which is left as it is"),
                     bt_file_names_get (self->names, index), self->to_folder);
      else if (code == EXDEV || (code == ENOTSUP && !g_str_equal (self->from_folder, self->to_folder)))
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_RECURSE, _ ("“%s” is on another disk"), self->to_folder);
      else
        bt_file_set_fail (set, (int) index, BT_FILE_TASK_RENAME, code, failed, error);
      return FALSE;
    }
  step = g_new (Step, 1);
  step->linked = is_shared (self, index);
  step->from = g_steal_pointer (&from);
  step->to = g_steal_pointer (&to);
  g_ptr_array_add (self->steps, step);
  return TRUE;
}

static gint
compare_depth (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) b, *(const char *const *) a);
}

void
bt_folder_remove_empty (const char *folder, GPtrArray *folders, GPtrArray *left)
{
  /* What is below a folder sorts behind it. */
  g_ptr_array_sort (folders, compare_depth);
  for (guint i = 0; i < folders->len; i++)
    {
      const char *name;
      int parent = bt_folder_open_parent (folder, folders->pdata[i], FALSE, FALSE, NULL, &name);

      if (parent >= 0 && unlinkat (parent, name, AT_REMOVEDIR) != 0 && left != NULL && errno != ENOENT)
        g_ptr_array_add (left, g_strdup (folders->pdata[i]));
      if (parent >= 0)
        close (parent);
    }
}

void
bt_folder_unlink (const char *folder, const char *path)
{
  const char *name;
  int parent = bt_folder_open_parent (folder, path, FALSE, FALSE, NULL, &name);

  if (parent < 0)
    return;
  bt_file_ops ()->unlink (parent, name);
  close (parent);
}

static void
take_back (Relocation *self)
{
  for (guint i = self->steps->len; i-- > 0;)
    {
      Step *step = self->steps->pdata[i];

      if (step->linked)
        bt_folder_unlink (self->to_folder, step->to);
      else
        bt_folder_rename (self->to_folder, step->to, self->from_folder, step->from, NULL);
    }
  bt_folder_remove_empty (self->to_folder, self->made, NULL);
}

/* Links hold their targets' names. One that somebody has changed is left. */
static void
renew_link (Relocation *self, guint index)
{
  const char *path = bt_file_names_get (self->names, index), *name;
  g_autofree char *old = bt_file_set_dup_link (self->set, self->set->place.names, index);
  g_autofree char *new = bt_file_set_dup_link (self->set, self->names, index);
  char text[4096];
  gssize length;
  int parent;

  if (g_str_equal (old, new))
    return;
  parent = bt_folder_open_parent (self->to_folder, path, FALSE, FALSE, NULL, &name);
  length = parent < 0 ? -1 : readlinkat (parent, name, text, sizeof text);
  if (length == (gssize) strlen (old) && memcmp (text, old, (gsize) length) == 0 &&
      bt_file_set_is_ours (self->set, index, parent, name, NULL) && unlinkat (parent, name, 0) == 0)
    {
      if (symlinkat (new, parent, name) == 0)
        bt_file_set_claim (self->set, index, parent, name);
      else
        bt_file_set_set_created (self->set, index, FALSE);
    }
  if (parent >= 0)
    close (parent);
}

void
bt_file_set_settle (BtFileSet *self, const char *folder, BtFileNames *names, const char *parts_path, GPtrArray *folders)
{
  g_autofree char *old_folder = NULL;

  g_mutex_lock (&self->mutex);
  /* They may be the ones that are there. */
  bt_file_names_ref (names);
  bt_file_names_unref (self->place.names);
  self->place.names = names;
  g_ptr_array_ref (folders);
  g_ptr_array_unref (self->place.folders);
  self->place.folders = folders;
  if (!g_str_equal (self->folder, folder))
    {
      old_folder = g_steal_pointer (&self->folder);
      self->folder = g_strdup (folder);
    }
  /* A copy has a time of its own. */
  for (guint i = 0; i < self->layout->n_files; i++)
    self->dirty[i] |= self->has_data[i];
  g_mutex_unlock (&self->mutex);
  if (parts_path != NULL && self->parts_path != NULL && !g_str_equal (parts_path, self->parts_path))
    {
      /* In one folder of ours; nobody else has the name. */
      bt_file_cache_forget (self->cache, &self->parts);
      rename (self->parts_path, parts_path);
      bt_file_set_set_parts_file (self, parts_path);
    }
}

static void
settle (Relocation *self, const char *parts_path)
{
  BtFileSet *set = self->set;
  g_autoptr (GPtrArray) folders = bt_file_set_dup_folders (set);
  g_autoptr (GPtrArray) left = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < set->layout->n_files; i++)
    {
      bt_file_set_set_partial (set, i, stays_partial (self, i));
      if ((bt_file_set_info (set, i)->flags & BT_FILE_SYMLINK) && bt_file_set_get_created (set, i))
        renew_link (self, i);
    }
  bt_folder_remove_empty (self->from_folder, folders, left);
  /* Folders that others still use are of no concern in a place that we left. */
  if (!g_str_equal (self->from_folder, self->to_folder))
    g_ptr_array_set_size (left, 0);
  for (guint i = 0; i < self->made->len; i++)
    if (!has_folder (left, self->made->pdata[i]))
      g_ptr_array_add (left, g_strdup (self->made->pdata[i]));
  bt_file_set_settle (set, self->to_folder, self->names, parts_path, left);
}

gboolean
bt_file_set_relocate_held (BtFileSet *self, const char *folder, BtFileNames *names, gboolean complete, const char *parts_path, int *failed, GError **error)
{
  Relocation relocation = {
    .set = self,
    .from_folder = self->folder,
    .to_folder = folder != NULL ? folder : self->folder,
    .names = names != NULL ? names : self->place.names,
    .complete = complete,
    .steps = g_ptr_array_new_with_free_func (step_free),
    .made = g_ptr_array_new_with_free_func (g_free),
  };
  gboolean done = TRUE;

  *failed = -1;
  if (folder != NULL)
    {
      g_autoptr (GPtrArray) missing = bt_file_set_list_missing_folders (self, folder);

      done = bt_file_set_write_note (self, BT_NOTE_RENAMES, folder, parts_path, missing, error);
    }
  for (guint i = 0; i < self->layout->n_files && done; i++)
    done = relocate_file (&relocation, i, failed, error);
  if (done)
    settle (&relocation, parts_path);
  else
    {
      take_back (&relocation);
      if (folder != NULL)
        bt_file_set_forget_note (self);
    }
  g_ptr_array_unref (relocation.steps);
  g_ptr_array_unref (relocation.made);
  return done;
}

gboolean
bt_file_set_relocate (BtFileSet *self, const char *folder, BtFileNames *names, const char *parts_path, int *failed, GError **error)
{
  gboolean done;

  bt_turn_lock_write (&self->moving);
  done = bt_file_set_relocate_held (self, folder, names, FALSE, parts_path, failed, error);
  bt_turn_lock_end_writing (&self->moving);
  return done;
}
