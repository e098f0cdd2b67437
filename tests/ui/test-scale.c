/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <locale.h>
#include <string.h>

#include "freshet-sample.h"
#include "freshet-store.h"
#include "freshet-torrent-view-private.h"
#include "freshet-window-private.h"
#include "ui-meter.h"
#include "ui-support.h"

/* Ten thousand torrents in the window, fifty of them running and one arriving
 * as fast as the machine can: scrolled through and sorted, in both kinds of
 * view, while the time is measured in which the main loop hears nobody. */

#define N_TORRENTS 10000u
#define N_ACTIVE 49u
#define SIZE ((guint64) 1 << 30)
#define N_STEPS 120u

/* Microseconds that the main loop may work between two visits of poll(): two
 * frames of sixty a second, and one where it is not the worst of a hundred. It
 * is the time of this thread on a processor, which a busy machine does not make
 * longer by giving it none; what a person would have waited is told as well. */
#define MAX_WORK 33000
#define MAX_WORK_P99 16000

typedef struct
{
  FreshetLibrary *library;
  FreshetWindow *window;
  FreshetDemo *demo;
  FreshetTorrentItem *download; /* what arrives as fast as it can, owned */
  guint n_downloads;
  char *folder;
  guint step;
} Fixture;

static FreshetTorrentRecord *
make_record (const char *folder, guint number)
{
  FreshetTorrentRecord *record = freshet_torrent_record_new ();

  memcpy (record->hash, &number, sizeof number);
  g_free (record->name);
  record->name = g_strdup_printf ("Some Distribution %u.%u for a machine, disc 1 of 1.iso", number * 7919 % N_TORRENTS, number);
  freshet_torrent_record_set_folder (record, folder);
  record->position = number;
  record->size = record->wanted = (guint64) (number * 104729 % N_TORRENTS + 1) * 1000000;
  record->verified = number % 3 == 0 ? record->size / 2 : record->size;
  record->uploaded = record->size * (number % 17) / 5;
  record->paused = TRUE;
  return record;
}

static void
finish_store (FreshetStore *store, const char *folder)
{
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

static void
open_library (Fixture *fixture)
{
  g_autoptr (FreshetStore) store = freshet_store_new (fixture->folder);
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) opened = NULL;

  finish_store (store, fixture->folder);
  fixture->library = ui_library_new ();
  freshet_library_open_async (fixture->library, fixture->folder, ui_result_cb, &pending);
  opened = ui_wait_result (&pending);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture->library)), ==, N_TORRENTS);
}

static void
begin_transfers (Fixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  BtTorrentOptions options = { .folder = fixture->folder };

  for (guint i = 0; i < N_ACTIVE; i++)
    {
      g_autofree char *name = g_strdup_printf ("active %u", i);
      g_autoptr (BtMetainfo) metainfo = ui_metainfo_new (name, 100000000);

      freshet_library_add (fixture->library, metainfo, &options, &error);
      g_assert_no_error (error);
    }
  fixture->demo = freshet_demo_new (SIZE);
  freshet_demo_prepare_async (fixture->demo, NULL, NULL, NULL, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_prepare_finish (fixture->demo, result, &error);
  g_assert_no_error (error);
}

static gboolean
is_arriving (gpointer data)
{
  return freshet_torrent_item_peek_stats (data)->down_rate > 0;
}

/* For each measurement a new one, or it would be over soon. */
static void
begin_download (Fixture *fixture)
{
  g_autofree char *folder = g_strdup_printf ("%s/%u", freshet_demo_get_download_folder (fixture->demo), fixture->n_downloads++);
  BtTorrentOptions options = { .folder = folder };
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *item;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  item = freshet_library_add (fixture->library, freshet_demo_get_metainfo (fixture->demo), &options, &error);
  g_assert_no_error (error);
  fixture->download = g_object_ref (item);
  ui_wait (is_arriving, item);
}

static void
end_download (Fixture *fixture)
{
  g_autofree char *folder = g_strdup (freshet_torrent_item_peek_record (fixture->download)->folder);

  g_test_message ("%.0f MB arrived meanwhile", (double) freshet_torrent_item_peek_stats (fixture->download)->verified / 1e6);
  freshet_library_remove (fixture->library, fixture->download);
  freshet_library_forget (fixture->library, fixture->download);
  g_clear_object (&fixture->download);
  freshet_sample_remove_folder (folder, NULL);
}

static gboolean
has_stepped (gpointer data)
{
  return ((Fixture *) data)->step >= N_STEPS;
}

static void
measure (Fixture *fixture, const char *what, GtkTickCallback step)
{
  begin_download (fixture);
  fixture->step = 0;
  ui_meter_begin ();
  gtk_widget_add_tick_callback (GTK_WIDGET (fixture->window), step, fixture, NULL);
  ui_wait (has_stepped, fixture);
  ui_meter_end (what, MAX_WORK, MAX_WORK_P99);
  end_download (fixture);
}

/* A screen further each frame, as somebody does who pulls at the bar. */
static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  Fixture *fixture = data;
  GtkWidget *list = fixture->window->view->compact ? GTK_WIDGET (fixture->window->view->columns)
                                                    : GTK_WIDGET (fixture->window->view->list);
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  double most = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);

  gtk_adjustment_set_value (adjustment, most * fixture->step / N_STEPS);
  return ++fixture->step < N_STEPS ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
sort_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  static const char *const columns[] = { "name", "size", "progress", "down", "ratio", "state", "" };
  Fixture *fixture = data;

  if (fixture->step % 10 == 0)
    g_object_set (fixture->window->view, "sort-column", columns[fixture->step / 10 % G_N_ELEMENTS (columns)], NULL);
  return ++fixture->step < N_STEPS ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static gboolean
search_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  static const char *const texts[] = { "d", "di", "dis", "dist", "dist 9", "dist 99", "" };
  Fixture *fixture = data;

  if (fixture->step % 10 == 0)
    freshet_torrent_view_set_search (fixture->window->view, texts[fixture->step / 10 % G_N_ELEMENTS (texts)]);
  return ++fixture->step < N_STEPS ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

static void
close_all (Fixture *fixture)
{
  GAsyncResult *pending = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  gtk_window_destroy (GTK_WINDOW (fixture->window));
  ui_library_close (fixture->library);
  freshet_demo_close_async (fixture->demo, ui_result_cb, &pending);
  result = ui_wait_result (&pending);
  freshet_demo_close_finish (fixture->demo, result, NULL);
  g_object_unref (fixture->demo);
  ui_folder_remove (fixture->folder);
}

static void
test_many_torrents_stay_smooth (void)
{
  Fixture fixture = { .folder = ui_folder_new () };

  open_library (&fixture);
  fixture.window = freshet_window_new (NULL, fixture.library, NULL);
  gtk_window_present (GTK_WINDOW (fixture.window));
  begin_transfers (&fixture);
  ui_rest ();
  measure (&fixture, "rows, scrolling", scroll_cb);
  measure (&fixture, "rows, sorting", sort_cb);
  measure (&fixture, "rows, searching", search_cb);
  g_object_set (fixture.window->view, "compact", TRUE, NULL);
  ui_rest ();
  measure (&fixture, "columns, scrolling", scroll_cb);
  measure (&fixture, "columns, sorting", sort_cb);
  measure (&fixture, "columns, searching", search_cb);
  close_all (&fixture);
}

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  setlocale (LC_ALL, "");
  adw_init ();

  g_test_add_func ("/window/many-torrents-stay-smooth", test_many_torrents_stay_smooth);
  return g_test_run ();
}
