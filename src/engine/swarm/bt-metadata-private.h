/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-metadata.h"

G_BEGIN_DECLS

typedef struct
{
  guint32 piece;
  gint64 at;
} BtMetadataAsked;

typedef struct
{
  guint32 id;
  guint32 size;
  gboolean banned;   /* lied */
  gboolean away;
  guint depth;
  gboolean was_rejected;
  guint n_silent;    /* time-outs in a row */
  gint64 not_before;
  gint64 heard_at;
  BtMetadataAsked asked[BT_METADATA_MAX_DEPTH];
  guint n_asked;
} BtMetadataPeer;

typedef struct
{
  guint id;
  guint32 size;
  guint32 sole;      /* the one peer that is asked; 0: whoever claims this size */
  guint32 n_pieces;
  guint32 n_have;
  gboolean taken;    /* being checked */
  gint64 began;
  guint8 **pieces;   /* NULL: not here */
  guint32 *from;     /* by piece */
  gint64 *asked_at;  /* by piece; 0 nobody is asked */
} BtMetadataAttempt;

/* What became of an attempt that several peers sent wrong pieces for. */
typedef struct
{
  guint32 n_pieces;
  guint32 *from;
  guint8 *digests;
} BtMetadataFailed;

struct _BtMetadata
{
  GHashTable *peers;    /* id -> BtMetadataPeer */
  GPtrArray *attempts;
  GPtrArray *failed;
  GArray *doubted;      /* of guint32: sizes that somebody lied about */
  guint next_attempt;
};

BtMetadataPeer  *bt_metadata_find_peer      (BtMetadata *self, guint32 id);
/* Has somebody lied among those who claim this size? Then each of them is asked alone. */
gboolean         bt_metadata_is_doubted     (BtMetadata *self, guint32 size);
void             bt_metadata_remove_attempt (BtMetadata *self, BtMetadataAttempt *attempt);
/* It is asked no more. Returns: %BT_METADATA_LIE */
BtMetadataResult bt_metadata_lied           (BtMetadata *self, BtMetadataPeer *peer);

G_END_DECLS
