/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-plan.h"
#include "bt-test-torrent.h"

#define SECOND G_TIME_SPAN_SECOND

typedef struct
{
  BtTestTorrent *torrent;
  BtRng rng;
  BtAnnouncePlan plan;
  gint64 now;
} Fixture;

static const char *const three_tiers[] = { "http://a/1", "http://a/2", "http://a/3", "", "http://b/1", "", "http://c/1", "http://c/2", NULL };
static const char *const one_tracker[] = { "http://a/1", NULL };

static void
set_up (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 16384, .length = 1, .trackers = data };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->now = 1000 * SECOND;
  bt_rng_seed (&fixture->rng, 1);
  bt_announce_plan_init (&fixture->plan, fixture->torrent->metainfo, &fixture->rng);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_announce_plan_clear (&fixture->plan);
  bt_test_torrent_free (fixture->torrent);
}

/* When it is due is known before; but for goodbyes, which are at once. */
static BtAnnounceTracker *
next (Fixture *fixture)
{
  gint64 due = bt_announce_plan_get_due (&fixture->plan);
  BtAnnounceTracker *tracker = bt_announce_plan_next (&fixture->plan, fixture->now);

  if (tracker == NULL || tracker->event != BT_ANNOUNCE_STOPPED)
    g_assert_true ((tracker != NULL) == (due <= fixture->now));
  return tracker;
}

/* The next announce, which must be due and be of this kind. */
static BtAnnounceTracker *
expect (Fixture *fixture, BtAnnounceEvent event)
{
  BtAnnounceTracker *tracker = next (fixture);

  g_assert_nonnull (tracker);
  g_assert_true (tracker->busy);
  g_assert_cmpint (tracker->event, ==, event);
  return tracker;
}

static void
work (Fixture *fixture, BtAnnounceTracker *tracker, gint64 interval, gint64 min_interval)
{
  BtAnnounceReply reply;

  bt_announce_reply_init (&reply);
  reply.interval = interval;
  reply.min_interval = min_interval;
  reply.complete = 3;
  bt_announce_plan_worked (&fixture->plan, tracker, &reply, fixture->now);
  bt_announce_reply_clear (&reply);
  g_assert_false (tracker->busy);
}

static void
fail (Fixture *fixture, BtAnnounceTracker *tracker)
{
  bt_announce_plan_failed (&fixture->plan, tracker, "no", -1, fixture->now);
  g_assert_false (tracker->busy);
}

static void
test_start_asks_one_of_every_tier (Fixture *fixture, gconstpointer data)
{
  g_assert_null (next (fixture));
  bt_announce_plan_start (&fixture->plan, fixture->now);
  for (guint tier = 0; tier < 3; tier++)
    g_assert_cmpuint (expect (fixture, BT_ANNOUNCE_STARTED)->tier, ==, tier);
  g_assert_null (next (fixture));
}

static void
test_next_is_after_the_interval (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_STARTED), 900, -1);
  fixture->now += 899 * SECOND;
  g_assert_null (next (fixture));
  fixture->now += 60 * SECOND;
  tracker = expect (fixture, BT_ANNOUNCE_NONE);
  g_assert_cmpint (tracker->seeds, ==, 3);
  g_assert_null (next (fixture));
}

static void
test_tier_goes_on_to_its_next_tracker (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *first, *second;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  first = expect (fixture, BT_ANNOUNCE_STARTED);
  fail (fixture, first);
  second = expect (fixture, BT_ANNOUNCE_STARTED);
  g_assert_true (first != second);
  g_assert_cmpuint (second->tier, ==, 0);
  work (fixture, second, 100, -1);
  g_assert_true (fixture->plan.trackers->pdata[0] == second);
  expect (fixture, BT_ANNOUNCE_STARTED); /* tier 1 */
  expect (fixture, BT_ANNOUNCE_STARTED); /* tier 2 */

  /* The first one's turn comes before, but this tier has one that works. */
  fixture->now += 99 * SECOND;
  g_assert_null (next (fixture));
  fixture->now += 10 * SECOND;
  g_assert_true (expect (fixture, BT_ANNOUNCE_NONE) == second);
  fail (fixture, second);
  g_assert_true (next (fixture) != second);
}

