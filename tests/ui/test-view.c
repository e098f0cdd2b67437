/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <locale.h>

#include "freshet-bar.h"
#include "freshet-settings.h"
#include "freshet-torrent-view-private.h"
#include "ui-support.h"

/* Which torrents the view shows, and in which order. */
typedef struct
{
  FreshetLibrary *library;
  FreshetTorrentView *view;
  GtkWidget *window;
  char *folder;
} Fixture;

static FreshetTorrentItem *
add (Fixture *fixture, const char *name, guint64 size)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (name, size);
  BtTorrentOptions options = { .folder = fixture->folder, .paused = TRUE };

  return freshet_library_add (fixture->library, metainfo, &options, NULL);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->library = ui_library_new ();
  fixture->folder = ui_folder_new ();
  fixture->view = g_object_ref_sink (g_object_new (FRESHET_TYPE_TORRENT_VIEW, NULL));
  freshet_torrent_view_set_library (fixture->view, G_LIST_MODEL (fixture->library), NULL);
  fixture->window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->view));
  gtk_window_present (GTK_WINDOW (fixture->window));
  add (fixture, "part 10", 1000000);
  add (fixture, "Part 9", 3000000);
  add (fixture, "apples", 2000000);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_unref (fixture->view);
  ui_library_close (fixture->library);
  ui_folder_remove (fixture->folder);
}

static void
assert_shows (Fixture *fixture, const char *expected)
{
  GListModel *shown = G_LIST_MODEL (fixture->view->selection);
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (shown, i);

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", freshet_torrent_item_get_name (item));
    }
  g_assert_cmpstr (names->str, ==, expected);
}

static void
test_order_is_that_of_adding (Fixture *fixture, gconstpointer data)
{
  assert_shows (fixture, "part 10, Part 9, apples");
}

static void
test_sorts_by_what_it_is_told (Fixture *fixture, gconstpointer data)
{
  g_object_set (fixture->view, "sort-column", "name", NULL);
  assert_shows (fixture, "apples, Part 9, part 10");
  g_object_set (fixture->view, "sort-descending", TRUE, NULL);
  assert_shows (fixture, "part 10, Part 9, apples");
  g_object_set (fixture->view, "sort-column", "size", NULL);
  assert_shows (fixture, "Part 9, apples, part 10");
  g_object_set (fixture->view, "sort-column", "", NULL);
  assert_shows (fixture, "part 10, Part 9, apples");
}

static GtkWidget *
find_bar (GtkWidget *root)
{
  GtkWidget *found = NULL;

  if (FRESHET_IS_BAR (root) && gtk_widget_get_mapped (root))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_bar (child);
  return found;
}

static gboolean
has_paused_bar (gpointer data)
{
  GtkWidget *bar = find_bar (GTK_WIDGET (((Fixture *) data)->view->columns));

  return bar != NULL && gtk_widget_has_css_class (bar, "paused");
}

static gboolean
has_other_bar (gpointer data)
{
  return !has_paused_bar (data);
}

static void
test_bars_show_the_state (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->library), 0);

  g_object_set (fixture->view, "compact", TRUE, NULL);
  ui_wait (has_paused_bar, fixture);
  freshet_torrent_item_start (item);
  ui_wait (has_other_bar, fixture);
}

static void
count_cb (gpointer object, GParamSpec *pspec, guint *count)
{
  (*count)++;
}

/* As a click on a header does. */
static void
test_knows_what_headers_sorted_by (Fixture *fixture, gconstpointer data)
{
  g_autofree char *id = NULL;
  gboolean descending;
  guint count = 0;

  g_signal_connect (fixture->view, "notify::sort-column", G_CALLBACK (count_cb), &count);
  gtk_column_view_sort_by_column (fixture->view->columns, freshet_column_find (fixture->view->columns, "ratio"),
                                  GTK_SORT_DESCENDING);
  g_object_get (fixture->view, "sort-column", &id, "sort-descending", &descending, NULL);
  g_assert_cmpstr (id, ==, "ratio");
  g_assert_true (descending);
  g_assert_cmpuint (count, ==, 1);
  /* The actions of menus follow. */
  g_autoptr (GVariant) state = g_action_group_get_action_state (freshet_torrent_view_get_actions (fixture->view),
                                                                 "sort-column");
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "ratio");
}

