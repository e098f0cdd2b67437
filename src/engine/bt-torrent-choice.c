/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <string.h>

/* Which files and pieces a person wants, and in which order. */

G_STATIC_ASSERT ((int) BT_FILE_SKIP == (int) BT_PRIORITY_SKIP && (int) BT_FILE_HIGH == (int) BT_PRIORITY_HIGH);

BtFilePriority
bt_torrent_get_file_priority (BtTorrent *self, guint file)
{
  g_return_val_if_fail (self->layout == NULL || file < self->layout->n_files, BT_FILE_NORMAL);

  return self->file_priority == NULL ? BT_FILE_NORMAL : (BtFilePriority) self->file_priority[file];
}

static gboolean
is_wanted (BtTorrent *self, guint file)
{
  return bt_torrent_get_file_priority (self, file) != BT_FILE_SKIP;
}

/* Bytes of a piece that belong to wanted files. */
guint64
bt_torrent_wanted_bytes (BtTorrent *self, guint32 piece)
{
  guint64 offset = (guint64) piece * self->layout->piece_length, wanted = 0;
  guint32 left = bt_layout_piece_size (self->layout, piece);
  BtSpan span;

  while (bt_layout_span (self->layout, offset, left, &span))
    {
      if (!span.pad && is_wanted (self, span.file))
        wanted += span.length;
      offset += span.length;
      left -= span.length;
    }
  return wanted;
}

/* A piece is wanted as much as the most wanted of its files. */
static BtPriority
piece_priority (BtTorrent *self, guint32 piece)
{
  guint64 offset = (guint64) piece * self->layout->piece_length;
  guint32 left = bt_layout_piece_size (self->layout, piece);
  BtPriority most = BT_PRIORITY_SKIP;
  BtSpan span;

  while (bt_layout_span (self->layout, offset, left, &span))
    {
      BtPriority priority = span.pad ? BT_PRIORITY_SKIP : (BtPriority) bt_torrent_get_file_priority (self, span.file);
      guint32 first = 0, last = 0;

      if (priority != BT_PRIORITY_SKIP && self->ends_first &&
          bt_layout_file_pieces (self->layout, span.file, &first, &last) && (piece == first || piece == last))
        priority = BT_PRIORITY_HIGH;
      most = MAX (most, priority);
      offset += span.length;
      left -= span.length;
    }
  return most;
}

static void
count_again (BtTorrent *self)
{
  const BtBitfield *have = bt_picker_get_have (self->picker);

  self->wanted_bytes = self->wanted_verified = 0;
  for (guint32 piece = 0; piece < self->layout->n_pieces; piece++)
    {
      guint64 bytes = bt_torrent_wanted_bytes (self, piece);

      self->wanted_bytes += bytes;
      if (bt_bitfield_get (have, piece))
        self->wanted_verified += bytes;
    }
}

void
bt_torrent_want_again (BtTorrent *self)
{
  if (!bt_torrent_is_active (self))
    return;
  if (self->state == BT_TORRENT_SEEDING && bt_picker_n_missing (self->picker) > 0)
    bt_torrent_set_state (self, BT_TORRENT_DOWNLOADING);
  bt_torrent_count_wanted (self);
  bt_torrent_request_all (self);
  if (self->state == BT_TORRENT_DOWNLOADING && bt_picker_n_missing (self->picker) == 0)
    bt_torrent_finish_files (self);
}

static void
apply (BtTorrent *self, guint32 first, guint32 last)
{
  for (guint32 piece = first; piece <= last; piece++)
    bt_picker_set_priority (self->picker, piece, piece_priority (self, piece));
  bt_torrent_want_again (self);
}

/* Notes it and tells the files; the pieces do not know yet.
 * Returns: whether it is another one than before */
