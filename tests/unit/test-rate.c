/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rate.h"

#include "bt-test.h"

#define HALF (G_USEC_PER_SEC / 2)

/* A monotonic clock is far from 0. */
#define START (1000 * G_USEC_PER_SEC)

static void
test_nothing_is_zero (void)
{
  BtRate rate = { 0 };

  g_assert_cmpuint (bt_rate_get (&rate, START), ==, 0);
  g_assert_cmpuint (rate.total, ==, 0);
}

static void
test_steady_flow_is_its_rate (void)
{
  BtRate rate = { 0 };

  for (gint64 now = START; now < START + 20 * G_USEC_PER_SEC; now += 10000)
    bt_rate_add (&rate, now, 1000);
  g_assert_cmpuint (bt_rate_get (&rate, START + 20 * G_USEC_PER_SEC), >=, 95000);
  g_assert_cmpuint (bt_rate_get (&rate, START + 20 * G_USEC_PER_SEC), <=, 105000);
  g_assert_cmpuint (rate.total, ==, 2000000);
}

static void
test_new_flow_shows_at_once (void)
{
  BtRate rate = { 0 };

  for (gint64 now = START; now < START + G_USEC_PER_SEC; now += 10000)
    bt_rate_add (&rate, now, 1000);
  g_assert_cmpuint (bt_rate_get (&rate, START + G_USEC_PER_SEC), >=, 90000);
}

static void
test_silence_falls_to_zero (void)
{
  BtRate rate = { 0 };

  bt_rate_add (&rate, START, 1000000);
  g_assert_cmpuint (bt_rate_get (&rate, START + HALF), >, 0);
  g_assert_cmpuint (bt_rate_get (&rate, START + 5 * G_USEC_PER_SEC), ==, 0);
  g_assert_cmpuint (rate.total, ==, 1000000);
}

static void
test_clock_that_stands_still_is_finite (void)
{
  BtRate rate = { 0 };

  bt_rate_add (&rate, START, 500);
  bt_rate_add (&rate, START - HALF, 500);
  g_assert_cmpuint (bt_rate_get (&rate, START), ==, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rate/nothing/is-zero", test_nothing_is_zero);
  g_test_add_func ("/rate/steady-flow/is-its-rate", test_steady_flow_is_its_rate);
  g_test_add_func ("/rate/new-flow/shows-at-once", test_new_flow_shows_at_once);
  g_test_add_func ("/rate/silence/falls-to-zero", test_silence_falls_to_zero);
  g_test_add_func ("/rate/clock/that-stands-still-is-finite", test_clock_that_stands_still_is_finite);
  return g_test_run ();
}
