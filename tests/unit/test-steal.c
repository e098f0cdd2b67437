/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-steal.h"
#include "bt-test-picker.h"

/* Long after everything was asked for. */
#define NOW (100 * G_USEC_PER_SEC)

#define SLOW (20u << 10)
#define FAST (4u << 20)

typedef struct
{
  BtBlock blocks[10];
  BtStealer stealer;
} Case;

/* The first peer is asked for ten blocks; the second has nothing to do. */
static void
begin (PickerFixture *fixture, Case *self, gint64 asked_at)
{
  PickerPeer *victim = &fixture->peers[0];
  BtPick pick = pick_of (victim);

  g_assert_cmpuint (bt_picker_pick (fixture->picker, &pick, self->blocks, 10), ==, 10);
  for (guint i = 0; i < 10; i++)
    bt_requests_asked (&victim->requests, &self->blocks[i], asked_at);
  self->stealer = (BtStealer){ .requests = &fixture->peers[1].requests, .rate = FAST, .has_all = TRUE,
                               .pieces = &fixture->peers[1].pieces };
}

static gboolean
find (PickerFixture *fixture, const Case *self, guint64 victim_rate, BtBlock *block)
{
  return bt_steal_find (fixture->picker, &self->stealer, &fixture->peers[0].requests, victim_rate, NOW, block);
}

static gboolean
is_same (const BtBlock *a, const BtBlock *b)
{
  return a->piece == b->piece && a->begin == b->begin && a->length == b->length;
}

static void
test_last_request_of_a_slow_peer_moves (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block;
  Case self;

  begin (fixture, &self, 0);
  for (guint i = 10; i-- > BT_STEAL_LEAST_QUEUE;)
    {
      g_assert_true (find (fixture, &self, SLOW, &block));
      g_assert_true (is_same (&block, &self.blocks[i]));
      bt_requests_drop (&fixture->peers[0].requests, &block);
    }
  /* The rest it may finish. */
  g_assert_false (find (fixture, &self, SLOW, &block));
}

static void
test_fast_peer_keeps_its_own (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block;
  Case self;

  begin (fixture, &self, 0);
  g_assert_false (find (fixture, &self, FAST, &block));
  self.stealer.rate = SLOW;
  g_assert_false (find (fixture, &self, 10 * SLOW, &block));
}

static void
test_young_request_stays (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block;
  Case self;

  begin (fixture, &self, NOW - G_USEC_PER_SEC / 4);
  g_assert_false (find (fixture, &self, 0, &block));
}

static void
test_only_what_the_other_has_moves (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block;
  Case self;

  begin (fixture, &self, 0);
  self.stealer.has_all = FALSE;
  g_assert_false (find (fixture, &self, SLOW, &block));
  bt_bitfield_set (&fixture->peers[1].pieces, self.blocks[5].piece);
  g_assert_true (find (fixture, &self, SLOW, &block));
  g_assert_cmpuint (block.piece, ==, self.blocks[5].piece);
}

static void
test_what_it_was_asked_for_already_stays (PickerFixture *fixture, gconstpointer data)
{
  BtBlock block;
  Case self;

  begin (fixture, &self, 0);
  bt_requests_asked (&fixture->peers[1].requests, &self.blocks[9], 0);
  g_assert_true (find (fixture, &self, SLOW, &block));
  g_assert_true (is_same (&block, &self.blocks[8]));
}

#define ADD(path, function) g_test_add (path, PickerFixture, NULL, picker_set_up, function, picker_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/steal/last-request-of-a-slow-peer-moves", test_last_request_of_a_slow_peer_moves);
  ADD ("/steal/fast-peer-keeps-its-own", test_fast_peer_keeps_its_own);
  ADD ("/steal/young-request-stays", test_young_request_stays);
  ADD ("/steal/only-what-the-other-has-moves", test_only_what_the_other_has_moves);
  ADD ("/steal/what-it-was-asked-for-already-stays", test_what_it_was_asked_for_already_stays);
  return g_test_run ();
}
