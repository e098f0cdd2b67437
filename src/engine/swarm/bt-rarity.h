/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-rng.h"

G_BEGIN_DECLS

/**
 * BtRarity:
 *
 * A set of pieces kept in the order of how many peers have them: one array,
 * cut into levels of equal availability, each level in random order. One more
 * or one fewer peer for a piece is a swap and a moved border: O(1).
 */
typedef struct
{
  guint32 *order;     /* the pieces, rarest first */
  guint32 *where;     /* by piece: its index in @order, or G_MAXUINT32 */
  guint16 *level;     /* by piece: its availability, kept also for pieces outside */
  guint32 *starts;    /* by level: index in @order of its first piece */
  guint32 n_levels;   /* @starts has n_levels + 1 entries, the last is @length */
  guint32 length;     /* pieces inside */
  BtRng *rng;         /* not owned */
} BtRarity;

void     bt_rarity_init     (BtRarity *self, guint32 n_pieces, BtRng *rng);
void     bt_rarity_clear    (BtRarity *self);
void     bt_rarity_insert   (BtRarity *self, guint32 piece);
void     bt_rarity_remove   (BtRarity *self, guint32 piece);
/* A peer has the piece, or has it no more; counted inside or outside. */
void     bt_rarity_increase (BtRarity *self, guint32 piece);
void     bt_rarity_decrease (BtRarity *self, guint32 piece);

static inline gboolean
bt_rarity_contains (const BtRarity *self, guint32 piece)
{
  return self->where[piece] != G_MAXUINT32;
}

G_END_DECLS
