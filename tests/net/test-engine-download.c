/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <string.h>

#define N_PIECES 13u

typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
  GSocket *doors[3];
  guint16 ports[3];
  BtTestPeer *peers[3];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const BtTestFile files[] = {
    { .path = "a", .length = 100001 },
    { .path = "nothing", .length = 0 },
    { .path = ".pad/31071", .length = 31071, .attr = "p" },
    { .path = "c", .length = 660000 },
  };
  BtTestSpec spec = { .piece_length = 65536, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->content = bt_test_torrent_new (&spec);
  g_assert_cmpuint (fixture->content->n_pieces, ==, N_PIECES);
  fixture->session = bt_test_session_new (NULL);
  fixture->torrent = bt_test_session_leech (fixture->session, fixture->content);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->doors); i++)
    fixture->doors[i] = bt_test_door_new (&fixture->ports[i]);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->doors); i++)
    {
      g_clear_pointer (&fixture->peers[i], bt_test_peer_free);
      g_object_unref (fixture->doors[i]);
    }
  bt_test_session_free (fixture->session);
  bt_test_torrent_free (fixture->content);
}

/* A seed, or with @pieces a part of one, that the session connects to. */
static BtTestPeer *
meet (Fixture *fixture, guint i, const BtBitfield *pieces, gboolean fast)
{
  g_autofree char *id = g_strdup_printf ("-XX0001-%012u", i);

  bt_test_torrent_meet (fixture->torrent, fixture->ports[i]);
  fixture->peers[i] = bt_test_peer_accept (fixture->doors[i]);
  bt_test_peer_be_seed (fixture->peers[i], fixture->content, pieces, id, fast);
  return fixture->peers[i];
}

static void
assert_completes (Fixture *fixture)
{
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
}

static void
test_from_one_seed (Fixture *fixture, gconstpointer data)
{
  BtTorrentStats stats;

  meet (fixture, 0, NULL, FALSE);
  assert_completes (fixture);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.downloaded, ==, fixture->content->length);
  g_assert_cmpuint (stats.wasted, ==, 0);
  g_assert_cmpuint (stats.verified, ==, stats.wanted);
  g_assert_cmpuint (stats.wanted, ==, 760001);
}

static void
test_messages_may_come_in_any_parts (Fixture *fixture, gconstpointer data)
{
  static const guint32 most[] = { 37, 4000, 20000 };

  for (guint i = 0; i < G_N_ELEMENTS (most); i++)
    {
      BtTestPeer *peer = meet (fixture, i, NULL, i % 2);

      peer->most = most[i];
    }
  assert_completes (fixture);
}

static void
test_seed_comes_in (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);

  bt_test_peer_be_seed (peer, fixture->content, NULL, "-XX0001-aaaaaaaaaaaa", TRUE);
  assert_completes (fixture);
}

static void
test_from_parts_of_seeds (Fixture *fixture, gconstpointer data)
{
  BtBitfield pieces;

  bt_bitfield_init (&pieces, N_PIECES);
  for (guint i = 0; i < 3; i++)
    {
      bt_bitfield_unset_all (&pieces);
      for (guint32 piece = i; piece < N_PIECES; piece += 3)
        bt_bitfield_set (&pieces, piece);
      meet (fixture, i, &pieces, i % 2);
    }
  bt_bitfield_clear (&pieces);
  assert_completes (fixture);
}

static void
test_have_tells_of_more (Fixture *fixture, gconstpointer data)
{
  BtBitfield pieces;
  BtTestPeer *peer;

  bt_bitfield_init (&pieces, N_PIECES);
  peer = meet (fixture, 0, &pieces, FALSE);
  bt_bitfield_clear (&pieces);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    {
      bt_test_peer_send_index (peer, BT_WIRE_HAVE, piece);
      bt_test_wait (bt_test_n_pieces (fixture->torrent) == piece + 1);
    }
  assert_completes (fixture);
}

static void
test_pieces_are_told_to_others (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) other = bt_test_peer_dial (fixture->session->port);

  bt_test_peer_send_handshake (other, fixture->content, "-XX0001-zzzzzzzzzzzz", FALSE);
  bt_test_wait (other->greeted);
  meet (fixture, 0, NULL, FALSE);
  for (guint i = 0; i < N_PIECES; i++)
    bt_test_message_free (bt_test_peer_expect (other, BT_WIRE_HAVE));
  assert_completes (fixture);
  bt_test_peer_send_message (other, BT_WIRE_INTERESTED, NULL, 0);
  bt_test_message_free (bt_test_peer_expect (other, BT_WIRE_UNCHOKE));
  bt_test_peer_fetch (other, fixture->content, 5);
}

