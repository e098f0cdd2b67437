/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <locale.h>
#include <malloc.h>
#include <stdlib.h>
#include <unistd.h>

#include "bt-bencode.h"
#include "freshet-about.h"
#include "freshet-add-dialog.h"
#include "freshet-add-request.h"
#include "freshet-preferences.h"
#include "freshet-settings.h"
#include "freshet-torrent-view-private.h"
#include "freshet-window-private.h"
#include "ui-support.h"

/* A hundred torrents with the details open, and every view opened and closed
 * again and again. What was closed has to be gone each time; with many rounds
 * (`--rounds 200`) the memory of the process is measured as well. The swarm of
 * the demo, its seed and its tracker are in the process and counted with it. */

#define N_PAUSED 90u
#define N_STARTED 8u
#define N_TORRENTS (N_PAUSED + N_STARTED + 2)
#define N_FILES 500u
#define DEMO_SIZE ((guint64) 64 << 20)

/* Rounds from which on memory is measured. */
#define MANY 100u

/* MiB, resident. The growth is that of the last three quarters of the rounds, of
 * which two hundred were measured with 0.2: GTK and libadwaita keep a KiB a round,
 * a handler of the settings each time that a scrolled window is shown again, and an
 * object of each window about the program. */
#define MOST_RESIDENT 150.0
#define MOST_GROWTH 1.0

/* The least of so many rounds counts: some have a few MiB more for a moment. */
#define LOOKS 10u

static guint n_rounds = 3;

typedef struct
{
  FreshetLibrary *library;
  FreshetWindow *window;
  FreshetDemo *demo;
  GSettings *settings;
  FreshetPreferences *preferences;
  FreshetTorrentItem *shown[2]; /* one that is active, and one with many files */
  char *folder;
  guint n_frames;
} Fixture;

static double
resident (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    return 0;
  fields = g_strsplit (text, " ", 3);
  return (double) g_ascii_strtoull (fields[1], NULL, 10) * (double) sysconf (_SC_PAGESIZE) / (1 << 20);
}

static double
allocated (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return (double) (info.uordblks + info.hblkhd) / (1 << 20);
}

static gboolean
count_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  ((Fixture *) data)->n_frames++;
  return G_SOURCE_CONTINUE;
}

static gboolean
has_painted (gpointer data)
{
  return ((Fixture *) data)->n_frames >= 2;
}

static void
wait_frames (Fixture *fixture)
{
  fixture->n_frames = 0;
  ui_wait (has_painted, fixture);
}

static void
gone_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
}

static gboolean
is_gone (gpointer data)
{
  return *(gboolean *) data;
}

static gboolean
is_unmapped (gpointer data)
{
  return !gtk_widget_get_mapped (data);
}

static gboolean
is_mapped (gpointer data)
{
  return gtk_widget_get_mapped (data);
}

/* Somebody who keeps a reference makes this wait too long. */
static void
look_and_close (Fixture *fixture, gpointer dialog)
{
  gboolean gone = FALSE;

  g_object_set_data_full (dialog, "test-gone", &gone, gone_cb);
  gtk_window_present (dialog);
  ui_wait (is_mapped, dialog);
  wait_frames (fixture);
  gtk_window_destroy (dialog);
  ui_wait (is_gone, &gone);
}

/* The dialog that is open. */
static gpointer
find_dialog (Fixture *fixture)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      /* The list keeps it. */
      if (gtk_widget_get_visible (GTK_WIDGET (window)) && gtk_window_get_transient_for (window) == GTK_WINDOW (fixture->window))
        return window;
    }
  g_assert_not_reached ();
}

static BtMetainfo *
many_files_new (void)
{
  g_autofree guint8 *hashes = g_malloc0 (N_FILES * BT_SHA1_LENGTH);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  BtBencodeWriter writer;
  BtMetainfo *metainfo;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "info");
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "files");
  bt_bencode_begin_list (&writer);
  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("%03u.flac", i);

      bt_bencode_begin_dict (&writer);
      bt_bencode_write_key (&writer, "length");
      bt_bencode_write_integer (&writer, 1 << 20);
      bt_bencode_write_key (&writer, "path");
      bt_bencode_begin_list (&writer);
      bt_bencode_write_text (&writer, i % 2 == 0 ? "even" : "odd");
      bt_bencode_write_text (&writer, name);
      bt_bencode_end (&writer);
      bt_bencode_end (&writer);
    }
  bt_bencode_end (&writer);
  bt_bencode_write_key (&writer, "name");
  bt_bencode_write_text (&writer, "Many files");
  bt_bencode_write_key (&writer, "piece length");
  bt_bencode_write_integer (&writer, 1 << 20);
  bt_bencode_write_key (&writer, "pieces");
  bt_bencode_write_string (&writer, hashes, N_FILES * BT_SHA1_LENGTH);
  bt_bencode_end (&writer);
  bt_bencode_end (&writer);
  bytes = bt_bencode_writer_finish (&writer);
  metainfo = bt_metainfo_new (bytes, &error);
  g_assert_no_error (error);
  return metainfo;
}

