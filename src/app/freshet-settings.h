/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/* What a person has chosen, and what the engine is told of it. */

/**
 * freshet_settings_new:
 *
 * Returns: (transfer full) (nullable): %NULL when the schema is not
 * installed, as in a build folder; everything here then answers with defaults
 */
GSettings *freshet_settings_new                 (void);
void       freshet_settings_to_config           (GSettings *self, BtConfig *config);
/* Returns: (transfer full): the chosen folder, the user's Downloads folder, or home */
GFile     *freshet_settings_dup_download_folder (GSettings *self);

G_END_DECLS
