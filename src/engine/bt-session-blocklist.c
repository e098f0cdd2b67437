/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-session-private.h"
#include "bt-torrent-private.h"

#include "bt-blocklist-file.h"
#include "bt-error.h"

gboolean
bt_session_blocks (BtSession *self, const BtAddr *addr)
{
  return self->blocklist != NULL && bt_blocklist_contains (self->blocklist, addr);
}

BtKnownPeer *
bt_torrent_learn_peer (BtTorrent *self, const BtAddr *addr, BtPeerSource source)
{
  return self->session != NULL && bt_session_blocks (self->session, addr) ? NULL : bt_known_peers_add (&self->known, addr, source);
}

static void
close_if_blocked (BtSession *self, BtPeer *peer)
{
  if (!bt_peer_is_closing (peer) && bt_session_blocks (self, bt_peer_get_addr (peer)))
    bt_peer_close (peer, g_error_new_literal (BT_ERROR, BT_ERROR_REFUSED, "The address is on the blocklist"));
}

/* @list: (transfer full) (nullable) */
static void
set_blocklist (BtSession *self, BtBlocklist *list)
{
  g_clear_pointer (&self->blocklist, bt_blocklist_free);
  self->blocklist = list;
  for (guint i = 0; i < self->strangers->len; i++)
    close_if_blocked (self, self->strangers->pdata[i]);
  for (guint i = 0; i < self->torrents->len; i++)
    {
      BtTorrent *torrent = self->torrents->pdata[i];

      for (guint k = 0; k < torrent->links->len; k++)
        close_if_blocked (self, ((BtLink *) torrent->links->pdata[k])->peer);
    }
}

static void
job_free (gpointer data)
{
  bt_blocklist_job_free (data);
}

/* On a clean stack: the answer may be the last that holds the session. */
static gboolean
answer_cb (gpointer data)
{
  GTask *task = data;
  BtSession *self = g_task_get_source_object (task);
  BtBlocklistJob *job = g_task_get_task_data (task);

  if (self->blocklist_job == job)
    {
      self->blocklist_job = NULL;
      if (job->error == NULL)
        set_blocklist (self, g_steal_pointer (&job->list));
    }
  else if (job->error == NULL)
    g_set_error_literal (&job->error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "The blocklist is not wanted any more");
  if (job->error != NULL)
    g_task_return_error (task, g_steal_pointer (&job->error));
  else
    g_task_return_int (task, (gssize) bt_blocklist_n_ranges (self->blocklist));
  return G_SOURCE_REMOVE;
}

static void
loaded_cb (BtDiskJob *done)
{
  GTask *task = ((BtBlocklistJob *) done)->owner;
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_static_name (source, "bt-session blocklist");
  g_source_set_priority (source, BT_PRIORITY_IO);
  g_source_set_callback (source, answer_cb, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

void
bt_session_cancel_blocklist (BtSession *self)
{
  if (self->blocklist_job != NULL)
    g_atomic_int_set (&self->blocklist_job->cancelled, TRUE);
  self->blocklist_job = NULL;
}

void
bt_session_load_blocklist_async (BtSession *self, const char *path, GAsyncReadyCallback callback, gpointer user_data)
{
  GTask *task;
  BtBlocklistJob *job;

  g_return_if_fail (BT_IS_SESSION (self));
  g_return_if_fail (self->disk != NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, bt_session_load_blocklist_async);
  /* Of two that are under way the later one is meant. */
  bt_session_cancel_blocklist (self);
  if (path == NULL)
    {
      set_blocklist (self, NULL);
      g_task_return_int (task, 0);
      g_object_unref (task);
      return;
    }
  job = bt_blocklist_job_new (path, loaded_cb);
  job->owner = task;
  g_task_set_task_data (task, job, job_free);
  self->blocklist_job = job;
  bt_disk_push (self->disk, &job->job, BT_DISK_URGENT);
}

gboolean
bt_session_load_blocklist_finish (BtSession *self, GAsyncResult *result, guint *n_ranges, GError **error)
{
  gssize n;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  n = g_task_propagate_int (G_TASK (result), error);
  if (n_ranges != NULL)
    *n_ranges = (guint) MAX (n, 0);
  return n >= 0;
}
