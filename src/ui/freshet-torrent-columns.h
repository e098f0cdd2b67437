/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-column.h"

G_BEGIN_DECLS

/* The columns that torrents can be shown in and sorted by. @n: (out)
 * Returns: (transfer none): an array */
const FreshetColumnSpec *freshet_torrent_columns (guint *n);

G_END_DECLS
