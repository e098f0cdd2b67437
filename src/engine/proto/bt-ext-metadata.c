/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ext-metadata.h"

#include "bt-bencode.h"

/* Bytes of a dictionary with keys that we do not know. */
#define MAX_DICTIONARY 1024u

static gboolean
read_number (BtBencode root, const char *key, gint64 least, gint64 most, guint32 *out)
{
  gint64 number;

  if (!bt_bencode_integer (bt_bencode_get (root, key), &number) || number < least || number > most)
    return FALSE;
  *out = (guint32) number;
  return TRUE;
}

static gboolean
read_dictionary (BtExtMetadata *self, BtBencode root)
{
  guint32 type;

  if (!bt_bencode_is (root, BT_BENCODE_DICT) ||
      !read_number (root, "msg_type", BT_EXT_METADATA_REQUEST, BT_EXT_METADATA_REJECT, &type) ||
      !read_number (root, "piece", 0, BT_METADATA_MAX / BT_METADATA_PIECE - 1, &self->piece))
    return FALSE;
  self->type = (BtExtMetadataType) type;
  return self->type != BT_EXT_METADATA_DATA || !bt_bencode_exists (bt_bencode_get (root, "total_size")) ||
         read_number (root, "total_size", 1, BT_METADATA_MAX, &self->total_size);
}

gboolean
bt_ext_metadata_read (BtExtMetadata *self, const guint8 *bytes, gsize length)
{
  g_autoptr (BtBencodeTree) tree = NULL;
  gsize used;

  *self = (BtExtMetadata){ 0 };
  if (length > BT_METADATA_PIECE + MAX_DICTIONARY)
    return FALSE;
  tree = bt_bencode_parse (bytes, length, &used, NULL);
  if (tree == NULL || !read_dictionary (self, bt_bencode_root (tree)))
    return FALSE;
  if (self->type != BT_EXT_METADATA_DATA)
    return TRUE;
  self->data = bytes + used;
  self->length = length - used;
  return self->length > 0 && self->length <= BT_METADATA_PIECE;
}

GBytes *
bt_ext_metadata_write (const BtExtMetadata *self)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "msg_type");
  bt_bencode_write_integer (&writer, self->type);
  bt_bencode_write_key (&writer, "piece");
  bt_bencode_write_integer (&writer, self->piece);
  if (self->total_size > 0)
    {
      bt_bencode_write_key (&writer, "total_size");
      bt_bencode_write_integer (&writer, self->total_size);
    }
  bt_bencode_end (&writer);
  bt_bencode_write_raw (&writer, self->data, self->length);
  return bt_bencode_writer_finish (&writer);
}
