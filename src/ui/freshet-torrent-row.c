/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-label-chips.h"
#include "freshet-torrent-menu.h"
#include "freshet-torrent-row.h"
#include "freshet-format.h"

/* Pixels: about those of a row with one line of status. */
#define ROW_HEIGHT 54

struct _FreshetTorrentRow
{
  AdwBin parent_instance;
  FreshetLibrary *library; /* NULL: labels have no names */
  FreshetTorrentItem *item;
  gboolean shown; /* what the item has is in the widgets */
  GBindingGroup *bindings; /* of the item to the widgets below */
  GtkWidget *content;
  GtkLabel *name_label;
  FreshetLabelChips *chips;
  GtkProgressBar *progress_bar;
  GtkLabel *status_label;
  GtkWidget *pause_button;
  GtkWidget *start_button;
  GtkWidget *retry_button;
  GtkMenuButton *menu_button;
  GtkWidget *context_menu; /* made when it is first asked for */
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetTorrentRow, freshet_torrent_row, ADW_TYPE_BIN)

/* Of "revision": the sentence is made of many values. */
static gboolean
revision_to_status (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_autoptr (FreshetTorrentItem) item = FRESHET_TORRENT_ITEM (g_binding_dup_source (binding));
  g_autofree char *text = freshet_format_status (freshet_torrent_item_peek_stats (item),
                                                 freshet_torrent_item_get_error (item));
  /* A word joiner, or a narrow row breaks "MB/s" after the slash. */
  g_auto (GStrv) parts = g_strsplit (text, "/", -1);

  g_value_take_string (to, g_strjoinv ("/\u2060", parts));
  return TRUE;
}

static const char *
state_class (FreshetTorrentItem *item)
{
  switch (freshet_torrent_item_get_state (item))
    {
    case BT_TORRENT_METADATA:
      return "fetching";
    case BT_TORRENT_CHECKING:
      return "checking";
    case BT_TORRENT_DOWNLOADING:
      return "downloading";
    case BT_TORRENT_SEEDING:
      return "seeding";
    case BT_TORRENT_ERROR:
      return "failed";
    case BT_TORRENT_PAUSED:
    default:
      return freshet_torrent_item_is_complete (item) ? "complete" : "paused";
    }
}

/* Of "revision": the look of the progress bar and the status line. */
static gboolean
revision_to_classes (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_autoptr (FreshetTorrentItem) item = FRESHET_TORRENT_ITEM (g_binding_dup_source (binding));
  const char *classes[] = { "torrent", state_class (item), NULL };

  g_value_set_boxed (to, classes);
  return TRUE;
}

/* One of the three buttons is there. */
static gboolean
state_to_pause (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  guint state = g_value_get_uint (from);

  g_value_set_boolean (to, state != BT_TORRENT_PAUSED && state != BT_TORRENT_ERROR);
  return TRUE;
}

static gboolean
state_to_start (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_boolean (to, g_value_get_uint (from) == BT_TORRENT_PAUSED);
  return TRUE;
}

static gboolean
state_to_retry (GBinding *binding, const GValue *from, GValue *to, gpointer data)
{
  g_value_set_boolean (to, g_value_get_uint (from) == BT_TORRENT_ERROR);
  return TRUE;
}

static void
show_labels (FreshetTorrentRow *self)
{
  if (self->shown && self->library != NULL)
    freshet_label_chips_show (self->chips, freshet_library_peek_labels (self->library), self->item);
}

static void
bind (FreshetTorrentRow *self, const char *source, gpointer target, const char *property, GBindingTransformFunc transform)
{
  g_binding_group_bind_full (self->bindings, source, target, property, G_BINDING_SYNC_CREATE, transform, NULL, NULL,
                             NULL);
}

/* Not by <lookup> in the template: GTK 4.8 warns when a widget of a row
 * outlives the row, and one with the focus or under the pointer does. */
static void
bind_item (FreshetTorrentRow *self)
{
  self->bindings = g_binding_group_new ();
  bind (self, "name", self->name_label, "label", NULL);
  bind (self, "name", self->name_label, "tooltip-text", NULL);
  bind (self, "progress", self->progress_bar, "fraction", NULL);
  bind (self, "revision", self->status_label, "label", revision_to_status);
  bind (self, "revision", self->content, "css-classes", revision_to_classes);
  bind (self, "state", self->pause_button, "visible", state_to_pause);
  bind (self, "state", self->start_button, "visible", state_to_start);
  bind (self, "state", self->retry_button, "visible", state_to_retry);
}

/* What is done to the selection is done to this row, unless it is part of a
 * larger selection already. */
static void
select_row (FreshetTorrentRow *self)
{
  GtkWidget *list = gtk_widget_get_ancestor (GTK_WIDGET (self), GTK_TYPE_LIST_VIEW);
  GtkSelectionModel *model = list != NULL ? gtk_list_view_get_model (GTK_LIST_VIEW (list)) : NULL;
  guint n_items = model != NULL ? g_list_model_get_n_items (G_LIST_MODEL (model)) : 0;

  for (guint i = 0; i < n_items; i++)
    {
      g_autoptr (FreshetTorrentItem) item = g_list_model_get_item (G_LIST_MODEL (model), i);

      if (item != self->item)
        continue;
      if (!gtk_selection_model_is_selected (model, i))
        gtk_selection_model_select_item (model, i, TRUE);
      return;
    }
}

