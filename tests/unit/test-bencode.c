/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"
#include "bt-error.h"

#include "bt-test.h"

typedef struct
{
  const char *name;
  const char *text;
  guint quirks;
} GoodRow;

static const GoodRow good_rows[] = {
  { "integer", "i12453e", 0 },
  { "zero", "i0e", 0 },
  { "negative", "i-3e", 0 },
  { "largest", "i9223372036854775807e", 0 },
  { "smallest", "i-9223372036854775808e", 0 },
  { "string", "26:abcdefghijklmnopqrstuvwxyz", 0 },
  { "empty-string", "0:", 0 },
  { "empty-list", "le", 0 },
  { "empty-dictionary", "de", 0 },
  { "lists-in-lists", "lllleeee", 0 },
  { "all-kinds", "d1:ai1e1:b3:foo1:cli1ei2ee1:dd1:xi1eee", 0 },
  { "list-of-all-kinds", "li1e3:fooli1ei2eed1:xi1eee", 0 },
  { "prefix-key-first", "d1:ai1e2:aai2ee", 0 },
  { "empty-key", "d0:i1e1:ai2ee", 0 },
  { "empty-key-twice", "d0:i1e0:i2ee", BT_BENCODE_DUPLICATE_KEYS },
  { "unsorted", "d2:abi1e2:aai2ee", BT_BENCODE_UNSORTED_KEYS },
  { "unsorted-prefix", "d2:aai1e1:ai2ee", BT_BENCODE_UNSORTED_KEYS },
  { "duplicate", "d2:aai1e2:aai2ee", BT_BENCODE_DUPLICATE_KEYS },
  { "order-is-of-one-dictionary", "d1:bd1:ai1ee1:ci1ee", 0 },
  { "unsorted-inside", "d1:ad1:bi1e1:ai1eee", BT_BENCODE_UNSORTED_KEYS },
  { "leading-zero", "i01e", BT_BENCODE_LEADING_ZEROS },
  { "negative-leading-zero", "i-03e", BT_BENCODE_LEADING_ZEROS },
  { "negative-zero", "i-0e", BT_BENCODE_LEADING_ZEROS },
  { "leading-zero-of-a-length", "06:foobar", BT_BENCODE_LEADING_ZEROS },
  { "leading-zero-of-a-key", "d01:ai1ee", BT_BENCODE_LEADING_ZEROS },
};

/* Every value's raw bytes are a value themselves, and all of its text. */
static void
check_values (BtBencode value)
{
  gsize length, n_bytes = 2;
  const guint8 *raw = bt_bencode_raw (value, &length);
  g_autoptr(BtBencodeTree) again = bt_bencode_parse (raw, length, NULL, NULL);
  guint32 n = 0;

  g_assert_nonnull (again);
  g_assert_cmpuint (bt_bencode_n_items (bt_bencode_root (again)), ==, bt_bencode_n_items (value));
  if (!bt_bencode_is (value, BT_BENCODE_LIST) && !bt_bencode_is (value, BT_BENCODE_DICT))
    return;
  for (BtBencode child = bt_bencode_first (value); bt_bencode_exists (child); child = bt_bencode_next (child), n++)
    {
      gsize key_length;
      const guint8 *key = bt_bencode_key (child, &key_length);

      g_assert_cmpint (key != NULL, ==, bt_bencode_is (value, BT_BENCODE_DICT));
      bt_bencode_raw (child, &length);
      n_bytes += length;
      check_values (child);
    }
  g_assert_cmpuint (n, ==, bt_bencode_n_items (value));
  g_assert_cmpuint (n_bytes, <=, strlen ((const char *) raw));
}

