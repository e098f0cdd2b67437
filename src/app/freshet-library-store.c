/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

#include <string.h>

/* The library's dealings with its database: reading the list, keeping what
 * changes, waking torrents and putting them to sleep. */

/* Looks in a row, two a second, without anything to do, after which a torrent
 * goes to sleep. */
#define QUIET_LOOKS 6u

/* What the DHT keeps, among the database's values. */
#define DHT_KEY "dht"

static void
wake_item (FreshetTorrentItem *item, gpointer host)
{
  freshet_library_wake (host, item);
}

static void
start_item (FreshetTorrentItem *item, gpointer host)
{
  FreshetLibrary *self = host;

  freshet_torrent_item_get_record (item)->paused = FALSE;
  /* Also one that failed; the queue leaves those alone. */
  if (freshet_torrent_item_get_torrent (item) != NULL && freshet_torrent_item_get_state (item) == BT_TORRENT_ERROR)
    bt_torrent_start (freshet_torrent_item_get_torrent (item));
  else if (freshet_torrent_item_get_state (item) == BT_TORRENT_ERROR)
    freshet_library_wake (self, item);
  freshet_library_put (self, item);
  freshet_library_run_queue (self, FALSE);
}

static void
pause_item (FreshetTorrentItem *item, gpointer host)
{
  FreshetLibrary *self = host;

  freshet_torrent_item_get_record (item)->paused = TRUE;
  freshet_torrent_item_set_queued (item, FALSE);
  freshet_library_end_doze (self, item);
  freshet_library_has_started (self, item);
  if (freshet_torrent_item_get_torrent (item) != NULL)
    bt_torrent_pause (freshet_torrent_item_get_torrent (item));
  freshet_library_put (self, item);
  freshet_library_run_queue (self, FALSE);
}

/* One that is asleep has it done when it is awake. */
static void
recheck_woken_cb (FreshetTorrentItem *item, GParamSpec *pspec, FreshetLibrary *self)
{
  g_signal_handlers_disconnect_by_func (item, recheck_woken_cb, self);
  freshet_library_item_host.recheck (item, self);
}

static void
recheck_item (FreshetTorrentItem *item, gpointer host)
{
  FreshetLibrary *self = host;
  FreshetTorrentRecord *record = freshet_torrent_item_get_record (item);

  if (freshet_torrent_item_get_torrent (item) == NULL)
    {
      g_signal_connect_object (item, "notify::torrent", G_CALLBACK (recheck_woken_cb), self, 0);
      freshet_library_wake (self, item);
      return;
    }
  record->paused = FALSE;
  if (record->running_since == 0)
    record->running_since = g_get_real_time () / G_USEC_PER_SEC;
  freshet_torrent_item_set_queued (item, FALSE);
  freshet_library_put (self, item);
  bt_torrent_recheck (freshet_torrent_item_get_torrent (item));
}

const FreshetTorrentItemHost freshet_library_item_host = {
  .start = start_item,
  .pause = pause_item,
  .recheck = recheck_item,
  .wake = wake_item,
};

gboolean
freshet_library_keeps (FreshetLibrary *self, FreshetTorrentItem *item)
{
  return self->store != NULL && !freshet_torrent_item_peek_record (item)->temporary;
}

void
freshet_library_put (FreshetLibrary *self, FreshetTorrentItem *item)
{
  if (freshet_library_keeps (self, item))
    freshet_store_put (self->store, freshet_torrent_item_peek_record (item));
}

void
freshet_library_put_new (FreshetLibrary *self, FreshetTorrentItem *item)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);
  g_autoptr (GBytes) file = bt_torrent_dup_file (torrent);

  if (!freshet_library_keeps (self, item))
    return;
  freshet_library_put (self, item);
  if (file != NULL)
    freshet_store_put_metainfo (self->store, freshet_torrent_item_peek_record (item)->hash, file);
  bt_torrent_set_save_resume (torrent, TRUE);
}

