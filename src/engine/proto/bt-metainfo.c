/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-metainfo.h"
#include "bt-metainfo-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bt-sha.h"

/* The largest blocks of the store of paths: most torrents need a few hundred bytes. */
#define MAX_TEXT_BLOCK 65536u

/* More trackers or web seeds than this are not read: each costs a connection. */
#define MAX_URLS 1000u

/* DHT nodes to begin at; a torrent that names more has a reason of its own. */
#define MAX_NODES 32u

/* The longest name that there is (RFC 1035). */
#define MAX_HOST_NAME 255u

/* A string that may be a URL, without the white space around it, or NULL. */
static char *
dup_url (BtBencode value)
{
  gsize length;
  const char *bytes = (const char *) bt_bencode_string (value, &length);
  g_autofree char *url = NULL;

  if (bytes == NULL || !g_utf8_validate_len (bytes, length, NULL))
    return NULL;
  url = g_strstrip (g_strndup (bytes, length));
  for (const char *p = url; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return NULL;
  return *url == '\0' ? NULL : g_steal_pointer (&url);
}

static void
add_tier (GPtrArray *tiers, BtBencode urls, guint *n_urls)
{
  g_autoptr(GPtrArray) tier = g_ptr_array_new_null_terminated (4, g_free, TRUE);
  gboolean is_list = bt_bencode_is (urls, BT_BENCODE_LIST);

  for (BtBencode item = is_list ? bt_bencode_first (urls) : urls;
       bt_bencode_exists (item) && *n_urls < MAX_URLS;
       item = is_list ? bt_bencode_next (item) : (BtBencode){ 0 })
    {
      char *url = dup_url (item);

      if (url == NULL)
        continue;
      g_ptr_array_add (tier, url);
      ++*n_urls;
    }
  if (tier->len > 0)
    g_ptr_array_add (tiers, g_ptr_array_free (g_steal_pointer (&tier), FALSE));
}

static void
read_trackers (BtMetainfoReader *reader)
{
  GPtrArray *tiers = reader->self->tiers;
  BtBencode list = bt_bencode_get (reader->root, "announce-list");
  guint n_urls = 0;

  if (bt_bencode_is (list, BT_BENCODE_LIST))
    for (BtBencode tier = bt_bencode_first (list); bt_bencode_exists (tier); tier = bt_bencode_next (tier))
      add_tier (tiers, tier, &n_urls);
  /* BEP 12: "announce" does not count beside a list, unless that is empty. */
  if (tiers->len == 0)
    add_tier (tiers, bt_bencode_get (reader->root, "announce"), &n_urls);
}

/* Web seeds are often written as they are read, with spaces. */
static char *
escape_url (const char *url)
{
  return g_uri_escape_string (url, ":/?#[]@!$&'()*+,;=%", FALSE);
}

/* A string or a list of strings (BEP 19), each once. */
static char **
read_urls (BtMetainfoReader *reader, const char *key)
{
  BtBencode value = bt_bencode_get (reader->root, key);
  gboolean is_list = bt_bencode_is (value, BT_BENCODE_LIST);
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *urls = g_ptr_array_new ();

  for (BtBencode item = is_list ? bt_bencode_first (value) : value;
       bt_bencode_exists (item) && urls->len < MAX_URLS;
       item = is_list ? bt_bencode_next (item) : (BtBencode){ 0 })
    {
      g_autofree char *url = dup_url (item);
      g_autofree char *escaped = url == NULL ? NULL : escape_url (url);

      if (escaped == NULL || g_hash_table_contains (seen, escaped))
        continue;
      g_hash_table_add (seen, escaped);
      g_ptr_array_add (urls, g_steal_pointer (&escaped));
    }
  g_ptr_array_add (urls, NULL);
  return (char **) g_ptr_array_free (urls, FALSE);
}

static const char *
read_text (BtMetainfoReader *reader, const char *key)
{
  g_autofree char *key_utf8 = g_strconcat (key, ".utf-8", NULL);
  g_autofree char *text = bt_bencode_dup_utf8 (reader->root, key_utf8);

  if (text == NULL)
    text = bt_bencode_dup_utf8 (reader->root, key);
  return text == NULL || *text == '\0' ? NULL : g_string_chunk_insert (reader->self->texts, text);
}

/* BEP 5: a list of pairs. */
static void
read_nodes (BtMetainfoReader *reader)
{
  BtMetainfo *self = reader->self;
  BtBencode list = bt_bencode_get (reader->root, "nodes");
  guint seen = 0;

  if (!bt_bencode_is (list, BT_BENCODE_LIST))
    return;
  for (BtBencode item = bt_bencode_first (list); bt_bencode_exists (item) && seen < MAX_NODES; item = bt_bencode_next (item), seen++)
    {
      BtBencode host = bt_bencode_is (item, BT_BENCODE_LIST) ? bt_bencode_first (item) : (BtBencode){ 0 };
      g_autofree char *name = dup_url (host);
      BtMetainfoNode node;
      gint64 port = 0;

      if (name == NULL || strlen (name) > MAX_HOST_NAME || !bt_bencode_integer (bt_bencode_next (host), &port) ||
          port < 1 || port > G_MAXUINT16)
        continue;
      node.host = g_string_chunk_insert (self->texts, name);
      node.port = (guint16) port;
      g_array_append_val (self->nodes, node);
    }
}

static void
read_extras (BtMetainfoReader *reader)
{
  BtMetainfo *self = reader->self;

  read_trackers (reader);
  self->url_list = read_urls (reader, "url-list");
  self->httpseeds = read_urls (reader, "httpseeds");
  read_nodes (reader);
  self->comment = read_text (reader, "comment");
  self->created_by = read_text (reader, "created by");
  self->creation_date = MAX (0, bt_bencode_get_integer (reader->root, "creation date", 0));
  self->is_private = bt_bencode_get_integer (reader->info, "private", 0) != 0;
}

/* BEP 52 asks for canonical bencoding; BEP 3 torrents without it are many.
 * Only the info dictionary is judged: it is what the hash is over. */
static gboolean
info_is_canonical (BtMetainfo *self, BtMetainfoReader *reader)
{
  g_autoptr(BtBencodeTree) info = NULL;

  if (bt_bencode_get_quirks (reader->root.tree) == 0)
    return TRUE;
  info = bt_bencode_parse (self->info, self->info_length, NULL, NULL);
  return info != NULL && bt_bencode_get_quirks (info) == 0;
}

static gboolean
decide_versions (BtMetainfoReader *reader)
{
  BtMetainfo *self = reader->self;
  gint64 version = bt_bencode_get_integer (reader->info, "meta version", 1);

  if (version > 2)
    return bt_metainfo_fail (reader, BT_ERROR_UNSUPPORTED, _ ("The torrent is of a newer kind than this version can read."));
  self->has_v1 = bt_bencode_is (bt_bencode_get (reader->info, "pieces"), BT_BENCODE_STRING);
  self->has_v2 = version == 2 && bt_bencode_is (bt_bencode_get (reader->info, "file tree"), BT_BENCODE_DICT);
  if (!self->has_v1 && !self->has_v2)
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("The torrent has no hashes of its pieces."));
  if (self->has_v2 && !info_is_canonical (self, reader))
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("The torrent is not written as its version asks for."));
  return TRUE;
}

