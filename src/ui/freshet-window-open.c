/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "freshet-add-dialog.h"
#include "freshet-add-request.h"
#include "freshet-file-picker.h"
#include "freshet-format.h"
#include "freshet-settings.h"
#include "freshet-torrent-fetch.h"
#include "freshet-window-private.h"

/* Lines of a text that are looked at for links. */
#define MAX_LINES 100u
/* So long another program may take to say what it has copied. */
#define CLIPBOARD_MS 3000

/* Files that were opened together: one dialog, one message. */
typedef struct
{
  FreshetWindow *window;
  FreshetAddRequest **loaded; /* in the order the files were given; NULL for one that failed */
  guint n_files;
  guint n_pending;
  guint n_failed;
  char *message; /* about the first that failed */
} Batch;

/* One file of a batch while it is read. */
typedef struct
{
  Batch *batch;
  guint index;
} Load;

static Batch *
batch_new (FreshetWindow *self, guint n_files)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->window = g_object_ref (self);
  batch->loaded = g_new0 (FreshetAddRequest *, n_files);
  batch->n_files = n_files;
  return batch;
}

static void
batch_free (Batch *batch)
{
  for (guint i = 0; i < batch->n_files; i++)
    g_clear_object (&batch->loaded[i]);
  g_free (batch->loaded);
  g_object_unref (batch->window);
  g_free (batch->message);
  g_free (batch);
}

static void
batch_fail (Batch *batch, const char *name, const GError *error)
{
  if (batch->n_failed++ == 0)
    batch->message = freshet_format_open_error (name, error);
}

static char *
format_failures (guint n_failed, const char *only_message)
{
  if (n_failed == 1)
    return g_strdup (only_message);
  return g_strdup_printf (ngettext ("%u file is not a torrent that can be opened",
                                    "%u files are not torrents that can be opened", n_failed),
                          n_failed);
}

static void
show_failures (Batch *batch)
{
  g_autofree char *message = NULL;

  if (batch->n_failed == 0)
    return;
  message = format_failures (batch->n_failed, batch->message);
  freshet_window_show_message (batch->window, message);
}

/* What somebody said yes to. */
typedef struct
{
  Batch *batch; /* of those that could not be added */
  GListModel *requests;
  char *folder;
  gboolean start;
  gboolean sequential;
  GArray *labels; /* of gint64 */
} Addition;

static void
addition_free (gpointer data)
{
  Addition *addition = data;

  batch_free (addition->batch);
  g_object_unref (addition->requests);
  g_free (addition->folder);
  g_array_unref (addition->labels);
  g_free (addition);
}

static guint
add_step (FreshetLibrary *library, guint step, gpointer data)
{
  Addition *addition = data;
  g_autoptr (FreshetAddRequest) request = g_list_model_get_item (addition->requests, step);
  g_autoptr (GError) error = NULL;
  FreshetTorrentItem *item;
  guint8 hash[BT_SHA1_LENGTH];

  memcpy (hash, freshet_add_request_get_info_hash (request), sizeof hash);
  if (!freshet_add_request_accept (request, library, addition->folder, addition->start, addition->sequential, &error))
    {
      batch_fail (addition->batch, freshet_add_request_get_name (request), error);
      return 1;
    }
  item = freshet_library_find (library, hash);
  for (guint i = 0; item != NULL && i < addition->labels->len; i++)
    freshet_library_set_label (library, item, g_array_index (addition->labels, gint64, i), TRUE);
  return 1;
}

static void
all_added_cb (gpointer data)
{
  show_failures (((Addition *) data)->batch);
}

static void
added_cb (FreshetWindow *self, GListModel *requests, GFile *folder, gboolean start, gboolean sequential, GArray *labels)
{
  Addition *addition;

  if (g_file_peek_path (folder) == NULL)
    return;
  addition = g_new (Addition, 1);
  *addition = (Addition){ batch_new (self, 0), g_object_ref (requests), g_file_get_path (folder), start, sequential,
                           g_array_ref (labels) };
  freshet_library_do_many (self->library, g_list_model_get_n_items (requests), add_step, all_added_cb, addition, addition_free);
}

/* What is in the list already needs no question about its folder; trackers
 * that it has not are added to it. */
static gboolean
fail_duplicate (Batch *batch, FreshetAddRequest *request)
{
  BtMetainfo *metainfo = freshet_add_request_get_metainfo (request);
  g_autoptr (GError) error = NULL;

  if (metainfo == NULL || !freshet_library_merge (batch->window->library, metainfo))
    return FALSE;
  g_set_error_literal (&error, BT_ERROR, BT_ERROR_DUPLICATE, "The torrent is there already");
  batch_fail (batch, freshet_add_request_get_name (request), error);
  return TRUE;
}

