/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-background.h"

#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define BACKGROUND "org.freedesktop.portal.Background"

static void
answered_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = g_dbus_connection_call_finish (G_DBUS_CONNECTION (object), result, &error);

  if (reply == NULL)
    g_debug ("The desktop was not asked about the background: %s", error->message);
}

static void
call (GDBusConnection *connection, const char *method, GVariant *parameters)
{
  g_dbus_connection_call (connection, PORTAL, PORTAL_PATH, BACKGROUND, method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE,
                          -1, NULL, answered_cb, NULL);
}

void
freshet_background_request (GApplication *app, const char *status)
{
  GDBusConnection *connection = g_application_get_dbus_connection (app);
  GVariantBuilder options;

  if (connection == NULL || !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    return;
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "reason", g_variant_new_string (status));
  call (connection, "RequestBackground", g_variant_new ("(sa{sv})", "", &options));
  g_variant_builder_init (&options, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (&options, "{sv}", "message", g_variant_new_string (status));
  call (connection, "SetStatus", g_variant_new ("(a{sv})", &options));
}
