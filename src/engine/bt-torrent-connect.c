/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <string.h>

/* Whom a torrent connects to, and whom it lets in. */

/* A newcomer is given at least this long to have or to want something. */
#define USELESS_TIME (60 * G_USEC_PER_SEC)

/* Connections from one host: those of a household, and not all that a torrent
 * has. The programs of this machine share their address. */
#define MOST_OF_A_HOST 4u

static BtLink *
link_new (BtTorrent *torrent, BtKnownPeer *known)
{
  BtLink *self = g_new0 (BtLink, 1);

  self->torrent = g_object_ref (torrent);
  self->known = known;
  self->id = known->id;
  known->in_use = TRUE;
  self->we_choke = self->they_choke = TRUE;
  self->current = self->suggested = G_MAXUINT32;
  self->salt = bt_rng_below (&torrent->session->rng, G_MAXUINT32);
  bt_requests_init (&self->requests);
  bt_requests_init (&self->asked);
  bt_requests_init (&self->cancelled);
  return self;
}

static void
link_add (BtLink *self)
{
  if (self->torrent->layout != NULL)
    bt_peer_set_n_pieces (self->peer, self->torrent->layout->n_pieces);
  else if (self->known->fails == 0)
    self->torrent->n_tried++;
  g_ptr_array_add (self->torrent->links, self);
  self->torrent->session->n_peers++;
}

static void
our_handshake (BtTorrent *self, BtHandshake *ours)
{
  ours->caps = BT_CAP_FAST | BT_CAP_EXTENSION;
  if (self->session->dht != NULL && bt_torrent_is_sought (self))
    ours->caps |= BT_CAP_DHT;
  memcpy (ours->info_hash, self->info_hash, BT_SHA1_LENGTH);
  memcpy (ours->peer_id, self->announcer->peer_id, BT_PEER_ID_LENGTH);
}

/* Two that have wanted nothing of each other for so long are in the way of
 * others: peers with the same pieces, all connected to each other, would shut
 * out the one that has the rest. */
static gboolean
is_in_the_way (const BtLink *self)
{
  return bt_peer_is_open (self->peer) && !self->we_want && !self->they_want &&
         bt_loop_now (self->torrent->session->loop) - self->opened_at > USELESS_TIME;
}

/* Not even its handshake is complete, though its beginning came. */
static gboolean
is_hesitant (const BtLink *self)
{
  return bt_peer_is_incoming (self->peer) && !bt_peer_is_open (self->peer);
}

static gboolean
are_enough_from (BtTorrent *self, const BtAddr *addr)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len && !bt_addr_is_loopback (addr); i++)
    {
      const BtLink *link = self->links->pdata[i];

      n += !bt_peer_is_closing (link->peer) && bt_addr_same_ip (bt_peer_get_addr (link->peer), addr);
    }
  return n >= MOST_OF_A_HOST;
}

/* At the limit a newcomer takes the place of one that hesitates, of a connection
 * that is of no use, or of an idle one of a lower canonical priority, so that nobody is shut out
 * for being late (BEP 40). */
static gboolean
make_room (BtTorrent *self, const BtKnownPeer *newcomer)
{
  BtLink *worst = NULL;

  if (self->links->len < self->session->config.max_peers_per_torrent)
    return TRUE;
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (is_hesitant (link) && !bt_peer_is_closing (link->peer))
        {
          worst = link;
          break;
        }
      if (bt_peer_is_closing (link->peer) ||
          (!is_in_the_way (link) && (link->useful || link->known->priority >= newcomer->priority)))
        continue;
      if (worst == NULL || link->known->priority < worst->known->priority)
        worst = link;
    }
  if (worst == NULL)
    return FALSE;
  bt_peer_close (worst->peer, NULL);
  return TRUE;
}

gboolean
bt_torrent_accept (BtTorrent *self, BtPeer *peer, const BtHandshake *theirs)
{
  BtKnownPeer *known;
  BtHandshake ours;
  BtLink *link;

  if (!bt_torrent_is_online (self) || self->offline || are_enough_from (self, bt_peer_get_addr (peer)))
    return FALSE;
  known = bt_known_peers_add (&self->known, bt_peer_get_addr (peer), BT_SOURCE_INCOMING);
  if (known == NULL || known->in_use || !make_room (self, known))
    return FALSE;
  link = link_new (self, known);
  link->peer = peer;
  link_add (link);
  our_handshake (self, &ours);
  bt_peer_accept (peer, &ours, bt_torrent_link_host (self), link);
  return TRUE;
}

static gboolean
connect_to (BtTorrent *self, BtKnownPeer *known)
{
  BtSession *session = self->session;
  const BtAddr *local = known->addr.family == BT_ADDR_V4 ? &session->config.bind_v4 : &session->config.bind_v6;
  BtHandshake ours;
  BtLink *link;

  if (session->config.bind_only && local->family == BT_ADDR_NONE)
    {
      known->banned = TRUE;
      return FALSE;
    }
  link = link_new (self, known);
  our_handshake (self, &ours);
  link->peer = bt_peer_new_outgoing (&session->peer_context, &known->addr, local->family == BT_ADDR_NONE ? NULL : local,
                                     &ours, bt_torrent_link_host (self), link, NULL);
  if (link->peer == NULL)
    {
      bt_known_peers_done (&self->known, known, bt_loop_now (session->loop), FALSE);
      g_object_unref (self);
      g_free (link);
      return FALSE;
    }
  link->connecting = TRUE;
  session->n_half_open++;
  link_add (link);
  return TRUE;
}

void
bt_torrent_connect_more (BtTorrent *self, gint64 now)
{
  BtSession *session = self->session;
  const BtConfig *config = &session->config;

  while (bt_torrent_is_online (self) && !self->offline && session->n_half_open < config->half_open_limit &&
         session->n_peers < config->max_peers && self->links->len < config->max_peers_per_torrent)
    {
      BtKnownPeer *known = bt_known_peers_candidate (&self->known, now, self->state != BT_TORRENT_SEEDING);

      if (known == NULL)
        return;
      /* It was learned of before the list came. */
      if (bt_session_blocks (session, &known->addr))
        bt_known_peers_done (&self->known, known, now, FALSE);
      else
        connect_to (self, known);
    }
}
