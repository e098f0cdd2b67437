/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-add-dialog.h"
#include "freshet-add-request.h"
#include "freshet-add-row.h"
#include "freshet-file-chooser.h"
#include "freshet-file-picker.h"
#include "freshet-format.h"
#include "freshet-label-choice.h"

struct _FreshetAddDialog
{
  AdwWindow parent_instance;
  GListModel *requests;
  GFile *folder;
  GCancellable *cancellable; /* of the question how much space is free */
  gint64 free_space;         /* bytes; -1 unknown */
  GtkStack *stack;
  AdwPreferencesGroup *torrents;
  GtkListBox *list;
  GtkWidget *single_row;     /* of the only request; shown above its files */
  GtkWidget *back_box;
  GtkLabel *files_label;
  FreshetFileChooser *chooser;
  GtkSwitch *start_switch;
  GtkSwitch *order_switch;
  FreshetLabelChoice *labels;
  AdwActionRow *folder_row;
  GtkLabel *space_label;
  GtkWidget *add_button;
  GtkWidget *space_warning;
  GListStore *shown;         /* the first of @requests; NULL with one */
  GtkWidget *more_button;
  guint n_rows;              /* that there are to be */
  guint rows_source;
  guint choice_source;
};

/* Torrents that have a row; more of them come when they are asked for, as many
 * again. Rows are made in parts: one takes half a millisecond. */
#define FEW 100u
#define PART 10u

enum
{
  ADDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (FreshetAddDialog, freshet_add_dialog, ADW_TYPE_WINDOW)

/* Bytes of what was chosen, as far as it is known. */
static guint64
wanted_size (FreshetAddDialog *self)
{
  guint64 size = 0;

  for (guint i = 0; i < g_list_model_get_n_items (self->requests); i++)
    {
      g_autoptr (FreshetAddRequest) request = g_list_model_get_item (self->requests, i);

      size += freshet_add_request_get_wanted_size (request);
    }
  return size;
}

/* A torrent of which nothing is wanted need not be added. */
static gboolean
is_anything_wanted (FreshetAddDialog *self)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->requests); i++)
    {
      g_autoptr (FreshetAddRequest) request = g_list_model_get_item (self->requests, i);
      FreshetFileNode *files = freshet_add_request_get_files (request);

      if (files == NULL || freshet_file_node_get_n_wanted (files) > 0)
        return TRUE;
    }
  return FALSE;
}

static void
show_title (FreshetAddDialog *self)
{
  guint n = g_list_model_get_n_items (self->requests);
  g_autofree char *size = freshet_format_size (wanted_size (self));
  g_autofree char *title = NULL;

  if (n == 1)
    return;
  title = g_strdup_printf (ngettext ("%u torrent, %s", "%u torrents, %s", n), n, size);
  adw_preferences_group_set_title (self->torrents, title);
}

static void
show_choice (FreshetAddDialog *self)
{
  gtk_widget_set_visible (self->space_warning, self->free_space >= 0 && (guint64) self->free_space < wanted_size (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "dialog.add", is_anything_wanted (self));
  show_title (self);
}

static gboolean
show_choice_cb (gpointer data)
{
  FreshetAddDialog *self = data;

  self->choice_source = 0;
  show_choice (self);
  return G_SOURCE_REMOVE;
}

/* Looking at a thousand torrents for each of a thousand changes takes too long. */
static void
choice_changed_cb (FreshetAddDialog *self)
{
  if (g_list_model_get_n_items (self->requests) <= FEW)
    {
      show_choice (self);
      return;
    }
  if (self->choice_source == 0)
    self->choice_source = g_idle_add (show_choice_cb, self);
}

static void
space_known_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_filesystem_info_finish (G_FILE (object), result, &error);
  g_autofree char *free_text = NULL;
  g_autofree char *text = NULL;
  FreshetAddDialog *self = user_data;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  gtk_label_set_label (self->space_label, "");
  self->free_space = -1;
  choice_changed_cb (self);
  if (info == NULL || !g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
    return;

  self->free_space = (gint64) MIN (g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE), (guint64) G_MAXINT64);
  free_text = freshet_format_size ((guint64) self->free_space);
  /* Translators: %s is a size */
  text = g_strdup_printf (_ ("%s free"), free_text);
  gtk_label_set_label (self->space_label, text);
  choice_changed_cb (self);
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
  g_autoptr (GArray) labels = freshet_label_choice_dup_chosen (self->labels);

  g_signal_emit (self, signals[ADDED], 0, self->requests, self->folder, gtk_switch_get_active (self->start_switch),
                 gtk_switch_get_active (self->order_switch), labels);
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
show_files (FreshetAddDialog *self, FreshetAddRequest *request)
{
  gtk_label_set_label (self->files_label, freshet_add_request_get_name (request));
  freshet_file_chooser_set_root (self->chooser, freshet_add_request_get_files (request));
  gtk_stack_set_visible_child_name (self->stack, "files");
}

static void
row_activated_cb (FreshetAddDialog *self, GtkListBoxRow *row)
{
  show_files (self, freshet_add_row_get_request (FRESHET_ADD_ROW (row)));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_stack_set_visible_child_name (FRESHET_ADD_DIALOG (widget)->stack, "list");
}

/* What is in it is known: at once for a file, later for a link. */
static void
files_known_cb (FreshetAddDialog *self, GParamSpec *pspec, FreshetAddRequest *request)
{
  FreshetFileNode *files = freshet_add_request_get_files (request);

  if (files == NULL)
    return;
  g_signal_connect_object (files, "choice-changed", G_CALLBACK (choice_changed_cb), self, G_CONNECT_SWAPPED);
  choice_changed_cb (self);
  /* With one torrent its files are below it; one file needs no tree. */
  if (self->single_row == NULL || freshet_add_request_get_n_files (request) < 2)
    return;
  freshet_file_chooser_set_root (self->chooser, files);
  gtk_widget_set_visible (GTK_WIDGET (self->chooser), TRUE);
  /* As high as it would have been with the files from the beginning. */
  gtk_window_set_default_size (GTK_WINDOW (self), gtk_widget_get_width (GTK_WIDGET (self)), -1);
}

static GtkWidget *
create_row (gpointer object, gpointer data)
{
  GtkWidget *row = freshet_add_row_new (object);

  freshet_add_row_set_leads_on (FRESHET_ADD_ROW (row));
  return row;
}

/* One torrent, with its files below. */
static void
show_single (FreshetAddDialog *self)
{
  g_autoptr (FreshetAddRequest) request = g_list_model_get_item (self->requests, 0);
  GtkWidget *list = gtk_list_box_new ();

  gtk_window_set_title (GTK_WINDOW (self), _ ("Add Torrent"));
  self->single_row = freshet_add_row_new (request);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Torrents to add"), -1);
  gtk_list_box_append (GTK_LIST_BOX (list), self->single_row);
  gtk_widget_set_margin_bottom (list, 6);
  gtk_box_insert_child_after (GTK_BOX (gtk_widget_get_parent (self->back_box)), list, NULL);
  gtk_widget_set_visible (self->back_box, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (self->chooser), FALSE);
  gtk_stack_set_visible_child_name (self->stack, "files");
}

static gboolean
add_rows_cb (gpointer data)
{
  FreshetAddDialog *self = data;
  guint first = g_list_model_get_n_items (G_LIST_MODEL (self->shown)), end = MIN (self->n_rows, first + PART);
  g_autoptr (GPtrArray) next = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = first; i < end; i++)
    g_ptr_array_add (next, g_list_model_get_item (self->requests, i));
  g_list_store_splice (self->shown, first, 0, next->pdata, next->len);
  if (end < self->n_rows)
    return G_SOURCE_CONTINUE;
  self->rows_source = 0;
  return G_SOURCE_REMOVE;
}

