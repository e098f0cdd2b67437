/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rivals.h"

/* With more the share of each is too small to look for. */
#define MAX_RIVALS 100u

/* FNV-1a: both sides of a connection must get the same. */
static guint32
number_of (const guint8 peer_id[BT_PEER_ID_LENGTH])
{
  guint32 hash = 2166136261u;

  for (guint i = 0; i < BT_PEER_ID_LENGTH; i++)
    hash = (hash ^ peer_id[i]) * 16777619u;
  return hash;
}

static guint32
weight (guint32 number, guint32 piece)
{
  guint64 x = ((guint64) number << 32 | piece) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  x = (x ^ x >> 32) * G_GUINT64_CONSTANT (0xd6e8feb86659fd93);
  return (guint32) (x >> 32);
}

void
bt_rivals_init (BtRivals *self, const guint8 peer_id[BT_PEER_ID_LENGTH])
{
  self->self = number_of (peer_id);
  self->others = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
bt_rivals_clear (BtRivals *self)
{
  g_clear_pointer (&self->others, g_array_unref);
}

void
bt_rivals_empty (BtRivals *self)
{
  g_array_set_size (self->others, 0);
}

void
bt_rivals_add (BtRivals *self, const guint8 peer_id[BT_PEER_ID_LENGTH])
{
  guint32 number = number_of (peer_id);

  if (self->others->len < MAX_RIVALS)
    g_array_append_val (self->others, number);
}

gboolean
bt_rivals_is_mine (const BtRivals *self, guint32 piece)
{
  guint32 own = weight (self->self, piece);

  for (guint i = 0; i < self->others->len; i++)
    if (weight (g_array_index (self->others, guint32, i), piece) > own)
      return FALSE;
  return TRUE;
}
