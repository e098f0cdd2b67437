/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-blocklist-file.h"
#include "bt-budget.h"
#include "bt-dht-node.h"
#include "bt-disk.h"
#include "bt-file-cache.h"
#include "bt-ip-votes.h"
#include "bt-listener.h"
#include "bt-loop.h"
#include "bt-peer.h"
#include "bt-piece-pool.h"
#include "bt-rng.h"
#include "bt-session.h"
#include "bt-tracker-http.h"
#include "bt-tracker-udp.h"
#include "bt-udp.h"
#include "bt-webseed.h"

G_BEGIN_DECLS

/* IPv4 and IPv6, in arrays that have one of each. */
#define BT_SESSION_FAMILIES 2u

typedef struct _BtSessionDht BtSessionDht; /* bt-session-dht.c */
typedef struct _BtSessionLsd BtSessionLsd; /* bt-session-lsd.c */
typedef struct _BtSpaceJob BtSpaceJob;
typedef struct _BtAnnouncer BtAnnouncer;         /* bt-announcer-private.h */
typedef struct _BtAnnouncement BtAnnouncement;
typedef struct _BtAnnounceHost BtAnnounceHost;   /* bt-session-announce.c */

/* What a torrent shares with the others; private to the facade. */
struct _BtSession
{
  GObject parent_instance;

  BtConfig config;
  GMainContext *context;
  BtLoop *loop;
  BtDisk *disk;
  BtFileCache *file_cache;
  BtPiecePool pool;
  BtPeerContext peer_context;
  guint8 *send_buffer;    /* BT_PEER_READ_SIZE bytes, for blocks on their way out */
  BtListener *listener;
  BtUdp *udp;             /* on the same port */
  guint16 port;
  BtTrackerHttp *tracker_http;
  BtTrackerUdp *tracker_udp;
  GCancellable *scrapes;
  BtWebseedHttp *webseed_http;
  BtRng rng;
  BtIpVotes ip_votes;     /* our addresses as peers and trackers see them */
  GPtrArray *torrents;    /* of BtTorrent, owned */
  GHashTable *by_hash;    /* 20 bytes -> BtTorrent */
  GPtrArray *strangers;   /* of BtPeer: incoming, their torrent not known yet */
  GSource *tick_source;
  guint n_peers;          /* connections of all torrents, being made or open */
  guint n_half_open;
  guint64 n_incoming;     /* connections that were let in on this port */
  GHashTable *announcers; /* BtAnnouncer: all there are, none owned */
  GHashTable *announce_hosts; /* char * -> BtAnnounceHost */
  GCancellable *announces;
  GSource *announce_timer;
  guint n_http_announces; /* under way */
  guint n_announces;      /* waiting or under way, of torrents that are gone as well */
  guint n_goodbyes;       /* ... of them */
  GPtrArray *dozing;      /* of BtAnnouncer, owned */
  GHashTable *dozing_by_hash; /* 20 bytes -> BtAnnouncer */
  gint64 next_doze_look;
  guint doze_turn;        /* which of them comes first at the next look */
  GArray *callers;        /* private to bt-session-doze.c */
  BtRate down;
  BtRate up;
  BtBudget down_budget;
  BtBudget up_budget;
  GSource *budget_source; /* while any limit is set */
  guint budget_turn;      /* which torrent comes first at the next filling */
  BtBlocklist *blocklist; /* NULL: nobody is blocked */
  BtBlocklistJob *blocklist_job; /* the one whose list will be used; not owned */
  char **dht_bootstrap;   /* of the configuration; NULL: the usual routers */
  GBytes *dht_saved;      /* state of an earlier run; NULL none */
  double dht_turns;       /* searches that may begin now */
  gint64 dht_turns_at;
  BtSessionDht *dht;      /* NULL: off */
  BtSessionLsd *lsd;      /* NULL: off */
  BtSpaceJob *space_job;  /* under way; not owned */
  gint64 next_space;
  GTask *stop_task;
  GSource *stop_source;
  gint64 stop_deadline;   /* of goodbyes */
  gint64 stop_disk_deadline;
  gint64 stop_greetings;  /* until then started is waited for, to say goodbye after it */
};

/* A limit was set or lifted: starts or stops filling budgets. */
void     bt_session_update_budgets (BtSession *self);

/* Returns: FALSE with %G_IO_ERROR_CLOSED before it is started and once it is stopped */
gboolean   bt_session_check_open (BtSession *self, GError **error);
/* @torrent: (transfer full): is the session's from now on. Returns: it */
BtTorrent *bt_session_begin_torrent (BtSession *self, BtTorrent *torrent, const BtTorrentOptions *options);

/* bt-session-magnet.c: what a second .torrent of a torrent that is there says more */
void     bt_session_merge_metainfo (BtSession *self, BtTorrent *torrent, BtMetainfo *metainfo);

/* bt-session.c: somebody connected; a #BtListenerFunc */
void     bt_session_let_in (GSocket *socket, const BtAddr *from, gpointer session);

