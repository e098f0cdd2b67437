/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

GSocketAddress *
bt_socket_address_new (const BtAddr *addr)
{
  GSocketFamily family = addr->family == BT_ADDR_V4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_bytes (addr->ip, family);

  return g_inet_socket_address_new (ip, addr->port);
}

gboolean
bt_socket_address_get (GSocketAddress *address, BtAddr *addr)
{
  GInetAddress *ip;
  guint16 port;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return FALSE;
  ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  if (g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV4)
    bt_addr_init_v4 (addr, g_inet_address_to_bytes (ip), port);
  else
    bt_addr_init_v6 (addr, g_inet_address_to_bytes (ip), port);
  return TRUE;
}

static GSocket *
new_socket (const BtAddr *addr, GError **error)
{
  GSocketFamily family = addr->family == BT_ADDR_V4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  GSocket *socket = g_socket_new (family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket != NULL)
    g_socket_set_blocking (socket, FALSE);
  return socket;
}

void
bt_socket_set_no_delay (GSocket *socket)
{
  /* Requests are small and somebody waits for each. */
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

GSocket *
bt_socket_connect (const BtAddr *addr, const BtAddr *local, GError **error)
{
  g_autoptr (GSocket) socket = new_socket (addr, error);
  g_autoptr (GSocketAddress) remote = bt_socket_address_new (addr);
  g_autoptr (GError) pending = NULL;

  if (socket == NULL)
    return NULL;
  if (local != NULL && local->family == addr->family)
    {
      BtAddr any_port = *local;
      g_autoptr (GSocketAddress) from = NULL;

      any_port.port = 0;
      from = bt_socket_address_new (&any_port);
      if (!g_socket_bind (socket, from, FALSE, error))
        return NULL;
    }
  bt_socket_set_no_delay (socket);
  if (!g_socket_connect (socket, remote, NULL, &pending) && !g_error_matches (pending, G_IO_ERROR, G_IO_ERROR_PENDING))
    {
      g_propagate_error (error, g_steal_pointer (&pending));
      return NULL;
    }
  return g_steal_pointer (&socket);
}

GSocket *
bt_socket_listen (const BtAddr *addr, GError **error)
{
  g_autoptr (GSocket) socket = new_socket (addr, error);
  g_autoptr (GSocketAddress) local = bt_socket_address_new (addr);

  if (socket == NULL)
    return NULL;
  if (addr->family == BT_ADDR_V6)
    g_socket_set_option (socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, NULL);
  g_socket_set_listen_backlog (socket, 128);
  if (!g_socket_bind (socket, local, TRUE, error) || !g_socket_listen (socket, error))
    return NULL;
  return g_steal_pointer (&socket);
}
