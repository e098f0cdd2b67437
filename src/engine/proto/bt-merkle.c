/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-merkle.h"

#include <string.h>

#include "bt-sha.h"

void
bt_merkle_parent (const guint8 *left, const guint8 *right, guint8 out[BT_SHA256_LENGTH])
{
  BtSha256 sha;

  bt_sha256_init (&sha);
  bt_sha256_update (&sha, left, BT_SHA256_LENGTH);
  bt_sha256_update (&sha, right, BT_SHA256_LENGTH);
  bt_sha256_finish (&sha, out);
}

void
bt_merkle_pad (guint layer, guint8 out[BT_SHA256_LENGTH])
{
  memset (out, 0, BT_SHA256_LENGTH);
  for (guint i = 0; i < layer; i++)
    bt_merkle_parent (out, out, out);
}

void
bt_merkle_root (const guint8 *hashes, gsize n_hashes, guint layer, guint8 out[BT_SHA256_LENGTH])
{
  g_autofree guint8 *row = g_malloc ((n_hashes + 1) * BT_SHA256_LENGTH);
  guint8 pad[BT_SHA256_LENGTH];

  g_return_if_fail (n_hashes > 0);

  memcpy (row, hashes, n_hashes * BT_SHA256_LENGTH);
  bt_merkle_pad (layer, pad);
  while (n_hashes > 1)
    {
      if (n_hashes % 2 == 1)
        memcpy (row + n_hashes++ * BT_SHA256_LENGTH, pad, BT_SHA256_LENGTH);
      for (gsize i = 0; i < n_hashes / 2; i++)
        bt_merkle_parent (row + 2 * i * BT_SHA256_LENGTH, row + (2 * i + 1) * BT_SHA256_LENGTH,
                          row + i * BT_SHA256_LENGTH);
      n_hashes /= 2;
      bt_merkle_parent (pad, pad, pad);
    }
  memcpy (out, row, BT_SHA256_LENGTH);
}

guint
bt_merkle_piece_layer (guint32 piece_length)
{
  return g_bit_storage (piece_length / BT_BLOCK_SIZE) - 1;
}
