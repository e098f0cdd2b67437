/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "bt-types.h"

G_BEGIN_DECLS

/**
 * BtSha1:
 *
 * A SHA-1 in progress: a value to embed, without heap memory. One thread at a
 * time.
 */
typedef struct
{
  struct sha1_ctx state;
} BtSha1;

/**
 * BtSha256:
 *
 * A SHA-256 in progress, as [struct@BtSha1].
 */
typedef struct
{
  struct sha256_ctx state;
} BtSha256;

void bt_sha1_init   (BtSha1 *self);
void bt_sha1_update (BtSha1 *self, const void *bytes, gsize length);
/* Afterwards @self is as after bt_sha1_init(). */
void bt_sha1_finish (BtSha1 *self, guint8 out[BT_SHA1_LENGTH]);
/* All at once. */
void bt_sha1        (const void *bytes, gsize length, guint8 out[BT_SHA1_LENGTH]);

void bt_sha256_init   (BtSha256 *self);
void bt_sha256_update (BtSha256 *self, const void *bytes, gsize length);
void bt_sha256_finish (BtSha256 *self, guint8 out[BT_SHA256_LENGTH]);
void bt_sha256        (const void *bytes, gsize length, guint8 out[BT_SHA256_LENGTH]);

G_END_DECLS
