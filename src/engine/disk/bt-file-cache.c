/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-file-cache.h"

#include <fcntl.h>
#include <unistd.h>

struct _BtFileCache
{
  GMutex mutex;
  GQueue open; /* of BtOpenFile, latest used first */
  guint limit;
};

BtFileCache *
bt_file_cache_new (guint limit)
{
  BtFileCache *self = g_atomic_rc_box_new0 (BtFileCache);

  g_mutex_init (&self->mutex);
  g_queue_init (&self->open);
  self->limit = limit;
  return self;
}

BtFileCache *
bt_file_cache_ref (BtFileCache *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
cache_clear (gpointer data)
{
  BtFileCache *self = data;

  g_assert (self->open.length == 0);
  g_mutex_clear (&self->mutex);
}

void
bt_file_cache_unref (BtFileCache *self)
{
  g_atomic_rc_box_release_full (self, cache_clear);
}

/* Closing may wait for a slow file system, so the lock is not held for it. */
static int
take_out (BtFileCache *self, BtOpenFile *file)
{
  int fd = file->fd;

  g_queue_unlink (&self->open, &file->link);
  file->fd = -1;
  file->stale = FALSE;
  return fd;
}

gboolean
bt_file_cache_acquire (BtFileCache *self, BtOpenFile *file, gboolean writable)
{
  gboolean found;

  g_mutex_lock (&self->mutex);
  found = file->fd >= 0 && !file->stale && (file->writable || !writable);
  if (found)
    {
      file->users++;
      if (self->open.head != &file->link)
        {
          g_queue_unlink (&self->open, &file->link);
          g_queue_push_head_link (&self->open, &file->link);
        }
    }
  g_mutex_unlock (&self->mutex);
  return found;
}

void
bt_file_cache_insert (BtFileCache *self, BtOpenFile *file, int fd, gboolean writable, gboolean in_memory)
{
  int surplus = -1, evicted = -1;

  g_mutex_lock (&self->mutex);
  if (file->fd >= 0 && !file->stale && (file->writable || !writable))
    surplus = fd;
  else
    {
      if (file->fd >= 0)
        {
          /* Readers may still use the old descriptor's number: the new one
           * takes its place under the same number. */
          dup3 (fd, file->fd, O_CLOEXEC);
          surplus = fd;
          file->stale = FALSE;
        }
      else
        {
          file->fd = fd;
          file->link.data = file;
          g_queue_push_head_link (&self->open, &file->link);
        }
      file->writable = writable;
      g_atomic_int_set (&file->in_memory, in_memory);
    }
  file->users++;
  if (self->open.length > self->limit)
    for (GList *l = self->open.tail; l != NULL; l = l->prev)
      if (((BtOpenFile *) l->data)->users == 0)
        {
          evicted = take_out (self, l->data);
          break;
        }
  g_mutex_unlock (&self->mutex);

  if (surplus >= 0)
    close (surplus);
  if (evicted >= 0)
    close (evicted);
}

void
bt_file_cache_release (BtFileCache *self, BtOpenFile *file)
{
  int fd = -1;

  g_mutex_lock (&self->mutex);
  g_assert (file->users > 0);
  if (--file->users == 0 && file->stale)
    fd = take_out (self, file);
  g_mutex_unlock (&self->mutex);
  if (fd >= 0)
    close (fd);
}

void
bt_file_cache_forget (BtFileCache *self, BtOpenFile *file)
{
  int fd = -1;

  g_mutex_lock (&self->mutex);
  if (file->fd >= 0 && file->users == 0)
    fd = take_out (self, file);
  else if (file->fd >= 0)
    file->stale = TRUE;
  g_mutex_unlock (&self->mutex);
  if (fd >= 0)
    close (fd);
}
