/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "ui-stops.h"

#include <fcntl.h>
#include <unistd.h>

/* Microseconds between two looks, and how late one is that was held up. */
#define INTERVAL 2000
#define LATE 5000

typedef struct
{
  gint64 begin;
  gint64 end;
  gint64 length; /* without the wait for a processor */
} Stop;

struct _UiStops
{
  GThread *thread;
  GMutex mutex;
  GCond looked;
  gint64 seen; /* the time of the last look */
  gboolean ends;
  GArray *stops; /* of Stop */
};

gint64
ui_time_waited (int fd)
{
  char text[128];
  ssize_t length = fd >= 0 ? pread (fd, text, sizeof text - 1, 0) : -1;
  g_auto (GStrv) fields = NULL;

  if (length <= 0)
    return 0;
  /* What it ran, and what it waited, in nanoseconds. */
  text[length] = '\0';
  fields = g_strsplit (text, " ", 3);
  return fields[0] == NULL || fields[1] == NULL ? 0 : (gint64) (g_ascii_strtoull (fields[1], NULL, 10) / 1000);
}

static void
look (UiStops *self, gint64 due, gint64 waited)
{
  Stop stop = { due, g_get_monotonic_time (), 0 };

  stop.length = stop.end - due - waited;
  if (stop.length > LATE)
    g_array_append_val (self->stops, stop);
  self->seen = stop.end;
  g_cond_broadcast (&self->looked);
}

static gpointer
watch (gpointer data)
{
  UiStops *self = data;
  int fd = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  GCond never;

  g_cond_init (&never);
  g_mutex_lock (&self->mutex);
  while (!self->ends)
    {
      gint64 before = ui_time_waited (fd), due = g_get_monotonic_time () + INTERVAL;

      while (g_cond_wait_until (&never, &self->mutex, due))
        ;
      look (self, due, ui_time_waited (fd) - before);
    }
  g_mutex_unlock (&self->mutex);
  g_cond_clear (&never);
  close (fd);
  return NULL;
}

UiStops *
ui_stops_new (void)
{
  UiStops *self = g_new0 (UiStops, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->looked);
  self->stops = g_array_new (FALSE, FALSE, sizeof (Stop));
  self->thread = g_thread_new ("stops", watch, self);
  return self;
}

void
ui_stops_free (UiStops *self)
{
  g_mutex_lock (&self->mutex);
  self->ends = TRUE;
  g_mutex_unlock (&self->mutex);
  g_thread_join (self->thread);
  g_array_unref (self->stops);
  g_cond_clear (&self->looked);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

gint64
ui_stops_between (UiStops *self, gint64 begin, gint64 end)
{
  gint64 sum = 0;

  g_mutex_lock (&self->mutex);
  /* A stop is known when it is over and has been looked at. */
  while (self->seen < end)
    g_cond_wait (&self->looked, &self->mutex);
  for (guint i = 0; i < self->stops->len; i++)
    {
      const Stop *stop = &g_array_index (self->stops, Stop, i);
      gint64 common = MIN (end, stop->end) - MAX (begin, stop->begin);

      sum += CLAMP (common, 0, stop->length);
    }
  g_mutex_unlock (&self->mutex);
  return sum;
}