static void
test_order_in_a_tier_is_random (Fixture *fixture, gconstpointer data)
{
  guint first[3] = { 0 };

  for (guint64 seed = 0; seed < 300; seed++)
    {
      BtAnnouncePlan plan;
      BtRng rng;

      bt_rng_seed (&rng, seed);
      bt_announce_plan_init (&plan, fixture->torrent->metainfo, &rng);
      first[((BtAnnounceTracker *) plan.trackers->pdata[0])->url[9] - '1']++;
      bt_announce_plan_clear (&plan);
    }
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (first[i], >, 60);
}

static void
test_completed_is_told_once (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_STARTED), 900, -1);
  bt_announce_plan_complete (&fixture->plan, fixture->now);
  tracker = expect (fixture, BT_ANNOUNCE_COMPLETED);
  fail (fixture, tracker);
  fixture->now += 100 * SECOND;
  work (fixture, expect (fixture, BT_ANNOUNCE_COMPLETED), 900, -1);
  fixture->now += 1000 * SECOND;
  expect (fixture, BT_ANNOUNCE_NONE);
}

static void
test_completed_while_starting_follows (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  tracker = expect (fixture, BT_ANNOUNCE_STARTED);
  bt_announce_plan_complete (&fixture->plan, fixture->now);
  g_assert_null (next (fixture));
  work (fixture, tracker, 900, -1);
  /* The started told a number left over: the end has still to be told. */
  expect (fixture, BT_ANNOUNCE_COMPLETED);
}

/* "completed" is for who completed: a start with nothing left is no download. */
static void
test_started_complete_never_completes (Fixture *fixture, gconstpointer data)
{
  bt_announce_plan_start (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_STARTED), 900, -1);
  for (guint i = 0; i < 5; i++)
    {
      fixture->now += 1000 * SECOND;
      work (fixture, expect (fixture, BT_ANNOUNCE_NONE), 900, -1);
    }
}

typedef struct
{
  const char *name;
  gint64 interval;
  gint64 min_interval;
  gint64 least; /* seconds until the next */
  gint64 most;
} IntervalRow;

static const IntervalRow interval_rows[] = {
  { "as-told", 900, -1, 900, 957 },
  { "not-told", -1, -1, 1800, 1913 },
  { "zero", 0, 0, 1800, 1913 },
  { "negative", -500, -500, 1800, 1913 },
  { "too-often", 1, -1, 10, 11 },
  { "too-seldom", 1000000, -1, 21600, 22950 },
  { "no-number-at-all", G_MAXINT64, -1, 21600, 22950 },
  { "least-above-interval", 60, 600, 600, 638 },
  { "absurd-least", 60, G_MAXINT64, 21600, 22950 },
};

static void
test_interval (Fixture *fixture, gconstpointer data)
{
  const IntervalRow *row = data;
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  tracker = expect (fixture, BT_ANNOUNCE_STARTED);
  work (fixture, tracker, row->interval, row->min_interval);
  g_assert_cmpint (tracker->next_at - fixture->now, >=, row->least * SECOND);
  g_assert_cmpint (tracker->next_at - fixture->now, <=, row->most * SECOND);
}

static void
set_up_interval (Fixture *fixture, gconstpointer data)
{
  set_up (fixture, one_tracker);
}

static void
test_hurry_keeps_the_least_interval (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_STARTED), 900, 300);
  fixture->now += 100 * SECOND;
  bt_announce_plan_hurry (&fixture->plan, fixture->now);
  g_assert_null (next (fixture));
  fixture->now += 200 * SECOND;
  tracker = expect (fixture, BT_ANNOUNCE_NONE);
  fail (fixture, tracker);
  g_assert_null (next (fixture));
  bt_announce_plan_hurry (&fixture->plan, fixture->now);
  expect (fixture, BT_ANNOUNCE_NONE);
}

static void
test_moved_is_told_to_who_is_being_told (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  tracker = expect (fixture, BT_ANNOUNCE_STARTED);
  bt_announce_plan_moved (&fixture->plan, fixture->now);
  work (fixture, tracker, 900, 300);
  fixture->now += 299 * SECOND;
  g_assert_null (next (fixture));
  fixture->now += SECOND;
  work (fixture, expect (fixture, BT_ANNOUNCE_NONE), 900, 300);
  /* Once is enough. */
  fixture->now += 300 * SECOND;
  g_assert_null (next (fixture));
  bt_announce_plan_moved (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_NONE), 900, 300);
  fixture->now += 899 * SECOND;
  g_assert_null (next (fixture));
}

