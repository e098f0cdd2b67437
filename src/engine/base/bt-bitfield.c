/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bitfield.h"

#include <string.h>

static guint8
last_byte_mask (guint32 n_bits)
{
  guint32 used = n_bits & 7;

  return (guint8) (used == 0 ? 0xffu : 0xff00u >> used);
}

void
bt_bitfield_init (BtBitfield *self, guint32 n_bits)
{
  self->n_bits = n_bits;
  self->n_set = 0;
  self->bytes = g_malloc0 (MAX (bt_bitfield_n_bytes (self), 1));
}

void
bt_bitfield_clear (BtBitfield *self)
{
  g_clear_pointer (&self->bytes, g_free);
  self->n_bits = self->n_set = 0;
}

void
bt_bitfield_copy (BtBitfield *self, const BtBitfield *other)
{
  bt_bitfield_init (self, other->n_bits);
  memcpy (self->bytes, other->bytes, bt_bitfield_n_bytes (other));
  self->n_set = other->n_set;
}

void
bt_bitfield_set_all (BtBitfield *self)
{
  gsize n = bt_bitfield_n_bytes (self);

  if (n == 0)
    return;
  memset (self->bytes, 0xff, n);
  self->bytes[n - 1] = last_byte_mask (self->n_bits);
  self->n_set = self->n_bits;
}

void
bt_bitfield_unset_all (BtBitfield *self)
{
  memset (self->bytes, 0, bt_bitfield_n_bytes (self));
  self->n_set = 0;
}

gboolean
bt_bitfield_set (BtBitfield *self, guint32 bit)
{
  g_return_val_if_fail (bit < self->n_bits, FALSE);

  if (bt_bitfield_get (self, bit))
    return FALSE;
  self->bytes[bit >> 3] |= (guint8) (0x80u >> (bit & 7));
  self->n_set++;
  return TRUE;
}

gboolean
bt_bitfield_unset (BtBitfield *self, guint32 bit)
{
  g_return_val_if_fail (bit < self->n_bits, FALSE);

  if (!bt_bitfield_get (self, bit))
    return FALSE;
  self->bytes[bit >> 3] &= (guint8) ~(0x80u >> (bit & 7));
  self->n_set--;
  return TRUE;
}

gboolean
bt_bitfield_assign (BtBitfield *self, const guint8 *bytes, gsize length)
{
  guint32 n_set = 0;

  if (length != bt_bitfield_n_bytes (self))
    return FALSE;
  if (length > 0 && (bytes[length - 1] & ~last_byte_mask (self->n_bits)) != 0)
    return FALSE;

  for (gsize i = 0; i < length; i++)
    n_set += (guint32) __builtin_popcount (bytes[i]);
  if (length > 0)
    memcpy (self->bytes, bytes, length);
  self->n_set = n_set;
  return TRUE;
}
