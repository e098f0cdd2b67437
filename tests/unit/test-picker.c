/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-picker.h"

static guint
ask_with (PickerFixture *fixture, PickerPeer *peer, const BtPick *pick, BtBlock *blocks, guint most)
{
  guint n = bt_picker_pick (fixture->picker, pick, blocks, most);

  for (guint i = 0; i < n; i++)
    {
      g_assert_true (bt_layout_is_block (fixture->layout, &blocks[i]));
      bt_requests_asked (&peer->requests, &blocks[i], 0);
    }
  return n;
}

static guint
ask (PickerFixture *fixture, PickerPeer *peer, BtBlock *blocks, guint most)
{
  BtPick pick = pick_of (peer);

  return ask_with (fixture, peer, &pick, blocks, most);
}

static BtBlock
ask_one (PickerFixture *fixture, PickerPeer *peer)
{
  BtBlock block;

  g_assert_cmpuint (ask (fixture, peer, &block, 1), ==, 1);
  return block;
}

/* A whole piece from one peer, and right. */
static guint32
get_piece (PickerFixture *fixture, PickerPeer *peer)
{
  guint32 piece = G_MAXUINT32;
  BtPartial *partial;

  do
    {
      BtBlock block = ask_one (fixture, peer);

      g_assert_true (piece == G_MAXUINT32 || piece == block.piece);
      piece = block.piece;
      g_assert_true (bt_requests_got (&peer->requests, &block, 1));
      g_assert_cmpint (bt_picker_receive (fixture->picker, &block, peer->id, &partial), ==, BT_RECEIVED_NEW);
    }
  while (!partial->sealed);
  bt_picker_set_have (fixture->picker, piece);
  return piece;
}

static void
have_some (PickerFixture *fixture)
{
  for (guint32 i = N_PIECES - 4; i < N_PIECES; i++)
    bt_picker_set_have (fixture->picker, i);
}

static void
test_rarest_come_first (PickerFixture *fixture, gconstpointer data)
{
  guint last = 0;

  have_some (fixture);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    for (guint k = 0; k < (piece * 7) % 5; k++)
      bt_picker_add_piece (fixture->picker, piece);
  while (bt_picker_n_missing (fixture->picker) > 0)
    {
      guint availability = bt_picker_get_availability (fixture->picker, get_piece (fixture, &fixture->peers[0]));

      g_assert_cmpuint (availability, >=, last);
      last = availability;
    }
}

static void
test_begun_pieces_come_before_new_ones (PickerFixture *fixture, gconstpointer data)
{
  BtBlock first = ask_one (fixture, &fixture->peers[0]);
  BtBlock rest[N_BLOCKS];

  g_assert_cmpuint (ask (fixture, &fixture->peers[1], rest, N_BLOCKS - 1), >, 0);
  for (guint i = 0; i + 1 < bt_layout_n_blocks (fixture->layout, first.piece); i++)
    g_assert_cmpuint (rest[i].piece, ==, first.piece);
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[2]).piece, !=, first.piece);
}

/* Piece 0 is begun and common, piece 1 is not begun and rare. */
static void
begin_common_piece (PickerFixture *fixture, guint32 rare_availability)
{
  BtBlock block;

  have_some (fixture);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    for (guint k = 0; k < (piece == 1 ? rare_availability : 3); k++)
      bt_picker_add_piece (fixture->picker, piece);
  bt_bitfield_set (&fixture->peers[0].pieces, 0);
  fixture->peers[0].has_all = FALSE;
  block = ask_one (fixture, &fixture->peers[0]);
  g_assert_cmpuint (block.piece, ==, 0);
}

static void
test_who_has_rare_pieces_is_kept_for_them (PickerFixture *fixture, gconstpointer data)
{
  begin_common_piece (fixture, 1);
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[1]).piece, ==, 1);
  /* Now it is begun: the rarer of the begun ones is helped with. */
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[2]).piece, ==, 1);
  bt_bitfield_set (&fixture->peers[3].pieces, 0);
  fixture->peers[3].has_all = FALSE;
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[3]).piece, ==, 0);
}

