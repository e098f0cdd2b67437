/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-metainfo.h"

#include "bt-test.h"

/* The torrents of tests/data/torrents, and what its tables say of them. */

/* Columns of expect.tsv. */
enum
{
  COLUMN_FILE,
  COLUMN_V1,
  COLUMN_V2,
  COLUMN_N_FILES,
  COLUMN_LENGTH,
  COLUMN_PIECE_LENGTH,
  COLUMN_N_PIECES,
  COLUMN_PRIVATE,
  COLUMN_TRACKERS,
  COLUMN_WEB_SEEDS,
  COLUMN_NAME,
  N_COLUMNS,
};

static GBytes *
read_data (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "torrents", name, NULL);
  g_autoptr(GError) error = NULL;
  char *contents;
  gsize length;

  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (contents, length);
}

static char **
read_lines (const char *name)
{
  g_autoptr(GBytes) bytes = read_data (name);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  return g_strsplit (text, "\n", -1);
}

static char *
dup_trackers (BtMetainfo *metainfo)
{
  GString *all = g_string_new (NULL);

  for (guint tier = 0; tier < bt_metainfo_get_n_tiers (metainfo); tier++)
    for (const char *const *url = bt_metainfo_get_tier (metainfo, tier); *url != NULL; url++)
      g_string_append_printf (all, "%s%u:%s", all->len > 0 ? " " : "", tier, *url);
  return g_string_free (all->len > 0 ? all : g_string_assign (all, "-"), FALSE);
}

static char *
dup_web_seeds (BtMetainfo *metainfo)
{
  g_autofree char *all = g_strjoinv (" ", (char **) bt_metainfo_get_url_list (metainfo));

  return g_strdup (*all == '\0' ? "-" : all);
}

static char *
dup_hash (const guint8 *hash, gsize length)
{
  return hash == NULL ? g_strdup ("-") : bt_test_to_hex (hash, length);
}

/* The row that expect.tsv should hold. */
static char *
describe (BtMetainfo *metainfo, const char *name)
{
  g_autofree char *v1 = dup_hash (bt_metainfo_has_v1 (metainfo) ? bt_metainfo_get_info_hash (metainfo) : NULL, BT_SHA1_LENGTH);
  g_autofree char *v2 = dup_hash (bt_metainfo_get_info_hash_v2 (metainfo), BT_SHA256_LENGTH);
  g_autofree char *trackers = dup_trackers (metainfo);
  g_autofree char *web_seeds = dup_web_seeds (metainfo);

  return g_strdup_printf ("%s\t%s\t%s\t%u\t%" G_GUINT64_FORMAT "\t%u\t%u\t%s\t%s\t%s\t%s", name, v1, v2,
                          bt_metainfo_get_n_real_files (metainfo), bt_metainfo_get_real_length (metainfo),
                          bt_metainfo_get_piece_length (metainfo), bt_metainfo_get_n_pieces (metainfo),
                          bt_metainfo_is_private (metainfo) ? "private" : "-", trackers, web_seeds,
                          bt_metainfo_get_name (metainfo));
}

static char *
dup_flags (guint flags)
{
  g_autofree char *all = g_strconcat (flags & BT_FILE_SYMLINK ? ",symlink" : "", flags & BT_FILE_EXECUTABLE ? ",exec" : "",
                                      flags & BT_FILE_HIDDEN ? ",hidden" : "", NULL);

  return g_strdup (*all == '\0' ? "-" : all + 1);
}

/* The rows that expect-files.tsv should hold. */
static char *
describe_files (BtMetainfo *metainfo, const char *name)
{
  GString *rows = g_string_new (NULL);

  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    {
      const BtFileInfo *file = bt_metainfo_get_file (metainfo, i);
      g_autofree char *flags = dup_flags (file->flags);

      if (!(file->flags & BT_FILE_PAD))
        g_string_append_printf (rows, "%s\t%" G_GUINT64_FORMAT "\t%s\t%s\t%s\n", name, file->length, flags, file->path,
                                file->symlink_target == NULL ? "-" : file->symlink_target);
    }
  return g_string_free (rows, FALSE);
}

