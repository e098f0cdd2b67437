/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-loop.h"

#include <errno.h>
#include <unistd.h>

/* Sockets served in one dispatch before the main loop may do other things. */
#define BATCH 64

/* ... and the time after which the rest of the batch waits for the next. */
#define DISPATCH_TIME (3 * G_TIME_SPAN_MILLISECOND)

struct _BtLoop
{
  GMainContext *context;
  int epoll_fd;
  GSource *epoll_source;
  GSource *defer_source;
  GArray *deferred;                 /* of Deferred */
  struct epoll_event batch[BATCH];  /* being dispatched */
  int n_batch;
};

typedef struct
{
  GFunc func;
  gpointer object;
  gpointer data;
} Deferred;

static gboolean
dispatch_sockets (gint fd, GIOCondition condition, gpointer data)
{
  BtLoop *self = data;
  gint64 until = g_get_monotonic_time () + DISPATCH_TIME;

  self->n_batch = epoll_wait (self->epoll_fd, self->batch, BATCH, 0);
  for (int i = 0; i < self->n_batch; i++)
    {
      BtWatch *watch = self->batch[i].data.ptr;

      /* Unwatched by an earlier one of this batch. */
      if (watch == NULL)
        continue;
      self->batch[i].data.ptr = NULL;
      watch->func (watch, self->batch[i].events);
      /* What is left is still ready: the kernel's queue goes round. */
      if (g_get_monotonic_time () > until)
        break;
    }
  self->n_batch = 0;
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_deferred (gpointer data)
{
  BtLoop *self = data;
  g_autoptr (GArray) now = g_steal_pointer (&self->deferred);

  self->deferred = g_array_new (FALSE, FALSE, sizeof (Deferred));
  g_source_set_ready_time (self->defer_source, -1);
  for (guint i = 0; i < now->len; i++)
    {
      Deferred *item = &g_array_index (now, Deferred, i);

      item->func (item->object, item->data);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs defer_funcs = { .dispatch = dispatch_source };

static void
attach (BtLoop *self, GSource *source, const char *name)
{
  g_source_set_name (source, name);
  g_source_set_priority (source, BT_PRIORITY_IO);
  g_source_attach (source, self->context);
}

BtLoop *
bt_loop_new (GMainContext *context)
{
  BtLoop *self = g_new0 (BtLoop, 1);

  self->context = g_main_context_ref (context);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("No epoll: %s", g_strerror (errno));
  self->deferred = g_array_new (FALSE, FALSE, sizeof (Deferred));

  self->epoll_source = g_unix_fd_source_new (self->epoll_fd, G_IO_IN);
  g_source_set_callback (self->epoll_source, G_SOURCE_FUNC (dispatch_sockets), self, NULL);
  attach (self, self->epoll_source, "bt-loop sockets");

  self->defer_source = g_source_new (&defer_funcs, sizeof (GSource));
  g_source_set_callback (self->defer_source, dispatch_deferred, self, NULL);
  attach (self, self->defer_source, "bt-loop deferred");
  return self;
}

void
bt_loop_free (BtLoop *self)
{
  while (self->deferred->len > 0)
    dispatch_deferred (self);
  g_source_destroy (self->epoll_source);
  g_source_unref (self->epoll_source);
  g_source_destroy (self->defer_source);
  g_source_unref (self->defer_source);
  g_array_unref (self->deferred);
  close (self->epoll_fd);
  g_main_context_unref (self->context);
  g_free (self);
}

gint64
bt_loop_now (BtLoop *self)
{
  return g_get_monotonic_time ();
}

GMainContext *
bt_loop_get_context (BtLoop *self)
{
  return self->context;
}

void
bt_loop_watch (BtLoop *self, BtWatch *watch, int fd, guint32 events, BtWatchFunc func)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  *watch = (BtWatch){ .fd = fd, .events = events, .func = func };
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

void
bt_loop_set_events (BtLoop *self, BtWatch *watch, guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = watch };

  if (watch->fd < 0 || watch->events == events)
    return;
  watch->events = events;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event);
}

void
bt_loop_unwatch (BtLoop *self, BtWatch *watch)
{
  if (watch->fd < 0)
    return;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
  watch->fd = -1;
  for (int i = 0; i < self->n_batch; i++)
    if (self->batch[i].data.ptr == watch)
      self->batch[i].data.ptr = NULL;
}

GSource *
bt_loop_every (BtLoop *self, const char *name, guint milliseconds, GSourceFunc func, gpointer data)
{
  /* A few per cent off the round number, so that timers of many sessions and
   * programs do not fall on the same tick. */
  GSource *source = g_timeout_source_new (milliseconds + g_random_int_range (0, (gint32) milliseconds / 32 + 1));

  g_source_set_callback (source, func, data, NULL);
  attach (self, source, name);
  return source;
}

static gboolean
dispatch_timer (GSource *source, GSourceFunc callback, gpointer data)
{
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs timer_funcs = { .dispatch = dispatch_timer };

GSource *
bt_loop_timer (BtLoop *self, const char *name, GSourceFunc func, gpointer data)
{
  GSource *source = g_source_new (&timer_funcs, sizeof (GSource));

  g_source_set_callback (source, func, data, NULL);
  attach (self, source, name);
  return source;
}

void
bt_loop_defer (BtLoop *self, GFunc func, gpointer object, gpointer data)
{
  Deferred item = { func, object, data };

  g_array_append_val (self->deferred, item);
  g_source_set_ready_time (self->defer_source, 0);
}
