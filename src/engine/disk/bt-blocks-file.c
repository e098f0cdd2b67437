/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-blocks-file.h"

#include "bt-types.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static guint32
block_size (const BtKeptPiece *piece, guint32 block)
{
  return MIN (BT_BLOCK_SIZE, piece->size - block * BT_BLOCK_SIZE);
}

/* Returns: whether all of the block was moved */
static gboolean
move_block (BtBlocksJob *self, int fd, guint place, const BtKeptPiece *piece, guint32 block)
{
  guint8 *at = piece->data + (gsize) block * BT_BLOCK_SIZE;
  off_t offset = (off_t) ((guint64) place * self->place_size + (guint64) block * BT_BLOCK_SIZE);
  guint32 left = block_size (piece, block);

  while (left > 0)
    {
      gssize n = self->load ? pread (fd, at, left, offset) : pwrite (fd, at, left, offset);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return FALSE;
      at += n;
      offset += n;
      left -= (guint32) n;
    }
  return TRUE;
}

static gboolean
save (BtBlocksJob *self, int fd)
{
  for (guint i = 0; i < self->pieces->len; i++)
    {
      const BtKeptPiece *piece = &g_array_index (self->pieces, BtKeptPiece, i);

      for (guint32 block = 0; block < piece->blocks.n_bits; block++)
        if (bt_bitfield_get (&piece->blocks, block) && !move_block (self, fd, i, piece, block))
          return FALSE;
    }
  return fdatasync (fd) == 0;
}

static void
load (BtBlocksJob *self, int fd)
{
  for (guint i = 0; i < self->pieces->len; i++)
    {
      BtKeptPiece *piece = &g_array_index (self->pieces, BtKeptPiece, i);

      for (guint32 block = 0; block < piece->blocks.n_bits; block++)
        if (bt_bitfield_get (&piece->blocks, block) && !move_block (self, fd, i, piece, block))
          bt_bitfield_unset (&piece->blocks, block);
    }
}

/* Beside the old one, which is good until the new one is whole. */
static gboolean
save_anew (BtBlocksJob *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *fresh = g_strconcat (self->path, ".new", NULL);
  gboolean done;
  int fd;

  g_mkdir_with_parents (folder, 0700);
  fd = open (fresh, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0)
    return FALSE;
  done = save (self, fd);
  close (fd);
  if (done && rename (fresh, self->path) == 0)
    return TRUE;
  unlink (fresh);
  return FALSE;
}

static gboolean
load_all (BtBlocksJob *self)
{
  int fd = open (self->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    return FALSE;
  load (self, fd);
  close (fd);
  return TRUE;
}

static void
blocks_work (BtDiskJob *job)
{
  BtBlocksJob *self = (BtBlocksJob *) job;

  if (self->load)
    self->ok = load_all (self);
  else if (self->pieces->len > 0)
    self->ok = save_anew (self);
  else
    self->ok = unlink (self->path) == 0 || errno == ENOENT;
}

static void
kept_piece_clear (gpointer data)
{
  bt_bitfield_clear (&((BtKeptPiece *) data)->blocks);
}

BtBlocksJob *
bt_blocks_job_new (const char *path, guint32 place_size, gboolean load_them, GArray *pieces, void (*done) (BtDiskJob *job))
{
  BtBlocksJob *self = g_new0 (BtBlocksJob, 1);

  self->job.work = blocks_work;
  self->job.done = done;
  self->path = g_strdup (path);
  self->place_size = place_size;
  self->load = load_them;
  self->pieces = pieces;
  g_array_set_clear_func (pieces, kept_piece_clear);
  return self;
}

void
bt_blocks_job_free (BtBlocksJob *self)
{
  g_free (self->path);
  g_array_unref (self->pieces);
  g_free (self);
}
