/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-add-request.h"
#include "freshet-watch-folder.h"

#define ENDING ".torrent"
#define DONE_ENDING ".added"

/* Names of a folder that are asked for at once. */
#define NAMES_AT_ONCE 100

struct _FreshetWatchFolder
{
  GObject parent_instance;
  FreshetLibrary *library;
  GFile *folder;              /* NULL: none */
  GFile *download_folder;
  GFileMonitor *monitor;
  GCancellable *cancellable;  /* of what is under way in @folder */
  GHashTable *reading;        /* names */
};

enum
{
  ADDED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FreshetWatchFolder, freshet_watch_folder, G_TYPE_OBJECT)

static void
stop (FreshetWatchFolder *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->monitor != NULL)
    g_file_monitor_cancel (self->monitor);
  g_clear_object (&self->monitor);
  g_clear_object (&self->folder);
  g_hash_table_remove_all (self->reading);
}

static void
freshet_watch_folder_dispose (GObject *object)
{
  FreshetWatchFolder *self = FRESHET_WATCH_FOLDER (object);

  stop (self);
  g_clear_object (&self->library);
  g_clear_object (&self->download_folder);
  G_OBJECT_CLASS (freshet_watch_folder_parent_class)->dispose (object);
}

static void
freshet_watch_folder_finalize (GObject *object)
{
  g_hash_table_unref (FRESHET_WATCH_FOLDER (object)->reading);
  G_OBJECT_CLASS (freshet_watch_folder_parent_class)->finalize (object);
}

static void
freshet_watch_folder_class_init (FreshetWatchFolderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = freshet_watch_folder_dispose;
  object_class->finalize = freshet_watch_folder_finalize;
  signals[ADDED] = g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                 FRESHET_TYPE_TORRENT_ITEM);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                  G_TYPE_STRING, G_TYPE_ERROR);
}

static void
freshet_watch_folder_init (FreshetWatchFolder *self)
{
  self->reading = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
renamed_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;

  if (!g_file_move_finish (G_FILE (object), result, &error))
    g_message ("A torrent file that was added cannot be renamed: %s", error->message);
}

static void
mark_added (GFile *file)
{
  g_autofree char *path = g_strconcat (g_file_peek_path (file), DONE_ENDING, NULL);
  g_autoptr (GFile) to = g_file_new_for_path (path);

  g_file_move_async (file, to, G_FILE_COPY_OVERWRITE, G_PRIORITY_DEFAULT, NULL, NULL, NULL, renamed_cb, NULL);
}

static void
add (FreshetWatchFolder *self, GFile *file, FreshetAddRequest *request, GError **error)
{
  BtTorrentOptions options = { .folder = g_file_peek_path (self->download_folder) };
  FreshetTorrentItem *item = freshet_library_add (self->library, freshet_add_request_get_metainfo (request), &options, error);

  if (item != NULL)
    g_signal_emit (self, signals[ADDED], 0, item);
  if (item != NULL || g_error_matches (*error, BT_ERROR, BT_ERROR_DUPLICATE))
    {
      g_clear_error (error);
      mark_added (file);
    }
}

static void
loaded_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FreshetWatchFolder) self = data;
  GFile *file = freshet_add_request_load_file (result);
  g_autofree char *name = g_file_get_basename (file);
  g_autofree char *shown = g_filename_display_name (name);
  g_autoptr (GError) error = NULL;
  g_autoptr (FreshetAddRequest) request = freshet_add_request_load_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->library == NULL || self->folder == NULL)
    return;
  g_hash_table_remove (self->reading, name);
  if (request != NULL)
    add (self, file, request, &error);
  /* It went while we looked: somebody else takes care of it. */
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_signal_emit (self, signals[FAILED], 0, shown, error);
}

static void
consider (FreshetWatchFolder *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  if (name == NULL || !g_str_has_suffix (name, ENDING) || name[0] == '.' || self->download_folder == NULL ||
      g_file_peek_path (file) == NULL || !g_hash_table_add (self->reading, g_strdup (name)))
    return;
  freshet_add_request_load_async (file, self->cancellable, loaded_cb, g_object_ref (self));
}

static void
changed_cb (FreshetWatchFolder *self, GFile *file, GFile *other, GFileMonitorEvent event)
{
  switch (event)
    {
    case G_FILE_MONITOR_EVENT_CHANGES_DONE_HINT:
    case G_FILE_MONITOR_EVENT_MOVED_IN:
      consider (self, file);
      break;
    case G_FILE_MONITOR_EVENT_RENAMED:
      consider (self, other);
      break;
    case G_FILE_MONITOR_EVENT_CHANGED:
    case G_FILE_MONITOR_EVENT_DELETED:
    case G_FILE_MONITOR_EVENT_CREATED:
    case G_FILE_MONITOR_EVENT_ATTRIBUTE_CHANGED:
    case G_FILE_MONITOR_EVENT_PRE_UNMOUNT:
    case G_FILE_MONITOR_EVENT_UNMOUNTED:
    case G_FILE_MONITOR_EVENT_MOVED:
    case G_FILE_MONITOR_EVENT_MOVED_OUT:
    default:
      break;
    }
}

static void
names_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FreshetWatchFolder) self = data;
  GFileEnumerator *names = G_FILE_ENUMERATOR (object);
  g_autolist (GFileInfo) infos = g_file_enumerator_next_files_finish (names, result, NULL);

  if (infos == NULL || self->cancellable == NULL)
    return;
  for (GList *l = infos; l != NULL; l = l->next)
    {
      g_autoptr (GFile) file = g_file_enumerator_get_child (names, l->data);

      if (g_file_has_parent (file, self->folder))
        consider (self, file);
    }
  g_file_enumerator_next_files_async (names, NAMES_AT_ONCE, G_PRIORITY_DEFAULT, self->cancellable, names_cb, g_object_ref (self));
}

static void
enumerated_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FreshetWatchFolder) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileEnumerator) names = g_file_enumerate_children_finish (G_FILE (object), result, &error);

  if (names != NULL && self->cancellable != NULL)
    g_file_enumerator_next_files_async (names, NAMES_AT_ONCE, G_PRIORITY_DEFAULT, self->cancellable, names_cb, g_object_ref (self));
  else if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, g_file_peek_path (G_FILE (object)), error);
}

FreshetWatchFolder *
freshet_watch_folder_new (FreshetLibrary *library)
{
  FreshetWatchFolder *self = g_object_new (FRESHET_TYPE_WATCH_FOLDER, NULL);

  self->library = g_object_ref (library);
  return self;
}

void
freshet_watch_folder_set_path (FreshetWatchFolder *self, const char *path)
{
  g_return_if_fail (FRESHET_IS_WATCH_FOLDER (self));

  stop (self);
  if (path == NULL || path[0] == '\0')
    return;
  self->folder = g_file_new_for_path (path);
  self->cancellable = g_cancellable_new ();
  self->monitor = g_file_monitor_directory (self->folder, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor != NULL)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (changed_cb), self, G_CONNECT_SWAPPED);
  g_file_enumerate_children_async (self->folder, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NONE, G_PRIORITY_DEFAULT,
                                   self->cancellable, enumerated_cb, g_object_ref (self));
}

void
freshet_watch_folder_set_download_folder (FreshetWatchFolder *self, GFile *folder)
{
  g_return_if_fail (FRESHET_IS_WATCH_FOLDER (self));

  g_set_object (&self->download_folder, folder);
}
