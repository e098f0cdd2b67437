/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <string.h>

/* Requests we keep for a peer, of which it may count on. */
#define OUR_REQQ 500

/* The number by which a peer calls the message when it sends it to us. 0 is
 * the handshake's own. */
#define OUR_ID(message) ((guint8) ((message) + 1))

/* Ports that one peer may say it listens on, one after the other: it may have
 * changed its own, and may not fill our list of peers. */
#define MOST_PORTS 3u

static const BtExtMessage offered[] = { BT_EXT_METADATA, BT_EXT_PEX, BT_EXT_UPLOAD_ONLY, BT_EXT_DONT_HAVE };

/* A peer of one family cannot see where we are in the other; others have told us. */
static void
add_other_address (BtLink *self, BtExtHandshake *ours)
{
  gboolean is_v4 = bt_peer_get_addr (self->peer)->family == BT_ADDR_V4;
  const BtAddr *other = bt_ip_votes_get (&self->torrent->session->ip_votes, is_v4 ? BT_ADDR_V6 : BT_ADDR_V4);

  if (other == NULL || bt_addr_is_private (other))
    return;
  ours->keys |= is_v4 ? BT_EXT_HAS_IPV6 : BT_EXT_HAS_IPV4;
  *(is_v4 ? &ours->ipv6 : &ours->ipv4) = *other;
}

