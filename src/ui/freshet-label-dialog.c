/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-file-picker.h"
#include "freshet-label-dialog.h"

struct _FreshetLabelDialog
{
  AdwWindow parent_instance;
  FreshetLibrary *library;
  GPtrArray *items;
  AdwPreferencesGroup *group;
  GPtrArray *rows; /* of GtkWidget, in @group */
};

G_DEFINE_FINAL_TYPE (FreshetLabelDialog, freshet_label_dialog, ADW_TYPE_WINDOW)

static void
freshet_label_dialog_dispose (GObject *object)
{
  FreshetLabelDialog *self = FRESHET_LABEL_DIALOG (object);

  g_clear_object (&self->library);
  g_clear_pointer (&self->items, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (freshet_label_dialog_parent_class)->dispose (object);
}

static void
freshet_label_dialog_class_init (FreshetLabelDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = freshet_label_dialog_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static gint64
label_of (GtkWidget *widget)
{
  return *(gint64 *) g_object_get_data (G_OBJECT (widget), "freshet-label");
}

static void
set_label_of (GtkWidget *widget, const FreshetLabel *label)
{
  g_object_set_data_full (G_OBJECT (widget), "freshet-label", g_memdup2 (&label->id, sizeof label->id), g_free);
}

static void
toggled_cb (FreshetLabelDialog *self, GtkCheckButton *check)
{
  for (guint i = 0; i < self->items->len; i++)
    freshet_library_set_label (self->library, self->items->pdata[i], label_of (GTK_WIDGET (check)),
                               gtk_check_button_get_active (check));
}

/* Returns: (transfer none) (nullable) */
static const FreshetLabel *
find_label (FreshetLabelDialog *self, gint64 id)
{
  GPtrArray *labels = freshet_library_peek_labels (self->library);

  for (guint i = 0; i < labels->len; i++)
    if (((FreshetLabel *) labels->pdata[i])->id == id)
      return labels->pdata[i];
  return NULL;
}

static void
colour_set_cb (FreshetLabelDialog *self, GtkColorButton *button)
{
  const FreshetLabel *label = find_label (self, label_of (GTK_WIDGET (button)));
  g_autofree char *colour = NULL;
  GdkRGBA rgba;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (button), &rgba);
  colour = g_strdup_printf ("#%02x%02x%02x", (guint) (rgba.red * 255 + 0.5), (guint) (rgba.green * 255 + 0.5),
                            (guint) (rgba.blue * 255 + 0.5));
  if (label != NULL)
    freshet_library_put_label (self->library, label->id, label->name, colour, label->folder);
}

static void
show_folder (GtkWidget *row, const FreshetLabel *label)
{
  g_autofree char *path = label->folder != NULL ? g_filename_display_name (label->folder) : NULL;
  g_autofree char *text = path != NULL ? g_strdup_printf (_ ("Complete files go to %s"), path) : g_strdup ("");
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), escaped);
  gtk_widget_set_visible (g_object_get_data (G_OBJECT (row), "freshet-no-folder"), path != NULL);
}

static void
set_folder (FreshetLabelDialog *self, GtkWidget *row, const char *folder)
{
  const FreshetLabel *label = self->library != NULL ? find_label (self, label_of (row)) : NULL;

  if (label == NULL)
    return;
  freshet_library_put_label (self->library, label->id, label->name, label->colour, folder);
  show_folder (row, find_label (self, label_of (row)));
}

/* Whose folder is being chosen. */
typedef struct
{
  FreshetLabelDialog *dialog; /* owned */
  GtkWidget *row;             /* owned */
} Choice;

static void
folder_chosen_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autofree Choice *choice = user_data;
  g_autoptr (FreshetLabelDialog) dialog = choice->dialog;
  g_autoptr (GtkWidget) row = choice->row;
  g_autoptr (GFile) folder = freshet_file_picker_folder_finish (result, NULL);

  if (folder != NULL && g_file_peek_path (folder) != NULL)
    set_folder (dialog, row, g_file_peek_path (folder));
}

static void
choose_folder_cb (GtkWidget *row, GtkWidget *button)
{
  FreshetLabelDialog *self = FRESHET_LABEL_DIALOG (gtk_widget_get_root (button));
  const FreshetLabel *label = find_label (self, label_of (row));
  g_autoptr (GFile) folder = label != NULL && label->folder != NULL ? g_file_new_for_path (label->folder) : NULL;
  Choice *choice = g_new (Choice, 1);

  *choice = (Choice){ g_object_ref (self), g_object_ref (row) };
  freshet_file_picker_folder_async (GTK_WINDOW (self), _ ("Folder for Complete Files"), folder, folder_chosen_cb, choice);
}

static void
clear_folder_cb (GtkWidget *row, GtkWidget *button)
{
  set_folder (FRESHET_LABEL_DIALOG (gtk_widget_get_root (button)), row, NULL);
}

static void
remove_cb (FreshetLabelDialog *self, GtkWidget *button)
{
  freshet_library_remove_label (self->library, label_of (button));
}

