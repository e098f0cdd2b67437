/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blocklist.h"

#include <arpa/inet.h>
#include <string.h>

/* No line of a list needs more; what is longer is skipped. */
#define MAX_LINE 1024u

/* Two IPv6 addresses, and some blanks around what is between them. */
#define MAX_RANGE (2 * INET6_ADDRSTRLEN + 8)

/* eMule's lines at this level and above are remarks, not blocks. */
#define FIRST_ALLOWED_LEVEL 127u

/* An address as a number. IPv4 has family 4 and only @low. */
typedef struct
{
  guint64 high;
  guint64 low;
} Number;

typedef struct
{
  Number first;
  Number last;
} RangeV6;

struct _BtBlocklist
{
  GArray *v4;         /* of guint64: first << 32 | last; until sealed */
  GArray *v6;         /* of RangeV6; until sealed */
  guint32 *first_v4;  /* apart from the ends, so that a search touches half of the memory */
  guint32 *last_v4;
  RangeV6 *ranges_v6;
  guint n_v4;
  guint n_v6;
  guint n_skipped;
  gboolean overlong;  /* in a line that is longer than any may be */
  guint kept;         /* bytes at @line: the line that the last bytes ended in */
  char line[MAX_LINE];
};

/* Characters of a line that are still to be read. */
typedef struct
{
  const char *at;
  const char *end;
} Cursor;

BtBlocklist *
bt_blocklist_new (void)
{
  BtBlocklist *self = g_new0 (BtBlocklist, 1);

  self->v4 = g_array_new (FALSE, FALSE, sizeof (guint64));
  self->v6 = g_array_new (FALSE, FALSE, sizeof (RangeV6));
  return self;
}

void
bt_blocklist_free (BtBlocklist *self)
{
  g_clear_pointer (&self->v4, g_array_unref);
  g_clear_pointer (&self->v6, g_array_unref);
  g_free (self->first_v4);
  g_free (self->last_v4);
  g_free (self->ranges_v6);
  g_free (self);
}

static gboolean
is_blank (char c)
{
  return c == ' ' || c == '\t';
}

static void
skip_blanks (Cursor *cursor)
{
  while (cursor->at < cursor->end && is_blank (*cursor->at))
    cursor->at++;
}

static gboolean
skip_char (Cursor *cursor, char c)
{
  if (cursor->at == cursor->end || *cursor->at != c)
    return FALSE;
  cursor->at++;
  return TRUE;
}

/* At most three digits: leading zeros are padding, never octal. */
static gboolean
read_number (Cursor *cursor, guint most, guint *number)
{
  const char *start = cursor->at;
  guint value = 0;

  for (; cursor->at < cursor->end && g_ascii_isdigit (*cursor->at); cursor->at++)
    if (cursor->at - start < 3)
      value = value * 10 + (guint) (*cursor->at - '0');
  *number = value;
  return cursor->at > start && cursor->at - start <= 3 && value <= most;
}

static gboolean
read_v4 (Cursor *cursor, Number *number)
{
  Cursor probe = *cursor;
  guint64 value = 0;

  for (guint i = 0; i < 4; i++)
    {
      guint octet;

      if ((i > 0 && !skip_char (&probe, '.')) || !read_number (&probe, 255, &octet))
        return FALSE;
      value = value << 8 | octet;
    }
  *number = (Number){ 0, value };
  *cursor = probe;
  return TRUE;
}

static guint64
big_endian (const guint8 *bytes)
{
  guint64 value;

  memcpy (&value, bytes, sizeof value);
  return GUINT64_FROM_BE (value);
}

static gboolean
read_v6 (Cursor *cursor, Number *number)
{
  char text[INET6_ADDRSTRLEN];
  const char *end = cursor->at;
  guint8 ip[16];

  while (end < cursor->end && (g_ascii_isxdigit (*end) || *end == ':' || *end == '.'))
    end++;
  if ((gsize) (end - cursor->at) >= sizeof text)
    return FALSE;
  memcpy (text, cursor->at, (gsize) (end - cursor->at));
  text[end - cursor->at] = '\0';
  if (inet_pton (AF_INET6, text, ip) != 1)
    return FALSE;
  *number = (Number){ big_endian (ip), big_endian (ip + 8) };
  cursor->at = end;
  return TRUE;
}

