/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ext.h"

#include <string.h>

#include "bt-bencode.h"

static const char *const names[BT_N_EXT] = {
  [BT_EXT_METADATA] = "ut_metadata",
  [BT_EXT_PEX] = "ut_pex",
  [BT_EXT_UPLOAD_ONLY] = "upload_only",
  [BT_EXT_HOLEPUNCH] = "ut_holepunch",
  [BT_EXT_DONT_HAVE] = "lt_donthave",
};

/* The names in the order of bencode. */
static const BtExtMessage in_order[BT_N_EXT] = {
  BT_EXT_DONT_HAVE, BT_EXT_UPLOAD_ONLY, BT_EXT_HOLEPUNCH, BT_EXT_METADATA, BT_EXT_PEX,
};

static gboolean
read_number (BtBencode root, const char *key, gint64 least, gint64 most, gint64 *out)
{
  return bt_bencode_integer (bt_bencode_get (root, key), out) && *out >= least && *out <= most;
}

static void
read_ids (BtExtHandshake *self, BtBencode root)
{
  BtBencode ids = bt_bencode_get (root, "m");
  gint64 id;

  for (guint i = 0; i < BT_N_EXT; i++)
    if (read_number (ids, names[i], 0, G_MAXUINT8, &id))
      {
        self->messages |= 1u << i;
        self->ids[i] = (guint8) id;
      }
}

static void
read_numbers (BtExtHandshake *self, BtBencode root)
{
  gint64 number;

  if (read_number (root, "p", 1, G_MAXUINT16, &number))
    {
      self->keys |= BT_EXT_HAS_PORT;
      self->port = (guint16) number;
    }
  if (read_number (root, "reqq", 1, G_MAXUINT32, &number))
    {
      self->keys |= BT_EXT_HAS_REQQ;
      self->reqq = (guint32) number;
    }
  if (read_number (root, "metadata_size", 1, BT_EXT_MAX_METADATA, &number))
    {
      self->keys |= BT_EXT_HAS_METADATA_SIZE;
      self->metadata_size = (guint32) number;
    }
  if (read_number (root, "upload_only", G_MININT64, G_MAXINT64, &number))
    {
      self->keys |= BT_EXT_HAS_UPLOAD_ONLY;
      self->upload_only = number != 0;
    }
  if (read_number (root, "e", G_MININT64, G_MAXINT64, &number))
    {
      self->keys |= BT_EXT_HAS_ENCRYPTION;
      self->encryption = number != 0;
    }
  if (read_number (root, "complete_ago", 0, G_MAXUINT32, &number))
    {
      self->keys |= BT_EXT_HAS_COMPLETE_AGO;
      self->complete_ago = (guint32) number;
    }
}

static void
read_ip (BtExtHandshake *self, BtBencode root, const char *key, BtExtKeys bit, gboolean v4, gboolean v6, BtAddr *out)
{
  gsize length;
  const guint8 *ip = bt_bencode_get_string (root, key, &length);

  if (ip == NULL || !((v4 && length == 4) || (v6 && length == 16)))
    return;
  self->keys |= bit;
  if (length == 4)
    bt_addr_init_v4 (out, ip, 0);
  else
    bt_addr_init_v6 (out, ip, 0);
}

static void
read_version (BtExtHandshake *self, BtBencode root)
{
  g_autofree char *text = bt_bencode_dup_utf8 (root, "v");
  gsize length = 0;

  if (text == NULL)
    return;
  self->keys |= BT_EXT_HAS_VERSION;
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gsize size = (gsize) (g_utf8_next_char (p) - p);

      if (length + size >= sizeof self->version)
        break;
      /* It is shown to people. */
      if (!g_unichar_isprint (g_utf8_get_char (p)))
        continue;
      memcpy (self->version + length, p, size);
      length += size;
    }
  self->version[length] = '\0';
}

gboolean
bt_ext_handshake_read (BtExtHandshake *self, const guint8 *bytes, gsize length)
{
  gsize used;
  g_autoptr(BtBencodeTree) tree = bt_bencode_parse (bytes, length, &used, NULL);
  BtBencode root;

  *self = (BtExtHandshake){ 0 };
  if (tree == NULL)
    return FALSE;
  root = bt_bencode_root (tree);
  if (!bt_bencode_is (root, BT_BENCODE_DICT))
    return FALSE;

  read_ids (self, root);
  read_numbers (self, root);
  read_ip (self, root, "yourip", BT_EXT_HAS_YOUR_IP, TRUE, TRUE, &self->your_ip);
  read_ip (self, root, "ipv4", BT_EXT_HAS_IPV4, TRUE, FALSE, &self->ipv4);
  read_ip (self, root, "ipv6", BT_EXT_HAS_IPV6, FALSE, TRUE, &self->ipv6);
  read_version (self, root);
  return TRUE;
}

static void
write_number (BtBencodeWriter *writer, const BtExtHandshake *self, BtExtKeys key, const char *name, gint64 number)
{
  if (!(self->keys & key))
    return;
  bt_bencode_write_key (writer, name);
  bt_bencode_write_integer (writer, number);
}

static void
write_ip (BtBencodeWriter *writer, const BtExtHandshake *self, BtExtKeys key, const char *name, const BtAddr *addr)
{
  if (!(self->keys & key))
    return;
  bt_bencode_write_key (writer, name);
  bt_bencode_write_string (writer, addr->ip, addr->family == BT_ADDR_V4 ? 4 : 16);
}

GBytes *
bt_ext_handshake_write (const BtExtHandshake *self)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  write_number (&writer, self, BT_EXT_HAS_COMPLETE_AGO, "complete_ago", self->complete_ago);
  write_number (&writer, self, BT_EXT_HAS_ENCRYPTION, "e", self->encryption ? 1 : 0);
  write_ip (&writer, self, BT_EXT_HAS_IPV4, "ipv4", &self->ipv4);
  write_ip (&writer, self, BT_EXT_HAS_IPV6, "ipv6", &self->ipv6);
  bt_bencode_write_key (&writer, "m");
  bt_bencode_begin_dict (&writer);
  for (guint i = 0; i < BT_N_EXT; i++)
    if (self->messages & (1u << in_order[i]))
      {
        bt_bencode_write_key (&writer, names[in_order[i]]);
        bt_bencode_write_integer (&writer, self->ids[in_order[i]]);
      }
  bt_bencode_end (&writer);
  write_number (&writer, self, BT_EXT_HAS_METADATA_SIZE, "metadata_size", self->metadata_size);
  write_number (&writer, self, BT_EXT_HAS_PORT, "p", self->port);
  write_number (&writer, self, BT_EXT_HAS_REQQ, "reqq", self->reqq);
  write_number (&writer, self, BT_EXT_HAS_UPLOAD_ONLY, "upload_only", self->upload_only ? 1 : 0);
  if (self->keys & BT_EXT_HAS_VERSION)
    {
      bt_bencode_write_key (&writer, "v");
      bt_bencode_write_text (&writer, self->version);
    }
  write_ip (&writer, self, BT_EXT_HAS_YOUR_IP, "yourip", &self->your_ip);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}
