/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-names.h"

#include "bt-error.h"
#include "bt-safe-path-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _BtFileNames
{
  BtMetainfo *metainfo;
  char **paths; /* by file: NULL as in the metainfo; NULL when all are */
};

BtFileNames *
bt_file_names_new (BtMetainfo *metainfo)
{
  BtFileNames *self = g_atomic_rc_box_new0 (BtFileNames);

  self->metainfo = bt_metainfo_ref (metainfo);
  return self;
}

BtFileNames *
bt_file_names_ref (BtFileNames *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
names_clear (gpointer data)
{
  BtFileNames *self = data;

  for (guint i = 0; self->paths != NULL && i < bt_metainfo_get_n_files (self->metainfo); i++)
    g_free (self->paths[i]);
  g_free (self->paths);
  bt_metainfo_unref (self->metainfo);
}

void
bt_file_names_unref (BtFileNames *self)
{
  g_atomic_rc_box_release_full (self, names_clear);
}

static gboolean
is_pad (const BtFileNames *self, guint file)
{
  return (bt_metainfo_get_file (self->metainfo, file)->flags & BT_FILE_PAD) != 0;
}

const char *
bt_file_names_get (const BtFileNames *self, guint file)
{
  if (self->paths != NULL && self->paths[file] != NULL)
    return self->paths[file];
  return bt_metainfo_get_file (self->metainfo, file)->path;
}

gboolean
bt_file_names_is_original (const BtFileNames *self)
{
  return self->paths == NULL;
}

/* Is @path at @prefix or below it? Returns: the length of @prefix, or 0 */
static gsize
match_prefix (const char *path, const char *prefix)
{
  gsize length = strlen (prefix);

  return strncmp (path, prefix, length) == 0 && (path[length] == '\0' || path[length] == '/') ? length : 0;
}

static guint
count_slashes (const char *path, gsize length)
{
  guint n = 0;

  for (gsize i = 0; i < length; i++)
    n += path[i] == '/';
  return n;
}

char *
bt_file_names_dup_now (const BtFileNames *self, const char *path)
{
  guint n_slashes = count_slashes (path, strlen (path));

  for (guint i = 0; i < bt_metainfo_get_n_files (self->metainfo); i++)
    {
      const char *now = bt_file_names_get (self, i), *end = now;

      if (is_pad (self, i) || match_prefix (bt_metainfo_get_file (self->metainfo, i)->path, path) == 0)
        continue;
      /* A name changes, the number of folders above it does not. */
      for (guint n = 0; *end != '\0' && (*end != '/' || n++ < n_slashes);)
        end++;
      return g_strndup (now, (gsize) (end - now));
    }
  return g_strdup (path);
}

char *
bt_file_names_dup_top (const BtFileNames *self)
{
  return bt_file_names_dup_now (self, bt_metainfo_get_name (self->metainfo));
}

static gboolean
is_safe_name (const char *name, gsize length)
{
  g_autoptr (GString) safe = g_string_new (NULL);

  return bt_safe_path_append_long (safe, (const guint8 *) name, length) && safe->len == length &&
         memcmp (safe->str, name, length) == 0;
}

static guint64
seed_of (const BtFileNames *self)
{
  guint64 seed;

  memcpy (&seed, bt_metainfo_get_info_hash (self->metainfo), sizeof seed);
  return seed;
}

static void
add_folders (BtPathSet *set, const char *path)
{
  for (const char *slash = strchr (path, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
    bt_path_set_add (set, path, (gsize) (slash - path));
}

/* Has something beside what is at @path the path @wanted? */
static gboolean
is_taken (const BtFileNames *self, const char *path, const char *wanted)
{
  guint n_files = bt_metainfo_get_n_files (self->metainfo);
  gboolean taken;
  BtPathSet set;

  bt_path_set_init (&set, n_files, seed_of (self));
  for (guint i = 0; i < n_files; i++)
    {
      const char *other = bt_file_names_get (self, i);

      if (is_pad (self, i) || match_prefix (other, path) > 0)
        continue;
      bt_path_set_add (&set, other, strlen (other));
      add_folders (&set, other);
    }
  taken = bt_path_set_contains (&set, wanted, strlen (wanted));
  bt_path_set_clear (&set);
  return taken;
}

/* @prefix, where it is found, becomes @replacement. Returns: (nullable): NULL when it is nowhere */
static BtFileNames *
replace_prefix (const BtFileNames *self, const char *prefix, const char *replacement)
{
  BtFileNames *new = bt_file_names_new (self->metainfo);
  guint n_files = bt_metainfo_get_n_files (self->metainfo);
  gboolean any = FALSE;

  new->paths = g_new0 (char *, n_files);
  for (guint i = 0; i < n_files; i++)
    {
      const char *path = bt_file_names_get (self, i);
      gsize length = is_pad (self, i) ? 0 : match_prefix (path, prefix);

      if (length > 0)
        new->paths[i] = g_strconcat (replacement, path + length, NULL);
      else if (self->paths != NULL)
        new->paths[i] = g_strdup (self->paths[i]);
      any |= length > 0;
    }
  if (any)
    return new;
  bt_file_names_unref (new);
  return NULL;
}

BtFileNames *
bt_file_names_rename (BtFileNames *self, const char *path, const char *name, GError **error)
{
  const char *last = strrchr (path, '/');
  g_autofree char *wanted = g_strdup_printf ("%.*s%s", last == NULL ? 0 : (int) (last + 1 - path), path, name);
  BtFileNames *new;

  if (!is_safe_name (name, strlen (name)) || strlen (name) > BT_SAFE_PATH_ELEMENT_MAX)
    {
      g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED, _ ("“%s” cannot be the name of a file"), name);
      return NULL;
    }
  if (is_taken (self, path, wanted))
    {
      g_set_error (error, BT_ERROR, BT_ERROR_DUPLICATE, _ ("The torrent already has a “%s”"), wanted);
      return NULL;
    }
  new = replace_prefix (self, path, wanted);
  if (new == NULL)
    g_set_error (error, BT_ERROR, BT_ERROR_MALFORMED, _ ("There is no “%s” in the torrent"), path);
  return new;
}

BtFileNames *
bt_file_names_number (BtFileNames *self, const char *path, guint number)
{
  const char *last = strrchr (path, '/');
  g_autoptr (GString) name = g_string_new (last == NULL ? path : last + 1);
  g_autofree char *mark = g_strdup_printf (" (%u)", number);
  gsize length = strlen (mark);

  bt_safe_path_cut (name, 0, BT_SAFE_PATH_ELEMENT_MAX - length);
  g_string_insert (name, (gssize) (name->len - bt_safe_path_ending (name->str, name->len)), mark);
  return bt_file_names_rename (self, path, name->str, NULL);
}

void
bt_file_names_write (const BtFileNames *self, BtBencodeWriter *writer)
{
  bt_bencode_begin_list (writer);
  for (guint i = 0; self->paths != NULL && i < bt_metainfo_get_n_files (self->metainfo); i++)
    if (self->paths[i] != NULL && strcmp (self->paths[i], bt_metainfo_get_file (self->metainfo, i)->path) != 0)
      {
        bt_bencode_write_integer (writer, i);
        bt_bencode_write_text (writer, self->paths[i]);
      }
  bt_bencode_end (writer);
}

static gboolean
is_safe_path (const char *path, gsize length, const char *original)
{
  const char *end = path + length;

  if (memchr (path, 0, length) != NULL || count_slashes (path, length) != count_slashes (original, strlen (original)))
    return FALSE;
  while (path <= end)
    {
      const char *slash = memchr (path, '/', (gsize) (end - path));
      const char *next = slash == NULL ? end : slash;

      if (!is_safe_name (path, (gsize) (next - path)))
        return FALSE;
      path = next + 1;
    }
  return TRUE;
}

static gboolean
read_pairs (BtFileNames *self, BtBencode list)
{
  guint n_files = bt_metainfo_get_n_files (self->metainfo);
  gint64 before = -1;

  if (!bt_bencode_is (list, BT_BENCODE_LIST))
    return FALSE;
  for (BtBencode item = bt_bencode_first (list); bt_bencode_exists (item); item = bt_bencode_next (item))
    {
      const char *path;
      gint64 index;
      gsize length;

      if (!bt_bencode_integer (item, &index) || index <= before || index >= n_files || is_pad (self, (guint) index))
        return FALSE;
      item = bt_bencode_next (item);
      path = (const char *) bt_bencode_string (item, &length);
      if (path == NULL || !is_safe_path (path, length, bt_metainfo_get_file (self->metainfo, (guint) index)->path))
        return FALSE;
      if (self->paths == NULL)
        self->paths = g_new0 (char *, n_files);
      self->paths[index] = g_strndup (path, length);
      before = index;
    }
  return TRUE;
}

/* Below one folder, no two alike, and none in a folder of another's name. */
static gboolean
is_sound (const BtFileNames *self)
{
  guint n_files = bt_metainfo_get_n_files (self->metainfo);
  gsize top = strcspn (bt_file_names_get (self, 0), "/");
  const char *first = NULL;
  gboolean sound = TRUE;
  BtPathSet set;

  bt_path_set_init (&set, n_files, seed_of (self));
  for (guint i = 0; i < n_files; i++)
    if (!is_pad (self, i))
      add_folders (&set, bt_file_names_get (self, i));
  for (guint i = 0; i < n_files && sound; i++)
    {
      const char *path = bt_file_names_get (self, i);

      if (is_pad (self, i))
        continue;
      if (first == NULL)
        {
          first = path;
          top = strcspn (path, "/");
        }
      sound = strncmp (path, first, top) == 0 && (path[top] == '/' || path[top] == '\0') &&
              bt_path_set_add (&set, path, strlen (path));
    }
  bt_path_set_clear (&set);
  return sound;
}

BtFileNames *
bt_file_names_read (BtMetainfo *metainfo, BtBencode list)
{
  g_autoptr (BtFileNames) self = bt_file_names_new (metainfo);

  if (!read_pairs (self, list) || (self->paths != NULL && !is_sound (self)))
    return NULL;
  return g_steal_pointer (&self);
}

/* The same elements as those of @path, but for those that were shortened.
 * @elements: of a torrent's list. Returns: whether it fits @path */
static gboolean
append_long (GString *out, const char *path, BtBencode elements)
{
  for (BtBencode item = bt_bencode_first (elements); bt_bencode_exists (item); item = bt_bencode_next (item))
    {
      g_autoptr (GString) cut = g_string_new (NULL);
      gsize length;
      const guint8 *name = bt_bencode_string (item, &length);

      if (name == NULL || !bt_safe_path_append (cut, name, length))
        continue;
      if (*path++ != '/' || strncmp (path, cut->str, cut->len) != 0)
        return FALSE;
      path += cut->len;
      g_string_append_c (out, '/');
      bt_safe_path_append_long (out, name, length);
    }
  return *path == '\0';
}

/* "name.utf-8" where there is one, and so for paths (BEP 3 says nothing of either). */
static BtBencode
get_text (BtBencode dict, const char *key, const char *key_utf8)
{
  BtBencode value = bt_bencode_get (dict, key_utf8);

  return bt_bencode_exists (value) ? value : bt_bencode_get (dict, key);
}

static void
read_long (BtFileNames *self, BtBencode info)
{
  BtBencode file = bt_bencode_first (bt_bencode_get (info, "files"));
  g_autoptr (GString) top = g_string_new (NULL);
  const char *cut_top = bt_metainfo_get_name (self->metainfo);
  gsize length, cut_length = strlen (cut_top);
  const guint8 *name = bt_bencode_string (get_text (info, "name", "name.utf-8"), &length);

  if (name == NULL || !bt_safe_path_append_long (top, name, length))
    return;
  for (guint i = 0; i < bt_metainfo_get_n_files (self->metainfo); i++)
    {
      const char *path = bt_metainfo_get_file (self->metainfo, i)->path;
      g_autoptr (GString) whole = g_string_new (top->str);

      if (strncmp (path, cut_top, cut_length) == 0 && append_long (whole, path + cut_length, get_text (file, "path", "path.utf-8")) &&
          !is_pad (self, i) && strcmp (whole->str, path) != 0)
        {
          if (self->paths == NULL)
            self->paths = g_new0 (char *, bt_metainfo_get_n_files (self->metainfo));
          self->paths[i] = g_strdup (whole->str);
        }
      file = bt_bencode_next (file);
    }
}

BtFileNames *
bt_file_names_new_long (BtMetainfo *metainfo)
{
  g_autoptr (BtFileNames) self = bt_file_names_new (metainfo);
  g_autoptr (BtBencodeTree) tree = NULL;
  gsize length;
  const guint8 *info = bt_metainfo_peek_info (metainfo, &length);

  tree = bt_bencode_parse (info, length, NULL, NULL);
  if (tree != NULL)
    read_long (self, bt_bencode_root (tree));
  return self->paths != NULL && is_sound (self) ? g_steal_pointer (&self) : NULL;
}