static void
test_failures_wait_longer_up_to_an_hour (Fixture *fixture, gconstpointer data)
{
  gint64 last = 0;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  for (guint i = 0; i < 3000; i++)
    {
      BtAnnounceTracker *tracker = expect (fixture, BT_ANNOUNCE_STARTED);
      gint64 wait;

      fail (fixture, tracker);
      wait = tracker->next_at - fixture->now;
      g_assert_cmpint (wait, >=, 5 * SECOND);
      g_assert_cmpint (wait, <=, 9 * G_TIME_SPAN_HOUR / 8);
      if (i < 5)
        g_assert_cmpint (wait, >, last);
      if (i > 20)
        g_assert_cmpint (wait, >=, G_TIME_SPAN_HOUR);
      g_assert_cmpstr (tracker->message, ==, "no");
      last = wait;
      fixture->now = tracker->next_at;
    }
}

static void
test_tracker_says_when_to_try_again (Fixture *fixture, gconstpointer data)
{
  static const gint64 asked[] = { 600, 1, G_MAXINT64 };
  static const gint64 given[] = { 600, 10, 21600 };

  bt_announce_plan_start (&fixture->plan, fixture->now);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      BtAnnounceTracker *tracker = expect (fixture, BT_ANNOUNCE_STARTED);

      bt_announce_plan_failed (&fixture->plan, tracker, "busy", asked[i], fixture->now);
      g_assert_cmpint (tracker->next_at - fixture->now, >=, given[i] * SECOND);
      g_assert_cmpint (tracker->next_at - fixture->now, <=, given[i] * SECOND * 9 / 8);
      fixture->now = tracker->next_at;
    }
}

static void
test_goodbye_is_for_who_was_greeted (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *greeted, *failed, *waiting;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  greeted = expect (fixture, BT_ANNOUNCE_STARTED);
  failed = expect (fixture, BT_ANNOUNCE_STARTED);
  waiting = expect (fixture, BT_ANNOUNCE_STARTED);
  work (fixture, greeted, 900, -1);
  fail (fixture, failed);
  bt_announce_plan_stop (&fixture->plan);
  g_assert_true (expect (fixture, BT_ANNOUNCE_STOPPED) == greeted);
  g_assert_null (next (fixture));
  work (fixture, greeted, 900, -1);
  g_assert_null (next (fixture));
  /* Its start was accepted after all. */
  work (fixture, waiting, 900, -1);
  g_assert_true (expect (fixture, BT_ANNOUNCE_STOPPED) == waiting);
  fail (fixture, waiting);
  fixture->now += 100000 * SECOND;
  g_assert_null (next (fixture));
}

static void
test_start_again_waits_for_the_goodbye (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_STARTED), 900, -1);
  bt_announce_plan_stop (&fixture->plan);
  tracker = expect (fixture, BT_ANNOUNCE_STOPPED);
  bt_announce_plan_start (&fixture->plan, fixture->now);
  g_assert_null (next (fixture));
  work (fixture, tracker, 900, -1);
  expect (fixture, BT_ANNOUNCE_STARTED);
}

static void
test_words_and_ids_are_kept (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;
  BtAnnounceReply reply;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  tracker = expect (fixture, BT_ANNOUNCE_STARTED);
  bt_announce_reply_init (&reply);
  reply.warning_message = g_strdup ("soon");
  reply.tracker_id = g_strdup ("id");
  bt_announce_plan_worked (&fixture->plan, tracker, &reply, fixture->now);
  bt_announce_reply_clear (&reply);
  g_assert_cmpstr (tracker->message, ==, "soon");
  g_assert_cmpstr (tracker->tracker_id, ==, "id");
  fixture->now = tracker->next_at;
  work (fixture, expect (fixture, BT_ANNOUNCE_NONE), 900, -1);
  g_assert_null (tracker->message);
  g_assert_cmpstr (tracker->tracker_id, ==, "id");
}

