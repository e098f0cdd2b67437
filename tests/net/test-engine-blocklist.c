/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-error.h"
#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <string.h>

#define PEER_ID "-XX0001-aaaaaaaaaaaa"
#define OTHER_ID "-XX0001-bbbbbbbbbbbb"

/* Every address of 127/8 is this machine. */
#define BLOCKED "127.0.0.2"
#define FREE "127.0.0.3"

typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  char *path;
} Fixture;

typedef struct
{
  gboolean ended;
  guint n_ranges;
  GError *error;
} Answer;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 65536, .length = 300000 };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (NULL);
  fixture->path = g_build_filename (fixture->session->folder, "list", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_test_session_free (fixture->session);
  bt_test_torrent_free (fixture->content);
  g_free (fixture->path);
}

static void
answer_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;

  bt_session_load_blocklist_finish (BT_SESSION (object), result, &answer->n_ranges, &answer->error);
  answer->ended = TRUE;
}

static void
write_list (Fixture *fixture, const char *text)
{
  g_assert_true (g_file_set_contents (fixture->path, text, -1, NULL));
}

/* @text: (nullable): NULL lifts it */
static guint
load (Fixture *fixture, const char *text)
{
  Answer answer = { 0 };

  if (text != NULL)
    write_list (fixture, text);
  bt_session_load_blocklist_async (fixture->session->session, text != NULL ? fixture->path : NULL, answer_cb, &answer);
  bt_test_wait (answer.ended);
  g_assert_no_error (answer.error);
  return answer.n_ranges;
}

static void
fetch_from (Fixture *fixture, const char *ip, const char *id)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial_from (ip, fixture->session->port);

  bt_test_peer_be_leech (peer, fixture->content, id, TRUE);
  bt_test_peer_fetch (peer, fixture->content, 1);
}

static void
assert_refused (Fixture *fixture, const char *ip)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial_from (ip, fixture->session->port);

  bt_test_peer_send_handshake (peer, fixture->content, PEER_ID, TRUE);
  bt_test_wait (peer->ended);
  g_assert_false (peer->greeted);
}

static void
test_blocked_caller_is_refused (Fixture *fixture, gconstpointer data)
{
  bt_test_session_seed (fixture->session, fixture->content);
  fetch_from (fixture, BLOCKED, PEER_ID);
  g_assert_cmpuint (load (fixture, "somebody:" BLOCKED "-" BLOCKED "\n"), ==, 1);
  assert_refused (fixture, BLOCKED);
  fetch_from (fixture, FREE, OTHER_ID);
  g_assert_cmpuint (load (fixture, NULL), ==, 0);
  fetch_from (fixture, BLOCKED, PEER_ID);
}

static void
test_open_connection_is_closed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) stranger = bt_test_peer_dial_from (BLOCKED, fixture->session->port);
  g_autoptr (BtTestPeer) blocked = bt_test_peer_dial_from (BLOCKED, fixture->session->port);
  g_autoptr (BtTestPeer) other = bt_test_peer_dial_from (FREE, fixture->session->port);

  bt_test_session_seed (fixture->session, fixture->content);
  bt_test_peer_be_leech (blocked, fixture->content, PEER_ID, TRUE);
  bt_test_peer_be_leech (other, fixture->content, OTHER_ID, TRUE);
  load (fixture, BLOCKED "/32");
  bt_test_wait (blocked->ended && stranger->ended);
  bt_test_peer_fetch (other, fixture->content, 2);
}

