/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * FreshetSchedule:
 *
 * A part of some days of the week, by the clock on the wall: where it is set
 * forward or back, the part begins and ends when the clock says so. Pure.
 */
typedef struct
{
  guint days;  /* bit 0 is Monday, bit 6 Sunday: on which it begins */
  guint begin; /* minutes since midnight, 0 .. 1439 */
  guint end;   /* the same; when it is not later, that of the next day */
} FreshetSchedule;

/* @now: local */
gboolean   freshet_schedule_is_on (const FreshetSchedule *self, GDateTime *now);
/* Returns: (transfer full) (nullable): when that changes next; NULL never */
GDateTime *freshet_schedule_next  (const FreshetSchedule *self, GDateTime *now);

G_END_DECLS