static void
test_nothing_rarer_helps_with_what_is_begun (PickerFixture *fixture, gconstpointer data)
{
  begin_common_piece (fixture, 3);
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[1]).piece, ==, 0);
}

static void
test_rarer_but_less_wanted_waits (PickerFixture *fixture, gconstpointer data)
{
  begin_common_piece (fixture, 1);
  bt_picker_set_priority (fixture->picker, 1, BT_PRIORITY_LOW);
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[1]).piece, ==, 0);
  bt_picker_set_priority (fixture->picker, 5, BT_PRIORITY_HIGH);
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[2]).piece, ==, 5);
}

static void
test_rarer_does_not_begin_when_memory_is_short (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block;
  BtPick pick;

  begin_common_piece (fixture, 1);
  pick = pick_of (&fixture->peers[1]);
  pick.allow_new = FALSE;
  g_assert_cmpuint (ask_with (fixture, &fixture->peers[1], &pick, &block, 1), ==, 1);
  g_assert_cmpuint (block.piece, ==, 0);
}

/* Of what only seeds have ours comes first. */
static void
test_rivals_share_what_only_seeds_have (PickerFixture *fixture, gconstpointer data)
{
  gboolean past_ours = FALSE;
  guint n_ours = 0;
  BtRivals rivals;

  have_some (fixture);
  bt_rivals_init (&rivals, (const guint8 *) "-XX0001-aaaaaaaaaaaa");
  bt_rivals_add (&rivals, (const guint8 *) "-XX0001-bbbbbbbbbbbb");
  for (guint i = 4; i < N_PIECES; i++)
    {
      BtPick pick = pick_of (&fixture->peers[0]);
      BtBlock blocks[N_BLOCKS];

      pick.rivals = &rivals;
      g_assert_cmpuint (ask_with (fixture, &fixture->peers[0], &pick, blocks, N_BLOCKS), >, 0);
      g_assert_false (past_ours && bt_rivals_is_mine (&rivals, blocks[0].piece));
      past_ours = !bt_rivals_is_mine (&rivals, blocks[0].piece);
      n_ours += !past_ours;
    }
  g_assert_cmpuint (n_ours, >, 2);
  g_assert_cmpuint (n_ours, <, N_PIECES - 6);
  bt_rivals_clear (&rivals);
}

static void
test_first_pieces_are_random (PickerFixture *fixture, gconstpointer data)
{
  gboolean seen[N_PIECES] = { FALSE };
  guint n_seen = 0;

  for (guint32 piece = 0; piece < N_PIECES; piece++)
    for (guint k = 0; k < piece; k++)
      bt_picker_add_piece (fixture->picker, piece);
  for (guint i = 0; i < 200; i++)
    {
      BtBlock block = ask_one (fixture, &fixture->peers[0]);

      n_seen += !seen[block.piece];
      seen[block.piece] = TRUE;
      bt_requests_drop (&fixture->peers[0].requests, &block);
      bt_picker_abandon (fixture->picker, block.piece);
      g_assert_cmpuint (bt_picker_n_partials (fixture->picker), ==, 0);
    }
  g_assert_cmpuint (n_seen, >, N_PIECES / 2);
}

static void
test_only_what_the_peer_has (PickerFixture *fixture, gconstpointer data)
{
  PickerPeer *peer = &fixture->peers[0];
  BtBlock blocks[2 * N_BLOCKS];

  peer->has_all = FALSE;
  g_assert_cmpuint (ask (fixture, peer, blocks, 1), ==, 0);
  bt_bitfield_set (&peer->pieces, 7);
  g_assert_cmpuint (ask (fixture, peer, blocks, 2 * N_BLOCKS), ==, N_BLOCKS);
  for (guint i = 0; i < N_BLOCKS; i++)
    g_assert_cmpuint (blocks[i].piece, ==, 7);
}

static void
test_only_what_is_allowed (PickerFixture *fixture, gconstpointer data)
{
  PickerPeer *peer = &fixture->peers[0];
  BtPick pick = pick_of (peer);
  BtBlock blocks[2 * N_BLOCKS];
  BtBitfield allowed;

  bt_bitfield_init (&allowed, N_PIECES);
  bt_bitfield_set (&allowed, 3);
  pick.allowed = &allowed;
  g_assert_cmpuint (ask_with (fixture, peer, &pick, blocks, 2 * N_BLOCKS), ==, N_BLOCKS);
  g_assert_cmpuint (blocks[0].piece, ==, 3);
  bt_bitfield_clear (&allowed);
}

