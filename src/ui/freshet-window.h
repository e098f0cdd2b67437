/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-demo.h"
#include "freshet-library.h"

G_BEGIN_DECLS

#define FRESHET_TYPE_WINDOW (freshet_window_get_type ())
G_DECLARE_FINAL_TYPE (FreshetWindow, freshet_window, FRESHET, WINDOW, AdwApplicationWindow)

/* @settings: (nullable) */
FreshetWindow *freshet_window_new           (GtkApplication *app, FreshetLibrary *library, GSettings *settings);

/**
 * freshet_window_open_files:
 *
 * Reads the files, tells about those that are no torrents, and asks where the
 * others are to be saved.
 */
void           freshet_window_open_files    (FreshetWindow *self, GFile **files, guint n_files);
/* Selects it and shows its details. */
void           freshet_window_show_torrent  (FreshetWindow *self, FreshetTorrentItem *item);
void           freshet_window_show_message  (FreshetWindow *self, const char *message);
/* One that stays until it is put away. */
void           freshet_window_show_note     (FreshetWindow *self, const char *note);

/**
 * freshet_window_start_demo:
 *
 * Makes the sample of @demo, showing how far it is, downloads it, and says
 * whether what arrived is right.
 */
void           freshet_window_start_demo    (FreshetWindow *self, FreshetDemo *demo, GCancellable *cancellable);

G_END_DECLS