/* Chokes after every few blocks, and forgets what it was asked. */
static void
answer_then_choke (BtTestPeer *self, const BtBlock *block, gpointer data)
{
  guint *left = data;

  if (*left == 0)
    {
      if (self->fast)
        bt_test_peer_send_block (self, BT_WIRE_REJECT, block);
      return;
    }
  bt_test_peer_answer (self, block);
  if (--*left == 0)
    bt_test_peer_send_message (self, BT_WIRE_CHOKE, NULL, 0);
}

static void
test_chokes_are_survived (Fixture *fixture, gconstpointer data)
{
  guint left = 3;
  BtTestPeer *peer = meet (fixture, 0, NULL, data != NULL);

  peer->answer = answer_then_choke;
  peer->data = &left;
  for (guint round = 0; round < 40 && bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING; round++)
    {
      bt_test_wait (left == 0 || bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
      bt_test_peer_flush (peer);
      left = 3;
      bt_test_peer_send_message (peer, BT_WIRE_UNCHOKE, NULL, 0);
    }
  assert_completes (fixture);
}

static void
answer_then_die (BtTestPeer *self, const BtBlock *block, gpointer data)
{
  guint *left = data;

  if (*left > 0)
    bt_test_peer_answer (self, block);
  if (*left > 0 && --*left == 0)
    /* In the middle of a block. */
    bt_test_peer_send (self, "\0\0\x40\x09\x07\0\0\0\0\0\0\0\0abcdefgh", 21);
}

static void
test_death_in_a_block_is_survived (Fixture *fixture, gconstpointer data)
{
  guint left = 7;
  BtTestPeer *peer = meet (fixture, 0, NULL, FALSE);

  peer->answer = answer_then_die;
  peer->data = &left;
  bt_test_wait (left == 0);
  bt_test_peer_flush (peer);
  g_clear_pointer (&fixture->peers[0], bt_test_peer_free);
  bt_test_wait (bt_test_n_peers (fixture->torrent) == 0);
  meet (fixture, 1, NULL, TRUE);
  assert_completes (fixture);
}

/* Holds what it was asked for, and never sends it. */
static void
test_silent_peer_does_not_hold_up_the_end (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *silent = meet (fixture, 0, NULL, TRUE);

  silent->silent = TRUE;
  bt_test_wait (silent->n_asked > 0);
  meet (fixture, 1, NULL, TRUE);
  assert_completes (fixture);
  /* It was told that its blocks are not needed any more. */
  bt_test_wait (silent->n_cancelled > 0);
}

static void
answer_wrong (BtTestPeer *self, const BtBlock *block, gpointer data)
{
  g_autofree guint8 *bytes = g_memdup2 (self->torrent->content + (gsize) block->piece * self->torrent->piece_length + block->begin, block->length);

  /* Only some, and only a little. */
  if (block->piece % 2 == 0)
    bytes[block->length / 2] ^= 0x10;
  bt_test_peer_send_piece (self, block, bytes);
}

static void
test_liar_alone_is_sent_away_at_once (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *liar = meet (fixture, 0, NULL, FALSE);

  liar->answer = answer_wrong;
  bt_test_wait (liar->ended);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_DOWNLOADING);
  /* Told of it again: no. */
  bt_test_torrent_meet (fixture->torrent, fixture->ports[0]);
  meet (fixture, 1, NULL, FALSE);
  assert_completes (fixture);
  g_assert_false (bt_test_door_rings (fixture->doors[0]));
}

/* Pieces have blocks of both: only proof sends the liar away, and the honest
 * one stays. */
static void
test_liar_among_honest_is_found (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *liar, *honest;

  honest = meet (fixture, 1, NULL, data != NULL);
  liar = meet (fixture, 0, NULL, data != NULL);
  liar->answer = answer_wrong;
  honest->most = 3000;
  assert_completes (fixture);
  bt_test_wait (liar->ended);
  bt_test_torrent_meet (fixture->torrent, fixture->ports[0]);
  bt_test_drain ();
  g_assert_false (bt_test_door_rings (fixture->doors[0]));
}

/* What nobody asked for is stored nowhere, right or wrong. */
static void
test_unasked_blocks_are_not_taken (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *pusher = meet (fixture, 0, NULL, TRUE), *honest;
  g_autofree guint8 *wrong = g_malloc0 (BT_BLOCK_SIZE);
  BtTorrentStats stats;

  pusher->silent = TRUE;
  honest = meet (fixture, 1, NULL, TRUE);
  honest->most = 5000;
  for (guint32 piece = 0; piece < N_PIECES - 1; piece++)
    for (guint32 begin = 0; begin < 65536; begin += BT_BLOCK_SIZE)
      {
        BtBlock block = { piece, begin + 1, BT_BLOCK_SIZE - 1 };

        bt_test_peer_send_piece (pusher, &block, wrong);
      }
  assert_completes (fixture);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.wasted, >, 0);
  g_assert_false (honest->ended);
}

