/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-label-dialog.h"

/* Of GNOME's palette, one after the other for new labels. */
static const char *const colours[] = { "#3584e4", "#2ec27e", "#f5c211", "#e66100", "#c01c28", "#813d9c", "#865e3c", "#5e5c64" };

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

static void
colour_set_cb (FreshetLabelDialog *self, GtkColorButton *button)
{
  GPtrArray *labels = freshet_library_peek_labels (self->library);
  g_autofree char *colour = NULL;
  GdkRGBA rgba;

  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (button), &rgba);
  colour = g_strdup_printf ("#%02x%02x%02x", (guint) (rgba.red * 255 + 0.5), (guint) (rgba.green * 255 + 0.5),
                            (guint) (rgba.blue * 255 + 0.5));
  for (guint i = 0; i < labels->len; i++)
    {
      g_autofree FreshetLabel *label = g_memdup2 (labels->pdata[i], sizeof *label);

      if (label->id != label_of (GTK_WIDGET (button)))
        continue;
      freshet_library_put_label (self->library, label->id, label->name, colour, label->folder);
      return;
    }
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
    gdk_rgba_parse (&rgba, colours[0]);
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
remove_button_new (FreshetLabelDialog *self, const FreshetLabel *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Delete the Label"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Delete the Label"), -1);
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
  GPtrArray *labels = freshet_library_peek_labels (self->library);
  gint64 id;

  if (name[0] == '\0')
    return;
  id = freshet_library_put_label (self->library, 0, name, colours[labels->len % G_N_ELEMENTS (colours)], NULL);
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
