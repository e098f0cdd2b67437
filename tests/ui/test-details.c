/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <locale.h>

#include "freshet-format-details.h"
#include "freshet-speed-history.h"
#include "freshet-sync-list.h"

/* What the views of one torrent are made of, without a display. */

#define SECOND ((gint64) G_USEC_PER_SEC)

static void
assert_speed (const FreshetSpeedHistory *history, gint64 now, guint ago, guint64 down, guint64 up)
{
  guint64 was_down, was_up;

  freshet_speed_history_get (history, now, ago, &was_down, &was_up);
  g_assert_cmpuint (was_down, ==, down);
  g_assert_cmpuint (was_up, ==, up);
}

static void
test_history_has_a_value_a_second (void)
{
  g_autoptr (FreshetSpeedHistory) history = freshet_speed_history_new ();
  gint64 now = 1000 * SECOND;

  assert_speed (history, now, 0, 0, 0);
  freshet_speed_history_add (history, now, 10, 1);
  freshet_speed_history_add (history, now + SECOND / 2, 20, 2);
  freshet_speed_history_add (history, now + SECOND, 30, 3);
  now += SECOND;
  assert_speed (history, now, 0, 30, 3);
  assert_speed (history, now, 1, 20, 2);
  assert_speed (history, now, 2, 0, 0);
  g_assert_cmpuint (freshet_speed_history_get_peak (history, now), ==, 30);
}

static void
test_history_is_still_where_nobody_told (void)
{
  g_autoptr (FreshetSpeedHistory) history = freshet_speed_history_new ();
  gint64 now = 1000 * SECOND;

  freshet_speed_history_add (history, now, 10, 0);
  freshet_speed_history_add (history, now + 3 * SECOND, 0, 40);
  now += 3 * SECOND;
  assert_speed (history, now, 0, 0, 40);
  assert_speed (history, now, 1, 0, 0);
  assert_speed (history, now, 2, 0, 0);
  assert_speed (history, now, 3, 10, 0);
  /* And after the last one. */
  assert_speed (history, now + 5 * SECOND, 0, 0, 0);
  assert_speed (history, now + 5 * SECOND, 5, 0, 40);
}

static void
test_history_forgets (void)
{
  g_autoptr (FreshetSpeedHistory) history = freshet_speed_history_new ();
  gint64 now = 1000 * SECOND;
  gint64 end = now + (gint64) FRESHET_SPEED_SECONDS * SECOND;

  freshet_speed_history_add (history, now, 10, 0);
  g_assert_false (freshet_speed_history_is_still (history, end - SECOND));
  g_assert_true (freshet_speed_history_is_still (history, end));
  freshet_speed_history_add (history, end, 7, 0);
  assert_speed (history, end, FRESHET_SPEED_SECONDS - 1, 0, 0);
  /* Hours later nothing of it comes back. */
  freshet_speed_history_add (history, end + 10000 * SECOND, 1, 0);
  g_assert_cmpuint (freshet_speed_history_get_peak (history, end + 10000 * SECOND), ==, 1);
}

/* What a list told of its changes: "-1,2 +0,3" is two gone from 1 and three new at 0. */
static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, GString *log)
{
  if (removed > 0)
    g_string_append_printf (log, "-%u,%u ", position, removed);
  if (added > 0)
    g_string_append_printf (log, "+%u,%u ", position, added);
}

static void
sync_with (FreshetSyncList *list, const char *keys)
{
  g_auto (GStrv) names = g_strsplit (keys, " ", -1);

  freshet_sync_list_begin (list);
  for (guint i = 0; names[i] != NULL; i++)
    if (names[i][0] != '\0' && freshet_sync_list_keep (list, names[i]) == NULL)
      {
        GObject *item = g_object_new (G_TYPE_OBJECT, NULL);

        g_object_set_data_full (item, "key", g_strdup (names[i]), g_free);
        freshet_sync_list_add (list, names[i], item);
      }
  freshet_sync_list_end (list);
}

static void
assert_list (FreshetSyncList *list, const char *keys)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_string_append_printf (found, "%s%s", i > 0 ? " " : "", (const char *) g_object_get_data (item, "key"));
    }
  g_assert_cmpstr (found->str, ==, keys);
}

typedef struct
{
  const char *before;
  const char *now;
  const char *after;
  const char *changes;
} SyncCase;

