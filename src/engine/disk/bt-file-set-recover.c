/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include "bt-file-ops.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A move that was ended by a kill or a loss of power is brought to its end, or
 * taken back. */

/* A file system that knows times less exactly than the one a file comes from
 * may be as much off: two seconds, that of FAT. */
#define COARSEST_TIME 2

char *
bt_file_set_dup_staging (BtFileSet *self, const char *folder)
{
  const guint8 *hash = bt_metainfo_get_info_hash (self->layout->metainfo);
  g_autoptr (GString) name = g_string_new (".freshet-moving-");

  for (guint i = 0; i < 8; i++)
    g_string_append_printf (name, "%02x", hash[i]);
  return g_build_filename (folder, name->str, NULL);
}

void
bt_folder_remove_staging (const char *staging)
{
  int fd = open (staging, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  DIR *dir = fd < 0 ? NULL : fdopendir (fd);
  struct dirent *entry;

  if (dir == NULL)
    {
      if (fd >= 0)
        close (fd);
      return;
    }
  while ((entry = readdir (dir)) != NULL)
    if (g_ascii_isdigit (entry->d_name[0]))
      unlinkat (fd, entry->d_name, 0);
  closedir (dir);
  rmdir (staging);
}

/* Returns: whether there is a file at @path, no link nor anything else */
static gboolean
find (const char *folder, const char *path, struct stat *status)
{
  const char *name;
  int parent = bt_folder_open_parent (folder, path, FALSE, FALSE, NULL, &name);
  gboolean found = parent >= 0 && fstatat (parent, name, status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (status->st_mode);

  if (parent >= 0)
    close (parent);
  return found;
}

static gboolean
exists (const char *folder, const char *path)
{
  const char *name;
  struct stat status;
  int parent = bt_folder_open_parent (folder, path, FALSE, FALSE, NULL, &name);
  gboolean there = parent >= 0 && fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0;

  if (parent >= 0)
    close (parent);
  return there;
}

GPtrArray *
bt_file_set_list_missing_folders (BtFileSet *self, const char *to)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < self->layout->n_files; i++)
    {
      const char *path = bt_file_names_get (self->place.names, i);

      for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
        {
          char *folder = g_strndup (path, (gsize) (slash - path));

          if (g_hash_table_add (seen, folder) && !exists (to, folder))
            g_ptr_array_add (missing, g_strdup (folder));
        }
    }
  return missing;
}

