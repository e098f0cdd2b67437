/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <libintl.h>
#include <locale.h>

#include "freshet-application.h"
#include "freshet-bar.h"
#include "freshet-day-buttons.h"
#include "freshet-icon-button.h"
#include "freshet-inscription.h"
#include "freshet-torrent-row.h"
#include "freshet-window.h"
#include "ui-support.h"

/* The first widget under @root of @type that is visible and, when @text is
 * given, shows it. */
static GtkWidget *
find (GtkWidget *root, GType type, const char *text)
{
  if (!gtk_widget_get_visible (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    {
      g_autofree char *label = NULL;

      if (text == NULL)
        return root;
      if (GTK_IS_INSCRIPTION (root))
        label = g_strdup (gtk_inscription_get_text (GTK_INSCRIPTION (root)));
      else if (FRESHET_IS_ICON_BUTTON (root))
        label = g_strdup (freshet_icon_button_get_icon (FRESHET_ICON_BUTTON (root)));
      else
        g_object_get (root, "label", &label, NULL);
      if (label != NULL && strstr (label, text) != NULL)
        return root;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* What every test here needs: a torrent that is paused, shown in a window. */
typedef struct
{
  FreshetLibrary *library;
  GtkWidget *window;
  char *folder;
} Fixture;

static FreshetTorrentItem *
add (Fixture *self, const char *name)
{
  g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (name, 2000000);
  BtTorrentOptions options = { .folder = self->folder, .paused = TRUE };

  return freshet_library_add (self->library, metainfo, &options, NULL);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->library = ui_library_new ();
  self->folder = ui_folder_new ();
  self->window = GTK_WIDGET (freshet_window_new (NULL, self->library, NULL));
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  ui_library_close (self->library);
  ui_folder_remove (self->folder);
}

/* Rows come with the next frame. */
static gboolean
has_row (gpointer data)
{
  Fixture *self = data;

  return find (self->window, FRESHET_TYPE_TORRENT_ROW, NULL) != NULL;
}

static gboolean
has_no_row (gpointer data)
{
  return !has_row (data);
}

static void
test_empty_says_what_to_do (Fixture *self, gconstpointer data)
{
  g_assert_nonnull (find (self->window, ADW_TYPE_STATUS_PAGE, NULL));
  add (self, "a");
  g_assert_null (find (self->window, ADW_TYPE_STATUS_PAGE, NULL));
  ui_wait (has_row, self);
}

static void
test_row_shows_its_item (Fixture *self, gconstpointer data)
{
  GtkWidget *row;

  add (self, "Film");
  ui_wait (has_row, self);
  row = find (self->window, FRESHET_TYPE_TORRENT_ROW, NULL);
  g_assert_nonnull (find (row, GTK_TYPE_INSCRIPTION, "Film"));
  g_assert_nonnull (find (row, GTK_TYPE_INSCRIPTION, "paused"));
  g_assert_nonnull (find (row, GTK_TYPE_BUTTON, "media-playback-start-symbolic"));
  g_assert_null (find (row, GTK_TYPE_BUTTON, "media-playback-pause-symbolic"));
  g_assert_cmpfloat (freshet_bar_get_fraction (FRESHET_BAR (find (row, FRESHET_TYPE_BAR, NULL))), ==, 0);
  g_assert_true (gtk_widget_has_css_class (find (row, FRESHET_TYPE_BAR, NULL), "paused"));
}

static gboolean
can_pause (gpointer data)
{
  Fixture *self = data;

  return find (self->window, GTK_TYPE_BUTTON, "media-playback-pause-symbolic") != NULL;
}

static void
test_row_follows_the_state (Fixture *self, gconstpointer data)
{
  GtkWidget *row;

  add (self, "Film");
  ui_wait (has_row, self);
  gtk_widget_activate (find (self->window, GTK_TYPE_BUTTON, "media-playback-start-symbolic"));
  ui_wait (can_pause, self);
  row = find (self->window, FRESHET_TYPE_TORRENT_ROW, NULL);
  g_assert_false (gtk_widget_has_css_class (find (row, FRESHET_TYPE_BAR, NULL), "paused"));
}

static void
test_row_lets_go (Fixture *self, gconstpointer data)
{
  FreshetTorrentItem *item = add (self, "Film");

  ui_wait (has_row, self);
  freshet_library_remove (self->library, item);
  ui_wait (has_no_row, self);
  g_assert_nonnull (find (self->window, ADW_TYPE_STATUS_PAGE, NULL));
  freshet_library_restore (self->library, item);
  ui_wait (has_row, self);
}

static void
test_names_are_no_markup (Fixture *self, gconstpointer data)
{
  add (self, "<b>Tom & Jerry</b>");
  ui_wait (has_row, self);
  g_assert_nonnull (find (self->window, GTK_TYPE_INSCRIPTION, "<b>Tom & Jerry"));
  freshet_window_show_message (FRESHET_WINDOW (self->window), "“<b>Tom & Jerry</b>” is here");
}

static void
test_actions_follow_the_selection (Fixture *self, gconstpointer data)
{
  GtkSelectionModel *selection;
  FreshetTorrentItem *item = add (self, "Film");
  GtkWidget *list;

  ui_wait (has_row, self);
  list = gtk_widget_get_ancestor (find (self->window, FRESHET_TYPE_TORRENT_ROW, NULL), GTK_TYPE_LIST_VIEW);
  selection = gtk_list_view_get_model (GTK_LIST_VIEW (list));
  /* Disabled: nothing happens. */
  gtk_widget_activate_action (list, "win.toggle", NULL);
  g_assert_cmpint (freshet_torrent_item_get_state (item), ==, BT_TORRENT_PAUSED);

  gtk_selection_model_select_item (selection, 0, TRUE);
  gtk_widget_activate_action (list, "win.toggle", NULL);
  g_assert_cmpint (freshet_torrent_item_get_state (item), !=, BT_TORRENT_PAUSED);
  gtk_widget_activate_action (list, "win.pause", NULL);
  g_assert_cmpint (freshet_torrent_item_get_state (item), ==, BT_TORRENT_PAUSED);
  gtk_widget_activate_action (list, "win.remove", NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->library)), ==, 0);
}

static void
test_window_speaks_korean (Fixture *self, gconstpointer data)
{
  g_assert_nonnull (find (self->window, GTK_TYPE_BUTTON, "열기"));
}

static void
assert_alignment (GtkTextDirection direction, const char *text, gboolean at_end, float xalign)
{
  GtkInscription *inscription = g_object_ref_sink (GTK_INSCRIPTION (gtk_inscription_new (NULL)));

  gtk_widget_set_direction (GTK_WIDGET (inscription), direction);
  freshet_inscription_set_text (inscription, text, at_end);
  g_assert_cmpstr (gtk_inscription_get_text (inscription), ==, text);
  g_assert_cmpfloat (gtk_inscription_get_xalign (inscription), ==, xalign);
  g_object_unref (inscription);
}

/* Where Pango turns a line round it is turned round before. */
static void
test_text_is_at_its_start (void)
{
  assert_alignment (GTK_TEXT_DIR_LTR, "film.mkv", FALSE, 0);
  assert_alignment (GTK_TEXT_DIR_LTR, "12 סרט.mkv", FALSE, 1);
  assert_alignment (GTK_TEXT_DIR_LTR, "فيلم.mkv", TRUE, 0);
  assert_alignment (GTK_TEXT_DIR_RTL, "סרט.mkv", FALSE, 0);
  assert_alignment (GTK_TEXT_DIR_RTL, "film סרט.mkv", FALSE, 1);
  assert_alignment (GTK_TEXT_DIR_RTL, "66 %", TRUE, 1);
  assert_alignment (GTK_TEXT_DIR_RTL, "영화.mkv", TRUE, 0);
  assert_alignment (GTK_TEXT_DIR_LTR, "", FALSE, 0);
}

static void
count_cb (gpointer object, GParamSpec *pspec, guint *count)
{
  (*count)++;
}

static guint
count_pressed (GtkWidget *root)
{
  guint n = GTK_IS_TOGGLE_BUTTON (root) && gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (root)) ? 1 : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_pressed (child);
  return n;
}

/* Monday and Sunday; then what is pressed changes what is meant, once. */
static void
test_days_are_bits (void)
{
  GtkWidget *days = g_object_ref_sink (g_object_new (FRESHET_TYPE_DAY_BUTTONS, "days", 0x41, NULL));
  GtkWidget *first = gtk_widget_get_first_child (adw_bin_get_child (ADW_BIN (days)));
  guint n_told = 0, before, after;

  g_assert_cmpuint (count_pressed (days), ==, 2);
  g_signal_connect (days, "notify::days", G_CALLBACK (count_cb), &n_told);
  g_object_set (days, "days", 0x7f, NULL);
  g_assert_cmpuint (count_pressed (days), ==, 7);
  g_assert_cmpuint (n_told, ==, 1);
  g_object_get (days, "days", &before, NULL);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (first), FALSE);
  g_object_get (days, "days", &after, NULL);
  g_assert_cmpuint (n_told, ==, 2);
  /* In the C locale the week begins on Sunday. */
  g_assert_cmpuint (before & ~after, ==, 0x40);
  g_object_unref (days);
}

#define ADD_TEST(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gboolean korean = argc > 1 && g_str_equal (argv[1], "--korean");

  bindtextdomain (GETTEXT_PACKAGE, g_getenv ("FRESHET_LOCALEDIR"));
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gtk_test_init (&argc, &argv, NULL);
  /* GTK's own choice for tests is a locale that may not be there. */
  setlocale (LC_ALL, "");
  adw_init ();

  if (korean)
    {
      ADD_TEST ("/window/speaks-korean", test_window_speaks_korean);
      return g_test_run ();
    }
  g_test_add_func ("/inscription/text-is-at-its-start", test_text_is_at_its_start);
  g_test_add_func ("/days/are-bits", test_days_are_bits);
  ADD_TEST ("/window/empty/says-what-to-do", test_empty_says_what_to_do);
  ADD_TEST ("/window/names-are-no-markup", test_names_are_no_markup);
  ADD_TEST ("/window/actions-follow-the-selection", test_actions_follow_the_selection);
  ADD_TEST ("/row/shows-its-item", test_row_shows_its_item);
  ADD_TEST ("/row/follows-the-state", test_row_follows_the_state);
  ADD_TEST ("/row/lets-go", test_row_lets_go);
  return g_test_run ();
}
