/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* How a torrent that was added by a link comes by its metadata (BEP 9): every
 * connection that offers some is asked, and what comes is verified and parsed
 * by a disk thread. */

/* Pieces of metadata that nobody asked for, or too late, before a peer goes. */
#define MAX_UNASKED 256u

typedef struct
{
  BtDiskJob job;
  BtTorrent *torrent;
  BtMagnet *magnet;
  BtMetadataWhole *whole;
  BtMetainfo *metainfo; /* out: when it is right and makes sense */
  GError *error;        /* out: when it is right and does not */
} Job;

void
bt_torrent_begin_metadata (BtTorrent *self)
{
  if (self->metadata == NULL)
    self->metadata = bt_metadata_new ();
}

void
bt_link_ask_metadata (BtLink *self)
{
  BtTorrent *torrent = self->torrent;
  gint64 now = bt_loop_now (torrent->session->loop);
  guint8 id = self->ext.ids[BT_EXT_METADATA];
  gboolean any = FALSE;
  guint32 piece;

  if (torrent->metadata == NULL || torrent->state != BT_TORRENT_METADATA || id == 0 || !bt_peer_is_open (self->peer) ||
      !bt_metadata_offer (torrent->metadata, self->id, self->ext.metadata_size))
    return;
  while (bt_metadata_ask (torrent->metadata, self->id, now, &piece))
    {
      BtExtMetadata request = { .type = BT_EXT_METADATA_REQUEST, .piece = piece };
      g_autoptr (GBytes) bytes = bt_ext_metadata_write (&request);

      bt_wire_write_extended (bt_peer_out (self->peer), id, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      any = TRUE;
    }
  if (any)
    bt_peer_flush (self->peer);
}

static void
ask_all (BtTorrent *self)
{
  for (guint i = 0; i < self->links->len; i++)
    bt_link_ask_metadata (self->links->pdata[i]);
}

void
bt_torrent_tick_metadata (BtTorrent *self, gint64 now)
{
  if (self->metadata == NULL)
    return;
  bt_metadata_tick (self->metadata, now);
  ask_all (self);
}

static void
job_work (BtDiskJob *done)
{
  Job *self = (Job *) done;
  const BtMagnet *magnet = self->magnet;
  g_autoptr (GBytes) bytes = NULL;

  bt_metadata_whole_check (self->whole, magnet->info_hash, magnet->has_v2 ? magnet->info_hash_v2 : NULL);
  if (!self->whole->right)
    return;
  bytes = bt_magnet_make_torrent (magnet, self->whole->bytes, self->whole->length);
  self->metainfo = bt_metainfo_new (bytes, &self->error);
  /* Bytes that are more than one dictionary would have another hash inside of
   * the file that is made of them. */
  if (self->metainfo != NULL && (!bt_metainfo_has_v1 (self->metainfo) ||
                                 memcmp (bt_metainfo_get_info_hash (self->metainfo), magnet->info_hash, BT_SHA1_LENGTH) != 0))
    {
      g_clear_pointer (&self->metainfo, bt_metainfo_unref);
      g_set_error_literal (&self->error, BT_ERROR, BT_ERROR_MALFORMED, _ ("What the magnet link leads to is not a torrent."));
    }
}

static void
job_free (Job *self)
{
  bt_metadata_whole_free (self->whole);
  g_clear_pointer (&self->metainfo, bt_metainfo_unref);
  g_clear_error (&self->error);
  bt_magnet_unref (self->magnet);
  g_object_unref (self->torrent);
  g_free (self);
}

static void
judge (BtTorrent *self, const BtMetadataWhole *whole)
{
  g_autoptr (GArray) liars = g_array_new (FALSE, FALSE, sizeof (guint32));

  bt_metadata_judge (self->metadata, whole, liars);
  for (guint i = 0; i < liars->len; i++)
    bt_torrent_ban (self, g_array_index (liars, guint32, i));
}

static gboolean
is_stranger (const BtKnownPeer *known)
{
  return known->source == BT_SOURCE_PEX || known->source == BT_SOURCE_DHT || known->source == BT_SOURCE_LSD;
}

/* Nothing that came by other ways than the tracker is used for a private
 * torrent, now that we know that it is one (BEP 27). */
static void
leave_strangers (BtTorrent *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (is_stranger (link->known))
        bt_peer_close (link->peer, NULL);
    }
  /* Until the tracker names it too. */
  for (guint i = 0; i < self->known.list->len; i++)
    if (is_stranger (self->known.list->pdata[i]))
      ((BtKnownPeer *) self->known.list->pdata[i])->connectable = FALSE;
  bt_session_cancel_dht (self->session, self->info_hash);
}

void
bt_torrent_take_metainfo (BtTorrent *self, BtMetainfo *metainfo)
{
  self->metainfo = bt_metainfo_ref (metainfo);
  g_clear_pointer (&self->metadata, bt_metadata_free);
  bt_torrent_set_up (self);
  bt_torrent_apply_choice (self);
  for (guint i = 0; i < self->links->len; i++)
    bt_link_settle (self->links->pdata[i]);
  if (bt_torrent_is_private (self))
    leave_strangers (self);
  g_object_ref (self);
  bt_torrent_tell_metadata_ready (self);
  if (self->session != NULL && self->state == BT_TORRENT_METADATA && !self->ask_first)
    bt_torrent_check_files (self);
  g_object_unref (self);
}

static void
job_done (BtDiskJob *done)
{
  Job *job = (Job *) done;
  BtTorrent *self = job->torrent;

  self->n_disk--;
  if (self->session != NULL && self->metadata != NULL)
    {
      judge (self, job->whole);
      if (job->metainfo != NULL)
        bt_torrent_take_metainfo (self, job->metainfo);
      else if (job->error != NULL)
        {
          bt_torrent_fail (self, g_steal_pointer (&job->error), -1);
          g_clear_pointer (&self->metadata, bt_metadata_free);
        }
      else
        ask_all (self);
    }
  job_free (job);
}

static void
verify (BtTorrent *self)
{
  BtMetadataWhole *whole;

  while ((whole = bt_metadata_take (self->metadata)) != NULL)
    {
      Job *job = g_new0 (Job, 1);

      job->job.work = job_work;
      job->job.done = job_done;
      job->torrent = g_object_ref (self);
      job->magnet = bt_magnet_ref (self->magnet);
      job->whole = whole;
      self->n_disk++;
      bt_disk_push (self->session->disk, &job->job, BT_DISK_URGENT);
    }
}

void
bt_link_got_metadata (BtLink *self, const BtExtMetadata *message)
{
  BtTorrent *torrent = self->torrent;
  gint64 now = bt_loop_now (torrent->session->loop);
  BtMetadataResult result = BT_METADATA_UNASKED;

  if (torrent->metadata != NULL && message->type == BT_EXT_METADATA_REJECT)
    {
      bt_metadata_rejected (torrent->metadata, self->id, message->piece, now);
      ask_all (torrent);
      return;
    }
  if (torrent->metadata != NULL)
    result = bt_metadata_receive (torrent->metadata, self->id, message, now);
  if (result == BT_METADATA_UNASKED)
    {
      if (++self->n_unasked_metadata > MAX_UNASKED)
        bt_peer_close (self->peer, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, "The peer sends metadata that nobody asked for"));
    }
  else if (result == BT_METADATA_LIE)
    bt_torrent_ban (torrent, self->id);
  else
    self->useful = TRUE;
  if (result == BT_METADATA_COMPLETE)
    verify (torrent);
  bt_link_ask_metadata (self);
}
