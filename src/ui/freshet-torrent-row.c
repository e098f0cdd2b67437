/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-bar.h"
#include "freshet-context-menu.h"
#include "freshet-format.h"
#include "freshet-icon-button.h"
#include "freshet-inscription.h"
#include "freshet-label-chips.h"
#include "freshet-menus.h"
#include "freshet-torrent-look.h"
#include "freshet-torrent-row.h"

#include <glib/gi18n.h>

/* Pixels: about those of a row with one line of status, and with two. */
#define ROW_HEIGHT 54
#define NARROW_HEIGHT 70

/* Pixels between what is below each other, what is beside each other, and the
 * name and its labels. */
#define LINE_GAP 8
#define BUTTON_GAP 6
#define CHIPS_GAP 9

/* As few widgets as can be, and none of them a box: GTK styles and lays out
 * each of them in the two hundred rows of a list whenever it is scrolled. */
struct _FreshetTorrentRow
{
  GtkWidget parent_instance;
  FreshetLibrary *library; /* NULL: labels have no names */
  FreshetTorrentItem *item;
  gboolean narrow;
  gulong revision_handler; /* of the item, while it is shown */
  gulong name_handler;
  gboolean failed;            /* the status line is styled so */
  GtkInscription *name_label; /* NULL, as all below, until something is first shown */
  FreshetLabelChips *chips;
  FreshetBar *bar;
  GtkInscription *status_label;
  FreshetIconButton *action_button;
  FreshetIconButton *menu_button;
  GtkWidget *retry_button; /* NULL until something has failed */
  GtkWidget *context_menu; /* NULL until it is first asked for */
};

enum
{
  PROP_0,
  PROP_ITEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetTorrentRow, freshet_torrent_row, GTK_TYPE_WIDGET)

static GtkWidget *
current_button (FreshetTorrentRow *self)
{
  return self->failed ? self->retry_button : GTK_WIDGET (self->action_button);
}

static void
measure_child (gpointer child, GtkOrientation orientation, int *minimum, int *natural)
{
  *minimum = *natural = 0;
  if (child != NULL && gtk_widget_should_layout (child))
    gtk_widget_measure (child, orientation, -1, minimum, natural, NULL, NULL);
}

static int
natural_of (gpointer child, GtkOrientation orientation)
{
  int minimum, natural;

  measure_child (child, orientation, &minimum, &natural);
  return natural;
}

static int
buttons_width (FreshetTorrentRow *self)
{
  return 2 * BUTTON_GAP + natural_of (current_button (self), GTK_ORIENTATION_HORIZONTAL)
         + natural_of (self->menu_button, GTK_ORIENTATION_HORIZONTAL);
}

static void
measure_width (FreshetTorrentRow *self, int *minimum, int *natural)
{
  gpointer lines[] = { self->bar, self->status_label };
  int chips_minimum, chips_natural, buttons = buttons_width (self);

  measure_child (self->name_label, GTK_ORIENTATION_HORIZONTAL, minimum, natural);
  measure_child (self->chips, GTK_ORIENTATION_HORIZONTAL, &chips_minimum, &chips_natural);
  *minimum += chips_natural > 0 ? CHIPS_GAP + chips_minimum : 0;
  *natural += chips_natural > 0 ? CHIPS_GAP + chips_natural : 0;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      int line_minimum, line_natural;

      measure_child (lines[i], GTK_ORIENTATION_HORIZONTAL, &line_minimum, &line_natural);
      *minimum = MAX (*minimum, line_minimum);
      *natural = MAX (*natural, line_natural);
    }
  *minimum += buttons;
  *natural += buttons;
}

static int
first_line_height (FreshetTorrentRow *self)
{
  return MAX (natural_of (self->name_label, GTK_ORIENTATION_VERTICAL), natural_of (self->chips, GTK_ORIENTATION_VERTICAL));
}

