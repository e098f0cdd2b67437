/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetLabelDialog:
 *
 * The labels of some torrents: which they have, new ones, and the colours of
 * all. What is changed holds at once.
 */
#define FRESHET_TYPE_LABEL_DIALOG (freshet_label_dialog_get_type ())
G_DECLARE_FINAL_TYPE (FreshetLabelDialog, freshet_label_dialog, FRESHET, LABEL_DIALOG, AdwWindow)

/* @items: of FreshetTorrentItem */
FreshetLabelDialog *freshet_label_dialog_new (GtkWindow *parent, FreshetLibrary *library, GPtrArray *items);

G_END_DECLS
