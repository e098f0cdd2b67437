/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-torrent-record.h"

G_BEGIN_DECLS

/* What was found when the database was opened. */
typedef enum
{
  FRESHET_STORE_FINE,
  FRESHET_STORE_RESTORED, /* it was damaged and set aside; a backup and what could be read take its place */
  FRESHET_STORE_LOST,     /* it was damaged and set aside; there was no backup, but what could be read is there */
  FRESHET_STORE_NEWER,    /* a later version wrote it: nothing is read or kept */
  FRESHET_STORE_IN_USE,   /* another process has it: the same */
  FRESHET_STORE_FAILED,   /* it cannot be opened or made: the same */
} FreshetStoreState;

/* A name and a colour that torrents can have. */
typedef struct
{
  gint64 id;
  char *name;
  char *colour; /* "#rrggbb" */
  char *folder; /* where what has it goes when it is complete; NULL stays */
} FreshetLabel;

FreshetLabel *freshet_label_copy (const FreshetLabel *self);
void          freshet_label_free (FreshetLabel *self);

/* What was in the database. */
typedef struct
{
  FreshetStoreState state;
  char *set_aside;    /* where a damaged database went; NULL. The two newest stay */
  char *message;      /* what the system said; NULL */
  GPtrArray *records; /* of FreshetTorrentRecord, in order */
  GPtrArray *labels;  /* of FreshetLabel */
} FreshetStoreContents;

void freshet_store_contents_free (FreshetStoreContents *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FreshetStoreContents, freshet_store_contents_free)

/* A torrent's own, which the list does not need. */
typedef struct
{
  BtMetainfo *metainfo; /* NULL: there is none, or it is not what it was */
  GBytes *resume;       /* NULL none */
} FreshetStoreTorrent;

void freshet_store_torrent_free (FreshetStoreTorrent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FreshetStoreTorrent, freshet_store_torrent_free)

/**
 * FreshetStore:
 *
 * The database of a person's torrents: one file of SQLite in a folder, which
 * one process has to itself. All of it is read and written by a thread of its
 * own; what is put waits in a queue where a later value takes the place of an
 * earlier one, and what waits together is one transaction, on the disk when it
 * ends. Belongs to the main context it was made on.
 *
 * Signals:
 *
 * - `state (FreshetStore *self, guint state, const char *detail)`: a
 *   #FreshetStoreState that was only found after it was opened
 * - `writable (FreshetStore *self, gboolean writable, const char *message)`:
 *   it can be written to no more (a full disk), or again; nothing is lost
 *   meanwhile
 */
#define FRESHET_TYPE_STORE (freshet_store_get_type ())
G_DECLARE_FINAL_TYPE (FreshetStore, freshet_store, FRESHET, STORE, GObject)

/* @folder: made when it is not there */
FreshetStore *freshet_store_new          (const char *folder);
/* "freshet" in the user's data folder. Returns: (transfer full) */
char         *freshet_store_dup_default_folder (void);

/* Opens, checks and if need be mends it, and reads what the list needs.
 * In the last three states nothing that is put is kept. */
void          freshet_store_open_async   (FreshetStore *self, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full): never NULL */
FreshetStoreContents *freshet_store_open_finish (FreshetStore *self, GAsyncResult *result);

void          freshet_store_put          (FreshetStore *self, const FreshetTorrentRecord *record);
/* The same, of which only the numbers are new: it may wait a moment, so that
 * those of many torrents become one transaction. */
void          freshet_store_put_counters (FreshetStore *self, const FreshetTorrentRecord *record);
void          freshet_store_put_metainfo (FreshetStore *self, const guint8 *hash, GBytes *metainfo);
/* @lazy: there is an older one that is only less new: it may wait too */
void          freshet_store_put_resume   (FreshetStore *self, const guint8 *hash, GBytes *resume, gboolean lazy);
/* With all that is its own. */
void          freshet_store_remove       (FreshetStore *self, const guint8 *hash);
/* @hashes: of guint8[20], all torrents */
void          freshet_store_put_order    (FreshetStore *self, GArray *hashes);
void          freshet_store_put_label    (FreshetStore *self, const FreshetLabel *label);
void          freshet_store_remove_label (FreshetStore *self, gint64 id);
/* Something of the session as a whole, such as nodes of the DHT. */
void          freshet_store_put_value    (FreshetStore *self, const char *key, GBytes *value);

void          freshet_store_get_value_async  (FreshetStore *self, const char *key, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable) */
GBytes       *freshet_store_get_value_finish (FreshetStore *self, GAsyncResult *result);
/* The metainfo is parsed on the store's thread. */
void          freshet_store_load_async   (FreshetStore *self, const guint8 *hash, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) (nullable): NULL when the store keeps nothing */
FreshetStoreTorrent *freshet_store_load_finish (FreshetStore *self, GAsyncResult *result, GError **error);
/* Ends when all that was put before is on the disk, or can not get there for now. */
void          freshet_store_flush_async  (FreshetStore *self, GAsyncReadyCallback callback, gpointer user_data);
/* Returns: whether it is on the disk */
gboolean      freshet_store_flush_finish (FreshetStore *self, GAsyncResult *result);
/* Writes all that waits, makes a backup if much is new, and closes. */
void          freshet_store_close_async  (FreshetStore *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean      freshet_store_close_finish (FreshetStore *self, GAsyncResult *result);

G_END_DECLS
