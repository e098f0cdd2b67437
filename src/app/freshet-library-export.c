/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "freshet-library-private.h"
#include "freshet-work.h"

/* Torrents as .torrent files for other programs, below the user's cache. */

/* Seconds: who was given a file has read it by then. */
#define KEPT (24 * 60 * 60)

/* Bytes of a file's name before its suffix; file systems allow 255. */
#define MAX_NAME 200u

/* One file. */
typedef struct
{
  char *path;
  GBytes *bytes; /* NULL: not known */
} Copy;

typedef struct
{
  GPtrArray *copies; /* of Copy */
  guint n_pending;
} Export;

/* One that the database is asked for. */
typedef struct
{
  GTask *task;
  Copy *copy; /* of the task */
} Load;

static char *
dup_cache (void)
{
  return g_build_filename (g_get_user_cache_dir (), "freshet", "given", NULL);
}

static void
copy_free (gpointer data)
{
  Copy *copy = data;

  g_free (copy->path);
  g_clear_pointer (&copy->bytes, g_bytes_unref);
  g_free (copy);
}

static void
export_free (gpointer data)
{
  Export *export = data;

  g_ptr_array_unref (export->copies);
  g_free (export);
}

/* Each in a folder of its own: names are not unique, and a stranger chose them. */
static char *
dup_path (FreshetTorrentItem *item)
{
  g_autofree char *cache = dup_cache ();
  g_autofree char *valid = g_utf8_make_valid (freshet_torrent_item_get_name (item), -1);
  g_autofree char *name = NULL;
  const guint8 *hash = freshet_torrent_item_peek_record (item)->hash;
  char hex[2 * BT_SHA1_LENGTH + 1];
  gsize length = strlen (valid);

  for (guint i = 0; i < BT_SHA1_LENGTH; i++)
    g_snprintf (hex + 2 * i, 3, "%02x", hash[i]);
  g_strdelimit (valid, "/", '_');
  if (valid[0] == '.')
    valid[0] = '_';
  if (length > MAX_NAME)
    *g_utf8_find_prev_char (valid, valid + MAX_NAME) = '\0';
  name = g_strconcat (valid, ".torrent", NULL);
  return g_build_filename (cache, hex, name, NULL);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      g_unlink (file);
    }
  g_rmdir (path);
}

static void
remove_old (void)
{
  g_autofree char *cache = dup_cache ();
  g_autoptr (GDir) dir = g_dir_open (cache, 0, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (cache, name, NULL);
      GStatBuf status;

      if (g_lstat (path, &status) == 0 && S_ISDIR (status.st_mode) && now - status.st_mtime > KEPT)
        remove_folder (path);
    }
}

static gboolean
write_copy (Copy *copy, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (copy->path);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    {
      int code = errno;

      g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (code), g_strerror (code));
      return FALSE;
    }
  return g_file_set_contents_full (copy->path, g_bytes_get_data (copy->bytes, NULL), (gssize) g_bytes_get_size (copy->bytes),
                                   G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

static void
write_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Export *export = data;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  GError *error = NULL;

  remove_old ();
  for (guint i = 0; i < export->copies->len; i++)
    {
      Copy *copy = export->copies->pdata[i];

      if (copy->bytes == NULL)
        continue;
      if (!write_copy (copy, &error))
        {
          g_task_return_error (task, error);
          return;
        }
      g_ptr_array_add (files, g_file_new_for_path (copy->path));
    }
  if (files->len == 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "The metadata is not known");
  else
    g_task_return_pointer (task, g_steal_pointer (&files), (GDestroyNotify) g_ptr_array_unref);
}

static void
answered (GTask *task)
{
  Export *export = g_task_get_task_data (task);

  if (--export->n_pending == 0)
    freshet_work_run (task, write_thread);
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Load *load = data;
  g_autoptr (GTask) task = load->task;
  g_autoptr (FreshetStoreTorrent) stored = freshet_store_load_finish (FRESHET_STORE (object), result, NULL);

  if (stored != NULL && stored->metainfo != NULL)
    load->copy->bytes = g_bytes_ref (bt_metainfo_get_bytes (stored->metainfo));
  answered (task);
}

void
freshet_library_export_async (FreshetLibrary *self, GPtrArray *items, GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Export *export = g_new0 (Export, 1);

  g_task_set_source_tag (task, freshet_library_export_async);
  g_task_set_task_data (task, export, export_free);
  export->copies = g_ptr_array_new_with_free_func (copy_free);
  export->n_pending = 1;
  for (guint i = 0; i < items->len; i++)
    {
      BtTorrent *torrent = freshet_torrent_item_get_torrent (items->pdata[i]);
      Copy *copy = g_new0 (Copy, 1);
      Load *load;

      copy->path = dup_path (items->pdata[i]);
      g_ptr_array_add (export->copies, copy);
      if (torrent != NULL)
        copy->bytes = bt_torrent_dup_file (torrent);
      if (torrent != NULL || self->store == NULL)
        continue;
      load = g_new (Load, 1);
      *load = (Load){ g_object_ref (task), copy };
      export->n_pending++;
      freshet_store_load_async (self->store, freshet_torrent_item_peek_record (items->pdata[i])->hash, loaded_cb, load);
    }
  answered (task);
}

GPtrArray *
freshet_library_export_finish (FreshetLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
