/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-filter.h"

G_BEGIN_DECLS

/**
 * FreshetSidebar:
 *
 * What torrents can be shown, and how many there are of each: groups, labels,
 * and the trackers that most of them have. One is chosen. There is a section
 * of labels or trackers only when there are any.
 *
 * Signals:
 *
 * - `chosen (FreshetSidebar *self, const FreshetFilter *choice)`: without words
 */
#define FRESHET_TYPE_SIDEBAR (freshet_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (FreshetSidebar, freshet_sidebar, FRESHET, SIDEBAR, AdwBin)

/* To be called once. */
void freshet_sidebar_set_library (FreshetSidebar *self, FreshetLibrary *library);

G_END_DECLS
