/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-node.h"
#include "fuzz.h"

static gboolean
send (const BtAddr *to, const guint8 *bytes, gsize length, gpointer data)
{
  BtKrpc message;

  g_assert_true (bt_krpc_read (&message, bytes, length));
  g_assert_cmpuint (length, <=, BT_KRPC_MAX_WRITE);
  return TRUE;
}

/* So that a reply with the number "aaaa" is one to what was asked. */
static void
fill (guint8 *bytes, gsize length, gpointer data)
{
  memset (bytes, 'a', length);
}

static void
found (const guint8 *info_hash, const BtAddr *peers, guint n_peers, gpointer data)
{
  g_assert_cmpuint (n_peers, >, 0);
}

static void
ended (const guint8 *info_hash, const BtDhtResult *result, gpointer data)
{
  g_assert_cmpuint (result->n_answered, <=, BT_DHT_K);
}

static const BtDhtHost host = { .send = send, .random = fill, .found = found, .ended = ended };

/* One datagram, to a node that looks for something where it comes from, and
 * what follows from it. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  static const guint8 hash[BT_SHA1_LENGTH] = { 1 };
  gint64 now = G_TIME_SPAN_HOUR, end = now + 12 * G_USEC_PER_SEC;
  g_autoptr (BtDhtNode) node = NULL;
  BtDhtNodeConfig config;
  BtAddr from;

  bt_addr_parse (&from, "20.1.2.3:6881");
  bt_dht_node_config_init (&config);
  node = bt_dht_node_new (&config, hash, &host, NULL, now);
  bt_dht_node_add_start (node, &from, FALSE, now);
  bt_dht_node_search (node, hash, BT_DHT_ANNOUNCE | BT_DHT_SCRAPE, 1, now);
  bt_dht_node_tick (node, now);
  for (guint i = 0; i < 3; i++)
    bt_dht_node_receive (node, &from, bytes, length, now);
  while (now < end)
    now = MAX (now + 1, bt_dht_node_tick (node, now));
  return 0;
}
