/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-addr.h"
#include "bt-tracker.h"
#include "bt-udp.h"

G_BEGIN_DECLS

/**
 * BtTrackerUdp:
 *
 * Announces to UDP trackers (BEP 15, BEP 41), for all torrents of a session,
 * which share what is known of a tracker: its addresses and our connections.
 */
typedef struct _BtTrackerUdp BtTrackerUdp;

/* Transaction ids: nobody may guess one, or could answer for a tracker. */
typedef guint32 (*BtTrackerUdpRandom) (void);

BtTrackerUdp *bt_tracker_udp_new      (BtLoop *loop, BtUdp *udp, BtTrackerUdpRandom random);
/* What is under way ends as cancelled, before this returns. */
void          bt_tracker_udp_free     (BtTrackerUdp *self);
/* Announces over one family: to each of the tracker's addresses until one
 * answers.
 * @timeout_seconds: for one step at one address; a third of it is waited
 *   until the packet is sent once more */
void          bt_tracker_udp_announce (BtTrackerUdp *self, const char *url, BtAddrFamily family, const BtAnnounceRequest *request,
                                       guint timeout_seconds, GCancellable *cancellable, BtTrackerFunc func, gpointer data);
/* @n_hashes: at most BT_ANNOUNCE_UDP_MAX_SCRAPE */
void          bt_tracker_udp_scrape   (BtTrackerUdp *self, const char *url, BtAddrFamily family, const guint8 (*hashes)[BT_SHA1_LENGTH], guint n_hashes,
                                       guint timeout_seconds, GCancellable *cancellable, BtTrackerScrapeFunc func, gpointer data);

G_END_DECLS
