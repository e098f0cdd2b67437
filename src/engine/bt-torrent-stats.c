/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-client-name.h"

static gint64
estimate (const BtTorrentStats *stats)
{
  if (stats->verified >= stats->wanted && stats->state != BT_TORRENT_METADATA)
    return 0;
  if (stats->down_rate == 0 || stats->state != BT_TORRENT_DOWNLOADING)
    return -1;
  return (gint64) ((stats->wanted - stats->verified) / stats->down_rate);
}

/* There are trackers, and each of them has failed. */
static gboolean
all_trackers_fail (BtTorrent *self)
{
  const GPtrArray *trackers = self->announcer->plans[0].trackers;

  for (guint i = 0; i < trackers->len; i++)
    {
      const BtAnnounceTracker *v4 = trackers->pdata[i];
      const BtAnnounceTracker *v6 = bt_announce_plan_find (&self->announcer->plans[1], v4->url);

      if (v4->worked || v4->fails == 0 || (v6 != NULL && v6->worked))
        return FALSE;
    }
  return trackers->len > 0;
}

static BtStall
stall_without_peers (BtTorrent *self, const BtTorrentStats *stats)
{
  if (stats->n_webseeds > 0 || self->links->len > 0)
    return BT_STALL_NONE;
  if (stats->n_known_peers > 0)
    return BT_STALL_UNREACHABLE;
  return all_trackers_fail (self) ? BT_STALL_TRACKER : BT_STALL_NO_PEERS;
}

static BtStall
stall_reason (BtTorrent *self, const BtTorrentStats *stats)
{
  guint n_wanted = 0, n_choking = 0;

  if (stats->state != BT_TORRENT_DOWNLOADING || stats->down_rate > 0)
    return BT_STALL_NONE;
  if (self->n_waiting > 0)
    return BT_STALL_LIMIT;
  if (self->session != NULL && bt_piece_pool_is_full (&self->session->pool))
    return BT_STALL_DISK;
  if (stats->n_peers == 0)
    return stall_without_peers (self, stats);
  for (guint i = 0; i < self->links->len; i++)
    {
      const BtLink *link = self->links->pdata[i];

      n_wanted += link->we_want;
      n_choking += link->we_want && link->they_choke;
    }
  if (n_wanted == 0)
    return BT_STALL_NOTHING_NEW;
  return n_choking == n_wanted ? BT_STALL_CHOKED : BT_STALL_NONE;
}

static guint32
metadata_size (BtTorrent *self)
{
  gsize length;

  bt_metainfo_peek_info (self->metainfo, &length);
  return (guint32) length;
}

void
bt_torrent_get_stats (BtTorrent *self, BtTorrentStats *stats)
{
  gint64 now = g_get_monotonic_time ();
  gboolean still = self->state == BT_TORRENT_PAUSED || self->state == BT_TORRENT_ERROR;

  *stats = (BtTorrentStats){
    .state = self->state,
    .wanted = self->wanted_bytes,
    .verified = self->wanted_verified,
    .check_progress = self->verify == NULL ? 0 : bt_verify_get_progress (self->verify),
    .waits_for_space = self->state == BT_TORRENT_ERROR && self->waits_for_space,
    .n_long_files = bt_torrent_get_n_long_files (self),
    .moving = self->move != NULL,
    .move_progress = self->move == NULL ? 0 : bt_move_get_progress (self->move),
    .down_rate = still ? 0 : bt_rate_get (&self->down, now),
    .up_rate = still ? 0 : bt_rate_get (&self->up, now),
    .downloaded = self->down.total,
    .uploaded = self->up.total,
    .wasted = self->wasted,
    .n_known_peers = bt_known_peers_count (&self->known),
    .n_webseeds = bt_torrent_count_webseeds (self),
    .pieces_done = bt_torrent_peek_pieces (self)->n_set,
    .pieces_checked = self->pieces_checked,
    .active_time = self->active_time / G_USEC_PER_SEC,
    .seeding_time = self->seeding_time / G_USEC_PER_SEC,
    .finished_at = self->finished_at,
    .last_active = self->last_active,
    .n_tried = self->n_tried,
  };
  if (self->metadata != NULL)
    stats->metadata_had = bt_metadata_progress (self->metadata, &stats->metadata_size);
  else if (self->metainfo != NULL)
    stats->metadata_had = stats->metadata_size = metadata_size (self);
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (!bt_peer_is_open (link->peer))
        continue;
      stats->n_peers++;
      stats->n_seeds += bt_link_is_seed (link);
      stats->n_sending += bt_rate_get (bt_peer_down_rate (link->peer), now) > 0;
    }
  bt_torrent_get_swarm (self, &stats->swarm_seeds, &stats->swarm_leechers);
  stats->eta = estimate (stats);
  stats->stall = stall_reason (self, stats);
}

