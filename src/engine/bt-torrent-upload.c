/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* Requests a peer may have waiting; what our extension handshake says. */
#define MAX_ASKED 512u

/* Blocks read and sent together. */
#define RUN_BLOCKS 16u

/* Writes to one peer before the others have their turn. */
#define MAX_WRITES 4u

/* Slots under an upload limit. */
#define LEAST_SLOTS 3u
#define MOST_SLOTS 30u

/* A seed's slot goes on after so much, at the earliest. */
#define TURN_BYTES (20u << 20)

static gboolean
is_fast (const BtLink *self)
{
  return (self->caps & BT_CAP_FAST) != 0;
}

static void
reject (BtLink *self, const BtBlock *block)
{
  /* Without BEP 6 there is no way to say no but silence. */
  if (is_fast (self))
    bt_wire_write_block (bt_peer_out (self->peer), BT_WIRE_REJECT, block);
}

void
bt_link_asked (BtLink *self, const BtBlock *block)
{
  BtTorrent *torrent = self->torrent;

  if ((self->we_choke && !bt_link_may_ask_choked (self, block)) || !bt_torrent_is_active (torrent) ||
      block->length > BT_BLOCK_SIZE || !bt_layout_contains (torrent->layout, block) ||
      !bt_bitfield_get (bt_picker_get_have (torrent->picker), block->piece) ||
      bt_requests_n_outstanding (&self->asked) >= MAX_ASKED)
    {
      reject (self, block);
      return;
    }
  bt_requests_asked (&self->asked, block, 0);
}

void
bt_link_cancelled (BtLink *self, const BtBlock *block)
{
  /* BEP 6: a cancelled request is still answered, by the block or a reject. */
  if (bt_requests_drop (&self->asked, block))
    reject (self, block);
}

/* The longest run of requests from the front that lie one behind the other. */
static guint
next_run (BtLink *self, gsize most, BtBlock *blocks, gsize *length)
{
  guint n = 0;

  *length = 0;
  while (*length < most && n < MIN (RUN_BLOCKS, bt_requests_n_outstanding (&self->asked)))
    {
      const BtBlock *block = &bt_requests_peek (&self->asked, n)->block;

      if (n > 0 && (block->piece != blocks[n - 1].piece || block->begin != blocks[n - 1].begin + blocks[n - 1].length))
        break;
      blocks[n++] = *block;
      *length += block->length;
    }
  return n;
}

static guint
send_run (BtLink *self, const BtBlock *blocks, guint n_blocks, const guint8 *bytes)
{
  BtTorrent *torrent = self->torrent;
  gint64 now = bt_loop_now (torrent->session->loop);
  guint taken = bt_peer_send_blocks (self->peer, blocks, n_blocks, bytes);
  guint64 sent = 0;

  for (guint i = 0; i < taken; i++)
    {
      sent += blocks[i].length;
      bt_requests_drop (&self->asked, &blocks[i]);
    }
  if (taken > 0)
    self->useful = TRUE;
  bt_budget_spend (&torrent->up_budget, sent);
  bt_budget_spend (&torrent->session->up_budget, sent);
  bt_rate_add (&torrent->up, now, sent);
  bt_rate_add (&torrent->session->up, now, sent);
  return taken;
}

static guint
count_whole (const BtBlock *blocks, guint n_blocks, gsize length)
{
  guint n = 0;

  while (n < n_blocks && length >= blocks[n].length)
    length -= blocks[n++].length;
  return n;
}

/* A file that nobody wants may have been taken away or cut. */
static void
fail_reading (BtTorrent *self, BtReadJob *job)
{
  gboolean lost = g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
                  g_error_matches (job->error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT);

  if (!lost || job->failed_file < 0 || bt_torrent_get_file_priority (self, (guint) job->failed_file) != BT_FILE_SKIP)
    bt_torrent_fail (self, g_steal_pointer (&job->error), job->failed_file);
  else
    bt_torrent_lose_file (self, (guint) job->failed_file);
}

static void
read_cb (BtDiskJob *done)
{
  BtReadJob *job = (BtReadJob *) done;
  BtLink *self = job->owner_data;
  g_autoptr (BtTorrent) torrent = job->owner;
  BtBlock blocks[RUN_BLOCKS];
  gsize length;

  torrent->n_disk--;
  if (self != NULL)
    {
      self->reading = NULL;
      if (!job->ok && bt_torrent_is_active (torrent))
        fail_reading (torrent, job);
      else if (job->ok && !bt_peer_is_closing (self->peer) && next_run (self, job->length, blocks, &length) > 0 &&
               (guint64) blocks[0].piece * torrent->layout->piece_length + blocks[0].begin == job->offset)
        send_run (self, blocks, count_whole (blocks, next_run (self, job->length, blocks, &length), job->length), job->data);
      if (!bt_peer_is_closing (self->peer))
        bt_link_fill (self);
    }
  bt_read_job_free (job);
}

