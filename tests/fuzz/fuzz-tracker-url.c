/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-tracker-url.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_strndup (length > 0 ? (const char *) bytes : "", length);
  g_autoptr(GError) error = NULL;
  BtTrackerUrl url;

  if (bt_tracker_url_parse (&url, text, &error))
    {
      g_assert_no_error (error);
      g_assert_cmpstr (url.host, !=, "");
      g_assert_cmpuint (url.port, >, 0);
      g_assert_nonnull (url.url_data);
      bt_tracker_url_clear (&url);
    }
  else
    g_assert_nonnull (error);
  return 0;
}
