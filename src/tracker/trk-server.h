/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "trk-policy.h"
#include "trk-store.h"

G_BEGIN_DECLS

#define TRK_TYPE_SERVER (trk_server_get_type ())
G_DECLARE_FINAL_TYPE (TrkServer, trk_server, TRK, SERVER, GObject)

/**
 * trk_server_new:
 *
 * A tracker that keeps all it knows in memory. It works on the main context
 * that is the thread's default when it begins to listen.
 */
TrkServer *trk_server_new              (void);
/* For the next announces. */
void       trk_server_set_policy       (TrkServer *self, const TrkPolicy *policy);

/**
 * trk_server_listen_http:
 * @bind: (nullable): one address to be reached at; %NULL for all, IPv4 and
 *   IPv6; its port is ignored
 * @port: 0 lets the system choose a free one
 *
 * Returns: %FALSE when the port can not be had
 */
gboolean   trk_server_listen_http      (TrkServer *self, const BtAddr *bind, guint16 port, GError **error);
/* 0 while it does not listen. */
guint16    trk_server_get_http_port    (TrkServer *self);
/* The URL for a torrent, with the address this machine has on its network
 * when it listens on all. Returns: (transfer full) (nullable): NULL while it
 * does not listen */
char      *trk_server_dup_announce_url (TrkServer *self);
void       trk_server_get_stats        (TrkServer *self, TrkStats *stats);
/* Forgets every peer and closes every connection; it can listen again. */
void       trk_server_close            (TrkServer *self);

G_END_DECLS
