/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-safe-path-private.h"

#include "bt-rng.h"
#include "bt-test.h"

typedef struct
{
  const char *name;
  const char *a;
  const char *b;
  gboolean alike;
} Row;

static const Row rows[] = {
  { "same", "a/b.txt", "a/b.txt", TRUE },
  { "ascii-case", "Dir/File.TXT", "dir/fILE.txt", TRUE },
  { "other", "a/b", "a/c", FALSE },
  { "prefix", "abcdefgh", "abcdefghi", FALSE },
  { "not-a-letter", "a@b", "a`b", FALSE },
  { "brackets", "a[b", "a{b", FALSE },
  { "latin", "É", "é", TRUE },
  { "greek-sigmas", "ΟΔΟΣ", "οδος", TRUE },
  { "cyrillic", "ПРИВЕТ.txt", "привет.TXT", TRUE },
  { "kelvin", "\342\204\252", "k", TRUE },
  { "full-width", "Ａ", "ａ", TRUE },
  { "korean", "한국어/파일.MKV", "한국어/파일.mkv", TRUE },
  { "korean-other", "한국어/파일1", "한국어/파일2", FALSE },
};

static void
test_alike (gconstpointer data)
{
  const Row *row = data;
  BtPathSet set;

  bt_path_set_init (&set, 2, 12345);
  g_assert_true (bt_path_set_add (&set, row->a, strlen (row->a)));
  g_assert_cmpint (bt_path_set_contains (&set, row->b, strlen (row->b)), ==, row->alike);
  g_assert_cmpint (bt_path_set_add (&set, row->b, strlen (row->b)), ==, !row->alike);
  bt_path_set_clear (&set);
}

static void
test_grows (void)
{
  g_autoptr(GStringChunk) chunk = g_string_chunk_new (4096);
  BtPathSet set;

  bt_path_set_init (&set, 0, 1);
  for (guint round = 0; round < 2; round++)
    for (guint i = 0; i < 5000; i++)
      {
        g_autofree char *path = g_strdup_printf (round == 0 ? "dir/file-%u" : "DIR/File-%u", i);
        const char *kept = g_string_chunk_insert (chunk, path);

        g_assert_cmpint (bt_path_set_add (&set, kept, strlen (kept)), ==, round == 0);
      }
  bt_path_set_clear (&set);
}

typedef struct
{
  const char *name;
  const char *before;
  const char *path;
  gboolean follows;
} FollowsRow;

static const FollowsRow follows_rows[] = {
  { "first", "", "a", TRUE },
  { "next", "t/a", "t/b", TRUE },
  { "back", "t/b", "t/a", FALSE },
  { "same", "t/a", "t/a", FALSE },
  { "same-but-case", "t/a", "t/A", FALSE },
  { "case-is-no-order", "t/B", "t/a", FALSE },
  { "longer", "t/a", "t/ab", TRUE },
  { "shorter", "t/ab", "t/a", FALSE },
  { "in-a-file", "t/a", "t/a/b", FALSE },
  { "in-a-file-of-other-case", "t/A", "t/a/b", FALSE },
  { "separator-is-first", "t/a/z", "t/a!", TRUE },
  { "separator-is-first-back", "t/a!", "t/a/z", FALSE },
  { "korean", "t/가", "t/나", TRUE },
  { "korean-same-lead", "t/\352\260\200", "t/\352\240\200", FALSE },
  { "cased-letters-are-not-judged", "t/a", "t/é", FALSE },
  { "long-common-prefix", "t/0123456789abcdef/x1", "t/0123456789abcdef/x2", TRUE },
};

static void
test_follows (gconstpointer data)
{
  const FollowsRow *row = data;

  g_assert_cmpint (bt_path_follows (row->path, strlen (row->path), row->before, strlen (row->before)), ==, row->follows);
}

/* Whatever follows is a list without twins, and without a file in a file. */
static void
test_what_follows_has_no_twins (void)
{
  static const char letters[] = "abAB/!";
  BtRng rng;

  bt_rng_seed (&rng, 3);
  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
      const char *before = "";
      BtPathSet set;

      bt_path_set_init (&set, 8, round);
      for (guint i = 0; i < 40; i++)
        {
          char path[8] = { 0 };

          for (guint k = bt_rng_below (&rng, 5) + 1; k > 0; k--)
            path[k - 1] = letters[bt_rng_below (&rng, sizeof letters - 1)];
          if (!bt_path_follows (path, strlen (path), before, strlen (before)))
            continue;
          before = g_strdup (path);
          g_ptr_array_add (list, (gpointer) before);
          g_assert_true (bt_path_set_add (&set, before, strlen (before)));
          for (const char *slash = strchr (before + 1, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
            g_assert_false (bt_path_set_contains (&set, before, (gsize) (slash - before)) &&
                            slash > before && slash[-1] != '/');
        }
      bt_path_set_clear (&set);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/path-set/alike", rows, test_alike);
  g_test_add_func ("/path-set/grows", test_grows);
  BT_TEST_ADD_ROWS ("/path-set/follows", follows_rows, test_follows);
  g_test_add_func ("/path-set/follows/has-no-twins", test_what_follows_has_no_twins);
  return g_test_run ();
}
