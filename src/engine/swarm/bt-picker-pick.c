/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-picker-private.h"

/* Which block a peer is asked for next. */

/* A peer with nothing has nothing to trade: its first pieces are chosen at
 * random, because the rarest are also the slowest to get. */
#define RANDOM_PIECES 4u

/* With fewer begun pieces that have open blocks a rarer one may be begun
 * instead of finishing them; more would only delay each of them. */
#define MOST_OPEN 16u

/* Rarer pieces that a peer is looked up for; one that has only a few pieces
 * helps with what is begun. */
#define RARER_SCAN 32u

/* Pieces that are looked at for one that is ours. */
#define OURS_SCAN 64u

/* A block is asked of at most this many peers at once in the end game. */
#define MAX_BUSY 3u

/* With this many requests out a peer is not given a busy block: it keeps the
 * waste bounded and still hides a round trip. */
#define END_GAME_DEPTH 4u

/* Partials that the end game looks at for one pick. */
#define END_GAME_SCAN 64u

static gboolean
may_pick (const BtPick *pick, guint32 piece)
{
  return (pick->has_all || bt_bitfield_get (pick->pieces, piece)) &&
         (pick->allowed == NULL || bt_bitfield_get (pick->allowed, piece));
}

static gboolean
may_join (const BtPicker *self, const BtPick *pick, const BtPartial *partial)
{
  return (partial->only_peer == 0 || partial->only_peer == pick->peer) &&
         self->priority[partial->piece] != BT_PRIORITY_SKIP && may_pick (pick, partial->piece);
}

static BtBlock
block_of (const BtPicker *self, const BtPartial *partial, guint32 index)
{
  return (BtBlock){ partial->piece, index * BT_BLOCK_SIZE, bt_layout_block_size (self->layout, partial->piece, index) };
}

static guint
take_open_blocks (BtPicker *self, BtPartial *partial, BtBlock *blocks, guint most)
{
  guint n = 0;

  for (guint32 i = partial->next_open; i < partial->n_blocks && n < most && partial->n_open > 0; i++)
    {
      partial->next_open = i + 1;
      if (partial->state[i] != 0)
        continue;
      partial->state[i] = 1;
      partial->n_open--;
      blocks[n++] = block_of (self, partial, i);
    }
  bt_picker_update_open (self, partial);
  return n;
}

/* Is piece @a wanted more than piece @b, or as much and rarer? */
static gboolean
goes_before (const BtPicker *self, guint32 a, guint32 b)
{
  if (self->priority[a] != self->priority[b])
    return self->priority[a] > self->priority[b];
  return self->rarity[0].level[a] < self->rarity[0].level[b];
}

static BtPartial *
find_current (BtPicker *self, const BtPick *pick)
{
  BtPartial *current = *pick->current == G_MAXUINT32 ? NULL : bt_picker_peek_partial (self, *pick->current);

  return current != NULL && current->n_open > 0 && may_join (self, pick, current) ? current : NULL;
}

static BtPartial *
find_open_partial (BtPicker *self, const BtPick *pick)
{
  BtPartial *best = NULL;

  for (guint i = 0; i < self->open->len; i++)
    {
      BtPartial *partial = self->open->pdata[i];

      if (may_join (self, pick, partial) && (best == NULL || goes_before (self, partial->piece, best->piece)))
        best = partial;
    }
  return best;
}

/* A peer that has what few have (the only seed of a swarm) must not be spent
 * on finishing what many can send: simulated, that had the seed send every
 * piece nearly three times. */
static gboolean
should_begin_rarer (const BtPicker *self, const BtPick *pick, const BtPartial *partial)
{
  guint last = BT_PRIORITY_HIGH - self->priority[partial->piece];

  if (!pick->allow_new || self->sequential || self->open->len >= MOST_OPEN || self->have.n_set < RANDOM_PIECES)
    return FALSE;
  for (guint i = 0; i <= last; i++)
    {
      const BtRarity *rarity = &self->rarity[i];

      for (guint32 k = 0; k < MIN (rarity->length, RARER_SCAN) && goes_before (self, rarity->order[k], partial->piece); k++)
        if (may_pick (pick, rarity->order[k]))
          return TRUE;
    }
  return FALSE;
}

static gboolean
may_begin (const BtPicker *self, const BtPick *pick, guint32 piece)
{
  return piece < self->layout->n_pieces && bt_picker_wants (self, piece) &&
         bt_picker_peek_partial (self, piece) == NULL && may_pick (pick, piece);
}

/* Pieces that somebody waits for: begun ones with open blocks, or new ones. */
static BtPartial *
find_awaited (BtPicker *self, const BtPick *pick)
{
  for (guint i = 0; i < self->deadlines->len; i++)
    {
      guint32 piece = g_array_index (self->deadlines, BtPickerDeadline, i).piece;
      BtPartial *partial = bt_picker_peek_partial (self, piece);

      if (partial != NULL && partial->n_open > 0 && may_join (self, pick, partial))
        return partial;
      if (partial == NULL && may_begin (self, pick, piece))
        return bt_picker_begin (self, piece);
    }
  return NULL;
}

