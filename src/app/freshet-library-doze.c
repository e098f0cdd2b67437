/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"
#include "freshet-work.h"

/* Torrents that are seeded while nobody is connected to them doze: the session
 * announces them, and all else of them is in the database until somebody comes.
 * So there can be ten thousand. */

/* On their way from the database to being seeded at once: what they need in
 * memory, and how long the main loop is busy with those that come together. */
#define MOST_STARTING 48u

/* Microseconds in which those that just began to be seeded are put to doze,
 * before the rest waits for the next turn of the main loop. */
#define DOZE_TIME 3000

/* Seconds between two looks at those that doze: for the goals of seeding. */
#define LOOK_INTERVAL 60

/* Looks until all of them had their times kept, a part at each ... */
#define LOOKS_TO_KEEP 60u

/* ... and until it is seen whether their files are still there. */
#define LOOKS_TO_PRESENCE 5u

void
freshet_library_init_doze (FreshetLibrary *self)
{
  self->starting = g_hash_table_new (NULL, NULL);
  self->fresh = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->to_wake);
}

void
freshet_library_clear_doze (FreshetLibrary *self)
{
  g_clear_handle_id (&self->fresh_source, g_source_remove);
  g_clear_handle_id (&self->doze_source, g_source_remove);
  g_ptr_array_set_size (self->fresh, 0);
  g_queue_clear_full (&self->to_wake, g_object_unref);
}

static void
wake_next (FreshetLibrary *self)
{
  while (!self->stopping && self->to_wake.length > 0 && g_hash_table_size (self->starting) < MOST_STARTING)
    {
      g_autoptr (FreshetTorrentItem) item = g_queue_pop_head (&self->to_wake);

      if (freshet_torrent_item_peek_record (item)->paused || freshet_torrent_item_get_torrent (item) != NULL ||
          freshet_torrent_item_is_busy (item) || freshet_torrent_item_is_dozing (item) ||
          freshet_library_find (self, freshet_torrent_item_peek_record (item)->hash) != item)
        continue;
      g_hash_table_add (self->starting, item);
      freshet_library_wake (self, item);
      if (!freshet_torrent_item_is_busy (item))
        g_hash_table_remove (self->starting, item);
    }
}

void
freshet_library_wake_in_turn (FreshetLibrary *self, FreshetTorrentItem *item)
{
  g_queue_push_tail (&self->to_wake, g_object_ref (item));
  wake_next (self);
}

void
freshet_library_has_started (FreshetLibrary *self, FreshetTorrentItem *item)
{
  if (g_hash_table_remove (self->starting, item))
    wake_next (self);
}

/* Notices files that went while nobody looks at them, all in one go. */
typedef struct
{
  GPtrArray *items; /* of FreshetTorrentItem; not looked at by the thread */
  GPtrArray *paths; /* of char * */
  GArray *gone;     /* of guint: indices */
} Presence;

static void
presence_free (gpointer data)
{
  Presence *self = data;

  g_ptr_array_unref (self->items);
  g_ptr_array_unref (self->paths);
  g_array_unref (self->gone);
  g_free (self);
}

static void
presence_work (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
  Presence *self = data;

  for (guint i = 0; i < self->paths->len; i++)
    if (!g_file_test (self->paths->pdata[i], G_FILE_TEST_EXISTS))
      g_array_append_val (self->gone, i);
  g_task_return_boolean (task, TRUE);
}

/* Awake, its files are looked at, and it says what is wrong. */
static void
presence_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  FreshetLibrary *self = FRESHET_LIBRARY (object);
  Presence *presence = g_task_get_task_data (G_TASK (result));

  for (guint i = 0; i < presence->gone->len && !self->stopping; i++)
    {
      FreshetTorrentItem *item = presence->items->pdata[g_array_index (presence->gone, guint, i)];

      if (freshet_torrent_item_is_dozing (item))
        freshet_library_wake (self, item);
    }
}

static void
check_presence (FreshetLibrary *self)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, presence_cb, NULL);
  Presence *presence = g_new (Presence, 1);

  presence->items = g_ptr_array_new_with_free_func (g_object_unref);
  presence->paths = g_ptr_array_new_with_free_func (g_free);
  presence->gone = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < self->items->len; i++)
    {
      FreshetTorrentItem *item = self->items->pdata[i];
      const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);

      if (!freshet_torrent_item_is_dozing (item))
        continue;
      g_ptr_array_add (presence->items, g_object_ref (item));
      g_ptr_array_add (presence->paths, g_build_filename (record->folder, record->name, NULL));
    }
  g_task_set_source_tag (task, check_presence);
  g_task_set_task_data (task, presence, presence_free);
  freshet_work_run (task, presence_work);
}

