/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-error.h"

#include <string.h>

/* Requests written at once. */
#define BATCH 64u

/* ... but not for fewer than this, unless the pipeline runs low. */
#define REQUEST_STEP 8u

/* Bytes that nobody asked for before a peer is sent away. */
#define MAX_UNASKED (4u << 20)

static gboolean
memory_allows_new (BtLink *self)
{
  BtTorrent *torrent = self->torrent;
  const BtPiecePool *pool = &torrent->session->pool;
  guint64 begun = (guint64) bt_picker_n_partials (torrent->picker) * torrent->layout->piece_length;

  if (begun < pool->budget && !bt_piece_pool_is_full (pool))
    return TRUE;
  /* Memory is full of pieces that wait for other peers: one that cannot help
   * with any of them must still not stand idle, up to twice the budget. Pieces
   * that wait for the disk will soon make room. */
  return torrent->n_disk == 0 && bt_requests_n_outstanding (&self->requests) == 0 && begun < 2 * (guint64) pool->budget;
}

/* A peer whose pieces are all asked for elsewhere would have the picker
 * search all of them at every message. */
static gboolean
may_find_something (const BtLink *self)
{
  const BtPicker *picker = self->torrent->picker;

  return self->idle_at != bt_picker_get_generation (picker) + 1 || bt_picker_is_end_game (picker);
}

static guint
request_some (BtLink *self, guint most)
{
  BtTorrent *torrent = self->torrent;
  BtBlock blocks[BATCH];
  BtPick pick = {
    .peer = self->id,
    .pieces = &self->pieces,
    .has_all = self->has_all,
    .allow_new = memory_allows_new (self),
    .allowed = self->they_choke ? &self->fast_to_us : NULL,
    .suggested = self->suggested,
    .rivals = bt_torrent_get_rivals (torrent),
    .requests = &self->requests,
    .current = &self->current,
  };
  guint n = bt_picker_pick (torrent->picker, &pick, blocks, MIN (most, BATCH));
  gint64 now = bt_loop_now (torrent->session->loop);

  for (guint i = 0; i < n; i++)
    {
      bt_requests_asked (&self->requests, &blocks[i], now);
      bt_wire_write_block (bt_peer_out (self->peer), BT_WIRE_REQUEST, &blocks[i]);
    }
  if (n == 0 && pick.allow_new && pick.allowed == NULL)
    self->idle_at = bt_picker_get_generation (torrent->picker) + 1;
  return n;
}

void
bt_link_request (BtLink *self)
{
  guint room = bt_requests_room (&self->requests);
  gboolean any = FALSE;

  if (self->torrent->state != BT_TORRENT_DOWNLOADING || !self->we_want || !bt_peer_is_open (self->peer) ||
      (self->they_choke && self->fast_to_us.n_set == 0) || self->rejected_until > bt_loop_now (self->torrent->session->loop))
    return;
  /* A few at a time: one message with many requests costs as much as one with
   * one. */
  if (room < MIN (REQUEST_STEP, bt_requests_n_outstanding (&self->requests)))
    return;
  while (room > 0)
    {
      guint n = may_find_something (self) ? request_some (self, room) : 0;

      if (n == 0)
        n = bt_link_steal (self, room);
      if (n == 0)
        break;
      any = TRUE;
      room -= MIN (n, room);
    }
  if (any)
    bt_peer_flush (self->peer);
}

void
bt_torrent_request_all (BtTorrent *self)
{
  self->released = FALSE;
  for (guint i = 0; i < self->links->len; i++)
    bt_link_request (self->links->pdata[i]);
  bt_torrent_run_webseeds (self);
}

/* What was asked of this peer is for the others now. */
void
bt_link_drop_requests (BtLink *self)
{
  if (self->torrent->picker == NULL)
    return;
  for (guint i = 0; i < bt_requests_n_outstanding (&self->requests); i++)
    bt_picker_release (self->torrent->picker, &bt_requests_peek (&self->requests, i)->block);
  bt_requests_forget (&self->requests);
  bt_peer_discard_block (self->peer, NULL);
  bt_picker_peer_gone (self->torrent->picker, self->id);
  self->current = G_MAXUINT32;
}

