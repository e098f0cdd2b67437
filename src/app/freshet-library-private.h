/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-library.h"
#include "freshet-queue.h"
#include "freshet-store.h"
#include "freshet-torrent-item-private.h"

G_BEGIN_DECLS

/* An item that was taken out and may come back. */
typedef struct
{
  FreshetTorrentItem *item;
  guint position;
  gboolean was_active;
  gboolean with_files; /* go to the trash when it is forgotten */
} FreshetRemoved;

struct _FreshetLibrary
{
  GObject parent_instance;
  BtSession *session;
  FreshetStore *store;    /* NULL: nothing is kept */
  gboolean stopping;
  GPtrArray *items;       /* FreshetTorrentItem, in the order of the queue */
  GHashTable *by_hash;    /* 20 bytes of the item's record -> FreshetTorrentItem, of @items */
  GHashTable *by_torrent; /* BtTorrent -> FreshetTorrentItem, both borrowed: those awake, of @items */
  GHashTable *removed;    /* 20 bytes of its record -> FreshetRemoved */
  GPtrArray *labels;      /* FreshetLabel, by name */
  GQueue batches;         /* of FreshetBatch; the first is under way */
  guint batch_source;
  gboolean in_batch;      /* the list is told of what comes, and the queue runs, when the slice ends */
  GPtrArray *arriving;    /* FreshetTorrentItem: not in @items before that */
  gboolean queue_wanted;
  GHashTable *starting;   /* FreshetTorrentItem: woken by the queue, and not begun yet; none owned */
  GQueue to_wake;         /* of FreshetTorrentItem, owned: whose turn it is when fewer are starting */
  GPtrArray *fresh;       /* of FreshetTorrentItem, owned: seeded since a moment */
  guint fresh_source;
  guint n_dozing;
  guint doze_source;      /* while any does */
  guint n_doze_looks;
  gint64 next_position;
  FreshetQueueLimits limits;
  FreshetGoals goals;
  guint64 down_rate;
  guint64 up_rate;
  gboolean running_queue;
  guint queue_source;
  char *incomplete_folder; /* NULL: files are where they belong from the beginning */
  guint n_trashing;       /* removals whose files are on their way to the trash */
  GTask *stop_task;       /* waits for them */
  guint stop_source;
  guint refresh_source;
  guint n_refreshes;
};

/* freshet-library.c */
void      freshet_library_start_refreshing (FreshetLibrary *self);
void      freshet_library_connect_torrent  (FreshetLibrary *self, FreshetTorrentItem *item);
void      freshet_library_disconnect_torrent (FreshetLibrary *self, FreshetTorrentItem *item);
/* Into the list and its indices; (transfer full) */
void      freshet_library_take_items       (FreshetLibrary *self, GPtrArray *items);
/* The same for one, at a place of the list. */
void      freshet_library_insert           (FreshetLibrary *self, guint position, FreshetTorrentItem *item);

/* freshet-library-remove.c */
/* Many, side by side. @items: (transfer full each): in order */
void      freshet_library_insert_many      (FreshetLibrary *self, guint position, FreshetTorrentItem **items, guint n_items);
/* Any of them. */
void      freshet_library_forget_all       (FreshetLibrary *self);
void      freshet_library_removed_free     (gpointer removed);

/* One that was taken out does not come back any more. */
void      freshet_library_forget_removed   (FreshetLibrary *self, const guint8 *hash);

/* freshet-library-store.c */
extern const FreshetTorrentItemHost freshet_library_item_host;
gboolean  freshet_library_keeps            (FreshetLibrary *self, FreshetTorrentItem *item);
/* What the list shows of it is kept. */
void      freshet_library_put              (FreshetLibrary *self, FreshetTorrentItem *item);
/* ... and what it is. */
void      freshet_library_put_new          (FreshetLibrary *self, FreshetTorrentItem *item);
void      freshet_library_put_order        (FreshetLibrary *self);
void      freshet_library_resume_ready_cb  (FreshetLibrary *self, GBytes *record, gboolean clean, BtTorrent *torrent);
void      freshet_library_metadata_ready_cb (FreshetLibrary *self, BtTorrent *torrent);
void      freshet_library_trackers_changed_cb (FreshetLibrary *self, BtTorrent *torrent);
void      freshet_library_wake             (FreshetLibrary *self, FreshetTorrentItem *item);
/* What the DHT keeps over a restart. */
void      freshet_library_put_nodes        (FreshetLibrary *self);
/* Puts those to sleep that nothing is to be done with. Returns: whether some will be soon */
gboolean  freshet_library_rest             (FreshetLibrary *self);