static void
test_finds_all_words_in_any_case (Fixture *fixture, gconstpointer data)
{
  freshet_torrent_view_set_search (fixture->view, "PART");
  assert_shows (fixture, "part 10, Part 9");
  freshet_torrent_view_set_search (fixture->view, " 9  part ");
  assert_shows (fixture, "Part 9");
  freshet_torrent_view_set_search (fixture->view, "nowhere");
  assert_shows (fixture, "");
  g_assert_true (gtk_widget_get_visible (fixture->view->nothing_page));
  freshet_torrent_view_set_search (fixture->view, "  ");
  assert_shows (fixture, "part 10, Part 9, apples");
  g_assert_false (gtk_widget_get_visible (fixture->view->nothing_page));
}

static gboolean
shows_none (gpointer data)
{
  return g_list_model_get_n_items (G_LIST_MODEL (((Fixture *) data)->view->selection)) == 0;
}

static gboolean
shows_one (gpointer data)
{
  return g_list_model_get_n_items (G_LIST_MODEL (((Fixture *) data)->view->selection)) == 1;
}

static void
test_finds_labels (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->library), 2);
  gint64 label = freshet_library_put_label (fixture->library, 0, "Holidays", "#ff0000", NULL);

  freshet_library_set_label (fixture->library, item, label, TRUE);
  freshet_torrent_view_set_search (fixture->view, "day");
  assert_shows (fixture, "apples");
  freshet_library_put_label (fixture->library, label, "Fruit", "#ff0000", NULL);
  freshet_torrent_view_set_search (fixture->view, "fruit");
  assert_shows (fixture, "apples");
  /* What is shown follows the label without somebody typing. */
  freshet_library_set_label (fixture->library, item, label, FALSE);
  ui_wait (shows_none, fixture);
  freshet_library_set_label (fixture->library, item, label, TRUE);
  ui_wait (shows_one, fixture);
}

static gboolean
is_downloading (gpointer data)
{
  return freshet_torrent_item_get_state (data) == BT_TORRENT_DOWNLOADING;
}

static void
test_groups_follow_states (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->library), 1);

  freshet_torrent_view_set_group (fixture->view, FRESHET_GROUP_PAUSED);
  assert_shows (fixture, "part 10, Part 9, apples");
  freshet_torrent_item_start (item);
  ui_wait (is_downloading, item);
  assert_shows (fixture, "part 10, apples");
  freshet_torrent_view_set_group (fixture->view, FRESHET_GROUP_DOWNLOADING);
  assert_shows (fixture, "Part 9");
}

static void
test_groups_are_counted (Fixture *fixture, gconstpointer data)
{
  GListModel *groups = freshet_groups_get (G_LIST_MODEL (fixture->library));
  g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->library), 1);

  g_assert_cmpuint (g_list_model_get_n_items (groups), ==, FRESHET_N_GROUPS);
  g_assert_cmpuint (freshet_groups_count (groups, FRESHET_GROUP_ALL), ==, 3);
  g_assert_cmpuint (freshet_groups_count (groups, FRESHET_GROUP_PAUSED), ==, 3);
  freshet_torrent_item_start (item);
  ui_wait (is_downloading, item);
  g_assert_cmpuint (freshet_groups_count (groups, FRESHET_GROUP_ALL), ==, 3);
  g_assert_cmpuint (freshet_groups_count (groups, FRESHET_GROUP_PAUSED), ==, 2);
  g_assert_cmpuint (freshet_groups_count (groups, FRESHET_GROUP_DOWNLOADING), ==, 1);
  freshet_library_remove (fixture->library, item);
  g_assert_cmpuint (freshet_groups_count (groups, FRESHET_GROUP_ALL), ==, 2);
  g_assert_cmpuint (freshet_groups_count (groups, FRESHET_GROUP_DOWNLOADING), ==, 0);
  freshet_library_restore (fixture->library, item);
  g_assert_cmpuint (freshet_groups_count (groups, FRESHET_GROUP_ALL), ==, 3);
}

