/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-metainfo.h"
#include "fuzz.h"

static void
check_path (const char *path)
{
  g_auto(GStrv) elements = g_strsplit (path, "/", -1);

  g_assert_true (g_utf8_validate (path, -1, NULL));
  for (guint i = 0; elements[i] != NULL; i++)
    {
      g_assert_true (*elements[i] != '\0' && strlen (elements[i]) <= 240);
      g_assert_true (strcmp (elements[i], ".") != 0 && strcmp (elements[i], "..") != 0 && strchr (elements[i], '\\') == NULL);
    }
}

/* Whatever is accepted is safe to write, and its numbers fit together. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr(GBytes) all = g_bytes_new_static (bytes, length);
  g_autoptr(BtMetainfo) metainfo = bt_metainfo_new (all, NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint64 offset = 0;

  for (guint i = 0; metainfo != NULL && i < bt_metainfo_get_n_files (metainfo); i++)
    {
      const BtFileInfo *file = bt_metainfo_get_file (metainfo, i);

      g_assert_cmpuint (file->offset, ==, offset);
      offset += file->length;
      if (file->flags & BT_FILE_PAD)
        continue;
      check_path (file->path);
      if (file->symlink_target != NULL)
        check_path (file->symlink_target);
      g_assert_true (g_hash_table_add (seen, g_ascii_strdown (file->path, -1)));
    }
  if (metainfo != NULL)
    g_assert_cmpuint ((offset + bt_metainfo_get_piece_length (metainfo) - 1) / bt_metainfo_get_piece_length (metainfo), ==,
                      bt_metainfo_get_n_pieces (metainfo));
  return 0;
}
