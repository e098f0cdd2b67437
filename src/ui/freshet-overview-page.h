/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/**
 * FreshetOverviewPage:
 *
 * What there is to know of a torrent at a glance: its pieces, its speeds, and facts.
 */
#define FRESHET_TYPE_OVERVIEW_PAGE (freshet_overview_page_get_type ())
G_DECLARE_FINAL_TYPE (FreshetOverviewPage, freshet_overview_page, FRESHET, OVERVIEW_PAGE, AdwBin)

/* @item: (nullable) */
void freshet_overview_page_set_item (FreshetOverviewPage *self, FreshetTorrentItem *item);
/* Shows what is so now. */
void freshet_overview_page_refresh  (FreshetOverviewPage *self);

G_END_DECLS
