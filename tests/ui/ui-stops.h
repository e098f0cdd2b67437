/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The times in which the machine or somebody else let no thread of this process
 * go on, as when a virtual machine is held: a thread that has nothing else to
 * do notices that it was due and was not woken. Times in which it waited for a
 * processor are not among them. */
typedef struct _UiStops UiStops;

UiStops *ui_stops_new      (void);
void     ui_stops_free     (UiStops *self);
/* Returns: so many microseconds of those from @begin to @end, which are of
 * g_get_monotonic_time() and have passed */
gint64   ui_stops_between  (UiStops *self, gint64 begin, gint64 end);

/* Microseconds that the calling thread was ready to run and did not; 0 where the
 * system does not tell. @fd: of /proc/thread-self/schedstat, or -1 */
gint64   ui_time_waited    (int fd);

G_END_DECLS
