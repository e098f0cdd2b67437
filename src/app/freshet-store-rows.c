/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-store-private.h"

#include <string.h>

/* Values in and out of the database's rows. */

/* Numbers in a row that no row can be read of, after which there are no more:
 * as many as fit on a page, and those that were removed. */
#define MOST_MISSED 20000

static guint64
column_count (sqlite3_stmt *row, int column)
{
  return (guint64) MAX (sqlite3_column_int64 (row, column), 0);
}

static const char *
column_text (sqlite3_stmt *row, int column)
{
  const char *text = (const char *) sqlite3_column_text (row, column);

  return text != NULL && g_utf8_validate (text, -1, NULL) ? text : NULL;
}

static gboolean
column_hash (sqlite3_stmt *row, int column, guint8 *hash)
{
  if (sqlite3_column_bytes (row, column) != BT_SHA1_LENGTH)
    return FALSE;
  memcpy (hash, sqlite3_column_blob (row, column), BT_SHA1_LENGTH);
  return TRUE;
}

/* Bytes with a zero at the end, as a name of the file system. */
static char *
column_path (sqlite3_stmt *row, int column)
{
  const char *bytes = sqlite3_column_blob (row, column);

  return bytes == NULL ? NULL : g_strndup (bytes, (gsize) sqlite3_column_bytes (row, column));
}

/* Returns: (transfer full) (nullable): NULL when the row makes no sense */
static FreshetTorrentRecord *
read_record (sqlite3_stmt *row)
{
  g_autoptr (FreshetTorrentRecord) record = freshet_torrent_record_new ();
  g_autofree char *folder = column_path (row, 2);
  const char *name = column_text (row, 1);

  if (!column_hash (row, 0, record->hash) || name == NULL || folder == NULL || !g_path_is_absolute (folder))
    return NULL;
  record->name = g_strdup (name);
  freshet_torrent_record_set_folder (record, folder);
  record->magnet = g_strdup (column_text (row, 3));
  freshet_torrent_record_set_trackers (record, column_text (row, 4));
  record->n_files = (guint) column_count (row, 5);
  record->size = column_count (row, 6);
  record->wanted = column_count (row, 7);
  record->verified = MIN (column_count (row, 8), record->wanted);
  record->downloaded = column_count (row, 9);
  record->uploaded = column_count (row, 10);
  record->active_time = column_count (row, 11);
  record->seeding_time = column_count (row, 12);
  record->added = (gint64) column_count (row, 13);
  record->finished = (gint64) column_count (row, 14);
  record->last_active = (gint64) column_count (row, 15);
  record->running_since = (gint64) column_count (row, 16);
  record->paused = sqlite3_column_int (row, 17) != 0;
  record->forced = sqlite3_column_int (row, 18) != 0;
  record->goals.ratio = sqlite3_column_double (row, 19);
  record->goals.time = sqlite3_column_int64 (row, 20);
  record->goals.idle = sqlite3_column_int64 (row, 21);
  record->goals.action = sqlite3_column_int (row, 22);
  record->position = sqlite3_column_int64 (row, 23);
  return g_steal_pointer (&record);
}

static int
load_records (FreshetStoreDb *self, FreshetStoreContents *contents)
{
  sqlite3_stmt *row = freshet_store_db_statement (self, FRESHET_SQL_ALL);
  int code;

  if (row == NULL)
    return sqlite3_extended_errcode (self->db);
  while ((code = sqlite3_step (row)) == SQLITE_ROW)
    {
      FreshetTorrentRecord *record = read_record (row);

      if (record == NULL)
        {
          code = SQLITE_CORRUPT;
          break;
        }
      g_ptr_array_add (contents->records, record);
    }
  sqlite3_reset (row);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int
load_labels (FreshetStoreDb *self, FreshetStoreContents *contents)
{
  sqlite3_stmt *row = freshet_store_db_statement (self, FRESHET_SQL_ALL_LABELS);
  int code;

  if (row == NULL)
    return sqlite3_extended_errcode (self->db);
  while ((code = sqlite3_step (row)) == SQLITE_ROW)
    {
      const char *name = column_text (row, 1), *colour = column_text (row, 2);
      FreshetLabel *label = g_new0 (FreshetLabel, 1);

      label->id = sqlite3_column_int64 (row, 0);
      label->name = g_strdup (name != NULL ? name : "");
      label->colour = g_strdup (colour != NULL ? colour : "");
      label->folder = column_path (row, 3);
      g_ptr_array_add (contents->labels, label);
    }
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

static guint
hash_key (gconstpointer key)
{
  guint value;

  memcpy (&value, key, sizeof value);
  return value;
}

static gboolean
hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, BT_SHA1_LENGTH) == 0;
}

