/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-slot-private.h"

/* The rows that GTK keeps, all versions of it until now: 200 and two beyond
 * each end. */
#define WINDOW 204u

/* A change is passed on when no more rows have to be made for it. */
#define FEW_NEW 6u

/* Nor may it be so long that GTK takes long to look where its rows went. */
#define MOST_PASSED 1000u

/* Places that are told of at once. Of a list that has no more, nothing waits. */
#define STEP 8u

struct _FreshetSlotModel
{
  GObject parent_instance;
  GtkSelectionModel *source;
  GHashTable *slots;  /* guint position -> FreshetSlot that somebody has, borrowed */
  GPtrArray *pending; /* of FreshetSlot, borrowed */
  guint n_told;       /* places that the view knows of */
};

enum
{
  UNSETTLED,
  MOVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static guint
count_source (FreshetSlotModel *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->source));
}

static void
put_slot (FreshetSlotModel *self, FreshetSlot *slot, guint position)
{
  slot->position = position;
  g_hash_table_insert (self->slots, GUINT_TO_POINTER (position), slot);
}

static void
make_pending (FreshetSlotModel *self, FreshetSlot *slot)
{
  if (slot->pending)
    return;
  slot->pending = TRUE;
  g_ptr_array_add (self->pending, slot);
  if (self->pending->len == 1)
    g_signal_emit (self, signals[UNSETTLED], 0);
}

static void
no_longer_pending (FreshetSlotModel *self, FreshetSlot *slot)
{
  if (slot->pending)
    g_ptr_array_remove_fast (self->pending, slot);
  slot->pending = FALSE;
}

void
freshet_slot_model_forget (FreshetSlotModel *self, FreshetSlot *slot)
{
  no_longer_pending (self, slot);
  if (g_hash_table_lookup (self->slots, GUINT_TO_POINTER (slot->position)) == slot)
    g_hash_table_remove (self->slots, GUINT_TO_POINTER (slot->position));
}

/* It has no place here any more; a view may still have it for a moment. */
static void
drop_slot (FreshetSlotModel *self, FreshetSlot *slot)
{
  no_longer_pending (self, slot);
  slot->model = NULL;
}

static GType
freshet_slot_model_get_item_type (GListModel *model)
{
  return FRESHET_TYPE_SLOT;
}

static guint
freshet_slot_model_get_n_items (GListModel *model)
{
  return FRESHET_SLOT_MODEL (model)->n_told;
}

static gpointer
freshet_slot_model_get_item (GListModel *model, guint position)
{
  FreshetSlotModel *self = FRESHET_SLOT_MODEL (model);
  FreshetSlot *slot;

  if (position >= self->n_told)
    return NULL;
  slot = g_hash_table_lookup (self->slots, GUINT_TO_POINTER (position));
  if (slot != NULL)
    return g_object_ref (slot);
  slot = freshet_slot_new (self, position, g_list_model_get_item (G_LIST_MODEL (self->source), position));
  slot->selected = gtk_selection_model_is_selected (self->source, position);
  put_slot (self, slot, position);
  if (count_source (self) <= STEP)
    freshet_slot_show (slot);
  else
    make_pending (self, slot);
  return slot;
}

static void
list_model_iface_init (GListModelInterface *iface)
{
  iface->get_item_type = freshet_slot_model_get_item_type;
  iface->get_n_items = freshet_slot_model_get_n_items;
  iface->get_item = freshet_slot_model_get_item;
}

static gboolean
freshet_slot_model_is_selected (GtkSelectionModel *model, guint position)
{
  return gtk_selection_model_is_selected (FRESHET_SLOT_MODEL (model)->source, position);
}

static GtkBitset *
freshet_slot_model_get_selection_in_range (GtkSelectionModel *model, guint position, guint n_items)
{
  return gtk_selection_model_get_selection_in_range (FRESHET_SLOT_MODEL (model)->source, position, n_items);
}

static gboolean
freshet_slot_model_select_item (GtkSelectionModel *model, guint position, gboolean unselect_rest)
{
  return gtk_selection_model_select_item (FRESHET_SLOT_MODEL (model)->source, position, unselect_rest);
}

static gboolean
freshet_slot_model_unselect_item (GtkSelectionModel *model, guint position)
{
  return gtk_selection_model_unselect_item (FRESHET_SLOT_MODEL (model)->source, position);
}

