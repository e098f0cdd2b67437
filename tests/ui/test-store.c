/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-mount.h"
#include "freshet-sample.h"
#include "freshet-store.h"
#include "ui-support.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#define N_TORRENTS 60u

static gboolean can_mount;

/* A database in a folder of its own, opened and closed as often as one likes. */
typedef struct
{
  char *folder;
  FreshetStore *store;
  FreshetStoreContents *contents;
} Fixture;

static void
open_store (Fixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  fixture->store = freshet_store_new (fixture->folder);
  freshet_store_open_async (fixture->store, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_clear_pointer (&fixture->contents, freshet_store_contents_free);
  fixture->contents = freshet_store_open_finish (fixture->store, result);
}

static void
close_store (Fixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_store_close_async (fixture->store, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  g_assert_true (freshet_store_close_finish (fixture->store, result));
  g_clear_object (&fixture->store);
}

static void
flush (Fixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_store_flush_async (fixture->store, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_store_flush_finish (fixture->store, result);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = ui_folder_new ();
  open_store (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_FINE);
  g_assert_cmpuint (fixture->contents->records->len, ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->store != NULL)
    close_store (fixture);
  g_clear_pointer (&fixture->contents, freshet_store_contents_free);
  ui_folder_remove (fixture->folder);
}

static BtMetainfo *
metainfo_of (guint i)
{
  g_autofree char *name = g_strdup_printf ("torrent %u", i);

  return ui_metainfo_new (name, 1000000 + i);
}

static void
put_torrent (Fixture *fixture, guint i)
{
  g_autoptr (BtMetainfo) metainfo = metainfo_of (i);
  g_autoptr (FreshetTorrentRecord) record = freshet_torrent_record_new ();
  g_autoptr (GBytes) resume = g_bytes_new_static ("a record", 8);

  memcpy (record->hash, bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);
  freshet_torrent_record_set_folder (record, "/somewhere");
  freshet_torrent_record_set_metainfo (record, metainfo);
  record->position = i;
  record->wanted = 1000000 + i;
  record->verified = i;
  freshet_store_put (fixture->store, record);
  freshet_store_put_metainfo (fixture->store, record->hash, bt_metainfo_get_bytes (metainfo));
  freshet_store_put_resume (fixture->store, record->hash, resume);
}

static void
put_many (Fixture *fixture)
{
  for (guint i = 0; i < N_TORRENTS; i++)
    put_torrent (fixture, i);
}

static void
assert_many (Fixture *fixture)
{
  g_assert_cmpuint (fixture->contents->records->len, ==, N_TORRENTS);
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("torrent %u", i);
      const FreshetTorrentRecord *record = fixture->contents->records->pdata[i];

      g_assert_cmpstr (record->name, ==, name);
      g_assert_cmpuint (record->verified, ==, i);
      g_assert_cmpstr (record->folder, ==, "/somewhere");
    }
}

static FreshetStoreTorrent *
load (Fixture *fixture, guint i)
{
  g_autoptr (BtMetainfo) metainfo = metainfo_of (i);
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_store_load_async (fixture->store, bt_metainfo_get_info_hash (metainfo), ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  return freshet_store_load_finish (fixture->store, result, NULL);
}

static void
test_keeps_what_is_put (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetStoreTorrent) torrent = NULL;
  g_autoptr (FreshetStoreTorrent) none = NULL;

  put_many (fixture);
  close_store (fixture);
  open_store (fixture);
  assert_many (fixture);
  torrent = load (fixture, 7);
  g_assert_cmpstr (bt_metainfo_get_name (torrent->metainfo), ==, "torrent 7");
  g_assert_cmpmem (g_bytes_get_data (torrent->resume, NULL), g_bytes_get_size (torrent->resume), "a record", 8);
  none = load (fixture, 1000);
  g_assert_null (none->metainfo);
}

static void
test_reads_what_still_waits (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetStoreTorrent) torrent = NULL;

  put_torrent (fixture, 3);
  torrent = load (fixture, 3);
  g_assert_nonnull (torrent->metainfo);
}

static void
test_removes_with_all_that_is_its_own (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtMetainfo) metainfo = metainfo_of (1);
  g_autoptr (FreshetStoreTorrent) torrent = NULL;

  put_many (fixture);
  freshet_store_remove (fixture->store, bt_metainfo_get_info_hash (metainfo));
  close_store (fixture);
  open_store (fixture);
  g_assert_cmpuint (fixture->contents->records->len, ==, N_TORRENTS - 1);
  torrent = load (fixture, 1);
  g_assert_null (torrent->metainfo);
  g_assert_null (torrent->resume);
  /* And it can come again. */
  freshet_store_remove (fixture->store, bt_metainfo_get_info_hash (metainfo));
  put_torrent (fixture, 1);
  close_store (fixture);
  open_store (fixture);
  assert_many (fixture);
}

