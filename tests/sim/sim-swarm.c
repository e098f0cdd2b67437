/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-swarm.h"

static SimNode *
find_cb (const BtAddr *addr, gpointer data)
{
  SimSwarm *self = data;
  SimNode *node = g_hash_table_lookup (self->by_addr, addr);

  return node == NULL || node->spec.unreachable ? NULL : node;
}

/* Any of those who have joined, also such as are gone: trackers notice late. */
static guint
announce_cb (SimNode *node, BtAddr *addrs, guint most, gpointer data)
{
  SimSwarm *self = data;
  guint n = self->nodes->len, start, stride = 1, count = 0;

  while (n > 2 * most && stride * most < n)
    stride++;
  start = bt_rng_below (sim_net_rng (self->net), n);
  for (guint i = 0; i < n && count < most; i++)
    {
      SimNode *other = self->nodes->pdata[(start + i * stride) % n];

      if (other != node && other->joined_at != 0)
        addrs[count++] = other->addr;
    }
  return count;
}

static void
finished_cb (SimNode *node, gpointer data)
{
}

static void
banned_cb (SimNode *node, const BtAddr *addr, gpointer data)
{
  SimSwarm *self = data;
  SimNode *banned = g_hash_table_lookup (self->by_addr, addr);

  banned->n_bans++;
}

static const SimNodeHost node_host = {
  .find = find_cb,
  .announce = announce_cb,
  .finished = finished_cb,
  .banned = banned_cb,
};

SimSwarm *
sim_swarm_new (guint64 seed, guint64 size, guint32 piece_length)
{
  SimSwarm *self = g_new0 (SimSwarm, 1);
  BtTestSpec spec = { .piece_length = piece_length, .length = size, .no_content = TRUE };

  self->net = sim_net_new (seed);
  self->began = sim_net_now (self->net);
  self->torrent = bt_test_torrent_new (&spec);
  self->layout = bt_layout_new (self->torrent->metainfo);
  self->nodes = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_node_free);
  self->by_addr = g_hash_table_new (bt_addr_hash, bt_addr_equal);
  return self;
}

void
sim_swarm_free (SimSwarm *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    sim_node_leave (self->nodes->pdata[i], TRUE);
  while (sim_net_step (self->net))
    ;
  g_hash_table_unref (self->by_addr);
  g_ptr_array_unref (self->nodes);
  bt_layout_unref (self->layout);
  bt_test_torrent_free (self->torrent);
  sim_net_free (self->net);
  g_free (self);
}

SimNode *
sim_swarm_add (SimSwarm *self, const SimNodeSpec *spec)
{
  guint index = self->nodes->len;
  guint8 ip[4] = { 11, (guint8) (index >> 16), (guint8) (index >> 8), (guint8) index };
  SimNode *node;
  BtAddr addr;

  bt_addr_init_v4 (&addr, ip, 6881);
  node = sim_node_new (self->net, self->layout, spec, &addr, index, &node_host, self);
  g_ptr_array_add (self->nodes, node);
  g_hash_table_insert (self->by_addr, &node->addr, node);
  return node;
}

static void
join_cb (gpointer object, gpointer data)
{
  sim_node_join (object);
}

static void
leave_cb (gpointer object, gpointer data)
{
  sim_node_leave (object, GPOINTER_TO_INT (data));
}

void
sim_swarm_join_at (SimSwarm *self, SimNode *node, gint64 when)
{
  sim_net_at (self->net, self->began + when, join_cb, node, NULL);
}

void
sim_swarm_leave_at (SimSwarm *self, SimNode *node, gint64 when, gboolean crash)
{
  sim_net_at (self->net, self->began + when, leave_cb, node, GINT_TO_POINTER (crash));
}

gint64
sim_swarm_time (const SimSwarm *self)
{
  return sim_net_now (self->net) - self->began;
}

gboolean
sim_swarm_is_done (SimSwarm *self)
{
  for (guint i = 0; i < self->nodes->len; i++)
    {
      SimNode *node = self->nodes->pdata[i];

      if (!node->left && node->spec.kind != SIM_POISONER && !node->seeding)
        return FALSE;
    }
  return TRUE;
}

void
sim_swarm_run (SimSwarm *self, gboolean (*done) (SimSwarm *self), gint64 bound)
{
  gint64 next = 0;

  while (sim_net_step (self->net))
    {
      self->n_events++;
      if (sim_swarm_time (self) < next)
        continue;
      next = sim_swarm_time (self) + G_USEC_PER_SEC / 10;
      if (done (self))
        return;
      if (sim_swarm_time (self) > bound)
        g_error ("The swarm did not get there in %.0f s", (double) bound / G_USEC_PER_SEC);
    }
  g_error ("Nothing happens any more");
}
