/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* Pieces that we had and have no more: somebody took away a file that nobody
 * here wants, and the torrent goes on without it. A wanted file that went
 * stops the torrent, and whoever connects later hears what is left. */

static void
unset_have (BtTorrent *self, guint32 piece)
{
  bt_picker_unset_have (self->picker, piece);
  self->pieces_changed = TRUE;
  self->verified_bytes -= bt_torrent_real_bytes (self, piece);
  self->wanted_verified -= bt_torrent_wanted_bytes (self, piece);
}

/* Super-seeding has not told everybody of every piece. */
static gboolean
was_told (const BtLink *self, guint32 piece)
{
  return self->shown.bytes == NULL || bt_bitfield_get (&self->shown, piece);
}

static void
reject_asked (BtLink *self, const BtBitfield *lost)
{
  for (guint i = bt_requests_n_outstanding (&self->asked); i-- > 0;)
    {
      BtBlock block = bt_requests_peek (&self->asked, i)->block;

      if (bt_bitfield_get (lost, block.piece))
        bt_link_cancelled (self, &block);
    }
}

/* BEP 54. Returns: FALSE when it does not know the message */
static gboolean
send_dont_have (BtLink *self, guint32 piece)
{
  guint8 id = self->ext.ids[BT_EXT_DONT_HAVE];
  const guint8 index[4] = { (guint8) (piece >> 24), (guint8) (piece >> 16), (guint8) (piece >> 8), (guint8) piece };

  if (id != 0)
    bt_wire_write_extended (bt_peer_out (self->peer), id, index, sizeof index);
  return id != 0;
}

/* Who cannot be told hears it when it connects again. */
static void
tell_lost (BtLink *self, const BtBitfield *lost)
{
  gboolean told = TRUE;

  reject_asked (self, lost);
  for (guint32 piece = 0; piece < lost->n_bits && told; piece++)
    if (bt_bitfield_get (lost, piece) && was_told (self, piece))
      told = send_dont_have (self, piece);
  if (told)
    bt_peer_flush (self->peer);
  else
    bt_peer_close (self->peer, NULL);
}

void
bt_torrent_lose_file (BtTorrent *self, guint file)
{
  const BtBitfield *have = bt_picker_get_have (self->picker);
  guint32 first, last;
  BtBitfield lost;

  if (!bt_layout_file_pieces (self->layout, file, &first, &last) || bt_torrent_get_file_priority (self, file) != BT_FILE_SKIP)
    return;
  bt_file_set_lose (self->files, file);
  bt_bitfield_init (&lost, self->layout->n_pieces);
  for (guint32 piece = first; piece <= last; piece++)
    if (bt_bitfield_get (have, piece))
      {
        bt_bitfield_set (&lost, piece);
        unset_have (self, piece);
      }
  for (guint i = self->links->len; lost.n_set > 0 && i-- > 0;)
    {
      BtLink *link = self->links->pdata[i];

      if (bt_peer_is_open (link->peer))
        tell_lost (link, &lost);
    }
  if (lost.n_set > 0)
    bt_torrent_want_again (self);
  bt_bitfield_clear (&lost);
}