static void
test_suggested_piece_is_begun_if_it_may_be (PickerFixture *fixture, gconstpointer data)
{
  PickerPeer *peer = &fixture->peers[0];
  BtPick pick = pick_of (peer);
  BtBlock blocks[N_BLOCKS];

  pick.suggested = 11;
  g_assert_cmpuint (ask_with (fixture, peer, &pick, blocks, N_BLOCKS), ==, N_BLOCKS);
  g_assert_cmpuint (blocks[0].piece, ==, 11);
  /* Begun, not had, not there, or past the end: any other will do. */
  g_assert_cmpuint (ask_with (fixture, peer, &pick, blocks, 1), ==, 1);
  g_assert_cmpuint (blocks[0].piece, !=, 11);
  peer->has_all = pick.has_all = FALSE;
  pick.suggested = 12;
  bt_bitfield_set (&peer->pieces, 13);
  peer->current = G_MAXUINT32;
  g_assert_cmpuint (ask_with (fixture, peer, &pick, blocks, 1), ==, 1);
  g_assert_cmpuint (blocks[0].piece, ==, 13);
  pick.suggested = N_PIECES;
  g_assert_cmpuint (ask_with (fixture, peer, &pick, blocks, 1), ==, 1);
}

static void
test_short_memory_goes_on_with_begun_pieces (PickerFixture *fixture, gconstpointer data)
{
  PickerPeer *peer = &fixture->peers[1];
  BtBlock first = ask_one (fixture, &fixture->peers[0]);
  BtPick pick = pick_of (peer);
  BtBlock blocks[2 * N_BLOCKS];

  pick.allow_new = FALSE;
  g_assert_cmpuint (ask_with (fixture, peer, &pick, blocks, 2 * N_BLOCKS), ==, bt_layout_n_blocks (fixture->layout, first.piece) - 1);
  g_assert_cmpuint (bt_picker_n_partials (fixture->picker), ==, 1);
}

/* Asks @peer for all there is. */
static guint
ask_for_all (PickerFixture *fixture, PickerPeer *peer)
{
  BtBlock blocks[N_PIECES * N_BLOCKS];

  return ask (fixture, peer, blocks, G_N_ELEMENTS (blocks));
}

static void
test_end_game_asks_three_at_most (PickerFixture *fixture, gconstpointer data)
{
  guint duplicates[4] = { 0 };
  BtBlock block;

  g_assert_cmpuint (ask_for_all (fixture, &fixture->peers[0]), ==, N_PIECES * N_BLOCKS - 2);
  g_assert_cmpuint (ask (fixture, &fixture->peers[0], &block, 1), ==, 0);
  for (guint round = 0; round < 200; round++)
    for (guint i = 1; i < 4; i++)
      {
        PickerPeer *peer = &fixture->peers[i];

        /* One at a time, and none that it was asked for. */
        if (ask (fixture, peer, &block, 8) == 0)
          continue;
        duplicates[i]++;
        g_assert_true (bt_requests_contains (&fixture->peers[0].requests, &block));
        g_assert_true (bt_picker_is_busy (fixture->picker, &block));
        g_assert_cmpuint (bt_requests_n_outstanding (&peer->requests), <=, 4);
      }
  for (guint i = 1; i < 4; i++)
    g_assert_cmpuint (duplicates[i], ==, 4);

  for (guint32 piece = 0; piece < N_PIECES; piece++)
    for (guint32 k = 0; k < bt_layout_n_blocks (fixture->layout, piece); k++)
      g_assert_cmpuint (bt_picker_peek_partial (fixture->picker, piece)->state[k], <=, 3);
}

