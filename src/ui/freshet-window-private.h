/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-add-request.h"
#include "freshet-details.h"
#include "freshet-sidebar.h"
#include "freshet-speed-button.h"
#include "freshet-status-bar.h"
#include "freshet-torrent-view.h"
#include "freshet-window.h"

G_BEGIN_DECLS

/* What is dragged over the window. */
typedef struct _FreshetDrop FreshetDrop;

struct _FreshetWindow
{
  AdwApplicationWindow parent_instance;
  FreshetLibrary *library;
  GSettings *settings; /* NULL where the schema is not installed */
  GCancellable *cancellable;

  AdwToastOverlay *toasts;
  AdwHeaderBar *header;
  GtkWidget *bottom_bar; /* has buttons of the header while the window is narrow */
  AdwWindowTitle *title;
  GtkWidget *add_button;
  GtkWidget *empty_page;
  AdwFlap *sidebar_flap;
  FreshetSidebar *sidebar;
  GtkWidget *search_button;
  GtkWidget *sort_button;
  GtkWidget *details_button;
  FreshetSpeedButton *speed_button;
  GtkSearchBar *search_bar;
  GtkSearchEntry *search_entry;
  FreshetTorrentView *view;
  FreshetStatusBar *status_bar;
  GPtrArray *selected; /* of FreshetTorrentItem, whose states are watched */
  guint selection_source;
  guint adapt_source;
  AdwFlap *details_flap;
  FreshetDetails *details;
  GtkRevealer *drop_revealer;
  AdwStatusPage *drop_page;
  FreshetDrop *drop;     /* NULL: nothing is dragged over it */
  gboolean drop_refused; /* what is dragged over it now */
  AdwToast *undo_toast;  /* NULL: no removal can be undone; a weak pointer */
  guint paste_source;    /* 0: no paste waits for what the clipboard has */
  guint n_fetches;       /* web addresses that are being fetched */
  GtkRevealer *demo_revealer;
  GtkProgressBar *demo_progress;

  FreshetDemo *demo;
  gulong demo_finished_handler;
  gint64 demo_began; /* when its download was added, monotonic */
};

/* freshet-window-actions.c */
void freshet_window_class_init_actions (FreshetWindowClass *klass);
void freshet_window_init_actions       (FreshetWindow *self);
/* What can be done with what is selected now. */
void freshet_window_update_actions     (FreshetWindow *self);

/* Returns: (transfer full): the selected FreshetTorrentItems */
GPtrArray *freshet_window_dup_selected (FreshetWindow *self);

/* freshet-window-files.c: removing, and moving files */
void freshet_window_class_init_files   (FreshetWindowClass *klass);
void freshet_window_watch_files        (FreshetWindow *self);
/* @items: the selected ones */
void freshet_window_update_file_actions (FreshetWindow *self, GPtrArray *items);

/* freshet-window-queue.c */
void freshet_window_class_init_queue   (FreshetWindowClass *klass);
void freshet_window_update_queue       (FreshetWindow *self, GPtrArray *items);

/* freshet-window.c */
/* @toast: (transfer full): lost when the window has gone */
void freshet_window_add_toast          (FreshetWindow *self, AdwToast *toast);

/* freshet-window-open.c */
/* How many magnet links a text has, one a line; or 1: it is a web address */
guint freshet_window_count_links       (const char *text);
void freshet_window_open_text          (FreshetWindow *self, const char *text);
void freshet_window_open_request       (FreshetWindow *self, FreshetAddRequest *request);
void freshet_window_paste              (FreshetWindow *self);
void freshet_window_choose_files       (FreshetWindow *self);

/* freshet-window-fetch.c */
/* Fetches the torrent at a web address, saying so meanwhile, and opens it. */
void freshet_window_fetch              (FreshetWindow *self, const char *address);

/* freshet-window-drop.c */
void freshet_window_init_drop          (FreshetWindow *self);

G_END_DECLS