void
freshet_library_put_order (FreshetLibrary *self)
{
  g_autoptr (GArray) hashes = g_array_sized_new (FALSE, FALSE, 1, self->items->len * BT_SHA1_LENGTH);

  for (guint i = 0; i < self->items->len; i++)
    {
      freshet_torrent_item_set_position (self->items->pdata[i], i);
      g_array_append_vals (hashes, freshet_torrent_item_peek_record (self->items->pdata[i])->hash, BT_SHA1_LENGTH);
    }
  self->next_position = self->items->len;
  if (self->store != NULL)
    freshet_store_put_order (self->store, hashes);
}

void
freshet_library_resume_ready_cb (FreshetLibrary *self, GBytes *record, gboolean clean, BtTorrent *torrent)
{
  FreshetTorrentItem *item = g_hash_table_lookup (self->by_torrent, torrent);
  FreshetTorrentRecord *kept;

  if (item == NULL || !freshet_library_keeps (self, item))
    return;
  kept = freshet_torrent_item_get_record (item);
  freshet_torrent_item_refresh (item);
  if (clean)
    kept->running_since = 0;
  /* It may have been made for that. */
  if (clean && freshet_torrent_item_get_state (item) == BT_TORRENT_SEEDING)
    freshet_library_doze_soon (self, item);
  /* Without the first one of a download all that there is would be read again. */
  if (clean || !freshet_torrent_item_note_kept (item))
    {
      freshet_store_put_resume (self->store, kept->hash, record, FALSE);
      freshet_store_put (self->store, kept);
      return;
    }
  freshet_store_put_resume (self->store, kept->hash, record, TRUE);
  freshet_store_put_counters (self->store, kept);
}

void
freshet_library_metadata_ready_cb (FreshetLibrary *self, BtTorrent *torrent)
{
  FreshetTorrentItem *item = g_hash_table_lookup (self->by_torrent, torrent);
  FreshetTorrentRecord *record;

  if (item == NULL)
    return;
  record = freshet_torrent_item_get_record (item);
  freshet_torrent_record_set_metainfo (record, bt_torrent_get_metainfo (torrent));
  g_clear_pointer (&record->magnet, g_free);
  freshet_torrent_item_refresh (item);
  g_object_notify (G_OBJECT (item), "name");
  freshet_library_put_new (self, item);
  g_signal_emit_by_name (self, "labels-changed");
  freshet_library_trackers_changed_cb (self, torrent);
}

void
freshet_library_trackers_changed_cb (FreshetLibrary *self, BtTorrent *torrent)
{
  FreshetTorrentItem *item = g_hash_table_lookup (self->by_torrent, torrent);
  g_autoptr (GArray) trackers = item == NULL ? NULL : bt_torrent_dup_trackers (torrent);

  if (item == NULL || !freshet_torrent_record_take_trackers (freshet_torrent_item_get_record (item), trackers))
    return;
  freshet_library_put (self, item);
  g_signal_emit_by_name (self, "labels-changed");
}

/* An item that is on its way to the engine. */
typedef struct
{
  FreshetLibrary *library;
  FreshetTorrentItem *item;
} Wake;

static void
wake_free (Wake *wake)
{
  g_object_unref (wake->library);
  g_object_unref (wake->item);
  g_free (wake);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Wake, wake_free)

static BtTorrent *
bring_in (FreshetLibrary *self, const FreshetTorrentRecord *record, FreshetStoreTorrent *stored, GError **error)
{
  BtTorrentOptions options = {
    .folder = record->folder,
    .done_folder = record->verified < record->wanted ? freshet_library_label_folder (self, record) : NULL,
    .paused = TRUE,
    .save_resume = TRUE,
    .resume = stored->resume,
    .running_since = record->running_since,
    .active_time = record->active_time,
    .seeding_time = record->seeding_time,
  };
  g_autoptr (BtMagnet) magnet = NULL;

  if (stored->metainfo != NULL)
    return bt_session_add (self->session, stored->metainfo, &options, error);
  if (record->magnet == NULL)
    {
      g_set_error_literal (error, BT_ERROR, BT_ERROR_MALFORMED, "Its torrent file was lost with the damaged library; add it again");
      return NULL;
    }
  magnet = bt_magnet_new (record->magnet, error);
  return magnet == NULL ? NULL : bt_session_add_magnet (self->session, magnet, &options, error);
}

