/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-add-request.h"
#include "freshet-format.h"
#include "freshet-work.h"

/* Milliseconds between two looks at how the metadata comes. */
#define REFRESH_INTERVAL 250

/* A person is told when nobody was found for so long; somebody may still come. */
#define PATIENCE (30 * G_TIME_SPAN_SECOND)

struct _FreshetAddRequest
{
  GObject parent_instance;
  BtMetainfo *metainfo;    /* NULL until it is known */
  FreshetFileNode *files;
  BtSession *session;      /* of a link */
  BtTorrent *torrent;      /* of a link: the one in the session, until it was accepted */
  char *name;
  char *status;
  double progress;
  FreshetAddState state;
  gint64 began;            /* to look */
  gint64 patience;         /* microseconds */
  guint refresh_source;
  GCancellable *cancellable; /* of making the tree */
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_SIZE,
  PROP_N_FILES,
  PROP_STATE,
  PROP_STATUS,
  PROP_PROGRESS,
  PROP_FILES,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetAddRequest, freshet_add_request, G_TYPE_OBJECT)

static void
freshet_add_request_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetAddRequest *self = FRESHET_ADD_REQUEST (object);

  switch (prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_SIZE:
      g_value_set_uint64 (value, freshet_add_request_get_size (self));
      break;
    case PROP_N_FILES:
      g_value_set_uint (value, freshet_add_request_get_n_files (self));
      break;
    case PROP_STATE:
      g_value_set_uint (value, self->state);
      break;
    case PROP_STATUS:
      g_value_set_string (value, self->status);
      break;
    case PROP_PROGRESS:
      g_value_set_double (value, self->progress);
      break;
    case PROP_FILES:
      g_value_set_object (value, self->files);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* A link that nobody said yes to leaves nothing behind. */
static void
freshet_add_request_dispose (GObject *object)
{
  FreshetAddRequest *self = FRESHET_ADD_REQUEST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  if (self->torrent != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->torrent, self);
      if (bt_session_find (self->session, bt_torrent_get_info_hash (self->torrent)) == self->torrent)
        bt_session_remove (self->session, self->torrent);
    }
  g_clear_object (&self->torrent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (freshet_add_request_parent_class)->dispose (object);
}

static void
freshet_add_request_finalize (GObject *object)
{
  FreshetAddRequest *self = FRESHET_ADD_REQUEST (object);

  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  g_clear_object (&self->files);
  g_clear_object (&self->cancellable);
  g_free (self->name);
  g_free (self->status);
  G_OBJECT_CLASS (freshet_add_request_parent_class)->finalize (object);
}

static void
freshet_add_request_class_init (FreshetAddRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = freshet_add_request_get_property;
  object_class->dispose = freshet_add_request_dispose;
  object_class->finalize = freshet_add_request_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_N_FILES] = g_param_spec_uint ("n-files", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_STATE] = g_param_spec_uint ("state", NULL, NULL, 0, FRESHET_ADD_FAILED, 0, flags);
  properties[PROP_STATUS] = g_param_spec_string ("status", NULL, NULL, NULL, flags);
  properties[PROP_PROGRESS] = g_param_spec_double ("progress", NULL, NULL, 0, 1, 0, flags);
  properties[PROP_FILES] = g_param_spec_object ("files", NULL, NULL, FRESHET_TYPE_FILE_NODE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_add_request_init (FreshetAddRequest *self)
{
  self->cancellable = g_cancellable_new ();
  self->patience = PATIENCE;
}

/* Asked before the bytes are read: a film dropped by mistake must not be
 * read into memory, and a pipe would never end. */
static gboolean
check_kind (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInfo) info = g_file_query_info (file,
                                                  G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                  G_FILE_QUERY_INFO_NONE, cancellable, error);

  if (info == NULL)
    return FALSE;
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, "This is a folder");
      return FALSE;
    }
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "This is not a regular file");
      return FALSE;
    }
  if (g_file_info_get_size (info) > BT_MAX_TORRENT_FILE)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_TOO_LARGE, "This is too large for a torrent file");
      return FALSE;
    }
  return TRUE;
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GFile *file = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (BtMetainfo) metainfo = NULL;

  if (check_kind (file, cancellable, &error))
    bytes = g_file_load_bytes (file, cancellable, NULL, &error);
  if (bytes != NULL)
    metainfo = bt_metainfo_new (bytes, &error);
  if (metainfo != NULL)
    g_task_return_pointer (task, freshet_add_request_new (metainfo), g_object_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
freshet_add_request_load_async (GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (G_IS_FILE (file));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, freshet_add_request_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  freshet_work_run (task, load_thread);
}

FreshetAddRequest *
freshet_add_request_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_add_request_load_async), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

