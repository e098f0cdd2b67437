/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-magnet-private.h"

#include <string.h>

#include "bt-bencode.h"
#include "bt-query-private.h"

static void
add_urls (GPtrArray *list, const char *const *urls)
{
  for (; *urls != NULL && list->len < BT_MAGNET_MAX_VALUES; urls++)
    g_ptr_array_add (list, g_strdup (*urls));
}

BtMagnet *
bt_magnet_new_for_metainfo (BtMetainfo *metainfo)
{
  BtMagnet *self = bt_magnet_alloc ();

  self->name = g_strdup (bt_metainfo_get_name (metainfo));
  self->has_v1 = bt_metainfo_has_v1 (metainfo);
  self->has_v2 = bt_metainfo_has_v2 (metainfo);
  if (self->has_v1)
    memcpy (self->info_hash, bt_metainfo_get_info_hash (metainfo), BT_SHA1_LENGTH);
  if (self->has_v2)
    memcpy (self->info_hash_v2, bt_metainfo_get_info_hash_v2 (metainfo), BT_SHA256_LENGTH);
  if (bt_metainfo_is_private (metainfo))
    return self;
  for (guint tier = 0; tier < bt_metainfo_get_n_tiers (metainfo); tier++)
    add_urls (self->trackers, bt_metainfo_get_tier (metainfo, tier));
  add_urls (self->web_seeds, bt_metainfo_get_url_list (metainfo));
  return self;
}

BtMagnet *
bt_magnet_new_for_hash (const guint8 *info_hash, const char *name)
{
  BtMagnet *self = bt_magnet_alloc ();

  self->has_v1 = TRUE;
  memcpy (self->info_hash, info_hash, BT_SHA1_LENGTH);
  self->name = g_strdup (name);
  return self;
}

static void
append_hex (GString *out, const guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (out, "%02x", bytes[i]);
}

/* Every value follows a '&' but the first, whose '?' is there. */
static void
begin (GString *out, const char *key)
{
  if (out->str[out->len - 1] != '?')
    g_string_append_c (out, '&');
  g_string_append (out, key);
}

static void
append_escaped (GString *out, const char *key, GPtrArray *values)
{
  for (guint i = 0; i < values->len; i++)
    {
      begin (out, key);
      bt_query_escape (out, values->pdata[i], strlen (values->pdata[i]));
    }
}

/* As they are: libtorrent does not decode addresses. */
static void
append_plain (GString *out, const char *key, GPtrArray *values)
{
  for (guint i = 0; i < values->len; i++)
    {
      begin (out, key);
      g_string_append (out, values->pdata[i]);
    }
}

static void
append_selection (GString *out, const GArray *files)
{
  for (guint i = 0; i < files->len; i++)
    {
      const BtMagnetRange *range = &g_array_index (files, BtMagnetRange, i);

      if (i == 0)
        begin (out, "so=");
      else
        g_string_append_c (out, ',');
      g_string_append_printf (out, "%u", range->first);
      if (range->last > range->first)
        g_string_append_printf (out, "-%u", range->last);
    }
}

char *
bt_magnet_to_string (const BtMagnet *self)
{
  GString *out = g_string_new ("magnet:?");

  if (self->has_v1)
    {
      begin (out, "xt=urn:btih:");
      append_hex (out, self->info_hash, BT_SHA1_LENGTH);
    }
  if (self->has_v2)
    {
      begin (out, "xt=urn:btmh:1220");
      append_hex (out, self->info_hash_v2, BT_SHA256_LENGTH);
    }
  if (self->name != NULL)
    {
      begin (out, "dn=");
      bt_query_escape (out, (const guint8 *) self->name, strlen (self->name));
    }
  append_escaped (out, "tr=", self->trackers);
  append_escaped (out, "ws=", self->web_seeds);
  append_plain (out, "x.pe=", self->peers);
  append_plain (out, "dht=", self->nodes);
  append_selection (out, self->files);
  return g_string_free (out, FALSE);
}

static void
write_urls (BtBencodeWriter *writer, const char *key, GPtrArray *urls, gboolean tiers)
{
  if (urls->len == 0)
    return;
  bt_bencode_write_key (writer, key);
  bt_bencode_begin_list (writer);
  for (guint i = 0; i < urls->len; i++)
    {
      if (tiers)
        bt_bencode_begin_list (writer);
      bt_bencode_write_text (writer, urls->pdata[i]);
      if (tiers)
        bt_bencode_end (writer);
    }
  bt_bencode_end (writer);
}

GBytes *
bt_magnet_make_torrent (const BtMagnet *self, const guint8 *info, gsize length)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  if (self != NULL)
    write_urls (&writer, "announce-list", self->trackers, TRUE);
  bt_bencode_write_key (&writer, "info");
  bt_bencode_write_raw (&writer, info, length);
  if (self != NULL)
    write_urls (&writer, "url-list", self->web_seeds, FALSE);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}
