/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/**
 * FreshetFilesPage:
 *
 * The files of a torrent as a tree: which are wanted, how far each is, and
 * what can be done with it.
 */
#define FRESHET_TYPE_FILES_PAGE (freshet_files_page_get_type ())
G_DECLARE_FINAL_TYPE (FreshetFilesPage, freshet_files_page, FRESHET, FILES_PAGE, AdwBin)

/* @item: (nullable) */
void freshet_files_page_set_item (FreshetFilesPage *self, FreshetTorrentItem *item);
/* Shows what is so now. */
void freshet_files_page_refresh  (FreshetFilesPage *self);

G_END_DECLS
