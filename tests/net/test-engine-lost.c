/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Pieces of files that nobody wants here are gone (BEP 54). */
typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
  char *second;
} Fixture;

enum
{
  FILE_FIRST,
  FILE_SECOND,
  FILE_THIRD,
};

#define PIECE 32768u

static const BtTestFile files[] = {
  [FILE_FIRST] = { .path = "first", .length = 100000 },
  [FILE_SECOND] = { .path = "second", .length = 300000 },
  [FILE_THIRD] = { .path = "third", .length = 100000 },
};

/* Those that have bytes of the second file, and one that has no others. */
#define LOST_FIRST 3u
#define LOST_LAST 12u
#define LOST_WITHIN 6u

/* What the peer calls the message. */
#define DONT_HAVE 7

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = PIECE, .files = files, .n_files = G_N_ELEMENTS (files) };
  BtConfig config;

  /* Everybody is told of every piece. */
  bt_test_config_init (&config);
  config.super_seed = FALSE;
  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (&config);
  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
  fixture->second = g_build_filename (fixture->session->folder, "test", "second", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_test_session_free (fixture->session);
  bt_test_torrent_free (fixture->content);
  g_free (fixture->second);
}

/* Speaks the extension protocol and the fast extension. @knows: also lt_donthave */
static BtTestPeer *
dial (Fixture *fixture, const char *peer_id, gboolean knows)
{
  BtTestPeer *peer = bt_test_peer_dial (fixture->session->port);
  g_autofree char *extensions = g_strdup_printf ("%cd1:md%see", 0, knows ? "11:lt_donthavei7e" : "");
  guint8 hello[68] = "\x13"
                     "BitTorrent protocol\0\0\0\0\0\x10\0\x05";

  memcpy (hello + 28, bt_metainfo_get_info_hash (fixture->content->metainfo), 20);
  memcpy (hello + 48, peer_id, 20);
  bt_test_peer_send (peer, hello, sizeof hello);
  bt_test_peer_send_message (peer, BT_WIRE_EXTENDED, extensions, 1 + strlen (extensions + 1));
  bt_test_peer_send_message (peer, BT_WIRE_INTERESTED, NULL, 0);
  bt_test_message_free (bt_test_peer_expect (peer, BT_WIRE_UNCHOKE));
  return peer;
}

static void
expect_lost (BtTestPeer *peer, guint32 piece)
{
  const guint8 expected[5] = { DONT_HAVE, 0, 0, 0, (guint8) piece };

  for (;;)
    {
      g_autoptr (BtTestMessage) message = bt_test_peer_expect (peer, BT_WIRE_EXTENDED);

      /* Our own handshake and the like come as well. */
      if (message->payload[0] != DONT_HAVE)
        continue;
      g_assert_cmpmem (message->payload, message->length, expected, sizeof expected);
      return;
    }
}

static void
ask (BtTestPeer *peer, guint32 piece)
{
  BtBlock block = { piece, 0, 16384 };

  bt_test_peer_send_block (peer, BT_WIRE_REQUEST, &block);
}

static void
test_peers_are_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = dial (fixture, "-XX0001-aaaaaaaaaaaa", TRUE);
  g_autoptr (BtTestPeer) other = dial (fixture, "-XX0001-bbbbbbbbbbbb", TRUE);

  bt_torrent_set_file_priority (fixture->torrent, FILE_SECOND, BT_FILE_SKIP);
  g_assert_cmpint (truncate (fixture->second, 0), ==, 0);
  ask (peer, LOST_WITHIN);
  bt_test_message_free (bt_test_peer_expect (peer, BT_WIRE_REJECT));
  for (guint32 piece = LOST_FIRST; piece <= LOST_LAST; piece++)
    {
      expect_lost (peer, piece);
      expect_lost (other, piece);
      g_assert_false (bt_bitfield_get (bt_torrent_peek_pieces (fixture->torrent), piece));
    }
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, fixture->content->n_pieces - (LOST_LAST - LOST_FIRST + 1));
  g_assert_no_error (bt_torrent_get_error (fixture->torrent));
  bt_test_peer_fetch (peer, fixture->content, 0);
  bt_test_peer_fetch (other, fixture->content, LOST_LAST + 1);
}

/* Pieces that have bytes of wanted files too are asked for again. */
static void
test_wanted_pieces_come_back (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = dial (fixture, "-XX0001-aaaaaaaaaaaa", TRUE);
  g_autoptr (BtTestPeer) seed = NULL;
  g_autoptr (GSocket) door = NULL;
  GStatBuf status;
  guint16 port;

  bt_torrent_set_file_priority (fixture->torrent, FILE_SECOND, BT_FILE_SKIP);
  g_assert_cmpint (truncate (fixture->second, 0), ==, 0);
  ask (peer, LOST_WITHIN);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  door = bt_test_door_new (&port);
  bt_test_torrent_meet (fixture->torrent, port);
  seed = bt_test_peer_accept (door);
  bt_test_peer_be_seed (seed, fixture->content, NULL, "-XX0001-cccccccccccc", TRUE);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
  g_assert_true (bt_bitfield_get (bt_torrent_peek_pieces (fixture->torrent), LOST_FIRST));
  g_assert_true (bt_bitfield_get (bt_torrent_peek_pieces (fixture->torrent), LOST_LAST));
  g_assert_false (bt_bitfield_get (bt_torrent_peek_pieces (fixture->torrent), LOST_WITHIN));
  g_assert_cmpint (g_stat (fixture->second, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, 0);
  bt_test_peer_fetch (peer, fixture->content, LOST_FIRST);
}

static void
test_who_cannot_be_told_is_left (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = dial (fixture, "-XX0001-aaaaaaaaaaaa", FALSE);
  g_autoptr (BtTestPeer) again = NULL;

  bt_torrent_set_file_priority (fixture->torrent, FILE_SECOND, BT_FILE_SKIP);
  g_assert_cmpint (truncate (fixture->second, 0), ==, 0);
  ask (peer, LOST_WITHIN);
  bt_test_wait (peer->ended);
  again = dial (fixture, "-XX0001-aaaaaaaaaaaa", FALSE);
  bt_test_peer_fetch (again, fixture->content, 0);
}

/* The person would miss it: nothing goes on as if nothing had happened. */
static void
test_wanted_file_stops_it (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = dial (fixture, "-XX0001-aaaaaaaaaaaa", TRUE);

  g_assert_cmpint (truncate (fixture->second, 0), ==, 0);
  ask (peer, LOST_WITHIN);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_ERROR);
  g_assert_error (bt_torrent_get_error (fixture->torrent), G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);
}

#define ADD(path, function) g_test_add ("/engine-lost/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  ADD ("peers-are-told", test_peers_are_told);
  ADD ("wanted-pieces-come-back", test_wanted_pieces_come_back);
  ADD ("who-cannot-be-told-is-left", test_who_cannot_be_told_is_left);
  ADD ("wanted-file-stops-it", test_wanted_file_stops_it);
  return g_test_run ();
}
