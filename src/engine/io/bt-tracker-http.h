/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-tracker.h"

G_BEGIN_DECLS

/**
 * BtTrackerHttp:
 *
 * Announces to HTTP and HTTPS trackers, for all torrents of a session.
 */
typedef struct _BtTrackerHttp BtTrackerHttp;

/* Torrents in one scrape: what fits in a URL that every server takes. */
#define BT_TRACKER_HTTP_MAX_SCRAPE 50u

/* Requests under way at once, in each address family; more wait inside, where
 * their time runs. Most are to trackers that are silent. */
#define BT_TRACKER_HTTP_MOST 100u

/* @v4, @v6: (nullable): the local addresses to announce from, NULL to leave a
 * family out; the unspecified address is any of that family. A tracker learns
 * our address from the connection, so each family is announced by itself (BEP 7). */
BtTrackerHttp *bt_tracker_http_new      (const BtAddr *v4, const BtAddr *v6, const char *user_agent);
void           bt_tracker_http_free     (BtTrackerHttp *self);
void           bt_tracker_http_announce (BtTrackerHttp *self, const char *url, BtAddrFamily family, const BtAnnounceRequest *request,
                                         guint timeout_seconds, GCancellable *cancellable, BtTrackerFunc func, gpointer data);
/* @url: of the announce; without a scrape beside it the error is %BT_ERROR_UNSUPPORTED */
void           bt_tracker_http_scrape   (BtTrackerHttp *self, const char *url, BtAddrFamily family, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes,
                                         guint timeout_seconds, GCancellable *cancellable, BtTrackerScrapeFunc func, gpointer data);

G_END_DECLS
