/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ext-pex.h"

#include "bt-bencode.h"

static void
read_contacts (BtBencode root, const char *key, const char *flags_key, BtAddrFamily family, GArray *out)
{
  gsize length = 0, n_flags = 0;
  const guint8 *bytes = bt_bencode_get_string (root, key, &length);
  const guint8 *flags = flags_key == NULL ? NULL : bt_bencode_get_string (root, flags_key, &n_flags);
  gsize size = family == BT_ADDR_V4 ? 6 : 18;
  BtReader reader;
  BtPexPeer peer;

  if (bytes == NULL)
    return;
  bt_reader_init (&reader, bytes, length);
  /* Flags of another number than contacts belong to nobody. */
  if (n_flags != length / size)
    flags = NULL;
  for (gsize i = 0; out->len < BT_PEX_MAX_READ && bt_addr_read (&peer.addr, &reader, family); i++)
    {
      peer.flags = flags == NULL ? 0 : flags[i];
      g_array_append_val (out, peer);
    }
}

gboolean
bt_ext_pex_read (const guint8 *bytes, gsize length, GArray *added, GArray *dropped)
{
  gsize used;
  g_autoptr (BtBencodeTree) tree = bt_bencode_parse (bytes, length, &used, NULL);
  BtBencode root;

  if (tree == NULL)
    return FALSE;
  root = bt_bencode_root (tree);
  if (!bt_bencode_is (root, BT_BENCODE_DICT))
    return FALSE;
  read_contacts (root, "added", "added.f", BT_ADDR_V4, added);
  read_contacts (root, "added6", "added6.f", BT_ADDR_V6, added);
  read_contacts (root, "dropped", NULL, BT_ADDR_V4, dropped);
  read_contacts (root, "dropped6", NULL, BT_ADDR_V6, dropped);
  return TRUE;
}

static void
write_contacts (BtBencodeWriter *writer, const char *key, const char *flags_key, BtAddrFamily family, const BtPexPeer *peers, guint n)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GByteArray) flags = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    {
      guint8 packed[18];

      if (peers[i].addr.family != family)
        continue;
      g_byte_array_append (bytes, packed, (guint) bt_addr_write (&peers[i].addr, packed));
      g_byte_array_append (flags, &peers[i].flags, 1);
    }
  bt_bencode_write_key (writer, key);
  bt_bencode_write_string (writer, bytes->data, bytes->len);
  if (flags_key == NULL)
    return;
  bt_bencode_write_key (writer, flags_key);
  bt_bencode_write_string (writer, flags->data, flags->len);
}

GBytes *
bt_ext_pex_write (const BtPexPeer *added, guint n_added, const BtPexPeer *dropped, guint n_dropped)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  write_contacts (&writer, "added", "added.f", BT_ADDR_V4, added, n_added);
  write_contacts (&writer, "added6", "added6.f", BT_ADDR_V6, added, n_added);
  write_contacts (&writer, "dropped", NULL, BT_ADDR_V4, dropped, n_dropped);
  write_contacts (&writer, "dropped6", NULL, BT_ADDR_V6, dropped, n_dropped);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}
