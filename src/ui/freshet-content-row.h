/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-file-node.h"

G_BEGIN_DECLS

/**
 * FreshetContentRow:
 *
 * A file or folder of a torrent in a tree: whether it is wanted, how far it
 * is, and a menu of what can be done with it.
 *
 * Signals:
 *
 * - `asked (FreshetContentRow *self, const char *what)`: "open", "open-folder" or "rename"
 */
#define FRESHET_TYPE_CONTENT_ROW (freshet_content_row_get_type ())
G_DECLARE_FINAL_TYPE (FreshetContentRow, freshet_content_row, FRESHET, CONTENT_ROW, AdwBin)

/* @node: (nullable); @name: (nullable): what it is called on disk */
void             freshet_content_row_set_node   (FreshetContentRow *self, FreshetFileNode *node, const char *name);
/* The same node is called something else now. */
void             freshet_content_row_set_name   (FreshetContentRow *self, const char *name);
FreshetFileNode *freshet_content_row_get_node   (FreshetContentRow *self);
void             freshet_content_row_popup_menu (FreshetContentRow *self);

G_END_DECLS
