/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-client-name.h"
#include "bt-ext.h"
#include "fuzz.h"

/* Read, written and read again, it says the same; and any id and version have a name. */
int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  g_autoptr(GBytes) written = NULL;
  BtExtHandshake first, second;
  char name[BT_CLIENT_NAME_MAX];

  if (length >= BT_PEER_ID_LENGTH)
    bt_client_name_from_peer_id (bytes, name, sizeof name);
  if (!bt_ext_handshake_read (&first, bytes, length))
    return 0;
  g_assert_true (g_utf8_validate (first.version, -1, NULL));
  bt_client_name_from_version (first.version, name, sizeof name / 2);
  g_assert_true (g_utf8_validate (name, -1, NULL));
  written = bt_ext_handshake_write (&first);
  g_assert_true (bt_ext_handshake_read (&second, g_bytes_get_data (written, NULL), g_bytes_get_size (written)));
  g_assert_cmpmem (&first, sizeof first, &second, sizeof second);
  return 0;
}
