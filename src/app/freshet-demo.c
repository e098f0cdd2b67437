/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>

#include "freshet-demo.h"
#include "freshet-sample.h"
#include "freshet-work.h"
#include "trk-server.h"

#define SAMPLE_NAME "Freshet sample.bin"

/* Milliseconds between two calls of the progress function. */
#define PROGRESS_INTERVAL 100

/* What the worker counts in; a gint is written and read atomically. */
#define PROGRESS_STEPS 1000

struct _FreshetDemo
{
  GObject parent_instance;
  guint64 size;
  char *folder; /* of everything; NULL once it is gone */
  char *sample_folder;
  char *sample_path;
  char *download_folder;
  char *announce_url;
  TrkServer *tracker;
  BtSession *seed;
  BtMetainfo *metainfo;
  gboolean preparing;
  GTask *pending_close; /* waits until the worker has ended */
};

/* A preparation under way: the worker sees this and nothing else. */
typedef struct
{
  char *sample_path;
  char *announce_url;
  guint64 size;
  gint steps; /* atomic, of PROGRESS_STEPS */
  FreshetDemoProgress progress;
  gpointer progress_data;
  guint progress_source;
} Prepare;

G_DEFINE_FINAL_TYPE (FreshetDemo, freshet_demo, G_TYPE_OBJECT)

static void
prepare_free (gpointer data)
{
  Prepare *prepare = data;

  g_clear_handle_id (&prepare->progress_source, g_source_remove);
  g_free (prepare->sample_path);
  g_free (prepare->announce_url);
  g_free (prepare);
}

static void
freshet_demo_dispose (GObject *object)
{
  FreshetDemo *self = FRESHET_DEMO (object);

  if (self->tracker != NULL)
    trk_server_close (self->tracker);
  g_clear_object (&self->tracker);
  g_clear_object (&self->seed);
  G_OBJECT_CLASS (freshet_demo_parent_class)->dispose (object);
}

static void
freshet_demo_finalize (GObject *object)
{
  FreshetDemo *self = FRESHET_DEMO (object);

  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  g_free (self->folder);
  g_free (self->sample_folder);
  g_free (self->sample_path);
  g_free (self->download_folder);
  g_free (self->announce_url);
  G_OBJECT_CLASS (freshet_demo_parent_class)->finalize (object);
}

static void
freshet_demo_class_init (FreshetDemoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = freshet_demo_dispose;
  object_class->finalize = freshet_demo_finalize;
}

static void
freshet_demo_init (FreshetDemo *self)
{
}

FreshetDemo *
freshet_demo_new (guint64 size)
{
  FreshetDemo *self;

  g_return_val_if_fail (size > 0, NULL);

  self = g_object_new (FRESHET_TYPE_DEMO, NULL);
  self->size = size;
  return self;
}

static void
init_loopback (BtAddr *addr)
{
  static const guint8 loopback[4] = { 127, 0, 0, 1 };

  bt_addr_init_v4 (addr, loopback, 0);
}

static gboolean
make_folders (FreshetDemo *self, GError **error)
{
  self->folder = g_dir_make_tmp ("freshet-demo-XXXXXX", error);
  if (self->folder == NULL)
    return FALSE;
  self->sample_folder = g_build_filename (self->folder, "sample", NULL);
  self->sample_path = g_build_filename (self->sample_folder, SAMPLE_NAME, NULL);
  self->download_folder = g_build_filename (self->folder, "download", NULL);
  if (g_mkdir (self->sample_folder, 0700) == 0 && g_mkdir (self->download_folder, 0700) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "The folder “%s” could not be used: %s",
               self->folder, g_strerror (errno));
  return FALSE;
}

static gboolean
start_tracker (FreshetDemo *self, GError **error)
{
  BtAddr loopback;

  init_loopback (&loopback);
  self->tracker = trk_server_new ();
  if (!trk_server_listen_http (self->tracker, &loopback, 0, error))
    return FALSE;
  self->announce_url = trk_server_dup_announce_url (self->tracker);
  return TRUE;
}

static gboolean
start_seed (FreshetDemo *self, GError **error)
{
  BtTorrentOptions options = { .folder = self->sample_folder, .trust_existing = TRUE };
  BtConfig config;

  bt_config_init_defaults (&config);
  init_loopback (&config.bind_v4);
  config.bind_only = TRUE;
  config.port = 0;
  self->seed = bt_session_new (&config);
  if (!bt_session_start (self->seed, error))
    return FALSE;
  return bt_session_add (self->seed, self->metainfo, &options, error) != NULL;
}

static void
count_progress (double fraction, gpointer data)
{
  Prepare *prepare = data;

  g_atomic_int_set (&prepare->steps, (gint) (fraction * PROGRESS_STEPS));
}

static gboolean
report_progress_cb (gpointer data)
{
  Prepare *prepare = data;

  prepare->progress ((double) g_atomic_int_get (&prepare->steps) / PROGRESS_STEPS, prepare->progress_data);
  return G_SOURCE_CONTINUE;
}

