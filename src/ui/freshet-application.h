/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/* One process for the desktop: a second one hands over its files and ends. */
#define FRESHET_TYPE_APPLICATION (freshet_application_get_type ())
G_DECLARE_FINAL_TYPE (FreshetApplication, freshet_application, FRESHET, APPLICATION, AdwApplication)

FreshetApplication *freshet_application_new         (void);
FreshetLibrary     *freshet_application_get_library (FreshetApplication *self);

G_END_DECLS
