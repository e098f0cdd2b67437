/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"

#include <string.h>

static void
free_key (gpointer data)
{
  if (data != NULL)
    g_string_free (data, TRUE);
}

void
bt_bencode_writer_init (BtBencodeWriter *self)
{
  self->out = g_string_new (NULL);
  self->last_keys = g_ptr_array_new_with_free_func (free_key);
}

void
bt_bencode_writer_clear (BtBencodeWriter *self)
{
  if (self->out != NULL)
    g_string_free (g_steal_pointer (&self->out), TRUE);
  g_clear_pointer (&self->last_keys, g_ptr_array_unref);
}

void
bt_bencode_write_integer (BtBencodeWriter *self, gint64 value)
{
  g_string_append_printf (self->out, "i%" G_GINT64_FORMAT "e", value);
}

void
bt_bencode_write_string (BtBencodeWriter *self, const void *bytes, gsize length)
{
  g_string_append_printf (self->out, "%" G_GSIZE_FORMAT ":", length);
  if (length > 0)
    g_string_append_len (self->out, bytes, (gssize) length);
}

void
bt_bencode_write_text (BtBencodeWriter *self, const char *text)
{
  bt_bencode_write_string (self, text, strlen (text));
}

void
bt_bencode_write_key (BtBencodeWriter *self, const char *key)
{
  bt_bencode_write_key_bytes (self, key, strlen (key));
}

void
bt_bencode_write_key_bytes (BtBencodeWriter *self, const void *key, gsize length)
{
  GString **last;

  g_assert (self->last_keys->len > 0);
  last = (GString **) &g_ptr_array_index (self->last_keys, self->last_keys->len - 1);
  if (*last == NULL)
    *last = g_string_new_len (key, (gssize) length);
  else
    {
      int order = memcmp ((*last)->str, key, MIN ((*last)->len, length));

      g_assert (order < 0 || (order == 0 && (*last)->len < length));
      g_string_truncate (*last, 0);
      g_string_append_len (*last, key, (gssize) length);
    }
  bt_bencode_write_string (self, key, length);
}

void
bt_bencode_write_raw (BtBencodeWriter *self, const void *bytes, gsize length)
{
  if (length > 0)
    g_string_append_len (self->out, bytes, (gssize) length);
}

void
bt_bencode_begin_list (BtBencodeWriter *self)
{
  g_string_append_c (self->out, 'l');
  g_ptr_array_add (self->last_keys, NULL);
}

void
bt_bencode_begin_dict (BtBencodeWriter *self)
{
  g_string_append_c (self->out, 'd');
  g_ptr_array_add (self->last_keys, NULL);
}

void
bt_bencode_end (BtBencodeWriter *self)
{
  g_assert (self->last_keys->len > 0);
  g_string_append_c (self->out, 'e');
  g_ptr_array_set_size (self->last_keys, (gint) self->last_keys->len - 1);
}

GBytes *
bt_bencode_writer_finish (BtBencodeWriter *self)
{
  g_assert (self->last_keys->len == 0);
  g_clear_pointer (&self->last_keys, g_ptr_array_unref);
  return g_string_free_to_bytes (g_steal_pointer (&self->out));
}
