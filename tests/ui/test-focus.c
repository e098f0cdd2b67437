/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <locale.h>

#include "freshet-add-dialog.h"
#include "freshet-add-request.h"
#include "freshet-goals-dialog.h"
#include "freshet-label-dialog.h"
#include "freshet-preferences.h"
#include "freshet-settings.h"
#include "freshet-window-private.h"
#include "ui-support.h"

/* Keys alone come to everything that somebody can do something with. */

typedef struct
{
  FreshetLibrary *library;
  GSettings *settings;
  char *folder;
  FreshetTorrentItem *item;
} Fixture;

static BtMetainfo *
album_new (void)
{
  static const char album[] = "d4:infod5:filesl"
                              "d6:lengthi10e4:pathl3:one5:a.txteed6:lengthi20e4:pathl3:one5:b.txteed6:lengthi30e4:pathl5:c.binee"
                              "e4:name5:Album12:piece lengthi262144e6:pieces20:AAAAAAAAAAAAAAAAAAAAee";
  g_autoptr (GBytes) bytes = g_bytes_new_static (album, sizeof album - 1);
  g_autoptr (GError) error = NULL;
  BtMetainfo *metainfo = bt_metainfo_new (bytes, &error);

  g_assert_no_error (error);
  return metainfo;
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (BtMetainfo) metainfo = album_new ();
  BtTorrentOptions options;

  self->library = ui_library_new ();
  self->settings = freshet_settings_new ();
  self->folder = ui_folder_new ();
  options = (BtTorrentOptions){ .folder = self->folder, .paused = TRUE };
  self->item = freshet_library_add (self->library, metainfo, &options, NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_object_unref (self->settings);
  ui_library_close (self->library);
  ui_folder_remove (self->folder);
}

/* What has a key of its own beside Tab: the parts of a spin button are its
 * arrow keys, those of a window Escape and Alt+F4. */
static gboolean
is_part (GtkWidget *widget)
{
  return gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) != NULL
         || (GTK_IS_BUTTON (widget) && gtk_widget_get_ancestor (widget, GTK_TYPE_SPIN_BUTTON) != NULL);
}

static gboolean
is_control (GtkWidget *widget)
{
  return (GTK_IS_BUTTON (widget) || GTK_IS_CHECK_BUTTON (widget) || GTK_IS_SWITCH (widget) || GTK_IS_TEXT (widget))
         && gtk_widget_is_sensitive (widget) && !is_part (widget);
}

static void
find_controls (GtkWidget *root, GPtrArray *controls)
{
  if (!gtk_widget_get_mapped (root))
    return;
  if (is_control (root))
    g_ptr_array_add (controls, root);
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_POPOVER (child))
      find_controls (child, controls);
}

static void
note_focus (GtkWindow *window, GtkWidget *root, GHashTable *reached, GQueue *queue)
{
  GtkWidget *focus = gtk_window_get_focus (window);

  if (focus != NULL && (focus == root || gtk_widget_is_ancestor (focus, root)) && g_hash_table_add (reached, focus))
    g_queue_push_tail (queue, focus);
}

/* Everything in @root that the focus comes to, from any place it was in, by a
 * key that moves it. */
static GHashTable *
reach (GtkWindow *window, GtkWidget *root)
{
  static const GtkDirectionType directions[] = { GTK_DIR_TAB_FORWARD, GTK_DIR_TAB_BACKWARD, GTK_DIR_DOWN, GTK_DIR_UP,
                                                 GTK_DIR_RIGHT, GTK_DIR_LEFT };
  GHashTable *reached = g_hash_table_new (NULL, NULL);
  g_auto (GQueue) queue = G_QUEUE_INIT;

  gtk_window_set_focus (window, NULL);
  gtk_widget_child_focus (root, GTK_DIR_TAB_FORWARD);
  note_focus (window, root, reached, &queue);
  while (!g_queue_is_empty (&queue))
    {
      GtkWidget *from = g_queue_pop_head (&queue);

      for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
        {
          gtk_window_set_focus (window, from);
          gtk_widget_child_focus (root, directions[i]);
          note_focus (window, root, reached, &queue);
        }
    }
  return reached;
}

