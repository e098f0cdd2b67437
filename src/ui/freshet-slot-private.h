/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-slot-model.h"
#include "freshet-slot.h"

G_BEGIN_DECLS

struct _FreshetSlot
{
  GObject parent_instance;
  FreshetSlotModel *model; /* borrowed; NULL when it has no place there any more */
  guint position;
  gboolean pending;        /* the model is to show it */
  gboolean selected;       /* as the view was told */
  gpointer item;
  gpointer shown;
  gulong handler;          /* of @shown, while somebody watches a property */
  GArray *watches;         /* of Watch */
};

/* @item: (transfer full) */
FreshetSlot *freshet_slot_new      (FreshetSlotModel *model, guint position, gpointer item);
/* Shows what is there. */
void         freshet_slot_show     (FreshetSlot *self);
/* @slot is being finalized. */
void         freshet_slot_model_forget (FreshetSlotModel *self, FreshetSlot *slot);

G_END_DECLS
