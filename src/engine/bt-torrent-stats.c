/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-client-name.h"

static gint64
estimate (const BtTorrentStats *stats)
{
  if (stats->verified >= stats->wanted)
    return 0;
  if (stats->down_rate == 0 || stats->state != BT_TORRENT_DOWNLOADING)
    return -1;
  return (gint64) ((stats->wanted - stats->verified) / stats->down_rate);
}

void
bt_torrent_get_stats (BtTorrent *self, BtTorrentStats *stats)
{
  gint64 now = g_get_monotonic_time ();

  *stats = (BtTorrentStats){
    .state = self->state,
    .wanted = self->wanted_bytes,
    .verified = self->wanted_verified,
    .check_progress = self->verify == NULL ? 0 : bt_verify_get_progress (self->verify),
    .down_rate = bt_rate_get (&self->down, now),
    .up_rate = bt_rate_get (&self->up, now),
    .downloaded = self->down.total,
    .uploaded = self->up.total,
    .wasted = self->wasted,
    .n_known_peers = bt_known_peers_count (&self->known),
    .n_webseeds = bt_torrent_count_webseeds (self),
    .pieces_done = bt_picker_get_have (self->picker)->n_set,
  };
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
}

static BtPeerFlags
link_flags (const BtLink *link)
{
  return (link->we_choke ? BT_PEER_WE_CHOKE : 0) | (link->we_want ? BT_PEER_WE_WANT : 0) |
         (link->they_choke ? BT_PEER_CHOKES_US : 0) | (link->they_want ? BT_PEER_WANTS_US : 0) |
         (link->requests.snubbed ? BT_PEER_SNUBBED : 0) | (bt_peer_is_incoming (link->peer) ? BT_PEER_INCOMING : 0);
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
        .flags = link_flags (link),
        .progress = link_progress (link),
        .down_rate = bt_rate_get (bt_peer_down_rate (link->peer), now),
        .up_rate = bt_rate_get (bt_peer_up_rate (link->peer), now),
      };

      if (!bt_peer_is_open (link->peer))
        continue;
      /* What a peer calls itself says more than a code in its id. */
      if (link->ext.version[0] != '\0')
        g_utf8_strncpy (stats.client, link->ext.version, sizeof stats.client / 4 - 1);
      else
        bt_client_name_from_peer_id (link->peer_id, stats.client, sizeof stats.client);
      g_array_append_val (list, stats);
    }
  return list;
}

guint64
bt_torrent_get_file_progress (BtTorrent *self, guint file)
{
  const BtFileInfo *info = bt_metainfo_get_file (self->metainfo, file);
  const BtBitfield *have = bt_picker_get_have (self->picker);
  guint64 done = 0;
  guint32 first, last;

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
