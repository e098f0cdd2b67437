/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-blocks-file.h"

/* Blocks of unfinished pieces: kept in a file of the program's own folder
 * while the torrent is stopped, and brought back when it goes on. */

static void
give_back (BtTorrent *self, BtKeptPiece *piece)
{
  bt_piece_pool_give (&self->session->pool, g_steal_pointer (&piece->data), piece->size);
}

static void
push_blocks_job (BtTorrent *self, gboolean load, GArray *pieces, void (*done) (BtDiskJob *job))
{
  BtBlocksJob *job = bt_blocks_job_new (self->blocks_path, self->layout->piece_length, load, pieces, done);

  job->owner = g_object_ref (self);
  self->n_disk++;
  self->keeping = TRUE;
  bt_disk_push (self->session->disk, &job->job, BT_DISK_URGENT);
}

static void kept_cb (BtDiskJob *done);

static void
push_removal (BtTorrent *self)
{
  g_array_set_size (self->kept, 0);
  push_blocks_job (self, FALSE, g_array_new (FALSE, FALSE, sizeof (BtKeptPiece)), kept_cb);
}

/* What was waited for has come, or will not. */
static void
go_on (BtTorrent *self)
{
  if (self->waits_for_kept)
    {
      self->waits_for_kept = FALSE;
      bt_torrent_become_active (self);
    }
  if (self->forget_kept)
    {
      self->forget_kept = FALSE;
      push_removal (self);
    }
  bt_torrent_maybe_save_last (self);
}

static void
kept_cb (BtDiskJob *done)
{
  BtBlocksJob *job = (BtBlocksJob *) done;
  g_autoptr (BtTorrent) self = job->owner;

  self->n_disk--;
  self->keeping = FALSE;
  if (self->session != NULL)
    {
      for (guint i = 0; i < job->pieces->len; i++)
        give_back (self, &g_array_index (job->pieces, BtKeptPiece, i));
      if (!job->ok)
        g_array_set_size (self->kept, 0);
      go_on (self);
    }
  bt_blocks_job_free (job);
}

static void
collect (BtPartial *partial, gpointer data)
{
  GArray *pieces = data;
  BtKeptPiece piece = { .piece = partial->piece };

  /* A sealed piece is at the disk threads, which end it. */
  if (partial->data == NULL || partial->n_had == 0 || partial->sealed)
    return;
  bt_bitfield_init (&piece.blocks, partial->n_blocks);
  for (guint32 i = 0; i < partial->n_blocks; i++)
    if (partial->state[i] == BT_BLOCK_HAD)
      bt_bitfield_set (&piece.blocks, i);
  piece.data = g_steal_pointer (&partial->data);
  g_array_append_val (pieces, piece);
}

static void
list_kept (BtTorrent *self, GArray *pieces)
{
  g_array_set_size (self->kept, 0);
  for (guint i = 0; i < pieces->len; i++)
    {
      BtKeptPiece *piece = &g_array_index (pieces, BtKeptPiece, i);
      BtResumePartial partial = { .piece = piece->piece };

      piece->size = bt_layout_piece_size (self->layout, piece->piece);
      bt_bitfield_copy (&partial.blocks, &piece->blocks);
      g_array_append_val (self->kept, partial);
    }
}

void
bt_torrent_keep_partials (BtTorrent *self)
{
  GArray *pieces;

  /* What was kept before and not brought back yet stays as it is. */
  if (self->saves_resume && !self->keeping && (self->kept->len == 0 || self->brought_back))
    {
      pieces = g_array_new (FALSE, FALSE, sizeof (BtKeptPiece));
      bt_picker_foreach_partial (self->picker, collect, pieces);
      if (pieces->len > 0 || self->kept->len > 0)
        {
          list_kept (self, pieces);
          self->brought_back = FALSE;
          push_blocks_job (self, FALSE, pieces, kept_cb);
        }
      else
        g_array_unref (pieces);
    }
  bt_torrent_drop_partials (self);
}

void
bt_torrent_forget_kept (BtTorrent *self)
{
  /* They are on their way to the file: it goes after that. */
  if (self->keeping)
    self->forget_kept = TRUE;
  else if (self->kept->len > 0)
    push_removal (self);
}

static void
brought_back_cb (BtDiskJob *done)
{
  BtBlocksJob *job = (BtBlocksJob *) done;
  g_autoptr (BtTorrent) self = job->owner;

  self->n_disk--;
  self->keeping = FALSE;
  /* Stopped meanwhile: the next start reads them again. */
  self->brought_back = self->waits_for_kept;
  for (guint i = 0; self->session != NULL && i < job->pieces->len; i++)
    {
      BtKeptPiece *piece = &g_array_index (job->pieces, BtKeptPiece, i);

      if (piece->data != NULL && (!job->ok || !self->waits_for_kept ||
                                  !bt_picker_restore (self->picker, piece->piece, &piece->blocks, piece->data)))
        give_back (self, piece);
    }
  bt_blocks_job_free (job);
  if (self->session != NULL)
    go_on (self);
}

gboolean
bt_torrent_bring_back_partials (BtTorrent *self)
{
  GArray *pieces;
  gboolean any = FALSE;

  self->waits_for_kept = self->keeping;
  if (self->kept->len == 0 || self->brought_back || self->keeping)
    return self->keeping;
  self->brought_back = TRUE;
  pieces = g_array_new (FALSE, FALSE, sizeof (BtKeptPiece));
  for (guint i = 0; i < self->kept->len; i++)
    {
      const BtResumePartial *kept = &g_array_index (self->kept, BtResumePartial, i);
      BtKeptPiece piece = { .piece = kept->piece, .size = bt_layout_piece_size (self->layout, kept->piece) };

      bt_bitfield_init (&piece.blocks, kept->blocks.n_bits);
      if (bt_picker_wants (self->picker, kept->piece) && !bt_piece_pool_is_full (&self->session->pool))
        {
          bt_bitfield_assign (&piece.blocks, kept->blocks.bytes, bt_bitfield_n_bytes (&kept->blocks));
          piece.data = bt_piece_pool_take (&self->session->pool, piece.size);
          any = TRUE;
        }
      g_array_append_val (pieces, piece);
    }
  self->waits_for_kept = any;
  if (any)
    push_blocks_job (self, TRUE, pieces, brought_back_cb);
  else
    {
      for (guint i = 0; i < pieces->len; i++)
        bt_bitfield_clear (&g_array_index (pieces, BtKeptPiece, i).blocks);
      g_array_unref (pieces);
    }
  return any;
}
