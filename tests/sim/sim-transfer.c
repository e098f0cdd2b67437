/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-node.h"

#include "bt-steal.h"

#include <string.h>

/* After src/engine/bt-torrent-transfer.c and -steal.c. */

#define BATCH 64u
#define REQUEST_STEP 8u
#define PIECE_MEMORY (48u << 20)

/* Hashing and writing, bytes a second. */
#define DISK_RATE (400u << 20)

void
sim_digest (const BtBlock *block, guint8 digest[SIM_DIGEST])
{
  memcpy (digest, &block->piece, 4);
  memcpy (digest + 4, &block->begin, 4);
}

static gboolean
memory_allows_new (SimLink *self)
{
  SimNode *node = self->node;
  guint64 begun = (guint64) bt_picker_n_partials (node->picker) * node->layout->piece_length;

  if (begun < PIECE_MEMORY)
    return TRUE;
  return node->n_writes == 0 && bt_requests_n_outstanding (&self->requests) == 0 && begun < 2 * (guint64) PIECE_MEMORY;
}

static gboolean
may_find_something (const SimLink *self)
{
  const BtPicker *picker = self->node->picker;

  return self->idle_at != bt_picker_get_generation (picker) + 1 || bt_picker_is_end_game (picker);
}

static void
ask (SimLink *self, const BtBlock *block)
{
  bt_requests_asked (&self->requests, block, sim_net_now (self->node->net));
  bt_wire_write_block (&self->wire, BT_WIRE_REQUEST, block);
}

static guint
request_some (SimLink *self, guint most)
{
  SimNode *node = self->node;
  BtBlock blocks[BATCH];
  BtPick pick = {
    .peer = self->id,
    .pieces = &self->pieces,
    .has_all = self->has_all,
    .allow_new = memory_allows_new (self),
    .suggested = G_MAXUINT32,
    .rivals = sim_node_get_rivals (node),
    .requests = &self->requests,
    .current = &self->current,
  };
  guint n = bt_picker_pick (node->picker, &pick, blocks, MIN (most, BATCH));

  for (guint i = 0; i < n; i++)
    ask (self, &blocks[i]);
  if (n == 0 && pick.allow_new)
    self->idle_at = bt_picker_get_generation (node->picker) + 1;
  return n;
}

static void
cancel (SimLink *self, const BtBlock *block)
{
  bt_requests_drop (&self->requests, block);
  bt_wire_write_block (&self->wire, BT_WIRE_CANCEL, block);
  if (bt_requests_n_outstanding (&self->cancelled) >= BT_REQUESTS_MAX_LIMIT)
    bt_requests_forget (&self->cancelled);
  bt_requests_asked (&self->cancelled, block, 0);
}

static guint
steal_from (SimLink *self, SimLink *victim, guint most, gint64 now)
{
  SimNode *node = self->node;
  BtStealer stealer = {
    .requests = &self->requests,
    .rate = bt_rate_get (&self->down, now),
    .pieces = &self->pieces,
    .has_all = self->has_all,
  };
  guint64 rate = bt_rate_get (&victim->down, now);
  guint n = 0;
  BtBlock block;

  for (; n < most && bt_steal_find (node->picker, &stealer, &victim->requests, rate, now, &block); n++)
    {
      cancel (victim, &block);
      bt_picker_release (node->picker, &block);
      bt_picker_take (node->picker, &block);
      ask (self, &block);
    }
  if (n > 0)
    sim_link_flush (victim);
  return n;
}

static guint
steal (SimLink *self, guint most)
{
  SimNode *node = self->node;
  gint64 now = sim_net_now (node->net);
  guint n = 0;

  if (self->they_choke)
    return 0;
  for (guint i = 0; i < node->links->len && n < most; i++)
    {
      SimLink *victim = node->links->pdata[i];

      if (victim != self && victim->open && !victim->closing &&
          bt_requests_n_outstanding (&victim->requests) > BT_STEAL_LEAST_QUEUE)
        n += steal_from (self, victim, most - n, now);
    }
  return n;
}

void
sim_link_request (SimLink *self)
{
  SimNode *node = self->node;
  guint room = bt_requests_room (&self->requests);

  if (node->seeding || !node->alive || !self->we_want || !self->open || self->closing || self->they_choke ||
      self->rejected_until > sim_net_now (node->net))
    return;
  if (room < MIN (REQUEST_STEP, bt_requests_n_outstanding (&self->requests)))
    return;
  while (room > 0)
    {
      guint n = may_find_something (self) ? request_some (self, room) : 0;

      if (n == 0)
        n = steal (self, room);
      if (n == 0)
        break;
      room -= MIN (n, room);
    }
  sim_link_flush (self);
}

void
sim_node_request_all (SimNode *self)
{
  self->released = FALSE;
  for (guint i = 0; i < self->links->len; i++)
    sim_link_request (self->links->pdata[i]);
}

void
sim_link_drop_requests (SimLink *self)
{
  for (guint i = 0; i < bt_requests_n_outstanding (&self->requests); i++)
    bt_picker_release (self->node->picker, &bt_requests_peek (&self->requests, i)->block);
  bt_requests_forget (&self->requests);
  bt_picker_peer_gone (self->node->picker, self->id);
  self->current = G_MAXUINT32;
}

void
sim_link_rejected (SimLink *self, const BtBlock *block)
{
  SimNode *node = self->node;

  if (bt_requests_drop (&self->cancelled, block) || !bt_requests_drop (&self->requests, block))
    return;
  bt_picker_release (node->picker, block);
  node->released = TRUE;
  if (!self->they_choke)
    self->rejected_until = sim_net_now (node->net) + G_USEC_PER_SEC;
}

