/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-announce-http.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "bt-bencode.h"
#include "bt-error.h"
#include "bt-query-private.h"

/* A tracker can not make us keep more than this from one answer. */
#define MAX_ENTRIES 10000u

char *
bt_scrape_http_write_url (const char *announce_url, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes)
{
  gsize path_length = strcspn (announce_url, "?");
  const char *slash = memrchr (announce_url, '/', path_length);
  GString *url;
  char separator;

  if (slash == NULL || !g_str_has_prefix (slash, "/announce"))
    return NULL;

  url = g_string_new_len (announce_url, slash - announce_url);
  g_string_append (url, "/scrape");
  g_string_append (url, slash + strlen ("/announce"));
  separator = announce_url[path_length] == '?' ? '&' : '?';
  for (guint i = 0; i < n_hashes; i++)
    {
      g_string_append_c (url, separator);
      g_string_append (url, "info_hash=");
      bt_query_escape (url, hashes[i], BT_SHA1_LENGTH);
      separator = '&';
    }
  return g_string_free (url, FALSE);
}

static void
read_entry (BtBencode dict, GArray *entries)
{
  BtScrapeEntry entry;
  gsize length;
  const guint8 *hash = bt_bencode_key (dict, &length);

  if (length != BT_SHA1_LENGTH || !bt_bencode_is (dict, BT_BENCODE_DICT))
    return;
  memcpy (entry.info_hash, hash, BT_SHA1_LENGTH);
  entry.complete = MAX (-1, bt_bencode_get_integer (dict, "complete", -1));
  entry.incomplete = MAX (-1, bt_bencode_get_integer (dict, "incomplete", -1));
  entry.downloaded = MAX (-1, bt_bencode_get_integer (dict, "downloaded", -1));
  g_array_append_val (entries, entry);
}

gboolean
bt_scrape_http_parse_reply (const guint8 *bytes, gsize length, GArray *entries, GError **error)
{
  gsize used;
  g_autoptr(BtBencodeTree) tree = bt_bencode_parse (bytes, length, &used, NULL);
  g_autofree char *failure = NULL;
  BtBencode root, files;

  if (tree == NULL || !bt_bencode_is (root = bt_bencode_root (tree), BT_BENCODE_DICT))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, _ ("The tracker’s answer is not one of a tracker."));
      return FALSE;
    }
  failure = bt_bencode_dup_utf8 (root, "failure reason");
  if (failure != NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_REFUSED, failure);
      return FALSE;
    }

  files = bt_bencode_get (root, "files");
  if (bt_bencode_is (files, BT_BENCODE_DICT))
    for (BtBencode item = bt_bencode_first (files);
         bt_bencode_exists (item) && entries->len < MAX_ENTRIES;
         item = bt_bencode_next (item))
      read_entry (item, entries);
  return TRUE;
}

gboolean
bt_scrape_http_parse_query (const char *query, GArray *hashes, guint most, GError **error)
{
  BtQueryPair pair;

  while (bt_query_next (&query, &pair))
    {
      if (strcmp (pair.key, "info_hash") != 0)
        continue;
      if (pair.length != BT_SHA1_LENGTH)
        {
          g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "An info_hash is not 20 bytes long.");
          return FALSE;
        }
      if (hashes->len < most)
        g_array_append_vals (hashes, pair.value, 1);
    }
  return TRUE;
}

static int
compare_entries (const void *a, const void *b)
{
  return memcmp (*(const BtScrapeEntry *const *) a, *(const BtScrapeEntry *const *) b, BT_SHA1_LENGTH);
}

static void
write_entry (BtBencodeWriter *writer, const BtScrapeEntry *entry)
{
  const struct
  {
    const char *key;
    gint64 count;
  } counts[] = {
    { "complete", entry->complete },
    { "downloaded", entry->downloaded },
    { "incomplete", entry->incomplete },
  };

  bt_bencode_write_key_bytes (writer, entry->info_hash, BT_SHA1_LENGTH);
  bt_bencode_begin_dict (writer);
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (counts[i].count >= 0)
      {
        bt_bencode_write_key (writer, counts[i].key);
        bt_bencode_write_integer (writer, counts[i].count);
      }
  bt_bencode_end (writer);
}

GBytes *
bt_scrape_http_write_reply (const BtScrapeEntry *entries, guint n_entries)
{
  g_autofree const BtScrapeEntry **sorted = g_new (const BtScrapeEntry *, MAX (n_entries, 1));
  BtBencodeWriter writer;

  for (guint i = 0; i < n_entries; i++)
    sorted[i] = &entries[i];
  qsort (sorted, n_entries, sizeof *sorted, compare_entries);

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "files");
  bt_bencode_begin_dict (&writer);
  for (guint i = 0; i < n_entries; i++)
    /* A client may have asked for a torrent twice. */
    if (i == 0 || compare_entries (&sorted[i - 1], &sorted[i]) != 0)
      write_entry (&writer, sorted[i]);
  bt_bencode_end (&writer);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}
