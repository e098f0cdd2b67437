/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * FreshetAddDialog:
 *
 * Shows what is about to be downloaded and asks where to. Destroys itself.
 *
 * Signals:
 *
 * - `added (FreshetAddDialog *self, GListModel *requests, GFile *folder)`
 */
#define FRESHET_TYPE_ADD_DIALOG (freshet_add_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FreshetAddDialog, freshet_add_dialog, FRESHET, ADD_DIALOG, AdwWindow)

/* @requests: of FreshetAddRequest, not empty */
FreshetAddDialog *freshet_add_dialog_new (GtkWindow *parent, GListModel *requests, GFile *folder);

G_END_DECLS
