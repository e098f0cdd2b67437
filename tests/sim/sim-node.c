/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-node.h"

#include <string.h>

/* What BtConfig and BtPeer have. */
#define HALF_OPEN_LIMIT 50u
#define CONNECT_TIMEOUT (15 * G_USEC_PER_SEC)
#define IDLE_TIMEOUT (120 * G_USEC_PER_SEC)
#define KEEP_ALIVE_INTERVAL (100 * G_USEC_PER_SEC)
#define REQUEST_QUEUE_TIME 3u

/* After bt-torrent-peers.c. */
#define USELESS_TIME (60 * G_USEC_PER_SEC)

#define TICK (G_USEC_PER_SEC)

/* A tracker's answer, and how soon it may be asked again. */
#define NUMWANT 50u
#define FEW_PEERS 10u
#define ANNOUNCE_INTERVAL (30 * G_TIME_SPAN_MINUTE)
#define MIN_INTERVAL (30 * G_USEC_PER_SEC)

static SimLink *
link_ref (SimLink *self)
{
  self->refs++;
  return self;
}

static void
link_unref (SimLink *self)
{
  if (--self->refs > 0)
    return;
  bt_bitfield_clear (&self->pieces);
  sim_link_end_super_seeding (self);
  bt_requests_clear (&self->requests);
  bt_requests_clear (&self->cancelled);
  bt_requests_clear (&self->asked);
  bt_buffer_clear (&self->wire);
  g_free (self);
}

gboolean
sim_link_is_seed (const SimLink *self)
{
  return self->has_all || (self->pieces.bytes != NULL && bt_bitfield_is_full (&self->pieces));
}

gboolean
sim_link_has (const SimLink *self, guint32 piece)
{
  return self->has_all || (self->pieces.bytes != NULL && bt_bitfield_get (&self->pieces, piece));
}

const BtRivals *
sim_node_get_rivals (SimNode *self)
{
  if (!self->rivals_changed)
    return &self->rivals;
  self->rivals_changed = FALSE;
  bt_rivals_empty (&self->rivals);
  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[i];

      if (link->told_pieces && !sim_link_is_seed (link))
        bt_rivals_add (&self->rivals, link->other->peer_id);
    }
  return &self->rivals;
}

void
sim_link_flush (SimLink *self)
{
  gsize length = bt_buffer_length (&self->wire);

  if (self->out != NULL && length > 0)
    {
      sim_pipe_send (self->out, bt_buffer_peek (&self->wire), length, length);
      self->spoke_at = sim_net_now (self->node->net);
    }
  bt_buffer_consume (&self->wire, length);
}

void
sim_link_update_interest (SimLink *self)
{
  gboolean want = self->n_wanted > 0 && !self->node->seeding;

  if (want == self->we_want || !self->open)
    return;
  self->we_want = want;
  bt_wire_write_simple (&self->wire, want ? BT_WIRE_INTERESTED : BT_WIRE_NOT_INTERESTED);
  sim_link_flush (self);
}

static void
link_closed (gpointer object, gpointer data)
{
  SimLink *self = object;
  SimNode *node = self->node;

  g_ptr_array_remove_fast (node->links, self);
  node->rivals_changed = TRUE;
  node->n_half_open -= self->outgoing && !self->open;
  sim_link_drop_requests (self);
  sim_link_remove_availability (self);
  bt_known_peers_done (&node->known, self->known, sim_net_now (node->net), self->useful);
  self->open = FALSE;
  link_unref (self);
  if (node->alive)
    {
      sim_node_request_all (node);
      sim_node_connect_more (node);
    }
}

void
sim_link_close (SimLink *self)
{
  if (self->closing)
    return;
  self->closing = TRUE;
  if (self->out != NULL)
    {
      sim_pipe_leave_source (g_steal_pointer (&self->out));
      sim_pipe_leave_sink (g_steal_pointer (&self->in));
    }
  sim_net_at (self->node->net, 0, link_closed, self, NULL);
}

static void
ended_cb (gpointer sink)
{
  sim_link_close (sink);
}

static void
drained_cb (gpointer source)
{
  sim_link_fill (source);
  sim_link_flush (source);
}

static const SimPipeHost pipe_host = {
  .arrived = sim_link_arrived,
  .ended = ended_cb,
  .drained = drained_cb,
};

static SimLink *
link_new (SimNode *node, SimNode *other, BtKnownPeer *known)
{
  SimLink *self = g_new0 (SimLink, 1);

  self->node = node;
  self->other = other;
  self->refs = 1;
  self->known = known;
  self->id = known->id;
  known->in_use = TRUE;
  self->began = self->heard_at = self->spoke_at = sim_net_now (node->net);
  self->we_choke = self->they_choke = TRUE;
  self->current = G_MAXUINT32;
  self->salt = bt_rng_below (&node->rng, G_MAXUINT32);
  bt_requests_init (&self->requests);
  bt_requests_init (&self->asked);
  bt_requests_init (&self->cancelled);
  g_ptr_array_add (node->links, self);
  return self;
}

