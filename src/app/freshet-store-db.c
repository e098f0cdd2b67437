/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* "Frst": so that tools know whose file it is. */
#define APPLICATION_ID 0x46727374

/* Pages kept in memory, in KiB. */
#define CACHE_KIB "2048"

/* Each step makes one version of the next. A step that was released is never
 * changed, or databases of the same version would differ. */
static const char *const migrations[] = {
  /* 1: torrents, and what goes on after a restart */
  ("CREATE TABLE torrents ("
   "  hash BLOB PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, folder BLOB NOT NULL, magnet TEXT,"
   "  trackers TEXT, n_files INTEGER NOT NULL, size INTEGER NOT NULL, wanted INTEGER NOT NULL,"
   "  verified INTEGER NOT NULL, downloaded INTEGER NOT NULL, uploaded INTEGER NOT NULL,"
   "  active_time INTEGER NOT NULL, seeding_time INTEGER NOT NULL, added INTEGER NOT NULL,"
   "  finished INTEGER NOT NULL, last_active INTEGER NOT NULL, running_since INTEGER NOT NULL,"
   "  paused INTEGER NOT NULL);"
   "CREATE TABLE metainfo (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL);"
   "CREATE TABLE resume (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL);"
   "CREATE TABLE session (key TEXT PRIMARY KEY, value BLOB NOT NULL);"),
  /* 2: the queue and seeding goals */
  ("ALTER TABLE torrents ADD COLUMN forced INTEGER NOT NULL DEFAULT 0;"
   "ALTER TABLE torrents ADD COLUMN goal_ratio REAL NOT NULL DEFAULT -1;"
   "ALTER TABLE torrents ADD COLUMN goal_time INTEGER NOT NULL DEFAULT -1;"
   "ALTER TABLE torrents ADD COLUMN goal_idle INTEGER NOT NULL DEFAULT -1;"
   "ALTER TABLE torrents ADD COLUMN goal_action INTEGER NOT NULL DEFAULT -1;"),
  /* 3: labels */
  ("CREATE TABLE labels (id INTEGER PRIMARY KEY, name TEXT NOT NULL, colour TEXT NOT NULL, folder BLOB);"
   "CREATE TABLE torrent_labels (hash BLOB NOT NULL, label INTEGER NOT NULL, PRIMARY KEY (hash, label)) WITHOUT ROWID;"),
};

#define SCHEMA_VERSION ((int) G_N_ELEMENTS (migrations))

