/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-choker.h"

#define SECOND G_TIME_SPAN_SECOND
#define N_PEERS 20u

typedef struct
{
  BtChokerPeer peers[N_PEERS];
  BtChokerRules rules;
  BtRng rng;
  gint64 now;
} Fixture;

/* Twenty interested peers, known for long; the later one gives more. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  bt_rng_seed (&fixture->rng, 1);
  fixture->now = 10000 * SECOND;
  fixture->rules = (BtChokerRules){ .slots = 5, .turn_bytes = 20 << 20 };
  for (guint i = 0; i < N_PEERS; i++)
    fixture->peers[i] = (BtChokerPeer){ .interested = TRUE, .down_rate = i * 1000, .up_rate = 1000, .salt = i * 7919 % N_PEERS };
}

/* A round, and what the caller does with its answers. */
static guint
run (Fixture *fixture)
{
  guint n = 0;

  bt_choker_run (fixture->peers, N_PEERS, &fixture->rules, &fixture->rng, fixture->now);
  for (guint i = 0; i < N_PEERS; i++)
    {
      BtChokerPeer *peer = &fixture->peers[i];

      n += peer->unchoke;
      if (peer->unchoke == peer->unchoked)
        continue;
      peer->unchoked = peer->unchoke;
      peer->changed_at = fixture->now;
      peer->sent_in_turn = 0;
    }
  return n;
}

static guint
optimistic (Fixture *fixture)
{
  guint found = N_PEERS;

  for (guint i = 0; i < N_PEERS; i++)
    if (fixture->peers[i].optimistic)
      {
        g_assert_cmpuint (found, ==, N_PEERS);
        g_assert_true (fixture->peers[i].unchoke);
        found = i;
      }
  return found;
}

static void
test_best_givers_and_one_more_are_unchoked (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (run (fixture), ==, 5);
  for (guint i = N_PEERS - 4; i < N_PEERS; i++)
    g_assert_true (fixture->peers[i].unchoke);
  g_assert_cmpuint (optimistic (fixture), <, N_PEERS - 4);
}

static void
test_who_wants_nothing_gets_nothing (Fixture *fixture, gconstpointer data)
{
  fixture->peers[N_PEERS - 1].interested = FALSE;
  fixture->peers[N_PEERS - 2].upload_only = TRUE;
  fixture->peers[N_PEERS - 3].snubbed = TRUE;
  g_assert_cmpuint (run (fixture), ==, 5);
  g_assert_false (fixture->peers[N_PEERS - 1].unchoke);
  g_assert_false (fixture->peers[N_PEERS - 2].unchoke);
  for (guint i = N_PEERS - 7; i < N_PEERS - 3; i++)
    g_assert_true (fixture->peers[i].unchoke);
}

static void
test_few_peers_are_all_unchoked (Fixture *fixture, gconstpointer data)
{
  fixture->rules.slots = N_PEERS;
  g_assert_cmpuint (run (fixture), ==, N_PEERS);
  fixture->rules.slots = 100;
  g_assert_cmpuint (run (fixture), ==, N_PEERS);
  for (guint i = 0; i < N_PEERS; i++)
    fixture->peers[i].interested = FALSE;
  fixture->now += 20 * SECOND;
  g_assert_cmpuint (run (fixture), ==, 0);
}

static void
test_one_slot_is_optimistic (Fixture *fixture, gconstpointer data)
{
  fixture->rules.slots = 1;
  g_assert_cmpuint (run (fixture), ==, 1);
  g_assert_cmpuint (optimistic (fixture), <, N_PEERS);
}

static void
test_optimistic_stays_until_it_is_to_rotate (Fixture *fixture, gconstpointer data)
{
  guint moved = 0, last;

  run (fixture);
  last = optimistic (fixture);
  for (guint round = 1; round <= 30; round++)
    {
      fixture->now += BT_CHOKER_INTERVAL;
      fixture->rules.rotate = round % BT_CHOKER_OPTIMISTIC_ROUNDS == 0;
      g_assert_cmpuint (run (fixture), ==, 5);
      if (!fixture->rules.rotate)
        g_assert_cmpuint (optimistic (fixture), ==, last);
      moved += optimistic (fixture) != last;
      last = optimistic (fixture);
    }
  g_assert_cmpuint (moved, >=, 7);
}

