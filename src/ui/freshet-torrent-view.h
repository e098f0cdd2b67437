/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-filter.h"

G_BEGIN_DECLS

/**
 * FreshetTorrentView:
 *
 * The torrents, as comfortable rows or in compact columns; both show the same
 * part of the library in the same order, with the same selection.
 *
 * Properties: `compact`; `sort-column`, the id of a column or "" for the order
 * in which torrents were added; `sort-descending`. The action group `list` has
 * them as actions for menus, and `choose-columns`.
 *
 * Signals:
 *
 * - `selection-changed (FreshetTorrentView *self)`
 * - `activated (FreshetTorrentView *self)`: Return, or a double click
 */
#define FRESHET_TYPE_TORRENT_VIEW (freshet_torrent_view_get_type ())
G_DECLARE_FINAL_TYPE (FreshetTorrentView, freshet_torrent_view, FRESHET, TORRENT_VIEW, AdwBin)

/* @settings: (nullable): where the columns, the order and the kind of view are kept */
void         freshet_torrent_view_set_library (FreshetTorrentView *self, GListModel *library, GSettings *settings);
/* Returns: (transfer none): for menus outside of the view */
GActionGroup *freshet_torrent_view_get_actions (FreshetTorrentView *self);
/* Only torrents of that group. */
void         freshet_torrent_view_set_group   (FreshetTorrentView *self, FreshetGroupKind group);
/* Only torrents of that group, label and tracker. The words of @choice do not matter. */
void         freshet_torrent_view_set_choice  (FreshetTorrentView *self, const FreshetFilter *choice);
/* Only torrents whose names have all words of @text; "" for all. */
void         freshet_torrent_view_set_search  (FreshetTorrentView *self, const char *text);
/* In little width the rows give their sentences two lines. */
void         freshet_torrent_view_set_narrow  (FreshetTorrentView *self, gboolean narrow);
guint        freshet_torrent_view_get_n_selected (FreshetTorrentView *self);
/* Returns: (transfer full): of FreshetTorrentItem, in their order */
GPtrArray   *freshet_torrent_view_dup_selected (FreshetTorrentView *self);
/* Selects that one alone, if it is shown. */
void         freshet_torrent_view_select      (FreshetTorrentView *self, FreshetTorrentItem *item);
/* Of the row with the focus. Returns: whether there is one */
gboolean     freshet_torrent_view_popup_menu  (FreshetTorrentView *self);

G_END_DECLS
