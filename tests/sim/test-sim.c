/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-swarm.h"

#define KIB (G_GUINT64_CONSTANT (1) << 10)
#define MIB (G_GUINT64_CONSTANT (1) << 20)
#define SECONDS(n) ((gint64) ((n) * G_USEC_PER_SEC))

/* With a sanitizer everything takes several times as long. */
#ifdef SIM_SMALL
#define CROWD 120u
#else
#define CROWD 500u
#endif

/* The longest that anybody may wait for the last hundredth. */
#define LAST_WAIT SECONDS (30)

static SimNodeSpec
spec_of (guint64 up, guint64 down)
{
  return (SimNodeSpec){ .up = up, .down = down, .delay = SECONDS (0.01), .max_peers = 50 };
}

/* @shows_all: it does not super-seed as ours does */
static SimNode *
add_seed (SimSwarm *swarm, guint64 up, gint64 when, gboolean shows_all)
{
  SimNodeSpec spec = spec_of (up, 10 * up);
  SimNode *node;

  spec.seed = TRUE;
  spec.super_seed = !shows_all;
  node = sim_swarm_add (swarm, &spec);
  sim_swarm_join_at (swarm, node, when);
  return node;
}

/* They come within a tenth of a second. */
static void
add_leechers (SimSwarm *swarm, guint n, const SimNodeSpec *spec)
{
  for (guint i = 0; i < n; i++)
    sim_swarm_join_at (swarm, sim_swarm_add (swarm, spec), bt_rng_below (sim_net_rng (swarm->net), SECONDS (0.1)));
}

/* What swarms are made of: homes and offices, near and far, good lines and
 * bad ones, a third of them behind a router. */
static SimNodeSpec
any_line (BtRng *rng, guint max_peers)
{
  static const guint64 ups[] = { 128 * KIB, 256 * KIB, 512 * KIB, 1 * MIB, 4 * MIB };
  SimNodeSpec spec = spec_of (ups[bt_rng_below (rng, G_N_ELEMENTS (ups))], 0);

  spec.down = spec.up * (1 + bt_rng_below (rng, 10)) + 256 * KIB;
  spec.delay = SECONDS (0.002) + bt_rng_below (rng, SECONDS (0.1));
  spec.loss = bt_rng_below (rng, 100) / 20000.0;
  spec.unreachable = bt_rng_below (rng, 3) == 0;
  spec.max_peers = max_peers;
  return spec;
}

static SimNode *
node_at (const SimSwarm *swarm, guint i)
{
  return swarm->nodes->pdata[i];
}

static double
seconds_to_finish (const SimNode *node)
{
  return (double) (node->finished_at - node->joined_at) / G_USEC_PER_SEC;
}

static void
assert_nobody_was_stuck (const SimSwarm *swarm)
{
  for (guint i = 0; i < swarm->nodes->len; i++)
    {
      const SimNode *node = node_at (swarm, i);

      if (node->near_at != 0 && node->finished_at != 0)
        g_assert_cmpint (node->finished_at - node->near_at, <, LAST_WAIT);
    }
}

/* Everything that came twice, as a share of what had to come. */
static double
share_wasted (const SimSwarm *swarm)
{
  guint64 wasted = 0, wanted = 0;

  for (guint i = 0; i < swarm->nodes->len; i++)
    {
      wasted += node_at (swarm, i)->wasted;
      wanted += node_at (swarm, i)->finished_at != 0 ? swarm->layout->total : 0;
    }
  return (double) wasted / (double) wanted;
}

/* No swarm can be faster: the seed must send everything once, the slowest
 * line must take everything, and together they must send it to all. */
