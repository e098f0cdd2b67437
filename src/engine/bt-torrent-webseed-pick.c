/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-webseed-private.h"

/* Blocks that the end game takes at once. */
#define END_GAME_BLOCKS 4u

static gboolean
may_begin_piece (const BtSeed *seed, guint32 piece)
{
  const BtPicker *picker = seed->torrent->picker;

  return piece < seed->torrent->layout->n_pieces && bt_webseed_plan_has (seed->plan, piece) &&
         bt_picker_wants (picker, piece) && bt_picker_peek_partial (picker, piece) == NULL;
}

static guint
pick (BtSeedRun *run, const BtPick *rules, guint most)
{
  guint had = run->blocks->len, n;

  g_array_set_size (run->blocks, had + most);
  n = bt_picker_pick (run->seed->torrent->picker, rules, bt_seed_run_block (run, had), most);
  g_array_set_size (run->blocks, had + n);
  return n;
}

/* A new piece: the one that is suggested, else whichever is wanted most. */
static guint
pick_piece (GArray *blocks, BtSeedRun *run, const BtPick *rules)
{
  BtTorrent *torrent = run->seed->torrent;
  guint had = blocks->len, n;

  g_array_set_size (blocks, had + bt_layout_n_blocks (torrent->layout, 0));
  n = bt_picker_pick_piece (torrent->picker, rules, &g_array_index (blocks, BtBlock, had));
  g_array_set_size (blocks, had + n);
  return n;
}

/* New pieces, side by side: the one that the picker wants most and its
 * neighbours. They begin at multiples of the run's size, so that few gaps
 * are left that are smaller than a run. */
static void
pick_new (BtSeedRun *run, BtPick *rules, guint32 bytes)
{
  g_autoptr (GArray) best = g_array_new (FALSE, FALSE, sizeof (BtBlock));
  guint32 n_pieces = MAX (bytes / run->seed->torrent->layout->piece_length, 1), chosen, first;

  if (pick_piece (best, run, rules) == 0)
    return;
  chosen = first = g_array_index (best, BtBlock, 0).piece;
  while (first % n_pieces > 0 && may_begin_piece (run->seed, first - 1))
    first--;
  for (guint32 piece = first; piece < first + n_pieces; piece++)
    {
      rules->suggested = piece;
      if (piece == chosen)
        g_array_append_vals (run->blocks, best->data, best->len);
      else if (may_begin_piece (run->seed, piece))
        pick_piece (run->blocks, run, rules);
      else
        break;
    }
}

/* Blocks of pieces that others have begun and are not being asked for. */
static void
pick_open (BtSeedRun *run, BtPick *rules, guint32 bytes)
{
  guint32 current = G_MAXUINT32;

  rules->allow_new = FALSE;
  rules->current = &current;
  /* A piece whose hash was wrong should have one sender the next time. */
  bytes = MAX (bytes, run->seed->torrent->layout->piece_length);
  pick (run, rules, MAX (bytes / BT_BLOCK_SIZE, 1));
}

/* In the end game what others are slow with is asked for again. */
static void
pick_busy (BtSeedRun *run, BtPick *rules)
{
  guint32 current = G_MAXUINT32;
  BtRequests mine;

  bt_requests_init (&mine);
  rules->allow_new = FALSE;
  rules->current = &current;
  rules->requests = &mine;
  while (run->blocks->len < END_GAME_BLOCKS && pick (run, rules, 1) == 1)
    bt_requests_asked (&mine, bt_seed_run_block (run, run->blocks->len - 1), 0);
  bt_requests_clear (&mine);
}

static guint
count_sources (BtTorrent *self, gint64 now)
{
  guint n = 0;

  for (guint i = 0; i < self->webseeds->len; i++)
    n += bt_webseed_plan_is_ready (((BtSeed *) self->webseeds->pdata[i])->plan, now);
  for (guint i = 0; i < self->links->len; i++)
    {
      const BtLink *link = self->links->pdata[i];

      n += !link->they_choke && link->n_wanted > 0;
    }
  return n;
}

static guint64
bytes_under_way (BtTorrent *self)
{
  guint64 bytes = 0;

  for (guint i = 0; i < self->webseeds->len; i++)
    {
      const BtSeed *seed = self->webseeds->pdata[i];

      for (guint k = 0; k < G_N_ELEMENTS (seed->runs); k++)
        bytes += (seed->runs[k].blocks->len - seed->runs[k].next) * (guint64) BT_BLOCK_SIZE;
    }
  return bytes;
}

/* How much of the memory for pieces is there for new ones. Web seeds have up
 * to half of it: peers must have room to begin some too. */
static guint64
room_for_new (BtTorrent *self)
{
  const BtPiecePool *pool = &self->session->pool;
  guint64 begun = (guint64) bt_picker_n_partials (self->picker) * self->layout->piece_length;
  guint64 ours = bytes_under_way (self);

  if (begun >= pool->budget || ours >= pool->budget / 2 || bt_piece_pool_is_full (pool))
    return 0;
  return MIN (pool->budget - begun, pool->budget / 2 - ours);
}

void
bt_seed_run_pick (BtSeedRun *run, gint64 now)
{
  BtTorrent *torrent = run->seed->torrent;
  guint64 room = room_for_new (torrent);
  guint64 left = (guint64) bt_picker_n_missing (torrent->picker) * torrent->layout->piece_length;
  guint32 bytes = bt_webseed_run_bytes (bt_rate_get (&run->seed->rate, now), torrent->session->pool.budget, left, count_sources (torrent, now));
  BtRequests none;
  BtPick rules = {
    .peer = run->seed->id,
    .pieces = &run->seed->plan->pieces,
    .has_all = run->seed->plan->pieces.bytes == NULL,
    .allow_new = TRUE,
    .suggested = G_MAXUINT32,
    .requests = &none,
  };

  bt_requests_init (&none);
  if (room > 0)
    pick_new (run, &rules, (guint32) MIN (bytes, room));
  if (run->blocks->len > 0)
    return;
  if (!bt_picker_is_end_game (torrent->picker))
    pick_open (run, &rules, bytes);
  /* Not what the seed's other run is already getting. */
  else if (!bt_seed_is_active (run->seed))
    pick_busy (run, &rules);
}
