/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "freshet-speed-history.h"

G_BEGIN_DECLS

/**
 * FreshetSpeedGraph:
 *
 * The speeds of the last five minutes: what came as an area, what went as a
 * line, with their scale in words. Its accessible description says the speeds.
 */
#define FRESHET_TYPE_SPEED_GRAPH (freshet_speed_graph_get_type ())
G_DECLARE_FINAL_TYPE (FreshetSpeedGraph, freshet_speed_graph, FRESHET, SPEED_GRAPH, GtkWidget)

/* Takes what @history has at @now. @history: (nullable): nothing moved */
void    freshet_speed_graph_refresh  (FreshetSpeedGraph *self, const FreshetSpeedHistory *history, gint64 now);
/* The top of a scale that has room for @peak: 1, 2 or 5 and zeros. */
guint64 freshet_speed_graph_scale    (guint64 peak);

G_END_DECLS
