/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

/* Whose turn it is, seeding goals, the order, and labels. */

/* Seconds without a byte after which a torrent holds no slot of the queue. */
#define STALLED_DOWNLOAD 60
#define STALLED_SEED 180

/* Milliseconds in which changes come together: a run looks at all torrents. */
#define QUEUE_DELAY 50

static gboolean
is_running (FreshetTorrentItem *item)
{
  BtTorrentState state = freshet_torrent_item_get_state (item);

  return state != BT_TORRENT_PAUSED && state != BT_TORRENT_ERROR;
}

static gboolean
is_stalled (FreshetTorrentItem *item)
{
  const BtTorrentStats *stats = freshet_torrent_item_peek_stats (item);
  gint64 still = (g_get_monotonic_time () - freshet_torrent_item_get_moved_at (item)) / G_USEC_PER_SEC;

  if (stats->state == BT_TORRENT_SEEDING)
    return still >= STALLED_SEED;
  return (stats->state == BT_TORRENT_DOWNLOADING || stats->state == BT_TORRENT_METADATA) && still >= STALLED_DOWNLOAD;
}

static void
fill_entry (FreshetTorrentItem *item, FreshetQueueEntry *entry)
{
  const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);

  *entry = (FreshetQueueEntry){
    .wants = !record->paused && freshet_torrent_item_get_state (item) != BT_TORRENT_ERROR,
    .complete = freshet_torrent_item_is_complete (item),
    /* One that is on its way has its slot. */
    .running = is_running (item) || (freshet_torrent_item_is_busy (item) && !record->paused),
    .stalled = is_running (item) && is_stalled (item),
    .forced = record->forced,
  };
}

/* An item that starts when the database knows that its files may change. */
typedef struct
{
  FreshetLibrary *library;
  FreshetTorrentItem *item;
} Start;

static void
marked_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree Start *start = data;
  g_autoptr (FreshetLibrary) self = start->library;
  g_autoptr (FreshetTorrentItem) item = start->item;
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  freshet_store_flush_finish (FRESHET_STORE (object), result);
  freshet_torrent_item_set_busy (item, FALSE);
  if (torrent != NULL && !self->stopping && !freshet_torrent_item_peek_record (item)->paused &&
      g_hash_table_lookup (self->by_torrent, torrent) == item)
    bt_torrent_start (torrent);
}

/* Were it to begin before, and the program killed, a file with a newer time
 * than its record would look like somebody's change, and be checked as a whole. */
static void
start (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetTorrentRecord *record = freshet_torrent_item_get_record (item);
  gboolean mark = freshet_library_keeps (self, item) && record->running_since == 0 && !freshet_torrent_item_is_complete (item);
  Start *data;

  freshet_torrent_item_set_begun (item);
  if (mark)
    {
      record->running_since = g_get_real_time () / G_USEC_PER_SEC;
      freshet_library_put (self, item);
    }
  if (!mark || record->verified == 0)
    {
      bt_torrent_start (freshet_torrent_item_get_torrent (item));
      return;
    }
  data = g_new (Start, 1);
  *data = (Start){ g_object_ref (self), g_object_ref (item) };
  freshet_torrent_item_set_busy (item, TRUE);
  freshet_store_flush_async (self->store, marked_cb, data);
}

static void
apply (FreshetLibrary *self, FreshetTorrentItem *item, const FreshetQueueEntry *entry)
{
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  if (!entry->wants || freshet_torrent_item_is_busy (item) || g_hash_table_contains (self->starting, item))
    return;
  freshet_torrent_item_set_queued (item, !entry->run || (torrent == NULL && !entry->running));
  if (entry->run == entry->running)
    return;
  if (!entry->run)
    {
      freshet_library_end_doze (self, item);
      if (torrent != NULL)
        bt_torrent_pause (torrent);
      freshet_torrent_item_set_queued (item, TRUE);
    }
  else if (torrent == NULL)
    freshet_library_wake_in_turn (self, item);
  else
    start (self, item);
}

void
freshet_library_run_queue (FreshetLibrary *self, gboolean strict)
{
  g_autofree FreshetQueueEntry *entries = NULL;
  g_autoptr (GPtrArray) items = NULL;

  if (self->session == NULL || self->stopping || self->running_queue)
    return;
  if (self->in_batch)
    {
      self->queue_wanted = TRUE;
      return;
    }
  /* What is begun here says so at once, and that would come back to us. */
  self->running_queue = TRUE;
  g_queue_clear_full (&self->to_wake, g_object_unref);
  items = g_ptr_array_copy (self->items, (GCopyFunc) g_object_ref, NULL);
  g_ptr_array_set_free_func (items, g_object_unref);
  entries = g_new (FreshetQueueEntry, MAX (items->len, 1));
  for (guint i = 0; i < items->len; i++)
    fill_entry (items->pdata[i], &entries[i]);
  freshet_queue_plan (entries, items->len, self->limits, strict);
  for (guint i = 0; i < items->len; i++)
    apply (self, items->pdata[i], &entries[i]);
  self->running_queue = FALSE;
}

