/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-picker.h"
#include "bt-test-torrent.h"

#define N_PIECES 20u
#define N_BLOCKS 4u /* of a piece; the last piece has two */

/* A peer as the picker sees it. */
typedef struct
{
  guint32 id;
  BtBitfield pieces;
  gboolean has_all;
  BtRequests requests;
  guint32 current;
} Peer;

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtRng rng;
  BtPicker *picker;
  Peer peers[5];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = N_BLOCKS * BT_BLOCK_SIZE, .length = (N_PIECES * N_BLOCKS - 2) * BT_BLOCK_SIZE - 7 };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  bt_rng_seed (&fixture->rng, 1);
  fixture->picker = bt_picker_new (fixture->layout, &fixture->rng);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    {
      Peer *peer = &fixture->peers[i];

      peer->id = i + 1;
      peer->has_all = TRUE;
      peer->current = G_MAXUINT32;
      bt_bitfield_init (&peer->pieces, N_PIECES);
      bt_requests_init (&peer->requests);
      bt_picker_add_all (fixture->picker);
    }
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    {
      bt_bitfield_clear (&fixture->peers[i].pieces);
      bt_requests_clear (&fixture->peers[i].requests);
    }
  bt_picker_free (fixture->picker);
  bt_layout_unref (fixture->layout);
  bt_test_torrent_free (fixture->torrent);
}

static BtPick
pick_of (Peer *peer)
{
  return (BtPick){
    .peer = peer->id,
    .pieces = &peer->pieces,
    .has_all = peer->has_all,
    .allow_new = TRUE,
    .suggested = G_MAXUINT32,
    .requests = &peer->requests,
    .current = &peer->current,
  };
}

static guint
ask_with (Fixture *fixture, Peer *peer, const BtPick *pick, BtBlock *blocks, guint most)
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
ask (Fixture *fixture, Peer *peer, BtBlock *blocks, guint most)
{
  BtPick pick = pick_of (peer);

  return ask_with (fixture, peer, &pick, blocks, most);
}

static BtBlock
ask_one (Fixture *fixture, Peer *peer)
{
  BtBlock block;

  g_assert_cmpuint (ask (fixture, peer, &block, 1), ==, 1);
  return block;
}

/* A whole piece from one peer, and right. */
static guint32
get_piece (Fixture *fixture, Peer *peer)
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
have_some (Fixture *fixture)
{
  for (guint32 i = N_PIECES - 4; i < N_PIECES; i++)
    bt_picker_set_have (fixture->picker, i);
}

static void
test_rarest_come_first (Fixture *fixture, gconstpointer data)
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
test_begun_pieces_come_before_new_ones (Fixture *fixture, gconstpointer data)
{
  BtBlock first = ask_one (fixture, &fixture->peers[0]);
  BtBlock rest[N_BLOCKS];

  g_assert_cmpuint (ask (fixture, &fixture->peers[1], rest, N_BLOCKS - 1), >, 0);
  for (guint i = 0; i + 1 < bt_layout_n_blocks (fixture->layout, first.piece); i++)
    g_assert_cmpuint (rest[i].piece, ==, first.piece);
  g_assert_cmpuint (ask_one (fixture, &fixture->peers[2]).piece, !=, first.piece);
}

static void
test_first_pieces_are_random (Fixture *fixture, gconstpointer data)
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
test_only_what_the_peer_has (Fixture *fixture, gconstpointer data)
{
  Peer *peer = &fixture->peers[0];
  BtBlock blocks[2 * N_BLOCKS];

  peer->has_all = FALSE;
  g_assert_cmpuint (ask (fixture, peer, blocks, 1), ==, 0);
  bt_bitfield_set (&peer->pieces, 7);
  g_assert_cmpuint (ask (fixture, peer, blocks, 2 * N_BLOCKS), ==, N_BLOCKS);
  for (guint i = 0; i < N_BLOCKS; i++)
    g_assert_cmpuint (blocks[i].piece, ==, 7);
}