static void
send_our_pieces (SimLink *self)
{
  const BtBitfield *have = bt_picker_get_have (self->node->picker);

  if (sim_node_super_seeds (self->node))
    sim_link_begin_super_seeding (self);
  else if (bt_bitfield_is_full (have) || self->node->spec.kind == SIM_POISONER)
    bt_wire_write_simple (&self->wire, BT_WIRE_HAVE_ALL);
  else if (have->n_set == 0)
    bt_wire_write_simple (&self->wire, BT_WIRE_HAVE_NONE);
  else
    bt_wire_write_bitfield (&self->wire, have->bytes, bt_bitfield_n_bytes (have));
}

static void
link_opened (SimLink *self)
{
  self->open = TRUE;
  self->opened_at = self->heard_at = sim_net_now (self->node->net);
  send_our_pieces (self);
  sim_link_offer_pieces (self);
  sim_link_flush (self);
}

/* Its answer came back to the caller. */
static void
answered (gpointer object, gpointer data)
{
  SimLink *self = object;

  if (!self->closing)
    {
      self->node->n_half_open--;
      link_opened (self);
    }
  link_unref (self);
}

static void
refused (gpointer object, gpointer data)
{
  SimLink *self = object;

  sim_link_close (self);
  link_unref (self);
}

static SimLink *
link_to (SimNode *self, const SimNode *other)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[i];

      if (link->other == other && !link->closing)
        return link;
    }
  return NULL;
}

static gboolean
make_room (SimNode *self)
{
  if (self->links->len < self->spec.max_peers)
    return TRUE;
  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[i];

      if (link->open && !link->closing && !link->we_want && !link->they_want &&
          sim_net_now (self->net) - link->opened_at > USELESS_TIME)
        {
          sim_link_close (link);
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
accept_link (SimNode *self, SimLink *caller)
{
  SimNode *other = caller->node;
  SimLink *twin = link_to (self, other), *link;
  BtKnownPeer *known;

  /* Both called each other: both keep the call of the one with the greater id. */
  if (!self->alive || caller->closing || (twin != NULL && (twin->open || self->index > other->index)))
    return FALSE;
  if (twin != NULL)
    return FALSE;
  known = bt_known_peers_add (&self->known, &other->addr, other->spec.unreachable ? BT_SOURCE_INCOMING : BT_SOURCE_PEX);
  if (known == NULL || known->in_use || !make_room (self))
    return FALSE;
  link = link_new (self, other, known);
  caller->out = sim_pipe_new (self->net, &other->line, &self->line, &pipe_host, caller, link);
  caller->in = sim_pipe_new (self->net, &self->line, &other->line, &pipe_host, link, caller);
  link->in = caller->out;
  link->out = caller->in;
  /* Before anything of ours can get there. */
  sim_net_at (self->net, sim_net_now (self->net) + sim_pipe_round_trip (link->out) / 2, answered, link_ref (caller), NULL);
  link_opened (link);
  return TRUE;
}

/* The caller's handshake reached us. */
static void
called (gpointer object, gpointer data)
{
  SimLink *caller = object;
  SimNode *other = caller->other;
  gint64 delay = caller->node->line.delay + other->line.delay;

  if (!accept_link (other, caller))
    sim_net_at (other->net, sim_net_now (other->net) + delay, refused, link_ref (caller), NULL);
  link_unref (caller);
}

static void
connect_to (SimNode *self, BtKnownPeer *known)
{
  SimNode *other = self->host->find (&known->addr, self->swarm);
  gint64 now = sim_net_now (self->net);
  SimLink *link;

  if (other == self || (other != NULL && link_to (self, other) != NULL))
    {
      bt_known_peers_done (&self->known, known, now, FALSE);
      return;
    }
  link = link_new (self, other, known);
  link->outgoing = TRUE;
  self->n_half_open++;
  if (other != NULL && other->alive)
    /* There, back, and there with the handshake. */
    sim_net_at (self->net, now + 3 * (self->line.delay + other->line.delay), called, link_ref (link), NULL);
  else
    sim_net_at (self->net, now + CONNECT_TIMEOUT, refused, link_ref (link), NULL);
}

void
sim_node_connect_more (SimNode *self)
{
  gint64 now = sim_net_now (self->net);

  while (self->alive && self->n_half_open < HALF_OPEN_LIMIT && self->links->len < self->spec.max_peers)
    {
      BtKnownPeer *known = bt_known_peers_candidate (&self->known, now, !self->seeding);

      if (known == NULL)
        return;
      connect_to (self, known);
    }
}

void
sim_node_tell_have (SimNode *self, guint32 piece)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[i];

      if (!link->open || link->closing)
        continue;
      if (sim_link_has (link, piece))
        {
          if (link->n_wanted > 0)
            link->n_wanted--;
          sim_link_update_interest (link);
        }
      if (!sim_link_is_seed (link))
        {
          bt_wire_write_index (&link->wire, BT_WIRE_HAVE, piece);
          sim_link_flush (link);
        }
    }
}