static int
lines_height (FreshetTorrentRow *self)
{
  return first_line_height (self) + natural_of (self->bar, GTK_ORIENTATION_VERTICAL)
         + natural_of (self->status_label, GTK_ORIENTATION_VERTICAL) + 2 * LINE_GAP;
}

static void
freshet_torrent_row_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  FreshetTorrentRow *self = FRESHET_TORRENT_ROW (widget);

  if (self->name_label == NULL)
    *minimum = *natural = 0;
  else if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (self, minimum, natural);
  else
    *minimum = *natural = MAX (lines_height (self), natural_of (current_button (self), orientation));
}

/* @x: from where lines begin, right or left */
static void
place (FreshetTorrentRow *self, gpointer child, int x, int y, int width, int height)
{
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean mirrored = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  gtk_widget_size_allocate (child, &(GtkAllocation){ mirrored ? gtk_widget_get_width (widget) - x - width : x, y, width, height }, -1);
}

static void
place_button (FreshetTorrentRow *self, gpointer button, int x, int row_height)
{
  int height = natural_of (button, GTK_ORIENTATION_VERTICAL);

  place (self, button, x, (row_height - height) / 2, natural_of (button, GTK_ORIENTATION_HORIZONTAL), height);
}

/* Labels leave the name what it needs, and the name leaves them what they
 * need at least. Returns: the height of the line */
static int
place_first_line (FreshetTorrentRow *self, int y, int width)
{
  const int height = first_line_height (self), name_height = natural_of (self->name_label, GTK_ORIENTATION_VERTICAL);
  int minimum, natural, chips_width, chips_height = natural_of (self->chips, GTK_ORIENTATION_VERTICAL);

  if (chips_height > 0)
    {
      measure_child (self->chips, GTK_ORIENTATION_HORIZONTAL, &minimum, &natural);
      chips_width = CLAMP (width - CHIPS_GAP - natural_of (self->name_label, GTK_ORIENTATION_HORIZONTAL), minimum, natural);
      place (self, self->chips, width - chips_width, y + (height - chips_height) / 2, chips_width, chips_height);
      width -= chips_width + CHIPS_GAP;
    }
  place (self, self->name_label, 0, y + (height - name_height) / 2, width, name_height);
  return height;
}

static void
freshet_torrent_row_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FreshetTorrentRow *self = FRESHET_TORRENT_ROW (widget);
  gpointer lines[] = { self->bar, self->status_label };
  const int text_width = width - buttons_width (self);
  int y = (height - lines_height (self)) / 2;

  if (self->name_label == NULL)
    return;
  y += place_first_line (self, y, text_width);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      int line_height = natural_of (lines[i], GTK_ORIENTATION_VERTICAL);

      y += LINE_GAP;
      place (self, lines[i], 0, y, text_width, line_height);
      y += line_height;
    }
  place_button (self, current_button (self), text_width + BUTTON_GAP, height);
  place_button (self, self->menu_button, width - natural_of (self->menu_button, GTK_ORIENTATION_HORIZONTAL), height);
  if (self->context_menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->context_menu));
}

/* Where there is no torrent nothing is left of the one before. */
static void
freshet_torrent_row_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  if (FRESHET_TORRENT_ROW (widget)->item != NULL)
    GTK_WIDGET_CLASS (freshet_torrent_row_parent_class)->snapshot (widget, snapshot);
}

/* The status line, kept on one line where there is room, and what went wrong on two. */
static void
refresh_status (FreshetTorrentRow *self, BtTorrentState state)
{
  const guint lines = 1 + (self->narrow ? 1 : 0) + (state == BT_TORRENT_ERROR ? 1 : 0);
  g_autofree char *text = freshet_format_status (freshet_torrent_item_peek_stats (self->item),
                                                 freshet_torrent_item_get_error (self->item));
  /* A word joiner, or a narrow row breaks "MB/s" after the slash. */
  g_auto (GStrv) parts = g_strsplit (text, "/", -1);
  g_autofree char *joined = g_strjoinv ("/\u2060", parts);

  if (gtk_inscription_get_min_lines (self->status_label) != lines)
    gtk_inscription_set_min_lines (self->status_label, lines);
  freshet_inscription_set_text (self->status_label, joined, FALSE);
}