static double
least_time (const SimSwarm *swarm)
{
  guint64 size = swarm->layout->total, up = 0, seed_up = 0, least_down = G_MAXUINT64, n = 0;

  for (guint i = 0; i < swarm->nodes->len; i++)
    {
      const SimNodeSpec *spec = &node_at (swarm, i)->spec;

      up += spec->up;
      seed_up += spec->seed ? spec->up : 0;
      n += !spec->seed;
      least_down = spec->seed ? least_down : MIN (least_down, spec->down);
    }
  return (double) size * MAX (1.0 / (double) seed_up, MAX (1.0 / (double) least_down, (double) n / (double) up));
}

static double
finish (SimSwarm *swarm)
{
  double least = least_time (swarm), time;

  sim_swarm_run (swarm, sim_swarm_is_done, SECONDS (20 * least + 120));
  time = (double) sim_swarm_time (swarm) / G_USEC_PER_SEC;
  g_test_message ("all after %.1f s, which is %.2f times the least; %.1f %% came twice; %" G_GUINT64_FORMAT " events",
                  time, time / least, 100 * share_wasted (swarm), swarm->n_events);
  assert_nobody_was_stuck (swarm);
  return time / least;
}

typedef struct
{
  const char *name;
  guint n;
  guint64 size;
  guint32 piece;
  guint64 seed_up;
  guint64 up;
  guint64 down;
  double most; /* times the least time */
  gboolean shows_all;
} Around;

static const Around around[] = {
  /* The seed's line decides. */
  { "slow-seed-and-8-fast", 8, 64 * MIB, 256 * KIB, 2 * MIB, 20 * MIB, 100 * MIB, 1.3 },
  { "slow-seed-and-20", 20, 64 * MIB, 256 * KIB, 1 * MIB, 4 * MIB, 16 * MIB, 1.3 },
  { "slow-seed-and-50", 50, 32 * MIB, 256 * KIB, 512 * KIB, 2 * MIB, 16 * MIB, 1.3 },
  { "slow-seed-and-20-large-pieces", 20, 128 * MIB, 1 * MIB, 1 * MIB, 4 * MIB, 16 * MIB, 1.3 },
  { "slow-seed-that-shows-all-and-8-fast", 8, 64 * MIB, 256 * KIB, 8 * MIB, 100 * MIB, 100 * MIB, 1.5, TRUE },
  { "slow-seed-that-shows-all-and-20", 20, 64 * MIB, 256 * KIB, 1 * MIB, 4 * MIB, 16 * MIB, 1.3, TRUE },
  { "slow-seed-and-one", 1, 16 * MIB, 256 * KIB, 512 * KIB, 1 * MIB, 8 * MIB, 1.1 },
  /* The others' ways down decide. */
  { "fast-seed-and-10-slow-lines", 10, 32 * MIB, 256 * KIB, 20 * MIB, 1 * MIB, 512 * KIB, 1.3 },
  /* All that anybody can send decides, which nobody comes close to. */
  { "all-alike", 20, 64 * MIB, 256 * KIB, 4 * MIB, 1 * MIB, 8 * MIB, 1.6 },
};

static void
test_around_one_seed (gconstpointer data)
{
  const Around *row = data;
  g_autoptr (SimSwarm) swarm = sim_swarm_new (1, row->size, row->piece);
  SimNodeSpec spec = spec_of (row->up, row->down);

  add_seed (swarm, row->seed_up, 0, row->shows_all);
  add_leechers (swarm, row->n, &spec);
  g_assert_cmpfloat (finish (swarm), <, row->most);
}

/* Some leave in the middle, some without a word, some when they are done, and
 * others come. */
static void
add_with_churn (SimSwarm *swarm, guint n, guint max_peers, gint64 span)
{
  BtRng *rng = sim_net_rng (swarm->net);

  for (guint i = 0; i < n; i++)
    {
      SimNodeSpec spec = any_line (rng, max_peers);
      SimNode *node = sim_swarm_add (swarm, &spec);
      gint64 begin = bt_rng_below (rng, 2) == 0 ? bt_rng_below (rng, SECONDS (1)) : bt_rng_below (rng, (guint32) span);

      sim_swarm_join_at (swarm, node, begin);
      if (bt_rng_below (rng, 4) == 0)
        sim_swarm_leave_at (swarm, node, begin + bt_rng_below (rng, (guint32) span), bt_rng_below (rng, 2));
    }
}

