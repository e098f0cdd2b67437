/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-session.h"
#include "bt-test-web.h"

#include <string.h>

static const BtTestFile files[] = {
  { .path = "a", .length = 100001 },
  { .path = "nothing", .length = 0 },
  { .path = ".pad/31071", .length = 31071, .attr = "p" },
  { .path = "deep/c d", .length = 660000 },
  { .path = "e", .length = 5 },
};

typedef struct
{
  BtTestWeb *web;
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->web = bt_test_web_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_test_session_free (fixture->session);
  bt_test_web_free (fixture->web);
  bt_test_drain ();
  bt_test_torrent_free (fixture->content);
}

/* @manners: of the web seeds, with spaces between */
static void
begin (Fixture *fixture, BtTestSpec *spec, const char *manners, gboolean httpseeds)
{
  g_auto (GStrv) urls = g_strsplit (manners, " ", -1);

  for (guint i = 0; urls[i] != NULL; i++)
    {
      char *manner = urls[i];

      urls[i] = bt_test_web_url (fixture->web, manner, httpseeds ? "script" : "");
      g_free (manner);
    }
  if (httpseeds)
    spec->httpseeds = (const char *const *) urls;
  else
    spec->url_list = (const char *const *) urls;
  fixture->content = bt_test_torrent_new (spec);
  fixture->web->torrent = fixture->content;
  fixture->session = bt_test_session_new (NULL);
  fixture->torrent = bt_test_session_leech (fixture->session, fixture->content);
}

static void
begin_file (Fixture *fixture, const char *manners)
{
  BtTestSpec spec = { .name = "a", .piece_length = 32768, .length = 700001 };

  begin (fixture, &spec, manners, FALSE);
}

static void
begin_large_file (Fixture *fixture, const char *manners)
{
  BtTestSpec spec = { .name = "a", .piece_length = 131072, .length = (5u << 20) + 12345 };

  begin (fixture, &spec, manners, FALSE);
}

/* Of many requests, whatever their size. */
static void
begin_very_large_file (Fixture *fixture, const char *manners)
{
  BtTestSpec spec = { .name = "a", .piece_length = 262144, .length = (24u << 20) + 12345 };

  begin (fixture, &spec, manners, FALSE);
}

static void
begin_files (Fixture *fixture, const char *manners)
{
  BtTestSpec spec = { .name = "t", .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };

  begin (fixture, &spec, manners, FALSE);
}

static BtTorrentStats
assert_completes (Fixture *fixture)
{
  BtTorrentStats stats;

  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
  bt_test_torrent_assert_stored (fixture->content, fixture->session->folder);
  bt_torrent_get_stats (fixture->torrent, &stats);
  return stats;
}

static void
test_file (Fixture *fixture, gconstpointer manner)
{
  BtTorrentStats stats;

  begin_file (fixture, manner);
  stats = assert_completes (fixture);
  g_assert_cmpuint (stats.downloaded, ==, 700001);
  g_assert_cmpuint (stats.wasted, ==, 0);
  g_assert_cmpuint (stats.n_webseeds, ==, 1);
}

static void
test_files (Fixture *fixture, gconstpointer manner)
{
  g_autofree char *nothing = g_strdup_printf ("/%s/t/nothing", (const char *) manner);
  g_autofree char *pad = g_strdup_printf ("/%s/t/.pad/31071", (const char *) manner);

  begin_files (fixture, manner);
  assert_completes (fixture);
  g_assert_false (g_hash_table_contains (fixture->web->paths, nothing));
  g_assert_false (g_hash_table_contains (fixture->web->paths, pad));
}

static void
test_large_file (Fixture *fixture, gconstpointer data)
{
  BtTorrentStats stats;

  begin_very_large_file (fixture, "good");
  stats = assert_completes (fixture);
  g_assert_cmpuint (stats.wasted, ==, 0);
  g_assert_cmpuint (fixture->web->sent, ==, (24u << 20) + 12345);
  /* Runs, not pieces. */
  g_assert_cmpuint (bt_test_web_count (fixture->web, "good"), <, 40);
}

static void
test_script (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .name = "t", .piece_length = 32768, .files = files, .n_files = G_N_ELEMENTS (files) };

  begin (fixture, &spec, "whole", TRUE);
  assert_completes (fixture);
}

/* Debian up to version 11 has the URLs of its files there, of which one is dead. */
static void
test_httpseeds_that_are_files (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dead = bt_test_web_url (fixture->web, "none", "release/a");
  g_autofree char *good = bt_test_web_url (fixture->web, "good", "a");
  const char *urls[] = { dead, good, NULL };
  BtTestSpec spec = { .name = "a", .piece_length = 32768, .length = 700001, .httpseeds = urls };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->web->torrent = fixture->content;
  fixture->session = bt_test_session_new (NULL);
  fixture->torrent = bt_test_session_leech (fixture->session, fixture->content);
  assert_completes (fixture);
  g_assert_cmpuint (bt_test_web_count (fixture->web, "none"), ==, 1);
}

