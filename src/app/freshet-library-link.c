/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

/* Magnet links into the library and out of it, also of torrents that are asleep. */

/* What a link adds to a torrent that has to be woken for it. */
typedef struct
{
  FreshetLibrary *library;
  BtMagnet *magnet;
} Merge;

static void
merge_free (gpointer data, GClosure *closure)
{
  Merge *merge = data;

  g_object_unref (merge->library);
  bt_magnet_unref (merge->magnet);
  g_free (merge);
}

/* It is there already: the session takes the link's trackers and says so. */
static void
merge_now (FreshetLibrary *self, BtMagnet *magnet)
{
  BtTorrentOptions options = { .folder = g_get_home_dir () };
  g_autoptr (GError) error = NULL;

  if (self->session != NULL && !self->stopping)
    bt_session_add_magnet (self->session, magnet, &options, &error);
}

static void
woken_cb (FreshetTorrentItem *item, GParamSpec *pspec, Merge *merge)
{
  if (freshet_torrent_item_get_torrent (item) == NULL)
    return;
  merge_now (merge->library, merge->magnet);
  freshet_torrent_item_look_away (item);
  g_signal_handlers_disconnect_by_func (item, woken_cb, merge);
}

static void
merge (FreshetLibrary *self, FreshetTorrentItem *item, BtMagnet *magnet)
{
  Merge *later;

  if (freshet_torrent_item_get_torrent (item) != NULL)
    {
      merge_now (self, magnet);
      return;
    }
  later = g_new0 (Merge, 1);
  later->library = g_object_ref (self);
  later->magnet = bt_magnet_ref (magnet);
  g_signal_connect_data (item, "notify::torrent", G_CALLBACK (woken_cb), later, merge_free, 0);
  freshet_torrent_item_look (item);
}

BtTorrent *
freshet_library_look_into (FreshetLibrary *self, BtMagnet *magnet, const char *folder, GError **error)
{
  BtTorrentOptions options = { .folder = folder, .ask_first = TRUE, .save_resume = TRUE };
  FreshetTorrentItem *known;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);

  if (self->session == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "The network cannot be used");
      return NULL;
    }
  if (magnet->has_v1)
    freshet_library_forget_removed (self, magnet->info_hash);
  known = magnet->has_v1 ? freshet_library_find (self, magnet->info_hash) : NULL;
  if (known == NULL)
    return bt_session_add_magnet (self->session, magnet, &options, error);
  merge (self, known, magnet);
  g_set_error (error, BT_ERROR, BT_ERROR_DUPLICATE, "“%s” is already there", freshet_torrent_item_get_name (known));
  return NULL;
}

gboolean
freshet_library_merge (FreshetLibrary *self, BtMetainfo *metainfo)
{
  FreshetTorrentItem *known;
  g_autoptr (BtMagnet) magnet = NULL;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), FALSE);

  known = freshet_library_find (self, bt_metainfo_get_info_hash (metainfo));
  if (known == NULL)
    return FALSE;
  magnet = bt_magnet_new_for_metainfo (metainfo);
  if (freshet_torrent_item_get_torrent (known) != NULL && bt_torrent_get_metainfo (freshet_torrent_item_get_torrent (known)) == NULL)
    {
      BtTorrentOptions options = { .folder = g_get_home_dir () };
      g_autoptr (GError) error = NULL;

      /* A link that waits for its metadata has it now. */
      bt_session_add (self->session, metainfo, &options, &error);
    }
  else if (magnet->has_v1)
    merge (self, known, magnet);
  return TRUE;
}

static void
items_free (gpointer data)
{
  GPtrArray *items = data;

  for (guint i = 0; i < items->len; i++)
    freshet_torrent_item_look_away (items->pdata[i]);
  g_ptr_array_unref (items);
}

static void link_known_cb (FreshetTorrentItem *item, GParamSpec *pspec, GTask *task);

/* The handlers keep the task until all of them are awake. */
static void
maybe_answer (GTask *task)
{
  GPtrArray *items = g_task_get_task_data (task);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < items->len; i++)
    {
      BtTorrent *torrent = freshet_torrent_item_get_torrent (items->pdata[i]);
      g_autofree char *link = torrent == NULL ? NULL : bt_torrent_dup_magnet (torrent);

      if (link == NULL)
        return;
      g_string_append_printf (text, i == 0 ? "%s" : "\n%s", link);
    }
  g_object_ref (task);
  for (guint i = 0; i < items->len; i++)
    g_signal_handlers_disconnect_by_func (items->pdata[i], link_known_cb, task);
  g_task_return_pointer (task, g_strdup (text->str), g_free);
  g_object_unref (task);
}

static void
link_known_cb (FreshetTorrentItem *item, GParamSpec *pspec, GTask *task)
{
  maybe_answer (task);
}

void
freshet_library_dup_links_async (FreshetLibrary *self, GPtrArray *items, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GPtrArray *kept = g_ptr_array_new_with_free_func (g_object_unref);

  g_task_set_source_tag (task, freshet_library_dup_links_async);
  g_task_set_task_data (task, kept, items_free);
  for (guint i = 0; i < items->len; i++)
    {
      g_ptr_array_add (kept, g_object_ref (items->pdata[i]));
      g_signal_connect_data (items->pdata[i], "notify::torrent", G_CALLBACK (link_known_cb), g_object_ref (task),
                             (GClosureNotify) (void (*) (void)) g_object_unref, 0);
      freshet_torrent_item_look (items->pdata[i]);
    }
  maybe_answer (task);
}

char *
freshet_library_dup_links_finish (FreshetLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
