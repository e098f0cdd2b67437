/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-show-folder.h"

static void
launched_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    g_message ("The folder could not be opened: %s", error->message);
}

static void
open_parent (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *uri = g_file_get_uri (folder != NULL ? folder : file);

  g_app_info_launch_default_for_uri_async (uri, NULL, NULL, launched_cb, NULL);
}

static void
shown_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GFile) file = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (reply == NULL)
    open_parent (file);
}

static void
queried_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  GFile *file = G_FILE (object);
  g_autoptr (GApplication) app = user_data;
  g_autoptr (GFileInfo) info = g_file_query_info_finish (file, result, NULL);
  GDBusConnection *connection = g_application_get_dbus_connection (app);
  g_autofree char *uri = g_file_get_uri (file);
  const char *uris[] = { uri, NULL };

  if (info == NULL || connection == NULL)
    open_parent (file);
  else
    g_dbus_connection_call (connection, "org.freedesktop.FileManager1", "/org/freedesktop/FileManager1",
                            "org.freedesktop.FileManager1", "ShowItems", g_variant_new ("(^ass)", uris, ""), NULL,
                            G_DBUS_CALL_FLAGS_NONE, -1, NULL, shown_cb, g_object_ref (file));
}

void
freshet_show_folder (GtkWindow *parent, GFile *file)
{
  GApplication *app = G_APPLICATION (gtk_window_get_application (parent));

  g_return_if_fail (app != NULL);
  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS,
                           G_PRIORITY_DEFAULT, NULL, queried_cb, g_object_ref (app));
}
