/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-error.h"
#include "bt-file-names.h"
#include "bt-test-torrent.h"
#include "bt-test.h"

static const BtTestFile files[] = {
  { .path = "a", .length = 1 },
  { .path = "one/b.txt", .length = 2 },
  { .path = "one/two/c", .length = 3 },
  { .path = ".pad/10", .length = 10, .attr = "p" },
  { .path = "Other/d", .length = 4 },
};

static BtTestTorrent *
torrent_new (void)
{
  BtTestSpec spec = { .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };

  return bt_test_torrent_new (&spec);
}

static void
assert_names (BtFileNames *names, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_string_append_printf (text, "%s%s", i == 0 ? "" : " ", bt_file_names_get (names, i));
  g_assert_cmpstr (text->str, ==, expected);
}

typedef struct
{
  const char *name;
  const char *path;
  const char *to;
  const char *names; /* NULL: refused */
  BtError code;
} Row;

static const Row rows[] = {
  { "file", "test/a", "z", "test/z test/one/b.txt test/one/two/c test/.pad/10 test/Other/d" },
  { "file-in-a-folder", "test/one/b.txt", "한국어 1", "test/a test/one/한국어 1 test/one/two/c test/.pad/10 test/Other/d" },
  { "folder", "test/one", "eins", "test/a test/eins/b.txt test/eins/two/c test/.pad/10 test/Other/d" },
  { "inner-folder", "test/one/two", "zwei", "test/a test/one/b.txt test/one/zwei/c test/.pad/10 test/Other/d" },
  { "torrents-folder", "test", "all", "all/a all/one/b.txt all/one/two/c test/.pad/10 all/Other/d" },
  { "case-only", "test/one", "One", "test/a test/One/b.txt test/One/two/c test/.pad/10 test/Other/d" },
  { "name-of-the-folder-above", "test/one/two", "one", "test/a test/one/b.txt test/one/one/c test/.pad/10 test/Other/d" },
  { "another-files-name", "test/a", "one", NULL, BT_ERROR_DUPLICATE },
  { "another-folders-name", "test/one", "other", NULL, BT_ERROR_DUPLICATE },
  { "another-files-name-but-for-case", "test/one/two", "B.TXT", NULL, BT_ERROR_DUPLICATE },
  { "same-name", "test/a", "a", "test/a test/one/b.txt test/one/two/c test/.pad/10 test/Other/d" },
  { "empty", "test/a", "", NULL, BT_ERROR_MALFORMED },
  { "dot", "test/a", ".", NULL, BT_ERROR_MALFORMED },
  { "dot-dot", "test/one", "..", NULL, BT_ERROR_MALFORMED },
  { "slash", "test/a", "b/c", NULL, BT_ERROR_MALFORMED },
  { "climbs", "test/a", "../../etc", NULL, BT_ERROR_MALFORMED },
  { "control", "test/a", "a\nb", NULL, BT_ERROR_MALFORMED },
  { "turned-writing", "test/a", "evil\342\200\256gpj.exe", NULL, BT_ERROR_MALFORMED },
  { "no-utf-8", "test/a", "caf\351", NULL, BT_ERROR_MALFORMED },
  { "not-there", "test/nothing", "b", NULL, BT_ERROR_MALFORMED },
  { "pad", "test/.pad/10", "b", NULL, BT_ERROR_MALFORMED },
  { "half-a-name", "test/o", "b", NULL, BT_ERROR_MALFORMED },
  { "nothing-at-all", "", "b", NULL, BT_ERROR_MALFORMED },
};

static BtFileNames *
rewrite (BtFileNames *names, BtMetainfo *metainfo)
{
  g_autoptr (BtBencodeTree) tree = NULL;
  g_autoptr (GBytes) bytes = NULL;
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_file_names_write (names, &writer);
  bytes = bt_bencode_writer_finish (&writer);
  bt_bencode_writer_clear (&writer);
  tree = bt_bencode_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), NULL, NULL);
  g_assert_nonnull (tree);
  return bt_file_names_read (metainfo, bt_bencode_root (tree));
}

static void
test_rename (gconstpointer data)
{
  const Row *row = data;
  g_autoptr (BtTestTorrent) torrent = torrent_new ();
  g_autoptr (BtFileNames) names = bt_file_names_new (torrent->metainfo);
  g_autoptr (BtFileNames) renamed = NULL;
  g_autoptr (BtFileNames) again = NULL;
  g_autoptr (GError) error = NULL;

  renamed = bt_file_names_rename (names, row->path, row->to, &error);
  g_assert_true (bt_file_names_is_original (names));
  if (row->names == NULL)
    {
      g_assert_null (renamed);
      g_assert_error (error, BT_ERROR, (int) row->code);
      return;
    }
  g_assert_no_error (error);
  assert_names (renamed, row->names);
  again = rewrite (renamed, torrent->metainfo);
  g_assert_nonnull (again);
  assert_names (again, row->names);
}