static char *
describe (GtkWidget *widget)
{
  g_autofree char *tooltip = g_strdup (gtk_widget_get_tooltip_text (widget));
  GString *text = g_string_new (G_OBJECT_TYPE_NAME (widget));

  if (GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) != NULL)
    g_string_append_printf (text, " “%s”", gtk_button_get_label (GTK_BUTTON (widget)));
  if (tooltip != NULL)
    g_string_append_printf (text, " (%s)", tooltip);
  for (widget = gtk_widget_get_parent (widget); widget != NULL; widget = gtk_widget_get_parent (widget))
    g_string_append_printf (text, " < %s", G_OBJECT_TYPE_NAME (widget));
  return g_string_free (text, FALSE);
}

static gboolean
has_controls (gpointer data)
{
  gpointer *wanted = data;
  g_autoptr (GPtrArray) controls = g_ptr_array_new ();

  find_controls (wanted[0], controls);
  return controls->len >= GPOINTER_TO_UINT (wanted[1]);
}

/* Rows come with the next frames. */
static void
wait_controls (gpointer root, guint n)
{
  gpointer wanted[] = { root, GUINT_TO_POINTER (n) };

  ui_wait (has_controls, wanted);
}

/* @least: so many controls are there at least, or the test looks at the wrong thing */
static void
assert_all_reached (GtkWindow *window, GtkWidget *root, guint least)
{
  g_autoptr (GPtrArray) controls = g_ptr_array_new ();
  g_autoptr (GHashTable) reached = NULL;
  guint n_missing = 0;

  wait_controls (root, least);
  find_controls (root, controls);
  reached = reach (window, root);
  for (guint i = 0; i < controls->len; i++)
    if (!g_hash_table_contains (reached, controls->pdata[i]))
      {
        g_autofree char *text = describe (controls->pdata[i]);

        g_test_message ("No key comes to %s", text);
        n_missing++;
      }
  g_assert_cmpuint (n_missing, ==, 0);
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data) && gtk_widget_get_width (data) > 0;
}

static void
present (gpointer window)
{
  gtk_window_present (window);
  ui_wait (is_mapped, window);
}

static FreshetWindow *
window_new (Fixture *self)
{
  FreshetWindow *window = freshet_window_new (NULL, self->library, self->settings);

  present (window);
  freshet_torrent_view_select (window->view, self->item);
  return window;
}

