/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-torrent-row.h"
#include "freshet-format.h"

struct _FreshetTorrentRow
{
  AdwBin parent_instance;
  FreshetTorrentItem *item;
  guint position; /* in the list */
  GMenuModel *menu;
  GtkMenuButton *menu_button;
  GtkWidget *context_menu; /* made when it is first asked for */
};

enum
{
  PROP_0,
  PROP_ITEM,
  PROP_POSITION,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetTorrentRow, freshet_torrent_row, ADW_TYPE_BIN)

static char *
format_status (FreshetTorrentRow *self, FreshetTorrentItem *item, guint revision)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) parts = NULL;

  if (item == NULL)
    return NULL;
  text = freshet_format_status (freshet_torrent_item_peek_stats (item), freshet_torrent_item_get_error (item));
  /* A word joiner, or a narrow row breaks "MB/s" after the slash. */
  parts = g_strsplit (text, "/", -1);
  return g_strjoinv ("/\u2060", parts);
}

static const char *
state_class (FreshetTorrentItem *item)
{
  switch (freshet_torrent_item_get_state (item))
    {
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

/* The look of the progress bar and the status line, by what it is doing. */
static GStrv
format_classes (FreshetTorrentRow *self, FreshetTorrentItem *item, guint revision)
{
  const char *classes[] = { "torrent", item != NULL ? state_class (item) : NULL, NULL };

  return g_strdupv ((GStrv) classes);
}

static char *
format_button (FreshetTorrentRow *self, FreshetTorrentItem *item, guint state)
{
  if (state == BT_TORRENT_ERROR)
    return g_strdup ("retry");
  return g_strdup (state == BT_TORRENT_PAUSED ? "resume" : "pause");
}

/* What is done to the selection is done to this row, unless it is part of a
 * larger selection already. */
static void
select_row (FreshetTorrentRow *self)
{
  GtkWidget *cell = gtk_widget_get_parent (GTK_WIDGET (self));

  if (cell == NULL || (gtk_widget_get_state_flags (cell) & GTK_STATE_FLAG_SELECTED) != 0)
    return;
  gtk_widget_activate_action (GTK_WIDGET (self), "list.select-item", "(ubb)", self->position, FALSE, FALSE);
}

static void
popup_at (FreshetTorrentRow *self, const GdkRectangle *where)
{
  select_row (self);
  if (self->context_menu == NULL)
    {
      self->context_menu = gtk_popover_menu_new_from_model (self->menu);
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
    gtk_menu_button_set_popover (button, gtk_popover_menu_new_from_model (self->menu));
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
    case PROP_POSITION:
      g_value_set_uint (value, self->position);
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
      if (g_set_object (&self->item, g_value_get_object (value)))
        g_object_notify_by_pspec (object, pspec);
      break;
    case PROP_POSITION:
      self->position = g_value_get_uint (value);
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
  g_clear_object (&self->item);
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
  properties[PROP_POSITION] = g_param_spec_uint ("position", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_install_action (widget_class, "row.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "row.pause", NULL, pause_action);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-torrent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, menu);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, format_status);
  gtk_widget_class_bind_template_callback (widget_class, format_classes);
  gtk_widget_class_bind_template_callback (widget_class, format_button);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
}

static void
freshet_torrent_row_init (FreshetTorrentRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_menu_button_set_create_popup_func (self->menu_button, create_menu_cb, self, NULL);
}

FreshetTorrentItem *
freshet_torrent_row_get_item (FreshetTorrentRow *self)
{
  g_return_val_if_fail (FRESHET_IS_TORRENT_ROW (self), NULL);
  return self->item;
}

void
freshet_torrent_row_popup_menu (FreshetTorrentRow *self)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ROW (self));
  popup_at (self, &(GdkRectangle){ gtk_widget_get_width (GTK_WIDGET (self)) / 2,
                                   gtk_widget_get_height (GTK_WIDGET (self)) / 2, 1, 1 });
}
