/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"

#include "bt-test.h"

static void
assert_written (BtBencodeWriter *writer, const char *expected)
{
  g_autoptr(GBytes) bytes = bt_bencode_writer_finish (writer);
  g_autoptr(BtBencodeTree) tree = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  g_assert_cmpmem (data, length, expected, strlen (expected));
  tree = bt_bencode_parse (data, length, NULL, NULL);
  g_assert_nonnull (tree);
  g_assert_cmpuint (bt_bencode_get_quirks (tree), ==, 0);
}

static void
test_writes_canonically (void)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "");
  bt_bencode_write_integer (&writer, G_MININT64);
  bt_bencode_write_key_bytes (&writer, "a\xff", 2);
  bt_bencode_begin_list (&writer);
  bt_bencode_write_text (&writer, "spam");
  bt_bencode_begin_dict (&writer);
  /* Keys of an inner dictionary have an order of their own. */
  bt_bencode_write_key (&writer, "a");
  bt_bencode_write_string (&writer, NULL, 0);
  bt_bencode_end (&writer);
  bt_bencode_write_raw (&writer, "i7e", 3);
  bt_bencode_end (&writer);
  bt_bencode_write_key (&writer, "b");
  bt_bencode_write_integer (&writer, 0);
  bt_bencode_end (&writer);
  assert_written (&writer, "d0:i-9223372036854775808e2:a\xffl4:spamd1:a0:ei7ee1:bi0ee");
}

static void
test_cleared_half_way (void)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "a");
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "b");
  bt_bencode_writer_clear (&writer);
  bt_bencode_writer_clear (&writer);
}

static void
test_finish_may_be_cleared (void)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_write_text (&writer, "x");
  assert_written (&writer, "1:x");
  bt_bencode_writer_clear (&writer);
}

static void
write_two_keys (const char *first, const char *second)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, first);
  bt_bencode_write_integer (&writer, 1);
  bt_bencode_write_key (&writer, second);
}

/* Our own mistake, so it is an assertion. */
static void
test_order_is_asserted (void)
{
  if (g_test_subprocess ())
    {
      write_two_keys ("b", "a");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
}

static void
test_twins_are_asserted (void)
{
  if (g_test_subprocess ())
    {
      write_two_keys ("a", "a");
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bencode-writer/writes-canonically", test_writes_canonically);
  g_test_add_func ("/bencode-writer/cleared-half-way", test_cleared_half_way);
  g_test_add_func ("/bencode-writer/finish-may-be-cleared", test_finish_may_be_cleared);
  g_test_add_func ("/bencode-writer/order-is-asserted", test_order_is_asserted);
  g_test_add_func ("/bencode-writer/twins-are-asserted", test_twins_are_asserted);
  return g_test_run ();
}
