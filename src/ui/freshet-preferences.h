/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * FreshetPreferences:
 *
 * Everything that a person can choose; each choice holds at once.
 */
#define FRESHET_TYPE_PREFERENCES (freshet_preferences_get_type ())
G_DECLARE_FINAL_TYPE (FreshetPreferences, freshet_preferences, FRESHET, PREFERENCES, AdwPreferencesWindow)

FreshetPreferences *freshet_preferences_new (GtkWindow *parent, GSettings *settings);

G_END_DECLS
