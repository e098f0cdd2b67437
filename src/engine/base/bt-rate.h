/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtRate:
 *
 * Bytes a second, over a sliding window of about four seconds. A value; the
 * time is an argument. Adding costs a comparison and an addition.
 */
typedef struct
{
  guint64 total;   /* bytes ever */
  gint64 slot;     /* number of the half-second now being filled */
  gint64 first;    /* number of the half-second of the first byte */
  guint64 bins[8]; /* bytes of the last eight half-seconds, by slot modulo 8 */
} BtRate;

void    bt_rate_add (BtRate *self, gint64 now, guint64 bytes);
/* Returns: bytes a second at @now, in microseconds of a monotonic clock */
guint64 bt_rate_get (BtRate *self, gint64 now);

G_END_DECLS