/* freshet-library-batch.c */
void      freshet_library_init_batches     (FreshetLibrary *self);
void      freshet_library_clear_batches    (FreshetLibrary *self);
/* Does all that is left of them now. */
void      freshet_library_finish_batches   (FreshetLibrary *self);
/* One that had to wait may go on. */
void      freshet_library_run_batches      (FreshetLibrary *self);

/* freshet-library-doze.c */
void      freshet_library_init_doze        (FreshetLibrary *self);
void      freshet_library_clear_doze       (FreshetLibrary *self);
/* It may doze at once. */
void      freshet_library_doze_soon        (FreshetLibrary *self, FreshetTorrentItem *item);
/* Returns: whether it dozes now */
gboolean  freshet_library_doze             (FreshetLibrary *self, FreshetTorrentItem *item);
/* It is seeded no more. Nothing happens when it does not doze. */
void      freshet_library_end_doze         (FreshetLibrary *self, FreshetTorrentItem *item);
/* It is awake again, or cannot be woken. */
void      freshet_library_doze_ended       (FreshetLibrary *self, FreshetTorrentItem *item);
void      freshet_library_wanted_cb        (FreshetLibrary *self, const guint8 *info_hash);
/* Its turn to begin has come: it is woken when few others are. */
void      freshet_library_wake_in_turn     (FreshetLibrary *self, FreshetTorrentItem *item);
/* It has begun, or never will. */
void      freshet_library_has_started      (FreshetLibrary *self, FreshetTorrentItem *item);

/* freshet-library-files.c */
void      freshet_library_place_changed_cb (FreshetLibrary *self, BtTorrent *torrent);

/* freshet-library-neighbours.c */
/* @paths: NULL-terminated */
typedef void (*FreshetNeighboursFunc) (const char *const *paths, gpointer data);
/* Lists files that may be those of a torrent called @name in @folder: of torrents
 * that sleep, and of all of that name whose folder is the same by another way.
 * @except: (nullable): the torrent itself.
 * Returns: FALSE, and @done is not called, when there is nothing to look at */
gboolean  freshet_library_list_neighbours  (FreshetLibrary *self, BtTorrent *except, const char *folder, const char *name, FreshetNeighboursFunc done, gpointer data);
gboolean  freshet_library_ask_neighbours_cb (FreshetLibrary *self, BtTorrent *torrent);
void      freshet_library_files_shared_cb  (FreshetLibrary *self, guint n, BtTorrent *torrent);
/* It has been taken out of the list; its files go, and then all that is kept of it. */
void      freshet_library_trash            (FreshetLibrary *self, FreshetTorrentItem *item);
/* New files begin in the folder of unfinished ones. */
void      freshet_library_place_options    (FreshetLibrary *self, BtTorrentOptions *options);
/* (nullable): where a torrent with its labels goes when it is complete */
const char *freshet_library_label_folder   (FreshetLibrary *self, const FreshetTorrentRecord *record);
/* Its labels, or where they lead to, have changed. */
void      freshet_library_apply_label_folder (FreshetLibrary *self, FreshetTorrentItem *item);
/* Goes on with stopping. @task: (transfer full) */
void      freshet_library_stop_session     (FreshetLibrary *self, GTask *task);

/* freshet-library-queue.c */
void      freshet_library_run_queue        (FreshetLibrary *self, gboolean strict);
/* The same in a moment, for what may come many at a time. */
void      freshet_library_run_queue_soon   (FreshetLibrary *self);
/* It is awake, and was woken because it was its turn. Returns: FALSE when that is over */
gboolean  freshet_library_begin            (FreshetLibrary *self, FreshetTorrentItem *item);
void      freshet_library_check_goals      (FreshetLibrary *self);

G_END_DECLS
