/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-safe-path-private.h"

#include "bt-test.h"

typedef struct
{
  const char *name;
  const guint8 *element;
  gsize length;
  const char *safe; /* NULL: nothing is left */
} Row;

static const Row rows[] = {
  { "plain", BT_TEST_BYTES ("foo bar.txt"), "foo bar.txt" },
  { "hidden", BT_TEST_BYTES (".config"), ".config" },
  { "three-dots", BT_TEST_BYTES ("..."), "..." },
  { "korean", BT_TEST_BYTES ("한국어.mkv"), "한국어.mkv" },
  { "cyrillic", BT_TEST_BYTES ("кириллица.txt"), "кириллица.txt" },
  { "emoji", BT_TEST_BYTES ("\360\237\216\254.mp4"), "\360\237\216\254.mp4" },
  { "empty", BT_TEST_BYTES (""), NULL },
  { "dot", BT_TEST_BYTES ("."), NULL },
  { "dot-dot", BT_TEST_BYTES (".."), NULL },
  { "slash", BT_TEST_BYTES ("/"), NULL },
  { "dot-dot-slash", BT_TEST_BYTES ("../"), NULL },
  { "dots-around-a-slash", BT_TEST_BYTES ("./."), NULL },
  { "dots-around-a-mark", BT_TEST_BYTES (".\342\200\256."), NULL },
  { "dot-zero-dot", BT_TEST_BYTES (".\0."), NULL },
  { "climbs", BT_TEST_BYTES ("../../etc/passwd"), "....etcpasswd" },
  { "absolute", BT_TEST_BYTES ("/etc/passwd"), "etcpasswd" },
  { "backslash", BT_TEST_BYTES ("..\\..\\boot.ini"), "....boot.ini" },
  { "zero", BT_TEST_BYTES ("a\0b"), "ab" },
  { "line-feed", BT_TEST_BYTES ("a\nb\x7f"), "a_b_" },
  { "terminal-sequence", BT_TEST_BYTES ("\033[31mred"), "_[31mred" },
  { "c1-control", BT_TEST_BYTES ("a\302\233b"), "a_b" },
  { "no-break-space-stays", BT_TEST_BYTES ("a\302\240b"), "a\302\240b" },
  { "right-to-left-override", BT_TEST_BYTES ("evil\342\200\256gpj.exe"), "evilgpj.exe" },
  { "isolate", BT_TEST_BYTES ("a\342\201\246b\342\201\251c"), "abc" },
  { "arabic-mark", BT_TEST_BYTES ("a\330\234b"), "ab" },
  { "line-separator", BT_TEST_BYTES ("a\342\200\250b"), "a_b" },
  { "dash-stays", BT_TEST_BYTES ("a \342\200\223 b"), "a \342\200\223 b" },
  { "latin-1", BT_TEST_BYTES ("caf\351"), "caf_" },
  { "overlong-slash", BT_TEST_BYTES ("a\300\257b"), "a__b" },
  { "surrogate", BT_TEST_BYTES ("a\355\240\200b"), "a___b" },
  { "cut-character", BT_TEST_BYTES ("a\355\225"), "a__" },
  { "gbk", BT_TEST_BYTES ("\xb5\xe7\xd3\xb0.avi"), "__\323\260.avi" },
};

static void
test_element (gconstpointer data)
{
  const Row *row = data;
  g_autofree guint8 *copy = bt_test_copy (row->element, row->length);
  g_autoptr(GString) path = g_string_new ("before/");

  g_assert_cmpint (bt_safe_path_append (path, copy, row->length), ==, row->safe != NULL);
  g_assert_cmpstr (path->str + strlen ("before/"), ==, row->safe == NULL ? "" : row->safe);
}

/* Names over what a file system takes keep their ending and whole characters. */
static void
test_long_keeps_ending (void)
{
  static const char *const endings[] = { "", ".mkv", ".tar.gz", ".a-very-long-ending-of-a-name" };
  static const char *const letters[] = { "x", "한", "\360\237\216\254" };

  for (gsize e = 0; e < G_N_ELEMENTS (endings); e++)
    for (gsize l = 0; l < G_N_ELEMENTS (letters); l++)
      for (guint n = 55; n < 300; n++)
        {
          g_autoptr(GString) name = g_string_new (NULL);
          g_autoptr(GString) path = g_string_new (NULL);
          const char *dot = strrchr (endings[e], '.');

          for (guint i = 0; i < n; i++)
            g_string_append (name, letters[l]);
          g_string_append (name, endings[e]);
          g_assert_true (bt_safe_path_append (path, (const guint8 *) name->str, name->len));
          g_assert_cmpuint (path->len, <=, BT_SAFE_PATH_ELEMENT_MAX);
          g_assert_cmpuint (path->len, >=, MIN (name->len, BT_SAFE_PATH_ELEMENT_MAX - 3));
          g_assert_true (g_utf8_validate (path->str, -1, NULL));
          if (dot != NULL && e < 3)
            g_assert_true (g_str_has_suffix (path->str, dot));
        }
}

static void
test_ending_of_a_name (void)
{
  g_assert_cmpuint (bt_safe_path_ending ("a.txt", 5), ==, 4);
  g_assert_cmpuint (bt_safe_path_ending ("a.tar.gz", 8), ==, 3);
  g_assert_cmpuint (bt_safe_path_ending (".bashrc", 7), ==, 0);
  g_assert_cmpuint (bt_safe_path_ending ("name", 4), ==, 0);
  g_assert_cmpuint (bt_safe_path_ending ("", 0), ==, 0);
  g_assert_cmpuint (bt_safe_path_ending ("a.abcdefghijklmnop", 18), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/safe-path/element", rows, test_element);
  g_test_add_func ("/safe-path/long/keeps-ending", test_long_keeps_ending);
  g_test_add_func ("/safe-path/ending/of-a-name", test_ending_of_a_name);
  return g_test_run ();
}
