/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-safe-path-private.h"

#include <string.h>

/* An ending longer than this is not one that tells the kind of a file. */
#define ENDING_MAX 16u

/* Bytes that need a look: controls, the separators of all systems, and what
 * begins the other controls and the direction marks in UTF-8. */
static const guint8 is_special[256] = {
  [0x00 ... 0x1f] = 1,
  ['/'] = 1,
  ['\\'] = 1,
  [0x7f] = 1,
  [0xc2] = 1, /* U+0080 to U+009F */
  [0xd8] = 1, /* U+061C */
  [0xe2] = 1, /* U+200E to U+2069 */
};

static gboolean
is_plain (const guint8 *name, gsize length)
{
  guint8 special = 0, bits = 0;

  for (gsize i = 0; i < length; i++)
    {
      special |= is_special[name[i]];
      bits |= name[i];
    }
  return !special && (bits < 0x80 || g_utf8_validate_len ((const char *) name, length, NULL));
}

/* Marks that turn the direction of writing: "cod.exe" that reads "exe.doc". */
static gboolean
is_direction_mark (gunichar c)
{
  return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f || c == 0x061c;
}

static void
append_character (GString *path, gunichar c)
{
  if (c == '/' || c == '\\' || is_direction_mark (c))
    return;
  if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
    g_string_append_c (path, '_');
  else
    g_string_append_unichar (path, c);
}

static void
append_foreign (GString *path, const guint8 *name, gsize length)
{
  while (length > 0)
    {
      gunichar c = g_utf8_get_char_validated ((const char *) name, (gssize) length);
      gsize used = 1;

      if (*name == 0)
        ;
      else if (c == (gunichar) -1 || c == (gunichar) -2)
        g_string_append_c (path, '_');
      else
        {
          append_character (path, c);
          used = (gsize) g_unichar_to_utf8 (c, NULL);
        }
      name += used;
      length -= used;
    }
}

gsize
bt_safe_path_ending (const char *element, gsize length)
{
  for (gsize n = 1; n <= ENDING_MAX && n < length; n++)
    if (element[length - n] == '.')
      return n;
  return 0;
}

void
bt_safe_path_cut (GString *path, gsize element, gsize most)
{
  gsize ending = bt_safe_path_ending (path->str + element, path->len - element);
  gsize cut = element + most - ending;

  if (path->len - element <= most)
    return;
  /* Not in the middle of a character. */
  while (((guint8) path->str[cut] & 0xc0) == 0x80)
    cut--;
  g_string_erase (path, (gssize) cut, (gssize) (path->len - ending - cut));
}

static gboolean
append (GString *path, const guint8 *name, gsize length, gsize most)
{
  gsize start = path->len;

  if (is_plain (name, length))
    g_string_append_len (path, (const char *) name, (gssize) length);
  else
    append_foreign (path, name, length);

  if (path->len - start > most)
    bt_safe_path_cut (path, start, most);
  if (strcmp (path->str + start, ".") == 0 || strcmp (path->str + start, "..") == 0)
    g_string_truncate (path, start);
  return path->len > start;
}

gboolean
bt_safe_path_append (GString *path, const guint8 *name, gsize length)
{
  return append (path, name, length, BT_SAFE_PATH_ELEMENT_MAX);
}

gboolean
bt_safe_path_append_long (GString *path, const guint8 *name, gsize length)
{
  return append (path, name, length, BT_SAFE_PATH_ELEMENT_LONGEST);
}
