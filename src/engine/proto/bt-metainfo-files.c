/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-metainfo-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "bt-safe-path-private.h"

/* Folders deeper than this are refused: everything that walks the tree of
 * files may recurse. */
#define MAX_DEPTH 100u

/* Endings ".1", ".2", ... that a second file of a name is tried with before
 * the file's own number is put in, which nobody can have taken on purpose for
 * many files at once. After so many twins nobody looks at nice names. */
#define MAX_PLAIN_ENDINGS 16u
#define MAX_NICE_TWINS 1000u

/* No torrent within our limits of pieces and their length is larger. */
#define MAX_TOTAL ((guint64) BT_MAX_PIECES * BT_MAX_PIECE_LENGTH)

#define BITCOMET_PAD "_____padding_file_"

gboolean
bt_metainfo_fail (BtMetainfoReader *reader, BtError code, const char *sentence)
{
  g_set_error_literal (reader->error, BT_ERROR, (gint) code, sentence);
  return FALSE;
}

static const char *
keep_text (BtMetainfoReader *reader, const char *text, gsize length)
{
  return g_string_chunk_insert_len (reader->self->texts, text, (gssize) length);
}

static const char *
last_element (const char *path)
{
  const char *slash = strrchr (path, '/');

  return slash == NULL ? path : slash + 1;
}

BtFileFlags
bt_metainfo_file_flags (BtBencode attr, const char *last)
{
  BtFileFlags flags = 0;
  gsize length;
  const guint8 *letters = bt_bencode_string (attr, &length);

  for (gsize i = 0; i < length; i++)
    switch (letters[i])
      {
      case 'p':
        flags |= BT_FILE_PAD;
        break;
      case 'x':
        flags |= BT_FILE_EXECUTABLE;
        break;
      case 'h':
        flags |= BT_FILE_HIDDEN;
        break;
      case 'l':
        flags |= BT_FILE_SYMLINK;
        break;
      default:
        break;
      }
  if (*last == '_' && g_str_has_prefix (last, BITCOMET_PAD))
    flags |= BT_FILE_PAD;
  /* A pad is nothing on disk, so it can not be anything else there. */
  return flags & BT_FILE_PAD ? BT_FILE_PAD : flags;
}

gboolean
bt_metainfo_add_file (BtMetainfoReader *reader, BtFileInfo *file)
{
  BtMetainfo *self = reader->self;

  if (self->total_length > MAX_TOTAL || file->length > MAX_TOTAL - self->total_length)
    return bt_metainfo_fail (reader, BT_ERROR_TOO_LARGE, _ ("The torrent is larger than any can be."));
  file->path = keep_text (reader, reader->path->str, reader->path->len);
  file->offset = self->total_length;
  self->total_length += file->length;
  g_array_append_val (reader->files, *file);
  return TRUE;
}

void
bt_metainfo_add_pad (BtMetainfoReader *reader, guint64 length)
{
  BtFileInfo pad = { .length = length, .offset = reader->self->total_length, .flags = BT_FILE_PAD };
  char path[32];

  g_snprintf (path, sizeof path, ".pad/%" G_GUINT64_FORMAT, length);
  pad.path = g_string_chunk_insert_const (reader->self->texts, path);
  reader->self->total_length += length;
  g_array_append_val (reader->files, pad);
}

/* Appends the elements of a list of strings to @path, with '/' between them.
 * Returns: %FALSE when it is not such a list */
static gboolean
append_elements (GString *path, BtBencode list)
{
  guint n_elements = 0;

  for (BtBencode item = bt_bencode_first (list); bt_bencode_exists (item); item = bt_bencode_next (item))
    {
      gsize start = path->len, length;
      const guint8 *name = bt_bencode_string (item, &length);

      if (name == NULL || ++n_elements > MAX_DEPTH)
        return FALSE;
      if (start > 0)
        g_string_append_c (path, '/');
      if (!bt_safe_path_append (path, name, length))
        g_string_truncate (path, start);
    }
  return n_elements > 0;
}