/* bt-session-port.c: opens the sockets for the port of the configuration. */
gboolean bt_session_open_port (BtSession *self, GError **error);
/* The addresses to listen on. Returns: (nullable): @addr, unless the family is not used */
const BtAddr *bt_session_local_v4 (BtSession *self, BtAddr *addr);
const BtAddr *bt_session_local_v6 (BtSession *self, BtAddr *addr);

/* bt-session-blocklist.c */
gboolean bt_session_blocks (BtSession *self, const BtAddr *addr);
void     bt_session_cancel_blocklist (BtSession *self);

static inline BtAddrFamily
bt_session_family (guint index)
{
  return index == 0 ? BT_ADDR_V4 : BT_ADDR_V6;
}

/* bt-session-dht.c; nothing happens while it is off */
void     bt_session_start_dht  (BtSession *self);
void     bt_session_stop_dht   (BtSession *self);
void     bt_session_tick_dht   (BtSession *self, gint64 now);
/* Looks for peers of a torrent, which its bt_torrent_dht_found() is told of.
 * Returns: FALSE when the DHT is off */
gboolean bt_session_search_dht (BtSession *self, const guint8 *info_hash, BtDhtSearchFlags flags);
void     bt_session_cancel_dht (BtSession *self, const guint8 *info_hash);
/* Somebody says that there is a node. */
void     bt_session_ping_dht   (BtSession *self, const BtAddr *addr);

/* Many torrents take turns. Returns: whether a search may begin, which was counted then */
gboolean bt_session_take_dht_turn (BtSession *self, gint64 now);

/* bt-session.c: for tables with keys of 20 bytes */
guint    bt_session_hash_key   (gconstpointer key);
gboolean bt_session_hash_equal (gconstpointer a, gconstpointer b);
/* A stranger asked for @torrent: it is its peer now, or closed. */
void     bt_session_welcome    (BtSession *self, BtTorrent *torrent, BtPeer *peer, const BtHandshake *handshake);
/* Its owner should add it again. */
void     bt_session_tell_wanted (BtSession *self, const guint8 *info_hash);

/* bt-session-announce.c */
void     bt_session_init_announces  (BtSession *self);
void     bt_session_start_announces (BtSession *self);
void     bt_session_tick_announces  (BtSession *self);
/* Safe in any state. */
void     bt_session_end_announces   (BtSession *self);
/* It is sent when it is its turn, perhaps at once. */
void     bt_session_queue_announcement (BtSession *self, BtAnnouncement *announcement);
/* One that still waits. */
void     bt_session_drop_announcement  (BtSession *self, BtAnnouncement *announcement);
/* The answer is here: the next one can go. */
void     bt_session_announcement_ended (BtSession *self, BtAnnouncement *announcement);

/* bt-session-doze.c */
void     bt_session_init_doze      (BtSession *self);
void     bt_session_clear_doze     (BtSession *self);
void     bt_session_tick_dozing    (BtSession *self, gint64 now);
/* All of them say goodbye. */
void     bt_session_stop_dozing    (BtSession *self);
/* It dozes no more. Returns: (transfer full) (nullable) */
BtAnnouncer *bt_session_wake_announcer (BtSession *self, const guint8 *info_hash);
/* Somebody told of peers of a torrent that dozes. */
void     bt_session_doze_heard     (BtSession *self, BtAnnouncer *announcer, const BtAddr *peers, guint n_peers);
void     bt_session_doze_heard_of  (BtSession *self, const guint8 *info_hash, const BtAddr *peers, guint n_peers);
void     bt_session_doze_dht_ended (BtSession *self, const guint8 *info_hash, const BtDhtResult *result);
/* A stranger asks for a torrent that dozes or is being woken. Returns: FALSE for any other */
gboolean bt_session_hold_caller    (BtSession *self, BtPeer *peer, const BtHandshake *handshake);
void     bt_session_drop_caller    (BtSession *self, BtPeer *peer);
/* @torrent is awake. */
void     bt_session_let_callers_in (BtSession *self, BtTorrent *torrent);

/* bt-session-lsd.c; nothing happens while it is off */
void     bt_session_start_lsd  (BtSession *self, const BtAddr *v4, const BtAddr *v6);
void     bt_session_stop_lsd   (BtSession *self);
/* On the addresses of the configuration; bt-session-port.c */
void     bt_session_open_lsd   (BtSession *self);
void     bt_session_tick_lsd   (BtSession *self, gint64 now);

/* bt-session-scrape.c: asks for counts that announces did not give. */
void bt_session_scrape_due     (BtSession *self, gint64 now);

/* bt-session-space.c */
void     bt_session_watch_space (BtSession *self, gint64 now);
void     bt_session_stop_watching_space (BtSession *self);

#define BT_SESSION_USER_AGENT "Freshet/" PACKAGE_VERSION

G_END_DECLS
