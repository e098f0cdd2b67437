/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-piece-pool.h"

#include <sys/mman.h>

typedef struct
{
  guint8 *buffer;
  gsize size;
} BtIdleBuffer;

/* Straight from the kernel, so that letting go really gives memory back. */
static guint8 *
map (gsize size)
{
  void *memory = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (memory == MAP_FAILED)
    g_error ("Out of memory for a piece of %" G_GSIZE_FORMAT " bytes", size);
  return memory;
}

static void
drop_idle (BtPiecePool *self, guint at)
{
  BtIdleBuffer *idle = &g_array_index (self->idle, BtIdleBuffer, at);

  self->idle_bytes -= idle->size;
  munmap (idle->buffer, idle->size);
  g_array_remove_index (self->idle, at);
}

void
bt_piece_pool_init (BtPiecePool *self, gsize budget)
{
  *self = (BtPiecePool){ .budget = budget, .idle = g_array_new (FALSE, FALSE, sizeof (BtIdleBuffer)) };
}

void
bt_piece_pool_trim (BtPiecePool *self)
{
  while (self->idle->len > 0)
    drop_idle (self, self->idle->len - 1);
}

void
bt_piece_pool_clear (BtPiecePool *self)
{
  bt_piece_pool_trim (self);
  g_array_unref (self->idle);
}

/* The oldest go first: they are the coldest, or of another torrent's size. */
static void
keep_to_budget (BtPiecePool *self)
{
  while (self->idle->len > 0 && self->used + self->idle_bytes > self->budget)
    drop_idle (self, 0);
}

guint8 *
bt_piece_pool_take (BtPiecePool *self, gsize size)
{
  self->used += size;
  for (guint i = self->idle->len; i-- > 0;)
    {
      BtIdleBuffer idle = g_array_index (self->idle, BtIdleBuffer, i);

      if (idle.size != size)
        continue;
      self->idle_bytes -= size;
      g_array_remove_index (self->idle, i);
      return idle.buffer;
    }
  keep_to_budget (self);
  return map (size);
}

void
bt_piece_pool_give (BtPiecePool *self, guint8 *buffer, gsize size)
{
  BtIdleBuffer idle = { buffer, size };

  g_assert (self->used >= size);
  self->used -= size;
  g_array_append_val (self->idle, idle);
  self->idle_bytes += size;
  keep_to_budget (self);
}
