/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FreshetSlot:
 *
 * One place of a list, and what is there now. A row belongs to the place: when
 * another item comes there, its texts change, where GTK would throw the row
 * away and make one with all its widgets for the other item.
 *
 * What is there and what is shown may differ for a few frames, while a
 * #FreshetSlotModel has much to show.
 */
#define FRESHET_TYPE_SLOT (freshet_slot_get_type ())
G_DECLARE_FINAL_TYPE (FreshetSlot, freshet_slot, FRESHET, SLOT, GObject)

typedef void (*FreshetSlotFunc) (gpointer item, gpointer data);

/* Returns: (transfer none): what is there */
gpointer     freshet_slot_get_item   (FreshetSlot *self);
/* Returns: (transfer none) (nullable): what its row shows, NULL until it is first shown */
gpointer     freshet_slot_get_shown  (FreshetSlot *self);
/* @func: called with what is to be shown whenever that is another item, and at
 * once if there is one
 * @property: (nullable): of the item; @func is called when it changes as well */
void         freshet_slot_watch      (FreshetSlot *self, const char *property, FreshetSlotFunc func, gpointer data);
/* @data: as it was given to freshet_slot_watch() */
void         freshet_slot_unwatch    (FreshetSlot *self, gpointer data);

/* @child: of a list item; @slot: (nullable): whose row it is a part of */
void         freshet_slot_set_widget (GtkWidget *child, FreshetSlot *slot);
/* Returns: (transfer none) (nullable): of the row that @widget is, or of that it is a part of */
FreshetSlot *freshet_slot_of_widget  (GtkWidget *widget);
/* Returns: (transfer none) (nullable): what is there */
gpointer     freshet_slot_item_at    (GtkWidget *widget);

G_END_DECLS
