/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-state.h"
#include "bt-krpc.h"
#include "bt-test.h"

#define ID "abcdefghij0123456789"
#define QUERY(arguments, name, length) "d1:ad2:id20:" ID arguments "e1:q" length ":" name "1:t2:aa1:y1:qe"
#define REPLY(values) "d1:rd2:id20:" ID values "e1:t2:aa1:y1:re"

typedef struct
{
  const char *name;
  const guint8 *bytes;
  gsize length;
} BadRow;

static const BadRow bad_rows[] = {
  { "empty", BT_TEST_BYTES ("") },
  { "a-list", BT_TEST_BYTES ("l1:ae") },
  { "cut", BT_TEST_BYTES ("d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:q") },
  { "no-dictionary-end", BT_TEST_BYTES ("d") },
  { "nothing-in-it", BT_TEST_BYTES ("de") },
  { "no-transaction", BT_TEST_BYTES ("d1:ad2:id20:" ID "e1:q4:ping1:y1:qe") },
  { "empty-transaction", BT_TEST_BYTES ("d1:ad2:id20:" ID "e1:q4:ping1:t0:1:y1:qe") },
  { "long-transaction", BT_TEST_BYTES ("d1:ad2:id20:" ID "e1:q4:ping1:t33:aaaaaaaaaabbbbbbbbbbccccccccccddd1:y1:qe") },
  { "transaction-is-a-number", BT_TEST_BYTES ("d1:ad2:id20:" ID "e1:q4:ping1:ti7e1:y1:qe") },
  { "no-type", BT_TEST_BYTES ("d1:ad2:id20:" ID "e1:q4:ping1:t2:aae") },
  { "unknown-type", BT_TEST_BYTES ("d1:ad2:id20:" ID "e1:q4:ping1:t2:aa1:y1:xe") },
  { "type-is-a-list", BT_TEST_BYTES ("d1:t2:aa1:yl1:qee") },
  { "query-without-method", BT_TEST_BYTES ("d1:ad2:id20:" ID "e1:t2:aa1:y1:qe") },
  { "method-is-a-number", BT_TEST_BYTES ("d1:ad2:id20:" ID "e1:qi4e1:t2:aa1:y1:qe") },
  { "reply-without-values", BT_TEST_BYTES ("d1:t2:aa1:y1:re") },
  { "reply-without-id", BT_TEST_BYTES ("d1:rde1:t2:aa1:y1:re") },
  { "reply-with-short-id", BT_TEST_BYTES ("d1:rd2:id19:abcdefghij012345678e1:t2:aa1:y1:re") },
  { "reply-is-a-list", BT_TEST_BYTES ("d1:rl2:id20:" ID "e1:t2:aa1:y1:re") },
  { "error-without-e", BT_TEST_BYTES ("d1:t2:aa1:y1:ee") },
  { "error-with-a-broken-list", BT_TEST_BYTES ("d1:eli201e1:t2:aa1:y1:eee") },
  { "string-longer-than-all", BT_TEST_BYTES ("d1:ad2:id999:" ID "e1:q4:ping1:t2:aa1:y1:qe") },
};

static void
test_bad (gconstpointer data)
{
  const BadRow *row = data;
  g_autofree guint8 *copy = bt_test_copy (row->bytes, row->length);
  BtKrpc message;

  g_assert_false (bt_krpc_read (&message, copy, row->length));
}

static void
test_too_long (void)
{
  g_autofree guint8 *bytes = g_malloc0 (BT_KRPC_MAX_READ + 1);
  BtKrpc message;

  /* A valid message up to where it is cut off. */
  memset (bytes, 'x', BT_KRPC_MAX_READ + 1);
  memcpy (bytes, "d1:ad2:id20:" ID "e1:q4:ping1:t2:aa1:y1:qe", 56);
  g_assert_true (bt_krpc_read (&message, bytes, BT_KRPC_MAX_READ));
  g_assert_false (bt_krpc_read (&message, bytes, BT_KRPC_MAX_READ + 1));
}

static void
read_right (BtKrpc *message, const void *bytes, gsize length)
{
  g_assert_true (bt_krpc_read (message, bytes, length));
}

#define READ(message, text) read_right (message, text, sizeof (text) - 1)

