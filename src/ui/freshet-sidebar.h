/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-group.h"

G_BEGIN_DECLS

/**
 * FreshetSidebar:
 *
 * The groups of torrents and how many are in each; one is chosen.
 *
 * Signals:
 *
 * - `chosen (FreshetSidebar *self, guint kind)`: a #FreshetGroupKind
 */
#define FRESHET_TYPE_SIDEBAR (freshet_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (FreshetSidebar, freshet_sidebar, FRESHET, SIDEBAR, AdwBin)

void freshet_sidebar_set_library (FreshetSidebar *self, GListModel *library);

G_END_DECLS
