/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-stats.h"

void
bt_tracker_stats_clear (BtTrackerStats *self)
{
  g_clear_pointer (&self->url, g_free);
  g_clear_pointer (&self->message, g_free);
}
