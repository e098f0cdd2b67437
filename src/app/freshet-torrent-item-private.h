/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/* What an item asks of the library that it is in. */
typedef struct
{
  void (*start)   (FreshetTorrentItem *item, gpointer host);
  void (*pause)   (FreshetTorrentItem *item, gpointer host);
  void (*recheck) (FreshetTorrentItem *item, gpointer host);
  void (*wake)    (FreshetTorrentItem *item, gpointer host);
} FreshetTorrentItemHost;

struct _FreshetTorrentItem
{
  GObject parent_instance;
  BtTorrent *torrent;  /* NULL while it is asleep */
  FreshetTorrentRecord *record;
  const FreshetTorrentItemHost *host; /* NULL in a list without a library */
  gpointer host_data;
  guint n_lookers;
  gint64 moved_at;     /* microseconds of the monotonic clock */
  guint quiet_ticks;   /* the library's: how long nothing was to be done with the torrent */
  gboolean busy;       /* the library's: it is being brought to the engine, or begun */
  gboolean dozing;     /* it is seeded without a torrent */
  gboolean rousing;    /* its torrent is on the way to being seeded */
  gint64 doze_counted; /* until when its time was counted; of the monotonic clock */
  gint64 begun;
  gboolean kept;       /* a record of what is on disk is in the database, since it was begun */
  BtTorrentStats stats;
  GError *error;
  guint revision;
  char *sort_key;  /* the name as people order it; NULL until asked for */
  char *search_key; /* the name without regard to case; NULL until asked for */
  FreshetSpeedHistory *history; /* NULL while nothing has moved for five minutes */
};

/* 0 .. 1, as freshet_torrent_item_get_progress() has it */
double                freshet_torrent_stats_progress    (const BtTorrentStats *stats);
/* @record: (transfer full) */
FreshetTorrentItem   *freshet_torrent_item_new_asleep   (FreshetTorrentRecord *record);
FreshetTorrentRecord *freshet_torrent_item_get_record   (FreshetTorrentItem *self);
void                  freshet_torrent_item_set_host     (FreshetTorrentItem *self, const FreshetTorrentItemHost *host, gpointer data);
gboolean              freshet_torrent_item_is_looked_at (FreshetTorrentItem *self);
guint                *freshet_torrent_item_quiet_ticks  (FreshetTorrentItem *self);
/* When something of it last moved, or it began; of the monotonic clock */
gint64                freshet_torrent_item_get_moved_at (FreshetTorrentItem *self);
gboolean              freshet_torrent_item_is_busy      (FreshetTorrentItem *self);
void                  freshet_torrent_item_set_busy     (FreshetTorrentItem *self, gboolean busy);
/* Its torrent is seeded, and nobody is connected to it: the session announces
 * it, and the item has none. */
gboolean              freshet_torrent_item_is_dozing    (FreshetTorrentItem *self);
/* To be followed by freshet_torrent_item_set_torrent() with NULL. */
void                  freshet_torrent_item_begin_doze   (FreshetTorrentItem *self);
/* It is not seeded any more. */
void                  freshet_torrent_item_end_doze     (FreshetTorrentItem *self);
/* It has a torrent again, and goes on. */
void                  freshet_torrent_item_forget_doze  (FreshetTorrentItem *self);
/* Adds the time since it was last called to what is known of it. */
void                  freshet_torrent_item_count_doze   (FreshetTorrentItem *self);
/* What it does on the way to being seeded is not shown, unless it takes long. */
void                  freshet_torrent_item_set_rousing  (FreshetTorrentItem *self, gboolean rousing);
/* When it was begun by this process, seconds since 1970; 0 it was not */
gint64                freshet_torrent_item_get_begun    (FreshetTorrentItem *self);
void                  freshet_torrent_item_set_begun    (FreshetTorrentItem *self);
/* A record is kept. Returns: whether it is not the first since it was begun */
gboolean              freshet_torrent_item_note_kept    (FreshetTorrentItem *self);
/* @torrent: (nullable): NULL puts it to sleep */
void                  freshet_torrent_item_set_torrent  (FreshetTorrentItem *self, BtTorrent *torrent);
void                  freshet_torrent_item_set_queued   (FreshetTorrentItem *self, gboolean queued);
void                  freshet_torrent_item_set_position (FreshetTorrentItem *self, gint64 position);
/* Where its files are, as the engine says. */
void                  freshet_torrent_item_take_place   (FreshetTorrentItem *self);
/* It could not be woken. @error: (transfer full) */
void                  freshet_torrent_item_fail         (FreshetTorrentItem *self, GError *error);
/* Something that is no property of it. */
void                  freshet_torrent_item_changed      (FreshetTorrentItem *self);

G_END_DECLS
