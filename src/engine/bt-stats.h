/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* What a torrent is doing. Order is not a rank. */
typedef enum
{
  BT_TORRENT_PAUSED,
  BT_TORRENT_CHECKING,    /* reading what is on disk */
  BT_TORRENT_DOWNLOADING,
  BT_TORRENT_SEEDING,     /* everything wanted is here and verified */
  BT_TORRENT_ERROR,       /* stopped; see the torrent's error */
} BtTorrentState;

/**
 * BtTorrentStats:
 *
 * A snapshot, a plain value. Rates are bytes a second.
 */
typedef struct
{
  BtTorrentState state;
  guint64 wanted;         /* bytes that are to be downloaded in all, without pads */
  guint64 verified;       /* bytes of them that are here and right */
  double check_progress;  /* 0 .. 1 while CHECKING */
  guint64 down_rate;      /* payload */
  guint64 up_rate;
  guint64 downloaded;     /* payload bytes received since it was added */
  guint64 uploaded;       /* payload bytes sent since it was added */
  guint64 wasted;         /* received twice or wrong */
  gint64 eta;             /* seconds to go at the present rate; -1 unknown */
  guint n_peers;          /* connected */
  guint n_seeds;          /* connected peers that have everything */
  guint n_sending;        /* peers that sent us payload lately */
  guint n_known_peers;    /* addresses known */
  guint n_webseeds;       /* that gave data, and have not failed since */
  gint64 swarm_seeds;     /* as the tracker last said; -1 unknown */
  gint64 swarm_leechers;
  guint32 pieces_done;
} BtTorrentStats;

typedef struct
{
  guint64 down_rate;
  guint64 up_rate;
  guint64 downloaded;
  guint64 uploaded;
  guint n_peers;
  guint n_torrents;
} BtSessionStats;

typedef enum
{
  BT_PEER_WE_CHOKE = 1 << 0,
  BT_PEER_WE_WANT = 1 << 1,       /* we are interested */
  BT_PEER_CHOKES_US = 1 << 2,
  BT_PEER_WANTS_US = 1 << 3,
  BT_PEER_SNUBBED = 1 << 4,       /* asked and silent */
  BT_PEER_INCOMING = 1 << 5,
} BtPeerFlags;

typedef struct
{
  BtAddr addr;
  char client[48];   /* UTF-8, "" unknown */
  BtPeerFlags flags;
  double progress;   /* 0 .. 1 */
  guint64 down_rate;
  guint64 up_rate;
} BtPeerStats;

typedef enum
{
  BT_TRACKER_IDLE,
  BT_TRACKER_ANNOUNCING,
  BT_TRACKER_WORKING,
  BT_TRACKER_FAILED,
} BtTrackerState;

typedef struct
{
  char *url;
  guint tier;
  BtTrackerState state;
  char *message;         /* error or warning, for a person; NULL */
  gint64 next_announce;  /* seconds from now; -1 none planned */
  guint n_peers;         /* that its last reply gave */
  gint64 seeds;          /* -1 unknown */
  gint64 leechers;       /* -1 unknown */
} BtTrackerStats;

void bt_tracker_stats_clear (BtTrackerStats *self);

G_END_DECLS
