/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-engine.h"
#include "freshet-file-node.h"
#include "freshet-library.h"

G_BEGIN_DECLS

/* What is known of what somebody wants. */
typedef enum
{
  FRESHET_ADD_READY,    /* what is in it */
  FRESHET_ADD_FETCHING, /* a magnet link: its metadata is asked of peers */
  FRESHET_ADD_FAILED,   /* nobody was found in a while, who is still looked for; or what came is no torrent */
} FreshetAddState;

/**
 * FreshetAddRequest:
 *
 * A torrent that somebody wants, before it is in the library: what is in it,
 * so that the person can choose with open eyes. A magnet link's runs in the
 * session meanwhile, and writes nothing; with the request it goes, unless it
 * was accepted.
 *
 * Properties, notified when they change: `name`, `size`, `n-files`, `state`
 * (a #FreshetAddState), `status` (a sentence; NULL when READY), `progress`
 * (0 .. 1 of the metadata), `files` (the root of the tree; NULL until READY).
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
/* Begins to ask for the metadata. @folder: where it would go; nothing is made
 * there. Returns: (transfer full) (nullable): NULL with the errors of
 * freshet_library_look_into() */
FreshetAddRequest *freshet_add_request_new_for_link (FreshetLibrary *library, const char *link, const char *folder, GError **error);

/* (nullable): NULL until READY */
BtMetainfo        *freshet_add_request_get_metainfo (FreshetAddRequest *self);
/* 20 bytes; until it was accepted */
const guint8      *freshet_add_request_get_info_hash (FreshetAddRequest *self);
const char        *freshet_add_request_get_name     (FreshetAddRequest *self);
/* Bytes; 0 until READY */
guint64            freshet_add_request_get_size     (FreshetAddRequest *self);
guint              freshet_add_request_get_n_files  (FreshetAddRequest *self);
FreshetAddState    freshet_add_request_get_state    (FreshetAddRequest *self);
const char        *freshet_add_request_get_status   (FreshetAddRequest *self);
double             freshet_add_request_get_progress (FreshetAddRequest *self);
/* (nullable) */
FreshetFileNode   *freshet_add_request_get_files    (FreshetAddRequest *self);
/* Bytes that would be downloaded: of the files that were chosen. */
guint64            freshet_add_request_get_wanted_size (FreshetAddRequest *self);
/* Microseconds of looking in vain until it says so; half a minute unless told otherwise. */
void               freshet_add_request_set_patience (FreshetAddRequest *self, gint64 patience);
/* A FAILED one looks again. */
void               freshet_add_request_retry        (FreshetAddRequest *self);

/**
 * freshet_add_request_accept:
 * @start: FALSE: it is put into the list and waits there
 *
 * The person said yes: it goes into the library, with the files that were
 * chosen. One that is FETCHING gets all of its files.
 *
 * Returns: FALSE with the errors of bt_session_add()
 */
gboolean           freshet_add_request_accept       (FreshetAddRequest *self, FreshetLibrary *library, const char *folder,
                                                     gboolean start, gboolean sequential, GError **error);

G_END_DECLS
