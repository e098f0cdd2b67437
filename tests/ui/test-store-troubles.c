/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-mount.h"
#include "freshet-sample.h"
#include "store-support.h"
#include "ui-support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static gboolean can_mount;

static char *
db_path (StoreFixture *fixture)
{
  return g_build_filename (fixture->folder, "library.db", NULL);
}

static char *
dup_bytes (const char *path, gsize *length)
{
  g_autoptr (GError) error = NULL;
  char *bytes;

  g_file_get_contents (path, &bytes, length, &error);
  g_assert_no_error (error);
  return bytes;
}

/* What was set aside is byte for byte what was found. */
static void
assert_set_aside (StoreFixture *fixture, const char *bytes, gsize length)
{
  g_autofree char *aside = NULL;
  gsize aside_length;

  g_assert_nonnull (fixture->contents->set_aside);
  aside = dup_bytes (fixture->contents->set_aside, &aside_length);
  g_assert_cmpmem (aside, aside_length, bytes, length);
}

static void
cut (char *path)
{
  g_assert_cmpint (truncate (path, 10000), ==, 0);
}

static void
overwrite (const char *path, off_t offset, guint8 byte, gsize length)
{
  g_autofree guint8 *bytes = g_malloc (length);
  int fd = open (path, O_WRONLY);

  memset (bytes, byte, length);
  g_assert_cmpint (pwrite (fd, bytes, length, offset), ==, (gssize) length);
  close (fd);
}

static void
zero_second_page (char *path)
{
  overwrite (path, 4096, 0, 4096);
}

static void
zero_first_page (char *path)
{
  overwrite (path, 0, 0, 4096);
}

static void
write_noise (char *path)
{
  overwrite (path, 0, 0x5a, 30000);
}

static void
empty_it (char *path)
{
  g_assert_true (g_file_set_contents (path, "no database at all", -1, NULL));
}

static const struct
{
  const char *name;
  void (*damage) (char *path);
} damages[] = {
  { "truncated", cut },
  { "zeroed-page", zero_second_page },
  { "zeroed-header", zero_first_page },
  { "noise", write_noise },
  { "other-file", empty_it },
};

static void
test_damage_is_mended (StoreFixture *fixture, gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *path = db_path (fixture);
  g_autofree char *bytes = NULL;
  gsize length;

  store_put_many (fixture);
  store_close (fixture);
  damages[row].damage (path);
  bytes = dup_bytes (path, &length);
  store_open (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_RESTORED);
  store_assert_many (fixture);
  assert_set_aside (fixture, bytes, length);
  /* It works, and stays mended. */
  store_put_torrent (fixture, 1);
  store_close (fixture);
  store_open (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_FINE);
  store_assert_many (fixture);
}

static void
remove_backups (StoreFixture *fixture)
{
  g_autofree char *backups = g_build_filename (fixture->folder, "backups", NULL);
  g_autoptr (GError) error = NULL;

  freshet_sample_remove_folder (backups, &error);
  g_assert_no_error (error);
}

/* Without a backup what can still be read is there. */
static void
test_damage_without_backup (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);

  store_put_many (fixture);
  store_close (fixture);
  remove_backups (fixture);
  empty_it (path);
  store_open (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_LOST);
  g_assert_cmpuint (fixture->contents->records->len, ==, 0);
  store_put_many (fixture);
  store_close (fixture);
  store_open (fixture);
  store_assert_many (fixture);
}

static guint
count_aside (StoreFixture *fixture)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    n += strstr (name, ".damaged-") != NULL;
  return n;
}

static void
test_two_damaged_ones_are_kept (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);
  g_autofree char *other = g_strconcat (path, ".damaged-by-me", NULL);

  g_assert_true (g_file_set_contents (other, "somebody's own", -1, NULL));
  for (guint i = 0; i < 4; i++)
    {
      store_close (fixture);
      empty_it (path);
      store_open (fixture);
      g_assert_true (g_file_test (fixture->contents->set_aside, G_FILE_TEST_EXISTS));
      g_assert_cmpuint (count_aside (fixture), ==, 1 + MIN (i + 1, 2));
    }
  g_assert_true (g_file_test (other, G_FILE_TEST_EXISTS));
}

