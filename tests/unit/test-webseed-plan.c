/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-torrent.h"
#include "bt-test.h"
#include "bt-webseed-plan.h"

#define SECOND G_TIME_SPAN_SECOND
#define START (1000 * SECOND)

static const BtTestFile files[] = {
  { .path = "a b/ü#?.txt", .length = 100 },
  { .path = "empty", .length = 0 },
  { .path = "pad", .length = 32668, .attr = "p" },
  { .path = "big", .length = 100000 },
  { .path = "end%41", .length = 5 },
};

static BtLayout *
make_layout (gboolean single, const char *name)
{
  BtTestSpec spec = { .name = name, .piece_length = 32768, .no_content = TRUE };
  g_autoptr (BtTestTorrent) torrent = NULL;

  if (single)
    spec.length = 100000;
  else
    {
      spec.files = files;
      spec.n_files = G_N_ELEMENTS (files);
    }
  torrent = bt_test_torrent_new (&spec);
  return bt_layout_new (torrent->metainfo);
}

typedef struct
{
  const char *name;
  const char *url;
  gboolean httpseed;
  gboolean single;
  const char *torrent;  /* its name */
  guint64 offset;       /* of a byte of the file that is meant */
  const char *expected; /* NULL: nothing to ask */
} UrlRow;

static const UrlRow url_rows[] = {
  { "file", "http://h/x/y.iso", FALSE, TRUE, "n.iso", 0, "http://h/x/y.iso" },
  { "file-in-folder", "http://h/x/", FALSE, TRUE, "n.iso", 0, "http://h/x/n.iso" },
  { "file-in-root", "http://h/", FALSE, TRUE, "my file.iso", 0, "http://h/my%20file.iso" },
  { "file-at-root", "http://h", FALSE, TRUE, "n.iso", 0, "http://h" },
  { "query-is-kept", "http://h/get?x=1", FALSE, TRUE, "n.iso", 0, "http://h/get?x=1" },
  { "fragment-is-cut", "http://h/x#part", FALSE, TRUE, "n.iso", 0, "http://h/x" },
  { "fragment-of-folder-is-cut", "http://h/x/#part", FALSE, TRUE, "n.iso", 0, "http://h/x/n.iso" },
  { "files", "http://h/x/", FALSE, FALSE, "t", 32768, "http://h/x/t/big" },
  { "files-without-slash", "https://h/x", FALSE, FALSE, "t", 32768, "https://h/x/t/big" },
  { "odd-names", "http://h/x/", FALSE, FALSE, "t 1", 0, "http://h/x/t%201/a%20b/%C3%BC%23%3F.txt" },
  { "percent-in-a-name", "http://h/x/", FALSE, FALSE, "t", 132768, "http://h/x/t/end%2541" },
  { "scheme-in-capitals", "HTTP://h/x", FALSE, TRUE, "n", 0, "HTTP://h/x" },
  { "ftp", "ftp://h/x", FALSE, TRUE, "n", 0, NULL },
  { "no-scheme", "//h/x", FALSE, TRUE, "n", 0, NULL },
  { "no-host", "http:///x", FALSE, TRUE, "n", 0, NULL },
  { "no-url", "not a url", FALSE, TRUE, "n", 0, NULL },
  { "empty", "", FALSE, TRUE, "n", 0, NULL },
  { "debian-11", "https://cdimage.debian.org/cdimage/release/11.2.0/amd64/iso-cd/debian-11.2.0-amd64-netinst.iso", TRUE,
    TRUE, "debian-11.2.0-amd64-netinst.iso", 0,
    "https://cdimage.debian.org/cdimage/release/11.2.0/amd64/iso-cd/debian-11.2.0-amd64-netinst.iso" },
  { "debian-11-dead", "https://cdimage.debian.org/cdimage/release/11.2.0//srv/cdbuilder.debian.org/dst/deb-cd/d.iso", TRUE,
    TRUE, "d.iso", 0, "https://cdimage.debian.org/cdimage/release/11.2.0//srv/cdbuilder.debian.org/dst/deb-cd/d.iso" },
  { "escaped-file-as-httpseed", "http://h/my%20file", TRUE, TRUE, "my file", 0, "http://h/my%20file" },
  { "script", "http://h/seed.php", TRUE, TRUE, "n", 40000, "http://h/seed.php?info_hash=HASH&piece=1&ranges=7232-32767" },
  { "script-with-query", "http://h/seed?k=v", TRUE, TRUE, "n", 98304, "http://h/seed?k=v&info_hash=HASH&piece=3" },
  { "script-of-files", "http://h/t", TRUE, FALSE, "t", 32768, "http://h/t?info_hash=HASH&piece=1" },
};

