/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-bitfield.h"
#include "bt-magnet.h"
#include "bt-metainfo.h"
#include "bt-stats.h"

G_BEGIN_DECLS

/* How much a file is wanted. */
typedef enum
{
  BT_FILE_SKIP = 0,
  BT_FILE_LOW = 1,
  BT_FILE_NORMAL = 2,
  BT_FILE_HIGH = 3,
} BtFilePriority;

/**
 * BtTorrent:
 *
 * One torrent of a session; made by bt_session_add(), or by
 * bt_session_add_magnet() without its metainfo, which peers are asked for.
 *
 * Signals, all on the session's main context and never per block:
 *
 * - `state-changed (BtTorrent *self, guint state)`: a #BtTorrentState
 * - `place-changed (BtTorrent *self)`: its folder or names of its files
 * - `finished (BtTorrent *self)`: everything wanted became verified while it
 *   was downloading, and all of it has been written
 * - `resume-ready (BtTorrent *self, GBytes *record, gboolean clean)`: what it
 *   can go on with after a restart, see #BtTorrentOptions; told every few
 *   seconds while something changes, if that was asked for. What the record
 *   says of files has been given to the disk. @clean: it was stopped, and
 *   nothing is written to its files before it is started again
 * - `ask-neighbours (BtTorrent *self) → gboolean`: its files are to be moved or
 *   renamed. Whoever knows of torrents that are not in the session, and may have
 *   some of these files too, returns TRUE and calls bt_torrent_answer_neighbours()
 * - `files-shared (BtTorrent *self, guint n)`: it was moved or renamed, and so
 *   many of its files stayed where they were as well, for other torrents
 * - `trackers-changed (BtTorrent *self)`: some were added or removed
 * - `metadata-ready (BtTorrent *self)`: it has a metainfo now, and goes on by
 *   itself unless it was added with ask_first
 */
#define BT_TYPE_TORRENT (bt_torrent_get_type ())
G_DECLARE_FINAL_TYPE (BtTorrent, bt_torrent, BT, TORRENT, GObject)

/* @fraction: 0 .. 1 */
typedef void (*BtTorrentProgress) (BtTorrent *self, double fraction, gpointer data);

/* (nullable): NULL until the metadata of a magnet link has come */
BtMetainfo    *bt_torrent_get_metainfo (BtTorrent *self);
/* 20 bytes, the same from the first moment on */
const guint8  *bt_torrent_get_info_hash (BtTorrent *self);
/* (transfer full): as the metainfo says; before, as the link does; else the hash in hex */
char          *bt_torrent_dup_name     (BtTorrent *self);
/* FALSE also while it is not known yet. */
gboolean       bt_torrent_is_private   (BtTorrent *self);
/* (transfer full): a magnet link with what is known of it now, trackers that
 * were added included; of a private torrent only hash and name */
char          *bt_torrent_dup_magnet   (BtTorrent *self);
/* (transfer full) (nullable): a .torrent file: the one it came from, or what
 * the metadata and the link make; NULL while there is no metainfo */
GBytes        *bt_torrent_dup_file     (BtTorrent *self);
/* Another folder, as long as nothing of it was started: before the metainfo,
 * and with ask_first until bt_torrent_start(). Returns: FALSE when it is too late */
gboolean       bt_torrent_set_folder   (BtTorrent *self, const char *folder);
/* Where its files are now. */
const char    *bt_torrent_get_folder   (BtTorrent *self);
/* (nullable): where they are brought when all that is wanted is here; NULL: they stay */
const char    *bt_torrent_get_done_folder (BtTorrent *self);
void           bt_torrent_set_done_folder (BtTorrent *self, const char *folder);
BtTorrentState bt_torrent_get_state    (BtTorrent *self);
/* (nullable): why the state is ERROR; a sentence for a person, with the file's name */
const GError  *bt_torrent_get_error    (BtTorrent *self);
/* (nullable): the file of the torrent that the error is about, NULL for the folder */
const char    *bt_torrent_get_error_file (BtTorrent *self);
/* Also clears an error and tries again. A torrent that waits with ask_first
 * takes it as the answer: what is wanted is fetched, as soon as it is known. */
