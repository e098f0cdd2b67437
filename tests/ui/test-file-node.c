/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <gio/gio.h>

#include "bt-test-loop.h"
#include "bt-test-torrent.h"
#include "freshet-file-node.h"

static const BtTestFile files[] = {
  { "readme.txt", 10 }, { "cd2/10 last.mp3", 1000 }, { "cd2/9 middle.mp3", 900 }, { "cd1/first.mp3", 100 },
  { "cd1/extra/Cover.jpg", 50 }, { "empty", 0 },
};

static FreshetFileNode *
new_tree (void)
{
  const BtTestSpec spec = { .name = "album", .piece_length = 16384, .files = files, .n_files = G_N_ELEMENTS (files) };
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);

  return freshet_file_node_new (torrent->metainfo);
}

/* "a (b c) d": the names of all nodes as the models give them. */
static void
describe (FreshetFileNode *folder, GString *out)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (folder)); i++)
    {
      g_autoptr (FreshetFileNode) node = g_list_model_get_item (G_LIST_MODEL (folder), i);

      g_string_append_printf (out, "%s%s", i == 0 ? "" : ", ", freshet_file_node_get_name (node));
      if (!freshet_file_node_is_folder (node))
        continue;
      g_string_append (out, " (");
      describe (node, out);
      g_string_append (out, ")");
    }
}

static void
assert_shows (FreshetFileNode *root, const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  describe (root, out);
  g_assert_cmpstr (out->str, ==, text);
}

static FreshetFileNode *
child (FreshetFileNode *folder, const char *name)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (folder)); i++)
    {
      g_autoptr (FreshetFileNode) node = g_list_model_get_item (G_LIST_MODEL (folder), i);

      if (g_str_equal (freshet_file_node_get_name (node), name))
        return g_steal_pointer (&node);
    }
  g_assert_not_reached ();
}

static void
test_folders_first_in_order (void)
{
  g_autoptr (FreshetFileNode) root = new_tree ();
  g_autoptr (FreshetFileNode) cd2 = child (root, "cd2"), again = child (root, "cd2");

  assert_shows (root, "cd1 (extra (Cover.jpg), first.mp3), cd2 (9 middle.mp3, 10 last.mp3), empty, readme.txt");
  g_assert_true (cd2 == again);
  g_assert_cmpuint (freshet_file_node_get_size (root), ==, 2060);
  g_assert_cmpuint (freshet_file_node_get_n_files (root), ==, 6);
  g_assert_cmpuint (freshet_file_node_get_size (cd2), ==, 1900);
  g_assert_cmpint (freshet_file_node_get_wanted (cd2), ==, FRESHET_WANTED_ALL);
}

static void
test_single_file (void)
{
  const BtTestSpec spec = { .name = "film.mkv", .piece_length = 16384, .length = 30000 };
  g_autoptr (BtTestTorrent) torrent = bt_test_torrent_new (&spec);
  g_autoptr (FreshetFileNode) root = freshet_file_node_new (torrent->metainfo);
  g_autoptr (FreshetFileNode) film = child (root, "film.mkv");

  assert_shows (root, "film.mkv");
  g_assert_cmpuint (freshet_file_node_get_file (film), ==, 0);
}

static void
count_cb (GObject *object, GParamSpec *pspec, guint *n)
{
  ++*n;
}

static void
choice_cb (FreshetFileNode *root, guint *n)
{
  ++*n;
}

static void
test_choice_goes_up_and_down (void)
{
  g_autoptr (FreshetFileNode) root = new_tree ();
  g_autoptr (FreshetFileNode) cd1 = child (root, "cd1"), extra = child (cd1, "extra"), cover = child (extra, "Cover.jpg");
  g_autoptr (FreshetFileNode) cd2 = child (root, "cd2");
  guint n_notified = 0, n_choices = 0;

  g_signal_connect (cd1, "notify::wanted", G_CALLBACK (count_cb), &n_notified);
  g_signal_connect (root, "choice-changed", G_CALLBACK (choice_cb), &n_choices);
  freshet_file_node_set_wanted (extra, FALSE);
  g_assert_cmpint (freshet_file_node_get_wanted (cover), ==, FRESHET_WANTED_NONE);
  g_assert_cmpint (freshet_file_node_get_wanted (extra), ==, FRESHET_WANTED_NONE);
  g_assert_cmpint (freshet_file_node_get_wanted (cd1), ==, FRESHET_WANTED_SOME);
  g_assert_cmpint (freshet_file_node_get_wanted (root), ==, FRESHET_WANTED_SOME);
  g_assert_cmpint (freshet_file_node_get_wanted (cd2), ==, FRESHET_WANTED_ALL);
  g_assert_cmpuint (freshet_file_node_get_wanted_size (root), ==, 2010);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpuint (n_choices, ==, 1);
  freshet_file_node_set_wanted (extra, FALSE);
  g_assert_cmpuint (n_choices, ==, 1);

  freshet_file_node_set_priority (cd2, BT_FILE_HIGH);
  g_assert_cmpint (freshet_file_node_get_priority (cd2), ==, BT_FILE_HIGH);
  g_assert_cmpint (freshet_file_node_get_priority (root), ==, FRESHET_PRIORITY_MIXED);
  g_assert_cmpint (freshet_file_node_get_priority (cd1), ==, BT_FILE_NORMAL);
  /* What is wanted already keeps its priority. */
  freshet_file_node_set_wanted (root, TRUE);
  g_assert_cmpint (freshet_file_node_get_priority (cd2), ==, BT_FILE_HIGH);
  g_assert_cmpint (freshet_file_node_get_wanted (root), ==, FRESHET_WANTED_ALL);
  freshet_file_node_set_wanted (root, FALSE);
  g_assert_cmpint (freshet_file_node_get_priority (root), ==, BT_FILE_SKIP);
  g_assert_cmpuint (freshet_file_node_get_wanted_size (root), ==, 0);
}

