/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-udp.h"

#include "bt-test.h"

#define HASH "123456789abcdef123456789abcdef123456789a"
#define PEER_ID "2d4645303130302d616263646566676869"
/* The parts of an announce that BEP 15 numbers by their offset. */
#define ANNOUNCE_HEADER "0102030405060708" "00000001" "cafebabe"
#define ANNOUNCE_BODY HASH PEER_ID "6a6b6c" "0000000000000002" "0000000000000003" "0000000000000001" \
  "00000002" "00000000" "deadbeef" "000000c8" "1ae1"

static BtAnnounceRequest
plain_request (void)
{
  BtAnnounceRequest request = {
    .uploaded = 1,
    .downloaded = 2,
    .left = 3,
    .event = BT_ANNOUNCE_STARTED,
    .numwant = 200,
    .key = 0xdeadbeef,
    .has_key = TRUE,
    .port = 6881,
    .compact = TRUE,
    .no_peer_id = TRUE,
  };
  g_autoptr(GBytes) hash = bt_test_from_hex (HASH);

  memcpy (request.info_hash, g_bytes_get_data (hash, NULL), BT_SHA1_LENGTH);
  memcpy (request.peer_id, "-FE0100-abcdefghijkl", BT_PEER_ID_LENGTH);
  return request;
}

static void
assert_hex (const guint8 *bytes, gsize length, const char *hex)
{
  g_autofree char *found = bt_test_to_hex (bytes, length);

  g_assert_cmpstr (found, ==, hex);
}

static void
test_connect_is_as_specified (void)
{
  guint8 out[BT_ANNOUNCE_UDP_MAX_QUERY];

  assert_hex (out, bt_announce_udp_write_connect (out, 0xcafebabe), "00000417271019800000000" "0cafebabe");
}

static void
test_announce_is_as_specified (void)
{
  BtAnnounceRequest request = plain_request ();
  guint8 out[BT_ANNOUNCE_UDP_MAX_QUERY];

  assert_hex (out, bt_announce_udp_write_announce (out, 0x0102030405060708, 0xcafebabe, &request, ""),
              ANNOUNCE_HEADER ANNOUNCE_BODY);
}

static void
test_scrape_is_as_specified (void)
{
  guint8 hashes[2][BT_SHA1_LENGTH] = { "aaaaaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbbbbb" };
  guint8 out[BT_ANNOUNCE_UDP_MAX_QUERY];

  assert_hex (out, bt_announce_udp_write_scrape (out, 0x0102030405060708, 7, hashes, 2),
              "0102030405060708" "00000002" "00000007"
              "6161616161616161616161616161616161616100" "6262626262626262626262626262626262626200");
}

/* The example of BEP 41. */
static void
test_announce_carries_the_url (void)
{
  BtAnnounceRequest request = plain_request ();
  guint8 out[BT_ANNOUNCE_UDP_MAX_QUERY];

  assert_hex (out, bt_announce_udp_write_announce (out, 0x0102030405060708, 0xcafebabe, &request, "/dir?a=b&c=d"),
              ANNOUNCE_HEADER ANNOUNCE_BODY "020c" "2f6469723f613d6226633d64");
}

static void
test_url_of_any_length_is_read_back (void)
{
  static const guint lengths[] = { 0, 1, 254, 255, 256, 510, 511, 1000, 1386, 1387, 5000 };

  for (gsize i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      BtAnnounceRequest request = plain_request ();
      guint8 out[BT_ANNOUNCE_UDP_MAX_QUERY];
      g_autofree char *sent = g_strnfill (lengths[i], 'x');
      g_autofree char *received = NULL;
      g_autofree guint8 *packet = NULL;
      BtAnnounceUdpQuery query;
      gsize length = bt_announce_udp_write_announce (out, 1, 2, &request, sent);

      g_assert_cmpuint (length, <=, sizeof out);
      packet = bt_test_copy (out, length);
      g_assert_true (bt_announce_udp_parse_query (packet, length, &query));
      received = bt_announce_udp_dup_url_data (&query);
      g_assert_cmpstr (received, ==, lengths[i] == 0 || lengths[i] > 1386 ? NULL : sent);
    }
}

