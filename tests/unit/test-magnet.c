/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-error.h"
#include "bt-magnet.h"

#include "bt-test.h"

#define HASH "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
#define XT "magnet:?xt=urn:btih:" HASH
#define MULTIHASH "1220" HASH "cdcdcdcdcdcdcdcdcdcdcdcd"

/* Columns of tests/data/magnets/expect.tsv. */
enum
{
  COLUMN_URI,
  COLUMN_VERDICT,
  COLUMN_V1,
  COLUMN_V2,
  COLUMN_NAME,
  COLUMN_TRACKERS,
  COLUMN_WEB_SEEDS,
  COLUMN_NODES,
  COLUMN_PEERS,
  N_COLUMNS,
};

static char *
describe (const BtMagnet *magnet)
{
  g_autofree char *v1 = magnet->has_v1 ? bt_test_to_hex (magnet->info_hash, BT_SHA1_LENGTH) : g_strdup ("-");
  g_autofree char *v2 = magnet->has_v2 ? bt_test_to_hex (magnet->info_hash_v2, BT_SHA256_LENGTH) : g_strdup ("-");

  return g_strdup_printf ("%s %s %s %u %u %u %u", v1, v2, magnet->name == NULL ? "-" : magnet->name, magnet->trackers->len,
                          magnet->web_seeds->len, magnet->nodes->len, magnet->peers->len);
}

static void
test_corpus (gconstpointer data)
{
  g_auto (GStrv) columns = g_strsplit (data, "\t", -1);
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMagnet) magnet = bt_magnet_new (columns[COLUMN_URI], &error);
  g_autofree char *found = NULL, *wanted = NULL;

  if (g_str_equal (columns[COLUMN_VERDICT], "reject"))
    {
      g_assert_null (magnet);
      g_assert_nonnull (error);
      return;
    }
  g_assert_no_error (error);
  found = describe (magnet);
  wanted = g_strdup_printf ("%s %s %s %s %s %s %s", columns[COLUMN_V1], columns[COLUMN_V2], columns[COLUMN_NAME],
                            columns[COLUMN_TRACKERS], columns[COLUMN_WEB_SEEDS], columns[COLUMN_NODES], columns[COLUMN_PEERS]);
  g_assert_cmpstr (found, ==, wanted);
}

static void
add_corpus (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "magnets", "expect.tsv", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_autofree char *name = g_strdup_printf ("/magnet/corpus/%u", i);

      if (*lines[i] != '#' && *lines[i] != '\0')
        g_test_add_data_func_full (name, g_strdup (lines[i]), test_corpus, g_free);
    }
}

typedef struct
{
  const char *name;
  const char *uri;
  const char *wanted; /* as describe(); NULL: refused */
} Row;

