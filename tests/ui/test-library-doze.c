/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "ui-support.h"

#include <glib/gstdio.h>

/* A library whose torrent is seeded while nobody is connected. */

#define PEER_ID "-XX0001-aaaaaaaaaaaa"

typedef struct
{
  char *folder;
  char *downloads;
  FreshetLibrary *library;
  BtTestTorrent *content;
  FreshetTorrentItem *item;
  guint n_states; /* that it has been seen in */
} Fixture;

static void
state_cb (FreshetTorrentItem *item, GParamSpec *pspec, gpointer data)
{
  ((Fixture *) data)->n_states++;
}

static void
begin (Fixture *fixture)
{
  fixture->library = ui_library_new ();
  ui_library_open (fixture->library, fixture->folder);
}

static gboolean
dozes (gpointer data)
{
  FreshetTorrentItem *item = data;

  return freshet_torrent_item_get_state (item) == BT_TORRENT_SEEDING && freshet_torrent_item_get_torrent (item) == NULL;
}

static gboolean
is_seeding_awake (gpointer data)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (data);

  return torrent != NULL && bt_torrent_get_state (torrent) == BT_TORRENT_SEEDING;
}

static gboolean
is_failed (gpointer data)
{
  return freshet_torrent_item_get_state (data) == BT_TORRENT_ERROR;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .name = "a", .piece_length = 32768, .length = 100000 };
  BtTorrentOptions options = { 0 };
  g_autoptr (GError) error = NULL;

  fixture->folder = ui_folder_new ();
  fixture->downloads = ui_folder_new ();
  fixture->content = bt_test_torrent_new (&spec);
  bt_test_torrent_store (fixture->content, fixture->downloads);
  begin (fixture);
  options.folder = fixture->downloads;
  fixture->item = freshet_library_add (fixture->library, fixture->content->metainfo, &options, &error);
  g_assert_no_error (error);
  ui_wait (dozes, fixture->item);
  g_signal_connect (fixture->item, "notify::state", G_CALLBACK (state_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  ui_library_close (fixture->library);
  bt_test_torrent_free (fixture->content);
  ui_folder_remove (fixture->folder);
  ui_folder_remove (fixture->downloads);
}

static BtTestPeer *
call (Fixture *fixture)
{
  return bt_test_peer_dial (bt_session_get_port (freshet_library_get_session (fixture->library)));
}

static void
test_who_comes_is_served (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *peer = call (fixture);

  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  bt_test_peer_fetch (peer, fixture->content, 2);
  g_assert_nonnull (freshet_torrent_item_get_torrent (fixture->item));
  bt_test_peer_free (peer);
  ui_wait (dozes, fixture->item);
  /* It was seeded all the time. */
  g_assert_cmpuint (fixture->n_states, ==, 0);
  g_assert_cmpuint (freshet_torrent_item_peek_stats (fixture->item)->uploaded, ==, 32768);
}

static void
test_it_wakes_when_looked_at (Fixture *fixture, gconstpointer data)
{
  freshet_torrent_item_look (fixture->item);
  ui_wait (is_seeding_awake, fixture->item);
  freshet_torrent_item_look_away (fixture->item);
  ui_wait (dozes, fixture->item);
  g_assert_cmpuint (fixture->n_states, ==, 0);
}

static void
test_it_can_be_stopped_and_started (Fixture *fixture, gconstpointer data)
{
  BtSession *session = freshet_library_get_session (fixture->library);

  freshet_torrent_item_pause (fixture->item);
  g_assert_cmpint (freshet_torrent_item_get_state (fixture->item), ==, BT_TORRENT_PAUSED);
  g_assert_false (bt_session_is_dozing (session, bt_metainfo_get_info_hash (fixture->content->metainfo)));
  freshet_torrent_item_start (fixture->item);
  ui_wait (dozes, fixture->item);
}

static void
test_it_dozes_again_after_a_restart (Fixture *fixture, gconstpointer data)
{
  ui_library_close (fixture->library);
  begin (fixture);
  fixture->item = freshet_library_find (fixture->library, bt_metainfo_get_info_hash (fixture->content->metainfo));
  g_assert_nonnull (fixture->item);
  ui_wait (dozes, fixture->item);
}

static void
test_a_file_that_went_is_noticed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->downloads, "a", NULL);

  g_assert_cmpint (g_unlink (path), ==, 0);
  freshet_torrent_item_look (fixture->item);
  ui_wait (is_failed, fixture->item);
  freshet_torrent_item_look_away (fixture->item);
}

static void
test_it_can_be_checked (Fixture *fixture, gconstpointer data)
{
  freshet_torrent_item_recheck (fixture->item);
  ui_wait (is_seeding_awake, fixture->item);
  g_assert_true (freshet_torrent_item_is_complete (fixture->item));
  ui_wait (dozes, fixture->item);
}

static void
test_it_can_be_removed_and_restored (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetTorrentItem) item = g_object_ref (fixture->item);

  freshet_library_remove (fixture->library, item);
  g_assert_false (bt_session_is_dozing (freshet_library_get_session (fixture->library),
                                        bt_metainfo_get_info_hash (fixture->content->metainfo)));
  freshet_library_restore (fixture->library, item);
  ui_wait (dozes, item);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "/library/doze/who-comes-is-served", test_who_comes_is_served },
    { "/library/doze/it-wakes-when-looked-at", test_it_wakes_when_looked_at },
    { "/library/doze/it-can-be-stopped-and-started", test_it_can_be_stopped_and_started },
    { "/library/doze/it-dozes-again-after-a-restart", test_it_dozes_again_after_a_restart },
    { "/library/doze/a-file-that-went-is-noticed", test_a_file_that_went_is_noticed },
    { "/library/doze/it-can-be-checked", test_it_can_be_checked },
    { "/library/doze/it-can-be-removed-and-restored", test_it_can_be_removed_and_restored },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);
  return g_test_run ();
}
