/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

#include <string.h>

/* Torrents leave the list, and come back to it when somebody changes their mind. */

/* Neighbours that go or come in one change of the list. */
#define MOST_TOGETHER 64u

/* Torrents whose files are on their way to the trash at once: each is read
 * from the database for that. */
#define MOST_TRASHING 32u

static FreshetRemoved *
find_removed (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetRemoved *removed = g_hash_table_lookup (self->removed, freshet_torrent_item_peek_record (item)->hash);

  return removed != NULL && removed->item == item ? removed : NULL;
}

void
freshet_library_forget_removed (FreshetLibrary *self, const guint8 *hash)
{
  FreshetRemoved *removed = g_hash_table_lookup (self->removed, hash);

  if (removed != NULL)
    freshet_library_forget (self, removed->item);
}

static void
take_out (FreshetLibrary *self, guint position, gboolean with_files)
{
  FreshetTorrentItem *item = self->items->pdata[position];
  FreshetTorrentRecord *record = freshet_torrent_item_get_record (item);
  FreshetRemoved *removed = g_new0 (FreshetRemoved, 1);

  removed->item = g_object_ref (item);
  removed->position = position;
  removed->was_active = !record->paused;
  removed->with_files = with_files;
  g_hash_table_replace (self->removed, record->hash, removed);

  freshet_library_end_doze (self, item);
  freshet_library_has_started (self, item);
  freshet_library_disconnect_torrent (self, item);
  g_hash_table_remove (self->by_hash, record->hash);
  freshet_torrent_item_set_host (item, NULL, NULL);
  if (freshet_torrent_item_get_torrent (item) != NULL)
    bt_torrent_pause (freshet_torrent_item_get_torrent (item));
}

/* Neighbours. The last one goes first, so that each can come back to its
 * place when the first comes back first. */
static void
remove_range (FreshetLibrary *self, guint first, guint n, gboolean with_files)
{
  for (guint i = n; i > 0; i--)
    take_out (self, first + i - 1, with_files);
  g_ptr_array_remove_range (self->items, first, n);
  g_list_model_items_changed (G_LIST_MODEL (self), first, n, 0);
  freshet_library_run_queue (self, FALSE);
  freshet_library_start_refreshing (self);
}

void
freshet_library_remove (FreshetLibrary *self, FreshetTorrentItem *item)
{
  guint position;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  if (g_ptr_array_find (self->items, item, &position))
    remove_range (self, position, 1, FALSE);
}

void
freshet_library_remove_with_files (FreshetLibrary *self, FreshetTorrentItem *item)
{
  guint position;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  if (g_ptr_array_find (self->items, item, &position))
    remove_range (self, position, 1, TRUE);
}

void
freshet_library_restore (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetRemoved *removed;
  guint position;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  removed = find_removed (self, item);
  if (removed == NULL)
    return;
  freshet_torrent_item_get_record (item)->paused = !removed->was_active;
  position = MIN (removed->position, self->items->len);
  g_object_ref (item);
  g_hash_table_remove (self->removed, freshet_torrent_item_peek_record (item)->hash);
  freshet_torrent_item_refresh (item);
  freshet_library_insert_many (self, position, &item, 1);
  freshet_library_put (self, item);
  freshet_library_run_queue (self, FALSE);
}

/* It goes from the list, and its files stay. */
static void
forget_torrent (FreshetLibrary *self, FreshetTorrentItem *item)
{
  const FreshetTorrentRecord *record = freshet_torrent_item_peek_record (item);
  BtTorrent *torrent = freshet_torrent_item_get_torrent (item);

  if (self->store != NULL)
    freshet_store_remove (self->store, record->hash);
  if (self->session == NULL)
    return;
  if (torrent != NULL)
    bt_session_remove (self->session, torrent);
  else if (bt_session_find (self->session, record->hash) == NULL)
    bt_session_tidy (self->session, record->hash, record->folder);
}

void
freshet_library_forget (FreshetLibrary *self, FreshetTorrentItem *item)
{
  FreshetRemoved *removed;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  removed = find_removed (self, item);
  if (removed == NULL)
    return;
  if (removed->with_files)
    freshet_library_trash (self, item);
  else
    forget_torrent (self, item);
  g_hash_table_remove (self->removed, freshet_torrent_item_peek_record (item)->hash);
}

void
freshet_library_forget_all (FreshetLibrary *self)
{
  g_autoptr (GList) all = g_hash_table_get_values (self->removed);

  for (GList *l = all; l != NULL; l = l->next)
    freshet_library_forget (self, ((FreshetRemoved *) l->data)->item);
}

/* An item and where it was last seen. */
typedef struct
{
  FreshetTorrentItem *item;
  guint position;
} Place;

typedef struct
{
  GArray *places;  /* of Place; from the end of the list to its beginning, or the other way round */
  GPtrArray *items;
  gboolean with_files;
  void (*done) (gpointer data);
  gpointer data;
  GDestroyNotify free;
} Many;