/* Takes back a request; the caller flushes. */
void
bt_link_cancel (BtLink *self, const BtBlock *block)
{
  bt_requests_drop (&self->requests, block);
  bt_peer_discard_block (self->peer, block);
  bt_wire_write_block (bt_peer_out (self->peer), BT_WIRE_CANCEL, block);
  if (!(self->caps & BT_CAP_FAST))
    return;
  if (bt_requests_n_outstanding (&self->cancelled) >= BT_REQUESTS_MAX_LIMIT)
    bt_requests_forget (&self->cancelled);
  bt_requests_asked (&self->cancelled, block, 0);
}

void
bt_torrent_cancel_requests (BtTorrent *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];
      guint n = bt_requests_n_outstanding (&link->requests);

      for (guint k = 0; k < n; k++)
        bt_wire_write_block (bt_peer_out (link->peer), BT_WIRE_CANCEL, &bt_requests_peek (&link->requests, k)->block);
      bt_link_drop_requests (link);
      if (n > 0)
        bt_peer_flush (link->peer);
    }
}

void
bt_link_rejected (BtLink *self, const BtBlock *block)
{
  /* The answer to a cancel, which must not be taken for a no to the same
   * request made again since. */
  if (bt_requests_drop (&self->cancelled, block))
    return;
  if (!bt_requests_drop (&self->requests, block))
    return;
  bt_picker_release (self->torrent->picker, block);
  self->torrent->released = TRUE;
  /* A no from a peer that does not choke us would be asked for again at
   * once, for ever. */
  if (!self->they_choke)
    self->rejected_until = bt_loop_now (self->torrent->session->loop) + G_USEC_PER_SEC;
}

static guint8 *
block_memory (BtTorrent *self, BtPartial *partial, const BtBlock *block)
{
  if (partial->data == NULL)
    partial->data = bt_piece_pool_take (&self->session->pool, bt_layout_piece_size (self->layout, block->piece));
  return partial->data + block->begin;
}

guint8 *
bt_link_block_begin (BtPeer *peer, const BtBlock *block, gpointer data)
{
  BtLink *self = data;
  BtTorrent *torrent = self->torrent;
  BtPartial *partial = bt_picker_expects (torrent->picker, block);

  if (partial == NULL || torrent->state != BT_TORRENT_DOWNLOADING)
    return NULL;
  /* Not asked of this peer, or not any more. */
  if (!bt_requests_contains (&self->requests, block))
    return NULL;
  /* Another peer may be sending the same block right now: if both wrote to its
   * place, one could put its bytes into what the other is blamed for. */
  if (bt_picker_is_busy (torrent->picker, block))
    {
      if (self->spare == NULL)
        self->spare = g_malloc (BT_BLOCK_SIZE);
      return self->spare;
    }
  return block_memory (torrent, partial, block);
}

/* The oldest requests, but for the block that is coming in now, and but for
 * those that another peer may be writing at this moment. */
guint
bt_link_expect (BtPeer *peer, BtBlock *blocks, guint8 **places, guint most, gpointer data)
{
  BtLink *self = data;
  BtTorrent *torrent = self->torrent;
  const BtBlock *current = bt_peer_get_block (peer);
  guint n = 0;

  if (torrent->state != BT_TORRENT_DOWNLOADING)
    return 0;
  for (guint i = 0; i < bt_requests_n_outstanding (&self->requests) && n < most; i++)
    {
      const BtBlock *block = &bt_requests_peek (&self->requests, i)->block;
      BtPartial *partial;

      if (current != NULL && current->piece == block->piece && current->begin == block->begin)
        continue;
      partial = bt_picker_expects (torrent->picker, block);
      if (partial == NULL || bt_picker_is_busy (torrent->picker, block))
        break;
      blocks[n] = *block;
      places[n++] = block_memory (torrent, partial, block);
    }
  return n;
}

/* Somebody was first with a block that others were asked for too.
 * @first: (nullable): the link it came over */