/* Or peers that are gone would keep the last block between them. */
static void
test_silent_peer_gets_no_second_request (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block;

  while (ask (fixture, &fixture->peers[0], &block, 1) > 0)
    ;
  g_assert_true (bt_picker_is_end_game (fixture->picker));
  fixture->peers[1].requests.snubbed = TRUE;
  g_assert_cmpuint (ask (fixture, &fixture->peers[1], &block, 1), ==, 0);
  fixture->peers[1].requests.snubbed = FALSE;
  g_assert_cmpuint (ask (fixture, &fixture->peers[1], &block, 1), ==, 1);
}

static void
test_end_game_waits_for_open_blocks (PickerFixture *fixture, gconstpointer data)
{
  PickerPeer *second = &fixture->peers[1];
  BtBlock block;

  ask_for_all (fixture, &fixture->peers[0]);
  /* One block nobody was asked for, that the second peer has not. */
  block = bt_requests_peek (&fixture->peers[0].requests, 0)->block;
  bt_requests_drop (&fixture->peers[0].requests, &block);
  bt_picker_release (fixture->picker, &block);
  second->has_all = FALSE;
  bt_bitfield_set_all (&second->pieces);
  bt_bitfield_unset (&second->pieces, block.piece);
  g_assert_cmpuint (ask (fixture, second, &block, 1), ==, 0);
}

static void
test_skipped_piece_does_not_hold_up_the_end_game (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block = ask_one (fixture, &fixture->peers[0]);

  bt_picker_set_priority (fixture->picker, block.piece, BT_PRIORITY_SKIP);
  fixture->peers[0].current = G_MAXUINT32;
  ask_for_all (fixture, &fixture->peers[0]);
  g_assert_cmpuint (ask (fixture, &fixture->peers[1], &block, 1), ==, 1);
}

static void
test_released_block_goes_to_another (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block = ask_one (fixture, &fixture->peers[0]), again;

  ask_for_all (fixture, &fixture->peers[1]);
  bt_requests_drop (&fixture->peers[0].requests, &block);
  bt_picker_release (fixture->picker, &block);
  again = ask_one (fixture, &fixture->peers[2]);
  g_assert_cmpuint (again.piece, ==, block.piece);
  g_assert_cmpuint (again.begin, ==, block.begin);
  /* Nothing is open now: another release of what is not asked does nothing. */
  bt_picker_release (fixture->picker, &again);
  bt_picker_release (fixture->picker, &again);
  g_assert_cmpuint (bt_picker_peek_partial (fixture->picker, block.piece)->n_open, ==, 1);
}

static void
test_received_is_judged (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block = ask_one (fixture, &fixture->peers[0]);
  BtBlock odd = { block.piece, block.begin + 1, 100 };
  BtBlock none = { N_PIECES, 0, BT_BLOCK_SIZE };
  BtBlock other = { (block.piece + 1) % N_PIECES, 0, BT_BLOCK_SIZE };
  BtPartial *partial;

  g_assert_null (bt_picker_expects (fixture->picker, &odd));
  g_assert_cmpint (bt_picker_receive (fixture->picker, &odd, 1, &partial), ==, BT_RECEIVED_UNWANTED);
  g_assert_cmpint (bt_picker_receive (fixture->picker, &none, 1, &partial), ==, BT_RECEIVED_UNWANTED);
  g_assert_cmpint (bt_picker_receive (fixture->picker, &other, 1, &partial), ==, BT_RECEIVED_UNWANTED);
  g_assert_nonnull (bt_picker_expects (fixture->picker, &block));
  g_assert_cmpint (bt_picker_receive (fixture->picker, &block, 7, &partial), ==, BT_RECEIVED_NEW);
  g_assert_cmpuint (partial->from[block.begin / BT_BLOCK_SIZE], ==, 7);
  g_assert_null (bt_picker_expects (fixture->picker, &block));
  g_assert_cmpint (bt_picker_receive (fixture->picker, &block, 1, &partial), ==, BT_RECEIVED_DUPLICATE);
  bt_picker_release (fixture->picker, &block);
  g_assert_cmpint (partial->state[block.begin / BT_BLOCK_SIZE], ==, BT_BLOCK_HAD);
  bt_picker_set_have (fixture->picker, block.piece);
  g_assert_cmpint (bt_picker_receive (fixture->picker, &block, 1, &partial), ==, BT_RECEIVED_DUPLICATE);
}

