/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-icon-button.h"

/* Pixels. */
#define ICON_SIZE 16

struct _FreshetIconButton
{
  GtkButton parent_instance;
  const char *name;
  GtkIconPaintable *icon; /* NULL until it is drawn */
};

G_DEFINE_FINAL_TYPE (FreshetIconButton, freshet_icon_button, GTK_TYPE_BUTTON)

static void
forget_icon (FreshetIconButton *self)
{
  g_clear_object (&self->icon);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
freshet_icon_button_dispose (GObject *object)
{
  g_clear_object (&FRESHET_ICON_BUTTON (object)->icon);
  G_OBJECT_CLASS (freshet_icon_button_parent_class)->dispose (object);
}

static void
freshet_icon_button_system_setting_changed (GtkWidget *widget, GtkSystemSetting setting)
{
  GTK_WIDGET_CLASS (freshet_icon_button_parent_class)->system_setting_changed (widget, setting);
  if (setting == GTK_SYSTEM_SETTING_ICON_THEME)
    forget_icon (FRESHET_ICON_BUTTON (widget));
}

static void
freshet_icon_button_direction_changed (GtkWidget *widget, GtkTextDirection before)
{
  GTK_WIDGET_CLASS (freshet_icon_button_parent_class)->direction_changed (widget, before);
  forget_icon (FRESHET_ICON_BUTTON (widget));
}

static GtkIconPaintable *
look_icon_up (GtkWidget *widget, const char *name)
{
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gtk_widget_get_display (widget));

  return gtk_icon_theme_lookup_icon (theme, name, NULL, ICON_SIZE, gtk_widget_get_scale_factor (widget),
                                     gtk_widget_get_direction (widget), GTK_ICON_LOOKUP_PRELOAD);
}

static void
freshet_icon_button_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FreshetIconButton *self = FRESHET_ICON_BUTTON (widget);
  const int x = (gtk_widget_get_width (widget) - ICON_SIZE) / 2, y = (gtk_widget_get_height (widget) - ICON_SIZE) / 2;
  GdkRGBA color;

  GTK_WIDGET_CLASS (freshet_icon_button_parent_class)->snapshot (widget, snapshot);
  if (self->name == NULL)
    return;
  if (self->icon == NULL)
    self->icon = look_icon_up (widget, self->name);
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (self->icon), snapshot, ICON_SIZE, ICON_SIZE, &color, 1);
  gtk_snapshot_restore (snapshot);
}

static void
freshet_icon_button_class_init (FreshetIconButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_icon_button_dispose;
  widget_class->system_setting_changed = freshet_icon_button_system_setting_changed;
  widget_class->direction_changed = freshet_icon_button_direction_changed;
  widget_class->snapshot = freshet_icon_button_snapshot;
}

static void
freshet_icon_button_init (FreshetIconButton *self)
{
  g_signal_connect (self, "notify::scale-factor", G_CALLBACK (forget_icon), NULL);
}

void
freshet_icon_button_show (FreshetIconButton *self, const char *icon, const char *what)
{
  g_return_if_fail (FRESHET_IS_ICON_BUTTON (self));

  if (self->name == icon)
    return;
  self->name = icon;
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), what);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, what, -1);
  forget_icon (self);
}

const char *
freshet_icon_button_get_icon (FreshetIconButton *self)
{
  g_return_val_if_fail (FRESHET_IS_ICON_BUTTON (self), NULL);
  return self->name;
}