static const SyncCase sync_cases[] = {
  { "", "a b", "a b", "+0,2 " },
  { "a b c", "c b a", "a b c", "" },
  { "a b c d e", "a d e", "a d e", "-1,2 " },
  { "a b c d e", "b d", "b d", "-4,1 -2,1 -0,1 " },
  { "a b", "b c d", "b c d", "-0,1 +1,2 " },
  { "a b", "", "", "-0,2 " },
};

static void
test_list_changes_as_little_as_can_be (gconstpointer data)
{
  const SyncCase *test = data;
  g_autoptr (FreshetSyncList) list = freshet_sync_list_new (G_TYPE_OBJECT);
  g_autoptr (GString) log = g_string_new (NULL);

  sync_with (list, test->before);
  assert_list (list, test->before);
  g_signal_connect (list, "items-changed", G_CALLBACK (items_changed_cb), log);
  sync_with (list, test->now);
  assert_list (list, test->after);
  g_assert_cmpstr (log->str, ==, test->changes);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 99));
}

static void
test_list_keeps_its_items (void)
{
  g_autoptr (FreshetSyncList) list = freshet_sync_list_new (G_TYPE_OBJECT);
  g_autoptr (GObject) before = NULL;
  g_autoptr (GObject) after = NULL;

  sync_with (list, "a b");
  before = g_list_model_get_item (G_LIST_MODEL (list), 1);
  sync_with (list, "b");
  after = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (before == after);
  /* Who was gone comes back as another. */
  sync_with (list, "");
  sync_with (list, "b");
  g_clear_object (&after);
  after = g_list_model_get_item (G_LIST_MODEL (list), 0);
  g_assert_true (before != after);
}

/* Compares without regard to no-break spaces, and frees @actual. */
static void
assert_text (char *actual, const char *expected)
{
  g_auto (GStrv) parts = g_strsplit (actual, "\u00a0", -1);
  g_autofree char *plain = g_strjoinv (" ", parts);

  g_assert_cmpstr (plain, ==, expected);
  g_free (actual);
}

static void
test_ratio_needs_something (void)
{
  assert_text (freshet_format_ratio (10, 0), "–");
  assert_text (freshet_format_ratio (0, 10), "0.00");
  assert_text (freshet_format_ratio (25, 20), "1.25");
}

static void
test_pieces_in_words (void)
{
  assert_text (freshet_format_pieces (412, 783, 1 << 20), "412 of 783, 1.0 MiB each");
  assert_text (freshet_format_pieces_map (412, 783, 2.314), "412 of 783 pieces are here; the peers have 2.31 copies");
  assert_text (freshet_format_pieces_map (783, 783, 0), "All 783 pieces are here");
  assert_text (freshet_format_pieces_map (1, 1, 0), "The only piece is here");
}

static void
test_graph_in_words (void)
{
  g_autoptr (FreshetSpeedHistory) history = freshet_speed_history_new ();

  assert_text (freshet_format_speed_graph (NULL, 0), "Nothing moved in the last five minutes");
  freshet_speed_history_add (history, 100 * SECOND, 9000000, 0);
  freshet_speed_history_add (history, 101 * SECOND, 2000000, 1000);
  assert_text (freshet_format_speed_graph (history, 101 * SECOND),
               "Download 2.0 MB/s, upload 1.0 kB/s; at most 9.0 MB/s in the last five minutes");
}

typedef struct
{
  BtPeerFlags flags;
  BtPeerOrigin origin;
  const char *letters;
} FlagCase;

static const FlagCase flag_cases[] = {
  { 0, BT_PEER_ORIGIN_TRACKER, "T" },
  { BT_PEER_WE_WANT, BT_PEER_ORIGIN_TRACKER, "D T" },
  { BT_PEER_WE_WANT | BT_PEER_CHOKES_US, BT_PEER_ORIGIN_PEX, "d X" },
  { BT_PEER_CHOKES_US, BT_PEER_ORIGIN_DHT, "H" },
  { BT_PEER_WANTS_US, BT_PEER_ORIGIN_LSD, "U L" },
  { BT_PEER_WANTS_US | BT_PEER_WE_CHOKE | BT_PEER_INCOMING, BT_PEER_ORIGIN_INCOMING, "u I" },
  { BT_PEER_WE_WANT | BT_PEER_WANTS_US | BT_PEER_OPTIMISTIC | BT_PEER_SNUBBED, BT_PEER_ORIGIN_USER, "D U O S M" },
};

