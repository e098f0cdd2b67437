/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>

#include "bt-announce-udp.h"

G_BEGIN_DECLS

/**
 * BtTestUdpTracker:
 *
 * A UDP tracker in the process of the test, as well behaved as it is told to
 * be; what it answers and how may be changed at any time.
 */
typedef struct _BtTestUdpTracker BtTestUdpTracker;
struct _BtTestUdpTracker
{
  GSocket *socket;
  GSource *source;
  BtAddr addr;

  guint64 connection_id;  /* it gives this one and knows no other */
  guint n_to_drop;        /* packets that it loses first */
  gboolean silent;        /* it loses all of them */
  GHashTable *lost;       /* (nullable): it loses each announce once; the transactions of those */
  gboolean forgets;       /* silent about ids that it does not know, instead of an error */
  gboolean holds;         /* answers to announces, until they are let go */
  GArray *held;
  const char *refusal;    /* of announces and scrapes; NULL: none */
  BtAnnounceReply reply;

  guint n_connects;
  guint n_announces;
  guint n_scrapes;
  GArray *events;         /* BtAnnounceEvent of every announce that it knew */
  BtAnnounceRequest request;  /* the last one */
  char *url_data;
  guint32 transaction_id;
  BtAddr from;

  /* Before an answer goes out to @to. */
  void (*answering) (BtTestUdpTracker *self, const guint8 *answer, gsize length, const BtAddr *to, gpointer data);
  gpointer data;
};

/* @ip: and a port that is free, or @port when it is not 0
 * Returns: (nullable): NULL when there is no such address here */
BtTestUdpTracker *bt_test_udp_tracker_new  (const char *ip, guint16 port);
void              bt_test_udp_tracker_free (BtTestUdpTracker *self);
/* Returns: (transfer full) */
char             *bt_test_udp_tracker_url  (const BtTestUdpTracker *self, const char *url_data);
void              bt_test_udp_tracker_send (BtTestUdpTracker *self, const guint8 *bytes, gsize length, const BtAddr *to);
/* Sends what was held, and holds no more. */
void              bt_test_udp_tracker_let_go (BtTestUdpTracker *self);
void              bt_test_udp_tracker_add_peer (BtTestUdpTracker *self, const char *peer);

G_END_DECLS
