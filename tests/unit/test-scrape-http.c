/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-http.h"
#include "bt-error.h"

#include "bt-test.h"

typedef struct
{
  const char *name;
  const char *announce;
  const char *scrape; /* NULL: cannot be scraped */
} UrlRow;

static const UrlRow url_rows[] = {
  { "plain", "http://t/announce", "http://t/scrape?info_hash=aaaaaaaaaaaaaaaaaaaa" },
  { "deep", "http://t/x/announce", "http://t/x/scrape?info_hash=aaaaaaaaaaaaaaaaaaaa" },
  { "ending", "http://t/announce.php", "http://t/scrape.php?info_hash=aaaaaaaaaaaaaaaaaaaa" },
  { "query", "http://t/announce?pass=1", "http://t/scrape?pass=1&info_hash=aaaaaaaaaaaaaaaaaaaa" },
  { "slash-in-query", "http://t/announce?a=/b", "http://t/scrape?a=/b&info_hash=aaaaaaaaaaaaaaaaaaaa" },
  { "announce-in-host-and-folder", "http://announce/announce/announce", "http://announce/announce/scrape?info_hash=aaaaaaaaaaaaaaaaaaaa" },
  { "other", "http://t/a", NULL },
  { "not-the-last", "http://t/announce/x", NULL },
  { "not-at-the-front", "http://t/xannounce", NULL },
  { "only-in-query", "http://t/x?/announce", NULL },
  { "none", "", NULL },
};

static void
test_url (gconstpointer data)
{
  const UrlRow *row = data;
  guint8 hashes[1][BT_SHA1_LENGTH];
  g_autofree char *url = NULL;

  memset (hashes, 'a', sizeof hashes);
  url = bt_scrape_http_write_url (row->announce, (const guint8 (*)[BT_SHA1_LENGTH]) hashes, 1);
  g_assert_cmpstr (url, ==, row->scrape);
}

static void
fill (BtScrapeEntry *entry, char letter, gint64 complete)
{
  *entry = (BtScrapeEntry){ .complete = complete, .incomplete = complete + 1, .downloaded = complete + 2 };
  memset (entry->info_hash, letter, BT_SHA1_LENGTH);
}

static void
assert_like (const BtScrapeEntry *entry, const BtScrapeEntry *expected)
{
  g_assert_cmpmem (entry->info_hash, BT_SHA1_LENGTH, expected->info_hash, BT_SHA1_LENGTH);
  g_assert_cmpint (entry->complete, ==, expected->complete);
  g_assert_cmpint (entry->incomplete, ==, expected->incomplete);
  g_assert_cmpint (entry->downloaded, ==, expected->downloaded);
}

/* Both ways: what a client asks, and what a server answers. */
static void
test_asked_and_answered (void)
{
  guint8 hashes[3][BT_SHA1_LENGTH];
  g_autoptr(GArray) asked = g_array_new (FALSE, FALSE, BT_SHA1_LENGTH);
  g_autoptr(GArray) read = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  g_autofree char *url = NULL;
  g_autoptr(GBytes) bytes = NULL;
  BtScrapeEntry entries[4];

  memset (hashes[0], 0, BT_SHA1_LENGTH);
  memset (hashes[1], '&', BT_SHA1_LENGTH);
  memset (hashes[2], 0xff, BT_SHA1_LENGTH);
  url = bt_scrape_http_write_url ("http://t/announce", (const guint8 (*)[BT_SHA1_LENGTH]) hashes, 3);
  g_assert_true (bt_scrape_http_parse_query (strchr (url, '?') + 1, asked, 10, NULL));
  g_assert_cmpmem (asked->data, asked->len * BT_SHA1_LENGTH, hashes, sizeof hashes);
  g_array_set_size (asked, 0);
  g_assert_true (bt_scrape_http_parse_query (strchr (url, '?') + 1, asked, 2, NULL));
  g_assert_cmpuint (asked->len, ==, 2);

  fill (&entries[0], 'z', 1);
  fill (&entries[1], 'a', 10);
  fill (&entries[2], 'z', 1);
  fill (&entries[3], 'b', 20);
  entries[3].downloaded = -1;
  bytes = bt_scrape_http_write_reply (entries, 4);
  g_assert_true (bt_scrape_http_parse_reply (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), read, NULL));
  g_assert_cmpuint (read->len, ==, 3);
  assert_like (&g_array_index (read, BtScrapeEntry, 0), &entries[1]);
  assert_like (&g_array_index (read, BtScrapeEntry, 1), &entries[3]);
  assert_like (&g_array_index (read, BtScrapeEntry, 2), &entries[0]);
}

