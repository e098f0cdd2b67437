/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* Super-seeding (after BEP 16): the only seed of a swarm shows each peer a few
 * pieces at a time, and always those that the fewest have or were shown. So
 * every piece is uploaded once before any is twice. BEP 16 would have a peer
 * wait until others have its last piece; measured, that starves swarms whose
 * peers unchoke each other slowly, and choosing the pieces is enough. */

/* Pieces that a peer was shown and does not have: one that it receives and
 * one to ask for meanwhile. A fast peer gets more. */
#define LEAST_OFFERS 2u
#define MOST_OFFERS 16u

/* Fewer others than this and every piece has to go through us anyway. */
#define LEAST_LEECHERS 2u

static gboolean
shows_all (const BtLink *self)
{
  return self->shown.bytes == NULL;
}

gboolean
bt_torrent_wants_super_seeding (BtTorrent *self)
{
  gint64 swarm_seeds, swarm_leechers;

  if (self->state != BT_TORRENT_SEEDING || !self->super_seed || !bt_bitfield_is_full (bt_picker_get_have (self->picker)))
    return FALSE;
  for (guint i = 0; i < self->links->len; i++)
    if (bt_link_is_seed (self->links->pdata[i]))
      return FALSE;
  bt_torrent_get_swarm (self, &swarm_seeds, &swarm_leechers);
  return swarm_seeds <= 1 && MAX (swarm_leechers, (gint64) self->links->len) >= LEAST_LEECHERS;
}

void
bt_link_begin_super_seeding (BtLink *self)
{
  if (self->caps & BT_CAP_FAST)
    bt_wire_write_simple (bt_peer_out (self->peer), BT_WIRE_HAVE_NONE);
  bt_bitfield_init (&self->shown, self->torrent->layout->n_pieces);
  self->offers = g_array_new (FALSE, FALSE, sizeof (guint32));
}

/* The piece that is hardest to get elsewhere and was shown to the fewest. */
static guint32
choose_piece (BtLink *self)
{
  BtTorrent *torrent = self->torrent;
  guint32 n_pieces = torrent->layout->n_pieces, best = G_MAXUINT32;
  guint start = bt_rng_below (&torrent->session->rng, n_pieces), least = G_MAXUINT;

  for (guint32 i = 0; i < n_pieces && least > 0; i++)
    {
      guint32 piece = (start + i) % n_pieces;
      guint others;

      if (bt_bitfield_get (&self->shown, piece) || bt_link_has (self, piece))
        continue;
      others = bt_picker_get_availability (torrent->picker, piece) + torrent->n_shown[piece];
      if (others < least)
        {
          least = others;
          best = piece;
        }
    }
  return best;
}

static guint
offers_for (BtLink *self)
{
  /* What it takes in a second, so that it never waits for an offer. */
  guint64 rate = bt_rate_get (bt_peer_up_rate (self->peer), bt_loop_now (self->torrent->session->loop));

  return (guint) CLAMP (LEAST_OFFERS + rate / self->torrent->layout->piece_length, LEAST_OFFERS, MOST_OFFERS);
}

static void
offer_more (BtLink *self)
{
  BtTorrent *torrent = self->torrent;
  guint most = offers_for (self);

  if (torrent->n_shown == NULL)
    torrent->n_shown = g_new0 (guint16, torrent->layout->n_pieces);
  while (self->offers->len < most)
    {
      guint32 piece = choose_piece (self);

      if (piece == G_MAXUINT32)
        break;
      bt_bitfield_set (&self->shown, piece);
      torrent->n_shown[piece]++;
      g_array_append_val (self->offers, piece);
      bt_wire_write_index (bt_peer_out (self->peer), BT_WIRE_HAVE, piece);
    }
  bt_peer_flush (self->peer);
}

void
bt_link_offer_pieces (BtLink *self)
{
  if (!shows_all (self))
    offer_more (self);
}

/* It has what it was shown: it is shown the next. */
void
bt_link_super_seed_have (BtLink *self, guint32 piece)
{
  if (shows_all (self))
    return;
  for (guint i = 0; i < self->offers->len; i++)
    if (g_array_index (self->offers, guint32, i) == piece)
      {
        g_array_remove_index_fast (self->offers, i);
        offer_more (self);
        return;
      }
}

static void
show_all (BtLink *self)
{
  for (guint32 piece = 0; piece < self->shown.n_bits; piece++)
    if (!bt_bitfield_get (&self->shown, piece) && !bt_link_has (self, piece))
      bt_wire_write_index (bt_peer_out (self->peer), BT_WIRE_HAVE, piece);
  bt_link_end_super_seeding (self);
  bt_peer_flush (self->peer);
}

void
bt_link_end_super_seeding (BtLink *self)
{
  /* What it was shown and did not get nobody else has from it. */
  for (guint i = 0; self->offers != NULL && i < self->offers->len; i++)
    self->torrent->n_shown[g_array_index (self->offers, guint32, i)]--;
  bt_bitfield_clear (&self->shown);
  g_clear_pointer (&self->offers, g_array_unref);
}

void
bt_torrent_tick_super_seeding (BtTorrent *self)
{
  gboolean go_on;
  guint n_shy = 0;

  for (guint i = 0; i < self->links->len; i++)
    n_shy += !shows_all (self->links->pdata[i]);
  if (n_shy == 0)
    return;
  go_on = bt_torrent_wants_super_seeding (self);
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (shows_all (link) || !bt_peer_is_open (link->peer))
        continue;
      if (!go_on)
        show_all (link);
      else
        offer_more (link);
    }
}