static gboolean
freshet_slot_model_select_range (GtkSelectionModel *model, guint position, guint n_items, gboolean unselect_rest)
{
  return gtk_selection_model_select_range (FRESHET_SLOT_MODEL (model)->source, position, n_items, unselect_rest);
}

static gboolean
freshet_slot_model_unselect_range (GtkSelectionModel *model, guint position, guint n_items)
{
  return gtk_selection_model_unselect_range (FRESHET_SLOT_MODEL (model)->source, position, n_items);
}

static gboolean
freshet_slot_model_select_all (GtkSelectionModel *model)
{
  return gtk_selection_model_select_all (FRESHET_SLOT_MODEL (model)->source);
}

static gboolean
freshet_slot_model_unselect_all (GtkSelectionModel *model)
{
  return gtk_selection_model_unselect_all (FRESHET_SLOT_MODEL (model)->source);
}

static gboolean
freshet_slot_model_set_selection (GtkSelectionModel *model, GtkBitset *selected, GtkBitset *mask)
{
  return gtk_selection_model_set_selection (FRESHET_SLOT_MODEL (model)->source, selected, mask);
}

static void
selection_model_iface_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = freshet_slot_model_is_selected;
  iface->get_selection_in_range = freshet_slot_model_get_selection_in_range;
  iface->select_item = freshet_slot_model_select_item;
  iface->unselect_item = freshet_slot_model_unselect_item;
  iface->select_range = freshet_slot_model_select_range;
  iface->unselect_range = freshet_slot_model_unselect_range;
  iface->select_all = freshet_slot_model_select_all;
  iface->unselect_all = freshet_slot_model_unselect_all;
  iface->set_selection = freshet_slot_model_set_selection;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (FreshetSlotModel, freshet_slot_model, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_iface_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_iface_init))

static void
tell (FreshetSlotModel *self, guint n)
{
  guint first = self->n_told;

  self->n_told += n;
  g_list_model_items_changed (G_LIST_MODEL (self), first, 0, n);
}

/* Where the view stops asking for rows, it may know of all places. */
static gboolean
has_enough_rows (FreshetSlotModel *self)
{
  return self->n_told > 0 && !g_hash_table_contains (self->slots, GUINT_TO_POINTER (self->n_told - 1));
}

static void
tell_at_once (FreshetSlotModel *self)
{
  guint n = count_source (self);

  if (self->n_told < MIN (n, STEP))
    tell (self, MIN (n, STEP) - self->n_told);
  if (self->n_told == n)
    return;
  if (has_enough_rows (self))
    tell (self, n - self->n_told);
  else
    g_signal_emit (self, signals[UNSETTLED], 0);
}

/* A copy: views let go of slots while they are told. Sorted by position.
 * Returns: (transfer full): of FreshetSlot, borrowed */
static GPtrArray *
dup_slots (FreshetSlotModel *self)
{
  GPtrArray *slots = g_ptr_array_sized_new (g_hash_table_size (self->slots));
  GHashTableIter iter;
  gpointer slot;

  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, &slot))
    g_ptr_array_add (slots, slot);
  return slots;
}

static int
compare_positions (gconstpointer a, gconstpointer b)
{
  guint x = (*(FreshetSlot *const *) a)->position, y = (*(FreshetSlot *const *) b)->position;

  return x < y ? -1 : x > y;
}

static gboolean
has_item_at (FreshetSlotModel *self, GHashTable *items, guint position)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->source), position);

  return g_hash_table_contains (items, item);
}

/* The rows that GTK would make if the change were passed on, or some number
 * above FEW_NEW. */
static guint
count_new_rows (FreshetSlotModel *self, GPtrArray *slots, guint position)
{
  g_autoptr (GHashTable) items = g_hash_table_new (NULL, NULL);
  guint n_source = count_source (self);
  guint n_new = 0, end = 0;

  for (guint i = 0; i < slots->len; i++)
    {
      FreshetSlot *slot = slots->pdata[i];

      g_hash_table_add (items, slot->item);
      end = MAX (end, slot->position + 1);
    }
  for (guint i = 0; i < slots->len && n_new <= FEW_NEW; i++)
    {
      guint place = ((FreshetSlot *) slots->pdata[i])->position;

      /* For those beyond the end others are made before it. */
      if (place >= n_source || (place >= position && !has_item_at (self, items, place)))
        n_new++;
    }
  for (guint i = slots->len; i < WINDOW && end < n_source && n_new <= FEW_NEW; i++, end++)
    if (!has_item_at (self, items, end))
      n_new++;
  return n_new;
}