/* What came after the backup is not in it, but can be read. */
static void
test_what_is_newer_than_the_backup_is_saved (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);
  g_autofree char *backup = g_build_filename (fixture->folder, "backups", "library-1.db", NULL);
  g_autofree char *old = NULL;
  GStatBuf status;
  gsize length;

  store_put_torrent (fixture, 0);
  store_close (fixture);
  old = dup_bytes (backup, &length);
  store_open (fixture);
  store_put_many (fixture);
  store_close (fixture);
  g_assert_true (g_file_set_contents (backup, old, (gssize) length, NULL));
  /* One page, of whatever it is: not more is lost than was on it, which is
   * about fifty rows. */
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  overwrite (path, status.st_size - 4096, 0xff, 4096);
  store_open (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_RESTORED);
  g_assert_cmpuint (fixture->contents->records->len, >, 1);
  g_assert_cmpuint (fixture->contents->records->len, >=, STORE_N_TORRENTS - 55);
}

static void
run_sql (const char *path, const char *sql)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_newer_is_left_alone (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);
  g_autofree char *before = NULL, *after = NULL;
  gsize length, length_after;

  store_put_many (fixture);
  store_close (fixture);
  run_sql (path, "PRAGMA user_version = 999");
  before = dup_bytes (path, &length);
  store_open (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_NEWER);
  g_assert_cmpuint (fixture->contents->records->len, ==, 0);
  /* What is put goes nowhere. */
  store_put_torrent (fixture, 100);
  store_flush (fixture);
  store_close (fixture);
  after = dup_bytes (path, &length_after);
  g_assert_cmpmem (before, length, after, length_after);
}

/* As the first version made it. */
static const char first_schema[] =
    "CREATE TABLE torrents ("
    "  hash BLOB PRIMARY KEY, position INTEGER NOT NULL, name TEXT NOT NULL, folder BLOB NOT NULL, magnet TEXT,"
    "  trackers TEXT, n_files INTEGER NOT NULL, size INTEGER NOT NULL, wanted INTEGER NOT NULL,"
    "  verified INTEGER NOT NULL, downloaded INTEGER NOT NULL, uploaded INTEGER NOT NULL,"
    "  active_time INTEGER NOT NULL, seeding_time INTEGER NOT NULL, added INTEGER NOT NULL,"
    "  finished INTEGER NOT NULL, last_active INTEGER NOT NULL, running_since INTEGER NOT NULL,"
    "  paused INTEGER NOT NULL);"
    "CREATE TABLE metainfo (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL);"
    "CREATE TABLE resume (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL);"
    "CREATE TABLE session (key TEXT PRIMARY KEY, value BLOB NOT NULL);"
    "INSERT INTO torrents VALUES (x'0102030405060708090a0b0c0d0e0f1011121314', 0, 'an old one', CAST ('/old' AS BLOB),"
    " NULL, '', 1, 10, 10, 5, 0, 0, 0, 0, 1, 0, 0, 0, 1);"
    "PRAGMA user_version = 1; PRAGMA application_id = 1181905780;";

static void
test_older_is_brought_up_to_date (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);
  g_autofree char *before = g_build_filename (fixture->folder, "backups", "library-version-1.db", NULL);
  const FreshetTorrentRecord *record;

  store_close (fixture);
  g_assert_cmpint (g_unlink (path), ==, 0);
  run_sql (path, first_schema);
  store_open (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_FINE);
  g_assert_cmpuint (fixture->contents->records->len, ==, 1);
  record = fixture->contents->records->pdata[0];
  g_assert_cmpstr (record->name, ==, "an old one");
  g_assert_cmpfloat (record->goals.ratio, ==, FRESHET_GOAL_GLOBAL);
  g_assert_true (g_file_test (before, G_FILE_TEST_EXISTS));
  store_put_many (fixture);
  store_close (fixture);
  store_open (fixture);
  g_assert_cmpuint (fixture->contents->records->len, ==, STORE_N_TORRENTS + 1);
}

