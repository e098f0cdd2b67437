/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-dht.h"

/* Nobody who sends a flood makes each message of it anew. */
static guint8 *
query_bytes (BtKrpcMethod method, gsize *length, guint8 **id)
{
  BtKrpc query = query_new (method, 0x80);
  GBytes *bytes = bt_krpc_write (&query);
  guint8 *copy = g_bytes_unref_to_data (bytes, length);

  *id = (guint8 *) memmem (copy, *length, "2:id20:", 7) + 7;
  return copy;
}

static void
test_a_flood_from_one_host (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr from = address (1, 1), other = address (2, 1);
  gsize before = bt_dht_node_size (self->node), length;
  guint8 *id;
  g_autofree guint8 *bytes = query_bytes (BT_KRPC_FIND_NODE, &length, &id);
  BtKrpc query = query_new (BT_KRPC_PING, 1), answer;
  Sent keep;

  for (guint i = 0; i < 100000; i++)
    {
      id[1] = (guint8) i;
      from.port = (guint16) (1 + i % 60000);
      bt_dht_node_receive (self->node, &from, bytes, length, self->now += 10);
    }
  g_assert_cmpuint (self->n_sent, <, 200);
  g_assert_cmpuint (bt_dht_node_size (self->node), <=, before + (8 << 10));
  ask (self, &other, &query, &answer, &keep);
  /* It is listened to again some minutes later. */
  self->now += 6 * G_TIME_SPAN_MINUTE;
  ask (self, &from, &query, &answer, &keep);
}

/* Whoever forges its senders has us send so much, and no more, to anybody. */
static void
test_a_flood_from_everywhere (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  gsize before = bt_dht_node_size (self->node), length;
  guint8 *id;
  g_autofree guint8 *bytes = query_bytes (BT_KRPC_GET_PEERS, &length, &id);

  for (guint i = 0; i < 20000; i++)
    {
      BtAddr from = address (i, 1);

      from.ip[0] = (guint8) (20 + i % 100);
      id[1] = (guint8) i;
      id[2] = (guint8) (i >> 8);
      bt_dht_node_receive (self->node, &from, bytes, length, self->now += 500); /* ten seconds in all */
    }
  tick (self);
  g_assert_cmpuint (self->n_bytes, <, 13 * (64u << 10));
  g_assert_cmpuint (count_nodes (self), ==, 0);
  g_assert_cmpuint (bt_dht_node_get_counters (self->node)->limited, >, 10000);
  g_assert_cmpuint (bt_dht_node_size (self->node), <=, before + (64 << 10));
}

static void
test_forged_tokens (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr honest = address (1, 1), thief = address (2, 1);
  BtKrpc query = query_new (BT_KRPC_GET_PEERS, 1), answer;
  guint n_hashes, n_peers;
  Sent keep;

  ask (self, &honest, &query, &answer, &keep);
  query = query_new (BT_KRPC_ANNOUNCE_PEER, 1);
  memcpy (query.token, answer.token, answer.token_length);
  query.token_length = answer.token_length;
  for (guint i = 0; i < 20; i++)
    {
      ask (self, &thief, &query, &answer, &keep);
      g_assert_cmpint (answer.type, ==, BT_KRPC_ERROR);
      g_assert_cmpint (answer.code, ==, BT_KRPC_ERROR_PROTOCOL);
      query.token[i % query.token_length] ^= (guint8) (1 + i);
    }
  bt_dht_node_count_stored (self->node, BT_ADDR_V4, &n_hashes, &n_peers);
  g_assert_cmpuint (n_peers, ==, 0);
  g_assert_cmpuint (bt_dht_node_get_counters (self->node)->bad_tokens, ==, 20);
}

