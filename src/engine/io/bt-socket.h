/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"

G_BEGIN_DECLS

GSocketAddress *bt_socket_address_new  (const BtAddr *addr);
gboolean        bt_socket_address_get  (GSocketAddress *address, BtAddr *addr);
/* Makes a non-blocking TCP socket and begins to connect it.
 * @local: (nullable): the address to come from; its port is not used
 * Returns: (transfer full) (nullable) */
GSocket        *bt_socket_connect      (const BtAddr *addr, const BtAddr *local, GError **error);
/* A non-blocking TCP socket that listens; IPv6 ones are for IPv6 only. */
GSocket        *bt_socket_listen       (const BtAddr *addr, GError **error);
void            bt_socket_set_no_delay (GSocket *socket);

G_END_DECLS
