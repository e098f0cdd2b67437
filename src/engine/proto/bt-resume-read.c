/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-resume-private.h"

#include "bt-error.h"
#include "bt-sha.h"

#include <string.h>

/* The reading half: what is read may have been damaged on disk, so nothing of
 * it is believed that does not fit the torrent. */

typedef struct
{
  BtResume *self;
  BtMetainfo *metainfo; /* NULL: not known */
  BtBencode root;
} Reader;

static guint64
read_count (const Reader *reader, const char *key)
{
  return (guint64) MAX (bt_bencode_get_integer (reader->root, key, 0), 0);
}

static gboolean
read_bool (const Reader *reader, const char *key)
{
  return bt_bencode_get_integer (reader->root, key, 0) == 1;
}

static gboolean
read_have (Reader *reader)
{
  BtBitfield *have = &reader->self->have;
  gint64 all = bt_bencode_get_integer (reader->root, "have", -1);
  gsize length;
  const guint8 *bytes = bt_bencode_get_string (reader->root, "have", &length);

  if (bytes != NULL)
    return bt_bitfield_assign (have, bytes, length);
  if (all != have->n_bits)
    return FALSE;
  bt_bitfield_set_all (have);
  return TRUE;
}

/* Numbers of eight bytes, one a file. */
static gboolean
read_numbers (Reader *reader, const char *key, gsize offset)
{
  gsize length;
  const guint8 *bytes = bt_bencode_get_string (reader->root, key, &length);

  if (bytes == NULL || length != (gsize) reader->self->n_files * sizeof (guint64))
    return FALSE;
  for (guint i = 0; i < reader->self->n_files; i++)
    {
      guint64 number;

      memcpy (&number, bytes + i * sizeof number, sizeof number);
      *(gint64 *) G_STRUCT_MEMBER_P (&reader->self->files[i], offset) = (gint64) GUINT64_FROM_BE (number);
    }
  return TRUE;
}

static gboolean
read_flags (Reader *reader)
{
  gsize length;
  const guint8 *bytes = bt_bencode_get_string (reader->root, "flags", &length);

  if (bytes == NULL || length != reader->self->n_files)
    return FALSE;
  for (guint i = 0; i < reader->self->n_files; i++)
    {
      BtResumeFile *file = &reader->self->files[i];

      if (bytes[i] & ~(BT_RESUME_PRIORITY | BT_RESUME_TOUCHED))
        return FALSE;
      file->priority = bytes[i] & BT_RESUME_PRIORITY;
      file->touched = (bytes[i] & BT_RESUME_TOUCHED) != 0;
      if (file->size < -1)
        return FALSE;
    }
  return TRUE;
}

static char *
dup_text (BtBencode value, gsize most)
{
  gsize length;
  const guint8 *bytes = bt_bencode_string (value, &length);

  if (bytes == NULL || length == 0 || length > most || !g_utf8_validate ((const char *) bytes, (gssize) length, NULL))
    return NULL;
  return g_strndup ((const char *) bytes, length);
}

/* In the file system's encoding, which may be any. */
static gboolean
read_done_folder (Reader *reader)
{
  BtBencode value = bt_bencode_get (reader->root, "done folder");
  gsize length;
  const guint8 *path = bt_bencode_string (value, &length);

  if (!bt_bencode_exists (value))
    return TRUE;
  if (path == NULL || length == 0 || length > 4096 || path[0] != '/' || memchr (path, 0, length) != NULL)
    return FALSE;
  reader->self->done_folder = g_strndup ((const char *) path, length);
  return TRUE;
}

static gboolean
read_place (Reader *reader)
{
  BtBencode place = bt_bencode_get (reader->root, "place");
  gsize length;
  const guint8 *bytes;

  if (!bt_bencode_exists (place))
    return TRUE;
  bytes = bt_bencode_raw (place, &length);
  bt_placement_clear (&reader->self->place);
  return bt_placement_read (&reader->self->place, reader->metainfo, bytes, length);
}

static gboolean
read_partial (Reader *reader, gint64 piece, BtBencode value)
{
  BtBitfield blocks;
  gboolean right;
  gsize length;
  const guint8 *bytes = bt_bencode_string (value, &length);

  if (piece < 0 || piece >= reader->self->have.n_bits || bytes == NULL || reader->self->partials->len >= BT_RESUME_MAX_PARTIALS)
    return FALSE;
  bt_bitfield_init (&blocks, bt_resume_n_blocks (reader->metainfo, (guint32) piece));
  right = bt_bitfield_assign (&blocks, bytes, length);
  if (right)
    bt_resume_add_partial (reader->self, (guint32) piece, &blocks);
  bt_bitfield_clear (&blocks);
  return right;
}