static void
test_url (gconstpointer data)
{
  const UrlRow *row = data;
  g_autoptr (BtLayout) layout = make_layout (row->single, row->torrent);
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, row->url, row->httpseed);
  g_autofree char *url = NULL, *hash = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *expected = NULL;
  BtWebseedRange range;
  gboolean moved;

  if (row->expected == NULL)
    {
      g_assert_null (plan);
      return;
    }
  g_assert_nonnull (plan);
  g_assert_true (bt_webseed_plan_next (plan, row->offset, (guint32) (layout->total - row->offset), &range));
  url = bt_webseed_plan_dup_url (plan, &range, &moved);
  g_assert_false (moved);
  hash = g_uri_escape_bytes (bt_metainfo_get_info_hash (layout->metainfo), BT_SHA1_LENGTH, NULL);
  parts = g_strsplit (row->expected, "HASH", 2);
  expected = g_strjoinv (hash, parts);
  g_assert_cmpstr (url, ==, expected);
}

typedef struct
{
  const char *name;
  gboolean script;
  guint64 offset;
  guint32 length;
  BtWebseedRange ranges[4]; /* up to one without length */
} RangeRow;

static const RangeRow range_rows[] = {
  { "one-file", FALSE, 40000, 1000, { { 40000, 1000, FALSE, 3, 7232, 100000 } } },
  { "pads-and-empty-files-are-none", FALSE, 0, 65536,
    { { 0, 100, FALSE, 0, 0, 100 }, { 100, 32668, TRUE, 2, 0, 32668 }, { 32768, 32768, FALSE, 3, 0, 100000 } } },
  { "over-the-end-of-a-file", FALSE, 132767, 6,
    { { 132767, 1, FALSE, 3, 99999, 100000 }, { 132768, 5, FALSE, 4, 0, 5 } } },
  { "a-block-of-pad", FALSE, 16384, 16384, { { 16384, 16384, TRUE, 2, 16284, 32668 } } },
  { "script-stays-in-its-piece", TRUE, 32768, 65537,
    { { 32768, 32768, FALSE, 1, 0, 32768 }, { 65536, 32768, FALSE, 2, 0, 32768 }, { 98304, 1, FALSE, 3, 0, 32768 } } },
  { "script-minds-no-files", TRUE, 131072, 1701, { { 131072, 1701, FALSE, 4, 0, 1701 } } },
  { "script-is-not-asked-for-pads", TRUE, 0, 32768, { { 0, 100, FALSE, 0, 0, 32768 }, { 100, 32668, TRUE, 0, 100, 32768 } } },
};

static void
test_ranges (gconstpointer data)
{
  const RangeRow *row = data;
  g_autoptr (BtLayout) layout = make_layout (FALSE, "t");
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, "http://h/", row->script);
  guint64 offset = row->offset;
  guint32 left = row->length;
  BtWebseedRange range;

  for (guint i = 0; left > 0; i++)
    {
      const BtWebseedRange *expected = &row->ranges[i];

      g_assert_true (bt_webseed_plan_next (plan, offset, left, &range));
      g_assert_cmpuint (range.offset, ==, expected->offset);
      g_assert_cmpuint (range.length, ==, expected->length);
      g_assert_cmpint (range.pad, ==, expected->pad);
      g_assert_cmpuint (range.file, ==, expected->file);
      g_assert_cmpuint (range.first, ==, expected->first);
      g_assert_cmpuint (range.total, ==, expected->total);
      offset += range.length;
      left -= range.length;
    }
  g_assert_false (bt_webseed_plan_next (plan, offset, 0, &range));
  g_assert_false (bt_webseed_plan_next (plan, layout->total, 1, &range));
}