static GtkWidget *
check_new (FreshetLabelDialog *self, const FreshetLabel *label)
{
  GtkWidget *check = gtk_check_button_new ();
  guint n = 0;

  for (guint i = 0; i < self->items->len; i++)
    n += freshet_torrent_item_has_label (self->items->pdata[i], label->id);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), n > 0 && n == self->items->len);
  gtk_check_button_set_inconsistent (GTK_CHECK_BUTTON (check), n > 0 && n < self->items->len);
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  set_label_of (check, label);
  g_signal_connect_object (check, "toggled", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);
  return check;
}

static GtkWidget *
colour_button_new (FreshetLabelDialog *self, const FreshetLabel *label)
{
  GtkWidget *button;
  GdkRGBA rgba;

  if (!gdk_rgba_parse (&rgba, label->colour))
    rgba = (GdkRGBA){ 0.5f, 0.5f, 0.5f, 1.0f };
  button = gtk_color_button_new_with_rgba (&rgba);
  gtk_color_button_set_title (GTK_COLOR_BUTTON (button), _ ("Colour of the Label"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Colour of the Label"));
  /* What has the focus is the button inside. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (button)), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Colour of the Label"), -1);
  set_label_of (button, label);
  g_signal_connect_object (button, "color-set", G_CALLBACK (colour_set_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
flat_button_new (const char *icon, const char *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static void
add_folder_buttons (GtkWidget *row, const FreshetLabel *label)
{
  GtkWidget *choose = flat_button_new ("folder-open-symbolic", _ ("Folder for Complete Files"));
  GtkWidget *clear = flat_button_new ("edit-clear-symbolic", _ ("No Folder of Its Own"));

  g_signal_connect_object (choose, "clicked", G_CALLBACK (choose_folder_cb), row, G_CONNECT_SWAPPED);
  g_signal_connect_object (clear, "clicked", G_CALLBACK (clear_folder_cb), row, G_CONNECT_SWAPPED);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), clear);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), choose);
  g_object_set_data (G_OBJECT (row), "freshet-no-folder", clear);
  set_label_of (row, label);
  show_folder (row, label);
}

static GtkWidget *
remove_button_new (FreshetLabelDialog *self, const FreshetLabel *label)
{
  GtkWidget *button = flat_button_new ("user-trash-symbolic", _ ("Delete the Label"));

  set_label_of (button, label);
  g_signal_connect_object (button, "clicked", G_CALLBACK (remove_cb), self, G_CONNECT_SWAPPED);
  return button;
}

static GtkWidget *
row_new (FreshetLabelDialog *self, const FreshetLabel *label)
{
  g_autofree char *title = g_markup_escape_text (label->name, -1);
  GtkWidget *row = g_object_new (ADW_TYPE_ACTION_ROW, "title", title, NULL);
  GtkWidget *check = check_new (self, label);

  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  add_folder_buttons (row, label);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), colour_button_new (self, label));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), remove_button_new (self, label));
  return row;
}

/* Only when labels came or went: a row that somebody just uses stays. */
static void
show_labels (FreshetLabelDialog *self)
{
  GPtrArray *labels;

  if (self->library == NULL)
    return;
  labels = freshet_library_peek_labels (self->library);
  if (labels->len == self->rows->len)
    return;
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < labels->len; i++)
    {
      g_ptr_array_add (self->rows, row_new (self, labels->pdata[i]));
      adw_preferences_group_add (self->group, self->rows->pdata[i]);
    }
}

/* The new label is for what is selected. */
static void
apply_cb (FreshetLabelDialog *self, AdwEntryRow *entry)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  gint64 id;

  if (name[0] == '\0')
    return;
  id = freshet_library_put_label (self->library, 0, name, NULL, NULL);
  for (guint i = 0; i < self->items->len; i++)
    freshet_library_set_label (self->library, self->items->pdata[i], id, TRUE);
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  /* There is nothing to apply any more. */
  adw_entry_row_set_show_apply_button (entry, FALSE);
  adw_entry_row_set_show_apply_button (entry, TRUE);
  /* They were made before the torrents had it. */
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (self->group, self->rows->pdata[i]);
  g_ptr_array_set_size (self->rows, 0);
  show_labels (self);
}

static void
freshet_label_dialog_init (FreshetLabelDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();
  GtkWidget *entry = adw_entry_row_new ();
  AdwPreferencesGroup *top = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  self->rows = g_ptr_array_new ();
  self->group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());
  g_object_set (entry, "title", _ ("New Label"), "show-apply-button", TRUE, NULL);
  g_signal_connect_object (entry, "apply", G_CALLBACK (apply_cb), self, G_CONNECT_SWAPPED);
  adw_preferences_group_add (top, entry);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), top);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), self->group);
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_focus (GTK_WINDOW (self), entry);
}

FreshetLabelDialog *
freshet_label_dialog_new (GtkWindow *parent, FreshetLibrary *library, GPtrArray *items)
{
  FreshetLabelDialog *self;

  g_return_val_if_fail (FRESHET_IS_LIBRARY (library), NULL);

  self = g_object_new (FRESHET_TYPE_LABEL_DIALOG, "transient-for", parent, "modal", TRUE, "destroy-with-parent", TRUE,
                       "title", _ ("Labels"), "default-width", 400, "default-height", 420, NULL);
  self->library = g_object_ref (library);
  self->items = g_ptr_array_ref (items);
  g_signal_connect_object (library, "labels-changed", G_CALLBACK (show_labels), self, G_CONNECT_SWAPPED);
  show_labels (self);
  return self;
}
