/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Widgets that show a setting and change it at once. */

/* Bytes a second of the setting are kB/s in @spin; 0 reads as no limit. */
void freshet_setting_bind_limit (GSettings *settings, const char *key, GtkSpinButton *spin);
/* A number; 0 reads as @zero. */
void freshet_setting_bind_count (GSettings *settings, const char *key, GtkSpinButton *spin, const char *zero);
/* Minutes after midnight, read as a time. */
void freshet_setting_bind_time  (GSettings *settings, const char *key, GtkSpinButton *spin);

G_END_DECLS
