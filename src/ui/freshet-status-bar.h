/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetStatusBar:
 *
 * The line at the bottom: how we can be reached, and how much room is left
 * where downloads are saved.
 */
#define FRESHET_TYPE_STATUS_BAR (freshet_status_bar_get_type ())
G_DECLARE_FINAL_TYPE (FreshetStatusBar, freshet_status_bar, FRESHET, STATUS_BAR, AdwBin)

/* @settings: (nullable) */
void freshet_status_bar_set_library (FreshetStatusBar *self, FreshetLibrary *library, GSettings *settings);

G_END_DECLS
