/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"
#include "freshet-store.h"
#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/**
 * FreshetLibrary:
 *
 * The list of torrents, a #GListModel of #FreshetTorrentItem, newest last,
 * and the owner of the session they run in. Twice a second it takes new
 * numbers from the engine, but only while something may change.
 *
 * Signals:
 *
 * - `finished (FreshetLibrary *self, FreshetTorrentItem *item)`: all of it is here
 * - `failed (FreshetLibrary *self, FreshetTorrentItem *item)`: it stopped with an error
 * - `store-note (FreshetLibrary *self, guint state, const char *detail)`: a
 *   person should know this #FreshetStoreState; see freshet_format_store_note()
 * - `goal-reached (FreshetLibrary *self, FreshetTorrentItem *item)`: it was
 *   seeded enough and is stopped now
 * - `files-left (FreshetLibrary *self, const char *name, const GError *error, guint n_left)`:
 *   of what freshet_library_remove_with_files() was to put into the trash:
 *   why it could not be, or how many files were there before and stay; see
 *   freshet_format_files_left()
 * - `files-shared (FreshetLibrary *self, const char *name, guint n)`: so many
 *   files of a torrent that was moved or renamed stayed where they were as well,
 *   for another one has them too; see freshet_format_files_shared()
 * - `labels-changed (FreshetLibrary *self)`: also which torrents have them, and
 *   when it becomes known which trackers a torrent has
 */
#define FRESHET_TYPE_LIBRARY (freshet_library_get_type ())
G_DECLARE_FINAL_TYPE (FreshetLibrary, freshet_library, FRESHET, LIBRARY, GObject)

FreshetLibrary *freshet_library_new            (void);
/**
 * freshet_library_start:
 * @config: (nullable): NULL for the defaults
 *
 * Makes the session and opens its ports. When the wanted port is taken by
 * another program the system chooses one; bt_session_get_port() tells.
 */
gboolean        freshet_library_start          (FreshetLibrary *self, const BtConfig *config, GError **error);
/**
 * freshet_library_open_async:
 * @folder: (nullable): of the database; NULL for that in the user's data folder
 *
 * Reads the list of an earlier time, and from then on keeps what changes.
 * Torrents that were running go on when it is their turn.
 */
