/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/**
 * BtReader:
 *
 * A bounds-checked cursor over bytes that somebody else owns: the only place
 * that walks foreign bytes. Every read either moves the cursor and answers
 * %TRUE, or leaves it where it was and answers %FALSE.
 */
typedef struct
{
  const guint8 *data;
  gsize left; /* bytes from @data to the end */
} BtReader;

static inline void
bt_reader_init (BtReader *self, const void *data, gsize length)
{
  self->data = data;
  self->left = length;
}

/* The next @n bytes, borrowed. */
static inline gboolean
bt_reader_take (BtReader *self, gsize n, const guint8 **out)
{
  if (self->left < n)
    return FALSE;
  *out = self->data;
  /* NULL + 0 is undefined in C: an empty reader has no address to move. */
  if (n > 0)
    self->data += n;
  self->left -= n;
  return TRUE;
}

static inline gboolean
bt_reader_skip (BtReader *self, gsize n)
{
  const guint8 *ignored;

  return bt_reader_take (self, n, &ignored);
}

static inline gboolean
bt_reader_copy (BtReader *self, void *dest, gsize n)
{
  const guint8 *src;

  if (!bt_reader_take (self, n, &src))
    return FALSE;
  if (n > 0)
    memcpy (dest, src, n);
  return TRUE;
}

static inline gboolean
bt_reader_u8 (BtReader *self, guint8 *out)
{
  return bt_reader_copy (self, out, 1);
}

static inline gboolean
bt_reader_u16 (BtReader *self, guint16 *out)
{
  if (!bt_reader_copy (self, out, 2))
    return FALSE;
  *out = GUINT16_FROM_BE (*out);
  return TRUE;
}

static inline gboolean
bt_reader_u32 (BtReader *self, guint32 *out)
{
  if (!bt_reader_copy (self, out, 4))
    return FALSE;
  *out = GUINT32_FROM_BE (*out);
  return TRUE;
}

static inline gboolean
bt_reader_u64 (BtReader *self, guint64 *out)
{
  if (!bt_reader_copy (self, out, 8))
    return FALSE;
  *out = GUINT64_FROM_BE (*out);
  return TRUE;
}

G_END_DECLS
