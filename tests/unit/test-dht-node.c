/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-id.h"
#include "bt-test-dht.h"

static void
test_answers_every_query (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr from = address (1, 1);
  BtKrpc query, answer;
  Sent keep;

  make_friend (self, 7, 0x80);
  query = query_new (BT_KRPC_PING, 1);
  ask (self, &from, &query, &answer, &keep);
  g_assert_cmpint (answer.type, ==, BT_KRPC_REPLY);
  g_assert_cmpmem (answer.id, 20, bt_dht_node_get_id (self->node, BT_ADDR_V4), 20);
  g_assert_true (bt_addr_equal (&answer.your_addr, &from));
  query = query_new (BT_KRPC_FIND_NODE, 1);
  ask (self, &from, &query, &answer, &keep);
  g_assert_cmpuint (answer.n_nodes, ==, 1);
  g_assert_cmpint (answer.lists, ==, BT_KRPC_NODES_V4);
  query.want = BT_KRPC_NODES_V6;
  ask (self, &from, &query, &answer, &keep);
  g_assert_cmpint (answer.lists, ==, BT_KRPC_NODES_V6);
  query = query_new (BT_KRPC_GET_PEERS, 1);
  ask (self, &from, &query, &answer, &keep);
  g_assert_cmpuint (answer.n_values, ==, 0);
  g_assert_cmpuint (answer.token_length, >, 0);
  query = query_new (BT_KRPC_ANNOUNCE_PEER, 1);
  memcpy (query.token, answer.token, answer.token_length);
  query.token_length = answer.token_length;
  query.implied_port = TRUE;
  ask (self, &from, &query, &answer, &keep);
  g_assert_cmpint (answer.type, ==, BT_KRPC_REPLY);
  query = query_new (BT_KRPC_GET_PEERS, 1);
  query.scrape = TRUE;
  ask (self, &from, &query, &answer, &keep);
  g_assert_cmpuint (answer.n_values, ==, 1);
  g_assert_true (bt_addr_equal (&answer.values[0], &from));
  g_assert_nonnull (answer.peers_bloom);
  g_assert_nonnull (answer.seeds_bloom);
  query = query_new (BT_KRPC_SAMPLE_INFOHASHES, 1);
  ask (self, &from, &query, &answer, &keep);
  g_assert_cmpuint (answer.n_samples, ==, 1);
  g_assert_cmpint (answer.n_stored, ==, 1);
  g_assert_cmpmem (answer.samples, 20, query.target, 20);
}

static void
test_says_what_is_wrong (void)
{
  static const struct
  {
    const char *bytes;
    gint64 code;
  } rows[] = {
    { "d1:ade1:q4:ping1:t2:qq1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:q4:ping1:t2:qq1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q9:find_node1:t2:qq1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:aaaaaaaaaaaaaaaaaaaae1:q3:vot1:t2:qq1:y1:qe", BT_KRPC_ERROR_METHOD },
    { "d1:ad2:id20:aaaaaaaaaaaaaaaaaaaa9:info_hash20:aaaaaaaaaaaaaaaaaaaa4:porti1e5:token8:aaaaaaaae1:q13:announce_peer1:t2:qq1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
    { "d1:ad2:id20:aaaaaaaaaaaaaaaaaaaa9:info_hash20:aaaaaaaaaaaaaaaaaaaa4:porti0e5:token8:aaaaaaaae1:q13:announce_peer1:t2:qq1:y1:qe", BT_KRPC_ERROR_PROTOCOL },
  };
  static const char get[] = "d1:ad2:id20:aaaaaaaaaaaaaaaaaaaa6:target20:aaaaaaaaaaaaaaaaaaaae1:q3:get1:t2:qq1:y1:qe";
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr from = address (1, 1);
  BtKrpc answer;
  Sent keep;

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_queue_clear_full (&self->sent, g_free);
      bt_dht_node_receive (self->node, &from, (const guint8 *) rows[i].bytes, strlen (rows[i].bytes), self->now);
      g_assert_true (take (self, &from, &answer, &keep));
      g_assert_cmpint (answer.type, ==, BT_KRPC_ERROR);
      g_assert_cmpint (answer.code, ==, rows[i].code);
    }
  g_queue_clear_full (&self->sent, g_free);
  /* Another method, about something that it may know nodes of. */
  bt_dht_node_receive (self->node, &from, (const guint8 *) get, strlen (get), self->now);
  g_assert_true (take (self, &from, &answer, &keep));
  g_assert_cmpint (answer.type, ==, BT_KRPC_REPLY);
}

