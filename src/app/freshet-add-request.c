/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-add-request.h"

struct _FreshetAddRequest
{
  GObject parent_instance;
  BtMetainfo *metainfo;
};

enum
{
  PROP_0,
  PROP_NAME,
  PROP_SIZE,
  PROP_N_FILES,
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
      g_value_set_string (value, freshet_add_request_get_name (self));
      break;
    case PROP_SIZE:
      g_value_set_uint64 (value, freshet_add_request_get_size (self));
      break;
    case PROP_N_FILES:
      g_value_set_uint (value, freshet_add_request_get_n_files (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_add_request_finalize (GObject *object)
{
  FreshetAddRequest *self = FRESHET_ADD_REQUEST (object);

  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  G_OBJECT_CLASS (freshet_add_request_parent_class)->finalize (object);
}

static void
freshet_add_request_class_init (FreshetAddRequestClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = freshet_add_request_get_property;
  object_class->finalize = freshet_add_request_finalize;

  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_SIZE] = g_param_spec_uint64 ("size", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_N_FILES] = g_param_spec_uint ("n-files", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
freshet_add_request_init (FreshetAddRequest *self)
{
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
  g_task_run_in_thread (task, load_thread);
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
  return self;
}

BtMetainfo *
freshet_add_request_get_metainfo (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), NULL);
  return self->metainfo;
}

const char *
freshet_add_request_get_name (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), NULL);
  return bt_metainfo_get_name (self->metainfo);
}

guint64
freshet_add_request_get_size (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), 0);
  return bt_metainfo_get_real_length (self->metainfo);
}

guint
freshet_add_request_get_n_files (FreshetAddRequest *self)
{
  g_return_val_if_fail (FRESHET_IS_ADD_REQUEST (self), 0);
  return bt_metainfo_get_n_real_files (self->metainfo);
}