void           bt_torrent_start        (BtTorrent *self);
/* The answer to ask_first without a start: once it is started it goes all the way. */
void           bt_torrent_confirm      (BtTorrent *self);
void           bt_torrent_pause        (BtTorrent *self);
/* Reads and verifies everything again, then goes on as before. */
void           bt_torrent_recheck      (BtTorrent *self);
/* Of this torrent alone, besides the session's; bytes a second, 0 for no limit. */
void           bt_torrent_set_limits    (BtTorrent *self, guint64 down, guint64 up);
/* To all trackers now, as far as their minimum intervals allow. */
void           bt_torrent_announce     (BtTorrent *self);
/* Trackers may be changed at any time. @url: http, https, or udp with a port.
 * @tier: those of a lower tier are asked beside it, those of the same one only
 * while it does not work; a number above those in use makes the next.
 * Returns: FALSE with %BT_ERROR_DUPLICATE, or for an address that is none */
gboolean       bt_torrent_add_tracker  (BtTorrent *self, const char *url, guint tier, GError **error);
/* It is still told that we are gone. */
void           bt_torrent_remove_tracker (BtTorrent *self, const char *url);
void           bt_torrent_add_peer     (BtTorrent *self, const BtAddr *addr);
/* As #BtTorrentOptions.save_resume; for one that was added without. */
void           bt_torrent_set_save_resume (BtTorrent *self, gboolean save);
/* Returns: (transfer full) (nullable): NULL without a metainfo; the latest record, with choices and counters of now */
GBytes        *bt_torrent_dup_resume   (BtTorrent *self);
void           bt_torrent_get_stats    (BtTorrent *self, BtTorrentStats *stats);
/* Which files are wanted, and which first; may be changed at any time once
 * there is a metainfo. All are normal at the beginning, but for what a magnet
 * link leaves out. Bytes of a skipped file that share a piece with
 * a wanted one are kept outside the person's folder. */
void           bt_torrent_set_file_priority (BtTorrent *self, guint file, BtFilePriority priority);
/* Of all files at once, an element for each. @priorities: of #BtFilePriority */
void           bt_torrent_set_file_priorities (BtTorrent *self, const guint8 *priorities);
BtFilePriority bt_torrent_get_file_priority (BtTorrent *self, guint file);
/* Pieces in the order of the files instead of rarest first. */
void           bt_torrent_set_sequential (BtTorrent *self, gboolean sequential);
/* The first and last piece of every file before the others. */
void           bt_torrent_set_ends_first (BtTorrent *self, gboolean ends_first);
/* A player waits for the piece: @milliseconds from now; negative lifts it. */
void           bt_torrent_set_deadline (BtTorrent *self, guint32 piece, int milliseconds);
/* Returns: (transfer full): a GArray of BtPeerStats */
GArray        *bt_torrent_dup_peers    (BtTorrent *self);
/* Returns: (transfer full): a GArray of BtTrackerStats, cleared with it */
GArray        *bt_torrent_dup_trackers (BtTorrent *self);
/* Verified bytes of a file, by its index in the metainfo. */
guint64        bt_torrent_get_file_progress (BtTorrent *self, guint file);
/* The pieces in order, cut into @n_cells equal parts, or stretched over them:
 * a picture of any number of pieces. @cells: (out): room for @n_cells */
void           bt_torrent_get_piece_cells (BtTorrent *self, BtPieceCell *cells, guint n_cells);
/* Copies of the torrent that the connected peers have between them: the whole
 * part is how many have the rarest piece, the fraction is the share of pieces
 * that more of them have. */
double         bt_torrent_get_availability (BtTorrent *self);
/* (transfer none): verified pieces; valid until the next main loop turn; of no bits without a metainfo */
const BtBitfield *bt_torrent_peek_pieces (BtTorrent *self);

