/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-magnet-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bt-error.h"

/* Letters of a link: hundreds of trackers fit. */
#define MAX_LINK (256u << 10)

/* Letters of a name that is only shown until the real one is known. */
#define MAX_NAME 240u

/* Letters of a URL, as of a tracker's. */
#define MAX_URL 2048u

/* "1220": a SHA-256 of 32 bytes, as a multihash (BEP 52). */
#define MULTIHASH_PREFIX "1220"

gboolean
bt_magnet_is_link (const char *text)
{
  while (g_ascii_isspace (*text))
    text++;
  return g_ascii_strncasecmp (text, "magnet:", strlen ("magnet:")) == 0;
}

/* A '%' that no two hex digits follow stands for itself.
 * Returns: (nullable): NULL when there is a zero byte in it */
static char *
decode (const char *text, gsize length)
{
  g_autoptr (GString) out = g_string_sized_new (length);

  for (gsize i = 0; i < length; i++)
    {
      char c = text[i];

      if (c == '%' && i + 2 < length && g_ascii_isxdigit (text[i + 1]) && g_ascii_isxdigit (text[i + 2]))
        {
          c = (char) (g_ascii_xdigit_value (text[i + 1]) << 4 | g_ascii_xdigit_value (text[i + 2]));
          i += 2;
        }
      if (c == '\0')
        return NULL;
      g_string_append_c (out, c);
    }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static gboolean
from_hex (const char *text, guint8 *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      if (!g_ascii_isxdigit (text[2 * i]) || !g_ascii_isxdigit (text[2 * i + 1]))
        return FALSE;
      out[i] = (guint8) (g_ascii_xdigit_value (text[2 * i]) << 4 | g_ascii_xdigit_value (text[2 * i + 1]));
    }
  return TRUE;
}

/* RFC 4648, 32 letters for 20 bytes. */
static gboolean
from_base32 (const char *text, guint8 out[BT_SHA1_LENGTH])
{
  guint64 bits = 0;
  guint n_bits = 0, n = 0;

  for (guint i = 0; i < 32; i++)
    {
      char c = g_ascii_toupper (text[i]);
      guint value;

      if (c >= 'A' && c <= 'Z')
        value = (guint) (c - 'A');
      else if (c >= '2' && c <= '7')
        value = (guint) (c - '2') + 26;
      else
        return FALSE;
      bits = bits << 5 | value;
      n_bits += 5;
      if (n_bits >= 8)
        {
          n_bits -= 8;
          out[n++] = (guint8) (bits >> n_bits);
        }
    }
  return TRUE;
}

static gboolean
fail (GError **error, BtError code, const char *sentence)
{
  g_set_error_literal (error, BT_ERROR, code, sentence);
  return FALSE;
}

static gboolean
read_v1 (BtMagnet *self, const char *hash, GError **error)
{
  gsize length = strlen (hash);

  if (length == 2 * BT_SHA1_LENGTH)
    self->has_v1 = from_hex (hash, self->info_hash, BT_SHA1_LENGTH);
  else if (length == 32 && from_base32 (hash, self->info_hash))
    self->has_v1 = TRUE;
  else
    return fail (error, BT_ERROR_MALFORMED, _ ("The magnet link is damaged: its hash is of a wrong length."));
  return TRUE;
}

static gboolean
read_v2 (BtMagnet *self, const char *hash, GError **error)
{
  if (strlen (hash) != strlen (MULTIHASH_PREFIX) + 2 * BT_SHA256_LENGTH || !g_str_has_prefix (hash, MULTIHASH_PREFIX) ||
      !from_hex (hash + strlen (MULTIHASH_PREFIX), self->info_hash_v2, BT_SHA256_LENGTH))
    return fail (error, BT_ERROR_MALFORMED, _ ("The magnet link is damaged: its hash is not one of a torrent."));
  self->has_v2 = TRUE;
  return TRUE;
}

