/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-store-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Copies of the database beside it, the newest first: three, of which all
 * but the newest are at least a day apart. */
#define N_BACKUPS 3

/* Seconds after which a new backup does not take the newest one's place. */
#define ROTATION (24 * 3600)

static char *
backup_path (FreshetStoreDb *self, int number)
{
  g_autofree char *name = g_strdup_printf ("library-%d.db", number);

  return g_build_filename (self->folder, "backups", name, NULL);
}

static gboolean
is_old (const char *path)
{
  struct stat status;

  return g_stat (path, &status) == 0 && g_get_real_time () / G_USEC_PER_SEC - status.st_mtim.tv_sec > ROTATION;
}

static void
sync_path (const char *path, int flags)
{
  int fd = open (path, O_RDONLY | O_CLOEXEC | flags);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/* The oldest goes. */
static void
rotate (FreshetStoreDb *self)
{
  for (int i = N_BACKUPS - 1; i >= 1; i--)
    {
      g_autofree char *from = backup_path (self, i);
      g_autofree char *to = backup_path (self, i + 1);

      g_rename (from, to);
    }
}

static gboolean
copy_database (sqlite3 *from, const char *path)
{
  sqlite3 *to = NULL;
  sqlite3_backup *backup = NULL;
  gboolean done = FALSE;

  g_unlink (path);
  if (sqlite3_open_v2 (path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK &&
      (backup = sqlite3_backup_init (to, "main", from, "main")) != NULL)
    {
      sqlite3_backup_step (backup, -1);
      done = sqlite3_backup_finish (backup) == SQLITE_OK;
    }
  if (done)
    /* One file, which can be copied by itself. */
    done = sqlite3_exec (to, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) == SQLITE_OK;
  sqlite3_close_v2 (to);
  return done;
}

void
freshet_store_backup_make (FreshetStoreDb *self)
{
  g_autofree char *newest = backup_path (self, 1);
  g_autofree char *fresh = g_strconcat (newest, ".new", NULL);
  g_autofree char *folder = g_path_get_dirname (newest);

  if (self->db == NULL || g_mkdir_with_parents (folder, 0700) != 0)
    return;
  if (!copy_database (self->db, fresh))
    {
      g_message ("No backup of the library could be made");
      g_unlink (fresh);
      return;
    }
  sync_path (fresh, 0);
  if (is_old (newest))
    rotate (self);
  if (g_rename (fresh, newest) == 0)
    self->backup_due = FALSE;
  sync_path (folder, O_DIRECTORY);
}

void
freshet_store_backup_before_migration (FreshetStoreDb *self, int version)
{
  g_autofree char *name = g_strdup_printf ("library-version-%d.db", version);
  g_autofree char *path = g_build_filename (self->folder, "backups", name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  if (g_mkdir_with_parents (folder, 0700) == 0 && copy_database (self->db, path))
    sync_path (path, 0);
}

sqlite3 *
freshet_store_backup_open_checked (const char *path)
{
  sqlite3 *db = NULL;
  sqlite3_stmt *statement = NULL;
  gboolean fine;

  fine = sqlite3_open_v2 (path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOFOLLOW, NULL) == SQLITE_OK &&
         sqlite3_prepare_v2 (db, "PRAGMA quick_check(1)", -1, &statement, NULL) == SQLITE_OK &&
         sqlite3_step (statement) == SQLITE_ROW &&
         g_strcmp0 ((const char *) sqlite3_column_text (statement, 0), "ok") == 0;
  sqlite3_finalize (statement);
  if (!fine)
    g_clear_pointer (&db, sqlite3_close_v2);
  return db;
}

gboolean
freshet_store_backup_restore (FreshetStoreDb *self)
{
  for (int i = 1; i <= N_BACKUPS; i++)
    {
      g_autofree char *path = backup_path (self, i);
      sqlite3 *backup = g_file_test (path, G_FILE_TEST_EXISTS) ? freshet_store_backup_open_checked (path) : NULL;
      gboolean done = backup != NULL && copy_database (backup, self->path);

      sqlite3_close_v2 (backup);
      if (done)
        {
          sync_path (self->path, 0);
          return TRUE;
        }
      g_unlink (self->path);
    }
  return FALSE;
}