static FreshetTorrentItem *
add (Fixture *fixture, BtMetainfo *metainfo, const char *folder, gboolean paused)
{
  BtTorrentOptions options = { .folder = (char *) folder, .paused = paused };
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *item = freshet_library_add (fixture->library, metainfo, &options, &error);

  g_assert_no_error (error);
  return item;
}

static void
add_torrents (Fixture *fixture)
{
  g_autoptr (BtMetainfo) many = many_files_new ();
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < N_PAUSED + N_STARTED; i++)
    {
      g_autofree char *name = g_strdup_printf ("Torrent %u", i);
      g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (name, 100000000);

      add (fixture, metainfo, fixture->folder, i < N_PAUSED);
    }
  fixture->shown[1] = add (fixture, many, fixture->folder, TRUE);
  fixture->demo = freshet_demo_new (DEMO_SIZE);
  freshet_demo_prepare_async (fixture->demo, NULL, NULL, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_prepare_finish (fixture->demo, result, &error);
  g_assert_no_error (error);
  fixture->shown[0] = add (fixture, freshet_demo_get_metainfo (fixture->demo),
                           freshet_demo_get_download_folder (fixture->demo), FALSE);
}

static void
look_at_details (Fixture *fixture, guint round)
{
  static const char *const pages[] = { "files", "peers", "trackers", "overview" };

  freshet_torrent_view_select (fixture->window->view, fixture->shown[round % G_N_ELEMENTS (fixture->shown)]);
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      freshet_details_show_page (fixture->window->details, pages[i]);
      wait_frames (fixture);
    }
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.details", NULL);
  wait_frames (fixture);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.details", NULL);
}

static gboolean
has_all_rows (gpointer data)
{
  return freshet_slot_model_fill (((Fixture *) data)->window->view->slots, 0, N_TORRENTS, G_MAXINT64);
}

/* Rows are filled while nothing else is done; how many is not to be measured. */
static void
look_at_list (Fixture *fixture)
{
  freshet_torrent_view_set_search (fixture->window->view, "torrent 7");
  wait_frames (fixture);
  freshet_torrent_view_set_search (fixture->window->view, "nowhere");
  wait_frames (fixture);
  freshet_torrent_view_set_search (fixture->window->view, "");
  g_object_set (fixture->window->view, "sort-column", "name", NULL);
  wait_frames (fixture);
  g_object_set (fixture->window->view, "compact", TRUE, "sort-column", "", NULL);
  wait_frames (fixture);
  g_object_set (fixture->window->view, "compact", FALSE, NULL);
  ui_wait (has_all_rows, fixture);
  wait_frames (fixture);
}

static void
look_at_add_dialog (Fixture *fixture)
{
  g_autoptr (BtMetainfo) metainfo = many_files_new ();
  g_autoptr (GListStore) requests = g_list_store_new (FRESHET_TYPE_ADD_REQUEST);
  g_autoptr (FreshetAddRequest) request = freshet_add_request_new (metainfo);
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);

  g_list_store_append (requests, request);
  look_and_close (fixture, freshet_add_dialog_new (GTK_WINDOW (fixture->window), G_LIST_MODEL (requests), folder));
}

/* There is one window of them, which is hidden when it is closed. */
static void
look_at_preferences (Fixture *fixture)
{
  if (fixture->preferences == NULL)
    fixture->preferences = freshet_preferences_new (fixture->settings);
  freshet_preferences_present (fixture->preferences, GTK_WINDOW (fixture->window));
  ui_wait (is_mapped, fixture->preferences);
  wait_frames (fixture);
  gtk_window_close (GTK_WINDOW (fixture->preferences));
  ui_wait (is_unmapped, fixture->preferences);
}

static void
look_at_shortcuts (Fixture *fixture)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/io/github/freshet/Freshet/gtk/help-overlay.ui");
  gpointer dialog = gtk_builder_get_object (builder, "help_overlay");

  gtk_window_set_transient_for (dialog, GTK_WINDOW (fixture->window));
  g_clear_object (&builder);
  look_and_close (fixture, dialog);
}

