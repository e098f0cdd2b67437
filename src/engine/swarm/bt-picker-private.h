/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-picker.h"
#include "bt-rarity.h"

G_BEGIN_DECLS

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
  GArray *deadlines;     /* of BtPickerDeadline, earliest first */
  GHashTable *partials;  /* piece -> BtPartial */
  GPtrArray *open;       /* partials with open blocks, oldest first as far as removals allow */
};

typedef struct
{
  guint32 piece;
  gint64 when;
} BtPickerDeadline;

/* Takes a piece out of those that wait; its partial is new. */
BtPartial *bt_picker_begin       (BtPicker *self, guint32 piece);
/* Lists the partial as open, or not, by its open blocks. */
void       bt_picker_update_open (BtPicker *self, BtPartial *partial);

G_END_DECLS