gboolean
freshet_library_begin (FreshetLibrary *self, FreshetTorrentItem *item)
{
  if (freshet_torrent_item_peek_record (item)->paused)
    return FALSE;
  freshet_torrent_item_set_queued (item, FALSE);
  start (self, item);
  return TRUE;
}

static gboolean
queue_cb (gpointer data)
{
  FreshetLibrary *self = data;

  self->queue_source = 0;
  freshet_library_run_queue (self, FALSE);
  return G_SOURCE_REMOVE;
}

void
freshet_library_run_queue_soon (FreshetLibrary *self)
{
  if (self->queue_source != 0 || self->stopping)
    return;
  self->queue_source = g_timeout_add (QUEUE_DELAY, queue_cb, self);
  g_source_set_name_by_id (self->queue_source, "freshet-library queue");
}

void
freshet_library_check_goals (FreshetLibrary *self)
{
  g_autoptr (GPtrArray) items = g_ptr_array_copy (self->items, (GCopyFunc) g_object_ref, NULL);
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_ptr_array_set_free_func (items, g_object_unref);
  for (guint i = 0; i < items->len; i++)
    {
      FreshetTorrentItem *item = items->pdata[i];
      const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);
      const BtTorrentStats *stats = freshet_torrent_item_peek_stats (item);
      FreshetGoals goals = freshet_goals_resolve (&record->goals, &self->goals);
      gint64 since = MAX (MAX (stats->last_active, stats->finished_at), freshet_torrent_item_get_begun (item));

      if (stats->state != BT_TORRENT_SEEDING || record->forced ||
          !freshet_goals_reached (&goals, freshet_torrent_item_get_ratio (item), stats->seeding_time,
                                  since == 0 ? 0 : (guint64) MAX (now - since, 0)))
        continue;
      freshet_torrent_item_pause (item);
      g_signal_emit_by_name (self, "goal-reached", item);
      if (goals.action == FRESHET_GOAL_REMOVE)
        {
          freshet_library_remove (self, item);
          freshet_library_forget (self, item);
        }
    }
}

void
freshet_library_set_queue_limits (FreshetLibrary *self, guint downloads, guint seeds)
{
  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  self->limits = (FreshetQueueLimits){ downloads, seeds };
  freshet_library_run_queue (self, TRUE);
}

void
freshet_library_set_goals (FreshetLibrary *self, const FreshetGoals *goals)
{
  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  self->goals = *goals;
}

void
freshet_library_set_item_goals (FreshetLibrary *self, FreshetTorrentItem *item, const FreshetGoals *goals)
{
  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  freshet_torrent_item_get_record (item)->goals = *goals;
  freshet_library_put (self, item);
}

void
freshet_library_set_forced (FreshetLibrary *self, FreshetTorrentItem *item, gboolean forced)
{
  FreshetTorrentRecord *record;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  record = freshet_torrent_item_get_record (item);
  record->forced = forced;
  if (forced)
    record->paused = FALSE;
  freshet_library_put (self, item);
  freshet_library_run_queue (self, TRUE);
  freshet_torrent_item_changed (item);
}

/* Takes the rows from @first to @last as they are now for new ones. */
static void
rows_moved (FreshetLibrary *self, guint first, guint last)
{
  freshet_library_put_order (self);
  g_list_model_items_changed (G_LIST_MODEL (self), first, last - first + 1, last - first + 1);
  freshet_library_run_queue (self, TRUE);
}

static void
move_one (GPtrArray *items, guint from, guint to)
{
  gpointer item = g_ptr_array_steal_index (items, from);

  g_ptr_array_insert (items, (int) to, item);
}

static gint
by_place (gconstpointer a, gconstpointer b)
{
  guint one = *(const guint *) a, other = *(const guint *) b;

  return one < other ? -1 : one > other;
}

/* Returns: (transfer full): where they are, in order */
static GArray *
find_places (FreshetLibrary *self, GPtrArray *items)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (guint));
  guint place;

  for (guint i = 0; i < items->len; i++)
    if (g_ptr_array_find (self->items, items->pdata[i], &place))
      g_array_append_val (places, place);
  g_array_sort (places, by_place);
  return places;
}

/* Taken out, the rows above the gap are fewer by those of them that move. */
void
freshet_library_move_to (FreshetLibrary *self, GPtrArray *items, guint gap)
{
  g_autoptr (GArray) places = NULL;
  guint first, last, to;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  places = find_places (self, items);
  if (places->len == 0)
    return;
  to = gap = MIN (gap, self->items->len);
  for (guint i = 0; i < places->len; i++)
    to -= g_array_index (places, guint, i) < gap ? 1 : 0;
  first = MIN (to, g_array_index (places, guint, 0));
  last = MAX (to + places->len, g_array_index (places, guint, places->len - 1) + 1) - 1;
  if (last - first + 1 == places->len)
    return;
  /* From the gap outwards, so that nothing is moved that has its place. */
  for (guint i = gap - to; i > 0; i--)
    move_one (self->items, g_array_index (places, guint, i - 1), to + i - 1);
  for (guint i = gap - to; i < places->len; i++)
    move_one (self->items, g_array_index (places, guint, i), to + i);
  rows_moved (self, first, last);
}

