/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  BT_TRACKER_HTTP,
  BT_TRACKER_HTTPS,
  BT_TRACKER_UDP,
} BtTrackerScheme;

/**
 * BtTrackerUrl:
 *
 * Where a tracker is. The URL itself goes to a tracker as it was written;
 * this is for who has to know its parts.
 */
typedef struct
{
  BtTrackerScheme scheme;
  char *host;     /* a name or an address, without brackets */
  guint16 port;
  char *url_data; /* path and query as they were written, "" for none */
} BtTrackerUrl;

/* @error: in words for who typed it. @self is only to be cleared after TRUE. */
gboolean bt_tracker_url_parse (BtTrackerUrl *self, const char *url, GError **error);
void     bt_tracker_url_clear (BtTrackerUrl *self);

G_END_DECLS
