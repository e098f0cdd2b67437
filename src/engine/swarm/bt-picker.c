/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-picker.h"

#include "bt-rarity.h"

#include <string.h>

/* A peer with nothing has nothing to trade: its first pieces are chosen at
 * random, because the rarest are also the slowest to get. */
#define RANDOM_PIECES 4u

/* A block is asked of at most this many peers at once in the end game. */
#define MAX_BUSY 3u

/* With this many requests out a peer is not given a busy block: it keeps the
 * waste bounded and still hides a round trip. */
#define END_GAME_DEPTH 4u

/* Partials that the end game looks at for one pick. */
#define END_GAME_SCAN 64u

struct _BtPicker
{
  BtLayout *layout;
  BtRng *rng;
  BtBitfield have;
  guint8 *priority;      /* by piece: BtPriority */
  BtRarity rarity[3];    /* pieces not begun: high, normal, low; the levels of all are the same */
  guint n_all;           /* peers that have every piece: they change no order */
  guint32 n_missing;
  guint64 generation;
  gboolean sequential;
  guint32 first_missing; /* sequential: nothing to begin before this piece */
  GArray *deadlines;     /* of Deadline, earliest first */
  GHashTable *partials;  /* piece -> BtPartial */
  GPtrArray *open;       /* partials with open blocks, oldest first as far as removals allow */
};

typedef struct
{
  guint32 piece;
  gint64 when;
} Deadline;

static BtRarity *
rarity_of (BtPicker *self, guint32 piece)
{
  return &self->rarity[BT_PRIORITY_HIGH - self->priority[piece]];
}

static void
partial_free (gpointer data)
{
  BtPartial *partial = data;

  g_assert (partial->data == NULL);
  g_free (partial->state);
  g_free (partial->from);
  g_free (partial);
}

BtPicker *
bt_picker_new (BtLayout *layout, BtRng *rng)
{
  BtPicker *self = g_new0 (BtPicker, 1);

  self->layout = bt_layout_ref (layout);
  self->rng = rng;
  bt_bitfield_init (&self->have, layout->n_pieces);
  self->priority = g_malloc (MAX (layout->n_pieces, 1));
  memset (self->priority, BT_PRIORITY_NORMAL, layout->n_pieces);
  for (guint i = 0; i < G_N_ELEMENTS (self->rarity); i++)
    bt_rarity_init (&self->rarity[i], layout->n_pieces, rng);
  for (guint32 i = 0; i < layout->n_pieces; i++)
    bt_rarity_insert (rarity_of (self, i), i);
  self->n_missing = layout->n_pieces;
  self->partials = g_hash_table_new_full (NULL, NULL, NULL, partial_free);
  self->open = g_ptr_array_new ();
  self->deadlines = g_array_new (FALSE, FALSE, sizeof (Deadline));
  return self;
}

void
bt_picker_free (BtPicker *self)
{
  g_ptr_array_unref (self->open);
  g_array_unref (self->deadlines);
  g_hash_table_unref (self->partials);
  for (guint i = 0; i < G_N_ELEMENTS (self->rarity); i++)
    bt_rarity_clear (&self->rarity[i]);
  bt_bitfield_clear (&self->have);
  g_free (self->priority);
  bt_layout_unref (self->layout);
  g_free (self);
}

const BtBitfield *
bt_picker_get_have (const BtPicker *self)
{
  return &self->have;
}

BtPartial *
bt_picker_peek_partial (const BtPicker *self, guint32 piece)
{
  return g_hash_table_lookup (self->partials, GUINT_TO_POINTER (piece));
}

static void
list_open (BtPicker *self, BtPartial *partial)
{
  partial->open_index = self->open->len;
  g_ptr_array_add (self->open, partial);
}

static void
unlist_open (BtPicker *self, BtPartial *partial)
{
  guint at = partial->open_index;

  if (at == G_MAXUINT32)
    return;
  g_ptr_array_remove_index_fast (self->open, at);
  if (at < self->open->len)
    ((BtPartial *) self->open->pdata[at])->open_index = at;
  partial->open_index = G_MAXUINT32;
}

/* Listed is what is to be asked for: a skipped piece is not, and must not keep
 * the end game from beginning. */
static void
update_open (BtPicker *self, BtPartial *partial)
{
  gboolean open = partial->n_open > 0 && self->priority[partial->piece] != BT_PRIORITY_SKIP;

  if (!open)
    unlist_open (self, partial);
  else if (partial->open_index == G_MAXUINT32)
    list_open (self, partial);
}

