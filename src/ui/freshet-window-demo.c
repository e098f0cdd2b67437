/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-format.h"
#include "freshet-window-private.h"

static void
show_error (FreshetWindow *self, const char *what, const GError *error)
{
  g_autofree char *reason = freshet_format_error (error);
  g_autofree char *message = g_strdup_printf ("%s: %s", what, reason);

  freshet_window_show_message (self, message);
}

/* A verification, with what is said when it is right. */
typedef struct
{
  FreshetWindow *window;
  char *praise;
} Verify;

static void
verified_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Verify *verify = user_data;
  g_autoptr (FreshetWindow) self = verify->window;
  g_autofree char *praise = verify->praise;
  g_autoptr (GError) error = NULL;

  if (freshet_demo_verify_finish (FRESHET_DEMO (object), result, &error))
    freshet_window_show_message (self, praise);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_error (self, _ ("The copy of the sample is not right"), error);
}

static char *
format_praise (FreshetWindow *self)
{
  double seconds = (double) (g_get_monotonic_time () - self->demo_began) / G_USEC_PER_SEC;
  g_autofree char *size = freshet_format_size (bt_metainfo_get_real_length (freshet_demo_get_metainfo (self->demo)));

  /* Translators: %s is a size, such as “268.4 MB”; then the time that its download took, in seconds */
  return g_strdup_printf (_ ("%s arrived in %.1f s, and every byte is right"), size, seconds);
}

static void
finished_cb (FreshetWindow *self, FreshetTorrentItem *item)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);
  Verify *verify;

  if (torrent == NULL || bt_torrent_get_metainfo (torrent) != freshet_demo_get_metainfo (self->demo))
    return;
  g_clear_signal_handler (&self->demo_finished_handler, self->library);
  verify = g_new (Verify, 1);
  verify->window = g_object_ref (self);
  verify->praise = format_praise (self);
  freshet_demo_verify_async (self->demo, self->cancellable, verified_cb, verify);
}

static void
prepared_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetWindow) self = user_data;
  FreshetDemo *demo = FRESHET_DEMO (object);
  BtTorrentOptions options = { .folder = freshet_demo_get_download_folder (demo) };
  g_autoptr (GError) error = NULL;

  if (self->demo_revealer != NULL)
    gtk_revealer_set_reveal_child (self->demo_revealer, FALSE);
  if (freshet_demo_prepare_finish (demo, result, &error)
      && freshet_library_add_temporary (self->library, freshet_demo_get_metainfo (demo), &options, &error) != NULL)
    {
      self->demo_began = g_get_monotonic_time ();
      self->demo_finished_handler = g_signal_connect_swapped (self->library, "finished", G_CALLBACK (finished_cb),
                                                              self);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_error (self, _ ("The sample could not be made"), error);
}

static void
progress_cb (double fraction, gpointer data)
{
  FreshetWindow *self = data;

  if (self->demo_progress != NULL)
    gtk_progress_bar_set_fraction (self->demo_progress, fraction);
}

void
freshet_window_start_demo (FreshetWindow *self, FreshetDemo *demo, GCancellable *cancellable)
{
  g_return_if_fail (FRESHET_IS_WINDOW (self));

  g_set_object (&self->demo, demo);
  gtk_revealer_set_reveal_child (self->demo_revealer, TRUE);
  freshet_demo_prepare_async (demo, progress_cb, self, cancellable, prepared_cb, g_object_ref (self));
}