static void
cancel_elsewhere (SimNode *self, const SimLink *first, const BtBlock *block)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *other = self->links->pdata[i];

      if (other == first || !bt_requests_contains (&other->requests, block))
        continue;
      cancel (other, block);
      sim_link_flush (other);
    }
}

static void
ban (SimNode *self, guint32 peer)
{
  BtKnownPeer *known = bt_known_peers_find_id (&self->known, peer);

  if (known == NULL)
    return;
  bt_known_peers_ban (&self->known, &known->addr);
  self->host->banned (self, &known->addr, self->swarm);
  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[i];

      if (bt_known_peers_is_banned (&self->known, &link->known->addr))
        sim_link_close (link);
    }
}

static guint32
choose_only_peer (SimNode *self, guint32 piece)
{
  guint start = bt_rng_below (&self->rng, self->links->len);

  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[(start + i) % self->links->len];

      if (link->open && !link->closing && !link->they_choke && !link->requests.snubbed && sim_link_has (link, piece))
        return link->id;
    }
  return 0;
}

static void
piece_was_bad (SimNode *self, BtPartial *partial, const guint8 *digests)
{
  guint32 piece = partial->piece;
  guint32 culprit = bt_blame_failed (&self->blame, piece, partial->n_blocks, digests, partial->from);

  self->wasted += bt_layout_piece_size (self->layout, piece);
  if (culprit != 0)
    ban (self, culprit);
  bt_picker_reopen (self->picker, piece, choose_only_peer (self, piece));
}

static void
piece_was_written (SimNode *self, const BtPartial *partial, const guint8 *digests)
{
  guint32 piece = partial->piece;

  if (bt_blame_knows (&self->blame, piece))
    {
      g_autoptr (GArray) culprits = bt_blame_passed (&self->blame, piece, partial->n_blocks, digests);

      for (guint i = 0; i < culprits->len; i++)
        ban (self, g_array_index (culprits, guint32, i));
    }
  bt_picker_set_have (self->picker, piece);
  if (bt_picker_n_missing (self->picker) <= MAX (1, self->layout->n_pieces / 100) && self->near_at == 0)
    self->near_at = sim_net_now (self->net);
  sim_node_tell_have (self, piece);
}

static gboolean
is_right (const BtPartial *partial, const guint8 *digests)
{
  for (guint32 i = 0; i < partial->n_blocks; i++)
    {
      BtBlock block = { partial->piece, i * BT_BLOCK_SIZE, BT_BLOCK_SIZE };
      guint8 right[SIM_DIGEST];

      sim_digest (&block, right);
      if (memcmp (right, digests + i * SIM_DIGEST, SIM_DIGEST) != 0)
        return FALSE;
    }
  return TRUE;
}

static void
written (gpointer object, gpointer data)
{
  SimNode *self = object;
  g_autofree guint8 *digests = data;
  guint32 piece;
  BtPartial *partial;

  memcpy (&piece, digests, sizeof piece);
  partial = bt_picker_peek_partial (self->picker, piece);
  self->n_writes--;
  if (!self->alive || partial == NULL)
    return;
  if (is_right (partial, digests + sizeof piece))
    piece_was_written (self, partial, digests + sizeof piece);
  else
    piece_was_bad (self, partial, digests + sizeof piece);
  if (!self->seeding && bt_picker_n_missing (self->picker) == 0)
    sim_node_became_seed (self);
  else
    sim_node_request_all (self);
}

static void
verify_piece (SimNode *self, BtPartial *partial)
{
  gsize length = partial->n_blocks * SIM_DIGEST;
  guint8 *digests = g_malloc (sizeof partial->piece + length);
  guint64 size = bt_layout_piece_size (self->layout, partial->piece);

  memcpy (digests, &partial->piece, sizeof partial->piece);
  memcpy (digests + sizeof partial->piece, partial->data, length);
  g_clear_pointer (&partial->data, g_free);
  self->n_writes++;
  sim_net_at (self->net, sim_net_now (self->net) + (gint64) (size * G_USEC_PER_SEC / DISK_RATE), written, self, digests);
}

static gboolean
take_block (SimLink *self, const BtBlock *block, const guint8 *digest)
{
  SimNode *node = self->node;
  gboolean busy = bt_picker_is_busy (node->picker, block);
  BtPartial *partial = bt_picker_expects (node->picker, block);

  if (partial == NULL)
    return FALSE;
  if (partial->data == NULL)
    partial->data = g_malloc (partial->n_blocks * SIM_DIGEST);
  memcpy (partial->data + block->begin / BT_BLOCK_SIZE * SIM_DIGEST, digest, SIM_DIGEST);
  g_assert_cmpint (bt_picker_receive (node->picker, block, self->id, &partial), ==, BT_RECEIVED_NEW);
  if (busy)
    cancel_elsewhere (node, self, block);
  if (partial->sealed)
    verify_piece (node, partial);
  return TRUE;
}

void
sim_link_block (SimLink *self, const BtBlock *header, const guint8 *digest)
{
  SimNode *node = self->node;
  gint64 now = sim_net_now (node->net);
  BtBlock block = { header->piece, header->begin,
                    bt_layout_block_size (node->layout, header->piece, header->begin / BT_BLOCK_SIZE) };
  gboolean asked = bt_requests_got (&self->requests, &block, now);

  bt_requests_drop (&self->cancelled, &block);
  bt_rate_add (&self->down, now, block.length);
  node->downloaded += block.length;
  if (asked)
    self->useful = TRUE;
  if (!asked || node->seeding || !take_block (self, &block, digest))
    node->wasted += block.length;
}

static void
drop_data (BtPartial *partial, gpointer data)
{
  g_clear_pointer (&partial->data, g_free);
}

void
sim_node_drop_partials (SimNode *self)
{
  bt_picker_foreach_partial (self->picker, drop_data, NULL);
}
