/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-listener.h"

#include "bt-socket.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/socket.h>

/* Connections taken in one dispatch. */
#define BURST 32

/* Without descriptors left who knocks cannot be let in, and goes on knocking:
 * the doors are left alone for so long. */
#define REST_MS 1000

typedef struct
{
  BtWatch watch; /* first: the watch's function finds us by it */
  GSocket *socket;
  BtListener *listener;
} Door;

struct _BtListener
{
  BtLoop *loop;
  Door doors[2];
  guint16 port;
  BtListenerFunc func;
  gpointer data;
  GSource *rest; /* NULL: none */
};

static void
set_events (BtListener *self, guint32 events)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->doors); i++)
    bt_loop_set_events (self->loop, &self->doors[i].watch, events);
}

static gboolean
rested_cb (gpointer data)
{
  BtListener *self = data;

  g_clear_pointer (&self->rest, g_source_unref);
  set_events (self, EPOLLIN);
  return G_SOURCE_REMOVE;
}

static void
rest (BtListener *self)
{
  set_events (self, 0);
  if (self->rest == NULL)
    self->rest = bt_loop_every (self->loop, "bt-listener rest", REST_MS, rested_cb, self);
}

static void
door_readable (BtWatch *watch, guint32 events)
{
  Door *door = (Door *) watch;
  BtListener *self = door->listener;

  for (guint i = 0; i < BURST && door->socket != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GSocket) socket = g_socket_accept (door->socket, NULL, &error);
      g_autoptr (GSocketAddress) address = NULL;
      BtAddr from;

      if (socket == NULL)
        {
          if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
            rest (self);
          break;
        }
      g_socket_set_blocking (socket, FALSE);
      address = g_socket_get_remote_address (socket, NULL);
      if (address != NULL && bt_socket_address_get (address, &from))
        self->func (g_steal_pointer (&socket), &from, self->data);
    }
}

/* In words where the reason is one that a person can see. */
static GError *
explain (const BtListener *self, const BtAddr *addr, GError *reason)
{
  static const guint8 any[sizeof addr->ip];
  char text[BT_ADDR_STRING_MAX];

  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      g_error_free (reason);
      return g_error_new (G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE, _ ("Port %u is in use by another program"), self->port);
    }
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) || memcmp (addr->ip, any, sizeof any) == 0)
    return reason;
  g_error_free (reason);
  return g_error_new (G_IO_ERROR, G_IO_ERROR_FAILED, _ ("This computer does not have the address %s"), bt_addr_ip_to_string (addr, text));
}

static gboolean
open_door (BtListener *self, Door *door, const BtAddr *addr, GError **error)
{
  BtAddr local = *addr;
  g_autoptr (GSocketAddress) bound = NULL;
  g_autoptr (GError) reason = NULL;

  local.port = self->port;
  door->listener = self;
  door->socket = bt_socket_listen (&local, &reason);
  if (door->socket == NULL)
    {
      g_propagate_error (error, explain (self, &local, g_steal_pointer (&reason)));
      return FALSE;
    }
  bound = g_socket_get_local_address (door->socket, error);
  if (bound == NULL || !bt_socket_address_get (bound, &local))
    return FALSE;
  if (self->port == 0)
    self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  bt_loop_watch (self->loop, &door->watch, g_socket_get_fd (door->socket), EPOLLIN, door_readable);
  return TRUE;
}

/* Without IPv6 there are other errors than that somebody has the port. */
static gboolean
open_second_door (BtListener *self, const BtAddr *v6, gboolean is_only, GError **error)
{
  g_autoptr (GError) reason = NULL;

  if (open_door (self, &self->doors[1], v6, &reason))
    return TRUE;
  if (!is_only && !g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&reason));
  return FALSE;
}

BtListener *
bt_listener_new (BtLoop *loop, const BtAddr *v4, const BtAddr *v6, guint16 port, BtListenerFunc func, gpointer data, GError **error)
{
  BtListener *self = g_new0 (BtListener, 1);

  self->loop = loop;
  self->port = port;
  self->func = func;
  self->data = data;
  self->doors[0].watch.fd = self->doors[1].watch.fd = -1;

  if ((v4 != NULL && !open_door (self, &self->doors[0], v4, error)) ||
      (v6 != NULL && !open_second_door (self, v6, v4 == NULL, error)))
    g_clear_pointer (&self, bt_listener_free);
  return self;
}

void
bt_listener_free (BtListener *self)
{
  if (self->rest != NULL)
    g_source_destroy (self->rest);
  g_clear_pointer (&self->rest, g_source_unref);
  for (guint i = 0; i < G_N_ELEMENTS (self->doors); i++)
    {
      bt_loop_unwatch (self->loop, &self->doors[i].watch);
      g_clear_object (&self->doors[i].socket);
    }
  g_free (self);
}

guint16
bt_listener_get_port (BtListener *self)
{
  return self->port;
}
