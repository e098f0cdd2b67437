/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-krpc.h"

#include "bt-bencode.h"

#include <string.h>

/* BEP 20's two letters of our peer ids, and the version. */
static const guint8 version[4] = { 'F', 'E', 0, 1 };

static const char *const names[BT_KRPC_OTHER] = {
  [BT_KRPC_PING] = "ping",
  [BT_KRPC_FIND_NODE] = "find_node",
  [BT_KRPC_GET_PEERS] = "get_peers",
  [BT_KRPC_ANNOUNCE_PEER] = "announce_peer",
  [BT_KRPC_SAMPLE_INFOHASHES] = "sample_infohashes",
};

static void
write_bytes (BtBencodeWriter *writer, const char *key, const void *bytes, gsize length)
{
  bt_bencode_write_key (writer, key);
  bt_bencode_write_string (writer, bytes, length);
}

static void
write_integer (BtBencodeWriter *writer, const char *key, gint64 value)
{
  bt_bencode_write_key (writer, key);
  bt_bencode_write_integer (writer, value);
}

static void
write_flag (BtBencodeWriter *writer, const char *key, gboolean value)
{
  if (value)
    write_integer (writer, key, 1);
}

static void
write_want (BtBencodeWriter *writer, BtKrpcLists want)
{
  if (want == 0)
    return;
  bt_bencode_write_key (writer, "want");
  bt_bencode_begin_list (writer);
  if (want & BT_KRPC_NODES_V4)
    bt_bencode_write_text (writer, "n4");
  if (want & BT_KRPC_NODES_V6)
    bt_bencode_write_text (writer, "n6");
  bt_bencode_end (writer);
}

static void
write_arguments (BtBencodeWriter *writer, const BtKrpc *self)
{
  gboolean by_hash = self->method == BT_KRPC_GET_PEERS || self->method == BT_KRPC_ANNOUNCE_PEER;

  bt_bencode_write_key (writer, "a");
  bt_bencode_begin_dict (writer);
  write_bytes (writer, "id", self->id, sizeof self->id);
  write_flag (writer, "implied_port", self->implied_port);
  if (by_hash)
    write_bytes (writer, "info_hash", self->target, sizeof self->target);
  write_flag (writer, "noseed", self->no_seeds);
  if (self->method == BT_KRPC_ANNOUNCE_PEER)
    write_integer (writer, "port", self->port);
  write_flag (writer, "scrape", self->scrape);
  write_flag (writer, "seed", self->seed);
  if (self->method == BT_KRPC_FIND_NODE || self->method == BT_KRPC_SAMPLE_INFOHASHES)
    write_bytes (writer, "target", self->target, sizeof self->target);
  if (self->token_length > 0)
    write_bytes (writer, "token", self->token, self->token_length);
  write_want (writer, self->want);
  bt_bencode_end (writer);
}

static void
write_nodes (BtBencodeWriter *writer, const BtKrpc *self, const char *key, BtAddrFamily family)
{
  guint8 bytes[BT_KRPC_MAX_NODES * (BT_DHT_ID_LENGTH + 18)];
  gsize length = 0;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      if (self->nodes[i].addr.family != family)
        continue;
      memcpy (bytes + length, self->nodes[i].id, BT_DHT_ID_LENGTH);
      length += BT_DHT_ID_LENGTH;
      length += bt_addr_write (&self->nodes[i].addr, bytes + length);
    }
  write_bytes (writer, key, bytes, length);
}

static void
write_values (BtBencodeWriter *writer, const BtKrpc *self)
{
  bt_bencode_write_key (writer, "values");
  bt_bencode_begin_list (writer);
  for (guint i = 0; i < self->n_values; i++)
    {
      guint8 bytes[18];

      bt_bencode_write_string (writer, bytes, bt_addr_write (&self->values[i], bytes));
    }
  bt_bencode_end (writer);
}

static void
write_reply (BtBencodeWriter *writer, const BtKrpc *self)
{
  bt_bencode_write_key (writer, "r");
  bt_bencode_begin_dict (writer);
  if (self->peers_bloom != NULL)
    write_bytes (writer, "BFpe", self->peers_bloom, BT_KRPC_BLOOM_LENGTH);
  if (self->seeds_bloom != NULL)
    write_bytes (writer, "BFsd", self->seeds_bloom, BT_KRPC_BLOOM_LENGTH);
  write_bytes (writer, "id", self->id, sizeof self->id);
  if (self->samples != NULL)
    write_integer (writer, "interval", self->interval);
  if (self->lists & BT_KRPC_NODES_V4)
    write_nodes (writer, self, "nodes", BT_ADDR_V4);
  if (self->lists & BT_KRPC_NODES_V6)
    write_nodes (writer, self, "nodes6", BT_ADDR_V6);
  if (self->samples != NULL)
    {
      write_integer (writer, "num", self->n_stored);
      write_bytes (writer, "samples", self->samples, (gsize) self->n_samples * BT_SHA1_LENGTH);
    }
  if (self->token_length > 0)
    write_bytes (writer, "token", self->token, self->token_length);
  if (self->n_values > 0)
    write_values (writer, self);
  bt_bencode_end (writer);
}

static void
write_error (BtBencodeWriter *writer, const BtKrpc *self)
{
  bt_bencode_write_key (writer, "e");
  bt_bencode_begin_list (writer);
  bt_bencode_write_integer (writer, self->code);
  bt_bencode_write_text (writer, self->text != NULL ? self->text : "");
  bt_bencode_end (writer);
}

GBytes *
bt_krpc_write (const BtKrpc *self)
{
  static const char types[] = { [BT_KRPC_QUERY] = 'q', [BT_KRPC_REPLY] = 'r', [BT_KRPC_ERROR] = 'e' };
  BtBencodeWriter writer;
  guint8 addr[18];

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  if (self->type == BT_KRPC_QUERY)
    write_arguments (&writer, self);
  if (self->type == BT_KRPC_ERROR)
    write_error (&writer, self);
  if (self->your_addr.family != BT_ADDR_NONE)
    write_bytes (&writer, "ip", addr, bt_addr_write (&self->your_addr, addr));
  if (self->type == BT_KRPC_QUERY)
    {
      bt_bencode_write_key (&writer, "q");
      bt_bencode_write_text (&writer, self->method < BT_KRPC_OTHER ? names[self->method] : "");
      write_flag (&writer, "ro", self->read_only);
    }
  if (self->type == BT_KRPC_REPLY)
    write_reply (&writer, self);
  write_bytes (&writer, "t", self->tid, self->tid_length);
  write_bytes (&writer, "v", version, sizeof version);
  write_bytes (&writer, "y", &types[self->type], 1);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}
