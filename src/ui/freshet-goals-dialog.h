/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetGoalsDialog:
 *
 * How long some torrents are seeded: as the settings say for all, without a
 * goal, or up to a value of their own. What is changed holds at once, for all
 * of them; what is not changed stays as each has it.
 */
#define FRESHET_TYPE_GOALS_DIALOG (freshet_goals_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FreshetGoalsDialog, freshet_goals_dialog, FRESHET, GOALS_DIALOG, AdwWindow)

/* @items: of FreshetTorrentItem, one at least; the dialog begins with the goals of the first */
FreshetGoalsDialog *freshet_goals_dialog_new (GtkWindow *parent, FreshetLibrary *library, GPtrArray *items);

G_END_DECLS
