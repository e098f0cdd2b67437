/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-metainfo-private.h"

#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <string.h>

#include "bt-merkle.h"
#include "bt-safe-path-private.h"

/* The next file of a hybrid's "files" that the tree has to agree with. */
typedef struct
{
  BtMetainfoReader *reader;
  guint next; /* index in @reader->files */
} Tree;

static gboolean
fail_malformed (BtMetainfoReader *reader, const char *sentence)
{
  return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, sentence);
}

static gboolean
is_hybrid (const Tree *tree)
{
  return tree->reader->self->has_v1;
}

/* BEP 52: a hybrid says the same thing twice; where it does not, two programs
 * would write two different sets of files. */
static gboolean
match_file (Tree *tree, const BtFileInfo *leaf)
{
  BtMetainfo *self = tree->reader->self;
  GArray *files = tree->reader->files;
  gsize root = self->is_single_file ? 0 : strlen (self->name) + 1;
  BtFileInfo *file;

  while (tree->next < files->len && g_array_index (files, BtFileInfo, tree->next).flags & BT_FILE_PAD)
    tree->next++;
  if (tree->next == files->len)
    return fail_malformed (tree->reader, _ ("The torrent’s two lists of files do not agree."));

  file = &g_array_index (files, BtFileInfo, tree->next++);
  if (file->length != leaf->length || strcmp (file->path + root, tree->reader->path->str) != 0 ||
      (file->length > 0 && file->offset % self->piece_length != 0))
    return fail_malformed (tree->reader, _ ("The torrent’s two lists of files do not agree."));
  file->pieces_root = leaf->pieces_root;
  return TRUE;
}

/* BEP 52: every file that is not empty begins with a piece of its own. */
static gboolean
place_file (Tree *tree, BtFileInfo *leaf)
{
  BtMetainfo *self = tree->reader->self;
  guint64 over = self->total_length % self->piece_length;

  if (leaf->length > 0 && over > 0)
    bt_metainfo_add_pad (tree->reader, self->piece_length - over);
  return bt_metainfo_add_file (tree->reader, leaf);
}

static gboolean
read_root_hash (BtMetainfoReader *reader, BtBencode dict, BtFileInfo *leaf)
{
  static const guint8 zero[BT_SHA256_LENGTH];
  gsize length;
  const guint8 *root = bt_bencode_get_string (dict, "pieces root", &length);

  if (leaf->length == 0)
    return TRUE;
  if (root == NULL || length != BT_SHA256_LENGTH || memcmp (root, zero, sizeof zero) == 0)
    return fail_malformed (reader, _ ("A file in the torrent has no hash."));
  leaf->pieces_root = root;
  return TRUE;
}

static gboolean
read_leaf (Tree *tree, BtBencode dict)
{
  BtMetainfoReader *reader = tree->reader;
  const char *slash = strrchr (reader->path->str, '/');
  BtFileInfo leaf = { 0 };
  gint64 length;

  leaf.flags = bt_metainfo_file_flags (bt_bencode_get (dict, "attr"), slash == NULL ? reader->path->str : slash + 1);
  /* The tree aligns its files by itself. */
  if (leaf.flags & BT_FILE_PAD)
    return fail_malformed (reader, _ ("A file in the torrent is marked as padding where none may be."));
  length = bt_bencode_get_integer (dict, "length", leaf.flags & BT_FILE_SYMLINK ? 0 : -1);
  if (length < 0)
    return fail_malformed (reader, _ ("The size of a file in the torrent is missing or wrong."));
  leaf.length = (guint64) length;
  if ((leaf.flags & BT_FILE_SYMLINK) &&
      !bt_metainfo_read_symlink (reader, bt_bencode_get (dict, "symlink path"), &leaf))
    return FALSE;
  if (!read_root_hash (reader, dict, &leaf))
    return FALSE;
  return is_hybrid (tree) ? match_file (tree, &leaf) : place_file (tree, &leaf);
}

/* An entry that is a file holds one value, under the empty key. */
static BtBencode
leaf_of (BtBencode entry)
{
  BtBencode only = bt_bencode_first (entry);
  gsize length;

  if (bt_bencode_exists (only) && bt_bencode_key (only, &length) != NULL && length == 0 &&
      !bt_bencode_exists (bt_bencode_next (only)))
    return only;
  return (BtBencode){ 0 };
}

/* The depth is that of the bencoding, which is bounded. */
static gboolean
read_folder (Tree *tree, BtBencode folder)
{
  GString *path = tree->reader->path;
  gsize start = path->len;

  for (BtBencode entry = bt_bencode_first (folder); bt_bencode_exists (entry); entry = bt_bencode_next (entry))
    {
      BtBencode leaf = leaf_of (entry);
      gsize length;
      const guint8 *name = bt_bencode_key (entry, &length);

      if (length == 0 || !bt_bencode_is (entry, BT_BENCODE_DICT))
        return fail_malformed (tree->reader, _ ("The torrent’s list of files is damaged."));
      g_string_truncate (path, start);
      if (start > 0)
        g_string_append_c (path, '/');
      if (!bt_safe_path_append (path, name, length))
        g_string_append_c (path, '_');
      if (bt_bencode_exists (leaf) ? !read_leaf (tree, leaf) : !read_folder (tree, entry))
        return FALSE;
    }
  return TRUE;
}

