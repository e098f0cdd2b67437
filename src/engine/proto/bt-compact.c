/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-compact.h"

gsize
bt_compact_size (BtAddrFamily family)
{
  return family == BT_ADDR_V4 ? 6 : 18;
}

void
bt_compact_read (const guint8 *bytes, gsize length, BtAddrFamily family, guint most, GArray *peers)
{
  BtReader reader;
  BtAddr addr;

  bt_reader_init (&reader, bytes, length);
  while (peers->len < most && bt_addr_read (&addr, &reader, family))
    if (bt_addr_is_usable (&addr))
      g_array_append_val (peers, addr);
}

void
bt_compact_append (GByteArray *out, const BtAddr *peers, guint n_peers, BtAddrFamily family)
{
  guint8 bytes[18];

  for (guint i = 0; i < n_peers; i++)
    if (peers[i].family == family)
      g_byte_array_append (out, bytes, (guint) bt_addr_write (&peers[i], bytes));
}
