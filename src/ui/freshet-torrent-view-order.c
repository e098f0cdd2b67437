/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-view-private.h"

/* In which order the torrents are, in both kinds of the view. */

/* Milliseconds between two times that what moves changes places: slowly
 * enough to be read. */
#define SORT_INTERVAL 2000

/* Names made ready in one turn of the main loop: a millisecond or two. */
#define PREPARE_ITEMS 50u

static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  FreshetTorrentView *self = data;
  int order = self->sort_spec->compare (a, b, NULL);

  return self->sort_order == GTK_SORT_DESCENDING ? -order : order;
}

/* The columns tell what is wanted, and one comparison does it: through the
 * sorter of the view, which asks several others, it takes twice as long. */
static void
sort_again (FreshetTorrentView *self)
{
  if (self->sort_spec != NULL)
    gtk_custom_sorter_set_sort_func (self->sorter, compare, self, NULL);
  else
    gtk_custom_sorter_set_sort_func (self->sorter, NULL, NULL, NULL);
}

static void
sorter_changed_cb (FreshetTorrentView *self)
{
  GtkSortType order;
  const FreshetColumnSpec *spec = freshet_column_find_sorted (self->columns, &order);

  if (self->sort_spec == spec && self->sort_order == order)
    return;
  self->sort_spec = spec;
  self->sort_order = order;
  freshet_torrent_view_show_top (self);
  sort_again (self);
  g_object_notify (G_OBJECT (self), "sort-column");
  g_object_notify (G_OBJECT (self), "sort-descending");
}

static gboolean
resort_cb (gpointer data)
{
  FreshetTorrentView *self = data;

  if (self->sort_spec != NULL && !g_str_equal (self->sort_spec->property, "name")
      && !g_str_equal (self->sort_spec->property, "size"))
    sort_again (self);
  return G_SOURCE_CONTINUE;
}

/* What names are sorted and searched by takes some microseconds each to make,
 * too much for ten thousand at once: made before somebody asks. */
static gboolean
prepare_cb (gpointer data)
{
  FreshetTorrentView *self = data;
  GListModel *library = self->library;
  guint n = g_list_model_get_n_items (library);

  for (guint i = 0; i < PREPARE_ITEMS && self->n_prepared < n; i++, self->n_prepared++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (library, self->n_prepared);

      freshet_torrent_item_peek_sort_key (item);
      freshet_torrent_item_peek_search_key (item);
    }
  if (self->n_prepared < n)
    return G_SOURCE_CONTINUE;
  self->prepare_source = 0;
  return G_SOURCE_REMOVE;
}

static void
library_changed_cb (FreshetTorrentView *self)
{
  if (self->prepare_source != 0)
    return;
  self->n_prepared = 0;
  self->prepare_source = g_idle_add_full (G_PRIORITY_LOW, prepare_cb, self, NULL);
  g_source_set_name_by_id (self->prepare_source, "freshet-torrent-view prepare");
}

void
freshet_torrent_view_begin_order (FreshetTorrentView *self)
{
  self->sorter = gtk_custom_sorter_new (NULL, NULL, NULL);
  self->sorted = gtk_sort_list_model_new (NULL, g_object_ref (GTK_SORTER (self->sorter)));
  g_signal_connect_object (gtk_column_view_get_sorter (self->columns), "changed", G_CALLBACK (sorter_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

void
freshet_torrent_view_prepare_order (FreshetTorrentView *self)
{
  g_signal_connect_object (self->library, "items-changed", G_CALLBACK (library_changed_cb), self, G_CONNECT_SWAPPED);
  library_changed_cb (self);
}

void
freshet_torrent_view_sort_by (FreshetTorrentView *self, const char *id, GtkSortType order)
{
  gtk_column_view_sort_by_column (self->columns, freshet_column_find (self->columns, id), order);
}

void
freshet_torrent_view_keep_order (FreshetTorrentView *self, gboolean keep)
{
  g_clear_handle_id (&self->sort_source, g_source_remove);
  if (!keep)
    return;
  self->sort_source = g_timeout_add (SORT_INTERVAL, resort_cb, self);
  g_source_set_name_by_id (self->sort_source, "freshet-torrent-view sort");
}

void
freshet_torrent_view_end_order (FreshetTorrentView *self)
{
  freshet_torrent_view_keep_order (self, FALSE);
  g_clear_handle_id (&self->prepare_source, g_source_remove);
}
