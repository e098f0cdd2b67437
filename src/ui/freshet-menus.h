/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The menus of rows. All rows share them: GTK 4.8 keeps the sections of a menu
 * that is part of a template for ever, some KiB a row.
 * @name: "torrent": what can be done with the selected torrents; "content":
 *   with a file of a torrent, by the actions "file."; "priority": the choice
 *   of "file.priority" alone
 * Returns: (transfer none): the same at every call */
GMenuModel *freshet_menus_get (const char *name);
/* @button opens the menu @name, which must be static. Its widgets are made
 * when it is first opened: most rows are never asked for it. */
void        freshet_menus_set (GtkMenuButton *button, const char *name);

G_END_DECLS
