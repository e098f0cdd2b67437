/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A file of random bytes and its torrent. These functions read and write
 * files as they go, so they are for worker threads. */

typedef void (*FreshetSampleProgress) (double fraction, gpointer data);

/**
 * freshet_sample_write:
 * @path: the file to make
 * @progress: (nullable) (scope call): called now and then
 *
 * Returns: (transfer full) (nullable): the bytes of a .torrent for the file
 */
GBytes  *freshet_sample_write (const char *path, guint64 size, guint64 seed, const char *announce_url,
                               FreshetSampleProgress progress, gpointer data, GCancellable *cancellable,
                               GError **error);
/* Are the two files the same, byte for byte? The error says where they differ. */
gboolean freshet_sample_compare (const char *path, const char *other, GCancellable *cancellable, GError **error);
/* Removes a folder and all that is in it, without following links. */
gboolean freshet_sample_remove_folder (const char *path, GError **error);

G_END_DECLS
