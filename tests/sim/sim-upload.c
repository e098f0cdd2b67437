/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-node.h"

/* After src/engine/bt-torrent-upload.c and -superseed.c. */

#define MAX_ASKED 512u
#define SLOTS 8u
#define TURN_BYTES (20u << 20)

#define LEAST_OFFERS 2u
#define MOST_OFFERS 16u
#define LEAST_LEECHERS 2u

static gboolean
has_block (const SimNode *self, const BtBlock *block)
{
  return self->spec.kind == SIM_POISONER || bt_bitfield_get (bt_picker_get_have (self->picker), block->piece);
}

void
sim_link_asked (SimLink *self, const BtBlock *block)
{
  SimNode *node = self->node;

  if (self->we_choke || !bt_layout_contains (node->layout, block) || !has_block (node, block) ||
      bt_requests_n_outstanding (&self->asked) >= MAX_ASKED)
    bt_wire_write_block (&self->wire, BT_WIRE_REJECT, block);
  else
    bt_requests_asked (&self->asked, block, 0);
}

void
sim_link_cancelled (SimLink *self, const BtBlock *block)
{
  if (bt_requests_drop (&self->asked, block))
    bt_wire_write_block (&self->wire, BT_WIRE_REJECT, block);
}

static void
send_block (SimLink *self, const BtBlock *block)
{
  SimNode *node = self->node;
  guint8 bytes[BT_WIRE_PIECE_HEADER + SIM_DIGEST];

  bt_wire_write_piece_header (bytes, block);
  sim_digest (block, bytes + BT_WIRE_PIECE_HEADER);
  if (node->spec.kind == SIM_POISONER)
    bytes[BT_WIRE_PIECE_HEADER] ^= 0xff;
  sim_link_flush (self);
  sim_pipe_send (self->out, bytes, sizeof bytes, BT_WIRE_PIECE_HEADER + block->length);
  self->spoke_at = sim_net_now (node->net);
  bt_rate_add (&self->up, self->spoke_at, block->length);
  node->uploaded += block->length;
  self->useful = TRUE;
}

void
sim_link_fill (SimLink *self)
{
  if (self->closing || !self->open)
    return;
  while (bt_requests_n_outstanding (&self->asked) > 0 && !sim_pipe_has_backlog (self->out))
    {
      BtBlock block = bt_requests_peek (&self->asked, 0)->block;

      send_block (self, &block);
      bt_requests_drop (&self->asked, &block);
    }
}

void
sim_link_set_choke (SimLink *self, gboolean choke)
{
  if (self->we_choke == choke)
    return;
  self->we_choke = choke;
  self->changed_at = sim_net_now (self->node->net);
  self->turn_start = self->up.total;
  bt_wire_write_simple (&self->wire, choke ? BT_WIRE_CHOKE : BT_WIRE_UNCHOKE);
  for (guint i = 0; choke && i < bt_requests_n_outstanding (&self->asked); i++)
    bt_wire_write_block (&self->wire, BT_WIRE_REJECT, &bt_requests_peek (&self->asked, i)->block);
  if (choke)
    bt_requests_forget (&self->asked);
  sim_link_flush (self);
}

static guint
slots_of (const SimNode *self)
{
  return self->spec.kind == SIM_FREE_RIDER ? 0 : SLOTS;
}

gboolean
sim_node_has_free_slot (SimNode *self)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[i];

      n += !link->we_choke && link->they_want;
    }
  return n < slots_of (self);
}

static void
describe_for_choker (SimLink *self, BtChokerPeer *peer, gint64 now)
{
  *peer = (BtChokerPeer){
    .peer = self,
    .interested = self->they_want && self->open && !self->closing,
    .upload_only = sim_link_is_seed (self),
    .snubbed = self->requests.snubbed,
    .unchoked = !self->we_choke,
    .optimistic = self->optimistic,
    .down_rate = bt_rate_get (&self->down, now),
    .up_rate = bt_rate_get (&self->up, now),
    .sent_in_turn = self->up.total - self->turn_start,
    .changed_at = self->changed_at,
    .connected_at = self->opened_at,
    .salt = self->salt,
  };
}

