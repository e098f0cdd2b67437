/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-file-node.h"

G_BEGIN_DECLS

/**
 * FreshetFileRow:
 *
 * A file or folder of a torrent in a tree: whether it is wanted, its name and
 * size, and a menu of priorities.
 */
#define FRESHET_TYPE_FILE_ROW (freshet_file_row_get_type ())
G_DECLARE_FINAL_TYPE (FreshetFileRow, freshet_file_row, FRESHET, FILE_ROW, AdwBin)

GtkWidget *freshet_file_row_new      (void);
/* @item: (nullable): of a model of #FreshetFileNode */
void       freshet_file_row_set_item (FreshetFileRow *self, GtkTreeListRow *item);
void       freshet_file_row_popup_menu (FreshetFileRow *self);

G_END_DECLS
