/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blocklist.h"
#include "bt-rng.h"
#include "bt-test.h"

/* A text, an address that it blocks and one beside it that it does not. */
typedef struct
{
  const char *name;
  const char *text;
  const char *inside;
  const char *outside;
} Good;

static const Good good[] = {
  { "p2p", "Some name:1.2.3.4-1.2.3.9\n", "1.2.3.9", "1.2.3.10" },
  { "p2p-colons", "a:b: c:1.2.3.4-1.2.3.9", "1.2.3.4", "1.2.3.3" },
  { "p2p-dashes-and-commas", "A-B, Inc. - 10,20:1.2.3.4-1.2.3.9", "1.2.3.4", "1.2.3.3" },
  { "p2p-name-is-a-range", "1.1.1.1 - 1.1.1.9:1.2.3.4-1.2.3.9", "1.2.3.4", "1.1.1.2" },
  { "p2p-name-like-dat", "1.1.1.1 - 1.1.1.9, or so:1.2.3.4-1.2.3.9", "1.2.3.4", "1.1.1.2" },
  { "p2p-no-name", ":1.2.3.4-1.2.3.9", "1.2.3.4", "1.2.3.10" },
  { "p2p-bytes", "\xff\xfe\x80:1.2.3.4-1.2.3.9", "1.2.3.4", "1.2.3.10" },
  { "p2p-blanks", "name: 1.2.3.4 - 1.2.3.9 ", "1.2.3.4", "1.2.3.10" },
  { "p2p-v6", "Name:2001:db8::1-2001:db8::ff", "2001:db8::80", "2001:db8::" },
  { "p2p-v6-name-of-hex", "cafe:2001:db8::1-2001:db8::ff", "2001:db8::ff", "cafe:2001:db8::1" },
  { "p2p-v6-lower-name-of-hex", "a:2001:db8::1-2001:db8::ff", "2001:db8::ff", "a:2001:db8::1" },
  { "dat", "001.002.003.004 - 001.002.003.009 , 100 , Name", "1.2.3.4", "1.2.3.10" },
  { "dat-not-octal", "010.020.030.040 - 010.020.030.049 , 000 , Name", "10.20.30.49", "8.16.24.32" },
  { "dat-level-126", "1.2.3.4 - 1.2.3.9 , 126 , Name", "1.2.3.4", "1.2.3.10" },
  { "dat-colon", "1.2.3.4 - 1.2.3.9 , 0 , N:5.6.7.8-5.6.7.9", "1.2.3.4", "5.6.7.8" },
  { "dat-no-name", "1.2.3.4 - 1.2.3.9 , 100", "1.2.3.4", "1.2.3.10" },
  { "dat-no-level", "1.2.3.4 - 1.2.3.9 , , Name", "1.2.3.4", "1.2.3.10" },
  { "dat-tight", "1.2.3.4-1.2.3.9,100,Name", "1.2.3.4", "1.2.3.10" },
  { "dat-v6", "2001:db8::1 - 2001:db8::ff , 100 , Name", "2001:db8::1", "2001:db8::100" },
  { "range", "1.2.3.4-1.2.3.9", "1.2.3.4", "1.2.3.10" },
  { "range-blanks", "\t1.2.3.4 \t - 1.2.3.9  ", "1.2.3.4", "1.2.3.10" },
  { "address", "1.2.3.4", "1.2.3.4", "1.2.3.5" },
  { "address-v6", "2001:db8::1", "2001:db8::1", "2001:db8::2" },
  { "network-24", "1.2.3.0/24", "1.2.3.0", "1.2.2.255" },
  { "network-host-bits", "1.2.3.77/24", "1.2.3.0", "1.2.4.0" },
  { "network-32", "1.2.3.4/32", "1.2.3.4", "1.2.3.5" },
  { "network-1", "128.0.0.0/1", "255.255.255.255", "127.255.255.255" },
  { "network-0", "0.0.0.0/0", "255.255.255.255", "::1" },
  { "network-v6-32", "2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::" },
  { "network-v6-64", "2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", "2001:db8:0:1::" },
  { "network-v6-65", "2001:db8::/65", "2001:db8::7fff:ffff:ffff:ffff", "2001:db8::8000:0:0:0" },
  { "network-v6-63", "2001:db8::/63", "2001:db8:0:1::5", "2001:db8:0:2::" },
  { "network-v6-128", "2001:db8::/128", "2001:db8::", "2001:db8::1" },
  { "network-v6-0", "::/0", "ffff::", "1.2.3.4" },
  { "network-v6-short", "1:2::/32", "1:2::5", "2::" },
  { "range-v6-short", "1:2::1-1:2::ff", "1:2::5", "2::1" },
  { "network-remark", "1.2.3.0/24 ; SBL123456", "1.2.3.9", "1.2.4.0" },
  { "address-remark", "1.2.3.4 # a name", "1.2.3.4", "1.2.3.5" },
  { "mapped", "::ffff:1.2.3.4", "1.2.3.4", "1.2.3.5" },
  { "mapped-network", "::ffff:1.2.3.0/120", "1.2.3.9", "1.2.4.0" },
  { "crlf", "x\r\n1.2.3.4\r\nx\r\n", "1.2.3.4", "1.2.3.5" },
  { "byte-order-mark", "\xef\xbb\xbf" "1.2.3.4", "1.2.3.4", "1.2.3.5" },
  { "ends", "0.0.0.0 - 255.255.255.255", "0.0.0.0", "::" },
};