void
bt_link_send_extensions (BtLink *self)
{
  BtTorrent *torrent = self->torrent;
  g_autoptr (GBytes) bytes = NULL;
  BtExtHandshake ours = {
    .keys = BT_EXT_HAS_VERSION | BT_EXT_HAS_YOUR_IP | BT_EXT_HAS_REQQ | BT_EXT_HAS_PORT | BT_EXT_HAS_ENCRYPTION,
    .port = bt_session_get_port (torrent->session),
    .reqq = OUR_REQQ,
    .your_ip = *bt_peer_get_addr (self->peer),
  };

  if (!(self->caps & BT_CAP_EXTENSION))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (offered); i++)
    {
      if (offered[i] == BT_EXT_PEX && !bt_torrent_exchanges_peers (torrent))
        continue;
      /* A private torrent's .torrent comes from its tracker alone (BEP 27). */
      if (offered[i] == BT_EXT_METADATA && bt_torrent_is_private (torrent))
        continue;
      ours.messages |= 1u << offered[i];
      ours.ids[offered[i]] = OUR_ID (offered[i]);
    }
  /* libtorrent leaves an upload-only peer that shows nothing it wants. */
  if (torrent->state == BT_TORRENT_SEEDING && self->shown.bytes == NULL)
    {
      ours.keys |= BT_EXT_HAS_UPLOAD_ONLY;
      ours.upload_only = TRUE;
    }
  if (torrent->state == BT_TORRENT_SEEDING && torrent->completed_at > 0)
    {
      ours.keys |= BT_EXT_HAS_COMPLETE_AGO;
      ours.complete_ago = (guint32) ((bt_loop_now (torrent->session->loop) - torrent->completed_at) / G_USEC_PER_SEC);
    }
  add_other_address (self, &ours);
  ours.metadata_size = bt_torrent_metadata_size (torrent);
  if (ours.metadata_size > 0)
    ours.keys |= BT_EXT_HAS_METADATA_SIZE;
  g_strlcpy (ours.version, "Freshet " PACKAGE_VERSION, sizeof ours.version);
  bytes = bt_ext_handshake_write (&ours);
  bt_wire_write_extended (bt_peer_out (self->peer), 0, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
set_upload_only (BtLink *self, gboolean upload_only)
{
  self->upload_only = upload_only;
  /* Two that only give have nothing to say to each other. */
  if (upload_only && self->torrent->state == BT_TORRENT_SEEDING)
    bt_peer_close (self->peer, NULL);
}

/* An incoming connection's port is a passing one; where it listens is worth
 * knowing once it is gone. */
static void
learn_listen_port (BtLink *self, guint16 port)
{
  BtAddr addr = *bt_peer_get_addr (self->peer);
  BtKnownPeer *known;

  if (!bt_peer_is_incoming (self->peer) || port == 0 || port == self->ext.port || self->n_ports >= MOST_PORTS)
    return;
  self->n_ports++;
  addr.port = port;
  known = bt_torrent_learn_peer (self->torrent, &addr, BT_SOURCE_PEX);
  if (known != NULL && !known->in_use)
    known->next_try = MAX (known->next_try, bt_loop_now (self->torrent->session->loop) + G_TIME_SPAN_MINUTE);
}

/* The same peer in the other address family: a second way to it when this one
 * breaks, and one address only, so that nobody is sent to many by it. */
static void
learn_other_address (BtLink *self, const BtExtHandshake *theirs)
{
  gboolean is_v4 = bt_peer_get_addr (self->peer)->family == BT_ADDR_V4;
  BtExtKeys key = is_v4 ? BT_EXT_HAS_IPV6 : BT_EXT_HAS_IPV4;
  BtAddr addr = is_v4 ? theirs->ipv6 : theirs->ipv4;
  BtKnownPeer *known;

  addr.port = self->ext.port;
  if (addr.port == 0 && !bt_peer_is_incoming (self->peer))
    addr.port = bt_peer_get_addr (self->peer)->port;
  if (!(theirs->keys & ~self->ext.keys & key) || bt_addr_is_private (&addr))
    return;
  self->ext.keys |= key;
  known = bt_torrent_learn_peer (self->torrent, &addr, BT_SOURCE_PEX);
  if (known != NULL && !known->in_use)
    known->next_try = MAX (known->next_try, bt_loop_now (self->torrent->session->loop) + G_TIME_SPAN_MINUTE);
}

/* What we are called from outside, with the port that we have now. */
static void
know_self (BtTorrent *self, const BtAddr *ours)
{
  BtAddr addr = *ours;

  addr.port = bt_session_get_port (self->session);
  bt_known_peers_set_self (&self->known, &addr);
}

void
bt_torrent_send_extensions (BtTorrent *self)
{
  for (guint i = self->links->len; i-- > 0;)
    {
      BtLink *link = self->links->pdata[i];

      if (!bt_peer_is_open (link->peer))
        continue;
      bt_link_send_extensions (link);
      bt_link_send_dht_port (link);
      bt_peer_flush (link->peer);
    }
}

void
bt_torrent_moved (BtTorrent *self)
{
  for (guint family = 0; family < BT_SESSION_FAMILIES; family++)
    {
      const BtAddr *ours = bt_ip_votes_get (&self->session->ip_votes, bt_session_family (family));

      if (ours != NULL)
        know_self (self, ours);
    }
  bt_torrent_send_extensions (self);
}

void
bt_torrent_learn_address (BtTorrent *self, const BtAddr *voter, const BtAddr *seen)
{
  BtSession *session = self->session;
  const BtAddr *ours;

  bt_ip_votes_add (&session->ip_votes, voter, seen);
  ours = bt_ip_votes_get (&session->ip_votes, seen->family);
  if (ours != NULL)
    know_self (self, ours);
}

static void
got_handshake (BtLink *self, const BtWireMessage *message)
{
  BtExtHandshake theirs;

  /* Garbage is passed over: clients that send it are otherwise good peers. */
  if (!bt_ext_handshake_read (&theirs, message->payload, message->payload_length))
    return;
  for (guint i = 0; i < BT_N_EXT; i++)
    if (theirs.messages & (1u << i))
      self->ext.ids[i] = theirs.ids[i];
  if (theirs.keys & BT_EXT_HAS_PORT)
    {
      learn_listen_port (self, theirs.port);
      self->ext.port = theirs.port;
    }
  if (theirs.keys & BT_EXT_HAS_VERSION)
    g_strlcpy (self->ext.version, theirs.version, sizeof self->ext.version);
  if (theirs.keys & BT_EXT_HAS_REQQ)
    bt_requests_set_limit (&self->requests, theirs.reqq);
  if (!bt_torrent_is_private (self->torrent))
    learn_other_address (self, &theirs);
  if (theirs.keys & BT_EXT_HAS_YOUR_IP)
    bt_torrent_learn_address (self->torrent, bt_peer_get_addr (self->peer), &theirs.your_ip);
  if (theirs.keys & BT_EXT_HAS_UPLOAD_ONLY)
    set_upload_only (self, theirs.upload_only);
  if (theirs.keys & BT_EXT_HAS_METADATA_SIZE)
    self->ext.metadata_size = theirs.metadata_size;
  bt_link_ask_metadata (self);
}

static void
got_dont_have (BtLink *self, const BtWireMessage *message)
{
  BtReader reader;
  guint32 piece;

  bt_reader_init (&reader, message->payload, message->payload_length);
  if (self->torrent->layout != NULL && bt_reader_u32 (&reader, &piece) && piece < self->torrent->layout->n_pieces)
    bt_link_lost_piece (self, piece);
}

void
bt_link_extended (BtLink *self, const BtWireMessage *message)
{
  if (message->extended_id == 0)
    got_handshake (self, message);
  else if (message->extended_id == OUR_ID (BT_EXT_PEX))
    bt_link_got_pex (self, message);
  else if (message->extended_id == OUR_ID (BT_EXT_UPLOAD_ONLY))
    set_upload_only (self, message->payload_length > 0 && message->payload[0] != 0);
  else if (message->extended_id == OUR_ID (BT_EXT_DONT_HAVE))
    got_dont_have (self, message);
  else if (message->extended_id == OUR_ID (BT_EXT_METADATA))
    bt_link_extended_metadata (self, message);
}

void
bt_torrent_tell_upload_only (BtTorrent *self)
{
  guint8 value = self->state == BT_TORRENT_SEEDING;

  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (!bt_peer_is_open (link->peer) || link->ext.ids[BT_EXT_UPLOAD_ONLY] == 0 || link->shown.bytes != NULL)
        continue;
      if (value && bt_link_is_seed (link))
        {
          bt_peer_close (link->peer, NULL);
          continue;
        }
      bt_wire_write_extended (bt_peer_out (link->peer), link->ext.ids[BT_EXT_UPLOAD_ONLY], &value, 1);
      bt_peer_flush (link->peer);
    }
}
