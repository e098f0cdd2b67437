/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"

G_BEGIN_DECLS

/**
 * FreshetAddRequest:
 *
 * A torrent that somebody wants, before it is in the library: what is in it,
 * so that the person can choose with open eyes.
 */
#define FRESHET_TYPE_ADD_REQUEST (freshet_add_request_get_type ())
G_DECLARE_FINAL_TYPE (FreshetAddRequest, freshet_add_request, FRESHET, ADD_REQUEST, GObject)

/**
 * freshet_add_request_load_async:
 *
 * Reads and parses a .torrent file on a worker thread. Errors are those of
 * GIO, or %BT_ERROR for what the file holds.
 */
void               freshet_add_request_load_async   (GFile *file, GCancellable *cancellable,
                                                     GAsyncReadyCallback callback, gpointer user_data);
/* Returns: (transfer full) */
FreshetAddRequest *freshet_add_request_load_finish  (GAsyncResult *result, GError **error);
/* The file of a load that has ended, also of one that failed. */
GFile             *freshet_add_request_load_file    (GAsyncResult *result);

FreshetAddRequest *freshet_add_request_new          (BtMetainfo *metainfo);
BtMetainfo        *freshet_add_request_get_metainfo (FreshetAddRequest *self);
const char        *freshet_add_request_get_name     (FreshetAddRequest *self);
guint64            freshet_add_request_get_size     (FreshetAddRequest *self);
guint              freshet_add_request_get_n_files  (FreshetAddRequest *self);

G_END_DECLS
