/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-wire.h"

#include "bt-test.h"

/* Pieces of the torrent in the tests. */
#define N_PIECES 20u

typedef struct
{
  const char *name;
  const guint8 *frame;
  gsize length;
  BtWireMessage expected; /* without its payload */
} GoodRow;

#define MESSAGE(...) { __VA_ARGS__ }

static const GoodRow good_rows[] = {
  { "keep-alive", BT_TEST_BYTES ("\0\0\0\0"), MESSAGE (.type = BT_WIRE_KEEP_ALIVE) },
  { "choke", BT_TEST_BYTES ("\0\0\0\1\0"), MESSAGE (.type = BT_WIRE_CHOKE) },
  { "unchoke", BT_TEST_BYTES ("\0\0\0\1\1"), MESSAGE (.type = BT_WIRE_UNCHOKE) },
  { "interested", BT_TEST_BYTES ("\0\0\0\1\2"), MESSAGE (.type = BT_WIRE_INTERESTED) },
  { "not-interested", BT_TEST_BYTES ("\0\0\0\1\3"), MESSAGE (.type = BT_WIRE_NOT_INTERESTED) },
  { "have", BT_TEST_BYTES ("\0\0\0\5\4\0\0\0\x13"), MESSAGE (.type = BT_WIRE_HAVE, .block = { .piece = 19 }) },
  { "bitfield", BT_TEST_BYTES ("\0\0\0\4\5\xff\xff\xf0"), MESSAGE (.type = BT_WIRE_BITFIELD, .payload_length = 3) },
  { "bitfield-empty", BT_TEST_BYTES ("\0\0\0\1\5"), MESSAGE (.type = BT_WIRE_BITFIELD) },
  { "request", BT_TEST_BYTES ("\0\0\0\xd\6\0\0\0\1\0\0\x40\0\0\0\x40\0"),
    MESSAGE (.type = BT_WIRE_REQUEST, .block = { 1, 16384, 16384 }) },
  { "cancel", BT_TEST_BYTES ("\0\0\0\xd\x8\0\0\0\2\0\0\0\0\0\0\0\1"), MESSAGE (.type = BT_WIRE_CANCEL, .block = { 2, 0, 1 }) },
  { "reject", BT_TEST_BYTES ("\0\0\0\xd\x10\0\0\0\2\0\0\0\3\0\0\0\1"), MESSAGE (.type = BT_WIRE_REJECT, .block = { 2, 3, 1 }) },
  { "port", BT_TEST_BYTES ("\0\0\0\3\x9\x1a\xe1"), MESSAGE (.type = BT_WIRE_PORT, .port = 6881) },
  { "suggest", BT_TEST_BYTES ("\0\0\0\5\xd\0\0\0\0"), MESSAGE (.type = BT_WIRE_SUGGEST) },
  { "have-all", BT_TEST_BYTES ("\0\0\0\1\xe"), MESSAGE (.type = BT_WIRE_HAVE_ALL) },
  { "have-none", BT_TEST_BYTES ("\0\0\0\1\xf"), MESSAGE (.type = BT_WIRE_HAVE_NONE) },
  { "allowed-fast", BT_TEST_BYTES ("\0\0\0\5\x11\0\0\0\1"), MESSAGE (.type = BT_WIRE_ALLOWED_FAST, .block = { .piece = 1 }) },
  { "extended", BT_TEST_BYTES ("\0\0\0\4\x14\0de"), MESSAGE (.type = BT_WIRE_EXTENDED, .extended_id = 0, .payload_length = 2) },
  { "extended-empty", BT_TEST_BYTES ("\0\0\0\2\x14\3"), MESSAGE (.type = BT_WIRE_EXTENDED, .extended_id = 3) },
  { "unknown", BT_TEST_BYTES ("\0\0\0\3\x2aqq"), MESSAGE (.type = BT_WIRE_UNKNOWN, .payload_length = 2) },
  { "unknown-empty", BT_TEST_BYTES ("\0\0\0\1\xff"), MESSAGE (.type = BT_WIRE_UNKNOWN) },
};

