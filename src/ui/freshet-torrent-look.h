/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-torrent-item.h"

G_BEGIN_DECLS

/* Returns: (transfer none): the style class of what shows how @item does; static, one for each look */
const char *freshet_torrent_look_class (FreshetTorrentItem *item);

G_END_DECLS
