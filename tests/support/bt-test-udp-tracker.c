/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-udp-tracker.h"

#include <string.h>

static GSocketAddress *
to_address (const BtAddr *addr)
{
  g_autoptr (GInetAddress) ip = g_inet_address_new_from_bytes (addr->ip, addr->family == BT_ADDR_V4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6);

  return g_inet_socket_address_new (ip, addr->port);
}

static void
from_address (GSocketAddress *address, BtAddr *addr)
{
  GInetAddress *ip = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  guint16 port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));

  if (g_inet_address_get_family (ip) == G_SOCKET_FAMILY_IPV4)
    bt_addr_init_v4 (addr, g_inet_address_to_bytes (ip), port);
  else
    bt_addr_init_v6 (addr, g_inet_address_to_bytes (ip), port);
}

void
bt_test_udp_tracker_send (BtTestUdpTracker *self, const guint8 *bytes, gsize length, const BtAddr *to)
{
  g_autoptr (GSocketAddress) address = to_address (to);

  g_socket_send_to (self->socket, address, (const char *) bytes, length, NULL, NULL);
}

typedef struct
{
  GBytes *bytes;
  BtAddr to;
} Held;

static void
held_clear (gpointer data)
{
  g_bytes_unref (((Held *) data)->bytes);
}

void
bt_test_udp_tracker_let_go (BtTestUdpTracker *self)
{
  self->holds = FALSE;
  for (guint i = 0; i < self->held->len; i++)
    {
      Held *held = &g_array_index (self->held, Held, i);

      bt_test_udp_tracker_send (self, g_bytes_get_data (held->bytes, NULL), g_bytes_get_size (held->bytes), &held->to);
    }
  g_array_set_size (self->held, 0);
}

static void
answer (BtTestUdpTracker *self, const guint8 *bytes, gsize length, const BtAddr *to)
{
  if (self->answering != NULL)
    self->answering (self, bytes, length, to, self->data);
  bt_test_udp_tracker_send (self, bytes, length, to);
}

static void
refuse (BtTestUdpTracker *self, const BtAnnounceUdpQuery *query, const char *why, const BtAddr *from)
{
  guint8 out[600];

  answer (self, out, bt_announce_udp_write_error (out, sizeof out, query->transaction_id, why), from);
}

static void
take_announce (BtTestUdpTracker *self, const BtAnnounceUdpQuery *query, const BtAddr *from)
{
  guint8 out[65000];
  gsize length;

  bt_announce_udp_read_request (query, &self->request);
  g_array_append_val (self->events, self->request.event);
  g_free (self->url_data);
  self->url_data = bt_announce_udp_dup_url_data (query);
  length = bt_announce_udp_write_reply (out, sizeof out, query->transaction_id, &self->reply, (BtAddrFamily) from->family);
  if (self->holds)
    {
      Held held = { g_bytes_new (out, length), *from };

      g_array_append_val (self->held, held);
      return;
    }
  answer (self, out, length, from);
}

/* A torrent's counts are the first bytes of its hash. */
static void
take_scrape (BtTestUdpTracker *self, const BtAnnounceUdpQuery *query, const BtAddr *from)
{
  g_autoptr (GArray) hashes = g_array_new (FALSE, FALSE, BT_SHA1_LENGTH);
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  guint8 out[1000];

  bt_announce_udp_read_hashes (query, hashes, BT_ANNOUNCE_UDP_MAX_SCRAPE);
  for (guint i = 0; i < hashes->len; i++)
    {
      const guint8 *hash = (const guint8 *) hashes->data + i * BT_SHA1_LENGTH;
      BtScrapeEntry entry = { .complete = hash[0], .downloaded = hash[1], .incomplete = hash[2] };

      g_array_append_val (entries, entry);
    }
  answer (self, out, bt_announce_udp_write_counts (out, sizeof out, query->transaction_id, (const BtScrapeEntry *) (gpointer) entries->data, entries->len), from);
}

