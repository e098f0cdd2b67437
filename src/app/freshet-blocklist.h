/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetBlocklist:
 *
 * Keeps the list that the setting `blocklist` names loaded in the session of a
 * library, from when it is made and whenever another is chosen. What cannot be
 * read leaves the list before in force.
 *
 * Properties, notified when they change: `status` (a sentence; NULL while no
 * list is chosen), `failed` (the sentence is about an error).
 */
#define FRESHET_TYPE_BLOCKLIST (freshet_blocklist_get_type ())
G_DECLARE_FINAL_TYPE (FreshetBlocklist, freshet_blocklist, FRESHET, BLOCKLIST, GObject)

/* @library: one that is started */
FreshetBlocklist *freshet_blocklist_new        (GSettings *settings, FreshetLibrary *library);
/* Returns: (nullable) */
const char       *freshet_blocklist_get_status (FreshetBlocklist *self);
gboolean          freshet_blocklist_has_failed (FreshetBlocklist *self);

G_END_DECLS
