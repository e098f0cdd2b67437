/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

#include <string.h>

/* Seconds that files may take into the trash when the program ends. */
#define TRASH_TIME 5

/* Milliseconds between two looks at the engine: as often as numbers that
 * change can be read. */
#define REFRESH_INTERVAL 500

/* Looks at the engine to one at the queue and goals. */
#define HOUSEKEEPING 10

/* ... and until the nodes of the DHT are kept, besides at the end. */
#define NODES_KEPT 1200

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
  FAILED,
  STORE_NOTE,
  GOAL_REACHED,
  LABELS_CHANGED,
  FILES_LEFT,
  FILES_SHARED,
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

void
freshet_library_removed_free (gpointer data)
{
  FreshetRemoved *removed = data;

  g_object_unref (removed->item);
  g_free (removed);
}

static guint
hash_key (gconstpointer key)
{
  guint value;

  memcpy (&value, key, sizeof value);
  return value;
}

static gboolean
hash_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, BT_SHA1_LENGTH) == 0;
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

/* Returns: whether there is more to do */
static gboolean
keep_house (FreshetLibrary *self)
{
  if (++self->n_refreshes % NODES_KEPT == 0)
    freshet_library_put_nodes (self);
  if (self->n_refreshes % HOUSEKEEPING == 0)
    {
      freshet_library_check_goals (self);
      freshet_library_run_queue (self, FALSE);
    }
  return freshet_library_rest (self);
}

/* Goes on until the rates have died away too, which takes a few seconds. */
static gboolean
refresh_cb (gpointer data)
{
  FreshetLibrary *self = data;
  g_autoptr (GList) items = g_hash_table_get_values (self->by_torrent);
  gboolean more = FALSE;

  for (GList *l = items; l != NULL; l = l->next)
    {
      freshet_torrent_item_refresh (l->data);
      more |= freshet_torrent_item_is_active (l->data) || freshet_torrent_item_peek_stats (l->data)->moving;
    }
  refresh_rates (self);
  more |= keep_house (self);
  if (more || self->down_rate > 0 || self->up_rate > 0)
    return G_SOURCE_CONTINUE;
  self->refresh_source = 0;
  return G_SOURCE_REMOVE;
}

void
freshet_library_start_refreshing (FreshetLibrary *self)
{
  if (self->refresh_source != 0 || self->stopping)
    return;
  self->refresh_source = g_timeout_add (REFRESH_INTERVAL, refresh_cb, self);
  g_source_set_name_by_id (self->refresh_source, "freshet-library refresh");
}

/* Of a torrent that somebody began without asking us: a link that was looked
 * into, or a file that is wanted after all. */
static void
note_running (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetTorrentRecord *record = freshet_torrent_item_get_record (item);

  if (freshet_torrent_item_get_state (item) == BT_TORRENT_PAUSED || freshet_torrent_item_get_state (item) == BT_TORRENT_ERROR ||
      (!record->paused && record->running_since != 0))
    return;
  /* What is complete is only read: see start() of the queue. */
  if (!record->paused && freshet_torrent_item_is_complete (item) && freshet_torrent_item_get_state (item) == BT_TORRENT_SEEDING)
    return;
  record->paused = FALSE;
  record->running_since = g_get_real_time () / G_USEC_PER_SEC;
  freshet_library_put (self, item);
}

