/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

/* Files that another torrent has too. */

static gboolean
is_at (BtFileSet *self, const char *folder, BtFileNames *names, guint index, GHashTable *paths)
{
  g_autofree char *path = g_strconcat (folder, "/", bt_file_names_get (names, index),
                                       bt_file_set_get_partial (self, index) ? BT_FILE_SET_PARTIAL : NULL, NULL);

  return g_hash_table_contains (paths, path);
}

void
bt_file_set_share_indices (BtFileSet *self, GArray *indices)
{
  guint8 *shared = indices->len == 0 ? NULL : g_malloc0 (self->layout->n_files);

  for (guint i = 0; i < indices->len; i++)
    shared[g_array_index (indices, guint, i)] = TRUE;
  g_mutex_lock (&self->mutex);
  g_free (self->shared);
  self->shared = shared;
  g_mutex_unlock (&self->mutex);
}

void
bt_file_set_set_shared (BtFileSet *self, GHashTable *paths)
{
  g_autoptr (GArray) indices = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (BtFileNames) names = bt_file_set_ref_names (self);
  g_autofree char *folder = bt_file_set_dup_folder (self);

  if (paths != NULL && g_hash_table_size (paths) > 0)
    for (guint i = 0; i < self->layout->n_files; i++)
      if (bt_file_set_is_on_disk (self, i) && is_at (self, folder, names, i, paths))
        g_array_append_val (indices, i);
  bt_file_set_share_indices (self, indices);
}

gboolean
bt_file_set_is_shared (BtFileSet *self, guint index)
{
  gboolean shared;

  g_mutex_lock (&self->mutex);
  shared = self->shared != NULL && self->shared[index];
  g_mutex_unlock (&self->mutex);
  return shared;
}

guint
bt_file_set_count_shared (BtFileSet *self)
{
  guint n = 0;

  g_mutex_lock (&self->mutex);
  for (guint i = 0; self->shared != NULL && i < self->layout->n_files; i++)
    n += self->shared[i] && self->has_data[i];
  g_mutex_unlock (&self->mutex);
  return n;
}
