/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-reader.h"

#include "bt-test.h"

static void
test_numbers_are_big_endian (void)
{
  static const guint8 bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
  BtReader reader;
  guint8 a = 0;
  guint16 b = 0;
  guint32 c = 0;
  guint64 d = 0;

  bt_reader_init (&reader, bytes, sizeof bytes);
  g_assert_true (bt_reader_u8 (&reader, &a));
  g_assert_true (bt_reader_u16 (&reader, &b));
  g_assert_true (bt_reader_u32 (&reader, &c));
  g_assert_true (bt_reader_u64 (&reader, &d));
  g_assert_cmphex (a, ==, 0x01);
  g_assert_cmphex (b, ==, 0x0203);
  g_assert_cmphex (c, ==, 0x04050607);
  g_assert_cmphex (d, ==, 0x08090a0b0c0d0e0f);
  g_assert_cmpuint (reader.left, ==, 0);
}

static void
test_too_short_moves_nothing (void)
{
  for (gsize length = 0; length < 8; length++)
    {
      g_autofree guint8 *bytes = bt_test_copy ("\1\2\3\4\5\6\7", length);
      BtReader reader;
      const guint8 *taken;
      guint8 copy[8];
      guint16 small;
      guint32 middle;
      guint64 large;

      bt_reader_init (&reader, bytes, length);
      g_assert_false (bt_reader_u64 (&reader, &large));
      g_assert_false (bt_reader_take (&reader, length + 1, &taken));
      g_assert_false (bt_reader_take (&reader, G_MAXSIZE, &taken));
      g_assert_false (bt_reader_copy (&reader, copy, length + 1));
      g_assert_false (bt_reader_skip (&reader, length + 1));
      g_assert_cmpint (length < 4 && bt_reader_u32 (&reader, &middle), ==, FALSE);
      g_assert_cmpint (length < 2 && bt_reader_u16 (&reader, &small), ==, FALSE);
      g_assert_cmpuint (reader.left, ==, length);
      g_assert_true (reader.data == bytes);
    }
}

static void
test_empty_may_be_null (void)
{
  BtReader reader;
  const guint8 *taken;

  bt_reader_init (&reader, NULL, 0);
  g_assert_true (bt_reader_take (&reader, 0, &taken));
  g_assert_true (bt_reader_skip (&reader, 0));
  g_assert_true (bt_reader_copy (&reader, NULL, 0));
  g_assert_false (bt_reader_skip (&reader, 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reader/numbers/are-big-endian", test_numbers_are_big_endian);
  g_test_add_func ("/reader/too-short/moves-nothing", test_too_short_moves_nothing);
  g_test_add_func ("/reader/empty/may-be-null", test_empty_may_be_null);
  return g_test_run ();
}
