/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-disk.h"

/* Below GTK's layout (110) and painting (120). */
#define DONE_PRIORITY 150

struct _BtDisk
{
  GMutex mutex;
  GCond wake;
  GQueue waiting[2];   /* by BtDiskClass */
  GQueue done;
  GPtrArray *threads;
  guint n_threads;
  guint n_idle;
  guint n_pending;  /* main context only */
  gboolean closing;
  GSource *source;
};

static BtDiskJob *
wait_for_job (BtDisk *self)
{
  for (;;)
    {
      for (guint i = 0; i < G_N_ELEMENTS (self->waiting); i++)
        if (self->waiting[i].length > 0)
          return g_queue_pop_head_link (&self->waiting[i])->data;
      if (self->closing)
        return NULL;
      self->n_idle++;
      g_cond_wait (&self->wake, &self->mutex);
      self->n_idle--;
    }
}

static gpointer
worker (gpointer data)
{
  BtDisk *self = data;
  BtDiskJob *job;

  g_mutex_lock (&self->mutex);
  while ((job = wait_for_job (self)) != NULL)
    {
      g_mutex_unlock (&self->mutex);
      job->work (job);
      g_mutex_lock (&self->mutex);
      g_queue_push_tail_link (&self->done, &job->link);
      if (self->done.length == 1)
        g_source_set_ready_time (self->source, 0);
    }
  g_mutex_unlock (&self->mutex);
  return NULL;
}

static gboolean
finish_jobs (BtDisk *self)
{
  GQueue done;
  GList *link;

  g_mutex_lock (&self->mutex);
  done = self->done;
  g_queue_init (&self->done);
  g_source_set_ready_time (self->source, -1);
  g_mutex_unlock (&self->mutex);

  while ((link = g_queue_pop_head_link (&done)) != NULL)
    {
      BtDiskJob *job = link->data;

      self->n_pending--;
      job->done (job);
    }
  return G_SOURCE_CONTINUE;
}

static gboolean
dispatch_source (GSource *source, GSourceFunc callback, gpointer data)
{
  return callback (data);
}

static GSourceFuncs source_funcs = { .dispatch = dispatch_source };

BtDisk *
bt_disk_new (GMainContext *context, guint n_threads)
{
  BtDisk *self = g_new0 (BtDisk, 1);

  g_mutex_init (&self->mutex);
  g_cond_init (&self->wake);
  for (guint i = 0; i < G_N_ELEMENTS (self->waiting); i++)
    g_queue_init (&self->waiting[i]);
  g_queue_init (&self->done);
  self->threads = g_ptr_array_new ();
  self->n_threads = n_threads;
  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "bt-disk done");
  g_source_set_priority (self->source, DONE_PRIORITY);
  g_source_set_callback (self->source, (GSourceFunc) finish_jobs, self, NULL);
  g_source_attach (self->source, context);
  return self;
}

/* What ended jobs left to be done when the threads have gone: a copy that was
 * broken off is cleared away. */
static void
work_here (BtDisk *self)
{
  while (self->n_pending > 0)
    {
      BtDiskJob *job = wait_for_job (self);

      job->work (job);
      g_queue_push_tail_link (&self->done, &job->link);
      finish_jobs (self);
    }
}

void
bt_disk_free (BtDisk *self)
{
  g_mutex_lock (&self->mutex);
  self->closing = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->mutex);
  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (self->threads->pdata[i]);

  finish_jobs (self);
  work_here (self);
  g_assert (self->n_pending == 0);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_ptr_array_unref (self->threads);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->wake);
  g_free (self);
}

void
bt_disk_push (BtDisk *self, BtDiskJob *job, BtDiskClass class)
{
  job->link = (GList){ .data = job };
  self->n_pending++;

  g_mutex_lock (&self->mutex);
  g_queue_push_tail_link (&self->waiting[class], &job->link);
  g_cond_signal (&self->wake);
  /* A thread that was woken for an earlier job may still count as idle. */
  if (self->waiting[0].length + self->waiting[1].length > self->n_idle && self->threads->len < self->n_threads && !self->closing)
    g_ptr_array_add (self->threads, g_thread_new ("bt-disk", worker, self));
  g_mutex_unlock (&self->mutex);
}

guint
bt_disk_n_threads (BtDisk *self)
{
  return self->n_threads;
}

guint
bt_disk_n_pending (BtDisk *self)
{
  return self->n_pending;
}
