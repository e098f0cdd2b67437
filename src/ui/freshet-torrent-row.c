/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-context-menu.h"
#include "freshet-inscription.h"
#include "freshet-label-chips.h"
#include "freshet-menus.h"
#include "freshet-torrent-row.h"
#include "freshet-format.h"

/* Pixels: about those of a row with one line of status, and with two. */
#define ROW_HEIGHT 54
#define NARROW_HEIGHT 70

struct _FreshetTorrentRow
{
  AdwBin parent_instance;
  FreshetLibrary *library; /* NULL: labels have no names */
  FreshetTorrentItem *item;
  gboolean narrow;
  gulong revision_handler; /* of the item, while it is shown */
  gulong name_handler;
  const char *state_class; /* of the bar and the status */
  GtkWidget *content;      /* NULL until something is first shown */
  GtkInscription *name_label;
  FreshetLabelChips *chips;
  GtkProgressBar *progress_bar;
  GtkInscription *status_label;
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

/* The status line, kept on one line but for what went wrong. */
static void
refresh_status (FreshetTorrentRow *self, BtTorrentState state)
{
  const guint lines = self->narrow || state == BT_TORRENT_ERROR ? 2 : 1;
  g_autofree char *text = freshet_format_status (freshet_torrent_item_peek_stats (self->item),
                                                 freshet_torrent_item_get_error (self->item));
  /* A word joiner, or a narrow row breaks "MB/s" after the slash. */
  g_auto (GStrv) parts = g_strsplit (text, "/", -1);
  g_autofree char *joined = g_strjoinv ("/\u2060", parts);

  if (gtk_inscription_get_min_lines (self->status_label) != lines)
    gtk_inscription_set_min_lines (self->status_label, lines);
  freshet_inscription_set_text (self->status_label, joined, FALSE);
}

/* Only where it is seen: all that is below a widget with another class gets
 * another style. */
static void
show_state_class (FreshetTorrentRow *self, const char *class)
{
  GtkWidget *widgets[] = { GTK_WIDGET (self->progress_bar), GTK_WIDGET (self->status_label) };

  if (self->state_class == class)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (widgets); i++)
    {
      if (self->state_class != NULL)
        gtk_widget_remove_css_class (widgets[i], self->state_class);
      gtk_widget_add_css_class (widgets[i], class);
    }
  self->state_class = class;
}

/* What is the same is left alone: what a widget is told costs a new style or a
 * new layout. */
static void
refresh (FreshetTorrentRow *self)
{
  BtTorrentState state = freshet_torrent_item_get_state (self->item);
  const char *class = state_class (self->item);
  double progress = freshet_torrent_item_get_progress (self->item);

  freshet_inscription_set_text (self->name_label, freshet_torrent_item_get_name (self->item), FALSE);
  refresh_status (self, state);
  if (gtk_progress_bar_get_fraction (self->progress_bar) != progress)
    {
      gtk_progress_bar_set_fraction (self->progress_bar, progress);
      /* GTK 4.8 forgets to lay out what was not visible before. */
      gtk_widget_queue_resize (GTK_WIDGET (self->progress_bar));
    }
  show_state_class (self, class);
  gtk_widget_set_visible (self->pause_button, state != BT_TORRENT_PAUSED && state != BT_TORRENT_ERROR);
  gtk_widget_set_visible (self->start_button, state == BT_TORRENT_PAUSED);
  gtk_widget_set_visible (self->retry_button, state == BT_TORRENT_ERROR);
}

static void
show_labels (FreshetTorrentRow *self)
{
  if (self->item != NULL && self->library != NULL)
    freshet_label_chips_show (self->chips, freshet_library_peek_labels (self->library), self->item);
}

static void
disconnect_item (FreshetTorrentRow *self)
{
  if (self->item == NULL)
    return;
  g_clear_signal_handler (&self->revision_handler, self->item);
  g_clear_signal_handler (&self->name_handler, self->item);
}

/* Not a text for each row: one is made for the line that the pointer rests on. */
static gboolean
query_tooltip_cb (GtkInscription *line, int x, int y, gboolean keyboard, GtkTooltip *tooltip, FreshetTorrentRow *self)
{
  gtk_tooltip_set_text (tooltip, gtk_inscription_get_text (line));
  return self->item != NULL;
}

/* What is done to the selection is done to this row, unless it is part of a
 * larger selection already. */
static void
select_row (FreshetTorrentRow *self)
{
  GtkWidget *cell = gtk_widget_get_parent (GTK_WIDGET (self));

  if ((gtk_widget_get_state_flags (cell) & GTK_STATE_FLAG_SELECTED) == 0)
    gtk_widget_activate_action (cell, "listitem.select", "(bb)", FALSE, FALSE);
}

static void
secondary_pressed_cb (FreshetTorrentRow *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  select_row (self);
  freshet_context_menu_popup (&self->context_menu, GTK_WIDGET (self), freshet_menus_get ("torrent"), &(GdkRectangle){ (int) x, (int) y, 1, 1 });
}

static void
create_menu_cb (GtkMenuButton *button, gpointer data)
{
  FreshetTorrentRow *self = data;

  select_row (self);
  if (gtk_menu_button_get_popover (button) == NULL)
    gtk_menu_button_set_popover (button, gtk_popover_menu_new_from_model (freshet_menus_get ("torrent")));
}

/* These are signals of buttons and no actions: GTK 4.8 notes an action of every
 * row that is made in the list's parents and never forgets it. */
static void
start_cb (FreshetTorrentRow *self)
{
  if (self->item != NULL)
    freshet_torrent_item_start (self->item);
}

static void
pause_cb (FreshetTorrentRow *self)
{
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
  disconnect_item (self);
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
  gtk_widget_class_bind_template_callback (widget_class, query_tooltip_cb);
  gtk_widget_class_bind_template_callback (widget_class, start_cb);
  gtk_widget_class_bind_template_callback (widget_class, pause_cb);
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
  freshet_label_chips_set_narrow (self->chips, self->narrow);
  gtk_menu_button_set_create_popup_func (self->menu_button, create_menu_cb, self, NULL);
}

static void
show_item (FreshetTorrentRow *self)
{
  if (self->content == NULL)
    make_content (self);
  self->revision_handler = g_signal_connect_swapped (self->item, "notify::revision", G_CALLBACK (refresh), self);
  self->name_handler = g_signal_connect_swapped (self->item, "notify::name", G_CALLBACK (refresh), self);
  refresh (self);
  show_labels (self);
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

  if (self->item == item)
    return;
  disconnect_item (self);
  g_set_object (&self->item, item);
  if (item != NULL)
    show_item (self);
  if (self->content != NULL)
    gtk_widget_set_child_visible (self->content, item != NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ITEM]);
}

void
freshet_torrent_row_set_narrow (FreshetTorrentRow *self, gboolean narrow)
{
  g_return_if_fail (FRESHET_IS_TORRENT_ROW (self));

  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  gtk_widget_set_size_request (GTK_WIDGET (self), -1, narrow ? NARROW_HEIGHT : ROW_HEIGHT);
  if (self->content != NULL)
    freshet_label_chips_set_narrow (self->chips, narrow);
  if (self->item != NULL)
    refresh_status (self, freshet_torrent_item_get_state (self->item));
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
  select_row (self);
  freshet_context_menu_popup_for (&self->context_menu, GTK_WIDGET (self), freshet_menus_get ("torrent"), GTK_WIDGET (self));
}