static void
cancel_elsewhere (BtTorrent *self, const BtLink *first, const BtBlock *block)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *other = self->links->pdata[i];

      if (other == first || !bt_requests_contains (&other->requests, block))
        continue;
      bt_link_cancel (other, block);
      bt_peer_flush (other->peer);
    }
}

static void
waste (BtLink *self, const BtBlock *block, gboolean asked)
{
  self->torrent->wasted += block->length;
  if (asked)
    return;
  self->duplicate_bytes += block->length;
  /* Blocks that were on their way when we cancelled them come out of an
   * allowance that grows with what the peer gave. */
  if (self->duplicate_bytes > MAX_UNASKED + bt_peer_down_rate (self->peer)->total / 8)
    bt_peer_close (self->peer, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, "The peer sends what nobody asked for"));
}

static void verify_piece (BtTorrent *self, BtPartial *partial);

/* Counts a block whose bytes are in its piece's memory.
 * Returns: whether it was wanted */
static gboolean
take_block (BtTorrent *self, const BtBlock *block, guint32 from, const BtLink *link)
{
  gboolean busy = bt_picker_is_busy (self->picker, block);
  BtPartial *partial;

  if (bt_picker_receive (self->picker, block, from, &partial) != BT_RECEIVED_NEW)
    return FALSE;
  if (busy)
    cancel_elsewhere (self, link, block);
  if (partial->sealed)
    verify_piece (self, partial);
  return TRUE;
}

static void
count_down (BtTorrent *self, guint32 length)
{
  gint64 now = bt_loop_now (self->session->loop);

  bt_rate_add (&self->down, now, length);
  bt_rate_add (&self->session->down, now, length);
}

void
bt_link_block_end (BtPeer *peer, const BtBlock *block, guint8 *bytes, gpointer data)
{
  BtLink *self = data;
  BtTorrent *torrent = self->torrent;
  gboolean asked = bt_requests_got (&self->requests, block, bt_loop_now (torrent->session->loop));

  bt_requests_drop (&self->cancelled, block);
  count_down (torrent, block->length);
  if (bytes == NULL)
    {
      if (asked)
        bt_picker_release (torrent->picker, block);
      waste (self, block, asked);
      return;
    }
  self->useful = TRUE;
  if (bytes == self->spare)
    {
      BtPartial *partial = bt_picker_expects (torrent->picker, block);

      if (partial != NULL)
        memcpy (block_memory (torrent, partial, block), bytes, block->length);
    }
  if (!take_block (torrent, block, self->id, self))
    waste (self, block, asked);
}

void
bt_torrent_got_block (BtTorrent *self, const BtBlock *block, guint32 from, const guint8 *bytes)
{
  BtPartial *partial = bt_picker_expects (self->picker, block);

  count_down (self, block->length);
  if (partial == NULL || self->state != BT_TORRENT_DOWNLOADING)
    {
      self->wasted += block->length;
      return;
    }
  /* A peer may be writing to the same place right now: it goes first to let go. */
  cancel_elsewhere (self, NULL, block);
  memcpy (block_memory (self, partial, block), bytes, block->length);
  take_block (self, block, from, NULL);
}

void
bt_torrent_ban (BtTorrent *self, guint32 peer)
{
  BtKnownPeer *known = bt_known_peers_find_id (&self->known, peer);

  bt_torrent_ban_webseed (self, peer);
  if (known == NULL)
    return;
  bt_known_peers_ban (&self->known, &known->addr);
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (bt_known_peers_is_banned (&self->known, bt_peer_get_addr (link->peer)))
        bt_peer_close (link->peer, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, "The peer sent bad data"));
    }
}

/* After a bad hash one peer alone sends the piece again: if it is wrong once
 * more we know who lies, and if it is right the blocks tell. */
static guint32
choose_only_peer (BtTorrent *self, guint32 piece)
{
  guint start = bt_rng_below (&self->session->rng, self->links->len);

  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[(start + i) % self->links->len];

      if (bt_peer_is_open (link->peer) && !link->they_choke && !link->requests.snubbed && bt_link_has (link, piece))
        return link->id;
    }
  return bt_torrent_choose_webseed (self, piece);
}

