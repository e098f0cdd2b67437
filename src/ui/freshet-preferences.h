/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-blocklist.h"
#include "freshet-policy.h"

G_BEGIN_DECLS

/**
 * FreshetPreferences:
 *
 * Everything that a person can choose; each choice holds at once.
 */
#define FRESHET_TYPE_PREFERENCES (freshet_preferences_get_type ())
G_DECLARE_FINAL_TYPE (FreshetPreferences, freshet_preferences, FRESHET, PREFERENCES, AdwPreferencesWindow)

/* It is hidden when it is closed, to be presented again: libadwaita, 1.2 at
 * least, keeps the pages of each such window for ever. */
FreshetPreferences *freshet_preferences_new     (GSettings *settings);
/* Whose list the setting names: what came of it is shown then. */
void                freshet_preferences_set_blocklist (FreshetPreferences *self, FreshetBlocklist *blocklist);
/* Who takes the port: it is told of when it cannot be had. */
void                freshet_preferences_set_policy (FreshetPreferences *self, FreshetPolicy *policy);
/* From its first page on, if it was hidden. */
void                freshet_preferences_present (FreshetPreferences *self, GtkWindow *parent);

G_END_DECLS