static void
test_failures_rest_longer_and_longer (void)
{
  g_autoptr (BtLayout) layout = make_layout (TRUE, "t");
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, "http://h/", FALSE);
  gint64 now = START, rest = 3 * SECOND;

  g_assert_true (bt_webseed_plan_is_ready (plan, now));
  for (guint i = 0; i < 40; i++)
    {
      bt_webseed_plan_failed (plan, 0, now);
      g_assert_false (bt_webseed_plan_is_ready (plan, now + rest - 1));
      g_assert_true (bt_webseed_plan_is_ready (plan, now + rest));
      now += rest;
      rest = MIN (2 * rest, 600 * SECOND);
    }
  bt_webseed_plan_gave (plan);
  g_assert_true (plan->works);
  bt_webseed_plan_failed (plan, 0, now);
  g_assert_false (plan->works);
  g_assert_true (bt_webseed_plan_is_ready (plan, now + 3 * SECOND));
}

static void
test_retry_after_is_kept (void)
{
  g_autoptr (BtLayout) layout = make_layout (TRUE, "t");
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, "http://h/", FALSE);

  bt_webseed_plan_failed (plan, 120, START);
  g_assert_false (bt_webseed_plan_is_ready (plan, START + 120 * SECOND - 1));
  g_assert_true (bt_webseed_plan_is_ready (plan, START + 120 * SECOND));
  /* A shorter rest of a request beside it does not shorten it. */
  bt_webseed_plan_failed (plan, 1, START);
  g_assert_false (bt_webseed_plan_is_ready (plan, START + 120 * SECOND - 1));
  /* Nobody sends us away for a week. */
  bt_webseed_plan_failed (plan, 7 * 86400, START);
  g_assert_true (bt_webseed_plan_is_ready (plan, START + 3600 * SECOND));
}

static void
test_missing_file_is_one_file (void)
{
  g_autoptr (BtLayout) layout = make_layout (FALSE, "t");
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, "http://h/", FALSE);
  BtWebseedRange range;

  g_assert_true (bt_webseed_plan_next (plan, 0, 1, &range));
  bt_webseed_plan_missing (plan, &range, START);
  g_assert_true (bt_webseed_plan_is_ready (plan, START));
  g_assert_false (bt_webseed_plan_has (plan, 0));
  for (guint32 piece = 1; piece < 5; piece++)
    g_assert_true (bt_webseed_plan_has (plan, piece));
  g_assert_true (bt_webseed_plan_next (plan, 40000, 1, &range));
  bt_webseed_plan_missing (plan, &range, START + SECOND);
  g_assert_false (bt_webseed_plan_is_ready (plan, START + SECOND));
  /* The mirror may be complete later. */
  g_assert_true (bt_webseed_plan_is_ready (plan, START + 3600 * SECOND));
  g_assert_true (bt_webseed_plan_has (plan, 0));
}

static void
test_many_missing_files_are_a_failure (void)
{
  g_autoptr (BtLayout) layout = make_layout (FALSE, "t");
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, "http://h/", FALSE);
  BtWebseedRange range;

  g_assert_true (bt_webseed_plan_next (plan, 0, 1, &range));
  for (guint i = 0; i < 3; i++)
    {
      bt_webseed_plan_missing (plan, &range, START);
      g_assert_true (bt_webseed_plan_is_ready (plan, START));
    }
  bt_webseed_plan_gave (plan);
  for (guint i = 0; i < 3; i++)
    bt_webseed_plan_missing (plan, &range, START);
  g_assert_true (bt_webseed_plan_is_ready (plan, START));
  bt_webseed_plan_missing (plan, &range, START);
  g_assert_false (bt_webseed_plan_is_ready (plan, START));
  g_assert_true (bt_webseed_plan_is_ready (plan, START + 3 * SECOND));
}

static void
test_missing_script_is_all (void)
{
  g_autoptr (BtLayout) layout = make_layout (FALSE, "t");
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, "http://h/", TRUE);
  BtWebseedRange range;

  g_assert_true (bt_webseed_plan_next (plan, 0, 1, &range));
  bt_webseed_plan_missing (plan, &range, START);
  g_assert_false (bt_webseed_plan_is_ready (plan, START));
}

