/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"
#include "freshet-work.h"

#include <string.h>
#include <sys/stat.h>

/* Files that lie where another torrent's do. Those of torrents that sleep are
 * asked of the database. The session knows those of torrents that are awake and
 * call the folder the same; a folder that has two names is seen here. */

typedef struct
{
  FreshetLibrary *library;
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

/* Torrents of one name in folders of different names, which may lead to one. */
typedef struct
{
  char *folder;
  GPtrArray *items;   /* of FreshetTorrentItem */
  GPtrArray *folders; /* of char *, by item */
  GArray *same;       /* of guint: the items where it is one */
} Namesakes;

static Search *
search_new (FreshetLibrary *library, FreshetNeighboursFunc done, gpointer data)
{
  Search *self = g_new0 (Search, 1);

  *self = (Search){ g_object_ref (library), g_ptr_array_new_with_free_func (g_free), 1, done, data };
  return self;
}

static void
search_free (Search *self)
{
  g_ptr_array_unref (self->paths);
  g_object_unref (self->library);
  g_free (self);
}

static void
search_end (Search *self)
{
  if (--self->n_loading > 0)
    return;
  g_ptr_array_add (self->paths, NULL);
  self->done ((const char *const *) self->paths->pdata, self->data);
  search_free (self);
}

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
  search_end (search);
}

static void
load (Search *self, const FreshetTorrentRecord *other, const char *folder)
{
  Neighbour *neighbour = g_new (Neighbour, 1);

  *neighbour = (Neighbour){ self, g_strdup (folder) };
  self->n_loading++;
  freshet_store_load_async (self->library->store, other->hash, loaded_cb, neighbour);
}

static void
namesakes_free (gpointer data)
{
  Namesakes *self = data;

  g_free (self->folder);
  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->folders);
  g_array_unref (self->same);
  g_free (self);
}

/* By way of a link, or as a mount of the same. */
static void
compare_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Namesakes *self = task_data;
  struct stat ours, theirs;

  if (stat (self->folder, &ours) == 0)
    for (guint i = 0; i < self->folders->len; i++)
      if (stat (self->folders->pdata[i], &theirs) == 0 && theirs.st_dev == ours.st_dev && theirs.st_ino == ours.st_ino)
        g_array_append_val (self->same, i);
  g_task_return_boolean (task, TRUE);
}

static void
compared_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Search *search = data;
  Namesakes *self = g_task_get_task_data (G_TASK (result));

  for (guint i = 0; i < self->same->len; i++)
    {
      FreshetTorrentItem *item = self->items->pdata[g_array_index (self->same, guint, i)];
      BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

      if (torrent != NULL)
        g_ptr_array_extend_and_steal (search->paths, bt_torrent_list_own_paths (torrent, self->folder));
      else if (search->library->store != NULL)
        load (search, freshet_torrent_item_peek_record (item), self->folder);
    }
  search_end (search);
}

/* @namesakes: (transfer full) */
static void
compare (Search *self, Namesakes *namesakes)
{
  g_autoptr (GTask) task = g_task_new (self->library, NULL, compared_cb, self);

  self->n_loading++;
  g_task_set_source_tag (task, compare);
  g_task_set_task_data (task, namesakes, namesakes_free);
  freshet_work_run (task, compare_thread);
}

static Namesakes *
namesakes_new (const char *folder)
{
  Namesakes *self = g_new (Namesakes, 1);

  *self = (Namesakes){
    .folder = g_strdup (folder),
    .items = g_ptr_array_new_with_free_func (g_object_unref),
    .folders = g_ptr_array_new_with_free_func (g_free),
    .same = g_array_new (FALSE, FALSE, sizeof (guint)),
  };
  return self;
}

static void
namesakes_add (Namesakes *self, FreshetTorrentItem *item, const char *folder)
{
  g_ptr_array_add (self->items, g_object_ref (item));
  g_ptr_array_add (self->folders, g_strdup (folder));
}

static void
look_at (Search *self, FreshetTorrentItem *item, const char *path, const char *name, Namesakes *namesakes)
{
  const FreshetTorrentRecord *other = freshet_torrent_item_peek_record (item);
  g_autofree char *its = g_build_filename (other->folder, other->name, NULL);

  if (!bt_torrent_may_share_files (its, path))
    {
      if (strcmp (other->name, name) == 0)
        namesakes_add (namesakes, item, other->folder);
    }
  else if (freshet_torrent_item_get_torrent (item) == NULL && self->library->store != NULL)
    load (self, other, other->folder);
}

gboolean
freshet_library_list_neighbours (FreshetLibrary *self, BtTorrent *except, const char *folder, const char *name, FreshetNeighboursFunc done, gpointer data)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  Namesakes *namesakes = namesakes_new (folder);
  Search *search = search_new (self, done, data);

  for (guint i = 0; i < self->items->len; i++)
    if (except == NULL || freshet_torrent_item_get_torrent (self->items->pdata[i]) != except)
      look_at (search, self->items->pdata[i], path, name, namesakes);
  if (namesakes->items->len > 0)
    compare (search, namesakes);
  else
    namesakes_free (namesakes);
  if (search->n_loading == 1)
    {
      search_free (search);
      return FALSE;
    }
  search_end (search);
  return TRUE;
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
  g_autofree char *name = g_path_get_basename (path);

  if (!freshet_library_list_neighbours (self, torrent, bt_torrent_get_folder (torrent), name, answer, torrent))
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
