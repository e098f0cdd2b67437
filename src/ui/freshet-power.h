/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetPower:
 *
 * Keeps the computer from sleeping while something is downloaded, if that is
 * wanted. Property: `awake`, whether it does so now.
 */
#define FRESHET_TYPE_POWER (freshet_power_get_type ())
G_DECLARE_FINAL_TYPE (FreshetPower, freshet_power, FRESHET, POWER, GObject)

/* @settings: (nullable) */
FreshetPower *freshet_power_new (GtkApplication *app, GListModel *library, GSettings *settings);

G_END_DECLS
