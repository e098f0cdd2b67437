/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-loop.h"
#include "bt-lsd-packet.h"

G_BEGIN_DECLS

/**
 * BtLsd:
 *
 * Calls out to the local network which torrents we have, and hears others do
 * so (BEP 14), on every interface that can, in both address families.
 */
typedef struct _BtLsd BtLsd;

/* Somebody else's announcement came. Never called for our own. */
typedef void (*BtLsdFunc) (const BtLsdPacket *packet, const BtAddr *from, gpointer data);

/* @v4, @v6: (nullable): NULL leaves a family out; an address that is one of an
 *   interface keeps to that interface, an unspecified one is for all
 * @cookie: what tells our announcements from those of others; not empty
 * Returns: (transfer full): also when no socket could be opened: then nothing
 *   is heard and said */
BtLsd   *bt_lsd_new      (BtLoop *loop, const BtAddr *v4, const BtAddr *v6, const char *cookie, BtLsdFunc received, gpointer data);
void     bt_lsd_free     (BtLsd *self);
gboolean bt_lsd_is_open  (BtLsd *self);
/* One packet an interface and family. @n: at most BT_LSD_MAX_HASHES
 * @port: where we listen */
void     bt_lsd_announce (BtLsd *self, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n, guint16 port);

G_END_DECLS