static void
take_query (BtTestUdpTracker *self, const BtAnnounceUdpQuery *query, const BtAddr *from)
{
  guint8 out[16];

  if (query->action == BT_ANNOUNCE_UDP_CONNECT)
    answer (self, out, bt_announce_udp_write_connected (out, sizeof out, query->transaction_id, self->connection_id), from);
  else if (query->connection_id != self->connection_id)
    {
      if (!self->forgets)
        refuse (self, query, "Connection ID missmatch.", from);
    }
  else if (self->refusal != NULL)
    refuse (self, query, self->refusal, from);
  else if (query->action == BT_ANNOUNCE_UDP_ANNOUNCE)
    take_announce (self, query, from);
  else
    take_scrape (self, query, from);
}

static gboolean
readable_cb (GSocket *socket, GIOCondition condition, gpointer data)
{
  BtTestUdpTracker *self = data;
  g_autoptr (GSocketAddress) address = NULL;
  guint8 bytes[2000];
  gssize n = g_socket_receive_from (socket, &address, (char *) bytes, sizeof bytes, NULL, NULL);
  BtAnnounceUdpQuery query;

  if (n < 0)
    return G_SOURCE_CONTINUE;
  g_assert_true (bt_announce_udp_parse_query (bytes, (gsize) n, &query));
  from_address (address, &self->from);
  self->transaction_id = query.transaction_id;
  self->n_connects += query.action == BT_ANNOUNCE_UDP_CONNECT;
  self->n_announces += query.action == BT_ANNOUNCE_UDP_ANNOUNCE;
  self->n_scrapes += query.action == BT_ANNOUNCE_UDP_SCRAPE;
  if (self->n_to_drop > 0)
    self->n_to_drop--;
  else if (self->lost != NULL && query.action == BT_ANNOUNCE_UDP_ANNOUNCE &&
           g_hash_table_add (self->lost, GUINT_TO_POINTER (query.transaction_id)))
    return G_SOURCE_CONTINUE;
  else if (!self->silent)
    take_query (self, &query, &self->from);
  return G_SOURCE_CONTINUE;
}

BtTestUdpTracker *
bt_test_udp_tracker_new (const char *ip, guint16 port)
{
  g_autoptr (GSocketAddress) wanted = g_inet_socket_address_new_from_string (ip, port);
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (wanted), G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);
  g_autoptr (GSocketAddress) bound = NULL;
  BtTestUdpTracker *self;

  if (socket == NULL || !g_socket_bind (socket, wanted, FALSE, NULL))
    return NULL;
  bound = g_socket_get_local_address (socket, NULL);
  self = g_new0 (BtTestUdpTracker, 1);
  g_socket_set_blocking (socket, FALSE);
  self->socket = g_steal_pointer (&socket);
  from_address (bound, &self->addr);
  self->connection_id = 0x0102030405060708;
  bt_announce_reply_init (&self->reply);
  self->reply.interval = 1800;
  self->events = g_array_new (FALSE, FALSE, sizeof (BtAnnounceEvent));
  self->held = g_array_new (FALSE, FALSE, sizeof (Held));
  g_array_set_clear_func (self->held, held_clear);
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (readable_cb), self, NULL);
  g_source_attach (self->source, NULL);
  return self;
}

void
bt_test_udp_tracker_free (BtTestUdpTracker *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_object_unref (self->socket);
  bt_announce_reply_clear (&self->reply);
  g_array_unref (self->events);
  g_array_unref (self->held);
  g_clear_pointer (&self->lost, g_hash_table_unref);
  g_free (self->url_data);
  g_free (self);
}

char *
bt_test_udp_tracker_url (const BtTestUdpTracker *self, const char *url_data)
{
  char text[BT_ADDR_STRING_MAX];

  return g_strconcat ("udp://", bt_addr_to_string (&self->addr, text), url_data, NULL);
}

void
bt_test_udp_tracker_add_peer (BtTestUdpTracker *self, const char *peer)
{
  BtAddr addr;

  g_assert_true (bt_addr_parse (&addr, peer));
  g_array_append_val (self->reply.peers, addr);
}