static void
test_keeps_order_labels_and_goals (Fixture *fixture, gconstpointer data)
{
  FreshetLabel label = { .id = 5, .name = (char *) "films", .colour = (char *) "#ff0000", .folder = (char *) "/films" };
  g_autoptr (FreshetTorrentRecord) record = NULL;
  g_autoptr (GArray) hashes = g_array_new (FALSE, FALSE, 1);

  put_many (fixture);
  close_store (fixture);
  open_store (fixture);
  record = freshet_torrent_record_copy (fixture->contents->records->pdata[0]);
  freshet_store_put_label (fixture->store, &label);
  freshet_torrent_record_set_label (record, 5, TRUE);
  record->goals.ratio = 1.5;
  record->goals.action = FRESHET_GOAL_REMOVE;
  record->forced = record->paused = TRUE;
  record->running_since = 12345;
  freshet_store_put (fixture->store, record);
  for (guint i = N_TORRENTS; i-- > 0;)
    g_array_append_vals (hashes, ((FreshetTorrentRecord *) fixture->contents->records->pdata[i])->hash, BT_SHA1_LENGTH);
  freshet_store_put_order (fixture->store, hashes);
  close_store (fixture);
  open_store (fixture);
  freshet_torrent_record_free (record);
  record = freshet_torrent_record_copy (fixture->contents->records->pdata[N_TORRENTS - 1]);
  g_assert_cmpstr (record->name, ==, "torrent 0");
  g_assert_true (freshet_torrent_record_has_label (record, 5));
  g_assert_cmpfloat (record->goals.ratio, ==, 1.5);
  g_assert_cmpint (record->goals.action, ==, FRESHET_GOAL_REMOVE);
  g_assert_cmpint (record->goals.time, ==, FRESHET_GOAL_GLOBAL);
  g_assert_true (record->forced && record->paused);
  g_assert_cmpint (record->running_since, ==, 12345);
  g_assert_cmpuint (fixture->contents->labels->len, ==, 1);
  g_assert_cmpstr (((FreshetLabel *) fixture->contents->labels->pdata[0])->folder, ==, "/films");
  freshet_store_remove_label (fixture->store, 5);
  close_store (fixture);
  open_store (fixture);
  g_assert_null (((FreshetTorrentRecord *) fixture->contents->records->pdata[N_TORRENTS - 1])->labels);
}

static void
test_keeps_values (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) nodes = g_bytes_new_static ("nodes", 5);
  g_autoptr (GBytes) read = NULL;
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_store_put_value (fixture->store, "dht", nodes);
  close_store (fixture);
  open_store (fixture);
  freshet_store_get_value_async (fixture->store, "dht", ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  read = freshet_store_get_value_finish (fixture->store, result);
  g_assert_true (g_bytes_equal (nodes, read));
}

static char *
db_path (Fixture *fixture)
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
assert_set_aside (Fixture *fixture, const char *bytes, gsize length)
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
test_damage_is_mended (Fixture *fixture, gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autofree char *path = db_path (fixture);
  g_autofree char *bytes = NULL;
  gsize length;

  put_many (fixture);
  close_store (fixture);
  damages[row].damage (path);
  bytes = dup_bytes (path, &length);
  open_store (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_RESTORED);
  assert_many (fixture);
  assert_set_aside (fixture, bytes, length);
  /* It works, and stays mended. */
  put_torrent (fixture, 1);
  close_store (fixture);
  open_store (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_FINE);
  assert_many (fixture);
}

