/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-krpc.h"

#include "bt-bencode.h"

#include <string.h>

static const struct
{
  const char *name;
  BtKrpcMethod method;
} methods[] = {
  { "ping", BT_KRPC_PING },
  { "find_node", BT_KRPC_FIND_NODE },
  { "get_peers", BT_KRPC_GET_PEERS },
  { "announce_peer", BT_KRPC_ANNOUNCE_PEER },
  { "sample_infohashes", BT_KRPC_SAMPLE_INFOHASHES },
};

static gboolean
read_hash (BtBencode dict, const char *key, guint8 out[BT_DHT_ID_LENGTH])
{
  gsize length = 0;
  const guint8 *bytes = bt_bencode_get_string (dict, key, &length);

  if (bytes == NULL || length != BT_DHT_ID_LENGTH)
    return FALSE;
  memcpy (out, bytes, BT_DHT_ID_LENGTH);
  return TRUE;
}

static gsize
read_short (BtBencode dict, const char *key, guint8 *out, gsize most)
{
  gsize length = 0;
  const guint8 *bytes = bt_bencode_get_string (dict, key, &length);

  if (bytes == NULL || length > most)
    return 0;
  if (length > 0)
    memcpy (out, bytes, length);
  return length;
}

static gboolean
read_flag (BtBencode dict, const char *key)
{
  return bt_bencode_get_integer (dict, key, 0) == 1;
}

/* With the port behind it as BEP 42 says, or without as in older programs. */
static void
read_your_addr (BtKrpc *self, BtBencode root)
{
  gsize length = 0;
  const guint8 *bytes = bt_bencode_get_string (root, "ip", &length);
  BtReader reader;

  if (bytes == NULL)
    return;
  bt_reader_init (&reader, bytes, length);
  if (length == 6 || length == 18)
    bt_addr_read (&self->your_addr, &reader, length == 6 ? BT_ADDR_V4 : BT_ADDR_V6);
  else if (length == 4)
    bt_addr_init_v4 (&self->your_addr, bytes, 0);
  else if (length == 16)
    bt_addr_init_v6 (&self->your_addr, bytes, 0);
}

static BtKrpcLists
read_want (BtBencode list)
{
  BtKrpcLists want = 0;
  guint seen = 0;

  if (!bt_bencode_is (list, BT_BENCODE_LIST))
    return 0;
  for (BtBencode item = bt_bencode_first (list); bt_bencode_exists (item) && seen < 8; item = bt_bencode_next (item), seen++)
    {
      if (bt_bencode_string_is (item, "n4"))
        want |= BT_KRPC_NODES_V4;
      else if (bt_bencode_string_is (item, "n6"))
        want |= BT_KRPC_NODES_V6;
    }
  return want;
}

static gboolean
read_query (BtKrpc *self, BtBencode root)
{
  BtBencode name = bt_bencode_get (root, "q"), arguments = bt_bencode_get (root, "a");
  gint64 port;

  if (!bt_bencode_is (name, BT_BENCODE_STRING))
    return FALSE;
  self->method = BT_KRPC_OTHER;
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    if (bt_bencode_string_is (name, methods[i].name))
      self->method = methods[i].method;
  self->read_only = read_flag (root, "ro");
  self->has_id = read_hash (arguments, "id", self->id);
  self->has_target = read_hash (arguments, "info_hash", self->target) || read_hash (arguments, "target", self->target);
  self->want = read_want (bt_bencode_get (arguments, "want"));
  self->no_seeds = read_flag (arguments, "noseed");
  self->scrape = read_flag (arguments, "scrape");
  self->seed = read_flag (arguments, "seed");
  self->implied_port = bt_bencode_get_integer (arguments, "implied_port", 0) != 0;
  port = bt_bencode_get_integer (arguments, "port", 0);
  self->port = port > 0 && port <= G_MAXUINT16 ? (guint16) port : 0;
  self->token_length = read_short (arguments, "token", self->token, sizeof self->token);
  return TRUE;
}