static BtAddrFamily
read_addr (Cursor *cursor, Number *number)
{
  if (read_v4 (cursor, number))
    return BT_ADDR_V4;
  return read_v6 (cursor, number) ? BT_ADDR_V6 : BT_ADDR_NONE;
}

static gint
compare (const Number *a, const Number *b)
{
  if (a->high != b->high)
    return a->high < b->high ? -1 : 1;
  return a->low < b->low ? -1 : a->low > b->low;
}

/* The addresses that begin with the first @length bits of @first. */
static void
set_prefix (RangeV6 *range, BtAddrFamily family, guint length)
{
  guint bits = family == BT_ADDR_V4 ? 32 : 128;
  guint64 low = bits - length >= 64 ? G_MAXUINT64 : (G_GUINT64_CONSTANT (1) << (bits - length)) - 1;
  guint64 high = bits - length <= 64 ? 0 : bits - length == 128 ? G_MAXUINT64 : (G_GUINT64_CONSTANT (1) << (64 - length)) - 1;

  if (family == BT_ADDR_V4)
    low &= G_MAXUINT32;
  range->first.low &= ~low;
  range->first.high &= ~high;
  range->last = (Number){ range->first.high | high, range->first.low | low };
}

static gboolean
read_prefix (Cursor *cursor, BtAddrFamily family, RangeV6 *range)
{
  guint length;

  if (!read_number (cursor, family == BT_ADDR_V4 ? 32 : 128, &length))
    return FALSE;
  set_prefix (range, family, length);
  return TRUE;
}

/* “1.2.3.4”, “1.2.3.0/24” or “1.2.3.4 - 1.2.3.5”.
 * @pair: (out): it is the last of these */
static BtAddrFamily
read_range (Cursor *cursor, RangeV6 *range, gboolean *pair)
{
  BtAddrFamily family = read_addr (cursor, &range->first);
  Cursor probe;

  range->last = range->first;
  *pair = FALSE;
  if (family == BT_ADDR_NONE)
    return BT_ADDR_NONE;
  if (skip_char (cursor, '/'))
    return read_prefix (cursor, family, range) ? family : BT_ADDR_NONE;
  probe = *cursor;
  skip_blanks (&probe);
  if (!skip_char (&probe, '-'))
    return family;
  skip_blanks (&probe);
  if (read_addr (&probe, &range->last) != family || compare (&range->first, &range->last) > 0)
    return BT_ADDR_NONE;
  *pair = TRUE;
  *cursor = probe;
  return family;
}

/* Returns: whether what follows a range is no part of its meaning: nothing, a
 * remark, or eMule's level and name; @blocks says what the level means */
static gboolean
read_rest (Cursor *cursor, gboolean *blocks)
{
  guint level;

  skip_blanks (cursor);
  if (cursor->at == cursor->end || *cursor->at == '#' || *cursor->at == ';')
    return TRUE;
  if (!skip_char (cursor, ','))
    return FALSE;
  skip_blanks (cursor);
  if (cursor->at == cursor->end || *cursor->at == ',')
    return TRUE;
  if (!read_number (cursor, 999, &level))
    return FALSE;
  skip_blanks (cursor);
  *blocks = level < FIRST_ALLOWED_LEVEL;
  return cursor->at == cursor->end || *cursor->at == ',';
}

/* The range at the end of “name:first-last”. Names have colons and so have
 * IPv6 addresses: of all places where the first address could begin, the one
 * that makes the smallest range is meant.
 * @found: the family of what @range was taken for so far, or NONE */
static BtAddrFamily
read_named (const Cursor *line, BtAddrFamily found, RangeV6 *range)
{
  const char *start = line->end - MIN (line->end - line->at, (gssize) MAX_RANGE);

  for (const char *colon = memchr (start, ':', (gsize) (line->end - start)); colon != NULL;
       colon = memchr (colon + 1, ':', (gsize) (line->end - colon - 1)))
    {
      Cursor cursor = { colon + 1, line->end };
      RangeV6 candidate;
      BtAddrFamily family;
      gboolean pair;

      skip_blanks (&cursor);
      family = read_range (&cursor, &candidate, &pair);
      skip_blanks (&cursor);
      if (family == BT_ADDR_NONE || !pair || cursor.at != cursor.end)
        continue;
      if (found == BT_ADDR_NONE || compare (&candidate.first, &range->first) > 0)
        {
          found = family;
          *range = candidate;
        }
    }
  return found;
}

