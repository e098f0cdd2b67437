/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

/* Torrents come into the list. */

/* @item: new, its torrent just added */
static void
welcome (FreshetLibrary *self, FreshetTorrentItem *item, gboolean paused, gboolean temporary)
{
  FreshetTorrentRecord *record = freshet_torrent_item_get_record (item);

  record->position = self->next_position++;
  record->paused = paused;
  record->temporary = temporary;
  freshet_torrent_item_refresh (item);
  freshet_library_insert (self, self->items->len, item);
  if (self->store != NULL)
    freshet_library_put_new (self, item);
  freshet_library_run_queue (self, FALSE);
}

static FreshetTorrentItem *
add (FreshetLibrary *self, BtMetainfo *metainfo, const BtTorrentOptions *options, gboolean temporary, GError **error)
{
  g_autoptr (FreshetTorrentItem) item = NULL;
  const guint8 *hash = bt_metainfo_get_info_hash (metainfo);
  BtTorrentOptions paused = *options;
  FreshetTorrentItem *known;
  BtTorrent *torrent;

  if (self->session == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "The network cannot be used");
      return NULL;
    }
  /* One that was just removed is still known to the session; adding it again
   * means to start over, perhaps in another folder. */
  freshet_library_forget_removed (self, hash);
  known = g_hash_table_lookup (self->by_hash, hash);
  if (known != NULL && freshet_torrent_item_get_torrent (known) == NULL)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_DUPLICATE, "“%s” is already there", bt_metainfo_get_name (metainfo));
      return NULL;
    }
  freshet_library_place_options (self, &paused);
  /* The queue says when it begins. */
  paused.paused = TRUE;
  torrent = bt_session_add (self->session, metainfo, &paused, error);
  if (torrent == NULL)
    return NULL;
  item = freshet_torrent_item_new (torrent);
  welcome (self, item, options->paused, temporary);
  return item;
}

FreshetTorrentItem *
freshet_library_add (FreshetLibrary *self, BtMetainfo *metainfo, const BtTorrentOptions *options, GError **error)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);
  return add (self, metainfo, options, FALSE, error);
}

FreshetTorrentItem *
freshet_library_add_temporary (FreshetLibrary *self, BtMetainfo *metainfo, const BtTorrentOptions *options, GError **error)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);
  return add (self, metainfo, options, TRUE, error);
}

FreshetTorrentItem *
freshet_library_adopt (FreshetLibrary *self, BtTorrent *torrent)
{
  g_autoptr (FreshetTorrentItem) item = NULL;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (g_hash_table_lookup (self->by_torrent, torrent) == NULL, NULL);

  item = freshet_torrent_item_new (torrent);
  welcome (self, item, bt_torrent_get_state (torrent) == BT_TORRENT_PAUSED, FALSE);
  return item;
}
