/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library.h"

/* Milliseconds between two looks at the engine: as often as numbers that
 * change can be read. */
#define REFRESH_INTERVAL 500

/* An item that was taken out and may come back. */
typedef struct
{
  FreshetTorrentItem *item;
  guint position;
  gboolean was_active;
} Removed;

struct _FreshetLibrary
{
  GObject parent_instance;
  BtSession *session;
  GPtrArray *items;       /* FreshetTorrentItem */
  GHashTable *by_torrent; /* BtTorrent -> FreshetTorrentItem, both borrowed */
  GPtrArray *removed;     /* Removed */
  guint64 down_rate;
  guint64 up_rate;
  guint refresh_source;
};

enum
{
  PROP_0,
  PROP_DOWN_RATE,
  PROP_UP_RATE,
  N_PROPS
};

enum
{
  FINISHED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static GType
freshet_library_get_item_type (GListModel *model)
{
  return FRESHET_TYPE_TORRENT_ITEM;
}

static guint
freshet_library_get_n_items (GListModel *model)
{
  return FRESHET_LIBRARY (model)->items->len;
}

static gpointer
freshet_library_get_item (GListModel *model, guint position)
{
  FreshetLibrary *self = FRESHET_LIBRARY (model);

  return position < self->items->len ? g_object_ref (self->items->pdata[position]) : NULL;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = freshet_library_get_item_type;
  iface->get_n_items = freshet_library_get_n_items;
  iface->get_item = freshet_library_get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FreshetLibrary, freshet_library, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init))

static void
removed_free (gpointer data)
{
  Removed *removed = data;

  g_object_unref (removed->item);
  g_free (removed);
}

static void
set_rate (FreshetLibrary *self, guint64 *field, guint64 rate, guint property)
{
  if (*field == rate)
    return;
  *field = rate;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
refresh_rates (FreshetLibrary *self)
{
  BtSessionStats stats;

  bt_session_get_stats (self->session, &stats);
  set_rate (self, &self->down_rate, stats.down_rate, PROP_DOWN_RATE);
  set_rate (self, &self->up_rate, stats.up_rate, PROP_UP_RATE);
}

/* Goes on until the rates have died away too, which takes a few seconds. */
static gboolean
refresh_cb (gpointer data)
{
  FreshetLibrary *self = data;
  gboolean active = FALSE;

  for (guint i = 0; i < self->items->len; i++)
    {
      FreshetTorrentItem *item = self->items->pdata[i];

      freshet_torrent_item_refresh (item);
      active |= freshet_torrent_item_is_active (item);
    }
  refresh_rates (self);
  if (active || self->down_rate > 0 || self->up_rate > 0)
    return G_SOURCE_CONTINUE;
  self->refresh_source = 0;
  return G_SOURCE_REMOVE;
}

static void
start_refreshing (FreshetLibrary *self)
{
  if (self->refresh_source == 0)
    {
      self->refresh_source = g_timeout_add (REFRESH_INTERVAL, refresh_cb, self);
      g_source_set_name_by_id (self->refresh_source, "freshet-library refresh");
    }
}

static void
state_changed_cb (FreshetLibrary *self, guint state, BtTorrent *torrent)
{
  FreshetTorrentItem *item = g_hash_table_lookup (self->by_torrent, torrent);

  if (item == NULL)
    return;
  freshet_torrent_item_refresh (item);
  start_refreshing (self);
}

static void
finished_cb (FreshetLibrary *self, BtTorrent *torrent)
{
  FreshetTorrentItem *item = g_hash_table_lookup (self->by_torrent, torrent);

  if (item == NULL)
    return;
  freshet_torrent_item_refresh (item);
  g_signal_emit (self, signals[FINISHED], 0, item);
}

static void
connect_torrent (FreshetLibrary *self, FreshetTorrentItem *item)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  g_hash_table_insert (self->by_torrent, torrent, item);
  g_signal_connect_object (torrent, "state-changed", G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrent, "finished", G_CALLBACK (finished_cb), self, G_CONNECT_SWAPPED);
}

static void
disconnect_torrent (FreshetLibrary *self, FreshetTorrentItem *item)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  g_hash_table_remove (self->by_torrent, torrent);
  g_signal_handlers_disconnect_by_data (torrent, self);
}

