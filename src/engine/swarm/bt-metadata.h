/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-ext-metadata.h"
#include "bt-types.h"

G_BEGIN_DECLS

/**
 * BtMetadata:
 *
 * Puts an info dictionary together from what several peers send (BEP 9).
 * Nobody is believed: each size that peers claim is tried by itself, memory is
 * taken only for bytes that came, and where pieces of several peers made
 * something wrong each peer is asked for all of it alone, until it is known
 * who lies. Times are microseconds, peers are known by a number that is
 * never 0.
 */
typedef struct _BtMetadata BtMetadata;

/* Requests that one peer has waiting at most. */
#define BT_METADATA_MAX_DEPTH 8u

typedef enum
{
  BT_METADATA_UNASKED,  /* not what we asked for, or too late: passed over */
  BT_METADATA_TAKEN,
  BT_METADATA_COMPLETE, /* the last piece of an attempt: take it with bt_metadata_take() */
  BT_METADATA_LIE,      /* its sizes do not agree: this peer is asked no more */
} BtMetadataResult;

/**
 * BtMetadataWhole:
 *
 * All bytes of one attempt, to be checked away from the main thread.
 */
typedef struct
{
  guint8 *bytes;
  guint32 length;
  guint attempt;
  gboolean right;  /* by bt_metadata_whole_check() */
  guint8 *digests; /* BT_SHA1_LENGTH for each piece */
} BtMetadataWhole;

BtMetadata      *bt_metadata_new      (void);
void             bt_metadata_free     (BtMetadata *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BtMetadata, bt_metadata_free)

/* The peer says that it has metadata of so many bytes; it may say so again.
 * Returns: %FALSE when nothing of that size is wanted, and it is not asked */
gboolean         bt_metadata_offer    (BtMetadata *self, guint32 peer, guint32 size);
/* It is not connected any more. */
void             bt_metadata_leave    (BtMetadata *self, guint32 peer);
/* @piece: (out): what to ask @peer for now. Returns: %FALSE for nothing */
gboolean         bt_metadata_ask      (BtMetadata *self, guint32 peer, gint64 now, guint32 *piece);
void             bt_metadata_rejected (BtMetadata *self, guint32 peer, guint32 piece, gint64 now);
BtMetadataResult bt_metadata_receive  (BtMetadata *self, guint32 peer, const BtExtMetadata *message, gint64 now);
/* Once a second: what was not answered is for others. */
void             bt_metadata_tick     (BtMetadata *self, gint64 now);
/* Bytes that are here of the attempt that has most. @size: (out): all of it; 0 unknown */
guint32          bt_metadata_progress (const BtMetadata *self, guint32 *size);

/* Returns: (transfer full) (nullable): a complete attempt; nothing more is
 * asked for it until bt_metadata_judge() */
BtMetadataWhole *bt_metadata_take     (BtMetadata *self);
/* Pure, and slow for large ones. @sha1, @sha256: (nullable): what it must have;
 * a hybrid's both */
void             bt_metadata_whole_check (BtMetadataWhole *self, const guint8 *sha1, const guint8 *sha256);
void             bt_metadata_whole_free (BtMetadataWhole *self);
/* It was checked. Appends to @liars the peers, as guint32, of whom it is now
 * known that they sent wrong bytes; they are asked no more. */
void             bt_metadata_judge    (BtMetadata *self, const BtMetadataWhole *whole, GArray *liars);

G_END_DECLS