static Many *
many_new (GPtrArray *items)
{
  Many *self = g_new0 (Many, 1);

  self->items = g_ptr_array_copy (items, (GCopyFunc) g_object_ref, NULL);
  g_ptr_array_set_free_func (self->items, g_object_unref);
  self->places = g_array_sized_new (FALSE, FALSE, sizeof (Place), items->len);
  return self;
}

static void
many_free (gpointer data)
{
  Many *self = data;

  if (self->free != NULL)
    self->free (self->data);
  g_ptr_array_unref (self->items);
  g_array_unref (self->places);
  g_free (self);
}

static void
many_done (gpointer data)
{
  Many *self = data;

  if (self->done != NULL)
    self->done (self->data);
}

static int
from_the_end (gconstpointer a, gconstpointer b)
{
  guint one = ((const Place *) a)->position, other = ((const Place *) b)->position;

  return one < other ? 1 : one > other ? -1 : 0;
}

static int
from_the_beginning (gconstpointer a, gconstpointer b)
{
  return from_the_end (b, a);
}

/* The list may have changed since it was begun. */
static gboolean
is_at (FreshetLibrary *self, const Place *place)
{
  return place->position < self->items->len && self->items->pdata[place->position] == place->item;
}

static guint
remove_step (FreshetLibrary *self, guint step, gpointer data)
{
  Many *many = data;
  const Place *last = &g_array_index (many->places, Place, step);
  guint n = 1, position;

  if (!is_at (self, last))
    {
      if (g_ptr_array_find (self->items, last->item, &position))
        remove_range (self, position, 1, many->with_files);
      return 1;
    }
  while (n < MOST_TOGETHER && step + n < many->places->len && last[n].position + n == last->position && is_at (self, &last[n]))
    n++;
  remove_range (self, last->position + 1 - n, n, many->with_files);
  return n;
}

void
freshet_library_remove_many (FreshetLibrary *self, GPtrArray *items, gboolean with_files, void (*done) (gpointer data),
                             gpointer data, GDestroyNotify free)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  Many *many;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  many = many_new (items);
  many->with_files = with_files;
  many->done = done;
  many->data = data;
  many->free = free;
  for (guint i = 0; i < items->len; i++)
    g_hash_table_add (wanted, items->pdata[i]);
  for (guint i = self->items->len; i > 0; i--)
    if (g_hash_table_contains (wanted, self->items->pdata[i - 1]))
      {
        Place place = { self->items->pdata[i - 1], i - 1 };

        g_array_append_val (many->places, place);
      }
  freshet_library_do_many (self, many->places->len, remove_step, many_done, many, many_free);
}

/* Returns: whether it is in the way of its neighbours; they come alone then */
static gboolean
may_come_back (FreshetLibrary *self, const Place *place)
{
  return find_removed (self, place->item) != NULL;
}

static guint
restore_step (FreshetLibrary *self, guint step, gpointer data)
{
  Many *many = data;
  const Place *first = &g_array_index (many->places, Place, step);
  FreshetTorrentItem *items[MOST_TOGETHER];
  guint n = 0;

  if (first->position > self->items->len)
    {
      freshet_library_restore (self, first->item);
      return 1;
    }
  while (n < MOST_TOGETHER && step + n < many->places->len && first[n].position == first->position + n &&
         may_come_back (self, &first[n]))
    {
      FreshetTorrentRecord *record = freshet_torrent_item_get_record (first[n].item);

      record->paused = !find_removed (self, first[n].item)->was_active;
      items[n] = g_object_ref (first[n].item);
      g_hash_table_remove (self->removed, record->hash);
      freshet_torrent_item_refresh (items[n]);
      n++;
    }
  if (n == 0)
    return 1;
  freshet_library_insert_many (self, first->position, items, n);
  for (guint i = 0; i < n; i++)
    freshet_library_put (self, items[i]);
  freshet_library_run_queue (self, FALSE);
  return n;
}

void
freshet_library_restore_many (FreshetLibrary *self, GPtrArray *items)
{
  Many *many;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  many = many_new (items);
  for (guint i = 0; i < items->len; i++)
    {
      const FreshetRemoved *removed = find_removed (self, items->pdata[i]);
      Place place = { items->pdata[i], removed == NULL ? 0 : removed->position };

      if (removed != NULL)
        g_array_append_val (many->places, place);
    }
  g_array_sort (many->places, from_the_beginning);
  freshet_library_do_many (self, many->places->len, restore_step, many_done, many, many_free);
}

static guint
forget_step (FreshetLibrary *self, guint step, gpointer data)
{
  Many *many = data;

  if (self->n_trashing >= MOST_TRASHING && !self->stopping)
    return 0;
  freshet_library_forget (self, many->items->pdata[step]);
  return 1;
}

void
freshet_library_forget_many (FreshetLibrary *self, GPtrArray *items)
{
  g_return_if_fail (FRESHET_IS_LIBRARY (self));
  freshet_library_do_many (self, items->len, forget_step, NULL, many_new (items), many_free);
}
