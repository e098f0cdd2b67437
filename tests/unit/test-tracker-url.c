/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-tracker-url.h"

#include "bt-error.h"
#include "bt-test.h"

typedef struct
{
  const char *name;
  const char *url;
  BtTrackerScheme scheme;
  const char *host;
  guint16 port;
  const char *url_data;
} GoodRow;

static const GoodRow good_rows[] = {
  { "http", "http://t.example/announce", BT_TRACKER_HTTP, "t.example", 80, "/announce" },
  { "https", "https://t.example/announce?passkey=%aB", BT_TRACKER_HTTPS, "t.example", 443, "/announce?passkey=%aB" },
  { "port", "http://t.example:6969/announce", BT_TRACKER_HTTP, "t.example", 6969, "/announce" },
  { "upper-case", "HTTP://T.example/Announce", BT_TRACKER_HTTP, "T.example", 80, "/Announce" },
  { "udp", "udp://t.example:1337/announce", BT_TRACKER_UDP, "t.example", 1337, "/announce" },
  { "udp-without-path", "udp://t.example:80", BT_TRACKER_UDP, "t.example", 80, "" },
  { "udp-bep-41", "udp://tracker.example.com:80/dir?a=b&c=d", BT_TRACKER_UDP, "tracker.example.com", 80, "/dir?a=b&c=d" },
  { "udp-query-alone", "udp://t.example:80?auth=0x00", BT_TRACKER_UDP, "t.example", 80, "?auth=0x00" },
  { "fragment", "udp://t.example:80/a#b", BT_TRACKER_UDP, "t.example", 80, "/a" },
  { "ipv4", "udp://1.2.3.4:80/", BT_TRACKER_UDP, "1.2.3.4", 80, "/" },
  { "ipv6", "udp://[2001:db8::1]:80/", BT_TRACKER_UDP, "2001:db8::1", 80, "/" },
  { "last-port", "http://t.example:65535/", BT_TRACKER_HTTP, "t.example", 65535, "/" },
};

static void
test_good (gconstpointer data)
{
  const GoodRow *row = data;
  g_autoptr(GError) error = NULL;
  BtTrackerUrl url;

  g_assert_true (bt_tracker_url_parse (&url, row->url, &error));
  g_assert_no_error (error);
  g_assert_cmpint (url.scheme, ==, row->scheme);
  g_assert_cmpstr (url.host, ==, row->host);
  g_assert_cmpuint (url.port, ==, row->port);
  g_assert_cmpstr (url.url_data, ==, row->url_data);
  bt_tracker_url_clear (&url);
}

typedef struct
{
  const char *name;
  const char *url;
  BtError code;
} BadRow;

static const BadRow bad_rows[] = {
  { "empty", "", BT_ERROR_MALFORMED },
  { "words", "my tracker", BT_ERROR_MALFORMED },
  { "no-scheme", "t.example/announce", BT_ERROR_MALFORMED },
  { "blank-inside", "http://t.example/an nounce", BT_ERROR_MALFORMED },
  { "line-end", "http://t.example/announce\n", BT_ERROR_MALFORMED },
  { "no-hex-after-percent", "http://t.example/announce?x=%zz", BT_ERROR_MALFORMED },
  { "no-utf-8", "http://t.example/\xff", BT_ERROR_MALFORMED },
  { "no-host", "http:///announce", BT_ERROR_MALFORMED },
  { "no-authority", "udp:t.example:80", BT_ERROR_MALFORMED },
  { "udp-without-port", "udp://t.example/announce", BT_ERROR_MALFORMED },
  { "port-zero", "http://t.example:0/announce", BT_ERROR_MALFORMED },
  { "port-too-large", "http://t.example:65536/announce", BT_ERROR_MALFORMED },
  { "port-of-letters", "http://t.example:http/announce", BT_ERROR_MALFORMED },
  { "file", "file:///etc/passwd", BT_ERROR_UNSUPPORTED },
  { "ftp", "ftp://t.example/announce", BT_ERROR_UNSUPPORTED },
  { "websocket", "wss://t.example/announce", BT_ERROR_UNSUPPORTED },
  { "dht", "dht://123456789abcdef123456789abcdef123456789a", BT_ERROR_UNSUPPORTED },
};

static void
test_bad (gconstpointer data)
{
  const BadRow *row = data;
  g_autoptr(GError) error = NULL;
  BtTrackerUrl url;

  g_assert_false (bt_tracker_url_parse (&url, row->url, &error));
  g_assert_error (error, BT_ERROR, (int) row->code);
  g_assert_true (g_str_has_suffix (error->message, "."));
}

static void
test_long_is_refused (void)
{
  g_autofree char *path = g_strnfill (3000, 'a');
  g_autofree char *text = g_strconcat ("http://t.example/", path, NULL);
  g_autoptr(GError) error = NULL;
  BtTrackerUrl url;

  g_assert_false (bt_tracker_url_parse (&url, text, &error));
  g_assert_error (error, BT_ERROR, BT_ERROR_TOO_LARGE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/tracker-url/good", good_rows, test_good);
  BT_TEST_ADD_ROWS ("/tracker-url/bad", bad_rows, test_bad);
  g_test_add_func ("/tracker-url/bad/long", test_long_is_refused);
  return g_test_run ();
}