/* What a client writes a server reads. */
static void
test_announce_is_read_by_a_server (void)
{
  static const BtAnnounceEvent events[] = { BT_ANNOUNCE_NONE, BT_ANNOUNCE_COMPLETED, BT_ANNOUNCE_STARTED, BT_ANNOUNCE_STOPPED };

  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    {
      BtAnnounceRequest out = plain_request (), in;
      guint8 packet[BT_ANNOUNCE_UDP_MAX_QUERY];
      BtAnnounceUdpQuery query;
      gsize length;

      out.event = events[i];
      out.numwant = (int) i - 1;
      out.uploaded = G_MAXINT64 - i;
      if (i == 1)
        bt_addr_parse_ip (&out.ip, "1.2.3.4");
      length = bt_announce_udp_write_announce (packet, G_MAXUINT64 - i, (guint32) i, &out, NULL);
      g_assert_true (bt_announce_udp_parse_query (packet, length, &query));
      g_assert_cmpint (query.action, ==, BT_ANNOUNCE_UDP_ANNOUNCE);
      g_assert_cmpuint (query.connection_id, ==, G_MAXUINT64 - i);
      g_assert_cmpuint (query.transaction_id, ==, i);
      bt_announce_udp_read_request (&query, &in);
      g_assert_cmpmem (&in, sizeof in, &out, sizeof out);
    }
}

/* Unknown is not nothing, which would make us a seed. */
static void
test_unknown_left_is_much (void)
{
  BtAnnounceRequest out = plain_request (), in;
  guint8 packet[BT_ANNOUNCE_UDP_MAX_QUERY];
  BtAnnounceUdpQuery query;

  out.left = G_MAXUINT64;
  out.event = BT_ANNOUNCE_PAUSED;
  g_assert_true (bt_announce_udp_parse_query (packet, bt_announce_udp_write_announce (packet, 1, 2, &out, NULL), &query));
  bt_announce_udp_read_request (&query, &in);
  g_assert_cmpuint (in.left, ==, G_MAXINT64);
  g_assert_cmpint (in.event, ==, BT_ANNOUNCE_NONE);
}

typedef struct
{
  const char *name;
  const char *hex;
  const char *url; /* NULL: none */
} OptionRow;

static const OptionRow option_rows[] = {
  { "none", "", NULL },
  { "bep-41-first", "020c2f6469723f613d6226633d64", "/dir?a=b&c=d" },
  { "bep-41-second", "020c2f6469723f613d6226633d64010100", "/dir?a=b&c=d" },
  { "bep-41-third", "0200", "" },
  { "concatenated", "02012f" "0101" "020161", "/a" },
  { "unknown-is-skipped", "7f03020161" "02012f", "/" },
  { "unknown-of-no-length-is-skipped", "ff00" "02012f", "/" },
  { "end-is-the-end", "00" "02012f", NULL },
  { "cut-before-the-length", "02", NULL },
  { "cut-in-the-data", "02042f6162", NULL },
  { "cut-after-one", "02012f" "02042f6162", "/" },
  { "a-zero-inside", "02032f0061" "02012f", "/" },
};