static const char *const texts[FRESHET_N_SQL] = {
  [FRESHET_SQL_BEGIN] = "BEGIN IMMEDIATE",
  [FRESHET_SQL_COMMIT] = "COMMIT",
  /* The place in the list stays unless the torrent is new. */
  [FRESHET_SQL_PUT] =
      "INSERT INTO torrents (hash, position, name, folder, magnet, trackers, n_files, size, wanted, verified,"
      " downloaded, uploaded, active_time, seeding_time, added, finished, last_active, running_since, paused,"
      " forced, goal_ratio, goal_time, goal_idle, goal_action)"
      " VALUES (?1, ?24, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
      " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)"
      " ON CONFLICT (hash) DO UPDATE SET name = ?2, folder = ?3, magnet = ?4, trackers = ?5, n_files = ?6, size = ?7,"
      " wanted = ?8, verified = ?9, downloaded = ?10, uploaded = ?11, active_time = ?12, seeding_time = ?13,"
      " added = ?14, finished = ?15, last_active = ?16, running_since = ?17, paused = ?18, forced = ?19,"
      " goal_ratio = ?20, goal_time = ?21, goal_idle = ?22, goal_action = ?23",
  [FRESHET_SQL_CLEAR_LABELS] = "DELETE FROM torrent_labels WHERE hash = ?1",
  [FRESHET_SQL_ADD_LABEL] = "INSERT OR IGNORE INTO torrent_labels (hash, label) VALUES (?1, ?2)",
  [FRESHET_SQL_PUT_METAINFO] = "INSERT OR REPLACE INTO metainfo (hash, bytes) VALUES (?1, ?2)",
  [FRESHET_SQL_PUT_RESUME] = "INSERT OR REPLACE INTO resume (hash, bytes) VALUES (?1, ?2)",
  [FRESHET_SQL_REMOVE] = "DELETE FROM torrents WHERE hash = ?1",
  [FRESHET_SQL_REMOVE_METAINFO] = "DELETE FROM metainfo WHERE hash = ?1",
  [FRESHET_SQL_REMOVE_RESUME] = "DELETE FROM resume WHERE hash = ?1",
  [FRESHET_SQL_SET_POSITION] = "UPDATE torrents SET position = ?2 WHERE hash = ?1 AND position <> ?2",
  [FRESHET_SQL_PUT_LABEL] = "INSERT OR REPLACE INTO labels (id, name, colour, folder) VALUES (?1, ?2, ?3, ?4)",
  [FRESHET_SQL_REMOVE_LABEL] = "DELETE FROM labels WHERE id = ?1",
  [FRESHET_SQL_UNUSE_LABEL] = "DELETE FROM torrent_labels WHERE label = ?1",
  [FRESHET_SQL_PUT_VALUE] = "INSERT OR REPLACE INTO session (key, value) VALUES (?1, ?2)",
  [FRESHET_SQL_GET_VALUE] = "SELECT value FROM session WHERE key = ?1",
  [FRESHET_SQL_GET_METAINFO] = "SELECT bytes FROM metainfo WHERE hash = ?1",
  [FRESHET_SQL_GET_RESUME] = "SELECT bytes FROM resume WHERE hash = ?1",
  [FRESHET_SQL_ALL] =
      "SELECT hash, name, folder, magnet, trackers, n_files, size, wanted, verified, downloaded, uploaded,"
      " active_time, seeding_time, added, finished, last_active, running_since, paused, forced, goal_ratio,"
      " goal_time, goal_idle, goal_action, position FROM torrents ORDER BY position, rowid",
  [FRESHET_SQL_ALL_LABELS] = "SELECT id, name, colour, folder FROM labels ORDER BY name COLLATE NOCASE, id",
  [FRESHET_SQL_ALL_USES] = "SELECT hash, label FROM torrent_labels",
};

gboolean
freshet_store_db_is_damage (int code)
{
  return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

sqlite3_stmt *
freshet_store_db_statement (FreshetStoreDb *self, FreshetSql which)
{
  if (self->statements[which] == NULL &&
      sqlite3_prepare_v3 (self->db, texts[which], -1, SQLITE_PREPARE_PERSISTENT, &self->statements[which], NULL) != SQLITE_OK)
    return NULL;
  sqlite3_reset (self->statements[which]);
  sqlite3_clear_bindings (self->statements[which]);
  return self->statements[which];
}

int
freshet_store_db_run (FreshetStoreDb *self, sqlite3_stmt *statement)
{
  int code;

  if (statement == NULL)
    return sqlite3_extended_errcode (self->db);
  code = sqlite3_step (statement);
  sqlite3_reset (statement);
  return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : sqlite3_extended_errcode (self->db);
}

static int
get_number (sqlite3 *db, const char *sql, int *number)
{
  sqlite3_stmt *statement = NULL;
  int code = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL);

  if (code == SQLITE_OK && (code = sqlite3_step (statement)) == SQLITE_ROW)
    {
      *number = sqlite3_column_int (statement, 0);
      code = SQLITE_OK;
    }
  sqlite3_finalize (statement);
  return code;
}

static gboolean
is_fine (sqlite3 *db, const char *sql)
{
  sqlite3_stmt *statement = NULL;
  gboolean fine = sqlite3_prepare_v2 (db, sql, -1, &statement, NULL) == SQLITE_OK &&
                  sqlite3_step (statement) == SQLITE_ROW &&
                  g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;

  sqlite3_finalize (statement);
  return fine;
}

gboolean
freshet_store_db_check (FreshetStoreDb *self)
{
  return is_fine (self->db, "PRAGMA quick_check(1)");
}

/* Closes it without writing anything back: what was not understood is left alone. */
static void
close_untouched (FreshetStoreDb *self)
{
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
  sqlite3_close_v2 (g_steal_pointer (&self->db));
}

