/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-handshake.h"
#include "fuzz.h"

/* Written again and read again, it says the same. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  BtHandshake first = { 0 }, second = { 0 };
  guint8 written[BT_HANDSHAKE_LENGTH];
  gboolean have_hash;
  BtDecode result = bt_handshake_read (&first, bytes, length, &have_hash);

  g_assert_cmpint (result == BT_DECODE_OK, ==, have_hash && length >= BT_HANDSHAKE_LENGTH);
  if (result != BT_DECODE_OK)
    return 0;
  bt_handshake_write (&first, written);
  g_assert_cmpint (bt_handshake_read (&second, written, sizeof written, &have_hash), ==, BT_DECODE_OK);
  g_assert_cmpmem (&first, sizeof first, &second, sizeof second);
  return 0;
}