static const char *
after_prefix (const char *text, const char *prefix)
{
  return g_ascii_strncasecmp (text, prefix, strlen (prefix)) == 0 ? text + strlen (prefix) : NULL;
}

/* @found: set when it was a torrent's hash; links may name other networks too */
static gboolean
read_topic (BtMagnet *self, const char *topic, gboolean *found, GError **error)
{
  const char *hash;

  if ((hash = after_prefix (topic, "urn:btih:")) != NULL)
    {
      *found = TRUE;
      return read_v1 (self, hash, error);
    }
  if ((hash = after_prefix (topic, "urn:btmh:")) != NULL)
    {
      *found = TRUE;
      return read_v2 (self, hash, error);
    }
  return TRUE;
}

static void
read_name (BtMagnet *self, const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) name = g_string_new (NULL);

  for (const char *p = valid; *p != '\0' && name->len < MAX_NAME; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      /* It is shown: no lines, and nothing that turns the direction of others. */
      if (g_unichar_isprint (c) && g_unichar_type (c) != G_UNICODE_FORMAT)
        g_string_append_unichar (name, c);
    }
  g_strstrip (name->str);
  if (self->name == NULL && *name->str != '\0')
    self->name = g_string_free (g_steal_pointer (&name), FALSE);
}

static void
keep (GPtrArray *list, const char *value)
{
  if (list->len < BT_MAGNET_MAX_VALUES)
    g_ptr_array_add (list, g_strdup (value));
}

static void
read_url (GPtrArray *list, char *url)
{
  g_strstrip (url);
  if (*url == '\0' || strlen (url) > MAX_URL || !g_utf8_validate (url, -1, NULL))
    return;
  for (const char *p = url; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) || *p == ' ')
      return;
  keep (list, url);
}

/* "host:port", "1.2.3.4:port", "[::1]:port" */
static void
read_endpoint (GPtrArray *list, const char *text)
{
  const char *colon = strrchr (text, ':');
  gsize length = colon == NULL ? 0 : (gsize) (colon - text);
  guint64 port;

  /* 253 letters are the longest name of a host. */
  if (length == 0 || length > 253 || !g_ascii_string_to_unsigned (colon + 1, 10, 1, G_MAXUINT16, &port, NULL))
    return;
  if (text[0] == '[')
    {
      if (text[length - 1] != ']' || strspn (text + 1, "0123456789abcdefABCDEF:.") != length - 2 || length < 4)
        return;
    }
  else
    for (gsize i = 0; i < length; i++)
      if (!g_ascii_isalnum (text[i]) && strchr (".-_", text[i]) == NULL)
        return;
  keep (list, text);
}

/* BEP 53: "0,2,4-8". */
static void
read_selection (BtMagnet *self, const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ",", BT_MAGNET_MAX_VALUES + 1);

  for (guint i = 0; parts[i] != NULL && self->files->len < BT_MAGNET_MAX_VALUES; i++)
    {
      char *dash = strchr (parts[i], '-');
      const char *last = dash == NULL ? parts[i] : dash + 1;
      guint64 from, to;
      BtMagnetRange range;

      if (dash != NULL)
        *dash = '\0';
      if (!g_ascii_string_to_unsigned (parts[i], 10, 0, G_MAXINT32, &from, NULL) ||
          !g_ascii_string_to_unsigned (last, 10, from, G_MAXINT32, &to, NULL))
        continue;
      range = (BtMagnetRange){ (guint32) from, (guint32) to };
      g_array_append_val (self->files, range);
    }
}

/* "tr" of "tr.1": links with several values of a key number them. */
static gsize
key_length (const char *key, gsize length)
{
  gsize end = length;

  while (end > 0 && g_ascii_isdigit (key[end - 1]))
    end--;
  return end < length && end > 1 && key[end - 1] == '.' ? end - 1 : length;
}

static gboolean
key_is (const char *key, gsize length, const char *name)
{
  return strlen (name) == length && g_ascii_strncasecmp (key, name, length) == 0;
}