/* Or a slot would stay empty for up to half a minute. */
static void
test_optimistic_that_earned_a_slot_leaves_its_own (Fixture *fixture, gconstpointer data)
{
  guint first;

  run (fixture);
  first = optimistic (fixture);
  fixture->peers[first].down_rate = 1 << 20;
  fixture->now += BT_CHOKER_INTERVAL;
  g_assert_cmpuint (run (fixture), ==, 5);
  g_assert_true (fixture->peers[first].unchoke);
  g_assert_cmpuint (optimistic (fixture), !=, first);
}

static void
test_newcomers_are_tried_three_times_as_often (Fixture *fixture, gconstpointer data)
{
  guint tries = 0;

  fixture->rules.slots = 1;
  fixture->rules.rotate = TRUE;
  fixture->peers[3].connected_at = fixture->now;
  for (guint i = 0; i < 22000; i++)
    {
      bt_choker_run (fixture->peers, N_PEERS, &fixture->rules, &fixture->rng, fixture->now);
      tries += fixture->peers[3].optimistic;
    }
  /* 3 of 22 lots: 3000 expected. */
  g_assert_cmpuint (tries, >, 2700);
  g_assert_cmpuint (tries, <, 3300);
}

static void
test_nobody_changes_twice_in_ten_seconds (Fixture *fixture, gconstpointer data)
{
  BtRng choices;

  bt_rng_seed (&choices, 2);
  for (guint round = 0; round < 500; round++)
    {
      gint64 before[N_PEERS];
      gboolean was_unchoked[N_PEERS];

      for (guint i = 0; i < N_PEERS; i++)
        {
          before[i] = fixture->peers[i].changed_at;
          was_unchoked[i] = fixture->peers[i].unchoked;
          fixture->peers[i].down_rate = bt_rng_below (&choices, 100000);
        }
      fixture->now += SECOND;
      fixture->rules.rotate = round % 3 == 0;
      run (fixture);
      /* But the optimistic one may be choked to let another be tried. */
      for (guint i = 0; i < N_PEERS; i++)
        if (was_unchoked[i] && !fixture->peers[i].unchoked && !fixture->rules.rotate)
          g_assert_cmpint (fixture->now - before[i], >=, BT_CHOKER_INTERVAL);
    }
}

static void
test_rates_decide_over_time (Fixture *fixture, gconstpointer data)
{
  run (fixture);
  for (guint i = 0; i < N_PEERS; i++)
    fixture->peers[i].down_rate = (N_PEERS - i) * 1000;
  fixture->now += BT_CHOKER_INTERVAL;
  g_assert_cmpuint (run (fixture), ==, 5);
  for (guint i = 0; i < 4; i++)
    g_assert_true (fixture->peers[i].unchoke);
}

static void
test_seed_serves_everybody_in_turn (Fixture *fixture, gconstpointer data)
{
  guint turns[N_PEERS] = { 0 };

  fixture->rules.seeding = TRUE;
  for (guint round = 0; round < 200; round++)
    {
      fixture->now += BT_CHOKER_INTERVAL;
      g_assert_cmpuint (run (fixture), ==, 5);
      for (guint i = 0; i < N_PEERS; i++)
        {
          turns[i] += fixture->peers[i].unchoked;
          if (fixture->peers[i].unchoked)
            fixture->peers[i].sent_in_turn += 10 << 20;
        }
    }
  /* 50 rounds would be a fair share. */
  for (guint i = 0; i < N_PEERS; i++)
    {
      g_assert_cmpuint (turns[i], >=, 40);
      g_assert_cmpuint (turns[i], <=, 60);
    }
}

