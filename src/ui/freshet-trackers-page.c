/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-context-menu.h"
#include "freshet-format-details.h"
#include "freshet-tracker-item.h"
#include "freshet-trackers-page.h"

struct _FreshetTrackersPage
{
  AdwBin parent_instance;
  FreshetTorrentItem *item;
  FreshetSyncList *trackers;
  GtkListBox *list;
  GtkWidget *menu; /* made when it is first asked for */
  GtkWidget *empty_label;
  GtkWidget *list_page;
  AdwEntryRow *entry;
  GtkLabel *entry_error;
};

G_DEFINE_FINAL_TYPE (FreshetTrackersPage, freshet_trackers_page, ADW_TYPE_BIN)

/* How it does, what it said, and how many there are; a line each. */
static char *
describe (FreshetTrackerItem *tracker)
{
  const BtTrackerStats *stats = freshet_tracker_item_peek_stats (tracker);
  g_autofree char *state = freshet_format_tracker_state (stats);
  g_autofree char *swarm = freshet_format_tracker_swarm (stats);
  GString *text = g_string_new (state);

  if (stats->message != NULL && stats->message[0] != '\0')
    g_string_append_printf (text, "\n%s", stats->message);
  if (swarm[0] != '\0')
    g_string_append_printf (text, "\n%s", swarm);
  return g_string_free (text, FALSE);
}

static const char *
icon_of (BtTrackerState state)
{
  switch (state)
    {
    case BT_TRACKER_WORKING:
      return "emblem-ok-symbolic";
    case BT_TRACKER_FAILED:
      return "dialog-warning-symbolic";
    case BT_TRACKER_ANNOUNCING:
      return "view-refresh-symbolic";
    case BT_TRACKER_IDLE:
    default:
      return "content-loading-symbolic";
    }
}

static void
refresh_row_cb (GtkWidget *row, GParamSpec *pspec, FreshetTrackerItem *tracker)
{
  const BtTrackerStats *stats = freshet_tracker_item_peek_stats (tracker);
  g_autofree char *text = describe (tracker);
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  GtkWidget *icon = g_object_get_data (G_OBJECT (row), "freshet-icon");

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  gtk_image_set_from_icon_name (GTK_IMAGE (icon), icon_of (stats->state));
  if (stats->state == BT_TRACKER_FAILED)
    gtk_widget_add_css_class (row, "failed");
  else
    gtk_widget_remove_css_class (row, "failed");
}

static GtkWidget *
remove_button_new (const char *url)
{
  g_autofree char *name = g_strdup_printf (_ ("Remove %s"), url);
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_tooltip_text (button, _ ("Remove This Tracker"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "trackers.remove");
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", url);
  return button;
}

static GtkWidget *
create_row (gpointer object, gpointer data)
{
  FreshetTrackerItem *tracker = object;
  const char *url = freshet_tracker_item_peek_stats (tracker)->url;
  g_autofree char *title = g_markup_escape_text (url, -1);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, "title-lines", 2, "activatable", FALSE, NULL);
  GtkWidget *icon = gtk_image_new ();

  gtk_widget_add_css_class (row, "tracker");
  g_object_set_data (G_OBJECT (row), "freshet-icon", icon);
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), icon);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove_button_new (url));
  g_signal_connect_object (tracker, "notify::revision", G_CALLBACK (refresh_row_cb), row, G_CONNECT_SWAPPED);
  refresh_row_cb (row, NULL, tracker);
  return row;
}

static BtTorrent *
get_torrent (FreshetTrackersPage *self)
{
  return self->item != NULL ? freshet_torrent_item_get_torrent (self->item) : NULL;
}

static void
show_entry_error (FreshetTrackersPage *self, const char *message)
{
  gtk_label_set_label (self->entry_error, message != NULL ? message : "");
  gtk_widget_set_visible (GTK_WIDGET (self->entry_error), message != NULL);
  if (message != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self->entry), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->entry), "error");
}

static void
entry_changed_cb (FreshetTrackersPage *self)
{
  show_entry_error (self, NULL);
}

/* The tier after those that are there: it is asked beside them. */
static void
entry_applied_cb (FreshetTrackersPage *self)
{
  BtTorrent *torrent = get_torrent (self);
  g_autoptr (GError) error = NULL;

  if (torrent == NULL)
    return;
  if (bt_torrent_add_tracker (torrent, gtk_editable_get_text (GTK_EDITABLE (self->entry)), G_MAXUINT, &error))
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  else if (g_error_matches (error, BT_ERROR, BT_ERROR_DUPLICATE))
    show_entry_error (self, _ ("This tracker is there already"));
  else if (g_error_matches (error, BT_ERROR, BT_ERROR_TOO_LARGE))
    show_entry_error (self, _ ("There are as many trackers as there can be"));
  else
    show_entry_error (self, _ ("An address of a tracker begins with http://, https:// or udp://"));
  freshet_trackers_page_refresh (self);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetTrackersPage *self = FRESHET_TRACKERS_PAGE (widget);
  BtTorrent *torrent = get_torrent (self);

  if (torrent != NULL)
    bt_torrent_remove_tracker (torrent, g_variant_get_string (parameter, NULL));
  freshet_trackers_page_refresh (self);
}