static void
test_only_what_is_allowed (Fixture *fixture, gconstpointer data)
{
  Peer *peer = &fixture->peers[0];
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
test_suggested_piece_is_begun_if_it_may_be (Fixture *fixture, gconstpointer data)
{
  Peer *peer = &fixture->peers[0];
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
test_short_memory_goes_on_with_begun_pieces (Fixture *fixture, gconstpointer data)
{
  Peer *peer = &fixture->peers[1];
  BtBlock first = ask_one (fixture, &fixture->peers[0]);
  BtPick pick = pick_of (peer);
  BtBlock blocks[2 * N_BLOCKS];

  pick.allow_new = FALSE;
  g_assert_cmpuint (ask_with (fixture, peer, &pick, blocks, 2 * N_BLOCKS), ==, bt_layout_n_blocks (fixture->layout, first.piece) - 1);
  g_assert_cmpuint (bt_picker_n_partials (fixture->picker), ==, 1);
}

/* Asks @peer for all there is. */
static guint
ask_for_all (Fixture *fixture, Peer *peer)
{
  BtBlock blocks[N_PIECES * N_BLOCKS];

  return ask (fixture, peer, blocks, G_N_ELEMENTS (blocks));
}

static void
test_end_game_asks_three_at_most (Fixture *fixture, gconstpointer data)
{
  guint duplicates[4] = { 0 };
  BtBlock block;

  g_assert_cmpuint (ask_for_all (fixture, &fixture->peers[0]), ==, N_PIECES * N_BLOCKS - 2);
  g_assert_cmpuint (ask (fixture, &fixture->peers[0], &block, 1), ==, 0);
  for (guint round = 0; round < 200; round++)
    for (guint i = 1; i < 4; i++)
      {
        Peer *peer = &fixture->peers[i];

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

static void
test_end_game_waits_for_open_blocks (Fixture *fixture, gconstpointer data)
{
  Peer *second = &fixture->peers[1];
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
test_skipped_piece_does_not_hold_up_the_end_game (Fixture *fixture, gconstpointer data)
{
  BtBlock block = ask_one (fixture, &fixture->peers[0]);

  bt_picker_set_priority (fixture->picker, block.piece, BT_PRIORITY_SKIP);
  fixture->peers[0].current = G_MAXUINT32;
  ask_for_all (fixture, &fixture->peers[0]);
  g_assert_cmpuint (ask (fixture, &fixture->peers[1], &block, 1), ==, 1);
}

static void
test_released_block_goes_to_another (Fixture *fixture, gconstpointer data)
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
test_received_is_judged (Fixture *fixture, gconstpointer data)
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
fail_piece (Fixture *fixture, Peer *peer, guint32 only_peer, guint32 *piece)
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
test_bad_piece_is_for_one_peer (Fixture *fixture, gconstpointer data)
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
test_priorities_come_before_rarity (Fixture *fixture, gconstpointer data)
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
test_begun_piece_that_is_skipped_rests (Fixture *fixture, gconstpointer data)
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
test_having_and_losing_are_counted (Fixture *fixture, gconstpointer data)
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

/* What the picker believes is what the peers were asked for. */
static void
assert_partials (Fixture *fixture)
{
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    {
      BtPartial *partial = bt_picker_peek_partial (fixture->picker, piece);
      guint n_open = 0, n_had = 0;

      for (guint32 k = 0; partial != NULL && k < partial->n_blocks; k++)
        {
          BtBlock block = { piece, k * BT_BLOCK_SIZE, bt_layout_block_size (fixture->layout, piece, k) };
          guint asked = 0;

          for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
            asked += bt_requests_contains (&fixture->peers[i].requests, &block);
          n_had += partial->state[k] == BT_BLOCK_HAD;
          n_open += partial->state[k] == 0;
          if (partial->state[k] != BT_BLOCK_HAD)
            g_assert_cmpuint (partial->state[k], ==, asked);
          else
            g_assert_cmpuint (asked, ==, 0);
          if (partial->state[k] == 0)
            g_assert_cmpuint (k, >=, partial->next_open);
        }
      if (partial == NULL)
        continue;
      g_assert_false (bt_bitfield_get (bt_picker_get_have (fixture->picker), piece));
      g_assert_cmpuint (partial->n_open, ==, n_open);
      g_assert_cmpuint (partial->n_had, ==, n_had);
      g_assert_cmpint (partial->sealed, ==, n_had == partial->n_blocks);
      g_assert_cmpint (partial->open_index != G_MAXUINT32, ==, n_open > 0 && bt_picker_wants (fixture->picker, piece));
    }
}

static gboolean
asked_elsewhere (Fixture *fixture, const Peer *peer, const BtBlock *block)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    if (&fixture->peers[i] != peer && bt_requests_contains (&fixture->peers[i].requests, block))
      return TRUE;
  return FALSE;
}

/* Is there a wanted block that nobody was asked for? */
static gboolean
any_open (Fixture *fixture)
{
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    {
      BtPartial *partial = bt_picker_peek_partial (fixture->picker, piece);

      if (bt_picker_wants (fixture->picker, piece) && (partial == NULL || partial->n_open > 0))
        return TRUE;
    }
  return FALSE;
}

static void
model_ask (Fixture *fixture, Peer *peer, BtRng *choices)
{
  gboolean end_game = !any_open (fixture);
  BtBlock blocks[8];
  BtPick pick = pick_of (peer);
  guint n = bt_picker_pick (fixture->picker, &pick, blocks, 1 + bt_rng_below (choices, G_N_ELEMENTS (blocks)));

  for (guint i = 0; i < n; i++)
    {
      g_assert_true (peer->has_all || bt_bitfield_get (&peer->pieces, blocks[i].piece));
      g_assert_true (bt_picker_wants (fixture->picker, blocks[i].piece));
      g_assert_false (bt_requests_contains (&peer->requests, &blocks[i]));
      if (!end_game)
        g_assert_false (asked_elsewhere (fixture, peer, &blocks[i]));
      bt_requests_asked (&peer->requests, &blocks[i], 0);
    }
}

static void
model_receive (Fixture *fixture, Peer *peer, BtRng *choices)
{
  guint n = bt_requests_n_outstanding (&peer->requests);
  BtPartial *partial;
  BtBlock block;

  if (n == 0)
    return;
  block = bt_requests_peek (&peer->requests, bt_rng_below (choices, n))->block;
  bt_requests_got (&peer->requests, &block, 1);
  g_assert_cmpint (bt_picker_receive (fixture->picker, &block, peer->id, &partial), ==, BT_RECEIVED_NEW);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    bt_requests_drop (&fixture->peers[i].requests, &block);
  if (!partial->sealed)
    return;
  if (bt_rng_below (choices, 4) == 0)
    bt_picker_reopen (fixture->picker, block.piece, bt_rng_below (choices, 2) ? peer->id : 0);
  else
    bt_picker_set_have (fixture->picker, block.piece);
}

static void
model_choke (Fixture *fixture, Peer *peer)
{
  for (guint i = 0; i < bt_requests_n_outstanding (&peer->requests); i++)
    bt_picker_release (fixture->picker, &bt_requests_peek (&peer->requests, i)->block);
  bt_requests_forget (&peer->requests);
  bt_picker_peer_gone (fixture->picker, peer->id);
  peer->current = G_MAXUINT32;
}

static void
model_change (Fixture *fixture, Peer *peer, BtRng *choices)
{
  guint32 piece = bt_rng_below (choices, N_PIECES);

  switch (bt_rng_below (choices, 20))
    {
    case 0:
      model_choke (fixture, peer);
      break;
    case 1:
      bt_picker_set_priority (fixture->picker, piece, (BtPriority) bt_rng_below (choices, 4));
      break;
    case 2:
      bt_picker_unset_have (fixture->picker, piece);
      break;
    case 3:
      if (!peer->has_all && bt_bitfield_set (&peer->pieces, piece))
        bt_picker_add_piece (fixture->picker, piece);
      break;
    case 4:
    case 5:
    case 6:
    case 7:
    case 8:
      model_ask (fixture, peer, choices);
      break;
    default:
      model_receive (fixture, peer, choices);
      break;
    }
}

static void
become_partial (Fixture *fixture, Peer *peer, BtRng *choices)
{
  peer->has_all = FALSE;
  bt_picker_remove_all (fixture->picker);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    if (bt_rng_below (choices, 2))
      bt_bitfield_set (&peer->pieces, piece);
  bt_picker_add_pieces (fixture->picker, &peer->pieces);
}

static void
test_any_operations_keep_the_count (Fixture *fixture, gconstpointer data)
{
  BtRng choices;

  bt_rng_seed (&choices, GPOINTER_TO_SIZE (data));
  for (guint i = 1; i < G_N_ELEMENTS (fixture->peers); i++)
    become_partial (fixture, &fixture->peers[i], &choices);
  for (guint i = 0; i < 20000; i++)
    {
      model_change (fixture, &fixture->peers[bt_rng_below (&choices, G_N_ELEMENTS (fixture->peers))], &choices);
      assert_partials (fixture);
    }

  /* And whatever happened, the first peer, a seed, can end it. */
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    model_choke (fixture, &fixture->peers[i]);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    bt_picker_set_priority (fixture->picker, piece, BT_PRIORITY_NORMAL);
  for (guint i = 0; i < 2000 && bt_picker_n_missing (fixture->picker) > 0; i++)
    {
      model_ask (fixture, &fixture->peers[0], &choices);
      model_receive (fixture, &fixture->peers[0], &choices);
    }
  g_assert_cmpuint (bt_picker_n_missing (fixture->picker), ==, 0);
  g_assert_cmpuint (bt_picker_n_partials (fixture->picker), ==, 0);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/picker/choice/rarest-come-first", test_rarest_come_first);
  ADD ("/picker/choice/begun-pieces-come-before-new-ones", test_begun_pieces_come_before_new_ones);
  ADD ("/picker/choice/first-pieces-are-random", test_first_pieces_are_random);
  ADD ("/picker/choice/only-what-the-peer-has", test_only_what_the_peer_has);
  ADD ("/picker/choice/only-what-is-allowed", test_only_what_is_allowed);
  ADD ("/picker/choice/suggested-piece-is-begun-if-it-may-be", test_suggested_piece_is_begun_if_it_may_be);
  ADD ("/picker/choice/short-memory-goes-on-with-begun-pieces", test_short_memory_goes_on_with_begun_pieces);
  ADD ("/picker/end-game/asks-three-at-most", test_end_game_asks_three_at_most);
  ADD ("/picker/end-game/waits-for-open-blocks", test_end_game_waits_for_open_blocks);
  ADD ("/picker/end-game/skipped-piece-does-not-hold-it-up", test_skipped_piece_does_not_hold_up_the_end_game);
  ADD ("/picker/release/goes-to-another", test_released_block_goes_to_another);
  ADD ("/picker/receive/is-judged", test_received_is_judged);
  ADD ("/picker/reopen/bad-piece-is-for-one-peer", test_bad_piece_is_for_one_peer);
  ADD ("/picker/priority/comes-before-rarity", test_priorities_come_before_rarity);
  ADD ("/picker/priority/begun-piece-that-is-skipped-rests", test_begun_piece_that_is_skipped_rests);
  ADD ("/picker/have/having-and-losing-are-counted", test_having_and_losing_are_counted);
  for (gsize seed = 1; seed <= 6; seed++)
    {
      g_autofree char *path = g_strdup_printf ("/picker/any-operations-keep-the-count/%" G_GSIZE_FORMAT, seed);

      g_test_add (path, Fixture, GSIZE_TO_POINTER (seed), set_up, test_any_operations_keep_the_count, tear_down);
    }
  return g_test_run ();
}