gboolean
bt_file_set_sync_folders (BtFileSet *self, const char *folder)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean synced = TRUE;

  for (guint i = 0; i < self->layout->n_files && synced; i++)
    {
      g_autofree char *path = bt_file_set_dup_path (self, i);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autofree char *whole = g_build_filename (folder, parent, NULL);
      int fd;

      if (!g_hash_table_add (seen, g_steal_pointer (&parent)) || (fd = open (whole, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        continue;
      synced = bt_file_ops ()->sync (fd) == 0;
      close (fd);
    }
  return synced;
}

static gboolean
is_link_to (int parent, const char *name, const char *text)
{
  char target[4096];
  gssize length = readlinkat (parent, name, target, sizeof target);

  return length == (gssize) strlen (text) && memcmp (target, text, (gsize) length) == 0;
}

/* @again: what is there as it should be was made by a move that was killed */
static void
make_link (BtFileSet *self, guint index, const char *to, GPtrArray *made, gboolean again)
{
  const char *path = bt_file_names_get (self->place.names, index), *name;
  g_autofree char *text = bt_file_set_dup_link (self, self->place.names, index);
  int parent = bt_folder_open_parent (to, path, TRUE, TRUE, made, &name);

  if (parent >= 0 && (symlinkat (text, parent, name) == 0 || (again && is_link_to (parent, name, text))))
    bt_file_set_claim (self, index, parent, name);
  else
    bt_file_set_set_created (self, index, FALSE);
  if (parent >= 0)
    close (parent);
}

static void
move_link (BtFileSet *self, guint index, const char *from, const char *to, GPtrArray *made, gboolean again)
{
  const char *path = bt_file_names_get (self->place.names, index), *name;
  int parent = bt_folder_open_parent (from, path, FALSE, FALSE, NULL, &name);
  struct stat status;
  gboolean there = parent >= 0 && fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
  gboolean ours = there && S_ISLNK (status.st_mode) && bt_file_set_is_ours (self, index, parent, name, NULL);

  if (ours || (again && !there && bt_file_set_get_created (self, index)))
    make_link (self, index, to, made, again);
  if (ours)
    bt_file_ops ()->unlink (parent, name);
  if (parent >= 0)
    close (parent);
}

void
bt_file_set_move_links (BtFileSet *self, const char *from, const char *to, GPtrArray *made, gboolean again)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    if (bt_file_set_info (self, i)->flags & BT_FILE_SYMLINK)
      move_link (self, i, from, to, made, again);
}

void
bt_file_set_claim_copy (BtFileSet *self, guint index, const char *folder, const char *path)
{
  const char *name;
  int parent;

  if (!bt_file_set_get_created (self, index))
    return;
  parent = bt_folder_open_parent (folder, path, FALSE, FALSE, NULL, &name);
  if (parent < 0)
    return;
  bt_file_set_claim (self, index, parent, name);
  close (parent);
}

/* Where there is something of a file. */
typedef enum
{
  HERE = 1 << 0,   /* the original */
  STAGED = 1 << 1, /* its copy in the hidden folder */
  PLACED = 1 << 2, /* ... or under its name */
  ALIKE = 1 << 3,  /* the copy has the size and time of the original */
} Where;

static gboolean
are_alike (const struct stat *one, const struct stat *other)
{
  return one->st_size == other->st_size && ABS (one->st_mtim.tv_sec - other->st_mtim.tv_sec) <= COARSEST_TIME;
}

static Where
look_for (BtFileSet *self, guint index, const BtNote *note, const char *staging)
{
  g_autofree char *path = bt_file_set_dup_path (self, index), *number = g_strdup_printf ("%u", index);
  struct stat original, copy;
  Where where = 0;

  if (!bt_file_set_is_on_disk (self, index))
    return 0;
  if (find (note->from, path, &original))
    where |= HERE;
  if (find (staging, number, &copy))
    where |= STAGED;
  else if (find (note->to, path, &copy))
    where |= PLACED;
  if ((where & STAGED) && exists (note->to, path))
    where |= PLACED;
  if ((where & HERE) && (where & (STAGED | PLACED)) && are_alike (&original, &copy))
    where |= ALIKE;
  return where;
}

/* What there is of all of them. */
typedef struct
{
  gboolean may_go_on;   /* whatever is here is there as well */
  gboolean may_go_back; /* whatever is there is here as well */
  gboolean any_here;
  gboolean any_there;
  gboolean lacks;       /* something that the record knows is in neither place */
} Overview;

static Overview
look_over (BtFileSet *self, const BtNote *note, const char *staging)
{
  Overview all = { .may_go_on = TRUE, .may_go_back = TRUE };

  for (guint i = 0; i < self->layout->n_files; i++)
    {
      Where where = look_for (self, i, note, staging);
      gboolean there = (where & (STAGED | PLACED)) != 0;
      gboolean stays = there && bt_file_set_is_shared (self, i);

      all.any_here |= (where & HERE) && !stays;
      all.any_there |= there;
      if (((where & HERE) && !(where & ALIKE) && !stays) || ((where & STAGED) && (where & PLACED)))
        all.may_go_on = FALSE;
      if (there && !(where & HERE))
        all.may_go_back = FALSE;
      if (where == 0 && self->stamps[i].size > 0)
        all.lacks = TRUE;
    }
  all.may_go_on &= all.any_there;
  return all;
}

/* Originals whose copy is there (@originals) and that no other torrent has, or
 * copies whose original is here. */
static void
remove_twins (BtFileSet *self, const BtNote *note, const char *staging, gboolean originals)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      g_autofree char *path = bt_file_set_dup_path (self, i);
      Where where = look_for (self, i, note, staging);

      if ((where & (HERE | PLACED | STAGED | ALIKE)) == (HERE | PLACED | ALIKE) && !(originals && bt_file_set_is_shared (self, i)))
        bt_folder_unlink (originals ? note->from : note->to, path);
    }
}

/* Folders that were made for the move, as far as they are there. */
static GPtrArray *
list_made (const BtNote *note)
{
  GPtrArray *made = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < note->folders->len; i++)
    if (exists (note->to, note->folders->pdata[i]))
      g_ptr_array_add (made, g_strdup (note->folders->pdata[i]));
  return made;
}