static void
look_at_dialogs (Fixture *fixture)
{
  look_at_add_dialog (fixture);
  look_at_preferences (fixture);
  look_at_shortcuts (fixture);
  freshet_about_present (GTK_WINDOW (fixture->window));
  look_and_close (fixture, find_dialog (fixture));
  /* What is searched in vain is not selected any more. */
  freshet_torrent_view_select (fixture->window->view, fixture->shown[0]);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.labels", NULL);
  look_and_close (fixture, find_dialog (fixture));
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.goals", NULL);
  look_and_close (fixture, find_dialog (fixture));
}

static void
look_at_menus (Fixture *fixture)
{
  GtkWidget *buttons[] = { fixture->window->sort_button, GTK_WIDGET (fixture->window->speed_button) };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    {
      GtkWidget *button = GTK_IS_MENU_BUTTON (buttons[i]) ? buttons[i] : gtk_widget_get_first_child (buttons[i]);

      gtk_menu_button_popup (GTK_MENU_BUTTON (button));
      wait_frames (fixture);
      gtk_menu_button_popdown (GTK_MENU_BUTTON (button));
    }
}

static void
look_around (Fixture *fixture)
{
  double before = G_MAXDOUBLE, after = G_MAXDOUBLE;

  for (guint round = 0; round < n_rounds; round++)
    {
      look_at_details (fixture, round);
      look_at_list (fixture);
      look_at_dialogs (fixture);
      look_at_menus (fixture);
      malloc_trim (0);
      if (n_rounds >= MANY && round % 25 == 24)
        g_test_message ("after %u rounds %.2f MiB, %.2f MiB of it allocated", round + 1, resident (), allocated ());
      if (round >= n_rounds / 4 && round < n_rounds / 4 + LOOKS)
        before = MIN (before, resident ());
      if (round + LOOKS >= n_rounds)
        after = MIN (after, resident ());
    }
  if (n_rounds < MANY)
    return;
  g_test_message ("grown by %.2f MiB in the last %u of %u rounds", after - before, n_rounds - n_rounds / 4, n_rounds);
  g_assert_cmpfloat (after - before, <, MOST_GROWTH);
}

static void
close_all (Fixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  gtk_window_destroy (GTK_WINDOW (fixture->preferences));
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  ui_library_close (fixture->library);
  freshet_demo_close_async (fixture->demo, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_close_finish (fixture->demo, result, NULL);
  g_object_unref (fixture->demo);
  g_object_unref (fixture->settings);
  ui_folder_remove (fixture->folder);
}

static gboolean
is_complete (gpointer data)
{
  return freshet_torrent_item_is_complete (data);
}

static void
test_what_is_closed_is_gone (void)
{
  Fixture fixture = { .folder = ui_folder_new (), .library = ui_library_new (), .settings = freshet_settings_new () };
  gboolean gone = FALSE;

  fixture.window = freshet_window_new (NULL, fixture.library, NULL);
  g_object_set_data_full (G_OBJECT (fixture.window), "test-gone", &gone, gone_cb);
  gtk_widget_add_tick_callback (GTK_WIDGET (fixture.window), count_cb, &fixture, NULL);
  gtk_window_present (GTK_WINDOW (fixture.window));
  add_torrents (&fixture);
  freshet_torrent_view_select (fixture.window->view, fixture.shown[0]);
  gtk_widget_activate_action (GTK_WIDGET (fixture.window), "win.show-details", NULL);
  ui_wait (is_complete, fixture.shown[0]);
  wait_frames (&fixture);
  g_test_message ("%u torrents and the details: %.1f MiB", g_list_model_get_n_items (G_LIST_MODEL (fixture.library)),
                  resident ());
  if (n_rounds >= MANY)
    g_assert_cmpfloat (resident (), <, MOST_RESIDENT);
  look_around (&fixture);
  if (n_rounds >= MANY)
    g_assert_cmpfloat (resident (), <, MOST_RESIDENT);
  close_all (&fixture);
  ui_wait (is_gone, &gone);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  adw_init ();

  if (argc > 2 && g_str_equal (argv[1], "--rounds"))
    n_rounds = (guint) strtoul (argv[2], NULL, 10);
  g_test_add_func ("/window/what-is-closed-is-gone", test_what_is_closed_is_gone);
  return g_test_run ();
}
