/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-steal.h"

static guint64
rate_of (BtLink *self, gint64 now)
{
  return bt_rate_get (bt_peer_down_rate (self->peer), now);
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
  BtStealer stealer = {
    .requests = &self->requests,
    .rate = rate_of (self, now),
    .pieces = &self->pieces,
    .has_all = self->has_all,
  };
  guint64 rate = rate_of (victim, now);
  guint n = 0;
  BtBlock block;

  while (n < most && bt_steal_find (self->torrent->picker, &stealer, &victim->requests, rate, now, &block))
    {
      take_over (self, victim, &block, now);
      n++;
    }
  if (n > 0)
    bt_peer_flush (victim->peer);
  return n;
}

/* Returns: how many requests moved to @self */
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

      if (victim != self && bt_peer_is_open (victim->peer) &&
          bt_requests_n_outstanding (&victim->requests) > BT_STEAL_LEAST_QUEUE)
        n += steal_from (self, victim, most - n, now);
    }
  return n;
}