static gboolean
change_priority (BtTorrent *self, guint file, BtFilePriority priority)
{
  BtFilePriority old = bt_torrent_get_file_priority (self, file);

  if (old == priority)
    return FALSE;
  if (self->file_priority == NULL)
    {
      self->file_priority = g_malloc (self->layout->n_files);
      memset (self->file_priority, BT_FILE_NORMAL, self->layout->n_files);
    }
  self->file_priority[file] = (guint8) priority;
  self->choices_changed = TRUE;
  /* Until it is started nothing happens to any file. */
  if (self->ask_first)
    ;
  else if (priority == BT_FILE_SKIP)
    bt_file_set_skip (self->files, file);
  else if (old == BT_FILE_SKIP)
    bt_torrent_unskip_file (self, file);
  return TRUE;
}

void
bt_torrent_set_file_priorities (BtTorrent *self, const guint8 *priorities)
{
  gboolean any = FALSE;

  g_return_if_fail (BT_IS_TORRENT (self));
  g_return_if_fail (self->layout != NULL);

  if (self->session == NULL)
    return;
  for (guint file = 0; file < self->layout->n_files; file++)
    any |= change_priority (self, file, (BtFilePriority) MIN (priorities[file], BT_FILE_HIGH));
  if (!any)
    return;
  count_again (self);
  apply (self, 0, self->layout->n_pieces - 1);
}

void
bt_torrent_set_file_priority (BtTorrent *self, guint file, BtFilePriority priority)
{
  guint32 first, last;

  g_return_if_fail (BT_IS_TORRENT (self));
  g_return_if_fail (self->layout != NULL && file < self->layout->n_files);

  if (self->session == NULL || !change_priority (self, file, priority))
    return;
  count_again (self);
  if (bt_layout_file_pieces (self->layout, file, &first, &last))
    apply (self, first, last);
}

void
bt_torrent_set_priorities (BtTorrent *self, const guint8 *priorities)
{
  gboolean any = FALSE;

  for (guint i = 0; i < self->layout->n_files; i++)
    any |= priorities[i] != BT_FILE_NORMAL;
  if (!any)
    return;
  self->file_priority = g_memdup2 (priorities, self->layout->n_files);
  for (guint i = 0; i < self->layout->n_files; i++)
    if (priorities[i] == BT_FILE_SKIP)
      bt_file_set_skip (self->files, i);
  count_again (self);
  apply (self, 0, self->layout->n_pieces - 1);
}

void
bt_torrent_set_sequential (BtTorrent *self, gboolean sequential)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  self->choices_changed |= self->sequential != sequential;
  self->sequential = sequential;
  if (self->picker != NULL)
    bt_picker_set_sequential (self->picker, sequential);
}

void
bt_torrent_set_ends_first (BtTorrent *self, gboolean ends_first)
{
  g_return_if_fail (BT_IS_TORRENT (self));

  if (self->ends_first == ends_first || self->session == NULL)
    return;
  self->ends_first = ends_first;
  self->choices_changed = TRUE;
  if (self->layout != NULL)
    apply (self, 0, self->layout->n_pieces - 1);
}

void
bt_torrent_apply_choice (BtTorrent *self)
{
  g_autofree guint8 *priorities = g_malloc (self->layout->n_files);
  gboolean any = FALSE;

  bt_picker_set_sequential (self->picker, self->sequential);
  for (guint file = 0; file < self->layout->n_files; file++)
    {
      gboolean wanted = self->magnet == NULL || bt_magnet_wants_file (self->magnet, file);

      priorities[file] = wanted ? BT_FILE_NORMAL : BT_FILE_SKIP;
      any |= wanted;
    }
  /* A link that wants nothing that there is was made for something else. */
  if (any)
    bt_torrent_set_priorities (self, priorities);
  if (self->ends_first)
    apply (self, 0, self->layout->n_pieces - 1);
}

void
bt_torrent_set_deadline (BtTorrent *self, guint32 piece, int milliseconds)
{
  g_return_if_fail (BT_IS_TORRENT (self));
  g_return_if_fail (self->layout != NULL && piece < self->layout->n_pieces);

  if (self->session == NULL)
    return;
  bt_picker_set_deadline (self->picker, piece,
                          milliseconds < 0 ? 0 : bt_loop_now (self->session->loop) + milliseconds * G_TIME_SPAN_MILLISECOND);
  bt_torrent_request_all (self);
}
