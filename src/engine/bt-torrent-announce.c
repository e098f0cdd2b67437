/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-socket.h"

/* The torrent's side of BtAnnouncer: when it begins and ends, and peers that
 * have a name instead of an address. */

static void
resolved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (BtTorrent) self = data;
  g_autoptr (GSocketAddress) address = g_socket_address_enumerator_next_finish (G_SOCKET_ADDRESS_ENUMERATOR (object), result, NULL);
  BtAddr addr;

  self->n_resolving--;
  if (address == NULL || self->session == NULL || !bt_socket_address_get (address, &addr))
    return;
  bt_torrent_learn_peer (self, &addr, BT_SOURCE_TRACKER);
  if (bt_torrent_is_online (self))
    bt_torrent_connect_more (self, bt_loop_now (self->session->loop));
}

/* Some trackers give names instead of addresses (BEP 3 allows it), and so do
 * magnet links (BEP 9). */
void
bt_torrent_resolve_peers (BtTorrent *self, GPtrArray *names)
{
  for (guint i = 0; i < MIN (names->len, 50); i++)
    {
      g_autoptr (GSocketConnectable) name = g_network_address_parse (names->pdata[i], 0, NULL);
      g_autoptr (GSocketAddressEnumerator) addresses = NULL;

      if (name == NULL)
        continue;
      addresses = g_socket_connectable_enumerate (name);
      self->n_resolving++;
      g_socket_address_enumerator_next_async (addresses, self->session->announces, resolved_cb, g_object_ref (self));
    }
}

/* While nobody knows how much it is: anything but 0, which is a seed's. */
guint64
bt_torrent_bytes_left (BtTorrent *self)
{
  return self->metainfo == NULL ? BT_BLOCK_SIZE : bt_metainfo_get_real_length (self->metainfo) - self->verified_bytes;
}

void
bt_torrent_announce_start (BtTorrent *self, gint64 now)
{
  bt_announcer_start (self->announcer, now);
  bt_torrent_dht_start (self);
  bt_announcer_dht_due (self->announcer, now);
}

void
bt_torrent_announce_complete (BtTorrent *self)
{
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    bt_announce_plan_complete (&self->announcer->plans[family], bt_loop_now (self->session->loop));
}

void
bt_torrent_announce (BtTorrent *self)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  if (bt_torrent_is_online (self) && !self->offline)
    bt_announcer_hurry (self->announcer, bt_loop_now (self->session->loop));
}
