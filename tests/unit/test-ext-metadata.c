/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ext-metadata.h"

#include "bt-test.h"

typedef struct
{
  const char *name;
  const char *text;
  BtExtMetadata wanted; /* of the good ones; data is what follows the dictionary */
} Row;

static const Row good_rows[] = {
  { "request", "d8:msg_typei0e5:piecei3ee", { .type = BT_EXT_METADATA_REQUEST, .piece = 3 } },
  { "reject", "d8:msg_typei2e5:piecei0ee", { .type = BT_EXT_METADATA_REJECT } },
  { "data", "d8:msg_typei1e5:piecei1e10:total_sizei34256eexyz", { .type = BT_EXT_METADATA_DATA, .piece = 1, .total_size = 34256, .length = 3 } },
  { "data-without-size", "d8:msg_typei1e5:piecei1eex", { .type = BT_EXT_METADATA_DATA, .piece = 1, .length = 1 } },
  { "data-that-is-bencode", "d8:msg_typei1e5:piecei0eed4:name1:ae", { .type = BT_EXT_METADATA_DATA, .length = 11 } },
  { "keys-that-are-not-known", "d1:ai1e8:msg_typei0e5:piecei1e1:zlee", { .type = BT_EXT_METADATA_REQUEST, .piece = 1 } },
  { "keys-in-another-order", "d5:piecei1e8:msg_typei0ee", { .type = BT_EXT_METADATA_REQUEST, .piece = 1 } },
  { "size-of-a-request", "d8:msg_typei0e5:piecei1e10:total_sizei0ee", { .type = BT_EXT_METADATA_REQUEST, .piece = 1 } },
  { "last-piece-there-can-be", "d8:msg_typei0e5:piecei2047ee", { .type = BT_EXT_METADATA_REQUEST, .piece = 2047 } },
};

static const Row bad_rows[] = {
  { "nothing", "" },
  { "cut-short", "d8:msg_typei0e5:piecei3e" },
  { "list", "le" },
  { "number", "i0e" },
  { "no-type", "d5:piecei3ee" },
  { "no-piece", "d8:msg_typei0ee" },
  { "type-3", "d8:msg_typei3e5:piecei3ee" },
  { "type-negative", "d8:msg_typei-1e5:piecei3ee" },
  { "type-is-a-string", "d8:msg_type1:05:piecei3ee" },
  { "piece-negative", "d8:msg_typei0e5:piecei-1ee" },
  { "piece-past-the-largest", "d8:msg_typei0e5:piecei2048ee" },
  { "piece-huge", "d8:msg_typei0e5:piecei9223372036854775807ee" },
  { "piece-is-a-list", "d8:msg_typei0e5:pieceleee" },
  { "size-0", "d8:msg_typei1e5:piecei0e10:total_sizei0eex" },
  { "size-negative", "d8:msg_typei1e5:piecei0e10:total_sizei-5eex" },
  { "size-over-the-largest", "d8:msg_typei1e5:piecei0e10:total_sizei33554433eex" },
  { "size-is-a-string", "d8:msg_typei1e5:piecei0e10:total_size1:1ex" },
  { "data-without-data", "d8:msg_typei1e5:piecei0e10:total_sizei1ee" },
};

static void
test_good (gconstpointer data)
{
  const Row *row = data;
  gsize length = strlen (row->text);
  g_autofree guint8 *copy = bt_test_copy (row->text, length);
  BtExtMetadata message;

  g_assert_true (bt_ext_metadata_read (&message, copy, length));
  g_assert_cmpint (message.type, ==, row->wanted.type);
  g_assert_cmpuint (message.piece, ==, row->wanted.piece);
  g_assert_cmpuint (message.total_size, ==, row->wanted.total_size);
  g_assert_cmpuint (message.length, ==, row->wanted.length);
  if (message.length > 0)
    g_assert_true (message.data == copy + length - message.length);
}

static void
test_bad (gconstpointer data)
{
  const Row *row = data;
  g_autofree guint8 *copy = bt_test_copy (row->text, strlen (row->text));
  BtExtMetadata message;

  g_assert_false (bt_ext_metadata_read (&message, copy, strlen (row->text)));
}

static gboolean
read_data_of (gsize n)
{
  g_autoptr (GString) text = g_string_new ("d8:msg_typei1e5:piecei0ee");
  BtExtMetadata message;

  g_string_set_size (text, text->len + n);
  return bt_ext_metadata_read (&message, (const guint8 *) text->str, text->len);
}

static void
test_data_is_a_piece_at_most (void)
{
  g_assert_true (read_data_of (BT_METADATA_PIECE));
  g_assert_false (read_data_of (BT_METADATA_PIECE + 1));
  g_assert_false (read_data_of (1 << 20));
}

static void
test_writes_what_it_reads (void)
{
  BtExtMetadata data = { .type = BT_EXT_METADATA_DATA, .piece = 1, .total_size = 16387, .data = (const guint8 *) "abc", .length = 3 };
  BtExtMetadata request = { .type = BT_EXT_METADATA_REQUEST, .piece = 7 };
  g_autoptr (GBytes) first = bt_ext_metadata_write (&data);
  g_autoptr (GBytes) second = bt_ext_metadata_write (&request);

  g_assert_cmpmem (g_bytes_get_data (first, NULL), g_bytes_get_size (first), "d8:msg_typei1e5:piecei1e10:total_sizei16387eeabc", 48);
  g_assert_cmpmem (g_bytes_get_data (second, NULL), g_bytes_get_size (second), "d8:msg_typei0e5:piecei7ee", 25);
}

static void
test_sizes_of_pieces (void)
{
  g_assert_cmpuint (bt_metadata_n_pieces (1), ==, 1);
  g_assert_cmpuint (bt_metadata_n_pieces (16384), ==, 1);
  g_assert_cmpuint (bt_metadata_n_pieces (16385), ==, 2);
  g_assert_cmpuint (bt_metadata_n_pieces (0), ==, 0);
  g_assert_cmpuint (bt_metadata_piece_size (16385, 0), ==, 16384);
  g_assert_cmpuint (bt_metadata_piece_size (16385, 1), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  BT_TEST_ADD_ROWS ("/ext-metadata/reads", good_rows, test_good);
  BT_TEST_ADD_ROWS ("/ext-metadata/refuses", bad_rows, test_bad);
  g_test_add_func ("/ext-metadata/data-is-a-piece-at-most", test_data_is_a_piece_at_most);
  g_test_add_func ("/ext-metadata/writes-what-it-reads", test_writes_what_it_reads);
  g_test_add_func ("/ext-metadata/sizes-of-pieces", test_sizes_of_pieces);
  return g_test_run ();
}
