/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "place-fixture.h"

const BtTestFile place_files[N_FILES] = {
  [FILE_A] = { .path = "a", .length = 10000 },
  [FILE_B] = { .path = "one/b", .length = 20000 },
  [FILE_C] = { .path = "one/two/c", .length = 30000 },
  [FILE_EMPTY] = { .path = "one/empty", .length = 0 },
  [FILE_LINK] = { .path = "link", .attr = "l", .symlink = "one/b" },
};

void
place_open (PlaceFixture *fixture)
{
  g_clear_pointer (&fixture->set, bt_file_set_unref);
  fixture->set = bt_file_set_new (fixture->layout, fixture->folder, fixture->cache);
}

void
place_set_up (PlaceFixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = 16384, .files = place_files, .n_files = N_FILES };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  fixture->cache = bt_file_cache_new (10);
  fixture->folder = bt_test_folder_new ();
  fixture->elsewhere = bt_test_folder_new ();
  fixture->own = bt_test_folder_new ();
  place_open (fixture);
}

void
place_tear_down (PlaceFixture *fixture, gconstpointer data)
{
  bt_file_set_unref (fixture->set);
  bt_file_cache_unref (fixture->cache);
  bt_layout_unref (fixture->layout);
  bt_test_torrent_free (fixture->torrent);
  bt_test_folder_free (fixture->folder);
  bt_test_folder_free (fixture->elsewhere);
  bt_test_folder_free (fixture->own);
}

void
place_prepare (PlaceFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  gboolean found;
  int failed;

  bt_file_set_prepare (fixture->set, &found, &failed, &error);
  g_assert_no_error (error);
}

void
place_write_file (PlaceFixture *fixture, guint file)
{
  const BtFileInfo *info = bt_metainfo_get_file (fixture->layout->metainfo, file);
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_write (fixture->set, info->offset, fixture->torrent->content + info->offset, info->length, &failed, &error);
  g_assert_no_error (error);
}

void
place_assert_bytes (PlaceFixture *fixture)
{
  g_autofree guint8 *bytes = g_malloc (fixture->torrent->length);
  g_autoptr (GError) error = NULL;
  int failed;

  bt_file_set_read (fixture->set, 0, bytes, fixture->torrent->length, &failed, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (bytes, fixture->torrent->length, fixture->torrent->content, fixture->torrent->length);
}

void
place_write_all (PlaceFixture *fixture)
{
  for (guint i = FILE_A; i <= FILE_C; i++)
    place_write_file (fixture, i);
}