gboolean
bt_metainfo_read_symlink (BtMetainfoReader *reader, BtBencode path, BtFileInfo *file)
{
  g_autoptr(GString) target = NULL;

  if (!bt_bencode_exists (path))
    {
      file->flags &= ~(guint) BT_FILE_SYMLINK;
      return TRUE;
    }
  target = g_string_new (NULL);
  if (!append_elements (target, path))
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("A symbolic link in the torrent is damaged."));
  file->symlink_target = keep_text (reader, target->str, target->len);
  /* BEP 47: what a link would have to hold is in its target. */
  file->length = 0;
  return TRUE;
}

static gboolean
is_blank (const guint8 *name, gsize length)
{
  while (length > 0 && name[length - 1] == 0)
    length--;
  return length == 0;
}

gboolean
bt_metainfo_read_name (BtMetainfoReader *reader)
{
  const guint8 *name;
  gsize length;

  name = bt_bencode_get_string (reader->info, "name.utf-8", &length);
  if (name == NULL || is_blank (name, length))
    name = bt_bencode_get_string (reader->info, "name", &length);
  if (name == NULL || is_blank (name, length))
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("The torrent has no name."));

  g_string_truncate (reader->path, 0);
  /* "." is what a program calls the folder it was started in. */
  if (!bt_safe_path_append (reader->path, name, length))
    for (guint i = 0; i < BT_SHA1_LENGTH; i++)
      g_string_append_printf (reader->path, "%02x", reader->self->info_hash[i]);
  reader->self->name = keep_text (reader, reader->path->str, reader->path->len);
  return TRUE;
}

/* The values of a file's dictionary, found in one walk. */
typedef struct
{
  BtBencode length;
  BtBencode attr;
  BtBencode path;
  BtBencode path_utf8;
  BtBencode symlink_path;
} FileKeys;

/* Where the value of @key belongs, or NULL. The lengths are constants so that
 * the comparisons are of whole words: this runs for every key of every file. */
static BtBencode *
value_of_key (FileKeys *keys, const guint8 *key, gsize length)
{
  switch (length)
    {
    case 4:
      if (memcmp (key, "path", 4) == 0)
        return &keys->path;
      return memcmp (key, "attr", 4) == 0 ? &keys->attr : NULL;
    case 6:
      return memcmp (key, "length", 6) == 0 ? &keys->length : NULL;
    case 10:
      return memcmp (key, "path.utf-8", 10) == 0 ? &keys->path_utf8 : NULL;
    case 12:
      return memcmp (key, "symlink path", 12) == 0 ? &keys->symlink_path : NULL;
    default:
      return NULL;
    }
}

static void
find_file_keys (BtBencode dict, FileKeys *keys)
{
  for (BtBencode child = bt_bencode_first (dict); bt_bencode_exists (child); child = bt_bencode_next (child))
    {
      gsize length;
      const guint8 *key = bt_bencode_key (child, &length);
      BtBencode *value = value_of_key (keys, key, length);

      if (value != NULL && !bt_bencode_exists (*value))
        *value = child;
    }
}

/* The path of a file of several; @reader->path holds the torrent's folder. */
static gboolean
read_path (BtMetainfoReader *reader, const FileKeys *keys)
{
  GString *path = reader->path;
  gsize root = path->len;

  if (!append_elements (path, keys->path_utf8))
    {
      g_string_truncate (path, root);
      if (!append_elements (path, keys->path))
        {
          g_string_truncate (path, root);
          if (!(bt_metainfo_file_flags (keys->attr, "") & BT_FILE_PAD))
            return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("A file in the torrent has no name."));
          g_string_append (path, "/.pad");
        }
    }
  if (path->len == root)
    g_string_append (path, "/_");
  return TRUE;
}