/* One that dozed goes on being seeded; one whose turn has come begins; others
 * were woken to be looked at. */
static void
begin_woken (FreshetLibrary *self, FreshetTorrentItem *item, BtTorrent *torrent)
{
  gboolean dozed = freshet_torrent_item_is_dozing (item);
  gboolean in_turn = g_hash_table_contains (self->starting, item);

  freshet_torrent_item_set_rousing (item, dozed || (in_turn && freshet_torrent_item_is_complete (item)));
  freshet_torrent_item_set_torrent (item, torrent);
  freshet_library_connect_torrent (self, item);
  freshet_library_trackers_changed_cb (self, torrent);
  freshet_library_doze_ended (self, item);
  if (dozed)
    bt_torrent_start (torrent);
  else if (!in_turn || !freshet_library_begin (self, item))
    freshet_library_run_queue_soon (self);
  freshet_library_start_refreshing (self);
}

static void
woken_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (Wake) wake = data;
  FreshetLibrary *self = wake->library;
  g_autoptr (GError) error = NULL;
  g_autoptr (FreshetStoreTorrent) stored = freshet_store_load_finish (FRESHET_STORE (object), result, &error);
  BtTorrent *torrent;

  freshet_torrent_item_set_busy (wake->item, FALSE);
  if (stored == NULL || self->stopping || self->session == NULL ||
      g_hash_table_lookup (self->by_hash, freshet_torrent_item_peek_record (wake->item)->hash) != wake->item)
    {
      freshet_library_has_started (self, wake->item);
      return;
    }
  freshet_torrent_item_count_doze (wake->item);
  torrent = bring_in (self, freshet_torrent_item_peek_record (wake->item), stored, &error);
  if (torrent == NULL)
    {
      freshet_library_end_doze (self, wake->item);
      freshet_library_has_started (self, wake->item);
      freshet_torrent_item_fail (wake->item, g_steal_pointer (&error));
      return;
    }
  begin_woken (self, wake->item, torrent);
}

void
freshet_library_wake (FreshetLibrary *self, FreshetTorrentItem *item)
{
  Wake *wake;

  if (self->session == NULL || self->store == NULL || self->stopping || freshet_torrent_item_is_busy (item) ||
      freshet_torrent_item_get_torrent (item) != NULL)
    return;
  wake = g_new (Wake, 1);
  *wake = (Wake){ g_object_ref (self), g_object_ref (item) };
  freshet_torrent_item_set_busy (item, TRUE);
  freshet_store_load_async (self->store, freshet_torrent_item_peek_record (item)->hash, woken_cb, wake);
}

/* All that is known of it is in the database. */
static gboolean
may_sleep (FreshetLibrary *self, FreshetTorrentItem *item)
{
  const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);

  return freshet_library_keeps (self, item) && freshet_torrent_item_get_state (item) == BT_TORRENT_PAUSED &&
         !freshet_torrent_item_is_looked_at (item) && !freshet_torrent_item_is_busy (item) &&
         record->running_since == 0 && record->magnet == NULL;
}

static gboolean
may_doze (FreshetLibrary *self, FreshetTorrentItem *item)
{
  const BtTorrentStats *stats = freshet_torrent_item_peek_stats (item);

  return freshet_library_keeps (self, item) && stats->state == BT_TORRENT_SEEDING && stats->n_peers == 0 &&
         !freshet_torrent_item_is_looked_at (item);
}

gboolean
freshet_library_rest (FreshetLibrary *self)
{
  g_autoptr (GList) items = g_hash_table_get_values (self->by_torrent);
  gboolean soon = FALSE;

  for (GList *l = items; l != NULL; l = l->next)
    {
      FreshetTorrentItem *item = l->data;
      BtTorrent *torrent = freshet_torrent_item_get_torrent (item);
      guint *quiet = freshet_torrent_item_quiet_ticks (item);

      if (!may_sleep (self, item) && !may_doze (self, item))
        {
          *quiet = 0;
          continue;
        }
      soon = TRUE;
      if (++*quiet <= QUIET_LOOKS || freshet_library_doze (self, item) || !bt_session_put_away (self->session, torrent))
        continue;
      freshet_library_disconnect_torrent (self, item);
      freshet_torrent_item_set_torrent (item, NULL);
    }
  return soon;
}

