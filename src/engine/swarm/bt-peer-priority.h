/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

/* The canonical priority of a connection (BEP 40): both ends work out the
 * same number, and no address is always preferred. Higher is better. The
 * addresses must be of one family. */
guint32 bt_peer_priority (const BtAddr *a, const BtAddr *b);

G_END_DECLS
