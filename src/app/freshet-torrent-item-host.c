/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-item-private.h"

/* What a person does with an item, which the library that it is in carries out,
 * and what the library notes of it. */

void
freshet_torrent_item_start (FreshetTorrentItem *self)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ITEM (self));
  if (self->host != NULL)
    self->host->start (self, self->host_data);
  else
    bt_torrent_start (self->torrent);
}

void
freshet_torrent_item_pause (FreshetTorrentItem *self)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ITEM (self));
  if (self->host != NULL)
    self->host->pause (self, self->host_data);
  else
    bt_torrent_pause (self->torrent);
}

void
freshet_torrent_item_recheck (FreshetTorrentItem *self)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ITEM (self));
  if (self->host != NULL)
    self->host->recheck (self, self->host_data);
  else
    bt_torrent_recheck (self->torrent);
}

void
freshet_torrent_item_look (FreshetTorrentItem *self)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ITEM (self));

  self->n_lookers++;
  if (self->torrent == NULL && self->host != NULL)
    self->host->wake (self, self->host_data);
}

void
freshet_torrent_item_look_away (FreshetTorrentItem *self)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ITEM (self));
  g_return_if_fail (self->n_lookers > 0);

  self->n_lookers--;
}

void
freshet_torrent_item_set_host (FreshetTorrentItem *self, const FreshetTorrentItemHost *host, gpointer data)
{
  self->host = host;
  self->host_data = data;
}

gboolean
freshet_torrent_item_is_looked_at (FreshetTorrentItem *self)
{
  return self->n_lookers > 0;
}

guint *
freshet_torrent_item_quiet_ticks (FreshetTorrentItem *self)
{
  return &self->quiet_ticks;
}

gboolean
freshet_torrent_item_is_dozing (FreshetTorrentItem *self)
{
  return self->dozing;
}

void
freshet_torrent_item_begin_doze (FreshetTorrentItem *self)
{
  self->dozing = TRUE;
  self->doze_counted = g_get_monotonic_time ();
}

void
freshet_torrent_item_count_doze (FreshetTorrentItem *self)
{
  guint64 seconds;

  if (!self->dozing)
    return;
  seconds = (guint64) (g_get_monotonic_time () - self->doze_counted) / G_USEC_PER_SEC;
  self->doze_counted += (gint64) seconds * G_USEC_PER_SEC;
  self->stats.active_time = self->record->active_time += seconds;
  self->stats.seeding_time = self->record->seeding_time += seconds;
}

void
freshet_torrent_item_forget_doze (FreshetTorrentItem *self)
{
  self->dozing = FALSE;
}

void
freshet_torrent_item_set_rousing (FreshetTorrentItem *self, gboolean rousing)
{
  self->rousing = rousing;
}

gint64
freshet_torrent_item_get_begun (FreshetTorrentItem *self)
{
  return self->begun;
}

gboolean
freshet_torrent_item_note_kept (FreshetTorrentItem *self)
{
  gboolean was_kept = self->kept;

  self->kept = TRUE;
  return was_kept;
}

void
freshet_torrent_item_set_begun (FreshetTorrentItem *self)
{
  self->kept = FALSE;
  self->begun = g_get_real_time () / G_USEC_PER_SEC;
}

gint64
freshet_torrent_item_get_moved_at (FreshetTorrentItem *self)
{
  return self->moved_at;
}

gboolean
freshet_torrent_item_is_busy (FreshetTorrentItem *self)
{
  return self->busy;
}

void
freshet_torrent_item_set_busy (FreshetTorrentItem *self, gboolean busy)
{
  self->busy = busy;
}