static void
take_hashes (BtMetainfo *self)
{
  if (self->has_v2)
    bt_sha256 (self->info, self->info_length, self->info_hash_v2);
  if (self->has_v1)
    bt_sha1 (self->info, self->info_length, self->info_hash);
  else
    memcpy (self->info_hash, self->info_hash_v2, BT_SHA1_LENGTH);
}

static gboolean
read_piece_length (BtMetainfoReader *reader)
{
  gint64 length = bt_bencode_get_integer (reader->info, "piece length", 0);
  gboolean fits = length > 0 && length <= BT_MAX_PIECE_LENGTH;

  if (reader->self->has_v2)
    fits = fits && length >= BT_BLOCK_SIZE && (length & (length - 1)) == 0;
  if (!fits)
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("The torrent’s piece length is missing or wrong."));
  reader->self->piece_length = (guint32) length;
  return TRUE;
}

static gboolean
count_pieces (BtMetainfoReader *reader)
{
  BtMetainfo *self = reader->self;
  guint64 n_pieces = (self->total_length + self->piece_length - 1) / self->piece_length;
  gsize length;

  if (n_pieces == 0)
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("The torrent has nothing in it."));
  if (n_pieces > BT_MAX_PIECES)
    return bt_metainfo_fail (reader, BT_ERROR_TOO_LARGE, _ ("The torrent has too many pieces."));
  self->n_pieces = (guint32) n_pieces;
  if (!self->has_v1)
    return TRUE;

  self->piece_hashes = bt_bencode_get_string (reader->info, "pieces", &length);
  if (length != n_pieces * BT_SHA1_LENGTH)
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("The torrent’s size and its number of pieces do not agree."));
  return TRUE;
}

