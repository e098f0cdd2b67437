/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-torrent-private.h"
#include "bt-webseed.h"
#include "bt-webseed-plan.h"

G_BEGIN_DECLS

typedef struct _BtSeed BtSeed;

/* Blocks that are to come from a seed, one request after the other. */
typedef struct
{
  BtSeed *seed;
  GArray *blocks;        /* of BtBlock, in the order they are fetched; empty: idle */
  guint next;            /* the first that is not here */
  guint32 filled;        /* bytes of it that are */
  guint8 *part;          /* ... BT_BLOCK_SIZE bytes, NULL until it is needed */
  BtWebseedFetch *fetch; /* NULL: idle */
  BtWebseedRange range;
  gboolean moved;        /* asked where a redirect once led */
  gboolean released;     /* others may be asked for the blocks too */
  gboolean waits;        /* for budget */
  gint64 last_bytes;
} BtSeedRun;

/* A web seed of a torrent. */
struct _BtSeed
{
  BtTorrent *torrent;
  BtWebseedPlan *plan;
  guint32 id;             /* for picker and blame */
  gboolean from_public;
  BtRate rate;
  BtSeedRun runs[2];      /* the second is asked for while the first comes */
};

static inline gboolean
bt_seed_run_is_active (const BtSeedRun *self)
{
  return self->blocks->len > 0;
}

static inline gboolean
bt_seed_is_active (const BtSeed *self)
{
  return bt_seed_run_is_active (&self->runs[0]) || bt_seed_run_is_active (&self->runs[1]);
}

static inline BtBlock *
bt_seed_run_block (const BtSeedRun *self, guint i)
{
  return &g_array_index (self->blocks, BtBlock, i);
}

/* bt-torrent-webseed-pick.c */
/* Takes blocks from the picker for an idle run. */
void bt_seed_run_pick (BtSeedRun *self, gint64 now);

G_END_DECLS
