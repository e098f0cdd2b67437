/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-announce-http.h"
#include "trk-policy.h"

G_BEGIN_DECLS

/**
 * TrkHttp:
 *
 * The HTTP side of a tracker: sockets, requests and answers; what is answered
 * it asks its host.
 *
 * It speaks HTTP/1 itself, because libsoup 3.2's server has no bound on the
 * number of its connections nor on their silence, and never closes the
 * descriptor of a connection that was kept alive and then left by its client.
 */
typedef struct _TrkHttp TrkHttp;

typedef struct
{
  const TrkPolicy *(*policy) (gpointer host);
  /* As trk_store_announce(). */
  void (*announce) (const BtAnnounceRequest *request, const BtAddr *source, BtAnnounceReply *reply, GByteArray *ids, gpointer host);
  void (*scrape)   (const guint8 *info_hash, BtScrapeEntry *entry, gpointer host);
} TrkHttpHost;

TrkHttp *trk_http_new      (const TrkHttpHost *host, gpointer host_data);
/* Closes every connection. */
void     trk_http_free     (TrkHttp *self);
/* Once. @bind: NULL for every IPv4 and IPv6 address; @port: 0 lets the system
 * choose. Returns: the port, 0 with @error when it can not be had */
guint16  trk_http_listen   (TrkHttp *self, const BtAddr *bind, guint16 port, GError **error);
guint    trk_http_count_connections (TrkHttp *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TrkHttp, trk_http_free)

G_END_DECLS
