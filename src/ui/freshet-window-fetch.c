/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-torrent-fetch.h"
#include "freshet-window-private.h"

/* A torrent at a web address: words that offer to cancel, until it is here. */

/* At once; each may be as large as a torrent file may be. */
#define MOST_FETCHES 4u

/* Milliseconds. What is quicker comes without words before it. */
#define WORDS_AFTER 400

typedef struct
{
  FreshetWindow *window; /* owned */
  char *address;
  GCancellable *cancellable;
  gulong closed_handler; /* of the window's cancellable */
  guint words_source;
  AdwToast *toast;       /* NULL: nothing was said yet */
} Fetch;

static void
fetch_free (Fetch *fetch)
{
  g_clear_handle_id (&fetch->words_source, g_source_remove);
  if (fetch->toast != NULL)
    adw_toast_dismiss (fetch->toast);
  g_clear_object (&fetch->toast);
  g_cancellable_disconnect (fetch->window->cancellable, fetch->closed_handler);
  g_object_unref (fetch->cancellable);
  g_object_unref (fetch->window);
  g_free (fetch->address);
  g_free (fetch);
}

static gboolean
words_cb (gpointer data)
{
  Fetch *fetch = data;
  g_autoptr (GUri) uri = g_uri_parse (fetch->address, G_URI_FLAGS_ENCODED, NULL);
  g_autofree char *message = NULL;
  g_autofree char *escaped = NULL;

  fetch->words_source = 0;
  /* Translators: %s is the name of a server */
  message = g_strdup_printf (_ ("Fetching a torrent from “%s”…"), uri != NULL ? g_uri_get_host (uri) : "");
  escaped = g_markup_escape_text (message, -1);
  fetch->toast = adw_toast_new (escaped);
  adw_toast_set_timeout (fetch->toast, 0);
  adw_toast_set_button_label (fetch->toast, _ ("_Cancel"));
  g_signal_connect_object (fetch->toast, "button-clicked", G_CALLBACK (g_cancellable_cancel), fetch->cancellable, G_CONNECT_SWAPPED);
  if (fetch->window->toasts != NULL)
    adw_toast_overlay_add_toast (fetch->window->toasts, g_object_ref (fetch->toast));
  return G_SOURCE_REMOVE;
}

static void
fetched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  g_autoptr (FreshetWindow) self = g_object_ref (fetch->window);
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FreshetAddRequest) request = freshet_torrent_fetch_finish (result, &link, &error);

  fetch_free (fetch);
  self->n_fetches--;
  if (g_cancellable_is_cancelled (self->cancellable) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (request != NULL)
    freshet_window_open_request (self, request);
  else if (link != NULL)
    freshet_window_open_text (self, link);
  else
    freshet_window_show_message (self, error->message);
}

static void
closed_cb (GCancellable *cancellable, gpointer data)
{
  g_cancellable_cancel (data);
}

void
freshet_window_fetch (FreshetWindow *self, const char *address)
{
  Fetch *fetch;

  if (self->n_fetches >= MOST_FETCHES)
    {
      freshet_window_show_message (self, _ ("Other torrents are still being fetched from the web: try again when they are here"));
      return;
    }
  self->n_fetches++;
  fetch = g_new0 (Fetch, 1);
  fetch->window = g_object_ref (self);
  fetch->address = g_strdup (address);
  fetch->cancellable = g_cancellable_new ();
  fetch->closed_handler = g_cancellable_connect (self->cancellable, G_CALLBACK (closed_cb), fetch->cancellable, NULL);
  fetch->words_source = g_timeout_add (WORDS_AFTER, words_cb, fetch);
  g_source_set_name_by_id (fetch->words_source, "freshet-window-fetch words");
  freshet_torrent_fetch_async (address, NULL, fetch->cancellable, fetched_cb, fetch);
}