static void
popup_at (FreshetTorrentRow *self, const GdkRectangle *where)
{
  select_row (self);
  if (self->context_menu == NULL)
    {
      self->context_menu = gtk_popover_menu_new_from_model (freshet_torrent_menu_get ());
      gtk_popover_set_has_arrow (GTK_POPOVER (self->context_menu), FALSE);
      gtk_widget_set_halign (self->context_menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->context_menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_menu), where);
  gtk_popover_popup (GTK_POPOVER (self->context_menu));
}

static void
secondary_pressed_cb (FreshetTorrentRow *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  popup_at (self, &(GdkRectangle){ (int) x, (int) y, 1, 1 });
}

static void
create_menu_cb (GtkMenuButton *button, gpointer data)
{
  FreshetTorrentRow *self = data;

  select_row (self);
  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_popover (button, gtk_popover_menu_new_from_model (freshet_torrent_menu_get ()));
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetTorrentRow *self = FRESHET_TORRENT_ROW (widget);

  if (self->item != NULL)
    freshet_torrent_item_start (self->item);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetTorrentRow *self = FRESHET_TORRENT_ROW (widget);

  if (self->item != NULL)
    freshet_torrent_item_pause (self->item);
}

static void
freshet_torrent_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetTorrentRow *self = FRESHET_TORRENT_ROW (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_torrent_row_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FreshetTorrentRow *self = FRESHET_TORRENT_ROW (object);

  switch (prop_id)
    {
    case PROP_ITEM:
      freshet_torrent_row_set_item (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_torrent_row_dispose (GObject *object)
{
  FreshetTorrentRow *self = FRESHET_TORRENT_ROW (object);

  g_clear_pointer (&self->context_menu, gtk_widget_unparent);
  if (self->bindings != NULL)
    g_binding_group_set_source (self->bindings, NULL);
  g_clear_object (&self->bindings);
  g_clear_object (&self->item);
  g_clear_object (&self->library);
  G_OBJECT_CLASS (freshet_torrent_row_parent_class)->dispose (object);
}

static void
freshet_torrent_row_class_init (FreshetTorrentRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = freshet_torrent_row_get_property;
  object_class->set_property = freshet_torrent_row_set_property;
  object_class->dispose = freshet_torrent_row_dispose;

  properties[PROP_ITEM] = g_param_spec_object ("item", NULL, NULL, FRESHET_TYPE_TORRENT_ITEM,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "row.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "row.pause", NULL, pause_action);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  g_type_ensure (FRESHET_TYPE_LABEL_CHIPS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-torrent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, content);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, chips);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, progress_bar);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, pause_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, start_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, retry_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
}

/* Its widgets come when something is first shown in it: most rows that GTK
 * makes are never seen. */
static void
freshet_torrent_row_init (FreshetTorrentRow *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), -1, ROW_HEIGHT);
}

static void
make_content (FreshetTorrentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  bind_item (self);
  gtk_menu_button_set_create_popup_func (self->menu_button, create_menu_cb, self, NULL);
}

FreshetTorrentItem *
freshet_torrent_row_get_item (FreshetTorrentRow *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ROW (self), NULL);
  return self->item;
}

void
freshet_torrent_row_set_item (FreshetTorrentRow *self, FreshetTorrentItem *item)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ROW (self));

  if (!g_set_object (&self->item, item))
    return;
  self->shown = FALSE;
  if (self->bindings != NULL)
    {
      g_binding_group_set_source (self->bindings, NULL);
      gtk_widget_set_child_visible (self->content, FALSE);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}

void
freshet_torrent_row_show (FreshetTorrentRow *self)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ROW (self));

  if (self->shown || self->item == NULL)
    return;
  self->shown = TRUE;
  if (self->bindings == NULL)
    make_content (self);
  g_binding_group_set_source (self->bindings, self->item);
  show_labels (self);
  gtk_widget_set_child_visible (self->content, TRUE);
}

void
freshet_torrent_row_set_library (FreshetTorrentRow *self, FreshetLibrary *library)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ROW (self));

  if (self->library != NULL)
    g_signal_handlers_disconnect_by_func (self->library, show_labels, self);
  g_set_object (&self->library, library);
  if (library != NULL)
    g_signal_connect_object (library, "labels-changed", G_CALLBACK (show_labels), self, G_CONNECT_SWAPPED);
  show_labels (self);
}

void
freshet_torrent_row_popup_menu (FreshetTorrentRow *self)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ROW (self));
  popup_at (self, &(GdkRectangle){ gtk_widget_get_width (GTK_WIDGET (self)) / 2,
                                   gtk_widget_get_height (GTK_WIDGET (self)) / 2, 1, 1 });
}
