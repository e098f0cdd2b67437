/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"
#include "freshet-sync-list.h"

G_BEGIN_DECLS

/**
 * FreshetTrackerItem:
 *
 * A tracker of a torrent as a view sees it: raw values. `revision` is notified
 * when any of them is another than before.
 */
#define FRESHET_TYPE_TRACKER_ITEM (freshet_tracker_item_get_type ())
G_DECLARE_FINAL_TYPE (FreshetTrackerItem, freshet_tracker_item, FRESHET, TRACKER_ITEM, GObject)

/* Brings @list, of these, up to date with the trackers of @torrent. */
void                  freshet_tracker_item_sync       (FreshetSyncList *list, BtTorrent *torrent);
const BtTrackerStats *freshet_tracker_item_peek_stats (FreshetTrackerItem *self);

G_END_DECLS