static void
test_replies_from_another_address (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr asked_at = address (1, 1), forger = address (2, 1), port = asked_at;
  BtKrpc asked, reply = { .type = BT_KRPC_REPLY, .id = { 0x80 } };
  Sent keep;

  bt_dht_node_ping (self->node, &asked_at, self->now);
  g_assert_true (take (self, &asked_at, &asked, &keep));
  memcpy (reply.tid, asked.tid, asked.tid_length);
  reply.tid_length = asked.tid_length;
  receive (self, &forger, &reply);
  port.port++;
  receive (self, &port, &reply);
  g_assert_cmpuint (count_nodes (self), ==, 0);
  /* The right address with another number, and with no more than part of it. */
  reply.tid[0] ^= 1;
  receive (self, &asked_at, &reply);
  reply.tid[0] ^= 1;
  reply.tid_length--;
  receive (self, &asked_at, &reply);
  g_assert_cmpuint (count_nodes (self), ==, 0);
  g_assert_cmpuint (bt_dht_node_get_counters (self->node)->unasked, ==, 4);
  reply.tid_length++;
  receive (self, &asked_at, &reply);
  g_assert_cmpuint (count_nodes (self), ==, 1);
  /* Only once. */
  receive (self, &asked_at, &reply);
  g_assert_cmpuint (bt_dht_node_get_counters (self->node)->unasked, ==, 5);
}

static void
test_sybils_of_one_network (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);

  for (guint i = 1; i < 250; i++)
    {
      BtAddr addr = address (1, (guint8) i);
      BtKrpc query = query_new (BT_KRPC_PING, (guint8) i), answer, pong = { 0 };
      Sent keep;

      receive (self, &addr, &query);
      while (take (self, &addr, &answer, &keep) && answer.type != BT_KRPC_QUERY)
        ;
      if (answer.type == BT_KRPC_QUERY)
        {
          pong.type = BT_KRPC_REPLY;
          memcpy (pong.id, query.id, sizeof pong.id);
          memcpy (pong.tid, answer.tid, answer.tid_length);
          pong.tid_length = answer.tid_length;
          receive (self, &addr, &pong);
        }
      self->now += SECOND;
      tick (self);
    }
  g_assert_cmpuint (count_nodes (self), ==, 1);
  make_friend (self, 2, 0x80);
  g_assert_cmpuint (count_nodes (self), ==, 2);
}

