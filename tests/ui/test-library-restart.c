/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "ui-support.h"

#include <string.h>

/* A library that ends and begins again, in one folder. */
typedef struct
{
  char *folder;    /* of the database */
  char *downloads;
  FreshetLibrary *library;
} Fixture;

static void
begin (Fixture *fixture)
{
  fixture->library = ui_library_new ();
  ui_library_open (fixture->library, fixture->folder);
}

static void
restart (Fixture *fixture)
{
  ui_library_close (g_steal_pointer (&fixture->library));
  begin (fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = ui_folder_new ();
  fixture->downloads = ui_folder_new ();
  begin (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ui_library_close (fixture->library);
  ui_folder_remove (fixture->folder);
  ui_folder_remove (fixture->downloads);
}

static FreshetTorrentItem *
add (Fixture *fixture, const char *name, gboolean paused)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (name, 1000000);
  BtTorrentOptions options = { .folder = fixture->downloads, .paused = paused };
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *item = freshet_library_add (fixture->library, metainfo, &options, &error);

  g_assert_no_error (error);
  return item;
}

/* (transfer none) */
static FreshetTorrentItem *
get (Fixture *fixture, const char *name)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (name, 1000000);

  return freshet_library_find (fixture->library, bt_metainfo_get_info_hash (metainfo));
}

static char *
dup_names (Fixture *fixture)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fixture->library)); i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->library), i);

      g_string_append (names, freshet_torrent_item_get_name (item));
    }
  return g_string_free (names, FALSE);
}

static void
assert_names (Fixture *fixture, const char *expected)
{
  g_autofree char *names = dup_names (fixture);

  g_assert_cmpstr (names, ==, expected);
}

static gboolean
is_awake (gpointer item)
{
  return freshet_torrent_item_get_torrent (item) != NULL;
}

static gboolean
is_asleep (gpointer item)
{
  return freshet_torrent_item_get_torrent (item) == NULL;
}

static gboolean
is_downloading (gpointer item)
{
  return freshet_torrent_item_get_state (item) == BT_TORRENT_DOWNLOADING;
}

static gboolean
is_paused (gpointer item)
{
  return freshet_torrent_item_get_state (item) == BT_TORRENT_PAUSED;
}

static gboolean
is_complete (gpointer item)
{
  return freshet_torrent_item_get_state (item) == BT_TORRENT_SEEDING;
}

static void
test_torrents_are_there_again (Fixture *fixture, gconstpointer data)
{
  add (fixture, "a", TRUE);
  add (fixture, "b", FALSE);
  restart (fixture);
  assert_names (fixture, "ab");
  /* One sleeps, the other goes on. */
  ui_wait (is_downloading, get (fixture, "b"));
  g_assert_null (freshet_torrent_item_get_torrent (get (fixture, "a")));
  g_assert_cmpint (freshet_torrent_item_get_state (get (fixture, "a")), ==, BT_TORRENT_PAUSED);
}

static void
test_a_sleeper_wakes_when_looked_at (Fixture *fixture, gconstpointer data)
{
  FreshetTorrentItem *item;

  add (fixture, "a", TRUE);
  restart (fixture);
  item = get (fixture, "a");
  freshet_torrent_item_look (item);
  ui_wait (is_awake, item);
  g_assert_cmpstr (bt_metainfo_get_name (bt_torrent_get_metainfo (freshet_torrent_item_get_torrent (item))), ==, "a");
  freshet_torrent_item_look_away (item);
  ui_wait (is_asleep, item);
  freshet_torrent_item_start (item);
  ui_wait (is_downloading, item);
  freshet_torrent_item_pause (item);
  ui_wait (is_asleep, item);
}