void            freshet_library_open_async     (FreshetLibrary *self, const char *folder, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: whether what changes is kept; why not, says `store-note` */
gboolean        freshet_library_open_finish    (FreshetLibrary *self, GAsyncResult *result);
/* (nullable): while nothing is kept */
FreshetStore   *freshet_library_get_store      (FreshetLibrary *self);
/* Stops everything and says goodbye; bounded by the session's stop time. */
void            freshet_library_stop_async     (FreshetLibrary *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean        freshet_library_stop_finish    (FreshetLibrary *self, GAsyncResult *result, GError **error);
/* (nullable): before it was started */
BtSession      *freshet_library_get_session    (FreshetLibrary *self);

/**
 * freshet_library_add:
 *
 * Returns: (transfer none): the new item, or NULL with the errors of bt_session_add()
 */
FreshetTorrentItem *freshet_library_add        (FreshetLibrary *self, BtMetainfo *metainfo,
                                                const BtTorrentOptions *options, GError **error);
/* The same, and it is forgotten when the program ends. */
FreshetTorrentItem *freshet_library_add_temporary (FreshetLibrary *self, BtMetainfo *metainfo,
                                                const BtTorrentOptions *options, GError **error);
/**
 * freshet_library_look_into:
 * @folder: where it would go
 *
 * Asks peers what a magnet link leads to; nothing is written, and nothing of
 * it is in the list before freshet_library_adopt(). The trackers of a link of a
 * torrent that is in the list are added to that.
 *
 * Returns: (transfer none): the torrent, which is the caller's to remove from
 * the session; NULL with the errors of bt_session_add_magnet()
 */
BtTorrent          *freshet_library_look_into  (FreshetLibrary *self, BtMagnet *magnet, const char *folder, GError **error);
/* Adds the trackers of @metainfo to the torrent that is there. Returns: FALSE when it is not */
gboolean            freshet_library_merge      (FreshetLibrary *self, BtMetainfo *metainfo);
/* Magnet links of some items, a line each. @items: of #FreshetTorrentItem */
void                freshet_library_dup_links_async (FreshetLibrary *self, GPtrArray *items, GCancellable *cancellable,
                                                     GAsyncReadyCallback callback, gpointer user_data);
char               *freshet_library_dup_links_finish (FreshetLibrary *self, GAsyncResult *result, GError **error);
/**
 * freshet_library_export_async:
 * @items: of #FreshetTorrentItem
 *
 * Writes a .torrent file of each item whose metadata is known into the user's
 * cache, on a thread. They stay there for a day at least.
 */
void                freshet_library_export_async  (FreshetLibrary *self, GPtrArray *items, GCancellable *cancellable,
                                                   GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): of GFile; NULL with G_IO_ERROR_NOT_FOUND when of none it is known, or an error of the file system */
GPtrArray          *freshet_library_export_finish (FreshetLibrary *self, GAsyncResult *result, GError **error);
/* The same for a torrent that the session has already: one that was looked
 * into before somebody said yes. Returns: (transfer none) */
FreshetTorrentItem *freshet_library_adopt      (FreshetLibrary *self, BtTorrent *torrent);
/* Returns: (transfer none) (nullable): by the 20-byte info-hash */
FreshetTorrentItem *freshet_library_find       (FreshetLibrary *self, const guint8 *info_hash);

/**
 * freshet_library_remove:
 *
 * Takes @item out of the list and pauses it. It can come back to its place
 * with freshet_library_restore() until freshet_library_forget() lets it go.
 * The files stay.
 */
void            freshet_library_remove         (FreshetLibrary *self, FreshetTorrentItem *item);
/* The same, and when it is forgotten the files that we made go to the trash. */
void            freshet_library_remove_with_files (FreshetLibrary *self, FreshetTorrentItem *item);
/**
 * FreshetStepFunc:
 * @step: the first that is to be done
 *
 * A part of something that is done to many torrents. Returns: how many steps
 * were done; 0 to be asked again later
 */
typedef guint (*FreshetStepFunc) (FreshetLibrary *self, guint step, gpointer data);
/**
 * freshet_library_do_many:
 * @n_steps: how many there are
 * @done: (nullable): called after the last
 * @free: (nullable): of @data
 *
 * Does something to many torrents, some milliseconds at a time, with the main
 * loop running between; what is short is done when this returns. One comes
 * after the other. When the library is stopped the rest is done at once.
 */
void            freshet_library_do_many        (FreshetLibrary *self, guint n_steps, FreshetStepFunc step,
                                                void (*done) (gpointer data), gpointer data, GDestroyNotify free);
/* The three for many, in the way of freshet_library_do_many(). @items: of #FreshetTorrentItem */
void            freshet_library_remove_many    (FreshetLibrary *self, GPtrArray *items, gboolean with_files,
                                                void (*done) (gpointer data), gpointer data, GDestroyNotify free);
void            freshet_library_restore_many   (FreshetLibrary *self, GPtrArray *items);
void            freshet_library_forget_many    (FreshetLibrary *self, GPtrArray *items);
void            freshet_library_restore        (FreshetLibrary *self, FreshetTorrentItem *item);
void            freshet_library_forget         (FreshetLibrary *self, FreshetTorrentItem *item);

/**
 * freshet_library_move_files_async:
 *
 * bt_torrent_move_async() for a torrent that may be asleep.
 */
void            freshet_library_move_files_async  (FreshetLibrary *self, FreshetTorrentItem *item, const char *folder,
                                                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean        freshet_library_move_files_finish (FreshetLibrary *self, GAsyncResult *result, GError **error);
/* @folder: (nullable): where files of torrents that are added from now on are
 * until they are complete; NULL: in the folder that was chosen for them */
void            freshet_library_set_incomplete_folder (FreshetLibrary *self, const char *folder);
/* The same for a torrent that has not been started yet. */
void            freshet_library_place_unfinished      (FreshetLibrary *self, BtTorrent *torrent);

/* bt_torrent_announce() for a torrent that may doze. */
void            freshet_library_announce       (FreshetLibrary *self, FreshetTorrentItem *item);

/* Where to in the queue, which is the order of the list. */
typedef enum
{
  FRESHET_MOVE_TOP,
  FRESHET_MOVE_UP,
  FRESHET_MOVE_DOWN,
  FRESHET_MOVE_BOTTOM,
} FreshetMove;

/* @items: of FreshetTorrentItem; they keep their order */
void            freshet_library_move           (FreshetLibrary *self, GPtrArray *items, FreshetMove move);
/* The same, together in their order to the gap above the row @gap as the rows
 * are now; their number for the end. */
void            freshet_library_move_to        (FreshetLibrary *self, GPtrArray *items, guint gap);
/* How many run at once, in the order of the list; 0 no limit. Those that are
 * stalled do not count. */
void            freshet_library_set_queue_limits (FreshetLibrary *self, guint downloads, guint seeds);
/* It runs whatever the limits say. */
void            freshet_library_set_forced     (FreshetLibrary *self, FreshetTorrentItem *item, gboolean forced);
/* How long torrents are seeded that have no goal of their own. */
void            freshet_library_set_goals      (FreshetLibrary *self, const FreshetGoals *goals);
void            freshet_library_set_item_goals (FreshetLibrary *self, FreshetTorrentItem *item, const FreshetGoals *goals);

/* (transfer none): of FreshetLabel, by name; until `labels-changed` */
GPtrArray      *freshet_library_peek_labels    (FreshetLibrary *self);
/* @id: 0 for a new one; @colour: (nullable): "#rrggbb", NULL: the next of a palette; @folder: (nullable): where what
 * has it goes when it is complete. Returns: the id */
gint64          freshet_library_put_label      (FreshetLibrary *self, gint64 id, const char *name, const char *colour, const char *folder);
void            freshet_library_remove_label   (FreshetLibrary *self, gint64 id);
void            freshet_library_set_label      (FreshetLibrary *self, FreshetTorrentItem *item, gint64 id, gboolean has);

guint64         freshet_library_get_down_rate  (FreshetLibrary *self);
guint64         freshet_library_get_up_rate    (FreshetLibrary *self);

G_END_DECLS
