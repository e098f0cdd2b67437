/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blame.h"

#include <string.h>

/* A liar is found at the next good copy of the piece, so few are ever open. */
#define MAX_RECORDS 16u

typedef struct
{
  guint32 piece;
  guint32 n_blocks;
  guint8 *digests;
  guint32 *from;
} BtBlameRecord;

static void
record_free (gpointer data)
{
  BtBlameRecord *record = data;

  g_free (record->digests);
  g_free (record->from);
  g_free (record);
}

void
bt_blame_init (BtBlame *self)
{
  g_queue_init (&self->records);
}

void
bt_blame_clear (BtBlame *self)
{
  g_queue_clear_full (&self->records, record_free);
}

gboolean
bt_blame_knows (const BtBlame *self, guint32 piece)
{
  for (GList *l = self->records.head; l != NULL; l = l->next)
    if (((BtBlameRecord *) l->data)->piece == piece)
      return TRUE;
  return FALSE;
}

static guint32
only_sender (guint32 n_blocks, const guint32 *from)
{
  for (guint32 i = 1; i < n_blocks; i++)
    if (from[i] != from[0])
      return 0;
  return n_blocks > 0 ? from[0] : 0;
}

guint32
bt_blame_failed (BtBlame *self, guint32 piece, guint32 n_blocks, const guint8 *digests, const guint32 *from)
{
  guint32 culprit = only_sender (n_blocks, from);
  BtBlameRecord *record;

  if (culprit != 0)
    return culprit;

  record = g_new0 (BtBlameRecord, 1);
  record->piece = piece;
  record->n_blocks = n_blocks;
  record->digests = g_memdup2 (digests, (gsize) n_blocks * BT_BLAME_DIGEST);
  record->from = g_memdup2 (from, n_blocks * sizeof *from);
  g_queue_push_head (&self->records, record);
  if (self->records.length > MAX_RECORDS)
    record_free (g_queue_pop_tail (&self->records));
  return 0;
}

static void
add_once (GArray *ids, guint32 id)
{
  for (guint i = 0; i < ids->len; i++)
    if (g_array_index (ids, guint32, i) == id)
      return;
  g_array_append_val (ids, id);
}

GArray *
bt_blame_passed (BtBlame *self, guint32 piece, guint32 n_blocks, const guint8 *digests)
{
  GArray *culprits = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (GList *l = self->records.head, *next; l != NULL; l = next)
    {
      BtBlameRecord *record = l->data;

      next = l->next;
      if (record->piece != piece)
        continue;
      for (guint32 i = 0; i < MIN (n_blocks, record->n_blocks); i++)
        if (memcmp (record->digests + i * BT_BLAME_DIGEST, digests + i * BT_BLAME_DIGEST, BT_BLAME_DIGEST) != 0)
          add_once (culprits, record->from[i]);
      record_free (record);
      g_queue_delete_link (&self->records, l);
    }
  return culprits;
}
