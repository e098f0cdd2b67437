/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-files.h"

struct _FreshetTorrentFiles
{
  GdkContentProvider parent_instance;
  GPtrArray *files;   /* of GFile; NULL until they are written */
  GError *error;      /* why they could not be; NULL */
  GPtrArray *waiting; /* of GTask, with a Request each */
};

/* Somebody who wants the list. */
typedef struct
{
  char *mime_type;
  GOutputStream *stream;
} Request;

G_DEFINE_FINAL_TYPE (FreshetTorrentFiles, freshet_torrent_files, GDK_TYPE_CONTENT_PROVIDER)

static void
request_free (gpointer data)
{
  Request *request = data;

  g_free (request->mime_type);
  g_object_unref (request->stream);
  g_free (request);
}

static void
serialized_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (gdk_content_serialize_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
answer (FreshetTorrentFiles *self, GTask *task)
{
  Request *request = g_task_get_task_data (task);
  g_auto (GValue) value = G_VALUE_INIT;

  if (self->error != NULL)
    {
      g_task_return_error (task, g_error_copy (self->error));
      return;
    }
  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_array ((GFile **) self->files->pdata, self->files->len));
  gdk_content_serialize_async (request->stream, request->mime_type, &value, g_task_get_priority (task),
                               g_task_get_cancellable (task), serialized_cb, g_object_ref (task));
}

static void
exported_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FreshetTorrentFiles) self = data;

  self->files = freshet_library_export_finish (FRESHET_LIBRARY (object), result, &self->error);
  for (guint i = 0; i < self->waiting->len; i++)
    answer (self, self->waiting->pdata[i]);
  g_ptr_array_set_size (self->waiting, 0);
}

/* The kinds of text a list of files has, and not the list itself: it would be
 * asked for at once, on the main loop. */
static GdkContentFormats *
freshet_torrent_files_ref_formats (GdkContentProvider *provider)
{
  g_autoptr (GdkContentFormats) all = gdk_content_formats_new_for_gtype (GDK_TYPE_FILE_LIST);
  const char *const *names;
  gsize n;

  all = gdk_content_formats_union_serialize_mime_types (g_steal_pointer (&all));
  names = gdk_content_formats_get_mime_types (all, &n);
  return gdk_content_formats_new ((const char **) names, (guint) n);
}

static void
freshet_torrent_files_write_mime_type_async (GdkContentProvider *provider, const char *mime_type, GOutputStream *stream,
                                             int io_priority, GCancellable *cancellable, GAsyncReadyCallback callback,
                                             gpointer user_data)
{
  FreshetTorrentFiles *self = FRESHET_TORRENT_FILES (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Request *request = g_new (Request, 1);

  g_task_set_source_tag (task, freshet_torrent_files_write_mime_type_async);
  g_task_set_priority (task, io_priority);
  *request = (Request){ g_strdup (mime_type), g_object_ref (stream) };
  g_task_set_task_data (task, request, request_free);
  if (self->files != NULL || self->error != NULL)
    answer (self, task);
  else
    g_ptr_array_add (self->waiting, g_steal_pointer (&task));
}

static gboolean
freshet_torrent_files_write_mime_type_finish (GdkContentProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
freshet_torrent_files_finalize (GObject *object)
{
  FreshetTorrentFiles *self = FRESHET_TORRENT_FILES (object);

  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_error (&self->error);
  g_ptr_array_unref (self->waiting);
  G_OBJECT_CLASS (freshet_torrent_files_parent_class)->finalize (object);
}

static void
freshet_torrent_files_class_init (FreshetTorrentFilesClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = freshet_torrent_files_finalize;
  provider_class->ref_formats = freshet_torrent_files_ref_formats;
  provider_class->write_mime_type_async = freshet_torrent_files_write_mime_type_async;
  provider_class->write_mime_type_finish = freshet_torrent_files_write_mime_type_finish;
}

static void
freshet_torrent_files_init (FreshetTorrentFiles *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

GdkContentProvider *
freshet_torrent_files_new (FreshetLibrary *library, GPtrArray *items)
{
  FreshetTorrentFiles *self = g_object_new (FRESHET_TYPE_TORRENT_FILES, NULL);

  g_return_val_if_fail (FRESHET_IS_LIBRARY (library), NULL);
  freshet_library_export_async (library, items, NULL, exported_cb, g_object_ref (self));
  return GDK_CONTENT_PROVIDER (self);
}