static void
test_fifty_finish_while_others_come_and_go (void)
{
  for (guint64 seed = 1; seed <= 3; seed++)
    {
      g_autoptr (SimSwarm) swarm = sim_swarm_new (seed, 16 * MIB, 128 * KIB);

      add_seed (swarm, 2 * MIB, 0, FALSE);
      add_with_churn (swarm, 50, 50, SECONDS (60));
      finish (swarm);
    }
}

static void
test_five_hundred_finish_while_others_come_and_go (void)
{
  g_autoptr (SimSwarm) swarm = sim_swarm_new (1, 8 * MIB, 256 * KIB);

  add_seed (swarm, 8 * MIB, 0, FALSE);
  add_with_churn (swarm, CROWD, 30, SECONDS (60));
  finish (swarm);
}

static void
test_five_hundred_at_once_finish (void)
{
  g_autoptr (SimSwarm) swarm = sim_swarm_new (1, 8 * MIB, 256 * KIB);
  SimNodeSpec spec = spec_of (1 * MIB, 8 * MIB);

  spec.max_peers = 30;
  add_seed (swarm, 4 * MIB, 0, FALSE);
  add_leechers (swarm, CROWD, &spec);
  g_assert_cmpfloat (finish (swarm), <, 4);
}

/* Everybody who was there first is connected to everybody else who has
 * nothing, up to the limit; the seed must still get through. */
static void
test_late_seed_finds_a_place (void)
{
  g_autoptr (SimSwarm) swarm = sim_swarm_new (1, 8 * MIB, 256 * KIB);
  SimNodeSpec spec = spec_of (1 * MIB, 8 * MIB);

  spec.max_peers = 8;
  add_leechers (swarm, 60, &spec);
  add_seed (swarm, 4 * MIB, SECONDS (180), FALSE);
  sim_swarm_run (swarm, sim_swarm_is_done, SECONDS (420));
}

/* The only seed goes when every piece is out: what is left is enough. */
static void
test_seed_may_go_when_all_is_out (void)
{
  g_autoptr (SimSwarm) swarm = sim_swarm_new (1, 32 * MIB, 256 * KIB);
  SimNodeSpec spec = spec_of (1 * MIB, 8 * MIB);
  SimNode *seed = add_seed (swarm, 1 * MIB, 0, FALSE);

  add_leechers (swarm, 20, &spec);
  sim_swarm_leave_at (swarm, seed, SECONDS (48), FALSE);
  sim_swarm_run (swarm, sim_swarm_is_done, SECONDS (300));
  assert_nobody_was_stuck (swarm);
}

static void
test_dead_peers_hold_nobody_up (void)
{
  g_autoptr (SimSwarm) swarm = sim_swarm_new (1, 16 * MIB, 256 * KIB);
  SimNodeSpec spec = spec_of (1 * MIB, 8 * MIB);

  add_seed (swarm, 1 * MIB, 0, FALSE);
  add_leechers (swarm, 30, &spec);
  for (guint i = 1; i <= 15; i++)
    sim_swarm_leave_at (swarm, node_at (swarm, i), SECONDS (8) + i, TRUE);
  finish (swarm);
}

static double
mean_time (const SimSwarm *swarm, SimKind kind)
{
  double sum = 0, n = 0;

  for (guint i = 0; i < swarm->nodes->len; i++)
    {
      const SimNode *node = node_at (swarm, i);

      if (node->spec.kind != kind || node->spec.seed)
        continue;
      sum += seconds_to_finish (node);
      n++;
    }
  return sum / n;
}

