/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "freshet-pieces-map.h"

/* Pixels: the pieces, a gap, and how many peers have them. */
#define MAP_HEIGHT 24
#define GAP 3
#define AVAILABILITY_HEIGHT 5
#define RADIUS 4

/* More columns than a screen has are not drawn. */
#define MAX_CELLS 8192u

/* With so many peers a piece is as safe as it looks. */
#define PLENTY 8u

struct _FreshetPiecesMap
{
  GtkWidget parent_instance;
  FreshetTorrentItem *item;
  BtPieceCell *cells;
  guint n_cells;
  GdkTexture *map;
  GdkTexture *availability;
};

G_DEFINE_FINAL_TYPE (FreshetPiecesMap, freshet_pieces_map, GTK_TYPE_WIDGET)

typedef struct
{
  GdkRGBA trough;
  GdkRGBA done;
  GdkRGBA active;
  GdkRGBA had_by;
  GdkRGBA had_by_nobody;
} Palette;

static GdkRGBA
named_color (GtkWidget *widget, const char *name, double alpha)
{
  GtkStyleContext *style = gtk_widget_get_style_context (widget);
  GdkRGBA color;

  if (!gtk_style_context_lookup_color (style, name, &color))
    gtk_style_context_get_color (style, &color);
  color.alpha *= (float) alpha;
  return color;
}

static void
find_palette (GtkWidget *widget, Palette *palette)
{
  *palette = (Palette){
    .trough = named_color (widget, "view_fg_color", 0.12),
    .done = named_color (widget, "accent_bg_color", 1),
    .active = named_color (widget, "warning_bg_color", 1),
    .had_by = named_color (widget, "view_fg_color", 0.8),
    .had_by_nobody = named_color (widget, "error_bg_color", 1),
  };
}

static void
put_pixel (guint8 *pixel, const GdkRGBA *a, const GdkRGBA *b, double share)
{
  const double alpha = a->alpha + (b->alpha - a->alpha) * share;
  const double values[] = { a->red * a->alpha, a->green * a->alpha, a->blue * a->alpha };
  const double others[] = { b->red * b->alpha, b->green * b->alpha, b->blue * b->alpha };

  /* Premultiplied, as the texture's format is. */
  for (guint i = 0; i < 3; i++)
    pixel[i] = (guint8) (255 * (values[i] + (others[i] - values[i]) * share) + 0.5);
  pixel[3] = (guint8) (255 * alpha + 0.5);
}

static void
put_cell (const BtPieceCell *cell, const Palette *palette, guint8 *map, guint8 *availability)
{
  static const GdkRGBA nothing;

  if (cell->active && cell->done < G_MAXUINT8)
    put_pixel (map, &palette->active, &palette->done, cell->done / 255.0);
  else
    put_pixel (map, &palette->trough, &palette->done, cell->done / 255.0);
  if (cell->done == G_MAXUINT8)
    put_pixel (availability, &nothing, &nothing, 0);
  else if (cell->availability == 0)
    put_pixel (availability, &palette->had_by_nobody, &nothing, 0);
  else
    put_pixel (availability, &palette->trough, &palette->had_by, MIN (cell->availability, PLENTY) / (double) PLENTY);
}

/* @pixels: (transfer full) */
static GdkTexture *
texture_new (guint8 *pixels, guint width)
{
  g_autoptr (GBytes) bytes = g_bytes_new_take (pixels, 4 * (gsize) width);

  return gdk_memory_texture_new ((int) width, 1, GDK_MEMORY_R8G8B8A8_PREMULTIPLIED, bytes, 4 * (gsize) width);
}

static void
draw_cells (FreshetPiecesMap *self)
{
  guint8 *map = g_malloc (4 * (gsize) self->n_cells);
  guint8 *availability = g_malloc (4 * (gsize) self->n_cells);
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  Palette palette;

  find_palette (GTK_WIDGET (self), &palette);
  for (guint i = 0; i < self->n_cells; i++)
    {
      guint x = mirrored ? self->n_cells - 1 - i : i;

      put_cell (&self->cells[i], &palette, map + 4 * x, availability + 4 * x);
    }
  g_clear_object (&self->map);
  g_clear_object (&self->availability);
  self->map = texture_new (map, self->n_cells);
  self->availability = texture_new (availability, self->n_cells);
}