static void
test_queries_of_the_specification (void)
{
  BtKrpc m;

  READ (&m, QUERY ("", "ping", "4"));
  g_assert_cmpint (m.type, ==, BT_KRPC_QUERY);
  g_assert_cmpint (m.method, ==, BT_KRPC_PING);
  g_assert_cmpmem (m.tid, m.tid_length, "aa", 2);
  g_assert_true (m.has_id);
  g_assert_false (m.has_target);
  READ (&m, QUERY ("6:target20:mnopqrstuvwxyz123456", "find_node", "9"));
  g_assert_cmpint (m.method, ==, BT_KRPC_FIND_NODE);
  g_assert_cmpmem (m.target, 20, "mnopqrstuvwxyz123456", 20);
  g_assert_cmpint (m.want, ==, 0);
  READ (&m, QUERY ("9:info_hash20:mnopqrstuvwxyz1234566:noseedi1e6:scrapei1e4:wantl2:n62:n42:zzi1ee", "get_peers", "9"));
  g_assert_cmpint (m.method, ==, BT_KRPC_GET_PEERS);
  g_assert_true (m.no_seeds && m.scrape);
  g_assert_cmpint (m.want, ==, BT_KRPC_NODES_V4 | BT_KRPC_NODES_V6);
  READ (&m, QUERY ("12:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e4:seedi1e5:token8:aoeusnth", "announce_peer", "13"));
  g_assert_cmpint (m.method, ==, BT_KRPC_ANNOUNCE_PEER);
  g_assert_true (m.implied_port && m.seed);
  g_assert_cmpuint (m.port, ==, 6881);
  g_assert_cmpmem (m.token, m.token_length, "aoeusnth", 8);
  READ (&m, QUERY ("6:target20:mnopqrstuvwxyz123456", "sample_infohashes", "17"));
  g_assert_cmpint (m.method, ==, BT_KRPC_SAMPLE_INFOHASHES);
  READ (&m, QUERY ("6:target20:mnopqrstuvwxyz123456", "put", "3"));
  g_assert_cmpint (m.method, ==, BT_KRPC_OTHER);
  g_assert_true (m.has_target);
  READ (&m, "d1:ad2:id20:" ID "e1:q4:ping2:roi1e1:t2:aa1:y1:qe");
  g_assert_true (m.read_only);
}

static void
test_passes_over_what_is_wrong (void)
{
  BtKrpc m;

  READ (&m, "d1:ad2:id3:abc4:porti70000e5:tokeni7ee1:q13:announce_peer1:t2:aa1:y1:qe");
  g_assert_false (m.has_id);
  g_assert_cmpuint (m.port, ==, 0);
  g_assert_cmpuint (m.token_length, ==, 0);
  READ (&m, "d1:q4:ping1:t2:aa1:y1:qe");
  g_assert_false (m.has_id);
  /* Not whole nodes: none of them. */
  READ (&m, REPLY ("5:nodes9:def456...5:token8:aoeusnth"));
  g_assert_cmpuint (m.n_nodes, ==, 0);
  g_assert_cmpint (m.lists, ==, 0);
  g_assert_cmpuint (m.token_length, ==, 8);
  READ (&m, REPLY ("6:valuesl6:axje.u6:idhtnm3:abci7e6:\0\0\0\0\0\0e"));
  g_assert_cmpuint (m.n_values, ==, 2);
  g_assert_cmpuint (m.values[0].port, ==, '.' << 8 | 'u');
  READ (&m, REPLY ("6:values6:axje.u"));
  g_assert_cmpuint (m.n_values, ==, 0);
  READ (&m, REPLY ("4:BFpe3:abc4:BFsd3:abc8:intervali-5e3:numi-1e7:samples21:aaaaaaaaaaaaaaaaaaaab"));
  g_assert_null (m.peers_bloom);
  g_assert_null (m.seeds_bloom);
  g_assert_cmpint (m.interval, ==, 0);
  g_assert_cmpint (m.n_stored, ==, 0);
  g_assert_cmpuint (m.n_samples, ==, 1);
  READ (&m, "d1:e3:yes1:t2:aa1:y1:ee");
  g_assert_cmpint (m.code, ==, BT_KRPC_ERROR_GENERIC);
  READ (&m, "d1:eli203ee1:t2:aa1:y1:ee");
  g_assert_cmpint (m.code, ==, 203);
}

static void
test_keeps_no_more_than_it_has_room_for (void)
{
  g_autoptr (GString) nodes = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new ("d1:rd2:id20:" ID);
  BtKrpc m;

  for (guint i = 0; i < 40; i++)
    g_string_append_len (nodes, "01234567890123456789\x0a\x0b\x0c\x0d\x0e\x0f", 26);
  g_string_append_printf (text, "5:nodes%u:", (guint) nodes->len);
  g_string_append_len (text, nodes->str, (gssize) nodes->len);
  g_string_append (text, "6:valuesl");
  for (guint i = 0; i < 300; i++)
    g_string_append (text, "6:axje.u");
  g_string_append (text, "ee1:t2:aa1:y1:re");
  read_right (&m, text->str, text->len);
  g_assert_cmpuint (m.n_nodes, ==, BT_KRPC_MAX_NODES / 2);
  g_assert_cmpuint (m.n_values, ==, BT_KRPC_MAX_VALUES);
}

