/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-picker.h"

/* What the picker believes is what the peers were asked for. */
static void
assert_partials (PickerFixture *fixture)
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
asked_elsewhere (PickerFixture *fixture, const PickerPeer *peer, const BtBlock *block)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    if (&fixture->peers[i] != peer && bt_requests_contains (&fixture->peers[i].requests, block))
      return TRUE;
  return FALSE;
}

/* Is there a wanted block that nobody was asked for? */
static gboolean
any_open (PickerFixture *fixture)
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
model_ask (PickerFixture *fixture, PickerPeer *peer, BtRng *choices)
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
model_receive (PickerFixture *fixture, PickerPeer *peer, BtRng *choices)
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
model_choke (PickerFixture *fixture, PickerPeer *peer)
{
  for (guint i = 0; i < bt_requests_n_outstanding (&peer->requests); i++)
    bt_picker_release (fixture->picker, &bt_requests_peek (&peer->requests, i)->block);
  bt_requests_forget (&peer->requests);
  bt_picker_peer_gone (fixture->picker, peer->id);
  peer->current = G_MAXUINT32;
}

static void
model_change (PickerFixture *fixture, PickerPeer *peer, BtRng *choices)
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
become_partial (PickerFixture *fixture, PickerPeer *peer, BtRng *choices)
{
  peer->has_all = FALSE;
  bt_picker_remove_all (fixture->picker);
  for (guint32 piece = 0; piece < N_PIECES; piece++)
    if (bt_rng_below (choices, 2))
      bt_bitfield_set (&peer->pieces, piece);
  bt_picker_add_pieces (fixture->picker, &peer->pieces);
}

static void
test_any_operations_keep_the_count (PickerFixture *fixture, gconstpointer data)
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize seed = 1; seed <= 6; seed++)
    {
      g_autofree char *path = g_strdup_printf ("/picker/any-operations-keep-the-count/%" G_GSIZE_FORMAT, seed);

      g_test_add (path, PickerFixture, GSIZE_TO_POINTER (seed), picker_set_up, test_any_operations_keep_the_count, picker_tear_down);
    }
  return g_test_run ();
}