static void
snapshot_strip (GtkSnapshot *snapshot, GdkTexture *texture, float y, float width, float height)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, y, width, height);
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, &bounds, MIN (RADIUS, height / 2));
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_texture (snapshot, texture, &bounds);
  gtk_snapshot_pop (snapshot);
}

static void
freshet_pieces_map_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FreshetPiecesMap *self = FRESHET_PIECES_MAP (widget);
  float width = (float) gtk_widget_get_width (widget);

  if (self->n_cells == 0)
    return;
  if (self->map == NULL)
    draw_cells (self);
  snapshot_strip (snapshot, self->map, 0, width, MAP_HEIGHT);
  snapshot_strip (snapshot, self->availability, MAP_HEIGHT + GAP, width, AVAILABILITY_HEIGHT);
}

/* The colors of what is drawn are those of the style. */
static void
freshet_pieces_map_css_changed (GtkWidget *widget, GtkCssStyleChange *change)
{
  FreshetPiecesMap *self = FRESHET_PIECES_MAP (widget);

  GTK_WIDGET_CLASS (freshet_pieces_map_parent_class)->css_changed (widget, change);
  g_clear_object (&self->map);
  gtk_widget_queue_draw (widget);
}

static void
freshet_pieces_map_direction_changed (GtkWidget *widget, GtkTextDirection previous)
{
  FreshetPiecesMap *self = FRESHET_PIECES_MAP (widget);

  GTK_WIDGET_CLASS (freshet_pieces_map_parent_class)->direction_changed (widget, previous);
  g_clear_object (&self->map);
  gtk_widget_queue_draw (widget);
}

static void
freshet_pieces_map_measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural,
                            int *minimum_baseline, int *natural_baseline)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? 100 : MAP_HEIGHT + GAP + AVAILABILITY_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 320 : *minimum;
}

static void
take_cells (FreshetPiecesMap *self)
{
  guint n_cells = (guint) MAX (gtk_widget_get_width (GTK_WIDGET (self)), 0)
                  * (guint) gtk_widget_get_scale_factor (GTK_WIDGET (self));
  BtPieceCell *cells;

  n_cells = self->item != NULL ? MIN (n_cells, MAX_CELLS) : 0;
  cells = g_new0 (BtPieceCell, n_cells);
  if (n_cells > 0)
    bt_torrent_get_piece_cells (freshet_torrent_item_get_torrent (self->item), cells, n_cells);
  if (n_cells == self->n_cells && (n_cells == 0 || memcmp (cells, self->cells, n_cells * sizeof *cells) == 0))
    {
      g_free (cells);
      return;
    }
  g_free (self->cells);
  self->cells = cells;
  self->n_cells = n_cells;
  g_clear_object (&self->map);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
freshet_pieces_map_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  take_cells (FRESHET_PIECES_MAP (widget));
}

static void
freshet_pieces_map_dispose (GObject *object)
{
  FreshetPiecesMap *self = FRESHET_PIECES_MAP (object);

  g_clear_object (&self->item);
  g_clear_object (&self->map);
  g_clear_object (&self->availability);
  g_clear_pointer (&self->cells, g_free);
  self->n_cells = 0;
  G_OBJECT_CLASS (freshet_pieces_map_parent_class)->dispose (object);
}

static void
freshet_pieces_map_class_init (FreshetPiecesMapClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = freshet_pieces_map_dispose;
  widget_class->snapshot = freshet_pieces_map_snapshot;
  widget_class->measure = freshet_pieces_map_measure;
  widget_class->size_allocate = freshet_pieces_map_size_allocate;
  widget_class->css_changed = freshet_pieces_map_css_changed;
  widget_class->direction_changed = freshet_pieces_map_direction_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "piecesmap");
}

static void
freshet_pieces_map_init (FreshetPiecesMap *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Pieces"), -1);
}

void
freshet_pieces_map_refresh (FreshetPiecesMap *self, FreshetTorrentItem *item, const char *words)
{
  g_return_if_fail (FRESHET_IS_PIECES_MAP (self));

  g_set_object (&self->item, item);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, words, -1);
  take_cells (self);
}