static gboolean
read_info (BtMetainfoReader *reader)
{
  BtMetainfo *self = reader->self;

  if (!decide_versions (reader))
    return FALSE;
  take_hashes (self);
  if (!read_piece_length (reader) || !bt_metainfo_read_name (reader))
    return FALSE;
  if (self->has_v1 && !bt_metainfo_read_v1_files (reader))
    return FALSE;
  if (self->has_v2 && !bt_metainfo_read_file_tree (reader))
    return FALSE;
  if (!count_pieces (reader))
    return FALSE;
  bt_metainfo_settle_files (reader);
  return !self->has_v2 || bt_metainfo_read_piece_layers (reader);
}

/* Hashes make up most of the file and are not copied; of the rest names are. */
static gsize
estimate_texts (BtMetainfoReader *reader)
{
  gsize length, hashes, layers;

  bt_bencode_raw (reader->root, &length);
  bt_bencode_raw (bt_bencode_get (reader->info, "pieces"), &hashes);
  bt_bencode_raw (bt_bencode_get (reader->root, "piece layers"), &layers);
  return MIN (length - hashes - layers, MAX_TEXT_BLOCK);
}

static gboolean
read_all (BtMetainfoReader *reader)
{
  gboolean done;

  reader->info = bt_bencode_get (reader->root, "info");
  if (!bt_bencode_is (reader->info, BT_BENCODE_DICT))
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("This is not a torrent file."));
  reader->self->info = bt_bencode_raw (reader->info, &reader->self->info_length);
  reader->self->texts = g_string_chunk_new (estimate_texts (reader));

  reader->files = g_array_new (FALSE, FALSE, sizeof (BtFileInfo));
  reader->path = g_string_new (NULL);
  done = read_info (reader);
  if (done)
    read_extras (reader);
  g_string_free (reader->path, TRUE);
  g_clear_pointer (&reader->files, g_array_unref);
  return done;
}

static void
clear (BtMetainfo *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->texts, g_string_chunk_free);
  g_clear_pointer (&self->tiers, g_ptr_array_unref);
  g_clear_pointer (&self->url_list, g_strfreev);
  g_clear_pointer (&self->httpseeds, g_strfreev);
  g_clear_pointer (&self->nodes, g_array_unref);
  g_free (self->files);
  g_free (self->piece_layers);
}

static BtBencodeTree *
parse_file (const guint8 *data, gsize length, GError **error)
{
  g_autoptr(GError) why = NULL;
  BtBencodeTree *tree;
  gsize used;

  /* Some files end in a line feed or worse; the hash is not over it. */
  tree = bt_bencode_parse (data, length, &used, &why);
  if (tree != NULL)
    return tree;
  if (length > 0 && data[0] == 'd' && g_error_matches (why, BT_ERROR, BT_ERROR_TRUNCATED))
    g_set_error_literal (error, BT_ERROR, BT_ERROR_TRUNCATED, _ ("The torrent file is not complete."));
  else if (g_error_matches (why, BT_ERROR, BT_ERROR_TOO_LARGE))
    g_propagate_error (error, g_steal_pointer (&why));
  else
    g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, _ ("This is not a torrent file, or it is damaged."));
  return NULL;
}

BtMetainfo *
bt_metainfo_new (GBytes *bytes, GError **error)
{
  g_autoptr(BtMetainfo) self = g_atomic_rc_box_new0 (BtMetainfo);
  g_autoptr(BtBencodeTree) tree = NULL;
  BtMetainfoReader reader = { .self = self, .error = error };
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  self->bytes = g_bytes_ref (bytes);
  self->tiers = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->nodes = g_array_new (FALSE, FALSE, sizeof (BtMetainfoNode));
  if (length > BT_MAX_TORRENT_FILE)
    {
      bt_metainfo_fail (&reader, BT_ERROR_TOO_LARGE, _ ("The file is too large for a torrent file."));
      return NULL;
    }
  tree = parse_file (data, length, error);
  if (tree == NULL)
    return NULL;
  reader.root = bt_bencode_root (tree);
  return read_all (&reader) ? g_steal_pointer (&self) : NULL;
}

