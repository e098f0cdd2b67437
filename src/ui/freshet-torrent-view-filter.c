/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-view-private.h"

/* Which torrents of the library are shown. */

static gboolean
matches (gpointer item, gpointer data)
{
  FreshetTorrentView *self = data;

  return freshet_filter_matches (&self->wanted, item);
}

GtkFilter *
freshet_torrent_view_filter_new (FreshetTorrentView *self)
{
  return GTK_FILTER (gtk_custom_filter_new (matches, self, NULL));
}

static void
refilter (FreshetTorrentView *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static void
show_choice (FreshetTorrentView *self)
{
  freshet_torrent_view_show_top (self);
  refilter (self);
}

/* A torrent went from one group to another. */
static void
group_count_changed_cb (FreshetTorrentView *self)
{
  if (self->wanted.group != FRESHET_GROUP_ALL)
    refilter (self);
}

/* (nullable) */
static GPtrArray *
peek_labels (FreshetTorrentView *self)
{
  GListModel *library = self->library;

  return FRESHET_IS_LIBRARY (library) ? freshet_library_peek_labels (FRESHET_LIBRARY (library)) : NULL;
}

static gboolean
refilter_cb (gpointer data)
{
  FreshetTorrentView *self = data;

  self->refilter_source = 0;
  freshet_filter_set_labels (&self->wanted, peek_labels (self));
  refilter (self);
  return G_SOURCE_REMOVE;
}

/* It is told of each torrent, when many are given a label at once. */
static void
labels_changed_cb (FreshetTorrentView *self)
{
  if ((self->wanted.label == 0 && self->wanted.tracker == NULL && self->wanted.words == NULL) || self->refilter_source != 0)
    return;
  self->refilter_source = g_idle_add (refilter_cb, self);
  g_source_set_name_by_id (self->refilter_source, "freshet-torrent-view refilter");
}

void
freshet_torrent_view_watch_filtered (FreshetTorrentView *self, GListModel *library)
{
  GListModel *groups = freshet_groups_get (library);

  for (guint i = 0; i < FRESHET_N_GROUPS; i++)
    {
      g_autoptr (FreshetGroup) group = g_list_model_get_item (groups, i);

      g_signal_connect_object (group, "notify::count", G_CALLBACK (group_count_changed_cb), self, G_CONNECT_SWAPPED);
    }
  if (FRESHET_IS_LIBRARY (library))
    g_signal_connect_object (library, "labels-changed", G_CALLBACK (labels_changed_cb), self, G_CONNECT_SWAPPED);
}

void
freshet_torrent_view_set_choice (FreshetTorrentView *self, const FreshetFilter *choice)
{
  g_return_if_fail (FRESHET_IS_TORRENT_VIEW (self));

  if (self->wanted.group == choice->group && self->wanted.label == choice->label
      && g_strcmp0 (self->wanted.tracker, choice->tracker) == 0)
    return;
  self->wanted.group = choice->group;
  self->wanted.label = choice->label;
  freshet_filter_set_tracker (&self->wanted, choice->tracker);
  show_choice (self);
}

void
freshet_torrent_view_set_group (FreshetTorrentView *self, FreshetGroupKind group)
{
  freshet_torrent_view_set_choice (self, &(FreshetFilter){ .group = group });
}

void
freshet_torrent_view_set_search (FreshetTorrentView *self, const char *text)
{
  g_return_if_fail (FRESHET_IS_TORRENT_VIEW (self));

  freshet_filter_set_text (&self->wanted, text, peek_labels (self));
  show_choice (self);
}
