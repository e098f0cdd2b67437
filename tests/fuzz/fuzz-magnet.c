/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-magnet.h"
#include "fuzz.h"

/* What was read is written, and read again it is written the same. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autofree char *text = g_strndup (length > 0 ? (const char *) bytes : "", length);
  g_autoptr (BtMagnet) first = bt_magnet_new (text, NULL);
  g_autoptr (BtMagnet) second = NULL;
  g_autofree char *written = NULL, *again = NULL;

  if (first == NULL)
    return 0;
  written = bt_magnet_to_string (first);
  if (!first->has_v1 && !first->has_v2)
    return 0;
  second = bt_magnet_new (written, NULL);
  g_assert_nonnull (second);
  again = bt_magnet_to_string (second);
  g_assert_cmpstr (written, ==, again);
  return 0;
}