static void
test_flags_are_letters_and_words (gconstpointer data)
{
  const FlagCase *test = data;
  BtPeerStats peer = { .flags = test->flags, .origin = test->origin };
  g_autofree char *words = freshet_format_peer_words (&peer);
  g_auto (GStrv) lines = g_strsplit (words, "\n", -1);
  g_auto (GStrv) letters = g_strsplit (test->letters, " ", -1);

  assert_text (freshet_format_peer_flags (&peer), test->letters);
  g_assert_cmpuint (g_strv_length (lines), ==, g_strv_length (letters));
  for (guint i = 0; letters[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (lines[i], letters[i]));
}

static void
test_tracker_in_words (void)
{
  BtTrackerStats tracker = { .state = BT_TRACKER_IDLE, .next_announce = 0, .seeds = -1, .leechers = -1 };

  assert_text (freshet_format_tracker_state (&tracker), "Not asked yet");
  assert_text (freshet_format_tracker_swarm (&tracker), "");
  tracker.state = BT_TRACKER_WORKING;
  tracker.next_announce = 720;
  tracker.n_peers = 17;
  assert_text (freshet_format_tracker_state (&tracker), "Works, is asked again in 12 min");
  assert_text (freshet_format_tracker_swarm (&tracker), "gave 17 peers");
  tracker.seeds = 1;
  tracker.leechers = 12;
  assert_text (freshet_format_tracker_swarm (&tracker), "1 seed · 12 downloaders · gave 17 peers");
  tracker.state = BT_TRACKER_FAILED;
  tracker.next_announce = -1;
  assert_text (freshet_format_tracker_state (&tracker), "Does not work");
}

static void
test_hash_is_hexadecimal (void)
{
  assert_text (freshet_format_hash ((const guint8 *) "\x00\xab\x7f", 3), "00ab7f");
}

static void
add_tables (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (sync_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sync-list/changes-as-little-as-can-be/%u", i);

      g_test_add_data_func (path, &sync_cases[i], test_list_changes_as_little_as_can_be);
    }
  for (guint i = 0; i < G_N_ELEMENTS (flag_cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/format-details/flags/%u", i);

      g_test_add_data_func (path, &flag_cases[i], test_flags_are_letters_and_words);
    }
}

static void
test_peer_rates_have_a_line_each (void)
{
  static const struct
  {
    guint64 down, up;
    const char *text;
  } rows[] = {
    { 0, 0, "" },
    { 9100000, 0, "↓ 9.1 MB/s" },
    { 0, 1100000, "↑ 1.1 MB/s" },
    { 9100000, 1100000, "↓ 9.1 MB/s\n↑ 1.1 MB/s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = freshet_format_peer_rates (rows[i].down, rows[i].up);
      g_auto (GStrv) parts = g_strsplit (text, "\u00a0", -1);
      g_autofree char *plain = g_strjoinv (" ", parts);

      g_assert_cmpstr (plain, ==, rows[i].text);
    }
}

static void
test_schedule_in_words (void)
{
  assert_text (freshet_format_schedule (0x7f, 540, 1020), "Every day, 09:00–17:00");
  assert_text (freshet_format_schedule (0x41, 1439, 0), "Mon, Sun, 23:59–00:00");
  assert_text (freshet_format_schedule (0, 540, 1020), "On no day");
}

static void
test_date_is_short (void)
{
  assert_text (freshet_format_date (1732233600 + 12 * 3600), "22 Nov 2024");
  assert_text (freshet_format_date (0), "–");
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "C.UTF-8");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/speed-history/has-a-value-a-second", test_history_has_a_value_a_second);
  g_test_add_func ("/speed-history/is-still-where-nobody-told", test_history_is_still_where_nobody_told);
  g_test_add_func ("/speed-history/forgets", test_history_forgets);
  g_test_add_func ("/sync-list/keeps-its-items", test_list_keeps_its_items);
  g_test_add_func ("/format-details/ratio-needs-something", test_ratio_needs_something);
  g_test_add_func ("/format-details/pieces", test_pieces_in_words);
  g_test_add_func ("/format-details/graph", test_graph_in_words);
  g_test_add_func ("/format-details/tracker", test_tracker_in_words);
  g_test_add_func ("/format-details/schedule", test_schedule_in_words);
  g_test_add_func ("/format-details/date", test_date_is_short);
  g_test_add_func ("/format-details/hash", test_hash_is_hexadecimal);
  g_test_add_func ("/format-details/peer-rates", test_peer_rates_have_a_line_each);
  add_tables ();
  return g_test_run ();
}
