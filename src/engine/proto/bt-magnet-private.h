/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-magnet.h"

G_BEGIN_DECLS

/* Returns: (transfer full): one that says nothing, to be filled before others see it */
BtMagnet *bt_magnet_alloc (void);

G_END_DECLS
