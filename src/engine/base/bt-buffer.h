/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * BtBuffer:
 *
 * A growable queue of bytes: appended at the tail, consumed at the head.
 * Embedded; costs no heap memory while it is empty.
 */
typedef struct
{
  guint8 *data;
  gsize head;  /* first byte not consumed */
  gsize tail;  /* one past the last byte */
  gsize space; /* bytes allocated */
} BtBuffer;

void    bt_buffer_clear   (BtBuffer *self);
/* Room for @n more bytes at the tail; the bytes become part of the queue with
 * bt_buffer_commit(). Valid until the next call. */
guint8 *bt_buffer_reserve (BtBuffer *self, gsize n);
void    bt_buffer_commit  (BtBuffer *self, gsize n);
void    bt_buffer_append  (BtBuffer *self, const void *bytes, gsize n);
void    bt_buffer_consume (BtBuffer *self, gsize n);

static inline gsize
bt_buffer_length (const BtBuffer *self)
{
  return self->tail - self->head;
}

static inline const guint8 *
bt_buffer_peek (const BtBuffer *self)
{
  return self->data == NULL ? NULL : self->data + self->head;
}

G_END_DECLS
