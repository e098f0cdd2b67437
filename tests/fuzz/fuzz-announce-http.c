/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-http.h"
#include "fuzz.h"

/* Read, written and read again, the peers are the same, in their families. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  const BtAnnounceRequest request = { .compact = FALSE };
  g_autoptr(GBytes) written = NULL;
  BtAnnounceReply first, second;

  bt_announce_reply_init (&first);
  bt_announce_reply_init (&second);
  if (bt_announce_http_parse_reply (bytes, length, &first, NULL))
    {
      written = bt_announce_http_write_reply (&first, &request, NULL);
      g_assert_true (bt_announce_http_parse_reply (g_bytes_get_data (written, NULL), g_bytes_get_size (written), &second, NULL));
      g_assert_cmpmem (first.peers->data, first.peers->len * sizeof (BtAddr), second.peers->data, second.peers->len * sizeof (BtAddr));
      g_assert_cmpint (first.interval, ==, second.interval);
      g_assert_cmpstr (first.failure_reason, ==, second.failure_reason);
      g_assert_cmpuint (first.peers->len + first.named_peers->len, <=, BT_ANNOUNCE_MAX_PEERS);
    }
  bt_announce_reply_clear (&first);
  bt_announce_reply_clear (&second);
  return 0;
}
