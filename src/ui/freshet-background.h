/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Asks the desktop to let a program in a sandbox go on without a window, which
 * may ask the person; elsewhere nobody need be asked. @status: what it does, in a few words */
void freshet_background_request (GApplication *app, const char *status);

G_END_DECLS
