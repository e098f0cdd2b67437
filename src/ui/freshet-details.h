/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/**
 * FreshetDetails:
 *
 * The pane beside the list: everything about the one torrent that is selected.
 * Twice a second, while it can be seen, the page that is open takes new numbers.
 */
#define FRESHET_TYPE_DETAILS (freshet_details_get_type ())
G_DECLARE_FINAL_TYPE (FreshetDetails, freshet_details, FRESHET, DETAILS, AdwBin)

/* @items: of FreshetTorrentItem, what is selected; one of them is shown if it is alone */
void freshet_details_set_selected (FreshetDetails *self, GPtrArray *items);
/* @name: "overview", "files", "peers" or "trackers" */
void freshet_details_show_page    (FreshetDetails *self, const char *name);

G_END_DECLS
