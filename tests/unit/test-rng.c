/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rng.h"

#include "bt-test.h"

static void
test_seed_decides (void)
{
  BtRng a, b, c;
  gboolean differs = FALSE;

  bt_rng_seed (&a, 42);
  bt_rng_seed (&b, 42);
  bt_rng_seed (&c, 43);
  for (guint i = 0; i < 100; i++)
    {
      guint64 number = bt_rng_next (&a);

      g_assert_cmpuint (number, ==, bt_rng_next (&b));
      differs |= number != bt_rng_next (&c);
    }
  g_assert_true (differs);
}

static void
test_zero_seed_is_not_stuck (void)
{
  BtRng rng;

  bt_rng_seed (&rng, 0);
  g_assert_cmpuint (bt_rng_next (&rng), !=, bt_rng_next (&rng));
}

static void
test_below_is_even (void)
{
  guint counts[7] = { 0 };
  BtRng rng;

  bt_rng_seed (&rng, 7);
  for (guint i = 0; i < 70000; i++)
    {
      guint32 n = bt_rng_below (&rng, 7);

      g_assert_cmpuint (n, <, 7);
      counts[n]++;
    }
  for (guint i = 0; i < 7; i++)
    {
      g_assert_cmpuint (counts[i], >, 9500);
      g_assert_cmpuint (counts[i], <, 10500);
    }
  g_assert_cmpuint (bt_rng_below (&rng, 1), ==, 0);
  g_assert_cmpuint (bt_rng_below (&rng, 0), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rng/seed/decides", test_seed_decides);
  g_test_add_func ("/rng/seed/of-zero-is-not-stuck", test_zero_seed_is_not_stuck);
  g_test_add_func ("/rng/below/is-even", test_below_is_even);
  return g_test_run ();
}
