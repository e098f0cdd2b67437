/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-filter.h"
#include "freshet-queue.h"
#include "freshet-schedule.h"
#include "freshet-torrent-item-private.h"

#include <string.h>

/* A letter for each torrent, in order: "d" one that would download, "s" that
 * would seed; in capitals when it runs; "_" before it when it is stalled, "!"
 * when it is forced, "-" when it is paused. */
static const struct
{
  const char *name;
  const char *queue;
  guint downloads, seeds;
  gboolean strict;
  const char *run; /* one of + and - for each */
} plans[] = {
  { "no-limits", "dsdsd", 0, 0, TRUE, "+++++" },
  { "first-come-first", "dddd", 2, 0, TRUE, "++--" },
  { "kinds-apart", "dsdsds", 1, 2, TRUE, "++-+--" },
  { "paused-are-passed", "-dddd", 2, 0, TRUE, "-++-" },
  { "stalled-hold-no-slot", "_DDdd", 2, 0, FALSE, "+++-" },
  { "all-stalled", "_D_D_Ddd", 2, 0, FALSE, "+++++" },
  { "forced-hold-no-slot", "!ddd!d", 1, 0, TRUE, "++-+" },
  { "forced-but-paused-waits", "-dd", 1, 0, TRUE, "-+" },
  { "runs-on-out-of-turn", "dDD", 2, 0, FALSE, "-++" },
  { "unless-somebody-says-so", "dDD", 2, 0, TRUE, "++-" },
  { "more-run-than-may", "DDD", 2, 0, FALSE, "+++" },
  { "a-slot-is-free", "Ddd", 2, 0, FALSE, "++-" },
  { "stalled-ones-stay-when-strict", "_DDD", 1, 0, TRUE, "++-" },
  { "nobody", "", 1, 1, TRUE, "" },
};

static void
test_plan (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data), n = 0;
  FreshetQueueEntry entries[16] = { 0 };
  char run[17] = "";

  entries[0].wants = TRUE;
  for (const char *p = plans[row].queue; *p != '\0'; p++)
    {
      FreshetQueueEntry *entry = &entries[n];

      if (*p == '_')
        entry->stalled = TRUE;
      else if (*p == '!')
        entry->forced = TRUE;
      else if (*p == '-')
        entry->wants = FALSE;
      else
        {
          entry->running = g_ascii_isupper (*p);
          entry->complete = g_ascii_tolower (*p) == 's';
          entries[++n].wants = TRUE;
        }
    }
  freshet_queue_plan (entries, n, (FreshetQueueLimits){ plans[row].downloads, plans[row].seeds }, plans[row].strict);
  for (guint i = 0; i < n; i++)
    run[i] = entries[i].run ? '+' : '-';
  g_assert_cmpstr (run, ==, plans[row].run);
}

static void
test_goals (void)
{
  FreshetGoals own = { .ratio = 2, .time = FRESHET_GOAL_GLOBAL, .idle = 0, .action = FRESHET_GOAL_GLOBAL };
  FreshetGoals global = { .ratio = 1, .time = 3600, .idle = 600, .action = FRESHET_GOAL_REMOVE };
  FreshetGoals goals = freshet_goals_resolve (&own, &global);
  FreshetGoals none = { 0 };

  g_assert_cmpfloat (goals.ratio, ==, 2);
  g_assert_cmpint (goals.time, ==, 3600);
  g_assert_cmpint (goals.idle, ==, 0);
  g_assert_cmpint (goals.action, ==, FRESHET_GOAL_REMOVE);
  g_assert_false (freshet_goals_reached (&goals, 1.99, 3599, 100000));
  g_assert_true (freshet_goals_reached (&goals, 2, 0, 0));
  g_assert_true (freshet_goals_reached (&goals, 0, 3600, 0));
  g_assert_true (freshet_goals_reached (&global, 0, 0, 600));
  g_assert_false (freshet_goals_reached (&none, 1000, 1000000, 1000000));
}

static GDateTime *
local (const char *zone, int month, int day, int hour, int minute)
{
  g_autoptr (GTimeZone) tz = g_time_zone_new_identifier (zone);

  if (tz == NULL)
    return NULL;
  return g_date_time_new (tz, 2026, month, day, hour, minute, 0);
}

