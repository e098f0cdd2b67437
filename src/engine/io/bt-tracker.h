/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-announce-http.h"

G_BEGIN_DECLS

/* How a tracker's answer is told, whatever it is reached by. One of the two
 * is NULL; both are the caller's for the time of the call. Called exactly
 * once, and never before the function that asked has returned. A cancelled
 * request ends with %G_IO_ERROR_CANCELLED. */

/* @reply: may carry a failure reason */
typedef void (*BtTrackerFunc) (const BtAnnounceReply *reply, const GError *error, gpointer data);

/* @entries: of BtScrapeEntry, for any of the torrents asked about */
typedef void (*BtTrackerScrapeFunc) (const GArray *entries, const GError *error, gpointer data);

G_END_DECLS
