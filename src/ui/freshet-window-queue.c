/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-goals-dialog.h"
#include "freshet-label-dialog.h"
#include "freshet-window-private.h"

/* The order of the queue, which is that of the list, goals and labels. */

static const struct
{
  const char *action;
  FreshetMove move;
} moves[] = {
  { "win.queue-top", FRESHET_MOVE_TOP },
  { "win.queue-up", FRESHET_MOVE_UP },
  { "win.queue-down", FRESHET_MOVE_DOWN },
  { "win.queue-bottom", FRESHET_MOVE_BOTTOM },
};

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    if (g_str_equal (moves[i].action, name))
      freshet_library_move (self->library, items, moves[i].move);
}

/* Past the queue. */
static void
start_now_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  for (guint i = 0; i < items->len; i++)
    freshet_library_set_forced (self->library, items->pdata[i], TRUE);
}

static void
labels_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  if (items->len > 0)
    gtk_window_present (GTK_WINDOW (freshet_label_dialog_new (GTK_WINDOW (self), self->library, items)));
}

static void
goals_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  if (items->len > 0)
    gtk_window_present (GTK_WINDOW (freshet_goals_dialog_new (GTK_WINDOW (self), self->library, items)));
}

void
freshet_window_update_queue (FreshetWindow *self, GPtrArray *items)
{
  gboolean waits = FALSE;

  for (guint i = 0; i < items->len; i++)
    waits |= freshet_torrent_item_peek_stats (items->pdata[i])->queued;
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), moves[i].action, items->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.start-now", waits);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.labels", items->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.goals", items->len > 0);
}

void
freshet_window_class_init_queue (FreshetWindowClass *klass)
{
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), moves[i].action, NULL, move_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "win.start-now", NULL, start_now_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "win.labels", NULL, labels_action);
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "win.goals", NULL, goals_action);
}