static void
test_both_kinds_have_one_selection (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->library), 2);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) after = NULL;

  freshet_torrent_view_select (fixture->view, item);
  before = freshet_torrent_view_dup_selected (fixture->view);
  g_object_set (fixture->view, "compact", TRUE, "sort-column", "name", NULL);
  after = freshet_torrent_view_dup_selected (fixture->view);
  g_assert_cmpuint (before->len, ==, 1);
  g_assert_cmpuint (after->len, ==, 1);
  g_assert_true (before->pdata[0] == item && after->pdata[0] == item);
}

static gboolean
is_saved (gpointer data)
{
  g_autoptr (GVariant) columns = g_settings_get_value (data, "columns");

  return g_variant_n_children (columns) > 0;
}

static void
test_columns_are_remembered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GSettings) settings = freshet_settings_new ();
  FreshetTorrentView *first = g_object_ref_sink (g_object_new (FRESHET_TYPE_TORRENT_VIEW, NULL));
  FreshetTorrentView *second = g_object_ref_sink (g_object_new (FRESHET_TYPE_TORRENT_VIEW, NULL));
  g_autoptr (GtkColumnViewColumn) column = NULL;
  g_autofree char *id = NULL;

  freshet_torrent_view_set_library (first, G_LIST_MODEL (fixture->library), settings);
  g_object_set (first, "compact", TRUE, "sort-column", "size", "sort-descending", TRUE, NULL);
  gtk_column_view_column_set_visible (freshet_column_find (first->columns, "eta"), FALSE);
  gtk_column_view_column_set_fixed_width (freshet_column_find (first->columns, "name"), 321);
  gtk_column_view_insert_column (first->columns, 1, freshet_column_find (first->columns, "peers"));
  ui_wait (is_saved, settings);

  freshet_torrent_view_set_library (second, G_LIST_MODEL (fixture->library), settings);
  g_assert_true (second->compact);
  g_object_get (second, "sort-column", &id, NULL);
  g_assert_cmpstr (id, ==, "size");
  g_assert_cmpint (second->sort_order, ==, GTK_SORT_DESCENDING);
  g_assert_false (gtk_column_view_column_get_visible (freshet_column_find (second->columns, "eta")));
  g_assert_cmpint (gtk_column_view_column_get_fixed_width (freshet_column_find (second->columns, "name")), ==, 321);
  column = g_list_model_get_item (gtk_column_view_get_columns (second->columns), 1);
  g_assert_true (column == freshet_column_find (second->columns, "peers"));
  g_object_unref (first);
  g_object_unref (second);
}

#define ADD(path, func) g_test_add ("/view/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  adw_init ();

  ADD ("order/is-that-of-adding", test_order_is_that_of_adding);
  ADD ("order/sorts-by-what-it-is-told", test_sorts_by_what_it_is_told);
  ADD ("order/knows-what-headers-sorted-by", test_knows_what_headers_sorted_by);
  ADD ("search/finds-all-words-in-any-case", test_finds_all_words_in_any_case);
  ADD ("search/finds-labels", test_finds_labels);
  ADD ("groups/follow-states", test_groups_follow_states);
  ADD ("groups/are-counted", test_groups_are_counted);
  ADD ("selection/is-one", test_both_kinds_have_one_selection);
  ADD ("columns/bars-show-the-state", test_bars_show_the_state);
  ADD ("columns/are-remembered", test_columns_are_remembered);
  return g_test_run ();
}
