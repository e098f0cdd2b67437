/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-torrent.h"

#include "bt-bencode.h"
#include "bt-rng.h"
#include "bt-sha.h"

#include <string.h>

static void
write_path (BtBencodeWriter *writer, const char *path)
{
  g_auto (GStrv) elements = g_strsplit (path, "/", -1);

  bt_bencode_begin_list (writer);
  for (guint i = 0; elements[i] != NULL; i++)
    bt_bencode_write_text (writer, elements[i]);
  bt_bencode_end (writer);
}

static void
write_files (BtBencodeWriter *writer, const BtTestSpec *spec)
{
  bt_bencode_write_key (writer, "files");
  bt_bencode_begin_list (writer);
  for (guint i = 0; i < spec->n_files; i++)
    {
      const BtTestFile *file = &spec->files[i];

      bt_bencode_begin_dict (writer);
      if (file->attr != NULL)
        {
          bt_bencode_write_key (writer, "attr");
          bt_bencode_write_text (writer, file->attr);
        }
      bt_bencode_write_key (writer, "length");
      bt_bencode_write_integer (writer, (gint64) file->length);
      bt_bencode_write_key (writer, "path");
      write_path (writer, file->path);
      if (file->symlink != NULL)
        {
          bt_bencode_write_key (writer, "symlink path");
          write_path (writer, file->symlink);
        }
      bt_bencode_end (writer);
    }
  bt_bencode_end (writer);
}

static void
write_trackers (BtBencodeWriter *writer, const char *const *trackers)
{
  bt_bencode_write_key (writer, "announce-list");
  bt_bencode_begin_list (writer);
  bt_bencode_begin_list (writer);
  for (guint i = 0; trackers[i] != NULL; i++)
    if (*trackers[i] == '\0')
      {
        bt_bencode_end (writer);
        bt_bencode_begin_list (writer);
      }
    else
      bt_bencode_write_text (writer, trackers[i]);
  bt_bencode_end (writer);
  bt_bencode_end (writer);
}

static void
write_urls (BtBencodeWriter *writer, const char *key, const char *const *urls)
{
  if (urls == NULL)
    return;
  bt_bencode_write_key (writer, key);
  bt_bencode_begin_list (writer);
  for (guint i = 0; urls[i] != NULL; i++)
    bt_bencode_write_text (writer, urls[i]);
  bt_bencode_end (writer);
}

static void
fill_content (BtTestTorrent *self, const BtTestSpec *spec)
{
  gsize at = 0;
  BtRng rng;

  bt_rng_seed (&rng, spec->seed + 1);
  self->content = g_malloc (self->length + 8);
  for (gsize i = 0; i < self->length; i += 8)
    {
      guint64 word = bt_rng_next (&rng);

      memcpy (self->content + i, &word, 8);
    }
  for (guint i = 0; i < spec->n_files; i++)
    {
      if (spec->files[i].attr != NULL && strchr (spec->files[i].attr, 'p') != NULL)
        memset (self->content + at, 0, spec->files[i].length);
      at += spec->files[i].length;
    }
}

static guint8 *
hash_pieces (const BtTestTorrent *self)
{
  guint8 *hashes = g_malloc0 ((gsize) self->n_pieces * BT_SHA1_LENGTH + 1);

  for (guint32 i = 0; self->content != NULL && i < self->n_pieces; i++)
    bt_sha1 (self->content + (gsize) i * self->piece_length, bt_test_torrent_piece_size (self, i),
             hashes + (gsize) i * BT_SHA1_LENGTH);
  return hashes;
}

static void
write_node (BtBencodeWriter *writer, guint16 port)
{
  bt_bencode_write_key (writer, "nodes");
  bt_bencode_begin_list (writer);
  bt_bencode_begin_list (writer);
  bt_bencode_write_text (writer, "127.0.0.1");
  bt_bencode_write_integer (writer, port);
  bt_bencode_end (writer);
  bt_bencode_end (writer);
}

static GBytes *
write_torrent (const BtTestTorrent *self, const BtTestSpec *spec)
{
  g_autofree guint8 *hashes = hash_pieces (self);
  BtBencodeWriter writer;
  GBytes *bytes;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  if (spec->trackers != NULL)
    write_trackers (&writer, spec->trackers);
  write_urls (&writer, "httpseeds", spec->httpseeds);
  bt_bencode_write_key (&writer, "info");
  bt_bencode_begin_dict (&writer);
  if (spec->n_files > 0)
    write_files (&writer, spec);
  else
    {
      bt_bencode_write_key (&writer, "length");
      bt_bencode_write_integer (&writer, (gint64) spec->length);
    }
  bt_bencode_write_key (&writer, "name");
  bt_bencode_write_text (&writer, spec->name != NULL ? spec->name : "test");
  bt_bencode_write_key (&writer, "piece length");
  bt_bencode_write_integer (&writer, spec->piece_length);
  bt_bencode_write_key (&writer, "pieces");
  bt_bencode_write_string (&writer, hashes, (gsize) self->n_pieces * BT_SHA1_LENGTH);
  if (spec->is_private)
    {
      bt_bencode_write_key (&writer, "private");
      bt_bencode_write_integer (&writer, 1);
    }
  bt_bencode_end (&writer);
  if (spec->node_port != 0)
    write_node (&writer, spec->node_port);
  write_urls (&writer, "url-list", spec->url_list);
  bt_bencode_end (&writer);
  bytes = bt_bencode_writer_finish (&writer);
  bt_bencode_writer_clear (&writer);
  return bytes;
}

