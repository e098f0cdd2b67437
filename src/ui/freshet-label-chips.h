/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetLabelChips:
 *
 * The labels of a torrent in one line: the first few by name and colour, and
 * how many more. Hidden while there are none.
 */
#define FRESHET_TYPE_LABEL_CHIPS (freshet_label_chips_get_type ())
G_DECLARE_FINAL_TYPE (FreshetLabelChips, freshet_label_chips, FRESHET, LABEL_CHIPS, AdwBin)

/* Cheap when they are as they were. @labels: all there are, of FreshetLabel;
 * @item: (nullable): NULL for none */
void freshet_label_chips_show (FreshetLabelChips *self, GPtrArray *labels, FreshetTorrentItem *item);
/* In little width they are their colours alone. */
void freshet_label_chips_set_narrow (FreshetLabelChips *self, gboolean narrow);

G_END_DECLS