static BtPartial *
begin_piece (BtPicker *self, guint32 piece)
{
  BtPartial *partial = g_new0 (BtPartial, 1);

  bt_rarity_remove (rarity_of (self, piece), piece);
  partial->piece = piece;
  partial->n_blocks = partial->n_open = bt_layout_n_blocks (self->layout, piece);
  partial->state = g_malloc0 (partial->n_blocks);
  partial->from = g_new0 (guint32, partial->n_blocks);
  g_hash_table_insert (self->partials, GUINT_TO_POINTER (piece), partial);
  list_open (self, partial);
  return partial;
}

static void
end_piece (BtPicker *self, BtPartial *partial)
{
  unlist_open (self, partial);
  g_hash_table_remove (self->partials, GUINT_TO_POINTER (partial->piece));
}

static void
drop_deadline (BtPicker *self, guint32 piece)
{
  for (guint i = 0; i < self->deadlines->len; i++)
    if (g_array_index (self->deadlines, Deadline, i).piece == piece)
      {
        g_array_remove_index (self->deadlines, i);
        return;
      }
}

void
bt_picker_set_deadline (BtPicker *self, guint32 piece, gint64 deadline)
{
  Deadline item = { piece, deadline };
  guint at = 0;

  drop_deadline (self, piece);
  if (deadline == 0 || !bt_picker_wants (self, piece) || self->deadlines->len >= BT_PICKER_MAX_DEADLINES)
    return;
  while (at < self->deadlines->len && g_array_index (self->deadlines, Deadline, at).when <= deadline)
    at++;
  g_array_insert_val (self->deadlines, at, item);
  self->generation++;
}

void
bt_picker_set_sequential (BtPicker *self, gboolean sequential)
{
  self->sequential = sequential;
  self->first_missing = 0;
}

BtPriority
bt_picker_get_priority (const BtPicker *self, guint32 piece)
{
  return self->priority[piece];
}

void
bt_picker_set_have (BtPicker *self, guint32 piece)
{
  BtPartial *partial = bt_picker_peek_partial (self, piece);

  if (!bt_bitfield_set (&self->have, piece))
    return;
  drop_deadline (self, piece);
  if (partial != NULL)
    end_piece (self, partial);
  else if (self->priority[piece] != BT_PRIORITY_SKIP)
    bt_rarity_remove (rarity_of (self, piece), piece);
  if (self->priority[piece] != BT_PRIORITY_SKIP)
    self->n_missing--;
}

void
bt_picker_unset_have (BtPicker *self, guint32 piece)
{
  if (!bt_bitfield_unset (&self->have, piece) || self->priority[piece] == BT_PRIORITY_SKIP)
    return;
  self->n_missing++;
  self->first_missing = MIN (self->first_missing, piece);
  self->generation++;
  bt_rarity_insert (rarity_of (self, piece), piece);
}

void
bt_picker_set_priority (BtPicker *self, guint32 piece, BtPriority priority)
{
  BtPriority old = self->priority[piece];
  gboolean waits = !bt_bitfield_get (&self->have, piece) && bt_picker_peek_partial (self, piece) == NULL;

  if (old == priority)
    return;
  if (waits && old != BT_PRIORITY_SKIP)
    bt_rarity_remove (rarity_of (self, piece), piece);
  self->priority[piece] = (guint8) priority;
  self->first_missing = MIN (self->first_missing, piece);
  self->generation++;
  if (waits && priority != BT_PRIORITY_SKIP)
    bt_rarity_insert (rarity_of (self, piece), piece);
  if (bt_picker_peek_partial (self, piece) != NULL)
    update_open (self, bt_picker_peek_partial (self, piece));
  if (!bt_bitfield_get (&self->have, piece))
    self->n_missing += (guint32) (priority != BT_PRIORITY_SKIP) - (guint32) (old != BT_PRIORITY_SKIP);
}

gboolean
bt_picker_wants (const BtPicker *self, guint32 piece)
{
  return self->priority[piece] != BT_PRIORITY_SKIP && !bt_bitfield_get (&self->have, piece);
}

guint32
bt_picker_n_missing (const BtPicker *self)
{
  return self->n_missing;
}

guint
bt_picker_n_partials (const BtPicker *self)
{
  return g_hash_table_size (self->partials);
}

void
bt_picker_add_all (BtPicker *self)
{
  self->n_all++;
}

