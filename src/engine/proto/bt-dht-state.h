/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-krpc.h"

G_BEGIN_DECLS

/* Nodes that are kept over a restart. */
#define BT_DHT_STATE_MAX_NODES 300u

/**
 * BtDhtState:
 *
 * What a DHT node keeps over a restart: its id, and others that were good.
 */
typedef struct
{
  guint8 id[BT_DHT_ID_LENGTH];
  gint64 saved_at;  /* seconds since 1970 */
  GArray *nodes;    /* of BtKrpcNode */
} BtDhtState;

void     bt_dht_state_init  (BtDhtState *self);
void     bt_dht_state_clear (BtDhtState *self);
/* A file may be damaged or somebody else's: it is judged like a message.
 * Returns: %FALSE, and no nodes, when nothing can be made of it */
gboolean bt_dht_state_read  (BtDhtState *self, const guint8 *bytes, gsize length);
/* Returns: (transfer full): bencode */
GBytes  *bt_dht_state_write (const BtDhtState *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (BtDhtState, bt_dht_state_clear)

G_END_DECLS
