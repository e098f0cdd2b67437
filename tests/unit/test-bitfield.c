/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bitfield.h"

#include "bt-test.h"

static void
test_first_piece_is_the_high_bit (void)
{
  BtBitfield bits;

  bt_bitfield_init (&bits, 10);
  g_assert_true (bt_bitfield_set (&bits, 0));
  g_assert_true (bt_bitfield_set (&bits, 9));
  g_assert_false (bt_bitfield_set (&bits, 9));
  g_assert_cmpmem (bits.bytes, bt_bitfield_n_bytes (&bits), "\x80\x40", 2);
  g_assert_cmpuint (bits.n_set, ==, 2);
  g_assert_true (bt_bitfield_unset (&bits, 0));
  g_assert_false (bt_bitfield_unset (&bits, 0));
  g_assert_cmpuint (bits.n_set, ==, 1);
  g_assert_false (bt_bitfield_get (&bits, 10));
  g_assert_false (bt_bitfield_get (&bits, G_MAXUINT32));
  bt_bitfield_clear (&bits);
}

static void
test_all_leaves_spare_bits_clear (void)
{
  for (guint32 n = 0; n <= 33; n++)
    {
      BtBitfield bits, copy;

      bt_bitfield_init (&bits, n);
      bt_bitfield_set_all (&bits);
      g_assert_true (bt_bitfield_is_full (&bits));
      g_assert_cmpuint (bits.n_set, ==, n);
      bt_bitfield_copy (&copy, &bits);
      g_assert_true (bt_bitfield_assign (&bits, copy.bytes, bt_bitfield_n_bytes (&copy)));
      g_assert_true (bt_bitfield_is_full (&bits));
      bt_bitfield_unset_all (&bits);
      g_assert_cmpuint (bits.n_set, ==, 0);
      bt_bitfield_clear (&bits);
      bt_bitfield_clear (&copy);
    }
}

typedef struct
{
  const char *name;
  guint32 n_bits;
  const guint8 *bytes;
  gsize length;
  gboolean good;
  guint32 n_set;
} AssignRow;

static const AssignRow assign_rows[] = {
  { "eight", 8, BT_TEST_BYTES ("\xa5"), TRUE, 4 },
  { "nine", 9, BT_TEST_BYTES ("\x00\x80"), TRUE, 1 },
  { "none", 0, BT_TEST_BYTES (""), TRUE, 0 },
  { "too-short", 9, BT_TEST_BYTES ("\xff"), FALSE, 0 },
  { "too-long", 8, BT_TEST_BYTES ("\xff\x00"), FALSE, 0 },
  { "spare-bit", 9, BT_TEST_BYTES ("\x00\x40"), FALSE, 0 },
  { "last-spare-bit", 9, BT_TEST_BYTES ("\x00\x01"), FALSE, 0 },
  { "byte-for-none", 0, BT_TEST_BYTES ("\x00"), FALSE, 0 },
};

static void
test_assign (gconstpointer data)
{
  const AssignRow *row = data;
  g_autofree guint8 *bytes = bt_test_copy (row->bytes, row->length);
  BtBitfield bits;

  bt_bitfield_init (&bits, row->n_bits);
  g_assert_cmpint (bt_bitfield_assign (&bits, bytes, row->length), ==, row->good);
  g_assert_cmpuint (bits.n_set, ==, row->n_set);
  bt_bitfield_clear (&bits);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bitfield/order/first-piece-is-the-high-bit", test_first_piece_is_the_high_bit);
  g_test_add_func ("/bitfield/all/leaves-spare-bits-clear", test_all_leaves_spare_bits_clear);
  BT_TEST_ADD_ROWS ("/bitfield/assign", assign_rows, test_assign);
  return g_test_run ();
}
