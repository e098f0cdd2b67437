/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-allowed-fast.h"

#include "bt-reader.h"
#include "bt-sha.h"

#include <string.h>

static gboolean
contains (const guint32 *pieces, guint n, guint32 piece)
{
  for (guint i = 0; i < n; i++)
    if (pieces[i] == piece)
      return TRUE;
  return FALSE;
}

guint
bt_allowed_fast_set (const BtAddr *peer, const guint8 info_hash[BT_SHA1_LENGTH], guint32 n_pieces, guint32 *pieces, guint most)
{
  guint8 seed[4 + BT_SHA1_LENGTH] = { peer->ip[0], peer->ip[1], peer->ip[2], 0 };
  guint8 digest[BT_SHA1_LENGTH];
  guint n = 0;

  if (peer->family != BT_ADDR_V4)
    return 0;
  most = MIN (most, n_pieces);
  memcpy (seed + 4, info_hash, BT_SHA1_LENGTH);
  bt_sha1 (seed, sizeof seed, digest);
  while (n < most)
    {
      BtReader reader;
      guint32 word;

      bt_reader_init (&reader, digest, sizeof digest);
      while (n < most && bt_reader_u32 (&reader, &word))
        if (!contains (pieces, n, word % n_pieces))
          pieces[n++] = word % n_pieces;
      bt_sha1 (digest, sizeof digest, digest);
    }
  return n;
}