static void
test_option (gconstpointer data)
{
  const OptionRow *row = data;
  g_autofree char *hex = g_strconcat (ANNOUNCE_HEADER ANNOUNCE_BODY, row->hex, NULL);
  g_autoptr(GBytes) bytes = bt_test_from_hex (hex);
  g_autofree guint8 *packet = bt_test_copy (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *url = NULL;
  BtAnnounceUdpQuery query;

  g_assert_true (bt_announce_udp_parse_query (packet, g_bytes_get_size (bytes), &query));
  url = bt_announce_udp_dup_url_data (&query);
  g_assert_cmpstr (url, ==, row->url);
}

typedef struct
{
  const char *name;
  const char *hex;
  gboolean good;
} PacketRow;

static const PacketRow query_rows[] = {
  { "connect", "00000417271019800000000000000001", TRUE },
  { "connect-with-more", "00000417271019800000000000000001ff", TRUE },
  { "connect-cut", "000004172710198000000000000000", FALSE },
  { "connect-of-another-protocol", "00000417271019810000000000000001", FALSE },
  { "announce", ANNOUNCE_HEADER ANNOUNCE_BODY, TRUE },
  { "announce-with-more", ANNOUNCE_HEADER ANNOUNCE_BODY "0000", TRUE },
  { "announce-cut", ANNOUNCE_HEADER HASH PEER_ID "6a6b6c", FALSE },
  { "announce-without-port", ANNOUNCE_HEADER HASH PEER_ID "6a6b6c" "0000000000000002" "0000000000000003" "0000000000000001"
    "00000002" "00000000" "deadbeef" "000000c8", FALSE },
  { "scrape", "0102030405060708" "00000002" "cafebabe" HASH, TRUE },
  { "scrape-with-half-a-hash-more", "0102030405060708" "00000002" "cafebabe" HASH "1234", TRUE },
  { "scrape-of-nothing", "0102030405060708" "00000002" "cafebabe", FALSE },
  { "scrape-of-half-a-hash", "0102030405060708" "00000002" "cafebabe" "123456789abcdef1", FALSE },
  { "error", "0102030405060708" "00000003" "cafebabe" "6e6f", FALSE },
  { "unknown-action", "0102030405060708" "00000004" "cafebabe" HASH, FALSE },
  { "huge-action", "0102030405060708" "ffffffff" "cafebabe" HASH, FALSE },
  { "header-alone-cut", "0102030405060708" "00000001" "cafeba", FALSE },
  { "empty", "", FALSE },
};

static void
test_query (gconstpointer data)
{
  const PacketRow *row = data;
  g_autoptr(GBytes) bytes = bt_test_from_hex (row->hex);
  g_autofree guint8 *packet = bt_test_copy (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  BtAnnounceUdpQuery query;

  g_assert_cmpint (bt_announce_udp_parse_query (packet, g_bytes_get_size (bytes), &query), ==, row->good);
}

static const PacketRow answer_rows[] = {
  { "connect", "00000000" "cafebabe" "0102030405060708", TRUE },
  { "connect-with-more", "00000000" "cafebabe" "0102030405060708" "00", TRUE },
  { "connect-cut", "00000000" "cafebabe" "01020304050607", FALSE },
  { "announce", "00000001" "cafebabe" "00000708" "00000001" "00000002", TRUE },
  { "announce-with-a-peer", "00000001" "cafebabe" "00000708" "00000001" "00000002" "010203041ae1", TRUE },
  { "announce-with-half-a-peer", "00000001" "cafebabe" "00000708" "00000001" "00000002" "010203", TRUE },
  { "announce-without-seeds", "00000001" "cafebabe" "00000708" "00000001", FALSE },
  { "announce-cut", "00000001" "cafebabe" "00000708" "00000001" "000000", FALSE },
  { "scrape", "00000002" "cafebabe" "000000010000000200000003", TRUE },
  { "scrape-of-nothing", "00000002" "cafebabe", TRUE },
  { "error", "00000003" "cafebabe" "6e6f", TRUE },
  { "error-without-text", "00000003" "cafebabe", TRUE },
  { "unknown-action", "00000004" "cafebabe" "0102030405060708", FALSE },
  { "header-cut", "00000003" "cafeba", FALSE },
  { "empty", "", FALSE },
};

static void
test_answer (gconstpointer data)
{
  const PacketRow *row = data;
  g_autoptr(GBytes) bytes = bt_test_from_hex (row->hex);
  g_autofree guint8 *packet = bt_test_copy (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  BtAnnounceUdpAnswer answer;

  g_assert_cmpint (bt_announce_udp_parse_answer (packet, g_bytes_get_size (bytes), &answer), ==, row->good);
}

/* The answer to @hex, as the client keeps it. */
static void
read_reply (const char *hex, BtAddrFamily family, BtAnnounceReply *reply)
{
  g_autoptr(GBytes) bytes = bt_test_from_hex (hex);
  g_autofree guint8 *packet = bt_test_copy (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  BtAnnounceUdpAnswer answer;

  bt_announce_reply_init (reply);
  g_assert_true (bt_announce_udp_parse_answer (packet, g_bytes_get_size (bytes), &answer));
  g_assert_cmpuint (answer.transaction_id, ==, 0xcafebabe);
  bt_announce_udp_read_reply (&answer, family, reply);
}

/* Two peers of IPv4 with a ragged end, or not quite one of IPv6. */
static void
test_family_tells_the_size_of_a_peer (void)
{
  static const char hex[] = "00000001" "cafebabe" "00000708" "00000001" "00000002" "010203041ae1" "050607081ae2" "0a0b0c";
  BtAnnounceReply reply;
  char text[BT_ADDR_STRING_MAX];

  read_reply (hex, BT_ADDR_V4, &reply);
  g_assert_cmpint (reply.interval, ==, 1800);
  g_assert_cmpint (reply.incomplete, ==, 1);
  g_assert_cmpint (reply.complete, ==, 2);
  g_assert_cmpint (reply.min_interval, ==, -1);
  g_assert_cmpuint (reply.peers->len, ==, 2);
  g_assert_cmpstr (bt_addr_to_string (&g_array_index (reply.peers, BtAddr, 1), text), ==, "5.6.7.8:6882");
  bt_announce_reply_clear (&reply);
  read_reply (hex, BT_ADDR_V6, &reply);
  g_assert_cmpuint (reply.peers->len, ==, 0);
  bt_announce_reply_clear (&reply);
}

static void
test_numbers_without_sense_are_unknown (void)
{
  BtAnnounceReply reply;

  read_reply ("00000001" "cafebabe" "ffffffff" "80000000" "7fffffff", BT_ADDR_V4, &reply);
  g_assert_cmpint (reply.interval, ==, -1);
  g_assert_cmpint (reply.incomplete, ==, -1);
  g_assert_cmpint (reply.complete, ==, G_MAXINT32);
  bt_announce_reply_clear (&reply);
}

typedef struct
{
  const char *name;
  const char *hex;
  const char *text;
} ErrorRow;

static const ErrorRow error_rows[] = {
  { "text", "6e6f207761792e", "no way." },
  { "zero-terminated", "6e6f00", "no" },
  { "blanks", "206e6f0a", "no" },
  { "no-utf-8", "6eff6f", "n\xef\xbf\xbdo" },
  { "nothing", "", "The tracker refused and gave no reason." },
  { "zeros", "0000", "The tracker refused and gave no reason." },
};

static void
test_error (gconstpointer data)
{
  const ErrorRow *row = data;
  g_autofree char *hex = g_strconcat ("00000003cafebabe", row->hex, NULL);
  BtAnnounceReply reply;

  read_reply (hex, BT_ADDR_V4, &reply);
  g_assert_cmpstr (reply.failure_reason, ==, row->text);
  bt_announce_reply_clear (&reply);
}

static void
test_error_is_bounded (void)
{
  g_autofree char *more = g_strnfill (60000, '6');
  g_autofree char *hex = g_strconcat ("00000003cafebabe", more, NULL);
  BtAnnounceReply reply;

  read_reply (hex, BT_ADDR_V4, &reply);
  g_assert_cmpuint (strlen (reply.failure_reason), ==, 512);
  bt_announce_reply_clear (&reply);
}

static void
test_peers_are_bounded (void)
{
  g_autoptr(GString) hex = g_string_new ("00000001" "cafebabe" "00000708" "00000001" "00000002");
  BtAnnounceReply reply;

  for (guint i = 0; i < 10000; i++)
    g_string_append_printf (hex, "0a%06x1ae1", i + 1);
  read_reply (hex->str, BT_ADDR_V4, &reply);
  g_assert_cmpuint (reply.peers->len, ==, BT_ANNOUNCE_MAX_PEERS);
  bt_announce_reply_clear (&reply);
}

/* What a server writes a client reads, as much of it as there is space for. */
static void
test_reply_is_read_by_a_client (void)
{
  static const gsize spaces[] = { 19, 20, 25, 26, 1000 };
  static const guint v4_peers[] = { 0, 0, 0, 1, 3 };
  BtAnnounceReply out, in;

  bt_announce_reply_init (&out);
  out.interval = 900;
  out.complete = 5;
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *text = g_strdup_printf (i % 2 == 0 ? "10.0.0.1:%u" : "[2001:db8::1]:%u", i + 1);
      BtAddr peer;

      bt_addr_parse (&peer, text);
      g_array_append_val (out.peers, peer);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (spaces); i++)
    {
      g_autofree guint8 *packet = g_malloc (spaces[i]);
      gsize length = bt_announce_udp_write_reply (packet, spaces[i], 9, &out, BT_ADDR_V4);
      BtAnnounceUdpAnswer answer;

      g_assert_cmpuint (length, ==, spaces[i] < 20 ? 0 : 20 + 6 * v4_peers[i]);
      if (length == 0)
        continue;
      bt_announce_reply_init (&in);
      g_assert_true (bt_announce_udp_parse_answer (packet, length, &answer));
      bt_announce_udp_read_reply (&answer, BT_ADDR_V4, &in);
      g_assert_cmpint (in.interval, ==, 900);
      g_assert_cmpint (in.complete, ==, 5);
      g_assert_cmpint (in.incomplete, ==, -1);
      g_assert_cmpuint (in.peers->len, ==, v4_peers[i]);
      bt_announce_reply_clear (&in);
    }
  bt_announce_reply_clear (&out);
}

static void
test_connection_is_read_by_a_client (void)
{
  guint8 packet[16];
  BtAnnounceUdpAnswer answer;

  g_assert_cmpuint (bt_announce_udp_write_connected (packet, 15, 1, 2), ==, 0);
  g_assert_true (bt_announce_udp_parse_answer (packet, bt_announce_udp_write_connected (packet, 16, 1, 0x8000000000000002), &answer));
  g_assert_cmpint (answer.action, ==, BT_ANNOUNCE_UDP_CONNECT);
  g_assert_cmpuint (answer.transaction_id, ==, 1);
  g_assert_cmpuint (answer.connection_id, ==, 0x8000000000000002);
}

static void
test_error_fits_its_space (void)
{
  guint8 packet[12];
  BtAnnounceUdpAnswer answer;
  g_autofree char *text = NULL;

  g_assert_cmpuint (bt_announce_udp_write_error (packet, 7, 1, "no"), ==, 0);
  g_assert_true (bt_announce_udp_parse_answer (packet, bt_announce_udp_write_error (packet, sizeof packet, 1, "no such"), &answer));
  text = bt_announce_udp_dup_error (&answer);
  g_assert_cmpstr (text, ==, "no s");
}

static void
test_scrape_is_read_by_both (void)
{
  g_autoptr(GArray) hashes = g_array_new (FALSE, FALSE, BT_SHA1_LENGTH);
  g_autoptr(GArray) entries = g_array_new (FALSE, FALSE, sizeof (BtScrapeEntry));
  guint8 sent[80][BT_SHA1_LENGTH] = { { 0 } };
  guint8 packet[BT_ANNOUNCE_UDP_MAX_QUERY];
  BtScrapeEntry counts[3] = { { .complete = 1, .incomplete = 2, .downloaded = 3 }, { .complete = -1, .incomplete = -1, .downloaded = -1 } };
  BtAnnounceUdpQuery query;
  BtAnnounceUdpAnswer answer;
  gsize length;

  for (guint i = 0; i < 80; i++)
    sent[i][0] = (guint8) i;
  length = bt_announce_udp_write_scrape (packet, 1, 2, (const guint8 (*)[BT_SHA1_LENGTH]) sent, 80);
  g_assert_cmpuint (length, ==, sizeof packet);
  g_assert_true (bt_announce_udp_parse_query (packet, length, &query));
  bt_announce_udp_read_hashes (&query, hashes, 70);
  g_assert_cmpuint (hashes->len, ==, 70);
  g_assert_cmpmem (hashes->data, 70 * BT_SHA1_LENGTH, sent, 70 * BT_SHA1_LENGTH);

  g_assert_cmpuint (bt_announce_udp_write_counts (packet, 7, 1, counts, 3), ==, 0);
  length = bt_announce_udp_write_counts (packet, 8 + 12 * 2 + 11, 1, counts, 3);
  g_assert_cmpuint (length, ==, 8 + 12 * 2);
  g_assert_true (bt_announce_udp_parse_answer (packet, length, &answer));
  bt_announce_udp_read_scrape (&answer, (const guint8 (*)[BT_SHA1_LENGTH]) sent + 5, 3, entries);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpuint (g_array_index (entries, BtScrapeEntry, 1).info_hash[0], ==, 6);
  g_assert_cmpint (g_array_index (entries, BtScrapeEntry, 0).downloaded, ==, 3);
  g_assert_cmpint (g_array_index (entries, BtScrapeEntry, 1).complete, ==, -1);
  /* A tracker that answers more than was asked is not listened to. */
  g_array_set_size (entries, 0);
  bt_announce_udp_read_scrape (&answer, (const guint8 (*)[BT_SHA1_LENGTH]) sent, 1, entries);
  g_assert_cmpuint (entries->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announce-udp/connect/is-as-specified", test_connect_is_as_specified);
  g_test_add_func ("/announce-udp/connect/is-read-by-a-client", test_connection_is_read_by_a_client);
  g_test_add_func ("/announce-udp/announce/is-as-specified", test_announce_is_as_specified);
  g_test_add_func ("/announce-udp/announce/is-read-by-a-server", test_announce_is_read_by_a_server);
  g_test_add_func ("/announce-udp/announce/unknown-left-is-much", test_unknown_left_is_much);
  g_test_add_func ("/announce-udp/url/is-carried", test_announce_carries_the_url);
  g_test_add_func ("/announce-udp/url/of-any-length-is-read-back", test_url_of_any_length_is_read_back);
  BT_TEST_ADD_ROWS ("/announce-udp/option", option_rows, test_option);
  BT_TEST_ADD_ROWS ("/announce-udp/query", query_rows, test_query);
  BT_TEST_ADD_ROWS ("/announce-udp/answer", answer_rows, test_answer);
  g_test_add_func ("/announce-udp/reply/family-tells-the-size-of-a-peer", test_family_tells_the_size_of_a_peer);
  g_test_add_func ("/announce-udp/reply/numbers-without-sense-are-unknown", test_numbers_without_sense_are_unknown);
  g_test_add_func ("/announce-udp/reply/peers-are-bounded", test_peers_are_bounded);
  g_test_add_func ("/announce-udp/reply/is-read-by-a-client", test_reply_is_read_by_a_client);
  BT_TEST_ADD_ROWS ("/announce-udp/error", error_rows, test_error);
  g_test_add_func ("/announce-udp/error/is-bounded", test_error_is_bounded);
  g_test_add_func ("/announce-udp/error/fits-its-space", test_error_fits_its_space);
  g_test_add_func ("/announce-udp/scrape/is-as-specified", test_scrape_is_as_specified);
  g_test_add_func ("/announce-udp/scrape/is-read-by-both", test_scrape_is_read_by_both);
  return g_test_run ();
}
