/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-lsd-packet.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize length)
{
  BtLsdPacket packet;

  if (!bt_lsd_packet_read (&packet, bytes, length))
    return 0;
  g_assert_cmpuint (packet.port, !=, 0);
  g_assert_cmpuint (packet.n_hashes, >, 0);
  g_assert_cmpuint (packet.n_hashes, <=, BT_LSD_MAX_HASHES);
  g_assert_cmpuint (strlen (packet.cookie), <, BT_LSD_COOKIE_MAX);
  return 0;
}
