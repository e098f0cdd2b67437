/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-announce-http.h"

G_BEGIN_DECLS

/**
 * BtTrackerHttp:
 *
 * Announces to HTTP and HTTPS trackers, for all torrents of a session.
 */
typedef struct _BtTrackerHttp BtTrackerHttp;

/* @v4, @v6: (nullable): the local addresses to announce from, NULL to leave a
 * family out; the unspecified address is any of that family. A tracker learns
 * our address from the connection, so each family is announced by itself (BEP 7). */
BtTrackerHttp *bt_tracker_http_new  (const BtAddr *v4, const BtAddr *v6, const char *user_agent);
void           bt_tracker_http_free (BtTrackerHttp *self);

/* A reply that may carry a failure reason, or @error. Both are the caller's
 * for the time of the call. Called exactly once, and never before
 * bt_tracker_http_announce() has returned. */
typedef void (*BtTrackerHttpFunc) (const BtAnnounceReply *reply, const GError *error, gpointer data);

/* Announces over every address family; the answers are put together, and one
 * that works is enough.
 * @cancellable: when cancelled the error is %G_IO_ERROR_CANCELLED */
void           bt_tracker_http_announce (BtTrackerHttp *self, const char *url, const BtAnnounceRequest *request, guint timeout_seconds, GCancellable *cancellable, BtTrackerHttpFunc func, gpointer data);

G_END_DECLS
