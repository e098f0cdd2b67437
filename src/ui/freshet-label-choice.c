/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-label-choice.h"

struct _FreshetLabelChoice
{
  AdwActionRow parent_instance;
  FreshetLibrary *library;
  GtkWidget *checks; /* a box of GtkCheckButton, one a label */
};

G_DEFINE_FINAL_TYPE (FreshetLabelChoice, freshet_label_choice, ADW_TYPE_ACTION_ROW)

static void
freshet_label_choice_dispose (GObject *object)
{
  g_clear_object (&FRESHET_LABEL_CHOICE (object)->library);
  G_OBJECT_CLASS (freshet_label_choice_parent_class)->dispose (object);
}

static void
freshet_label_choice_class_init (FreshetLabelChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = freshet_label_choice_dispose;
}

/* 0 for one that is to be made. */
static gint64
label_of (GtkWidget *check)
{
  return *(gint64 *) g_object_get_data (G_OBJECT (check), "freshet-label");
}

static const char *
name_of (GtkWidget *check)
{
  return gtk_label_get_label (GTK_LABEL (gtk_check_button_get_child (GTK_CHECK_BUTTON (check))));
}

static void
show_chosen (FreshetLabelChoice *self)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *escaped = NULL;

  for (GtkWidget *check = gtk_widget_get_first_child (self->checks); check != NULL; check = gtk_widget_get_next_sibling (check))
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", name_of (check));
  escaped = g_markup_escape_text (names->len > 0 ? names->str : _ ("None"), -1);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), escaped);
}

static GtkWidget *
append_check (FreshetLabelChoice *self, gint64 id, const char *name)
{
  GtkWidget *check = gtk_check_button_new ();
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", name, "xalign", 0.0f, "ellipsize", PANGO_ELLIPSIZE_END,
                                   "max-width-chars", 24, NULL);

  gtk_check_button_set_child (GTK_CHECK_BUTTON (check), label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (check), "freshet-label", g_memdup2 (&id, sizeof id), g_free);
  g_signal_connect_object (check, "toggled", G_CALLBACK (show_chosen), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->checks), check);
  return check;
}

static GtkWidget *
find_check (FreshetLabelChoice *self, const char *name)
{
  for (GtkWidget *check = gtk_widget_get_first_child (self->checks); check != NULL; check = gtk_widget_get_next_sibling (check))
    if (g_str_equal (name_of (check), name))
      return check;
  return NULL;
}

static void
named_cb (FreshetLabelChoice *self, GtkEntry *entry)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  GtkWidget *check;

  if (name[0] == '\0')
    return;
  check = find_check (self, name);
  if (check == NULL)
    check = append_check (self, 0, name);
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
}

static GtkWidget *
popover_new (FreshetLabelChoice *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *entry = g_object_new (GTK_TYPE_ENTRY, "placeholder-text", _ ("New Label"), NULL);
  GtkWidget *scrolled = g_object_new (GTK_TYPE_SCROLLED_WINDOW, "hscrollbar-policy", GTK_POLICY_NEVER, "max-content-height", 240,
                                      "propagate-natural-height", TRUE, "child", self->checks, NULL);
  GtkWidget *popover = gtk_popover_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("New Label"), -1);
  g_signal_connect_object (entry, "activate", G_CALLBACK (named_cb), self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (box), entry);
  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  return popover;
}

static void
freshet_label_choice_init (FreshetLabelChoice *self)
{
  GtkWidget *button = gtk_menu_button_new ();

  self->checks = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "pan-down-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover_new (self));
  gtk_widget_set_tooltip_text (button, _ ("Choose Labels"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Choose Labels"), -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _ ("Labels"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), button);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self), button);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 1);
  show_chosen (self);
}

void
freshet_label_choice_set_library (FreshetLabelChoice *self, FreshetLibrary *library)
{
  GPtrArray *labels;

  g_return_if_fail (FRESHET_IS_LABEL_CHOICE (self));
  g_return_if_fail (self->library == NULL);

  self->library = g_object_ref (library);
  labels = freshet_library_peek_labels (library);
  for (guint i = 0; i < labels->len; i++)
    append_check (self, ((FreshetLabel *) labels->pdata[i])->id, ((FreshetLabel *) labels->pdata[i])->name);
}

GArray *
freshet_label_choice_dup_chosen (FreshetLabelChoice *self)
{
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_return_val_if_fail (FRESHET_IS_LABEL_CHOICE (self), ids);

  for (GtkWidget *check = gtk_widget_get_first_child (self->checks); check != NULL; check = gtk_widget_get_next_sibling (check))
    {
      gint64 id = label_of (check);

      if (!gtk_check_button_get_active (GTK_CHECK_BUTTON (check)))
        continue;
      if (id == 0)
        id = freshet_library_put_label (self->library, 0, name_of (check), NULL, NULL);
      g_array_append_val (ids, id);
    }
  return ids;
}
