/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-show-folder.h"
#include "freshet-window-private.h"

GPtrArray *
freshet_window_dup_selected (FreshetWindow *self)
{
  return freshet_torrent_view_dup_selected (self->view);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  freshet_window_choose_files (FRESHET_WINDOW (widget));
}

static void
paste_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  freshet_window_paste (FRESHET_WINDOW (widget));
}

static void
pause_selected (FreshetWindow *self, gboolean pause)
{
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  for (guint i = 0; i < items->len; i++)
    if (freshet_torrent_item_is_active (items->pdata[i]) != pause)
      continue;
    else if (pause)
      freshet_torrent_item_pause (items->pdata[i]);
    else
      freshet_torrent_item_start (items->pdata[i]);
}

static void
pause_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pause_selected (FRESHET_WINDOW (widget), TRUE);
}

static void
resume_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  pause_selected (FRESHET_WINDOW (widget), FALSE);
}

static gboolean
any_active (GPtrArray *items)
{
  for (guint i = 0; i < items->len; i++)
    if (freshet_torrent_item_is_active (items->pdata[i]))
      return TRUE;
  return FALSE;
}

/* One key for both: while anything of the selection runs it pauses. */
static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  pause_selected (self, any_active (items));
}

static void
recheck_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (FRESHET_WINDOW (widget));

  for (guint i = 0; i < items->len; i++)
    freshet_torrent_item_recheck (items->pdata[i]);
}

static void
open_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (FRESHET_WINDOW (widget));

  for (guint i = 0; i < items->len; i++)
    {
      g_autoptr (GFile) file = freshet_torrent_item_dup_file (items->pdata[i]);

      freshet_show_folder (GTK_WINDOW (widget), file);
    }
}

static void
announce_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  for (guint i = 0; i < items->len; i++)
    if (freshet_torrent_item_is_active (items->pdata[i]))
      freshet_library_announce (self->library, items->pdata[i]);
}

static void
details_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);

  adw_flap_set_reveal_flap (self->details_flap, !adw_flap_get_reveal_flap (self->details_flap));
}

static void
show_details_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  adw_flap_set_reveal_flap (FRESHET_WINDOW (widget)->details_flap, TRUE);
}

static void
sidebar_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);

  adw_flap_set_reveal_flap (self->sidebar_flap, !adw_flap_get_reveal_flap (self->sidebar_flap));
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);

  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

static void
links_known_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetWindow) self = user_data;
  g_autofree char *links = freshet_library_dup_links_finish (FRESHET_LIBRARY (object), result, NULL);

  if (links == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), links);
  freshet_window_show_message (self, strchr (links, '\n') == NULL ? _ ("Magnet link copied") : _ ("Magnet links copied"));
}

static void
copy_link_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  if (items->len > 0)
    freshet_library_dup_links_async (self->library, items, self->cancellable, links_known_cb, g_object_ref (self));
}

static gboolean
menu_key_cb (GtkWidget *view, GVariant *args, gpointer data)
{
  return freshet_torrent_view_popup_menu (FRESHET_TORRENT_VIEW (view)) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;
}

/* A key that a focused button wants for itself is left to the button. */
static gboolean
list_key_cb (GtkWidget *view, GVariant *args, gpointer data)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (view));

  if (focus == NULL || GTK_IS_BUTTON (focus))
    return GDK_EVENT_PROPAGATE;
  gtk_widget_activate_action (view, data, NULL);
  return GDK_EVENT_STOP;
}

static void
add_list_key (GtkShortcutController *keys, guint key, GdkModifierType modifiers, GtkShortcutFunc func, gpointer data)
{
  gtk_shortcut_controller_add_shortcut (keys, gtk_shortcut_new (gtk_keyval_trigger_new (key, modifiers),
                                                                gtk_callback_action_new (func, data, NULL)));
}

void
freshet_window_init_actions (FreshetWindow *self)
{
  GtkShortcutController *keys = GTK_SHORTCUT_CONTROLLER (gtk_shortcut_controller_new ());

  /* Before the list, for which Space means to select. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (keys), GTK_PHASE_CAPTURE);
  add_list_key (keys, GDK_KEY_space, 0, list_key_cb, (gpointer) "win.toggle");
  add_list_key (keys, GDK_KEY_KP_Space, 0, list_key_cb, (gpointer) "win.toggle");
  add_list_key (keys, GDK_KEY_Delete, 0, list_key_cb, (gpointer) "win.remove");
  add_list_key (keys, GDK_KEY_KP_Delete, 0, list_key_cb, (gpointer) "win.remove");
  add_list_key (keys, GDK_KEY_c, GDK_CONTROL_MASK, list_key_cb, (gpointer) "win.copy-link");
  add_list_key (keys, GDK_KEY_Delete, GDK_SHIFT_MASK, list_key_cb, (gpointer) "win.remove-files");
  add_list_key (keys, GDK_KEY_KP_Delete, GDK_SHIFT_MASK, list_key_cb, (gpointer) "win.remove-files");
  add_list_key (keys, GDK_KEY_Menu, 0, menu_key_cb, NULL);
  add_list_key (keys, GDK_KEY_F10, GDK_SHIFT_MASK, menu_key_cb, NULL);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (keys));
}

void
freshet_window_update_actions (FreshetWindow *self)
{
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);
  gboolean active = any_active (items);
  gboolean idle = FALSE;

  for (guint i = 0; i < items->len; i++)
    idle |= !freshet_torrent_item_is_active (items->pdata[i]);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.pause", active);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.resume", idle);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.toggle", items->len > 0);
  freshet_window_update_file_actions (self, items);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.recheck", items->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.copy-link", items->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.open-folder", items->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.announce", active);
  freshet_window_update_queue (self, items);
  freshet_details_set_selected (self->details, items);
}

void
freshet_window_class_init_actions (FreshetWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.paste", NULL, paste_action);
  /* Not for the whole application, which would come before an entry that something is pasted into. */
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_v, GDK_CONTROL_MASK, "win.paste", NULL);
  gtk_widget_class_install_action (widget_class, "win.pause", NULL, pause_action);
  gtk_widget_class_install_action (widget_class, "win.resume", NULL, resume_action);
  gtk_widget_class_install_action (widget_class, "win.toggle", NULL, toggle_action);
  gtk_widget_class_install_action (widget_class, "win.recheck", NULL, recheck_action);
  gtk_widget_class_install_action (widget_class, "win.copy-link", NULL, copy_link_action);
  gtk_widget_class_install_action (widget_class, "win.open-folder", NULL, open_folder_action);
  freshet_window_class_init_files (klass);
  freshet_window_class_init_queue (klass);
  gtk_widget_class_install_action (widget_class, "win.announce", NULL, announce_action);
  gtk_widget_class_install_action (widget_class, "win.details", NULL, details_action);
  gtk_widget_class_install_action (widget_class, "win.show-details", NULL, show_details_action);
  gtk_widget_class_install_action (widget_class, "win.sidebar", NULL, sidebar_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
}
