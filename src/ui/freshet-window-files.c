/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-file-picker.h"
#include "freshet-format.h"
#include "freshet-window-private.h"

/* A removal that can be undone while its toast is there. */
typedef struct
{
  FreshetLibrary *library;
  GPtrArray *items;
} Removal;

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  g_object_unref (removal->library);
  g_ptr_array_unref (removal->items);
  g_free (removal);
}

static void
undo_cb (AdwToast *toast, Removal *removal)
{
  freshet_library_restore_many (removal->library, removal->items);
}

/* After Undo there is nothing left to forget. */
static void
dismissed_cb (AdwToast *toast, Removal *removal)
{
  freshet_library_forget_many (removal->library, removal->items);
}

static Removal *
removal_new (FreshetWindow *self, GPtrArray *items)
{
  Removal *removal = g_new (Removal, 1);

  removal->library = g_object_ref (self->library);
  removal->items = g_ptr_array_ref (items);
  return removal;
}

static char *
removal_text (GPtrArray *items, gboolean with_files)
{
  const char *name = freshet_torrent_item_get_name (items->pdata[0]);

  if (items->len == 1)
    return g_strdup_printf (with_files ? _ ("“%s” removed, its files go to the trash") : _ ("“%s” removed, its files stay"), name);
  if (with_files)
    return g_strdup_printf (ngettext ("%u torrent removed, its files go to the trash", "%u torrents removed, their files go to the trash",
                                      items->len),
                            items->len);
  return g_strdup_printf (ngettext ("%u torrent removed, its files stay", "%u torrents removed, their files stay", items->len),
                          items->len);
}

static void
undo_ended_cb (FreshetWindow *self, AdwToast *toast)
{
  if (self->undo_toast == toast)
    g_clear_weak_pointer (&self->undo_toast);
}

/* A removal on its way. */
typedef struct
{
  FreshetWindow *window;
  GPtrArray *items;
  gboolean with_files;
} Removing;

static void
removing_free (gpointer data)
{
  Removing *removing = data;

  g_object_unref (removing->window);
  g_ptr_array_unref (removing->items);
  g_free (removing);
}

static void
removed_cb (gpointer data)
{
  Removing *removing = data;
  FreshetWindow *self = removing->window;
  g_autofree char *message = NULL;
  g_autofree char *escaped = NULL;
  AdwToast *toast;

  /* The window has gone meanwhile: nobody will undo it. */
  if (self->toasts == NULL)
    return;
  message = removal_text (removing->items, removing->with_files);
  escaped = g_markup_escape_text (message, -1);
  toast = adw_toast_new (escaped);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb), removal_new (self, removing->items), removal_free, 0);
  g_signal_connect_data (toast, "dismissed", G_CALLBACK (dismissed_cb), removal_new (self, removing->items), removal_free, 0);
  g_set_weak_pointer (&self->undo_toast, toast);
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (undo_ended_cb), self, G_CONNECT_SWAPPED);
  freshet_window_add_toast (self, toast);
}

/* For hands that do not come to the toast in time. */
static void
undo_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (AdwToast) toast = NULL;

  g_set_object (&toast, FRESHET_WINDOW (widget)->undo_toast);
  if (toast == NULL)
    return;
  g_clear_weak_pointer (&FRESHET_WINDOW (widget)->undo_toast);
  g_signal_emit_by_name (toast, "button-clicked");
  adw_toast_dismiss (toast);
}

static void
remove_selected (FreshetWindow *self, gboolean with_files)
{
  Removing *removing;
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (self);

  if (items->len == 0)
    return;
  removing = g_new (Removing, 1);
  *removing = (Removing){ g_object_ref (self), g_ptr_array_ref (items), with_files };
  freshet_library_remove_many (self->library, items, with_files, removed_cb, removing, removing_free);
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  remove_selected (FRESHET_WINDOW (widget), FALSE);
}

static void
remove_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  remove_selected (FRESHET_WINDOW (widget), TRUE);
}