static const Row rows[] = {
  { "white-space-around", "  " XT "\n", HASH " - - 0 0 0 0" },
  { "upper-case", "MAGNET:?XT=URN:BTIH:CDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCDCD", HASH " - - 0 0 0 0" },
  { "slashes", "magnet:///?xt=urn:btih:" HASH, HASH " - - 0 0 0 0" },
  { "numbered-keys", "magnet:?xt.1=urn:btih:" HASH "&tr.1=http://1/&tr.22=udp://2:3&tr=http://3/", HASH " - - 3 0 0 0" },
  { "v2-alone", "magnet:?xt=urn:btmh:" MULTIHASH, "- " HASH "cdcdcdcdcdcdcdcdcdcdcdcd - 0 0 0 0" },
  { "other-topics", XT "&xt=urn:sha1:ABC&xt=urn:tree:tiger:DEF", HASH " - - 0 0 0 0" },
  { "plus-is-a-space-in-names", XT "&dn=a+film%2B", HASH " - a film+ 0 0 0 0" },
  { "plus-stays-in-urls", XT "&tr=http://t/a+b", HASH " - - 1 0 0 0" },
  { "percent-for-itself", XT "&dn=100%", HASH " - 100% 0 0 0 0" },
  { "percent-encoded-url", XT "&tr=udp%3A%2F%2Ft%3A80%2Fannounce", HASH " - - 1 0 0 0" },
  { "lower-case-escapes", XT "&tr=http%3a%2f%2ft%2f", HASH " - - 1 0 0 0" },
  { "name-of-another-script", XT "&dn=%ED%95%9C%EA%B8%80", HASH " - 한글 0 0 0 0" },
  { "name-that-is-no-utf-8", XT "&dn=%ffa", HASH " - \xef\xbf\xbd" "a 0 0 0 0" },
  { "name-with-lines-and-marks", XT "&dn=a%0Ab%09c%E2%80%AEd", HASH " - abcd 0 0 0 0" },
  { "name-with-a-zero", XT "&dn=a%00b", HASH " - - 0 0 0 0" },
  { "empty-values", XT "&dn=&tr=&ws=&x.pe=&dht=&so=", HASH " - - 0 0 0 0" },
  { "no-values", XT "&dn&tr&ws&x.pe&&&", HASH " - - 0 0 0 0" },
  { "blank-in-a-url", XT "&tr=http://t/a%20b", HASH " - - 0 0 0 0" },
  { "peer-by-name", XT "&x.pe=peer.example.org:6881", HASH " - - 0 0 0 1" },
  { "peer-without-port", XT "&x.pe=1.2.3.4&x.pe=[::1]", HASH " - - 0 0 0 0" },
  { "peer-of-port-0", XT "&x.pe=1.2.3.4:0&x.pe=1.2.3.4:65536", HASH " - - 0 0 0 0" },
  { "peer-with-a-path", XT "&x.pe=1.2.3.4/x:80&x.pe=[::1:80&x.pe=[]:80&x.pe=a%20b:1", HASH " - - 0 0 0 0" },
  { "fragment", XT "#tr=http://t/", HASH " - - 0 0 0 0" },
  { "nothing", "", NULL },
  { "another-scheme", "http://magnet:?xt=urn:btih:" HASH, NULL },
  { "no-topic", "magnet:?dn=a", NULL },
  { "hash-of-39", "magnet:?xt=urn:btih:" "dcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd", NULL },
  { "hash-of-41", XT "c", NULL },
  { "hash-of-nothing", "magnet:?xt=urn:btih:", NULL },
  { "base32-with-a-1", "magnet:?xt=urn:btih:1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL },
  { "multihash-of-another-kind", "magnet:?xt=urn:btmh:1114" HASH, NULL },
  { "multihash-that-is-no-hex", "magnet:?xt=urn:btmh:1220" "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", NULL },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (BtMagnet) magnet = bt_magnet_new (row->uri, &error);
  g_autofree char *found = NULL;

  if (row->wanted == NULL)
    {
      g_assert_null (magnet);
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
      return;
    }
  g_assert_no_error (error);
  found = describe (magnet);
  g_assert_cmpstr (found, ==, row->wanted);
}

static void
test_too_long (void)
{
  g_autoptr (GString) uri = g_string_new (XT);
  g_autoptr (GError) error = NULL;

  while (uri->len < 300000)
    g_string_append (uri, "&tr=http://tracker.example.org/announce");
  g_assert_null (bt_magnet_new (uri->str, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_TOO_LARGE);
}

static void
test_bounds_its_lists (void)
{
  g_autoptr (GString) uri = g_string_new (XT "&so=0");
  g_autoptr (BtMagnet) magnet = NULL;

  for (guint i = 1; i < 1000; i++)
    g_string_append_printf (uri, ",%u", 2 * i);
  for (guint i = 1; i < 1000; i++)
    g_string_append_printf (uri, "&tr=http://t/%u&ws=http://w/%u&x.pe=1.2.3.4:%u&dht=n:%u", i, i, i, i);
  magnet = bt_magnet_new (uri->str, NULL);
  g_assert_nonnull (magnet);
  g_assert_cmpuint (magnet->trackers->len, ==, BT_MAGNET_MAX_VALUES);
  g_assert_cmpuint (magnet->web_seeds->len, ==, BT_MAGNET_MAX_VALUES);
  g_assert_cmpuint (magnet->peers->len, ==, BT_MAGNET_MAX_VALUES);
  g_assert_cmpuint (magnet->nodes->len, ==, BT_MAGNET_MAX_VALUES);
  g_assert_cmpuint (magnet->files->len, ==, BT_MAGNET_MAX_VALUES);
}

static void
test_selects_files (void)
{
  static const gboolean wanted[] = { TRUE, FALSE, TRUE, FALSE, TRUE, TRUE, TRUE, FALSE };
  g_autoptr (BtMagnet) magnet = bt_magnet_new (XT "&so=0,2,4-6,9-8,-1,x,100000000000", NULL);
  g_autoptr (BtMagnet) plain = bt_magnet_new (XT, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_assert_cmpint (bt_magnet_wants_file (magnet, i), ==, wanted[i]);
      g_assert_true (bt_magnet_wants_file (plain, i));
    }
}

static void
test_written_is_read_again (void)
{
  static const char uri[] = XT "&xt=urn:btmh:" MULTIHASH "&dn=a%20%26%20b%3D%2B&tr=http%3A%2F%2Ft%2Fa%3Fk%3D1%26l%3D2&tr=udp%3A%2F%2Ft%3A1"
                               "&ws=http%3A%2F%2Fw%2Ff%2520g&x.pe=1.2.3.4:5&x.pe=[::1]:6&dht=n.example.org:7&so=0,4-6";
  g_autoptr (BtMagnet) magnet = bt_magnet_new (uri, NULL);
  g_autofree char *written = NULL;

  g_assert_nonnull (magnet);
  g_assert_cmpstr (magnet->name, ==, "a & b=+");
  g_assert_cmpstr (magnet->trackers->pdata[0], ==, "http://t/a?k=1&l=2");
  written = bt_magnet_to_string (magnet);
  g_assert_cmpstr (written, ==, uri);
}

static BtMetainfo *
read_torrent (const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo = bt_metainfo_new (bytes, &error);

  g_assert_no_error (error);
  return metainfo;
}

#define INFO "d6:lengthi1e4:name1:a12:piece lengthi16384e6:pieces20:01234567890123456789"
#define INFO_PRIVATE INFO "7:privatei1ee"

static void
test_made_of_a_torrent (void)
{
  g_autoptr (BtMetainfo) metainfo = read_torrent ("d8:announce10:http://t/a4:info" INFO "e8:url-list9:http://w/e");
  g_autoptr (BtMagnet) magnet = bt_magnet_new_for_metainfo (metainfo);
  g_autofree char *hex = bt_test_to_hex (bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);
  g_autofree char *wanted = g_strdup_printf ("magnet:?xt=urn:btih:%s&dn=a&tr=http%%3A%%2F%%2Ft%%2Fa&ws=http%%3A%%2F%%2Fw%%2F", hex);
  g_autofree char *uri = bt_magnet_to_string (magnet);

  g_assert_cmpstr (uri, ==, wanted);
}

/* Its tracker's address holds the key of whoever downloaded it. */
static void
test_private_torrent_gives_nothing_away (void)
{
  g_autoptr (BtMetainfo) metainfo = read_torrent ("d8:announce15:http://t/secret4:info" INFO_PRIVATE "8:url-list15:http://w/s3crete");
  g_autoptr (BtMagnet) magnet = bt_magnet_new_for_metainfo (metainfo);
  g_autofree char *uri = bt_magnet_to_string (magnet);

  g_assert_null (strstr (uri, "tr="));
  g_assert_null (strstr (uri, "ws="));
  g_assert_nonnull (strstr (uri, "&dn=a"));
}

static void
test_makes_a_torrent (void)
{
  g_autoptr (BtMagnet) magnet = bt_magnet_new (XT "&tr=http://1/&tr=udp://2:2&ws=http://w/", NULL);
  g_autoptr (GBytes) bytes = bt_magnet_make_torrent (magnet, (const guint8 *) INFO "e", strlen (INFO "e"));
  g_autoptr (GBytes) bare = bt_magnet_make_torrent (NULL, (const guint8 *) INFO "e", strlen (INFO "e"));
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_new (bytes, NULL);
  g_autoptr (BtMetainfo) other = bt_metainfo_new (bare, NULL);

  g_assert_nonnull (metainfo);
  g_assert_cmpuint (bt_metainfo_get_n_tiers (metainfo), ==, 2);
  g_assert_cmpstr (bt_metainfo_get_tier (metainfo, 1)[0], ==, "udp://2:2");
  g_assert_cmpstr (bt_metainfo_get_url_list (metainfo)[0], ==, "http://w/");
  g_assert_cmpmem (bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH, bt_metainfo_get_info_hash (other), BT_SHA1_LENGTH);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_corpus ();
  BT_TEST_ADD_ROWS ("/magnet/reads", rows, test_row);
  g_test_add_func ("/magnet/reads/too-long", test_too_long);
  g_test_add_func ("/magnet/bounds-its-lists", test_bounds_its_lists);
  g_test_add_func ("/magnet/selects-files", test_selects_files);
  g_test_add_func ("/magnet/written-is-read-again", test_written_is_read_again);
  g_test_add_func ("/magnet/made-of-a-torrent", test_made_of_a_torrent);
  g_test_add_func ("/magnet/private-torrent-gives-nothing-away", test_private_torrent_gives_nothing_away);
  g_test_add_func ("/magnet/makes-a-torrent", test_makes_a_torrent);
  return g_test_run ();
}
