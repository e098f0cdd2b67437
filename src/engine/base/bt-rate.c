/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-rate.h"

#define SLOT_LENGTH (G_USEC_PER_SEC / 2)
#define N_SLOTS 8

static void
advance (BtRate *self, gint64 slot)
{
  if (slot <= self->slot)
    return;
  if (slot - self->slot >= N_SLOTS)
    {
      for (guint i = 0; i < N_SLOTS; i++)
        self->bins[i] = 0;
      self->first = slot;
    }
  else
    for (gint64 i = self->slot + 1; i <= slot; i++)
      self->bins[i % N_SLOTS] = 0;
  self->slot = slot;
}

void
bt_rate_add (BtRate *self, gint64 now, guint64 bytes)
{
  gint64 slot = now / SLOT_LENGTH;

  if (slot > self->slot)
    advance (self, slot);
  self->bins[self->slot % N_SLOTS] += bytes;
  self->total += bytes;
}

guint64
bt_rate_get (BtRate *self, gint64 now)
{
  guint64 sum = 0;
  gint64 window;

  advance (self, now / SLOT_LENGTH);
  for (guint i = 0; i < N_SLOTS; i++)
    sum += self->bins[i];
  /* The window starts with the first byte, so a new connection shows its true
   * rate at once instead of climbing for four seconds. */
  window = now - MAX (self->first, self->slot - (N_SLOTS - 1)) * SLOT_LENGTH;
  return sum * G_USEC_PER_SEC / (guint64) MAX (window, SLOT_LENGTH);
}