static gboolean
look_cb (gpointer data)
{
  FreshetLibrary *self = data;
  guint part = ++self->n_doze_looks % LOOKS_TO_KEEP;

  for (guint i = 0; i < self->items->len; i++)
    {
      freshet_torrent_item_count_doze (self->items->pdata[i]);
      if (i % LOOKS_TO_KEEP == part && freshet_torrent_item_is_dozing (self->items->pdata[i]))
        freshet_store_put_counters (self->store, freshet_torrent_item_peek_record (self->items->pdata[i]));
    }
  freshet_library_check_goals (self);
  freshet_library_run_queue (self, FALSE);
  if (self->n_doze_looks % LOOKS_TO_PRESENCE == 0)
    check_presence (self);
  return G_SOURCE_CONTINUE;
}

gboolean
freshet_library_doze (FreshetLibrary *self, FreshetTorrentItem *item)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  if (torrent == NULL || freshet_torrent_item_get_state (item) != BT_TORRENT_SEEDING || freshet_torrent_item_is_looked_at (item) ||
      freshet_torrent_item_is_busy (item) || !freshet_library_keeps (self, item))
    return FALSE;
  freshet_torrent_item_refresh (item);
  if (!bt_session_doze (self->session, torrent))
    return FALSE;
  freshet_library_disconnect_torrent (self, item);
  freshet_torrent_item_begin_doze (item);
  freshet_torrent_item_set_torrent (item, NULL);
  self->n_dozing++;
  if (self->doze_source == 0)
    {
      self->doze_source = g_timeout_add_seconds (LOOK_INTERVAL, look_cb, self);
      g_source_set_name_by_id (self->doze_source, "freshet-library doze");
    }
  return TRUE;
}

static gboolean
fresh_cb (gpointer data)
{
  FreshetLibrary *self = data;
  gint64 until = g_get_monotonic_time () + DOZE_TIME;

  while (self->fresh->len > 0 && g_get_monotonic_time () < until)
    {
      g_autoptr (FreshetTorrentItem) item = g_ptr_array_steal_index_fast (self->fresh, self->fresh->len - 1);

      freshet_library_doze (self, item);
    }
  if (self->fresh->len > 0)
    return G_SOURCE_CONTINUE;
  self->fresh_source = 0;
  return G_SOURCE_REMOVE;
}

void
freshet_library_doze_soon (FreshetLibrary *self, FreshetTorrentItem *item)
{
  if (self->stopping || !freshet_library_keeps (self, item))
    return;
  g_ptr_array_add (self->fresh, g_object_ref (item));
  if (self->fresh_source != 0)
    return;
  /* Before more of them are woken. */
  self->fresh_source = g_idle_add_full (G_PRIORITY_DEFAULT, fresh_cb, self, NULL);
  g_source_set_name_by_id (self->fresh_source, "freshet-library fresh");
}

void
freshet_library_doze_ended (FreshetLibrary *self, FreshetTorrentItem *item)
{
  if (!freshet_torrent_item_is_dozing (item))
    return;
  freshet_torrent_item_forget_doze (item);
  if (--self->n_dozing == 0)
    g_clear_handle_id (&self->doze_source, g_source_remove);
}

void
freshet_library_end_doze (FreshetLibrary *self, FreshetTorrentItem *item)
{
  freshet_torrent_item_set_rousing (item, FALSE);
  if (!freshet_torrent_item_is_dozing (item))
    return;
  if (self->session != NULL)
    bt_session_end_doze (self->session, freshet_torrent_item_peek_record (item)->hash);
  freshet_torrent_item_end_doze (item);
  if (--self->n_dozing == 0)
    g_clear_handle_id (&self->doze_source, g_source_remove);
}

void
freshet_library_wanted_cb (FreshetLibrary *self, const guint8 *info_hash)
{
  FreshetTorrentItem *item = freshet_library_find (self, info_hash);

  if (item != NULL)
    freshet_library_wake (self, item);
}

void
freshet_library_announce (FreshetLibrary *self, FreshetTorrentItem *item)
{
  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  if (freshet_torrent_item_get_torrent (item) != NULL)
    bt_torrent_announce (freshet_torrent_item_get_torrent (item));
  else if (self->session != NULL)
    bt_session_announce_dozing (self->session, freshet_torrent_item_peek_record (item)->hash);
}
