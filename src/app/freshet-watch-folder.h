/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetWatchFolder:
 *
 * Adds the torrent files that somebody puts into a folder, and those that are
 * there already. One that was added, or is in the list, is given the ending
 * ".added", so that it is not added again. One that cannot be read is left
 * alone until it changes. Files are read by worker threads.
 *
 * Signals:
 *
 * - `added (FreshetWatchFolder *self, FreshetTorrentItem *item)`
 * - `failed (FreshetWatchFolder *self, const char *name, const GError *error)`:
 *   for freshet_format_open_error()
 */
#define FRESHET_TYPE_WATCH_FOLDER (freshet_watch_folder_get_type ())
G_DECLARE_FINAL_TYPE (FreshetWatchFolder, freshet_watch_folder, FRESHET, WATCH_FOLDER, GObject)

FreshetWatchFolder *freshet_watch_folder_new          (FreshetLibrary *library);
/* @path: (nullable): NULL or empty: none */
void                freshet_watch_folder_set_path     (FreshetWatchFolder *self, const char *path);
/* Where what is in the torrents goes. */
void                freshet_watch_folder_set_download_folder (FreshetWatchFolder *self, GFile *folder);

G_END_DECLS
