/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-slot-model.h"
#include "freshet-slot.h"

/* A list view's part is played here: it keeps a slot for each place from @top
 * on, as many as it has rows, and finds those that moved by what they are. */
#define N_ROWS 204u

typedef struct
{
  GListStore *store;
  GtkMultiSelection *selection;
  FreshetSlotModel *model;
  GPtrArray *rows; /* of FreshetSlot, owned */
  GHashTable *marked; /* of the slots whose rows look selected */
  guint top;
  guint n_items;
  guint n_made;    /* rows that had to be made */
  guint n_moved;   /* times that slots had other items */
} Fixture;

static gpointer
item_new (guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);

  return gtk_string_object_new (text);
}

static guint
number_of (gconstpointer item)
{
  return (guint) g_ascii_strtoull (gtk_string_object_get_string ((GtkStringObject *) item), NULL, 10);
}

static void
mark (Fixture *fixture, guint position, guint n)
{
  for (guint i = 0; i < fixture->rows->len; i++)
    {
      if (fixture->top + i < position || fixture->top + i >= position + n)
        continue;
      if (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->model), fixture->top + i))
        g_hash_table_add (fixture->marked, fixture->rows->pdata[i]);
      else
        g_hash_table_remove (fixture->marked, fixture->rows->pdata[i]);
    }
}

static void
make_rows (Fixture *fixture)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&fixture->rows);
  guint end = MIN (fixture->n_items, fixture->top + N_ROWS);

  fixture->rows = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = fixture->top; i < end; i++)
    {
      gpointer slot = g_list_model_get_item (G_LIST_MODEL (fixture->model), i);

      g_assert_true (FRESHET_IS_SLOT (slot));
      fixture->n_made += before == NULL || !g_ptr_array_find (before, slot, NULL) ? 1 : 0;
      g_ptr_array_add (fixture->rows, slot);
    }
  mark (fixture, 0, fixture->n_items);
}

static void
items_changed_cb (Fixture *fixture, guint position, guint removed, guint added)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (fixture->model));

  g_assert_cmpuint (fixture->n_items - removed + added, ==, n);
  fixture->n_items = n;
  fixture->top = MIN (fixture->top, n - MIN (n, N_ROWS));
  make_rows (fixture);
}

static void
selection_changed_cb (Fixture *fixture, guint position, guint n)
{
  g_assert_cmpuint (position + n, <=, fixture->n_items);
  mark (fixture, position, n);
}

static void
moved_cb (Fixture *fixture)
{
  fixture->n_moved++;
}

/* Each place has the item that is there. */
static void
assert_slots_fit (Fixture *fixture)
{
  g_assert_cmpuint (fixture->n_items, <=, g_list_model_get_n_items (G_LIST_MODEL (fixture->store)));
  for (guint i = 0; i < fixture->rows->len; i++)
    {
      g_autoptr (GObject) item = g_list_model_get_item (G_LIST_MODEL (fixture->selection), fixture->top + i);
      g_autoptr (GObject) slot = g_list_model_get_item (G_LIST_MODEL (fixture->model), fixture->top + i);

      g_assert_true (slot == fixture->rows->pdata[i]);
      g_assert_true (item == freshet_slot_get_item (fixture->rows->pdata[i]));
      g_assert_cmpint (g_hash_table_contains (fixture->marked, slot), ==,
                       gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->selection), fixture->top + i));
    }
}

static void
fill (Fixture *fixture)
{
  while (!freshet_slot_model_fill (fixture->model, 0, 40, G_MAXINT64))
    ;
  g_assert_cmpuint (fixture->n_items, ==, g_list_model_get_n_items (G_LIST_MODEL (fixture->store)));
  for (guint i = 0; i < fixture->rows->len; i++)
    g_assert_true (freshet_slot_get_shown (fixture->rows->pdata[i]) == freshet_slot_get_item (fixture->rows->pdata[i]));
}

