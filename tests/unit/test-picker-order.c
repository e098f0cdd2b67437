/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-picker.h"

/* The orders that a person or a player chooses. */

static guint32
next_piece (PickerFixture *fixture, PickerPeer *peer)
{
  BtPick pick = pick_of (peer);
  BtBlock blocks[N_BLOCKS];
  guint n = bt_picker_pick (fixture->picker, &pick, blocks, N_BLOCKS);

  g_assert_cmpuint (n, >, 0);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (blocks[i].piece, ==, blocks[0].piece);
  return blocks[0].piece;
}

static void
test_sequential_goes_in_order (PickerFixture *fixture, gconstpointer data)
{
  bt_picker_set_sequential (fixture->picker, TRUE);
  for (guint32 piece = 0; piece < N_PIECES - 1; piece++)
    g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, piece);
}

static void
test_sequential_comes_back_for_a_lost_piece (PickerFixture *fixture, gconstpointer data)
{
  bt_picker_set_sequential (fixture->picker, TRUE);
  for (guint32 piece = 0; piece < 5; piece++)
    g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, piece);
  bt_picker_abandon (fixture->picker, 2);
  fixture->peers[1].current = G_MAXUINT32;
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[1]), ==, 2);
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[1]), ==, 5);
}

static void
test_sequential_takes_what_is_wanted_most_first (PickerFixture *fixture, gconstpointer data)
{
  bt_picker_set_sequential (fixture->picker, TRUE);
  bt_picker_set_priority (fixture->picker, 17, BT_PRIORITY_HIGH);
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, 17);
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, 0);
}

static void
test_deadlines_come_before_all (PickerFixture *fixture, gconstpointer data)
{
  bt_picker_set_priority (fixture->picker, 3, BT_PRIORITY_HIGH);
  bt_picker_set_deadline (fixture->picker, 9, 2000);
  bt_picker_set_deadline (fixture->picker, 12, 1000);
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, 12);
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, 9);
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, 3);
}

static void
test_a_deadline_can_be_lifted (PickerFixture *fixture, gconstpointer data)
{
  bt_picker_set_sequential (fixture->picker, TRUE);
  bt_picker_set_deadline (fixture->picker, 9, 2000);
  bt_picker_set_deadline (fixture->picker, 9, 0);
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, 0);
}

static void
test_deadlines_are_bounded (PickerFixture *fixture, gconstpointer data)
{
  for (guint round = 0; round < 2 * BT_PICKER_MAX_DEADLINES; round++)
    bt_picker_set_deadline (fixture->picker, round % N_PIECES, 1000 + round);
  /* The latest word on each piece counts. */
  g_assert_cmpuint (next_piece (fixture, &fixture->peers[0]), ==, (2 * BT_PICKER_MAX_DEADLINES - N_PIECES) % N_PIECES);
}

static guint32
whole_piece (PickerFixture *fixture, PickerPeer *peer, guint32 suggested)
{
  BtPick pick = pick_of (peer);
  BtBlock blocks[N_BLOCKS];
  guint n;

  pick.suggested = suggested;
  n = bt_picker_pick_piece (fixture->picker, &pick, blocks);
  if (n == 0)
    return G_MAXUINT32;
  g_assert_cmpuint (n, ==, bt_layout_n_blocks (fixture->layout, blocks[0].piece));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (blocks[i].piece, ==, blocks[0].piece);
      g_assert_cmpuint (blocks[i].begin, ==, i * BT_BLOCK_SIZE);
    }
  return blocks[0].piece;
}

static void
test_whole_pieces_are_new_ones (PickerFixture *fixture, gconstpointer data)
{
  guint32 begun;
  BtBlock block;
  BtPick pick = pick_of (&fixture->peers[0]);

  bt_picker_set_deadline (fixture->picker, 9, 1000);
  g_assert_cmpuint (bt_picker_pick (fixture->picker, &pick, &block, 1), ==, 1);
  begun = block.piece;
  /* What is suggested comes first, but not what others have begun. */
  g_assert_cmpuint (begun, ==, 9);
  g_assert_cmpuint (whole_piece (fixture, &fixture->peers[1], 5), ==, 5);
  g_assert_cmpuint (whole_piece (fixture, &fixture->peers[1], 5), !=, 5);
  bt_picker_set_deadline (fixture->picker, 13, 1000);
  g_assert_cmpuint (whole_piece (fixture, &fixture->peers[1], begun), ==, 13);
  for (guint i = 0; i < N_PIECES - 4; i++)
    g_assert_cmpuint (whole_piece (fixture, &fixture->peers[1], G_MAXUINT32), <, N_PIECES);
  g_assert_cmpuint (whole_piece (fixture, &fixture->peers[1], G_MAXUINT32), ==, G_MAXUINT32);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, PickerFixture, NULL, picker_set_up, func, picker_tear_down)
  ADD ("/picker/sequential/goes-in-order", test_sequential_goes_in_order);
  ADD ("/picker/sequential/comes-back-for-a-lost-piece", test_sequential_comes_back_for_a_lost_piece);
  ADD ("/picker/sequential/takes-what-is-wanted-most-first", test_sequential_takes_what_is_wanted_most_first);
  ADD ("/picker/deadline/comes-before-all", test_deadlines_come_before_all);
  ADD ("/picker/deadline/can-be-lifted", test_a_deadline_can_be_lifted);
  ADD ("/picker/deadline/are-bounded", test_deadlines_are_bounded);
  ADD ("/picker/whole-pieces-are-new-ones", test_whole_pieces_are_new_ones);
#undef ADD
  return g_test_run ();
}
