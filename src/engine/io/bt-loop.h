/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gio/gio.h>
#include <glib-unix.h>
#include <sys/epoll.h>

G_BEGIN_DECLS

/* GTK lays out at 110 and paints at 120: network work comes after both, or an
 * always-ready socket would keep the window from painting. */
#define BT_PRIORITY_IO 150

typedef struct _BtLoop BtLoop;
typedef struct _BtWatch BtWatch;

typedef void (*BtWatchFunc) (BtWatch *watch, guint32 events);

/**
 * BtWatch:
 *
 * A descriptor that is waited for; embedded in what owns the descriptor.
 * @events are EPOLLIN and EPOLLOUT; hang-ups are always told.
 */
struct _BtWatch
{
  int fd; /* -1: not watched */
  guint32 events;
  BtWatchFunc func;
};

/**
 * BtLoop:
 *
 * The engine's place on a main context: one source for all sockets (GLib
 * would poll each of a thousand idle ones on every turn), timers at the
 * engine's priority, and work put off to a clean stack.
 */
BtLoop  *bt_loop_new     (GMainContext *context);
void     bt_loop_free    (BtLoop *self);
/* Microseconds of the monotonic clock. */
gint64   bt_loop_now     (BtLoop *self);
GMainContext *bt_loop_get_context (BtLoop *self);

void     bt_loop_watch   (BtLoop *self, BtWatch *watch, int fd, guint32 events, BtWatchFunc func);
void     bt_loop_set_events (BtLoop *self, BtWatch *watch, guint32 events);
/* Safe from inside any watch's function; must come before the close(). */
void     bt_loop_unwatch (BtLoop *self, BtWatch *watch);

/* Calls @func about every @milliseconds until the source is destroyed.
 * Returns: (transfer full) */
GSource *bt_loop_every   (BtLoop *self, const char *name, guint milliseconds, GSourceFunc func, gpointer data);
/* Calls @func at the time that g_source_set_ready_time() sets, which is none at
 * first, and again at the next. Returns: (transfer full) */
GSource *bt_loop_timer   (BtLoop *self, const char *name, GSourceFunc func, gpointer data);
/* Calls @func once, soon, with nothing else of ours on the stack. */
void     bt_loop_defer   (BtLoop *self, GFunc func, gpointer object, gpointer data);

G_END_DECLS
