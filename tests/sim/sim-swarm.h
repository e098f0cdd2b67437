/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-test-torrent.h"
#include "sim-node.h"

G_BEGIN_DECLS

/**
 * SimSwarm:
 *
 * A torrent, the nodes that want it, and a tracker that they ask.
 */
typedef struct
{
  SimNet *net;
  BtTestTorrent *torrent;
  BtLayout *layout;
  GPtrArray *nodes;      /* of SimNode, also those that have left */
  GHashTable *by_addr;   /* of BtAddr -> SimNode */
  guint64 n_events;
  gint64 began;
} SimSwarm;

SimSwarm *sim_swarm_new  (guint64 seed, guint64 size, guint32 piece_length);
/* Everybody is cut off, and what is under way comes to nothing. */
void      sim_swarm_free (SimSwarm *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimSwarm, sim_swarm_free)

/* Not there yet. */
SimNode  *sim_swarm_add   (SimSwarm *self, const SimNodeSpec *spec);
/* It joins at that time of the clock. */
void      sim_swarm_join_at (SimSwarm *self, SimNode *node, gint64 when);
void      sim_swarm_leave_at (SimSwarm *self, SimNode *node, gint64 when, gboolean crash);
/* Until @done says so; the clock must not get past @bound. */
void      sim_swarm_run   (SimSwarm *self, gboolean (*done) (SimSwarm *self), gint64 bound);
/* Has every honest one that is there everything? */
gboolean  sim_swarm_is_done (SimSwarm *self);
/* Since the beginning. */
gint64    sim_swarm_time  (const SimSwarm *self);

G_END_DECLS
