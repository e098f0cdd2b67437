/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-file-ops.h"

#include <glib/gi18n-lib.h>

/* Room on the file systems that torrents write to. One that fills stops those
 * that write there, and they go on by themselves when there is room again. */

/* Microseconds between two looks, and while somebody waits for room. */
#define LOOK_INTERVAL (10 * G_USEC_PER_SEC)
#define WAIT_INTERVAL (2 * G_USEC_PER_SEC)

/* A torrent that finds the disk full at once again waits longer each time. */
#define MOST_RETRY (5 * 60 * G_USEC_PER_SEC)

/* A small file system is not full as long as this part of it is free. */
#define SMALL_PART 64u

/* Bytes that there have to be for a torrent to go on, if it needs as many. */
#define ROOM (64u << 20)

typedef struct
{
  BtTorrent *torrent;
  char *folder;
  gboolean known;    /* out */
  BtSpace space;     /* out */
  guint64 stops_at;  /* out: fewer free bytes are too few */
  guint64 starts_at; /* out: so many are enough again */
  char *disk;        /* out: its name, when there is too little */
  guint64 remaining; /* bytes it has yet to write */
} Entry;

struct _BtSpaceJob
{
  BtDiskJob job;
  BtSession *session; /* NULL: nobody wants to know any more */
  guint64 floor;
  GArray *entries;    /* of Entry */
};

static void
entry_clear (gpointer data)
{
  Entry *self = data;

  g_object_unref (self->torrent);
  g_free (self->folder);
  g_free (self->disk);
}

/* What is nearly done may end on a disk that is nearly full. */
static void
judge (Entry *self, guint64 least)
{
  guint64 low = MIN (least, self->space.total / SMALL_PART);

  self->stops_at = MIN (low, self->remaining + low / 4);
  self->starts_at = MIN (2 * low + MIN (self->remaining, ROOM), self->remaining + low / 2);
  if (self->space.free < self->stops_at)
    self->disk = bt_file_ops_dup_disk_name (self->folder);
}

static void
space_work (BtDiskJob *job)
{
  BtSpaceJob *self = (BtSpaceJob *) job;

  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = &g_array_index (self->entries, Entry, i);
      const Entry *before = i == 0 ? NULL : entry - 1;

      if (before != NULL && g_str_equal (before->folder, entry->folder))
        {
          entry->known = before->known;
          entry->space = before->space;
        }
      else
        entry->known = bt_file_ops ()->space (entry->folder, &entry->space);
      if (entry->known)
        judge (entry, self->floor);
    }
}

static gboolean
is_waiting (const BtTorrent *torrent)
{
  return torrent->state == BT_TORRENT_ERROR && torrent->waits_for_space;
}

static void
stop_writing (const Entry *entry)
{
  g_autofree char *left = g_format_size (entry->space.free);

  bt_torrent_fail (entry->torrent,
                   g_error_new (G_IO_ERROR, G_IO_ERROR_NO_SPACE,
                                _ ("The disk “%s” is nearly full: %s are left. The download goes on by itself when there is more room"),
                                entry->disk, left),
                   -1);
}

static void
go_on (BtTorrent *torrent, gint64 now)
{
  gint64 pause = WAIT_INTERVAL << MIN (torrent->space_tries, 10);

  torrent->space_tries++;
  torrent->space_retry = now + MIN (pause, MOST_RETRY);
  bt_torrent_start (torrent);
}

static void
use_entry (BtSession *self, const Entry *entry, gint64 now)
{
  BtTorrent *torrent = entry->torrent;

  if (torrent->session == NULL || !entry->known)
    return;
  if (torrent->state == BT_TORRENT_DOWNLOADING && entry->disk != NULL && !self->config.preallocate_full)
    stop_writing (entry);
  else if (torrent->state == BT_TORRENT_DOWNLOADING && now >= torrent->space_retry)
    torrent->space_tries = 0;
  else if (is_waiting (torrent) && entry->space.free >= entry->starts_at && now >= torrent->space_retry)
    go_on (torrent, now);
}

static void
space_done (BtDiskJob *job)
{
  BtSpaceJob *self = (BtSpaceJob *) job;
  BtSession *session = self->session;

  if (session != NULL)
    {
      gint64 now = bt_loop_now (session->loop);

      session->space_job = NULL;
      for (guint i = 0; i < self->entries->len; i++)
        use_entry (session, &g_array_index (self->entries, Entry, i), now);
    }
  g_array_unref (self->entries);
  g_free (self);
}

static gint
compare_folders (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (((const Entry *) a)->folder, ((const Entry *) b)->folder);
}

void
bt_session_watch_space (BtSession *self, gint64 now)
{
  GArray *entries;
  gboolean waiting = FALSE;
  BtSpaceJob *job;

  if (now < self->next_space || self->space_job != NULL)
    return;
  entries = g_array_new (FALSE, FALSE, sizeof (Entry));
  g_array_set_clear_func (entries, entry_clear);
  for (guint i = 0; i < self->torrents->len; i++)
    {
      BtTorrent *torrent = self->torrents->pdata[i];
      Entry entry = { .remaining = torrent->wanted_bytes - torrent->wanted_verified };

      if (torrent->state != BT_TORRENT_DOWNLOADING && !is_waiting (torrent))
        continue;
      waiting |= is_waiting (torrent);
      entry.torrent = g_object_ref (torrent);
      entry.folder = g_strdup (torrent->folder);
      g_array_append_val (entries, entry);
    }
  self->next_space = now + (waiting ? WAIT_INTERVAL : LOOK_INTERVAL);
  if (entries->len == 0)
    {
      g_array_unref (entries);
      return;
    }
  g_array_sort (entries, compare_folders);
  job = g_new0 (BtSpaceJob, 1);
  job->job.work = space_work;
  job->job.done = space_done;
  job->session = self;
  job->floor = self->config.space_floor;
  job->entries = entries;
  self->space_job = job;
  bt_disk_push (self->disk, &job->job, BT_DISK_URGENT);
}

void
bt_session_stop_watching_space (BtSession *self)
{
  if (self->space_job != NULL)
    self->space_job->session = NULL;
  self->space_job = NULL;
  self->next_space = G_MAXINT64;
}