static void
files_left_cb (FreshetWindow *self, const char *name, const GError *error, guint n_left)
{
  g_autofree char *text = freshet_format_files_left (name, error, n_left);

  freshet_window_show_message (self, text);
}

static void
files_shared_cb (FreshetWindow *self, const char *name, guint n)
{
  g_autofree char *text = freshet_format_files_shared (name, n);

  freshet_window_show_message (self, text);
}

void
freshet_window_watch_files (FreshetWindow *self)
{
  g_signal_connect_object (self->library, "files-shared", G_CALLBACK (files_shared_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->library, "files-left", G_CALLBACK (files_left_cb), self, G_CONNECT_SWAPPED);
}

/* A torrent whose files are being moved. */
typedef struct
{
  FreshetWindow *window;
  FreshetTorrentItem *item;
} Move;

static void
moved_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Move *move = data;
  g_autoptr (GError) error = NULL;

  if (!freshet_library_move_files_finish (FRESHET_LIBRARY (object), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *reason = freshet_format_error (error);
      g_autofree char *text = NULL;

      text = g_strdup_printf (_ ("“%s” was not moved: %s"), freshet_torrent_item_get_name (move->item), reason);
      freshet_window_show_message (move->window, text);
    }
  g_object_unref (move->window);
  g_object_unref (move->item);
  g_free (move);
}

/* Torrents that wait for a folder to be chosen. */
typedef struct
{
  FreshetWindow *window;
  GPtrArray *items;
} Choice;

static void
folder_chosen_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  Choice *choice = data;
  g_autoptr (GFile) folder = freshet_file_picker_folder_finish (result, NULL);

  for (guint i = 0; folder != NULL && g_file_peek_path (folder) != NULL && i < choice->items->len; i++)
    {
      Move *move = g_new (Move, 1);

      *move = (Move){ g_object_ref (choice->window), g_object_ref (choice->items->pdata[i]) };
      freshet_library_move_files_async (choice->window->library, move->item, g_file_peek_path (folder),
                                        choice->window->cancellable, moved_cb, move);
    }
  g_object_unref (choice->window);
  g_ptr_array_unref (choice->items);
  g_free (choice);
}

static void
move_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetWindow *self = FRESHET_WINDOW (widget);
  Choice *choice = g_new (Choice, 1);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GFile) folder = NULL;

  *choice = (Choice){ g_object_ref (self), freshet_window_dup_selected (self) };
  if (choice->items->len > 0)
    file = freshet_torrent_item_dup_file (choice->items->pdata[0]);
  if (file != NULL)
    folder = g_file_get_parent (file);
  freshet_file_picker_folder_async (GTK_WINDOW (self), _ ("Move Files To"), folder, folder_chosen_cb, choice);
}

static gboolean
is_moving (FreshetTorrentItem *item)
{
  return freshet_torrent_item_get_torrent (item) != NULL && freshet_torrent_item_peek_stats (item)->moving;
}

static void
stop_moving_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GPtrArray) items = freshet_window_dup_selected (FRESHET_WINDOW (widget));

  for (guint i = 0; i < items->len; i++)
    if (is_moving (items->pdata[i]))
      bt_torrent_cancel_move (freshet_torrent_item_get_torrent (items->pdata[i]));
}

void
freshet_window_update_file_actions (FreshetWindow *self, GPtrArray *items)
{
  gboolean moving = FALSE;

  for (guint i = 0; i < items->len; i++)
    moving |= is_moving (items->pdata[i]);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remove", items->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.remove-files", items->len > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.move-files", items->len > 0 && !moving);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.stop-moving", moving);
}

void
freshet_window_class_init_files (FreshetWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_install_action (widget_class, "win.undo", NULL, undo_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, "win.undo", NULL);
  gtk_widget_class_install_action (widget_class, "win.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "win.remove-files", NULL, remove_files_action);
  gtk_widget_class_install_action (widget_class, "win.move-files", NULL, move_files_action);
  gtk_widget_class_install_action (widget_class, "win.stop-moving", NULL, stop_moving_action);
}