static void
test_redirect_is_kept_by_file (void)
{
  g_autoptr (BtLayout) layout = make_layout (FALSE, "t");
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, "http://h/", FALSE);
  BtWebseedRange small, big;
  g_autofree char *moved_url = NULL, *other_url = NULL, *again = NULL;
  gboolean moved;

  bt_webseed_plan_next (plan, 0, 1, &small);
  bt_webseed_plan_next (plan, 40000, 1, &big);
  bt_webseed_plan_set_moved (plan, &big, "http://mirror/big");
  moved_url = bt_webseed_plan_dup_url (plan, &big, &moved);
  g_assert_cmpstr (moved_url, ==, "http://mirror/big");
  g_assert_true (moved);
  other_url = bt_webseed_plan_dup_url (plan, &small, &moved);
  g_assert_false (moved);
  bt_webseed_plan_set_moved (plan, &big, NULL);
  again = bt_webseed_plan_dup_url (plan, &big, &moved);
  g_assert_cmpstr (again, ==, "http://h/t/big");
  g_assert_false (moved);
}

static void
test_banned_is_for_good (void)
{
  g_autoptr (BtLayout) layout = make_layout (TRUE, "t");
  g_autoptr (BtWebseedPlan) plan = bt_webseed_plan_new (layout, "http://h/", FALSE);

  bt_webseed_plan_gave (plan);
  bt_webseed_plan_ban (plan);
  g_assert_false (plan->works);
  g_assert_false (bt_webseed_plan_is_ready (plan, START + 100 * 86400 * SECOND));
}

typedef struct
{
  const char *name;
  guint64 rate;
  gsize memory;
  guint64 left;
  guint n_sources;
  guint32 expected;
} RunRow;

static const RunRow run_rows[] = {
  { "unknown", 0, 48u << 20, 1u << 30, 1, 2u << 20 },
  { "two-seconds", 1u << 20, 48u << 20, 1u << 30, 1, 2u << 20 },
  { "slow", 1000, 48u << 20, 1u << 30, 1, 512u << 10 },
  { "fast", 1u << 30, 1u << 30, 1u << 30, 1, 16u << 20 },
  { "within-memory", 1u << 30, 48u << 20, 1u << 30, 1, 6u << 20 },
  { "alone-to-the-end", 0, 48u << 20, 100, 1, 2u << 20 },
  { "its-part-of-the-end", 0, 48u << 20, 4u << 20, 4, 512u << 10 },
  { "a-block-at-least", 0, 48u << 20, 100, 4, 16384 },
  { "faster-than-anything", G_MAXUINT64 / 4, 1u << 30, 1u << 30, 1, 16u << 20 },
};

static void
test_run (gconstpointer data)
{
  const RunRow *row = data;

  g_assert_cmpuint (bt_webseed_run_bytes (row->rate, row->memory, row->left, row->n_sources), ==, row->expected);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/webseed-plan/url", url_rows, test_url);
  BT_TEST_ADD_ROWS ("/webseed-plan/ranges", range_rows, test_ranges);
  BT_TEST_ADD_ROWS ("/webseed-plan/run", run_rows, test_run);
  g_test_add_func ("/webseed-plan/failures-rest-longer-and-longer", test_failures_rest_longer_and_longer);
  g_test_add_func ("/webseed-plan/retry-after-is-kept", test_retry_after_is_kept);
  g_test_add_func ("/webseed-plan/missing-file-is-one-file", test_missing_file_is_one_file);
  g_test_add_func ("/webseed-plan/many-missing-files-are-a-failure", test_many_missing_files_are_a_failure);
  g_test_add_func ("/webseed-plan/missing-script-is-all", test_missing_script_is_all);
  g_test_add_func ("/webseed-plan/redirect-is-kept-by-file", test_redirect_is_kept_by_file);
  g_test_add_func ("/webseed-plan/banned-is-for-good", test_banned_is_for_good);
  return g_test_run ();
}
