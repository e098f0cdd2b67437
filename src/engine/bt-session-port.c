/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-session-private.h"
#include "bt-torrent-private.h"

/* Pairs of a TCP and a UDP port that are tried until both are free. */
#define PORT_TRIES 20

/* TCP and UDP on one number. */
typedef struct
{
  BtListener *listener;
  BtUdp *udp;
} Sockets;

const BtAddr *
bt_session_local_v4 (BtSession *self, BtAddr *addr)
{
  static const guint8 any[4];

  *addr = self->config.bind_v4;
  if (addr->family == BT_ADDR_NONE)
    bt_addr_init_v4 (addr, any, 0);
  return self->config.bind_v4.family != BT_ADDR_NONE || !self->config.bind_only ? addr : NULL;
}

const BtAddr *
bt_session_local_v6 (BtSession *self, BtAddr *addr)
{
  static const guint8 any[16];

  *addr = self->config.bind_v6;
  if (addr->family == BT_ADDR_NONE)
    bt_addr_init_v6 (addr, any, 0);
  return self->config.bind_v6.family != BT_ADDR_NONE || !self->config.bind_only ? addr : NULL;
}

static gboolean
try_port (BtSession *self, guint16 port, Sockets *sockets, GError **error)
{
  BtAddr any_v4, any_v6;
  const BtAddr *v4 = bt_session_local_v4 (self, &any_v4), *v6 = bt_session_local_v6 (self, &any_v6);

  sockets->listener = bt_listener_new (self->loop, v4, v6, port, bt_session_let_in, self, error);
  if (sockets->listener == NULL)
    return FALSE;
  sockets->udp = bt_udp_new (self->loop, v4, v6, bt_listener_get_port (sockets->listener), error);
  if (sockets->udp == NULL)
    g_clear_pointer (&sockets->listener, bt_listener_free);
  return sockets->udp != NULL;
}

static gboolean
open_sockets (BtSession *self, guint16 port, Sockets *sockets, GError **error)
{
  for (guint i = 0;; i++)
    {
      g_autoptr (GError) taken = NULL;

      if (try_port (self, port, sockets, &taken))
        return TRUE;
      /* The system chose a port by what TCP over IPv4 has free. */
      if (port != 0 || i == PORT_TRIES || !g_error_matches (taken, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        {
          g_propagate_error (error, g_steal_pointer (&taken));
          return FALSE;
        }
    }
}

gboolean
bt_session_open_port (BtSession *self, GError **error)
{
  Sockets sockets;

  if (!open_sockets (self, self->config.port, &sockets, error))
    return FALSE;
  self->listener = sockets.listener;
  self->udp = sockets.udp;
  self->port = bt_listener_get_port (self->listener);
  return TRUE;
}

void
bt_session_open_lsd (BtSession *self)
{
  BtAddr v4, v6;

  bt_session_start_lsd (self, bt_session_local_v4 (self, &v4), bt_session_local_v6 (self, &v6));
}

guint16
bt_session_get_port (BtSession *self)
{
  /* Also while goodbyes are said, when nobody is let in any more. */
  return self->udp == NULL ? 0 : self->port;
}

static void
tell_of_port (BtSession *self)
{
  gint64 now = bt_loop_now (self->loop);

  for (guint i = 0; i < self->torrents->len; i++)
    {
      BtTorrent *torrent = self->torrents->pdata[i];

      bt_torrent_moved (torrent);
      bt_announcer_moved (torrent->announcer, now);
    }
  for (guint i = 0; i < self->dozing->len; i++)
    bt_announcer_moved (self->dozing->pdata[i], now);
}

gboolean
bt_session_set_port (BtSession *self, guint16 port, GError **error)
{
  Sockets sockets;

  g_return_val_if_fail (BT_IS_SESSION (self), FALSE);

  if (!bt_session_check_open (self, error))
    return FALSE;
  if (port != self->port && (port != 0 || self->config.port != 0))
    {
      if (!open_sockets (self, port, &sockets, error))
        return FALSE;
      bt_udp_take_over (self->udp, sockets.udp);
      bt_listener_free (self->listener);
      self->listener = sockets.listener;
      self->port = bt_listener_get_port (self->listener);
      self->n_incoming = 0;
      tell_of_port (self);
    }
  self->config.port = port;
  return TRUE;
}
