/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-client-name.h"

#include <stdlib.h>
#include <string.h>

typedef void (*VersionFormat) (const char *version, const char *name, char *out, gsize size);

typedef struct
{
  const char *code; /* at the front of the id */
  const char *name;
  VersionFormat format;
} Client;

/* 0-9, A-Z, a-z: most clients go beyond 9 with letters. */
static int
digit (char c)
{
  if (g_ascii_isdigit (c))
    return c - '0';
  if (g_ascii_isupper (c))
    return c - 'A' + 10;
  return g_ascii_islower (c) ? c - 'a' + 36 : 0;
}

static void
format_none (const char *version, const char *name, char *out, gsize size)
{
  g_strlcpy (out, name, size);
}

static void
format_major (const char *version, const char *name, char *out, gsize size)
{
  g_snprintf (out, size, "%s %d.x", name, digit (version[0]));
}

static void
format_three (const char *version, const char *name, char *out, gsize size)
{
  g_snprintf (out, size, "%s %d.%d.%d", name, digit (version[0]), digit (version[1]), digit (version[2]));
}

static void
format_four (const char *version, const char *name, char *out, gsize size)
{
  g_snprintf (out, size, "%s %d.%d.%d.%d", name, digit (version[0]), digit (version[1]), digit (version[2]), digit (version[3]));
}

/* "0132": 1.32 */
static void
format_two_pairs (const char *version, const char *name, char *out, gsize size)
{
  g_snprintf (out, size, "%s %d.%d%d", name, digit (version[0]) * 10 + digit (version[1]), digit (version[2]), digit (version[3]));
}

/* "0091": 0.09.1 */
static void
format_one_two_one (const char *version, const char *name, char *out, gsize size)
{
  g_snprintf (out, size, "%s %d.%d%d.%d", name, digit (version[0]), digit (version[1]), digit (version[2]), digit (version[3]));
}

/* The fourth letter of a version tells how far it was tested. */
static const char *
stage (char letter)
{
  switch (letter)
    {
    case 'A':
      return " (Alpha)";
    case 'B':
      return " (Beta)";
    case 'X':
    case 'Z':
      return " (Dev)";
    default:
      return "";
    }
}

static void
format_staged (const char *version, const char *name, char *out, gsize size)
{
  g_snprintf (out, size, "%s %d.%d.%d%s", name, digit (version[0]), digit (version[1]), digit (version[2]), stage (version[3]));
}

/* Three ways to count: 0.6, then 1.11, then 4.0.0. */
static void
format_transmission (const char *version, const char *name, char *out, gsize size)
{
  if (memcmp (version, "000", 3) == 0)
    g_snprintf (out, size, "%s 0.%d", name, digit (version[3]));
  else if (memcmp (version, "00", 2) == 0)
    g_snprintf (out, size, "%s 0.%c%c", name, version[2], version[3]);
  else if (version[0] < '4')
    g_snprintf (out, size, "%s %d.%d%d%s", name, digit (version[0]), digit (version[1]), digit (version[2]), stage (version[3]));
  else
    format_staged (version, name, out, size);
}

static void
format_ktorrent (const char *version, const char *name, char *out, gsize size)
{
  const char *kind = version[2] == 'D' ? " Dev " : version[2] == 'R' ? " RC " : NULL;

  if (kind != NULL)
    g_snprintf (out, size, "%s %d.%d%s%d", name, digit (version[0]), digit (version[1]), kind, digit (version[3]));
  else
    format_three (version, name, out, size);
}

/* "110Q": 1.1.0; "1110Q": 1.1.10 */
static void
format_utorrent_web (const char *version, const char *name, char *out, gsize size)
{
  if (g_ascii_isdigit (version[3]))
    g_snprintf (out, size, "%s %d.%d.%d%d", name, digit (version[0]), digit (version[1]), digit (version[2]), digit (version[3]));
  else
    format_three (version, name, out, size);
}

/* "246326": 2.4.6-326 */
static void
format_bitlord (const char *version, const char *name, char *out, gsize size)
{
  g_snprintf (out, size, "%s %d.%d.%d-%c%c%c", name, digit (version[0]), digit (version[1]), digit (version[2]),
              g_ascii_isalnum (version[3]) ? version[3] : '0', g_ascii_isalnum (version[4]) ? version[4] : '0',
              g_ascii_isalnum (version[5]) ? version[5] : '0');
}