void
bt_picker_remove_all (BtPicker *self)
{
  g_assert (self->n_all > 0);
  self->n_all--;
}

void
bt_picker_add_piece (BtPicker *self, guint32 piece)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->rarity); i++)
    bt_rarity_increase (&self->rarity[i], piece);
}

void
bt_picker_remove_piece (BtPicker *self, guint32 piece)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->rarity); i++)
    bt_rarity_decrease (&self->rarity[i], piece);
}

void
bt_picker_add_pieces (BtPicker *self, const BtBitfield *pieces)
{
  for (guint32 i = 0; i < pieces->n_bits; i++)
    if (bt_bitfield_get (pieces, i))
      bt_picker_add_piece (self, i);
}

void
bt_picker_remove_pieces (BtPicker *self, const BtBitfield *pieces)
{
  for (guint32 i = 0; i < pieces->n_bits; i++)
    if (bt_bitfield_get (pieces, i))
      bt_picker_remove_piece (self, i);
}

guint
bt_picker_get_availability (const BtPicker *self, guint32 piece)
{
  return self->n_all + self->rarity[0].level[piece];
}

guint32
bt_picker_count_wanted (const BtPicker *self, const BtBitfield *pieces)
{
  guint32 count = 0;

  for (guint32 i = 0; i < pieces->n_bits; i++)
    count += bt_bitfield_get (pieces, i) && bt_picker_wants (self, i);
  return count;
}

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
  update_open (self, partial);
  return n;
}

static BtPartial *
find_open_partial (BtPicker *self, const BtPick *pick)
{
  BtPartial *current = *pick->current == G_MAXUINT32 ? NULL : bt_picker_peek_partial (self, *pick->current);

  if (current != NULL && current->n_open > 0 && may_join (self, pick, current))
    return current;
  for (guint i = 0; i < self->open->len; i++)
    if (may_join (self, pick, self->open->pdata[i]))
      return self->open->pdata[i];
  return NULL;
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
      guint32 piece = g_array_index (self->deadlines, Deadline, i).piece;
      BtPartial *partial = bt_picker_peek_partial (self, piece);

      if (partial != NULL && partial->n_open > 0 && may_join (self, pick, partial))
        return partial;
      if (partial == NULL && may_begin (self, pick, piece))
        return begin_piece (self, piece);
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
        return begin_piece (self, piece);
    }
  return NULL;
}