static void
prepare_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Prepare *prepare = task_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) torrent = NULL;
  BtMetainfo *metainfo = NULL;

  torrent = freshet_sample_write (prepare->sample_path, prepare->size, (guint64) g_get_real_time (),
                                  prepare->announce_url, count_progress, prepare, cancellable, &error);
  if (torrent != NULL)
    metainfo = bt_metainfo_new (torrent, &error);
  if (metainfo != NULL)
    g_task_return_pointer (task, metainfo, (GDestroyNotify) bt_metainfo_unref);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
remove_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;

  if (task_data == NULL || freshet_sample_remove_folder (task_data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* After the seed has let go of the sample. */
static void
remove_folder (FreshetDemo *self, GTask *task)
{
  if (self->tracker != NULL)
    trk_server_close (self->tracker);
  g_clear_object (&self->tracker);
  g_clear_object (&self->seed);
  g_task_set_task_data (task, g_steal_pointer (&self->folder), g_free);
  freshet_work_run (task, remove_thread);
}

static void
seed_stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!bt_session_stop_finish (BT_SESSION (object), result, &error))
    g_debug ("The demo's seed did not stop well: %s", error->message);
  remove_folder (g_task_get_source_object (task), task);
}

/* Takes @task. */
static void
close_now (FreshetDemo *self, GTask *task)
{
  if (self->seed != NULL)
    bt_session_stop_async (self->seed, seed_stopped_cb, task);
  else
    {
      remove_folder (self, task);
      g_object_unref (task);
    }
}

static void
prepared_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  FreshetDemo *self = FRESHET_DEMO (object);
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Prepare *prepare = g_task_get_task_data (G_TASK (result));

  g_clear_handle_id (&prepare->progress_source, g_source_remove);
  self->preparing = FALSE;
  self->metainfo = g_task_propagate_pointer (G_TASK (result), &error);
  if (self->metainfo != NULL && start_seed (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  if (self->pending_close != NULL)
    close_now (self, g_steal_pointer (&self->pending_close));
}

void
freshet_demo_prepare_async (FreshetDemo *self, FreshetDemoProgress progress, gpointer progress_data,
                            GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GTask) work = NULL;
  GError *error = NULL;
  Prepare *prepare;

  g_return_if_fail (FRESHET_IS_DEMO (self));
  g_return_if_fail (self->folder == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, freshet_demo_prepare_async);
  if (!make_folders (self, &error) || !start_tracker (self, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  prepare = g_new0 (Prepare, 1);
  prepare->sample_path = g_strdup (self->sample_path);
  prepare->announce_url = g_strdup (self->announce_url);
  prepare->size = self->size;
  prepare->progress = progress;
  prepare->progress_data = progress_data;
  if (progress != NULL)
    prepare->progress_source = g_timeout_add (PROGRESS_INTERVAL, report_progress_cb, prepare);
  work = g_task_new (self, cancellable, prepared_cb, g_steal_pointer (&task));
  g_task_set_task_data (work, prepare, prepare_free);
  self->preparing = TRUE;
  freshet_work_run (work, prepare_thread);
}

gboolean
freshet_demo_prepare_finish (FreshetDemo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

BtMetainfo *
freshet_demo_get_metainfo (FreshetDemo *self)
{
  g_return_val_if_fail (FRESHET_IS_DEMO (self), NULL);
  return self->metainfo;
}

const char *
freshet_demo_get_announce_url (FreshetDemo *self)
{
  g_return_val_if_fail (FRESHET_IS_DEMO (self), NULL);
  return self->announce_url;
}

const char *
freshet_demo_get_sample_path (FreshetDemo *self)
{
  g_return_val_if_fail (FRESHET_IS_DEMO (self), NULL);
  return self->sample_path;
}

const char *
freshet_demo_get_download_folder (FreshetDemo *self)
{
  g_return_val_if_fail (FRESHET_IS_DEMO (self), NULL);
  return self->download_folder;
}

/* The two paths of a comparison, as task data. */
static void
verify_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  char **paths = task_data;
  g_autoptr (GError) error = NULL;

  if (freshet_sample_compare (paths[0], paths[1], cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
freshet_demo_verify_async (FreshetDemo *self, GCancellable *cancellable, GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  char **paths;

  g_return_if_fail (FRESHET_IS_DEMO (self));
  g_return_if_fail (self->metainfo != NULL);

  paths = g_new0 (char *, 3);
  paths[0] = g_strdup (self->sample_path);
  paths[1] = g_build_filename (self->download_folder, SAMPLE_NAME, NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, freshet_demo_verify_async);
  g_task_set_task_data (task, paths, (GDestroyNotify) g_strfreev);
  freshet_work_run (task, verify_thread);
}

gboolean
freshet_demo_verify_finish (FreshetDemo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
freshet_demo_close_async (FreshetDemo *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FRESHET_IS_DEMO (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, freshet_demo_close_async);
  if (self->preparing)
    self->pending_close = g_steal_pointer (&task);
  else
    close_now (self, g_steal_pointer (&task));
}

gboolean
freshet_demo_close_finish (FreshetDemo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
