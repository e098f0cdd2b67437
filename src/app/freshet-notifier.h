/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetNotifier:
 *
 * Tells a person who looks elsewhere what became of downloads. What is pressed
 * on a notification comes back as one of the application's actions
 * `show-torrent`, `open-torrent` and `show-folder`, with the hash of the torrent in hexadecimal.
 */
#define FRESHET_TYPE_NOTIFIER (freshet_notifier_get_type ())
G_DECLARE_FINAL_TYPE (FreshetNotifier, freshet_notifier, FRESHET, NOTIFIER, GObject)

/* @settings: (nullable): with notifications */
FreshetNotifier    *freshet_notifier_new (GApplication *app, FreshetLibrary *library, GSettings *settings);
/* By the parameter of those actions. Returns: (transfer none) (nullable) */
FreshetTorrentItem *freshet_notifier_find (FreshetNotifier *self, GVariant *parameter);

G_END_DECLS