static void
test_removed_stays_removed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetTorrentItem) item = NULL;

  add (fixture, "a", TRUE);
  add (fixture, "b", TRUE);
  add (fixture, "c", TRUE);
  restart (fixture);
  item = g_object_ref (get (fixture, "a"));
  freshet_library_remove (fixture->library, item);
  freshet_library_forget (fixture->library, item);
  /* Nobody said what is to become of this one when the program ended. */
  freshet_library_remove (fixture->library, get (fixture, "c"));
  restart (fixture);
  assert_names (fixture, "b");
}

static void
test_sleeper_can_be_removed_and_restored (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetTorrentItem) item = NULL;

  add (fixture, "a", TRUE);
  add (fixture, "b", TRUE);
  restart (fixture);
  item = g_object_ref (get (fixture, "a"));
  freshet_library_remove (fixture->library, item);
  assert_names (fixture, "b");
  freshet_library_restore (fixture->library, item);
  assert_names (fixture, "ab");
  restart (fixture);
  assert_names (fixture, "ab");
}

static void
test_twin_of_a_sleeper_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new ("a", 1000000);
  BtTorrentOptions options = { .folder = fixture->downloads };
  g_autoptr (GError) error = NULL;

  add (fixture, "a", TRUE);
  restart (fixture);
  g_assert_null (freshet_library_add (fixture->library, metainfo, &options, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_DUPLICATE);
}

static GPtrArray *
find_all (Fixture *fixture, const char *names)
{
  GPtrArray *items = g_ptr_array_new ();

  for (const char *p = names; *p != '\0'; p++)
    {
      char name[2] = { *p, '\0' };

      g_ptr_array_add (items, get (fixture, name));
    }
  return items;
}

static void
move (Fixture *fixture, const char *names, FreshetMove where, const char *expected)
{
  g_autoptr (GPtrArray) items = find_all (fixture, names);

  freshet_library_move (fixture->library, items, where);
  assert_names (fixture, expected);
}

static void
move_to (Fixture *fixture, const char *names, guint gap, const char *expected)
{
  g_autoptr (GPtrArray) items = find_all (fixture, names);

  freshet_library_move_to (fixture->library, items, gap);
  assert_names (fixture, expected);
}

static void
test_order_is_kept (Fixture *fixture, gconstpointer data)
{
  for (const char *p = "abcde"; *p != '\0'; p++)
    {
      char name[2] = { *p, '\0' };

      add (fixture, name, TRUE);
    }
  move (fixture, "c", FRESHET_MOVE_UP, "acbde");
  move (fixture, "c", FRESHET_MOVE_TOP, "cabde");
  move (fixture, "ca", FRESHET_MOVE_UP, "cabde");
  move (fixture, "ad", FRESHET_MOVE_DOWN, "cbaed");
  move (fixture, "cb", FRESHET_MOVE_BOTTOM, "aedcb");
  move (fixture, "db", FRESHET_MOVE_TOP, "dbaec");
  /* A gap is above the row that has its number. */
  move_to (fixture, "c", 1, "dcbae");
  move_to (fixture, "c", 1, "dcbae");
  move_to (fixture, "c", 2, "dcbae");
  move_to (fixture, "d", 5, "cbaed");
  move_to (fixture, "de", 99, "cbaed");
  move_to (fixture, "dc", 2, "bcdae");
  move_to (fixture, "be", 3, "cdbea");
  move_to (fixture, "ad", 0, "dacbe");
  move_to (fixture, "acd", 5, "bedac");
  move_to (fixture, "dac", 0, "dacbe");
  move_to (fixture, "cb", 1, "dcbae");
  restart (fixture);
  assert_names (fixture, "dcbae");
  add (fixture, "f", TRUE);
  restart (fixture);
  assert_names (fixture, "dcbaef");
}

