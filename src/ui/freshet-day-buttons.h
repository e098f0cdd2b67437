/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * FreshetDayButtons:
 *
 * A button for each day of the week, in the order and with the names of the
 * person's locale; those that are pressed are the days that are meant.
 *
 * Properties: `days`, bit 0 is Monday, bit 6 Sunday.
 */
#define FRESHET_TYPE_DAY_BUTTONS (freshet_day_buttons_get_type ())
G_DECLARE_FINAL_TYPE (FreshetDayButtons, freshet_day_buttons, FRESHET, DAY_BUTTONS, AdwBin)

G_END_DECLS