/* Whatever a seed does, one good one beside it is enough. */
static void
test_beside_a_good_one (Fixture *fixture, gconstpointer manner)
{
  g_autofree char *manners = g_strconcat (manner, " good", NULL);

  begin_file (fixture, manners);
  assert_completes (fixture);
}

static void
test_large_beside_a_good_one (Fixture *fixture, gconstpointer manner)
{
  g_autofree char *manners = g_strconcat (manner, " good", NULL);

  begin_large_file (fixture, manners);
  assert_completes (fixture);
}

static void
test_missing_file_comes_from_another (Fixture *fixture, gconstpointer data)
{
  begin_files (fixture, "none-of-a good");
  assert_completes (fixture);
  /* What it has is asked of it nevertheless. */
  g_assert_true (g_hash_table_contains (fixture->web->paths, "/none-of-a/t/deep/c d"));
}

static void
test_redirect_is_remembered (Fixture *fixture, gconstpointer data)
{
  begin_very_large_file (fixture, "moved");
  assert_completes (fixture);
  g_assert_cmpuint (bt_test_web_count (fixture->web, "good"), >, 3);
  /* Two requests may be under way before the first is answered. */
  g_assert_cmpuint (bt_test_web_count (fixture->web, "moved"), <=, 2);
}

static void
test_redirect_that_ends_is_asked_again (Fixture *fixture, gconstpointer data)
{
  begin_very_large_file (fixture, "moved-once");
  assert_completes (fixture);
  g_assert_cmpuint (bt_test_web_count (fixture->web, "moved-once"), >=, 2);
}

static void
test_busy_is_asked_again (Fixture *fixture, gconstpointer data)
{
  gint64 start = g_get_monotonic_time ();

  begin_file (fixture, "busy");
  assert_completes (fixture);
  /* Three times it said to come back after a second. */
  g_assert_cmpint (g_get_monotonic_time () - start, >=, 3 * G_TIME_SPAN_SECOND);
}

static void
test_dead_ones_are_left_alone (Fixture *fixture, gconstpointer manner)
{
  BtTorrentStats stats;

  begin_file (fixture, manner);
  bt_test_wait (bt_test_web_count (fixture->web, manner) >= 1);
  bt_test_drain ();
  g_assert_cmpuint (bt_test_web_count (fixture->web, manner), <=, 6);
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.n_webseeds, ==, 0);
  g_assert_cmpuint (bt_test_n_pieces (fixture->torrent), ==, 0);
}

static void
test_liar_is_banned (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestSession) other = bt_test_session_new (NULL);
  BtTorrentStats stats;
  guint asked;

  begin_file (fixture, "wrong");
  bt_test_wait ((bt_torrent_get_stats (fixture->torrent, &stats), stats.wasted > 0));
  bt_test_drain ();
  asked = bt_test_web_count (fixture->web, "wrong");
  bt_test_session_seed (other, fixture->content);
  bt_test_torrent_meet (fixture->torrent, other->port);
  stats = assert_completes (fixture);
  g_assert_cmpuint (stats.n_webseeds, ==, 0);
  g_assert_cmpuint (bt_test_web_count (fixture->web, "wrong"), ==, asked);
}

/* Pieces larger than what is taken at once, which liars have a part in again
 * and again unless somebody sends one alone. */
static void
test_liars_are_found_in_large_pieces (Fixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .name = "a", .piece_length = 4u << 20, .length = (9u << 20) + 77 };
  BtTorrentStats stats;

  begin (fixture, &spec, "wrong good wrong", FALSE);
  stats = assert_completes (fixture);
  g_assert_cmpuint (stats.n_webseeds, ==, 1);
}

static void
test_beside_a_peer (Fixture *fixture, gconstpointer manner)
{
  g_autoptr (BtTestSession) other = bt_test_session_new (NULL);

  begin_large_file (fixture, manner);
  bt_test_session_seed (other, fixture->content);
  bt_test_torrent_meet (fixture->torrent, other->port);
  assert_completes (fixture);
}

static void
test_pause_and_go_on (Fixture *fixture, gconstpointer manner)
{
  begin_large_file (fixture, manner);
  for (guint i = 0; i < 5; i++)
    {
      guint before = bt_test_web_count (fixture->web, "good");

      bt_test_wait (bt_test_web_count (fixture->web, "good") > before ||
                    bt_torrent_get_state (fixture->torrent) == BT_TORRENT_SEEDING);
      bt_torrent_pause (fixture->torrent);
      bt_test_drain ();
      bt_torrent_start (fixture->torrent);
      bt_test_wait (bt_torrent_get_state (fixture->torrent) != BT_TORRENT_CHECKING);
    }
  assert_completes (fixture);
}

