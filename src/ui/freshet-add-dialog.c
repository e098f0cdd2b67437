/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-add-dialog.h"
#include "freshet-add-request.h"
#include "freshet-file-picker.h"
#include "freshet-format.h"

struct _FreshetAddDialog
{
  AdwWindow parent_instance;
  GListModel *requests;
  GFile *folder;
  GCancellable *cancellable; /* of the question how much space is free */
  AdwPreferencesGroup *torrents;
  GtkListBox *list;
  AdwActionRow *folder_row;
  GtkLabel *space_label;
  GtkWidget *add_button;
  GtkWidget *space_warning;
};

enum
{
  ADDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FreshetAddDialog, freshet_add_dialog, ADW_TYPE_WINDOW)

static guint64
total_size (FreshetAddDialog *self)
{
  guint64 size = 0;

  for (guint i = 0; i < g_list_model_get_n_items (self->requests); i++)
    {
      g_autoptr (FreshetAddRequest) request = g_list_model_get_item (self->requests, i);

      size += freshet_add_request_get_size (request);
    }
  return size;
}

static void
space_known_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info_finish (G_FILE (object), result, &error);
  g_autofree char *free_text = NULL;
  g_autofree char *text = NULL;
  FreshetAddDialog *self = user_data;
  guint64 free_space;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_label (self->space_label, "");
  gtk_widget_set_visible (self->space_warning, FALSE);
  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return;

  free_space = g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
  free_text = freshet_format_size (free_space);
  /* Translators: %s is a size */
  text = g_strdup_printf (_ ("%s free"), free_text);
  gtk_label_set_label (self->space_label, text);
  gtk_widget_set_visible (self->space_warning, free_space < total_size (self));
}

/* "~/Downloads" rather than "/home/somebody/Downloads". */
static char *
display_path (GFile *folder)
{
  g_autoptr (GFile) home = g_file_new_for_path (g_get_home_dir ());
  g_autofree char *relative = NULL;
  g_autofree char *path = NULL;

  if (g_file_equal (folder, home))
    return g_strdup (_ ("Home folder"));

  relative = g_file_get_relative_path (home, folder);
  path = relative != NULL ? g_build_filename ("~", relative, NULL) : g_file_get_parse_name (folder);
  return g_filename_display_name (path);
}

static void
set_folder (FreshetAddDialog *self, GFile *folder)
{
  g_autofree char *path = display_path (folder);
  g_autofree char *escaped = g_markup_escape_text (path, -1);

  g_set_object (&self->folder, folder);
  adw_action_row_set_subtitle (self->folder_row, escaped);

  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_file_query_filesystem_info_async (folder, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, G_PRIORITY_DEFAULT, self->cancellable,
                                      space_known_cb, self);
}

static void
folder_chosen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FreshetAddDialog) self = user_data;
  g_autoptr (GFile) folder = freshet_file_picker_folder_finish (result, NULL);

  if (folder != NULL && g_file_peek_path (folder) != NULL)
    set_folder (self, folder);
}

static void
choose_folder_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetAddDialog *self = FRESHET_ADD_DIALOG (widget);

  freshet_file_picker_folder_async (GTK_WINDOW (self), _ ("Save To"), self->folder, folder_chosen_cb,
                                    g_object_ref (self));
}

static void
add_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  FreshetAddDialog *self = FRESHET_ADD_DIALOG (widget);

  g_signal_emit (self, signals[ADDED], 0, self->requests, self->folder);
  gtk_window_destroy (GTK_WINDOW (self));
}

static GtkWidget *
create_row (gpointer object, gpointer data)
{
  FreshetAddRequest *request = object;
  g_autofree char *contents = freshet_format_contents (freshet_add_request_get_size (request),
                                                       freshet_add_request_get_n_files (request));

  return g_object_new (ADW_TYPE_ACTION_ROW, "use-markup", FALSE, "title", freshet_add_request_get_name (request),
                       "title-lines", 2, "subtitle", contents, "activatable", FALSE, NULL);
}

static void
show_requests (FreshetAddDialog *self)
{
  guint n = g_list_model_get_n_items (self->requests);
  g_autofree char *size = freshet_format_size (total_size (self));
  g_autofree char *title = NULL;

  if (n == 1)
    gtk_window_set_title (GTK_WINDOW (self), _ ("Add Torrent"));
  else
    {
      title = g_strdup_printf (ngettext ("%u torrent, %s", "%u torrents, %s", n), n, size);
      gtk_window_set_title (GTK_WINDOW (self), _ ("Add Torrents"));
      adw_preferences_group_set_title (self->torrents, title);
    }
  gtk_list_box_bind_model (self->list, self->requests, create_row, NULL, NULL);
}

static void
freshet_add_dialog_dispose (GObject *object)
{
  FreshetAddDialog *self = FRESHET_ADD_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->requests);
  g_clear_object (&self->folder);
  G_OBJECT_CLASS (freshet_add_dialog_parent_class)->dispose (object);
}

static void
freshet_add_dialog_finalize (GObject *object)
{
  FreshetAddDialog *self = FRESHET_ADD_DIALOG (object);

  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (freshet_add_dialog_parent_class)->finalize (object);
}

static void
freshet_add_dialog_class_init (FreshetAddDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = freshet_add_dialog_dispose;
  object_class->finalize = freshet_add_dialog_finalize;

  signals[ADDED] = g_signal_new ("added", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 2, G_TYPE_LIST_MODEL, G_TYPE_FILE);

  gtk_widget_class_install_action (widget_class, "dialog.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "dialog.choose-folder", NULL, choose_folder_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-add-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, torrents);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, list);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, space_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, space_warning);
}

static void
freshet_add_dialog_init (FreshetAddDialog *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

FreshetAddDialog *
freshet_add_dialog_new (GtkWindow *parent, GListModel *requests, GFile *folder)
{
  FreshetAddDialog *self = g_object_new (FRESHET_TYPE_ADD_DIALOG, "transient-for", parent, NULL);

  self->requests = g_object_ref (requests);
  show_requests (self);
  set_folder (self, folder);
  gtk_widget_grab_focus (self->add_button);
  return self;
}
