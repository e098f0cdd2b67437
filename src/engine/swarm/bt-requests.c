/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-requests.h"

#include <string.h>

/* Enough to fill a fast link's first round trip; slow start does the rest. */
#define FIRST_DEPTH 16u
#define MIN_DEPTH 4u

/* What is kept asked for beyond two round trips: covers a slow disk and the
 * pauses of a limited uploader. More would be promised to one peer while
 * others get it first, and then come twice. */
#define QUEUE_SLACK (400 * G_TIME_SPAN_MILLISECOND)
/* A peer that is silent for this long with requests open is snubbing us. */
#define SNUB_TIMEOUT (20 * G_USEC_PER_SEC)
/* Slow start goes on while a second brought at least a tenth more. */
#define GROWTH_PERCENT 10

void
bt_requests_init (BtRequests *self)
{
  *self = (BtRequests){ .depth = FIRST_DEPTH, .limit = BT_REQUESTS_DEFAULT_LIMIT, .slow_start = TRUE };
}

void
bt_requests_clear (BtRequests *self)
{
  g_clear_pointer (&self->items, g_free);
  self->head = self->length = self->space = 0;
}

void
bt_requests_set_limit (BtRequests *self, guint limit)
{
  self->limit = CLAMP (limit, 1, BT_REQUESTS_MAX_LIMIT);
  self->depth = MIN (self->depth, self->limit);
}

static void
make_room (BtRequests *self)
{
  if (self->head + self->length < self->space)
    return;
  /* Slide only when half of the space is free, so that a slide is paid for by
   * as many requests that have been answered. */
  if (self->head > self->length)
    memmove (self->items, self->items + self->head, self->length * sizeof *self->items);
  else
    {
      BtRequest *grown = g_new (BtRequest, MAX (FIRST_DEPTH, 2 * self->space));

      self->space = MAX (FIRST_DEPTH, 2 * self->space);
      if (self->length > 0)
        memcpy (grown, self->items + self->head, self->length * sizeof *grown);
      g_free (self->items);
      self->items = grown;
    }
  self->head = 0;
}

void
bt_requests_asked (BtRequests *self, const BtBlock *block, gint64 now)
{
  make_room (self);
  if (self->length == 0)
    self->last_block = now;
  self->items[self->head + self->length++] = (BtRequest){ *block, now };
}

static void
remove_at (BtRequests *self, guint at)
{
  memmove (self->items + self->head + 1, self->items + self->head, at * sizeof *self->items);
  self->head++;
  self->length--;
  if (self->length == 0)
    self->head = 0;
}

static gint
find (const BtRequests *self, const BtBlock *block)
{
  /* Blocks come in the order of asking, so the front is where to look. */
  for (guint i = 0; i < bt_requests_n_outstanding (self); i++)
    {
      const BtBlock *asked = &bt_requests_peek (self, i)->block;

      if (asked->piece == block->piece && asked->begin == block->begin && asked->length == block->length)
        return (gint) i;
    }
  return -1;
}

gboolean
bt_requests_contains (const BtRequests *self, const BtBlock *block)
{
  return find (self, block) >= 0;
}

void
bt_requests_forget (BtRequests *self)
{
  self->head = self->length = 0;
}

gboolean
bt_requests_drop (BtRequests *self, const BtBlock *block)
{
  gint at = find (self, block);

  if (at < 0)
    return FALSE;
  remove_at (self, (guint) at);
  return TRUE;
}

gboolean
bt_requests_got (BtRequests *self, const BtBlock *block, gint64 now)
{
  gint at = find (self, block);
  gint64 taken;

  /* What nobody asked for is no sign of life, or a peer could keep what was
   * asked of it hostage by sending a little of anything. */
  if (at < 0)
    return FALSE;

  self->last_block = now;
  self->snubbed = FALSE;
  taken = now - bt_requests_peek (self, (guint) at)->asked_at;
  self->round_trip = self->round_trip == 0 ? taken : (7 * self->round_trip + taken) / 8;
  remove_at (self, (guint) at);
  if (self->slow_start)
    self->depth = MIN (self->depth + 1, self->limit);
  return TRUE;
}

void
bt_requests_tune (BtRequests *self, guint64 rate, gint64 network_delay, guint most_seconds, gint64 now)
{
  gint64 wait = MIN (2 * network_delay + QUEUE_SLACK, most_seconds * G_USEC_PER_SEC);
  guint64 target = rate * (guint64) wait / G_USEC_PER_SEC / BT_BLOCK_SIZE;
  guint least = MIN (MIN_DEPTH, self->limit);

  if (self->slow_start && now - self->last_step >= G_USEC_PER_SEC)
    {
      if (self->last_step != 0 && rate * 100 < self->last_rate * (100 + GROWTH_PERCENT) && rate > 0)
        self->slow_start = FALSE;
      self->last_rate = rate;
      self->last_step = now;
    }
  if (self->snubbed)
    self->depth = 1;
  else if (!self->slow_start)
    self->depth = (guint) CLAMP (target, least, self->limit);
  else
    self->depth = (guint) CLAMP (MAX (target, self->depth), least, self->limit);
}

gboolean
bt_requests_timed_out (const BtRequests *self, gint64 now)
{
  return bt_requests_n_outstanding (self) > 0 &&
         now - self->last_block > SNUB_TIMEOUT;
}