static void
test_names_change_one_after_the_other (void)
{
  g_autoptr (BtTestTorrent) torrent = torrent_new ();
  g_autoptr (BtFileNames) first = bt_file_names_new (torrent->metainfo);
  g_autoptr (BtFileNames) second = bt_file_names_rename (first, "test/one", "x", NULL);
  g_autoptr (BtFileNames) third = bt_file_names_rename (second, "test/x/two", "y", NULL);
  g_autoptr (BtFileNames) fourth = bt_file_names_rename (third, "test", "z", NULL);
  g_autofree char *folder = bt_file_names_dup_now (fourth, "test/one/two");
  g_autofree char *file = bt_file_names_dup_now (fourth, "test/one/b.txt");
  g_autofree char *top = bt_file_names_dup_top (fourth);

  assert_names (fourth, "z/a z/x/b.txt z/x/y/c test/.pad/10 z/Other/d");
  g_assert_cmpstr (folder, ==, "z/x/y");
  g_assert_cmpstr (file, ==, "z/x/b.txt");
  g_assert_cmpstr (top, ==, "z");
}

static void
test_single_file (void)
{
  BtTestSpec spec = { .name = "only.iso", .piece_length = 16384, .length = 10 };
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtFileNames) names = bt_file_names_new (torrent->metainfo);
  g_autoptr (BtFileNames) renamed = bt_file_names_rename (names, "only.iso", "new.iso", NULL);
  g_autofree char *top = bt_file_names_dup_top (renamed);

  g_assert_cmpstr (bt_file_names_get (renamed, 0), ==, "new.iso");
  g_assert_cmpstr (top, ==, "new.iso");
}

typedef struct
{
  const char *name;
  const char *bytes;
} Record;

static const Record records[] = {
  { "no-list", "de" },
  { "number-alone", "li0ee" },
  { "path-alone", "l6:test/ze" },
  { "index-of-nothing", "li5e6:test/ze" },
  { "negative-index", "li-1e6:test/ze" },
  { "pad", "li3e8:test/b/ce" },
  { "twice", "li0e6:test/zi0e6:test/ye" },
  { "wrong-order", "li1e10:test/one/bi0e6:test/ze" },
  { "number-for-a-path", "li0ei1ee" },
  { "shallower", "li0e1:ze" },
  { "deeper", "li0e8:test/b/ze" },
  { "absolute", "li0e5:/teste" },
  { "climbs", "li0e4:../ze" },
  { "ends-in-a-slash", "li0e5:test/e" },
  { "other-folder", "li0e6:best/ze" },
  { "taken", "li0e8:test/onee" },
  { "taken-but-for-case", "li0e8:test/ONEe" },
  { "zero", "li0e7:test/z\\e" },
};

static void
test_record_refused (gconstpointer data)
{
  const Record *record = data;
  g_autoptr (BtTestTorrent) torrent = torrent_new ();
  g_autoptr (BtBencodeTree) tree = bt_bencode_parse ((const guint8 *) record->bytes, strlen (record->bytes), NULL, NULL);

  g_assert_nonnull (tree);
  g_assert_null (bt_file_names_read (torrent->metainfo, bt_bencode_root (tree)));
}

static void
test_numbers_go_before_the_ending (void)
{
  g_autoptr (BtTestTorrent) torrent = torrent_new ();
  g_autoptr (BtFileNames) names = bt_file_names_new (torrent->metainfo);
  g_autoptr (BtFileNames) second = bt_file_names_number (names, "test/one/b.txt", 2);
  g_autoptr (BtFileNames) third = bt_file_names_number (second, "test/a", 3);

  assert_names (third, "test/a (3) test/one/b (2).txt test/one/two/c test/.pad/10 test/Other/d");
  g_assert_null (bt_file_names_number (names, "test/none", 2));
}

static void
test_long_names_are_cut_for_a_number (void)
{
  g_autofree char *name = g_strnfill (240, 'x');
  BtTestSpec spec = { .name = name, .piece_length = 16384, .length = 1 };
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (BtFileNames) names = bt_file_names_new (torrent->metainfo);
  g_autoptr (BtFileNames) numbered = bt_file_names_number (names, name, 12);

  g_assert_cmpuint (strlen (bt_file_names_get (numbered, 0)), ==, 240);
  g_assert_true (g_str_has_suffix (bt_file_names_get (numbered, 0), "xx (12)"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  BT_TEST_ADD_ROWS ("/file-names/rename", rows, test_rename);
  g_test_add_func ("/file-names/change-one-after-the-other", test_names_change_one_after_the_other);
  g_test_add_func ("/file-names/single-file", test_single_file);
  BT_TEST_ADD_ROWS ("/file-names/record-refused", records, test_record_refused);
  g_test_add_func ("/file-names/number/before-the-ending", test_numbers_go_before_the_ending);
  g_test_add_func ("/file-names/number/long-names-are-cut", test_long_names_are_cut_for_a_number);
  return g_test_run ();
}