static void
state_changed_cb (FreshetLibrary *self, guint state, BtTorrent *torrent)
{
  FreshetTorrentItem *item = g_hash_table_lookup (self->by_torrent, torrent);

  if (item == NULL)
    return;
  freshet_torrent_item_refresh (item);
  note_running (self, item);
  if (state != BT_TORRENT_CHECKING)
    freshet_library_has_started (self, item);
  if (state == BT_TORRENT_SEEDING)
    freshet_library_doze_soon (self, item);
  /* A slot of the queue may be free. */
  if (state == BT_TORRENT_SEEDING || state == BT_TORRENT_ERROR)
    freshet_library_run_queue_soon (self);
  freshet_library_start_refreshing (self);
  if (state == BT_TORRENT_ERROR)
    g_signal_emit (self, signals[FAILED], 0, item);
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

void
freshet_library_connect_torrent (FreshetLibrary *self, FreshetTorrentItem *item)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  if (torrent == NULL)
    return;
  g_hash_table_insert (self->by_torrent, torrent, item);
  g_signal_connect_object (torrent, "state-changed", G_CALLBACK (state_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrent, "finished", G_CALLBACK (finished_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrent, "place-changed", G_CALLBACK (freshet_library_place_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrent, "ask-neighbours", G_CALLBACK (freshet_library_ask_neighbours_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrent, "files-shared", G_CALLBACK (freshet_library_files_shared_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrent, "resume-ready", G_CALLBACK (freshet_library_resume_ready_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrent, "trackers-changed", G_CALLBACK (freshet_library_trackers_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (torrent, "metadata-ready", G_CALLBACK (freshet_library_metadata_ready_cb), self, G_CONNECT_SWAPPED);
}

void
freshet_library_disconnect_torrent (FreshetLibrary *self, FreshetTorrentItem *item)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  if (torrent == NULL)
    return;
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
  g_clear_handle_id (&self->queue_source, g_source_remove);
  g_clear_handle_id (&self->stop_source, g_source_remove);
  freshet_library_clear_doze (self);
  freshet_library_clear_batches (self);
  self->stopping = TRUE;
  g_clear_object (&self->session);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (freshet_library_parent_class)->dispose (object);
}

static void
freshet_library_finalize (GObject *object)
{
  FreshetLibrary *self = FRESHET_LIBRARY (object);

  for (guint i = 0; i < self->items->len; i++)
    freshet_torrent_item_set_host (self->items->pdata[i], NULL, NULL);
  g_hash_table_unref (self->by_torrent);
  g_hash_table_unref (self->by_hash);
  g_hash_table_unref (self->starting);
  g_ptr_array_unref (self->fresh);
  g_free (self->incomplete_folder);
  g_ptr_array_unref (self->labels);
  g_hash_table_unref (self->removed);
  g_ptr_array_unref (self->arriving);
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

  signals[FILES_LEFT] = g_signal_new ("files-left", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_ERROR, G_TYPE_UINT);
  signals[FILES_SHARED] = g_signal_new ("files-shared", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, FRESHET_TYPE_TORRENT_ITEM);
  signals[FINISHED] = g_signal_new ("finished", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 1, FRESHET_TYPE_TORRENT_ITEM);
  signals[STORE_NOTE] = g_signal_new ("store-note", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_STRING);
  signals[GOAL_REACHED] = g_signal_new ("goal-reached", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                        G_TYPE_NONE, 1, FRESHET_TYPE_TORRENT_ITEM);
  signals[LABELS_CHANGED] = g_signal_new ("labels-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
freshet_library_init (FreshetLibrary *self)
{
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->removed = g_hash_table_new_full (hash_key, hash_equal, NULL, freshet_library_removed_free);
  freshet_library_init_batches (self);
  self->by_torrent = g_hash_table_new (NULL, NULL);
  self->by_hash = g_hash_table_new (hash_key, hash_equal);
  freshet_library_init_doze (self);
  self->labels = g_ptr_array_new_with_free_func ((GDestroyNotify) freshet_label_free);
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
  g_signal_connect_object (self->session, "wanted", G_CALLBACK (freshet_library_wanted_cb), self, G_CONNECT_SWAPPED);
  return TRUE;
}

static void
store_closed_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  freshet_store_close_finish (FRESHET_STORE (object), result);
  g_task_return_boolean (task, TRUE);
}

static void
keep_the_rest (FreshetLibrary *self)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      FreshetTorrentItem *item = self->items->pdata[i];

      freshet_torrent_item_count_doze (item);
      if (freshet_torrent_item_get_torrent (item) != NULL || freshet_torrent_item_is_dozing (item))
        freshet_library_put (self, item);
    }
}

static void
stopped_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  FreshetLibrary *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (object != NULL && !bt_session_stop_finish (BT_SESSION (object), result, &error))
    g_message ("Not everything could be stopped well: %s", error->message);
  for (guint i = 0; i < self->items->len; i++)
    freshet_library_disconnect_torrent (self, self->items->pdata[i]);
  if (self->store == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  keep_the_rest (self);
  freshet_store_close_async (self->store, store_closed_cb, g_steal_pointer (&task));
}

void
freshet_library_stop_session (FreshetLibrary *self, GTask *task)
{
  if (self->session != NULL)
    bt_session_stop_async (self->session, stopped_cb, task);
  else
    stopped_cb (NULL, NULL, task);
}

static gboolean
waited_enough_cb (gpointer data)
{
  FreshetLibrary *self = data;

  self->stop_source = 0;
  freshet_library_stop_session (self, g_steal_pointer (&self->stop_task));
  return G_SOURCE_REMOVE;
}

/* Who ends the program while Undo is offered does not want to undo. */
static void
forget_removed (FreshetLibrary *self)
{
  freshet_library_finish_batches (self);
  freshet_library_forget_all (self);
}

void
freshet_library_stop_async (FreshetLibrary *self, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, freshet_library_stop_async);
  forget_removed (self);
  freshet_library_put_nodes (self);
  self->stopping = TRUE;
  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_handle_id (&self->queue_source, g_source_remove);
  freshet_library_clear_doze (self);
  if (self->n_trashing == 0)
    {
      freshet_library_stop_session (self, g_steal_pointer (&task));
      return;
    }
  self->stop_task = g_steal_pointer (&task);
  self->stop_source = g_timeout_add_seconds (TRASH_TIME, waited_enough_cb, self);
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
enlist (FreshetLibrary *self, FreshetTorrentItem *item)
{
  g_hash_table_insert (self->by_hash, freshet_torrent_item_get_record (item)->hash, item);
  freshet_torrent_item_set_host (item, &freshet_library_item_host, self);
  freshet_library_connect_torrent (self, item);
}

void
freshet_library_insert_many (FreshetLibrary *self, guint position, FreshetTorrentItem **items, guint n_items)
{
  guint n_before = self->items->len;

  g_ptr_array_set_size (self->items, (int) (n_before + n_items));
  memmove (&self->items->pdata[position + n_items], &self->items->pdata[position], (n_before - position) * sizeof (gpointer));
  for (guint i = 0; i < n_items; i++)
    {
      self->items->pdata[position + i] = items[i];
      if (g_hash_table_lookup (self->by_hash, freshet_torrent_item_get_record (items[i])->hash) != items[i])
        enlist (self, items[i]);
    }
  g_list_model_items_changed (G_LIST_MODEL (self), position, 0, n_items);
  freshet_library_start_refreshing (self);
}

void
freshet_library_insert (FreshetLibrary *self, guint position, FreshetTorrentItem *item)
{
  g_object_ref (item);
  if (self->in_batch && position == self->items->len)
    {
      g_ptr_array_add (self->arriving, item);
      enlist (self, item);
      return;
    }
  freshet_library_insert_many (self, position, &item, 1);
}

void
freshet_library_take_items (FreshetLibrary *self, GPtrArray *items)
{
  guint n_items = items->len;

  for (guint i = 0; i < n_items; i++)
    enlist (self, items->pdata[i]);
  /* Those that were added while the database was read come last. */
  for (guint i = 0; i < self->items->len; i++)
    g_ptr_array_add (items, g_object_ref (self->items->pdata[i]));
  g_ptr_array_set_size (self->items, 0);
  g_ptr_array_extend_and_steal (self->items, g_ptr_array_ref (items));
  if (n_items > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, n_items);
}

FreshetTorrentItem *
freshet_library_find (FreshetLibrary *self, const guint8 *info_hash)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);
  return g_hash_table_lookup (self->by_hash, info_hash);
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
