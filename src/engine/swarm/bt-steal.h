/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-picker.h"

G_BEGIN_DECLS

/**
 * BtStealer:
 *
 * An idle peer that would take over what another was asked for.
 */
typedef struct
{
  const BtRequests *requests; /* its own */
  guint64 rate;               /* bytes a second that it gives us; 0 unknown */
  const BtBitfield *pieces;   /* that it has; ignored when @has_all */
  gboolean has_all;
} BtStealer;

/* A peer with this few requests out is nearly done with them. */
#define BT_STEAL_LEAST_QUEUE 4u

/**
 * bt_steal_find:
 * @victim: what a slower peer was asked for
 * @rate: bytes a second that it gives us
 * @block: (out): the last request that @self can answer much sooner
 *
 * In a swarm around one slow seed this is what keeps the seed from sending the
 * same piece to everybody.
 */
gboolean bt_steal_find (const BtPicker *picker, const BtStealer *self, const BtRequests *victim, guint64 rate,
                        gint64 now, BtBlock *block);

G_END_DECLS