void
sim_node_became_seed (SimNode *self)
{
  self->seeding = TRUE;
  for (guint i = 0; i < self->links->len; i++)
    if (sim_link_is_seed (self->links->pdata[i]))
      sim_link_close (self->links->pdata[i]);
  if (self->finished_at == 0)
    self->finished_at = sim_net_now (self->net);
  self->host->finished (self, self->swarm);
}

static void
tick_link (SimLink *self, gint64 now)
{
  if (self->closing || !self->open)
    return;
  if (now - self->heard_at > IDLE_TIMEOUT)
    {
      sim_link_close (self);
      return;
    }
  if (now - self->spoke_at > KEEP_ALIVE_INTERVAL)
    bt_wire_write_keep_alive (&self->wire);
  if (bt_requests_n_outstanding (&self->requests) > 0)
    bt_requests_tune (&self->requests, bt_rate_get (&self->down, now), sim_pipe_round_trip (self->out), REQUEST_QUEUE_TIME, now);
  if (bt_requests_timed_out (&self->requests, now))
    {
      self->requests.snubbed = TRUE;
      sim_link_drop_requests (self);
      sim_node_request_all (self->node);
    }
  sim_link_request (self);
  sim_link_fill (self);
  sim_link_flush (self);
}

static void
announce (SimNode *self, gint64 now)
{
  BtAddr addrs[NUMWANT];
  guint n = self->host->announce (self, addrs, NUMWANT, self->swarm);

  self->next_announce = now + (self->links->len < FEW_PEERS ? MIN_INTERVAL : ANNOUNCE_INTERVAL);
  for (guint i = 0; i < n; i++)
    bt_known_peers_add (&self->known, &addrs[i], BT_SOURCE_TRACKER);
}

static void
tick (gpointer object, gpointer data)
{
  SimNode *self = object;
  gint64 now = sim_net_now (self->net);

  if (!self->alive)
    return;
  for (guint i = 0; i < self->links->len; i++)
    tick_link (self->links->pdata[i], now);
  if (now >= self->next_announce)
    announce (self, now);
  sim_node_tick_super_seeding (self);
  if (now >= self->next_choke)
    sim_node_run_choker (self);
  sim_node_connect_more (self);
  sim_net_at (self->net, now + TICK, tick, self, NULL);
}

SimNode *
sim_node_new (SimNet *net, BtLayout *layout, const SimNodeSpec *spec, const BtAddr *addr, guint index,
              const SimNodeHost *host, gpointer swarm)
{
  SimNode *self = g_new0 (SimNode, 1);

  self->net = net;
  self->host = host;
  self->swarm = swarm;
  self->spec = *spec;
  self->line = (SimLine){ .up = spec->up, .down = spec->down, .delay = spec->delay, .loss = spec->loss };
  self->layout = bt_layout_ref (layout);
  self->addr = *addr;
  self->index = index;
  memcpy (self->peer_id, &addr->ip, sizeof addr->ip);
  bt_rivals_init (&self->rivals, self->peer_id);
  bt_rng_seed (&self->rng, bt_rng_next (sim_net_rng (net)));
  self->links = g_ptr_array_new ();
  self->picker = bt_picker_new (layout, &self->rng);
  bt_known_peers_init (&self->known, &self->rng);
  bt_blame_init (&self->blame);
  for (guint32 i = 0; spec->seed && i < layout->n_pieces; i++)
    bt_picker_set_have (self->picker, i);
  self->seeding = spec->seed;
  return self;
}

void
sim_node_free (SimNode *self)
{
  g_assert_cmpuint (self->links->len, ==, 0);
  sim_node_drop_partials (self);
  bt_picker_free (self->picker);
  bt_rivals_clear (&self->rivals);
  bt_known_peers_clear (&self->known);
  bt_blame_clear (&self->blame);
  bt_layout_unref (self->layout);
  g_ptr_array_unref (self->links);
  g_queue_clear (&self->line.ready);
  g_free (self->n_shown);
  g_free (self);
}

void
sim_node_join (SimNode *self)
{
  gint64 now = sim_net_now (self->net);

  self->alive = TRUE;
  self->joined_at = now;
  /* Nobody's clock starts at the same moment. */
  self->next_choke = now + bt_rng_below (&self->rng, BT_CHOKER_INTERVAL);
  announce (self, now);
  sim_node_connect_more (self);
  sim_net_at (self->net, now + bt_rng_below (&self->rng, TICK), tick, self, NULL);
}

void
sim_node_leave (SimNode *self, gboolean crash)
{
  self->alive = FALSE;
  self->left = TRUE;
  self->line.cut = crash;
  for (guint i = 0; i < self->links->len; i++)
    {
      SimLink *link = self->links->pdata[i];

      link->useful = TRUE;
      sim_link_close (link);
    }
}
