/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

#include <string.h>

/* Torrents leave the list, and come back to it when somebody changes their mind. */

static FreshetRemoved *
find_removed (FreshetLibrary *self, const guint8 *hash)
{
  for (guint i = 0; i < self->removed->len; i++)
    {
      FreshetRemoved *removed = self->removed->pdata[i];

      if (memcmp (freshet_torrent_item_peek_record (removed->item)->hash, hash, BT_SHA1_LENGTH) == 0)
        return removed;
    }
  return NULL;
}

void
freshet_library_forget_removed (FreshetLibrary *self, const guint8 *hash)
{
  FreshetRemoved *removed = find_removed (self, hash);

  if (removed != NULL)
    freshet_library_forget (self, removed->item);
}

void
freshet_library_remove (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetRemoved *removed;
  guint position;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  if (!g_ptr_array_find (self->items, item, &position))
    return;

  removed = g_new0 (FreshetRemoved, 1);
  removed->item = g_object_ref (item);
  removed->position = position;
  removed->was_active = !freshet_torrent_item_peek_record (item)->paused;
  g_ptr_array_add (self->removed, removed);

  freshet_library_end_doze (self, item);
  freshet_library_has_started (self, item);
  freshet_library_disconnect_torrent (self, item);
  g_hash_table_remove (self->by_hash, freshet_torrent_item_peek_record (item)->hash);
  freshet_torrent_item_set_host (item, NULL, NULL);
  if (freshet_torrent_item_get_torrent (item) != NULL)
    bt_torrent_pause (freshet_torrent_item_get_torrent (item));
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  freshet_library_run_queue (self, FALSE);
  freshet_library_start_refreshing (self);
}

void
freshet_library_remove_with_files (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetRemoved *removed;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  freshet_library_remove (self, item);
  removed = find_removed (self, freshet_torrent_item_peek_record (item)->hash);
  if (removed != NULL && removed->item == item)
    removed->with_files = TRUE;
}

void
freshet_library_restore (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetRemoved *removed;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  removed = find_removed (self, freshet_torrent_item_peek_record (item)->hash);
  if (removed == NULL || removed->item != item)
    return;

  freshet_torrent_item_get_record (item)->paused = !removed->was_active;
  freshet_torrent_item_refresh (item);
  freshet_library_insert (self, MIN (removed->position, self->items->len), item);
  g_ptr_array_remove (self->removed, removed);
  freshet_library_put (self, item);
  freshet_library_run_queue (self, FALSE);
}

void
freshet_library_forget (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetRemoved *removed;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  removed = find_removed (self, freshet_torrent_item_peek_record (item)->hash);
  if (removed == NULL || removed->item != item)
    return;

  if (removed->with_files)
    freshet_library_trash (self, item);
  else
    {
      if (self->store != NULL)
        freshet_store_remove (self->store, freshet_torrent_item_peek_record (item)->hash);
      if (self->session != NULL && freshet_torrent_item_get_torrent (item) != NULL)
        bt_session_remove (self->session, freshet_torrent_item_get_torrent (item));
    }
  g_ptr_array_remove (self->removed, removed);
}
