/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "freshet-content-row.h"
#include "freshet-format.h"
#include "freshet-menus.h"

struct _FreshetContentRow
{
  AdwBin parent_instance;
  FreshetFileNode *node;
  gboolean showing; /* the check shows what is so, nobody pressed it */
  GtkCheckButton *check;
  GtkImage *icon;
  GtkLabel *name_label;
  GtkProgressBar *progress_bar;
  GtkLabel *status_label;
  GtkMenuButton *menu_button;
};

enum
{
  PROP_0,
  PROP_PRIORITY,
  N_PROPS
};

enum
{
  ASKED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FreshetContentRow, freshet_content_row, ADW_TYPE_BIN)

/* What menus call priorities. */
static const char *const priority_names[] = {
  [BT_FILE_SKIP] = "skip",
  [BT_FILE_LOW] = "low",
  [BT_FILE_NORMAL] = "normal",
  [BT_FILE_HIGH] = "high",
};

static const char *
describe_priority (int priority)
{
  switch (priority)
    {
    case BT_FILE_SKIP:
      return C_ ("priority", "not wanted");
    case BT_FILE_LOW:
      return C_ ("priority", "low priority");
    case BT_FILE_HIGH:
      return C_ ("priority", "high priority");
    case FRESHET_PRIORITY_MIXED:
    case BT_FILE_NORMAL:
    default:
      return NULL;
    }
}

static void
show_status (FreshetContentRow *self)
{
  g_autofree char *size = freshet_format_size (freshet_file_node_get_size (self->node));
  g_autofree char *percent = freshet_format_percent (freshet_file_node_get_progress (self->node));
  const char *priority = describe_priority (freshet_file_node_get_priority (self->node));
  g_autofree char *text = priority != NULL ? g_strdup_printf ("%s · %s · %s", size, percent, priority)
                                           : g_strdup_printf ("%s · %s", size, percent);

  gtk_label_set_label (self->status_label, text);
}

static void
show_choice (FreshetContentRow *self)
{
  FreshetWanted wanted = freshet_file_node_get_wanted (self->node);

  self->showing = TRUE;
  gtk_check_button_set_active (self->check, wanted == FRESHET_WANTED_ALL);
  gtk_check_button_set_inconsistent (self->check, wanted == FRESHET_WANTED_SOME);
  self->showing = FALSE;
  show_status (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRIORITY]);
}

static void
toggled_cb (FreshetContentRow *self)
{
  if (!self->showing && self->node != NULL)
    freshet_file_node_set_wanted (self->node, gtk_check_button_get_active (self->check));
}

/* @name: "file." and what is asked for */
static void
ask_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_signal_emit (widget, signals[ASKED], 0, name + strlen ("file."));
}

static void
secondary_pressed_cb (FreshetContentRow *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  freshet_content_row_popup_menu (self);
}

static void
freshet_content_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetContentRow *self = FRESHET_CONTENT_ROW (object);
  int priority = self->node != NULL ? freshet_file_node_get_priority (self->node) : FRESHET_PRIORITY_MIXED;

  switch (prop_id)
    {
    case PROP_PRIORITY:
      g_value_set_string (value, priority >= 0 ? priority_names[priority] : "");
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_content_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FreshetContentRow *self = FRESHET_CONTENT_ROW (object);

  switch (prop_id)
    {
    case PROP_PRIORITY:
      for (guint i = 0; self->node != NULL && i < G_N_ELEMENTS (priority_names); i++)
        if (g_strcmp0 (g_value_get_string (value), priority_names[i]) == 0)
          freshet_file_node_set_priority (self->node, (BtFilePriority) i);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_content_row_dispose (GObject *object)
{
  FreshetContentRow *self = FRESHET_CONTENT_ROW (object);

  freshet_content_row_set_node (self, NULL, NULL);
  G_OBJECT_CLASS (freshet_content_row_parent_class)->dispose (object);
}

static void
freshet_content_row_class_init (FreshetContentRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = freshet_content_row_get_property;
  object_class->set_property = freshet_content_row_set_property;
  object_class->dispose = freshet_content_row_dispose;
  properties[PROP_PRIORITY] = g_param_spec_string ("priority", NULL, NULL, "",
                                                   G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[ASKED] = g_signal_new ("asked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_install_action (widget_class, "file.open", NULL, ask_action);
  gtk_widget_class_install_action (widget_class, "file.open-folder", NULL, ask_action);
  gtk_widget_class_install_action (widget_class, "file.rename", NULL, ask_action);
  gtk_widget_class_install_property_action (widget_class, "file.priority", "priority");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-content-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetContentRow, check);
  gtk_widget_class_bind_template_child (widget_class, FreshetContentRow, icon);
  gtk_widget_class_bind_template_child (widget_class, FreshetContentRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetContentRow, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, FreshetContentRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetContentRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
}

static void
freshet_content_row_init (FreshetContentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  freshet_menus_set (self->menu_button, "content");
}

static void
show_progress (FreshetContentRow *self)
{
  gtk_progress_bar_set_fraction (self->progress_bar, freshet_file_node_get_progress (self->node));
  show_status (self);
}

void
freshet_content_row_set_node (FreshetContentRow *self, FreshetFileNode *node, const char *name)
{
  g_return_if_fail (FRESHET_IS_CONTENT_ROW (self));

  if (self->node == node)
    return;
  if (self->node != NULL)
    g_signal_handlers_disconnect_by_data (self->node, self);
  g_set_object (&self->node, node);
  if (node == NULL)
    return;
  freshet_content_row_set_name (self, name);
  gtk_image_set_from_icon_name (self->icon, freshet_file_node_is_folder (node) ? "folder-symbolic" : "text-x-generic-symbolic");
  g_signal_connect_swapped (node, "notify::wanted", G_CALLBACK (show_choice), self);
  g_signal_connect_swapped (node, "notify::priority", G_CALLBACK (show_choice), self);
  g_signal_connect_swapped (node, "notify::progress", G_CALLBACK (show_progress), self);
  show_choice (self);
  show_progress (self);
}

void
freshet_content_row_set_name (FreshetContentRow *self, const char *name)
{
  g_return_if_fail (FRESHET_IS_CONTENT_ROW (self));

  gtk_label_set_label (self->name_label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name_label), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

FreshetFileNode *
freshet_content_row_get_node (FreshetContentRow *self)
{
  g_return_val_if_fail (FRESHET_IS_CONTENT_ROW (self), NULL);
  return self->node;
}

void
freshet_content_row_popup_menu (FreshetContentRow *self)
{
  g_return_if_fail (FRESHET_IS_CONTENT_ROW (self));
  gtk_menu_button_popup (self->menu_button);
}
