/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"
#include "fuzz.h"

static void
copy_value (BtBencodeWriter *writer, BtBencode value)
{
  gboolean is_dict = bt_bencode_is (value, BT_BENCODE_DICT);
  gsize length;
  const guint8 *bytes;
  gint64 number;

  if (bt_bencode_integer (value, &number))
    return bt_bencode_write_integer (writer, number);
  if ((bytes = bt_bencode_string (value, &length)) != NULL)
    return bt_bencode_write_string (writer, bytes, length);
  is_dict ? bt_bencode_begin_dict (writer) : bt_bencode_begin_list (writer);
  for (BtBencode child = bt_bencode_first (value); bt_bencode_exists (child); child = bt_bencode_next (child))
    {
      if ((bytes = bt_bencode_key (child, &length)) != NULL)
        bt_bencode_write_key_bytes (writer, bytes, length);
      copy_value (writer, child);
    }
  bt_bencode_end (writer);
}

/* What has no quirk is written back byte for byte. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  gsize used, n_raw, n_written;
  g_autoptr(BtBencodeTree) tree = bt_bencode_parse (bytes, length, &used, NULL);
  g_autoptr(GBytes) written = NULL;
  BtBencodeWriter writer;

  if (tree == NULL || bt_bencode_get_quirks (tree) != 0)
    return 0;
  bt_bencode_writer_init (&writer);
  copy_value (&writer, bt_bencode_root (tree));
  written = bt_bencode_writer_finish (&writer);
  bt_bencode_raw (bt_bencode_root (tree), &n_raw);
  g_assert_cmpuint (n_raw, ==, used);
  g_assert_true (memcmp (g_bytes_get_data (written, &n_written), bytes, used) == 0 && n_written == used);
  return 0;
}