GFile *
freshet_add_request_load_file (GAsyncResult *result)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, freshet_add_request_load_async), NULL);
  return g_task_get_task_data (G_TASK (result));
}

FreshetAddRequest *
freshet_add_request_new (BtMetainfo *metainfo)
{
  FreshetAddRequest *self;

  g_return_val_if_fail (metainfo != NULL, NULL);

  self = g_object_new (FRESHET_TYPE_ADD_REQUEST, NULL);
  self->metainfo = bt_metainfo_ref (metainfo);
  self->name = g_strdup (bt_metainfo_get_name (metainfo));
  self->files = freshet_file_node_new (metainfo);
  return self;
}

static void
take_status (FreshetAddRequest *self, FreshetAddState state, char *status)
{
  if (g_strcmp0 (status, self->status) != 0)
    {
      g_free (self->status);
      self->status = g_steal_pointer (&status);
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATUS]);
    }
  g_free (status);
  if (state == self->state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_progress (FreshetAddRequest *self, double progress)
{
  if (self->progress == progress)
    return;
  self->progress = progress;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROGRESS]);
}

/* What went wrong for good, or for now. */
static char *
dup_failure (FreshetAddRequest *self, const BtTorrentStats *stats)
{
  const GError *error = bt_torrent_get_error (self->torrent);

  if (stats->state == BT_TORRENT_ERROR && error != NULL && error->domain == BT_ERROR)
    return g_strdup (_ ("What the link leads to is not a torrent that can be downloaded"));
  if (stats->state == BT_TORRENT_ERROR)
    return freshet_format_error (error);
  if (stats->n_peers > 0 || stats->metadata_had > 0 || g_get_monotonic_time () - self->began < self->patience)
    return NULL;
  if (stats->n_tried == 0)
    return g_strdup (_ ("Nobody was found who has this torrent"));
  return g_strdup (_ ("Nobody who has this torrent answers"));
}

static gboolean
refresh_cb (gpointer data)
{
  FreshetAddRequest *self = data;
  BtTorrentStats stats;
  char *failure;

  bt_torrent_get_stats (self->torrent, &stats);
  failure = dup_failure (self, &stats);
  set_progress (self, stats.metadata_size == 0 ? 0 : (double) stats.metadata_had / stats.metadata_size);
  if (failure != NULL)
    take_status (self, FRESHET_ADD_FAILED, failure);
  else
    take_status (self, FRESHET_ADD_FETCHING, freshet_format_metadata (&stats));
  return G_SOURCE_CONTINUE;
}

static void
make_tree_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, freshet_file_node_new (task_data), g_object_unref);
}

/* The link may want some files only. */
static void
tree_made_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FreshetAddRequest *self = FRESHET_ADD_REQUEST (object);
  FreshetFileNode *files = g_task_propagate_pointer (G_TASK (result), NULL);

  if (files == NULL)
    return;
  self->files = files;
  if (self->torrent != NULL)
    freshet_file_node_update (files, self->torrent);
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_object_notify_by_pspec (object, properties[PROP_FILES]);
  g_object_notify_by_pspec (object, properties[PROP_SIZE]);
  g_object_notify_by_pspec (object, properties[PROP_N_FILES]);
  set_progress (self, 1);
  take_status (self, FRESHET_ADD_READY, NULL);
}

static void
metadata_ready_cb (FreshetAddRequest *self, BtTorrent *torrent)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, tree_made_cb, NULL);

  self->metainfo = bt_metainfo_ref (bt_torrent_get_metainfo (torrent));
  g_free (self->name);
  self->name = bt_torrent_dup_name (torrent);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  g_task_set_source_tag (task, metadata_ready_cb);
  g_task_set_task_data (task, bt_metainfo_ref (self->metainfo), (GDestroyNotify) bt_metainfo_unref);
  freshet_work_run (task, make_tree_thread);
}