static void
test_has_one_owner (StoreFixture *fixture, gconstpointer data)
{
  StoreFixture other = { .folder = fixture->folder };

  store_put_many (fixture);
  store_open (&other);
  g_assert_cmpint (other.contents->state, ==, FRESHET_STORE_IN_USE);
  store_close (&other);
  freshet_store_contents_free (other.contents);
  store_close (fixture);
  store_open (fixture);
  store_assert_many (fixture);
}

static void
test_folder_that_cannot_be (StoreFixture *fixture, gconstpointer data)
{
  StoreFixture other = { .folder = g_build_filename (fixture->folder, "library.db", "below", NULL) };

  store_open (&other);
  g_assert_cmpint (other.contents->state, ==, FRESHET_STORE_FAILED);
  g_assert_nonnull (other.contents->message);
  store_close (&other);
  freshet_store_contents_free (other.contents);
  g_free (other.folder);
}

/* A process that is gone at once leaves what was on the disk. */
static void
test_what_was_flushed_survives_a_kill (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *copy = ui_folder_new ();
  static const char *const names[] = { "library.db", "library.db-wal" };

  store_put_many (fixture);
  store_flush (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (fixture->folder, names[i], NULL);
      g_autofree char *to = g_build_filename (copy, names[i], NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      bytes = dup_bytes (from, &length);
      g_assert_true (g_file_set_contents (to, bytes, (gssize) length, NULL));
    }
  store_close (fixture);
  {
    StoreFixture other = { .folder = copy };

    store_open (&other);
    store_assert_many (&other);
    store_close (&other);
    freshet_store_contents_free (other.contents);
  }
  ui_folder_remove (g_steal_pointer (&copy));
}

static void
writable_cb (FreshetStore *store, gboolean writable, const char *message, gpointer data)
{
  *(int *) data = writable;
}

static gboolean
is_full (gpointer data)
{
  return *(int *) data == FALSE;
}

static gboolean
has_room (gpointer data)
{
  return *(int *) data == TRUE;
}

/* Whoever needs nothing of what waits goes on. */
static void
assert_others_go_on (StoreFixture *other, guint earlier)
{
  FreshetStoreTorrent *torrent = store_load (other, earlier);

  g_assert_nonnull (torrent->metainfo);
  freshet_store_torrent_free (torrent);
  g_assert_false (store_flush (other));
}

/* What cannot be written waits until it can. */
static void
test_full_disk_loses_nothing (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *small = ui_folder_new ();
  g_autofree char *ballast = g_build_filename (small, "ballast", NULL);
  g_autofree char *bytes = g_malloc0 (9 << 19);
  g_autoptr (GBytes) large = g_bytes_new (bytes, 4000);
  StoreFixture other = { .folder = small };
  const guint n = 4 * STORE_N_TORRENTS;
  int writable = -1;

  if (!can_mount)
    {
      g_test_skip ("This system lets us mount nothing");
      ui_folder_remove (g_steal_pointer (&small));
      return;
    }
  bt_test_mount_small (small, 5 << 20);
  store_open (&other);
  store_put_torrent (&other, n);
  g_assert_true (store_flush (&other));
  g_assert_true (g_file_set_contents (ballast, bytes, 9 << 19, NULL));
  g_signal_connect (other.store, "writable", G_CALLBACK (writable_cb), &writable);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BtMetainfo) metainfo = store_metainfo (i);

      store_put_torrent (&other, i);
      freshet_store_put_resume (other.store, bt_metainfo_get_info_hash (metainfo), large, FALSE);
    }
  ui_wait (is_full, &writable);
  assert_others_go_on (&other, n);
  g_assert_cmpint (g_unlink (ballast), ==, 0);
  ui_wait (has_room, &writable);
  store_close (&other);
  store_open (&other);
  g_assert_cmpint (other.contents->state, ==, FRESHET_STORE_FINE);
  g_assert_cmpuint (other.contents->records->len, ==, n + 1);
  store_close (&other);
  freshet_store_contents_free (other.contents);
  bt_test_unmount (small);
  ui_folder_remove (g_steal_pointer (&small));
}