static void
fail_piece (PickerFixture *fixture, PickerPeer *peer, guint32 only_peer, guint32 *piece)
{
  BtPartial *partial;

  *piece = G_MAXUINT32;
  do
    {
      BtBlock block = ask_one (fixture, peer);

      *piece = block.piece;
      bt_requests_got (&peer->requests, &block, 1);
      bt_picker_receive (fixture->picker, &block, peer->id, &partial);
    }
  while (!partial->sealed);
  bt_picker_reopen (fixture->picker, *piece, only_peer);
}

static void
test_bad_piece_is_for_one_peer (PickerFixture *fixture, gconstpointer data)
{
  BtBlock blocks[N_PIECES * N_BLOCKS];
  guint32 piece;

  fail_piece (fixture, &fixture->peers[0], fixture->peers[1].id, &piece);
  g_assert_cmpuint (ask_for_all (fixture, &fixture->peers[2]), ==, N_PIECES * N_BLOCKS - 2 - bt_layout_n_blocks (fixture->layout, piece));
  g_assert_cmpuint (ask (fixture, &fixture->peers[3], blocks, 1), ==, 0);
  bt_picker_peer_gone (fixture->picker, fixture->peers[0].id);
  g_assert_cmpuint (ask (fixture, &fixture->peers[3], blocks, 1), ==, 0);
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[1]).piece, ==, piece);
  bt_picker_peer_gone (fixture->picker, fixture->peers[1].id);
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[3]).piece, ==, piece);
}

static void
test_priorities_come_before_rarity (PickerFixture *fixture, gconstpointer data)
{
  have_some (fixture);
  for (guint i = 0; i < 3; i++)
    bt_picker_add_piece (fixture->picker, 5);
  bt_picker_set_priority (fixture->picker, 5, BT_PRIORITY_HIGH);
  bt_picker_set_priority (fixture->picker, 6, BT_PRIORITY_LOW);
  bt_picker_set_priority (fixture->picker, 7, BT_PRIORITY_SKIP);
  g_assert_cmpuint (bt_picker_n_missing (fixture->picker), ==, N_PIECES - 5);
  g_assert_false (bt_picker_wants (fixture->picker, 7));
  g_assert_cmpuint (get_piece (fixture, &fixture->peers[0]), ==, 5);
  while (bt_picker_n_missing (fixture->picker) > 1)
    g_assert_cmpuint (get_piece (fixture, &fixture->peers[0]), !=, 7);
  g_assert_true (bt_picker_wants (fixture->picker, 6));
  g_assert_cmpuint (get_piece (fixture, &fixture->peers[0]), ==, 6);
  g_assert_cmpuint (ask_for_all (fixture, &fixture->peers[0]), ==, 0);

  bt_picker_set_priority (fixture->picker, 7, BT_PRIORITY_NORMAL);
  g_assert_cmpuint (bt_picker_n_missing (fixture->picker), ==, 1);
  g_assert_cmpuint (get_piece (fixture, &fixture->peers[0]), ==, 7);
}

static void
test_begun_piece_that_is_skipped_rests (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block = ask_one (fixture, &fixture->peers[0]);
  guint32 piece = block.piece;

  bt_picker_set_priority (fixture->picker, piece, BT_PRIORITY_SKIP);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (ask_one (fixture, &fixture->peers[0]).piece, !=, piece);
  bt_picker_set_priority (fixture->picker, piece, BT_PRIORITY_HIGH);
  bt_picker_abandon (fixture->picker, piece);
  fixture->peers[1].current = G_MAXUINT32;
  ask_for_all (fixture, &fixture->peers[1]);
  g_assert_nonnull (bt_picker_peek_partial (fixture->picker, piece));
}