static void
test_giant_replies (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  static const guint8 hash[BT_SHA1_LENGTH] = { 0x42 };
  g_autoptr (GString) text = g_string_new (NULL);
  BtAddr giant = address (7, 1);
  BtKrpc asked;
  Sent keep;

  make_friend (self, 7, 0x80);
  g_queue_clear_full (&self->sent, g_free);
  bt_dht_node_search (self->node, hash, 0, 6881, self->now);
  tick (self);
  g_assert_true (take (self, &giant, &asked, &keep));
  while (asked.method != BT_KRPC_GET_PEERS)
    g_assert_true (take (self, &giant, &asked, &keep));
  g_string_append (text, "d1:rd2:id20:");
  g_string_append_len (text, "\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "5:nodes2600:", 32);
  for (guint i = 0; i < 100; i++)
    {
      g_string_append_len (text, "\x42zzzzzzzzzzzzzzzzzz", 19);
      g_string_append_c (text, (char) i);
      g_string_append_len (text, "\x30\x31", 2);
      g_string_append_c (text, (char) i);
      g_string_append_len (text, "\x01\x1a\xe1", 3);
    }
  g_string_append (text, "5:token4:aaaa6:valuesl");
  while (text->len < BT_KRPC_MAX_READ - 40)
    g_string_append (text, "6:axje.u");
  g_string_append_len (text, "ee1:t4:", 7);
  g_string_append_len (text, (char *) asked.tid, 4);
  g_string_append (text, "1:y1:re");
  g_assert_cmpuint (text->len, <=, BT_KRPC_MAX_READ);
  bt_dht_node_receive (self->node, &giant, (guint8 *) text->str, text->len, self->now);
  g_assert_cmpuint (self->n_found, >, 0);
  g_assert_cmpuint (self->n_found, <=, BT_KRPC_MAX_VALUES);
  self->n_sent = 0;
  tick (self);
  g_assert_cmpuint (self->n_sent, <=, BT_DHT_ALPHA);
  /* One that was longer was cut on its way, and is no message. */
  bt_dht_node_receive (self->node, &giant, (guint8 *) text->str, text->len - 3, self->now);
  g_assert_cmpuint (bt_dht_node_get_counters (self->node)->malformed, ==, 1);
}

static void
test_poisoned_lists (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  static const guint8 hash[BT_SHA1_LENGTH] = { 0x42, 0x42 };
  BtAddr liar = address (1000, 1);
  guint n_named = 0;

  for (guint i = 0; i < 20; i++)
    make_friend (self, 200 + i, (guint8) (12 * i));
  make_friend (self, 1000, 0x43);
  g_queue_clear_full (&self->sent, g_free);
  self->n_sent = 0;
  bt_dht_node_search (self->node, hash, BT_DHT_ANNOUNCE, 6881, self->now);
  for (guint i = 0; i < 400 && self->n_ended == 0; i++)
    {
      Sent *sent;

      tick (self);
      while ((sent = g_queue_pop_head (&self->sent)) != NULL)
        {
          BtKrpc asked, reply = { .type = BT_KRPC_REPLY, .token = "tttt", .token_length = 4 };
          guint network = (guint) sent->to.ip[1] << 8 | sent->to.ip[2];

          g_assert_true (bt_krpc_read (&asked, sent->bytes, sent->length));
          memcpy (reply.tid, asked.tid, asked.tid_length);
          reply.tid_length = asked.tid_length;
          reply.id[0] = network == 1000 ? 0x43 : (guint8) (12 * (network - 200));
          if (bt_addr_equal (&sent->to, &liar))
            for (guint k = 0; k < 8; k++)
              {
                BtKrpcNode *node = &reply.nodes[reply.n_nodes++];

                node->addr = address (5000 + n_named, 1);
                memcpy (node->id, hash, sizeof hash);
                node->id[19] = (guint8) n_named++;
                reply.lists = BT_KRPC_NODES_V4;
              }
          if (network < 5000)
            receive (self, &sent->to, &reply);
          g_free (sent);
        }
      self->now += SECOND / 4;
    }
  g_assert_cmpuint (self->n_ended, ==, 1);
  g_assert_cmpuint (n_named, >, 0);
  g_assert_cmpuint (self->result.n_answered, ==, BT_DHT_K);
  g_assert_cmpuint (self->result.n_announced, ==, BT_DHT_K);
  g_assert_cmpuint (self->result.n_queries, <, 25);
}

static void
test_icmp_is_believed_only_of_who_is_asked (void)
{
  g_autoptr (Fixture) self = fixture_new (FALSE);
  BtAddr addr = address (1, 1);

  make_friend (self, 1, 0x80);
  for (guint i = 0; i < 10; i++)
    bt_dht_node_unreachable (self->node, &addr, self->now);
  g_assert_cmpuint (count_nodes (self), ==, 1);
  for (guint i = 0; i < BT_DHT_MAX_FAILS; i++)
    {
      bt_dht_node_ping (self->node, &addr, self->now);
      bt_dht_node_unreachable (self->node, &addr, self->now);
      self->now += 11 * SECOND;
      tick (self);
    }
  g_assert_cmpuint (count_nodes (self), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dht-hostile/a-flood-from-one-host", test_a_flood_from_one_host);
  g_test_add_func ("/dht-hostile/a-flood-from-everywhere", test_a_flood_from_everywhere);
  g_test_add_func ("/dht-hostile/forged-tokens", test_forged_tokens);
  g_test_add_func ("/dht-hostile/sybils-of-one-network", test_sybils_of_one_network);
  g_test_add_func ("/dht-hostile/giant-replies", test_giant_replies);
  g_test_add_func ("/dht-hostile/replies-from-another-address", test_replies_from_another_address);
  g_test_add_func ("/dht-hostile/poisoned-lists", test_poisoned_lists);
  g_test_add_func ("/dht-hostile/icmp-is-believed-only-of-who-is-asked", test_icmp_is_believed_only_of_who_is_asked);
  return g_test_run ();
}
