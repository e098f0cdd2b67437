/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* Peers that are stored for us are forgotten after 30 to 45 minutes: jech/dht
 * and Transmission come back after 25 to 28. */
#define INTERVAL (25 * G_TIME_SPAN_MINUTE)

/* Sooner while nobody is there: a swarm that has just begun, or a DHT that was
 * not ready. It doubles up to the usual interval. */
#define FIRST_RETRY (15 * G_USEC_PER_SEC)

/* BEP 27: peers of a private torrent come from its tracker alone. Of a magnet
 * link nobody knows it yet. */
gboolean
bt_torrent_is_sought (BtTorrent *self)
{
  return bt_torrent_is_online (self) && !self->offline && !bt_torrent_is_private (self);
}

static void
add_magnet_nodes (BtTorrent *self)
{
  for (guint i = 0; i < self->magnet->nodes->len; i++)
    {
      g_autoptr (GSocketConnectable) node = g_network_address_parse (self->magnet->nodes->pdata[i], 0, NULL);

      if (node != NULL)
        bt_session_add_dht_host (self->session, g_network_address_get_hostname (G_NETWORK_ADDRESS (node)),
                                 g_network_address_get_port (G_NETWORK_ADDRESS (node)));
    }
}

void
bt_torrent_dht_start (BtTorrent *self)
{
  BtMetainfo *metainfo = self->metainfo;

  self->announcer->next_dht = self->announcer->next_lsd = 0;
  self->announcer->dht_tries = 0;
  for (guint i = 0; i < BT_SESSION_FAMILIES; i++)
    {
      self->announcer->dht_announced[i] = 0;
      self->announcer->dht_seeds[i] = self->announcer->dht_leechers[i] = -1;
    }
  if (bt_torrent_is_private (self))
    return;
  if (self->magnet != NULL)
    add_magnet_nodes (self);
  for (guint i = 0; metainfo != NULL && i < bt_metainfo_get_n_nodes (metainfo); i++)
    {
      guint16 port;
      const char *host = bt_metainfo_get_node (metainfo, i, &port);

      bt_session_add_dht_host (self->session, host, port);
    }
}

void
bt_torrent_dht_offer (BtTorrent *self, const BtAddr *addr)
{
  if (!bt_torrent_is_private (self))
    bt_session_add_dht_node (self->session, addr);
}

void
bt_link_send_dht_port (BtLink *self)
{
  BtTorrent *torrent = self->torrent;

  if ((self->caps & BT_CAP_DHT) && torrent->session->dht != NULL && bt_torrent_is_sought (torrent))
    bt_wire_write_port (bt_peer_out (self->peer), bt_session_get_port (torrent->session));
}

void
bt_link_got_dht_port (BtLink *self, guint16 port)
{
  BtAddr addr = *bt_peer_get_addr (self->peer);

  addr.port = port;
  if (port != 0 && bt_torrent_is_sought (self->torrent))
    bt_session_ping_dht (self->torrent->session, &addr);
}

gboolean
bt_announcer_is_sought (BtAnnouncer *self)
{
  return self->torrent != NULL ? bt_torrent_is_sought (self->torrent) : self->dozing && !self->is_private;
}

static gboolean
is_seeding (const BtAnnouncer *self)
{
  return self->torrent == NULL || self->torrent->state == BT_TORRENT_SEEDING;
}

static BtDhtSearchFlags
what_to_do (BtAnnouncer *self)
{
  BtDhtSearchFlags flags = BT_DHT_ANNOUNCE;
  gint64 seeds, leechers;

  if (is_seeding (self))
    flags |= BT_DHT_SEED;
  /* BEP 33: only where no tracker counts. */
  bt_announcer_get_tracker_swarm (self, &seeds, &leechers);
  if (seeds < 0)
    flags |= BT_DHT_SCRAPE;
  return flags;
}

gboolean
bt_announcer_dht_due (BtAnnouncer *self, gint64 now)
{
  if (now < self->next_dht || self->session == NULL || self->session->dht == NULL || !bt_announcer_is_sought (self) ||
      !bt_session_take_dht_turn (self->session, now) || !bt_session_search_dht (self->session, self->info_hash, what_to_do (self)))
    return FALSE;
  /* Jitter: many torrents that were started together do not stay together. */
  self->next_dht = now + INTERVAL + bt_rng_below (&self->session->rng, 3 * G_TIME_SPAN_MINUTE);
  return TRUE;
}

void
bt_torrent_dht_found (BtTorrent *self, const BtAddr *peers, guint n_peers)
{
  if (!bt_torrent_is_sought (self))
    return;
  for (guint i = 0; i < n_peers; i++)
    bt_torrent_learn_peer (self, &peers[i], BT_SOURCE_DHT);
  bt_torrent_connect_more (self, bt_loop_now (self->session->loop));
}

void
bt_announcer_dht_ended (BtAnnouncer *self, const BtDhtResult *result)
{
  gint64 now = bt_loop_now (self->session->loop);
  gint64 soon = now + (FIRST_RETRY << MIN (self->dht_tries, 7));
  guint family = result->family == BT_ADDR_V6;

  self->dht_announced[family] = result->n_announced;
  self->dht_seeds[family] = result->seeds;
  self->dht_leechers[family] = result->leechers;
  /* Nobody to ask, or nobody found while somebody is missed. */
  if (self->dht_announced[0] + self->dht_announced[1] > 0 && (is_seeding (self) || self->torrent->links->len > 0))
    self->dht_tries = 0;
  else if (soon < self->next_dht)
    {
      self->next_dht = soon;
      self->dht_tries++;
    }
}
