/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-placement.h"

#include "bt-reader.h"
#include "bt-safe-path-private.h"

#include <string.h>

#define VERSION 1

#define IDENTITY_LENGTH 16u

void
bt_placement_init (BtPlacement *self, BtMetainfo *metainfo)
{
  self->names = bt_file_names_new (metainfo);
  bt_bitfield_init (&self->created, bt_metainfo_get_n_files (metainfo));
  bt_bitfield_init (&self->partial, bt_metainfo_get_n_files (metainfo));
  self->identities = g_new0 (BtFileIdentity, bt_metainfo_get_n_files (metainfo));
  self->folders = g_ptr_array_new_with_free_func (g_free);
}

void
bt_placement_clear (BtPlacement *self)
{
  g_clear_pointer (&self->names, bt_file_names_unref);
  bt_bitfield_clear (&self->created);
  bt_bitfield_clear (&self->partial);
  g_clear_pointer (&self->identities, g_free);
  g_clear_pointer (&self->folders, g_ptr_array_unref);
}

static void
write_bits (BtBencodeWriter *writer, const char *key, const BtBitfield *bits)
{
  bt_bencode_write_key (writer, key);
  bt_bencode_write_string (writer, bits->bytes, bt_bitfield_n_bytes (bits));
}

/* Of the files that we made, in their order: number and birth, 8 bytes each. */
static void
write_identities (BtBencodeWriter *writer, const BtPlacement *self)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new (self->created.n_set * IDENTITY_LENGTH);

  for (guint32 i = 0; i < self->created.n_bits; i++)
    if (bt_bitfield_get (&self->created, i))
      {
        guint64 numbers[2] = { GUINT64_TO_BE (self->identities[i].inode), GUINT64_TO_BE ((guint64) self->identities[i].born) };

        g_byte_array_append (bytes, (const guint8 *) numbers, sizeof numbers);
      }
  bt_bencode_write_key (writer, "identities");
  bt_bencode_write_string (writer, bytes->data, bytes->len);
}

GBytes *
bt_placement_write (const BtPlacement *self)
{
  BtBencodeWriter writer;
  GBytes *bytes;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  write_bits (&writer, "created", &self->created);
  bt_bencode_write_key (&writer, "folders");
  bt_bencode_begin_list (&writer);
  for (guint i = 0; i < self->folders->len; i++)
    bt_bencode_write_text (&writer, self->folders->pdata[i]);
  bt_bencode_end (&writer);
  if (self->created.n_set > 0)
    write_identities (&writer, self);
  bt_bencode_write_key (&writer, "names");
  bt_file_names_write (self->names, &writer);
  write_bits (&writer, "partial", &self->partial);
  bt_bencode_write_key (&writer, "version");
  bt_bencode_write_integer (&writer, VERSION);
  bt_bencode_end (&writer);
  bytes = bt_bencode_writer_finish (&writer);
  bt_bencode_writer_clear (&writer);
  return bytes;
}

static gboolean
read_bits (BtBitfield *bits, BtBencode root, const char *key)
{
  gsize length;
  const guint8 *bytes = bt_bencode_get_string (root, key, &length);

  return bytes != NULL && bt_bitfield_assign (bits, bytes, length);
}

/* Folders are removed when they are empty, so a record must not name one that
 * is not below the download folder. */
static gboolean
is_safe_folder (const guint8 *path, gsize length)
{
  g_autoptr (GString) safe = g_string_new (NULL);

  for (gsize at = 0; at <= length;)
    {
      const guint8 *slash = memchr (path + at, '/', length - at);
      gsize end = slash == NULL ? length : (gsize) (slash - path);

      if (at > 0)
        g_string_append_c (safe, '/');
      if (!bt_safe_path_append_long (safe, path + at, end - at))
        return FALSE;
      at = end + 1;
    }
  return safe->len == length && memcmp (safe->str, path, length) == 0;
}

static gboolean
read_folders (BtPlacement *self, BtBencode list)
{
  if (!bt_bencode_is (list, BT_BENCODE_LIST))
    return FALSE;
  for (BtBencode item = bt_bencode_first (list); bt_bencode_exists (item); item = bt_bencode_next (item))
    {
      gsize length;
      const guint8 *path = bt_bencode_string (item, &length);

      if (path == NULL || length == 0 || !is_safe_folder (path, length))
        return FALSE;
      g_ptr_array_add (self->folders, g_strndup ((const char *) path, length));
    }
  return TRUE;
}

/* Records of earlier versions have none. */
static gboolean
read_identities (BtPlacement *self, BtBencode root)
{
  gsize length;
  const guint8 *bytes = bt_bencode_get_string (root, "identities", &length);
  BtReader reader;

  if (bytes == NULL)
    return !bt_bencode_exists (bt_bencode_get (root, "identities"));
  if (length != (gsize) self->created.n_set * IDENTITY_LENGTH)
    return FALSE;
  bt_reader_init (&reader, bytes, length);
  for (guint32 i = 0; i < self->created.n_bits; i++)
    if (bt_bitfield_get (&self->created, i))
      {
        guint64 born;

        if (!bt_reader_u64 (&reader, &self->identities[i].inode) || !bt_reader_u64 (&reader, &born))
          return FALSE;
        self->identities[i].born = (gint64) born;
      }
  return TRUE;
}

static gboolean
read_record (BtPlacement *self, BtMetainfo *metainfo, BtBencode root)
{
  BtFileNames *names = bt_file_names_read (metainfo, bt_bencode_get (root, "names"));

  if (names == NULL)
    return FALSE;
  bt_file_names_unref (self->names);
  self->names = names;
  return bt_bencode_get_integer (root, "version", 0) == VERSION && read_bits (&self->created, root, "created") &&
         read_identities (self, root) && read_bits (&self->partial, root, "partial") && read_folders (self, bt_bencode_get (root, "folders"));
}

gboolean
bt_placement_read (BtPlacement *self, BtMetainfo *metainfo, const guint8 *bytes, gsize length)
{
  g_autoptr (BtBencodeTree) tree = bt_bencode_parse (bytes, length, NULL, NULL);

  bt_placement_init (self, metainfo);
  if (tree != NULL && read_record (self, metainfo, bt_bencode_root (tree)))
    return TRUE;
  bt_placement_clear (self);
  bt_placement_init (self, metainfo);
  return FALSE;
}
