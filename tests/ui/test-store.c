/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "store-support.h"
#include "ui-support.h"

static void
test_keeps_what_is_put (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetStoreTorrent) torrent = NULL;
  g_autoptr (FreshetStoreTorrent) none = NULL;

  store_put_many (fixture);
  store_close (fixture);
  store_open (fixture);
  store_assert_many (fixture);
  torrent = store_load (fixture, 7);
  g_assert_cmpstr (bt_metainfo_get_name (torrent->metainfo), ==, "torrent 7");
  g_assert_cmpmem (g_bytes_get_data (torrent->resume, NULL), g_bytes_get_size (torrent->resume), "a record", 8);
  none = store_load (fixture, 1000);
  g_assert_null (none->metainfo);
}

static void
test_reads_what_still_waits (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetStoreTorrent) torrent = NULL;

  store_put_torrent (fixture, 3);
  torrent = store_load (fixture, 3);
  g_assert_nonnull (torrent->metainfo);
}

static void
test_removes_with_all_that_is_its_own (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (BtMetainfo) metainfo = store_metainfo (1);
  g_autoptr (FreshetStoreTorrent) torrent = NULL;

  store_put_many (fixture);
  freshet_store_remove (fixture->store, bt_metainfo_get_info_hash (metainfo));
  store_close (fixture);
  store_open (fixture);
  g_assert_cmpuint (fixture->contents->records->len, ==, STORE_N_TORRENTS - 1);
  torrent = store_load (fixture, 1);
  g_assert_null (torrent->metainfo);
  g_assert_null (torrent->resume);
  /* And it can come again. */
  freshet_store_remove (fixture->store, bt_metainfo_get_info_hash (metainfo));
  store_put_torrent (fixture, 1);
  store_close (fixture);
  store_open (fixture);
  store_assert_many (fixture);
}

static void
test_keeps_order_labels_and_goals (StoreFixture *fixture, gconstpointer data)
{
  FreshetLabel label = { .id = 5, .name = (char *) "films", .colour = (char *) "#ff0000", .folder = (char *) "/films" };
  g_autoptr (FreshetTorrentRecord) record = NULL;
  g_autoptr (GArray) hashes = g_array_new (FALSE, FALSE, 1);

  store_put_many (fixture);
  store_close (fixture);
  store_open (fixture);
  record = freshet_torrent_record_copy (fixture->contents->records->pdata[0]);
  freshet_store_put_label (fixture->store, &label);
  freshet_torrent_record_set_label (record, 5, TRUE);
  record->goals.ratio = 1.5;
  record->goals.action = FRESHET_GOAL_REMOVE;
  record->forced = record->paused = TRUE;
  record->running_since = 12345;
  freshet_store_put (fixture->store, record);
  for (guint i = STORE_N_TORRENTS; i-- > 0;)
    g_array_append_vals (hashes, ((FreshetTorrentRecord *) fixture->contents->records->pdata[i])->hash, BT_SHA1_LENGTH);
  freshet_store_put_order (fixture->store, hashes);
  store_close (fixture);
  store_open (fixture);
  freshet_torrent_record_free (record);
  record = freshet_torrent_record_copy (fixture->contents->records->pdata[STORE_N_TORRENTS - 1]);
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
  store_close (fixture);
  store_open (fixture);
  g_assert_null (((FreshetTorrentRecord *) fixture->contents->records->pdata[STORE_N_TORRENTS - 1])->labels);
}

/* Also when all of it waits together. */
static void
test_a_label_comes_again_after_it_went (StoreFixture *fixture, gconstpointer data)
{
  FreshetLabel label = { .id = 5, .name = (char *) "films", .colour = (char *) "#ff0000" };

  store_put_many (fixture);
  freshet_store_put_label (fixture->store, &label);
  freshet_store_remove_label (fixture->store, label.id);
  label.name = (char *) "series";
  freshet_store_put_label (fixture->store, &label);
  store_close (fixture);
  store_open (fixture);
  g_assert_cmpuint (fixture->contents->labels->len, ==, 1);
  g_assert_cmpstr (((FreshetLabel *) fixture->contents->labels->pdata[0])->name, ==, "series");
}

static void
test_keeps_values (StoreFixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) nodes = g_bytes_new_static ("nodes", 5);
  g_autoptr (GBytes) read = NULL;
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  freshet_store_put_value (fixture->store, "dht", nodes);
  store_close (fixture);
  store_open (fixture);
  freshet_store_get_value_async (fixture->store, "dht", ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  read = freshet_store_get_value_finish (fixture->store, result);
  g_assert_true (g_bytes_equal (nodes, read));
}

static gpointer
make_records (gpointer data)
{
  for (guint i = 0; i < 100000; i++)
    {
      g_autoptr (FreshetTorrentRecord) record = freshet_torrent_record_new ();

      freshet_torrent_record_set_folder (record, "/somewhere");
      freshet_torrent_record_set_trackers (record, "tracker.test");
    }
  return NULL;
}

/* The texts that many of them share are shared by threads too. */
static void
test_records_on_two_threads (void)
{
  g_autoptr (GThread) other = g_thread_new ("records", make_records, NULL);

  make_records (NULL);
  g_thread_join (g_steal_pointer (&other));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (StoreFixture *fixture, gconstpointer data);
  } tests[] = {
    { "keeps-what-is-put", test_keeps_what_is_put },
    { "reads-what-still-waits", test_reads_what_still_waits },
    { "removes-with-all-that-is-its-own", test_removes_with_all_that_is_its_own },
    { "keeps-order-labels-and-goals", test_keeps_order_labels_and_goals },
    { "a-label-comes-again-after-it-went", test_a_label_comes_again_after_it_went },
    { "keeps-values", test_keeps_values },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/store/", tests[i].name, NULL);

      g_test_add (path, StoreFixture, NULL, store_set_up, tests[i].test, store_tear_down);
    }
  g_test_add_func ("/store/records-on-two-threads", test_records_on_two_threads);
  return g_test_run ();
}
