/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rarity.h"

void
bt_rarity_init (BtRarity *self, guint32 n_pieces, BtRng *rng)
{
  self->order = g_new (guint32, n_pieces);
  self->where = g_new (guint32, n_pieces);
  self->level = g_new0 (guint16, n_pieces);
  self->starts = g_new0 (guint32, 2);
  self->n_levels = 1;
  self->length = 0;
  self->rng = rng;
  for (guint32 i = 0; i < n_pieces; i++)
    self->where[i] = G_MAXUINT32;
}

void
bt_rarity_clear (BtRarity *self)
{
  g_clear_pointer (&self->order, g_free);
  g_clear_pointer (&self->where, g_free);
  g_clear_pointer (&self->level, g_free);
  g_clear_pointer (&self->starts, g_free);
}

static void
swap (BtRarity *self, guint32 a, guint32 b)
{
  guint32 piece_a = self->order[a], piece_b = self->order[b];

  self->order[a] = piece_b;
  self->order[b] = piece_a;
  self->where[piece_b] = a;
  self->where[piece_a] = b;
}

/* Equal pieces must come in a random order, or every peer of a swarm would
 * ask for the same one. */
static void
shuffle_into_level (BtRarity *self, guint32 piece)
{
  guint16 level = self->level[piece];
  guint32 first = self->starts[level];
  guint32 count = self->starts[level + 1] - first;

  swap (self, self->where[piece], first + bt_rng_below (self->rng, count));
}

static void
need_level (BtRarity *self, guint32 level)
{
  if (level < self->n_levels)
    return;
  self->starts = g_renew (guint32, self->starts, level + 2);
  for (guint32 i = self->n_levels + 1; i <= level + 1; i++)
    self->starts[i] = self->length;
  self->n_levels = level + 1;
}

void
bt_rarity_insert (BtRarity *self, guint32 piece)
{
  guint32 at = self->length;
  guint32 level = self->level[piece];

  g_assert (!bt_rarity_contains (self, piece));
  /* New levels begin and end where the order ends now. */
  need_level (self, level);
  self->length++;
  self->order[at] = piece;
  self->where[piece] = at;
  self->starts[self->n_levels] = self->length;
  /* The new last element sinks to its level: each level above gives up its
   * first place and takes the one behind its last. */
  for (guint32 i = self->n_levels - 1; i > level; i--)
    {
      swap (self, self->where[piece], self->starts[i]);
      self->starts[i]++;
    }
  shuffle_into_level (self, piece);
}

void
bt_rarity_remove (BtRarity *self, guint32 piece)
{
  g_assert (bt_rarity_contains (self, piece));
  for (guint32 i = self->level[piece]; i < self->n_levels; i++)
    {
      swap (self, self->where[piece], self->starts[i + 1] - 1);
      self->starts[i + 1]--;
    }
  self->length--;
  self->where[piece] = G_MAXUINT32;
}

void
bt_rarity_increase (BtRarity *self, guint32 piece)
{
  guint16 level = self->level[piece];

  if (level == G_MAXUINT16)
    return;
  self->level[piece]++;
  if (!bt_rarity_contains (self, piece))
    return;
  need_level (self, level + 1u);
  swap (self, self->where[piece], self->starts[level + 1] - 1);
  self->starts[level + 1]--;
  shuffle_into_level (self, piece);
}

void
bt_rarity_decrease (BtRarity *self, guint32 piece)
{
  guint16 level = self->level[piece];

  if (level == 0)
    return;
  self->level[piece]--;
  if (!bt_rarity_contains (self, piece))
    return;
  swap (self, self->where[piece], self->starts[level]);
  self->starts[level]++;
  shuffle_into_level (self, piece);
}
