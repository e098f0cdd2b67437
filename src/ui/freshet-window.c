/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-format.h"
#include "freshet-window-private.h"

/* How long a message is there, as libadwaita has it. */
#define MESSAGE_SECONDS 5

/* Selected torrents that are watched one by one for what can be done with them. */
#define MOST_WATCHED 100u

/* Milliseconds until it is looked what can be done with more of them. */
#define SELECTION_DELAY 100

enum
{
  PROP_0,
  PROP_LIBRARY,
  PROP_SETTINGS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (FreshetWindow, freshet_window, ADW_TYPE_APPLICATION_WINDOW)

static void
rates_changed_cb (FreshetWindow *self)
{
  g_autofree char *rates = freshet_format_rates (freshet_library_get_down_rate (self->library),
                                                 freshet_library_get_up_rate (self->library));

  adw_window_title_set_subtitle (self->title, rates);
}

/* @at_end: on that side of the header, when it is there */
static void
place_button (FreshetWindow *self, GtkWidget *button, gboolean narrow, gboolean at_end)
{
  /* While it is in neither. */
  g_object_ref (button);
  gtk_widget_set_halign (button, narrow ? GTK_ALIGN_CENTER : GTK_ALIGN_FILL);
  if (narrow)
    adw_header_bar_remove (self->header, button);
  else
    gtk_box_remove (GTK_BOX (self->bottom_bar), button);
  if (narrow)
    gtk_box_append (GTK_BOX (self->bottom_bar), button);
  else if (at_end)
    adw_header_bar_pack_end (self->header, button);
  else
    adw_header_bar_pack_start (self->header, button);
  g_object_unref (button);
}

/* A narrow window has no room for all of them beside its title. */
static void
place_buttons (FreshetWindow *self, gboolean narrow)
{
  GtkWidget *buttons[] = { self->details_button, GTK_WIDGET (self->speed_button), self->sort_button, self->search_button };
  const guint n = G_N_ELEMENTS (buttons);

  if (gtk_widget_get_visible (self->bottom_bar) == narrow)
    return;
  gtk_widget_set_visible (self->bottom_bar, narrow);
  place_button (self, self->add_button, narrow, FALSE);
  for (guint i = 0; i < n; i++)
    place_button (self, buttons[narrow ? n - 1 - i : i], narrow, TRUE);
}

static gboolean
adapt_cb (gpointer data)
{
  FreshetWindow *self = data;
  gboolean narrow = adw_flap_get_folded (self->sidebar_flap);

  self->adapt_source = 0;
  place_buttons (self, narrow);
  freshet_torrent_view_set_narrow (self->view, narrow);
  return G_SOURCE_REMOVE;
}

/* It folds while sizes are given out, when none may be changed. */
static void
folded_cb (FreshetWindow *self)
{
  if (self->adapt_source != 0)
    return;
  self->adapt_source = g_idle_add (adapt_cb, self);
  g_source_set_name_by_id (self->adapt_source, "freshet-window adapt");
}

/* Pages that are only turned away from would still be read to people who
 * cannot see. */
static void
show_page (FreshetWindow *self)
{
  gboolean empty = g_list_model_get_n_items (G_LIST_MODEL (self->library)) == 0;

  gtk_widget_set_visible (self->empty_page, empty);
  gtk_widget_set_visible (GTK_WIDGET (self->view), !empty);
}

/* What is selected may change without the selection changing; its state tells
 * what can be done with it. */
static void
take_selection (FreshetWindow *self)
{
  for (guint i = 0; i < self->selected->len; i++)
    g_signal_handlers_disconnect_by_func (self->selected->pdata[i], freshet_window_update_actions, self);
  g_ptr_array_unref (self->selected);
  self->selected = freshet_torrent_view_dup_selected (self->view);
  if (self->selected->len > MOST_WATCHED)
    g_ptr_array_set_size (self->selected, 0);
  for (guint i = 0; i < self->selected->len; i++)
    {
      g_signal_connect_object (self->selected->pdata[i], "notify::state", G_CALLBACK (freshet_window_update_actions), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (self->selected->pdata[i], "notify::moving", G_CALLBACK (freshet_window_update_actions), self, G_CONNECT_SWAPPED);
    }
  freshet_window_update_actions (self);
}

static gboolean
selection_cb (gpointer data)
{
  FreshetWindow *self = data;

  self->selection_source = 0;
  take_selection (self);
  return G_SOURCE_REMOVE;
}

/* Of many that are selected, and go one after the other, not each is looked at. */
static void
selection_changed_cb (FreshetWindow *self)
{
  if (freshet_torrent_view_get_n_selected (self->view) <= MOST_WATCHED && self->selection_source == 0)
    take_selection (self);
  else if (self->selection_source == 0)
    {
      self->selection_source = g_timeout_add (SELECTION_DELAY, selection_cb, self);
      g_source_set_name_by_id (self->selection_source, "freshet-window selection");
    }
}

static void
items_changed_cb (FreshetWindow *self)
{
  show_page (self);
  selection_changed_cb (self);
}

/* What is slid away would still be read to people who cannot see. */
static void
details_revealed_cb (FreshetWindow *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->details), adw_flap_get_reveal_progress (self->details_flap) > 0);
}