static void
test_labels_and_goals_are_kept (Fixture *fixture, gconstpointer data)
{
  FreshetGoals goals = { .ratio = 2, .time = FRESHET_GOAL_GLOBAL, .idle = FRESHET_GOAL_GLOBAL, .action = FRESHET_GOAL_REMOVE };
  const FreshetLabel *label;
  gint64 films, music;

  add (fixture, "a", TRUE);
  films = freshet_library_put_label (fixture->library, 0, "films", "#ff0000", NULL);
  music = freshet_library_put_label (fixture->library, 0, "music", "#00ff00", "/music");
  g_assert_cmpint (films, !=, music);
  freshet_library_set_label (fixture->library, get (fixture, "a"), music, TRUE);
  freshet_library_set_item_goals (fixture->library, get (fixture, "a"), &goals);
  freshet_library_put_label (fixture->library, films, "cinema", "#0000ff", NULL);
  /* With the words of the label itself. */
  label = freshet_library_peek_labels (fixture->library)->pdata[1];
  freshet_library_put_label (fixture->library, music, label->name, "#00aa00", label->folder);
  restart (fixture);
  g_assert_cmpuint (freshet_library_peek_labels (fixture->library)->len, ==, 2);
  label = freshet_library_peek_labels (fixture->library)->pdata[1];
  g_assert_cmpstr (label->name, ==, "music");
  g_assert_cmpstr (label->colour, ==, "#00aa00");
  g_assert_cmpstr (label->folder, ==, "/music");
  g_assert_true (freshet_torrent_item_has_label (get (fixture, "a"), music));
  g_assert_false (freshet_torrent_item_has_label (get (fixture, "a"), films));
  g_assert_cmpfloat (freshet_torrent_item_peek_record (get (fixture, "a"))->goals.ratio, ==, 2);
  freshet_library_remove_label (fixture->library, music);
  restart (fixture);
  g_assert_cmpuint (freshet_library_peek_labels (fixture->library)->len, ==, 1);
  g_assert_false (freshet_torrent_item_has_label (get (fixture, "a"), music));
}

/* Two may run: the third waits, and comes when the first is stopped. */
static void
test_queue_lets_so_many_run (Fixture *fixture, gconstpointer data)
{
  freshet_library_set_queue_limits (fixture->library, 2, 0);
  add (fixture, "a", FALSE);
  add (fixture, "b", FALSE);
  add (fixture, "c", FALSE);
  ui_wait (is_downloading, get (fixture, "a"));
  ui_wait (is_downloading, get (fixture, "b"));
  g_assert_cmpint (freshet_torrent_item_get_state (get (fixture, "c")), ==, BT_TORRENT_PAUSED);
  g_assert_true (freshet_torrent_item_peek_stats (get (fixture, "c"))->queued);
  freshet_torrent_item_pause (get (fixture, "a"));
  ui_wait (is_downloading, get (fixture, "c"));
  freshet_torrent_item_start (get (fixture, "a"));
  g_assert_true (freshet_torrent_item_peek_stats (get (fixture, "a"))->queued);
  /* Whoever is first in the list goes first, now that somebody says so. */
  move (fixture, "a", FRESHET_MOVE_TOP, "abc");
  move (fixture, "c", FRESHET_MOVE_BOTTOM, "abc");
  freshet_library_set_queue_limits (fixture->library, 2, 0);
  ui_wait (is_downloading, get (fixture, "a"));
  ui_wait (is_paused, get (fixture, "c"));
  freshet_library_set_forced (fixture->library, get (fixture, "c"), TRUE);
  ui_wait (is_downloading, get (fixture, "c"));
}

