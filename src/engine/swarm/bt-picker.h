/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-bitfield.h"
#include "bt-layout.h"
#include "bt-requests.h"
#include "bt-rivals.h"
#include "bt-rng.h"

G_BEGIN_DECLS

/* How much a piece is wanted. */
typedef enum
{
  BT_PRIORITY_SKIP = 0,
  BT_PRIORITY_LOW = 1,
  BT_PRIORITY_NORMAL = 2,
  BT_PRIORITY_HIGH = 3,
} BtPriority;

/**
 * BtPartial:
 *
 * A piece of which something has been asked for. @data belongs to the owner
 * of the picker, who must have let go of it before the partial ends.
 */
typedef struct
{
  guint32 piece;
  guint32 n_blocks;
  guint32 n_open;     /* blocks neither asked for nor here */
  guint32 n_had;      /* blocks here */
  guint32 next_open;  /* no open block before this one */
  guint32 open_index; /* in the picker's list of partials with open blocks */
  guint32 only_peer;  /* whose id alone may send it (after a bad hash); 0: anybody */
  gboolean sealed;    /* all here, being verified */
  guint8 *data;       /* the piece's bytes, NULL before the first */
  guint8 *state;      /* by block: how many peers it is asked of, or BT_BLOCK_HAD */
  guint32 *from;      /* by block: the id of the peer that sent it */
} BtPartial;

#define BT_BLOCK_HAD 255

/* Pieces that can be waited for at once: a minute of a film and more. */
#define BT_PICKER_MAX_DEADLINES 256u

typedef struct _BtPicker BtPicker;

/* Who asks, and under which rules. */
typedef struct
{
  guint32 peer;               /* a number for the peer, not 0 */
  const BtBitfield *pieces;   /* that the peer has; ignored when @has_all */
  gboolean has_all;
  gboolean allow_new;         /* FALSE: memory is short, only go on with begun pieces */
  const BtBitfield *allowed;  /* only these pieces (allowed fast while choked), or NULL */
  guint32 suggested;          /* begin this piece if it may be begun, or G_MAXUINT32 */
  const BtRivals *rivals;     /* who else fetches what only seeds have, or NULL */
  const BtRequests *requests; /* what the peer has been asked for, for the end game */
  guint32 *current;           /* in/out: the piece this peer is busy with, or G_MAXUINT32 */
} BtPick;

typedef enum
{
  BT_RECEIVED_NEW,       /* wanted: the block is here now */
  BT_RECEIVED_DUPLICATE, /* here already */
  BT_RECEIVED_UNWANTED,  /* of a piece that is not begun, or not a block */
} BtReceived;

BtPicker *bt_picker_new  (BtLayout *layout, BtRng *rng);
/* No partial may hold data any more. */
void      bt_picker_free (BtPicker *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtPicker, bt_picker_free)

const BtBitfield *bt_picker_get_have (const BtPicker *self);
/* The piece is verified: its partial, if there is one, ends. */
void      bt_picker_set_have   (BtPicker *self, guint32 piece);
void      bt_picker_unset_have (BtPicker *self, guint32 piece);
void      bt_picker_set_priority (BtPicker *self, guint32 piece, BtPriority priority);
BtPriority bt_picker_get_priority (const BtPicker *self, guint32 piece);
/* In the order of the file instead of rarest first. */
void      bt_picker_set_sequential (BtPicker *self, gboolean sequential);
/* Somebody waits for the piece (a player): it comes before all others, the
 * earliest @deadline first (microseconds; 0 lifts it). At most
 * BT_PICKER_MAX_DEADLINES are kept. */
void      bt_picker_set_deadline (BtPicker *self, guint32 piece, gint64 deadline);
/* Missing and wanted, begun or not. */
gboolean  bt_picker_wants      (const BtPicker *self, guint32 piece);
/* Pieces that are wanted and missing. */
guint32   bt_picker_n_missing  (const BtPicker *self);
guint     bt_picker_n_partials (const BtPicker *self);

/* Peers come and go, and tell what they have. */
void      bt_picker_add_all      (BtPicker *self);
void      bt_picker_remove_all   (BtPicker *self);
void      bt_picker_add_pieces   (BtPicker *self, const BtBitfield *pieces);
void      bt_picker_remove_pieces (BtPicker *self, const BtBitfield *pieces);
void      bt_picker_add_piece    (BtPicker *self, guint32 piece);
void      bt_picker_remove_piece (BtPicker *self, guint32 piece);
/* How many connected peers have it. */
guint     bt_picker_get_availability (const BtPicker *self, guint32 piece);
/* Does a peer with @pieces have anything that we want? */
guint32   bt_picker_count_wanted (const BtPicker *self, const BtBitfield *pieces);

/* Chooses up to @most blocks and counts them as asked for.
 * Returns: how many were written to @blocks */
guint     bt_picker_pick      (BtPicker *self, const BtPick *pick, BtBlock *blocks, guint most);
/* Begins a piece that nobody has begun, the suggested one if it may be, and
 * takes all of it. @blocks: room for those of a whole piece
 * Returns: how many they are; 0 when there is no such piece */
guint     bt_picker_pick_piece (BtPicker *self, const BtPick *pick, BtBlock *blocks);
/* Counts up whenever a block that nobody could have may be picked: until then
 * a peer that was given nothing need not ask again, unless it gets a piece or
 * everything is asked for (the end game). */
guint64   bt_picker_get_generation (const BtPicker *self);
gboolean  bt_picker_is_end_game (const BtPicker *self);
/* Counts a block as asked for; for one that was released a moment ago.
 * Returns: whether it was open */
gboolean  bt_picker_take      (BtPicker *self, const BtBlock *block);
/* A block that was asked for will not come from that peer. */
void      bt_picker_release   (BtPicker *self, const BtBlock *block);
/* @partial: (out): set with NEW */
BtReceived bt_picker_receive  (BtPicker *self, const BtBlock *block, guint32 peer, BtPartial **partial);
/* Would bt_picker_receive() say NEW? Returns: the partial, else NULL */
BtPartial *bt_picker_expects  (const BtPicker *self, const BtBlock *block);
gboolean  bt_picker_is_busy   (const BtPicker *self, const BtBlock *block);
/* The hash was wrong, or the data was lost: all blocks are open again, for
 * @only_peer alone unless 0. The partial's data must have been let go of. */
void      bt_picker_reopen    (BtPicker *self, guint32 piece, guint32 only_peer);
/* Drops the partial of a piece; what was asked of it is forgotten. */
void      bt_picker_abandon   (BtPicker *self, guint32 piece);
BtPartial *bt_picker_peek_partial (const BtPicker *self, guint32 piece);
/* Blocks of a piece that nobody has begun are here already, from an earlier
 * run; they are nobody's as far as blame goes.
 * @data: (transfer full): the piece's bytes, if it is taken
 * Returns: FALSE when it is begun, had or not wanted, or when no block is missing */
gboolean  bt_picker_restore   (BtPicker *self, guint32 piece, const BtBitfield *blocks, guint8 *data);
/* A peer left: pieces reserved for it are for anybody again. */
void      bt_picker_peer_gone (BtPicker *self, guint32 peer);
void      bt_picker_foreach_partial (BtPicker *self, void (*func) (BtPartial *partial, gpointer data), gpointer data);

G_END_DECLS
