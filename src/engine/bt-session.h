/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-config.h"
#include "bt-magnet.h"
#include "bt-metainfo.h"
#include "bt-stats.h"
#include "bt-torrent.h"

G_BEGIN_DECLS

/**
 * BtSession:
 *
 * Signals:
 *
 * - `wanted (BtSession *self, const guint8 *info_hash)`: somebody asks for a
 *   torrent that dozes; see bt_session_doze()
 */
#define BT_TYPE_SESSION (bt_session_get_type ())
G_DECLARE_FINAL_TYPE (BtSession, bt_session, BT, SESSION, GObject)

/**
 * BtTorrentOptions:
 *
 * How a torrent is added. Zero is a good default but for @folder.
 */
typedef struct
{
  const char *folder;       /* where its file or folder goes; file system encoding */
  const char *done_folder;  /* where it is brought when it is complete; NULL: it stays. What is there already is used there. */
  gboolean paused;
  gboolean offline;         /* no trackers, no peers: only look at the data */
  gboolean ask_first;       /* a magnet link: nothing is written or asked for but the metadata until bt_torrent_start() */
  gboolean trust_existing;  /* count all of it as verified without reading it (we just made it) */
  const BtAddr *peers;      /* addresses to try at once */
  guint n_peers;
  gboolean save_resume;     /* emit `resume-ready` now and then */
  GBytes *resume;           /* (nullable): the latest record of it; then only what may have changed is checked */
  gint64 running_since;     /* seconds since 1970: when it was started after @resume was made and
                             * not stopped since (the program or the machine died); 0 it was stopped */
  guint64 active_time;      /* seconds, where more than @resume says: it dozed */
  guint64 seeding_time;
} BtTorrentOptions;

/**
 * bt_session_new:
 * @config: (nullable): NULL for the defaults; copied and clamped
 *
 * All of a session's work happens on the main context that is the thread's
 * default when it is made; files and hashes are dealt with by its own threads.
 */
BtSession *bt_session_new        (const BtConfig *config);
/* Opens the listening sockets. When the wanted port is taken the error says
 * so; the session can still be started without them by asking for port 0. */
gboolean   bt_session_start      (BtSession *self, GError **error);
/* The port peers can reach, 0 before start. */
guint16    bt_session_get_port   (BtSession *self);
/**
 * bt_session_set_port:
 * @port: 0 lets the system choose one
 *
 * Changes the port of a session that runs, for TCP and UDP and in both
 * families, or not at all: the old one is let go once the new one is had.
 * Connections, transfers and what the DHT knows stay; peers, trackers, the DHT
 * and the local network are told, trackers as their minimum interval allows.
 *
 * Returns: FALSE with %G_IO_ERROR_ADDRESS_IN_USE or another error of the
 * system when the new port cannot be had, and with %G_IO_ERROR_CLOSED while
 * the session does not run; the port is what it was then
 */
gboolean   bt_session_set_port   (BtSession *self, guint16 port, GError **error);
/* Stops every torrent, says goodbye to trackers within config.stop_timeout,
 * gives the disk longer to take what was written and make its records, and
 * closes everything. The session is of no use afterwards. */
