/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "freshet-library-private.h"

/* What is done to many torrents at once goes on beside everything else. */

/* Microseconds of one slice: with what the list's viewers do about it, a frame. */
#define SLICE (6 * G_TIME_SPAN_MILLISECOND)

/* After what paints (GTK's is at 120), so that each slice is seen. */
#define PRIORITY (G_PRIORITY_HIGH_IDLE + 25)

typedef struct
{
  guint n_steps;
  guint n_done;
  FreshetStepFunc step;
  void (*done) (gpointer data);
  gpointer data;
  GDestroyNotify free;
} FreshetBatch;

static void
batch_free (FreshetBatch *batch)
{
  if (batch->free != NULL)
    batch->free (batch->data);
  g_free (batch);
}

void
freshet_library_init_batches (FreshetLibrary *self)
{
  g_queue_init (&self->batches);
  self->arriving = g_ptr_array_new_with_free_func (g_object_unref);
}

void
freshet_library_clear_batches (FreshetLibrary *self)
{
  g_clear_handle_id (&self->batch_source, g_source_remove);
  g_queue_clear_full (&self->batches, (GDestroyNotify) batch_free);
}

static void
end_slice (FreshetLibrary *self)
{
  self->in_batch = FALSE;
  if (self->arriving->len > 0)
    {
      gsize n = 0;
      g_autofree gpointer *items = g_ptr_array_steal (self->arriving, &n);

      freshet_library_insert_many (self, self->items->len, (FreshetTorrentItem **) items, (guint) n);
    }
  if (self->queue_wanted)
    freshet_library_run_queue (self, FALSE);
  self->queue_wanted = FALSE;
}

/* Returns: whether it is to be asked again at the next turn */
static gboolean
run_slice (FreshetLibrary *self, FreshetBatch *batch, gint64 until)
{
  guint n = 1;

  self->in_batch = TRUE;
  while (batch->n_done < batch->n_steps && n > 0 && g_get_monotonic_time () < until)
    {
      n = batch->step (self, batch->n_done, batch->data);
      batch->n_done += n;
    }
  end_slice (self);
  return n > 0;
}

static gboolean
batch_cb (gpointer data)
{
  FreshetLibrary *self = data;
  FreshetBatch *batch = g_queue_peek_head (&self->batches);
  gboolean again = run_slice (self, batch, g_get_monotonic_time () + SLICE);

  if (batch->n_done == batch->n_steps)
    {
      g_queue_pop_head (&self->batches);
      if (batch->done != NULL)
        batch->done (batch->data);
      batch_free (batch);
      again = TRUE;
    }
  if (again && self->batches.length > 0)
    return G_SOURCE_CONTINUE;
  self->batch_source = 0;
  return G_SOURCE_REMOVE;
}

void
freshet_library_run_batches (FreshetLibrary *self)
{
  if (self->batch_source != 0 || self->batches.length == 0 || self->stopping)
    return;
  self->batch_source = g_idle_add_full (PRIORITY, batch_cb, self, NULL);
  g_source_set_name_by_id (self->batch_source, "freshet-library batch");
}

void
freshet_library_do_many (FreshetLibrary *self, guint n_steps, FreshetStepFunc step, void (*done) (gpointer data), gpointer data,
                         GDestroyNotify free)
{
  FreshetBatch *batch;

  g_return_if_fail (FRESHET_IS_LIBRARY (self));

  batch = g_new (FreshetBatch, 1);
  *batch = (FreshetBatch){ .n_steps = n_steps, .step = step, .done = done, .data = data, .free = free };
  g_queue_push_tail (&self->batches, batch);
  if (self->batches.length > 1 || self->in_batch)
    return;
  if (batch_cb (self))
    freshet_library_run_batches (self);
}

void
freshet_library_finish_batches (FreshetLibrary *self)
{
  g_clear_handle_id (&self->batch_source, g_source_remove);
  while (self->batches.length > 0)
    {
      FreshetBatch *batch = g_queue_pop_head (&self->batches);

      run_slice (self, batch, G_MAXINT64);
      if (batch->done != NULL)
        batch->done (batch->data);
      batch_free (batch);
    }
}
