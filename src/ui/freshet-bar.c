/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-bar.h"
#include "freshet-format.h"

struct _FreshetBar
{
  GtkWidget parent_instance;
  double fraction;
  const char *class; /* static; NULL none */
};

G_DEFINE_FINAL_TYPE (FreshetBar, freshet_bar, GTK_TYPE_WIDGET)

static void
freshet_bar_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FreshetBar *self = FRESHET_BAR (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  const int filled = (int) (width * self->fraction + 0.5);
  graphene_rect_t area = GRAPHENE_RECT_INIT ((float) (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL ? width - filled : 0), 0,
                                             (float) filled, (float) height);
  GskRoundedRect shape;
  GdkRGBA color;

  if (filled == 0)
    return;
  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  gsk_rounded_rect_init_from_rect (&shape, &area, (float) MIN (filled, height) / 2);
  gtk_snapshot_push_rounded_clip (snapshot, &shape);
  gtk_snapshot_append_color (snapshot, &color, &area);
  gtk_snapshot_pop (snapshot);
}

static void
freshet_bar_class_init (FreshetBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = freshet_bar_snapshot;
  gtk_widget_class_set_css_name (widget_class, "bar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PROGRESS_BAR);
}

/* GTK tells the value of its own bars only. */
static void
say_percent (FreshetBar *self)
{
  g_autofree char *text = freshet_format_percent (self->fraction);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
freshet_bar_init (FreshetBar *self)
{
  say_percent (self);
}

void
freshet_bar_set_fraction (FreshetBar *self, double fraction)
{
  g_return_if_fail (FRESHET_IS_BAR (self));

  fraction = CLAMP (fraction, 0.0, 1.0);
  if (self->fraction == fraction)
    return;
  self->fraction = fraction;
  say_percent (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

double
freshet_bar_get_fraction (FreshetBar *self)
{
  g_return_val_if_fail (FRESHET_IS_BAR (self), 0);
  return self->fraction;
}

/* A widget with another class gets another style, which costs more than all
 * else that is done to a row. */
void
freshet_bar_set_class (FreshetBar *self, const char *class)
{
  g_return_if_fail (FRESHET_IS_BAR (self));

  if (self->class == class)
    return;
  if (self->class != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (self), self->class);
  if (class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (self), class);
  self->class = class;
}
