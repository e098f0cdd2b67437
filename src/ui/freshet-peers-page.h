/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/**
 * FreshetPeersPage:
 *
 * The connected peers of a torrent, in columns that can be sorted.
 */
#define FRESHET_TYPE_PEERS_PAGE (freshet_peers_page_get_type ())
G_DECLARE_FINAL_TYPE (FreshetPeersPage, freshet_peers_page, FRESHET, PEERS_PAGE, AdwBin)

/* @item: (nullable) */
void freshet_peers_page_set_item (FreshetPeersPage *self, FreshetTorrentItem *item);
/* Shows what is so now. */
void freshet_peers_page_refresh  (FreshetPeersPage *self);

G_END_DECLS
