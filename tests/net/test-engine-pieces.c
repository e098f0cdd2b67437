/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-session.h"

/* What a window shows of a torrent: the picture of its pieces, and why nothing comes. */

#define N_PIECES 20u
#define HALF (N_PIECES / 2)

typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
  GSocket *door;
  guint16 port;
  BtTestPeer *peer;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 16384, .length = N_PIECES * 16384 };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (NULL);
  fixture->torrent = bt_test_session_leech (fixture->session, fixture->content);
  fixture->door = bt_test_door_new (&fixture->port);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->peer, bt_test_peer_free);
  g_object_unref (fixture->door);
  bt_test_session_free (fixture->session);
  bt_test_torrent_free (fixture->content);
}

static BtStall
get_stall (Fixture *fixture)
{
  BtTorrentStats stats;

  bt_torrent_get_stats (fixture->torrent, &stats);
  return stats.stall;
}

/* A peer that has the first half. */
static void
meet_half_a_seed (Fixture *fixture)
{
  BtBitfield pieces;

  bt_bitfield_init (&pieces, N_PIECES);
  for (guint32 i = 0; i < HALF; i++)
    bt_bitfield_set (&pieces, i);
  bt_test_torrent_meet (fixture->torrent, fixture->port);
  fixture->peer = bt_test_peer_accept (fixture->door);
  bt_test_peer_be_seed (fixture->peer, fixture->content, &pieces, "-XX0001-aaaaaaaaaaaa", TRUE);
  bt_bitfield_clear (&pieces);
}

static void
test_cells_are_a_picture_of_the_pieces (Fixture *fixture, gconstpointer data)
{
  static const guint widths[] = { 1, 2, 7, N_PIECES, 333 };
  BtPieceCell cells[333];

  bt_torrent_get_piece_cells (fixture->torrent, cells, N_PIECES);
  for (guint i = 0; i < N_PIECES; i++)
    {
      g_assert_cmpuint (cells[i].done, ==, 0);
      g_assert_cmpuint (cells[i].availability, ==, 0);
      g_assert_false (cells[i].active);
    }
  meet_half_a_seed (fixture);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) == HALF);
  for (guint w = 0; w < G_N_ELEMENTS (widths); w++)
    {
      guint n = widths[w];

      bt_torrent_get_piece_cells (fixture->torrent, cells, n);
      for (guint i = 0; i < n; i++)
        {
          /* The pieces that a cell stands for, at the least one. */
          guint first = i * N_PIECES / n, end = MAX ((i + 1) * N_PIECES / n, first + 1);

          g_assert_cmpint (cells[i].done == 255, ==, end <= HALF);
          g_assert_cmpint (cells[i].done == 0, ==, first >= HALF);
          g_assert_cmpuint (cells[i].availability, ==, end <= HALF ? 255 : 0);
          g_assert_false (cells[i].active);
        }
    }
  bt_torrent_get_piece_cells (fixture->torrent, cells, 0);
}

/* Begun pieces are seen, however narrow they are. */
static void
test_cells_show_what_is_coming (Fixture *fixture, gconstpointer data)
{
  BtPieceCell cells[3 * N_PIECES];
  guint n_active = 0;

  bt_test_torrent_meet (fixture->torrent, fixture->port);
  fixture->peer = bt_test_peer_accept (fixture->door);
  fixture->peer->silent = TRUE;
  bt_test_peer_be_seed (fixture->peer, fixture->content, NULL, "-XX0001-aaaaaaaaaaaa", TRUE);
  bt_test_wait (bt_test_peer_heard (fixture->peer, BT_WIRE_REQUEST));
  bt_torrent_get_piece_cells (fixture->torrent, cells, 1);
  g_assert_true (cells[0].active);
  g_assert_cmpuint (cells[0].availability, ==, 1);
  bt_torrent_get_piece_cells (fixture->torrent, cells, 3 * N_PIECES);
  for (guint i = 0; i < 3 * N_PIECES; i++)
    {
      g_assert_cmpint (cells[i].active, ==, cells[i - i % 3].active);
      n_active += cells[i].active;
    }
  g_assert_cmpuint (n_active, >, 0);
}

static void
test_availability_counts_copies (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpfloat (bt_torrent_get_availability (fixture->torrent), ==, 0);
  meet_half_a_seed (fixture);
  bt_test_wait (bt_torrent_get_availability (fixture->torrent) == 0.5);
}

static void
test_stall_has_a_reason (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpint (get_stall (fixture), ==, BT_STALL_NO_PEERS);
  meet_half_a_seed (fixture);
  /* All that it has is here, and it has nothing else. */
  bt_test_wait (bt_test_n_pieces (fixture->torrent) == HALF);
  bt_test_wait (get_stall (fixture) == BT_STALL_NOTHING_NEW);
  bt_torrent_pause (fixture->torrent);
  g_assert_cmpint (get_stall (fixture), ==, BT_STALL_NONE);
}

static void
test_stall_knows_who_serves_others (Fixture *fixture, gconstpointer data)
{
  guint8 all = 0xff;

  bt_test_torrent_meet (fixture->torrent, fixture->port);
  fixture->peer = bt_test_peer_accept (fixture->door);
  bt_test_peer_send_handshake (fixture->peer, fixture->content, "-XX0001-aaaaaaaaaaaa", TRUE);
  bt_test_peer_send_message (fixture->peer, BT_WIRE_HAVE_ALL, &all, 0);
  bt_test_wait (get_stall (fixture) == BT_STALL_CHOKED);
}

static void
test_stall_knows_who_does_not_answer (Fixture *fixture, gconstpointer data)
{
  GSocket *door = g_steal_pointer (&fixture->door);

  g_socket_close (door, NULL);
  g_object_unref (door);
  fixture->door = bt_test_door_new (&(guint16){ 0 });
  bt_test_torrent_meet (fixture->torrent, fixture->port);
  bt_test_wait (get_stall (fixture) == BT_STALL_UNREACHABLE);
}

#define ADD(path, function) g_test_add ("/engine-pieces/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("cells/are-a-picture-of-the-pieces", test_cells_are_a_picture_of_the_pieces);
  ADD ("cells/show-what-is-coming", test_cells_show_what_is_coming);
  ADD ("availability/counts-copies", test_availability_counts_copies);
  ADD ("stall/has-a-reason", test_stall_has_a_reason);
  ADD ("stall/knows-who-serves-others", test_stall_knows_who_serves_others);
  ADD ("stall/knows-who-does-not-answer", test_stall_knows_who_does_not_answer);
  return g_test_run ();
}
