/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "sim-net.h"

#include <string.h>

/* What a system keeps of a stream between the program and the line. */
#define SOCKET_BUFFER (128u << 10)

/* Bytes of a packet, and what its headers add to a message. */
#define SEGMENT 1448u
#define HEADERS 52u

/* A lost packet is noticed by those behind it, one time in ten by a timer. */
#define RETRANSMIT_TIMER (250 * G_TIME_SPAN_MILLISECOND)

typedef struct
{
  gint64 when;
  guint64 order; /* of two at the same time the one that was planned first is first */
  SimFunc func;
  gpointer object;
  gpointer data;
} Event;

struct _SimNet
{
  gint64 now;
  guint64 order;
  GArray *events; /* of Event: a heap */
  BtRng rng;
};

typedef struct _Packet Packet;

struct _Packet
{
  Packet *next;
  guint32 size;
  guint32 length;
  gboolean ends; /* nothing comes behind it */
  gboolean lost; /* its sender was cut off */
  guint8 bytes[];
};

struct _SimPipe
{
  SimNet *net;
  SimLine *from;
  SimLine *to;
  const SimPipeHost *host;
  gpointer source; /* NULL once it has left */
  gpointer sink;
  guint refs;      /* two ends, and packets on their way */
  Packet *first;   /* to be sent */
  Packet *last;
  gsize queued;
  gint64 last_arrival;
};

SimNet *
sim_net_new (guint64 seed)
{
  SimNet *self = g_new0 (SimNet, 1);

  self->events = g_array_new (FALSE, FALSE, sizeof (Event));
  self->now = G_USEC_PER_SEC;
  bt_rng_seed (&self->rng, seed);
  return self;
}

void
sim_net_free (SimNet *self)
{
  g_array_unref (self->events);
  g_free (self);
}

gint64
sim_net_now (const SimNet *self)
{
  return self->now;
}

BtRng *
sim_net_rng (SimNet *self)
{
  return &self->rng;
}

static gboolean
is_before (const Event *a, const Event *b)
{
  return a->when != b->when ? a->when < b->when : a->order < b->order;
}

void
sim_net_at (SimNet *self, gint64 when, SimFunc func, gpointer object, gpointer data)
{
  Event event = { MAX (when, self->now), self->order++, func, object, data };
  guint at = self->events->len;
  Event *events;

  g_array_append_val (self->events, event);
  events = (Event *) (gpointer) self->events->data;
  for (; at > 0 && is_before (&event, &events[(at - 1) / 2]); at = (at - 1) / 2)
    events[at] = events[(at - 1) / 2];
  events[at] = event;
}

void
sim_net_clear (SimNet *self, SimFunc func, SimFunc drop)
{
  for (guint i = 0; i < self->events->len; i++)
    {
      const Event *event = &g_array_index (self->events, Event, i);

      if (event->func == func)
        drop (event->object, event->data);
    }
  g_array_set_size (self->events, 0);
}

gboolean
sim_net_step (SimNet *self)
{
  Event *events = (Event *) (gpointer) self->events->data;
  guint n = self->events->len, at = 0, child;
  Event next, moved;

  if (n == 0)
    return FALSE;
  next = events[0];
  moved = events[--n];
  while ((child = 2 * at + 1) < n)
    {
      if (child + 1 < n && is_before (&events[child + 1], &events[child]))
        child++;
      if (!is_before (&events[child], &moved))
        break;
      events[at] = events[child];
      at = child;
    }
  events[at] = moved;
  g_array_set_size (self->events, n);
  self->now = next.when;
  next.func (next.object, next.data);
  return TRUE;
}

SimPipe *
sim_pipe_new (SimNet *net, SimLine *from, SimLine *to, const SimPipeHost *host, gpointer source, gpointer sink)
{
  SimPipe *self = g_new0 (SimPipe, 1);

  self->net = net;
  self->from = from;
  self->to = to;
  self->host = host;
  self->source = source;
  self->sink = sink;
  self->refs = 2;
  return self;
}

static void
pipe_unref (SimPipe *self)
{
  if (--self->refs > 0)
    return;
  g_assert (self->first == NULL);
  g_free (self);
}

