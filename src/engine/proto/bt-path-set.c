/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-safe-path-private.h"

#include <string.h>

struct _BtPathSetEntry
{
  const char *path; /* NULL: free */
  guint32 length;
  guint32 hash;
};

typedef struct _BtPathSetEntry Entry;

/* Has it letters with a case that are not ASCII? East Asian scripts, which are
 * most of what is not, have none: U+3000 to U+9FFF and U+AC00 to U+DFFF. */
static gboolean
needs_folding (const char *path, gsize length)
{
  guint8 bits = 0;

  for (gsize i = 0; i < length; i++)
    bits |= (guint8) path[i];
  if (bits < 0x80)
    return FALSE;
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = (guint8) path[i];

      if (byte >= 0xc0 && (byte < 0xe3 || byte > 0xed || (byte == 0xea && (guint8) path[i + 1] < 0xb0)))
        return TRUE;
    }
  return FALSE;
}

/* The end of a path is before a separator, and that is before all else. */
static guint8
rank (char c)
{
  if (c >= 'A' && c <= 'Z')
    return (guint8) (c - 'A' + 'a');
  return c == '/' ? 1 : (guint8) c;
}

/* Bytes that two texts of at least @most bytes begin with alike, eight at once. */
static gsize
common_prefix (const char *a, const char *b, gsize most)
{
  gsize i = 0;

  while (i + 8 <= most && memcmp (a + i, b + i, 8) == 0)
    i += 8;
  while (i < most && a[i] == b[i])
    i++;
  return i;
}

gboolean
bt_path_follows (const char *path, gsize length, const char *before, gsize before_length)
{
  gsize i = common_prefix (path, before, MIN (length, before_length));
  gsize character = i;

  /* What the paths share was looked at when it was @before's turn. */
  while (character > 0 && ((guint8) path[character] & 0xc0) == 0x80)
    character--;
  if (needs_folding (path + character, length - character))
    return FALSE;
  while (path[i] != '\0' && rank (path[i]) == rank (before[i]))
    i++;
  /* Not below a file as if that were a folder. */
  return rank (path[i]) > rank (before[i]) && !(before[i] == '\0' && path[i] == '/');
}

static guint32
entries_for (guint32 n_expected)
{
  guint32 n = 16;

  while (n / 4 * 3 <= n_expected)
    n *= 2;
  return n;
}

void
bt_path_set_init (BtPathSet *self, guint32 n_expected, guint64 seed)
{
  guint32 n = entries_for (n_expected);

  self->entries = g_new0 (Entry, n);
  self->mask = n - 1;
  self->n_used = 0;
  self->seed = seed;
  self->folded[0] = g_string_new (NULL);
  self->folded[1] = g_string_new (NULL);
}

void
bt_path_set_clear (BtPathSet *self)
{
  g_clear_pointer (&self->entries, g_free);
  g_string_free (g_steal_pointer (&self->folded[0]), TRUE);
  g_string_free (g_steal_pointer (&self->folded[1]), TRUE);
}

static gunichar
fold (gunichar c)
{
  /* By way of the capital, so that letters with two small forms are equal. */
  return g_unichar_tolower (g_unichar_toupper (c));
}

/* Makes @path and @length those of a text that is equal for all spellings. */
static void
fold_path (GString *scratch, const char **path, gsize *length)
{
  g_string_truncate (scratch, 0);
  for (const char *p = *path; p < *path + *length; p = g_utf8_next_char (p))
    g_string_append_unichar (scratch, fold (g_utf8_get_char (p)));
  *path = scratch->str;
  *length = scratch->len;
}

/* Eight letters at once: sets bit 5 of every byte from 'A' to 'Z'. */
static guint64
lower_word (guint64 word)
{
  const guint64 ones = 0x0101010101010101u;
  guint64 low = word & (0x7f * ones);
  guint64 from_a = low + (0x80 - 'A') * ones;
  guint64 past_z = low + (0x80 - 'Z' - 1) * ones;
  guint64 letters = (from_a & ~past_z & ~word) & (0x80 * ones);

  return word | (letters >> 2);
}

static guint32
hash_path (BtPathSet *self, const char *path, gsize length)
{
  guint64 hash = self->seed ^ length, word;

  if (needs_folding (path, length))
    {
      fold_path (self->folded[0], &path, &length);
      hash = self->seed ^ length;
    }
  for (; length >= 8; path += 8, length -= 8)
    {
      memcpy (&word, path, 8);
      hash = (hash ^ lower_word (word)) * 0x9e3779b97f4a7c15u;
      hash ^= hash >> 32;
    }
  word = 0;
  memcpy (&word, path, length);
  hash = (hash ^ lower_word (word)) * 0x9e3779b97f4a7c15u;
  return (guint32) (hash >> 32);
}

static gboolean
paths_equal (BtPathSet *self, const char *a, gsize a_length, const char *b, gsize b_length)
{
  if (a_length == b_length && memcmp (a, b, a_length) == 0)
    return TRUE;
  if (!needs_folding (a, a_length) && !needs_folding (b, b_length))
    return a_length == b_length && g_ascii_strncasecmp (a, b, a_length) == 0;
  fold_path (self->folded[0], &a, &a_length);
  fold_path (self->folded[1], &b, &b_length);
  return a_length == b_length && memcmp (a, b, a_length) == 0;
}

/* Returns: the entry of an equal path, or the free one where it belongs */
static Entry *
find (BtPathSet *self, const char *path, gsize length, guint32 hash)
{
  for (guint32 i = hash & self->mask;; i = (i + 1) & self->mask)
    {
      Entry *entry = &self->entries[i];

      if (entry->path == NULL)
        return entry;
      if (entry->hash == hash && paths_equal (self, entry->path, entry->length, path, length))
        return entry;
    }
}

static void
grow (BtPathSet *self)
{
  g_autofree Entry *old = g_steal_pointer (&self->entries);
  guint32 n_old = self->mask + 1;

  self->mask = n_old * 2 - 1;
  self->entries = g_new0 (Entry, (gsize) self->mask + 1);
  for (guint32 i = 0; i < n_old; i++)
    if (old[i].path != NULL)
      {
        guint32 at = old[i].hash & self->mask;

        while (self->entries[at].path != NULL)
          at = (at + 1) & self->mask;
        self->entries[at] = old[i];
      }
}

gboolean
bt_path_set_add (BtPathSet *self, const char *path, gsize length)
{
  guint32 hash = hash_path (self, path, length);
  Entry *entry = find (self, path, length, hash);

  if (entry->path != NULL)
    return FALSE;
  *entry = (Entry){ .path = path, .length = (guint32) length, .hash = hash };
  if (++self->n_used > self->mask / 4 * 3)
    grow (self);
  return TRUE;
}

gboolean
bt_path_set_contains (BtPathSet *self, const char *path, gsize length)
{
  return find (self, path, length, hash_path (self, path, length))->path != NULL;
}