static void
retry_clicked_cb (FreshetTorrentRow *self)
{
  if (self->item != NULL)
    freshet_torrent_item_start (self->item);
}

static void
show_failed (FreshetTorrentRow *self, gboolean failed)
{
  if (self->failed == failed)
    return;
  self->failed = failed;
  if (failed && self->retry_button == NULL)
    {
      self->retry_button = gtk_button_new_with_label (_ ("Try Again"));
      g_signal_connect_swapped (self->retry_button, "clicked", G_CALLBACK (retry_clicked_cb), self);
      gtk_widget_insert_before (self->retry_button, GTK_WIDGET (self), GTK_WIDGET (self->menu_button));
    }
  gtk_widget_set_visible (self->retry_button, failed);
  gtk_widget_set_visible (GTK_WIDGET (self->action_button), !failed);
  if (failed)
    gtk_widget_add_css_class (GTK_WIDGET (self->status_label), "failed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->status_label), "failed");
}

/* What is the same is left alone: what a widget is told costs a new style or a
 * new layout. */
static void
refresh (FreshetTorrentRow *self)
{
  BtTorrentState state = freshet_torrent_item_get_state (self->item);

  freshet_inscription_set_text (self->name_label, freshet_torrent_item_get_name (self->item), FALSE);
  refresh_status (self, state);
  freshet_bar_set_fraction (self->bar, freshet_torrent_item_get_progress (self->item));
  freshet_bar_set_class (self->bar, freshet_torrent_look_class (self->item));
  show_failed (self, state == BT_TORRENT_ERROR);
  if (state == BT_TORRENT_PAUSED)
    freshet_icon_button_show (self->action_button, "media-playback-start-symbolic", _ ("Resume"));
  else
    freshet_icon_button_show (self->action_button, "media-playback-pause-symbolic", _ ("Pause"));
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

/* These are signals of buttons and no actions: GTK 4.8 notes an action of every
 * row that is made in the list's parents and never forgets it. */
static void
menu_clicked_cb (FreshetTorrentRow *self)
{
  select_row (self);
  freshet_context_menu_popup_below (&self->context_menu, GTK_WIDGET (self), freshet_menus_get ("torrent"), GTK_WIDGET (self->menu_button));
}

static void
action_clicked_cb (FreshetTorrentRow *self)
{
  if (self->item == NULL)
    return;
  if (freshet_torrent_item_get_state (self->item) == BT_TORRENT_PAUSED)
    freshet_torrent_item_start (self->item);
  else
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

  GtkWidget *child;

  self->context_menu = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
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

  widget_class->measure = freshet_torrent_row_measure;
  widget_class->size_allocate = freshet_torrent_row_size_allocate;
  widget_class->snapshot = freshet_torrent_row_snapshot;

  g_type_ensure (FRESHET_TYPE_BAR);
  g_type_ensure (FRESHET_TYPE_ICON_BUTTON);
  g_type_ensure (FRESHET_TYPE_LABEL_CHIPS);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-torrent-row.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, name_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, chips);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, bar);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, status_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, action_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetTorrentRow, menu_button);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
  gtk_widget_class_bind_template_callback (widget_class, query_tooltip_cb);
  gtk_widget_class_bind_template_callback (widget_class, action_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, menu_clicked_cb);
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
  freshet_icon_button_show (self->menu_button, "view-more-symbolic", _ ("More"));
}

static void
show_item (FreshetTorrentRow *self)
{
  if (self->name_label == NULL)
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
  gtk_widget_queue_draw (GTK_WIDGET (self));
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
  if (self->name_label != NULL)
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
