/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"
#include "bt-blocklist.h"
#include "bt-rng.h"

#define N_RANGES 300000u
#define N_LOOKUPS 2000000u
#define RUNS 9u

static GString *
write_list (gboolean shuffled, gboolean dat)
{
  g_autofree guint32 *starts = g_new (guint32, N_RANGES);
  GString *text = g_string_new ("# a list\n");
  BtRng rng;

  bt_rng_seed (&rng, 1);
  for (guint i = 0; i < N_RANGES; i++)
    starts[i] = (16u << 24) + i * 10000;
  for (guint i = N_RANGES; shuffled && i-- > 1;)
    {
      guint k = bt_rng_below (&rng, i + 1);
      guint32 swap = starts[i];

      starts[i] = starts[k];
      starts[k] = swap;
    }
  for (guint i = 0; i < N_RANGES; i++)
    {
      guint32 a = starts[i], b = a + bt_rng_below (&rng, 9000);

      g_string_append_printf (text, dat ? "%03u.%03u.%03u.%03u - %03u.%03u.%03u.%03u , 000 , Somebody, %u\n"
                                        : "Some organisation:%u.%u.%u.%u-%u.%u.%u.%u\n",
                              a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255, b >> 24, b >> 16 & 255, b >> 8 & 255, b & 255, i);
    }
  return text;
}

static BtBlocklist *
load (const GString *text)
{
  BtBlocklist *list = bt_blocklist_new ();

  for (gsize at = 0; at < text->len; at += 65536)
    bt_blocklist_feed (list, (const guint8 *) text->str + at, MIN (65536, text->len - at));
  bt_blocklist_seal (list);
  g_assert_cmpuint (bt_blocklist_n_ranges (list), ==, N_RANGES);
  return list;
}

static gboolean
bench_load (const char *what, gboolean shuffled, gboolean dat)
{
  g_autoptr (GString) text = write_list (shuffled, dat);
  double times[RUNS];

  for (guint i = 0; i < RUNS; i++)
    {
      g_autoptr (BtBlocklist) list = NULL;
      double start = bench_now ();

      list = load (text);
      times[i] = 1000 * (bench_now () - start);
    }
  return bench_below (what, bench_median (times, RUNS), 100, "ms");
}

static gboolean
bench_lookup (void)
{
  g_autoptr (GString) text = write_list (TRUE, FALSE);
  g_autoptr (BtBlocklist) list = load (text);
  double times[RUNS];
  guint blocked = 0;
  BtRng rng;

  bt_rng_seed (&rng, 2);
  for (guint i = 0; i < RUNS; i++)
    {
      double start = bench_now ();

      for (guint k = 0; k < N_LOOKUPS; k++)
        {
          guint64 ip = bt_rng_next (&rng);
          BtAddr addr;

          bt_addr_init_v4 (&addr, (const guint8 *) &ip, 6881);
          blocked += bt_blocklist_contains (list, &addr);
        }
      times[i] = 1e9 * (bench_now () - start) / N_LOOKUPS;
    }
  g_assert_cmpuint (blocked, >, 0);
  return bench_below ("blocklist: is an address blocked?", bench_median (times, RUNS), 1000, "ns");
}

int
main (void)
{
  gboolean met = TRUE;

  met &= bench_load ("blocklist: read 300,000 ranges, p2p, sorted", FALSE, FALSE);
  met &= bench_load ("blocklist: ... p2p, shuffled", TRUE, FALSE);
  met &= bench_load ("blocklist: ... DAT, shuffled", TRUE, TRUE);
  met &= bench_lookup ();
  return met ? 0 : 1;
}
