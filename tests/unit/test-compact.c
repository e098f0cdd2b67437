/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-compact.h"

#include "bt-test.h"

static void
test_ragged_tail_is_ignored (void)
{
  static const guint8 bytes[] = { 1, 2, 3, 4, 0x1a, 0xe1, 5, 6, 7, 8, 0, 80, 9, 9, 9 };

  for (gsize length = 0; length <= sizeof bytes; length++)
    {
      g_autoptr(GArray) peers = g_array_new (FALSE, FALSE, sizeof (BtAddr));
      g_autofree guint8 *copy = bt_test_copy (bytes, length);

      bt_compact_read (copy, length, BT_ADDR_V4, 100, peers);
      g_assert_cmpuint (peers->len, ==, MIN (length / 6, 2));
    }
}

static void
test_unusable_are_left_out (void)
{
  static const guint8 bytes[] = { 1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 80, 5, 6, 7, 8, 0, 80, 239, 0, 0, 1, 0, 80 };
  g_autoptr(GArray) peers = g_array_new (FALSE, FALSE, sizeof (BtAddr));
  char text[BT_ADDR_STRING_MAX];

  bt_compact_read (bytes, sizeof bytes, BT_ADDR_V4, 100, peers);
  g_assert_cmpuint (peers->len, ==, 1);
  g_assert_cmpstr (bt_addr_to_string (&g_array_index (peers, BtAddr, 0), text), ==, "5.6.7.8:80");
}

static void
test_most_is_kept (void)
{
  g_autoptr(GArray) peers = g_array_new (FALSE, FALSE, sizeof (BtAddr));
  guint8 bytes[600];

  memset (bytes, 1, sizeof bytes);
  bt_compact_read (bytes, sizeof bytes, BT_ADDR_V4, 7, peers);
  g_assert_cmpuint (peers->len, ==, 7);
  bt_compact_read (bytes, sizeof bytes, BT_ADDR_V6, 7, peers);
  g_assert_cmpuint (peers->len, ==, 7);
}

static void
test_families_are_written_apart (void)
{
  static const char *const texts[] = { "1.2.3.4:1", "[2001:db8::1]:2", "5.6.7.8:3" };
  g_autoptr(GByteArray) out = g_byte_array_new ();
  g_autoptr(GArray) read = g_array_new (FALSE, FALSE, sizeof (BtAddr));
  BtAddr peers[3];

  for (guint i = 0; i < 3; i++)
    g_assert_true (bt_addr_parse (&peers[i], texts[i]));
  bt_compact_append (out, peers, 3, BT_ADDR_V4);
  g_assert_cmpuint (out->len, ==, 2 * bt_compact_size (BT_ADDR_V4));
  bt_compact_read (out->data, out->len, BT_ADDR_V4, 10, read);
  g_assert_true (bt_addr_equal (&g_array_index (read, BtAddr, 1), &peers[2]));
  g_byte_array_set_size (out, 0);
  bt_compact_append (out, peers, 3, BT_ADDR_V6);
  g_assert_cmpuint (out->len, ==, bt_compact_size (BT_ADDR_V6));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/compact/ragged-tail/is-ignored", test_ragged_tail_is_ignored);
  g_test_add_func ("/compact/unusable/are-left-out", test_unusable_are_left_out);
  g_test_add_func ("/compact/most/is-kept", test_most_is_kept);
  g_test_add_func ("/compact/families/are-written-apart", test_families_are_written_apart);
  return g_test_run ();
}
