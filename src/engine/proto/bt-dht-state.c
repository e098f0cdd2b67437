/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-dht-state.h"

#include "bt-bencode.h"

#include <string.h>

/* More than any list of ours comes to. */
#define MAX_BYTES (64u << 10)

void
bt_dht_state_init (BtDhtState *self)
{
  *self = (BtDhtState){ .nodes = g_array_new (FALSE, FALSE, sizeof (BtKrpcNode)) };
}

void
bt_dht_state_clear (BtDhtState *self)
{
  g_clear_pointer (&self->nodes, g_array_unref);
}

static void
read_nodes (BtDhtState *self, BtBencode root, const char *key, BtAddrFamily family)
{
  gsize length = 0;
  const guint8 *bytes = bt_bencode_get_string (root, key, &length);
  BtReader reader;
  BtKrpcNode node;

  bt_reader_init (&reader, bytes, bytes == NULL ? 0 : length);
  while (self->nodes->len < BT_DHT_STATE_MAX_NODES && bt_reader_copy (&reader, node.id, sizeof node.id) &&
         bt_addr_read (&node.addr, &reader, family))
    if (bt_addr_is_usable (&node.addr))
      g_array_append_val (self->nodes, node);
}

gboolean
bt_dht_state_read (BtDhtState *self, const guint8 *bytes, gsize length)
{
  g_autoptr (BtBencodeTree) tree = NULL;
  BtBencode root;
  const guint8 *id;
  gsize id_length = 0;

  g_array_set_size (self->nodes, 0);
  if (length > MAX_BYTES)
    return FALSE;
  tree = bt_bencode_parse (bytes, length, NULL, NULL);
  if (tree == NULL)
    return FALSE;
  root = bt_bencode_root (tree);
  id = bt_bencode_get_string (root, "id", &id_length);
  if (id == NULL || id_length != sizeof self->id)
    return FALSE;
  memcpy (self->id, id, sizeof self->id);
  self->saved_at = bt_bencode_get_integer (root, "saved", 0);
  read_nodes (self, root, "nodes", BT_ADDR_V4);
  read_nodes (self, root, "nodes6", BT_ADDR_V6);
  return TRUE;
}

static void
write_nodes (const BtDhtState *self, BtBencodeWriter *writer, const char *key, BtAddrFamily family)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 addr[18];

  for (guint i = 0; i < MIN (self->nodes->len, BT_DHT_STATE_MAX_NODES); i++)
    {
      const BtKrpcNode *node = &g_array_index (self->nodes, BtKrpcNode, i);

      if (node->addr.family != family)
        continue;
      g_byte_array_append (bytes, node->id, sizeof node->id);
      g_byte_array_append (bytes, addr, (guint) bt_addr_write (&node->addr, addr));
    }
  bt_bencode_write_key (writer, key);
  bt_bencode_write_string (writer, bytes->data, bytes->len);
}

GBytes *
bt_dht_state_write (const BtDhtState *self)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "id");
  bt_bencode_write_string (&writer, self->id, sizeof self->id);
  write_nodes (self, &writer, "nodes", BT_ADDR_V4);
  write_nodes (self, &writer, "nodes6", BT_ADDR_V6);
  bt_bencode_write_key (&writer, "saved");
  bt_bencode_write_integer (&writer, self->saved_at);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}