static void
remove_backups (Fixture *fixture)
{
  g_autofree char *backups = g_build_filename (fixture->folder, "backups", NULL);
  g_autoptr (GError) error = NULL;

  freshet_sample_remove_folder (backups, &error);
  g_assert_no_error (error);
}

/* Without a backup what can still be read is there. */
static void
test_damage_without_backup (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);

  put_many (fixture);
  close_store (fixture);
  remove_backups (fixture);
  empty_it (path);
  open_store (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_LOST);
  g_assert_cmpuint (fixture->contents->records->len, ==, 0);
  put_many (fixture);
  close_store (fixture);
  open_store (fixture);
  assert_many (fixture);
}

/* What came after the backup is not in it, but can be read. */
static void
test_what_is_newer_than_the_backup_is_saved (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);
  g_autofree char *backup = g_build_filename (fixture->folder, "backups", "library-1.db", NULL);
  g_autofree char *old = NULL;
  GStatBuf status;
  gsize length;

  put_torrent (fixture, 0);
  close_store (fixture);
  old = dup_bytes (backup, &length);
  open_store (fixture);
  put_many (fixture);
  close_store (fixture);
  g_assert_true (g_file_set_contents (backup, old, (gssize) length, NULL));
  /* One page, of whatever it is: not more is lost than was on it, which is
   * about fifty rows. */
  g_assert_cmpint (g_stat (path, &status), ==, 0);
  overwrite (path, status.st_size - 4096, 0xff, 4096);
  open_store (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_RESTORED);
  g_assert_cmpuint (fixture->contents->records->len, >, 1);
  g_assert_cmpuint (fixture->contents->records->len, >=, N_TORRENTS - 55);
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
test_newer_is_left_alone (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);
  g_autofree char *before = NULL, *after = NULL;
  gsize length, length_after;

  put_many (fixture);
  close_store (fixture);
  run_sql (path, "PRAGMA user_version = 999");
  before = dup_bytes (path, &length);
  open_store (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_NEWER);
  g_assert_cmpuint (fixture->contents->records->len, ==, 0);
  /* What is put goes nowhere. */
  put_torrent (fixture, 100);
  flush (fixture);
  close_store (fixture);
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
test_older_is_brought_up_to_date (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = db_path (fixture);
  g_autofree char *before = g_build_filename (fixture->folder, "backups", "library-version-1.db", NULL);
  const FreshetTorrentRecord *record;

  close_store (fixture);
  g_assert_cmpint (g_unlink (path), ==, 0);
  run_sql (path, first_schema);
  open_store (fixture);
  g_assert_cmpint (fixture->contents->state, ==, FRESHET_STORE_FINE);
  g_assert_cmpuint (fixture->contents->records->len, ==, 1);
  record = fixture->contents->records->pdata[0];
  g_assert_cmpstr (record->name, ==, "an old one");
  g_assert_cmpfloat (record->goals.ratio, ==, FRESHET_GOAL_GLOBAL);
  g_assert_true (g_file_test (before, G_FILE_TEST_EXISTS));
  put_many (fixture);
  close_store (fixture);
  open_store (fixture);
  g_assert_cmpuint (fixture->contents->records->len, ==, N_TORRENTS + 1);
}

static void
test_has_one_owner (Fixture *fixture, gconstpointer data)
{
  Fixture other = { .folder = fixture->folder };

  put_many (fixture);
  open_store (&other);
  g_assert_cmpint (other.contents->state, ==, FRESHET_STORE_IN_USE);
  close_store (&other);
  freshet_store_contents_free (other.contents);
  close_store (fixture);
  open_store (fixture);
  assert_many (fixture);
}

