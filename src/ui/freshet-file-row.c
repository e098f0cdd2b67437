/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-file-row.h"
#include "freshet-format.h"
#include "freshet-menus.h"

struct _FreshetFileRow
{
  AdwBin parent_instance;
  FreshetFileNode *node;
  GSignalGroup *signals; /* of the node */
  GSimpleAction *priority;
  gboolean showing;      /* what the node says: not a person's click */
  GtkTreeExpander *expander;
  GtkCheckButton *check;
  GtkImage *icon;
  GtkLabel *name_label;
  GtkImage *priority_icon;
  GtkLabel *size_label;
  GtkMenuButton *menu_button;
};

G_DEFINE_FINAL_TYPE (FreshetFileRow, freshet_file_row, ADW_TYPE_BIN)

static const struct
{
  BtFilePriority priority;
  const char *target; /* of the menu's action */
} priorities[] = {
  { BT_FILE_HIGH, "high" },
  { BT_FILE_NORMAL, "normal" },
  { BT_FILE_LOW, "low" },
};

static void
toggled_cb (FreshetFileRow *self)
{
  if (!self->showing && self->node != NULL)
    freshet_file_node_set_wanted (self->node, gtk_check_button_get_active (self->check));
}

static void
show_wanted (FreshetFileRow *self)
{
  FreshetWanted wanted = freshet_file_node_get_wanted (self->node);

  self->showing = TRUE;
  gtk_check_button_set_inconsistent (self->check, wanted == FRESHET_WANTED_SOME);
  gtk_check_button_set_active (self->check, wanted == FRESHET_WANTED_ALL);
  self->showing = FALSE;
}

/* Normal is not worth a mark. */
static void
show_priority (FreshetFileRow *self)
{
  int priority = freshet_file_node_get_priority (self->node);
  const char *target = "";

  for (guint i = 0; i < G_N_ELEMENTS (priorities); i++)
    if ((int) priorities[i].priority == priority)
      target = priorities[i].target;
  g_simple_action_set_state (self->priority, g_variant_new_string (target));
  gtk_widget_set_visible (GTK_WIDGET (self->priority_icon), priority == BT_FILE_HIGH || priority == BT_FILE_LOW);
  gtk_image_set_from_icon_name (self->priority_icon, priority == BT_FILE_HIGH ? "go-up-symbolic" : "go-down-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->priority_icon), priority == BT_FILE_HIGH ? _ ("High priority") : _ ("Low priority"));
}

static void
changed_cb (FreshetFileRow *self)
{
  show_wanted (self);
  show_priority (self);
}

static const char *
icon_of (FreshetFileNode *node)
{
  return freshet_file_node_is_folder (node) ? "folder-symbolic" : "text-x-generic-symbolic";
}

static void
name_for_readers (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_node (FreshetFileRow *self)
{
  const char *name = freshet_file_node_get_name (self->node);
  g_autofree char *size = freshet_format_size (freshet_file_node_get_size (self->node));
  /* Translators: %s is the name of a file */
  g_autofree char *menu_name = g_strdup_printf (_ ("Priority of %s"), name);

  gtk_label_set_label (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  gtk_label_set_label (self->size_label, size);
  gtk_image_set_from_icon_name (self->icon, icon_of (self->node));
  name_for_readers (GTK_WIDGET (self->check), name);
  name_for_readers (GTK_WIDGET (self->menu_button), menu_name);
  changed_cb (self);
}

static void
priority_cb (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  FreshetFileRow *self = data;

  for (guint i = 0; self->node != NULL && i < G_N_ELEMENTS (priorities); i++)
    if (g_str_equal (priorities[i].target, g_variant_get_string (parameter, NULL)))
      freshet_file_node_set_priority (self->node, priorities[i].priority);
}

static void
secondary_pressed_cb (FreshetFileRow *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  freshet_file_row_popup_menu (self);
}

static void
freshet_file_row_finalize (GObject *object)
{
  FreshetFileRow *self = FRESHET_FILE_ROW (object);

  g_clear_object (&self->node);
  g_clear_object (&self->signals);
  g_clear_object (&self->priority);
  G_OBJECT_CLASS (freshet_file_row_parent_class)->finalize (object);
}

static void
freshet_file_row_class_init (FreshetFileRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = freshet_file_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-file-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetFileRow, expander);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileRow, check);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileRow, icon);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileRow, priority_icon);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileRow, size_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetFileRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
}

static void
freshet_file_row_init (FreshetFileRow *self)
{
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  freshet_menus_set (self->menu_button, "priority");
  self->priority = g_simple_action_new_stateful ("priority", G_VARIANT_TYPE_STRING, g_variant_new_string ("normal"));
  g_signal_connect (self->priority, "activate", G_CALLBACK (priority_cb), self);
  g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (self->priority));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "file", G_ACTION_GROUP (actions));
  self->signals = g_signal_group_new (FRESHET_TYPE_FILE_NODE);
  g_signal_group_connect_swapped (self->signals, "notify::wanted", G_CALLBACK (changed_cb), self);
}

GtkWidget *
freshet_file_row_new (void)
{
  return g_object_new (FRESHET_TYPE_FILE_ROW, NULL);
}

void
freshet_file_row_set_item (FreshetFileRow *self, GtkTreeListRow *item)
{
  g_return_if_fail (FRESHET_IS_FILE_ROW (self));

  g_clear_object (&self->node);
  gtk_tree_expander_set_list_row (self->expander, item);
  if (item != NULL)
    self->node = gtk_tree_list_row_get_item (item);
  g_signal_group_set_target (self->signals, self->node);
  if (self->node != NULL)
    show_node (self);
}

void
freshet_file_row_popup_menu (FreshetFileRow *self)
{
  g_return_if_fail (FRESHET_IS_FILE_ROW (self));
  gtk_menu_button_popup (self->menu_button);
}
