/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-piece-pool.h"
#include "bt-rng.h"

#include <string.h>

#define KIB 1024u
#define BUDGET (1024u * KIB)

static void
test_full_is_at_the_budget (void)
{
  BtPiecePool pool;
  guint8 *first, *second;

  bt_piece_pool_init (&pool, BUDGET);
  g_assert_false (bt_piece_pool_is_full (&pool));
  first = bt_piece_pool_take (&pool, BUDGET - 1);
  g_assert_false (bt_piece_pool_is_full (&pool));
  second = bt_piece_pool_take (&pool, 1);
  g_assert_true (bt_piece_pool_is_full (&pool));
  bt_piece_pool_give (&pool, first, BUDGET - 1);
  g_assert_false (bt_piece_pool_is_full (&pool));
  bt_piece_pool_give (&pool, second, 1);
  g_assert_cmpuint (pool.used, ==, 0);
  bt_piece_pool_clear (&pool);
}

static void
test_buffer_is_used_again (void)
{
  BtPiecePool pool;
  guint8 *first, *other;

  bt_piece_pool_init (&pool, BUDGET);
  first = bt_piece_pool_take (&pool, 64 * KIB);
  memset (first, 1, 64 * KIB);
  bt_piece_pool_give (&pool, first, 64 * KIB);
  g_assert_cmpuint (pool.idle_bytes, ==, 64 * KIB);
  other = bt_piece_pool_take (&pool, 32 * KIB);
  g_assert_true (other != first);
  g_assert_true (bt_piece_pool_take (&pool, 64 * KIB) == first);
  g_assert_cmpuint (pool.idle_bytes, ==, 0);
  bt_piece_pool_give (&pool, first, 64 * KIB);
  bt_piece_pool_give (&pool, other, 32 * KIB);
  bt_piece_pool_trim (&pool);
  g_assert_cmpuint (pool.idle_bytes, ==, 0);
  bt_piece_pool_clear (&pool);
}

static void
test_idle_memory_is_within_the_budget (void)
{
  guint8 *held[64] = { NULL };
  gsize sizes[64], used = 0;
  BtPiecePool pool;
  BtRng rng;

  bt_rng_seed (&rng, 1);
  bt_piece_pool_init (&pool, BUDGET);
  for (guint i = 0; i < 5000; i++)
    {
      guint at = bt_rng_below (&rng, G_N_ELEMENTS (held));

      if (held[at] != NULL)
        {
          /* Every byte is ours alone. */
          g_assert_cmpint (held[at][0], ==, (int) at);
          g_assert_cmpint (held[at][sizes[at] - 1], ==, (int) at);
          bt_piece_pool_give (&pool, g_steal_pointer (&held[at]), sizes[at]);
          used -= sizes[at];
        }
      else if (!bt_piece_pool_is_full (&pool))
        {
          sizes[at] = (1 + bt_rng_below (&rng, 8)) * 16 * KIB;
          held[at] = bt_piece_pool_take (&pool, sizes[at]);
          held[at][0] = held[at][sizes[at] - 1] = (guint8) at;
          used += sizes[at];
        }
      g_assert_cmpuint (pool.used, ==, used);
      g_assert_true (pool.idle_bytes == 0 || pool.used + pool.idle_bytes <= BUDGET + 8 * 16 * KIB);
    }
  for (guint i = 0; i < G_N_ELEMENTS (held); i++)
    if (held[i] != NULL)
      bt_piece_pool_give (&pool, held[i], sizes[i]);
  g_assert_cmpuint (pool.used, ==, 0);
  g_assert_cmpuint (pool.idle_bytes, <=, BUDGET);
  bt_piece_pool_clear (&pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/piece-pool/budget/full-is-at-the-budget", test_full_is_at_the_budget);
  g_test_add_func ("/piece-pool/idle/buffer-is-used-again", test_buffer_is_used_again);
  g_test_add_func ("/piece-pool/idle/memory-is-within-the-budget", test_idle_memory_is_within_the_budget);
  return g_test_run ();
}
