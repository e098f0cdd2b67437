/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-file-tree.h"

#include <string.h>

/* The largest blocks of the store of names, and what a name needs on average. */
#define MAX_TEXT_BLOCK 16384u
#define NAME_LENGTH 32u

static guint32
add_entry (FreshetFileTree *self, guint32 parent, const char *name, gsize length, guint32 file)
{
  FreshetFileEntry entry = { .parent = parent, .file = file, .is_shown = TRUE };

  entry.name = g_string_chunk_insert_len (self->texts, name, (gssize) length);
  g_array_append_val (self->entries, entry);
  return self->entries->len - 1;
}

/* @folders: path -> entry. @length: letters of @path that are the folder's */
static guint32
find_folder (FreshetFileTree *self, GHashTable *folders, const char *path, gsize length)
{
  g_autofree char *key = NULL;
  const char *slash;
  guint32 parent, entry;

  if (length == 0)
    return 0;
  key = g_strndup (path, length);
  entry = GPOINTER_TO_UINT (g_hash_table_lookup (folders, key));
  if (entry != 0)
    return entry;
  slash = strrchr (key, '/');
  parent = slash == NULL ? 0 : find_folder (self, folders, path, (gsize) (slash - key));
  entry = add_entry (self, parent, slash == NULL ? key : slash + 1, strlen (slash == NULL ? key : slash + 1), G_MAXUINT32);
  g_hash_table_insert (folders, g_steal_pointer (&key), GUINT_TO_POINTER (entry));
  return entry;
}

/* The root stands for the folder that all files of a torrent are in. */
static const char *
inside_of (BtMetainfo *metainfo, const char *path)
{
  const char *slash = bt_metainfo_is_single_file (metainfo) ? NULL : strchr (path, '/');

  return slash == NULL ? path : slash + 1;
}

static void
add_files (FreshetFileTree *self, BtMetainfo *metainfo)
{
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->n_files; i++)
    {
      const BtFileInfo *info = bt_metainfo_get_file (metainfo, i);
      const char *path, *slash;
      FreshetFileEntry *entry;

      if (info->flags & BT_FILE_PAD)
        continue;
      path = inside_of (metainfo, info->path);
      slash = strrchr (path, '/');
      self->by_file[i] = add_entry (self, slash == NULL ? 0 : find_folder (self, folders, path, (gsize) (slash - path)),
                                    slash == NULL ? path : slash + 1, strlen (slash == NULL ? path : slash + 1), i);
      entry = freshet_file_tree_entry (self, self->by_file[i]);
      entry->size = entry->wanted_size = info->length;
      entry->n_files = entry->n_wanted = 1;
      entry->priority = BT_FILE_NORMAL;
      entry->n_by_priority[BT_FILE_NORMAL] = 1;
    }
}

/* Folders come before what is in them, so from the end every child is counted
 * before its folder is. */
static void
count (FreshetFileTree *self)
{
  for (guint32 i = self->entries->len - 1; i > 0; i--)
    {
      const FreshetFileEntry *entry = freshet_file_tree_entry (self, i);
      FreshetFileEntry *parent = freshet_file_tree_entry (self, entry->parent);

      parent->n_children++;
      parent->n_files += entry->n_files;
      parent->n_wanted += entry->n_wanted;
      parent->n_by_priority[BT_FILE_NORMAL] += entry->n_by_priority[BT_FILE_NORMAL];
      parent->size += entry->size;
      parent->wanted_size += entry->wanted_size;
    }
}

/* As people count: "2" before "10", without regard to case. */
static int
compare_names (const char *a, const char *b)
{
  for (; *a != '\0' && *b != '\0'; a++, b++)
    {
      if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b))
        {
          gsize length_a, length_b;
          int difference;

          a += strspn (a, "0");
          b += strspn (b, "0");
          length_a = strspn (a, "0123456789");
          length_b = strspn (b, "0123456789");
          difference = length_a != length_b ? (length_a < length_b ? -1 : 1) : memcmp (a, b, length_a);
          if (difference != 0)
            return difference;
          a += length_a;
          b += length_b;
          if (*a == '\0' || *b == '\0')
            break;
        }
      if (g_ascii_tolower (*a) != g_ascii_tolower (*b))
        return (guchar) g_ascii_tolower (*a) < (guchar) g_ascii_tolower (*b) ? -1 : 1;
    }
  return (*a != '\0') - (*b != '\0');
}

static int
compare_entries (gconstpointer a, gconstpointer b, gpointer data)
{
  FreshetFileTree *self = data;
  const FreshetFileEntry *one = freshet_file_tree_entry (self, *(const guint32 *) a);
  const FreshetFileEntry *other = freshet_file_tree_entry (self, *(const guint32 *) b);
  gboolean one_is_file = one->file != G_MAXUINT32, other_is_file = other->file != G_MAXUINT32;
  int difference;

  if (one->is_shown != other->is_shown)
    return one->is_shown ? -1 : 1;
  if (one_is_file != other_is_file)
    return one_is_file ? 1 : -1;
  difference = compare_names (one->name, other->name);
  return difference != 0 ? difference : strcmp (one->name, other->name);
}

