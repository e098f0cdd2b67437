/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-addr.h"

G_BEGIN_DECLS

/* Hosts that are counted; a flood from more is held by what all share. */
#define BT_DHT_LIMITS_HOSTS 1024u

typedef struct
{
  guint64 network;      /* 0: nobody */
  gint64 last;          /* when tokens were last added */
  gint64 blocked_until;
  gint32 tokens;        /* thousandths of a message */
} BtDhtHostCount;

/**
 * BtDhtLimits:
 *
 * How much is taken of one host, and answered to all together. A fixed size:
 * a flood of forged addresses takes the places of others in the table, and no
 * memory.
 */
typedef struct
{
  BtDhtHostCount hosts[BT_DHT_LIMITS_HOSTS];
  guint rate;           /* messages a second from one host */
  guint64 bytes_rate;   /* of answers to all, a second */
  gint64 bytes;         /* that may be answered now */
  gint64 last;
} BtDhtLimits;

/* @rate: messages a second that one host may go on sending
 * @bytes_rate: bytes of answers a second, to all */
void     bt_dht_limits_init   (BtDhtLimits *self, guint rate, guint64 bytes_rate, gint64 now);
/* A message of @from came. Returns: whether to look at it; a host that goes on
 * in spite of the limit is not listened to for some minutes */
gboolean bt_dht_limits_take   (BtDhtLimits *self, const BtAddr *from, gint64 now);
/* Returns: whether anything may be answered now */
gboolean bt_dht_limits_answer (BtDhtLimits *self, gint64 now);
void     bt_dht_limits_spend  (BtDhtLimits *self, gsize bytes);

G_END_DECLS