static void
test_free_riders_get_less_than_contributors (void)
{
  g_autoptr (SimSwarm) swarm = sim_swarm_new (1, 64 * MIB, 256 * KIB);
  SimNodeSpec spec = spec_of (1 * MIB, 8 * MIB);

  add_seed (swarm, 2 * MIB, 0, FALSE);
  add_leechers (swarm, 30, &spec);
  spec.kind = SIM_FREE_RIDER;
  add_leechers (swarm, 10, &spec);
  finish (swarm);
  g_test_message ("contributors %.1f s, free riders %.1f s", mean_time (swarm, SIM_HONEST), mean_time (swarm, SIM_FREE_RIDER));
  g_assert_cmpfloat (mean_time (swarm, SIM_HONEST) * 1.1, <, mean_time (swarm, SIM_FREE_RIDER));
}

/* Whoever got a wrong piece finds out from whom, and bans nobody else. */
static void
test_poisoners_are_found_and_banned (void)
{
  for (guint64 seed = 1; seed <= 3; seed++)
    {
      g_autoptr (SimSwarm) swarm = sim_swarm_new (seed, 32 * MIB, 256 * KIB);
      SimNodeSpec spec = spec_of (1 * MIB, 8 * MIB);

      add_seed (swarm, 2 * MIB, 0, FALSE);
      add_leechers (swarm, 20, &spec);
      spec.kind = SIM_POISONER;
      add_leechers (swarm, 3, &spec);
      finish (swarm);
      for (guint i = 0; i < swarm->nodes->len; i++)
        {
          const SimNode *node = node_at (swarm, i);

          g_test_message ("node %u, kind %d: banned by %u", i, node->spec.kind, node->n_bans);
          if (node->spec.kind == SIM_POISONER)
            g_assert_cmpuint (node->n_bans, >=, 10);
          else
            g_assert_cmpuint (node->n_bans, ==, 0);
        }
    }
}

static guint64
time_of_run (guint64 seed)
{
  g_autoptr (SimSwarm) swarm = sim_swarm_new (seed, 4 * MIB, 64 * KIB);
  guint64 sum = 0;

  add_seed (swarm, 1 * MIB, 0, FALSE);
  add_with_churn (swarm, 20, 50, SECONDS (10));
  finish (swarm);
  for (guint i = 0; i < swarm->nodes->len; i++)
    sum = sum * 31 + (guint64) node_at (swarm, i)->finished_at;
  return sum;
}

static void
test_same_seed_is_the_same_run (void)
{
  g_assert_cmpuint (time_of_run (5), ==, time_of_run (5));
  g_assert_cmpuint (time_of_run (5), !=, time_of_run (6));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/same-seed-is-the-same-run", test_same_seed_is_the_same_run);
  for (guint i = 0; i < G_N_ELEMENTS (around); i++)
    {
      g_autofree char *path = g_strconcat ("/sim/close-to-the-least-time/", around[i].name, NULL);

      g_test_add_data_func (path, &around[i], test_around_one_seed);
    }
  g_test_add_func ("/sim/every-node-finishes/fifty-while-others-come-and-go", test_fifty_finish_while_others_come_and_go);
  g_test_add_func ("/sim/every-node-finishes/five-hundred-while-others-come-and-go", test_five_hundred_finish_while_others_come_and_go);
  g_test_add_func ("/sim/every-node-finishes/five-hundred-at-once", test_five_hundred_at_once_finish);
  g_test_add_func ("/sim/every-node-finishes/late-seed-finds-a-place", test_late_seed_finds_a_place);
  g_test_add_func ("/sim/every-node-finishes/seed-may-go-when-all-is-out", test_seed_may_go_when_all_is_out);
  g_test_add_func ("/sim/every-node-finishes/dead-peers-hold-nobody-up", test_dead_peers_hold_nobody_up);
  g_test_add_func ("/sim/fairness/free-riders-get-less-than-contributors", test_free_riders_get_less_than_contributors);
  g_test_add_func ("/sim/blame/poisoners-are-found-and-banned", test_poisoners_are_found_and_banned);
  return g_test_run ();
}