static void
test_remove_while_it_comes (Fixture *fixture, gconstpointer manner)
{
  begin_large_file (fixture, manner);
  bt_test_wait (bt_test_web_count (fixture->web, manner) > 0);
  bt_session_remove (fixture->session->session, fixture->torrent);
  bt_test_drain ();
}

/* Under a limit what comes is spread over the time, whether one or two give. */
static void
test_limit_is_kept (Fixture *fixture, gconstpointer manners)
{
  gint64 start, own_start;

  begin_file (fixture, manners);
  bt_torrent_pause (fixture->torrent);
  bt_torrent_recheck (fixture->torrent);
  bt_session_set_limits (fixture->session->session, 400000, 0);
  start = g_get_monotonic_time ();
  own_start = bt_test_own_time ();
  assert_completes (fixture);
  g_assert_cmpint (g_get_monotonic_time () - start, >, 1600 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpint (bt_test_own_time () - own_start, <, 4000 * G_TIME_SPAN_MILLISECOND);
}

static void
test_nothing_when_offline (Fixture *fixture, gconstpointer data)
{
  g_autofree char *url = bt_test_web_url (fixture->web, "good", "a");
  const char *urls[] = { url, NULL };
  BtTestSpec spec = { .name = "a", .piece_length = 32768, .length = 700001, .url_list = urls };
  BtTorrentOptions options = { .offline = TRUE };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->web->torrent = fixture->content;
  fixture->session = bt_test_session_new (NULL);
  options.folder = fixture->session->folder;
  fixture->torrent = bt_session_add (fixture->session->session, fixture->content->metainfo, &options, NULL);
  bt_test_wait (bt_torrent_get_state (fixture->torrent) == BT_TORRENT_DOWNLOADING);
  bt_test_drain ();
  g_assert_cmpuint (bt_test_web_count (fixture->web, "good"), ==, 0);
}

#define ADD(path, data, function) g_test_add ("/engine-webseed/" path, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  static const char *const bad[] = {
    "none", "broken", "empty", "cut", "wrong", "hang", "stall", "gzip", "whole", "loop", "nowhere", "ftp", "other-size", "other-part",
  };
  static const char *const dead[] = { "none", "broken", "empty", "gzip", "loop", "nowhere", "other-size" };

  g_test_init (&argc, &argv, NULL);
  ADD ("file", "good", test_file);
  ADD ("file-without-ranges", "whole", test_file);
  ADD ("files", "good", test_files);
  ADD ("files-that-moved", "moved", test_files);
  ADD ("large-file", NULL, test_large_file);
  ADD ("script", NULL, test_script);
  ADD ("httpseeds-that-are-files", NULL, test_httpseeds_that_are_files);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *path = g_strconcat ("/engine-webseed/beside-a-good-one/", bad[i], NULL);
      g_autofree char *large = g_strconcat ("/engine-webseed/large-beside-a-good-one/", bad[i], NULL);

      g_test_add (path, Fixture, bad[i], set_up, test_beside_a_good_one, tear_down);
      g_test_add (large, Fixture, bad[i], set_up, test_large_beside_a_good_one, tear_down);
    }
  for (guint i = 0; i < G_N_ELEMENTS (dead); i++)
    {
      g_autofree char *path = g_strconcat ("/engine-webseed/dead-ones-are-left-alone/", dead[i], NULL);

      g_test_add (path, Fixture, dead[i], set_up, test_dead_ones_are_left_alone, tear_down);
    }
  ADD ("missing-file-comes-from-another", NULL, test_missing_file_comes_from_another);
  ADD ("redirect-is-remembered", NULL, test_redirect_is_remembered);
  ADD ("redirect-that-ends-is-asked-again", NULL, test_redirect_that_ends_is_asked_again);
  ADD ("busy-is-asked-again", NULL, test_busy_is_asked_again);
  ADD ("liar-is-banned", NULL, test_liar_is_banned);
  ADD ("liars-are-found-in-large-pieces", NULL, test_liars_are_found_in_large_pieces);
  ADD ("beside-a-peer/good", "good", test_beside_a_peer);
  ADD ("beside-a-peer/hang", "hang", test_beside_a_peer);
  ADD ("beside-a-peer/stall", "stall", test_beside_a_peer);
  ADD ("beside-a-peer/wrong", "wrong", test_beside_a_peer);
  ADD ("pause-and-go-on", "good", test_pause_and_go_on);
  ADD ("remove-while-it-comes", "good", test_remove_while_it_comes);
  ADD ("remove-while-it-hangs", "hang", test_remove_while_it_comes);
  ADD ("limit-is-kept/one", "good", test_limit_is_kept);
  ADD ("limit-is-kept/two", "good moved", test_limit_is_kept);
  ADD ("nothing-when-offline", NULL, test_nothing_when_offline);
  return g_test_run ();
}