/* What can be done with the tracker of @row.
 * Returns: (transfer full) */
static GMenuModel *
row_menu_new (FreshetTrackersPage *self, GtkListBoxRow *row)
{
  guint index = (guint) gtk_list_box_row_get_index (row);
  g_autoptr (FreshetTrackerItem) tracker = g_list_model_get_item (G_LIST_MODEL (self->trackers), index);
  const char *url = freshet_tracker_item_peek_stats (tracker)->url;
  g_autoptr (GMenuItem) copy = g_menu_item_new (_ ("_Copy Address"), NULL);
  g_autoptr (GMenuItem) remove = g_menu_item_new (_ ("_Remove This Tracker"), NULL);
  GMenu *menu = g_menu_new ();

  g_menu_item_set_action_and_target (copy, "trackers.copy", "s", url);
  g_menu_item_set_action_and_target (remove, "trackers.remove", "s", url);
  g_menu_append_item (menu, copy);
  g_menu_append_item (menu, remove);
  return G_MENU_MODEL (menu);
}

static void
secondary_pressed_cb (FreshetTrackersPage *self, int n_press, double x, double y, GtkGestureClick *gesture)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (self->list, (int) y);
  g_autoptr (GMenuModel) model = row != NULL ? row_menu_new (self, row) : NULL;
  double to_x, to_y;

  if (row == NULL)
    return;
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_translate_coordinates (GTK_WIDGET (self->list), GTK_WIDGET (self), x, y, &to_x, &to_y);
  freshet_context_menu_popup (&self->menu, GTK_WIDGET (self), model, &(GdkRectangle){ (int) to_x, (int) to_y, 1, 1 });
}

static gboolean
menu_key_cb (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  FreshetTrackersPage *self = FRESHET_TRACKERS_PAGE (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  GtkWidget *row = focus != NULL ? gtk_widget_get_ancestor (focus, GTK_TYPE_LIST_BOX_ROW) : NULL;
  g_autoptr (GMenuModel) model = NULL;

  if (row == NULL || gtk_widget_get_parent (row) != GTK_WIDGET (self->list))
    return GDK_EVENT_PROPAGATE;
  model = row_menu_new (self, GTK_LIST_BOX_ROW (row));
  freshet_context_menu_popup_for (&self->menu, widget, model, row);
  return GDK_EVENT_STOP;
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), g_variant_get_string (parameter, NULL));
}

static void
announce_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetTrackersPage *self = FRESHET_TRACKERS_PAGE (widget);
  BtTorrent *torrent = get_torrent (self);

  if (torrent != NULL)
    bt_torrent_announce (torrent);
  freshet_trackers_page_refresh (self);
}

static void
freshet_trackers_page_dispose (GObject *object)
{
  FreshetTrackersPage *self = FRESHET_TRACKERS_PAGE (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->item);
  g_clear_object (&self->trackers);
  G_OBJECT_CLASS (freshet_trackers_page_parent_class)->dispose (object);
}

static void
freshet_trackers_page_class_init (FreshetTrackersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_trackers_page_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-trackers-page.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetTrackersPage, list);
  gtk_widget_class_bind_template_child (widget_class, FreshetTrackersPage, list_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetTrackersPage, empty_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetTrackersPage, entry);
  gtk_widget_class_bind_template_child (widget_class, FreshetTrackersPage, entry_error);
  gtk_widget_class_bind_template_callback (widget_class, entry_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, entry_applied_cb);
  gtk_widget_class_bind_template_callback (widget_class, secondary_pressed_cb);
  gtk_widget_class_install_action (widget_class, "trackers.copy", "s", copy_action);
  gtk_widget_class_install_action (widget_class, "trackers.remove", "s", remove_action);
  gtk_widget_class_install_action (widget_class, "trackers.announce", NULL, announce_action);
  freshet_context_menu_add_keys (widget_class, menu_key_cb);
}

static void
freshet_trackers_page_init (FreshetTrackersPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->trackers = freshet_sync_list_new (FRESHET_TYPE_TRACKER_ITEM);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->trackers), create_row, NULL, NULL);
}

void
freshet_trackers_page_set_item (FreshetTrackersPage *self, FreshetTorrentItem *item)
{
  g_return_if_fail (FRESHET_IS_TRACKERS_PAGE (self));

  if (!g_set_object (&self->item, item))
    return;
  freshet_sync_list_clear (self->trackers);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  show_entry_error (self, NULL);
}

void
freshet_trackers_page_refresh (FreshetTrackersPage *self)
{
  gboolean empty, active;

  g_return_if_fail (FRESHET_IS_TRACKERS_PAGE (self));

  if (self->item == NULL)
    return;
  freshet_tracker_item_sync (self->trackers, get_torrent (self));
  empty = g_list_model_get_n_items (G_LIST_MODEL (self->trackers)) == 0;
  active = freshet_torrent_item_is_active (self->item);
  gtk_widget_set_visible (self->empty_label, empty);
  gtk_widget_set_visible (GTK_WIDGET (self->list), !empty);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "trackers.announce", active && !empty);
}