static void
nodes_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (FreshetLibrary) self = data;
  g_autoptr (GBytes) nodes = freshet_store_get_value_finish (FRESHET_STORE (object), result);

  if (nodes != NULL && self->session != NULL && !self->stopping)
    bt_session_restore_dht_state (self->session, nodes);
}

void
freshet_library_put_nodes (FreshetLibrary *self)
{
  g_autoptr (GBytes) nodes = self->session != NULL && self->store != NULL ? bt_session_dup_dht_state (self->session) : NULL;

  if (nodes != NULL)
    freshet_store_put_value (self->store, DHT_KEY, nodes);
}

static void
store_state_cb (FreshetLibrary *self, guint state, const char *detail)
{
  g_signal_emit_by_name (self, "store-note", state, detail);
}

static void
store_writable_cb (FreshetLibrary *self, gboolean writable, const char *message)
{
  if (!writable)
    g_signal_emit_by_name (self, "store-note", FRESHET_STORE_FAILED, message);
}

static void
take_contents (FreshetLibrary *self, FreshetStoreContents *contents)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_full (contents->records->len, g_object_unref);

  g_ptr_array_set_free_func (contents->records, NULL);
  for (guint i = 0; i < contents->records->len; i++)
    {
      FreshetTorrentRecord *record = contents->records->pdata[i];

      self->next_position = MAX (self->next_position, record->position + 1);
      /* What somebody added before this was read goes on as it is. */
      if (g_hash_table_contains (self->by_hash, record->hash))
        freshet_torrent_record_free (record);
      else
        g_ptr_array_add (items, freshet_torrent_item_new_asleep (record));
    }
  g_ptr_array_set_size (contents->records, 0);
  for (guint i = 0; i < contents->labels->len; i++)
    g_ptr_array_add (self->labels, freshet_label_copy (contents->labels->pdata[i]));
  freshet_library_take_items (self, items);
}

static void
opened_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  FreshetLibrary *self = g_task_get_source_object (task);
  FreshetStore *store = FRESHET_STORE (object);
  g_autoptr (FreshetStoreContents) contents = freshet_store_open_finish (store, result);

  if (contents->state <= FRESHET_STORE_LOST && !self->stopping)
    {
      guint n_before = self->items->len;

      self->store = g_object_ref (store);
      g_signal_connect_object (store, "state", G_CALLBACK (store_state_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (store, "writable", G_CALLBACK (store_writable_cb), self, G_CONNECT_SWAPPED);
      for (guint i = 0; i < n_before; i++)
        freshet_library_put_new (self, self->items->pdata[i]);
      take_contents (self, contents);
      freshet_store_get_value_async (self->store, DHT_KEY, nodes_cb, g_object_ref (self));
      freshet_library_run_queue (self, TRUE);
    }
  if (contents->state != FRESHET_STORE_FINE)
    g_signal_emit_by_name (self, "store-note", contents->state,
                           contents->set_aside != NULL ? contents->set_aside : contents->message);
  g_task_return_boolean (task, contents->state <= FRESHET_STORE_LOST);
}

void
freshet_library_open_async (FreshetLibrary *self, const char *folder, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autofree char *standard = folder == NULL ? freshet_store_dup_default_folder () : NULL;
  g_autoptr (FreshetStore) store = NULL;
  GTask *task;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  g_return_if_fail (self->store == NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, freshet_library_open_async);
  store = freshet_store_new (folder != NULL ? folder : standard);
  freshet_store_open_async (store, opened_cb, task);
}

gboolean
freshet_library_open_finish (FreshetLibrary *self, GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), NULL);
}

FreshetStore *
freshet_library_get_store (FreshetLibrary *self)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);
  return self->store;
}
