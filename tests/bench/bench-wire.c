/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-wire.h"

#include <string.h>

/* Taking messages apart: the many small ones, and the headers of blocks. */

#define MESSAGES 100000u
#define ROUNDS 20u

static double
nanoseconds_each (const BtBuffer *bytes, guint n_messages)
{
  double times[ROUNDS];

  for (guint round = 0; round < ROUNDS; round++)
    {
      double began = bench_now ();
      BtWireMessage message;
      BtReader input;
      guint n = 0;

      bt_reader_init (&input, bt_buffer_peek (bytes), bt_buffer_length (bytes));
      while (bt_wire_next (&input, MESSAGES, &message) == BT_DECODE_OK)
        n++;
      times[round] = (bench_now () - began) / n_messages * 1e9;
      g_assert_cmpuint (n, ==, n_messages);
    }
  return bench_median (times, ROUNDS);
}

int
main (void)
{
  static const guint8 payload[BT_BLOCK_SIZE];
  BtBuffer haves = { 0 }, requests = { 0 }, blocks = { 0 };
  gboolean good;

  for (guint32 i = 0; i < MESSAGES; i++)
    {
      BtBlock block = { i, 0, BT_BLOCK_SIZE };

      bt_wire_write_index (&haves, BT_WIRE_HAVE, i);
      bt_wire_write_block (&requests, BT_WIRE_REQUEST, &block);
    }
  for (guint32 i = 0; i < MESSAGES / 100; i++)
    {
      BtBlock block = { i, 0, BT_BLOCK_SIZE };
      guint8 header[BT_WIRE_PIECE_HEADER];

      bt_wire_write_piece_header (header, &block);
      bt_buffer_append (&blocks, header, sizeof header);
      bt_buffer_append (&blocks, payload, sizeof payload);
    }
  good = bench_below ("a HAVE taken apart", nanoseconds_each (&haves, MESSAGES), 50, "ns");
  good &= bench_below ("a request taken apart", nanoseconds_each (&requests, MESSAGES), 50, "ns");
  good &= bench_below ("the header of a block", nanoseconds_each (&blocks, MESSAGES / 100), 100, "ns");
  bt_buffer_clear (&haves);
  bt_buffer_clear (&requests);
  bt_buffer_clear (&blocks);
  return good ? 0 : 1;
}