static void
test_turn_lasts_a_minute_and_some_bytes (Fixture *fixture, gconstpointer data)
{
  guint first = N_PEERS;

  fixture->rules.seeding = TRUE;
  run (fixture);
  for (guint i = 0; i < N_PEERS; i++)
    if (fixture->peers[i].unchoked)
      first = i;
  fixture->peers[first].sent_in_turn = 30 << 20;
  fixture->now += 50 * SECOND;
  run (fixture);
  g_assert_true (fixture->peers[first].unchoked);
  fixture->now += 10 * SECOND;
  run (fixture);
  g_assert_false (fixture->peers[first].unchoked);
  /* The others have sent nothing: it is their turn still. */
  fixture->now += 600 * SECOND;
  for (guint i = 0; i < N_PEERS; i++)
    if (fixture->peers[i].unchoked)
      first = i;
  run (fixture);
  g_assert_true (fixture->peers[first].unchoked);
}

/* Peers that are gone without a word look like peers that are slow. */
static void
test_who_takes_nothing_leaves_its_slot (Fixture *fixture, gconstpointer data)
{
  gboolean dead[N_PEERS] = { FALSE };

  fixture->rules.seeding = GPOINTER_TO_INT (data);
  for (guint i = 0; i < N_PEERS; i++)
    fixture->peers[i].down_rate = 0;
  run (fixture);
  for (guint i = 0; i < N_PEERS; i++)
    if (fixture->peers[i].unchoked)
      {
        dead[i] = TRUE;
        fixture->peers[i].up_rate = 0;
      }
  fixture->now += BT_CHOKER_INTERVAL;
  run (fixture);
  fixture->now += BT_CHOKER_INTERVAL;
  g_assert_cmpuint (run (fixture), ==, 5);
  for (guint i = 0; i < N_PEERS; i++)
    g_assert_false (dead[i] && fixture->peers[i].unchoked && !fixture->peers[i].optimistic);
}

static void
test_seed_with_room_takes_nobodys_slot (Fixture *fixture, gconstpointer data)
{
  fixture->rules.seeding = TRUE;
  fixture->rules.slots = N_PEERS;
  run (fixture);
  for (guint i = 0; i < N_PEERS; i++)
    fixture->peers[i].sent_in_turn = 1 << 30;
  fixture->now += 600 * SECOND;
  g_assert_cmpuint (run (fixture), ==, N_PEERS);
  for (guint i = 0; i < N_PEERS; i++)
    g_assert_cmpint (fixture->peers[i].changed_at, <, fixture->now);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, NULL)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/choker/leeching/best-givers-and-one-more-are-unchoked", test_best_givers_and_one_more_are_unchoked);
  ADD ("/choker/leeching/who-wants-nothing-gets-nothing", test_who_wants_nothing_gets_nothing);
  ADD ("/choker/leeching/few-peers-are-all-unchoked", test_few_peers_are_all_unchoked);
  ADD ("/choker/leeching/one-slot-is-optimistic", test_one_slot_is_optimistic);
  ADD ("/choker/leeching/rates-decide-over-time", test_rates_decide_over_time);
  ADD ("/choker/leeching/nobody-changes-twice-in-ten-seconds", test_nobody_changes_twice_in_ten_seconds);
  ADD ("/choker/optimistic/stays-until-it-is-to-rotate", test_optimistic_stays_until_it_is_to_rotate);
  ADD ("/choker/optimistic/that-earned-a-slot-leaves-its-own", test_optimistic_that_earned_a_slot_leaves_its_own);
  ADD ("/choker/optimistic/newcomers-are-tried-three-times-as-often", test_newcomers_are_tried_three_times_as_often);
  ADD ("/choker/seeding/serves-everybody-in-turn", test_seed_serves_everybody_in_turn);
  ADD ("/choker/seeding/turn-lasts-a-minute-and-some-bytes", test_turn_lasts_a_minute_and_some_bytes);
  g_test_add ("/choker/leeching/who-takes-nothing-leaves-its-slot", Fixture, GINT_TO_POINTER (FALSE), set_up,
              test_who_takes_nothing_leaves_its_slot, NULL);
  g_test_add ("/choker/seeding/who-takes-nothing-leaves-its-slot", Fixture, GINT_TO_POINTER (TRUE), set_up,
              test_who_takes_nothing_leaves_its_slot, NULL);
  ADD ("/choker/seeding/with-room-takes-nobodys-slot", test_seed_with_room_takes_nobodys_slot);
  return g_test_run ();
}
