/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-list-bin.h"

struct _FreshetListBin
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (FreshetListBin, freshet_list_bin, ADW_TYPE_BIN)

/* The row that @focus is a part of, or NULL. A column view has a list view inside. */
static GtkWidget *
find_row (GtkWidget *focus)
{
  for (GtkWidget *parent; focus != NULL; focus = parent)
    {
      parent = gtk_widget_get_parent (focus);
      if (GTK_IS_LIST_VIEW (parent))
        return focus;
    }
  return NULL;
}

/* What is in a row, in its order; not the row, and not what opens it: those
 * give the focus to their first child. */
static void
find_stops (GtkWidget *widget, GPtrArray *stops)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget) || GTK_IS_POPOVER (widget))
    return;
  if (gtk_widget_get_focusable (widget) && !GTK_IS_TREE_EXPANDER (widget))
    g_ptr_array_add (stops, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    find_stops (child, stops);
}

static gboolean
step (GtkWidget *row, GtkWidget *focus, GtkDirectionType direction)
{
  g_autoptr (GPtrArray) stops = g_ptr_array_new ();
  guint at;

  for (GtkWidget *child = gtk_widget_get_first_child (row); child != NULL; child = gtk_widget_get_next_sibling (child))
    find_stops (child, stops);
  if (!g_ptr_array_find (stops, focus, &at))
    return direction == GTK_DIR_TAB_FORWARD && stops->len > 0 && gtk_widget_grab_focus (stops->pdata[0]);
  if (direction == GTK_DIR_TAB_FORWARD)
    return at + 1 < stops->len && gtk_widget_grab_focus (stops->pdata[at + 1]);
  return at > 0 && gtk_widget_grab_focus (stops->pdata[at - 1]);
}

static gboolean
freshet_list_bin_focus (GtkWidget *widget, GtkDirectionType direction)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focus != NULL && gtk_widget_is_ancestor (focus, widget) ? find_row (focus) : NULL;
  GtkWidget *popover = row != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_POPOVER) : NULL;

  /* In a menu of the row: what opens a row of a tree would lead out of it. */
  if (popover != NULL && gtk_widget_is_ancestor (popover, row))
    return gtk_widget_child_focus (popover, direction);
  if ((direction == GTK_DIR_TAB_FORWARD || direction == GTK_DIR_TAB_BACKWARD) && row != NULL)
    return step (row, focus, direction);
  return GTK_WIDGET_CLASS (freshet_list_bin_parent_class)->focus (widget, direction);
}

static void
freshet_list_bin_class_init (FreshetListBinClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = freshet_list_bin_focus;
}

static void
freshet_list_bin_init (FreshetListBin *self)
{
}
