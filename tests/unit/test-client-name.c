/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-client-name.h"

#include "bt-test.h"

typedef struct
{
  const char *name;
  const guint8 *id; /* filled up with zeros */
  gsize length;
  const char *client;
} Row;

static const Row rows[] = {
  { "freshet", BT_TEST_BYTES ("-FE0100-abcdefghijkl"), "Freshet 0.1.0" },
  { "advanced-download-manager", BT_TEST_BYTES ("-ADB560-"), "Advanced Download Manager 11.5.6" },
  { "azureus", BT_TEST_BYTES ("-AZ8421-"), "Azureus / Vuze 8.4.2.1" },
  { "biglybt", BT_TEST_BYTES ("-BI2300-"), "BiglyBT 2.3.0.0" },
  { "bitcomet", BT_TEST_BYTES ("-BC0132-"), "BitComet 1.32" },
  { "bitcomet-old", BT_TEST_BYTES ("exbc\0" "8zDc\x10-n"), "BitComet 0.56" },
  { "bitlord", BT_TEST_BYTES ("-BL246326"), "BitLord 2.4.6-326" },
  { "bitlord-old", BT_TEST_BYTES ("exbc\0" "8LORD2"), "BitLord 0.56" },
  { "bittorrent", BT_TEST_BYTES ("-BT791\0-"), "BitTorrent 7.9.1" },
  { "bittorrent-beta", BT_TEST_BYTES ("-BT791B-"), "BitTorrent 7.9.1 (Beta)" },
  { "bittorrent-mainline", BT_TEST_BYTES ("M7-9-2--abcdef"), "BitTorrent 7.9.2" },
  { "deluge", BT_TEST_BYTES ("-DE211s-"), "Deluge 2.1.1" },
  { "filecroc", BT_TEST_BYTES ("-FC1013-"), "FileCroc 1.0.1.3" },
  { "folx", BT_TEST_BYTES ("-FL51FF-"), "Folx 5.x" },
  { "free-download-manager", BT_TEST_BYTES ("-FD51R\xff-"), "Free Download Manager 5.1.27" },
  { "free-download-manager-w", BT_TEST_BYTES ("-FD51W\xff-"), "Free Download Manager 5.1.32" },
  { "frostwire", BT_TEST_BYTES ("-FW6830-"), "FrostWire 6.8.3" },
  { "ktorrent-dev", BT_TEST_BYTES ("-KT33D1-"), "KTorrent 3.3 Dev 1" },
  { "ktorrent", BT_TEST_BYTES ("-KT5120-"), "KTorrent 5.1.2" },
  { "libtorrent", BT_TEST_BYTES ("-LT20B0-"), "libtorrent (Rasterbar) 2.0.11" },
  { "rtorrent", BT_TEST_BYTES ("-lt0D60-"), "libTorrent (Rakshasa) 0.13.6" },
  { "miro", BT_TEST_BYTES ("-MR1100-"), "Miro 1.1.0.0" },
  { "picotorrent", BT_TEST_BYTES ("-PI0091-"), "PicoTorrent 0.09.1" },
  { "qbittorrent", BT_TEST_BYTES ("-qB4520-"), "qBittorrent 4.5.2" },
  { "torch", BT_TEST_BYTES ("-TB2137-"), "Torch Browser" },
  { "transmission-first", BT_TEST_BYTES ("-TR0006-"), "Transmission 0.6" },
  { "transmission-zero", BT_TEST_BYTES ("-TR0072-"), "Transmission 0.72" },
  { "transmission-dev", BT_TEST_BYTES ("-TR111Z-"), "Transmission 1.11 (Dev)" },
  { "transmission-three", BT_TEST_BYTES ("-TR3000-"), "Transmission 3.00" },
  { "transmission-beta", BT_TEST_BYTES ("-TR400B-"), "Transmission 4.0.0 (Beta)" },
  { "transmission-letters", BT_TEST_BYTES ("-TR4Az0-"), "Transmission 4.10.61" },
  { "utorrent", BT_TEST_BYTES ("-UT341\0-"), "µTorrent 3.4.1" },
  { "utorrent-web", BT_TEST_BYTES ("-UW110Q-"), "µTorrent Web 1.1.0" },
  { "utorrent-web-ten", BT_TEST_BYTES ("-UW1110Q"), "µTorrent Web 1.1.10" },
  { "webtorrent", BT_TEST_BYTES ("-WW0007-"), "WebTorrent 0.0.0.7" },
  { "xfplay", BT_TEST_BYTES ("-XF9990-"), "Xfplay 9.9.9" },
  { "aria2", BT_TEST_BYTES ("A2-1-18-8-"), "aria2 1.18.8" },
  { "aria2-short", BT_TEST_BYTES ("A2-1-2-0-"), "aria2 1.2.0" },
  { "queen-bee", BT_TEST_BYTES ("Q1-23-4-"), "Queen Bee 1.23.4" },
  { "shadow", BT_TEST_BYTES ("S58B-----"), "Shad0w 5.8.11" },
  { "unknown", BT_TEST_BYTES ("-I\5O\10\3\1-"), "-I%05O%08%03%01-" },
  { "unknown-code", BT_TEST_BYTES ("-??1234-"), "-??1234-" },
  { "zeros", BT_TEST_BYTES (""), "%00%00%00%00%00%00%00%00" },
  { "terminal-sequence", BT_TEST_BYTES ("\033]0;x\007\033["), "%1B]0;x%07%1B[" },
  { "known-code-no-version", BT_TEST_BYTES ("-TR\033[31m"), "-TR%1B[31m" },
  { "dashes-without-numbers", BT_TEST_BYTES ("A2------------------"), "A2------" },
  { "dashes-at-the-end", BT_TEST_BYTES ("A2-11111111111111111"), "A2-11111" },
};

