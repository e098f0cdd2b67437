/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-bencode.h"
#include "bt-rng.h"
#include "bt-sha.h"
#include "freshet-sample.h"

/* Also the torrent's piece length. */
#define CHUNK ((gsize) 256 << 10)

static void
fill_random (BtRng *rng, guint8 *bytes, gsize length)
{
  for (gsize i = 0; i < length; i += sizeof (guint64))
    {
      guint64 value = bt_rng_next (rng);

      memcpy (bytes + i, &value, MIN (sizeof value, length - i));
    }
}

static GBytes *
make_torrent (const char *name, guint64 size, const char *announce_url, GByteArray *hashes)
{
  BtBencodeWriter writer;

  bt_bencode_writer_init (&writer);
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "announce");
  bt_bencode_write_text (&writer, announce_url);
  bt_bencode_write_key (&writer, "created by");
  bt_bencode_write_text (&writer, "Freshet " PACKAGE_VERSION);
  bt_bencode_write_key (&writer, "info");
  bt_bencode_begin_dict (&writer);
  bt_bencode_write_key (&writer, "length");
  bt_bencode_write_integer (&writer, (gint64) size);
  bt_bencode_write_key (&writer, "name");
  bt_bencode_write_text (&writer, name);
  bt_bencode_write_key (&writer, "piece length");
  bt_bencode_write_integer (&writer, CHUNK);
  bt_bencode_write_key (&writer, "pieces");
  bt_bencode_write_string (&writer, hashes->data, hashes->len);
  bt_bencode_end (&writer);
  bt_bencode_end (&writer);
  return bt_bencode_writer_finish (&writer);
}

/* Writes the file and leaves the hashes of its pieces in @hashes. */
static gboolean
write_pieces (GOutputStream *output, guint64 size, guint64 seed, GByteArray *hashes,
              FreshetSampleProgress progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *chunk = g_malloc (CHUNK);
  BtRng rng;

  bt_rng_seed (&rng, seed);
  for (guint64 done = 0; done < size;)
    {
      gsize length = (gsize) MIN (CHUNK, size - done);
      guint8 hash[BT_SHA1_LENGTH];

      fill_random (&rng, chunk, length);
      if (!g_output_stream_write_all (output, chunk, length, NULL, cancellable, error))
        return FALSE;
      bt_sha1 (chunk, length, hash);
      g_byte_array_append (hashes, hash, sizeof hash);
      done += length;
      if (progress != NULL)
        progress ((double) done / (double) size, data);
    }
  return g_output_stream_close (output, cancellable, error);
}

GBytes *
freshet_sample_write (const char *path, guint64 size, guint64 seed, const char *announce_url,
                      FreshetSampleProgress progress, gpointer data, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GByteArray) hashes = g_byte_array_new ();
  g_autoptr (GFileOutputStream) output = NULL;
  g_autofree char *name = g_path_get_basename (path);

  output = g_file_create (file, G_FILE_CREATE_PRIVATE, cancellable, error);
  if (output == NULL)
    return NULL;
  if (!write_pieces (G_OUTPUT_STREAM (output), size, seed, hashes, progress, data, cancellable, error))
    return NULL;
  return make_torrent (name, size, announce_url, hashes);
}

static GInputStream *
open_file (const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return G_INPUT_STREAM (g_file_read (file, cancellable, error));
}

gboolean
freshet_sample_compare (const char *path, const char *other, GCancellable *cancellable, GError **error)
{
  g_autoptr (GInputStream) a = open_file (path, cancellable, error);
  g_autoptr (GInputStream) b = a != NULL ? open_file (other, cancellable, error) : NULL;
  g_autofree guint8 *bytes_a = g_malloc (CHUNK);
  g_autofree guint8 *bytes_b = g_malloc (CHUNK);
  gsize length_a, length_b;
  guint64 offset = 0;

  if (a == NULL || b == NULL)
    return FALSE;
  do
    {
      if (!g_input_stream_read_all (a, bytes_a, CHUNK, &length_a, cancellable, error)
          || !g_input_stream_read_all (b, bytes_b, CHUNK, &length_b, cancellable, error))
        return FALSE;
      if (length_a != length_b || memcmp (bytes_a, bytes_b, length_a) != 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       "The files differ after byte %" G_GUINT64_FORMAT, offset);
          return FALSE;
        }
      offset += length_a;
    }
  while (length_a == CHUNK);
  return TRUE;
}

static gboolean
remove_tree (GFile *file, GError **error)
{
  g_autoptr (GFileEnumerator) children = g_file_enumerate_children (file, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                                                    G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);

  while (children != NULL)
    {
      GFile *child;

      if (!g_file_enumerator_iterate (children, NULL, &child, NULL, error))
        return FALSE;
      if (child == NULL)
        break;
      if (!remove_tree (child, error))
        return FALSE;
    }
  return g_file_delete (file, NULL, error);
}

gboolean
freshet_sample_remove_folder (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return remove_tree (file, error);
}