BtMetainfo *
bt_metainfo_ref (BtMetainfo *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
bt_metainfo_unref (BtMetainfo *self)
{
  g_atomic_rc_box_release_full (self, (GDestroyNotify) clear);
}

GBytes *
bt_metainfo_get_bytes (BtMetainfo *self)
{
  return self->bytes;
}

const guint8 *
bt_metainfo_peek_info (BtMetainfo *self, gsize *length)
{
  *length = self->info_length;
  return self->info;
}

gboolean
bt_metainfo_has_v1 (BtMetainfo *self)
{
  return self->has_v1;
}

gboolean
bt_metainfo_has_v2 (BtMetainfo *self)
{
  return self->has_v2;
}

const guint8 *
bt_metainfo_get_info_hash (BtMetainfo *self)
{
  return self->info_hash;
}

const guint8 *
bt_metainfo_get_info_hash_v2 (BtMetainfo *self)
{
  return self->has_v2 ? self->info_hash_v2 : NULL;
}

const char *
bt_metainfo_get_name (BtMetainfo *self)
{
  return self->name;
}

guint32
bt_metainfo_get_piece_length (BtMetainfo *self)
{
  return self->piece_length;
}

guint32
bt_metainfo_get_n_pieces (BtMetainfo *self)
{
  return self->n_pieces;
}

guint64
bt_metainfo_get_total_length (BtMetainfo *self)
{
  return self->total_length;
}

guint64
bt_metainfo_get_real_length (BtMetainfo *self)
{
  return self->real_length;
}

guint
bt_metainfo_get_n_real_files (BtMetainfo *self)
{
  return self->n_real_files;
}

const guint8 *
bt_metainfo_get_piece_hash (BtMetainfo *self, guint32 piece)
{
  g_return_val_if_fail (piece < self->n_pieces, NULL);

  return self->piece_hashes == NULL ? NULL : self->piece_hashes + (gsize) piece * BT_SHA1_LENGTH;
}

guint
bt_metainfo_get_n_files (BtMetainfo *self)
{
  return self->n_files;
}

const BtFileInfo *
bt_metainfo_get_file (BtMetainfo *self, guint index)
{
  g_return_val_if_fail (index < self->n_files, NULL);

  return &self->files[index];
}

const guint8 *
bt_metainfo_get_piece_layer (BtMetainfo *self, guint index)
{
  g_return_val_if_fail (index < self->n_files, NULL);

  return self->piece_layers == NULL ? NULL : self->piece_layers[index];
}

gboolean
bt_metainfo_is_single_file (BtMetainfo *self)
{
  return self->is_single_file;
}

guint
bt_metainfo_get_n_tiers (BtMetainfo *self)
{
  return self->tiers->len;
}

const char *const *
bt_metainfo_get_tier (BtMetainfo *self, guint tier)
{
  g_return_val_if_fail (tier < self->tiers->len, NULL);

  return g_ptr_array_index (self->tiers, tier);
}

const char *const *
bt_metainfo_get_url_list (BtMetainfo *self)
{
  return (const char *const *) self->url_list;
}

const char *const *
bt_metainfo_get_httpseeds (BtMetainfo *self)
{
  return (const char *const *) self->httpseeds;
}

guint
bt_metainfo_get_n_nodes (BtMetainfo *self)
{
  return self->nodes->len;
}

const char *
bt_metainfo_get_node (BtMetainfo *self, guint index, guint16 *port)
{
  const BtMetainfoNode *node = &g_array_index (self->nodes, BtMetainfoNode, index);

  *port = node->port;
  return node->host;
}

gboolean
bt_metainfo_is_private (BtMetainfo *self)
{
  return self->is_private;
}

const char *
bt_metainfo_get_comment (BtMetainfo *self)
{
  return self->comment;
}

const char *
bt_metainfo_get_created_by (BtMetainfo *self)
{
  return self->created_by;
}

gint64
bt_metainfo_get_creation_date (BtMetainfo *self)
{
  return self->creation_date;
}