/* Slots whose items are still among @added items from @position on go where
 * these went: GTK finds its rows by them. */
static void
place_slots (FreshetSlotModel *self, GPtrArray *slots, guint position, guint removed, guint added)
{
  g_autoptr (GHashTable) moved = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer slot;

  g_hash_table_remove_all (self->slots);
  for (guint i = 0; i < slots->len; i++)
    {
      FreshetSlot *other = slots->pdata[i];

      if (other->position < position)
        put_slot (self, other, other->position);
      else if (other->position - position >= removed)
        put_slot (self, other, other->position - removed + added);
      else
        g_hash_table_insert (moved, other->item, other);
    }
  for (guint i = 0; i < added && g_hash_table_size (moved) > 0; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->source), position + i);

      if (g_hash_table_steal_extended (moved, item, NULL, &slot))
        put_slot (self, slot, position + i);
    }
  g_hash_table_iter_init (&iter, moved);
  while (g_hash_table_iter_next (&iter, NULL, &slot))
    drop_slot (self, slot);
}

static void
pass_on (FreshetSlotModel *self, GPtrArray *slots, guint position, guint removed, guint added)
{
  place_slots (self, slots, position, removed, added);
  self->n_told = self->n_told - removed + added;
  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
}

static void
take_item (FreshetSlotModel *self, FreshetSlot *slot)
{
  g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (self->source), slot->position);

  if (g_set_object ((GObject **) &slot->item, item))
    make_pending (self, slot);
}

/* One by one: all cells of a row are told, and mostly few are others. */
static void
take_selection (FreshetSlotModel *self, FreshetSlot *slot)
{
  gboolean selected = gtk_selection_model_is_selected (self->source, slot->position);

  if (slot->selected == selected)
    return;
  slot->selected = selected;
  gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), slot->position, 1);
}

/* The view has rows beyond the new end: they go up, in their order, so that
 * none has to be made. */
static void
move_slots_up (FreshetSlotModel *self, GPtrArray *slots, guint n)
{
  guint first = n - MIN (n, slots->len);
  guint told = self->n_told;

  g_ptr_array_sort (slots, compare_positions);
  g_hash_table_remove_all (self->slots);
  for (guint i = 0; i < slots->len; i++)
    if (first + i < n)
      put_slot (self, slots->pdata[i], first + i);
    else
      drop_slot (self, slots->pdata[i]);
  self->n_told = n;
  g_list_model_items_changed (G_LIST_MODEL (self), first, told - first, n - first);
}

static void
keep_rows (FreshetSlotModel *self, GPtrArray *slots, guint position)
{
  guint n = MIN (self->n_told, count_source (self));
  g_autoptr (GPtrArray) left = NULL;
  guint end = 0;

  for (guint i = 0; i < slots->len; i++)
    end = MAX (end, ((FreshetSlot *) slots->pdata[i])->position + 1);
  if (end > n)
    {
      move_slots_up (self, slots, n);
      position = 0;
    }
  else if (n < self->n_told)
    {
      guint removed = self->n_told - n;

      self->n_told = n;
      g_list_model_items_changed (G_LIST_MODEL (self), n, removed, 0);
    }
  left = dup_slots (self);
  for (guint i = 0; i < left->len; i++)
    if (((FreshetSlot *) left->pdata[i])->position >= position)
      {
        take_item (self, left->pdata[i]);
        take_selection (self, left->pdata[i]);
      }
  g_signal_emit (self, signals[MOVED], 0);
}

static void
source_changed_cb (FreshetSlotModel *self, guint position, guint removed, guint added)
{
  guint n = count_source (self), n_before = n - added + removed;
  g_autoptr (GPtrArray) slots = dup_slots (self);
  gboolean inside = self->n_told == n_before || position + removed < self->n_told;
  /* With another order a view would follow the row at its top to wherever that went. */
  gboolean is_order = removed == added && removed > 1;

  if (self->n_told == n_before || position < self->n_told)
    {
      if (inside && !is_order && MIN (removed, added) <= MOST_PASSED && count_new_rows (self, slots, position) <= FEW_NEW)
        pass_on (self, slots, position, removed, added);
      else
        keep_rows (self, slots, position);
    }
  tell_at_once (self);
}

