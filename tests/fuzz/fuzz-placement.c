/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-placement.h"
#include "fuzz.h"

static const char torrent[] = "d4:infod5:filesld6:lengthi1e4:pathl1:aeed6:lengthi2e4:pathl3:one1:beee"
                              "4:name4:test12:piece lengthi16384e6:pieces20:....................ee";

/* Written and read again, it says the same; and no path leads out of the folder. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr (GBytes) source = g_bytes_new_static (torrent, sizeof torrent - 1);
  g_autoptr (BtMetainfo) metainfo = bt_metainfo_new (source, NULL);
  g_autoptr (GBytes) written = NULL;
  g_auto (BtPlacement) first = { 0 }, second = { 0 };

  if (!bt_placement_read (&first, metainfo, bytes, length))
    return 0;
  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    {
      g_assert_true (g_utf8_validate (bt_file_names_get (first.names, i), -1, NULL));
      g_assert_null (strstr (bt_file_names_get (first.names, i), "/../"));
      g_assert_true (bt_file_names_get (first.names, i)[0] != '/');
    }
  written = bt_placement_write (&first);
  g_assert_true (bt_placement_read (&second, metainfo, g_bytes_get_data (written, NULL), g_bytes_get_size (written)));
  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    g_assert_cmpstr (bt_file_names_get (first.names, i), ==, bt_file_names_get (second.names, i));
  g_assert_cmpuint (first.folders->len, ==, second.folders->len);
  return 0;
}
