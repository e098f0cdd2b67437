/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-file-node.h"

G_BEGIN_DECLS

/**
 * FreshetFileChooser:
 *
 * The files of a torrent as a tree with boxes to check, a box for all of
 * them, and a search.
 */
#define FRESHET_TYPE_FILE_CHOOSER (freshet_file_chooser_get_type ())
G_DECLARE_FINAL_TYPE (FreshetFileChooser, freshet_file_chooser, FRESHET, FILE_CHOOSER, AdwBin)

/* @root: (nullable): a torrent's */
void freshet_file_chooser_set_root (FreshetFileChooser *self, FreshetFileNode *root);

G_END_DECLS
