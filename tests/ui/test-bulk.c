/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "freshet-add-dialog.h"
#include "freshet-store.h"
#include "freshet-torrent-view-private.h"
#include "freshet-window-private.h"
#include "ui-meter.h"
#include "ui-support.h"

/* Much at once in the window: a thousand torrent files dropped on it, and ten
 * thousand torrents selected and removed, while the time is measured in which
 * the main loop hears nobody. */

#define N_TORRENTS 10000u
#define N_FILES 1000u

/* Microseconds that the main loop may work between two visits of poll(). */
#define MOST 50000

typedef struct
{
  FreshetLibrary *library;
  FreshetWindow *window;
  char *folder;
  char *files;
} Fixture;

static FreshetTorrentRecord *
make_record (const char *folder, guint number)
{
  FreshetTorrentRecord *record = freshet_torrent_record_new ();

  memcpy (record->hash, &number, sizeof number);
  record->name = g_strdup_printf ("Some Distribution %u.%u for a machine, disc 1 of 1.iso", number * 7919 % N_TORRENTS, number);
  freshet_torrent_record_set_folder (record, folder);
  record->position = number;
  record->size = record->wanted = record->verified = (guint64) (number * 104729 % N_TORRENTS + 1) * 1000000;
  record->paused = TRUE;
  return record;
}

static void
fill_store (const char *folder)
{
  g_autoptr (FreshetStore) store = freshet_store_new (folder);
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) closed = NULL;

  freshet_store_open_async (store, ui_result_cb, &pending);
  opened = ui_wait_result (&pending);
  freshet_store_contents_free (freshet_store_open_finish (store, opened));
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      g_autoptr (FreshetTorrentRecord) record = make_record (folder, i);

      freshet_store_put (store, record);
    }
  freshet_store_close_async (store, ui_result_cb, &pending);
  closed = ui_wait_result (&pending);
}

static guint
count (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->library));
}

static gboolean
has_all (gpointer data)
{
  return count (data) == N_TORRENTS;
}

static gboolean
has_files_too (gpointer data)
{
  return count (data) == N_TORRENTS + N_FILES;
}

static gboolean
is_empty (gpointer data)
{
  return count (data) == 0;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) opened = NULL;

  fixture->folder = ui_folder_new ();
  fixture->files = ui_folder_new ();
  fill_store (fixture->folder);
  fixture->library = ui_library_new ();
  freshet_library_open_async (fixture->library, fixture->folder, ui_result_cb, &pending);
  opened = ui_wait_result (&pending);
  fixture->window = freshet_window_new (NULL, fixture->library, NULL);
  gtk_window_present (GTK_WINDOW (fixture->window));
  ui_wait (has_all, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  ui_library_close (fixture->library);
  ui_folder_remove (fixture->folder);
  ui_folder_remove (fixture->files);
}

static GPtrArray *
make_files (const char *folder)
{
  GPtrArray *files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < N_FILES; i++)
    {
      g_autofree char *name = g_strdup_printf ("dropped %u", i);
      g_autofree char *path = g_strdup_printf ("%s/%s.torrent", folder, name);
      g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (name, 1000000);
      GBytes *bytes = bt_metainfo_get_bytes (metainfo);

      g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
      g_ptr_array_add (files, g_file_new_for_path (path));
    }
  return files;
}

static GtkWindow *
find_dialog (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (FRESHET_IS_ADD_DIALOG (l->data) && gtk_widget_get_mapped (l->data))
      return l->data;
  return NULL;
}

static gboolean
has_dialog (gpointer data)
{
  return find_dialog () != NULL;
}

static void
test_a_thousand_files_are_added (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) files = make_files (fixture->files);

  ui_rest ();
  ui_meter_begin ();
  freshet_window_open_files (fixture->window, (GFile **) files->pdata, files->len);
  ui_wait (has_dialog, NULL);
  ui_rest ();
  ui_meter_end ("a thousand files are looked at", MOST, MOST);
  ui_meter_begin ();
  gtk_widget_activate_action (GTK_WIDGET (find_dialog ()), "dialog.add", NULL);
  ui_wait (has_files_too, fixture);
  ui_rest ();
  ui_meter_end ("a thousand torrents are added", MOST, MOST);
}

static void
test_ten_thousand_are_removed (Fixture *fixture, gconstpointer data)
{
  ui_rest ();
  ui_meter_begin ();
  gtk_selection_model_select_all (GTK_SELECTION_MODEL (fixture->window->view->selection));
  ui_rest ();
  ui_meter_end ("ten thousand torrents are selected", MOST, MOST);
  ui_meter_begin ();
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.remove", NULL);
  ui_wait (is_empty, fixture);
  ui_rest ();
  ui_meter_end ("ten thousand torrents are removed", MOST, MOST);
}

static void
test_a_removal_of_many_is_undone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) items = NULL;

  gtk_selection_model_select_all (GTK_SELECTION_MODEL (fixture->window->view->selection));
  items = freshet_torrent_view_dup_selected (fixture->window->view);
  freshet_library_remove_many (fixture->library, items, FALSE, NULL, NULL, NULL);
  ui_wait (is_empty, fixture);
  ui_meter_begin ();
  freshet_library_restore_many (fixture->library, items);
  ui_wait (has_all, fixture);
  ui_rest ();
  ui_meter_end ("ten thousand torrents come back", MOST, MOST);
  for (guint i = 0; i < N_TORRENTS; i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (fixture->library), i);

      g_assert_cmpmem (freshet_torrent_item_peek_record (item)->hash, sizeof i, &i, sizeof i);
    }
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  adw_init ();

  g_test_add ("/bulk/a-thousand-files-are-added", Fixture, NULL, set_up, test_a_thousand_files_are_added, tear_down);
  g_test_add ("/bulk/ten-thousand-are-removed", Fixture, NULL, set_up, test_ten_thousand_are_removed, tear_down);
  g_test_add ("/bulk/a-removal-of-many-is-undone", Fixture, NULL, set_up, test_a_removal_of_many_is_undone, tear_down);
  return g_test_run ();
}
