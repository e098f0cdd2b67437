/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-metadata-private.h"

#include <string.h>

#include "bt-sha.h"

/* Failed attempts whose digests are kept to find out who lied. */
#define MAX_FAILED 4u

void
bt_metadata_whole_check (BtMetadataWhole *self, const guint8 *sha1, const guint8 *sha256)
{
  guint32 n_pieces = bt_metadata_n_pieces (self->length);
  guint8 digest[BT_SHA256_LENGTH];

  self->right = sha1 != NULL || sha256 != NULL;
  if (sha1 != NULL)
    {
      bt_sha1 (self->bytes, self->length, digest);
      self->right &= memcmp (digest, sha1, BT_SHA1_LENGTH) == 0;
    }
  if (sha256 != NULL)
    {
      bt_sha256 (self->bytes, self->length, digest);
      self->right &= memcmp (digest, sha256, BT_SHA256_LENGTH) == 0;
    }
  g_free (self->digests);
  self->digests = g_malloc ((gsize) n_pieces * BT_SHA1_LENGTH);
  for (guint32 i = 0; i < n_pieces; i++)
    bt_sha1 (self->bytes + (gsize) i * BT_METADATA_PIECE, bt_metadata_piece_size (self->length, i),
             self->digests + (gsize) i * BT_SHA1_LENGTH);
}

void
bt_metadata_whole_free (BtMetadataWhole *self)
{
  g_free (self->bytes);
  g_free (self->digests);
  g_free (self);
}

static void
ban (BtMetadata *self, guint32 id, GArray *liars)
{
  BtMetadataPeer *peer = bt_metadata_find_peer (self, id);

  for (guint i = 0; i < liars->len; i++)
    if (g_array_index (liars, guint32, i) == id)
      return;
  if (peer != NULL)
    bt_metadata_lied (self, peer);
  g_array_append_val (liars, id);
}

static gboolean
is_from_one (const guint32 *from, guint32 n)
{
  for (guint32 i = 1; i < n; i++)
    if (from[i] != from[0])
      return FALSE;
  return TRUE;
}

/* Now the right pieces are known, and so who sent others. */
static void
find_liars (BtMetadata *self, const BtMetadataWhole *whole, GArray *liars)
{
  guint32 n_pieces = bt_metadata_n_pieces (whole->length);

  for (guint i = 0; i < self->failed->len; i++)
    {
      const BtMetadataFailed *failed = self->failed->pdata[i];

      for (guint32 k = 0; failed->n_pieces == n_pieces && k < n_pieces; k++)
        if (memcmp (failed->digests + (gsize) k * BT_SHA1_LENGTH, whole->digests + (gsize) k * BT_SHA1_LENGTH, BT_SHA1_LENGTH) != 0)
          ban (self, failed->from[k], liars);
    }
}

/* One liar among several: from now on each is asked alone. */
static void
begin_to_doubt (BtMetadata *self, BtMetadataAttempt *attempt, const BtMetadataWhole *whole)
{
  BtMetadataFailed *failed = g_new0 (BtMetadataFailed, 1);

  failed->n_pieces = attempt->n_pieces;
  failed->from = g_memdup2 (attempt->from, attempt->n_pieces * sizeof *attempt->from);
  failed->digests = g_memdup2 (whole->digests, (gsize) attempt->n_pieces * BT_SHA1_LENGTH);
  if (self->failed->len >= MAX_FAILED)
    g_ptr_array_remove_index (self->failed, 0);
  g_ptr_array_add (self->failed, failed);
  if (!bt_metadata_is_doubted (self, attempt->size))
    g_array_append_val (self->doubted, attempt->size);
}

void
bt_metadata_judge (BtMetadata *self, const BtMetadataWhole *whole, GArray *liars)
{
  BtMetadataAttempt *attempt = NULL;

  for (guint i = 0; i < self->attempts->len && attempt == NULL; i++)
    if (((BtMetadataAttempt *) self->attempts->pdata[i])->id == whole->attempt)
      attempt = self->attempts->pdata[i];
  if (whole->right)
    {
      find_liars (self, whole, liars);
      return;
    }
  if (attempt == NULL)
    return;
  if (is_from_one (attempt->from, attempt->n_pieces))
    ban (self, attempt->from[0], liars);
  else
    begin_to_doubt (self, attempt, whole);
  bt_metadata_remove_attempt (self, attempt);
}
