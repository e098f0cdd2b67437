/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-tracker-url.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bt-error.h"

/* Bytes of a URL; what servers commonly take of a request line is 8 KiB, and
 * an announce or a scrape adds to it. */
#define MAX_URL 2048u

static gboolean
fail (GError **error, BtError code, const char *sentence)
{
  g_set_error_literal (error, BT_ERROR, code, sentence);
  return FALSE;
}

static gboolean
take_scheme (BtTrackerUrl *self, const char *scheme)
{
  static const char *const names[] = { [BT_TRACKER_HTTP] = "http", [BT_TRACKER_HTTPS] = "https", [BT_TRACKER_UDP] = "udp" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (scheme, names[i]) == 0)
      {
        self->scheme = (BtTrackerScheme) i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
take_port (BtTrackerUrl *self, int port)
{
  if (port < 0 && self->scheme != BT_TRACKER_UDP)
    port = self->scheme == BT_TRACKER_HTTPS ? 443 : 80;
  if (port <= 0 || port > G_MAXUINT16)
    return FALSE;
  self->port = (guint16) port;
  return TRUE;
}

static gboolean
has_blanks (const char *text)
{
  for (; *text != '\0'; text++)
    if ((guchar) *text <= ' ' || *text == 0x7f)
      return TRUE;
  return FALSE;
}

/* GUri writes %aB as %AB; some trackers compare passkeys byte by byte. */
static char *
dup_url_data (const char *url)
{
  const char *authority = strstr (url, "://");
  const char *start = authority + strlen ("://");

  start += strcspn (start, "/?#");
  return g_strndup (start, strcspn (start, "#"));
}

gboolean
bt_tracker_url_parse (BtTrackerUrl *self, const char *url, GError **error)
{
  const GUriFlags flags = G_URI_FLAGS_ENCODED_PATH | G_URI_FLAGS_ENCODED_QUERY | G_URI_FLAGS_ENCODED_FRAGMENT;
  g_autofree char *scheme = NULL, *host = NULL;
  int port;

  *self = (BtTrackerUrl){ .scheme = BT_TRACKER_HTTP };
  if (strlen (url) > MAX_URL)
    return fail (error, BT_ERROR_TOO_LARGE, _ ("The tracker’s address is too long."));
  if (has_blanks (url) || !g_utf8_validate (url, -1, NULL) ||
      !g_uri_split (url, flags, &scheme, NULL, &host, &port, NULL, NULL, NULL, NULL) || scheme == NULL)
    return fail (error, BT_ERROR_MALFORMED, _ ("This is not the address of a tracker."));
  if (!take_scheme (self, scheme))
    {
      g_set_error (error, BT_ERROR, BT_ERROR_UNSUPPORTED, _ ("Trackers are reached by http, https or udp, not by %s."), scheme);
      return FALSE;
    }
  if (host == NULL || *host == '\0')
    return fail (error, BT_ERROR_MALFORMED, _ ("The tracker’s address names no host."));
  if (!take_port (self, port))
    return fail (error, BT_ERROR_MALFORMED, port < 0 ? _ ("A udp tracker’s address needs a port.")
                                                     : _ ("The tracker’s port is not a number from 1 to 65535."));
  self->host = g_steal_pointer (&host);
  self->url_data = dup_url_data (url);
  return TRUE;
}

void
bt_tracker_url_clear (BtTrackerUrl *self)
{
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->url_data, g_free);
}