/* Names on disk. Paths are relative to the folder, with '/' between elements;
 * unfinished files may have an ending besides (#BtConfig.mark_partial). */
char          *bt_torrent_dup_file_path (BtTorrent *self, guint file);
/* The absolute path of its file, or of the folder of its files. */
char          *bt_torrent_dup_path      (BtTorrent *self);
/* Of a torrent that is in no session: where its files may be, with and without
 * that ending. @resume: (nullable): its record, which knows names that a person
 * gave. Returns: (transfer full): of char *, absolute paths */
GPtrArray     *bt_torrent_list_paths    (BtMetainfo *metainfo, GBytes *resume, const char *folder);
/* The same of one that is in a session, if its folder is also called @folder. */
GPtrArray     *bt_torrent_list_own_paths (BtTorrent *self, const char *folder);
/* Are they the same, or is one in the other? @path, @other: as of bt_torrent_dup_path() */
gboolean       bt_torrent_may_share_files (const char *path, const char *other);

/**
 * bt_torrent_move_async:
 * @folder: an absolute path, in the file system's encoding
 * @progress: (nullable): called some times a second while files are copied
 *
 * Brings the files to another folder, also while they are downloaded or sent:
 * all goes on meanwhile. On one file system they are renamed; to another they
 * are copied, and the old ones are removed when all of the copy is on the
 * disk. Nothing there is replaced: %G_IO_ERROR_EXISTS. When it fails or is
 * cancelled all is as it was. It goes on while the torrent is paused, and is
 * cancelled when the session stops. What another torrent has as well is not
 * taken away from it. A second one is %G_IO_ERROR_BUSY.
 */
void           bt_torrent_move_async   (BtTorrent *self, const char *folder, GCancellable *cancellable,
                                        BtTorrentProgress progress, gpointer progress_data,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean       bt_torrent_move_finish  (BtTorrent *self, GAsyncResult *result, GError **error);
/* @paths: (nullable): absolute paths of files of other torrents: those of them
 * that are this one's get a second name or a copy, and stay where they are */
void           bt_torrent_answer_neighbours (BtTorrent *self, const char *const *paths);
/* Whoever began it: complete files on the way to their folder stay where they are, too. */
void           bt_torrent_cancel_move  (BtTorrent *self);

/**
 * bt_torrent_rename_async:
 * @path: of a file or folder of the torrent, as bt_torrent_dup_file_path()
 *   has it or the beginning of that
 * @name: what its last element is to be, UTF-8
 *
 * Names have to be as safe as those of a .torrent: %BT_ERROR_MALFORMED. What
 * another file of the torrent is called is %BT_ERROR_DUPLICATE, what something
 * else on disk is called %G_IO_ERROR_EXISTS. Nothing has changed then.
 */
void           bt_torrent_rename_async  (BtTorrent *self, const char *path, const char *name,
                                         GAsyncReadyCallback callback, gpointer user_data);
gboolean       bt_torrent_rename_finish (BtTorrent *self, GAsyncResult *result, GError **error);

/**
 * bt_torrent_remove_files_async:
 * @keep: (nullable): absolute paths of files that must stay
 *
 * Pauses the torrent and puts the files that we made into the trash, with the
 * folders that we made when they are empty then. What was there before, what
 * is not the torrent's, and what another torrent of the session uses stays.
 * Where something cannot be put into the trash it stays too, and the error
 * says so. bt_session_remove() is to follow.
 */
void           bt_torrent_remove_files_async  (BtTorrent *self, const char *const *keep,
                                               GAsyncReadyCallback callback, gpointer user_data);
/* @n_left: (out) (optional): files of the torrent that stay though there was no error */
gboolean       bt_torrent_remove_files_finish (BtTorrent *self, GAsyncResult *result, guint *n_left, GError **error);

/* Files that end later than they should and were there before us, which are
 * left so; known when all that is wanted is here. */
guint          bt_torrent_get_n_long_files (BtTorrent *self);

G_END_DECLS
