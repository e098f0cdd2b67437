/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-context-menu.h"
#include "freshet-file-chooser.h"
#include "freshet-file-row.h"
#include "freshet-format.h"
#include "freshet-list-bin.h"

/* Folders are open at first when there are no more rows than this. */
#define MOST_OPEN 200u

struct _FreshetFileChooser
{
  AdwBin parent_instance;
  FreshetFileNode *root;
  GSignalGroup *signals;    /* of the root */
  GtkTreeListModel *tree;
  gboolean showing;         /* what the root says: not a person's click */
  GtkCheckButton *all_check;
  GtkToggleButton *search_button;
  GtkWidget *search_revealer;
  GtkEditable *search_entry;
  GtkWidget *nothing_label;
  GtkListView *list;
};

G_DEFINE_FINAL_TYPE (FreshetFileChooser, freshet_file_chooser, ADW_TYPE_BIN)

static char *
format_choice (FreshetFileNode *root)
{
  guint n = freshet_file_node_get_n_files (root), n_wanted = freshet_file_node_get_n_wanted (root);
  g_autofree char *size = freshet_format_size (freshet_file_node_get_wanted_size (root));

  if (n_wanted == n)
    return g_strdup (_ ("All files"));
  /* Translators: how many files were chosen of how many, and their size */
  return g_strdup_printf (ngettext ("%u of %u file, %s", "%u of %u files, %s", n), n_wanted, n, size);
}

static void
choice_changed_cb (FreshetFileChooser *self)
{
  g_autofree char *text = format_choice (self->root);
  FreshetWanted wanted = freshet_file_node_get_wanted (self->root);

  self->showing = TRUE;
  gtk_check_button_set_label (self->all_check, text);
  gtk_check_button_set_inconsistent (self->all_check, wanted == FRESHET_WANTED_SOME);
  gtk_check_button_set_active (self->all_check, wanted == FRESHET_WANTED_ALL);
  self->showing = FALSE;
}

static void
all_toggled_cb (FreshetFileChooser *self)
{
  if (!self->showing && self->root != NULL)
    freshet_file_node_set_wanted (self->root, gtk_check_button_get_active (self->all_check));
}

static GListModel *
create_model (gpointer item, gpointer data)
{
  return freshet_file_node_is_folder (item) ? g_object_ref (G_LIST_MODEL (item)) : NULL;
}

static void
search_cb (FreshetFileChooser *self)
{
  const char *text = gtk_editable_get_text (self->search_entry);
  guint n;

  if (self->root == NULL)
    return;
  n = freshet_file_node_search (self->root, text);
  gtk_widget_set_visible (self->nothing_label, n == 0);
  /* What was found is in folders that may be closed. */
  gtk_tree_list_model_set_autoexpand (self->tree, n <= MOST_OPEN);
}

static void
stop_search_cb (FreshetFileChooser *self)
{
  gtk_toggle_button_set_active (self->search_button, FALSE);
}

static void
search_toggled_cb (FreshetFileChooser *self)
{
  gboolean active = gtk_toggle_button_get_active (self->search_button);

  gtk_widget_set_visible (self->search_revealer, active);
  if (active)
    gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
  else
    gtk_editable_set_text (self->search_entry, "");
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_child (item, freshet_file_row_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  freshet_file_row_set_item (FRESHET_FILE_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  freshet_file_row_set_item (FRESHET_FILE_ROW (gtk_list_item_get_child (item)), NULL);
}

/* A folder opens and closes, a file is wanted or not. */
static void
activate_cb (FreshetFileChooser *self, guint position)
{
  g_autoptr (GtkTreeListRow) row = g_list_model_get_item (G_LIST_MODEL (self->tree), position);
  g_autoptr (FreshetFileNode) node = gtk_tree_list_row_get_item (row);

  if (freshet_file_node_is_folder (node))
    gtk_tree_list_row_set_expanded (row, !gtk_tree_list_row_get_expanded (row));
  else
    freshet_file_node_set_wanted (node, freshet_file_node_get_wanted (node) == FRESHET_WANTED_NONE);
}

static gboolean
menu_key_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, FRESHET_TYPE_FILE_ROW) : NULL;

  if (row == NULL && focus != NULL)
    row = gtk_widget_get_first_child (focus);
  if (!FRESHET_IS_FILE_ROW (row))
    return GDK_EVENT_PROPAGATE;
  freshet_file_row_popup_menu (FRESHET_FILE_ROW (row));
  return GDK_EVENT_STOP;
}

static void
freshet_file_chooser_dispose (GObject *object)
{
  FreshetFileChooser *self = FRESHET_FILE_CHOOSER (object);

  g_clear_object (&self->signals);
  g_clear_object (&self->tree);
  g_clear_object (&self->root);
  G_OBJECT_CLASS (freshet_file_chooser_parent_class)->dispose (object);
}

static void
freshet_file_chooser_class_init (FreshetFileChooserClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = freshet_file_chooser_dispose;

  g_type_ensure (FRESHET_TYPE_LIST_BIN);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-file-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetFileChooser, all_check);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileChooser, search_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileChooser, search_revealer);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileChooser, search_entry);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileChooser, nothing_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileChooser, list);
  gtk_widget_class_bind_template_callback (widget_class, all_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_bind_template_callback (widget_class, setup_cb);
  gtk_widget_class_bind_template_callback (widget_class, bind_cb);
  gtk_widget_class_bind_template_callback (widget_class, unbind_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  freshet_context_menu_add_keys (widget_class, menu_key_cb);
}

static void
freshet_file_chooser_init (FreshetFileChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (self->search_button, "toggled", G_CALLBACK (search_toggled_cb), self);
  self->signals = g_signal_group_new (FRESHET_TYPE_FILE_NODE);
  g_signal_group_connect_swapped (self->signals, "choice-changed", G_CALLBACK (choice_changed_cb), self);
}

void
freshet_file_chooser_set_root (FreshetFileChooser *self, FreshetFileNode *root)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  g_return_if_fail (FRESHET_IS_FILE_CHOOSER (self));

  if (!g_set_object (&self->root, root))
    return;
  gtk_toggle_button_set_active (self->search_button, FALSE);
  g_signal_group_set_target (self->signals, root);
  g_clear_object (&self->tree);
  gtk_list_view_set_model (self->list, NULL);
  if (root == NULL)
    return;
  self->tree = gtk_tree_list_model_new (g_object_ref (G_LIST_MODEL (root)), FALSE,
                                        freshet_file_node_get_n_files (root) <= MOST_OPEN, create_model, NULL, NULL);
  selection = gtk_no_selection_new (g_object_ref (G_LIST_MODEL (self->tree)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  choice_changed_cb (self);
}