/* They stay together in their order; those at the border stay where they are. */
void
freshet_library_move (FreshetLibrary *self, GPtrArray *items, FreshetMove move)
{
  g_autoptr (GArray) places = NULL;
  guint n_items, first, last;
  gboolean down = move == FRESHET_MOVE_DOWN || move == FRESHET_MOVE_BOTTOM;
  gboolean far = move == FRESHET_MOVE_TOP || move == FRESHET_MOVE_BOTTOM;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  places = find_places (self, items);
  n_items = self->items->len;
  if (places->len == 0)
    return;
  first = g_array_index (places, guint, 0);
  last = g_array_index (places, guint, places->len - 1);
  for (guint i = 0; i < places->len; i++)
    {
      guint place = g_array_index (places, guint, down ? places->len - 1 - i : i);
      guint border = down ? n_items - 1 - i : i;
      guint to = far ? border : down ? MIN (place + 1, border) : MAX (place, border + 1) - 1;

      if (place != to)
        move_one (self->items, place, to);
      first = MIN (first, to);
      last = MAX (last, to);
    }
  rows_moved (self, first, last);
}

GPtrArray *
freshet_library_peek_labels (FreshetLibrary *self)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), NULL);
  return self->labels;
}

static gint
by_name (gconstpointer a, gconstpointer b)
{
  const FreshetLabel *one = *(FreshetLabel *const *) a, *other = *(FreshetLabel *const *) b;

  return g_utf8_collate (one->name, other->name);
}

static gboolean
has_id (gconstpointer label, gconstpointer id)
{
  return ((const FreshetLabel *) label)->id == *(const gint64 *) id;
}

static gint64
next_id (FreshetLibrary *self)
{
  gint64 most = 0;

  for (guint i = 0; i < self->labels->len; i++)
    most = MAX (most, ((FreshetLabel *) self->labels->pdata[i])->id);
  return most + 1;
}

/* Of GNOME's palette, one after the other for new labels. */
static const char *const colours[] = { "#3584e4", "#2ec27e", "#f5c211", "#e66100", "#c01c28", "#813d9c", "#865e3c", "#5e5c64" };

gint64
freshet_library_put_label (FreshetLibrary *self, gint64 id, const char *name, const char *colour, const char *folder)
{
  FreshetLabel *label = g_new (FreshetLabel, 1);
  guint old;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (self), 0);

  if (id == 0)
    id = next_id (self);
  if (colour == NULL)
    colour = colours[self->labels->len % G_N_ELEMENTS (colours)];
  /* Before the old one goes, which the words may belong to. */
  *label = (FreshetLabel){ id, g_strdup (name), g_strdup (colour), g_strdup (folder) };
  if (g_ptr_array_find_with_equal_func (self->labels, &id, has_id, &old))
    g_ptr_array_remove_index (self->labels, old);
  g_ptr_array_add (self->labels, label);
  g_ptr_array_sort (self->labels, by_name);
  for (guint i = 0; i < self->items->len; i++)
    if (freshet_torrent_item_has_label (self->items->pdata[i], id))
      freshet_library_apply_label_folder (self, self->items->pdata[i]);
  if (self->store != NULL)
    freshet_store_put_label (self->store, label);
  g_signal_emit_by_name (self, "labels-changed");
  return id;
}

void
freshet_library_remove_label (FreshetLibrary *self, gint64 id)
{
  guint old;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  if (!g_ptr_array_find_with_equal_func (self->labels, &id, has_id, &old))
    return;
  g_ptr_array_remove_index (self->labels, old);
  for (guint i = 0; i < self->items->len; i++)
    if (freshet_torrent_item_has_label (self->items->pdata[i], id))
      {
        freshet_torrent_record_set_label (freshet_torrent_item_get_record (self->items->pdata[i]), id, FALSE);
        freshet_torrent_item_changed (self->items->pdata[i]);
      }
  if (self->store != NULL)
    freshet_store_remove_label (self->store, id);
  g_signal_emit_by_name (self, "labels-changed");
}

void
freshet_library_set_label (FreshetLibrary *self, FreshetTorrentItem *item, gint64 id, gboolean has)
{
  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  if (freshet_torrent_item_has_label (item, id) == has)
    return;
  freshet_torrent_record_set_label (freshet_torrent_item_get_record (item), id, has);
  freshet_library_apply_label_folder (self, item);
  freshet_library_put (self, item);
  freshet_torrent_item_changed (item);
  g_signal_emit_by_name (self, "labels-changed");
}