static int
migrate (FreshetStoreDb *self, int version)
{
  g_autofree char *done = NULL;
  int code = SQLITE_OK;

  if (version == SCHEMA_VERSION)
    return SQLITE_OK;
  if (version > 0)
    freshet_store_backup_before_migration (self, version);
  code = sqlite3_exec (self->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
  for (int i = version; i < SCHEMA_VERSION && code == SQLITE_OK; i++)
    code = sqlite3_exec (self->db, migrations[i], NULL, NULL, NULL);
  done = g_strdup_printf ("PRAGMA user_version = %d; PRAGMA application_id = %d; COMMIT", SCHEMA_VERSION, APPLICATION_ID);
  if (code == SQLITE_OK)
    code = sqlite3_exec (self->db, done, NULL, NULL, NULL);
  if (code != SQLITE_OK)
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return code;
}

/* What every transaction writes is on the disk when it ends. */
static int
set_up (FreshetStoreDb *self)
{
  return sqlite3_exec (self->db,
                       "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                       "PRAGMA cache_size = -" CACHE_KIB "; PRAGMA temp_store = MEMORY;",
                       NULL, NULL, NULL);
}

/* Returns: a result code; SQLITE_SCHEMA for a later version */
static int
open_file (FreshetStoreDb *self)
{
  int version = 0, code;

  code = sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL);
  if (code != SQLITE_OK)
    {
      sqlite3_close_v2 (g_steal_pointer (&self->db));
      return code;
    }
  sqlite3_extended_result_codes (self->db, 1);
  code = get_number (self->db, "PRAGMA user_version", &version);
  if (code == SQLITE_OK && version > SCHEMA_VERSION)
    code = SQLITE_SCHEMA;
  if (code == SQLITE_OK)
    code = set_up (self);
  /* Of the tables that the list is made of; the others can be large. */
  if (code == SQLITE_OK && version > 0 && !is_fine (self->db, "PRAGMA quick_check('torrents')"))
    code = SQLITE_CORRUPT;
  if (code == SQLITE_OK)
    code = migrate (self, version);
  if (code != SQLITE_OK)
    close_untouched (self);
  return code;
}

/* Not by the database's own lock: a person who is told so must be sure that
 * nothing of it was touched. */
static gboolean
take_lock (FreshetStoreDb *self)
{
  g_autofree char *path = g_build_filename (self->folder, "library.lock", NULL);

  self->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock < 0)
    return FALSE;
  if (flock (self->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  close (self->lock);
  self->lock = -1;
  errno = EWOULDBLOCK;
  return FALSE;
}

static void
set_message (FreshetStoreContents *contents, const char *message)
{
  g_free (contents->message);
  contents->message = g_strdup (message);
}

static const char *const companions[] = { "", "-wal", "-shm", "-journal" };

#define DAMAGED ".damaged-"

/* Somebody may be able to read more of the newest ones than we can. */
#define MOST_ASIDE 2u

static void
remove_database (const char *path)
{
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *file = g_strconcat (path, companions[i], NULL);

      g_unlink (file);
    }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) b, *(const char *const *) a);
}

/* Their names have the time in them. @newest: stays whatever the clock said */
static void
drop_oldest_aside (FreshetStoreDb *self, const char *newest)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = g_path_get_basename (self->path);
  g_autofree char *prefix = g_strconcat (name, DAMAGED, NULL);
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *entry;

  while (dir != NULL && (entry = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, entry, NULL);

      if (g_str_has_prefix (entry, prefix) && strspn (entry + strlen (prefix), "0123456789-") == strlen (entry + strlen (prefix)) &&
          !g_str_equal (path, newest))
        g_ptr_array_add (paths, g_steal_pointer (&path));
    }
  g_ptr_array_sort (paths, compare_names);
  for (guint i = MOST_ASIDE - 1; i < paths->len; i++)
    remove_database (paths->pdata[i]);
}