static BtPartial *
begin_rarest (BtPicker *self, const BtPick *pick)
{
  /* BEP 6: the peer has it at hand. */
  if (may_begin (self, pick, pick->suggested))
    return begin_piece (self, pick->suggested);
  for (guint i = 0; i < G_N_ELEMENTS (self->rarity); i++)
    {
      BtRarity *rarity = &self->rarity[i];
      guint32 skip = self->have.n_set < RANDOM_PIECES ? bt_rng_below (self->rng, rarity->length) : 0;

      for (guint32 k = 0; k < rarity->length; k++)
        {
          guint32 piece = rarity->order[(k + skip) % rarity->length];

          if (may_pick (pick, piece))
            return begin_piece (self, piece);
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

gboolean
bt_picker_is_end_game (const BtPicker *self)
{
  return self->rarity[0].length + self->rarity[1].length + self->rarity[2].length == 0 && self->open->len == 0;
}

guint64
bt_picker_get_generation (const BtPicker *self)
{
  return self->generation;
}

guint
bt_picker_pick (BtPicker *self, const BtPick *pick, BtBlock *blocks, guint most)
{
  guint n = 0;

  while (n < most)
    {
      BtPartial *partial = self->deadlines->len > 0 ? find_awaited (self, pick) : NULL;

      if (partial == NULL)
        partial = find_open_partial (self, pick);
      if (partial == NULL && pick->allow_new)
        partial = begin_new (self, pick);
      if (partial == NULL)
        break;
      *pick->current = partial->piece;
      n += take_open_blocks (self, partial, blocks + n, most - n);
    }
  if (n == 0 && most > 0 && bt_picker_is_end_game (self) && bt_requests_n_outstanding (pick->requests) < END_GAME_DEPTH)
    n = pick_busy_block (self, pick, blocks);
  return n;
}

static BtPartial *
begin_awaited (BtPicker *self, const BtPick *pick)
{
  for (guint i = 0; i < self->deadlines->len; i++)
    {
      guint32 piece = g_array_index (self->deadlines, Deadline, i).piece;

      if (may_begin (self, pick, piece))
        return begin_piece (self, piece);
    }
  return NULL;
}

guint
bt_picker_pick_piece (BtPicker *self, const BtPick *pick, BtBlock *blocks)
{
  BtPartial *partial = may_begin (self, pick, pick->suggested) ? begin_piece (self, pick->suggested) : NULL;

  if (partial == NULL)
    partial = begin_awaited (self, pick);
  if (partial == NULL)
    partial = begin_new (self, pick);
  return partial == NULL ? 0 : take_open_blocks (self, partial, blocks, partial->n_blocks);
}

static BtPartial *
find_block (const BtPicker *self, const BtBlock *block, guint32 *index)
{
  BtPartial *partial;

  if (!bt_layout_is_block (self->layout, block))
    return NULL;
  partial = bt_picker_peek_partial (self, block->piece);
  *index = block->begin / BT_BLOCK_SIZE;
  return partial;
}

void
bt_picker_release (BtPicker *self, const BtBlock *block)
{
  guint32 index;
  BtPartial *partial = find_block (self, block, &index);

  if (partial == NULL || partial->state[index] == 0 || partial->state[index] == BT_BLOCK_HAD)
    return;
  if (--partial->state[index] > 0)
    return;
  self->generation++;
  partial->n_open++;
  partial->next_open = MIN (partial->next_open, index);
  update_open (self, partial);
}

gboolean
bt_picker_take (BtPicker *self, const BtBlock *block)
{
  guint32 index;
  BtPartial *partial = find_block (self, block, &index);

  if (partial == NULL || partial->state[index] != 0)
    return FALSE;
  partial->state[index] = 1;
  if (--partial->n_open == 0)
    unlist_open (self, partial);
  return TRUE;
}

BtPartial *
bt_picker_expects (const BtPicker *self, const BtBlock *block)
{
  guint32 index;
  BtPartial *partial = find_block (self, block, &index);

  return partial == NULL || partial->state[index] == BT_BLOCK_HAD ? NULL : partial;
}

gboolean
bt_picker_is_busy (const BtPicker *self, const BtBlock *block)
{
  guint32 index;
  BtPartial *partial = find_block (self, block, &index);

  return partial != NULL && partial->state[index] > 1 && partial->state[index] != BT_BLOCK_HAD;
}

BtReceived
bt_picker_receive (BtPicker *self, const BtBlock *block, guint32 peer, BtPartial **out)
{
  guint32 index;
  BtPartial *partial = find_block (self, block, &index);

  if (partial == NULL)
    return block->piece < self->layout->n_pieces && bt_bitfield_get (&self->have, block->piece)
             ? BT_RECEIVED_DUPLICATE
             : BT_RECEIVED_UNWANTED;
  if (partial->state[index] == BT_BLOCK_HAD)
    return BT_RECEIVED_DUPLICATE;

  if (partial->state[index] == 0)
    {
      partial->n_open--;
      update_open (self, partial);
    }
  partial->state[index] = BT_BLOCK_HAD;
  partial->from[index] = peer;
  partial->n_had++;
  partial->sealed = partial->n_had == partial->n_blocks;
  *out = partial;
  return BT_RECEIVED_NEW;
}

void
bt_picker_reopen (BtPicker *self, guint32 piece, guint32 only_peer)
{
  BtPartial *partial = bt_picker_peek_partial (self, piece);

  g_return_if_fail (partial != NULL && partial->data == NULL);
  self->generation++;
  memset (partial->state, 0, partial->n_blocks);
  partial->n_open = partial->n_blocks;
  partial->n_had = 0;
  partial->next_open = 0;
  partial->sealed = FALSE;
  partial->only_peer = only_peer;
  update_open (self, partial);
}

void
bt_picker_abandon (BtPicker *self, guint32 piece)
{
  BtPartial *partial = bt_picker_peek_partial (self, piece);

  if (partial == NULL)
    return;
  self->generation++;
  self->first_missing = MIN (self->first_missing, piece);
  end_piece (self, partial);
  if (self->priority[piece] != BT_PRIORITY_SKIP)
    bt_rarity_insert (rarity_of (self, piece), piece);
}

void
bt_picker_peer_gone (BtPicker *self, guint32 peer)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->partials);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((BtPartial *) value)->only_peer == peer)
      {
        ((BtPartial *) value)->only_peer = 0;
        self->generation++;
      }
}

void
bt_picker_foreach_partial (BtPicker *self, void (*func) (BtPartial *partial, gpointer data), gpointer data)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->partials);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    func (value, data);
}
