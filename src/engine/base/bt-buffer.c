/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-buffer.h"

#include <string.h>

/* Small enough for a few control messages, so an active peer allocates once. */
#define BT_BUFFER_FIRST 256u

void
bt_buffer_clear (BtBuffer *self)
{
  g_clear_pointer (&self->data, g_free);
  self->head = self->tail = self->space = 0;
}

guint8 *
bt_buffer_reserve (BtBuffer *self, gsize n)
{
  gsize length = bt_buffer_length (self);

  if (self->space - self->tail < n)
    {
      if (self->space - length >= n && self->head >= length)
        memcpy (self->data, self->data + self->head, length);
      else
        {
          gsize want = MAX (BT_BUFFER_FIRST, self->space);
          guint8 *grown;

          while (want - length < n)
            want *= 2;
          grown = g_malloc (want);
          if (length > 0)
            memcpy (grown, self->data + self->head, length);
          g_free (self->data);
          self->data = grown;
          self->space = want;
        }
      self->head = 0;
      self->tail = length;
    }

  return self->data + self->tail;
}

void
bt_buffer_commit (BtBuffer *self, gsize n)
{
  g_assert (self->space - self->tail >= n);
  self->tail += n;
}

void
bt_buffer_append (BtBuffer *self, const void *bytes, gsize n)
{
  if (n == 0)
    return;
  memcpy (bt_buffer_reserve (self, n), bytes, n);
  bt_buffer_commit (self, n);
}

void
bt_buffer_consume (BtBuffer *self, gsize n)
{
  g_assert (n <= bt_buffer_length (self));
  self->head += n;
  /* An idle connection keeps no buffer. */
  if (self->head == self->tail)
    {
      if (self->space > 4 * BT_BUFFER_FIRST)
        bt_buffer_clear (self);
      else
        self->head = self->tail = 0;
    }
}