static void
test_search_leaves_what_matches (void)
{
  g_autoptr (FreshetFileNode) root = new_tree ();
  g_autoptr (FreshetFileNode) cd2 = child (root, "cd2");

  g_assert_cmpuint (freshet_file_node_search (root, "MIDDLE"), ==, 1);
  assert_shows (root, "cd2 (9 middle.mp3)");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (cd2)), ==, 1);
  /* A choice is about what is seen. */
  freshet_file_node_set_wanted (cd2, FALSE);
  g_assert_cmpuint (freshet_file_node_search (root, "cd1"), ==, 2);
  assert_shows (root, "cd1 (extra (Cover.jpg), first.mp3)");
  g_assert_cmpuint (freshet_file_node_search (root, "nothing like it"), ==, 0);
  assert_shows (root, "");
  g_assert_cmpuint (freshet_file_node_search (root, ""), ==, 6);
  assert_shows (root, "cd1 (extra (Cover.jpg), first.mp3), cd2 (9 middle.mp3, 10 last.mp3), empty, readme.txt");
  g_assert_cmpint (freshet_file_node_get_wanted (cd2), ==, FRESHET_WANTED_SOME);
  g_assert_cmpuint (freshet_file_node_get_wanted_size (cd2), ==, 1000);
}

static void
test_node_outlives_its_tree (void)
{
  FreshetFileNode *root = new_tree ();
  g_autoptr (FreshetFileNode) cd2 = child (root, "cd2");

  g_object_unref (root);
  g_assert_cmpstr (freshet_file_node_get_name (cd2), ==, "cd2");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (cd2)), ==, 2);
}

/* 40,000 files in 400 folders: nothing a person does to them may be felt. What
 * counts is this thread's own time, on a machine of usual speed. */
static void
test_many_files (void)
{
  const guint n = 40000;
  g_autofree BtTestFile *many = g_new0 (BtTestFile, n);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  BtTestSpec spec = { .name = "many", .piece_length = 1 << 20, .files = many, .n_files = n, .no_content = TRUE };
  g_autoptr (BtTestTorrent) torrent = NULL;
  g_autoptr (FreshetFileNode) root = NULL;
  gint64 began, slowest = 0;
  double slowness = bt_test_slowness ();

  for (guint i = 0; i < n; i++)
    {
      g_ptr_array_add (paths, g_strdup_printf ("folder %u/part %u/file %u.bin", i % 20, i % 400, n - i));
      many[i] = (BtTestFile){ .path = paths->pdata[i], .length = 1000 };
    }
  torrent = bt_test_torrent_new (&spec);
#define TIMED(statement)                                   \
  began = bt_test_time_worked ();                          \
  statement;                                               \
  slowest = MAX (slowest, bt_test_time_worked () - began); \
  g_test_message ("%s: %.1f ms", #statement, (double) (bt_test_time_worked () - began) / 1000)
  TIMED (root = freshet_file_node_new (torrent->metainfo));
  TIMED (freshet_file_node_set_wanted (root, FALSE));
  TIMED (freshet_file_node_set_wanted (root, TRUE));
  TIMED (g_assert_cmpuint (freshet_file_node_search (root, "file 39"), ==, 1111));
  TIMED (freshet_file_node_search (root, NULL));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (root)), ==, 20);
  /* It may have become slower meanwhile. */
  slowness = MAX (slowness, bt_test_slowness ());
  g_test_message ("a machine %.1f times as slow as usual", slowness);
  g_assert_cmpfloat ((double) slowest / slowness, <, 250 * G_TIME_SPAN_MILLISECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/file-node/folders-first-in-order", test_folders_first_in_order);
  g_test_add_func ("/file-node/single-file", test_single_file);
  g_test_add_func ("/file-node/choice-goes-up-and-down", test_choice_goes_up_and_down);
  g_test_add_func ("/file-node/search-leaves-what-matches", test_search_leaves_what_matches);
  g_test_add_func ("/file-node/node-outlives-its-tree", test_node_outlives_its_tree);
  g_test_add_func ("/file-node/many-files", test_many_files);
  return g_test_run ();
}