static void
test_name (gconstpointer data)
{
  const Row *row = data;
  guint8 id[BT_PEER_ID_LENGTH] = { 0 };
  char name[BT_CLIENT_NAME_MAX];
  g_autofree guint8 *copy = NULL;

  memcpy (id, row->id, row->length);
  copy = bt_test_copy (id, sizeof id);
  bt_client_name_from_peer_id (copy, name, sizeof name);
  g_assert_cmpstr (name, ==, row->client);
}

/* No room is too small, and no id writes past it. */
static void
test_small_room (void)
{
  static const char id[] = "-AZ8421-abcdefghijkl";
  static const char unknown[] = "\1\2\3\4\5\6\7\10abcdefghijkl";

  for (gsize size = 1; size < 40; size++)
    {
      g_autofree char *room = g_malloc (size);

      bt_client_name_from_peer_id ((const guint8 *) id, room, size);
      g_assert_cmpuint (strlen (room), <, size);
      bt_client_name_from_peer_id ((const guint8 *) unknown, room, size);
      g_assert_cmpuint (strlen (room), <, size);
    }
}

/* What peers call themselves. */
static void
test_version (void)
{
  static const struct
  {
    const char *version;
    const char *client;
  } versions[] = {
    { "", "" },
    { "libtorrent/2.0.8.0", "libtorrent 2.0.8" },
    { "libtorrent/2.0.8.1", "libtorrent 2.0.8.1" },
    { "qBittorrent/4.5.2", "qBittorrent 4.5.2" },
    { "Deluge/2.1.1 libtorrent/2.0.8.0", "Deluge 2.1.1 libtorrent 2.0.8" },
    { "Transmission 4.0.6", "Transmission 4.0.6" },
    { "µTorrent 3.5.5", "µTorrent 3.5.5" },
    { "BitBuddy/BitComet 1.0", "BitBuddy/BitComet 1.0" },
    { "/2.0", "/2.0" },
    { "x/", "x/" },
    { "x/...0", "x/...0" },
    { "x/1...", "x 1..." },
    { "x/1...0", "x 1.." },
    { "x/0", "x 0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (versions); i++)
    {
      char name[BT_CLIENT_NAME_MAX];

      bt_client_name_from_version (versions[i].version, name, sizeof name);
      g_assert_cmpstr (name, ==, versions[i].client);
    }
}

/* A long one ends between two characters. */
static void
test_version_small_room (void)
{
  static const char version[] = "토렌트/1.2.3.0 µ";

  for (gsize size = 1; size < sizeof version + 2; size++)
    {
      g_autofree char *room = g_malloc (size);

      bt_client_name_from_version (version, room, size);
      g_assert_true (g_utf8_validate (room, -1, NULL));
      g_assert_cmpuint (strlen (room), <, size);
      g_assert_true (g_str_has_prefix ("토렌트 1.2.3 µ", room));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/client-name", rows, test_name);
  g_test_add_func ("/client-name/room/small", test_small_room);
  g_test_add_func ("/client-name/version/reads", test_version);
  g_test_add_func ("/client-name/version/small-room", test_version_small_room);
  return g_test_run ();
}