static void
sidebar_revealed_cb (FreshetWindow *self)
{
  gtk_widget_set_visible (adw_bin_get_child (ADW_BIN (self->sidebar)),
                          adw_flap_get_reveal_progress (self->sidebar_flap) > 0);
}

static void
activated_cb (FreshetWindow *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-folder", NULL);
}

/* On a narrow window the sidebar lies over the list. */
static void
chosen_cb (FreshetWindow *self, const FreshetFilter *choice)
{
  freshet_torrent_view_set_choice (self->view, choice);
  if (adw_flap_get_folded (self->sidebar_flap))
    adw_flap_set_reveal_flap (self->sidebar_flap, FALSE);
}

static void
search_changed_cb (FreshetWindow *self)
{
  freshet_torrent_view_set_search (self->view, gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

/* Kept over a restart. A sidebar that was slid away for want of room comes
 * back when there is room: only what a person chose is written. */
static void
bind_settings (FreshetWindow *self)
{
  g_settings_bind (self->settings, "window-width", self, "default-width", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-height", self, "default-height", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "window-maximized", self, "maximized", G_SETTINGS_BIND_DEFAULT);
  freshet_speed_button_set_settings (self->speed_button, self->settings);
  g_settings_bind (self->settings, "details", self->details_flap, "reveal-flap", G_SETTINGS_BIND_DEFAULT);
}

static void
freshet_window_constructed (GObject *object)
{
  FreshetWindow *self = FRESHET_WINDOW (object);

  G_OBJECT_CLASS (freshet_window_parent_class)->constructed (object);

  freshet_torrent_view_set_library (self->view, G_LIST_MODEL (self->library), self->settings);
  freshet_sidebar_set_library (self->sidebar, self->library);
  freshet_window_watch_files (self);
  freshet_status_bar_set_library (self->status_bar, self->library, self->settings);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "list", freshet_torrent_view_get_actions (self->view));
  g_signal_connect_object (self->library, "notify::down-rate", G_CALLBACK (rates_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->library, "notify::up-rate", G_CALLBACK (rates_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->library, "items-changed", G_CALLBACK (items_changed_cb), self, G_CONNECT_SWAPPED);
  items_changed_cb (self);
  gtk_widget_set_visible (GTK_WIDGET (self->speed_button), self->settings != NULL);
  if (self->settings != NULL)
    bind_settings (self);
}

static void
freshet_window_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FreshetWindow *self = FRESHET_WINDOW (object);

  switch (prop_id)
    {
    case PROP_LIBRARY:
      g_value_set_object (value, self->library);
      break;
    case PROP_SETTINGS:
      g_value_set_object (value, self->settings);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_window_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  FreshetWindow *self = FRESHET_WINDOW (object);

  switch (prop_id)
    {
    case PROP_LIBRARY:
      self->library = g_value_dup_object (value);
      break;
    case PROP_SETTINGS:
      self->settings = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
freshet_window_dispose (GObject *object)
{
  FreshetWindow *self = FRESHET_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->adapt_source, g_source_remove);
  g_clear_handle_id (&self->selection_source, g_source_remove);
  g_clear_handle_id (&self->paste_source, g_source_remove);
  if (self->library != NULL)
    g_clear_signal_handler (&self->demo_finished_handler, self->library);
  g_clear_weak_pointer (&self->undo_toast);
  g_clear_object (&self->demo);
  g_clear_object (&self->library);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (freshet_window_parent_class)->dispose (object);
}

static void
freshet_window_finalize (GObject *object)
{
  FreshetWindow *self = FRESHET_WINDOW (object);

  g_clear_object (&self->cancellable);
  g_ptr_array_unref (self->selected);
  G_OBJECT_CLASS (freshet_window_parent_class)->finalize (object);
}

static void
freshet_window_class_init (FreshetWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = freshet_window_constructed;
  object_class->get_property = freshet_window_get_property;
  object_class->set_property = freshet_window_set_property;
  object_class->dispose = freshet_window_dispose;
  object_class->finalize = freshet_window_finalize;

  properties[PROP_LIBRARY] = g_param_spec_object ("library", NULL, NULL, FRESHET_TYPE_LIBRARY, flags);
  properties[PROP_SETTINGS] = g_param_spec_object ("settings", NULL, NULL, G_TYPE_SETTINGS, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (FRESHET_TYPE_DETAILS);
  g_type_ensure (FRESHET_TYPE_SIDEBAR);
  g_type_ensure (FRESHET_TYPE_SPEED_BUTTON);
  g_type_ensure (FRESHET_TYPE_STATUS_BAR);
  g_type_ensure (FRESHET_TYPE_TORRENT_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-window.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, title);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, add_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, empty_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, sidebar_flap);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, search_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, sort_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, speed_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, header);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, bottom_bar);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, details_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, search_bar);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, view);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, status_bar);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, details_flap);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, details);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, drop_revealer);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, drop_page);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, demo_revealer);
  gtk_widget_class_bind_template_child (widget_class, FreshetWindow, demo_progress);
  gtk_widget_class_bind_template_callback (widget_class, selection_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, details_revealed_cb);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, folded_cb);
  gtk_widget_class_bind_template_callback (widget_class, chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, sidebar_revealed_cb);
  freshet_window_class_init_actions (klass);
}

