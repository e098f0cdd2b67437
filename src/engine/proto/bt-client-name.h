/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-types.h"

G_BEGIN_DECLS

/* Bytes that are enough for every name, with the final zero. */
#define BT_CLIENT_NAME_MAX 64u

/* A readable name and version from the first bytes of a peer id, such as
 * "Transmission 4.0.6" (BEP 20 and what else is in use). Of an id that is of
 * no known kind the first eight bytes, with "%XX" for what is not printable.
 * A peer can claim to be anything; its extension handshake says it better. */
void bt_client_name_from_peer_id (const guint8 *peer_id, char *out, gsize size);
/* The same from what a peer calls itself in its extension handshake (BEP 10,
 * "v", valid UTF-8): "libtorrent/2.0.8.0" reads "libtorrent 2.0.8". What does
 * not fit is cut off between two characters. */
void bt_client_name_from_version (const char *version, char *out, gsize size);

G_END_DECLS
