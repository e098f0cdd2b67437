/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-announce-plan.h"
#include "bt-dht-node.h"
#include "bt-session-private.h"
#include "bt-torrent.h"

G_BEGIN_DECLS

/**
 * BtAnnouncer:
 *
 * What tells trackers, the DHT and the local network of a torrent, under one
 * identity. It is the torrent's, and the session's while the torrent dozes.
 * Counted; an announcement that is under way holds on to it.
 */
struct _BtAnnouncer
{
  BtSession *session;      /* NULL when it is gone */
  BtTorrent *torrent;      /* NULL while it dozes, or when it is gone */
  guint8 info_hash[BT_SHA1_LENGTH];
  guint8 peer_id[BT_PEER_ID_LENGTH];
  guint32 key;
  BtAnnouncePlan plans[BT_SESSION_FAMILIES];
  GSList *waiting;         /* of BtAnnouncement: not sent yet */
  guint n_announces;       /* waiting or under way */
  guint n_goodbyes;        /* ... of them */
  gboolean announced;      /* trackers are told of us, and not yet of our end */
  guint64 announced_down;  /* totals at the last start */
  guint64 announced_up;

  /* While it dozes: */
  gboolean dozing;         /* the session has it */
  guint dozing_index;      /* ... here */
  gboolean is_private;
  guint64 down;            /* totals */
  guint64 up;
  guint64 left;            /* bytes that are not there, because nobody wants them */
  gint64 next_due;         /* nothing is to be told before; loop time */
  GArray *heard;           /* of BtAddr: peers for when it is awake; NULL none */

  gint64 next_dht;         /* when to look in the DHT again */
  guint dht_tries;         /* searches in a row that brought too little */
  guint dht_announced[BT_SESSION_FAMILIES]; /* nodes that took our last announcement */
  gint64 dht_seeds[BT_SESSION_FAMILIES];    /* as its nodes count the swarm; -1 unknown */
  gint64 dht_leechers[BT_SESSION_FAMILIES];
  gint64 next_lsd;         /* when to call out to the local network again */
};

/* Something that a tracker is to be told, from when it is due to the answer. */
struct _BtAnnouncement
{
  BtAnnouncer *announcer;     /* owned */
  guint family;               /* whose plan it is */
  BtAnnounceTracker *tracker; /* busy, and so it stays too */
  BtAnnounceHost *host;       /* the session's; while there is one */
  GList link;                 /* in its queue */
  gboolean is_udp;
};

/* A new identity: nobody can tie two of our torrents together by it.
 * @metainfo: (nullable): NULL begins without trackers */
BtAnnouncer *bt_announcer_new   (BtSession *session, const guint8 *info_hash, BtMetainfo *metainfo);
BtAnnouncer *bt_announcer_ref   (BtAnnouncer *self);
void         bt_announcer_unref (BtAnnouncer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtAnnouncer, bt_announcer_unref)

/* Tells the trackers what is due. */
void     bt_announcer_due       (BtAnnouncer *self, gint64 now);
void     bt_announcer_start     (BtAnnouncer *self, gint64 now);
/* A person asked for it now. */
void     bt_announcer_hurry     (BtAnnouncer *self, gint64 now);
/* The session has another port. */
void     bt_announcer_moved     (BtAnnouncer *self, gint64 now);
void     bt_announcer_say_goodbye (BtAnnouncer *self);
/* Its turn has come. */
void     bt_announcement_send   (BtAnnouncement *announcement);
/* It will not be sent any more. */
void     bt_announcement_drop   (BtAnnouncement *announcement);
/* As trackers alone last said; -1 unknown. */
void     bt_announcer_get_tracker_swarm (BtAnnouncer *self, gint64 *seeds, gint64 *leechers);

/* bt-torrent-dht.c */
gboolean bt_announcer_is_sought (BtAnnouncer *self);
/* Returns: whether it began to look */
gboolean bt_announcer_dht_due   (BtAnnouncer *self, gint64 now);
void     bt_announcer_dht_ended (BtAnnouncer *self, const BtDhtResult *result);

G_END_DECLS