/* Two send the same block at once, one of them poison, a part of each in
 * turn. Whoever ends first has sent it: the other's bytes must not be in it,
 * or the honest one would be blamed. */
static void
test_two_writers_do_not_mix (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *wrong = g_malloc0 (BT_BLOCK_SIZE);
  BtTestPeer *honest, *liar;
  guint8 header[BT_WIRE_PIECE_HEADER];
  const guint8 *right;
  BtBlock block;
  BtBitfield all_but_one;

  /* All but the last piece, which has one block, come first. */
  bt_bitfield_init (&all_but_one, N_PIECES);
  bt_bitfield_set_all (&all_but_one);
  bt_bitfield_unset (&all_but_one, N_PIECES - 1);
  meet (fixture, 2, &all_but_one, FALSE);
  bt_bitfield_clear (&all_but_one);
  bt_test_wait (bt_test_n_pieces (fixture->torrent) == N_PIECES - 1);

  honest = meet (fixture, 0, NULL, FALSE);
  honest->silent = TRUE;
  bt_test_wait (honest->n_asked == 1);
  liar = meet (fixture, 1, NULL, FALSE);
  liar->silent = TRUE;
  bt_test_wait (liar->n_asked == 1);
  block = (BtBlock){ N_PIECES - 1, 0, bt_test_torrent_piece_size (fixture->content, N_PIECES - 1) };
  g_assert_cmpuint (block.length, <=, BT_BLOCK_SIZE);
  right = fixture->content->content + (gsize) block.piece * fixture->content->piece_length;

  bt_wire_write_piece_header (header, &block);
  bt_test_peer_send (honest, header, sizeof header);
  bt_test_peer_send (honest, right, 3000);
  bt_test_peer_flush (honest);
  bt_test_drain ();
  bt_test_peer_send (liar, header, sizeof header);
  bt_test_peer_send (liar, wrong, 3000);
  bt_test_peer_flush (liar);
  bt_test_drain ();
  bt_test_peer_send (honest, right + 3000, block.length - 3000);
  assert_completes (fixture);
  g_assert_false (honest->ended);
}

static gboolean
was_cancelled (BtTestPeer *peer, const BtBlock *block)
{
  for (GList *l = peer->messages.head; l != NULL; l = l->next)
    if (((BtTestMessage *) l->data)->id == BT_WIRE_CANCEL)
      {
        BtBlock cancelled = bt_test_message_block (l->data);

        if (memcmp (&cancelled, block, sizeof cancelled) == 0)
          return TRUE;
      }
  return FALSE;
}

/* Blocks that others were asked for too come seldom twice. */
static void
test_end_game_takes_back_what_came (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *peers[3];
  BtTorrentStats stats;

  for (guint i = 0; i < 3; i++)
    {
      peers[i] = meet (fixture, i, NULL, i % 2);
      peers[i]->silent = TRUE;
    }
  bt_test_wait (peers[0]->n_asked > 0 && peers[1]->n_asked > 0 && peers[2]->n_asked > 0);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GArray) blocks = g_array_new (FALSE, FALSE, sizeof (BtBlock));

      peers[i]->silent = FALSE;
      for (GList *l = peers[i]->messages.head; l != NULL; l = l->next)
        if (((BtTestMessage *) l->data)->id == BT_WIRE_REQUEST)
          {
            BtBlock block = bt_test_message_block (l->data);

            if (!was_cancelled (peers[i], &block))
              g_array_append_val (blocks, block);
          }
      for (guint k = 0; k < blocks->len; k++)
        bt_test_peer_answer (peers[i], &g_array_index (blocks, BtBlock, k));
    }
  assert_completes (fixture);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.wasted, <, fixture->content->length);
}

static void
test_own_address_is_left_alone (Fixture *fixture, gconstpointer data)
{
  bt_test_torrent_meet (fixture->torrent, fixture->session->port);
  meet (fixture, 0, NULL, FALSE);
  assert_completes (fixture);
  bt_test_wait (bt_test_n_peers (fixture->torrent) <= 1);
}

static void
test_answer_for_another_torrent_is_refused (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 65536, .length = 5, .seed = 9 };
  g_autoptr (BtTestTorrent) other = bt_test_torrent_new (&spec);

  bt_test_torrent_meet (fixture->torrent, fixture->ports[0]);
  fixture->peers[0] = bt_test_peer_accept (fixture->doors[0]);
  bt_test_peer_send_handshake (fixture->peers[0], other, "-XX0001-aaaaaaaaaaaa", FALSE);
  bt_test_wait (fixture->peers[0]->ended);
  meet (fixture, 1, NULL, FALSE);
  assert_completes (fixture);
}