/* Returns: (transfer full): where it went */
static char *
set_aside (FreshetStoreDb *self)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *stamp = g_date_time_format (now, "%Y%m%d-%H%M%S");
  g_autofree char *aside = g_strconcat (self->path, DAMAGED, stamp, NULL);

  for (guint i = 2; g_file_test (aside, G_FILE_TEST_EXISTS); i++)
    {
      g_free (aside);
      aside = g_strdup_printf ("%s" DAMAGED "%s-%u", self->path, stamp, i);
    }
  for (guint i = 0; i < G_N_ELEMENTS (companions); i++)
    {
      g_autofree char *from = g_strconcat (self->path, companions[i], NULL);
      g_autofree char *to = g_strconcat (aside, companions[i], NULL);

      g_rename (from, to);
    }
  return g_steal_pointer (&aside);
}

/* With its journal, which may have more than the file itself. */
static void
copy_aside (const char *aside, const char *copy)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *from_path = g_strconcat (aside, companions[i], NULL);
      g_autofree char *to_path = g_strconcat (copy, companions[i], NULL);
      g_autoptr (GFile) from = g_file_new_for_path (from_path);
      g_autoptr (GFile) to = g_file_new_for_path (to_path);

      g_file_copy (from, to, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, NULL);
    }
}

/* From a copy: reading may change a database, and what was set aside is left
 * as it was found. */
static void
salvage (FreshetStoreDb *self, const char *aside)
{
  g_autofree char *copy = g_strconcat (self->path, ".salvage", NULL);
  sqlite3 *damaged = NULL;

  copy_aside (aside, copy);
  if (sqlite3_open_v2 (copy, &damaged, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW, NULL) == SQLITE_OK)
    freshet_store_rows_salvage (self, damaged);
  sqlite3_close_v2 (damaged);
  remove_database (copy);
}

void
freshet_store_db_mend (FreshetStoreDb *self, FreshetStoreContents *contents)
{
  gboolean restored;
  int code;

  g_warn_if_fail (contents->set_aside == NULL);
  if (self->db != NULL)
    {
      for (guint i = 0; i < FRESHET_N_SQL; i++)
        g_clear_pointer (&self->statements[i], sqlite3_finalize);
      close_untouched (self);
    }
  contents->set_aside = set_aside (self);
  restored = freshet_store_backup_restore (self);
  code = open_file (self);
  if (code != SQLITE_OK)
    {
      set_message (contents, sqlite3_errstr (code));
      contents->state = FRESHET_STORE_FAILED;
      return;
    }
  salvage (self, contents->set_aside);
  drop_oldest_aside (self, contents->set_aside);
  contents->state = restored ? FRESHET_STORE_RESTORED : FRESHET_STORE_LOST;
}

static void
open_or_mend (FreshetStoreDb *self, FreshetStoreContents *contents)
{
  int code = open_file (self);

  if (code == SQLITE_OK)
    code = freshet_store_rows_load (self, contents);
  if (freshet_store_db_is_damage (code))
    {
      freshet_store_db_mend (self, contents);
      code = self->db == NULL ? SQLITE_ERROR : freshet_store_rows_load (self, contents);
    }
  if (code == SQLITE_SCHEMA)
    contents->state = FRESHET_STORE_NEWER;
  else if (code != SQLITE_OK)
    contents->state = FRESHET_STORE_FAILED;
  if (code != SQLITE_OK && contents->message == NULL)
    set_message (contents, sqlite3_errstr (code));
}

void
freshet_store_db_open (FreshetStoreDb *self, FreshetStoreContents *contents)
{
  self->path = g_build_filename (self->folder, "library.db", NULL);
  self->lock = -1;
  if (g_mkdir_with_parents (self->folder, 0700) != 0 || !take_lock (self))
    {
      contents->state = errno == EWOULDBLOCK ? FRESHET_STORE_IN_USE : FRESHET_STORE_FAILED;
      set_message (contents, g_strerror (errno));
      return;
    }
  open_or_mend (self, contents);
}

void
freshet_store_db_close (FreshetStoreDb *self)
{
  for (guint i = 0; i < FRESHET_N_SQL; i++)
    g_clear_pointer (&self->statements[i], sqlite3_finalize);
  g_clear_pointer (&self->db, sqlite3_close_v2);
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;
  g_clear_pointer (&self->path, g_free);
}
