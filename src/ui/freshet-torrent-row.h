/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/* One torrent in the list: name, progress, a sentence, and what can be done
 * with it now. It is reused for another item when the list scrolls. */
#define FRESHET_TYPE_TORRENT_ROW (freshet_torrent_row_get_type ())
G_DECLARE_FINAL_TYPE (FreshetTorrentRow, freshet_torrent_row, FRESHET, TORRENT_ROW, GtkWidget)

/* (nullable) */
FreshetTorrentItem *freshet_torrent_row_get_item (FreshetTorrentRow *self);
/* Without an item a row is empty, and as high as it was. */
void                freshet_torrent_row_set_item (FreshetTorrentRow *self, FreshetTorrentItem *item);
/* @library: (nullable): where labels have their names and colours */
void                freshet_torrent_row_set_library (FreshetTorrentRow *self, FreshetLibrary *library);
/* In little width the sentence may take two lines. */
void                freshet_torrent_row_set_narrow (FreshetTorrentRow *self, gboolean narrow);
/* Opens the menu of what can be done, at the middle of the row. */
void                freshet_torrent_row_popup_menu (FreshetTorrentRow *self);
G_END_DECLS
