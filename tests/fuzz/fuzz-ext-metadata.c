/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ext-metadata.h"
#include "fuzz.h"

/* Read, written and read again, it says the same. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) written = NULL;
  BtExtMetadata first, second;

  if (!bt_ext_metadata_read (&first, bytes, length))
    return 0;
  written = bt_ext_metadata_write (&first);
  g_assert_true (bt_ext_metadata_read (&second, g_bytes_get_data (written, NULL), g_bytes_get_size (written)));
  g_assert_cmpint (first.type, ==, second.type);
  g_assert_cmpuint (first.piece, ==, second.piece);
  g_assert_cmpuint (first.total_size, ==, second.total_size);
  g_assert_cmpmem (first.data, first.length, second.data, second.length);
  return 0;
}