/* A line that means nothing. */
typedef struct
{
  const char *name;
  const char *text;
  gboolean counted;
} Bad;

static const Bad bad[] = {
  { "empty", "", FALSE },
  { "blank", " \t \r", FALSE },
  { "hash", "# 1.2.3.4", FALSE },
  { "semicolon", "; 1.2.3.4", FALSE },
  { "slashes", "// 1.2.3.4", FALSE },
  { "dat-level-127", "1.2.3.4 - 1.2.3.9 , 127 , Name", FALSE },
  { "dat-level-255", "1.2.3.4 - 1.2.3.9 , 255 , Name", FALSE },
  { "dat-level-1000", "1.2.3.4 - 1.2.3.9 , 1000 , Name", TRUE },
  { "dat-level-word", "1.2.3.4 - 1.2.3.9 , x , Name", TRUE },
  { "dat-level-glued", "1.2.3.4 - 1.2.3.9 , 12x , Name", TRUE },
  { "word", "hello", TRUE },
  { "html", "<html><body style=\"a:b\">", TRUE },
  { "backwards", "1.2.3.9-1.2.3.4", TRUE },
  { "backwards-named", "name:1.2.3.9-1.2.3.4", TRUE },
  { "mixed-families", "1.2.3.4-2001:db8::1", TRUE },
  { "octet", "1.2.3.256", TRUE },
  { "octet-digits", "1.2.3.0004", TRUE },
  { "octet-overflow", "1.2.3.4294967300", TRUE },
  { "octet-missing", "1.2..4", TRUE },
  { "three-octets", "1.2.3", TRUE },
  { "five-octets", "1.2.3.4.5", TRUE },
  { "no-end", "1.2.3.4-", TRUE },
  { "no-end-named", "name:1.2.3.4-", TRUE },
  { "no-prefix", "1.2.3.4/", TRUE },
  { "prefix-33", "1.2.3.4/33", TRUE },
  { "prefix-129", "::/129", TRUE },
  { "prefix-word", "1.2.3.4/x", TRUE },
  { "prefix-negative", "1.2.3.4/-1", TRUE },
  { "named-address", "name:1.2.3.4", TRUE },
  { "named-network", "name:1.2.3.0/24", TRUE },
  { "port", "1.2.3.4:6881", TRUE },
  { "after", "1.2.3.4 x", TRUE },
  { "v6-two-gaps", "1::2::3", TRUE },
  { "v6-long", "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd", TRUE },
  { "colons", "::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::", TRUE },
  { "zero-byte", "1.2.3.4\0", TRUE },
};

static BtAddr
addr (const char *text)
{
  BtAddr value;

  g_assert_true (bt_addr_parse_ip (&value, text));
  return value;
}

static gboolean
blocks (const BtBlocklist *list, const char *text)
{
  BtAddr value = addr (text);

  return bt_blocklist_contains (list, &value);
}

/* Fed @step bytes at a time. */
static BtBlocklist *
list_of (const char *text, gsize length, gsize step)
{
  BtBlocklist *list = bt_blocklist_new ();

  for (gsize at = 0; at < length; at += step)
    {
      g_autofree guint8 *part = bt_test_copy (text + at, MIN (step, length - at));

      g_assert_true (bt_blocklist_feed (list, part, MIN (step, length - at)));
    }
  g_assert_true (bt_blocklist_seal (list));
  return list;
}

static void
test_good (gconstpointer data)
{
  const Good *row = data;

  for (gsize step = 1; step < 100; step *= 3)
    {
      g_autoptr (BtBlocklist) list = list_of (row->text, strlen (row->text), step);

      g_assert_cmpuint (bt_blocklist_n_ranges (list), ==, 1);
      g_assert_true (blocks (list, row->inside));
      g_assert_false (blocks (list, row->outside));
    }
}

static void
test_bad (gconstpointer data)
{
  const Bad *row = data;
  gsize length = strcmp (row->name, "zero-byte") == 0 ? 8 : strlen (row->text);
  g_autofree char *text = g_malloc (length + 1);
  g_autoptr (BtBlocklist) list = NULL;

  memcpy (text, row->text, length);
  text[length] = '\n';
  list = list_of (text, length + 1, 7);
  g_assert_cmpuint (bt_blocklist_n_ranges (list), ==, 0);
  g_assert_cmpuint (bt_blocklist_n_skipped (list), ==, row->counted ? 1 : 0);
  g_assert_false (blocks (list, "1.2.3.4"));
}

