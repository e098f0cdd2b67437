/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-types.h"

G_BEGIN_DECLS

/**
 * BtRequests:
 *
 * One peer's pipeline: what we asked for and have not got, and how much to
 * keep asked. Pure; time is an argument in microseconds.
 */
typedef struct
{
  BtBlock block;
  gint64 asked_at;
} BtRequest;

typedef struct
{
  BtRequest *items;     /* a queue, oldest first: [head, head + length) of @space; NULL while idle */
  guint head;
  guint length;
  guint space;
  gint64 last_block;    /* when the last block came or, before, when we began to wait; 0 idle */
  gint64 round_trip;    /* smoothed, microseconds; 0 unknown */
  guint64 last_rate;    /* what slow start compares with */
  gint64 last_step;     /* when slow start was last judged */
  guint depth;          /* requests to keep outstanding */
  guint limit;          /* the peer's reqq, or our cap */
  gboolean slow_start;
  gboolean snubbed;
} BtRequests;

/* Outstanding requests at a peer that did not say how many it takes. */
#define BT_REQUESTS_DEFAULT_LIMIT 250u
/* Never more than this, whatever a peer says: 16 MiB in flight. */
#define BT_REQUESTS_MAX_LIMIT 1000u

void     bt_requests_init    (BtRequests *self);
void     bt_requests_clear   (BtRequests *self);
void     bt_requests_set_limit (BtRequests *self, guint limit);
void     bt_requests_asked   (BtRequests *self, const BtBlock *block, gint64 now);
/* A block came. Returns: whether it was asked for */
gboolean bt_requests_got     (BtRequests *self, const BtBlock *block, gint64 now);
/* Forget a request that was rejected or that we cancelled. */
gboolean bt_requests_drop    (BtRequests *self, const BtBlock *block);
/* Forget all of them. */
void     bt_requests_forget  (BtRequests *self);
gboolean bt_requests_contains (const BtRequests *self, const BtBlock *block);
/* Once a second: follow the measured rate.
 * @rate: bytes a second from this peer; @network_delay: of a packet there and
 * back, microseconds, 0 unknown; @most_seconds: of data to keep asked for */
void     bt_requests_tune    (BtRequests *self, guint64 rate, gint64 network_delay, guint most_seconds, gint64 now);
/* Has the peer been silent for too long with requests outstanding? */
gboolean bt_requests_timed_out (const BtRequests *self, gint64 now);

static inline guint
bt_requests_n_outstanding (const BtRequests *self)
{
  return self->length;
}

/* The @i-th oldest; valid until the next change. */
static inline const BtRequest *
bt_requests_peek (const BtRequests *self, guint i)
{
  return &self->items[self->head + i];
}

/* How many more to ask for now. */
static inline guint
bt_requests_room (const BtRequests *self)
{
  guint n = bt_requests_n_outstanding (self);

  return n >= self->depth ? 0 : self->depth - n;
}

G_END_DECLS
