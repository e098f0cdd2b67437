/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "ui-meter.h"

#include <time.h>

static struct
{
  GPollFunc poll;
  gint64 left_poll;
  gint64 worked;
  GArray *waits; /* of gint64: microseconds between two visits of poll() */
  GArray *works; /* of gint64: those of them in which this thread ran */
} meter;

static gint64
time_worked (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint
metered_poll (GPollFD *fds, guint n_fds, gint timeout)
{
  gint64 wait = g_get_monotonic_time () - meter.left_poll, work = time_worked () - meter.worked;
  gint n;

  g_array_append_val (meter.waits, wait);
  g_array_append_val (meter.works, work);
  n = meter.poll (fds, n_fds, timeout);
  meter.left_poll = g_get_monotonic_time ();
  meter.worked = time_worked ();
  return n;
}

void
ui_meter_begin (void)
{
  meter.waits = g_array_new (FALSE, FALSE, sizeof (gint64));
  meter.works = g_array_new (FALSE, FALSE, sizeof (gint64));
  meter.poll = g_main_context_get_poll_func (NULL);
  meter.left_poll = g_get_monotonic_time ();
  meter.worked = time_worked ();
  g_main_context_set_poll_func (NULL, metered_poll);
}

static int
compare_times (gconstpointer a, gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

static gint64
quantile (GArray *times, guint percent)
{
  g_array_sort (times, compare_times);
  return g_array_index (times, gint64, (times->len - 1) * percent / 100);
}

void
ui_meter_end (const char *what, gint64 worst, gint64 p99)
{
  g_main_context_set_poll_func (NULL, meter.poll);
  g_test_message ("%s: longest turn %.1f ms, 99 of 100 under %.1f ms, of %u; with waiting for the machine %.1f and %.1f ms",
                  what, (double) quantile (meter.works, 100) / 1000, (double) quantile (meter.works, 99) / 1000,
                  meter.works->len, (double) quantile (meter.waits, 100) / 1000, (double) quantile (meter.waits, 99) / 1000);
  g_assert_cmpint (quantile (meter.works, 100), <, worst);
  g_assert_cmpint (quantile (meter.works, 99), <, p99);
  g_array_unref (meter.waits);
  g_array_unref (meter.works);
}
