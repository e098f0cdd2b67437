/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The desktop's file chooser, through the portal where there is one. A person
 * who closes it gives %G_IO_ERROR_CANCELLED. */

void        freshet_file_picker_open_torrents_async  (GtkWindow *parent, GAsyncReadyCallback callback,
                                                      gpointer user_data);
/* Returns: (transfer full): a #GListModel of #GFile, not empty */
GListModel *freshet_file_picker_open_torrents_finish (GAsyncResult *result, GError **error);

void        freshet_file_picker_folder_async         (GtkWindow *parent, const char *title, GFile *initial,
                                                      GAsyncReadyCallback callback, gpointer user_data);
GFile      *freshet_file_picker_folder_finish        (GAsyncResult *result, GError **error);

void        freshet_file_picker_file_async           (GtkWindow *parent, const char *title, GAsyncReadyCallback callback,
                                                      gpointer user_data);
GFile      *freshet_file_picker_file_finish          (GAsyncResult *result, GError **error);

G_END_DECLS