static gboolean
read_pair (BtMagnet *self, const char *pair, gsize length, gboolean *found, GError **error)
{
  const char *equals = memchr (pair, '=', length);
  g_autofree char *raw = NULL, *value = NULL;
  gsize key;

  if (equals == NULL)
    return TRUE;
  key = key_length (pair, (gsize) (equals - pair));
  raw = g_strstrip (g_strndup (equals + 1, length - (gsize) (equals - pair) - 1));
  /* Sites write the spaces of a name as forms do. */
  if (key_is (pair, key, "dn"))
    g_strdelimit (raw, "+", ' ');
  value = decode (raw, strlen (raw));
  if (value == NULL)
    return TRUE;
  if (key_is (pair, key, "xt"))
    return read_topic (self, value, found, error);
  if (key_is (pair, key, "dn"))
    read_name (self, value);
  else if (key_is (pair, key, "tr"))
    read_url (self->trackers, value);
  else if (key_is (pair, key, "ws"))
    read_url (self->web_seeds, value);
  else if (key_is (pair, key, "x.pe"))
    read_endpoint (self->peers, value);
  else if (key_is (pair, key, "dht"))
    read_endpoint (self->nodes, value);
  else if (key_is (pair, key, "so"))
    read_selection (self, value);
  return TRUE;
}

static gboolean
read_query (BtMagnet *self, const char *query, GError **error)
{
  gboolean found = FALSE;

  while (*query != '\0')
    {
      gsize length = strcspn (query, "&#\t\r\n");

      if (!read_pair (self, query, length, &found, error))
        return FALSE;
      query += length;
      if (*query != '&')
        break;
      query++;
    }
  return found || fail (error, BT_ERROR_MALFORMED, _ ("The magnet link does not name a torrent."));
}

BtMagnet *
bt_magnet_alloc (void)
{
  BtMagnet *self = g_atomic_rc_box_new0 (BtMagnet);

  self->trackers = g_ptr_array_new_with_free_func (g_free);
  self->web_seeds = g_ptr_array_new_with_free_func (g_free);
  self->peers = g_ptr_array_new_with_free_func (g_free);
  self->nodes = g_ptr_array_new_with_free_func (g_free);
  self->files = g_array_new (FALSE, FALSE, sizeof (BtMagnetRange));
  return self;
}

BtMagnet *
bt_magnet_new (const char *uri, GError **error)
{
  g_autoptr (BtMagnet) self = NULL;

  while (g_ascii_isspace (*uri))
    uri++;
  if (!bt_magnet_is_link (uri))
    {
      fail (error, BT_ERROR_MALFORMED, _ ("This is not a magnet link."));
      return NULL;
    }
  if (strlen (uri) > MAX_LINK)
    {
      fail (error, BT_ERROR_TOO_LARGE, _ ("The magnet link is too long."));
      return NULL;
    }
  uri += strlen ("magnet:");
  /* GIO and some browsers write "magnet:///?". */
  while (*uri == '/')
    uri++;
  self = bt_magnet_alloc ();
  if (*uri == '?')
    uri++;
  return read_query (self, uri, error) ? g_steal_pointer (&self) : NULL;
}

BtMagnet *
bt_magnet_ref (BtMagnet *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (BtMagnet *self)
{
  g_free (self->name);
  g_ptr_array_unref (self->trackers);
  g_ptr_array_unref (self->web_seeds);
  g_ptr_array_unref (self->peers);
  g_ptr_array_unref (self->nodes);
  g_array_unref (self->files);
}

void
bt_magnet_unref (BtMagnet *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

gboolean
bt_magnet_wants_file (const BtMagnet *self, guint32 file)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      const BtMagnetRange *range = &g_array_index (self->files, BtMagnetRange, i);

      if (file >= range->first && file <= range->last)
        return TRUE;
    }
  return self->files->len == 0;
}