BtTestTorrent *
bt_test_torrent_new (const BtTestSpec *spec)
{
  BtTestTorrent *self = g_new0 (BtTestTorrent, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  self->length = spec->length;
  for (guint i = 0; i < spec->n_files; i++)
    self->length += spec->files[i].length;
  self->piece_length = spec->piece_length;
  self->n_pieces = (guint32) ((self->length + spec->piece_length - 1) / spec->piece_length);
  if (!spec->no_content)
    fill_content (self, spec);
  bytes = write_torrent (self, spec);
  self->metainfo = bt_metainfo_new (bytes, &error);
  g_assert_no_error (error);
  return self;
}

void
bt_test_torrent_free (BtTestTorrent *self)
{
  bt_metainfo_unref (self->metainfo);
  g_free (self->content);
  g_free (self);
}

guint32
bt_test_torrent_piece_size (const BtTestTorrent *self, guint32 piece)
{
  return (guint32) MIN (self->piece_length, self->length - (gsize) piece * self->piece_length);
}

static gboolean
is_stored (const BtFileInfo *info)
{
  return (info->flags & (BT_FILE_PAD | BT_FILE_SYMLINK)) == 0;
}

void
bt_test_torrent_store (const BtTestTorrent *self, const char *folder)
{
  for (guint i = 0; i < bt_metainfo_get_n_files (self->metainfo); i++)
    {
      const BtFileInfo *info = bt_metainfo_get_file (self->metainfo, i);
      g_autofree char *path = g_build_filename (folder, info->path, NULL);
      g_autofree char *parent = g_path_get_dirname (path);
      g_autoptr (GError) error = NULL;

      if (!is_stored (info))
        continue;
      g_assert_cmpint (g_mkdir_with_parents (parent, 0777), ==, 0);
      g_file_set_contents (path, (const char *) self->content + info->offset, (gssize) info->length, &error);
      g_assert_no_error (error);
    }
}

gboolean
bt_test_torrent_is_stored (const BtTestTorrent *self, const char *folder)
{
  for (guint i = 0; i < bt_metainfo_get_n_files (self->metainfo); i++)
    {
      const BtFileInfo *info = bt_metainfo_get_file (self->metainfo, i);
      g_autofree char *path = g_build_filename (folder, info->path, NULL);
      g_autofree char *bytes = NULL;
      gsize length = 0;

      if (!is_stored (info))
        continue;
      if (!g_file_get_contents (path, &bytes, &length, NULL) || length != info->length ||
          memcmp (bytes, self->content + info->offset, length) != 0)
        return FALSE;
    }
  return TRUE;
}

void
bt_test_torrent_assert_stored (const BtTestTorrent *self, const char *folder)
{
  for (guint i = 0; i < bt_metainfo_get_n_files (self->metainfo); i++)
    {
      const BtFileInfo *info = bt_metainfo_get_file (self->metainfo, i);
      g_autofree char *path = g_build_filename (folder, info->path, NULL);
      g_autofree char *bytes = NULL;
      g_autoptr (GError) error = NULL;
      gsize length = 0;

      if (!is_stored (info) || info->length == 0)
        continue;
      g_file_get_contents (path, &bytes, &length, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, info->length);
      g_assert_true (memcmp (bytes, self->content + info->offset, length) == 0);
    }
}

BtMetainfo *
bt_test_metainfo_new_v2 (guint32 piece_length, const BtTestFile *files, guint n_files)
{
  static const guint8 root[BT_SHA256_LENGTH] = "any root will do for one piece..";
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  BtMetainfo *metainfo;
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "info");
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "file tree");
  bt_bencode_begin_dict (&writer);
  for (guint i = 0; i < n_files; i++)
    {
      bt_bencode_write_key (&writer, files[i].path);
      bt_bencode_begin_dict (&writer);
      bt_bencode_write_key (&writer, "");
      bt_bencode_begin_dict (&writer);
      bt_bencode_write_key (&writer, "length");
      bt_bencode_write_integer (&writer, (gint64) files[i].length);
      if (files[i].length > 0)
        {
          bt_bencode_write_key (&writer, "pieces root");
          bt_bencode_write_string (&writer, root, sizeof root);
        }
      bt_bencode_end (&writer);
      bt_bencode_end (&writer);
    }
  bt_bencode_end (&writer);
  bt_bencode_write_key (&writer, "meta version");
  bt_bencode_write_integer (&writer, 2);
  bt_bencode_write_key (&writer, "name");
  bt_bencode_write_text (&writer, "test");
  bt_bencode_write_key (&writer, "piece length");
  bt_bencode_write_integer (&writer, piece_length);
  bt_bencode_end (&writer);
  bt_bencode_write_key (&writer, "piece layers");
  bt_bencode_begin_dict (&writer);
  bt_bencode_end (&writer);
  bt_bencode_end (&writer);
  bytes = bt_bencode_writer_finish (&writer);
  bt_bencode_writer_clear (&writer);
  metainfo = bt_metainfo_new (bytes, &error);
  g_assert_no_error (error);
  return metainfo;
}
