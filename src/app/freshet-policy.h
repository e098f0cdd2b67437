/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-library.h"

G_BEGIN_DECLS

/**
 * FreshetPolicy:
 *
 * Keeps a library as the settings say, now and whenever they change: limits,
 * the alternative limits and their weekly schedule, the queue, seeding goals,
 * and the folder of unfinished files. The schedule sets the key "alt-limits"
 * when its time begins and ends; in between a person may do so too.
 */
#define FRESHET_TYPE_POLICY (freshet_policy_get_type ())
G_DECLARE_FINAL_TYPE (FreshetPolicy, freshet_policy, FRESHET, POLICY, GObject)

/* @library: has been started */
FreshetPolicy *freshet_policy_new (GSettings *settings, FreshetLibrary *library);

G_END_DECLS
