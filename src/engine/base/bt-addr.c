/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-addr.h"

#include <arpa/inet.h>
#include <string.h>

static const guint8 v4_mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

void
bt_addr_init_v4 (BtAddr *self, const guint8 ip[4], guint16 port)
{
  memset (self, 0, sizeof *self);
  memcpy (self->ip, ip, 4);
  self->port = port;
  self->family = BT_ADDR_V4;
}

void
bt_addr_init_v6 (BtAddr *self, const guint8 ip[16], guint16 port)
{
  if (memcmp (ip, v4_mapped, sizeof v4_mapped) == 0)
    {
      bt_addr_init_v4 (self, ip + 12, port);
      return;
    }
  memcpy (self->ip, ip, 16);
  self->port = port;
  self->family = BT_ADDR_V6;
}

gboolean
bt_addr_parse_ip (BtAddr *self, const char *text)
{
  guint8 ip[16];

  if (inet_pton (AF_INET, text, ip) == 1)
    bt_addr_init_v4 (self, ip, 0);
  else if (inet_pton (AF_INET6, text, ip) == 1)
    bt_addr_init_v6 (self, ip, 0);
  else
    return FALSE;
  return TRUE;
}

gboolean
bt_addr_parse (BtAddr *self, const char *text)
{
  char host[BT_ADDR_STRING_MAX];
  const char *end, *port = NULL;
  guint64 number = 0;

  if (*text == '[')
    {
      end = strchr (++text, ']');
      if (end == NULL || (end[1] != ':' && end[1] != '\0'))
        return FALSE;
      port = end[1] == ':' ? end + 2 : NULL;
    }
  else
    {
      end = strchr (text, ':');
      /* Two colons and no bracket: an IPv6 address without a port. */
      if (end != NULL && strchr (end + 1, ':') == NULL)
        port = end + 1;
      else
        end = text + strlen (text);
    }

  if ((gsize) (end - text) >= sizeof host)
    return FALSE;
  memcpy (host, text, (gsize) (end - text));
  host[end - text] = '\0';
  if (port != NULL && !g_ascii_string_to_unsigned (port, 10, 0, 65535, &number, NULL))
    return FALSE;
  if (!bt_addr_parse_ip (self, host))
    return FALSE;
  self->port = (guint16) number;
  return TRUE;
}

char *
bt_addr_ip_to_string (const BtAddr *self, char out[BT_ADDR_STRING_MAX])
{
  if (self->family == BT_ADDR_NONE ||
      inet_ntop (self->family == BT_ADDR_V4 ? AF_INET : AF_INET6, self->ip, out, BT_ADDR_STRING_MAX) == NULL)
    g_strlcpy (out, "-", BT_ADDR_STRING_MAX);
  return out;
}

char *
bt_addr_to_string (const BtAddr *self, char out[BT_ADDR_STRING_MAX])
{
  char ip[BT_ADDR_STRING_MAX];

  bt_addr_ip_to_string (self, ip);
  g_snprintf (out, BT_ADDR_STRING_MAX, self->family == BT_ADDR_V6 ? "[%s]:%u" : "%s:%u", ip, self->port);
  return out;
}

gboolean
bt_addr_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (BtAddr)) == 0;
}

guint
bt_addr_hash (gconstpointer self)
{
  const guint8 *byte = self;
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < sizeof (BtAddr); i++)
    hash = (hash ^ byte[i]) * 16777619u;
  return hash;
}

gboolean
bt_addr_same_ip (const BtAddr *a, const BtAddr *b)
{
  return a->family == b->family && memcmp (a->ip, b->ip, sizeof a->ip) == 0;
}

gboolean
bt_addr_is_usable (const BtAddr *self)
{
  static const guint8 zero[16];
  gsize length = self->family == BT_ADDR_V4 ? 4 : 16;

  if (self->family == BT_ADDR_NONE || self->port == 0)
    return FALSE;
  if (memcmp (self->ip, zero, length) == 0)
    return FALSE;
  /* 224/4 is multicast and 240/4 is reserved, broadcast among it. */
  return self->family == BT_ADDR_V4 ? self->ip[0] < 224 && self->ip[0] != 0 : self->ip[0] != 0xff;
}

gboolean
bt_addr_is_loopback (const BtAddr *self)
{
  static const guint8 one[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

  if (self->family == BT_ADDR_V4)
    return self->ip[0] == 127;
  return self->family == BT_ADDR_V6 && memcmp (self->ip, one, 16) == 0;
}

gboolean
bt_addr_is_private (const BtAddr *self)
{
  static const guint8 zero[16];
  const guint8 *ip = self->ip;

  if (bt_addr_is_loopback (self))
    return TRUE;
  if (self->family == BT_ADDR_V4)
    return ip[0] == 0 || ip[0] == 10 || (ip[0] == 172 && (ip[1] & 0xf0) == 16) ||
           (ip[0] == 192 && ip[1] == 168) || (ip[0] == 169 && ip[1] == 254) ||
           (ip[0] == 100 && (ip[1] & 0xc0) == 64);
  if (self->family == BT_ADDR_V6 && memcmp (ip, zero, 16) == 0)
    return TRUE;
  return (ip[0] & 0xfe) == 0xfc || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
}

gboolean
bt_addr_read (BtAddr *self, BtReader *reader, BtAddrFamily family)
{
  BtReader probe = *reader;
  const guint8 *ip;
  guint16 port;

  if (!bt_reader_take (&probe, family == BT_ADDR_V4 ? 4 : 16, &ip) || !bt_reader_u16 (&probe, &port))
    return FALSE;
  if (family == BT_ADDR_V4)
    bt_addr_init_v4 (self, ip, port);
  else
    bt_addr_init_v6 (self, ip, port);
  *reader = probe;
  return TRUE;
}

gsize
bt_addr_write (const BtAddr *self, guint8 out[18])
{
  gsize length = self->family == BT_ADDR_V4 ? 4 : 16;

  memcpy (out, self->ip, length);
  out[length] = (guint8) (self->port >> 8);
  out[length + 1] = (guint8) self->port;
  return length + 2;
}
