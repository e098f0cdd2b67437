/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-http.h"
#include "fuzz.h"

/* What a server takes from a query a client can write, and it is taken again. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *query = g_strndup (length > 0 ? (const char *) bytes : "", length);
  g_autofree char *url = NULL;
  BtAnnounceRequest first, second;

  if (!bt_announce_http_parse_query (query, &first, NULL))
    return 0;
  url = bt_announce_http_write_url ("http://t/announce", &first);
  g_assert_true (bt_announce_http_parse_query (strchr (url, '?') + 1, &second, NULL));
  g_assert_cmpmem (first.info_hash, BT_SHA1_LENGTH, second.info_hash, BT_SHA1_LENGTH);
  g_assert_cmpmem (first.peer_id, BT_PEER_ID_LENGTH, second.peer_id, BT_PEER_ID_LENGTH);
  g_assert_cmpuint (first.port, ==, second.port);
  g_assert_cmpuint (first.left, ==, second.left);
  g_assert_cmpint (first.event, ==, second.event);
  g_assert_cmpint (first.numwant, ==, second.numwant);
  g_assert_cmpuint (first.key, ==, second.key);
  g_assert_true (bt_addr_equal (&first.ip, &second.ip));
  g_assert_cmpstr (first.tracker_id, ==, second.tracker_id);
  return 0;
}