static void
read_from_disk (BtLink *self, guint64 offset, gsize length)
{
  BtTorrent *torrent = self->torrent;

  self->reading = bt_read_job_new (torrent->files, offset, length, read_cb);
  self->reading->owner = g_object_ref (torrent);
  self->reading->owner_data = self;
  torrent->n_disk++;
  bt_disk_push (torrent->session->disk, &self->reading->job, BT_DISK_URGENT);
}

gboolean
bt_link_fill_some (BtLink *self, gsize most)
{
  BtTorrent *torrent = self->torrent;
  guint8 *buffer = torrent->session->send_buffer;
  BtBlock blocks[RUN_BLOCKS];
  gsize length, n_read;
  guint n, whole;
  guint64 offset;

  if (self->reading != NULL || bt_peer_is_closing (self->peer) || bt_peer_has_backlog (self->peer))
    return FALSE;
  n = next_run (self, MAX (most, 1), blocks, &length);
  if (n == 0)
    return FALSE;
  offset = (guint64) blocks[0].piece * torrent->layout->piece_length + blocks[0].begin;
  n_read = bt_file_set_read_cached (torrent->files, offset, buffer, length);
  whole = count_whole (blocks, n, n_read);
  if (whole == 0)
    {
      read_from_disk (self, offset, length);
      return FALSE;
    }
  return send_run (self, blocks, whole, buffer) == whole;
}

void
bt_link_fill (BtLink *self)
{
  if (bt_torrent_limits_up (self->torrent))
    return;
  for (guint i = 0; i < MAX_WRITES && bt_link_fill_some (self, G_MAXSIZE); i++)
    ;
  /* More to send: the socket tells when it is our turn again, also when what
   * is in our way now is flushed before. */
  if (self->reading == NULL && bt_requests_n_outstanding (&self->asked) > 0)
    bt_peer_want_drained (self->peer);
}

void
bt_link_set_choke (BtLink *self, gboolean choke, gint64 now)
{
  if (self->we_choke == choke)
    return;
  self->we_choke = choke;
  self->changed_at = now;
  self->turn_start = bt_peer_up_rate (self->peer)->total;
  bt_wire_write_simple (bt_peer_out (self->peer), choke ? BT_WIRE_CHOKE : BT_WIRE_UNCHOKE);
  if (choke)
    {
      for (guint i = 0; i < bt_requests_n_outstanding (&self->asked); i++)
        reject (self, &bt_requests_peek (&self->asked, i)->block);
      bt_requests_forget (&self->asked);
    }
  bt_peer_flush (self->peer);
}

/* Under a limit there are as many slots as it can feed well: the square root
 * of BEP 3's first client, three at the least. */
guint
bt_torrent_slots (BtTorrent *self)
{
  guint64 limit = MIN (self->up_budget.limit == 0 ? G_MAXUINT64 : self->up_budget.limit,
                       self->session->up_budget.limit == 0 ? G_MAXUINT64 : self->session->up_budget.limit);
  guint slots = 0;

  if (limit == G_MAXUINT64)
    return self->session->config.unchoke_slots;
  while ((guint64) (slots + 1) * (slots + 1) * 1000 * 10 <= limit * 6 && slots < MOST_SLOTS)
    slots++;
  return MAX (slots, LEAST_SLOTS);
}

guint
bt_torrent_n_unchoked (BtTorrent *self)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      n += !link->we_choke && link->they_want;
    }
  return n;
}

static void
describe_for_choker (BtLink *self, BtChokerPeer *peer, gint64 now)
{
  *peer = (BtChokerPeer){
    .peer = self,
    .interested = self->they_want && bt_peer_is_open (self->peer),
    .upload_only = self->upload_only,
    .snubbed = self->requests.snubbed,
    .unchoked = !self->we_choke,
    .optimistic = self->optimistic,
    .down_rate = bt_rate_get (bt_peer_down_rate (self->peer), now),
    .up_rate = bt_rate_get (bt_peer_up_rate (self->peer), now),
    .sent_in_turn = bt_peer_up_rate (self->peer)->total - self->turn_start,
    .changed_at = self->changed_at,
    .connected_at = self->opened_at,
    .salt = self->salt,
  };
}

void
bt_torrent_run_choker (BtTorrent *self, gint64 now)
{
  guint n = self->links->len;
  g_autofree BtChokerPeer *peers = g_new (BtChokerPeer, n);
  BtChokerRules rules = {
    .slots = bt_torrent_slots (self),
    .seeding = self->state != BT_TORRENT_DOWNLOADING,
    .turn_bytes = TURN_BYTES,
    .rotate = self->choke_round++ % BT_CHOKER_OPTIMISTIC_ROUNDS == 0,
  };

  self->next_choke = now + BT_CHOKER_INTERVAL;
  for (guint i = 0; i < n; i++)
    describe_for_choker (self->links->pdata[i], &peers[i], now);
  bt_choker_run (peers, n, &rules, &self->session->rng, now);
  for (guint i = 0; i < n; i++)
    {
      BtLink *link = peers[i].peer;

      link->optimistic = peers[i].optimistic;
      if (bt_peer_is_open (link->peer))
        bt_link_set_choke (link, !peers[i].unchoke, now);
    }
}