static void
test_counts_that_lack_are_to_be_asked_for (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;
  BtAnnounceReply reply;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  tracker = expect (fixture, BT_ANNOUNCE_STARTED);
  g_assert_cmpint (tracker->scrape_at, ==, G_MAXINT64);
  /* Seeds alone are not all. */
  work (fixture, tracker, 900, -1);
  g_assert_cmpint (tracker->scrape_at, ==, fixture->now);
  tracker->scrape_at = fixture->now + 1800 * SECOND;
  tracker->leechers = 5;
  fixture->now = tracker->next_at;
  work (fixture, expect (fixture, BT_ANNOUNCE_NONE), 900, -1);
  g_assert_cmpint (tracker->leechers, ==, 5);
  g_assert_cmpint (tracker->scrape_at, ==, 2800 * SECOND);

  fixture->now = tracker->next_at;
  tracker = expect (fixture, BT_ANNOUNCE_NONE);
  bt_announce_reply_init (&reply);
  reply.complete = 1;
  reply.incomplete = 2;
  bt_announce_plan_worked (&fixture->plan, tracker, &reply, fixture->now);
  bt_announce_reply_clear (&reply);
  g_assert_cmpint (tracker->leechers, ==, 2);
  g_assert_cmpint (tracker->scrape_at, ==, G_MAXINT64);
}

static void
test_too_many_trackers_are_left_out (void)
{
  g_autoptr (GPtrArray) urls = g_ptr_array_new_with_free_func (g_free);
  BtTestSpec spec = { .piece_length = 16384, .length = 1 };
  g_autoptr (BtTestTorrent) torrent = NULL;
  BtAnnouncePlan plan;
  BtRng rng;

  for (guint i = 0; i < 500; i++)
    g_ptr_array_add (urls, i % 7 == 3 ? g_strdup ("") : g_strdup_printf ("http://t/%u", i));
  g_ptr_array_add (urls, NULL);
  spec.trackers = (const char *const *) urls->pdata;
  torrent = bt_test_torrent_new (&spec);
  bt_rng_seed (&rng, 1);
  bt_announce_plan_init (&plan, torrent->metainfo, &rng);
  g_assert_cmpuint (plan.trackers->len, ==, 200);
  g_assert_true (bt_announce_plan_is_full (&plan));
  bt_announce_plan_remove (&plan, ((BtAnnounceTracker *) plan.trackers->pdata[7])->url);
  g_assert_false (bt_announce_plan_is_full (&plan));
  bt_announce_plan_clear (&plan);
}

/* What a tracker was told, and whether it makes sense. */
typedef struct
{
  gboolean greeted; /* it accepted our started, and no goodbye was sent since */
  guint completed;  /* since */
} Told;

static void
check_told (Told *told, const BtAnnounceTracker *tracker, gboolean running)
{
  g_assert_cmpint (running, ==, tracker->event != BT_ANNOUNCE_STOPPED);
  g_assert_cmpint (told->greeted, ==, tracker->event != BT_ANNOUNCE_STARTED);
  if (tracker->event == BT_ANNOUNCE_COMPLETED)
    g_assert_cmpuint (told->completed, ==, 0);
}

static void
answer (Fixture *fixture, Told *told, BtAnnounceTracker *tracker, BtRng *choices)
{
  if (tracker->event == BT_ANNOUNCE_STOPPED)
    *told = (Told){ FALSE, 0 };
  if (bt_rng_below (choices, 3) == 0)
    {
      fail (fixture, tracker);
      return;
    }
  if (tracker->event == BT_ANNOUNCE_STARTED)
    *told = (Told){ TRUE, 0 };
  told->completed += tracker->event == BT_ANNOUNCE_COMPLETED;
  work (fixture, tracker, 60 + bt_rng_below (choices, 3000), bt_rng_below (choices, 300));
}