static void
add (Fixture *fixture, guint position, guint removed, guint first, guint n)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (items, item_new (first + i));
  g_list_store_splice (fixture->store, position, removed, items->pdata, n);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->store = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  fixture->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (fixture->store)));
  fixture->model = freshet_slot_model_new (GTK_SELECTION_MODEL (fixture->selection));
  fixture->rows = g_ptr_array_new_with_free_func (g_object_unref);
  fixture->marked = g_hash_table_new (NULL, NULL);
  g_signal_connect_swapped (fixture->model, "items-changed", G_CALLBACK (items_changed_cb), fixture);
  g_signal_connect_swapped (fixture->model, "selection-changed", G_CALLBACK (selection_changed_cb), fixture);
  g_signal_connect_swapped (fixture->model, "moved", G_CALLBACK (moved_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->model, fixture);
  g_ptr_array_unref (fixture->rows);
  g_hash_table_unref (fixture->marked);
  g_object_unref (fixture->model);
  g_object_unref (fixture->selection);
  g_object_unref (fixture->store);
}

static void
test_few_are_shown_at_once (Fixture *fixture, gconstpointer data)
{
  add (fixture, 0, 0, 0, 3);
  g_assert_cmpuint (fixture->n_items, ==, 3);
  for (guint i = 0; i < 3; i++)
    g_assert_nonnull (freshet_slot_get_shown (fixture->rows->pdata[i]));
}

static void
test_many_come_in_steps (Fixture *fixture, gconstpointer data)
{
  add (fixture, 0, 0, 0, 10000);
  g_assert_cmpuint (fixture->n_items, >, 0);
  g_assert_cmpuint (fixture->n_items, <, 20);
  g_assert_null (freshet_slot_get_shown (fixture->rows->pdata[0]));
  /* No time: what is to be shown stays to be done. */
  g_assert_false (freshet_slot_model_fill (fixture->model, 0, 40, 0));
  g_assert_null (freshet_slot_get_shown (fixture->rows->pdata[0]));
  fill (fixture);
  g_assert_cmpuint (fixture->n_made, ==, N_ROWS);
}

static int
compare_down (gconstpointer a, gconstpointer b, gpointer data)
{
  guint x = number_of (a), y = number_of (b);

  return x > y ? -1 : x < y;
}

static void
test_new_order_makes_no_rows (Fixture *fixture, gconstpointer data)
{
  add (fixture, 0, 0, 0, 10000);
  fill (fixture);
  fixture->n_made = 0;
  g_list_store_sort (fixture->store, compare_down, NULL);
  g_assert_cmpuint (fixture->n_made, ==, 0);
  g_assert_cmpuint (fixture->n_moved, >, 0);
  assert_slots_fit (fixture);
  g_assert_cmpuint (number_of (freshet_slot_get_item (fixture->rows->pdata[0])), ==, 9999);
  fill (fixture);
}

static void
test_small_change_moves_rows (Fixture *fixture, gconstpointer data)
{
  gpointer slot;

  add (fixture, 0, 0, 0, 10000);
  fill (fixture);
  slot = fixture->rows->pdata[7];
  fixture->n_made = fixture->n_moved = 0;
  g_list_store_remove (fixture->store, 3);
  g_assert_true (fixture->rows->pdata[6] == slot);
  g_assert_cmpuint (number_of (freshet_slot_get_item (slot)), ==, 7);
  add (fixture, 0, 0, 20000, 2);
  g_assert_true (fixture->rows->pdata[8] == slot);
  g_assert_cmpuint (fixture->n_moved, ==, 0);
  g_assert_cmpuint (fixture->n_made, <=, 3);
  assert_slots_fit (fixture);
}

static void
test_fewer_while_at_the_end (Fixture *fixture, gconstpointer data)
{
  add (fixture, 0, 0, 0, 10000);
  fill (fixture);
  fixture->top = 9000;
  make_rows (fixture);
  fixture->n_made = 0;
  add (fixture, 0, 10000, 30000, 500);
  g_assert_cmpuint (fixture->n_made, ==, 0);
  assert_slots_fit (fixture);
  add (fixture, 0, 500, 40000, 50);
  g_assert_cmpuint (fixture->n_made, ==, 0);
  g_assert_cmpuint (fixture->rows->len, ==, 50);
  assert_slots_fit (fixture);
  add (fixture, 0, 50, 0, 0);
  g_assert_cmpuint (fixture->rows->len, ==, 0);
}

