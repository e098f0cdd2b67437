/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-id.h"

#include "bt-crc32c.h"

#include <string.h>

/* Marks numbers of networks that are made of other things than a /24 or /64. */
#define LOCAL (G_GUINT64_CONSTANT (1) << 63)

guint
bt_dht_id_common_bits (const guint8 *a, const guint8 *b)
{
  for (guint i = 0; i < BT_DHT_ID_LENGTH; i++)
    {
      guint8 difference = a[i] ^ b[i];

      if (difference != 0)
        return 8 * i + (8 - g_bit_storage (difference));
    }
  return 8 * BT_DHT_ID_LENGTH;
}

int
bt_dht_id_compare (const guint8 *target, const guint8 *a, const guint8 *b)
{
  for (guint i = 0; i < BT_DHT_ID_LENGTH; i++)
    {
      guint8 to_a = target[i] ^ a[i], to_b = target[i] ^ b[i];

      if (to_a != to_b)
        return to_a < to_b ? -1 : 1;
    }
  return 0;
}

static guint32
checksum (const BtAddr *addr, guint8 random)
{
  static const guint8 mask_v4[4] = { 0x03, 0x0f, 0x3f, 0xff };
  static const guint8 mask_v6[8] = { 0x01, 0x03, 0x07, 0x0f, 0x1f, 0x3f, 0x7f, 0xff };
  const guint8 *mask = addr->family == BT_ADDR_V4 ? mask_v4 : mask_v6;
  gsize length = addr->family == BT_ADDR_V4 ? sizeof mask_v4 : sizeof mask_v6;
  guint8 bytes[8];

  for (gsize i = 0; i < length; i++)
    bytes[i] = addr->ip[i] & mask[i];
  bytes[0] |= (guint8) ((random & 7) << 5);
  return bt_crc32c (bytes, length);
}

void
bt_dht_id_make (guint8 id[BT_DHT_ID_LENGTH], const BtAddr *addr)
{
  guint32 sum = checksum (addr, id[BT_DHT_ID_LENGTH - 1]);

  id[0] = (guint8) (sum >> 24);
  id[1] = (guint8) (sum >> 16);
  id[2] = (guint8) (((sum >> 8) & 0xf8) | (id[2] & 7));
}

gboolean
bt_dht_id_fits (const guint8 *id, const BtAddr *addr)
{
  guint32 sum;

  if (bt_addr_is_private (addr))
    return TRUE;
  sum = checksum (addr, id[BT_DHT_ID_LENGTH - 1]);
  return id[0] == (guint8) (sum >> 24) && id[1] == (guint8) (sum >> 16) && ((id[2] ^ (guint8) (sum >> 8)) & 0xf8) == 0;
}

guint64
bt_dht_network (const BtAddr *addr)
{
  guint64 network = 0;

  if (bt_addr_is_private (addr))
    {
      BtAddr host = *addr;

      if (!bt_addr_is_loopback (addr))
        host.port = 0;
      for (guint i = 0; i < 16; i++)
        network = network * 1099511628211u + host.ip[i];
      return LOCAL | (network * 1099511628211u + host.port);
    }
  for (guint i = 0; i < (addr->family == BT_ADDR_V4 ? 3u : 8u); i++)
    network = network << 8 | addr->ip[i];
  /* No global address of IPv6 begins with that bit. */
  return network & ~LOCAL;
}
