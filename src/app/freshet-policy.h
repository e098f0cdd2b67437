/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "freshet-library.h"

G_BEGIN_DECLS

/* What is done on a network that costs by what is sent. */
typedef enum
{
  FRESHET_METERED_GO_ON,
  FRESHET_METERED_SLOW, /* the alternative limits hold */
  FRESHET_METERED_PAUSE,
} FreshetMetered;

/**
 * FreshetPolicy:
 *
 * Keeps a library as the settings say, now and whenever they change: limits,
 * the alternative limits and their weekly schedule, the queue, seeding goals,
 * the port, and the folder of unfinished files. The schedule sets the key "alt-limits"
 * when its time begins and ends; in between a person may do so too. On a
 * metered network it does what the key "metered" says.
 *
 * Properties: `metered`, whether the network is; `slow`, whether the
 * alternative limits hold, for whichever reason; `port-note`.
 */
#define FRESHET_TYPE_POLICY (freshet_policy_get_type ())
G_DECLARE_FINAL_TYPE (FreshetPolicy, freshet_policy, FRESHET, POLICY, GObject)

/* @library: has been started as @settings say */
FreshetPolicy *freshet_policy_new (GSettings *settings, FreshetLibrary *library);
/* `metered` is as @monitor says from now on. */
void           freshet_policy_follow (FreshetPolicy *self, GNetworkMonitor *monitor);
void           freshet_policy_set_metered (FreshetPolicy *self, gboolean metered);
gboolean       freshet_policy_is_slow (FreshetPolicy *self);
/* Returns: (nullable): a sentence for people, that and why another port is used
 * than the settings say; NULL when theirs is */
const char    *freshet_policy_get_port_note (FreshetPolicy *self);

G_END_DECLS
