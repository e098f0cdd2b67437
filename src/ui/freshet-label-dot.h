/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * FreshetLabelDot:
 *
 * The colour of a label. Its name stands beside it in the colour of all text,
 * so that it can be read whatever colour somebody chose.
 */
#define FRESHET_TYPE_LABEL_DOT (freshet_label_dot_get_type ())
G_DECLARE_FINAL_TYPE (FreshetLabelDot, freshet_label_dot, FRESHET, LABEL_DOT, GtkWidget)

GtkWidget *freshet_label_dot_new        (void);
/* @colour: "#rrggbb" */
void       freshet_label_dot_set_colour (FreshetLabelDot *self, const char *colour);

G_END_DECLS
