/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FreshetSlotModel:
 *
 * A #GtkSelectionModel of #FreshetSlot over another one, for a list view or a
 * column view. GTK keeps two hundred rows of which some forty can be seen, and
 * makes a new one for each item that comes among them, all in one turn of the
 * main loop. Over this model
 *
 * - a change that brings few new items among the rows is passed on as it is;
 * - with one that brings many, and with another order, the rows keep their
 *   places, and their slots have other items. The items are shown by freshet_slot_model_fill(), those that
 *   are seen first;
 * - places beyond those that were there are told of a few at a time, until the
 *   view has as many rows as it wants.
 *
 * Positions are those of the other model; the selection is that of the other.
 *
 * Signals:
 *
 * - `unsettled (FreshetSlotModel *self)`: there is something to fill
 * - `moved (FreshetSlotModel *self)`: slots have other items now
 */
#define FRESHET_TYPE_SLOT_MODEL (freshet_slot_model_get_type ())
G_DECLARE_FINAL_TYPE (FreshetSlotModel, freshet_slot_model, FRESHET, SLOT_MODEL, GObject)

FreshetSlotModel *freshet_slot_model_new     (GtkSelectionModel *source);
/* For a view that has no rows yet: it is told of a few places at a time. No
 * view may be using the model. */
void              freshet_slot_model_restart (FreshetSlotModel *self);
/**
 * freshet_slot_model_show:
 * @first: the first position that is seen
 * @last: the last
 * @deadline: monotonic time, microseconds; passed by the work for one row at most
 *
 * Returns: whether all between them show what is there
 */
gboolean          freshet_slot_model_show    (FreshetSlotModel *self, guint first, guint last, gint64 deadline);
/* As freshet_slot_model_show(), and then everything else that is to be done.
 * Returns: whether nothing is left */
gboolean          freshet_slot_model_fill    (FreshetSlotModel *self, guint first, guint last, gint64 deadline);

/* Fills the slots of @list, a #GtkListView or #GtkColumnView that uses the
 * model, for some milliseconds of each frame, as long as the list lives. */
void              freshet_slot_model_serve   (FreshetSlotModel *self, GtkWidget *list);

G_END_DECLS