static void
sort_children (FreshetFileTree *self, FreshetFileEntry *folder)
{
  if (folder->n_children > 1)
    g_qsort_with_data (self->order + folder->first_child, (int) folder->n_children, sizeof *self->order, compare_entries, self);
  folder->n_shown = 0;
  while (folder->n_shown < folder->n_children &&
         freshet_file_tree_entry (self, self->order[folder->first_child + folder->n_shown])->is_shown)
    folder->n_shown++;
}

static void
sort_all (FreshetFileTree *self)
{
  for (guint32 i = 0; i < self->entries->len; i++)
    if (freshet_file_tree_entry (self, i)->file == G_MAXUINT32)
      sort_children (self, freshet_file_tree_entry (self, i));
}

static void
lay_out (FreshetFileTree *self)
{
  g_autofree guint32 *filled = g_new0 (guint32, self->entries->len);
  guint32 next = 0;

  self->order = g_new0 (guint32, self->entries->len);
  for (guint32 i = 0; i < self->entries->len; i++)
    {
      freshet_file_tree_entry (self, i)->first_child = next;
      next += freshet_file_tree_entry (self, i)->n_children;
    }
  for (guint32 i = 1; i < self->entries->len; i++)
    {
      guint32 parent = freshet_file_tree_entry (self, i)->parent;

      self->order[freshet_file_tree_entry (self, parent)->first_child + filled[parent]++] = i;
    }
  sort_all (self);
}

FreshetFileTree *
freshet_file_tree_new (BtMetainfo *metainfo)
{
  FreshetFileTree *self = g_new0 (FreshetFileTree, 1);
  const char *name = bt_metainfo_get_name (metainfo);

  self->n_files = bt_metainfo_get_n_files (metainfo);
  self->entries = g_array_sized_new (FALSE, FALSE, sizeof (FreshetFileEntry), self->n_files + 1);
  self->by_file = g_new0 (guint32, self->n_files);
  self->texts = g_string_chunk_new (MIN ((gsize) (self->n_files + 1) * NAME_LENGTH, MAX_TEXT_BLOCK));
  add_entry (self, 0, name, strlen (name), G_MAXUINT32);
  add_files (self, metainfo);
  count (self);
  lay_out (self);
  return self;
}

void
freshet_file_tree_free (FreshetFileTree *self)
{
  g_array_unref (self->entries);
  g_free (self->order);
  g_free (self->by_file);
  g_string_chunk_free (self->texts);
  g_free (self);
}

gboolean
freshet_file_tree_set_priority (FreshetFileTree *self, guint32 index, BtFilePriority priority)
{
  FreshetFileEntry *file = freshet_file_tree_entry (self, index);
  guint8 old = file->priority;
  int wanted = (priority != BT_FILE_SKIP) - (old != BT_FILE_SKIP);

  if (old == priority)
    return FALSE;
  file->priority = (guint8) priority;
  for (guint32 i = index;; i = freshet_file_tree_entry (self, i)->parent)
    {
      FreshetFileEntry *entry = freshet_file_tree_entry (self, i);

      entry->n_by_priority[old]--;
      entry->n_by_priority[priority]++;
      entry->n_wanted += (guint32) wanted;
      entry->wanted_size += (guint64) ((gint64) file->size * wanted);
      if (i == 0)
        return TRUE;
    }
}

void
freshet_file_tree_set_done (FreshetFileTree *self, guint32 index, guint64 done)
{
  guint64 more = done - freshet_file_tree_entry (self, index)->done;

  if (more == 0)
    return;
  for (guint32 i = index;; i = freshet_file_tree_entry (self, i)->parent)
    {
      freshet_file_tree_entry (self, i)->done += more;
      if (i == 0)
        return;
    }
}

static gboolean
matches (const char *name, const char *folded)
{
  g_autofree char *name_folded = g_utf8_casefold (name, -1);

  return strstr (name_folded, folded) != NULL;
}

guint
freshet_file_tree_search (FreshetFileTree *self, const char *text)
{
  g_autofree char *folded = text == NULL ? NULL : g_utf8_casefold (text, -1);
  gboolean all = folded == NULL || *folded == '\0';
  guint n = 0;

  /* Down: what matches, and all that is in a folder that does. */
  for (guint32 i = 1; i < self->entries->len; i++)
    {
      FreshetFileEntry *entry = freshet_file_tree_entry (self, i);

      entry->is_shown = all || (entry->parent != 0 && freshet_file_tree_entry (self, entry->parent)->is_shown) ||
                        matches (entry->name, folded);
      n += entry->is_shown && entry->file != G_MAXUINT32;
    }
  /* Up: the folders of what is shown. */
  for (guint32 i = self->entries->len - 1; i > 0; i--)
    if (freshet_file_tree_entry (self, i)->is_shown)
      freshet_file_tree_entry (self, freshet_file_tree_entry (self, i)->parent)->is_shown = TRUE;
  sort_all (self);
  return n;
}
