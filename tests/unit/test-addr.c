/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-addr.h"

#include "bt-test.h"

typedef struct
{
  const char *name;
  const char *text;
  const char *written; /* NULL: not an address */
  BtAddrFamily family;
} ParseRow;

static const ParseRow parse_rows[] = {
  { "v4", "1.2.3.4:80", "1.2.3.4:80", BT_ADDR_V4 },
  { "v4-no-port", "1.2.3.4", "1.2.3.4:0", BT_ADDR_V4 },
  { "v4-last-port", "255.255.255.255:65535", "255.255.255.255:65535", BT_ADDR_V4 },
  { "v6", "[2001:db8::1]:6881", "[2001:db8::1]:6881", BT_ADDR_V6 },
  { "v6-no-port", "2001:db8::1", "[2001:db8::1]:0", BT_ADDR_V6 },
  { "v6-brackets-no-port", "[::1]", "[::1]:0", BT_ADDR_V6 },
  { "v6-mapped-is-v4", "[::ffff:10.0.0.1]:5", "10.0.0.1:5", BT_ADDR_V4 },
  { "v6-longest", "[1111:2222:3333:4444:5555:6666:7777:8888]:65535", "[1111:2222:3333:4444:5555:6666:7777:8888]:65535", BT_ADDR_V6 },
  { "empty", "", NULL, 0 },
  { "name", "localhost:80", NULL, 0 },
  { "port-too-large", "1.2.3.4:65536", NULL, 0 },
  { "port-negative", "1.2.3.4:-1", NULL, 0 },
  { "port-empty", "1.2.3.4:", NULL, 0 },
  { "port-with-space", "1.2.3.4: 80", NULL, 0 },
  { "three-numbers", "1.2.3", NULL, 0 },
  { "octet-too-large", "1.2.3.256", NULL, 0 },
  { "bracket-open", "[::1", NULL, 0 },
  { "bracket-and-more", "[::1]x", NULL, 0 },
  { "bracket-v4-is-taken", "[1.2.3.4]:5", "1.2.3.4:5", BT_ADDR_V4 },
  { "too-long", "1111111111111111111111111111111111111111111111111111111111111111", NULL, 0 },
};

static void
test_parse (gconstpointer data)
{
  const ParseRow *row = data;
  char text[BT_ADDR_STRING_MAX];
  BtAddr addr, again;

  g_assert_cmpint (bt_addr_parse (&addr, row->text), ==, row->written != NULL);
  if (row->written == NULL)
    return;
  g_assert_cmpuint (addr.family, ==, row->family);
  g_assert_cmpstr (bt_addr_to_string (&addr, text), ==, row->written);
  g_assert_true (bt_addr_parse (&again, text));
  g_assert_true (bt_addr_equal (&addr, &again));
  g_assert_cmpuint (bt_addr_hash (&addr), ==, bt_addr_hash (&again));
}

typedef struct
{
  const char *name;
  const char *text;
  gboolean usable;
  gboolean private;
  gboolean loopback;
} KindRow;

static const KindRow kind_rows[] = {
  { "public", "8.8.8.8:53", TRUE, FALSE, FALSE },
  { "no-port", "8.8.8.8", FALSE, FALSE, FALSE },
  { "zero", "0.0.0.0:1", FALSE, TRUE, FALSE },
  { "this-network", "0.1.2.3:1", FALSE, TRUE, FALSE },
  { "multicast", "224.0.0.1:1", FALSE, FALSE, FALSE },
  { "broadcast", "255.255.255.255:1", FALSE, FALSE, FALSE },
  { "loopback", "127.0.0.9:1", TRUE, TRUE, TRUE },
  { "ten", "10.255.0.1:1", TRUE, TRUE, FALSE },
  { "before-172-16", "172.15.255.255:1", TRUE, FALSE, FALSE },
  { "172-16", "172.16.0.0:1", TRUE, TRUE, FALSE },
  { "172-31", "172.31.255.255:1", TRUE, TRUE, FALSE },
  { "after-172-31", "172.32.0.0:1", TRUE, FALSE, FALSE },
  { "192-168", "192.168.1.1:1", TRUE, TRUE, FALSE },
  { "link-local", "169.254.1.1:1", TRUE, TRUE, FALSE },
  { "carrier", "100.64.0.1:1", TRUE, TRUE, FALSE },
  { "after-carrier", "100.128.0.1:1", TRUE, FALSE, FALSE },
  { "v6-public", "[2001:db8::1]:1", TRUE, FALSE, FALSE },
  { "v6-zero", "[::]:1", FALSE, TRUE, FALSE },
  { "v6-loopback", "[::1]:1", TRUE, TRUE, TRUE },
  { "v6-multicast", "[ff02::1]:1", FALSE, FALSE, FALSE },
  { "v6-link-local", "[fe80::1]:1", TRUE, TRUE, FALSE },
  { "v6-unique-local", "[fd00::1]:1", TRUE, TRUE, FALSE },
};

static void
test_kind (gconstpointer data)
{
  const KindRow *row = data;
  BtAddr addr;

  g_assert_true (bt_addr_parse (&addr, row->text));
  g_assert_cmpint (bt_addr_is_usable (&addr), ==, row->usable);
  g_assert_cmpint (bt_addr_is_private (&addr), ==, row->private);
  g_assert_cmpint (bt_addr_is_loopback (&addr), ==, row->loopback);
}

static void
test_compact_round_trip (void)
{
  static const char *const texts[] = { "1.2.3.4:513", "[2001:db8::7]:6881" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      guint8 bytes[18];
      BtAddr addr, again;
      BtReader reader;
      gsize n;

      g_assert_true (bt_addr_parse (&addr, texts[i]));
      n = bt_addr_write (&addr, bytes);
      g_assert_cmpuint (n, ==, i == 0 ? 6 : 18);
      for (gsize cut = 0; cut < n; cut++)
        {
          bt_reader_init (&reader, bytes, cut);
          g_assert_false (bt_addr_read (&again, &reader, addr.family));
          g_assert_cmpuint (reader.left, ==, cut);
        }
      bt_reader_init (&reader, bytes, n);
      g_assert_true (bt_addr_read (&again, &reader, addr.family));
      g_assert_cmpuint (reader.left, ==, 0);
      g_assert_true (bt_addr_equal (&addr, &again));
    }
}

static void
test_same_ip_ignores_port (void)
{
  BtAddr a, b, c;

  g_assert_true (bt_addr_parse (&a, "1.2.3.4:1"));
  g_assert_true (bt_addr_parse (&b, "1.2.3.4:2"));
  g_assert_true (bt_addr_parse (&c, "[102:304::]:1"));
  g_assert_true (bt_addr_same_ip (&a, &b));
  g_assert_false (bt_addr_equal (&a, &b));
  g_assert_false (bt_addr_same_ip (&a, &c));
}

static void
test_none_is_written_as_a_dash (void)
{
  BtAddr addr = { 0 };
  char text[BT_ADDR_STRING_MAX];

  g_assert_cmpstr (bt_addr_ip_to_string (&addr, text), ==, "-");
  g_assert_false (bt_addr_is_usable (&addr));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/addr/parse", parse_rows, test_parse);
  BT_TEST_ADD_ROWS ("/addr/kind", kind_rows, test_kind);
  g_test_add_func ("/addr/compact/round-trip", test_compact_round_trip);
  g_test_add_func ("/addr/same-ip/ignores-port", test_same_ip_ignores_port);
  g_test_add_func ("/addr/none/is-written-as-a-dash", test_none_is_written_as_a_dash);
  return g_test_run ();
}