static void
freshet_library_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetLibrary *self = FRESHET_LIBRARY (object);

  switch (prop_id)
    {
    case PROP_DOWN_RATE:
      g_value_set_uint64 (value, self->down_rate);
      break;
    case PROP_UP_RATE:
      g_value_set_uint64 (value, self->up_rate);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_library_dispose (GObject *object)
{
  FreshetLibrary *self = FRESHET_LIBRARY (object);

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (freshet_library_parent_class)->dispose (object);
}

static void
freshet_library_finalize (GObject *object)
{
  FreshetLibrary *self = FRESHET_LIBRARY (object);

  g_hash_table_unref (self->by_torrent);
  g_ptr_array_unref (self->removed);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (freshet_library_parent_class)->finalize (object);
}

static void
freshet_library_class_init (FreshetLibraryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = freshet_library_get_property;
  object_class->dispose = freshet_library_dispose;
  object_class->finalize = freshet_library_finalize;

  properties[PROP_DOWN_RATE] = g_param_spec_uint64 ("down-rate", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_UP_RATE] = g_param_spec_uint64 ("up-rate", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, FRESHET_TYPE_TORRENT_ITEM);
}

static void
freshet_library_init (FreshetLibrary *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->removed = g_ptr_array_new_with_free_func (removed_free);
  self->by_torrent = g_hash_table_new (NULL, NULL);
}

FreshetLibrary *
freshet_library_new (void)
{
  return g_object_new (FRESHET_TYPE_LIBRARY, NULL);
}

gboolean
freshet_library_start (FreshetLibrary *self, const BtConfig *config, GError **error)
{
  g_autoptr (BtSession) session = NULL;
  g_autoptr (GError) local_error = NULL;
  BtConfig any_port;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), FALSE);
  g_return_val_if_fail (self->session == NULL, FALSE);

  session = bt_session_new (config);
  if (!bt_session_start (session, &local_error))
    {
      if (config == NULL || config->port == 0)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      g_message ("%s; letting the system choose a port", local_error->message);
      any_port = *config;
      any_port.port = 0;
      g_object_unref (session);
      session = bt_session_new (&any_port);
      if (!bt_session_start (session, error))
        return FALSE;
    }
  self->session = g_steal_pointer (&session);
  return TRUE;
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (bt_session_stop_finish (BT_SESSION (object), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

void
freshet_library_stop_async (FreshetLibrary *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, freshet_library_stop_async);
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  for (guint i = 0; i < self->items->len; i++)
    disconnect_torrent (self, self->items->pdata[i]);
  if (self->session != NULL)
    bt_session_stop_async (self->session, stopped_cb, g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

gboolean
freshet_library_stop_finish (FreshetLibrary *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

BtSession *
freshet_library_get_session (FreshetLibrary *self)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);
  return self->session;
}

static void
insert_item (FreshetLibrary *self, guint position, FreshetTorrentItem *item)
{
  g_ptr_array_insert (self->items, (int) position, g_object_ref (item));
  connect_torrent (self, item);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, 1);
  start_refreshing (self);
}

static Removed *
find_removed (FreshetLibrary *self, BtTorrent *torrent)
{
  for (guint i = 0; i < self->removed->len; i++)
    {
      Removed *removed = self->removed->pdata[i];

      if (freshet_torrent_item_get_torrent (removed->item) == torrent)
        return removed;
    }
  return NULL;
}

FreshetTorrentItem *
freshet_library_add (FreshetLibrary *self, BtMetainfo *metainfo, const BtTorrentOptions *options, GError **error)
{
  g_autoptr (FreshetTorrentItem) item = NULL;
  BtTorrent *torrent;
  Removed *removed;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);

  if (self->session == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED, "The network cannot be used");
      return NULL;
    }

  /* One that was just removed is still known to the session; adding it again
   * means to start over, perhaps in another folder. */
  torrent = bt_session_find (self->session, bt_metainfo_get_info_hash (metainfo));
  removed = torrent != NULL ? find_removed (self, torrent) : NULL;
  if (removed != NULL)
    freshet_library_forget (self, removed->item);

  torrent = bt_session_add (self->session, metainfo, options, error);
  if (torrent == NULL)
    return NULL;
  item = freshet_torrent_item_new (torrent);
  insert_item (self, self->items->len, item);
  return item;
}

FreshetTorrentItem *
freshet_library_adopt (FreshetLibrary *self, BtTorrent *torrent)
{
  g_autoptr (FreshetTorrentItem) item = NULL;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);
  g_return_val_if_fail (g_hash_table_lookup (self->by_torrent, torrent) == NULL, NULL);

  item = freshet_torrent_item_new (torrent);
  insert_item (self, self->items->len, item);
  return item;
}

FreshetTorrentItem *
freshet_library_find (FreshetLibrary *self, const guint8 *info_hash)
{
  BtTorrent *torrent;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);

  torrent = self->session != NULL ? bt_session_find (self->session, info_hash) : NULL;
  return torrent != NULL ? g_hash_table_lookup (self->by_torrent, torrent) : NULL;
}

void
freshet_library_remove (FreshetLibrary *self, FreshetTorrentItem *item)
{
  Removed *removed;
  guint position;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  if (!g_ptr_array_find (self->items, item, &position))
    return;

  removed = g_new (Removed, 1);
  removed->item = g_object_ref (item);
  removed->position = position;
  removed->was_active = freshet_torrent_item_is_active (item);
  g_ptr_array_add (self->removed, removed);

  disconnect_torrent (self, item);
  freshet_torrent_item_pause (item);
  g_ptr_array_remove_index (self->items, position);
  g_list_model_items_changed (G_LIST_MODEL (self), position, 1, 0);
  start_refreshing (self);
}

void
freshet_library_restore (FreshetLibrary *self, FreshetTorrentItem *item)
{
  Removed *removed;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  removed = find_removed (self, freshet_torrent_item_get_torrent (item));
  if (removed == NULL)
    return;

  if (removed->was_active)
    freshet_torrent_item_start (item);
  freshet_torrent_item_refresh (item);
  insert_item (self, MIN (removed->position, self->items->len), item);
  g_ptr_array_remove (self->removed, removed);
}

void
freshet_library_forget (FreshetLibrary *self, FreshetTorrentItem *item)
{
  Removed *removed;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  removed = find_removed (self, freshet_torrent_item_get_torrent (item));
  if (removed == NULL)
    return;

  if (self->session != NULL)
    bt_session_remove (self->session, freshet_torrent_item_get_torrent (item));
  g_ptr_array_remove (self->removed, removed);
}

guint64
freshet_library_get_down_rate (FreshetLibrary *self)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), 0);
  return self->down_rate;
}

guint64
freshet_library_get_up_rate (FreshetLibrary *self)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), 0);
  return self->up_rate;
}