static BtPartial *
begin_next (BtPicker *self, const BtPick *pick)
{
  gboolean skipping = TRUE;

  for (guint32 piece = self->first_missing; piece < self->layout->n_pieces; piece++)
    {
      if (!bt_picker_wants (self, piece) || bt_picker_peek_partial (self, piece) != NULL)
        {
          if (skipping)
            self->first_missing = piece + 1;
          continue;
        }
      skipping = FALSE;
      if (may_pick (pick, piece))
        return bt_picker_begin (self, piece);
    }
  return NULL;
}

/* Of pieces that only seeds have the ones that are ours are fetched first.
 * Simulated, eight peers around a seed that shows everything to everybody then
 * fetch a tenth instead of a third of it twice. */
static guint32
choose_ours (BtPicker *self, const BtPick *pick, const BtRarity *rarity, guint32 found)
{
  guint32 count = rarity->starts[1], start;

  if (pick->rivals == NULL || pick->rivals->others->len == 0 || rarity->level[found] > 0)
    return found;
  /* Those at the front were passed over before. */
  start = bt_rng_below (self->rng, count);
  for (guint32 i = 0; i < MIN (count, OURS_SCAN); i++)
    {
      guint32 piece = rarity->order[(start + i) % count];

      if (bt_rivals_is_mine (pick->rivals, piece) && may_pick (pick, piece))
        return piece;
    }
  return found;
}

static BtPartial *
begin_rarest (BtPicker *self, const BtPick *pick)
{
  /* BEP 6: the peer has it at hand. */
  if (may_begin (self, pick, pick->suggested))
    return bt_picker_begin (self, pick->suggested);
  for (guint i = 0; i < G_N_ELEMENTS (self->rarity); i++)
    {
      BtRarity *rarity = &self->rarity[i];
      guint32 skip = self->have.n_set < RANDOM_PIECES ? bt_rng_below (self->rng, rarity->length) : 0;

      for (guint32 k = 0; k < rarity->length; k++)
        {
          guint32 piece = rarity->order[(k + skip) % rarity->length];

          if (may_pick (pick, piece))
            return bt_picker_begin (self, choose_ours (self, pick, rarity, piece));
        }
    }
  return NULL;
}

static BtPartial *
begin_new (BtPicker *self, const BtPick *pick)
{
  /* What is wanted most comes first in any order: the ends of a film before
   * its middle. */
  if (self->sequential && self->rarity[0].length == 0)
    return begin_next (self, pick);
  return begin_rarest (self, pick);
}

/* Everything wanted is asked for: ask one more peer for a block that is still
 * on its way, so that the slowest peer does not decide when we are done. */
static guint
pick_busy_block (BtPicker *self, const BtPick *pick, BtBlock *block)
{
  GHashTableIter iter;
  gpointer value;
  guint seen = 0, fewest = MAX_BUSY;

  g_hash_table_iter_init (&iter, self->partials);
  while (g_hash_table_iter_next (&iter, NULL, &value) && seen++ < END_GAME_SCAN)
    {
      BtPartial *partial = value;

      if (partial->sealed || !may_join (self, pick, partial))
        continue;
      for (guint32 i = 0; i < partial->n_blocks; i++)
        if (partial->state[i] > 0 && partial->state[i] < fewest)
          {
            BtBlock candidate = block_of (self, partial, i);

            if (bt_requests_contains (pick->requests, &candidate))
              continue;
            *block = candidate;
            fewest = partial->state[i];
          }
    }
  if (fewest == MAX_BUSY)
    return 0;
  bt_picker_peek_partial (self, block->piece)->state[block->begin / BT_BLOCK_SIZE]++;
  return 1;
}

guint
bt_picker_pick (BtPicker *self, const BtPick *pick, BtBlock *blocks, guint most)
{
  guint n = 0;

  while (n < most)
    {
      BtPartial *partial = self->deadlines->len > 0 ? find_awaited (self, pick) : NULL;

      if (partial == NULL)
        partial = find_current (self, pick);
      if (partial == NULL)
        {
          partial = find_open_partial (self, pick);
          if (partial == NULL ? pick->allow_new : should_begin_rarer (self, pick, partial))
            partial = begin_new (self, pick);
        }
      if (partial == NULL)
        break;
      *pick->current = partial->piece;
      n += take_open_blocks (self, partial, blocks + n, most - n);
    }
  /* Three silent peers would else take the last block from each other for ever. */
  if (n == 0 && most > 0 && bt_picker_is_end_game (self) && !pick->requests->snubbed &&
      bt_requests_n_outstanding (pick->requests) < END_GAME_DEPTH)
    n = pick_busy_block (self, pick, blocks);
  return n;
}

static BtPartial *
begin_awaited (BtPicker *self, const BtPick *pick)
{
  for (guint i = 0; i < self->deadlines->len; i++)
    {
      guint32 piece = g_array_index (self->deadlines, BtPickerDeadline, i).piece;

      if (may_begin (self, pick, piece))
        return bt_picker_begin (self, piece);
    }
  return NULL;
}

guint
bt_picker_pick_piece (BtPicker *self, const BtPick *pick, BtBlock *blocks)
{
  BtPartial *partial = may_begin (self, pick, pick->suggested) ? bt_picker_begin (self, pick->suggested) : NULL;

  if (partial == NULL)
    partial = begin_awaited (self, pick);
  if (partial == NULL)
    partial = begin_new (self, pick);
  return partial == NULL ? 0 : take_open_blocks (self, partial, blocks, partial->n_blocks);
}
