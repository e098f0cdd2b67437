/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-add-request.h"

G_BEGIN_DECLS

/* What a server may take of time and memory. */
typedef struct
{
  guint idle;   /* milliseconds of silence */
  guint total;  /* milliseconds, redirects and all */
  gsize length; /* bytes of a body, counted after decompression */
} FreshetTorrentFetchLimits;

/* Returns: (transfer full) (nullable): the web address that @text is, white
 * space around it aside; NULL when it is anything else, or more than that */
char              *freshet_torrent_fetch_dup_address (const char *text);

/**
 * freshet_torrent_fetch_async:
 * @address: an http or https URL
 * @limits: (nullable): NULL: half a minute of silence, a minute in all, and as
 *   many bytes as a torrent file may have
 *
 * Fetches a torrent file from the web and parses it on a worker thread. Up to
 * five redirects are followed, to http, https or a magnet link, and from the
 * Internet not into the private network.
 */
void               freshet_torrent_fetch_async       (const char *address, const FreshetTorrentFetchLimits *limits, GCancellable *cancellable,
                                                      GAsyncReadyCallback callback, gpointer user_data);
/**
 * freshet_torrent_fetch_finish:
 * @link: (out) (transfer full): a magnet link, when the address leads to one;
 *   then NULL is returned without an error
 *
 * Returns: (transfer full): NULL with an error whose message is a sentence for
 * a person: %G_IO_ERROR_NOT_FOUND, %G_IO_ERROR_TIMED_OUT,
 * %G_IO_ERROR_PERMISSION_DENIED, %G_IO_ERROR_FAILED (not reached, or broken
 * off), %G_IO_ERROR_CANCELLED, %BT_ERROR_MALFORMED (no torrent file),
 * %BT_ERROR_TOO_LARGE, %BT_ERROR_UNSUPPORTED, or %BT_ERROR_REFUSED (the server
 * answers with an error, or sends us where we do not go)
 */
FreshetAddRequest *freshet_torrent_fetch_finish      (GAsyncResult *result, char **link, GError **error);

G_END_DECLS
