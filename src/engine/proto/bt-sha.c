/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-sha.h"

void
bt_sha1_init (BtSha1 *self)
{
  sha1_init (&self->state);
}

void
bt_sha1_update (BtSha1 *self, const void *bytes, gsize length)
{
  if (length > 0)
    sha1_update (&self->state, length, bytes);
}

void
bt_sha1_finish (BtSha1 *self, guint8 out[BT_SHA1_LENGTH])
{
  sha1_digest (&self->state, BT_SHA1_LENGTH, out);
}

void
bt_sha1 (const void *bytes, gsize length, guint8 out[BT_SHA1_LENGTH])
{
  BtSha1 sha;

  bt_sha1_init (&sha);
  bt_sha1_update (&sha, bytes, length);
  bt_sha1_finish (&sha, out);
}

void
bt_sha256_init (BtSha256 *self)
{
  sha256_init (&self->state);
}

void
bt_sha256_update (BtSha256 *self, const void *bytes, gsize length)
{
  if (length > 0)
    sha256_update (&self->state, length, bytes);
}

void
bt_sha256_finish (BtSha256 *self, guint8 out[BT_SHA256_LENGTH])
{
  sha256_digest (&self->state, BT_SHA256_LENGTH, out);
}

void
bt_sha256 (const void *bytes, gsize length, guint8 out[BT_SHA256_LENGTH])
{
  BtSha256 sha;

  bt_sha256_init (&sha);
  bt_sha256_update (&sha, bytes, length);
  bt_sha256_finish (&sha, out);
}