void
sim_node_run_choker (SimNode *self)
{
  gint64 now = sim_net_now (self->net);
  guint n = self->links->len;
  g_autofree BtChokerPeer *peers = g_new (BtChokerPeer, n);
  BtChokerRules rules = {
    .slots = slots_of (self),
    .seeding = self->seeding,
    .turn_bytes = TURN_BYTES,
    .rotate = self->choke_round++ % BT_CHOKER_OPTIMISTIC_ROUNDS == 0,
  };

  self->next_choke = now + BT_CHOKER_INTERVAL;
  if (rules.slots == 0)
    return;
  for (guint i = 0; i < n; i++)
    describe_for_choker (self->links->pdata[i], &peers[i], now);
  bt_choker_run (peers, n, &rules, &self->rng, now);
  for (guint i = 0; i < n; i++)
    {
      SimLink *link = peers[i].peer;

      link->optimistic = peers[i].optimistic;
      if (link->open && !link->closing)
        sim_link_set_choke (link, !peers[i].unchoke);
    }
}

gboolean
sim_node_super_seeds (SimNode *self)
{
  if (!self->seeding || !self->spec.super_seed)
    return FALSE;
  for (guint i = 0; i < self->links->len; i++)
    if (sim_link_is_seed (self->links->pdata[i]))
      return FALSE;
  return self->links->len >= LEAST_LEECHERS;
}

void
sim_link_begin_super_seeding (SimLink *self)
{
  bt_wire_write_simple (&self->wire, BT_WIRE_HAVE_NONE);
  bt_bitfield_init (&self->shown, self->node->layout->n_pieces);
  self->offers = g_array_new (FALSE, FALSE, sizeof (guint32));
}

static guint32
choose_piece (SimLink *self)
{
  SimNode *node = self->node;
  guint32 n_pieces = node->layout->n_pieces, best = G_MAXUINT32;
  guint start = bt_rng_below (&node->rng, n_pieces), least = G_MAXUINT;

  for (guint32 i = 0; i < n_pieces && least > 0; i++)
    {
      guint32 piece = (start + i) % n_pieces;
      guint others;

      if (bt_bitfield_get (&self->shown, piece) || sim_link_has (self, piece))
        continue;
      others = bt_picker_get_availability (node->picker, piece) + node->n_shown[piece];
      if (others < least)
        {
          least = others;
          best = piece;
        }
    }
  return best;
}

static void
offer_more (SimLink *self)
{
  SimNode *node = self->node;
  guint64 rate = bt_rate_get (&self->up, sim_net_now (node->net));
  guint most = (guint) CLAMP (LEAST_OFFERS + rate / node->layout->piece_length, LEAST_OFFERS, MOST_OFFERS);

  if (node->n_shown == NULL)
    node->n_shown = g_new0 (guint16, node->layout->n_pieces);
  while (self->offers->len < most)
    {
      guint32 piece = choose_piece (self);

      if (piece == G_MAXUINT32)
        break;
      bt_bitfield_set (&self->shown, piece);
      node->n_shown[piece]++;
      g_array_append_val (self->offers, piece);
      bt_wire_write_index (&self->wire, BT_WIRE_HAVE, piece);
    }
  sim_link_flush (self);
}

void
sim_link_offer_pieces (SimLink *self)
{
  if (self->shown.bytes != NULL)
    offer_more (self);
}

void
sim_link_super_seed_have (SimLink *self, guint32 piece)
{
  if (self->shown.bytes == NULL)
    return;
  for (guint i = 0; i < self->offers->len; i++)
    if (g_array_index (self->offers, guint32, i) == piece)
      {
        g_array_remove_index_fast (self->offers, i);
        offer_more (self);
        return;
      }
}

void
sim_link_end_super_seeding (SimLink *self)
{
  for (guint i = 0; self->offers != NULL && i < self->offers->len; i++)
    self->node->n_shown[g_array_index (self->offers, guint32, i)]--;
  bt_bitfield_clear (&self->shown);
  g_clear_pointer (&self->offers, g_array_unref);
}

static void
show_all (SimLink *self)
{
  for (guint32 piece = 0; piece < self->shown.n_bits; piece++)
    if (!bt_bitfield_get (&self->shown, piece) && !sim_link_has (self, piece))
      bt_wire_write_index (&self->wire, BT_WIRE_HAVE, piece);
  sim_link_end_super_seeding (self);
  sim_link_flush (self);
}

void
sim_node_tick_super_seeding (SimNode *self)
{
  gboolean go_on = sim_node_super_seeds (self);

  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[i];

      if (link->shown.bytes == NULL || !link->open || link->closing)
        continue;
      if (go_on)
        offer_more (link);
      else
        show_all (link);
    }
}