static void
show_more (FreshetAddDialog *self)
{
  guint n = g_list_model_get_n_items (self->requests), left;
  g_autofree char *text = NULL;

  self->n_rows = MIN (n, self->n_rows + FEW);
  left = n - self->n_rows;
  gtk_widget_set_visible (self->more_button, left > 0);
  text = g_strdup_printf (ngettext ("%u More", "%u More", left), left);
  gtk_button_set_label (GTK_BUTTON (self->more_button), text);
  if (self->rows_source == 0 && add_rows_cb (self))
    self->rows_source = g_idle_add (add_rows_cb, self);
}

static void
show_requests (FreshetAddDialog *self)
{
  guint n = g_list_model_get_n_items (self->requests);

  if (n == 1)
    show_single (self);
  else
    {
      gtk_window_set_title (GTK_WINDOW (self), _ ("Add Torrents"));
      self->shown = g_list_store_new (FRESHET_TYPE_ADD_REQUEST);
      gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), create_row, NULL, NULL);
      show_more (self);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (FreshetAddRequest) request = g_list_model_get_item (self->requests, i);

      g_signal_connect_object (request, "notify::files", G_CALLBACK (files_known_cb), self, G_CONNECT_SWAPPED);
      files_known_cb (self, NULL, request);
    }
  show_title (self);
}

static void
freshet_add_dialog_dispose (GObject *object)
{
  FreshetAddDialog *self = FRESHET_ADD_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->choice_source, g_source_remove);
  g_clear_handle_id (&self->rows_source, g_source_remove);
  g_clear_object (&self->shown);
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
                                 G_TYPE_NONE, 5, G_TYPE_LIST_MODEL, G_TYPE_FILE, G_TYPE_BOOLEAN, G_TYPE_BOOLEAN, G_TYPE_ARRAY);

  gtk_widget_class_install_action (widget_class, "dialog.add", NULL, add_action);
  gtk_widget_class_install_action (widget_class, "dialog.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "dialog.choose-folder", NULL, choose_folder_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);

  g_type_ensure (FRESHET_TYPE_FILE_CHOOSER);
  g_type_ensure (FRESHET_TYPE_LABEL_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/freshet/Freshet/freshet-add-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, torrents);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, back_box);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, files_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, chooser);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, start_switch);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, order_switch);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, list);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, more_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, folder_row);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, labels);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, space_label);
  gtk_widget_class_bind_template_child (widget_class, FreshetAddDialog, space_warning);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, show_more);
}

static void
freshet_add_dialog_init (FreshetAddDialog *self)
{
  self->cancellable = g_cancellable_new ();
  self->free_space = -1;
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

void
freshet_add_dialog_offer_labels (FreshetAddDialog *self, FreshetLibrary *library)
{
  g_return_if_fail (FRESHET_IS_ADD_DIALOG (self));

  freshet_label_choice_set_library (self->labels, library);
  gtk_widget_set_visible (GTK_WIDGET (self->labels), TRUE);
}