/* Everything asked for at once, of a torrent with many peers, over IPv6. */
static void
test_no_answer_is_longer_than_allowed (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtKrpc query, answer;
  BtAddr from;
  Sent keep;

  for (guint i = 0; i < 40; i++)
    make_friend (self, 100 + i, (guint8) (6 * i));
  for (guint i = 0; i < 300; i++)
    {
      guint8 ip[16] = { 0x20, 0x01, (guint8) i, (guint8) (i >> 8), [15] = 1 };

      bt_addr_init_v6 (&from, ip, 6881);
      query = query_new (BT_KRPC_GET_PEERS, (guint8) i);
      ask (self, &from, &query, &answer, &keep);
      query = query_new (BT_KRPC_ANNOUNCE_PEER, (guint8) i);
      memcpy (query.token, answer.token, answer.token_length);
      query.token_length = answer.token_length;
      ask (self, &from, &query, &answer, &keep);
      g_assert_cmpint (answer.type, ==, BT_KRPC_REPLY);
      self->now += SECOND / 10;
    }
  query = query_new (BT_KRPC_GET_PEERS, 1);
  query.want = BT_KRPC_NODES_V4 | BT_KRPC_NODES_V6;
  ask (self, &from, &query, &answer, &keep);
  g_assert_cmpuint (answer.n_values, >, 20);
  query.scrape = TRUE;
  memset (query.tid, 't', BT_KRPC_MAX_TID);
  query.tid_length = BT_KRPC_MAX_TID;
  ask (self, &from, &query, &answer, &keep);
  g_assert_nonnull (answer.peers_bloom);
  g_assert_cmpuint (self->largest, >, 900);
  g_assert_cmpuint (self->largest, <=, BT_KRPC_MAX_WRITE);
}

static void
test_read_only_says_so_and_nothing_else (void)
{
  g_autoptr (Fixture) self = fixture_new (TRUE);
  BtAddr from = address (1, 1);
  BtKrpc query = query_new (BT_KRPC_PING, 1), asked;
  Sent keep;

  receive (self, &from, &query);
  g_assert_cmpuint (self->n_sent, ==, 0);
  bt_dht_node_ping (self->node, &from, self->now);
  g_assert_true (take (self, &from, &asked, &keep));
  g_assert_true (asked.read_only);
}

static void
test_read_only_nodes_stay_out_of_the_table (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr from = address (1, 1);
  BtKrpc query = query_new (BT_KRPC_PING, 0x80), answer;
  Sent keep;

  query.read_only = TRUE;
  ask (self, &from, &query, &answer, &keep);
  /* Answered, and not asked back. */
  g_assert_cmpuint (self->sent.length, ==, 0);
}

/* Whoever forges its senders has us send so much, and no more, to anybody. */
/* They ask us, so we ask them back, and they all answer. */
/* As long as a datagram may be, full of nodes and peers. */
/* It names nodes that are not there, closer and closer, as long as it is asked. */
/* A name for another's address does not get that one thrown out for silence. */
static void
wait_for (Fixture *self, guint minutes)
{
  for (guint i = 0; i < 60 * minutes; i++)
    {
      self->now += SECOND;
      tick (self);
    }
}

/* Nothing comes any more: not at once is everybody gone. */
static void
test_a_dead_line_is_nobodys_fault (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);

  for (guint i = 0; i < 10; i++)
    make_friend (self, i, (guint8) (0x80 + 8 * i));
  wait_for (self, 18);
  g_assert_cmpuint (count_nodes (self), ==, 10);
}

/* After a night nobody is good any more, and it begins again where it knows. */
static void
test_comes_back_after_a_long_time (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  guint8 id[BT_DHT_ID_LENGTH] = { 0x80 };
  BtAddr addr = address (0, 1);

  for (guint i = 0; i < 10; i++)
    make_friend (self, i, (guint8) (0x80 + 8 * i));
  wait_for (self, 8 * 60);
  g_assert_cmpuint (count_nodes (self), ==, 0);
  for (guint i = 0; i < 7200 && count_nodes (self) == 0; i++)
    {
      BtKrpc reply = { 0 };

      self->now += SECOND;
      tick (self);
      answer_as (self, &addr, id, &reply);
    }
  g_assert_cmpuint (count_nodes (self), ==, 1);
}

/* Until the node asks @addr for nodes; others do not answer. */
static void
wait_to_be_asked (Fixture *self, const BtAddr *addr, BtKrpc *asked, Sent *keep)
{
  g_queue_clear_full (&self->sent, g_free);
  for (guint i = 0; i < 600; i++)
    {
      self->now += SECOND;
      tick (self);
      if (take (self, addr, asked, keep) && asked->method == BT_KRPC_FIND_NODE)
        return;
    }
  g_assert_not_reached ();
}

/* BEP 32: while one family has nobody, the other is asked for its nodes. */
static void
test_one_family_helps_the_other (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtKrpc asked, reply = { .type = BT_KRPC_REPLY, .id = { 0x80 }, .lists = BT_KRPC_NODES_V6, .n_nodes = 1 };
  BtAddr addr = address (7, 1);
  BtKrpcNode *six = &reply.nodes[0];
  Sent keep;

  make_friend (self, 7, 0x80);
  wait_to_be_asked (self, &addr, &asked, &keep);
  g_assert_cmpint (asked.want, ==, BT_KRPC_NODES_V4 | BT_KRPC_NODES_V6);
  memcpy (reply.tid, asked.tid, asked.tid_length);
  reply.tid_length = asked.tid_length;
  g_assert_true (bt_addr_parse (&six->addr, "[2001:db8::9]:6881"));
  six->id[0] = 0x90;
  receive (self, &addr, &reply);
  wait_to_be_asked (self, &six->addr, &asked, &keep);
}

