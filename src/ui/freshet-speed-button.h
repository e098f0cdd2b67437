/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * FreshetSpeedButton:
 *
 * Limits at hand: the usual ones, the slow ones, and which of them hold.
 */
#define FRESHET_TYPE_SPEED_BUTTON (freshet_speed_button_get_type ())
G_DECLARE_FINAL_TYPE (FreshetSpeedButton, freshet_speed_button, FRESHET, SPEED_BUTTON, AdwBin)

void freshet_speed_button_set_settings (FreshetSpeedButton *self, GSettings *settings);

G_END_DECLS