/* Sorted by code, for a binary search. */
static const Client clients[] = {
  { "-AD", "Advanced Download Manager", format_three },
  { "-AG", "Ares", format_four },
  { "-AR", "Arctic", format_four },
  { "-AV", "Avicora", format_four },
  { "-AX", "BitPump", format_two_pairs },
  { "-AZ", "Azureus / Vuze", format_four },
  { "-BB", "BitBuddy", format_four },
  { "-BC", "BitComet", format_two_pairs },
  { "-BF", "BitFlu", format_none },
  { "-BG", "BTGetit", format_four },
  { "-BI", "BiglyBT", format_four },
  { "-BL", "BitLord", format_bitlord },
  { "-BR", "BitRocket", format_four },
  { "-BS", "BTSlave", format_four },
  { "-BT", "BitTorrent", format_staged },
  { "-BW", "BitWombat", format_four },
  { "-BX", "BittorrentX", format_four },
  { "-CD", "Enhanced CTorrent", format_two_pairs },
  { "-CT", "CTorrent", format_four },
  { "-DE", "Deluge", format_three },
  { "-EB", "EBit", format_four },
  { "-ES", "Electric Sheep", format_three },
  { "-FC", "FileCroc", format_four },
  { "-FD", "Free Download Manager", format_three },
  { "-FE", "Freshet", format_three },
  { "-FL", "Folx", format_major },
  { "-FT", "FoxTorrent/RedSwoosh", format_four },
  { "-FW", "FrostWire", format_three },
  { "-FX", "Freebox", format_four },
  { "-G3", "G3 Torrent", format_none },
  { "-GR", "GetRight", format_four },
  { "-GS", "GSTorrent", format_four },
  { "-HK", "Hekate", format_four },
  { "-HL", "Halite", format_three },
  { "-HN", "Hydranode", format_four },
  { "-KG", "KGet", format_four },
  { "-KT", "KTorrent", format_ktorrent },
  { "-LC", "LeechCraft", format_four },
  { "-LH", "LH-ABC", format_four },
  { "-LP", "Lphant", format_two_pairs },
  { "-LT", "libtorrent (Rasterbar)", format_three },
  { "-LW", "LimeWire", format_none },
  { "-MO", "MonoTorrent", format_four },
  { "-MP", "MooPolice", format_three },
  { "-MR", "Miro", format_four },
  { "-MT", "MoonlightTorrent", format_four },
  { "-NE", "BT Next Evolution", format_four },
  { "-NX", "Net Transport", format_four },
  { "-OS", "OneSwarm", format_four },
  { "-OT", "OmegaTorrent", format_four },
  { "-PD", "Pando", format_four },
  { "-PI", "PicoTorrent", format_one_two_one },
  { "-QD", "QQDownload", format_four },
  { "-QT", "Qt 4 Torrent example", format_four },
  { "-RT", "Retriever", format_four },
  { "-RZ", "RezTorrent", format_four },
  { "-SB", "Swiftbit", format_four },
  { "-SD", "Thunder", format_four },
  { "-SM", "SoMud", format_four },
  { "-SP", "BitSpirit", format_three },
  { "-SS", "SwarmScope", format_four },
  { "-ST", "SymTorrent", format_four },
  { "-SZ", "Shareaza", format_four },
  { "-TB", "Torch Browser", format_none },
  { "-TN", "Torrent.NET", format_four },
  { "-TR", "Transmission", format_transmission },
  { "-TS", "TorrentStorm", format_four },
  { "-TT", "TuoTu", format_three },
  { "-UE", "µTorrent Embedded", format_staged },
  { "-UL", "uLeecher!", format_four },
  { "-UM", "µTorrent Mac", format_staged },
  { "-UT", "µTorrent", format_staged },
  { "-UW", "µTorrent Web", format_utorrent_web },
  { "-VG", "Vagaa", format_four },
  { "-WD", "WebTorrent Desktop", format_four },
  { "-WS", "HTTP Seed", format_none },
  { "-WT", "BitLet", format_four },
  { "-WW", "WebTorrent", format_four },
  { "-XC", "Xtorrent", format_four },
  { "-XF", "Xfplay", format_three },
  { "-XL", "Xunlei", format_four },
  { "-XT", "XanTorrent", format_four },
  { "-XX", "XTorrent", format_four },
  { "-ZO", "Zona", format_four },
  { "-ZT", "Zip Torrent", format_four },
  { "-aZ", "Azureus Fork", format_four },
  { "-lt", "libTorrent (Rakshasa)", format_three },
  { "-pb", "pbTorrent", format_three },
  { "-qB", "qBittorrent", format_three },
  { "-st", "SharkTorrent", format_four },
};

static int
compare_code (const void *id, const void *client)
{
  return memcmp (id, ((const Client *) client)->code, 3);
}

/* "-XX1234-": a letter or digit everywhere but in the last place, where some
 * put what they like. */
static gboolean
has_version (const guint8 *id)
{
  return g_ascii_isalnum (id[3]) && g_ascii_isalnum (id[4]) && g_ascii_isalnum (id[5]);
}

