/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-http.h"
#include "bt-error.h"

#include "bt-test.h"

#define HASH "\x12\x34\x56\x78\x9a\xbc\xde\xf1\x23\x45\x67\x89\xab\xcd\xef\x12\x34\x56\x78\x9a"
#define HASH_ESCAPED "%124Vx%9A%BC%DE%F1%23Eg%89%AB%CD%EF%124Vx%9A"

static BtAnnounceRequest
plain_request (void)
{
  BtAnnounceRequest request = { .port = 6881, .numwant = -1, .compact = TRUE };

  memcpy (request.info_hash, HASH, BT_SHA1_LENGTH);
  memcpy (request.peer_id, "-FE0100-a.b-c_d~e f+", BT_PEER_ID_LENGTH);
  return request;
}

static void
test_url_is_in_the_usual_order (void)
{
  BtAnnounceRequest request = plain_request ();
  g_autofree char *url = NULL;

  request.uploaded = 1;
  request.downloaded = 2;
  request.left = 3;
  request.has_key = TRUE;
  request.key = 0xabcde;
  request.event = BT_ANNOUNCE_STARTED;
  request.numwant = 200;
  request.no_peer_id = TRUE;
  request.supports_crypto = TRUE;
  g_assert_true (bt_addr_parse_ip (&request.ip, "2001:db8::1"));
  g_strlcpy (request.tracker_id, "a&b", sizeof request.tracker_id);
  url = bt_announce_http_write_url ("http://t.example:80/a%20b/announce", &request);
  g_assert_cmpstr (url, ==,
                   "http://t.example:80/a%20b/announce?info_hash=" HASH_ESCAPED
                   "&peer_id=-FE0100-a.b-c_d~e%20f%2B&port=6881&uploaded=1&downloaded=2&left=3&key=000ABCDE"
                   "&event=started&numwant=200&compact=1&no_peer_id=1&supportcrypto=1&ip=2001%3Adb8%3A%3A1&trackerid=a%26b");
}

static void
test_url_keeps_a_passkey (void)
{
  BtAnnounceRequest request = plain_request ();
  g_autofree char *url = NULL;

  request.left = G_MAXUINT64;
  request.event = BT_ANNOUNCE_STOPPED;
  request.numwant = 0;
  url = bt_announce_http_write_url ("https://t.example/announce.php?PassKey=%aB", &request);
  g_assert_true (g_str_has_prefix (url, "https://t.example/announce.php?PassKey=%aB&info_hash=%124Vx"));
  g_assert_null (strstr (url, "left="));
  g_assert_nonnull (strstr (url, "&event=stopped&numwant=0&"));
}

