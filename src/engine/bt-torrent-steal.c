/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* A peer with this few requests out is nearly done with them. */
#define LEAST_QUEUE 4u

/* Requests from the end of a queue that are looked at. */
#define LOOK_BACK 64u

/* How much sooner a block must be here to be worth a cancel. */
#define FACTOR 2
#define LEAST_GAIN (100 * G_TIME_SPAN_MILLISECOND)

/* A peer that has sent nothing yet is thought to be this fast, bytes a second. */
#define UNKNOWN_RATE (256u << 10)

static gint64
time_for (guint n_blocks, guint64 rate)
{
  return (gint64) ((guint64) n_blocks * BT_BLOCK_SIZE * G_USEC_PER_SEC / MAX (rate, 1024));
}

static guint64
rate_of (BtLink *self, gint64 now)
{
  return bt_rate_get (bt_peer_down_rate (self->peer), now);
}

/* The last request in the queue of @victim that @self can answer sooner.
 * The first is never one: it may be on its way. */
static gboolean
find_block (BtLink *self, BtLink *victim, gint64 own_time, guint64 rate, BtBlock *block)
{
  guint n = bt_requests_n_outstanding (&victim->requests);

  for (guint i = n; i-- > 1 && n - i < LOOK_BACK;)
    {
      *block = bt_requests_peek (&victim->requests, i)->block;
      if (time_for (i, rate) < FACTOR * own_time + LEAST_GAIN)
        return FALSE;
      if (bt_link_has (self, block->piece) && !bt_picker_is_busy (self->torrent->picker, block) &&
          !bt_requests_contains (&self->requests, block))
        return TRUE;
    }
  return FALSE;
}

static void
take_over (BtLink *self, BtLink *victim, const BtBlock *block, gint64 now)
{
  BtTorrent *torrent = self->torrent;

  bt_link_cancel (victim, block);
  bt_picker_release (torrent->picker, block);
  bt_picker_take (torrent->picker, block);
  bt_requests_asked (&self->requests, block, now);
  bt_wire_write_block (bt_peer_out (self->peer), BT_WIRE_REQUEST, block);
}

static guint
steal_from (BtLink *self, BtLink *victim, guint most, gint64 now)
{
  guint64 own_rate = MAX (rate_of (self, now), UNKNOWN_RATE), rate = rate_of (victim, now);
  guint n = 0;
  BtBlock block;

  while (n < most &&
         find_block (self, victim, time_for (bt_requests_n_outstanding (&self->requests) + 1, own_rate), rate, &block))
    {
      take_over (self, victim, &block, now);
      n++;
    }
  if (n > 0)
    bt_peer_flush (victim->peer);
  return n;
}

/* An idle peer has what a slower one has been asked for but will not send for
 * a while: it is asked instead. In a swarm around one slow seed this is what
 * keeps the seed from sending the same piece to everybody.
 * Returns: how many requests moved to @self */
guint
bt_link_steal (BtLink *self, guint most)
{
  BtTorrent *torrent = self->torrent;
  gint64 now = bt_loop_now (torrent->session->loop);
  guint n = 0;

  if (self->they_choke || bt_peer_is_closing (self->peer))
    return 0;
  for (guint i = 0; i < torrent->links->len && n < most; i++)
    {
      BtLink *victim = torrent->links->pdata[i];

      if (victim != self && bt_peer_is_open (victim->peer) && bt_requests_n_outstanding (&victim->requests) > LEAST_QUEUE)
        n += steal_from (self, victim, most - n, now);
    }
  return n;
}