static void
test_folder_that_cannot_be (Fixture *fixture, gconstpointer data)
{
  Fixture other = { .folder = g_build_filename (fixture->folder, "library.db", "below", NULL) };

  open_store (&other);
  g_assert_cmpint (other.contents->state, ==, FRESHET_STORE_FAILED);
  g_assert_nonnull (other.contents->message);
  close_store (&other);
  freshet_store_contents_free (other.contents);
  g_free (other.folder);
}

/* A process that is gone at once leaves what was on the disk. */
static void
test_what_was_flushed_survives_a_kill (Fixture *fixture, gconstpointer data)
{
  g_autofree char *copy = ui_folder_new ();
  static const char *const names[] = { "library.db", "library.db-wal" };

  put_many (fixture);
  flush (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *from = g_build_filename (fixture->folder, names[i], NULL);
      g_autofree char *to = g_build_filename (copy, names[i], NULL);
      g_autofree char *bytes = NULL;
      gsize length;

      bytes = dup_bytes (from, &length);
      g_assert_true (g_file_set_contents (to, bytes, (gssize) length, NULL));
    }
  close_store (fixture);
  {
    Fixture other = { .folder = copy };

    open_store (&other);
    assert_many (&other);
    close_store (&other);
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

/* What cannot be written waits until it can. */
static void
test_full_disk_loses_nothing (Fixture *fixture, gconstpointer data)
{
  g_autofree char *small = ui_folder_new ();
  g_autofree char *ballast = g_build_filename (small, "ballast", NULL);
  g_autofree char *bytes = g_malloc0 (9 << 19);
  g_autoptr (GBytes) large = g_bytes_new (bytes, 4000);
  Fixture other = { .folder = small };
  int writable = -1;

  if (!can_mount)
    {
      g_test_skip ("This system lets us mount nothing");
      ui_folder_remove (g_steal_pointer (&small));
      return;
    }
  bt_test_mount_small (small, 5 << 20);
  open_store (&other);
  g_assert_true (g_file_set_contents (ballast, bytes, 9 << 19, NULL));
  g_signal_connect (other.store, "writable", G_CALLBACK (writable_cb), &writable);
  for (guint i = 0; i < 4 * N_TORRENTS; i++)
    {
      g_autoptr (BtMetainfo) metainfo = metainfo_of (i);

      put_torrent (&other, i);
      freshet_store_put_resume (other.store, bt_metainfo_get_info_hash (metainfo), large);
    }
  ui_wait (is_full, &writable);
  g_assert_cmpint (g_unlink (ballast), ==, 0);
  ui_wait (has_room, &writable);
  close_store (&other);
  open_store (&other);
  g_assert_cmpint (other.contents->state, ==, FRESHET_STORE_FINE);
  g_assert_cmpuint (other.contents->records->len, ==, 4 * N_TORRENTS);
  close_store (&other);
  freshet_store_contents_free (other.contents);
  bt_test_unmount (small);
  ui_folder_remove (g_steal_pointer (&small));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "keeps-what-is-put", test_keeps_what_is_put },
    { "reads-what-still-waits", test_reads_what_still_waits },
    { "removes-with-all-that-is-its-own", test_removes_with_all_that_is_its_own },
    { "keeps-order-labels-and-goals", test_keeps_order_labels_and_goals },
    { "keeps-values", test_keeps_values },
    { "damage/without-backup", test_damage_without_backup },
    { "damage/what-is-newer-than-the-backup-is-saved", test_what_is_newer_than_the_backup_is_saved },
    { "newer-is-left-alone", test_newer_is_left_alone },
    { "older-is-brought-up-to-date", test_older_is_brought_up_to_date },
    { "has-one-owner", test_has_one_owner },
    { "folder-that-cannot-be", test_folder_that_cannot_be },
    { "full-disk-loses-nothing", test_full_disk_loses_nothing },
    { "what-was-flushed-survives-a-kill", test_what_was_flushed_survives_a_kill },
  };

  can_mount = bt_test_mounts_begin ();
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/store/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_autofree char *path = g_strconcat ("/store/damage/", damages[i].name, NULL);

      g_test_add (path, Fixture, GUINT_TO_POINTER (i), set_up, test_damage_is_mended, tear_down);
    }
  return g_test_run ();
}
