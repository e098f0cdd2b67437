/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetTorrentFiles:
 *
 * What other programs are given when torrents are dragged to them: a list of
 * .torrent files. The files are written meanwhile; who asks earlier waits.
 */
#define FRESHET_TYPE_TORRENT_FILES (freshet_torrent_files_get_type ())
G_DECLARE_FINAL_TYPE (FreshetTorrentFiles, freshet_torrent_files, FRESHET, TORRENT_FILES, GdkContentProvider)

/* @items: of FreshetTorrentItem */
GdkContentProvider *freshet_torrent_files_new (FreshetLibrary *library, GPtrArray *items);

G_END_DECLS