static void
test_what_arrived_is_there_after_a_restart (Fixture *fixture, gconstpointer data)
{
  FreshetDemo *demo = freshet_demo_new (5000001);
  BtTorrentOptions options = { .folder = fixture->downloads };
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) prepared = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (BtMetainfo) metainfo = NULL;
  FreshetTorrentItem *item;

  freshet_demo_prepare_async (demo, NULL, NULL, NULL, ui_result_cb, &pending);
  prepared = ui_wait_result (&pending);
  g_assert_true (freshet_demo_prepare_finish (demo, prepared, NULL));
  metainfo = bt_metainfo_ref (freshet_demo_get_metainfo (demo));
  item = freshet_library_add (fixture->library, metainfo, &options, NULL);
  ui_wait (is_complete, item);
  restart (fixture);
  item = freshet_library_find (fixture->library, bt_metainfo_get_info_hash (metainfo));
  /* Known before anything of it is awake. */
  g_assert_true (freshet_torrent_item_is_complete (item));
  g_assert_cmpfloat (freshet_torrent_item_get_progress (item), ==, 1.0);
  ui_wait (is_complete, item);
  g_assert_cmpuint (freshet_torrent_item_peek_stats (item)->downloaded, >=, 5000001);
  freshet_demo_close_async (demo, ui_result_cb, &pending);
  closed = ui_wait_result (&pending);
  freshet_demo_close_finish (demo, closed, NULL);
  g_object_unref (demo);
}

static void
test_temporary_ones_are_forgotten (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new ("a", 1000000);
  BtTorrentOptions options = { .folder = fixture->downloads };

  g_assert_nonnull (freshet_library_add_temporary (fixture->library, metainfo, &options, NULL));
  restart (fixture);
  assert_names (fixture, "");
}

static gboolean
has_two_trackers (gpointer item)
{
  return g_strcmp0 (freshet_torrent_item_peek_record (item)->trackers, "one.example two.example") == 0;
}

/* One that a person adds, and one that a link of the same torrent brings. */
static void
test_trackers_of_later_are_kept (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString) text = g_string_new ("magnet:?xt=urn:btih:");
  g_autoptr (BtMagnet) magnet = NULL;
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *item = add (fixture, "a", TRUE);

  g_assert_true (bt_torrent_add_tracker (freshet_torrent_item_get_torrent (item), "http://One.example:80/announce", 0, NULL));
  g_assert_cmpstr (freshet_torrent_item_peek_record (item)->trackers, ==, "one.example");
  for (guint i = 0; i < BT_SHA1_LENGTH; i++)
    g_string_append_printf (text, "%02x", freshet_torrent_item_peek_record (item)->hash[i]);
  g_string_append (text, "&tr=udp%3A%2F%2Ftwo.example%3A1");
  magnet = bt_magnet_new (text->str, &error);
  g_assert_no_error (error);
  restart (fixture);
  item = get (fixture, "a");
  g_assert_cmpstr (freshet_torrent_item_peek_record (item)->trackers, ==, "one.example");
  g_assert_null (freshet_library_look_into (fixture->library, magnet, fixture->downloads, NULL));
  ui_wait (has_two_trackers, item);
  restart (fixture);
  g_assert_true (has_two_trackers (get (fixture, "a")));
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    void (*test) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "torrents-are-there-again", test_torrents_are_there_again },
    { "a-sleeper-wakes-when-looked-at", test_a_sleeper_wakes_when_looked_at },
    { "removed-stays-removed", test_removed_stays_removed },
    { "sleeper-can-be-removed-and-restored", test_sleeper_can_be_removed_and_restored },
    { "twin-of-a-sleeper-is-refused", test_twin_of_a_sleeper_is_refused },
    { "order-is-kept", test_order_is_kept },
    { "labels-and-goals-are-kept", test_labels_and_goals_are_kept },
    { "queue-lets-so-many-run", test_queue_lets_so_many_run },
    { "what-arrived-is-there-after-a-restart", test_what_arrived_is_there_after_a_restart },
    { "temporary-ones-are-forgotten", test_temporary_ones_are_forgotten },
    { "trackers-of-later-are-kept", test_trackers_of_later_are_kept },
  };
  char *home = ui_folder_new ();
  int result;

  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strconcat ("/library/restart/", tests[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, tests[i].test, tear_down);
    }
  result = g_test_run ();
  ui_folder_remove (home);
  return result;
}