/* BEP 52: a tree of one file and no folder is a torrent of a single file, and
 * "name" is only what it is shown as. */
static void
decide_root (Tree *tree, BtBencode file_tree)
{
  BtMetainfoReader *reader = tree->reader;
  BtBencode only = bt_bencode_first (file_tree);
  gboolean single = !bt_bencode_exists (bt_bencode_next (only)) && bt_bencode_exists (leaf_of (only));
  const guint8 *key;
  gsize length;

  if (is_hybrid (tree) || single)
    g_string_truncate (reader->path, 0);
  if (is_hybrid (tree) || !single)
    return;

  key = bt_bencode_key (only, &length);
  if (bt_safe_path_append (reader->path, key, length))
    reader->self->name = g_string_chunk_insert_len (reader->self->texts, reader->path->str, (gssize) reader->path->len);
  g_string_truncate (reader->path, 0);
  reader->self->is_single_file = TRUE;
}

gboolean
bt_metainfo_read_file_tree (BtMetainfoReader *reader)
{
  BtBencode file_tree = bt_bencode_get (reader->info, "file tree");
  Tree tree = { .reader = reader };

  decide_root (&tree, file_tree);
  if (!read_folder (&tree, file_tree))
    return FALSE;
  if (!is_hybrid (&tree))
    return TRUE;

  for (; tree.next < reader->files->len; tree.next++)
    if (!(g_array_index (reader->files, BtFileInfo, tree.next).flags & BT_FILE_PAD))
      return fail_malformed (reader, _ ("The torrent’s two lists of files do not agree."));
  return TRUE;
}

typedef struct
{
  const guint8 *root;
  const guint8 *hashes;
  gsize length;
} Layer;

static int
compare_layers (const void *a, const void *b)
{
  return memcmp (((const Layer *) a)->root, ((const Layer *) b)->root, BT_SHA256_LENGTH);
}

static gboolean
collect_layers (BtMetainfoReader *reader, GArray *layers)
{
  BtBencode dict = bt_bencode_get (reader->root, "piece layers");

  if (!bt_bencode_is (dict, BT_BENCODE_DICT))
    return TRUE;
  for (BtBencode item = bt_bencode_first (dict); bt_bencode_exists (item); item = bt_bencode_next (item))
    {
      gsize key_length;
      Layer layer;

      layer.root = bt_bencode_key (item, &key_length);
      layer.hashes = bt_bencode_string (item, &layer.length);
      if (key_length != BT_SHA256_LENGTH || layer.hashes == NULL || layer.length % BT_SHA256_LENGTH != 0)
        return fail_malformed (reader, _ ("The torrent’s hashes of pieces are damaged."));
      g_array_append_val (layers, layer);
    }
  if (layers->len > 0)
    qsort (layers->data, layers->len, sizeof (Layer), compare_layers);
  return TRUE;
}

static gboolean
layer_is_right (const BtMetainfo *self, const BtFileInfo *file, const Layer *layer)
{
  guint64 n_hashes = (file->length + self->piece_length - 1) / self->piece_length;
  guint8 root[BT_SHA256_LENGTH];

  if (layer->length != n_hashes * BT_SHA256_LENGTH)
    return FALSE;
  bt_merkle_root (layer->hashes, n_hashes, bt_merkle_piece_layer (self->piece_length), root);
  return memcmp (root, file->pieces_root, sizeof root) == 0;
}

gboolean
bt_metainfo_read_piece_layers (BtMetainfoReader *reader)
{
  BtMetainfo *self = reader->self;
  g_autoptr(GArray) layers = g_array_new (FALSE, FALSE, sizeof (Layer));

  if (!collect_layers (reader, layers))
    return FALSE;
  self->piece_layers = g_new0 (const guint8 *, self->n_files);
  for (guint i = 0; i < self->n_files; i++)
    {
      const BtFileInfo *file = &self->files[i];
      Layer wanted = { .root = file->pieces_root };
      const Layer *found;

      /* A file of one piece is checked against its root. */
      if (file->pieces_root == NULL || file->length <= self->piece_length)
        continue;
      found = layers->len == 0 ? NULL : bsearch (&wanted, layers->data, layers->len, sizeof (Layer), compare_layers);
      /* The root is part of the info-hash, the layers are not: one that is
       * not right is as one that is not there, and is to be had from peers. */
      if (found != NULL && layer_is_right (self, file, found))
        self->piece_layers[i] = found->hashes;
    }
  return TRUE;
}