/* @blocks: (out): whether the range is to be blocked */
static BtAddrFamily
read_any (const Cursor *line, RangeV6 *range, gboolean *blocks)
{
  Cursor cursor = *line;
  gboolean pair;
  BtAddrFamily family = read_range (&cursor, range, &pair);

  *blocks = TRUE;
  if (family == BT_ADDR_V6 && pair && cursor.at == cursor.end)
    return read_named (line, family, range);
  if (family != BT_ADDR_NONE && read_rest (&cursor, blocks))
    return family;
  *blocks = TRUE;
  return read_named (line, BT_ADDR_NONE, range);
}

/* A v4-mapped address is an IPv4 one here as it is in BtAddr. */
static void
add_range (BtBlocklist *self, BtAddrFamily family, const RangeV6 *range)
{
  gboolean mapped = family == BT_ADDR_V6 && range->first.high == 0 && range->last.high == 0 &&
                    range->first.low >> 32 == 0xffff && range->last.low >> 32 == 0xffff;

  if (family == BT_ADDR_V4 || mapped)
    {
      guint64 packed = range->first.low << 32 | (range->last.low & G_MAXUINT32);

      g_array_append_val (self->v4, packed);
    }
  else
    g_array_append_val (self->v6, *range);
}

static gboolean
is_comment (const Cursor *line)
{
  return line->at == line->end || *line->at == '#' || *line->at == ';' ||
         (line->end - line->at >= 2 && line->at[0] == '/' && line->at[1] == '/');
}

