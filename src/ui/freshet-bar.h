/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* How much of something there is, as a bar: what a GtkProgressBar shows, but
 * it is one CSS node ("bar") instead of three, since a list has hundreds. Its
 * background is what is still to come, its colour what there is. Its accessible
 * description is how many percent that is; its name is up to who shows it. */
#define FRESHET_TYPE_BAR (freshet_bar_get_type ())
G_DECLARE_FINAL_TYPE (FreshetBar, freshet_bar, FRESHET, BAR, GtkWidget)

/* @fraction: 0 to 1 */
void   freshet_bar_set_fraction (FreshetBar *self, double fraction);
double freshet_bar_get_fraction (FreshetBar *self);
/* @class: (nullable): a CSS class, which takes the place of the one set before;
 * a static string */
void   freshet_bar_set_class    (FreshetBar *self, const char *class);

G_END_DECLS
