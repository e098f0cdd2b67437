/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-lsd-packet.h"
#include "bt-test.h"

#define FIRST "BT-SEARCH * HTTP/1.1\r\n"
#define HASH "0123456789abcdef0123456789ABCDEF01234567"

typedef struct
{
  const char *name;
  const char *text;
  guint n_hashes;  /* 0: no announcement */
  const char *cookie;
} Row;

static const Row rows[] = {
  { "as-specified", FIRST "Host: 239.192.152.143:6771\r\nPort: 6881\r\nInfohash: " HASH "\r\ncookie: abc\r\n\r\n\r\n", 1, "abc" },
  { "several-hashes", FIRST "Port: 6881\r\nInfohash: " HASH "\r\nInfohash: " HASH "\r\n\r\n\r\n", 2, "" },
  { "other-case-and-order", FIRST "COOKIE:xyz\r\ninfohash:" HASH "\r\nPORT:  6881 \r\nX-Other: 1\r\n\r\n\r\n", 1, "xyz" },
  { "line-feeds-alone", "BT-SEARCH * HTTP/1.1\nPort: 6881\nInfohash: " HASH "\n\n", 1, "" },
  { "no-blank-line", FIRST "Port: 6881\r\nInfohash: " HASH, 1, "" },
  { "one-hash-is-short", FIRST "Port: 6881\r\nInfohash: 0123\r\nInfohash: " HASH "\r\n\r\n", 1, "" },
  { "cookie-is-long", FIRST "Port: 6881\r\nInfohash: " HASH "\r\ncookie: 0123456789012345678901234567890123456789012345678901234567890123456789\r\n\r\n", 1, "" },
  { "after-the-end", FIRST "Port: 6881\r\nInfohash: " HASH "\r\n\r\nInfohash: " HASH "\r\n", 1, "" },
  { "empty", "", 0, "" },
  { "another-method", "M-SEARCH * HTTP/1.1\r\nPort: 6881\r\nInfohash: " HASH "\r\n\r\n", 0, "" },
  { "longer-first-line", "BT-SEARCH * HTTP/1.11\r\nPort: 6881\r\nInfohash: " HASH "\r\n\r\n", 0, "" },
  { "no-port", FIRST "Infohash: " HASH "\r\n\r\n", 0, "" },
  { "port-0", FIRST "Port: 0\r\nInfohash: " HASH "\r\n\r\n", 0, "" },
  { "port-too-large", FIRST "Port: 65536\r\nInfohash: " HASH "\r\n\r\n", 0, "" },
  { "port-is-long", FIRST "Port: 00000006881\r\nInfohash: " HASH "\r\n\r\n", 0, "" },
  { "port-is-negative", FIRST "Port: -1\r\nInfohash: " HASH "\r\n\r\n", 0, "" },
  { "port-is-words", FIRST "Port: 68x1\r\nInfohash: " HASH "\r\n\r\n", 0, "" },
  { "no-hash", FIRST "Port: 6881\r\n\r\n", 0, "" },
  { "hash-is-no-hex", FIRST "Port: 6881\r\nInfohash: 0123456789abcdef0123456789ABCDEF0123456z\r\n\r\n", 0, "" },
  { "hash-is-too-long", FIRST "Port: 6881\r\nInfohash: " HASH "8\r\n\r\n", 0, "" },
  { "header-without-colon", FIRST "Port 6881\r\nInfohash " HASH "\r\n\r\n", 0, "" },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autofree guint8 *copy = bt_test_copy (row->text, strlen (row->text));
  BtLsdPacket packet;

  g_assert_cmpint (bt_lsd_packet_read (&packet, copy, strlen (row->text)), ==, row->n_hashes > 0);
  if (row->n_hashes == 0)
    return;
  g_assert_cmpuint (packet.n_hashes, ==, row->n_hashes);
  g_assert_cmpuint (packet.port, ==, 6881);
  g_assert_cmpstr (packet.cookie, ==, row->cookie);
  g_assert_cmpuint (packet.hashes[0][0], ==, 0x01);
  g_assert_cmpuint (packet.hashes[0][19], ==, 0x67);
}

static void
test_zeros_inside (void)
{
  static const char text[] = FIRST "Port: 6881\r\ncookie: a\0b\r\nInfohash: " HASH "\r\n\r\n";
  BtLsdPacket packet;

  g_assert_true (bt_lsd_packet_read (&packet, (const guint8 *) text, sizeof text - 1));
  g_assert_cmpstr (packet.cookie, ==, "a");
}

static void
test_reads_what_it_wrote (void)
{
  BtLsdPacket before = { .port = 51413, .cookie = "0123abcd", .n_hashes = BT_LSD_MAX_HASHES }, after;

  for (guint i = 0; i < BT_LSD_MAX_HASHES; i++)
    memset (before.hashes[i], (int) i + 1, BT_SHA1_LENGTH);
  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *text = bt_lsd_packet_write (&before, i == 0 ? BT_ADDR_V4 : BT_ADDR_V6);

      g_assert_cmpuint (strlen (text), <=, BT_LSD_MAX_PACKET);
      g_assert_true (g_str_has_suffix (text, "\r\n\r\n\r\n"));
      g_assert_nonnull (strstr (text, i == 0 ? "Host: 239.192.152.143:6771\r\n" : "Host: [ff15::efc0:988f]:6771\r\n"));
      g_assert_true (bt_lsd_packet_read (&after, (const guint8 *) text, strlen (text)));
      g_assert_cmpmem (&after, sizeof after, &before, sizeof before);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/lsd-packet", rows, test_row);
  g_test_add_func ("/lsd-packet/zeros-inside", test_zeros_inside);
  g_test_add_func ("/lsd-packet/reads-what-it-wrote", test_reads_what_it_wrote);
  return g_test_run ();
}
