/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/**
 * FreshetTrackersPage:
 *
 * The trackers of a torrent: how each does, with a way to add and remove one
 * and to ask all of them now.
 */
#define FRESHET_TYPE_TRACKERS_PAGE (freshet_trackers_page_get_type ())
G_DECLARE_FINAL_TYPE (FreshetTrackersPage, freshet_trackers_page, FRESHET, TRACKERS_PAGE, AdwBin)

/* @item: (nullable) */
void freshet_trackers_page_set_item (FreshetTrackersPage *self, FreshetTorrentItem *item);
/* Shows what is so now. */
void freshet_trackers_page_refresh  (FreshetTrackersPage *self);

G_END_DECLS
