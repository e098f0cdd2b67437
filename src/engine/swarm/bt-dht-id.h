/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-krpc.h"

G_BEGIN_DECLS

/* Ids of DHT nodes: 20 bytes, whose distance is their exclusive or as one big
 * number (BEP 5). */

/* Bits that two ids share from the first on: 160 when they are the same. */
guint    bt_dht_id_common_bits (const guint8 *a, const guint8 *b);
/* Returns: below 0 when @a is closer to @target than @b, 0 when they are the same */
int      bt_dht_id_compare     (const guint8 *target, const guint8 *a, const guint8 *b);

/* BEP 42 ties an id to an address, so that nobody can choose where in the
 * space it is. @id: is filled with random bytes before; those that the address
 * decides are replaced. */
void     bt_dht_id_make        (guint8 id[BT_DHT_ID_LENGTH], const BtAddr *addr);
/* Addresses that are local to somewhere are free to have any id. */
gboolean bt_dht_id_fits        (const guint8 *id, const BtAddr *addr);

/* Two nodes with the same number are on one network, of which only one is
 * used: the same /24 of IPv4, or the same /64 of IPv6. Programs of this machine
 * and hosts of a private network are told apart. */
guint64  bt_dht_network        (const BtAddr *addr);

G_END_DECLS