static void
test_nothing_is_a_reply (void)
{
  g_autoptr(GBytes) bytes = bt_scrape_http_write_reply (NULL, 0);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "d5:filesdee", 11);
}

typedef struct
{
  const char *name;
  const char *text;
  gint n_entries; /* -1: malformed; -2: refused */
} ReplyRow;

#define KEY(letter) "20:" letter letter letter letter letter letter letter letter letter letter \
                    letter letter letter letter letter letter letter letter letter letter

static const ReplyRow reply_rows[] = {
  { "three", "d5:filesd" KEY ("a") "d8:completei1e10:incompletei2e10:downloadedi3ee" KEY ("b") "d8:completei4ee" KEY ("c") "deee", 3 },
  { "none", "d5:filesdee", 0 },
  { "no-files", "de", 0 },
  { "files-is-a-list", "d5:fileslee", 0 },
  { "short-hash", "d5:filesd3:abcdeee", 0 },
  { "entry-is-a-number", "d5:filesd" KEY ("a") "i1eee", 0 },
  { "count-is-negative", "d5:filesd" KEY ("a") "d8:completei-7eeee", 1 },
  { "trailing-bytes", "d5:filesdee\n", 0 },
  { "failure", "d14:failure reason2:noe", -2 },
  { "html", "<html>", -1 },
  { "list", "le", -1 },
  { "empty", "", -1 },
  { "cut", "d5:filesd", -1 },
};

static void
test_reply (gconstpointer data)
{
  const ReplyRow *row = data;
  g_autofree guint8 *copy = bt_test_copy (row->text, strlen (row->text));
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (bt_scrape_http_parse_reply (copy, strlen (row->text), entries, &error), ==, row->n_entries >= 0);
  if (row->n_entries == -1)
    g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
  if (row->n_entries == -2)
    g_assert_error (error, BT_ERROR, BT_ERROR_REFUSED);
  g_assert_cmpint ((gint) entries->len, ==, MAX (0, row->n_entries));
  if (strcmp (row->name, "count-is-negative") == 0)
    g_assert_cmpint (g_array_index (entries, BtScrapeEntry, 0).complete, ==, -1);
}

static void
test_query_refuses_a_short_hash (void)
{
  g_autoptr(GArray) hashes = g_array_new (FALSE, FALSE, BT_SHA1_LENGTH);
  g_autoptr(GError) error = NULL;

  g_assert_false (bt_scrape_http_parse_query ("x=1&info_hash=abc", hashes, 10, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
  g_assert_true (bt_scrape_http_parse_query ("", hashes, 10, NULL));
  g_assert_cmpuint (hashes->len, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/scrape-http/url", url_rows, test_url);
  g_test_add_func ("/scrape-http/asked-and-answered", test_asked_and_answered);
  g_test_add_func ("/scrape-http/nothing-is-a-reply", test_nothing_is_a_reply);
  BT_TEST_ADD_ROWS ("/scrape-http/reply", reply_rows, test_reply);
  g_test_add_func ("/scrape-http/query/refuses-a-short-hash", test_query_refuses_a_short_hash);
  return g_test_run ();
}