static void
test_long_line_is_skipped_and_the_next_is_not (void)
{
  for (gsize length = 1000; length < 1100; length++)
    {
      g_autofree char *name = g_strnfill (length, 'x');
      g_autofree char *text = g_strconcat (name, ":1.2.3.4-1.2.3.9\n5.6.7.8\n", NULL);
      g_autoptr (BtBlocklist) list = NULL;
      gboolean fits = length + strlen (":1.2.3.4-1.2.3.9") <= 1024;

      for (gsize step = 1; step < 2000; step = step * 7 + 3)
        {
          g_clear_pointer (&list, bt_blocklist_free);
          list = list_of (text, strlen (text), step);
          g_assert_true (blocks (list, "5.6.7.8"));
          g_assert_cmpint (blocks (list, "1.2.3.4"), ==, fits);
          g_assert_cmpuint (bt_blocklist_n_skipped (list), ==, fits ? 0 : 1);
        }
    }
}

static void
test_ranges_that_touch_are_joined (void)
{
  static const char text[] = "9.0.0.5-9.0.0.7\n9.0.0.1-9.0.0.4\n9.0.0.2\n9.0.0.0-9.0.0.9\n9.0.0.11\n"
                             "255.255.255.255\n255.255.255.254\n0.0.0.0\n"
                             "ff::1-ff::ffff:ffff:ffff:ffff\nff:0:0:1::\nff::2\nff:0:0:1::2\n"
                             "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\nffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe\n";
  g_autoptr (BtBlocklist) list = list_of (text, strlen (text), 11);

  g_assert_cmpuint (bt_blocklist_n_ranges (list), ==, 4 + 3);
  g_assert_true (blocks (list, "9.0.0.9"));
  g_assert_false (blocks (list, "9.0.0.10"));
  g_assert_true (blocks (list, "ff:0:0:1::"));
  g_assert_false (blocks (list, "ff:0:0:1::1"));
  g_assert_true (blocks (list, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"));
}

static void
test_empty_list_blocks_nothing (void)
{
  g_autoptr (BtBlocklist) list = list_of ("", 0, 1);
  BtAddr none = { 0 };

  g_assert_cmpuint (bt_blocklist_n_ranges (list), ==, 0);
  g_assert_false (blocks (list, "0.0.0.0"));
  g_assert_false (blocks (list, "::"));
  g_assert_false (bt_blocklist_contains (list, &none));
}

/* Every address of a small space, against a set of flags. */
static void
test_agrees_with_a_plain_set (void)
{
  BtRng rng;

  bt_rng_seed (&rng, 7);
  for (guint round = 0; round < 200; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (BtBlocklist) list = NULL;
      gboolean v6 = round % 2;
      gboolean set[256] = { 0 };

      for (guint n = bt_rng_below (&rng, 20); n > 0; n--)
        {
          guint first = bt_rng_below (&rng, 236), last = first + bt_rng_below (&rng, 20);

          g_string_append_printf (text, v6 ? "ab::%x-ab::%x\n" : "7.7.7.%u-7.7.7.%u\n", first, last);
          for (guint i = first; i <= last; i++)
            set[i] = TRUE;
        }
      list = list_of (text->str, text->len, 1 + bt_rng_below (&rng, 40));
      for (guint i = 0; i < 256; i++)
        {
          g_autofree char *ip = g_strdup_printf (v6 ? "ab::%x" : "7.7.7.%u", i);

          g_assert_cmpint (blocks (list, ip), ==, set[i]);
        }
    }
}

static void
test_too_many_ranges_are_refused (void)
{
  g_autoptr (BtBlocklist) list = bt_blocklist_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  gboolean room = TRUE;

  for (guint i = 0; i < 4096; i++)
    g_string_append (text, "1.1.1.1\n");
  for (guint i = 0; i <= BT_BLOCKLIST_MAX_RANGES / 4096; i++)
    room = bt_blocklist_feed (list, (const guint8 *) text->str, text->len);
  g_assert_false (room);
  g_assert_false (bt_blocklist_seal (list));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/blocklist/reads", good, test_good);
  BT_TEST_ADD_ROWS ("/blocklist/skips", bad, test_bad);
  g_test_add_func ("/blocklist/long-line-is-skipped-and-the-next-is-not", test_long_line_is_skipped_and_the_next_is_not);
  g_test_add_func ("/blocklist/ranges-that-touch-are-joined", test_ranges_that_touch_are_joined);
  g_test_add_func ("/blocklist/empty-list-blocks-nothing", test_empty_list_blocks_nothing);
  g_test_add_func ("/blocklist/agrees-with-a-plain-set", test_agrees_with_a_plain_set);
  g_test_add_func ("/blocklist/too-many-ranges-are-refused", test_too_many_ranges_are_refused);
  return g_test_run ();
}