/* A list of another length than whole nodes is none of this format. */
static void
read_nodes (BtKrpc *self, BtBencode reply, const char *key, BtAddrFamily family, BtKrpcLists flag)
{
  gsize length = 0, size = BT_DHT_ID_LENGTH + (family == BT_ADDR_V4 ? 6u : 18u);
  const guint8 *bytes = bt_bencode_get_string (reply, key, &length);
  BtReader reader;

  if (bytes == NULL || length % size != 0)
    return;
  self->lists |= flag;
  bt_reader_init (&reader, bytes, length);
  for (guint room = BT_KRPC_MAX_NODES / 2; room > 0; room--)
    {
      BtKrpcNode *node = &self->nodes[self->n_nodes];

      if (!bt_reader_copy (&reader, node->id, sizeof node->id) || !bt_addr_read (&node->addr, &reader, family))
        return;
      if (bt_addr_is_usable (&node->addr))
        self->n_nodes++;
    }
}

/* Either family may be in either list (BEP 32). */
static void
read_values (BtKrpc *self, BtBencode list)
{
  guint seen = 0;

  if (!bt_bencode_is (list, BT_BENCODE_LIST))
    return;
  for (BtBencode item = bt_bencode_first (list); bt_bencode_exists (item) && seen < BT_KRPC_MAX_VALUES; item = bt_bencode_next (item), seen++)
    {
      gsize length = 0;
      const guint8 *bytes = bt_bencode_string (item, &length);
      BtAddr *addr = &self->values[self->n_values];
      BtReader reader;

      if (bytes == NULL || (length != 6 && length != 18))
        continue;
      bt_reader_init (&reader, bytes, length);
      if (bt_addr_read (addr, &reader, length == 6 ? BT_ADDR_V4 : BT_ADDR_V6) && bt_addr_is_usable (addr))
        self->n_values++;
    }
}

static const guint8 *
read_bloom (BtBencode reply, const char *key)
{
  gsize length = 0;
  const guint8 *bytes = bt_bencode_get_string (reply, key, &length);

  return length == BT_KRPC_BLOOM_LENGTH ? bytes : NULL;
}

static gboolean
read_reply (BtKrpc *self, BtBencode root)
{
  BtBencode reply = bt_bencode_get (root, "r");
  gsize length = 0;

  self->has_id = read_hash (reply, "id", self->id);
  if (!self->has_id)
    return FALSE;
  self->token_length = read_short (reply, "token", self->token, sizeof self->token);
  read_nodes (self, reply, "nodes", BT_ADDR_V4, BT_KRPC_NODES_V4);
  read_nodes (self, reply, "nodes6", BT_ADDR_V6, BT_KRPC_NODES_V6);
  read_values (self, bt_bencode_get (reply, "values"));
  self->seeds_bloom = read_bloom (reply, "BFsd");
  self->peers_bloom = read_bloom (reply, "BFpe");
  self->samples = bt_bencode_get_string (reply, "samples", &length);
  self->n_samples = (guint) (length / BT_SHA1_LENGTH);
  self->interval = CLAMP (bt_bencode_get_integer (reply, "interval", 0), 0, 21600);
  self->n_stored = MAX (bt_bencode_get_integer (reply, "num", 0), 0);
  return TRUE;
}

/* The code and a text; who sends less has still said no. */
static gboolean
read_error (BtKrpc *self, BtBencode root)
{
  BtBencode error = bt_bencode_get (root, "e");

  if (!bt_bencode_exists (error))
    return FALSE;
  self->code = BT_KRPC_ERROR_GENERIC;
  if (bt_bencode_is (error, BT_BENCODE_LIST))
    bt_bencode_integer (bt_bencode_first (error), &self->code);
  return TRUE;
}

gboolean
bt_krpc_read (BtKrpc *self, const guint8 *bytes, gsize length)
{
  g_autoptr (BtBencodeTree) tree = NULL;
  BtBencode root, type;
  gsize used;

  memset (self, 0, sizeof *self);
  if (length == 0 || length > BT_KRPC_MAX_READ || bytes[0] != 'd')
    return FALSE;
  tree = bt_bencode_parse (bytes, length, &used, NULL);
  if (tree == NULL)
    return FALSE;
  root = bt_bencode_root (tree);
  self->tid_length = read_short (root, "t", self->tid, sizeof self->tid);
  if (self->tid_length == 0)
    return FALSE;
  read_your_addr (self, root);
  type = bt_bencode_get (root, "y");
  if (bt_bencode_string_is (type, "q"))
    {
      self->type = BT_KRPC_QUERY;
      return read_query (self, root);
    }
  if (bt_bencode_string_is (type, "r"))
    {
      self->type = BT_KRPC_REPLY;
      return read_reply (self, root);
    }
  self->type = BT_KRPC_ERROR;
  return bt_bencode_string_is (type, "e") && read_error (self, root);
}
