/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"
#include "freshet-sync-list.h"

G_BEGIN_DECLS

/**
 * FreshetPeerItem:
 *
 * A connected peer as a view sees it: raw values. `revision` is notified when
 * any of them is another than before.
 */
#define FRESHET_TYPE_PEER_ITEM (freshet_peer_item_get_type ())
G_DECLARE_FINAL_TYPE (FreshetPeerItem, freshet_peer_item, FRESHET, PEER_ITEM, GObject)

/* Brings @list, of these, up to date with the peers of @torrent. */
void               freshet_peer_item_sync      (FreshetSyncList *list, BtTorrent *torrent);
const BtPeerStats *freshet_peer_item_peek_stats (FreshetPeerItem *self);
/* "192.0.2.7:6881" */
const char        *freshet_peer_item_get_address (FreshetPeerItem *self);

G_END_DECLS