gboolean
sim_pipe_has_backlog (const SimPipe *self)
{
  return self->queued >= SOCKET_BUFFER;
}

gint64
sim_pipe_round_trip (const SimPipe *self)
{
  return 2 * (self->from->delay + self->to->delay);
}

static gint64
time_for (guint32 size, guint64 rate)
{
  return (gint64) ((guint64) size * G_USEC_PER_SEC / rate);
}

static void
deliver (gpointer object, gpointer data)
{
  SimPipe *self = object;
  Packet *packet = data;

  if (self->sink != NULL && !self->to->cut && !packet->lost)
    {
      if (packet->ends)
        self->host->ended (self->sink);
      else
        self->host->arrived (self->sink, packet->bytes, packet->length);
    }
  g_free (packet);
  pipe_unref (self);
}

static void
reach (gpointer object, gpointer data)
{
  SimPipe *self = object;
  SimLine *line = self->to;
  Packet *packet = data;

  line->down_free = MAX (line->down_free, self->net->now) + time_for (packet->size, line->down);
  sim_net_at (self->net, line->down_free, deliver, self, packet);
}

/* Loss costs a stream no bytes but time, and all that is behind waits too. */
static gint64
delay_of (SimPipe *self, const Packet *packet)
{
  gint64 round_trip = sim_pipe_round_trip (self), delay = round_trip / 2;
  /* For the small shares that there are. */
  double lost = (self->from->loss + self->to->loss) * (1 + packet->size / SEGMENT);

  if (lost > 0 && bt_rng_below (&self->net->rng, 1000000) < lost * 1000000)
    delay += bt_rng_below (&self->net->rng, 10) == 0 ? RETRANSMIT_TIMER + round_trip : round_trip;
  return delay;
}

static void begin_sending (SimNet *net, SimLine *line);

static void
sent (gpointer object, gpointer data)
{
  SimPipe *self = object;
  SimLine *line = self->from;
  Packet *packet = self->first;
  gboolean had_backlog = sim_pipe_has_backlog (self);

  self->first = packet->next;
  self->queued -= packet->size;
  if (self->first != NULL)
    g_queue_push_tail (&line->ready, self);
  line->sending = FALSE;
  self->last_arrival = MAX (self->last_arrival, self->net->now + delay_of (self, packet));
  if (line->cut)
    packet->lost = TRUE;
  sim_net_at (self->net, self->last_arrival, reach, self, packet);
  if (had_backlog && !sim_pipe_has_backlog (self) && self->source != NULL)
    self->host->drained (self->source);
  begin_sending (self->net, line);
}

static void
begin_sending (SimNet *net, SimLine *line)
{
  SimPipe *next = line->sending ? NULL : g_queue_pop_head (&line->ready);

  if (next == NULL)
    return;
  line->sending = TRUE;
  sim_net_at (net, net->now + time_for (next->first->size, line->up), sent, next, NULL);
}

static void
send_packet (SimPipe *self, Packet *packet)
{
  gboolean was_idle = self->first == NULL;

  self->refs++;
  if (was_idle)
    self->first = packet;
  else
    self->last->next = packet;
  self->last = packet;
  self->queued += packet->size;
  if (was_idle)
    g_queue_push_tail (&self->from->ready, self);
  begin_sending (self->net, self->from);
}

void
sim_pipe_send (SimPipe *self, const guint8 *bytes, gsize length, gsize size)
{
  Packet *packet = g_malloc (sizeof *packet + length);

  *packet = (Packet){ .size = (guint32) size + HEADERS * (guint32) (1 + size / SEGMENT), .length = (guint32) length };
  memcpy (packet->bytes, bytes, length);
  send_packet (self, packet);
}

void
sim_pipe_leave_source (SimPipe *self)
{
  Packet *packet = g_new0 (Packet, 1);

  self->source = NULL;
  packet->ends = TRUE;
  packet->size = HEADERS;
  send_packet (self, packet);
  pipe_unref (self);
}

void
sim_pipe_leave_sink (SimPipe *self)
{
  self->sink = NULL;
  pipe_unref (self);
}
