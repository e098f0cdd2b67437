/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-schedule.h"

#define MINUTES_PER_DAY (24 * 60)

static gboolean
has_day (const FreshetSchedule *self, int day_of_week)
{
  return (self->days & (1u << (guint) ((day_of_week + 6) % 7))) != 0;
}

gboolean
freshet_schedule_is_on (const FreshetSchedule *self, GDateTime *now)
{
  guint minute = (guint) (g_date_time_get_hour (now) * 60 + g_date_time_get_minute (now));
  int today = g_date_time_get_day_of_week (now);

  if (self->end > self->begin)
    return has_day (self, today) && minute >= self->begin && minute < self->end;
  return (has_day (self, today) && minute >= self->begin) || (has_day (self, today - 1) && minute < self->end);
}

/* A time that the clock leaves out is the moment at which it does. */
static GDateTime *
at_minute (GDateTime *day, guint minute)
{
  return g_date_time_new (g_date_time_get_timezone (day), g_date_time_get_year (day), g_date_time_get_month (day),
                          g_date_time_get_day_of_month (day), (int) (minute / 60), (int) (minute % 60), 0);
}

/* The earlier of what was found and @minute of a day, if that is later than
 * @now and a change. */
static void
consider (const FreshetSchedule *self, GDateTime *now, GDateTime *day, guint minute, GDateTime **found)
{
  g_autoptr (GDateTime) then = at_minute (day, minute);

  if (then == NULL || g_date_time_compare (then, now) <= 0 || (*found != NULL && g_date_time_compare (then, *found) >= 0) ||
      freshet_schedule_is_on (self, then) == freshet_schedule_is_on (self, now))
    return;
  g_clear_pointer (found, g_date_time_unref);
  *found = g_steal_pointer (&then);
}

GDateTime *
freshet_schedule_next (const FreshetSchedule *self, GDateTime *now)
{
  g_autoptr (GDateTime) noon = at_minute (now, MINUTES_PER_DAY / 2);
  GDateTime *found = NULL;

  /* A week, and the day after it, on which one that began today may end. */
  for (int i = 0; i <= 8; i++)
    {
      g_autoptr (GDateTime) day = g_date_time_add_days (noon, i);

      consider (self, now, day, self->begin, &found);
      consider (self, now, day, self->end, &found);
    }
  return found;
}
