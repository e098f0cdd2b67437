/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

#include <string.h>

/* The files of the library's torrents: where they begin and end, moving them,
 * and putting them into the trash. */

void
freshet_library_place_changed_cb (FreshetLibrary *self, BtTorrent *torrent)
{
  FreshetTorrentItem *item = g_hash_table_lookup (self->by_torrent, torrent);

  if (item == NULL)
    return;
  freshet_torrent_item_take_place (item);
  freshet_library_put (self, item);
}

void
freshet_library_set_incomplete_folder (FreshetLibrary *self, const char *folder)
{
  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  if (g_strcmp0 (self->incomplete_folder, folder) == 0)
    return;
  g_free (self->incomplete_folder);
  self->incomplete_folder = g_strdup (folder);
}

void
freshet_library_place_options (FreshetLibrary *self, BtTorrentOptions *options)
{
  if (self->incomplete_folder == NULL || options->done_folder != NULL || options->trust_existing)
    return;
  options->done_folder = options->folder;
  options->folder = self->incomplete_folder;
}

void
freshet_library_place_unfinished (FreshetLibrary *self, BtTorrent *torrent)
{
  g_autofree char *folder = NULL;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  g_return_if_fail (BT_IS_TORRENT (torrent));

  folder = g_strdup (bt_torrent_get_folder (torrent));
  if (self->incomplete_folder != NULL && bt_torrent_set_folder (torrent, self->incomplete_folder))
    bt_torrent_set_done_folder (torrent, folder);
}

const char *
freshet_library_label_folder (FreshetLibrary *self, const FreshetTorrentRecord *record)
{
  for (guint i = 0; i < self->labels->len; i++)
    {
      const FreshetLabel *label = self->labels->pdata[i];

      if (label->folder != NULL && freshet_torrent_record_has_label (record, label->id))
        return label->folder;
    }
  return NULL;
}

/* What is complete stays where it is until somebody moves it. */
void
freshet_library_apply_label_folder (FreshetLibrary *self, FreshetTorrentItem *item)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);
  const char *folder = freshet_library_label_folder (self, freshet_torrent_item_peek_record (item));

  if (torrent != NULL && folder != NULL && !freshet_torrent_item_is_complete (item))
    bt_torrent_set_done_folder (torrent, folder);
}

/* A torrent whose files are on their way to the trash. */
typedef struct
{
  FreshetLibrary *library;
  FreshetTorrentItem *item;
  BtTorrent *torrent;       /* NULL until it is awake */
  FreshetTorrentRecord *record;
  GPtrArray *keep;          /* of char *: files of sleeping torrents in the same place */
  guint n_loading;
} Trashing;

static void
trashing_end (Trashing *self, const GError *error, guint n_left)
{
  FreshetLibrary *library = self->library;

  if (self->torrent != NULL && library->session != NULL)
    bt_session_remove (library->session, self->torrent);
  /* Somebody may have added it again while it was read. */
  if (library->store != NULL && !g_hash_table_contains (library->by_hash, self->record->hash))
    freshet_store_remove (library->store, self->record->hash);
  if (error != NULL || n_left > 0)
    g_signal_emit_by_name (library, "files-left", self->record->name, error, n_left);
  library->n_trashing--;
  freshet_library_run_batches (library);
  if (library->n_trashing == 0 && library->stop_task != NULL)
    {
      g_clear_handle_id (&library->stop_source, g_source_remove);
      freshet_library_stop_session (library, g_steal_pointer (&library->stop_task));
    }
  g_clear_object (&self->torrent);
  g_ptr_array_unref (self->keep);
  freshet_torrent_record_free (self->record);
  g_object_unref (self->item);
  g_object_unref (library);
  g_free (self);
}

static void
removed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Trashing *self = data;
  g_autoptr (GError) error = NULL;
  guint n_left = 0;

  bt_torrent_remove_files_finish (BT_TORRENT (object), result, &n_left, &error);
  trashing_end (self, error, n_left);
}

/* One of the things that had to be read has come. */
static void
maybe_begin (Trashing *self)
{
  if (--self->n_loading > 0)
    return;
  if (self->torrent == NULL)
    {
      trashing_end (self, NULL, 0);
      return;
    }
  g_ptr_array_add (self->keep, NULL);
  bt_torrent_remove_files_async (self->torrent, (const char *const *) self->keep->pdata, removed_cb, self);
}

