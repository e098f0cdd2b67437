/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  FRESHET_COLUMN_TEXT,     /* at the start of its cell; takes the space that is left */
  FRESHET_COLUMN_WORD,     /* at the start of its cell */
  FRESHET_COLUMN_NUMBER,   /* at the end of its cell */
  FRESHET_COLUMN_PROGRESS, /* a bar and its text */
} FreshetColumnKind;

/**
 * FreshetColumnSpec:
 *
 * What a column of a #GtkColumnView over a #FreshetSlotModel shows of the
 * objects in its rows: their values stay raw, and become text in the cells
 * that are there.
 */
typedef struct
{
  const char *id;                                   /* remembered in the settings */
  const char *title;                                /* msgid with the context "column" */
  FreshetColumnKind kind;
  int chars;                                        /* width, in characters */
  const char *property;                             /* whose changes change the cell */
  char *(*format) (gpointer item);
  char *(*tooltip) (gpointer item);                 /* NULL for none */
  double (*fraction) (gpointer item);               /* of PROGRESS: 0 .. 1 */
  int (*compare) (gconstpointer a, gconstpointer b, gpointer data); /* ascending */
  gboolean hidden;                                  /* at first */
  guint lines;                                      /* of a cell; 0 is one */
  const char *(*bar_class) (gpointer item);         /* of PROGRESS: the style of the bar, static; NULL for none */
} FreshetColumnSpec;

/* What a compare function returns for two numbers. */
#define FRESHET_COMPARE(a, b) ((a) < (b) ? GTK_ORDERING_SMALLER : (a) > (b) ? GTK_ORDERING_LARGER : GTK_ORDERING_EQUAL)

/* @spec: lives as long as the column. Returns: (transfer full) */
GtkColumnViewColumn *freshet_column_new     (const FreshetColumnSpec *spec);
/* The one that @column was made of. */
const FreshetColumnSpec *freshet_column_get_spec (GtkColumnViewColumn *column);
/* Returns: (transfer none) (nullable) */
GtkColumnViewColumn *freshet_column_find    (GtkColumnView *view, const char *id);
/* Returns: (nullable): of the column that @view is sorted by. @order: (out) */
const FreshetColumnSpec *freshet_column_find_sorted (GtkColumnView *view, GtkSortType *order);
/* Shows the first columns first, wherever they are. */
void                 freshet_column_begin_at_start (GtkColumnView *view);
/* The titles of numbers stand above them, at the end of their cells. */
void                 freshet_column_align_titles (GtkColumnView *view);

G_END_DECLS