static void
ask_folder (FreshetWindow *self, GListModel *requests)
{
  g_autoptr (GFile) folder = freshet_settings_dup_download_folder (self->settings);
  FreshetAddDialog *dialog = freshet_add_dialog_new (GTK_WINDOW (self), requests, folder);

  freshet_add_dialog_offer_labels (dialog, self->library);
  g_signal_connect_object (dialog, "added", G_CALLBACK (added_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static guint
hash_key (gconstpointer key)
{
  guint value;

  memcpy (&value, key, sizeof value);
  return value;
}

static gboolean
hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, BT_SHA1_LENGTH) == 0;
}

static void
finish_batch (Batch *batch)
{
  g_autoptr (GListStore) requests = g_list_store_new (FRESHET_TYPE_ADD_REQUEST);
  g_autoptr (GHashTable) seen = g_hash_table_new (hash_key, hash_equal);

  for (guint i = 0; i < batch->n_files; i++)
    /* The same torrent twice, perhaps once as a file and once as a link. */
    if (batch->loaded[i] != NULL && g_hash_table_add (seen, (gpointer) freshet_add_request_get_info_hash (batch->loaded[i])) &&
        !fail_duplicate (batch, batch->loaded[i]))
      g_list_store_append (requests, batch->loaded[i]);
  show_failures (batch);
  if (g_list_model_get_n_items (G_LIST_MODEL (requests)) > 0)
    ask_folder (batch->window, G_LIST_MODEL (requests));
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Load *load = user_data;
  Batch *batch = load->batch;
  g_autoptr (GError) error = NULL;

  batch->loaded[load->index] = freshet_add_request_load_finish (result, &error);
  if (error != NULL)
    {
      g_autofree char *base = g_file_get_basename (freshet_add_request_load_file (result));
      g_autofree char *name = g_filename_display_name (base != NULL ? base : "");

      batch_fail (batch, name, error);
    }
  if (--batch->n_pending > 0)
    return;
  if (!g_cancellable_is_cancelled (batch->window->cancellable))
    finish_batch (batch);
  batch_free (batch);
}

/* What a magnet link calls it, or that it is one. */
static char *
name_of_link (const char *link)
{
  g_autoptr (BtMagnet) magnet = bt_magnet_new (link, NULL);

  return g_strdup (magnet != NULL && magnet->name != NULL ? magnet->name : _ ("Magnet link"));
}

static void
open_link (Batch *batch, guint index, const char *link)
{
  g_autoptr (GFile) folder = freshet_settings_dup_download_folder (batch->window->settings);
  g_autofree char *path = g_file_get_path (folder);
  g_autoptr (GError) error = NULL;

  batch->loaded[index] = freshet_add_request_new_for_link (batch->window->library, link, path, &error);
  if (batch->loaded[index] == NULL)
    {
      g_autofree char *name = name_of_link (link);

      if (batch->n_failed++ == 0)
        batch->message = freshet_format_link_error (name, error);
    }
}

static void
load_file (Batch *batch, guint index, GFile *file)
{
  Load *load = g_new (Load, 1);

  load->batch = batch;
  load->index = index;
  batch->n_pending++;
  freshet_add_request_load_async (file, batch->window->cancellable, loaded_cb, load);
}

static char *
dup_web_address (GFile *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  return freshet_torrent_fetch_dup_address (uri);
}

/* One that is fetched comes later, and alone. */
static void
open_file (Batch *batch, guint index, GFile *file)
{
  g_autofree char *address = dup_web_address (file);

  if (address != NULL)
    freshet_window_fetch (batch->window, address);
  else if (g_file_has_uri_scheme (file, "magnet"))
    {
      g_autofree char *link = g_file_get_uri (file);

      open_link (batch, index, link);
    }
  else
    load_file (batch, index, file);
}

void
freshet_window_open_files (FreshetWindow *self, GFile **files, guint n_files)
{
  Batch *batch;

  g_return_if_fail (FRESHET_IS_WINDOW (self));

  batch = batch_new (self, n_files);
  for (guint i = 0; i < n_files; i++)
    open_file (batch, i, files[i]);
  if (batch->n_pending > 0)
    return;
  finish_batch (batch);
  batch_free (batch);
}

void
freshet_window_open_request (FreshetWindow *self, FreshetAddRequest *request)
{
  Batch *batch = batch_new (self, 1);

  batch->loaded[0] = g_object_ref (request);
  finish_batch (batch);
  batch_free (batch);
}

/* A link a line; other lines are passed over. A web address is the whole text. */
guint
freshet_window_count_links (const char *text)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", MAX_LINES + 1);
  g_autofree char *address = freshet_torrent_fetch_dup_address (text);
  guint n = address != NULL ? 1 : 0;

  for (guint i = 0; lines[i] != NULL && i < MAX_LINES; i++)
    n += bt_magnet_is_link (lines[i]) ? 1 : 0;
  return n;
}

