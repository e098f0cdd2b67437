/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-slot-private.h"

/* How far below a row the widget may be that knows its slot. */
#define MOST_DEPTH 3u

typedef struct
{
  const char *property; /* NULL for none */
  FreshetSlotFunc func;
  gpointer data;
} Watch;

G_DEFINE_FINAL_TYPE (FreshetSlot, freshet_slot, G_TYPE_OBJECT)

static void
notify_cb (FreshetSlot *self, GParamSpec *pspec)
{
  for (guint i = 0; i < self->watches->len; i++)
    {
      Watch *watch = &g_array_index (self->watches, Watch, i);

      if (g_strcmp0 (watch->property, pspec->name) == 0)
        watch->func (self->shown, watch->data);
    }
}

static gboolean
has_properties (FreshetSlot *self)
{
  for (guint i = 0; i < self->watches->len; i++)
    if (g_array_index (self->watches, Watch, i).property != NULL)
      return TRUE;
  return FALSE;
}

/* One handler for all that is in the row. */
static void
listen (FreshetSlot *self)
{
  if (self->shown != NULL && self->handler == 0 && has_properties (self))
    self->handler = g_signal_connect_swapped (self->shown, "notify", G_CALLBACK (notify_cb), self);
}

static void
let_go (FreshetSlot *self)
{
  if (self->shown != NULL)
    g_clear_signal_handler (&self->handler, self->shown);
  g_clear_object (&self->shown);
}

static void
freshet_slot_finalize (GObject *object)
{
  FreshetSlot *self = FRESHET_SLOT (object);

  if (self->model != NULL)
    freshet_slot_model_forget (self->model, self);
  let_go (self);
  g_clear_object (&self->item);
  g_array_unref (self->watches);
  G_OBJECT_CLASS (freshet_slot_parent_class)->finalize (object);
}

static void
freshet_slot_class_init (FreshetSlotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = freshet_slot_finalize;
}

static void
freshet_slot_init (FreshetSlot *self)
{
  self->watches = g_array_new (FALSE, FALSE, sizeof (Watch));
}

FreshetSlot *
freshet_slot_new (FreshetSlotModel *model, guint position, gpointer item)
{
  FreshetSlot *self = g_object_new (FRESHET_TYPE_SLOT, NULL);

  self->model = model;
  self->position = position;
  self->item = item;
  return self;
}

void
freshet_slot_show (FreshetSlot *self)
{
  if (self->shown == self->item)
    return;
  let_go (self);
  self->shown = g_object_ref (self->item);
  listen (self);
  for (guint i = 0; i < self->watches->len; i++)
    {
      Watch *watch = &g_array_index (self->watches, Watch, i);

      watch->func (self->shown, watch->data);
    }
}

gpointer
freshet_slot_get_item (FreshetSlot *self)
{
  g_return_val_if_fail (FRESHET_IS_SLOT (self), NULL);
  return self->item;
}

gpointer
freshet_slot_get_shown (FreshetSlot *self)
{
  g_return_val_if_fail (FRESHET_IS_SLOT (self), NULL);
  return self->shown;
}

void
freshet_slot_watch (FreshetSlot *self, const char *property, FreshetSlotFunc func, gpointer data)
{
  Watch watch = { property, func, data };

  g_return_if_fail (FRESHET_IS_SLOT (self));

  g_array_append_val (self->watches, watch);
  listen (self);
  if (self->shown != NULL)
    func (self->shown, data);
}

void
freshet_slot_unwatch (FreshetSlot *self, gpointer data)
{
  g_return_if_fail (FRESHET_IS_SLOT (self));

  for (guint i = self->watches->len; i > 0; i--)
    if (g_array_index (self->watches, Watch, i - 1).data == data)
      g_array_remove_index (self->watches, i - 1);
}

/* Looking one up by its name takes longer, and this is done for each cell of
 * each row that is scrolled. */
static G_DEFINE_QUARK (freshet-slot, slot)

void
freshet_slot_set_widget (GtkWidget *child, FreshetSlot *slot)
{
  g_object_set_qdata (G_OBJECT (child), slot_quark (), slot);
}

static FreshetSlot *
find_below (GtkWidget *widget)
{
  for (guint depth = 0; widget != NULL && depth < MOST_DEPTH; depth++)
    {
      FreshetSlot *slot = g_object_get_qdata (G_OBJECT (widget), slot_quark ());

      if (slot != NULL)
        return slot;
      widget = gtk_widget_get_first_child (widget);
    }
  return NULL;
}

FreshetSlot *
freshet_slot_of_widget (GtkWidget *widget)
{
  for (; widget != NULL && !GTK_IS_SCROLLABLE (widget); widget = gtk_widget_get_parent (widget))
    {
      FreshetSlot *slot = find_below (widget);

      if (slot != NULL)
        return slot;
    }
  return NULL;
}

gpointer
freshet_slot_item_at (GtkWidget *widget)
{
  FreshetSlot *slot = freshet_slot_of_widget (widget);

  return slot != NULL ? slot->item : NULL;
}