/* Told of three peers, two of them blocked, it calls on the third alone. */
static void
test_blocked_peer_is_not_called (Fixture *fixture, gconstpointer data)
{
  BtTorrentOptions options = { .folder = fixture->session->folder, .paused = TRUE };
  guint16 ports[3];
  g_autoptr (GSocket) early = bt_test_door_new_at (BLOCKED, &ports[0]);
  g_autoptr (GSocket) late = bt_test_door_new_at (BLOCKED, &ports[1]);
  g_autoptr (GSocket) door = bt_test_door_new_at (FREE, &ports[2]);
  g_autoptr (BtTestPeer) seed = NULL;
  BtTorrent *torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, &options, NULL);

  bt_test_torrent_meet_at (torrent, BLOCKED, ports[0]);
  load (fixture, BLOCKED);
  bt_test_torrent_meet_at (torrent, BLOCKED, ports[1]);
  bt_test_torrent_meet_at (torrent, FREE, ports[2]);
  bt_torrent_start (torrent);
  seed = bt_test_peer_accept (door);
  bt_test_peer_be_seed (seed, fixture->content, NULL, PEER_ID, TRUE);
  bt_test_wait (bt_torrent_get_state (torrent) == BT_TORRENT_SEEDING);
  g_assert_false (bt_test_door_rings (early));
  g_assert_false (bt_test_door_rings (late));
}

static void
test_later_list_is_meant (Fixture *fixture, gconstpointer data)
{
  g_autofree char *second = g_strconcat (fixture->path, "2", NULL);
  Answer answers[3] = { 0 };

  bt_test_session_seed (fixture->session, fixture->content);
  write_list (fixture, FREE);
  g_assert_true (g_file_set_contents (second, BLOCKED "\n10.0.0.1\n", -1, NULL));
  bt_session_load_blocklist_async (fixture->session->session, fixture->path, answer_cb, &answers[0]);
  bt_session_load_blocklist_async (fixture->session->session, second, answer_cb, &answers[1]);
  bt_test_wait (answers[0].ended && answers[1].ended);
  g_assert_error (answers[0].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_no_error (answers[1].error);
  g_assert_cmpuint (answers[1].n_ranges, ==, 2);
  assert_refused (fixture, BLOCKED);
  fetch_from (fixture, FREE, OTHER_ID);

  /* Lifting it is meant too. */
  bt_session_load_blocklist_async (fixture->session->session, second, answer_cb, &answers[2]);
  load (fixture, NULL);
  bt_test_wait (answers[2].ended);
  g_assert_error (answers[2].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  fetch_from (fixture, BLOCKED, PEER_ID);
  g_clear_error (&answers[0].error);
  g_clear_error (&answers[2].error);
}

static void
test_unreadable_list_changes_nothing (Fixture *fixture, gconstpointer data)
{
  Answer answer = { 0 };

  bt_test_session_seed (fixture->session, fixture->content);
  load (fixture, BLOCKED);
  write_list (fixture, "not a list\n");
  bt_session_load_blocklist_async (fixture->session->session, fixture->path, answer_cb, &answer);
  bt_test_wait (answer.ended);
  g_assert_error (answer.error, BT_ERROR, BT_ERROR_MALFORMED);
  g_clear_error (&answer.error);
  assert_refused (fixture, BLOCKED);
}

static void
test_session_that_stops_answers (Fixture *fixture, gconstpointer data)
{
  Answer answer = { 0 };

  write_list (fixture, BLOCKED);
  bt_session_load_blocklist_async (fixture->session->session, fixture->path, answer_cb, &answer);
  bt_test_session_free (fixture->session);
  g_assert_true (answer.ended);
  g_assert_error (answer.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&answer.error);
  fixture->session = bt_test_session_new (NULL);
}

#define ADD(path, function) g_test_add ("/engine-blocklist/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("blocked-caller-is-refused", test_blocked_caller_is_refused);
  ADD ("open-connection-is-closed", test_open_connection_is_closed);
  ADD ("blocked-peer-is-not-called", test_blocked_peer_is_not_called);
  ADD ("later-list-is-meant", test_later_list_is_meant);
  ADD ("unreadable-list-changes-nothing", test_unreadable_list_changes_nothing);
  ADD ("session-that-stops-answers", test_session_that_stops_answers);
  return g_test_run ();
}