static void
test_having_and_losing_are_counted (PickerFixture *fixture, gconstpointer data)
{
  BtBitfield theirs;

  bt_bitfield_init (&theirs, N_PIECES);
  bt_bitfield_set (&theirs, 1);
  bt_bitfield_set (&theirs, 2);
  g_assert_cmpuint (bt_picker_count_wanted (fixture->picker, &theirs), ==, 2);
  bt_picker_set_have (fixture->picker, 1);
  bt_picker_set_have (fixture->picker, 1);
  g_assert_cmpuint (bt_picker_n_missing (fixture->picker), ==, N_PIECES - 1);
  g_assert_cmpuint (bt_picker_count_wanted (fixture->picker, &theirs), ==, 1);
  bt_picker_set_priority (fixture->picker, 1, BT_PRIORITY_SKIP);
  bt_picker_unset_have (fixture->picker, 1);
  g_assert_cmpuint (bt_picker_n_missing (fixture->picker), ==, N_PIECES - 1);
  bt_picker_set_priority (fixture->picker, 1, BT_PRIORITY_LOW);
  g_assert_cmpuint (bt_picker_n_missing (fixture->picker), ==, N_PIECES);
  bt_picker_set_have (fixture->picker, 2);
  bt_picker_unset_have (fixture->picker, 2);
  g_assert_cmpuint (bt_picker_n_missing (fixture->picker), ==, N_PIECES);

  bt_picker_add_pieces (fixture->picker, &theirs);
  g_assert_cmpuint (bt_picker_get_availability (fixture->picker, 2), ==, 6);
  g_assert_cmpuint (bt_picker_get_availability (fixture->picker, 3), ==, 5);
  bt_picker_remove_pieces (fixture->picker, &theirs);
  bt_picker_remove_all (fixture->picker);
  g_assert_cmpuint (bt_picker_get_availability (fixture->picker, 2), ==, 4);
  bt_bitfield_clear (&theirs);
}

#define ADD(path, function) g_test_add (path, PickerFixture, NULL, picker_set_up, function, picker_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/picker/choice/rarest-come-first", test_rarest_come_first);
  ADD ("/picker/choice/begun-pieces-come-before-new-ones", test_begun_pieces_come_before_new_ones);
  ADD ("/picker/choice/who-has-rare-pieces-is-kept-for-them", test_who_has_rare_pieces_is_kept_for_them);
  ADD ("/picker/choice/nothing-rarer-helps-with-what-is-begun", test_nothing_rarer_helps_with_what_is_begun);
  ADD ("/picker/choice/rarer-but-less-wanted-waits", test_rarer_but_less_wanted_waits);
  ADD ("/picker/choice/rarer-does-not-begin-when-memory-is-short", test_rarer_does_not_begin_when_memory_is_short);
  ADD ("/picker/choice/rivals-share-what-only-seeds-have", test_rivals_share_what_only_seeds_have);
  ADD ("/picker/choice/first-pieces-are-random", test_first_pieces_are_random);
  ADD ("/picker/choice/only-what-the-peer-has", test_only_what_the_peer_has);
  ADD ("/picker/choice/only-what-is-allowed", test_only_what_is_allowed);
  ADD ("/picker/choice/suggested-piece-is-begun-if-it-may-be", test_suggested_piece_is_begun_if_it_may_be);
  ADD ("/picker/choice/short-memory-goes-on-with-begun-pieces", test_short_memory_goes_on_with_begun_pieces);
  ADD ("/picker/end-game/asks-three-at-most", test_end_game_asks_three_at_most);
  ADD ("/picker/end-game/silent-peer-gets-no-second-request", test_silent_peer_gets_no_second_request);
  ADD ("/picker/end-game/waits-for-open-blocks", test_end_game_waits_for_open_blocks);
  ADD ("/picker/end-game/skipped-piece-does-not-hold-it-up", test_skipped_piece_does_not_hold_up_the_end_game);
  ADD ("/picker/release/goes-to-another", test_released_block_goes_to_another);
  ADD ("/picker/receive/is-judged", test_received_is_judged);
  ADD ("/picker/reopen/bad-piece-is-for-one-peer", test_bad_piece_is_for_one_peer);
  ADD ("/picker/priority/comes-before-rarity", test_priorities_come_before_rarity);
  ADD ("/picker/priority/begun-piece-that-is-skipped-rests", test_begun_piece_that_is_skipped_rests);
  ADD ("/picker/have/having-and-losing-are-counted", test_having_and_losing_are_counted);
  return g_test_run ();
}
