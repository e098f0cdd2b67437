/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <string.h>

/* Other torrents that have files where this one has some: what belongs to both
 * is not taken away from the other. The session knows of those that are in it;
 * its owner is asked for the others before files are moved or renamed. */

/* @path: below the folder. A file may be there with the ending of unfinished ones. */
static void
add_paths (GPtrArray *paths, const char *folder, const char *path)
{
  char *whole = g_build_filename (folder, path, NULL);

  g_ptr_array_add (paths, whole);
  g_ptr_array_add (paths, g_strconcat (whole, BT_FILE_SET_PARTIAL, NULL));
}

GPtrArray *
bt_torrent_list_paths (BtMetainfo *metainfo, GBytes *resume, const char *folder)
{
  g_autoptr (BtResume) record = resume == NULL ? NULL : bt_resume_decode (resume, metainfo, bt_metainfo_get_info_hash (metainfo), NULL);
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    add_paths (paths, folder, record != NULL ? bt_file_names_get (record->place.names, i) : bt_metainfo_get_file (metainfo, i)->path);
  return paths;
}

GPtrArray *
bt_torrent_list_own_paths (BtTorrent *self, const char *folder)
{
  GPtrArray *paths = g_ptr_array_new_with_free_func (g_free);

  for (guint file = 0; self->files != NULL && file < self->layout->n_files; file++)
    {
      g_autofree char *path = bt_torrent_dup_file_path (self, file);

      add_paths (paths, folder, path);
    }
  return paths;
}

gboolean
bt_torrent_may_share_files (const char *path, const char *other)
{
  gsize length = strlen (path), other_length = strlen (other);
  gsize least = MIN (length, other_length);

  if (strncmp (path, other, least) != 0)
    return FALSE;
  return length == other_length || (length > least ? path : other)[least] == '/';
}

static void
take_all (GHashTable *set, GPtrArray *paths)
{
  for (guint i = 0; i < paths->len; i++)
    g_hash_table_add (set, paths->pdata[i]);
  g_ptr_array_set_free_func (paths, NULL);
  g_ptr_array_unref (paths);
}

void
bt_torrent_list_shared (BtTorrent *self, GHashTable *paths)
{
  g_autofree char *own = bt_torrent_dup_path (self);

  for (guint i = 0; i < self->session->torrents->len; i++)
    {
      BtTorrent *other = self->session->torrents->pdata[i];
      g_autofree char *path = other == self || other->files == NULL ? NULL : bt_torrent_dup_path (other);

      if (path != NULL && bt_torrent_may_share_files (path, own))
        take_all (paths, bt_torrent_list_own_paths (other, other->folder));
    }
}

void
bt_torrent_ask_neighbours (BtTorrent *self)
{
  if (!bt_torrent_emit_ask_neighbours (self) && (self->pending_move != NULL || self->pending_rename != NULL))
    bt_torrent_answer_neighbours (self, NULL);
}

void
bt_torrent_answer_neighbours (BtTorrent *self, const char *const *paths)
{
  g_autoptr (GHashTable) shared = NULL;

  g_return_if_fail (BT_IS_TORRENT (self));

  if (self->pending_move == NULL && self->pending_rename == NULL)
    return;
  shared = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; paths != NULL && paths[i] != NULL; i++)
    g_hash_table_add (shared, g_strdup (paths[i]));
  bt_torrent_list_shared (self, shared);
  bt_file_set_set_shared (self->files, shared);
  if (self->pending_rename != NULL)
    bt_torrent_begin_rename (self);
  if (self->pending_move != NULL)
    bt_torrent_begin_move (self);
}

void
bt_torrent_tell_shared (BtTorrent *self)
{
  guint n = bt_file_set_count_shared (self->files);

  if (n > 0)
    bt_torrent_emit_files_shared (self, n);
}
