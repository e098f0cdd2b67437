/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-item-private.h"

/* What the views read of an item. */

double
freshet_torrent_stats_progress (const BtTorrentStats *stats)
{
  if (stats->state == BT_TORRENT_CHECKING)
    return CLAMP (stats->check_progress, 0.0, 1.0);
  if (stats->state == BT_TORRENT_METADATA)
    return stats->metadata_size == 0 ? 0.0 : (double) stats->metadata_had / (double) stats->metadata_size;
  if (stats->wanted == 0)
    return stats->state == BT_TORRENT_SEEDING ? 1.0 : 0.0;
  return MIN ((double) stats->verified / (double) stats->wanted, 1.0);
}

BtTorrent *
freshet_torrent_item_get_torrent (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);
  return self->torrent;
}

const char *
freshet_torrent_item_get_name (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);
  return self->record->name;
}

const char *
freshet_torrent_item_peek_sort_key (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);
  if (self->sort_key == NULL)
    {
      g_autofree char *folded = g_utf8_casefold (freshet_torrent_item_get_name (self), -1);

      self->sort_key = g_utf8_collate_key_for_filename (folded, -1);
    }
  return self->sort_key;
}

const char *
freshet_torrent_item_peek_search_key (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);

  if (self->search_key == NULL)
    self->search_key = g_utf8_casefold (freshet_torrent_item_get_name (self), -1);
  return self->search_key;
}

BtTorrentState
freshet_torrent_item_get_state (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), BT_TORRENT_PAUSED);
  return self->stats.state;
}

double
freshet_torrent_item_get_progress (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), 0.0);
  return freshet_torrent_stats_progress (&self->stats);
}

gboolean
freshet_torrent_item_is_complete (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), FALSE);
  return self->stats.state != BT_TORRENT_CHECKING && self->record->magnet == NULL &&
         (self->torrent == NULL || bt_torrent_get_metainfo (self->torrent) != NULL) &&
         self->stats.verified >= self->stats.wanted;
}

gboolean
freshet_torrent_item_is_active (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), FALSE);
  return (self->stats.state != BT_TORRENT_PAUSED && self->stats.state != BT_TORRENT_ERROR) || self->stats.queued;
}

const BtTorrentStats *
freshet_torrent_item_peek_stats (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);
  return &self->stats;
}

const FreshetSpeedHistory *
freshet_torrent_item_peek_history (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);
  return self->history;
}

const GError *
freshet_torrent_item_get_error (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);
  return self->error;
}

GFile *
freshet_torrent_item_dup_file (FreshetTorrentItem *self)
{
  g_autofree char *path = NULL;

  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);

  if (self->record->magnet != NULL)
    return g_file_new_for_path (self->record->folder);
  path = g_build_filename (self->record->folder, self->record->name, NULL);
  return g_file_new_for_path (path);
}

double
freshet_torrent_item_get_ratio (FreshetTorrentItem *self)
{
  guint64 base;

  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), 0.0);

  /* What was here before was not downloaded, and is shared all the same. */
  base = MAX (self->stats.downloaded, self->stats.wanted);
  return base == 0 ? 0.0 : (double) self->stats.uploaded / (double) base;
}

gboolean
freshet_torrent_item_has_label (FreshetTorrentItem *self, gint64 label)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), FALSE);
  return freshet_torrent_record_has_label (self->record, label);
}

const FreshetTorrentRecord *
freshet_torrent_item_peek_record (FreshetTorrentItem *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ITEM (self), NULL);
  return self->record;
}

FreshetTorrentRecord *
freshet_torrent_item_get_record (FreshetTorrentItem *self)
{
  return self->record;
}