static void
assert_like (const BtWireMessage *message, const BtWireMessage *expected)
{
  g_assert_cmpuint (message->type, ==, expected->type);
  g_assert_cmpuint (message->block.piece, ==, expected->block.piece);
  g_assert_cmpuint (message->block.begin, ==, expected->block.begin);
  g_assert_cmpuint (message->block.length, ==, expected->block.length);
  g_assert_cmpuint (message->port, ==, expected->port);
  g_assert_cmpuint (message->extended_id, ==, expected->extended_id);
  g_assert_cmpuint (message->payload_length, ==, expected->payload_length);
}

static void
test_good (gconstpointer data)
{
  const GoodRow *row = data;
  g_autofree guint8 *two = g_malloc (2 * row->length);
  BtWireMessage message;
  BtReader reader;

  memcpy (two, row->frame, row->length);
  memcpy (two + row->length, row->frame, row->length);
  bt_reader_init (&reader, two, 2 * row->length);
  for (guint i = 1; i <= 2; i++)
    {
      g_assert_cmpint (bt_wire_next (&reader, N_PIECES, &message), ==, BT_DECODE_OK);
      assert_like (&message, &row->expected);
      if (message.payload_length > 0)
        g_assert_true (message.payload + message.payload_length == two + i * row->length);
    }
  g_assert_cmpuint (reader.left, ==, 0);
}

static void
test_cut (gconstpointer data)
{
  const GoodRow *row = data;

  for (gsize length = 0; length < row->length; length++)
    {
      g_autofree guint8 *copy = bt_test_copy (row->frame, length);
      BtWireMessage message;
      BtReader reader;

      bt_reader_init (&reader, copy, length);
      g_assert_cmpint (bt_wire_next (&reader, N_PIECES, &message), ==, BT_DECODE_MORE);
      g_assert_cmpuint (reader.left, ==, length);
    }
}

typedef struct
{
  const char *name;
  const guint8 *frame;
  gsize length;
} BadRow;

/* Each is known to be bad from these bytes alone. */
static const BadRow bad_rows[] = {
  { "frame-too-long", BT_TEST_BYTES ("\0\x10\0\1") },
  { "frame-of-4-gib", BT_TEST_BYTES ("\xff\xff\xff\xff") },
  { "http", BT_TEST_BYTES ("GET ") },
  { "choke-with-body", BT_TEST_BYTES ("\0\0\0\2\0") },
  { "have-short", BT_TEST_BYTES ("\0\0\0\4\4") },
  { "have-long", BT_TEST_BYTES ("\0\0\0\6\4") },
  { "have-past-the-end", BT_TEST_BYTES ("\0\0\0\5\4\0\0\0\x14") },
  { "request-short", BT_TEST_BYTES ("\0\0\0\xc\6") },
  { "request-long", BT_TEST_BYTES ("\0\0\0\xe\6") },
  { "request-past-the-end", BT_TEST_BYTES ("\0\0\0\xd\6\xff\xff\xff\xff\0\0\0\0\0\0\0\1") },
  { "cancel-short", BT_TEST_BYTES ("\0\0\0\1\x8") },
  { "reject-past-the-end", BT_TEST_BYTES ("\0\0\0\xd\x10\0\0\0\x14\0\0\0\0\0\0\0\1") },
  { "suggest-past-the-end", BT_TEST_BYTES ("\0\0\0\5\xd\0\0\0\x14") },
  { "allowed-fast-past-the-end", BT_TEST_BYTES ("\0\0\0\5\x11\0\0\0\x14") },
  { "port-short", BT_TEST_BYTES ("\0\0\0\2\x9") },
  { "port-long", BT_TEST_BYTES ("\0\0\0\4\x9") },
  { "piece-empty", BT_TEST_BYTES ("\0\0\0\x9\7") },
  { "piece-larger-than-a-block", BT_TEST_BYTES ("\0\0\x40\x0a\7") },
  { "piece-past-the-end", BT_TEST_BYTES ("\0\0\0\x0a\7\0\0\0\x14\0\0\0\0") },
  { "extended-without-id", BT_TEST_BYTES ("\0\0\0\1\x14") },
  { "have-all-with-body", BT_TEST_BYTES ("\0\0\0\2\xe") },
};

static void
test_bad (gconstpointer data)
{
  const BadRow *row = data;
  g_autofree guint8 *copy = bt_test_copy (row->frame, row->length);
  BtWireMessage message;
  BtReader reader;

  bt_reader_init (&reader, copy, row->length);
  g_assert_cmpint (bt_wire_next (&reader, N_PIECES, &message), ==, BT_DECODE_BAD);
  g_assert_cmpuint (reader.left, ==, row->length);
}

