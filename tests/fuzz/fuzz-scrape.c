/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-http.h"
#include "fuzz.h"

/* Read, written and read again, no torrent is lost or made up. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr(GArray) first = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  g_autoptr(GArray) second = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  g_autoptr(GArray) hashes = g_array_new (FALSE, FALSE, BT_SHA1_LENGTH);
  g_autofree char *query = g_strndup (length > 0 ? (const char *) bytes : "", length);
  g_autoptr(GBytes) written = NULL;

  bt_scrape_http_parse_query (query, hashes, 70, NULL);
  g_assert_cmpuint (hashes->len, <=, 70);
  if (!bt_scrape_http_parse_reply (bytes, length, first, NULL))
    return 0;
  written = bt_scrape_http_write_reply ((const BtScrapeEntry *) (gpointer) first->data, first->len);
  g_assert_true (bt_scrape_http_parse_reply (g_bytes_get_data (written, NULL), g_bytes_get_size (written), second, NULL));
  g_assert_cmpuint (second->len, <=, first->len);
  g_assert_cmpint (second->len > 0, ==, first->len > 0);
  return 0;
}
