/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-picker-private.h"

#include <string.h>

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
  self->deadlines = g_array_new (FALSE, FALSE, sizeof (BtPickerDeadline));
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
void
bt_picker_update_open (BtPicker *self, BtPartial *partial)
{
  gboolean open = partial->n_open > 0 && self->priority[partial->piece] != BT_PRIORITY_SKIP;

  if (!open)
    unlist_open (self, partial);
  else if (partial->open_index == G_MAXUINT32)
    list_open (self, partial);
}

BtPartial *
bt_picker_begin (BtPicker *self, guint32 piece)
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
    if (g_array_index (self->deadlines, BtPickerDeadline, i).piece == piece)
      {
        g_array_remove_index (self->deadlines, i);
        return;
      }
}

void
bt_picker_set_deadline (BtPicker *self, guint32 piece, gint64 deadline)
{
  BtPickerDeadline item = { piece, deadline };
  guint at = 0;

  drop_deadline (self, piece);
  if (deadline == 0 || !bt_picker_wants (self, piece) || self->deadlines->len >= BT_PICKER_MAX_DEADLINES)
    return;
  while (at < self->deadlines->len && g_array_index (self->deadlines, BtPickerDeadline, at).when <= deadline)
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
    bt_picker_update_open (self, bt_picker_peek_partial (self, piece));
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
  bt_picker_update_open (self, partial);
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
      bt_picker_update_open (self, partial);
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
  bt_picker_update_open (self, partial);
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

gboolean
bt_picker_restore (BtPicker *self, guint32 piece, const BtBitfield *blocks, guint8 *data)
{
  BtPartial *partial;

  if (!bt_picker_wants (self, piece) || bt_picker_peek_partial (self, piece) != NULL || blocks->n_set == 0 ||
      bt_bitfield_is_full (blocks))
    return FALSE;
  partial = bt_picker_begin (self, piece);
  for (guint32 i = 0; i < partial->n_blocks; i++)
    if (bt_bitfield_get (blocks, i))
      partial->state[i] = BT_BLOCK_HAD;
  partial->n_had = blocks->n_set;
  partial->n_open -= blocks->n_set;
  partial->data = data;
  self->generation++;
  return TRUE;
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
