/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>

#include "freshet-sample.h"
#include "freshet-window.h"

/* How soon a window with ten thousand torrents can be used: from before GTK is
 * begun until the frame with the rows is painted.
 * bench-start BENCH-LIBRARY, which makes the library */

#define BAR 1.0

static gint64 began, painted;
static guint n_items;

static void
after_paint_cb (GdkFrameClock *clock, gpointer library)
{
  if (painted == 0 && g_list_model_get_n_items (library) > 0)
    painted = g_get_monotonic_time ();
}

static void
realize_cb (GtkWidget *window, gpointer library)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (after_paint_cb), library);
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer app)
{
  g_application_release (app);
  g_application_quit (app);
}

static gboolean
look_cb (gpointer app)
{
  FreshetLibrary *library = g_object_get_data (app, "library");

  if (painted == 0)
    return G_SOURCE_CONTINUE;
  n_items = g_list_model_get_n_items (G_LIST_MODEL (library));
  gtk_window_destroy (gtk_application_get_active_window (app));
  freshet_library_stop_async (library, stopped_cb, app);
  return G_SOURCE_REMOVE;
}

static void
activate_cb (GtkApplication *app)
{
  FreshetLibrary *library = freshet_library_new ();
  FreshetWindow *window;
  BtConfig config;

  g_object_set_data_full (G_OBJECT (app), "library", library, g_object_unref);
  bt_config_init_defaults (&config);
  bt_addr_parse_ip (&config.bind_v4, "127.0.0.1");
  config.bind_only = TRUE;
  freshet_library_start (library, &config, NULL);
  freshet_library_open_async (library, g_object_get_data (G_OBJECT (app), "folder"), NULL, NULL);
  window = freshet_window_new (app, library, NULL);
  g_signal_connect (window, "realize", G_CALLBACK (realize_cb), library);
  gtk_window_present (GTK_WINDOW (window));
  g_application_hold (G_APPLICATION (app));
  g_timeout_add (20, look_cb, app);
}

int
main (int argc, char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("freshet-bench-XXXXXX", NULL);
  char *maker[] = { argv[1], folder, NULL };
  g_autoptr (AdwApplication) app = NULL;
  double seconds;
  int status = 1;

  if (argc != 2 || !g_spawn_sync (NULL, maker, NULL, G_SPAWN_DEFAULT, NULL, NULL, NULL, NULL, &status, NULL) || status != 0)
    return 2;
  began = g_get_monotonic_time ();
  app = adw_application_new (NULL, G_APPLICATION_DEFAULT_FLAGS);
  g_object_set_data (G_OBJECT (app), "folder", folder);
  g_signal_connect (app, "activate", G_CALLBACK (activate_cb), NULL);
  g_application_run (G_APPLICATION (app), 1, argv);
  seconds = (double) (painted - began) / G_USEC_PER_SEC;
  g_print ("%u torrents are painted after %.2f s (bar: below %.1f s: %s)\n", n_items,
           seconds, BAR, seconds < BAR ? "met" : "MISSED");
  freshet_sample_remove_folder (folder, NULL);
  return seconds < BAR ? 0 : 1;
}
