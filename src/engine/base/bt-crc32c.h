/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* CRC-32C, reflected, as canonical priorities (BEP 40) and the ids of DHT
 * nodes (BEP 42) want it; for a few bytes at a time. */
guint32 bt_crc32c (const guint8 *bytes, gsize length);

G_END_DECLS
