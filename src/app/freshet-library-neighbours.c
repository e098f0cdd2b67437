/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

/* Files of torrents that sleep and lie where another torrent's do. The session
 * knows of those that are awake; the others are asked of the database. */

typedef struct
{
  GPtrArray *paths;  /* of char * */
  guint n_loading;
  FreshetNeighboursFunc done;
  gpointer data;
} Search;

typedef struct
{
  Search *search;
  char *folder;
} Neighbour;

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Neighbour *neighbour = data;
  Search *search = neighbour->search;
  g_autoptr (FreshetStoreTorrent) stored = freshet_store_load_finish (FRESHET_STORE (object), result, NULL);

  if (stored != NULL && stored->metainfo != NULL)
    g_ptr_array_extend_and_steal (search->paths, bt_torrent_list_paths (stored->metainfo, stored->resume, neighbour->folder));
  g_free (neighbour->folder);
  g_free (neighbour);
  if (--search->n_loading > 0)
    return;
  g_ptr_array_add (search->paths, NULL);
  search->done ((const char *const *) search->paths->pdata, search->data);
  g_ptr_array_unref (search->paths);
  g_free (search);
}

static void
load (FreshetLibrary *self, const FreshetTorrentRecord *other, Search *search)
{
  Neighbour *neighbour = g_new (Neighbour, 1);

  *neighbour = (Neighbour){ search, g_strdup (other->folder) };
  search->n_loading++;
  freshet_store_load_async (self->store, other->hash, loaded_cb, neighbour);
}

gboolean
freshet_library_list_neighbours (FreshetLibrary *self, const char *path, FreshetNeighboursFunc done, gpointer data)
{
  Search *search = NULL;

  for (guint i = 0; self->store != NULL && i < self->items->len; i++)
    {
      FreshetTorrentItem *item = self->items->pdata[i];
      const FreshetTorrentRecord *other = freshet_torrent_item_peek_record (item);
      g_autofree char *its = NULL;

      if (freshet_torrent_item_get_torrent (item) != NULL)
        continue;
      its = g_build_filename (other->folder, other->name, NULL);
      if (!bt_torrent_may_share_files (its, path))
        continue;
      if (search == NULL)
        {
          search = g_new0 (Search, 1);
          *search = (Search){ .paths = g_ptr_array_new_with_free_func (g_free), .done = done, .data = data };
        }
      load (self, other, search);
    }
  return search != NULL;
}

static void
answer (const char *const *paths, gpointer data)
{
  g_autoptr (BtTorrent) torrent = data;

  bt_torrent_answer_neighbours (torrent, paths);
}

gboolean
freshet_library_ask_neighbours_cb (FreshetLibrary *self, BtTorrent *torrent)
{
  g_autofree char *path = bt_torrent_dup_path (torrent);

  if (!freshet_library_list_neighbours (self, path, answer, torrent))
    return FALSE;
  /* Until the answer. */
  g_object_ref (torrent);
  return TRUE;
}

void
freshet_library_files_shared_cb (FreshetLibrary *self, guint n, BtTorrent *torrent)
{
  g_autofree char *name = bt_torrent_dup_name (torrent);

  g_signal_emit_by_name (self, "files-shared", name, n);
}