static void
source_selection_changed_cb (FreshetSlotModel *self, guint position, guint n_items)
{
  GHashTableIter iter;
  gpointer slot;

  g_hash_table_iter_init (&iter, self->slots);
  while (g_hash_table_iter_next (&iter, NULL, &slot))
    ((FreshetSlot *) slot)->selected = gtk_selection_model_is_selected (self->source, ((FreshetSlot *) slot)->position);
  if (position < self->n_told && n_items > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), position, MIN (n_items, self->n_told - position));
}

static void
freshet_slot_model_dispose (GObject *object)
{
  FreshetSlotModel *self = FRESHET_SLOT_MODEL (object);
  g_autoptr (GPtrArray) slots = dup_slots (self);

  for (guint i = 0; i < slots->len; i++)
    drop_slot (self, slots->pdata[i]);
  g_hash_table_remove_all (self->slots);
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);
  G_OBJECT_CLASS (freshet_slot_model_parent_class)->dispose (object);
}

static void
freshet_slot_model_finalize (GObject *object)
{
  FreshetSlotModel *self = FRESHET_SLOT_MODEL (object);

  g_hash_table_unref (self->slots);
  g_ptr_array_unref (self->pending);
  G_OBJECT_CLASS (freshet_slot_model_parent_class)->finalize (object);
}

static void
freshet_slot_model_class_init (FreshetSlotModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = freshet_slot_model_dispose;
  object_class->finalize = freshet_slot_model_finalize;
  signals[UNSETTLED] = g_signal_new ("unsettled", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                     G_TYPE_NONE, 0);
  signals[MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 0);
}

static void
freshet_slot_model_init (FreshetSlotModel *self)
{
  self->slots = g_hash_table_new (NULL, NULL);
  self->pending = g_ptr_array_new ();
}

FreshetSlotModel *
freshet_slot_model_new (GtkSelectionModel *source)
{
  FreshetSlotModel *self;

  g_return_val_if_fail (GTK_IS_SELECTION_MODEL (source), NULL);

  self = g_object_new (FRESHET_TYPE_SLOT_MODEL, NULL);
  self->source = g_object_ref (source);
  g_signal_connect_swapped (source, "items-changed", G_CALLBACK (source_changed_cb), self);
  g_signal_connect_swapped (source, "selection-changed", G_CALLBACK (source_selection_changed_cb), self);
  freshet_slot_model_restart (self);
  return self;
}

void
freshet_slot_model_restart (FreshetSlotModel *self)
{
  g_return_if_fail (FRESHET_IS_SLOT_MODEL (self));

  self->n_told = 0;
  tell_at_once (self);
}

gboolean
freshet_slot_model_show (FreshetSlotModel *self, guint first, guint last, gint64 deadline)
{
  g_return_val_if_fail (FRESHET_IS_SLOT_MODEL (self), TRUE);

  for (guint i = self->pending->len; i > 0; i--)
    {
      FreshetSlot *slot = self->pending->pdata[i - 1];

      if (slot->position < first || slot->position > last)
        continue;
      if (g_get_monotonic_time () > deadline)
        return FALSE;
      slot->pending = FALSE;
      g_ptr_array_remove_index_fast (self->pending, i - 1);
      freshet_slot_show (slot);
    }
  return TRUE;
}

gboolean
freshet_slot_model_fill (FreshetSlotModel *self, guint first, guint last, gint64 deadline)
{
  guint n;

  g_return_val_if_fail (FRESHET_IS_SLOT_MODEL (self), TRUE);

  if (!freshet_slot_model_show (self, first, last, deadline))
    return FALSE;
  n = count_source (self);
  while (self->n_told < n && g_get_monotonic_time () <= deadline)
    tell (self, has_enough_rows (self) ? n - self->n_told : MIN (STEP, n - self->n_told));
  return freshet_slot_model_show (self, first, last, deadline) && freshet_slot_model_show (self, 0, G_MAXUINT, deadline)
         && self->n_told == n;
}
