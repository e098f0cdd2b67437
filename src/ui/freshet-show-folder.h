/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Shows @file, selected, in the desktop's file manager; where that cannot be
 * asked for, or @file is not there yet, opens its folder. */
void freshet_show_folder (GtkWindow *parent, GFile *file);

G_END_DECLS