static void
test_selection_is_that_of_the_source (Fixture *fixture, gconstpointer data)
{
  GtkSelectionModel *model = GTK_SELECTION_MODEL (fixture->model);

  add (fixture, 0, 0, 0, 100);
  fill (fixture);
  gtk_selection_model_select_item (model, 5, TRUE);
  g_assert_true (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->selection), 5));
  /* It stays with its item. */
  g_list_store_sort (fixture->store, compare_down, NULL);
  g_assert_true (gtk_selection_model_is_selected (model, 94));
  g_assert_false (gtk_selection_model_is_selected (model, 5));
  gtk_selection_model_select_all (model);
  g_assert_true (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (fixture->selection), 99));
}

static void
count_cb (gpointer item, gpointer data)
{
  (*(guint *) data)++;
}

static void
test_watchers_are_told (Fixture *fixture, gconstpointer data)
{
  guint n_shown = 0;

  add (fixture, 0, 0, 0, 1000);
  freshet_slot_watch (fixture->rows->pdata[0], NULL, count_cb, &n_shown);
  g_assert_cmpuint (n_shown, ==, 0);
  fill (fixture);
  g_assert_cmpuint (n_shown, ==, 1);
  g_list_store_sort (fixture->store, compare_down, NULL);
  g_assert_cmpuint (n_shown, ==, 1);
  fill (fixture);
  g_assert_cmpuint (n_shown, ==, 2);
  freshet_slot_unwatch (fixture->rows->pdata[0], &n_shown);
  add (fixture, 0, 1000, 0, 1000);
  fill (fixture);
  g_assert_cmpuint (n_shown, ==, 2);
}

static void
change (Fixture *fixture, GRand *rand, guint step)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (fixture->store));
  guint position = (guint) g_rand_int_range (rand, 0, (gint) n + 1);
  guint most = g_rand_boolean (rand) ? 3 : 600;
  guint removed = (guint) g_rand_int_range (rand, 0, (gint) MIN (n - position, most) + 1);
  guint added = (guint) g_rand_int_range (rand, 0, (gint) most);

  switch (g_rand_int_range (rand, 0, 9))
    {
    case 0:
      g_list_store_sort (fixture->store, compare_down, NULL);
      break;
    case 1:
      fill (fixture);
      break;
    case 2:
      fixture->top = n > N_ROWS && fixture->n_items == n ? (guint) g_rand_int_range (rand, 0, (gint) (n - N_ROWS)) : 0;
      make_rows (fixture);
      break;
    case 4:
      gtk_selection_model_select_range (GTK_SELECTION_MODEL (fixture->model), position, removed, g_rand_boolean (rand));
      break;
    case 3:
      add (fixture, 0, n, step * 1000, (guint) g_rand_int_range (rand, 0, 900));
      break;
    default:
      add (fixture, position, removed, step * 1000, added);
    }
}

static void
test_any_changes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (GPOINTER_TO_UINT (data));

  for (guint step = 1; step < 300; step++)
    {
      change (fixture, rand, step);
      assert_slots_fit (fixture);
    }
  fill (fixture);
}

#define ADD(path, func) g_test_add ("/slots/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);

  ADD ("few-are-shown-at-once", test_few_are_shown_at_once);
  ADD ("many-come-in-steps", test_many_come_in_steps);
  ADD ("new-order-makes-no-rows", test_new_order_makes_no_rows);
  ADD ("small-change-moves-rows", test_small_change_moves_rows);
  ADD ("fewer-while-at-the-end", test_fewer_while_at_the_end);
  ADD ("selection-is-that-of-the-source", test_selection_is_that_of_the_source);
  ADD ("watchers-are-told", test_watchers_are_told);
  for (guint seed = 0; seed < 5; seed++)
    {
      g_autofree char *path = g_strdup_printf ("/slots/any-changes/%u", seed);

      g_test_add (path, Fixture, GUINT_TO_POINTER (seed), set_up, test_any_changes, tear_down);
    }
  return g_test_run ();
}
