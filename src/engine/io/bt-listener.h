/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-loop.h"

G_BEGIN_DECLS

typedef struct _BtListener BtListener;

/* @socket: (transfer full): a new connection, not blocking */
typedef void (*BtListenerFunc) (GSocket *socket, const BtAddr *from, gpointer data);

/* Listens on one port of IPv4 and IPv6.
 * @v4, @v6: (nullable): the addresses to listen on; NULL leaves a family out;
 *   a machine without IPv6 is not an error when IPv4 worked
 * @port: 0 lets the system choose one, the same for both
 * Returns: (transfer full) (nullable): NULL with %G_IO_ERROR_ADDRESS_IN_USE
 *   when somebody has the port in either family */
BtListener *bt_listener_new      (BtLoop *loop, const BtAddr *v4, const BtAddr *v6, guint16 port, BtListenerFunc func, gpointer data, GError **error);
void        bt_listener_free     (BtListener *self);
guint16     bt_listener_get_port (BtListener *self);

G_END_DECLS