/* "A2-1-18-8-": a code and numbers with dashes between them. */
static gboolean
format_dashed (const guint8 *id, const char *code, const char *name, char *out, gsize size)
{
  gsize start = strlen (code), end = start;
  guint n_dashes = 0;
  char version[BT_PEER_ID_LENGTH + 1];

  if (memcmp (id, code, start) != 0)
    return FALSE;
  while (end < BT_PEER_ID_LENGTH && n_dashes < 3 && (g_ascii_isdigit (id[end]) || id[end] == '-'))
    n_dashes += id[end++] == '-';
  if (n_dashes < 3 || end - start < 6)
    return FALSE;

  memcpy (version, id + start, end - start - 1);
  version[end - start - 1] = '\0';
  g_snprintf (out, size, "%s %s", name, g_strdelimit (version, "-", '.'));
  return TRUE;
}

/* Shadow's style: "S58B-----", one letter and three digits. */
static gboolean
format_shadow (const guint8 *id, char *out, gsize size)
{
  static const struct
  {
    char letter;
    const char *name;
  } names[] = {
    { 'A', "ABC" },
    { 'O', "Osprey Permaseed" },
    { 'R', "Tribler" },
    { 'S', "Shad0w" },
    { 'T', "BitTornado" },
    { 'U', "UPnP NAT Bit Torrent" },
  };

  if (memcmp (id + 4, "-----", 5) != 0 && memcmp (id + 4, "----", 4) != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (id[0] == (guint8) names[i].letter && g_ascii_isalnum (id[1]) && g_ascii_isalnum (id[2]) && g_ascii_isalnum (id[3]))
      {
        format_three ((const char *) id + 1, names[i].name, out, size);
        return TRUE;
      }
  return FALSE;
}

/* "exbc" and the version in two bytes; BitLord began as a BitComet. */
static gboolean
format_bitcomet (const guint8 *id, char *out, gsize size)
{
  if (memcmp (id, "exbc", 4) != 0 && memcmp (id, "FUTB", 4) != 0)
    return FALSE;
  g_snprintf (out, size, "%s %u.%02u", memcmp (id + 6, "LORD", 4) == 0 ? "BitLord" : "BitComet", id[4], id[5]);
  return TRUE;
}

static gboolean
is_plain (guint8 byte)
{
  return byte > 0x20 && byte < 0x7f;
}

static void
format_unknown (const guint8 *id, char *out, gsize size)
{
  char *end = out + size;

  *out = '\0';
  for (guint i = 0; i < 8 && out + 4 <= end; i++)
    {
      g_snprintf (out, (gulong) (end - out), is_plain (id[i]) ? "%c" : "%%%02X", id[i]);
      out += strlen (out);
    }
}

void
bt_client_name_from_peer_id (const guint8 *peer_id, char *out, gsize size)
{
  const Client *client = bsearch (peer_id, clients, G_N_ELEMENTS (clients), sizeof *clients, compare_code);

  g_return_if_fail (size > 0);

  if (client != NULL && has_version (peer_id))
    client->format ((const char *) peer_id + 3, client->name, out, size);
  else if (!format_dashed (peer_id, "A2-", "aria2", out, size) &&
           !format_dashed (peer_id, "M", "BitTorrent", out, size) &&
           !format_dashed (peer_id, "Q", "Queen Bee", out, size) &&
           !format_shadow (peer_id, out, size) &&
           !format_bitcomet (peer_id, out, size))
    format_unknown (peer_id, out, size);
}

/* Of the numbers at @version: a fourth that is 0 says nothing. */
static gsize
useful_numbers (const char *version, gsize length)
{
  guint n_dots = 0;

  for (gsize i = 0; i < length; i++)
    n_dots += version[i] == '.';
  return n_dots == 3 && memcmp (version + length - 2, ".0", 2) == 0 ? length - 2 : length;
}

void
bt_client_name_from_version (const char *version, char *out, gsize size)
{
  g_autoptr (GString) name = g_string_new (NULL);
  const char *end;

  g_return_if_fail (size > 0);

  while (*version != '\0')
    if (*version == '/' && name->len > 0 && g_ascii_isdigit (version[1]))
      {
        gsize length = strspn (version + 1, "0123456789.");

        g_string_append_c (name, ' ');
        g_string_append_len (name, version + 1, (gssize) useful_numbers (version + 1, length));
        version += 1 + length;
      }
    else
      g_string_append_c (name, *version++);
  g_strlcpy (out, name->str, size);
  /* Not in the middle of a character. */
  if (!g_utf8_validate (out, -1, &end))
    out[end - out] = '\0';
}