FreshetAddRequest *
freshet_add_request_new_for_link (FreshetLibrary *library, const char *link, const char *folder, GError **error)
{
  g_autoptr (BtMagnet) magnet = bt_magnet_new (link, error);
  BtTorrent *torrent = magnet == NULL ? NULL : freshet_library_look_into (library, magnet, folder, error);
  FreshetAddRequest *self;

  if (torrent == NULL)
    return NULL;
  self = g_object_new (FRESHET_TYPE_ADD_REQUEST, NULL);
  self->session = g_object_ref (freshet_library_get_session (library));
  self->torrent = g_object_ref (torrent);
  self->name = bt_torrent_dup_name (torrent);
  self->state = FRESHET_ADD_FETCHING;
  self->began = g_get_monotonic_time ();
  g_signal_connect_object (torrent, "metadata-ready", G_CALLBACK (metadata_ready_cb), self, G_CONNECT_SWAPPED);
  self->refresh_source = g_timeout_add (REFRESH_INTERVAL, refresh_cb, self);
  g_source_set_name_by_id (self->refresh_source, "freshet-add-request refresh");
  refresh_cb (self);
  return self;
}

BtMetainfo *
freshet_add_request_get_metainfo (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), NULL);
  return self->metainfo;
}

const guint8 *
freshet_add_request_get_info_hash (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), NULL);
  return self->metainfo != NULL ? bt_metainfo_get_info_hash (self->metainfo) : bt_torrent_get_info_hash (self->torrent);
}

const char *
freshet_add_request_get_name (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), NULL);
  return self->name;
}

guint64
freshet_add_request_get_size (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), 0);
  return self->metainfo == NULL ? 0 : bt_metainfo_get_real_length (self->metainfo);
}

guint
freshet_add_request_get_n_files (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), 0);
  return self->metainfo == NULL ? 0 : bt_metainfo_get_n_real_files (self->metainfo);
}

FreshetAddState
freshet_add_request_get_state (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), FRESHET_ADD_FAILED);
  return self->state;
}

const char *
freshet_add_request_get_status (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), NULL);
  return self->status;
}

double
freshet_add_request_get_progress (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), 0);
  return self->progress;
}

FreshetFileNode *
freshet_add_request_get_files (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), NULL);
  return self->files;
}

guint64
freshet_add_request_get_wanted_size (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), 0);
  return self->files == NULL ? 0 : freshet_file_node_get_wanted_size (self->files);
}

void
freshet_add_request_set_patience (FreshetAddRequest *self, gint64 patience)
{
  g_return_if_fail (FRESHET_IS_ADD_REQUEST (self));

  self->patience = patience;
}

void
freshet_add_request_retry (FreshetAddRequest *self)
{
  g_return_if_fail (FRESHET_IS_ADD_REQUEST (self));

  if (self->state != FRESHET_ADD_FAILED || self->torrent == NULL)
    return;
  self->began = g_get_monotonic_time ();
  bt_torrent_pause (self->torrent);
  bt_torrent_start (self->torrent);
  refresh_cb (self);
}

/* The torrent is in the session already: from here on it is the library's. */
static void
accept_link (FreshetAddRequest *self, FreshetLibrary *library, const char *folder, gboolean start, gboolean sequential)
{
  g_autoptr (BtTorrent) torrent = g_steal_pointer (&self->torrent);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_signal_handlers_disconnect_by_data (torrent, self);
  bt_torrent_set_folder (torrent, folder);
  freshet_library_place_unfinished (library, torrent);
  if (self->files != NULL)
    freshet_file_node_apply (self->files, torrent);
  bt_torrent_set_sequential (torrent, sequential);
  if (start)
    bt_torrent_start (torrent);
  else
    bt_torrent_pause (torrent);
  bt_torrent_confirm (torrent);
  freshet_library_adopt (library, torrent);
}

gboolean
freshet_add_request_accept (FreshetAddRequest *self, FreshetLibrary *library, const char *folder, gboolean start, gboolean sequential, GError **error)
{
  BtTorrentOptions options = { .folder = folder, .paused = TRUE };
  FreshetTorrentItem *item;
  BtTorrent *torrent;

  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), FALSE);

  if (self->torrent != NULL)
    {
      accept_link (self, library, folder, start, sequential);
      return TRUE;
    }
  item = freshet_library_add (library, self->metainfo, &options, error);
  if (item == NULL)
    return FALSE;
  torrent = freshet_torrent_item_get_torrent (item);
  freshet_file_node_apply (self->files, torrent);
  bt_torrent_set_sequential (torrent, sequential);
  if (start)
    freshet_torrent_item_start (item);
  return TRUE;
}
