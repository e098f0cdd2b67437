/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-label-dot.h"

/* Pixels across. */
#define DOT_SIZE 10

struct _FreshetLabelDot
{
  GtkWidget parent_instance;
  GdkRGBA colour;
};

G_DEFINE_FINAL_TYPE (FreshetLabelDot, freshet_label_dot, GTK_TYPE_WIDGET)

static void
freshet_label_dot_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                           int *minimum_baseline, int *natural_baseline)
{
  *minimum = *natural = DOT_SIZE;
}

/* The rim keeps a colour apart from a background that is like it. */
static void
freshet_label_dot_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FreshetLabelDot *self = FRESHET_LABEL_DOT (widget);
  graphene_rect_t square = GRAPHENE_RECT_INIT ((float) (gtk_widget_get_width (widget) - DOT_SIZE) / 2,
                                               (float) (gtk_widget_get_height (widget) - DOT_SIZE) / 2, DOT_SIZE, DOT_SIZE);
  GdkRGBA rim;
  GskRoundedRect circle;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &rim);
  rim.alpha *= 0.4f;
  gsk_rounded_rect_init_from_rect (&circle, &square, DOT_SIZE / 2.0f);
  gtk_snapshot_push_rounded_clip (snapshot, &circle);
  gtk_snapshot_append_color (snapshot, &self->colour, &square);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &circle, (float[4]){ 1, 1, 1, 1 }, (GdkRGBA[4]){ rim, rim, rim, rim });
}

static void
freshet_label_dot_class_init (FreshetLabelDotClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->measure = freshet_label_dot_measure;
  widget_class->snapshot = freshet_label_dot_snapshot;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
freshet_label_dot_init (FreshetLabelDot *self)
{
}

GtkWidget *
freshet_label_dot_new (void)
{
  return g_object_new (FRESHET_TYPE_LABEL_DOT, "valign", GTK_ALIGN_CENTER, NULL);
}

void
freshet_label_dot_set_colour (FreshetLabelDot *self, const char *colour)
{
  g_return_if_fail (FRESHET_IS_LABEL_DOT (self));

  if (!gdk_rgba_parse (&self->colour, colour))
    self->colour = (GdkRGBA){ 0 };
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
