/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"
#include "bt-types.h"

G_BEGIN_DECLS

/* Local service discovery (BEP 14). */
#define BT_LSD_PORT 6771
#define BT_LSD_GROUP_V4 "239.192.152.143"
#define BT_LSD_GROUP_V6 "ff15::efc0:988f"

/* A packet is not made longer than this, so that it crosses any network whole. */
#define BT_LSD_MAX_PACKET 1400u
/* As many as fit into such a packet beside the other headers. */
#define BT_LSD_MAX_HASHES 22u
/* Bytes of a cookie that are kept, with the final zero. */
#define BT_LSD_COOKIE_MAX 64u

/**
 * BtLsdPacket:
 *
 * Who has which torrents, as it is called out on a local network. A value.
 */
typedef struct
{
  guint16 port;                     /* where the sender listens; never 0 */
  char cookie[BT_LSD_COOKIE_MAX];   /* "" when there is none, or it is longer */
  guint8 hashes[BT_LSD_MAX_HASHES][BT_SHA1_LENGTH];
  guint n_hashes;
} BtLsdPacket;

/* Header names are read in any case, unknown ones are passed over; a hash that
 * is not 40 hex digits is left out.
 *
 * Returns: %FALSE unless it is an announcement with a port and a hash */
gboolean bt_lsd_packet_read  (BtLsdPacket *self, const guint8 *bytes, gsize length);
/* @family: which group it is for. Returns: (transfer full) */
char    *bt_lsd_packet_write (const BtLsdPacket *self, BtAddrFamily family);

G_END_DECLS
