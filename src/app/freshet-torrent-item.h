/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"
#include "freshet-torrent-record.h"
#include "freshet-speed-history.h"

G_BEGIN_DECLS

/**
 * FreshetTorrentItem:
 *
 * One torrent as the views see it: raw values, no text but names. They are
 * taken from the engine by freshet_torrent_item_refresh() and a property is
 * notified only when its value is another one than before. What is made of
 * several of them is bound to `revision`, which changes once a refresh.
 *
 * Of most torrents of a large library nothing is in the engine: they are
 * asleep, and all that the list shows comes from the database. A torrent that
 * runs is awake, and one that somebody looks at closely is woken.
 *
 * Belongs to the main thread.
 */
#define FRESHET_TYPE_TORRENT_ITEM (freshet_torrent_item_get_type ())
G_DECLARE_FINAL_TYPE (FreshetTorrentItem, freshet_torrent_item, FRESHET, TORRENT_ITEM, GObject)

FreshetTorrentItem *freshet_torrent_item_new           (BtTorrent *torrent);
/* Returns: whether anything changed */
gboolean            freshet_torrent_item_refresh       (FreshetTorrentItem *self);
/* (nullable): NULL while it is asleep; "torrent" is notified when that changes.
 * freshet_torrent_item_look() wakes it */
BtTorrent          *freshet_torrent_item_get_torrent   (FreshetTorrentItem *self);
/* Somebody shows more of it than the list: it is woken, which takes a moment,
 * and stays awake until as many have looked away. */
void                freshet_torrent_item_look          (FreshetTorrentItem *self);
void                freshet_torrent_item_look_away     (FreshetTorrentItem *self);
const char         *freshet_torrent_item_get_name      (FreshetTorrentItem *self);
/* Names compare by it as people order them, numbers by their value. */
const char         *freshet_torrent_item_peek_sort_key (FreshetTorrentItem *self);
/* The name without regard to case. */
const char         *freshet_torrent_item_peek_search_key (FreshetTorrentItem *self);
BtTorrentState      freshet_torrent_item_get_state     (FreshetTorrentItem *self);
/* 0 .. 1: of the check while it checks, of the metadata while that is fetched, else of what is wanted. */
double              freshet_torrent_item_get_progress  (FreshetTorrentItem *self);
gboolean            freshet_torrent_item_is_complete   (FreshetTorrentItem *self);
/* May its numbers change without somebody doing something to it? */
gboolean            freshet_torrent_item_is_active     (FreshetTorrentItem *self);
const BtTorrentStats *freshet_torrent_item_peek_stats  (FreshetTorrentItem *self);
/* (nullable): while something moved within the last five minutes; valid until the next refresh */
const FreshetSpeedHistory *freshet_torrent_item_peek_history (FreshetTorrentItem *self);
/* (nullable): only while the state is ERROR */
const GError       *freshet_torrent_item_get_error     (FreshetTorrentItem *self);
/* Returns: (transfer full): its file, or the folder of its files; where they will be while they are not known */
GFile              *freshet_torrent_item_dup_file      (FreshetTorrentItem *self);
void                freshet_torrent_item_start         (FreshetTorrentItem *self);
void                freshet_torrent_item_pause         (FreshetTorrentItem *self);
/* Reads and verifies everything again. */
void                freshet_torrent_item_recheck       (FreshetTorrentItem *self);
/* Uploaded bytes by those that were downloaded, or by all of it when that is more. */
double              freshet_torrent_item_get_ratio     (FreshetTorrentItem *self);
gboolean            freshet_torrent_item_has_label     (FreshetTorrentItem *self, gint64 label);
/* Folder, trackers, goals and more; valid until the item changes */
const FreshetTorrentRecord *freshet_torrent_item_peek_record (FreshetTorrentItem *self);

G_END_DECLS
