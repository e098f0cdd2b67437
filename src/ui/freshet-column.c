/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-bar.h"
#include "freshet-column.h"
#include "freshet-inscription.h"
#include "freshet-slot.h"

typedef struct
{
  const FreshetColumnSpec *spec;
  GtkWidget *label;
  GtkWidget *bar;    /* NULL but for PROGRESS */
  FreshetSlot *slot; /* owned; NULL while the cell is in no row */
} Cell;

static G_DEFINE_QUARK (freshet-cell, cell)

static void
let_go (Cell *cell)
{
  if (cell->slot != NULL)
    freshet_slot_unwatch (cell->slot, cell);
  g_clear_object (&cell->slot);
}

static void
cell_free (gpointer data)
{
  let_go (data);
  g_free (data);
}

static gboolean
is_text (const FreshetColumnSpec *spec)
{
  return spec->kind == FRESHET_COLUMN_TEXT || spec->kind == FRESHET_COLUMN_WORD;
}

static void
show_cell (gpointer item, gpointer data)
{
  Cell *cell = data;
  g_autofree char *text = cell->spec->format (item);

  freshet_inscription_set_text (GTK_INSCRIPTION (cell->label), text, !is_text (cell->spec));
  if (cell->bar != NULL)
    {
      freshet_bar_set_fraction (FRESHET_BAR (cell->bar), cell->spec->fraction (item));
      freshet_bar_set_class (FRESHET_BAR (cell->bar), cell->spec->bar_class != NULL ? cell->spec->bar_class (item) : NULL);
    }
}

/* Made only for the cell that the pointer rests on. */
static gboolean
query_tooltip_cb (GtkWidget *label, int x, int y, gboolean keyboard, GtkTooltip *tooltip, Cell *cell)
{
  g_autofree char *text = cell->slot != NULL ? cell->spec->tooltip (freshet_slot_get_item (cell->slot)) : NULL;

  gtk_tooltip_set_text (tooltip, text);
  return text != NULL && text[0] != '\0';
}

static GtkWidget *
label_new (const FreshetColumnSpec *spec)
{
  gboolean text = is_text (spec);

  return g_object_new (GTK_TYPE_INSCRIPTION, "xalign", text ? 0.0f : 1.0f, "min-chars", spec->chars, "nat-chars",
                       spec->chars, "min-lines", MAX (spec->lines, 1), "text-overflow", GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_END,
                       "wrap-mode", PANGO_WRAP_CHAR, "hexpand", spec->kind == FRESHET_COLUMN_TEXT, NULL);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, const FreshetColumnSpec *spec)
{
  Cell *cell = g_new0 (Cell, 1);
  GtkWidget *child;

  cell->spec = spec;
  cell->label = child = label_new (spec);
  gtk_widget_add_css_class (cell->label, is_text (spec) ? "text" : "numeric");
  if (spec->kind == FRESHET_COLUMN_PROGRESS)
    {
      child = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      cell->bar = g_object_new (FRESHET_TYPE_BAR, "valign", GTK_ALIGN_CENTER, "hexpand", TRUE, NULL);
      gtk_accessible_update_property (GTK_ACCESSIBLE (cell->bar), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      g_dpgettext2 (NULL, "column", spec->title), -1);
      gtk_box_append (GTK_BOX (child), cell->bar);
      gtk_box_append (GTK_BOX (child), cell->label);
    }
  if (spec->tooltip != NULL)
    {
      gtk_widget_set_has_tooltip (cell->label, TRUE);
      g_signal_connect (cell->label, "query-tooltip", G_CALLBACK (query_tooltip_cb), cell);
    }
  g_object_set_qdata_full (G_OBJECT (list_item), cell_quark (), cell, cell_free);
  gtk_list_item_set_child (list_item, child);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, const FreshetColumnSpec *spec)
{
  Cell *cell = g_object_get_qdata (G_OBJECT (list_item), cell_quark ());

  cell->slot = g_object_ref (gtk_list_item_get_item (list_item));
  freshet_slot_set_widget (gtk_list_item_get_child (list_item), cell->slot);
  freshet_slot_watch (cell->slot, spec->property, show_cell, cell);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, const FreshetColumnSpec *spec)
{
  Cell *cell = g_object_get_qdata (G_OBJECT (list_item), cell_quark ());

  freshet_slot_set_widget (gtk_list_item_get_child (list_item), NULL);
  let_go (cell);
}

