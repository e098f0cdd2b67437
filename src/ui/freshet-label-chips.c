/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-label-chips.h"
#include "freshet-label-dot.h"

/* More would leave no room for the name of the torrent. */
#define MAX_CHIPS 3u

/* Letters of a name that are shown. */
#define MAX_LETTERS 14

struct _FreshetLabelChips
{
  AdwBin parent_instance;
  char *shown; /* names and colours of what is shown; NULL nothing */
  gboolean narrow;
};

G_DEFINE_FINAL_TYPE (FreshetLabelChips, freshet_label_chips, ADW_TYPE_BIN)

static void
freshet_label_chips_finalize (GObject *object)
{
  g_free (FRESHET_LABEL_CHIPS (object)->shown);
  G_OBJECT_CLASS (freshet_label_chips_parent_class)->finalize (object);
}

static void
freshet_label_chips_class_init (FreshetLabelChipsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = freshet_label_chips_finalize;
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
freshet_label_chips_init (FreshetLabelChips *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

/* The name stays out of sight where there is no room, but in the tooltip. */
static void
show_name (GtkWidget *chip, gboolean narrow)
{
  gtk_widget_set_visible (gtk_widget_get_last_child (chip), !narrow || !FRESHET_IS_LABEL_DOT (gtk_widget_get_first_child (chip)));
}

static GtkWidget *
chip_new (const char *text, const char *colour)
{
  GtkWidget *chip = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 5);
  GtkWidget *name = gtk_label_new (text);

  if (colour != NULL)
    {
      GtkWidget *dot = freshet_label_dot_new ();

      freshet_label_dot_set_colour (FRESHET_LABEL_DOT (dot), colour);
      gtk_box_append (GTK_BOX (chip), dot);
    }
  /* A number is whole or wrong. */
  gtk_label_set_ellipsize (GTK_LABEL (name), colour != NULL ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_label_set_max_width_chars (GTK_LABEL (name), MAX_LETTERS);
  gtk_widget_add_css_class (name, "caption");
  gtk_widget_add_css_class (chip, "label-chip");
  gtk_widget_set_tooltip_text (chip, text);
  gtk_box_append (GTK_BOX (chip), name);
  return chip;
}

static void
make_chips (FreshetLabelChips *self, GPtrArray *own)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *spoken = NULL;

  for (guint i = 0; i < own->len; i++)
    {
      const FreshetLabel *label = own->pdata[i];

      g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", label->name);
      if (i < MAX_CHIPS)
        gtk_box_append (GTK_BOX (box), chip_new (label->name, label->colour));
    }
  if (own->len > MAX_CHIPS)
    {
      /* A mark of direction, or from right to left it would read "2+". */
      g_autofree char *more = g_strdup_printf ("\u200e+%u", own->len - MAX_CHIPS);

      gtk_box_append (GTK_BOX (box), chip_new (more, NULL));
    }
  for (GtkWidget *chip = gtk_widget_get_first_child (box); chip != NULL; chip = gtk_widget_get_next_sibling (chip))
    show_name (chip, self->narrow);
  /* Translators: what a screen reader says of a torrent's labels; their names follow */
  spoken = g_strdup_printf (_ ("Labels: %s"), names->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), names->str);
  adw_bin_set_child (ADW_BIN (self), box);
}

void
freshet_label_chips_show (FreshetLabelChips *self, GPtrArray *labels, FreshetTorrentItem *item)
{
  g_autoptr (GPtrArray) own = NULL;
  g_autoptr (GString) shown = NULL;

  g_return_if_fail (FRESHET_IS_LABEL_CHIPS (self));

  if (self->shown == NULL && (item == NULL || freshet_torrent_item_peek_record (item)->labels == NULL))
    return;
  own = g_ptr_array_new ();
  shown = g_string_new (NULL);
  for (guint i = 0; item != NULL && i < labels->len; i++)
    {
      const FreshetLabel *label = labels->pdata[i];

      if (!freshet_torrent_item_has_label (item, label->id))
        continue;
      g_ptr_array_add (own, labels->pdata[i]);
      g_string_append_printf (shown, "%s\n%s\n", label->colour, label->name);
    }
  if (g_strcmp0 (self->shown, shown->str) == 0)
    return;
  g_free (self->shown);
  self->shown = own->len > 0 ? g_strdup (shown->str) : NULL;
  if (own->len > 0)
    make_chips (self, own);
  gtk_widget_set_visible (GTK_WIDGET (self), own->len > 0);
}

void
freshet_label_chips_set_narrow (FreshetLabelChips *self, gboolean narrow)
{
  GtkWidget *box;

  g_return_if_fail (FRESHET_IS_LABEL_CHIPS (self));

  if (self->narrow == narrow)
    return;
  self->narrow = narrow;
  box = adw_bin_get_child (ADW_BIN (self));
  for (GtkWidget *chip = box != NULL ? gtk_widget_get_first_child (box) : NULL; chip != NULL; chip = gtk_widget_get_next_sibling (chip))
    show_name (chip, narrow);
}
