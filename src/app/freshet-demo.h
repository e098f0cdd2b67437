/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/**
 * FreshetDemo:
 *
 * A whole swarm on this machine: a sample file in a temporary folder, a
 * tracker, and a session that seeds the sample. Whoever made it downloads the
 * sample with a session of its own. Nothing leaves the loopback address.
 *
 * Belongs to the main context it was prepared on. Close it before the last
 * reference goes, or its folder stays.
 */
#define FRESHET_TYPE_DEMO (freshet_demo_get_type ())
G_DECLARE_FINAL_TYPE (FreshetDemo, freshet_demo, FRESHET, DEMO, GObject)

/* 256 MiB: a few seconds to make, and time to watch it arrive. */
#define FRESHET_DEMO_SIZE ((guint64) 256 << 20)

typedef void (*FreshetDemoProgress) (double fraction, gpointer data);

FreshetDemo *freshet_demo_new                 (guint64 size);
/**
 * freshet_demo_prepare_async:
 * @progress: (nullable): called on the main context while the sample is made
 *
 * Makes the sample and its torrent, and starts the tracker and the seed.
 */
void         freshet_demo_prepare_async       (FreshetDemo *self, FreshetDemoProgress progress, gpointer progress_data,
                                               GCancellable *cancellable, GAsyncReadyCallback callback,
                                               gpointer user_data);
gboolean     freshet_demo_prepare_finish      (FreshetDemo *self, GAsyncResult *result, GError **error);

/* All NULL until it is prepared. */
BtMetainfo  *freshet_demo_get_metainfo        (FreshetDemo *self);
const char  *freshet_demo_get_announce_url    (FreshetDemo *self);
const char  *freshet_demo_get_sample_path     (FreshetDemo *self);
/* An empty folder for the copy, removed with everything else. */
const char  *freshet_demo_get_download_folder (FreshetDemo *self);

/* Compares the copy in the download folder with the sample, byte for byte. */
void         freshet_demo_verify_async        (FreshetDemo *self, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);
gboolean     freshet_demo_verify_finish       (FreshetDemo *self, GAsyncResult *result, GError **error);

/* Stops the seed and the tracker and deletes the folder. Remove the download
 * from its session, or stop that session, first. */
void         freshet_demo_close_async         (FreshetDemo *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean     freshet_demo_close_finish        (FreshetDemo *self, GAsyncResult *result, GError **error);

G_END_DECLS
