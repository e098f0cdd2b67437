/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/* Numbers and states in the words of the person's language. Nothing else
 * makes text of them. Every function returns a string to be freed. */

char *freshet_format_size         (guint64 bytes);
char *freshet_format_rate         (guint64 bytes_per_second);
/* The same, but nothing of what is still, so that what moves is seen in a column. */
char *freshet_format_moving_rate  (guint64 bytes_per_second);
/* Rounded down, so that 100 % is said only of what is whole. */
char *freshet_format_percent      (double fraction);
/* Two units at most: "41 s", "3 min", "2 h 5 min", "3 d 4 h"; years are "a long time". */
char *freshet_format_duration     (gint64 seconds);
/* "783.0 MB, 3 files" */
char *freshet_format_contents     (guint64 bytes, guint n_files);
/* "↓ 12.4 MB/s  ↑ 1.1 MB/s"; empty when nothing moves */
char *freshet_format_rates        (guint64 down, guint64 up);
/* What a torrent is doing, in a sentence. @error: (nullable) */
char *freshet_format_status       (const BtTorrentStats *stats, const GError *error);
/* The same in a word or two. Returns: (transfer none) */
const char *freshet_format_state  (const BtTorrentStats *stats);
/* How far the metadata of a magnet link is. */
char *freshet_format_metadata     (const BtTorrentStats *stats);
/* What a person should know of the database. @state: a #FreshetStoreState
 * other than FINE; @detail: (nullable): of its signal */
char *freshet_format_store_note   (guint state, const char *detail);
/* What became of files that were to go to the trash. @error: (nullable): why
 * they could not; without it @n_left of them stay, which were there before us */
char *freshet_format_files_left   (const char *name, const GError *error, guint n_left);
char *freshet_format_files_shared (const char *name, guint n);
/* Why the torrent stopped. */
char *freshet_format_error        (const GError *error);
/* Why the torrent file of the name @name cannot be opened or added. */
char *freshet_format_open_error   (const char *name, const GError *error);
/* Why the magnet link of what is called @name cannot be opened or added. */
char *freshet_format_link_error   (const char *name, const GError *error);

G_END_DECLS
