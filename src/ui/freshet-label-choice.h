/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetLabelChoice:
 *
 * A row that says which labels new torrents are to have; a button opens the
 * list of all, where new ones can be named. Those are made when
 * freshet_label_choice_dup_chosen() is called, so that who cancels leaves none.
 */
#define FRESHET_TYPE_LABEL_CHOICE (freshet_label_choice_get_type ())
G_DECLARE_FINAL_TYPE (FreshetLabelChoice, freshet_label_choice, FRESHET, LABEL_CHOICE, AdwActionRow)

/* Once, before it is shown. */
void    freshet_label_choice_set_library (FreshetLabelChoice *self, FreshetLibrary *library);
/* Makes the new ones. Returns: (transfer full): a GArray of gint64, the ids */
GArray *freshet_label_choice_dup_chosen  (FreshetLabelChoice *self);

G_END_DECLS