/* Monday is 5 January 2026. */
static const struct
{
  const char *name;
  FreshetSchedule schedule;
  int month, day, hour, minute;
  gboolean on;
  int next_day, next_hour, next_minute; /* 0: never; of the same month */
} moments[] = {
  { "before", { 0x7f, 540, 1020 }, 1, 5, 8, 59, FALSE, 5, 9, 0 },
  { "begin", { 0x7f, 540, 1020 }, 1, 5, 9, 0, TRUE, 5, 17, 0 },
  { "last-minute", { 0x7f, 540, 1020 }, 1, 5, 16, 59, TRUE, 5, 17, 0 },
  { "end", { 0x7f, 540, 1020 }, 1, 5, 17, 0, FALSE, 6, 9, 0 },
  { "friday-to-monday", { 0x1f, 540, 1020 }, 1, 9, 18, 0, FALSE, 12, 9, 0 },
  { "weekend", { 0x1f, 540, 1020 }, 1, 10, 12, 0, FALSE, 12, 9, 0 },
  { "over-midnight-evening", { 0x01, 1320, 360 }, 1, 5, 23, 0, TRUE, 6, 6, 0 },
  { "over-midnight-morning", { 0x01, 1320, 360 }, 1, 6, 5, 59, TRUE, 6, 6, 0 },
  { "over-midnight-other-day", { 0x01, 1320, 360 }, 1, 7, 5, 0, FALSE, 12, 22, 0 },
  { "sunday-night", { 0x40, 1320, 360 }, 1, 5, 3, 0, TRUE, 5, 6, 0 },
  { "no-days", { 0, 540, 1020 }, 1, 5, 12, 0, FALSE, 0, 0, 0 },
  { "whole-day", { 0x7f, 0, 0 }, 1, 5, 12, 0, TRUE, 0, 0, 0 },
  { "one-day-of-the-week", { 0x01, 600, 660 }, 1, 5, 12, 0, FALSE, 12, 10, 0 },
};

static void
test_schedule (gconstpointer data)
{
  guint row = GPOINTER_TO_UINT (data);
  g_autoptr (GDateTime) now = local ("UTC", moments[row].month, moments[row].day, moments[row].hour, moments[row].minute);
  g_autoptr (GDateTime) next = freshet_schedule_next (&moments[row].schedule, now);

  g_assert_true (freshet_schedule_is_on (&moments[row].schedule, now) == moments[row].on);
  if (moments[row].next_day == 0)
    {
      g_assert_null (next);
      return;
    }
  g_assert_nonnull (next);
  g_assert_cmpint (g_date_time_get_day_of_month (next), ==, moments[row].next_day);
  g_assert_cmpint (g_date_time_get_hour (next), ==, moments[row].next_hour);
  g_assert_cmpint (g_date_time_get_minute (next), ==, moments[row].next_minute);
}

/* In Berlin 02:00 to 03:00 is left out on 29 March 2026, and comes twice on 25 October. */
static void
test_schedule_over_changes_of_the_clock (void)
{
  FreshetSchedule night = { 0x7f, 60, 240 };  /* 01:00 to 04:00 */
  FreshetSchedule gap = { 0x7f, 150, 200 };   /* 02:30 to 03:20 */
  g_autoptr (GDateTime) spring = local ("Europe/Berlin", 3, 29, 0, 30);
  g_autoptr (GDateTime) autumn = local ("Europe/Berlin", 10, 25, 1, 30);
  g_autoptr (GDateTime) before = local ("Europe/Berlin", 3, 29, 1, 59);
  g_autoptr (GDateTime) begins = NULL;
  g_autoptr (GDateTime) ends = NULL;
  g_autoptr (GDateTime) autumn_end = NULL;
  g_autoptr (GDateTime) next = NULL;

  if (spring == NULL || g_date_time_get_utc_offset (spring) == 0)
    {
      g_test_skip ("This system knows no time zones");
      return;
    }
  begins = freshet_schedule_next (&night, spring);
  g_assert_cmpint (g_date_time_get_hour (begins), ==, 1);
  ends = freshet_schedule_next (&night, begins);
  g_assert_cmpint (g_date_time_get_hour (ends), ==, 4);
  /* Two hours on that night, and four on the other. */
  g_assert_cmpint (g_date_time_difference (ends, begins), ==, 2 * G_TIME_SPAN_HOUR);
  autumn_end = freshet_schedule_next (&night, autumn);
  g_assert_cmpint (g_date_time_difference (autumn_end, autumn), ==, 3 * G_TIME_SPAN_HOUR + G_TIME_SPAN_MINUTE * 30);
  /* What is left out does not keep it from coming, and from ending. */
  next = freshet_schedule_next (&gap, before);
  g_assert_nonnull (next);
  g_assert_cmpint (g_date_time_difference (next, before), <=, 2 * G_TIME_SPAN_HOUR);
}

static FreshetTorrentItem *
make_item (const char *name, const char *trackers, gint64 label)
{
  FreshetTorrentRecord *record = freshet_torrent_record_new ();

  record->name = g_strdup (name);
  freshet_torrent_record_set_folder (record, "/");
  freshet_torrent_record_set_trackers (record, trackers);
  if (label != 0)
    freshet_torrent_record_set_label (record, label, TRUE);
  record->paused = TRUE;
  return freshet_torrent_item_new_asleep (record);
}