/* A block is taken from the stream as it comes and never waited for. */
static void
test_piece_answers_at_its_header (void)
{
  const BtBlock block = { 3, 16384, 500 };
  guint8 frame[BT_WIRE_PIECE_HEADER + 500 + 5];

  memset (frame, 0xaa, sizeof frame);
  bt_wire_write_piece_header (frame, &block);
  for (gsize length = 0; length <= sizeof frame; length++)
    {
      g_autofree guint8 *copy = bt_test_copy (frame, length);
      BtWireMessage message;
      BtReader reader;
      BtDecode result;

      bt_reader_init (&reader, copy, length);
      result = bt_wire_next (&reader, N_PIECES, &message);
      g_assert_cmpint (result, ==, length < BT_WIRE_PIECE_HEADER ? BT_DECODE_MORE : BT_DECODE_OK);
      if (result != BT_DECODE_OK)
        continue;
      g_assert_cmpuint (message.type, ==, BT_WIRE_PIECE);
      g_assert_cmpmem (&message.block, sizeof block, &block, sizeof block);
      g_assert_cmpuint (message.payload_length, ==, MIN (length - BT_WIRE_PIECE_HEADER, 500));
      g_assert_cmpuint (reader.left, ==, length - BT_WIRE_PIECE_HEADER - message.payload_length);
    }
}

/* Before the metadata is there any index will do, but not one past all limits. */
static void
test_index_without_metadata (void)
{
  BtWireMessage message;
  BtReader reader;

  bt_reader_init (&reader, "\0\0\0\5\4\0\x1f\xff\xff", 9);
  g_assert_cmpint (bt_wire_next (&reader, 0, &message), ==, BT_DECODE_OK);
  bt_reader_init (&reader, "\0\0\0\5\4\0\x20\0\0", 9);
  g_assert_cmpint (bt_wire_next (&reader, 0, &message), ==, BT_DECODE_BAD);
}

static void
write_message (BtBuffer *out, const BtWireMessage *message, const guint8 *payload)
{
  switch ((guint) message->type)
    {
    case BT_WIRE_KEEP_ALIVE:
      bt_wire_write_keep_alive (out);
      break;
    case BT_WIRE_HAVE:
    case BT_WIRE_SUGGEST:
    case BT_WIRE_ALLOWED_FAST:
      bt_wire_write_index (out, message->type, message->block.piece);
      break;
    case BT_WIRE_REQUEST:
    case BT_WIRE_CANCEL:
    case BT_WIRE_REJECT:
      bt_wire_write_block (out, message->type, &message->block);
      break;
    case BT_WIRE_BITFIELD:
      bt_wire_write_bitfield (out, payload, message->payload_length);
      break;
    case BT_WIRE_PORT:
      bt_wire_write_port (out, message->port);
      break;
    case BT_WIRE_EXTENDED:
      bt_wire_write_extended (out, message->extended_id, payload, message->payload_length);
      break;
    default:
      bt_wire_write_simple (out, message->type);
      break;
    }
}

static void
test_written_as_read (gconstpointer data)
{
  const GoodRow *row = data;
  BtBuffer out = { 0 };

  if (row->expected.type == BT_WIRE_UNKNOWN)
    {
      g_test_skip ("nobody writes it");
      return;
    }
  write_message (&out, &row->expected, row->frame + row->length - row->expected.payload_length);
  g_assert_cmpmem (bt_buffer_peek (&out), bt_buffer_length (&out), row->frame, row->length);
  bt_buffer_clear (&out);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/wire/good", good_rows, test_good);
  BT_TEST_ADD_ROWS ("/wire/cut", good_rows, test_cut);
  BT_TEST_ADD_ROWS ("/wire/written-as-read", good_rows, test_written_as_read);
  BT_TEST_ADD_ROWS ("/wire/bad", bad_rows, test_bad);
  g_test_add_func ("/wire/piece/answers-at-its-header", test_piece_answers_at_its_header);
  g_test_add_func ("/wire/index/without-metadata", test_index_without_metadata);
  return g_test_run ();
}