static void
piece_was_bad (BtTorrent *self, BtWriteJob *job)
{
  BtPartial *partial = bt_picker_peek_partial (self->picker, job->piece);
  guint32 culprit;

  self->wasted += bt_layout_piece_size (self->layout, job->piece);
  /* A recheck that ran meanwhile found it on disk. */
  if (partial == NULL)
    return;
  culprit = bt_blame_failed (&self->blame, job->piece, partial->n_blocks, job->digests, partial->from);
  if (culprit != 0)
    bt_torrent_ban (self, culprit);
  bt_picker_reopen (self->picker, job->piece, choose_only_peer (self, job->piece));
}

static void
piece_was_written (BtTorrent *self, BtWriteJob *job)
{
  if (job->digests != NULL)
    {
      guint32 n_blocks = bt_layout_n_blocks (self->layout, job->piece);
      g_autoptr (GArray) culprits = bt_blame_passed (&self->blame, job->piece, n_blocks, job->digests);

      for (guint i = 0; i < culprits->len; i++)
        bt_torrent_ban (self, g_array_index (culprits, guint32, i));
    }
  bt_torrent_set_have (self, job->piece);
  if (bt_torrent_is_active (self))
    bt_torrent_tell_have (self, job->piece);
}

static void
written_cb (BtDiskJob *done)
{
  BtWriteJob *job = (BtWriteJob *) done;
  g_autoptr (BtTorrent) self = job->owner;
  gboolean was_full;

  self->n_disk--;
  if (self->session == NULL)
    {
      bt_write_job_free (job);
      return;
    }
  was_full = bt_piece_pool_is_full (&self->session->pool);
  bt_piece_pool_give (&self->session->pool, job->data, bt_layout_piece_size (self->layout, job->piece));

  if (job->result == BT_PIECE_WRITTEN)
    piece_was_written (self, job);
  else if (job->result == BT_PIECE_BAD_HASH)
    piece_was_bad (self, job);
  else
    {
      bt_picker_abandon (self->picker, job->piece);
      /* Else that run has ended already, and the person who started again
       * may have mended what was wrong. */
      if (GPOINTER_TO_UINT (job->owner_data) == self->run)
        bt_torrent_fail (self, g_steal_pointer (&job->error), job->failed_file);
    }
  bt_write_job_free (job);
  bt_torrent_maybe_save_last (self);

  if (self->state == BT_TORRENT_DOWNLOADING && bt_picker_n_missing (self->picker) == 0)
    bt_torrent_finish_files (self);
  else if (was_full || bt_torrent_is_active (self))
    bt_torrent_request_all (self);
}

static void
verify_piece (BtTorrent *self, BtPartial *partial)
{
  BtWriteJob *job = bt_write_job_new (self->files, self->layout, partial->piece, g_steal_pointer (&partial->data), written_cb);

  job->want_digests = bt_blame_knows (&self->blame, partial->piece);
  job->owner = g_object_ref (self);
  job->owner_data = GUINT_TO_POINTER (self->run);
  self->n_disk++;
  bt_disk_push (self->session->disk, &job->job, BT_DISK_URGENT);
}

static void
drop_partial (BtPartial *partial, gpointer data)
{
  BtTorrent *self = data;

  if (partial->data != NULL)
    bt_piece_pool_give (&self->session->pool, g_steal_pointer (&partial->data), bt_layout_piece_size (self->layout, partial->piece));
}

static void
collect_open (BtPartial *partial, gpointer data)
{
  /* A sealed piece is at the disk threads, which end it. */
  if (!partial->sealed)
    g_array_append_val (data, partial->piece);
}

void
bt_torrent_drop_partials (BtTorrent *self)
{
  g_autoptr (GArray) pieces = g_array_new (FALSE, FALSE, sizeof (guint32));

  bt_picker_foreach_partial (self->picker, drop_partial, self);
  bt_picker_foreach_partial (self->picker, collect_open, pieces);
  for (guint i = 0; i < pieces->len; i++)
    bt_picker_abandon (self->picker, g_array_index (pieces, guint32, i));
}