void       bt_session_stop_async (BtSession *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean   bt_session_stop_finish (BtSession *self, GAsyncResult *result, GError **error);

/**
 * bt_session_add:
 *
 * Existing files are found and checked by themselves. Nothing is written before data is verified.
 *
 * Returns: (transfer none): the torrent, which starts by itself unless paused;
 * NULL with %BT_ERROR_DUPLICATE when it is there already (which then has the
 * trackers of @metainfo too, unless one of the two is private),
 * %BT_ERROR_UNSUPPORTED (a v2-only torrent cannot be downloaded yet), or
 * %G_IO_ERROR_CLOSED when the session is being stopped
 */
BtTorrent *bt_session_add        (BtSession *self, BtMetainfo *metainfo, const BtTorrentOptions *options, GError **error);
/**
 * bt_session_add_magnet:
 *
 * Peers from the link, its trackers and all other ways are asked for the
 * metadata; with it the torrent becomes one like others, the same object, and
 * says `metadata-ready`. A link of a torrent that is there adds its trackers
 * and peers to it.
 *
 * Returns: (transfer none): the torrent, or NULL with the errors of bt_session_add()
 */
BtTorrent *bt_session_add_magnet (BtSession *self, BtMagnet *magnet, const BtTorrentOptions *options, GError **error);
/* Returns: (transfer none) (nullable): by the 20-byte info-hash */
BtTorrent *bt_session_find       (BtSession *self, const guint8 *info_hash);
/* Stops it and lets go of it; its files stay, and what was kept of it elsewhere
 * goes, with folders that we made and that are empty. */
void       bt_session_remove     (BtSession *self, BtTorrent *torrent);
/* What was kept elsewhere of one that is removed and is not in the session.
 * @folder: where its files are */
void       bt_session_tidy       (BtSession *self, const guint8 *info_hash, const char *folder);
/* Lets go of one that is stopped, and keeps all that it needs to go on: its
 * record was handed out. Returns: FALSE while something of it is under way */
gboolean   bt_session_put_away   (BtSession *self, BtTorrent *torrent);
/**
 * bt_session_doze:
 *
 * Lets go of a torrent that is seeded while nobody is connected to it. It is
 * announced as before, and when somebody wants it the session says `wanted`:
 * it is to be added again then, with its record, and started; who asked for it
 * waits. Records have to be kept of it.
 *
 * Returns: FALSE while something of it is under way; it can be tried again
 */
gboolean   bt_session_doze       (BtSession *self, BtTorrent *torrent);
/* It is stopped: trackers hear a goodbye. Nothing happens when it does not doze. */
void       bt_session_end_doze   (BtSession *self, const guint8 *info_hash);
gboolean   bt_session_is_dozing  (BtSession *self, const guint8 *info_hash);
/* bt_torrent_announce() of one that dozes. */
void       bt_session_announce_dozing (BtSession *self, const guint8 *info_hash);
/* Changes what may be changed while it runs: how many are connected to and
 * served, DHT, local discovery and peer exchange, and how files are made that are begun from
 * now on. Connections there are stay. The rest of @config is left as it was. */
void       bt_session_configure  (BtSession *self, const BtConfig *config);
/* Rates in bytes a second, 0 for no limit. */
void       bt_session_set_limits (BtSession *self, guint64 down, guint64 up);
void       bt_session_get_stats  (BtSession *self, BtSessionStats *stats);

/* Where to begin in the DHT: the address of a node, or the name of a host that
 * has one. Nothing happens when the DHT is off. */
void       bt_session_add_dht_node (BtSession *self, const BtAddr *addr);
void       bt_session_add_dht_host (BtSession *self, const char *name, guint16 port);
/* What the DHT node keeps over a restart: its id and good nodes. To be asked
 * for before the session is stopped.
 * Returns: (transfer full) (nullable): NULL when the DHT is off */
GBytes    *bt_session_dup_dht_state (BtSession *self);
/* Before bt_session_start(), or soon after it: once other nodes know ours, its
 * id stays as it is. A state that is damaged or very old does no harm. */
void       bt_session_restore_dht_state (BtSession *self, GBytes *state);
/* Returns: FALSE when the DHT is off */
gboolean   bt_session_get_dht_stats (BtSession *self, BtDhtStats *stats);
/* Returns: (transfer full): a GArray of BtDhtContactStats */
GArray    *bt_session_dup_dht_contacts (BtSession *self);

/**
 * bt_session_load_blocklist_async:
 * @path: (nullable): a list in the p2p, DAT or CIDR format, plain or
 *   compressed with gzip; NULL lifts the blocks
 *
 * From when it is loaded nothing is exchanged with peers at the addresses on
 * the list, and connections to them are closed. It takes the place of the list
 * before, which stays when the new one cannot be read.
 */
void       bt_session_load_blocklist_async (BtSession *self, const char *path, GAsyncReadyCallback callback, gpointer user_data);
/* @n_ranges: (out) (optional): how many ranges of addresses are blocked now */
gboolean   bt_session_load_blocklist_finish (BtSession *self, GAsyncResult *result, guint *n_ranges, GError **error);

G_END_DECLS
