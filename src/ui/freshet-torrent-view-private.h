/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-column.h"
#include "freshet-slot-model.h"
#include "freshet-torrent-view.h"

G_BEGIN_DECLS

struct _FreshetTorrentView
{
  AdwBin parent_instance;
  GSettings *settings; /* NULL: nothing is remembered */
  GSimpleActionGroup *actions;

  GListModel *library;
  GtkCustomSorter *sorter;
  GtkSortListModel *sorted;
  GtkFilter *filter;
  GtkFilterListModel *filtered;
  GtkMultiSelection *selection;
  FreshetSlotModel *slots;  /* of what is selected from: what the lists have */
  FreshetFilter wanted;
  guint refilter_source;

  GtkWidget *nothing_page;
  GtkWidget *rows_page;
  GtkWidget *columns_page;
  GtkListView *list;
  GtkColumnView *columns;
  GtkWidget *menu;     /* made when it is first asked for */

  GMenuModel *columns_model;
  GtkWidget *columns_menu; /* made when it is first asked for */

  gboolean compact;
  gboolean narrow;
  const FreshetColumnSpec *sort_spec; /* NULL: the order of the library */
  GtkSortType sort_order;
  guint prepare_source;
  guint n_prepared;    /* items whose names are ready to be sorted and searched */
  guint sort_source;
  guint save_source;
  guint n_dragged;     /* rows */
  GtkWidget *marked;   /* weak: the cell beside which what is dragged would go */
};

/* freshet-torrent-view.c */
/* Somebody chose what is shown, or in which order: the first of it is seen. */
void freshet_torrent_view_show_top        (FreshetTorrentView *self);

/* freshet-torrent-view-drag.c: rows change places in the queue */
void freshet_torrent_view_begin_drag      (FreshetTorrentView *self);

/* freshet-torrent-view-filter.c */
/* Returns: (transfer full): of what is wanted of @self */
GtkFilter *freshet_torrent_view_filter_new (FreshetTorrentView *self);
/* Filters again when torrents of @library have another state or label. */
void freshet_torrent_view_watch_filtered  (FreshetTorrentView *self, GListModel *library);

/* freshet-torrent-view-focus.c: the focus stays with its torrent */
void freshet_torrent_view_begin_focus     (FreshetTorrentView *self);

/* freshet-torrent-view-menu.c */
/* Selects that one alone, unless it is selected. */
void freshet_torrent_view_select_item     (FreshetTorrentView *self, gpointer item);
void freshet_torrent_view_secondary_pressed_cb (FreshetTorrentView *self, int n_press, double x, double y,
                                                GtkGestureClick *gesture);

/* freshet-torrent-view-order.c */
void freshet_torrent_view_begin_order     (FreshetTorrentView *self);
/* Makes ready what names are compared by, whenever the library has others. */
void freshet_torrent_view_prepare_order   (FreshetTorrentView *self);
/* @id: of a column, or "" */
void freshet_torrent_view_sort_by         (FreshetTorrentView *self, const char *id, GtkSortType order);
/* Whether what changes goes to its new place now and then. */
void freshet_torrent_view_keep_order      (FreshetTorrentView *self, gboolean keep);
void freshet_torrent_view_end_order       (FreshetTorrentView *self);

/* freshet-torrent-view-rows.c */
void freshet_torrent_view_begin_rows      (FreshetTorrentView *self);

/* freshet-torrent-view-columns.c */
void freshet_torrent_view_begin_columns   (FreshetTorrentView *self);
/* As they were when the settings were last written. */
void freshet_torrent_view_restore_columns (FreshetTorrentView *self);
/* Writes what has not been written, and lets go of the menus. */
void freshet_torrent_view_end_columns     (FreshetTorrentView *self);

G_END_DECLS