/* Days of a swarm with bad trackers, starts and stops. */
static void
test_any_history_makes_sense (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GHashTable) told = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GPtrArray) busy = g_ptr_array_new ();
  guint n_announces = 0;
  BtRng choices;

  bt_rng_seed (&choices, 5);
  for (guint i = 0; i < fixture->plan.trackers->len; i++)
    g_hash_table_insert (told, fixture->plan.trackers->pdata[i], g_new0 (Told, 1));
  for (guint i = 0; i < 50000; i++)
    {
      BtAnnounceTracker *tracker;

      fixture->now += bt_rng_below (&choices, 20) * SECOND;
      if (bt_rng_below (&choices, 1000) == 0)
        fixture->plan.running ? bt_announce_plan_stop (&fixture->plan) : bt_announce_plan_start (&fixture->plan, fixture->now);
      if (bt_rng_below (&choices, 2000) == 0 && fixture->plan.running)
        bt_announce_plan_complete (&fixture->plan, fixture->now);
      while ((tracker = next (fixture)) != NULL)
        {
          g_ptr_array_add (busy, tracker);
          n_announces++;
          for (guint k = 0; k + 1 < busy->len && fixture->plan.running; k++)
            g_assert_true (((BtAnnounceTracker *) busy->pdata[k])->tier != tracker->tier ||
                           ((BtAnnounceTracker *) busy->pdata[k])->event == BT_ANNOUNCE_STOPPED);
          if (tracker->event != BT_ANNOUNCE_STARTED || !((Told *) g_hash_table_lookup (told, tracker))->greeted)
            check_told (g_hash_table_lookup (told, tracker), tracker, fixture->plan.running);
        }
      if (busy->len > 0 && bt_rng_below (&choices, 2))
        {
          tracker = g_ptr_array_remove_index_fast (busy, bt_rng_below (&choices, busy->len));
          answer (fixture, g_hash_table_lookup (told, tracker), tracker, &choices);
        }
    }
  /* 500000 s: at worst one in 10 s from each of three tiers. */
  g_assert_cmpuint (n_announces, <, 10000);
  g_assert_cmpuint (n_announces, >, 300);
}

#define ADD(path, trackers, function) g_test_add (path, Fixture, trackers, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/announce-plan/start/asks-one-of-every-tier", three_tiers, test_start_asks_one_of_every_tier);
  ADD ("/announce-plan/start/again-waits-for-the-goodbye", one_tracker, test_start_again_waits_for_the_goodbye);
  ADD ("/announce-plan/tier/goes-on-to-its-next-tracker", three_tiers, test_tier_goes_on_to_its_next_tracker);
  ADD ("/announce-plan/tier/order-is-random", three_tiers, test_order_in_a_tier_is_random);
  ADD ("/announce-plan/completed/is-told-once", one_tracker, test_completed_is_told_once);
  ADD ("/announce-plan/completed/while-starting-follows", one_tracker, test_completed_while_starting_follows);
  ADD ("/announce-plan/completed/not-for-who-started-complete", one_tracker, test_started_complete_never_completes);
  ADD ("/announce-plan/interval/next-is-after-it", one_tracker, test_next_is_after_the_interval);
  for (gsize i = 0; i < G_N_ELEMENTS (interval_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/announce-plan/interval/", interval_rows[i].name, NULL);

      g_test_add (path, Fixture, &interval_rows[i], set_up_interval, test_interval, tear_down);
    }
  ADD ("/announce-plan/hurry/keeps-the-least-interval", one_tracker, test_hurry_keeps_the_least_interval);
  ADD ("/announce-plan/moved/is-told-to-who-is-being-told", one_tracker, test_moved_is_told_to_who_is_being_told);
  ADD ("/announce-plan/failure/waits-longer-up-to-an-hour", one_tracker, test_failures_wait_longer_up_to_an_hour);
  ADD ("/announce-plan/failure/tracker-says-when-to-try-again", one_tracker, test_tracker_says_when_to_try_again);
  ADD ("/announce-plan/goodbye/is-for-who-was-greeted", three_tiers, test_goodbye_is_for_who_was_greeted);
  ADD ("/announce-plan/reply/words-and-ids-are-kept", one_tracker, test_words_and_ids_are_kept);
  ADD ("/announce-plan/any-history-makes-sense", three_tiers, test_any_history_makes_sense);
  ADD ("/announce-plan/counts/that-lack-are-to-be-asked-for", one_tracker, test_counts_that_lack_are_to_be_asked_for);
  g_test_add_func ("/announce-plan/trackers/too-many-are-left-out", test_too_many_trackers_are_left_out);
  return g_test_run ();
}