static int
load_uses (FreshetStoreDb *self, FreshetStoreContents *contents)
{
  g_autoptr (GHashTable) by_hash = NULL;
  sqlite3_stmt *row = freshet_store_db_statement (self, FRESHET_SQL_ALL_USES);
  guint8 hash[BT_SHA1_LENGTH];
  int code;

  if (row == NULL)
    return sqlite3_extended_errcode (self->db);
  by_hash = g_hash_table_new (hash_key, hash_equal);
  if (contents->labels->len > 0)
    for (guint i = 0; i < contents->records->len; i++)
      g_hash_table_insert (by_hash, ((FreshetTorrentRecord *) contents->records->pdata[i])->hash, contents->records->pdata[i]);
  while ((code = sqlite3_step (row)) == SQLITE_ROW)
    {
      FreshetTorrentRecord *record = column_hash (row, 0, hash) ? g_hash_table_lookup (by_hash, hash) : NULL;

      if (record != NULL)
        freshet_torrent_record_set_label (record, sqlite3_column_int64 (row, 1), TRUE);
    }
  sqlite3_reset (row);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

int
freshet_store_rows_load (FreshetStoreDb *self, FreshetStoreContents *contents)
{
  int code;

  g_ptr_array_set_size (contents->records, 0);
  g_ptr_array_set_size (contents->labels, 0);
  code = load_records (self, contents);
  if (code == SQLITE_OK)
    code = load_labels (self, contents);
  return code == SQLITE_OK ? load_uses (self, contents) : code;
}

static void
bind_hash (sqlite3_stmt *statement, const guint8 *hash)
{
  sqlite3_bind_blob (statement, 1, hash, BT_SHA1_LENGTH, SQLITE_TRANSIENT);
}

static void
bind_record (sqlite3_stmt *statement, const FreshetTorrentRecord *record)
{
  const gint64 numbers[] = {
    record->n_files, (gint64) record->size, (gint64) record->wanted, (gint64) record->verified,
    (gint64) record->downloaded, (gint64) record->uploaded, (gint64) record->active_time,
    (gint64) record->seeding_time, record->added, record->finished, record->last_active, record->running_since,
    record->paused, record->forced,
  };

  bind_hash (statement, record->hash);
  sqlite3_bind_text (statement, 2, record->name, -1, SQLITE_STATIC);
  sqlite3_bind_blob (statement, 3, record->folder, (int) strlen (record->folder), SQLITE_STATIC);
  sqlite3_bind_text (statement, 4, record->magnet, -1, SQLITE_STATIC);
  sqlite3_bind_text (statement, 5, record->trackers, -1, SQLITE_STATIC);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sqlite3_bind_int64 (statement, (int) i + 6, numbers[i]);
  sqlite3_bind_double (statement, 20, record->goals.ratio);
  sqlite3_bind_int64 (statement, 21, record->goals.time);
  sqlite3_bind_int64 (statement, 22, record->goals.idle);
  sqlite3_bind_int (statement, 23, record->goals.action);
  sqlite3_bind_int64 (statement, 24, record->position);
}

static int
run_for_hash (FreshetStoreDb *self, FreshetSql which, const guint8 *hash)
{
  sqlite3_stmt *statement = freshet_store_db_statement (self, which);

  if (statement != NULL)
    bind_hash (statement, hash);
  return freshet_store_db_run (self, statement);
}

int
freshet_store_rows_put (FreshetStoreDb *self, const FreshetTorrentRecord *record)
{
  sqlite3_stmt *statement = freshet_store_db_statement (self, FRESHET_SQL_PUT);
  int code;

  if (statement != NULL)
    bind_record (statement, record);
  code = freshet_store_db_run (self, statement);
  if (code == SQLITE_OK)
    code = run_for_hash (self, FRESHET_SQL_CLEAR_LABELS, record->hash);
  for (guint i = 0; code == SQLITE_OK && record->labels != NULL && i < record->labels->len; i++)
    {
      statement = freshet_store_db_statement (self, FRESHET_SQL_ADD_LABEL);
      if (statement != NULL)
        {
          bind_hash (statement, record->hash);
          sqlite3_bind_int64 (statement, 2, g_array_index (record->labels, gint64, i));
        }
      code = freshet_store_db_run (self, statement);
    }
  return code;
}

int
freshet_store_rows_put_blob (FreshetStoreDb *self, FreshetSql which, const guint8 *hash, GBytes *bytes)
{
  sqlite3_stmt *statement = freshet_store_db_statement (self, which);
  gsize length;
  const void *data = g_bytes_get_data (bytes, &length);

  if (statement != NULL)
    {
      bind_hash (statement, hash);
      sqlite3_bind_blob64 (statement, 2, data != NULL ? data : "", length, SQLITE_STATIC);
    }
  self->backup_due |= which == FRESHET_SQL_PUT_METAINFO;
  return freshet_store_db_run (self, statement);
}

int
freshet_store_rows_remove (FreshetStoreDb *self, const guint8 *hash)
{
  static const FreshetSql all[] = { FRESHET_SQL_REMOVE, FRESHET_SQL_REMOVE_METAINFO, FRESHET_SQL_REMOVE_RESUME, FRESHET_SQL_CLEAR_LABELS };
  int code = SQLITE_OK;

  for (guint i = 0; i < G_N_ELEMENTS (all) && code == SQLITE_OK; i++)
    code = run_for_hash (self, all[i], hash);
  self->backup_due = TRUE;
  return code;
}

int
freshet_store_rows_put_order (FreshetStoreDb *self, GArray *hashes)
{
  int code = SQLITE_OK;

  for (guint i = 0; i < hashes->len / BT_SHA1_LENGTH && code == SQLITE_OK; i++)
    {
      sqlite3_stmt *statement = freshet_store_db_statement (self, FRESHET_SQL_SET_POSITION);

      if (statement != NULL)
        {
          bind_hash (statement, (const guint8 *) hashes->data + i * BT_SHA1_LENGTH);
          sqlite3_bind_int64 (statement, 2, i);
        }
      code = freshet_store_db_run (self, statement);
    }
  return code;
}

int
freshet_store_rows_put_label (FreshetStoreDb *self, const FreshetLabel *label)
{
  sqlite3_stmt *statement = freshet_store_db_statement (self, FRESHET_SQL_PUT_LABEL);

  if (statement != NULL)
    {
      sqlite3_bind_int64 (statement, 1, label->id);
      sqlite3_bind_text (statement, 2, label->name, -1, SQLITE_STATIC);
      sqlite3_bind_text (statement, 3, label->colour, -1, SQLITE_STATIC);
      if (label->folder != NULL)
        sqlite3_bind_blob (statement, 4, label->folder, (int) strlen (label->folder), SQLITE_STATIC);
    }
  return freshet_store_db_run (self, statement);
}

int
freshet_store_rows_remove_label (FreshetStoreDb *self, gint64 id)
{
  static const FreshetSql both[] = { FRESHET_SQL_REMOVE_LABEL, FRESHET_SQL_UNUSE_LABEL };
  int code = SQLITE_OK;

  for (guint i = 0; i < G_N_ELEMENTS (both) && code == SQLITE_OK; i++)
    {
      sqlite3_stmt *statement = freshet_store_db_statement (self, both[i]);

      if (statement != NULL)
        sqlite3_bind_int64 (statement, 1, id);
      code = freshet_store_db_run (self, statement);
    }
  return code;
}

int
freshet_store_rows_put_value (FreshetStoreDb *self, const char *key, GBytes *value)
{
  sqlite3_stmt *statement = freshet_store_db_statement (self, FRESHET_SQL_PUT_VALUE);
  gsize length;
  const void *data = g_bytes_get_data (value, &length);

  if (statement != NULL)
    {
      sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
      sqlite3_bind_blob64 (statement, 2, data != NULL ? data : "", length, SQLITE_STATIC);
    }
  return freshet_store_db_run (self, statement);
}

/* Returns: (transfer full) (nullable): the first column of the first row */
static GBytes *
get_blob (sqlite3_stmt *statement)
{
  GBytes *bytes = NULL;

  if (statement == NULL)
    return NULL;
  if (sqlite3_step (statement) == SQLITE_ROW)
    bytes = g_bytes_new (sqlite3_column_blob (statement, 0), (gsize) sqlite3_column_bytes (statement, 0));
  sqlite3_reset (statement);
  return bytes;
}

GBytes *
freshet_store_rows_get_value (FreshetStoreDb *self, const char *key)
{
  sqlite3_stmt *statement = freshet_store_db_statement (self, FRESHET_SQL_GET_VALUE);

  if (statement != NULL)
    sqlite3_bind_text (statement, 1, key, -1, SQLITE_STATIC);
  return get_blob (statement);
}

static GBytes *
get_blob_of (FreshetStoreDb *self, FreshetSql which, const guint8 *hash)
{
  sqlite3_stmt *statement = freshet_store_db_statement (self, which);

  if (statement != NULL)
    bind_hash (statement, hash);
  return get_blob (statement);
}

/* Returns: (transfer full) (nullable): NULL unless it is the torrent's */
static BtMetainfo *
parse_metainfo (GBytes *bytes, const guint8 *hash)
{
  g_autoptr (BtMetainfo) metainfo = bytes == NULL ? NULL : bt_metainfo_new (bytes, NULL);

  if (metainfo == NULL || memcmp (bt_metainfo_get_info_hash (metainfo), hash, BT_SHA1_LENGTH) != 0)
    return NULL;
  return g_steal_pointer (&metainfo);
}

FreshetStoreTorrent *
freshet_store_rows_get_torrent (FreshetStoreDb *self, const guint8 *hash)
{
  FreshetStoreTorrent *torrent = g_new0 (FreshetStoreTorrent, 1);
  g_autoptr (GBytes) bytes = get_blob_of (self, FRESHET_SQL_GET_METAINFO, hash);

  torrent->metainfo = parse_metainfo (bytes, hash);
  torrent->resume = get_blob_of (self, FRESHET_SQL_GET_RESUME, hash);
  return torrent;
}

/* Rows one by one, by their number: a page that cannot be read costs those on
 * it. Not through another index, which may be what was damaged.
 * Returns: whether there is one; FALSE at the end */
static gboolean
next_salvaged (sqlite3_stmt *statement, gint64 *number)
{
  for (guint missed = 0; missed < MOST_MISSED; missed++)
    {
      sqlite3_reset (statement);
      sqlite3_bind_int64 (statement, 1, ++*number);
      if (sqlite3_step (statement) == SQLITE_ROW)
        return TRUE;
    }
  return FALSE;
}

static void
salvage_blobs (FreshetStoreDb *self, sqlite3 *damaged, const char *sql, FreshetSql put)
{
  sqlite3_stmt *row = NULL;
  guint8 hash[BT_SHA1_LENGTH];
  gint64 number = 0;

  if (sqlite3_prepare_v2 (damaged, sql, -1, &row, NULL) == SQLITE_OK)
    while (next_salvaged (row, &number))
      {
        g_autoptr (GBytes) bytes = g_bytes_new (sqlite3_column_blob (row, 1), (gsize) sqlite3_column_bytes (row, 1));
        g_autoptr (BtMetainfo) metainfo = NULL;

        if (!column_hash (row, 0, hash))
          continue;
        /* A record of what is on disk has a sum of its own. */
        if (put == FRESHET_SQL_PUT_METAINFO && (metainfo = parse_metainfo (bytes, hash)) == NULL)
          continue;
        freshet_store_rows_put_blob (self, put, hash, bytes);
      }
  sqlite3_finalize (row);
}

/* A torrent is taken over when what it is is known. */
static void
salvage_torrent (FreshetStoreDb *self, const FreshetTorrentRecord *record)
{
  g_autoptr (GBytes) known = get_blob_of (self, FRESHET_SQL_GET_METAINFO, record->hash);

  if (known != NULL || record->magnet != NULL)
    freshet_store_rows_put (self, record);
}

static void
salvage_torrents (FreshetStoreDb *self, sqlite3 *damaged)
{
  sqlite3_stmt *row = NULL;
  gint64 number = 0;

  if (sqlite3_prepare_v2 (damaged,
                          "SELECT hash, name, folder, magnet, trackers, n_files, size, wanted, verified, downloaded, uploaded,"
                          " active_time, seeding_time, added, finished, last_active, running_since, paused, forced, goal_ratio,"
                          " goal_time, goal_idle, goal_action, position FROM torrents WHERE rowid = ?1",
                          -1, &row, NULL) == SQLITE_OK)
    while (next_salvaged (row, &number))
      {
        g_autoptr (FreshetTorrentRecord) record = read_record (row);

        if (record != NULL)
          salvage_torrent (self, record);
      }
  sqlite3_finalize (row);
}

void
freshet_store_rows_salvage (FreshetStoreDb *self, sqlite3 *damaged)
{
  sqlite3_exec (self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  salvage_blobs (self, damaged, "SELECT hash, bytes FROM metainfo WHERE rowid = ?1", FRESHET_SQL_PUT_METAINFO);
  salvage_blobs (self, damaged, "SELECT hash, bytes FROM resume WHERE rowid = ?1", FRESHET_SQL_PUT_RESUME);
  salvage_torrents (self, damaged);
  sqlite3_exec (self->db,
                "DELETE FROM metainfo WHERE hash NOT IN (SELECT hash FROM torrents);"
                "DELETE FROM resume WHERE hash NOT IN (SELECT hash FROM torrents); COMMIT",
                NULL, NULL, NULL);
}