static void
test_refused_connection_is_survived (Fixture *fixture, gconstpointer data)
{
  g_socket_close (fixture->doors[2], NULL);
  bt_test_torrent_meet (fixture->torrent, fixture->ports[2]);
  meet (fixture, 0, NULL, FALSE);
  assert_completes (fixture);
}

static void
test_pause_lets_go_and_start_goes_on (Fixture *fixture, gconstpointer data)
{
  guint left = 20;
  BtTestPeer *peer = meet (fixture, 0, NULL, FALSE);
  BtTorrentStats stats;
  guint32 n_pieces;

  peer->answer = answer_then_choke;
  peer->data = &left;
  bt_test_wait (left == 0 && bt_test_n_pieces (fixture->torrent) > 1);
  bt_torrent_pause (fixture->torrent);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.down_rate, ==, 0);
  n_pieces = bt_test_n_pieces (fixture->torrent);
  bt_test_wait (peer->ended);
  g_clear_pointer (&fixture->peers[0], bt_test_peer_free);
  bt_torrent_start (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), >=, n_pieces);
  meet (fixture, 1, NULL, FALSE);
  assert_completes (fixture);
}

static void
test_recheck_finds_damage_and_mends_it (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->session->folder, "test", "c", NULL);
  g_autofree char *bytes = NULL;
  gsize length;

  meet (fixture, 0, NULL, FALSE);
  assert_completes (fixture);
  g_assert_true (g_file_get_contents (path, &bytes, &length, NULL));
  bytes[100] ^= 1;
  g_assert_true (g_file_set_contents (path, bytes, (gssize) length, NULL));
  bt_torrent_recheck (fixture->torrent);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, N_PIECES - 1);
  meet (fixture, 1, NULL, FALSE);
  assert_completes (fixture);
}

static void
test_removed_in_the_middle (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *peer = meet (fixture, 0, NULL, FALSE);

  peer->most = 9000;
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 2);
  bt_session_remove (fixture->session->session, fixture->torrent);
  bt_test_wait (peer->ended);
}

static void
test_session_ends_in_the_middle (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *peer = meet (fixture, 0, NULL, FALSE);

  peer->most = 9000;
  bt_test_wait (bt_test_n_pieces (fixture->torrent) > 2);
}

#define ADD_WITH(path, data, function) \
  g_test_add ("/engine-download/" path, Fixture, GUINT_TO_POINTER (data), set_up, function, tear_down)
#define ADD(path, function) ADD_WITH (path, 0, function)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("completes/from-one-seed", test_from_one_seed);
  ADD ("completes/from-messages-in-any-parts", test_messages_may_come_in_any_parts);
  ADD ("completes/from-a-seed-that-comes-in", test_seed_comes_in);
  ADD ("completes/from-parts-of-seeds", test_from_parts_of_seeds);
  ADD ("have/tells-of-more", test_have_tells_of_more);
  ADD ("have/pieces-are-told-to-others", test_pieces_are_told_to_others);
  ADD ("choke/is-survived", test_chokes_are_survived);
  ADD_WITH ("choke/is-survived-with-rejects", 1, test_chokes_are_survived);
  ADD ("gone/death-in-a-block-is-survived", test_death_in_a_block_is_survived);
  ADD ("gone/refused-connection-is-survived", test_refused_connection_is_survived);
  ADD ("end-game/silent-peer-does-not-hold-it-up", test_silent_peer_does_not_hold_up_the_end);
  ADD ("end-game/takes-back-what-came", test_end_game_takes_back_what_came);
  ADD ("end-game/two-writers-do-not-mix", test_two_writers_do_not_mix);
  ADD ("lies/liar-alone-is-sent-away-at-once", test_liar_alone_is_sent_away_at_once);
  ADD ("lies/liar-among-honest-is-found", test_liar_among_honest_is_found);
  ADD_WITH ("lies/liar-among-honest-is-found-with-rejects", 1, test_liar_among_honest_is_found);
  ADD ("lies/unasked-blocks-are-not-taken", test_unasked_blocks_are_not_taken);
  ADD ("lies/answer-for-another-torrent-is-refused", test_answer_for_another_torrent_is_refused);
  ADD ("lies/own-address-is-left-alone", test_own_address_is_left_alone);
  ADD ("stop/pause-lets-go-and-start-goes-on", test_pause_lets_go_and_start_goes_on);
  ADD ("stop/recheck-finds-damage-and-mends-it", test_recheck_finds_damage_and_mends_it);
  ADD ("stop/removed-in-the-middle", test_removed_in_the_middle);
  ADD ("stop/session-ends-in-the-middle", test_session_ends_in_the_middle);
  return g_test_run ();
}
