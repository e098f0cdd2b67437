/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtBitfield:
 *
 * A set of piece indices in the order of the wire: bit 0 is the high bit of
 * byte 0 (BEP 3). The number of members is kept, so asking is O(1).
 */
typedef struct
{
  guint8 *bytes;
  guint32 n_bits;
  guint32 n_set;
} BtBitfield;

void     bt_bitfield_init     (BtBitfield *self, guint32 n_bits);
void     bt_bitfield_clear    (BtBitfield *self);
void     bt_bitfield_copy     (BtBitfield *self, const BtBitfield *other);
void     bt_bitfield_set_all  (BtBitfield *self);
void     bt_bitfield_unset_all (BtBitfield *self);
/* Returns: whether the bit changed */
gboolean bt_bitfield_set      (BtBitfield *self, guint32 bit);
gboolean bt_bitfield_unset    (BtBitfield *self, guint32 bit);
/* Takes over the bytes of a peer's message. Returns: %FALSE, and no change,
 * when the length is wrong or a spare bit at the end is set (BEP 3). */
gboolean bt_bitfield_assign   (BtBitfield *self, const guint8 *bytes, gsize length);

static inline gsize
bt_bitfield_n_bytes (const BtBitfield *self)
{
  return ((gsize) self->n_bits + 7) / 8;
}

static inline gboolean
bt_bitfield_get (const BtBitfield *self, guint32 bit)
{
  return bit < self->n_bits && (self->bytes[bit >> 3] & (0x80u >> (bit & 7))) != 0;
}

static inline gboolean
bt_bitfield_is_full (const BtBitfield *self)
{
  return self->n_set == self->n_bits;
}

G_END_DECLS