/* libadwaita gives the halves of the button tooltips, and no names. */
static void
name_add_button (FreshetWindow *self)
{
  GtkWidget *open = gtk_widget_get_first_child (self->add_button);
  GtkWidget *more = gtk_widget_get_last_child (self->add_button);

  gtk_accessible_update_property (GTK_ACCESSIBLE (open), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Open Torrent Files…"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (more), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Open or Paste"), -1);
}

static void
freshet_window_init (FreshetWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->selected = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  name_add_button (self);
  freshet_window_init_actions (self);
  freshet_window_init_drop (self);
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
  gtk_search_bar_set_key_capture_widget (self->search_bar, GTK_WIDGET (self->view));
}

FreshetWindow *
freshet_window_new (GtkApplication *app, FreshetLibrary *library, GSettings *settings)
{
  g_return_val_if_fail (FRESHET_IS_LIBRARY (library), NULL);
  return g_object_new (FRESHET_TYPE_WINDOW, "application", app, "library", library, "settings", settings, NULL);
}

void
freshet_window_add_toast (FreshetWindow *self, AdwToast *toast)
{
  g_autoptr (AdwToast) owned = toast;

  /* What was begun before the window went may end after it. */
  if (self->toasts == NULL)
    return;
  /* The one about what is fetched stays for long; others do not wait for it. */
  if (self->n_fetches > 0)
    adw_toast_set_priority (toast, ADW_TOAST_PRIORITY_HIGH);
  adw_toast_overlay_add_toast (self->toasts, g_steal_pointer (&owned));
}

static void
add_toast (FreshetWindow *self, const char *message, guint timeout)
{
  /* A toast's title is markup; names come from strangers. */
  g_autofree char *escaped = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (escaped);

  adw_toast_set_timeout (toast, timeout);
  freshet_window_add_toast (self, toast);
}

void
freshet_window_show_message (FreshetWindow *self, const char *message)
{
  g_return_if_fail (FRESHET_IS_WINDOW (self));
  add_toast (self, message, MESSAGE_SECONDS);
}

void
freshet_window_show_note (FreshetWindow *self, const char *note)
{
  g_return_if_fail (FRESHET_IS_WINDOW (self));
  add_toast (self, note, 0);
}

void
freshet_window_show_torrent (FreshetWindow *self, FreshetTorrentItem *item)
{
  g_return_if_fail (FRESHET_IS_WINDOW (self));

  freshet_torrent_view_select (self->view, item);
  adw_flap_set_reveal_flap (self->details_flap, TRUE);
}