static char *
expected_files (const char *name)
{
  g_auto(GStrv) lines = read_lines ("expect-files.tsv");
  g_autofree char *prefix = g_strconcat (name, "\t", NULL);
  GString *rows = g_string_new (NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], prefix))
      g_string_append_printf (rows, "%s\n", lines[i]);
  return g_string_free (rows, FALSE);
}

/* Files lie one after the other and fill the byte space. */
static void
check_layout (BtMetainfo *metainfo)
{
  guint64 offset = 0;

  for (guint i = 0; i < bt_metainfo_get_n_files (metainfo); i++)
    {
      const BtFileInfo *file = bt_metainfo_get_file (metainfo, i);

      g_assert_cmpuint (file->offset, ==, offset);
      offset += file->length;
    }
  g_assert_cmpuint (offset, ==, bt_metainfo_get_total_length (metainfo));
}

static void
test_good (gconstpointer data)
{
  const char *row = data;
  g_auto(GStrv) columns = g_strsplit (row, "\t", N_COLUMNS);
  g_autoptr(GBytes) bytes = read_data (columns[COLUMN_FILE]);
  g_autoptr(GError) error = NULL;
  g_autoptr(BtMetainfo) metainfo = bt_metainfo_new (bytes, &error);
  g_autofree char *found = NULL, *files = NULL, *expected = NULL;

  g_assert_no_error (error);
  found = describe (metainfo, columns[COLUMN_FILE]);
  g_assert_cmpstr (found, ==, row);
  files = describe_files (metainfo, columns[COLUMN_FILE]);
  expected = expected_files (columns[COLUMN_FILE]);
  g_assert_cmpstr (files, ==, expected);
  check_layout (metainfo);
}

static void
test_cut (gconstpointer data)
{
  g_auto(GStrv) columns = g_strsplit (data, "\t", N_COLUMNS);
  g_autoptr(GBytes) bytes = read_data (columns[COLUMN_FILE]);
  gsize used;
  g_autoptr(BtBencodeTree) tree = bt_bencode_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &used, NULL);

  g_assert_nonnull (tree);
  for (gsize length = 0; length < used; length++)
    {
      g_autoptr(GBytes) part = g_bytes_new (g_bytes_get_data (bytes, NULL), length);
      g_autoptr(GError) error = NULL;

      g_assert_null (bt_metainfo_new (part, &error));
      g_assert_cmpuint (error->domain, ==, BT_ERROR);
    }
}

static void
test_reject (gconstpointer data)
{
  g_auto(GStrv) columns = g_strsplit (data, "\t", N_COLUMNS);
  g_autoptr(GBytes) bytes = read_data (columns[COLUMN_FILE]);
  g_autoptr(GError) error = NULL;

  g_assert_null (bt_metainfo_new (bytes, &error));
  g_assert_cmpuint (error->domain, ==, BT_ERROR);
}

static void
add (const char *claim, const char *row, GTestDataFunc function)
{
  g_autofree char *name = g_strndup (row, strcspn (row, "\t."));
  g_autofree char *path = g_strdup_printf ("/metainfo-corpus/%s/%s", claim, name);

  g_test_add_data_func (path, row, function);
}

int
main (int argc, char **argv)
{
  g_auto(GStrv) rows = NULL;

  g_test_init (&argc, &argv, NULL);
  rows = read_lines ("expect.tsv");
  for (guint i = 0; rows[i] != NULL; i++)
    {
      if (rows[i][0] == '#' || rows[i][0] == '\0')
        continue;
      if (g_str_has_suffix (rows[i], "\treject"))
        add ("reject", rows[i], test_reject);
      else
        {
          add ("good", rows[i], test_good);
          add ("cut", rows[i], test_cut);
        }
    }
  return g_test_run ();
}