/* Whoever lies about it has us change it once in ten minutes at the most. */
static void
test_the_id_does_not_change_all_the_time (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr first = address (77, 7), second = address (78, 7);

  bt_dht_node_set_address (self->node, &first, self->now);
  bt_dht_node_set_address (self->node, &second, self->now + 9 * G_TIME_SPAN_MINUTE);
  g_assert_true (bt_dht_id_fits (bt_dht_node_get_id (self->node, BT_ADDR_V4), &first));
  bt_dht_node_set_address (self->node, &second, self->now + 11 * G_TIME_SPAN_MINUTE);
  g_assert_true (bt_dht_id_fits (bt_dht_node_get_id (self->node, BT_ADDR_V4), &second));
}

static void
test_the_id_follows_the_address (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr ours = address (77, 7), six;

  g_assert_cmpmem (bt_dht_node_get_id (self->node, BT_ADDR_V4), 20, bt_dht_node_get_id (self->node, BT_ADDR_V6), 20);
  bt_dht_node_set_address (self->node, &ours, self->now);
  g_assert_true (bt_dht_id_fits (bt_dht_node_get_id (self->node, BT_ADDR_V4), &ours));
  /* BEP 32: the same in both, until the other address wants another. */
  g_assert_cmpmem (bt_dht_node_get_id (self->node, BT_ADDR_V4), 20, bt_dht_node_get_id (self->node, BT_ADDR_V6), 20);
  g_assert_true (bt_addr_parse_ip (&six, "2001:db8:5::1"));
  bt_dht_node_set_address (self->node, &six, self->now);
  g_assert_true (bt_dht_id_fits (bt_dht_node_get_id (self->node, BT_ADDR_V6), &six));
  g_assert_true (bt_dht_id_fits (bt_dht_node_get_id (self->node, BT_ADDR_V4), &ours));
}

static void
test_hears_where_we_are (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr addr = address (1, 1);
  BtKrpc pong = { 0 };
  static const guint8 id[BT_DHT_ID_LENGTH] = { 0x80 };

  bt_dht_node_ping (self->node, &addr, self->now);
  g_assert_true (bt_addr_parse (&pong.your_addr, "192.0.2.77:999"));
  g_assert_true (answer_as (self, &addr, id, &pong));
  g_assert_true (bt_addr_equal (&self->seen, &pong.your_addr));
}

static void
test_a_cancelled_search_says_nothing (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  static const guint8 hash[BT_SHA1_LENGTH] = { 0x42 }, id[BT_DHT_ID_LENGTH] = { 0x80 };
  BtAddr addr = address (7, 1);
  BtKrpc reply = { .n_values = 1 };

  make_friend (self, 7, 0x80);
  g_queue_clear_full (&self->sent, g_free);
  bt_dht_node_search (self->node, hash, 0, 6881, self->now);
  tick (self);
  bt_dht_node_cancel (self->node, hash);
  g_assert_true (bt_addr_parse (&reply.values[0], "192.0.2.1:1"));
  while (answer_as (self, &addr, id, &reply))
    ;
  self->now += 20 * SECOND;
  tick (self);
  g_assert_cmpuint (self->n_found, ==, 0);
  g_assert_cmpuint (self->n_ended, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-node/answers-every-query", test_answers_every_query);
  g_test_add_func ("/dht-node/says-what-is-wrong", test_says_what_is_wrong);
  g_test_add_func ("/dht-node/no-answer-is-longer-than-allowed", test_no_answer_is_longer_than_allowed);
  g_test_add_func ("/dht-node/read-only-says-so-and-nothing-else", test_read_only_says_so_and_nothing_else);
  g_test_add_func ("/dht-node/read-only-nodes-stay-out-of-the-table", test_read_only_nodes_stay_out_of_the_table);
  g_test_add_func ("/dht-node/a-dead-line-is-nobodys-fault", test_a_dead_line_is_nobodys_fault);
  g_test_add_func ("/dht-node/comes-back-after-a-long-time", test_comes_back_after_a_long_time);
  g_test_add_func ("/dht-node/one-family-helps-the-other", test_one_family_helps_the_other);
  g_test_add_func ("/dht-node/the-id-does-not-change-all-the-time", test_the_id_does_not_change_all_the_time);
  g_test_add_func ("/dht-node/the-id-follows-the-address", test_the_id_follows_the_address);
  g_test_add_func ("/dht-node/hears-where-we-are", test_hears_where_we_are);
  g_test_add_func ("/dht-node/a-cancelled-search-says-nothing", test_a_cancelled_search_says_nothing);
  return g_test_run ();
}
