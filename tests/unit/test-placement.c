/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-placement.h"
#include "bt-test-torrent.h"
#include "bt-test.h"

static const BtTestFile files[] = {
  { .path = "a", .length = 1 },
  { .path = "one/b", .length = 2 },
};

static BtTestTorrent *
torrent_new (void)
{
  BtTestSpec spec = { .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };

  return bt_test_torrent_new (&spec);
}

static void
test_survives (void)
{
  g_autoptr (BtTestTorrent) torrent = torrent_new ();
  g_auto (BtPlacement) place = { 0 }, again = { 0 };
  g_autoptr (GBytes) bytes = NULL;
  BtFileNames *names;

  bt_placement_init (&place, torrent->metainfo);
  names = bt_file_names_rename (place.names, "test/one", "two", NULL);
  bt_file_names_unref (place.names);
  place.names = names;
  bt_bitfield_set (&place.created, 1);
  bt_bitfield_set (&place.partial, 0);
  place.identities[1] = (BtFileIdentity){ .inode = 7, .born = -5 };
  g_ptr_array_add (place.folders, g_strdup ("test"));
  g_ptr_array_add (place.folders, g_strdup ("test/two"));
  bytes = bt_placement_write (&place);
  g_assert_true (bt_placement_read (&again, torrent->metainfo, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes)));
  g_assert_cmpstr (bt_file_names_get (again.names, 1), ==, "test/two/b");
  g_assert_false (bt_bitfield_get (&again.created, 0));
  g_assert_true (bt_bitfield_get (&again.created, 1));
  g_assert_true (bt_bitfield_get (&again.partial, 0));
  g_assert_cmpuint (again.identities[1].inode, ==, 7);
  g_assert_cmpint (again.identities[1].born, ==, -5);
  g_assert_cmpint (again.identities[0].born, ==, 0);
  g_assert_cmpuint (again.folders->len, ==, 2);
  g_assert_cmpstr (again.folders->pdata[1], ==, "test/two");
}

typedef struct
{
  const char *name;
  const guint8 *bytes;
  gsize length;
} Record;

#define DICT(created, folders, names, partial, version) \
  BT_TEST_BYTES ("d7:created" created "7:folders" folders "5:names" names "7:partial" partial "7:versioni" version "ee")

static const Record records[] = {
  { "empty", BT_TEST_BYTES ("") },
  { "cut", BT_TEST_BYTES ("d7:created1:") },
  { "no-dictionary", BT_TEST_BYTES ("le") },
  { "nothing-in-it", BT_TEST_BYTES ("de") },
  { "later-version", DICT ("1:\100", "le", "le", "1:\0", "2") },
  { "too-many-bits", DICT ("1:\040", "le", "le", "1:\0", "1") },
  { "too-many-bytes", DICT ("2:\0\0", "le", "le", "1:\0", "1") },
  { "no-bits", DICT ("i1e", "le", "le", "1:\0", "1") },
  { "bad-partial", DICT ("1:\0", "le", "le", "0:", "1") },
  { "bad-names", DICT ("1:\0", "le", "li9e1:xe", "1:\0", "1") },
  { "folders-no-list", DICT ("1:\0", "de", "le", "1:\0", "1") },
  { "folder-no-text", DICT ("1:\0", "li1ee", "le", "1:\0", "1") },
  { "folder-empty", DICT ("1:\0", "l0:e", "le", "1:\0", "1") },
  { "folder-absolute", DICT ("1:\0", "l4:/etce", "le", "1:\0", "1") },
  { "folder-climbs", DICT ("1:\0", "l7:test/..e", "le", "1:\0", "1") },
  { "folder-with-zero", DICT ("1:\0", "l3:a\0be", "le", "1:\0", "1") },
  { "folder-ends-in-a-slash", DICT ("1:\0", "l5:test/e", "le", "1:\0", "1") },
  { "identities-no-text", BT_TEST_BYTES ("d7:created1:\0007:foldersle10:identitiesle5:namesle7:partial1:\0007:versioni1ee") },
  { "identity-of-nothing", BT_TEST_BYTES ("d7:created1:\0007:foldersle10:identities1:x5:namesle7:partial1:\0007:versioni1ee") },
  { "identity-too-short", BT_TEST_BYTES ("d7:created1:\2007:foldersle10:identities15:...............5:namesle7:partial1:\0007:versioni1ee") },
  { "more-behind-it", BT_TEST_BYTES ("d7:created1:\0007:foldersle5:namesle7:partial1:\0007:versioni1eex") },
};

static void
test_refused (gconstpointer data)
{
  const Record *record = data;
  g_autoptr (BtTestTorrent) torrent = torrent_new ();
  g_autofree guint8 *copy = bt_test_copy (record->bytes, record->length);
  g_auto (BtPlacement) place = { 0 };

  g_assert_false (bt_placement_read (&place, torrent->metainfo, copy, record->length));
  g_assert_true (bt_file_names_is_original (place.names));
  g_assert_cmpuint (place.created.n_set, ==, 0);
  g_assert_cmpuint (place.folders->len, ==, 0);
}

/* As earlier versions wrote it: what is ours is known by its name alone. */
static void
test_record_without_identities_is_read (void)
{
  static const guint8 bytes[] = "d7:created1:\2007:foldersle5:namesle7:partial1:\0007:versioni1ee";
  g_autoptr (BtTestTorrent) torrent = torrent_new ();
  g_auto (BtPlacement) place = { 0 };

  g_assert_true (bt_placement_read (&place, torrent->metainfo, bytes, sizeof bytes - 1));
  g_assert_true (bt_bitfield_get (&place.created, 0));
  g_assert_cmpint (place.identities[0].born, ==, 0);
}

static void
test_least_record_is_read (void)
{
  static const guint8 bytes[] = "d7:created1:\0007:foldersle5:namesle7:partial1:\0007:versioni1ee";
  g_autoptr (BtTestTorrent) torrent = torrent_new ();
  g_auto (BtPlacement) place = { 0 };

  g_assert_true (bt_placement_read (&place, torrent->metainfo, bytes, sizeof bytes - 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/placement/survives", test_survives);
  g_test_add_func ("/placement/least-record-is-read", test_least_record_is_read);
  g_test_add_func ("/placement/record-without-identities-is-read", test_record_without_identities_is_read);
  BT_TEST_ADD_ROWS ("/placement/refused", records, test_refused);
  return g_test_run ();
}
