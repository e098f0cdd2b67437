/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"
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
 * The files stay in every case.
 */
void            freshet_library_remove         (FreshetLibrary *self, FreshetTorrentItem *item);
void            freshet_library_restore        (FreshetLibrary *self, FreshetTorrentItem *item);
void            freshet_library_forget         (FreshetLibrary *self, FreshetTorrentItem *item);

guint64         freshet_library_get_down_rate  (FreshetLibrary *self);
guint64         freshet_library_get_up_rate    (FreshetLibrary *self);

G_END_DECLS
