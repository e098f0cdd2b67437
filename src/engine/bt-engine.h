/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

/* The engine's one public header: the only one that app and cli include. */

#include "bt-addr.h"
#include "bt-bitfield.h"
#include "bt-config.h"
#include "bt-error.h"
#include "bt-magnet.h"
#include "bt-metainfo.h"
#include "bt-session.h"
#include "bt-stats.h"
#include "bt-torrent.h"