static void
test_list (Fixture *self, gconstpointer data)
{
  FreshetWindow *window = window_new (self);

  wait_controls (window->view, 2);
  assert_all_reached (GTK_WINDOW (window), GTK_WIDGET (window), 9);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  FreshetWindow *window = window_new (self);

  freshet_library_remove (self->library, self->item);
  freshet_library_forget (self->library, self->item);
  ui_wait (is_mapped, window->empty_page);
  assert_all_reached (GTK_WINDOW (window), window->empty_page, 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_narrow (Fixture *self, gconstpointer data)
{
  FreshetWindow *window;

  g_settings_set_int (self->settings, "window-width", 360);
  window = window_new (self);
  ui_wait (is_mapped, window->bottom_bar);
  wait_controls (window->bottom_bar, 4);
  assert_all_reached (GTK_WINDOW (window), GTK_WIDGET (window), 9);
  gtk_window_destroy (GTK_WINDOW (window));
  g_settings_reset (self->settings, "window-width");
}

static void
test_search (Fixture *self, gconstpointer data)
{
  FreshetWindow *window = window_new (self);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.search", NULL);
  ui_wait (is_mapped, window->search_entry);
  assert_all_reached (GTK_WINDOW (window), GTK_WIDGET (window), 10);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_details (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *page;
    guint least;
  } pages[] = { { "overview", 6 }, { "files", 7 }, { "peers", 4 }, { "trackers", 5 } };
  FreshetWindow *window = window_new (self);

  gtk_widget_activate_action (GTK_WIDGET (window), "win.details", NULL);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      freshet_details_show_page (window->details, pages[i].page);
      ui_wait (is_mapped, window->details);
      assert_all_reached (GTK_WINDOW (window), GTK_WIDGET (window->details), pages[i].least);
    }
  gtk_widget_activate_action (GTK_WIDGET (window), "win.details", NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_speed_limits (Fixture *self, gconstpointer data)
{
  FreshetWindow *window = window_new (self);
  GtkMenuButton *button = GTK_MENU_BUTTON (adw_bin_get_child (ADW_BIN (window->speed_button)));
  GtkWidget *popover = GTK_WIDGET (gtk_menu_button_get_popover (button));

  gtk_menu_button_popup (button);
  ui_wait (is_mapped, popover);
  assert_all_reached (GTK_WINDOW (window), popover, 5);
  gtk_menu_button_popdown (button);
  gtk_window_destroy (GTK_WINDOW (window));
}

static char *
print_settings (GSettings *settings)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;
  GString *text = g_string_new (NULL);

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_autoptr (GVariant) value = g_settings_get_value (settings, keys[i]);
      g_autofree char *printed = g_variant_print (value, TRUE);

      g_string_append_printf (text, "%s=%s\n", keys[i], printed);
    }
  return g_string_free (text, FALSE);
}

static void
test_preferences (Fixture *self, gconstpointer data)
{
  static const char *const pages[] = { "downloads", "speed", "network", "desktop" };
  FreshetPreferences *window;
  g_autofree char *before = print_settings (self->settings);
  g_autofree char *after = NULL;

  window = freshet_preferences_new (self->settings);
  present (window);
  /* Who only looks has chosen nothing. */
  after = print_settings (self->settings);
  g_assert_cmpstr (after, ==, before);
  g_settings_set_boolean (self->settings, "alt-schedule", TRUE);
  present (window);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      adw_preferences_window_set_visible_page_name (ADW_PREFERENCES_WINDOW (window), pages[i]);
      ui_wait (is_mapped, adw_preferences_window_get_visible_page (ADW_PREFERENCES_WINDOW (window)));
      assert_all_reached (GTK_WINDOW (window), GTK_WIDGET (window), 8);
    }
  g_settings_reset (self->settings, "alt-schedule");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
show_add_dialog (Fixture *self, guint n, guint least)
{
  g_autoptr (GListStore) requests = g_list_store_new (FRESHET_TYPE_ADD_REQUEST);
  g_autoptr (GFile) folder = g_file_new_for_path (self->folder);
  FreshetAddDialog *dialog;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (BtMetainfo) metainfo = album_new ();
      g_autoptr (FreshetAddRequest) request = freshet_add_request_new (metainfo);

      g_list_store_append (requests, request);
    }
  dialog = freshet_add_dialog_new (NULL, G_LIST_MODEL (requests), folder);
  present (dialog);
  assert_all_reached (GTK_WINDOW (dialog), GTK_WIDGET (dialog), least);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_add (Fixture *self, gconstpointer data)
{
  show_add_dialog (self, 1, 12);
}

static void
test_add_several (Fixture *self, gconstpointer data)
{
  show_add_dialog (self, 3, 5);
}

static void
test_labels_and_goals (Fixture *self, gconstpointer data)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new ();
  GtkWindow *dialog;

  g_ptr_array_add (items, self->item);
  freshet_library_put_label (self->library, 0, "films", "#3584e4", NULL);
  freshet_library_put_label (self->library, 0, "music", "#2ec27e", NULL);
  dialog = GTK_WINDOW (freshet_label_dialog_new (NULL, self->library, items));
  present (dialog);
  assert_all_reached (dialog, GTK_WIDGET (dialog), 7);
  gtk_window_destroy (dialog);
  dialog = GTK_WINDOW (freshet_goals_dialog_new (NULL, self->library, items));
  present (dialog);
  assert_all_reached (dialog, GTK_WIDGET (dialog), 4);
  gtk_window_destroy (dialog);
}

#define ADD(path, func) g_test_add ("/focus/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  adw_init ();

  ADD ("list", test_list);
  ADD ("empty", test_empty);
  ADD ("narrow", test_narrow);
  ADD ("search", test_search);
  ADD ("details", test_details);
  ADD ("speed-limits", test_speed_limits);
  ADD ("preferences", test_preferences);
  ADD ("add", test_add);
  ADD ("add/several", test_add_several);
  ADD ("labels-and-goals", test_labels_and_goals);
  return g_test_run ();
}
