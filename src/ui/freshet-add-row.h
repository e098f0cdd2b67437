/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-add-request.h"

G_BEGIN_DECLS

/**
 * FreshetAddRow:
 *
 * A torrent that is about to be added: its name, what is in it, or how far
 * the metadata is, and a button to try again.
 */
#define FRESHET_TYPE_ADD_ROW (freshet_add_row_get_type ())
G_DECLARE_FINAL_TYPE (FreshetAddRow, freshet_add_row, FRESHET, ADD_ROW, AdwActionRow)

GtkWidget         *freshet_add_row_new         (FreshetAddRequest *request);
FreshetAddRequest *freshet_add_row_get_request (FreshetAddRow *self);
/* With something that shows that more is behind it. */
void               freshet_add_row_set_leads_on (FreshetAddRow *self);

G_END_DECLS
