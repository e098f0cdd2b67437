/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Measures how long the main loop works between two visits of poll(). It is
 * the time of this thread on a processor, which a busy machine does not make
 * longer by giving it none. */
void ui_meter_begin (void);
/* Prints it, and what a person would have waited, and asserts that it was
 * below @worst microseconds always, and below @p99 in 99 of 100 turns. */
void ui_meter_end   (const char *what, gint64 worst, gint64 p99);

G_END_DECLS
