/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-http.h"

#include <string.h>

static void
authorize (SoupMessage *message, GUri *uri)
{
  const char *password = g_uri_get_password (uri);
  g_autofree char *both = g_strconcat (g_uri_get_user (uri), ":", password == NULL ? "" : password, NULL);
  g_autofree char *encoded = g_base64_encode ((const guint8 *) both, strlen (both));
  g_autofree char *value = g_strconcat ("Basic ", encoded, NULL);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", value);
}

/* What refuses us is not asked again. A proxy is asked with its own password:
 * it is the person's. */
static void
got_headers_cb (SoupMessage *message, gpointer data)
{
  guint status = soup_message_get_status (message);

  if (status == SOUP_STATUS_UNAUTHORIZED ||
      (status == SOUP_STATUS_PROXY_UNAUTHORIZED && !G_IS_PROXY_ADDRESS (soup_message_get_remote_address (message))))
    soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);
}

SoupMessage *
bt_http_message_new (GUri *uri)
{
  SoupMessage *message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);

  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), NULL);
  if (g_uri_get_user (uri) != NULL)
    authorize (message, uri);
  return message;
}

gboolean
bt_http_is_redirect (guint status)
{
  return status == SOUP_STATUS_MOVED_PERMANENTLY || status == SOUP_STATUS_FOUND || status == SOUP_STATUS_SEE_OTHER ||
         status == SOUP_STATUS_TEMPORARY_REDIRECT || status == SOUP_STATUS_PERMANENT_REDIRECT;
}

gboolean
bt_http_is_address (GUri *uri)
{
  return (strcmp (g_uri_get_scheme (uri), "http") == 0 || strcmp (g_uri_get_scheme (uri), "https") == 0) &&
         g_uri_get_host (uri) != NULL && *g_uri_get_host (uri) != '\0';
}

GUri *
bt_http_read_location (SoupMessage *message, GUri *from)
{
  const char *location = soup_message_headers_get_one (soup_message_get_response_headers (message), "Location");
  g_autoptr (GUri) to = location == NULL ? NULL : g_uri_parse_relative (from, location, SOUP_HTTP_URI_FLAGS, NULL);

  return to != NULL && bt_http_is_address (to) ? g_steal_pointer (&to) : NULL;
}
