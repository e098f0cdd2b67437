/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-file-picker.h"

/* GtkFileChooserNative is deprecated by GTK 4.10, which has GtkFileDialog.
 * Both go through the same portal; the older one is there everywhere. */
G_GNUC_BEGIN_IGNORE_DEPRECATIONS

static void
response_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    g_task_return_pointer (task, gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog)), g_object_unref);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Nothing was chosen");
}

/* Nothing but the task keeps a native dialog alive while it is shown. */
static void
show (GtkFileChooserNative *native, gpointer tag, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, native, g_object_unref);
  g_signal_connect (native, "response", G_CALLBACK (response_cb), g_steal_pointer (&task));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (native), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (native));
}

void
freshet_file_picker_open_torrents_async (GtkWindow *parent, GAsyncReadyCallback callback, gpointer user_data)
{
  GtkFileChooserNative *native = gtk_file_chooser_native_new (_ ("Open Torrent Files"), parent,
                                                              GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), NULL);
  g_autoptr (GtkFileFilter) torrents = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (native), TRUE);
  gtk_file_filter_set_name (torrents, _ ("Torrent files"));
  gtk_file_filter_add_mime_type (torrents, "application/x-bittorrent");
  gtk_file_filter_add_suffix (torrents, "torrent");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (native), torrents);
  gtk_file_filter_set_name (all, _ ("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (native), all);
  show (native, freshet_file_picker_open_torrents_async, callback, user_data);
}

GListModel *
freshet_file_picker_open_torrents_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_file_picker_open_torrents_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
freshet_file_picker_folder_async (GtkWindow *parent, const char *title, GFile *initial, GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GtkFileChooserNative *native = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER,
                                                              _ ("_Select"), NULL);

  if (initial != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (native), initial, NULL);
  show (native, freshet_file_picker_folder_async, callback, user_data);
}

static GFile *
take_first (GAsyncResult *result, GError **error)
{
  g_autoptr (GListModel) files = g_task_propagate_pointer (G_TASK (result), error);

  return files != NULL ? g_list_model_get_item (files, 0) : NULL;
}

GFile *
freshet_file_picker_folder_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_file_picker_folder_async), NULL);
  return take_first (result, error);
}

void
freshet_file_picker_file_async (GtkWindow *parent, const char *title, GAsyncReadyCallback callback, gpointer user_data)
{
  show (gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Select"), NULL),
        freshet_file_picker_file_async, callback, user_data);
}

GFile *
freshet_file_picker_file_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_file_picker_file_async), NULL);
  return take_first (result, error);
}

G_GNUC_END_IGNORE_DEPRECATIONS
