/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-set-private.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A note of where the files are going, for the time between that they are
 * there and that the record of the torrent says so: who was killed then finds
 * them by it. */

/* Behind it: from, to and where the bytes kept aside went, each with a zero. */
#define RENAMES "FrMv1r"
#define COPIES "FrMv1c"
#define KIND_LENGTH 6u

/* More than three paths can be. */
#define MOST_BYTES (64u << 10)

typedef struct
{
  gboolean renames; /* some may have been renamed, and others not */
  const char *from;
  const char *to;
  const char *parts;
} Note;

void
bt_file_set_set_note_file (BtFileSet *self, const char *path)
{
  g_free (self->note_path);
  self->note_path = g_strdup (path);
}

gboolean
bt_file_set_write_note (BtFileSet *self, gboolean renames, const char *to, const char *parts, GError **error)
{
  g_autoptr (GString) text = g_string_new (renames ? RENAMES : COPIES);
  g_autofree char *folder = self->note_path == NULL ? NULL : g_path_get_dirname (self->note_path);

  if (self->note_path == NULL)
    return TRUE;
  g_mkdir_with_parents (folder, 0700);
  g_string_append_len (text, self->folder, (gssize) strlen (self->folder) + 1);
  g_string_append_len (text, to, (gssize) strlen (to) + 1);
  g_string_append_len (text, parts != NULL ? parts : "", (gssize) (parts != NULL ? strlen (parts) : 0) + 1);
  return g_file_set_contents_full (self->note_path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                   0600, error);
}

void
bt_file_set_forget_note (BtFileSet *self)
{
  if (self->note_path != NULL)
    unlink (self->note_path);
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
read_note (const char *bytes, gsize length, Note *note)
{
  const char *at = bytes + KIND_LENGTH, *end = bytes + length;

  if (length < KIND_LENGTH || length > MOST_BYTES)
    return FALSE;
  note->renames = memcmp (bytes, RENAMES, KIND_LENGTH) == 0;
  if (!note->renames && memcmp (bytes, COPIES, KIND_LENGTH) != 0)
    return FALSE;
  note->from = at;
  if (take_text (&at, end) == NULL)
    return FALSE;
  note->to = at;
  if (take_text (&at, end) == NULL)
    return FALSE;
  note->parts = at;
  return take_text (&at, end) != NULL && at == end && note->from[0] == '/' && note->to[0] == '/';
}

static gboolean
has_any (BtFileSet *self, const char *folder)
{
  for (guint i = 0; i < self->layout->n_files; i++)
    {
      g_autofree char *path = bt_file_set_dup_path (self, i);
      const char *name;
      struct stat status;
      int parent;
      gboolean found;

      if (!bt_file_set_is_on_disk (self, i))
        continue;
      parent = bt_folder_open_parent (folder, path, FALSE, FALSE, NULL, &name);
      found = parent >= 0 && fstatat (parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG (status.st_mode);
      if (parent >= 0)
        close (parent);
      if (found)
        return TRUE;
    }
  return FALSE;
}

static gboolean
follow (BtFileSet *self, const Note *note)
{
  const char *parts = note->parts[0] == '\0' ? NULL : note->parts;
  gboolean here, there;
  int failed;

  g_rw_lock_writer_lock (&self->moving);
  here = has_any (self, self->folder);
  there = g_str_equal (note->from, self->folder) && !g_str_equal (note->to, self->folder) && has_any (self, note->to);
  if (there && !here)
    bt_file_set_settle (self, note->to, self->place.names, parts, self->place.folders);
  g_rw_lock_writer_unlock (&self->moving);
  if (there && here && note->renames)
    return bt_file_set_relocate (self, note->to, NULL, parts, &failed, NULL);
  return there && !here;
}

gboolean
bt_file_set_follow_note (BtFileSet *self)
{
  g_autofree char *bytes = NULL;
  gsize length;
  Note note;

  if (self->note_path == NULL || !g_file_get_contents (self->note_path, &bytes, &length, NULL))
    return FALSE;
  if (read_note (bytes, length, &note) && follow (self, &note))
    return TRUE;
  /* The record knows better. */
  bt_file_set_forget_note (self);
  return FALSE;
}