static void
test_good (gconstpointer data)
{
  const GoodRow *row = data;
  gsize length = strlen (row->text), used;
  g_autofree guint8 *copy = bt_test_copy (row->text, length);
  g_autoptr(GError) error = NULL;
  g_autoptr(BtBencodeTree) tree = bt_bencode_parse (copy, length, NULL, &error);
  g_autoptr(BtBencodeTree) counted = NULL;
  g_autofree char *longer = g_strconcat (row->text, "trailing", NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (bt_bencode_get_quirks (tree), ==, row->quirks);
  counted = bt_bencode_parse ((const guint8 *) longer, strlen (longer), &used, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (used, ==, length);
  check_values (bt_bencode_root (counted));
  g_assert_null (bt_bencode_parse ((const guint8 *) longer, strlen (longer), NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
}

static void
test_cut (gconstpointer data)
{
  const GoodRow *row = data;

  for (gsize length = 0; length < strlen (row->text); length++)
    {
      g_autofree guint8 *copy = bt_test_copy (row->text, length);
      g_autoptr(GError) error = NULL;

      g_assert_null (bt_bencode_parse (copy, length, NULL, &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_TRUNCATED);
    }
}

typedef struct
{
  const char *name;
  const char *text;
  BtError code;
} BadRow;

static const BadRow bad_rows[] = {
  { "key-without-value", "d1:ai1e1:be", BT_ERROR_MALFORMED },
  { "key-without-value-at-end", "d1:a", BT_ERROR_TRUNCATED },
  { "integer-key", "di1ei2ee", BT_ERROR_MALFORMED },
  { "list-key", "dlei2ee", BT_ERROR_MALFORMED },
  { "dictionary-key", "dd1:ai1eee", BT_ERROR_MALFORMED },
  { "negative-length", "-10:foobar", BT_ERROR_MALFORMED },
  { "length-overflow", "18446744073709551615:foobar", BT_ERROR_MALFORMED },
  { "length-overflow-far", "99999999999999999999999999:boat", BT_ERROR_MALFORMED },
  { "length-of-32-bits", "4294967295:x", BT_ERROR_TRUNCATED },
  { "length-past-32-bits", "4294967296:x", BT_ERROR_MALFORMED },
  { "no-digits", "ie", BT_ERROR_MALFORMED },
  { "only-minus", "i-e", BT_ERROR_MALFORMED },
  { "two-minus", "i--1e", BT_ERROR_MALFORMED },
  { "plus", "i+1e", BT_ERROR_MALFORMED },
  { "sign-inside", "i12+3e", BT_ERROR_MALFORMED },
  { "space", "i 1e", BT_ERROR_MALFORMED },
  { "fraction", "i1.5e", BT_ERROR_MALFORMED },
  { "too-large", "i9223372036854775808e", BT_ERROR_MALFORMED },
  { "too-small", "i-9223372036854775809e", BT_ERROR_MALFORMED },
  { "past-64-bits", "i18446744073709551616e", BT_ERROR_MALFORMED },
  { "string-past-end", "100:..", BT_ERROR_TRUNCATED },
  { "key-past-end", "d1000:..e", BT_ERROR_TRUNCATED },
  { "no-colon", "3foo", BT_ERROR_MALFORMED },
  { "colon-alone", ":", BT_ERROR_MALFORMED },
  { "end-alone", "e", BT_ERROR_MALFORMED },
  { "blank", " ", BT_ERROR_MALFORMED },
  { "bad-key", "dhe", BT_ERROR_MALFORMED },
  { "text", "<html>", BT_ERROR_MALFORMED },
  { "two-values", "i1ei2e", BT_ERROR_MALFORMED },
  { "trailing-byte", "3:boat", BT_ERROR_MALFORMED },
};

static void
test_bad (gconstpointer data)
{
  const BadRow *row = data;
  g_autofree guint8 *copy = bt_test_copy (row->text, strlen (row->text));
  g_autoptr(GError) error = NULL;

  g_assert_null (bt_bencode_parse (copy, strlen (row->text), NULL, &error));
  g_assert_error (error, BT_ERROR, (gint) row->code);
  g_assert_null (bt_bencode_parse (copy, strlen (row->text), NULL, NULL));
}

static void
test_tracker_reply_with_a_wrong_length (void)
{
  static const char text[] =
      "d14:failure reason119:The tracker was unable to process your request. It may be down, overloaded, "
      "under attack or it just does not like you.12:min intervali1800e8:intervali1800e5:peers0:ee\n";

  g_assert_null (bt_bencode_parse ((const guint8 *) text, strlen (text), NULL, NULL));
}

static void
test_depth_is_bounded (void)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(BtBencodeTree) tree = NULL;

  for (guint i = 0; i < BT_BENCODE_MAX_DEPTH; i++)
    g_string_append_c (text, 'l');
  for (guint i = 0; i < BT_BENCODE_MAX_DEPTH; i++)
    g_string_append_c (text, 'e');
  tree = bt_bencode_parse ((const guint8 *) text->str, text->len, NULL, &error);
  g_assert_no_error (error);

  g_string_prepend_c (text, 'l');
  g_assert_null (bt_bencode_parse ((const guint8 *) text->str, text->len, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_TOO_LARGE);
}

static void
test_number_of_values_is_bounded (void)
{
  g_autoptr(GString) text = g_string_new ("l");
  g_autoptr(GError) error = NULL;
  g_autoptr(BtBencodeTree) tree = NULL;

  for (guint i = 1; i < BT_BENCODE_MAX_NODES; i++)
    g_string_append (text, "0:");
  g_string_append_c (text, 'e');
  tree = bt_bencode_parse ((const guint8 *) text->str, text->len, NULL, &error);
  g_assert_no_error (error);

  g_string_insert (text, 1, "le");
  g_assert_null (bt_bencode_parse ((const guint8 *) text->str, text->len, NULL, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_TOO_LARGE);
}

static void
test_getters_find_what_is_there (void)
{
  static const char text[] = "d3:intl1:x2:yyi-7ee4:namei5e4:name3:two3:numi-42e3:str3:\xff" "ab3:zzz0:e";
  g_autoptr(BtBencodeTree) tree = bt_bencode_parse ((const guint8 *) text, strlen (text), NULL, NULL);
  BtBencode root = bt_bencode_root (tree), list = bt_bencode_get (root, "int"), item;
  g_autofree char *utf8 = bt_bencode_dup_utf8 (root, "str");
  gsize length;
  gint64 number;

  g_assert_cmpuint (bt_bencode_n_items (root), ==, 6);
  g_assert_cmpuint (bt_bencode_n_items (list), ==, 3);
  item = bt_bencode_next (bt_bencode_first (list));
  g_assert_true (bt_bencode_string_is (item, "yy"));
  g_assert_false (bt_bencode_string_is (item, "y"));
  g_assert_false (bt_bencode_string_is (item, "yyy"));
  item = bt_bencode_next (item);
  g_assert_true (bt_bencode_integer (item, &number));
  g_assert_cmpint (number, ==, -7);
  g_assert_false (bt_bencode_exists (bt_bencode_next (item)));
  /* The first of two. */
  g_assert_cmpint (bt_bencode_get_integer (root, "name", 0), ==, 5);
  g_assert_cmpint (bt_bencode_get_integer (root, "num", 0), ==, -42);
  g_assert_cmpint (bt_bencode_get_integer (root, "str", 9), ==, 9);
  g_assert_cmpstr (utf8, ==, "\357\277\275ab");
  g_assert_nonnull (bt_bencode_get_string (root, "zzz", &length));
  g_assert_cmpuint (length, ==, 0);
}

static void
test_nothing_answers_like_a_wrong_type (void)
{
  g_autoptr(BtBencodeTree) tree = bt_bencode_parse ((const guint8 *) "de", 2, NULL, NULL);
  BtBencode nothing = bt_bencode_get (bt_bencode_root (tree), "x");
  gsize length = 1;
  gint64 number;

  g_assert_false (bt_bencode_exists (nothing));
  g_assert_null (bt_bencode_raw (nothing, &length));
  g_assert_cmpuint (length, ==, 0);
  g_assert_false (bt_bencode_integer (nothing, &number));
  g_assert_null (bt_bencode_string (nothing, &length));
  g_assert_null (bt_bencode_key (nothing, &length));
  g_assert_cmpuint (bt_bencode_n_items (nothing), ==, 0);
  g_assert_false (bt_bencode_exists (bt_bencode_first (nothing)));
  g_assert_false (bt_bencode_exists (bt_bencode_next (nothing)));
  g_assert_false (bt_bencode_exists (bt_bencode_get (bt_bencode_get (nothing, "a"), "b")));
  g_assert_null (bt_bencode_dup_utf8 (nothing, "a"));
  g_assert_cmpint (bt_bencode_get_integer (nothing, "a", 3), ==, 3);
  g_assert_false (bt_bencode_is (nothing, BT_BENCODE_DICT));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/bencode/good", good_rows, test_good);
  BT_TEST_ADD_ROWS ("/bencode/cut", good_rows, test_cut);
  BT_TEST_ADD_ROWS ("/bencode/bad", bad_rows, test_bad);
  g_test_add_func ("/bencode/bad/tracker-reply-with-a-wrong-length", test_tracker_reply_with_a_wrong_length);
  g_test_add_func ("/bencode/depth/is-bounded", test_depth_is_bounded);
  g_test_add_func ("/bencode/values/are-bounded", test_number_of_values_is_bounded);
  g_test_add_func ("/bencode/getters/find-what-is-there", test_getters_find_what_is_there);
  g_test_add_func ("/bencode/nothing/answers-like-a-wrong-type", test_nothing_answers_like_a_wrong_type);
  return g_test_run ();
}