static void
fill_reply (BtKrpc *m)
{
  static guint8 bloom[BT_KRPC_BLOOM_LENGTH], samples[40];

  *m = (BtKrpc){ .type = BT_KRPC_REPLY, .tid = "xyz", .tid_length = 3, .token = "tok", .token_length = 3 };
  memcpy (m->id, ID, 20);
  g_assert_true (bt_addr_parse (&m->your_addr, "192.0.2.1:99"));
  m->lists = BT_KRPC_NODES_V4 | BT_KRPC_NODES_V6;
  m->n_nodes = m->n_values = 2;
  g_assert_true (bt_addr_parse (&m->nodes[0].addr, "198.51.100.7:6881"));
  g_assert_true (bt_addr_parse (&m->nodes[1].addr, "[2001:db8::7]:6882"));
  g_assert_true (bt_addr_parse (&m->values[0], "198.51.100.8:6883"));
  g_assert_true (bt_addr_parse (&m->values[1], "[2001:db8::8]:6884"));
  bloom[7] = 9;
  m->seeds_bloom = m->peers_bloom = bloom;
  m->samples = samples;
  m->n_samples = 2;
  m->interval = 60;
  m->n_stored = 77;
}

static void
test_reads_what_it_wrote (void)
{
  g_autoptr (GBytes) bytes = NULL;
  BtKrpc before, after;

  fill_reply (&before);
  bytes = bt_krpc_write (&before);
  read_right (&after, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_true (bt_addr_equal (&after.your_addr, &before.your_addr));
  g_assert_cmpmem (after.id, 20, ID, 20);
  g_assert_cmpuint (after.n_nodes, ==, 2);
  g_assert_cmpint (after.lists, ==, before.lists);
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (bt_addr_equal (&after.nodes[i].addr, &before.nodes[i].addr));
      g_assert_true (bt_addr_equal (&after.values[i], &before.values[i]));
    }
  g_assert_cmpmem (after.seeds_bloom, 256, before.seeds_bloom, 256);
  g_assert_cmpuint (after.n_samples, ==, 2);
  g_assert_cmpint (after.interval, ==, 60);
  g_assert_cmpint (after.n_stored, ==, 77);
}

static void
test_writes_as_the_specification (void)
{
  static const char expected[] = "d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:v4:FE\0\0011:y1:qe";
  BtKrpc m = { .type = BT_KRPC_QUERY, .method = BT_KRPC_FIND_NODE, .tid = "aa", .tid_length = 2 };
  g_autoptr (GBytes) bytes = NULL;

  memcpy (m.id, ID, 20);
  memcpy (m.target, "mnopqrstuvwxyz123456", 20);
  bytes = bt_krpc_write (&m);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, sizeof expected - 1);
}

static void
test_state_is_kept (void)
{
  g_auto (BtDhtState) before, after;
  g_autoptr (GBytes) bytes = NULL;
  BtKrpcNode node = { .id = ID };

  bt_dht_state_init (&before);
  bt_dht_state_init (&after);
  memcpy (before.id, "mnopqrstuvwxyz123456", 20);
  before.saved_at = 1700000000;
  for (guint i = 0; i < BT_DHT_STATE_MAX_NODES + 5; i++)
    {
      g_assert_true (bt_addr_parse (&node.addr, i % 2 ? "192.0.2.9:1234" : "[2001:db8::1]:1234"));
      g_array_append_val (before.nodes, node);
    }
  bytes = bt_dht_state_write (&before);
  g_assert_true (bt_dht_state_read (&after, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
  g_assert_cmpmem (after.id, 20, before.id, 20);
  g_assert_cmpint (after.saved_at, ==, before.saved_at);
  g_assert_cmpuint (after.nodes->len, ==, BT_DHT_STATE_MAX_NODES);
  g_assert_cmpmem (g_array_index (after.nodes, BtKrpcNode, 0).id, 20, ID, 20);
  for (gsize cut = 0; cut < g_bytes_get_size (bytes); cut += 97)
    {
      g_autofree guint8 *copy = bt_test_copy (g_bytes_get_data (bytes, NULL), cut);

      g_assert_false (bt_dht_state_read (&after, copy, cut));
      g_assert_cmpuint (after.nodes->len, ==, 0);
    }
  g_assert_false (bt_dht_state_read (&after, (const guint8 *) "de", 2));
  g_assert_false (bt_dht_state_read (&after, (const guint8 *) "d2:id3:abce", 11));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/krpc/refuses", bad_rows, test_bad);
  g_test_add_func ("/krpc/refuses/too-long", test_too_long);
  g_test_add_func ("/krpc/queries-of-the-specification", test_queries_of_the_specification);
  g_test_add_func ("/krpc/passes-over-what-is-wrong", test_passes_over_what_is_wrong);
  g_test_add_func ("/krpc/keeps-no-more-than-it-has-room-for", test_keeps_no_more_than_it_has_room_for);
  g_test_add_func ("/krpc/reads-what-it-wrote", test_reads_what_it_wrote);
  g_test_add_func ("/krpc/writes-as-the-specification", test_writes_as_the_specification);
  g_test_add_func ("/krpc/state-is-kept", test_state_is_kept);
  return g_test_run ();
}
