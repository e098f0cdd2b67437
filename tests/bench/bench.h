/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <stdio.h>
#include <unistd.h>

G_BEGIN_DECLS

/* Seconds of the monotonic clock. */
static inline double
bench_now (void)
{
  return (double) g_get_monotonic_time () / G_USEC_PER_SEC;
}

/* MiB of this process that are in memory. */
static inline double
bench_resident_mib (void)
{
  g_autofree char *text = NULL;
  unsigned long pages = 0, resident = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) || sscanf (text, "%lu %lu", &pages, &resident) != 2)
    return 0;
  return (double) resident * (double) sysconf (_SC_PAGESIZE) / (1 << 20);
}

static inline int
bench_compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

/* The middle one of @n, which are sorted. */
static inline double
bench_median (double *values, gsize n)
{
  qsort (values, n, sizeof *values, bench_compare_doubles);
  return values[n / 2];
}

/* One line: what was measured, and the bar that it must stay below.
 * Returns: whether it does */
static inline gboolean
bench_below (const char *what, double value, double bar, const char *unit)
{
  g_print ("%-44s %10.2f %-6s bar: below %g: %s\n", what, value, unit, bar, value < bar ? "met" : "MISSED");
  return value < bar;
}

/* The same for what must be above. */
static inline gboolean
bench_above (const char *what, double value, double bar, const char *unit)
{
  g_print ("%-44s %10.2f %-6s bar: above %g: %s\n", what, value, unit, bar, value > bar ? "met" : "MISSED");
  return value > bar;
}

G_END_DECLS