void
freshet_window_open_text (FreshetWindow *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", MAX_LINES + 1);
  g_autofree char *address = freshet_torrent_fetch_dup_address (text);
  Batch *batch;
  gboolean any = FALSE;

  if (address != NULL)
    {
      freshet_window_fetch (self, address);
      return;
    }
  batch = batch_new (self, g_strv_length (lines));
  for (guint i = 0; lines[i] != NULL && i < MAX_LINES; i++)
    if (bt_magnet_is_link (lines[i]))
      {
        any = TRUE;
        open_link (batch, i, lines[i]);
      }
  if (any)
    finish_batch (batch);
  else
    freshet_window_show_message (self, _ ("This is neither a torrent file nor a link to one"));
  batch_free (batch);
}

static void
chosen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetWindow) self = user_data;
  g_autoptr (GListModel) files = freshet_file_picker_open_torrents_finish (result, NULL);
  g_autoptr (GPtrArray) array = g_ptr_array_new_with_free_func (g_object_unref);

  if (files == NULL)
    return;
  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    g_ptr_array_add (array, g_list_model_get_item (files, i));
  freshet_window_open_files (self, (GFile **) array->pdata, array->len);
}

void
freshet_window_choose_files (FreshetWindow *self)
{
  freshet_file_picker_open_torrents_async (GTK_WINDOW (self), chosen_cb, g_object_ref (self));
}

static void
open_file_list (FreshetWindow *self, GdkFileList *list)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (list);
  g_autoptr (GPtrArray) array = g_ptr_array_new ();

  for (GSList *link = files; link != NULL; link = link->next)
    g_ptr_array_add (array, link->data);
  freshet_window_open_files (self, (GFile **) array->pdata, array->len);
}

static void
open_value (FreshetWindow *self, const GValue *value)
{
  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    open_file_list (self, g_value_get_boxed (value));
  else if (G_VALUE_HOLDS_STRING (value) && g_value_get_string (value) != NULL)
    freshet_window_open_text (self, g_value_get_string (value));
}

static void
pasted_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetWindow) self = user_data;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (object), result, NULL);

  if (value != NULL)
    open_value (self, value);
}

static gboolean
is_known (GdkClipboard *clipboard)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  gsize n_types = 0;
  gsize n_names = 0;

  gdk_content_formats_get_gtypes (formats, &n_types);
  gdk_content_formats_get_mime_types (formats, &n_names);
  return n_types + n_names > 0;
}

static void
paste_what_is_known (FreshetWindow *self, GdkClipboard *clipboard)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);
  GType type = gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) ? GDK_TYPE_FILE_LIST : G_TYPE_STRING;

  if (gdk_content_formats_contain_gtype (formats, type))
    gdk_clipboard_read_value_async (clipboard, type, G_PRIORITY_DEFAULT, self->cancellable, pasted_cb, g_object_ref (self));
  else
    freshet_window_show_message (self, _ ("There is no torrent file or link to paste"));
}

static void
formats_cb (FreshetWindow *self, GParamSpec *pspec, GdkClipboard *clipboard)
{
  if (!is_known (clipboard))
    return;
  g_clear_handle_id (&self->paste_source, g_source_remove);
  g_signal_handlers_disconnect_by_func (clipboard, formats_cb, self);
  paste_what_is_known (self, clipboard);
}

static gboolean
waited_cb (gpointer data)
{
  FreshetWindow *self = data;
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));

  self->paste_source = 0;
  g_signal_handlers_disconnect_by_func (clipboard, formats_cb, self);
  paste_what_is_known (self, clipboard);
  return G_SOURCE_REMOVE;
}

/* Files that were copied in the file manager, or links as text. An X server says at once who has copied something, but
 * only that program what it is, when it comes to answering. */
void
freshet_window_paste (FreshetWindow *self)
{
  GdkClipboard *clipboard = gtk_widget_get_clipboard (GTK_WIDGET (self));

  if (is_known (clipboard))
    paste_what_is_known (self, clipboard);
  else if (self->paste_source == 0)
    {
      g_signal_connect_object (clipboard, "notify::formats", G_CALLBACK (formats_cb), self, G_CONNECT_SWAPPED);
      self->paste_source = g_timeout_add (CLIPBOARD_MS, waited_cb, self);
    }
}