static gboolean
read_partials (Reader *reader)
{
  for (BtBencode at = bt_bencode_first (bt_bencode_get (reader->root, "partials")); bt_bencode_exists (at); at = bt_bencode_next (at))
    {
      gint64 piece;

      if (!bt_bencode_integer (at, &piece))
        return FALSE;
      at = bt_bencode_next (at);
      if (!read_partial (reader, piece, at))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_peers (Reader *reader, const char *key, BtAddrFamily family)
{
  gsize length;
  const guint8 *bytes = bt_bencode_get_string (reader->root, key, &length);
  BtReader cursor;
  BtAddr addr;

  if (bytes == NULL)
    return !bt_bencode_exists (bt_bencode_get (reader->root, key));
  bt_reader_init (&cursor, bytes, length);
  while (cursor.left > 0 && reader->self->peers->len < BT_RESUME_MAX_PEERS)
    {
      if (!bt_addr_read (&addr, &cursor, family))
        return FALSE;
      if (bt_addr_is_usable (&addr))
        g_array_append_val (reader->self->peers, addr);
    }
  return TRUE;
}

static gboolean
read_trackers (Reader *reader)
{
  BtBencode list = bt_bencode_get (reader->root, "trackers");

  if (bt_bencode_exists (list) && !bt_bencode_is (list, BT_BENCODE_LIST))
    return FALSE;
  reader->self->has_trackers = bt_bencode_exists (list);
  for (BtBencode at = bt_bencode_first (list); bt_bencode_exists (at); at = bt_bencode_next (at))
    {
      g_autofree char *url = dup_text (bt_bencode_get (at, "url"), BT_RESUME_MAX_URL);
      BtResumeTracker tracker = {
        .url = url,
        .tier = (guint) CLAMP (bt_bencode_get_integer (at, "tier", 0), 0, BT_RESUME_MAX_TRACKERS),
        .fails = (guint) CLAMP (bt_bencode_get_integer (at, "fails", 0), 0, G_MAXUINT16),
        .seeds = MAX (bt_bencode_get_integer (at, "seeds", -1), -1),
        .leechers = MAX (bt_bencode_get_integer (at, "leechers", -1), -1),
      };

      if (url == NULL || reader->self->trackers->len >= BT_RESUME_MAX_TRACKERS)
        return FALSE;
      bt_resume_add_tracker (reader->self, &tracker);
    }
  return TRUE;
}

static void
read_counts (Reader *reader)
{
  BtResume *self = reader->self;

  self->saved = (gint64) read_count (reader, "saved");
  self->clean = read_bool (reader, "clean");
  self->checked = read_bool (reader, "checked");
  self->downloaded = read_count (reader, "downloaded");
  self->uploaded = read_count (reader, "uploaded");
  self->wasted = read_count (reader, "wasted");
  self->active_time = read_count (reader, "active time");
  self->seeding_time = read_count (reader, "seeding time");
  self->finished_at = (gint64) read_count (reader, "finished");
  self->last_active = (gint64) read_count (reader, "last active");
  self->sequential = read_bool (reader, "sequential");
  self->ends_first = read_bool (reader, "ends first");
  self->down_limit = read_count (reader, "down limit");
  self->up_limit = read_count (reader, "up limit");
  self->parts_size = MAX (bt_bencode_get_integer (reader->root, "parts size", -1), -1);
  self->parts_mtime = bt_bencode_get_integer (reader->root, "parts mtime", 0);
}

static gboolean
read_content (Reader *reader)
{
  if (reader->metainfo == NULL)
    return TRUE;
  /* A record from before the metainfo came knows nothing of what is on disk. */
  if (bt_bencode_get_integer (reader->root, "have", -1) == 0 && reader->self->have.n_bits > 0)
    {
      reader->self->checked = FALSE;
      return TRUE;
    }
  return read_have (reader) && read_numbers (reader, "sizes", G_STRUCT_OFFSET (BtResumeFile, size)) &&
         read_numbers (reader, "times", G_STRUCT_OFFSET (BtResumeFile, mtime)) && read_flags (reader) &&
         read_place (reader) && read_partials (reader);
}

static BtResume *
read_dict (BtBencode root, BtMetainfo *metainfo, const guint8 *info_hash, GError **error)
{
  g_autoptr (BtResume) self = bt_resume_new (metainfo, info_hash);
  Reader reader = { .self = self, .metainfo = metainfo, .root = root };
  gsize length;
  const guint8 *hash = bt_bencode_get_string (root, "hash", &length);

  if (bt_bencode_get_integer (root, "version", 0) > BT_RESUME_VERSION)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_UNSUPPORTED, "The record was made by a later version");
      return NULL;
    }
  read_counts (&reader);
  if (hash == NULL || length != BT_SHA1_LENGTH || memcmp (hash, info_hash, length) != 0 || !read_content (&reader) ||
      !read_done_folder (&reader) ||
      !read_peers (&reader, "peers", BT_ADDR_V4) || !read_peers (&reader, "peers6", BT_ADDR_V6) || !read_trackers (&reader))
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "The record does not fit the torrent");
      return NULL;
    }
  return g_steal_pointer (&self);
}

BtResume *
bt_resume_decode (GBytes *bytes, BtMetainfo *metainfo, const guint8 *info_hash, GError **error)
{
  g_autoptr (BtBencodeTree) tree = NULL;
  guint8 digest[BT_SHA1_LENGTH];
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (length > BT_RESUME_MAX_BYTES)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_TOO_LARGE, "The record is too large");
      return NULL;
    }
  if (length < BT_RESUME_HEADER || memcmp (data, BT_RESUME_MAGIC, BT_RESUME_MAGIC_LENGTH) != 0)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "This is no record of a torrent");
      return NULL;
    }
  bt_sha1 (data + BT_RESUME_HEADER, length - BT_RESUME_HEADER, digest);
  if (memcmp (digest, data + BT_RESUME_MAGIC_LENGTH, BT_SHA1_LENGTH) != 0)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "The record was damaged");
      return NULL;
    }
  tree = bt_bencode_parse (data + BT_RESUME_HEADER, length - BT_RESUME_HEADER, NULL, error);
  return tree == NULL ? NULL : read_dict (bt_bencode_root (tree), metainfo, info_hash, error);
}
