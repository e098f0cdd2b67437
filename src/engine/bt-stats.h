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
  BT_TORRENT_METADATA,    /* from a magnet link: asking peers what is in it, or waiting for bt_torrent_start() */
  BT_TORRENT_CHECKING,    /* reading what is on disk */
  BT_TORRENT_DOWNLOADING,
  BT_TORRENT_SEEDING,     /* everything wanted is here and verified */
  BT_TORRENT_ERROR,       /* stopped; see the torrent's error */
} BtTorrentState;

/* Why nothing arrives though the torrent is downloading; the first that is so. */
typedef enum
{
  BT_STALL_NONE,        /* something arrives, or will in a moment */
  BT_STALL_LIMIT,       /* the limits leave nothing for it just now */
  BT_STALL_DISK,        /* the disk cannot keep up: pieces wait in memory to be written */
  BT_STALL_NO_PEERS,    /* no address of a peer is known */
  BT_STALL_TRACKER,     /* ... and no tracker answers as it should */
  BT_STALL_UNREACHABLE, /* addresses are known, and none of them answers */
  BT_STALL_NOTHING_NEW, /* the connected peers have nothing that is missing */
  BT_STALL_CHOKED,      /* those that have something do not give it now */
} BtStall;

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
  gboolean waits_for_space; /* with ERROR: the disk is full; what is here is given to others, and it goes on by itself when there is room */
  guint n_long_files;     /* complete ones that were there before us and end later than they should */
  gboolean moving;        /* its files are being brought to another folder */
  double move_progress;   /* 0 .. 1 of that */
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
  guint32 pieces_checked; /* read from disk when it was last started, to see whether they are right */
  BtStall stall;
  gboolean queued;        /* PAUSED, and waits for its turn: said by who keeps a queue, never by the engine */
  guint64 active_time;    /* seconds it was downloading or seeding, over all sessions */
  guint64 seeding_time;   /* seconds of them it had all that was wanted */
  gint64 finished_at;     /* seconds since 1970; 0 not yet */
  gint64 last_active;     /* when payload was last exchanged, seconds since 1970; 0 never */
  guint32 metadata_size;  /* bytes; 0 unknown */
  guint32 metadata_had;   /* bytes of it that are here; all of them once the torrent has a metainfo */
  guint n_tried;          /* peers that were tried while there was no metadata */
} BtTorrentStats;

/* A part of the picture of a torrent's pieces. */
typedef struct
{
  guint8 done;            /* 0 .. 255: the share of its pieces that is here and right */
  guint8 availability;    /* connected peers that have the rarest of the others; 255: as many or more, or none is missing */
  gboolean active;        /* a piece of it is being fetched or verified */
} BtPieceCell;

typedef struct
{
  guint64 down_rate;
  guint64 up_rate;
  guint64 downloaded;
  guint64 uploaded;
  guint n_peers;
  guint n_torrents;
  guint64 n_incoming;     /* connections that came from outside since we have this port, and were let in */
  guint dht_nodes_v4;   /* good nodes of the routing tables */
  guint dht_nodes_v6;
} BtSessionStats;

/* The DHT in one address family. */
typedef struct
{
  gboolean used;
  guint8 id[BT_SHA1_LENGTH];
  guint n_nodes;        /* in the routing table */
  guint n_good;         /* ... of them, lately heard of */
  guint n_spares;       /* that wait for a place in it */
  guint n_hashes;       /* torrents that others announced here */
  guint n_peers;        /* ... and their peers */
} BtDhtFamilyStats;

/**
 * BtDhtStats:
 *
 * What the DHT node did since it was started. A plain value.
 */
typedef struct
{
  BtDhtFamilyStats families[2]; /* IPv4, IPv6 */
  guint64 pings;        /* queries that came, by method */
  guint64 find_nodes;
  guint64 get_peers;
  guint64 announces;
  guint64 samples;
  guint64 others;
  guint64 answered;
  guint64 refused;      /* of them, with an error */
  guint64 searches;     /* of ours that were begun, for peers and nodes */
  guint64 asked;        /* our queries */
  guint64 replies;      /* to them */
  guint64 timeouts;
  guint64 limited;      /* came too often from one host, or too much came */
  guint64 malformed;
  guint64 unasked;      /* replies that nobody asked for */
  guint64 bad_tokens;
  guint64 bytes_in;
  guint64 bytes_out;
} BtDhtStats;

/* A node of the routing table. */
typedef struct
{
  BtAddr addr;
  guint8 id[BT_SHA1_LENGTH];
  guint delay;          /* milliseconds to its last answer */
  gint64 silent;        /* seconds since it was last heard of */
  gboolean good;
} BtDhtContactStats;

typedef enum
{
  BT_PEER_WE_CHOKE = 1 << 0,
  BT_PEER_WE_WANT = 1 << 1,       /* we are interested */
  BT_PEER_CHOKES_US = 1 << 2,
  BT_PEER_WANTS_US = 1 << 3,
  BT_PEER_SNUBBED = 1 << 4,       /* asked and silent */
  BT_PEER_INCOMING = 1 << 5,
  BT_PEER_OPTIMISTIC = 1 << 6,    /* gets something from us to see what it gives */
} BtPeerFlags;

/* How we heard of a peer. */
typedef enum
{
  BT_PEER_ORIGIN_USER,
  BT_PEER_ORIGIN_TRACKER,
  BT_PEER_ORIGIN_INCOMING,
  BT_PEER_ORIGIN_PEX,
  BT_PEER_ORIGIN_DHT,
  BT_PEER_ORIGIN_LSD,
} BtPeerOrigin;

typedef struct
{
  BtAddr addr;
  BtPeerOrigin origin;
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
