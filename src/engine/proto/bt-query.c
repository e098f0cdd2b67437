/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-query-private.h"

#include <string.h>

/* Decodes @length characters to at most @space bytes and a zero. A '%' that no
 * two hex digits follow stands for itself. */
static gboolean
decode (const char *text, gsize length, guint8 *out, gsize space, gsize *n_out)
{
  gsize n = 0;

  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = (guint8) text[i];

      if (n == space)
        return FALSE;
      if (byte == '%' && i + 2 < length && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2]))
        {
          byte = (guint8) (g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]));
          i += 2;
        }
      out[n++] = byte;
    }
  out[n] = 0;
  *n_out = n;
  return TRUE;
}

gboolean
bt_query_next (const char **query, BtQueryPair *pair)
{
  const char *start = *query;
  gsize length = strcspn (start, "&"), key_length, decoded;
  const char *equals;

  if (*start == '\0')
    return FALSE;
  *query = start[length] == '&' ? start + length + 1 : start + length;

  equals = memchr (start, '=', length);
  key_length = equals == NULL ? length : (gsize) (equals - start);
  pair->length = 0;
  pair->value[0] = 0;
  if (!decode (start, key_length, (guint8 *) pair->key, sizeof pair->key - 1, &decoded) ||
      (equals != NULL &&
       !decode (equals + 1, length - key_length - 1, pair->value, BT_QUERY_VALUE_MAX, &pair->length)))
    pair->key[0] = '\0';
  return TRUE;
}

void
bt_query_escape (GString *out, const guint8 *bytes, gsize length)
{
  static const char hex[] = "0123456789ABCDEF";

  for (gsize i = 0; i < length; i++)
    if (g_ascii_isalnum (bytes[i]) || (bytes[i] != 0 && strchr ("-._~", bytes[i]) != NULL))
      g_string_append_c (out, (char) bytes[i]);
    else
      {
        g_string_append_c (out, '%');
        g_string_append_c (out, hex[bytes[i] >> 4]);
        g_string_append_c (out, hex[bytes[i] & 15]);
      }
}
