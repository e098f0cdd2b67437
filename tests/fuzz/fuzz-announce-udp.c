/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-udp.h"
#include "fuzz.h"

#include <string.h>

/* Read, written and read again, a request is the same. */
static void
run_query (const guint8 *bytes, gsize length)
{
  g_autoptr(GArray) hashes = g_array_new (FALSE, FALSE, BT_SHA1_LENGTH);
  g_autofree char *url = NULL, *again = NULL;
  guint8 out[BT_ANNOUNCE_UDP_MAX_QUERY];
  BtAnnounceUdpQuery query, second;
  BtAnnounceRequest first;

  if (!bt_announce_udp_parse_query (bytes, length, &query))
    return;
  bt_announce_udp_read_hashes (&query, hashes, 10);
  g_assert_cmpuint (hashes->len, <=, 10);
  if (query.action != BT_ANNOUNCE_UDP_ANNOUNCE)
    return;
  bt_announce_udp_read_request (&query, &first);
  url = bt_announce_udp_dup_url_data (&query);
  g_assert_true (bt_announce_udp_parse_query (out, bt_announce_udp_write_announce (out, query.connection_id, query.transaction_id, &first, url), &second));
  again = bt_announce_udp_dup_url_data (&second);
  g_assert_true (url == NULL || *url == '\0' || strlen (url) > 1000 || g_str_equal (url, again));
  g_assert_cmpuint (query.connection_id, ==, second.connection_id);
}

static void
run_answer (const guint8 *bytes, gsize length, BtAddrFamily family)
{
  static const guint8 hashes[3][BT_SHA1_LENGTH] = { { 0 } };
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  g_autofree guint8 *out = g_malloc (65536);
  BtAnnounceUdpAnswer answer;
  BtAnnounceReply first, second;

  if (!bt_announce_udp_parse_answer (bytes, length, &answer))
    return;
  bt_announce_udp_read_scrape (&answer, hashes, 3, entries);
  g_assert_cmpuint (entries->len, <=, 3);
  bt_announce_reply_init (&first);
  bt_announce_reply_init (&second);
  bt_announce_udp_read_reply (&answer, family, &first);
  g_assert_cmpuint (first.peers->len, <=, BT_ANNOUNCE_MAX_PEERS);
  g_assert_cmpint (first.failure_reason != NULL, ==, answer.action == BT_ANNOUNCE_UDP_ERROR);
  if (answer.action == BT_ANNOUNCE_UDP_ANNOUNCE && family == BT_ADDR_V4)
    {
      g_assert_true (bt_announce_udp_parse_answer (out, bt_announce_udp_write_reply (out, 65536, answer.transaction_id, &first, family), &answer));
      bt_announce_udp_read_reply (&answer, family, &second);
      g_assert_cmpmem (first.peers->data, first.peers->len * sizeof (BtAddr), second.peers->data, second.peers->len * sizeof (BtAddr));
      g_assert_cmpint (first.interval, ==, second.interval);
    }
  bt_announce_reply_clear (&first);
  bt_announce_reply_clear (&second);
}

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  run_query (bytes, length);
  run_answer (bytes, length, BT_ADDR_V4);
  run_answer (bytes, length, BT_ADDR_V6);
  return 0;
}