/* What a client writes a server reads. */
static void
test_url_is_read_by_a_server (void)
{
  static const BtAnnounceEvent events[] = {
    BT_ANNOUNCE_NONE, BT_ANNOUNCE_COMPLETED, BT_ANNOUNCE_STARTED, BT_ANNOUNCE_STOPPED, BT_ANNOUNCE_PAUSED,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (events); i++)
    {
      BtAnnounceRequest out = plain_request (), in;
      g_autoptr(GError) error = NULL;
      g_autofree char *url = NULL;

      out.event = events[i];
      out.uploaded = G_MAXUINT64 - i;
      out.left = i == 0 ? G_MAXUINT64 : i;
      out.numwant = (int) i - 1;
      out.compact = i != 2;
      out.no_peer_id = i == 3;
      out.has_key = i != 1;
      out.key = out.has_key ? 0xdeadbeef : 0;
      g_assert_true (bt_addr_parse_ip (&out.ip, i % 2 == 0 ? "1.2.3.4" : "::1"));
      g_strlcpy (out.tracker_id, "\x01\xff%&=+", sizeof out.tracker_id);
      url = bt_announce_http_write_url ("http://t/announce", &out);
      g_assert_true (bt_announce_http_parse_query (strchr (url, '?') + 1, &in, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (&in, sizeof in, &out, sizeof out);
    }
}

typedef struct
{
  const char *name;
  const char *query;
  gboolean good;
} QueryRow;

#define GOOD "info_hash=" HASH_ESCAPED "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1"

static const QueryRow query_rows[] = {
  { "least", GOOD, TRUE },
  { "reordered", "port=1&peer_id=aaaaaaaaaaaaaaaaaaaa&info_hash=" HASH_ESCAPED, TRUE },
  { "lower-case-hex", "info_hash=%12%34%56%78%9a%bc%de%f1%23%45%67%89%ab%cd%ef%12%34%56%78%9a&peer_id=aaaaaaaaaaaaaaaaaaaa&port=65535", TRUE },
  { "unknown-key", GOOD "&corrupt=0&redundant=0", TRUE },
  { "empty-event", GOOD "&event=", TRUE },
  { "unknown-event", GOOD "&event=exploded", TRUE },
  { "left-negative", GOOD "&left=-1", TRUE },
  { "left-no-number", GOOD "&left=many", TRUE },
  { "numwant-negative", GOOD "&numwant=-5", TRUE },
  { "numwant-huge", GOOD "&numwant=99999999999", TRUE },
  { "key-of-letters", GOOD "&key=hello", TRUE },
  { "ip-is-a-name", GOOD "&ip=localhost", TRUE },
  { "empty", "", FALSE },
  { "no-hash", "peer_id=aaaaaaaaaaaaaaaaaaaa&port=1", FALSE },
  { "short-hash", "info_hash=abc&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1", FALSE },
  { "long-hash", "info_hash=" HASH_ESCAPED "a&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1", FALSE },
  { "hex-hash", "info_hash=123456789abcdef123456789abcdef123456789a&peer_id=aaaaaaaaaaaaaaaaaaaa&port=1", FALSE },
  { "no-peer-id", "info_hash=" HASH_ESCAPED "&port=1", FALSE },
  { "short-peer-id", "info_hash=" HASH_ESCAPED "&peer_id=aaaa&port=1", FALSE },
  { "no-port", "info_hash=" HASH_ESCAPED "&peer_id=aaaaaaaaaaaaaaaaaaaa", FALSE },
  { "port-zero", "info_hash=" HASH_ESCAPED "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=0", FALSE },
  { "port-too-large", "info_hash=" HASH_ESCAPED "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=65536", FALSE },
  { "port-negative", "info_hash=" HASH_ESCAPED "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=-1", FALSE },
};

static void
test_query (gconstpointer data)
{
  const QueryRow *row = data;
  g_autoptr(GError) error = NULL;
  BtAnnounceRequest request;

  g_assert_cmpint (bt_announce_http_parse_query (row->query, &request, &error), ==, row->good);
  if (!row->good)
    {
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
      return;
    }
  g_assert_cmpmem (request.info_hash, BT_SHA1_LENGTH, HASH, BT_SHA1_LENGTH);
  g_assert_cmpuint (request.left, ==, G_MAXUINT64);
  g_assert_cmpint (request.event, ==, BT_ANNOUNCE_NONE);
  g_assert_cmpint (request.numwant, ==, strstr (row->query, "huge") != NULL || strstr (row->query, "numwant=9") != NULL ? G_MAXINT : -1);
  g_assert_true (request.compact);
  g_assert_cmpuint (request.ip.family, ==, BT_ADDR_NONE);
}

typedef struct
{
  const char *name;
  const char *hex;
  const char *failure;
  gint64 interval;
  gint64 min_interval;
  gint64 complete;
  gint64 incomplete;
  gint64 downloaded;
  guint n_peers;
  const char *first_peer;
  const char *external_ip;
} ReplyRow;

/* Answers that other clients are tested with. */
static const ReplyRow reply_rows[] = {
  { "no-peers",
    "64383a636f6d706c65746569336531303a646f776e6c6f6164656469326531303a696e636f6d706c657465693065383a696e74657276616c69313830336531323a6d696e20696e74657276616c693138303065353a7065657273303a31313a65787465726e616c206970343a0102030465",
    NULL, 1803, 1800, 3, 0, 2, 0, NULL, "1.2.3.4" },
  { "compact",
    "64383a636f6d706c65746569336531303a646f776e6c6f6164656469326531303a696e636f6d706c657465693065383a696e74657276616c69313830336531323a6d696e20696e74657276616c693138303065353a7065657273363a7f000001fc2765",
    NULL, 1803, 1800, 3, 0, 2, 1, "127.0.0.1:64551", "-" },
  { "dictionaries",
    "64383a636f6d706c65746569336531303a646f776e6c6f6164656469326531303a696e636f6d706c657465693065383a696e74657276616c69313830336531323a6d696e20696e74657276616c693138303065353a70656572736c64373a7065657220696432303a2d54523330305a2d303132333435363738394142323a6970373a382e382e342e34343a706f727469353365656565",
    NULL, 1803, 1800, 3, 0, 2, 1, "8.8.4.4:53", "-" },
  { "failure-with-an-interval",
    "64383a636f6d706c65746569336531343a6661696c75726520726561736f6e363a666f6f62617231303a646f776e6c6f6164656469326531303a696e636f6d706c657465693065383a696e74657276616c69313830336531323a6d696e20696e74657276616c693138303065353a7065657273303a65",
    "foobar", 1803, 1800, 3, 0, 2, 0, NULL, "-" },
  { "seven-peers",
    "64383a636f6d706c65746569346531303a696e636f6d706c657465693365383a696e74657276616c69313830306531323a6d696e20696e74657276616c693138303065353a706565727334323a2ebd1b641a1f51d54c0546cc342190401a1f626ee9c6c8d5cb0d92131a1fac4e689a3c6b180f3d5746db65",
    NULL, 1800, 1800, 4, 3, -1, 7, "46.189.27.100:6687", "-" },
};

static void
test_reply (gconstpointer data)
{
  const ReplyRow *row = data;
  g_autoptr(GBytes) bytes = bt_test_from_hex (row->hex);
  g_autoptr(GError) error = NULL;
  char text[BT_ADDR_STRING_MAX];
  BtAnnounceReply reply;

  bt_announce_reply_init (&reply);
  g_assert_true (bt_announce_http_parse_reply (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &reply, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (reply.failure_reason, ==, row->failure);
  g_assert_cmpint (reply.interval, ==, row->interval);
  g_assert_cmpint (reply.min_interval, ==, row->min_interval);
  g_assert_cmpint (reply.complete, ==, row->complete);
  g_assert_cmpint (reply.incomplete, ==, row->incomplete);
  g_assert_cmpint (reply.downloaded, ==, row->downloaded);
  g_assert_cmpuint (reply.peers->len, ==, row->n_peers);
  if (row->n_peers > 0)
    g_assert_cmpstr (bt_addr_to_string (&g_array_index (reply.peers, BtAddr, 0), text), ==, row->first_peer);
  g_assert_cmpstr (bt_addr_ip_to_string (&reply.external_ip, text), ==, row->external_ip);
  bt_announce_reply_clear (&reply);
}

static void
test_reply_cut (gconstpointer data)
{
  const ReplyRow *row = data;
  g_autoptr(GBytes) bytes = bt_test_from_hex (row->hex);

  for (gsize length = 0; length < g_bytes_get_size (bytes); length++)
    {
      g_autofree guint8 *copy = bt_test_copy (g_bytes_get_data (bytes, NULL), length);
      g_autoptr(GError) error = NULL;
      BtAnnounceReply reply;

      bt_announce_reply_init (&reply);
      g_assert_false (bt_announce_http_parse_reply (copy, length, &reply, &error));
      g_assert_error (error, BT_ERROR, BT_ERROR_MALFORMED);
      bt_announce_reply_clear (&reply);
    }
}

typedef struct
{
  const char *name;
  const char *text;
  const char *found; /* peers, and names, with a space between; NULL: no answer */
} OddRow;

static const OddRow odd_rows[] = {
  { "empty-dictionary", "de", "" },
  { "trailing-bytes", "d5:peers0:e\r\n", "" },
  { "unsorted", "d5:peers6:\1\2\3\4\1\1" "8:intervali5ee", "1.2.3.4:257" },
  { "ragged-tail", "d5:peers8:\1\2\3\4\1\1\1\1e", "1.2.3.4:257" },
  { "peers-is-a-number", "d5:peersi1ee", "" },
  { "peers-is-a-dictionary", "d5:peersdee", "" },
  { "list-of-names", "d5:peersld2:ip13:peer.example.4:porti80eed2:ip3:::14:porti81eeee", "[::1]:81 peer.example.:80" },
  { "list-of-nonsense",
    "d5:peersli1e3:abcled2:ip7:1.2.3.4ed2:ip7:1.2.3.44:porti0eed2:ip7:1.2.3.44:porti65536eed2:ip7:a b/c@d4:porti1ee"
    "d2:ip0:4:porti1eed2:ipi4e4:porti1eed4:porti1eee8:intervali1ee",
    "" },
  { "html", "<html>busy</html>", NULL },
  { "list", "le", NULL },
  { "empty", "", NULL },
};

static void
test_odd_reply (gconstpointer data)
{
  const OddRow *row = data;
  g_autofree guint8 *copy = bt_test_copy (row->text, strlen (row->text));
  g_autoptr(GString) found = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  char text[BT_ADDR_STRING_MAX];
  BtAnnounceReply reply;

  bt_announce_reply_init (&reply);
  g_assert_cmpint (bt_announce_http_parse_reply (copy, strlen (row->text), &reply, &error), ==, row->found != NULL);
  for (guint i = 0; i < reply.peers->len; i++)
    g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", bt_addr_to_string (&g_array_index (reply.peers, BtAddr, i), text));
  for (guint i = 0; i < reply.named_peers->len; i++)
    g_string_append_printf (found, "%s%s", found->len > 0 ? " " : "", (char *) g_ptr_array_index (reply.named_peers, i));
  g_assert_cmpstr (found->str, ==, row->found == NULL ? "" : row->found);
  bt_announce_reply_clear (&reply);
}

static void
test_number_of_peers_is_bounded (void)
{
  g_autoptr(GString) text = g_string_new ("d5:peersl");
  BtAnnounceReply reply;

  for (guint i = 0; i < 3000; i++)
    g_string_append (text, i % 2 == 0 ? "d2:ip1:x4:porti1ee" : "d2:ip7:1.2.3.44:porti1ee");
  g_string_append (text, "e6:peers636:aaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbe");
  bt_announce_reply_init (&reply);
  g_assert_true (bt_announce_http_parse_reply ((const guint8 *) text->str, text->len, &reply, NULL));
  g_assert_cmpuint (reply.peers->len + reply.named_peers->len, ==, BT_ANNOUNCE_MAX_PEERS);
  bt_announce_reply_clear (&reply);
}

static void
add_peer (BtAnnounceReply *reply, const char *text)
{
  BtAddr addr;

  g_assert_true (bt_addr_parse (&addr, text));
  g_array_append_val (reply->peers, addr);
}

/* What a server writes a client reads, in both forms. */
static void
test_reply_is_read_by_a_client (void)
{
  for (guint compact = 0; compact < 2; compact++)
    {
      BtAnnounceRequest request = plain_request ();
      BtAnnounceReply out, in;
      g_autoptr(GBytes) bytes = NULL;
      static const guint8 ids[] = "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb";

      request.compact = compact != 0;
      bt_announce_reply_init (&out);
      bt_announce_reply_init (&in);
      out.interval = 1800;
      out.min_interval = 60;
      out.complete = 5;
      out.incomplete = 0;
      out.tracker_id = g_strdup ("id");
      out.warning_message = g_strdup ("careful");
      g_assert_true (bt_addr_parse_ip (&out.external_ip, "5.6.7.8"));
      add_peer (&out, "1.2.3.4:5");
      add_peer (&out, "[2001:db8::1]:6");
      bytes = bt_announce_http_write_reply (&out, &request, ids);
      g_assert_true (bt_announce_http_parse_reply (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &in, NULL));
      g_assert_cmpint (in.interval, ==, 1800);
      g_assert_cmpint (in.min_interval, ==, 60);
      g_assert_cmpint (in.complete, ==, 5);
      g_assert_cmpint (in.incomplete, ==, 0);
      g_assert_cmpint (in.downloaded, ==, -1);
      g_assert_cmpstr (in.tracker_id, ==, "id");
      g_assert_cmpstr (in.warning_message, ==, "careful");
      g_assert_true (bt_addr_equal (&in.external_ip, &out.external_ip));
      g_assert_cmpmem (in.peers->data, in.peers->len * sizeof (BtAddr), out.peers->data, out.peers->len * sizeof (BtAddr));
      bt_announce_reply_clear (&out);
      bt_announce_reply_clear (&in);
    }
}

static void
test_reply_bytes (void)
{
  BtAnnounceRequest request = plain_request ();
  BtAnnounceReply reply;
  g_autoptr(GBytes) compact = NULL, with_ids = NULL, without_ids = NULL, failure = NULL;
  static const guint8 ids[] = "aaaaaaaaaaaaaaaaaaaa";

  bt_announce_reply_init (&reply);
  reply.interval = 9;
  compact = bt_announce_http_write_reply (&reply, &request, NULL);
  g_assert_cmpmem (g_bytes_get_data (compact, NULL), g_bytes_get_size (compact), "d8:intervali9e5:peers0:e", 24);
  add_peer (&reply, "1.2.3.4:5");
  request.compact = FALSE;
  with_ids = bt_announce_http_write_reply (&reply, &request, ids);
  g_assert_cmpmem (g_bytes_get_data (with_ids, NULL), g_bytes_get_size (with_ids),
                   "d8:intervali9e5:peersld2:ip7:1.2.3.47:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti5eeee", 80);
  request.no_peer_id = TRUE;
  without_ids = bt_announce_http_write_reply (&reply, &request, ids);
  g_assert_cmpmem (g_bytes_get_data (without_ids, NULL), g_bytes_get_size (without_ids),
                   "d8:intervali9e5:peersld2:ip7:1.2.3.44:porti5eeee", 48);
  failure = bt_announce_http_write_failure ("no");
  g_assert_cmpmem (g_bytes_get_data (failure, NULL), g_bytes_get_size (failure), "d14:failure reason2:noe", 23);
  bt_announce_reply_clear (&reply);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/announce-http/url/is-in-the-usual-order", test_url_is_in_the_usual_order);
  g_test_add_func ("/announce-http/url/keeps-a-passkey", test_url_keeps_a_passkey);
  g_test_add_func ("/announce-http/url/is-read-by-a-server", test_url_is_read_by_a_server);
  BT_TEST_ADD_ROWS ("/announce-http/query", query_rows, test_query);
  BT_TEST_ADD_ROWS ("/announce-http/reply", reply_rows, test_reply);
  BT_TEST_ADD_ROWS ("/announce-http/reply-cut", reply_rows, test_reply_cut);
  BT_TEST_ADD_ROWS ("/announce-http/odd-reply", odd_rows, test_odd_reply);
  g_test_add_func ("/announce-http/reply/number-of-peers-is-bounded", test_number_of_peers_is_bounded);
  g_test_add_func ("/announce-http/reply/is-read-by-a-client", test_reply_is_read_by_a_client);
  g_test_add_func ("/announce-http/reply/bytes", test_reply_bytes);
  return g_test_run ();
}
