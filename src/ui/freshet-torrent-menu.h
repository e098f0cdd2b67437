/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What can be done with the selected torrents.
 * Returns: (transfer none): the same menu for every row */
GMenuModel *freshet_torrent_menu_get (void);

G_END_DECLS
