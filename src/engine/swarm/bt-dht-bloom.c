/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-bloom.h"

#include "bt-sha.h"

#include <math.h>

#define BITS (8 * BT_KRPC_BLOOM_LENGTH)

void
bt_dht_bloom_add (BtDhtBloom *self, const BtAddr *addr)
{
  guint8 hash[BT_SHA1_LENGTH];

  bt_sha1 (addr->ip, addr->family == BT_ADDR_V4 ? 4 : 16, hash);
  for (guint i = 0; i < 2; i++)
    {
      guint bit = (hash[2 * i] | (guint) hash[2 * i + 1] << 8) % BITS;

      self->bits[bit / 8] |= (guint8) (1u << bit % 8);
    }
}

void
bt_dht_bloom_merge (BtDhtBloom *self, const guint8 bits[BT_KRPC_BLOOM_LENGTH])
{
  for (guint i = 0; i < BT_KRPC_BLOOM_LENGTH; i++)
    self->bits[i] |= bits[i];
}

double
bt_dht_bloom_estimate (const BtDhtBloom *self)
{
  guint zeros = 0;

  for (guint i = 0; i < BT_KRPC_BLOOM_LENGTH; i++)
    for (guint bit = 0; bit < 8; bit++)
      zeros += !(self->bits[i] >> bit & 1);
  /* BEP 33: a full one says as much as one with one bit to go. */
  zeros = CLAMP (zeros, 1, BITS - 1);
  return log ((double) zeros / BITS) / (2 * log (1 - 1.0 / BITS));
}
