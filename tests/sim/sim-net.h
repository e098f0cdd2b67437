/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "bt-rng.h"

G_BEGIN_DECLS

/**
 * SimNet:
 *
 * A network on a virtual clock, in microseconds: what happens is a list of
 * events, and with the same seed it is the same list in every run.
 */
typedef struct _SimNet SimNet;

typedef void (*SimFunc) (gpointer object, gpointer data);

SimNet *sim_net_new  (guint64 seed);
void    sim_net_free (SimNet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimNet, sim_net_free)
gint64  sim_net_now  (const SimNet *self);
BtRng  *sim_net_rng  (SimNet *self);
void    sim_net_at   (SimNet *self, gint64 when, SimFunc func, gpointer object, gpointer data);
/* Has @drop called for whatever is still planned for @func. */
void    sim_net_clear (SimNet *self, SimFunc func, SimFunc drop);
/* Does what is next. Returns: %FALSE when there is nothing */
gboolean sim_net_step (SimNet *self);

/**
 * SimLine:
 *
 * What a machine is connected by. All that it sends shares its way up, a packet
 * at a time, in turns; all that it gets shares its way down.
 */
typedef struct
{
  guint64 up;        /* bytes a second */
  guint64 down;
  gint64 delay;      /* from here to the middle of the net */
  double loss;       /* the share of its packets that have to be sent again */

  GQueue ready;      /* of SimPipe: those with something to send */
  gboolean sending;
  gint64 down_free;  /* when the way down has delivered what is on it */
  gboolean cut;      /* nothing goes out or comes in any more */
} SimLine;

/**
 * SimPipe:
 *
 * One direction of a connection: whole and in order, after a while. It has the
 * place of a socket's buffer; who sends more than that has a backlog.
 */
typedef struct _SimPipe SimPipe;

typedef struct
{
  /* Bytes came, those of one send. */
  void (*arrived) (gpointer sink, const guint8 *bytes, gsize length);
  /* The other side closed. */
  void (*ended)   (gpointer sink);
  /* There is room again. */
  void (*drained) (gpointer source);
} SimPipeHost;

SimPipe *sim_pipe_new   (SimNet *net, SimLine *from, SimLine *to, const SimPipeHost *host, gpointer source, gpointer sink);
/* @size: bytes on the line, which may be more than those at @bytes */
void     sim_pipe_send  (SimPipe *self, const guint8 *bytes, gsize length, gsize size);
gboolean sim_pipe_has_backlog (const SimPipe *self);
/* Nobody is left to send, or to get what comes; each end lets go once. */
void     sim_pipe_leave_source (SimPipe *self);
void     sim_pipe_leave_sink   (SimPipe *self);
/* Of a packet there and back. */
gint64   sim_pipe_round_trip   (const SimPipe *self);

G_END_DECLS
