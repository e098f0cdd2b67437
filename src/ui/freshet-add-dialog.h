/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetAddDialog:
 *
 * Shows what is about to be downloaded, and asks which files and where to.
 * Of a magnet link it shows how far the metadata is until it is here.
 * Destroys itself.
 *
 * Signals:
 *
 * - `added (FreshetAddDialog *self, GListModel *requests, GFile *folder,
 *   gboolean start, gboolean sequential, GArray *labels)`: ids of labels
 */
#define FRESHET_TYPE_ADD_DIALOG (freshet_add_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FreshetAddDialog, freshet_add_dialog, FRESHET, ADD_DIALOG, AdwWindow)

/* @requests: of FreshetAddRequest, not empty */
FreshetAddDialog *freshet_add_dialog_new (GtkWindow *parent, GListModel *requests, GFile *folder);
/* Asks for labels too, of those that @library has or of new ones. */
void              freshet_add_dialog_offer_labels (FreshetAddDialog *self, FreshetLibrary *library);

G_END_DECLS