static void
woken_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Trashing *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FreshetStoreTorrent) stored = freshet_store_load_finish (FRESHET_STORE (object), result, &error);
  BtTorrentOptions options = { .folder = self->record->folder, .paused = TRUE, .save_resume = TRUE };

  if (stored != NULL && stored->metainfo != NULL && self->library->session != NULL)
    {
      options.resume = stored->resume;
      self->torrent = bt_session_add (self->library->session, stored->metainfo, &options, &error);
      if (self->torrent != NULL)
        g_object_ref (self->torrent);
    }
  if (error != NULL)
    g_signal_emit_by_name (self->library, "files-left", self->record->name, error, 0);
  maybe_begin (self);
}

static void
neighbours_cb (const char *const *paths, gpointer data)
{
  Trashing *self = data;

  for (guint i = 0; paths[i] != NULL; i++)
    g_ptr_array_add (self->keep, g_strdup (paths[i]));
  maybe_begin (self);
}

void
freshet_library_trash (FreshetLibrary *self, FreshetTorrentItem *item)
{
  Trashing *trashing = g_new0 (Trashing, 1);
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  trashing->library = g_object_ref (self);
  trashing->item = g_object_ref (item);
  trashing->torrent = torrent == NULL ? NULL : g_object_ref (torrent);
  trashing->record = freshet_torrent_record_copy (freshet_torrent_item_peek_record (item));
  trashing->keep = g_ptr_array_new_with_free_func (g_free);
  trashing->n_loading = 1;
  self->n_trashing++;
  if (freshet_library_list_neighbours (self, torrent, trashing->record->folder, trashing->record->name, neighbours_cb, trashing))
    trashing->n_loading++;
  if (torrent == NULL && self->store != NULL)
    freshet_store_load_async (self->store, trashing->record->hash, woken_cb, trashing);
  else
    maybe_begin (trashing);
}

typedef struct
{
  FreshetTorrentItem *item;
  char *folder;
} Move;

static void
move_free (gpointer data)
{
  Move *self = data;

  g_object_unref (self->item);
  g_free (self->folder);
  g_free (self);
}

static void
moved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (bt_torrent_move_finish (BT_TORRENT (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
start_move (GTask *task)
{
  Move *move = g_task_get_task_data (task);

  bt_torrent_move_async (freshet_torrent_item_get_torrent (move->item), move->folder, g_task_get_cancellable (task),
                         NULL, NULL, moved_cb, g_object_ref (task));
  freshet_torrent_item_refresh (move->item);
  freshet_library_start_refreshing (g_task_get_source_object (task));
}

static void
move_woken_cb (FreshetTorrentItem *item, GParamSpec *pspec, GTask *task)
{
  const GError *error = freshet_torrent_item_get_error (item);

  if (freshet_torrent_item_get_torrent (item) == NULL && error == NULL)
    return;
  g_signal_handlers_disconnect_by_func (item, move_woken_cb, task);
  if (freshet_torrent_item_get_torrent (item) != NULL)
    start_move (task);
  else
    g_task_return_error (task, g_error_copy (error));
  g_object_unref (task);
}

void
freshet_library_move_files_async (FreshetLibrary *self, FreshetTorrentItem *item, const char *folder,
                                  GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Move *move;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  g_return_if_fail (FRESHET_IS_TORRENT_ITEM (item));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, freshet_library_move_files_async);
  g_task_set_check_cancellable (task, FALSE);
  move = g_new (Move, 1);
  *move = (Move){ g_object_ref (item), g_strdup (folder) };
  g_task_set_task_data (task, move, move_free);
  if (freshet_torrent_item_get_torrent (item) != NULL)
    {
      start_move (task);
      return;
    }
  /* One of the two comes: it is awake, or it cannot be woken. */
  g_signal_connect (item, "notify::torrent", G_CALLBACK (move_woken_cb), g_object_ref (task));
  g_signal_connect (item, "notify::error", G_CALLBACK (move_woken_cb), task);
  freshet_library_wake (self, item);
}

gboolean
freshet_library_move_files_finish (FreshetLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