static gboolean
read_file (BtMetainfoReader *reader, BtBencode dict)
{
  FileKeys keys = { 0 };
  BtFileInfo file = { 0 };
  gint64 length;

  find_file_keys (dict, &keys);
  if (!read_path (reader, &keys))
    return FALSE;
  file.flags = bt_metainfo_file_flags (keys.attr, last_element (reader->path->str));
  if (!bt_bencode_integer (keys.length, &length))
    length = file.flags & BT_FILE_SYMLINK ? 0 : -1;
  if (length < 0)
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("The size of a file in the torrent is missing or wrong."));
  file.length = (guint64) length;
  if ((file.flags & BT_FILE_SYMLINK) && !bt_metainfo_read_symlink (reader, keys.symlink_path, &file))
    return FALSE;
  return bt_metainfo_add_file (reader, &file);
}

static gboolean
read_single_file (BtMetainfoReader *reader)
{
  BtFileInfo file = { 0 };
  gint64 length = bt_bencode_get_integer (reader->info, "length", -1);

  if (length < 0)
    return bt_metainfo_fail (reader, BT_ERROR_MALFORMED, _ ("The size of the torrent's file is missing or wrong."));
  file.length = (guint64) length;
  file.flags = bt_metainfo_file_flags (bt_bencode_get (reader->info, "attr"), "");
  file.flags &= BT_FILE_EXECUTABLE | BT_FILE_HIDDEN;
  reader->self->is_single_file = TRUE;
  return bt_metainfo_add_file (reader, &file);
}

gboolean
bt_metainfo_read_v1_files (BtMetainfoReader *reader)
{
  BtBencode files = bt_bencode_get (reader->info, "files");
  gsize root = reader->path->len;

  if (!bt_bencode_is (files, BT_BENCODE_LIST))
    return read_single_file (reader);

  for (BtBencode file = bt_bencode_first (files); bt_bencode_exists (file); file = bt_bencode_next (file))
    {
      g_string_truncate (reader->path, root);
      if (!read_file (reader, file))
        return FALSE;
    }
  return TRUE;
}

/* The folders of a path, innermost first, until one that is known. */
static void
add_folders (BtPathSet *set, const char *path)
{
  for (const char *end = strrchr (path, '/'); end != NULL; end = memrchr (path, '/', (gsize) (end - path)))
    if (!bt_path_set_add (set, path, (gsize) (end - path)))
      break;
}

/* All folders go in before any file, so that of a file and a folder of the
 * same name the file is the one that is renamed. */
static void
add_all_folders (BtPathSet *set, GArray *files)
{
  const char *last = "";
  gsize last_length = 0;

  for (guint i = 0; i < files->len; i++)
    {
      const BtFileInfo *file = &g_array_index (files, BtFileInfo, i);
      gsize length = (gsize) (last_element (file->path) - file->path);

      if (file->flags & BT_FILE_PAD || (length == last_length && memcmp (file->path, last, length) == 0))
        continue;
      last = file->path;
      last_length = length;
      add_folders (set, file->path);
    }
}

/* "name.txt" becomes "name.1.txt". */
static void
rename_file (BtMetainfoReader *reader, BtPathSet *set, guint index, guint n_twins)
{
  BtFileInfo *file = &g_array_index (reader->files, BtFileInfo, index);
  const char *element = last_element (file->path);
  gsize folder = (gsize) (element - file->path);
  gsize ending = bt_safe_path_ending (element, strlen (element));
  char number[32];

  for (guint n = n_twins < MAX_NICE_TWINS ? 1 : MAX_PLAIN_ENDINGS + 1;; n++)
    {
      if (n <= MAX_PLAIN_ENDINGS)
        g_snprintf (number, sizeof number, ".%u", n);
      else
        g_snprintf (number, sizeof number, ".%u-%u", index, n);
      g_string_assign (reader->path, file->path);
      bt_safe_path_cut (reader->path, folder, BT_SAFE_PATH_ELEMENT_MAX - strlen (number));
      g_string_insert (reader->path, (gssize) (reader->path->len - ending), number);
      if (!bt_path_set_contains (set, reader->path->str, reader->path->len))
        break;
    }
  file->path = keep_text (reader, reader->path->str, reader->path->len);
  bt_path_set_add (set, file->path, reader->path->len);
}

