/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Seconds that are remembered. */
#define FRESHET_SPEED_SECONDS 300u

/**
 * FreshetSpeedHistory:
 *
 * The speeds of the last five minutes, a value for each second and direction.
 * The time is an argument; seconds that nobody told about are still.
 */
typedef struct _FreshetSpeedHistory FreshetSpeedHistory;

FreshetSpeedHistory *freshet_speed_history_new  (void);
void                 freshet_speed_history_free (FreshetSpeedHistory *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FreshetSpeedHistory, freshet_speed_history_free)

/* Rates in bytes a second at @now, microseconds of a monotonic clock. The last
 * one of a second counts. */
void     freshet_speed_history_add (FreshetSpeedHistory *self, gint64 now, guint64 down, guint64 up);
/* What was @seconds_ago, 0 .. FRESHET_SPEED_SECONDS - 1. @down, @up: (out) */
void     freshet_speed_history_get (const FreshetSpeedHistory *self, gint64 now, guint seconds_ago, guint64 *down, guint64 *up);
/* The highest of both directions. */
guint64  freshet_speed_history_get_peak (const FreshetSpeedHistory *self, gint64 now);
/* Did anything move within the five minutes before @now? */
gboolean freshet_speed_history_is_still (const FreshetSpeedHistory *self, gint64 now);

G_END_DECLS
