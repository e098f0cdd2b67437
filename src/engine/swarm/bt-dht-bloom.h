/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-krpc.h"

G_BEGIN_DECLS

/**
 * BtDhtBloom:
 *
 * A set of hosts of which only about how many can be told (BEP 33): 2048 bits,
 * two for each host. A value.
 */
typedef struct
{
  guint8 bits[BT_KRPC_BLOOM_LENGTH];
} BtDhtBloom;

/* The port does not count. */
void   bt_dht_bloom_add      (BtDhtBloom *self, const BtAddr *addr);
void   bt_dht_bloom_merge    (BtDhtBloom *self, const guint8 bits[BT_KRPC_BLOOM_LENGTH]);
/* How many hosts are in it; useless above some 6,000. */
double bt_dht_bloom_estimate (const BtDhtBloom *self);

G_END_DECLS
