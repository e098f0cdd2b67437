/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-error.h"
#include "bt-ext-pex.h"

/* BEP 11: at most one message a minute; the first when some connections are up. */
#define INTERVAL (G_TIME_SPAN_MINUTE)
#define FIRST_AFTER (10 * G_USEC_PER_SEC)

/* libtorrent closes at the seventh message within a minute. */
#define MOST_A_MINUTE 6u

gboolean
bt_torrent_exchanges_peers (BtTorrent *self)
{
  return self->session->config.pex && !bt_torrent_is_private (self);
}

static gboolean
host_was_seen (const GArray *peers, guint before)
{
  const BtAddr *addr = &g_array_index (peers, BtPexPeer, before).addr;

  /* Many ports of one host in one list aim at the host (BEP 11). */
  for (guint i = 0; i < before && !bt_addr_is_loopback (addr); i++)
    if (bt_addr_same_ip (&g_array_index (peers, BtPexPeer, i).addr, addr))
      return TRUE;
  return FALSE;
}

static gboolean
is_flood (BtLink *self)
{
  gint64 now = bt_loop_now (self->torrent->session->loop);

  if (now - self->pex_window > G_TIME_SPAN_MINUTE)
    {
      self->pex_window = now;
      self->pex_count = 0;
    }
  return ++self->pex_count > MOST_A_MINUTE;
}

void
bt_link_got_pex (BtLink *self, const BtWireMessage *message)
{
  BtTorrent *torrent = self->torrent;
  g_autoptr (GArray) added = NULL, dropped = NULL;

  if (!bt_torrent_exchanges_peers (torrent))
    return;
  if (is_flood (self))
    {
      bt_peer_close (self->peer, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, "The peer floods us with addresses"));
      return;
    }
  added = g_array_new (FALSE, FALSE, sizeof (BtPexPeer));
  dropped = g_array_new (FALSE, FALSE, sizeof (BtPexPeer));
  if (!bt_ext_pex_read (message->payload, message->payload_length, added, dropped))
    return;
  for (guint i = 0; i < MIN (added->len, BT_PEX_MAX_CONTACTS); i++)
    {
      const BtPexPeer *peer = &g_array_index (added, BtPexPeer, i);
      BtKnownPeer *known;

      if (host_was_seen (added, i))
        continue;
      known = bt_torrent_learn_peer (torrent, &peer->addr, BT_SOURCE_PEX);
      if (known != NULL && !known->in_use)
        known->is_seed = (peer->flags & BT_PEX_SEED) != 0;
    }
  if (bt_torrent_is_online (torrent))
    bt_torrent_connect_more (torrent, bt_loop_now (torrent->session->loop));
}

/* What others can connect to: where we reached it, or where it says that it
 * listens. */
static gboolean
contact_of (const BtLink *self, BtPexPeer *contact)
{
  if (!bt_peer_is_open (self->peer))
    return FALSE;
  contact->addr = *bt_peer_get_addr (self->peer);
  contact->flags = bt_link_is_seed (self) || self->upload_only ? BT_PEX_SEED : 0;
  if (!bt_peer_is_incoming (self->peer))
    contact->flags |= BT_PEX_REACHABLE;
  else
    contact->addr.port = self->ext.port;
  return bt_addr_is_usable (&contact->addr);
}

static void
collect_added (BtLink *self, GHashTable *current, GArray *added)
{
  GPtrArray *links = self->torrent->links;

  for (guint i = 0; i < links->len; i++)
    {
      BtPexPeer contact;

      if (links->pdata[i] == self || !contact_of (links->pdata[i], &contact))
        continue;
      if (!g_hash_table_add (current, g_memdup2 (&contact.addr, sizeof contact.addr)) ||
          added->len >= BT_PEX_MAX_CONTACTS || g_hash_table_contains (self->pex_sent, &contact.addr))
        continue;
      g_hash_table_add (self->pex_sent, g_memdup2 (&contact.addr, sizeof contact.addr));
      g_array_append_val (added, contact);
    }
}

static void
collect_dropped (BtLink *self, GHashTable *current, GArray *dropped)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->pex_sent);
  while (dropped->len < BT_PEX_MAX_CONTACTS && g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (current, key))
      {
        BtPexPeer contact = { .addr = *(BtAddr *) key };

        g_array_append_val (dropped, contact);
        g_hash_table_iter_remove (&iter);
      }
}

void
bt_link_tick_pex (BtLink *self, gint64 now)
{
  g_autoptr (GHashTable) current = NULL;
  g_autoptr (GArray) added = NULL, dropped = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (self->ext.ids[BT_EXT_PEX] == 0 || !bt_torrent_exchanges_peers (self->torrent))
    return;
  if (self->next_pex == 0)
    self->next_pex = self->opened_at + FIRST_AFTER;
  if (now < self->next_pex)
    return;
  self->next_pex = now + INTERVAL;
  if (self->pex_sent == NULL)
    self->pex_sent = g_hash_table_new_full (bt_addr_hash, bt_addr_equal, g_free, NULL);
  current = g_hash_table_new_full (bt_addr_hash, bt_addr_equal, g_free, NULL);
  added = g_array_new (FALSE, FALSE, sizeof (BtPexPeer));
  dropped = g_array_new (FALSE, FALSE, sizeof (BtPexPeer));
  collect_added (self, current, added);
  collect_dropped (self, current, dropped);
  if (added->len + dropped->len == 0)
    return;
  bytes = bt_ext_pex_write ((gpointer) added->data, added->len, (gpointer) dropped->data, dropped->len);
  bt_wire_write_extended (bt_peer_out (self->peer), self->ext.ids[BT_EXT_PEX], g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  bt_peer_flush (self->peer);
}
