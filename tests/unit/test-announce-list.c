/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-plan.h"
#include "bt-test-torrent.h"

#include <string.h>

#define SECOND G_TIME_SPAN_SECOND

typedef struct
{
  BtTestTorrent *torrent;
  BtRng rng;
  BtAnnouncePlan plan;
  gint64 now;
} Fixture;

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

static BtAnnounceTracker *
next (Fixture *fixture)
{
  return bt_announce_plan_next (&fixture->plan, fixture->now);
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
assert_urls (Fixture *fixture, const char *expected)
{
  g_autoptr (GString) urls = g_string_new (NULL);

  for (guint i = 0; i < fixture->plan.trackers->len; i++)
    {
      const BtAnnounceTracker *tracker = fixture->plan.trackers->pdata[i];

      g_string_append_printf (urls, "%s%u:%s", i == 0 ? "" : " ", tracker->tier, tracker->url + strlen ("http://"));
    }
  g_assert_cmpstr (urls->str, ==, expected);
}

static void
test_added_one_goes_into_its_tier (Fixture *fixture, gconstpointer data)
{
  bt_announce_plan_add (&fixture->plan, "http://d/1", 1, fixture->now);
  bt_announce_plan_add (&fixture->plan, "http://d/0", 0, fixture->now);
  bt_announce_plan_add (&fixture->plan, "http://d/2", G_MAXUINT, fixture->now);
  bt_announce_plan_add (&fixture->plan, "http://d/3", G_MAXUINT, fixture->now);
  bt_announce_plan_add (&fixture->plan, "http://d/4", 2, fixture->now);
  assert_urls (fixture, "0:a/1 0:d/0 1:d/1 2:d/2 2:d/4 3:d/3");
  g_assert_nonnull (bt_announce_plan_find (&fixture->plan, "http://d/4"));
  g_assert_null (bt_announce_plan_find (&fixture->plan, "http://d/5"));
}

static void
test_added_one_is_asked_at_once (Fixture *fixture, gconstpointer data)
{
  bt_announce_plan_add (&fixture->plan, "http://d/1", 1, fixture->now);
  g_assert_null (next (fixture));
  bt_announce_plan_start (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_STARTED), 900, -1);
  g_assert_cmpstr (expect (fixture, BT_ANNOUNCE_STARTED)->url, ==, "http://d/1");
  g_assert_null (next (fixture));
  fixture->now += 10 * SECOND;
  bt_announce_plan_add (&fixture->plan, "http://d/2", 2, fixture->now);
  g_assert_cmpstr (expect (fixture, BT_ANNOUNCE_STARTED)->url, ==, "http://d/2");
  /* In a tier with one that works it waits for its turn. */
  bt_announce_plan_add (&fixture->plan, "http://d/3", 0, fixture->now);
  g_assert_null (next (fixture));
}

static void
test_removed_one_is_told (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_STARTED), 900, -1);
  g_assert_true (bt_announce_plan_remove (&fixture->plan, "http://a/1"));
  g_assert_false (bt_announce_plan_remove (&fixture->plan, "http://a/1"));
  assert_urls (fixture, "");
  tracker = expect (fixture, BT_ANNOUNCE_STOPPED);
  g_assert_cmpuint (fixture->plan.leaving->len, ==, 1);
  bt_announce_plan_failed (&fixture->plan, tracker, "no", -1, fixture->now);
  g_assert_cmpuint (fixture->plan.leaving->len, ==, 0);
  g_assert_null (next (fixture));
}

static void
test_removed_one_that_was_never_asked_is_gone (Fixture *fixture, gconstpointer data)
{
  g_assert_true (bt_announce_plan_remove (&fixture->plan, "http://a/1"));
  g_assert_cmpuint (fixture->plan.leaving->len, ==, 0);
  bt_announce_plan_start (&fixture->plan, fixture->now);
  g_assert_null (next (fixture));
}

typedef enum
{
  WORKS,
  FAILS,
  CANCELLED,
} Outcome;

/* It stays until its answer has come. */
static void
test_removed_while_asked (Fixture *fixture, gconstpointer data)
{
  BtAnnounceReply reply;

  for (Outcome outcome = WORKS; outcome <= CANCELLED; outcome++)
    {
      BtAnnounceTracker *tracker;

      if (bt_announce_plan_find (&fixture->plan, "http://a/1") == NULL)
        bt_announce_plan_add (&fixture->plan, "http://a/1", 0, fixture->now);
      bt_announce_plan_start (&fixture->plan, fixture->now);
      tracker = expect (fixture, BT_ANNOUNCE_STARTED);
      bt_announce_plan_remove (&fixture->plan, "http://a/1");
      g_assert_null (next (fixture));
      g_assert_cmpstr (tracker->url, ==, "http://a/1");
      bt_announce_reply_init (&reply);
      if (outcome == WORKS)
        bt_announce_plan_worked (&fixture->plan, tracker, &reply, fixture->now);
      else if (outcome == FAILS)
        bt_announce_plan_failed (&fixture->plan, tracker, "no", -1, fixture->now);
      else
        bt_announce_plan_cancelled (&fixture->plan, tracker);
      if (outcome == WORKS)
        {
          g_assert_true (expect (fixture, BT_ANNOUNCE_STOPPED) == tracker);
          bt_announce_plan_worked (&fixture->plan, tracker, &reply, fixture->now);
        }
      bt_announce_reply_clear (&reply);
      g_assert_cmpuint (fixture->plan.leaving->len, ==, 0);
      g_assert_null (next (fixture));
    }
}

/* Its goodbye is under way: the start comes after it. */
static void
test_removed_one_comes_back (Fixture *fixture, gconstpointer data)
{
  BtAnnounceTracker *tracker;

  bt_announce_plan_start (&fixture->plan, fixture->now);
  work (fixture, expect (fixture, BT_ANNOUNCE_STARTED), 900, -1);
  bt_announce_plan_remove (&fixture->plan, "http://a/1");
  tracker = expect (fixture, BT_ANNOUNCE_STOPPED);
  bt_announce_plan_add (&fixture->plan, "http://a/1", 0, fixture->now);
  g_assert_cmpuint (fixture->plan.leaving->len, ==, 0);
  g_assert_null (next (fixture));
  work (fixture, tracker, 900, -1);
  g_assert_true (expect (fixture, BT_ANNOUNCE_STARTED) == tracker);
  work (fixture, tracker, 900, -1);
  /* And one that was not told yet needs not to be. */
  bt_announce_plan_remove (&fixture->plan, "http://a/1");
  bt_announce_plan_add (&fixture->plan, "http://a/1", 0, fixture->now);
  g_assert_true (expect (fixture, BT_ANNOUNCE_NONE) == tracker);
}

#define ADD(path, trackers, function) g_test_add ("/announce-list/" path, Fixture, trackers, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("add/goes-into-its-tier", one_tracker, test_added_one_goes_into_its_tier);
  ADD ("add/is-asked-at-once", one_tracker, test_added_one_is_asked_at_once);
  ADD ("remove/is-told", one_tracker, test_removed_one_is_told);
  ADD ("remove/never-asked-is-gone", one_tracker, test_removed_one_that_was_never_asked_is_gone);
  ADD ("remove/while-asked", one_tracker, test_removed_while_asked);
  ADD ("remove/comes-back", one_tracker, test_removed_one_comes_back);
  return g_test_run ();
}
