/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* Adds one test a row of a table: PATH/NAME, where NAME is the row's .name. */
#define BT_TEST_ADD_ROWS(path, rows, function)                                  \
  G_STMT_START                                                                  \
  {                                                                             \
    for (gsize i_ = 0; i_ < G_N_ELEMENTS (rows); i_++)                          \
      {                                                                         \
        g_autofree char *name_ = g_strconcat (path, "/", (rows)[i_].name, NULL); \
        g_test_add_data_func (name_, &(rows)[i_], function);                    \
      }                                                                         \
  }                                                                             \
  G_STMT_END

/* A text with zeros in it and its length, for the fields of a row. */
#define BT_TEST_BYTES(text) (const guint8 *) (text), sizeof (text) - 1

/* A copy in memory of just its size, so that a sanitizer sees a byte too far. */
static inline guint8 *
bt_test_copy (const void *bytes, gsize length)
{
  guint8 *copy = g_malloc (length > 0 ? length : 1);

  if (length == 0)
    {
      g_free (copy);
      return NULL;
    }
  memcpy (copy, bytes, length);
  return copy;
}

static inline GBytes *
bt_test_from_hex (const char *hex)
{
  gsize length = strlen (hex) / 2;
  guint8 *bytes = g_malloc (length + 1);

  for (gsize i = 0; i < length; i++)
    bytes[i] = (guint8) (g_ascii_xdigit_value (hex[2 * i]) << 4 | g_ascii_xdigit_value (hex[2 * i + 1]));
  return g_bytes_new_take (bytes, length);
}

static inline char *
bt_test_to_hex (const guint8 *bytes, gsize length)
{
  GString *hex = g_string_new (NULL);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (hex, "%02x", bytes[i]);
  return g_string_free (hex, FALSE);
}

G_END_DECLS