static void
read_line (BtBlocklist *self, const char *text, gsize length)
{
  Cursor line = { text, text + length };
  gboolean blocks;
  BtAddrFamily family;
  RangeV6 range;

  /* Some editors put a byte order mark at the beginning. */
  if (length >= 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    line.at += 3;
  while (line.end > line.at && (is_blank (line.end[-1]) || line.end[-1] == '\r'))
    line.end--;
  skip_blanks (&line);
  if (is_comment (&line))
    return;
  family = read_any (&line, &range, &blocks);
  if (family == BT_ADDR_NONE)
    self->n_skipped++;
  else if (blocks)
    add_range (self, family, &range);
}

static gboolean
has_room (const BtBlocklist *self)
{
  return self->v4->len + self->v6->len <= BT_BLOCKLIST_MAX_RANGES;
}

/* The beginning of a line whose end has not come. */
static void
keep (BtBlocklist *self, const char *text, gsize length)
{
  if (self->overlong || self->kept + length > MAX_LINE)
    {
      self->n_skipped += !self->overlong;
      self->overlong = TRUE;
      self->kept = 0;
      return;
    }
  memcpy (self->line + self->kept, text, length);
  self->kept += (guint) length;
}

static void
end_line (BtBlocklist *self, const char *text, gsize length)
{
  if (self->kept == 0 && !self->overlong && length <= MAX_LINE)
    {
      read_line (self, text, length);
      return;
    }
  keep (self, text, length);
  if (!self->overlong)
    read_line (self, self->line, self->kept);
  self->kept = 0;
  self->overlong = FALSE;
}

gboolean
bt_blocklist_feed (BtBlocklist *self, const guint8 *bytes, gsize length)
{
  const char *text = (const char *) bytes;

  g_assert (self->v4 != NULL);
  while (length > 0 && has_room (self))
    {
      const char *end = memchr (text, '\n', length);
      gsize n;

      if (end == NULL)
        {
          keep (self, text, length);
          break;
        }
      n = (gsize) (end - text);
      end_line (self, text, n);
      text += n + 1;
      length -= n + 1;
    }
  return has_room (self);
}

static gint
compare_v4 (gconstpointer a, gconstpointer b)
{
  guint64 x = *(const guint64 *) a, y = *(const guint64 *) b;

  return x < y ? -1 : x > y;
}

static gint
compare_v6 (gconstpointer a, gconstpointer b)
{
  return compare (&((const RangeV6 *) a)->first, &((const RangeV6 *) b)->first);
}

static void
join_v4 (BtBlocklist *self)
{
  const guint64 *packed = (const guint64 *) (gpointer) self->v4->data;
  guint n = 0;

  g_array_sort (self->v4, compare_v4);
  self->first_v4 = g_new (guint32, self->v4->len);
  self->last_v4 = g_new (guint32, self->v4->len);
  for (guint i = 0; i < self->v4->len; i++)
    {
      guint32 first = (guint32) (packed[i] >> 32), last = (guint32) packed[i];

      if (n > 0 && first <= (guint64) self->last_v4[n - 1] + 1)
        self->last_v4[n - 1] = MAX (self->last_v4[n - 1], last);
      else
        {
          self->first_v4[n] = first;
          self->last_v4[n++] = last;
        }
    }
  self->n_v4 = n;
}

static gboolean
is_next (const Number *a, const Number *b)
{
  Number next = { a->high + (a->low == G_MAXUINT64), a->low + 1 };

  return compare (&next, b) == 0;
}

static void
join_v6 (BtBlocklist *self)
{
  guint n = 0;

  self->ranges_v6 = g_new (RangeV6, self->v6->len);
  g_array_sort (self->v6, compare_v6);
  for (guint i = 0; i < self->v6->len; i++)
    {
      const RangeV6 *range = &g_array_index (self->v6, RangeV6, i);
      RangeV6 *before = n > 0 ? &self->ranges_v6[n - 1] : NULL;

      if (before == NULL || (compare (&range->first, &before->last) > 0 && !is_next (&before->last, &range->first)))
        self->ranges_v6[n++] = *range;
      else if (compare (&range->last, &before->last) > 0)
        before->last = range->last;
    }
  self->n_v6 = n;
}

gboolean
bt_blocklist_seal (BtBlocklist *self)
{
  gboolean room;

  end_line (self, "", 0);
  room = has_room (self);
  join_v4 (self);
  join_v6 (self);
  self->first_v4 = g_renew (guint32, self->first_v4, self->n_v4);
  self->last_v4 = g_renew (guint32, self->last_v4, self->n_v4);
  self->ranges_v6 = g_renew (RangeV6, self->ranges_v6, self->n_v6);
  g_clear_pointer (&self->v4, g_array_unref);
  g_clear_pointer (&self->v6, g_array_unref);
  return room;
}

static gboolean
contains_v4 (const BtBlocklist *self, guint32 ip)
{
  const guint32 *base = self->first_v4;
  guint n = self->n_v4;

  if (n == 0)
    return FALSE;
  /* The last range that begins at or before @ip, without a branch that the
   * processor would guess wrong half of the time. */
  while (n > 1)
    {
      guint half = n / 2;

      base = base[half] <= ip ? base + half : base;
      n -= half;
    }
  return *base <= ip && ip <= self->last_v4[base - self->first_v4];
}

static gboolean
contains_v6 (const BtBlocklist *self, const Number *ip)
{
  const RangeV6 *base = self->ranges_v6;
  guint n = self->n_v6;

  if (n == 0)
    return FALSE;
  while (n > 1)
    {
      guint half = n / 2;

      base = compare (&base[half].first, ip) <= 0 ? base + half : base;
      n -= half;
    }
  return compare (&base->first, ip) <= 0 && compare (ip, &base->last) <= 0;
}

gboolean
bt_blocklist_contains (const BtBlocklist *self, const BtAddr *addr)
{
  Number ip = { big_endian (addr->ip), big_endian (addr->ip + 8) };

  if (addr->family == BT_ADDR_V4)
    return contains_v4 (self, (guint32) (ip.high >> 32));
  return addr->family == BT_ADDR_V6 && contains_v6 (self, &ip);
}

guint
bt_blocklist_n_ranges (const BtBlocklist *self)
{
  return self->n_v4 + self->n_v6;
}

guint
bt_blocklist_n_skipped (const BtBlocklist *self)
{
  return self->n_skipped;
}