/* While not NULL, comparing tells who was asked to compare first. */
typedef struct
{
  const FreshetColumnSpec *first;
} Probe;

static Probe *probe;

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer data)
{
  const FreshetColumnSpec *spec = data;

  if (probe == NULL)
    return spec->compare (a, b, NULL);
  if (probe->first == NULL)
    probe->first = spec;
  return GTK_ORDERING_LARGER;
}

/* GTK 4.8 does not tell by which column its view is sorted, but its sorter
 * asks that column first, and turns the answer round if the order is turned. */
const FreshetColumnSpec *
freshet_column_find_sorted (GtkColumnView *view, GtkSortType *order)
{
  Probe first = { NULL };
  GtkOrdering answer;

  probe = &first;
  answer = gtk_sorter_compare (gtk_column_view_get_sorter (view), view, gtk_column_view_get_columns (view));
  probe = NULL;
  *order = answer == GTK_ORDERING_SMALLER ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING;
  return first.first;
}

GtkColumnViewColumn *
freshet_column_find (GtkColumnView *view, const char *id)
{
  GListModel *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      /* The view keeps it. */
      if (g_str_equal (freshet_column_get_spec (column)->id, id))
        return column;
    }
  return NULL;
}

GtkColumnViewColumn *
freshet_column_new (const FreshetColumnSpec *spec)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), (gpointer) spec);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), (gpointer) spec);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), (gpointer) spec);
  column = gtk_column_view_column_new (g_dpgettext2 (NULL, "column", spec->title), factory);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_expand (column, spec->kind == FRESHET_COLUMN_TEXT);
  gtk_column_view_column_set_visible (column, !spec->hidden);
  if (spec->compare != NULL)
    {
      g_autoptr (GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_cb, (gpointer) spec, NULL));

      gtk_column_view_column_set_sorter (column, sorter);
    }
  g_object_set_data (G_OBJECT (column), "freshet-column-spec", (gpointer) spec);
  return column;
}

static gboolean
show_right_edge_cb (GtkWidget *view, GdkFrameClock *clock, gpointer data)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));

  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment));
  return G_SOURCE_REMOVE;
}

/* It comes while sizes are given out, when nothing can be scrolled. */
static void
extent_changed_cb (GtkAdjustment *adjustment, GtkColumnView *view)
{
  double *last = g_object_get_data (G_OBJECT (view), "freshet-right-edge");
  double edge = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  gboolean follows = gtk_adjustment_get_value (adjustment) >= *last;

  *last = edge;
  if (follows && gtk_widget_get_direction (GTK_WIDGET (view)) == GTK_TEXT_DIR_RTL)
    gtk_widget_add_tick_callback (GTK_WIDGET (view), show_right_edge_cb, NULL, NULL);
}

static void
adjustment_cb (GtkColumnView *view)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_hadjustment (GTK_SCROLLABLE (view));

  if (adjustment != NULL)
    g_signal_connect_object (adjustment, "changed", G_CALLBACK (extent_changed_cb), view, 0);
}

/* Where people read from right to left the first column is on the right, but
 * GTK begins with what is on the left. */
void
freshet_column_begin_at_start (GtkColumnView *view)
{
  g_object_set_data_full (G_OBJECT (view), "freshet-right-edge", g_new0 (double, 1), g_free);
  g_signal_connect (view, "notify::hadjustment", G_CALLBACK (adjustment_cb), NULL);
  adjustment_cb (view);
}

static void
align_title (GtkWidget *widget, const char *title)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_label (GTK_LABEL (widget)), title))
    {
      gtk_widget_set_halign (widget, GTK_ALIGN_END);
      gtk_widget_set_hexpand (widget, TRUE);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    align_title (child, title);
}

/* GTK has no property for it: titles are at the start of their cells. */
void
freshet_column_align_titles (GtkColumnView *view)
{
  GListModel *columns = gtk_column_view_get_columns (view);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      if (freshet_column_get_spec (column)->kind == FRESHET_COLUMN_NUMBER)
        align_title (gtk_widget_get_first_child (GTK_WIDGET (view)), gtk_column_view_column_get_title (column));
    }
}

const FreshetColumnSpec *
freshet_column_get_spec (GtkColumnViewColumn *column)
{
  return g_object_get_data (G_OBJECT (column), "freshet-column-spec");
}