static BtPeerFlags
link_flags (const BtLink *link)
{
  return (link->we_choke ? BT_PEER_WE_CHOKE : 0) | (link->we_want ? BT_PEER_WE_WANT : 0) |
         (link->they_choke ? BT_PEER_CHOKES_US : 0) | (link->they_want ? BT_PEER_WANTS_US : 0) |
         (link->requests.snubbed ? BT_PEER_SNUBBED : 0) | (bt_peer_is_incoming (link->peer) ? BT_PEER_INCOMING : 0) |
         (link->optimistic && !link->we_choke ? BT_PEER_OPTIMISTIC : 0);
}

static BtPeerOrigin
link_origin (const BtLink *link)
{
  switch (link->known->source)
    {
    case BT_SOURCE_USER:
      return BT_PEER_ORIGIN_USER;
    case BT_SOURCE_TRACKER:
      return BT_PEER_ORIGIN_TRACKER;
    case BT_SOURCE_PEX:
      return BT_PEER_ORIGIN_PEX;
    case BT_SOURCE_DHT:
      return BT_PEER_ORIGIN_DHT;
    case BT_SOURCE_LSD:
      return BT_PEER_ORIGIN_LSD;
    case BT_SOURCE_INCOMING:
    default:
      return BT_PEER_ORIGIN_INCOMING;
    }
}

static double
link_progress (const BtLink *link)
{
  if (link->has_all)
    return 1;
  return link->pieces.n_bits == 0 ? 0 : (double) link->pieces.n_set / link->pieces.n_bits;
}

GArray *
bt_torrent_dup_peers (BtTorrent *self)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (BtPeerStats));
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];
      BtPeerStats stats = {
        .addr = *bt_peer_get_addr (link->peer),
        .origin = link_origin (link),
        .flags = link_flags (link),
        .progress = link_progress (link),
        .down_rate = bt_rate_get (bt_peer_down_rate (link->peer), now),
        .up_rate = bt_rate_get (bt_peer_up_rate (link->peer), now),
      };

      if (!bt_peer_is_open (link->peer))
        continue;
      /* What a peer calls itself says more than a code in its id. */
      if (link->ext.version[0] != '\0')
        bt_client_name_from_version (link->ext.version, stats.client, sizeof stats.client);
      else
        bt_client_name_from_peer_id (link->peer_id, stats.client, sizeof stats.client);
      g_array_append_val (list, stats);
    }
  return list;
}

guint64
bt_torrent_get_file_progress (BtTorrent *self, guint file)
{
  const BtFileInfo *info;
  const BtBitfield *have;
  guint64 done = 0;
  guint32 first, last;

  g_return_val_if_fail (self->metainfo != NULL, 0);

  info = bt_metainfo_get_file (self->metainfo, file);
  have = bt_picker_get_have (self->picker);
  if (!bt_layout_file_pieces (self->layout, file, &first, &last))
    return 0;
  for (guint32 piece = first; piece <= last; piece++)
    {
      guint64 begin = (guint64) piece * self->layout->piece_length;
      guint64 end = begin + bt_layout_piece_size (self->layout, piece);

      if (bt_bitfield_get (have, piece))
        done += MIN (end, info->offset + info->length) - MAX (begin, info->offset);
    }
  return done;
}
