/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-node.h"

void
sim_link_remove_availability (SimLink *self)
{
  if (self->has_all)
    bt_picker_remove_all (self->node->picker);
  else if (self->pieces.bytes != NULL)
    bt_picker_remove_pieces (self->node->picker, &self->pieces);
  self->has_all = FALSE;
  bt_bitfield_clear (&self->pieces);
}

static void
count_wanted (SimLink *self)
{
  if (self->has_all)
    self->n_wanted = bt_picker_n_missing (self->node->picker);
  else if (self->pieces.bytes != NULL)
    self->n_wanted = bt_picker_count_wanted (self->node->picker, &self->pieces);
  else
    self->n_wanted = 0;
}

void
sim_link_told_pieces (SimLink *self)
{
  self->idle_at = 0;
  self->told_pieces = TRUE;
  self->node->rivals_changed = TRUE;
  count_wanted (self);
  self->known->is_seed = sim_link_is_seed (self);
  if (self->node->seeding && sim_link_is_seed (self))
    sim_link_close (self);
  else
    sim_link_update_interest (self);
}

static void
got_bitfield (SimLink *self, const BtWireMessage *message)
{
  sim_link_remove_availability (self);
  bt_bitfield_init (&self->pieces, self->node->layout->n_pieces);
  g_assert_true (bt_bitfield_assign (&self->pieces, message->payload, message->payload_length));
  bt_picker_add_pieces (self->node->picker, &self->pieces);
  sim_link_told_pieces (self);
}

static void
got_have_all (SimLink *self, gboolean all)
{
  sim_link_remove_availability (self);
  self->has_all = all;
  if (all)
    bt_picker_add_all (self->node->picker);
  sim_link_told_pieces (self);
}

static void
got_have (SimLink *self, guint32 piece)
{
  SimNode *node = self->node;

  if (sim_link_has (self, piece))
    return;
  if (self->pieces.bytes == NULL)
    bt_bitfield_init (&self->pieces, node->layout->n_pieces);
  bt_bitfield_set (&self->pieces, piece);
  bt_picker_add_piece (node->picker, piece);
  sim_link_super_seed_have (self, piece);
  if (bt_bitfield_is_full (&self->pieces))
    sim_link_told_pieces (self);
  else if (bt_picker_wants (node->picker, piece))
    {
      self->n_wanted++;
      self->idle_at = 0;
      sim_link_update_interest (self);
    }
}

static void
got_interested (SimLink *self)
{
  self->they_want = TRUE;
  if (self->we_choke && sim_node_has_free_slot (self->node))
    sim_link_set_choke (self, FALSE);
}

static void
got_message (SimLink *self, const BtWireMessage *message)
{
  switch ((guint) message->type)
    {
    case BT_WIRE_CHOKE:
      self->they_choke = TRUE;
      break;
    case BT_WIRE_UNCHOKE:
      self->they_choke = FALSE;
      self->rejected_until = 0;
      break;
    case BT_WIRE_INTERESTED:
      got_interested (self);
      break;
    case BT_WIRE_NOT_INTERESTED:
      self->they_want = FALSE;
      break;
    case BT_WIRE_HAVE:
      got_have (self, message->block.piece);
      break;
    case BT_WIRE_BITFIELD:
      got_bitfield (self, message);
      break;
    case BT_WIRE_HAVE_ALL:
    case BT_WIRE_HAVE_NONE:
      got_have_all (self, message->type == BT_WIRE_HAVE_ALL);
      break;
    case BT_WIRE_REQUEST:
      sim_link_asked (self, &message->block);
      break;
    case BT_WIRE_CANCEL:
      sim_link_cancelled (self, &message->block);
      break;
    case BT_WIRE_REJECT:
      sim_link_rejected (self, &message->block);
      break;
    case BT_WIRE_PIECE:
      g_assert_cmpuint (message->payload_length, ==, SIM_DIGEST);
      sim_link_block (self, &message->block, message->payload);
      break;
    default:
      break;
    }
}

static void
round_end (SimLink *self)
{
  SimNode *node = self->node;

  if (node->released || bt_picker_is_end_game (node->picker))
    sim_node_request_all (node);
  else
    sim_link_request (self);
  sim_link_fill (self);
  sim_link_flush (self);
}

void
sim_link_arrived (gpointer sink, const guint8 *bytes, gsize length)
{
  SimLink *self = sink;
  BtWireMessage message;
  BtReader reader;

  self->heard_at = sim_net_now (self->node->net);
  bt_reader_init (&reader, bytes, length);
  while (!self->closing && reader.left > 0)
    {
      g_assert_cmpint (bt_wire_next (&reader, self->node->layout->n_pieces, &message), ==, BT_DECODE_OK);
      got_message (self, &message);
    }
  if (!self->closing)
    round_end (self);
}