static gboolean
place_staged (BtFileSet *self, const BtNote *note, const char *staging)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      g_autofree char *path = bt_file_set_dup_path (self, i), *number = g_strdup_printf ("%u", i);

      if ((look_for (self, i, note, staging) & STAGED) && bt_folder_rename (staging, number, note->to, path, NULL) != 0)
        return FALSE;
      if (bt_file_set_is_on_disk (self, i))
        bt_file_set_claim_copy (self, i, note->to, path);
    }
  return TRUE;
}

/* All files are there; links go along, and folders that nobody needs here go away. */
static void
end_at (BtFileSet *self, const BtNote *note, GPtrArray *made)
{
  g_autoptr (GPtrArray) old = bt_file_set_dup_folders (self);

  bt_file_set_move_links (self, note->from, note->to, made, TRUE);
  bt_file_set_settle (self, note->to, self->place.names, note->parts, made);
  bt_folder_remove_empty (note->from, old, NULL);
}

static BtFollowed
go_on (BtFileSet *self, const BtNote *note, const char *staging)
{
  g_autoptr (GPtrArray) made = NULL;

  if (!place_staged (self, note, staging))
    return BT_FOLLOW_LATER;
  if (bt_file_set_sync_folders (self, note->to))
    remove_twins (self, note, staging, TRUE);
  made = list_made (note);
  end_at (self, note, made);
  bt_folder_remove_staging (staging);
  return BT_FOLLOWED;
}

static BtFollowed
recover_copies (BtFileSet *self, const BtNote *note)
{
  g_autofree char *staging = bt_file_set_dup_staging (self, note->to);
  Overview all = look_over (self, note, staging);

  if (all.may_go_on)
    return go_on (self, note, staging);
  /* The disk with some of it may not be there now. */
  if (!all.may_go_back || all.lacks)
    return BT_FOLLOW_LATER;
  remove_twins (self, note, staging, FALSE);
  bt_folder_remove_staging (staging);
  bt_folder_remove_empty (note->to, note->folders, NULL);
  return BT_FOLLOWED_NOT;
}

static BtFollowed
recover_begun (BtFileSet *self, const BtNote *note)
{
  g_autofree char *staging = bt_file_set_dup_staging (self, note->to);

  bt_folder_remove_staging (staging);
  return g_file_test (note->to, G_FILE_TEST_IS_DIR) ? BT_FOLLOWED_NOT : BT_FOLLOW_LATER;
}

/* Renamed in one direction and then in none. */
static BtFollowed
recover_renames (BtFileSet *self, const BtNote *note)
{
  g_autoptr (GPtrArray) made = list_made (note);
  Overview all;
  int failed;

  bt_turn_lock_write (&self->moving);
  all = look_over (self, note, "");
  if (all.any_there && !all.any_here)
    end_at (self, note, made);
  bt_turn_lock_end_writing (&self->moving);
  if (!all.any_there)
    {
      bt_folder_remove_empty (note->to, note->folders, NULL);
      return all.any_here || !all.lacks ? BT_FOLLOWED_NOT : BT_FOLLOW_LATER;
    }
  if (!all.any_here)
    return BT_FOLLOWED;
  if (bt_file_set_relocate (self, note->to, NULL, note->parts, &failed, NULL))
    {
      bt_file_set_add_folders (self, note->folders);
      return BT_FOLLOWED;
    }
  if (all.may_go_back)
    return BT_FOLLOWED_NOT;
  bt_turn_lock_read (&self->moving);
  bt_file_set_write_note (self, BT_NOTE_RENAMES, note->to, note->parts, note->folders, NULL);
  bt_turn_lock_end_reading (&self->moving);
  return BT_FOLLOW_LATER;
}

BtFollowed
bt_file_set_recover (BtFileSet *self, const BtNote *note)
{
  BtFollowed followed;

  if (note->kind == BT_NOTE_RENAMES)
    return recover_renames (self, note);
  bt_turn_lock_write (&self->moving);
  followed = note->kind == BT_NOTE_BEGUN ? recover_begun (self, note) : recover_copies (self, note);
  bt_turn_lock_end_writing (&self->moving);
  return followed;
}