static void
test_filter (void)
{
  g_autoptr (FreshetTorrentItem) one = make_item ("Some Film 2026", "a.example b.example", 3);
  g_autoptr (FreshetTorrentItem) other = make_item ("Ein Über-Film", "", 0);
  g_autoptr (GListStore) store = g_list_store_new (FRESHET_TYPE_TORRENT_ITEM);
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  g_autoptr (GArray) counts = NULL;
  FreshetLabel no_label = { .id = 4 }, label = { .id = 3 };
  g_autoptr (GHashTable) trackers = NULL;
  FreshetFilter filter = { 0 };

  g_assert_true (freshet_filter_matches (&filter, one));
  freshet_filter_set_text (&filter, "  film SOME ", NULL);
  g_assert_true (freshet_filter_matches (&filter, one));
  g_assert_false (freshet_filter_matches (&filter, other));
  freshet_filter_set_text (&filter, "über", NULL);
  g_assert_true (freshet_filter_matches (&filter, other));
  freshet_filter_set_text (&filter, NULL, NULL);
  filter.label = 3;
  g_assert_true (freshet_filter_matches (&filter, one));
  g_assert_false (freshet_filter_matches (&filter, other));
  filter.label = FRESHET_FILTER_NO_LABEL;
  g_assert_true (freshet_filter_matches (&filter, other));
  filter.label = 0;
  freshet_filter_set_tracker (&filter, "b.example");
  g_assert_true (freshet_filter_matches (&filter, one));
  freshet_filter_set_tracker (&filter, "example");
  g_assert_false (freshet_filter_matches (&filter, one));
  freshet_filter_set_tracker (&filter, "");
  g_assert_true (freshet_filter_matches (&filter, other));
  g_assert_false (freshet_filter_matches (&filter, one));
  freshet_filter_clear (&filter);
  filter.group = FRESHET_GROUP_SEEDING;
  g_assert_false (freshet_filter_matches (&filter, one));
  g_list_store_append (store, one);
  g_list_store_append (store, other);
  trackers = freshet_filter_count_trackers (G_LIST_MODEL (store));
  g_assert_cmpuint (GPOINTER_TO_UINT (g_hash_table_lookup (trackers, "a.example")), ==, 1);
  g_assert_cmpuint (g_hash_table_size (trackers), ==, 2);
  g_ptr_array_add (labels, &no_label);
  g_ptr_array_add (labels, &label);
  counts = freshet_filter_count_labels (G_LIST_MODEL (store), labels);
  g_assert_cmpuint (g_array_index (counts, guint, 0), ==, 0);
  g_assert_cmpuint (g_array_index (counts, guint, 1), ==, 1);
}

static void
test_search (void)
{
  static const struct
  {
    const char *text;
    gboolean finds;
  } rows[] = {
    { "film", TRUE },          { "tracker", TRUE },       { "example.ORG", TRUE }, { "münchen", TRUE },
    { "MÜN film", TRUE },      { "mün example 20", TRUE }, { "", TRUE },           { " \t ", TRUE },
    { "other", FALSE },        { "film other", FALSE },   { "filmtracker", FALSE }, { "2026 tracker.example.net", FALSE },
  };
  g_autoptr (FreshetTorrentItem) item = make_item ("Some Film 2026", "tracker.example.org", 3);
  FreshetLabel label = { .id = 3, .name = (char *) "München" }, other = { .id = 4, .name = (char *) "Other" };
  g_autoptr (GPtrArray) labels = g_ptr_array_new ();
  FreshetFilter filter = { 0 };

  g_ptr_array_add (labels, &other);
  g_ptr_array_add (labels, &label);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      freshet_filter_set_text (&filter, rows[i].text, labels);
      if (freshet_filter_matches (&filter, item) != rows[i].finds)
        g_error ("“%s” is %s", rows[i].text, rows[i].finds ? "not found" : "found");
    }
  freshet_filter_set_text (&filter, "lyon", labels);
  g_assert_false (freshet_filter_matches (&filter, item));
  label.name = (char *) "Lyon";
  freshet_filter_set_labels (&filter, labels);
  g_assert_true (freshet_filter_matches (&filter, item));
  freshet_filter_clear (&filter);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (plans); i++)
    {
      g_autofree char *path = g_strconcat ("/queue/plan/", plans[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_plan);
    }
  g_test_add_func ("/queue/goals", test_goals);
  for (guint i = 0; i < G_N_ELEMENTS (moments); i++)
    {
      g_autofree char *path = g_strconcat ("/schedule/", moments[i].name, NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_schedule);
    }
  g_test_add_func ("/schedule/over-changes-of-the-clock", test_schedule_over_changes_of_the_clock);
  g_test_add_func ("/filter/takes-what-has-all-of-it", test_filter);
  g_test_add_func ("/filter/looks-for-words-in-names-labels-and-trackers", test_search);
  return g_test_run ();
}
