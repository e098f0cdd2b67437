/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-peer-priority.h"

#include "bt-crc32c.h"

#include <string.h>

static gsize
common_bytes (const BtAddr *a, const BtAddr *b, gsize length)
{
  gsize n = 0;

  while (n < length && a->ip[n] == b->ip[n])
    n++;
  return n;
}

/* What follows the bytes that are kept whole is thinned out by 0x55: the
 * neighbours of an address get no lottery ticket each. */
static void
mask (const BtAddr *addr, gsize whole, gsize length, guint8 *out)
{
  for (gsize i = 0; i < length; i++)
    out[i] = i < whole ? addr->ip[i] : addr->ip[i] & 0x55;
}

static guint32
priority_by_port (guint16 a, guint16 b)
{
  guint16 low = MIN (a, b), high = MAX (a, b);
  guint8 bytes[4] = { (guint8) (low >> 8), (guint8) low, (guint8) (high >> 8), (guint8) high };

  return bt_crc32c (bytes, sizeof bytes);
}

guint32
bt_peer_priority (const BtAddr *a, const BtAddr *b)
{
  gsize length = a->family == BT_ADDR_V4 ? 4 : 16;
  gsize least = a->family == BT_ADDR_V4 ? 2 : 6;
  gsize common = common_bytes (a, b, length);
  guint8 bytes[32], first[16], second[16];
  gboolean in_order;

  if (common == length)
    return priority_by_port (a->port, b->port);
  mask (a, MAX (least, common + 1), length, first);
  mask (b, MAX (least, common + 1), length, second);
  in_order = memcmp (first, second, length) <= 0;
  memcpy (bytes, in_order ? first : second, length);
  memcpy (bytes + length, in_order ? second : first, length);
  return bt_crc32c (bytes, 2 * length);
}
