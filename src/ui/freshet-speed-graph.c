/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>

#include "freshet-format.h"
#include "freshet-format-details.h"
#include "freshet-speed-graph.h"

#define HEIGHT 120
/* Below the lowest speed worth a graph its scale stays as it is. */
#define LEAST_SCALE 10000u
#define TEXT_GAP 4.0

typedef struct
{
  guint64 down;
  guint64 up;
} Sample;

struct _FreshetSpeedGraph
{
  GtkWidget parent_instance;
  Sample samples[FRESHET_SPEED_SECONDS]; /* the oldest first */
  guint64 scale;
};

G_DEFINE_FINAL_TYPE (FreshetSpeedGraph, freshet_speed_graph, GTK_TYPE_WIDGET)

guint64
freshet_speed_graph_scale (guint64 peak)
{
  guint64 scale = LEAST_SCALE;

  while (scale < peak && scale < G_MAXUINT64 / 10)
    {
      if (scale * 2 >= peak)
        return scale * 2;
      if (scale * 5 >= peak)
        return scale * 5;
      scale *= 10;
    }
  return scale;
}

static PangoLayout *
text_new (FreshetSpeedGraph *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (0.82));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

static GdkRGBA
color_of (FreshetSpeedGraph *self, const char *name, double alpha)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  GdkRGBA color;

  if (name == NULL || !gtk_style_context_lookup_color (style, name, &color))
    gtk_style_context_get_color (style, &color);
  color.alpha *= (float) alpha;
  return color;
}

/* @x: of its start, its middle or its end, as @align is 0, 0.5 or 1 */
static int
draw_text (FreshetSpeedGraph *self, cairo_t *cr, const char *text, double x, double y, double align)
{
  g_autoptr (PangoLayout) layout = text_new (self, text);
  GdkRGBA color = color_of (self, NULL, 0.7);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  gdk_cairo_set_source_rgba (cr, &color);
  cairo_move_to (cr, x - width * align, y);
  pango_cairo_show_layout (cr, layout);
  return height;
}

static int
text_height (FreshetSpeedGraph *self)
{
  g_autoptr (PangoLayout) layout = text_new (self, "0");
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static void
draw_line (FreshetSpeedGraph *self, cairo_t *cr, double y, double width)
{
  GdkRGBA color = color_of (self, NULL, 0.15);

  gdk_cairo_set_source_rgba (cr, &color);
  cairo_set_line_width (cr, 1);
  cairo_move_to (cr, 0, y + 0.5);
  cairo_line_to (cr, width, y + 0.5);
  cairo_stroke (cr);
}

/* Where the curves are drawn. */
typedef struct
{
  double top, width, height;
} Plot;

static void
trace (FreshetSpeedGraph *self, cairo_t *cr, const Plot *plot, gboolean up)
{
  for (guint i = 0; i < FRESHET_SPEED_SECONDS; i++)
    {
      guint64 speed = up ? self->samples[i].up : self->samples[i].down;
      double x = plot->width * i / (FRESHET_SPEED_SECONDS - 1);

      cairo_line_to (cr, x, plot->top + plot->height * (1 - (double) speed / (double) self->scale));
    }
}

static void
draw_curves (FreshetSpeedGraph *self, cairo_t *cr, const Plot *plot)
{
  GdkRGBA down = color_of (self, "accent_color", 1), area = down, up = color_of (self, "success_color", 1);
  static const double dashes[] = { 4, 2 };

  area.alpha *= 0.25f;
  trace (self, cr, plot, FALSE);
  cairo_line_to (cr, plot->width, plot->top + plot->height);
  cairo_line_to (cr, 0, plot->top + plot->height);
  cairo_close_path (cr);
  gdk_cairo_set_source_rgba (cr, &area);
  cairo_fill (cr);

  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, 1.5);
  trace (self, cr, plot, FALSE);
  gdk_cairo_set_source_rgba (cr, &down);
  cairo_stroke (cr);
  /* Told apart without colors as well. */
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  trace (self, cr, plot, TRUE);
  gdk_cairo_set_source_rgba (cr, &up);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

/* Time goes from left to right wherever people read from right to left too,
 * as graphs do. */
static void
freshet_speed_graph_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FreshetSpeedGraph *self = FRESHET_SPEED_GRAPH (widget);
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
  int line = text_height (self);
  Plot plot = { line + TEXT_GAP / 2, width, height - 2 * line - 2 * TEXT_GAP };
  g_autofree char *top = freshet_format_rate (self->scale);
  g_autofree char *half = freshet_format_rate (self->scale / 2);

  draw_line (self, cr, plot.top, width);
  draw_line (self, cr, plot.top + (int) plot.height / 2, width);
  draw_line (self, cr, plot.top + plot.height, width);
  draw_curves (self, cr, &plot);
  draw_text (self, cr, top, 0, plot.top - line, 0);
  draw_text (self, cr, half, 0, plot.top + (int) plot.height / 2 - line, 0);
  draw_text (self, cr, _ ("5 minutes ago"), 0, plot.top + plot.height + TEXT_GAP, 0);
  draw_text (self, cr, C_ ("time", "now"), width, plot.top + plot.height + TEXT_GAP, 1);
  cairo_destroy (cr);
}

static void
freshet_speed_graph_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                             int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 160 : HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : HEIGHT;
}

static void
freshet_speed_graph_class_init (FreshetSpeedGraphClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = freshet_speed_graph_snapshot;
  widget_class->measure = freshet_speed_graph_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "speedgraph");
}

static void
freshet_speed_graph_init (FreshetSpeedGraph *self)
{
  self->scale = LEAST_SCALE;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Speed"), -1);
}

void
freshet_speed_graph_refresh (FreshetSpeedGraph *self, const FreshetSpeedHistory *history, gint64 now)
{
  g_autofree char *description = freshet_format_speed_graph (history, now);
  guint64 peak = 0;

  g_return_if_fail (FRESHET_IS_SPEED_GRAPH (self));

  for (guint i = 0; i < FRESHET_SPEED_SECONDS; i++)
    {
      Sample *sample = &self->samples[FRESHET_SPEED_SECONDS - 1 - i];

      *sample = (Sample){ 0, 0 };
      if (history != NULL)
        freshet_speed_history_get (history, now, i, &sample->down, &sample->up);
      peak = MAX (peak, MAX (sample->down, sample->up));
    }
  self->scale = freshet_speed_graph_scale (peak);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, description, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
