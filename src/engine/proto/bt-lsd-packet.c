/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-lsd-packet.h"

#include <string.h>

#define FIRST_LINE "BT-SEARCH * HTTP/1.1"

/* A line without its end. Lines end with CR LF; LF alone is seen too. */
static gboolean
take_line (BtReader *reader, const char **line, gsize *length)
{
  const guint8 *end;

  if (reader->left == 0)
    return FALSE;
  *line = (const char *) reader->data;
  end = memchr (reader->data, '\n', reader->left);
  *length = end == NULL ? reader->left : (gsize) (end - reader->data);
  if (!bt_reader_skip (reader, end == NULL ? *length : *length + 1))
    return FALSE;
  if (*length > 0 && (*line)[*length - 1] == '\r')
    (*length)--;
  return TRUE;
}

static gboolean
is_blank (char letter)
{
  return letter == ' ' || letter == '\t';
}

/* Returns: whether the line is "NAME: VALUE"; @value is without blanks around it. */
static gboolean
is_header (const char *line, gsize length, const char *name, const char **value, gsize *value_length)
{
  gsize skip = strlen (name);

  if (length <= skip || line[skip] != ':' || g_ascii_strncasecmp (line, name, skip) != 0)
    return FALSE;
  for (skip++; skip < length && is_blank (line[skip]); skip++)
    ;
  while (length > skip && is_blank (line[length - 1]))
    length--;
  *value = line + skip;
  *value_length = length - skip;
  return TRUE;
}

static gboolean
read_port (const char *text, gsize length, guint16 *port)
{
  char digits[6];
  guint64 number;

  if (length == 0 || length >= sizeof digits)
    return FALSE;
  memcpy (digits, text, length);
  digits[length] = '\0';
  if (!g_ascii_string_to_unsigned (digits, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16) number;
  return TRUE;
}

static gboolean
read_hash (const char *text, gsize length, guint8 out[BT_SHA1_LENGTH])
{
  if (length != 2 * BT_SHA1_LENGTH)
    return FALSE;
  for (guint i = 0; i < BT_SHA1_LENGTH; i++)
    {
      gint high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      out[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

gboolean
bt_lsd_packet_read (BtLsdPacket *self, const guint8 *bytes, gsize length)
{
  const char *line, *value;
  gsize line_length, value_length;
  BtReader reader;

  memset (self, 0, sizeof *self);
  bt_reader_init (&reader, bytes, MIN (length, 2 * BT_LSD_MAX_PACKET));
  if (!take_line (&reader, &line, &line_length) || line_length != strlen (FIRST_LINE) ||
      memcmp (line, FIRST_LINE, line_length) != 0)
    return FALSE;
  while (take_line (&reader, &line, &line_length) && line_length > 0)
    {
      if (is_header (line, line_length, "Port", &value, &value_length))
        {
          if (!read_port (value, value_length, &self->port))
            return FALSE;
        }
      else if (is_header (line, line_length, "Infohash", &value, &value_length))
        {
          if (self->n_hashes < BT_LSD_MAX_HASHES && read_hash (value, value_length, self->hashes[self->n_hashes]))
            self->n_hashes++;
        }
      else if (is_header (line, line_length, "cookie", &value, &value_length) && value_length < BT_LSD_COOKIE_MAX)
        memcpy (self->cookie, value, value_length);
    }
  return self->port != 0 && self->n_hashes > 0;
}

char *
bt_lsd_packet_write (const BtLsdPacket *self, BtAddrFamily family)
{
  GString *out = g_string_new (FIRST_LINE "\r\n");

  if (family == BT_ADDR_V4)
    g_string_append_printf (out, "Host: " BT_LSD_GROUP_V4 ":%d\r\n", BT_LSD_PORT);
  else
    g_string_append_printf (out, "Host: [" BT_LSD_GROUP_V6 "]:%d\r\n", BT_LSD_PORT);
  g_string_append_printf (out, "Port: %u\r\n", self->port);
  for (guint i = 0; i < self->n_hashes; i++)
    {
      g_string_append (out, "Infohash: ");
      for (guint k = 0; k < BT_SHA1_LENGTH; k++)
        g_string_append_printf (out, "%02x", self->hashes[i][k]);
      g_string_append (out, "\r\n");
    }
  if (self->cookie[0] != '\0')
    g_string_append_printf (out, "cookie: %s\r\n", self->cookie);
  g_string_append (out, "\r\n\r\n");
  return g_string_free (out, FALSE);
}
