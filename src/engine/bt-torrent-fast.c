/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* A peer with more pieces than this has something to trade and needs no
 * alms (BEP 6). */
#define STARTING_PIECES 10u

/* Each allowed piece may be asked for about three times, as libtorrent does:
 * once, again after a bad hash, and again after a lost connection. */
#define FAST_FACTOR 3u

void
bt_link_offer_fast (BtLink *self)
{
  BtTorrent *torrent = self->torrent;

  if (!(self->caps & BT_CAP_FAST) || self->n_fast_from_us > 0 || self->has_all ||
      (self->pieces.bytes != NULL && self->pieces.n_set > STARTING_PIECES))
    return;
  self->n_fast_from_us = bt_allowed_fast_set (bt_peer_get_addr (self->peer), torrent->info_hash,
                                              torrent->layout->n_pieces, self->fast_from_us, BT_ALLOWED_FAST_COUNT);
  for (guint i = 0; i < self->n_fast_from_us; i++)
    if (bt_bitfield_get (bt_picker_get_have (torrent->picker), self->fast_from_us[i]))
      bt_wire_write_index (bt_peer_out (self->peer), BT_WIRE_ALLOWED_FAST, self->fast_from_us[i]);
}

gboolean
bt_link_may_ask_choked (BtLink *self, const BtBlock *block)
{
  guint64 most = (guint64) FAST_FACTOR * self->n_fast_from_us * self->torrent->layout->piece_length;

  for (guint i = 0; i < self->n_fast_from_us; i++)
    if (self->fast_from_us[i] == block->piece && self->fast_bytes + block->length <= most)
      {
        self->fast_bytes += block->length;
        return TRUE;
      }
  return FALSE;
}

void
bt_link_allowed_fast (BtLink *self, guint32 piece)
{
  if (!(self->caps & BT_CAP_FAST))
    return;
  if (self->fast_to_us.bytes == NULL)
    bt_bitfield_init (&self->fast_to_us, self->torrent->layout->n_pieces);
  bt_bitfield_set (&self->fast_to_us, piece);
}

void
bt_link_suggested (BtLink *self, guint32 piece)
{
  if (self->caps & BT_CAP_FAST)
    self->suggested = piece;
}
