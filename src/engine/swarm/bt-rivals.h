/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-types.h"

G_BEGIN_DECLS

/**
 * BtRivals:
 *
 * The peers that want what we want, and which of us should fetch a piece that
 * only a seed has. Nobody says what they are about to fetch; but when each
 * prefers the pieces that a hash of peer id and piece gives to them, two seldom
 * fetch the same. Who does not know of this chooses at random, as ever.
 */
typedef struct
{
  guint32 self;
  GArray *others; /* of guint32 */
} BtRivals;

void     bt_rivals_init    (BtRivals *self, const guint8 peer_id[BT_PEER_ID_LENGTH]);
void     bt_rivals_clear   (BtRivals *self);
/* Forgets them all. */
void     bt_rivals_empty   (BtRivals *self);
void     bt_rivals_add     (BtRivals *self, const guint8 peer_id[BT_PEER_ID_LENGTH]);
/* Is it ours of all of us to fetch the piece? */
gboolean bt_rivals_is_mine (const BtRivals *self, guint32 piece);

G_END_DECLS
