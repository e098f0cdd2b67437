/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-wire.h"
#include "fuzz.h"

/* A reader that gets on, until it waits or gives up; a message cut short is
 * never taken for another one. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  BtWireMessage message, cut;
  BtReader reader, shorter;
  const guint8 *before;

  for (bt_reader_init (&reader, bytes, length);;)
    {
      before = reader.data;
      if (bt_wire_next (&reader, 100, &message) != BT_DECODE_OK)
        break;
      g_assert_true (reader.data > before && message.payload_length <= (gsize) (reader.data - before));
      g_assert_true (message.type != BT_WIRE_HAVE || message.block.piece < 100);
      g_assert_true (message.type != BT_WIRE_PIECE || message.block.length <= BT_BLOCK_SIZE);
      bt_reader_init (&shorter, before, (gsize) (reader.data - before) - 1);
      g_assert_true (bt_wire_next (&shorter, 100, &cut) == BT_DECODE_MORE || cut.type == BT_WIRE_PIECE);
    }
  g_assert_true (reader.data == before);
  return 0;
}