static void
told_cb (FreshetStore *store, gboolean writable, const char *message, gpointer data)
{
  g_atomic_pointer_set ((gpointer *) data, g_thread_self ());
}

static gboolean
is_told (gpointer data)
{
  return g_atomic_pointer_get ((gpointer *) data) != NULL;
}

/* Wherever the trouble is seen, and whoever has the main context at the time. */
static void
test_trouble_is_told_on_the_main_thread (StoreFixture *fixture, gconstpointer data)
{
  struct rlimit before, none = { .rlim_cur = 1 };
  gpointer told = NULL;

  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  none.rlim_max = before.rlim_max;
  signal (SIGXFSZ, SIG_IGN);
  g_signal_connect (fixture->store, "writable", G_CALLBACK (told_cb), &told);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &none), ==, 0);
  store_put_many (fixture);
  /* The thread has the time to tell it while nobody is in the main loop. */
  for (guint i = 0; i < 20000 && !is_told (&told); i++)
    g_thread_yield ();
  ui_wait (is_told, &told);
  g_assert_true (told == g_thread_self ());
  g_signal_handlers_disconnect_by_data (fixture->store, &told);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
}

static void
let_go_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  freshet_store_contents_free (freshet_store_open_finish (FRESHET_STORE (object), result));
}

static gboolean
is_gone (gpointer data)
{
  return *(gpointer *) data == NULL;
}

/* Who is told that it cannot be opened lets go of it at once, while its
 * thread may still be busy with the telling. */
static void
test_goes_when_nobody_wants_it (StoreFixture *fixture, gconstpointer data)
{
  g_autofree char *below = g_build_filename (fixture->folder, "library.db", "below", NULL);

  for (guint i = 0; i < 500; i++)
    {
      FreshetStore *store = freshet_store_new (below);

      g_object_add_weak_pointer (G_OBJECT (store), (gpointer *) &store);
      freshet_store_open_async (store, let_go_cb, NULL);
      g_object_unref (store);
      ui_wait (is_gone, &store);
    }
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (StoreFixture *fixture, gconstpointer data);
  } tests[] = {
    { "without-backup", test_damage_without_backup },
    { "two-damaged-ones-are-kept", test_two_damaged_ones_are_kept },
    { "what-is-newer-than-the-backup-is-saved", test_what_is_newer_than_the_backup_is_saved },
    { "newer-is-left-alone", test_newer_is_left_alone },
    { "older-is-brought-up-to-date", test_older_is_brought_up_to_date },
    { "trouble-is-told-on-the-main-thread", test_trouble_is_told_on_the_main_thread },
    { "goes-when-nobody-wants-it", test_goes_when_nobody_wants_it },
    { "has-one-owner", test_has_one_owner },
    { "folder-that-cannot-be", test_folder_that_cannot_be },
    { "full-disk-loses-nothing", test_full_disk_loses_nothing },
    { "what-was-flushed-survives-a-kill", test_what_was_flushed_survives_a_kill },
  };

  can_mount = bt_test_mounts_begin ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/store-troubles/", tests[i].name, NULL);

      g_test_add (path, StoreFixture, NULL, store_set_up, tests[i].test, store_tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autofree char *path = g_strconcat ("/store-troubles/damage/", damages[i].name, NULL);

      g_test_add (path, StoreFixture, GUINT_TO_POINTER (i), store_set_up, test_damage_is_mended, store_tear_down);
    }
  return g_test_run ();
}
