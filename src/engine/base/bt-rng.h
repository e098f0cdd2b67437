/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtRng:
 *
 * A seedable generator (xoshiro256**) for choices that need to be random but
 * not secret: ties, jitter, orders. What must be secret comes from GnuTLS.
 */
typedef struct
{
  guint64 state[4];
} BtRng;

void    bt_rng_seed  (BtRng *self, guint64 seed);
guint64 bt_rng_next  (BtRng *self);
/* Returns: an even choice of 0 .. @n - 1; 0 when @n is 0 */
guint32 bt_rng_below (BtRng *self, guint32 n);

G_END_DECLS
