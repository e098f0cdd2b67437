/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/* What a statement of the database is for. */
typedef enum
{
  FRESHET_SQL_BEGIN,
  FRESHET_SQL_COMMIT,
  FRESHET_SQL_PUT,
  FRESHET_SQL_CLEAR_LABELS,
  FRESHET_SQL_ADD_LABEL,
  FRESHET_SQL_PUT_METAINFO,
  FRESHET_SQL_PUT_RESUME,
  FRESHET_SQL_REMOVE,
  FRESHET_SQL_REMOVE_METAINFO,
  FRESHET_SQL_REMOVE_RESUME,
  FRESHET_SQL_SET_POSITION,
  FRESHET_SQL_PUT_LABEL,
  FRESHET_SQL_REMOVE_LABEL,
  FRESHET_SQL_UNUSE_LABEL,
  FRESHET_SQL_PUT_VALUE,
  FRESHET_SQL_GET_VALUE,
  FRESHET_SQL_GET_METAINFO,
  FRESHET_SQL_GET_RESUME,
  FRESHET_SQL_ALL,
  FRESHET_SQL_ALL_LABELS,
  FRESHET_SQL_ALL_USES,
  FRESHET_N_SQL
} FreshetSql;

/* The database itself; of the store's thread alone. Functions that answer
 * with an int give a result code of SQLite. */
typedef struct
{
  char *folder;
  char *path;
  int lock;            /* descriptor of the file whose lock says who owns it; -1 */
  sqlite3 *db;         /* NULL: nothing is kept */
  sqlite3_stmt *statements[FRESHET_N_SQL];
  gboolean backup_due; /* torrents came or went since the last */
} FreshetStoreDb;

typedef enum
{
  FRESHET_STORE_OP_PUT,
  FRESHET_STORE_OP_METAINFO,
  FRESHET_STORE_OP_RESUME,
  FRESHET_STORE_OP_REMOVE,
  FRESHET_STORE_OP_ORDER,
  FRESHET_STORE_OP_LABEL,
  FRESHET_STORE_OP_REMOVE_LABEL,
  FRESHET_STORE_OP_VALUE,
  FRESHET_STORE_OP_GET_VALUE,
  FRESHET_STORE_OP_LOAD,
  FRESHET_STORE_OP_FLUSH,
  FRESHET_STORE_OP_OPEN,
  FRESHET_STORE_OP_CLOSE,
} FreshetStoreOpKind;

/* Something to be done on the thread. */
typedef struct
{
  FreshetStoreOpKind kind;
  gboolean lazy;       /* it may wait a moment for others */
  guint8 hash[BT_SHA1_LENGTH];
  char *key;           /* of a value; or a label's id as text */
  gint64 label;
  gpointer data;
  GDestroyNotify free;
  GTask *task;         /* of those that answer */
  gpointer answer;
  GDestroyNotify free_answer;
} FreshetStoreOp;

struct _FreshetStore
{
  GObject parent_instance;
  GMainContext *context;
  GWeakRef *weak;      /* to itself; a box, which the thread may take along */
  GThread *thread;
  gboolean opened;     /* it was tried */
  gboolean keeps;      /* main context: what is put is kept */
  GMutex mutex;        /* for what follows */
  GCond wake;
  GQueue queue;        /* of FreshetStoreOp */
  guint n_urgent;      /* of them; the others may wait until there are more */
  gint64 written_at;   /* the thread's: when the last transaction ended */
  GHashTable *latest;  /* FreshetStoreOp -> GList of @queue: puts that a later one can take the place of */
  FreshetStoreDb db;   /* the thread's */
  gboolean trouble;    /* the thread's: it was said that nothing can be written */
};

/* freshet-store.c */
void     freshet_store_weak_unref (GWeakRef *weak);

/* freshet-store-thread.c */
gpointer freshet_store_thread     (gpointer store);
void     freshet_store_op_free    (FreshetStoreOp *op);

/* freshet-store-db.c */
/* Sets state, set_aside and message of @contents. */
void     freshet_store_db_open    (FreshetStoreDb *self, FreshetStoreContents *contents);
void     freshet_store_db_close   (FreshetStoreDb *self);
/* All of it, page by page. */
gboolean freshet_store_db_check   (FreshetStoreDb *self);
/* It is damaged: see the states of the store. */
void     freshet_store_db_mend    (FreshetStoreDb *self, FreshetStoreContents *contents);
/* Bound to nothing yet. Returns: (transfer none) */
sqlite3_stmt *freshet_store_db_statement (FreshetStoreDb *self, FreshetSql which);
/* Runs one that answers with no rows. */
int      freshet_store_db_run     (FreshetStoreDb *self, sqlite3_stmt *statement);
gboolean freshet_store_db_is_damage (int code);

/* freshet-store-backup.c */
/* Opens for reading what may be damaged. Returns: (nullable) */
sqlite3 *freshet_store_backup_open_checked (const char *path);
void     freshet_store_backup_make   (FreshetStoreDb *self);
/* Puts the newest good backup in the place of the database. Returns: whether there was one */
gboolean freshet_store_backup_restore (FreshetStoreDb *self);
/* A copy of an older schema before it is changed. */
void     freshet_store_backup_before_migration (FreshetStoreDb *self, int version);

/* freshet-store-rows.c */
int      freshet_store_rows_load     (FreshetStoreDb *self, FreshetStoreContents *contents);
int      freshet_store_rows_put      (FreshetStoreDb *self, const FreshetTorrentRecord *record);
int      freshet_store_rows_put_blob (FreshetStoreDb *self, FreshetSql which, const guint8 *hash, GBytes *bytes);
int      freshet_store_rows_remove   (FreshetStoreDb *self, const guint8 *hash);
int      freshet_store_rows_put_order (FreshetStoreDb *self, GArray *hashes);
int      freshet_store_rows_put_label (FreshetStoreDb *self, const FreshetLabel *label);
int      freshet_store_rows_remove_label (FreshetStoreDb *self, gint64 id);
int      freshet_store_rows_put_value (FreshetStoreDb *self, const char *key, GBytes *value);
GBytes  *freshet_store_rows_get_value (FreshetStoreDb *self, const char *key);
FreshetStoreTorrent *freshet_store_rows_get_torrent (FreshetStoreDb *self, const guint8 *hash);
/* Brings what can be read of @damaged into the database. */
void     freshet_store_rows_salvage  (FreshetStoreDb *self, sqlite3 *damaged);

G_END_DECLS
