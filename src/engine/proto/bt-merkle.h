/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-types.h"

G_BEGIN_DECLS

/* Trees of SHA-256 hashes over blocks of 16 KiB (BEP 52). Layer 0 is the
 * leaves; a layer is filled up to a power of two with the root of a tree of
 * zeroed leaves of that height. */

/* The hash of two neighbours. @out may be one of them. */
void    bt_merkle_parent (const guint8 *left, const guint8 *right, guint8 out[BT_SHA256_LENGTH]);
/* What fills up layer @layer. */
void    bt_merkle_pad    (guint layer, guint8 out[BT_SHA256_LENGTH]);
/* The root over @n_hashes hashes of 32 bytes, one after the other, that are
 * the beginning of layer @layer. @n_hashes must not be 0. */
void    bt_merkle_root   (const guint8 *hashes, gsize n_hashes, guint layer, guint8 out[BT_SHA256_LENGTH]);
/* The leaves' layer is 0, so a piece of one block is 0, of two 1.
 * @piece_length must be a power of two of at least a block. */
guint   bt_merkle_piece_layer (guint32 piece_length);

G_END_DECLS
