/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include <string.h>
#include <unistd.h>

/* A note of where the files are going, for the time between that something of
 * them is there and that the record of the torrent says so: who was killed then
 * finds them by it. */

/* What it begins with. Behind that: from, to, where the bytes kept aside went,
 * folders that will have been made, and the indices of files that stay as well,
 * with a slash before them, each with a zero. */
static const char *const kinds[] = {
  [BT_NOTE_RENAMES] = "FrMv1r",
  [BT_NOTE_BEGUN] = "FrMv1b",
  [BT_NOTE_WHOLE] = "FrMv1c",
};
#define KIND_LENGTH 6u

/* More than three paths and the folders of a torrent can be. */
#define MOST_BYTES (64u << 20)

void
bt_file_set_set_note_file (BtFileSet *self, const char *path)
{
  g_mutex_lock (&self->mutex);
  g_free (self->note_path);
  self->note_path = g_strdup (path);
  g_mutex_unlock (&self->mutex);
}

static char *
dup_note_path (BtFileSet *self)
{
  char *path;

  g_mutex_lock (&self->mutex);
  path = g_strdup (self->note_path);
  g_mutex_unlock (&self->mutex);
  return path;
}

static void
append_text (GString *bytes, const char *text)
{
  g_string_append_len (bytes, text, (gssize) strlen (text) + 1);
}

gboolean
bt_file_set_write_note (BtFileSet *self, BtNoteKind kind, const char *to, const char *parts, GPtrArray *folders, GError **error)
{
  g_autoptr (GString) text = g_string_new (kinds[kind]);
  g_autofree char *path = dup_note_path (self);
  g_autofree char *folder = path == NULL ? NULL : g_path_get_dirname (path);

  if (path == NULL)
    return TRUE;
  g_mkdir_with_parents (folder, 0700);
  append_text (text, self->folder);
  append_text (text, to);
  append_text (text, parts != NULL ? parts : "");
  for (guint i = 0; folders != NULL && i < folders->len; i++)
    append_text (text, folders->pdata[i]);
  for (guint i = 0; i < self->layout->n_files; i++)
    if (bt_file_set_is_shared (self, i))
      {
        g_string_append_printf (text, "/%u", i);
        g_string_append_c (text, '\0');
      }
  return g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

void
bt_file_set_forget_note (BtFileSet *self)
{
  g_autofree char *path = dup_note_path (self);

  if (path != NULL)
    unlink (path);
}

/* @text: a number */
static gboolean
read_shared (const char *text, guint n_files, BtNote *note)
{
  guint64 number;
  guint index;

  if (n_files == 0 || !g_ascii_string_to_unsigned (text, 10, 0, n_files - 1, &number, NULL))
    return FALSE;
  index = (guint) number;
  g_array_append_val (note->shared, index);
  return TRUE;
}

/* Returns: a text that ends within the bytes, or NULL */
static const char *
take_text (const char **at, const char *end)
{
  const char *text = *at, *zero = memchr (text, 0, (gsize) (end - text));

  *at = zero == NULL ? end : zero + 1;
  return zero;
}

static gboolean
read_note (const char *bytes, gsize length, guint n_files, BtNote *note)
{
  const char *at = bytes + KIND_LENGTH, *end = bytes + length, *text;
  guint kind = 0;

  while (kind < G_N_ELEMENTS (kinds) && (length < KIND_LENGTH || memcmp (bytes, kinds[kind], KIND_LENGTH) != 0))
    kind++;
  if (kind == G_N_ELEMENTS (kinds) || length > MOST_BYTES)
    return FALSE;
  note->kind = kind;
  note->from = at;
  if (take_text (&at, end) == NULL)
    return FALSE;
  note->to = at;
  if (take_text (&at, end) == NULL)
    return FALSE;
  note->parts = at[0] == '\0' ? NULL : at;
  if (take_text (&at, end) == NULL)
    return FALSE;
  while (at < end)
    {
      text = at;
      if (take_text (&at, end) == NULL)
        return FALSE;
      if (text[0] != '/')
        g_ptr_array_add (note->folders, g_strdup (text));
      else if (!read_shared (text + 1, n_files, note))
        return FALSE;
    }
  return note->from[0] == '/' && note->to[0] == '/';
}

gboolean
bt_file_set_follow_note (BtFileSet *self)
{
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) shared = g_array_new (FALSE, FALSE, sizeof (guint));
  BtNote note = { .folders = folders, .shared = shared };
  g_autofree char *path = dup_note_path (self), *bytes = NULL;
  BtFollowed followed = BT_FOLLOWED_NOT;
  gsize length;

  if (path == NULL || !g_file_get_contents (path, &bytes, &length, NULL))
    return FALSE;
  /* Of a move that has ended, the record knows better. */
  if (read_note (bytes, length, self->layout->n_files, &note) && g_str_equal (note.from, self->folder) && !g_str_equal (note.to, self->folder))
    {
      bt_file_set_share_indices (self, note.shared);
      followed = bt_file_set_recover (self, &note);
    }
  if (followed == BT_FOLLOWED_NOT)
    bt_file_set_forget_note (self);
  return followed == BT_FOLLOWED;
}