/* Is @target, in the folder that @path begins with, in the torrent itself? */
static const char *
find_target (BtMetainfoReader *reader, BtPathSet *set, const char *path, gsize folder, const char *target)
{
  GString *scratch = reader->path;

  g_string_truncate (scratch, 0);
  g_string_append_len (scratch, path, (gssize) folder);
  g_string_append (scratch, target);
  return bt_path_set_contains (set, scratch->str, scratch->len) && strcmp (scratch->str, path) != 0 ? scratch->str : NULL;
}

/* BEP 47 counts a target from the torrent's folder; some programs count from
 * the link's own. A target that is in neither would point out of the torrent
 * or at nothing, so the link becomes an empty file. */
static void
settle_symlink (BtMetainfoReader *reader, BtPathSet *set, BtFileInfo *file)
{
  gsize root = strlen (reader->self->name) + 1;
  gsize own = (gsize) (last_element (file->path) - file->path);
  const char *found = find_target (reader, set, file->path, root, file->symlink_target);

  if (found == NULL)
    found = find_target (reader, set, file->path, own, file->symlink_target);
  if (found != NULL)
    file->symlink_target = keep_text (reader, found + root, strlen (found + root));
  else
    {
      file->flags &= ~(guint) BT_FILE_SYMLINK;
      file->symlink_target = NULL;
    }
}

/* The author of the names chose the info dictionary that they are in, but not
 * its hash: names that meet in one place of the table can not be made. */
static guint64
seed_of (const BtMetainfo *self)
{
  guint64 seed;

  memcpy (&seed, self->info_hash, sizeof seed);
  return seed;
}

/* Is there nothing to settle? Most programs write a torrent's files in order. */
static gboolean
is_settled (GArray *files)
{
  const char *before = "";
  gsize before_length = 0;

  for (guint i = 0; i < files->len; i++)
    {
      const BtFileInfo *file = &g_array_index (files, BtFileInfo, i);
      gsize length = strlen (file->path);

      if (file->flags & BT_FILE_PAD)
        continue;
      if (file->flags & BT_FILE_SYMLINK || !bt_path_follows (file->path, length, before, before_length))
        return FALSE;
      before = file->path;
      before_length = length;
    }
  return TRUE;
}

static void
settle_paths (BtMetainfoReader *reader)
{
  GArray *files = reader->files;
  guint n_twins = 0;
  BtPathSet set;

  bt_path_set_init (&set, files->len, seed_of (reader->self));
  add_all_folders (&set, files);
  for (guint i = 0; i < files->len; i++)
    {
      const BtFileInfo *file = &g_array_index (files, BtFileInfo, i);

      if (!(file->flags & BT_FILE_PAD) && !bt_path_set_add (&set, file->path, strlen (file->path)))
        rename_file (reader, &set, i, n_twins++);
    }
  for (guint i = 0; i < files->len; i++)
    if (g_array_index (files, BtFileInfo, i).flags & BT_FILE_SYMLINK)
      settle_symlink (reader, &set, &g_array_index (files, BtFileInfo, i));
  bt_path_set_clear (&set);
}

void
bt_metainfo_settle_files (BtMetainfoReader *reader)
{
  BtMetainfo *self = reader->self;

  if (!self->is_single_file && !is_settled (reader->files))
    settle_paths (reader);
  self->n_files = reader->files->len;
  self->files = (BtFileInfo *) (gpointer) g_array_free (g_steal_pointer (&reader->files), FALSE);
  for (guint i = 0; i < self->n_files; i++)
    if (!(self->files[i].flags & BT_FILE_PAD))
      {
        self->n_real_files++;
        self->real_length += self->files[i].length;
      }
}
