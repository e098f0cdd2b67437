/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/**
 * FreshetPiecesMap:
 *
 * The pieces of a torrent in their order, one column of pixels for each part
 * of it: what is here, what is arriving, and below, how many connected peers
 * have what is missing. Its accessible description says the same in words.
 */
#define FRESHET_TYPE_PIECES_MAP (freshet_pieces_map_get_type ())
G_DECLARE_FINAL_TYPE (FreshetPiecesMap, freshet_pieces_map, FRESHET, PIECES_MAP, GtkWidget)

/* Takes new numbers from @item; draws when they differ. @item: (nullable)
 * @words: the same, for those who cannot see it */
void freshet_pieces_map_refresh (FreshetPiecesMap *self, FreshetTorrentItem *item, const char *words);

G_END_DECLS
