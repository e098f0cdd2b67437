/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <string.h>

/* The pieces as a picture: as many cells as it has pixels, however many pieces there are. */

/* Pieces that are looked at for one cell; of more only every so many are, or
 * a torrent of millions of pieces would be felt at each look. */
#define MAX_SAMPLES 256u

typedef struct
{
  BtPieceCell *cells;
  guint n_cells;
  guint32 n_pieces;
} Map;

/* The first piece of a cell. */
static guint32
cell_start (const Map *map, guint cell)
{
  return (guint32) ((guint64) cell * map->n_pieces / map->n_cells);
}

static void
fill_cell (BtTorrent *self, const Map *map, guint index)
{
  const BtBitfield *have = bt_picker_get_have (self->picker);
  guint32 first = cell_start (map, index);
  guint32 end = MAX (cell_start (map, index + 1), first + 1);
  guint32 step = MAX ((end - first) / MAX_SAMPLES, 1);
  guint availability = G_MAXUINT8;
  guint done = 0, looked_at = 0;

  for (guint32 piece = first; piece < end; piece += step, looked_at++)
    if (bt_bitfield_get (have, piece))
      done++;
    else
      availability = MIN (availability, bt_picker_get_availability (self->picker, piece));
  map->cells[index] = (BtPieceCell){
    .done = (guint8) (done * G_MAXUINT8 / looked_at),
    .availability = (guint8) availability,
  };
}

static void
mark_active_cb (BtPartial *partial, gpointer data)
{
  const Map *map = data;
  guint first = (guint) (((guint64) partial->piece * map->n_cells + map->n_pieces - 1) / map->n_pieces);
  guint end = (guint) (((guint64) (partial->piece + 1) * map->n_cells + map->n_pieces - 1) / map->n_pieces);

  /* A piece that is narrower than a cell begins inside of one. */
  if (first == end)
    first--;
  for (guint i = first; i < end && i < map->n_cells; i++)
    map->cells[i].active = TRUE;
}

void
bt_torrent_get_piece_cells (BtTorrent *self, BtPieceCell *cells, guint n_cells)
{
  Map map = { cells, n_cells };

  g_return_if_fail (BT_IS_TORRENT (self));

  memset (cells, 0, n_cells * sizeof *cells);
  if (self->picker == NULL || n_cells == 0)
    return;
  map.n_pieces = bt_metainfo_get_n_pieces (self->metainfo);
  if (map.n_pieces == 0)
    return;
  for (guint i = 0; i < n_cells; i++)
    fill_cell (self, &map, i);
  bt_picker_foreach_partial (self->picker, mark_active_cb, &map);
}

double
bt_torrent_get_availability (BtTorrent *self)
{
  guint fewest = G_MAXUINT;
  guint32 n_pieces, more = 0;

  g_return_val_if_fail (BT_IS_TORRENT (self), 0);

  n_pieces = self->picker != NULL ? bt_metainfo_get_n_pieces (self->metainfo) : 0;
  for (guint32 piece = 0; piece < n_pieces; piece++)
    {
      guint availability = bt_picker_get_availability (self->picker, piece);

      if (availability < fewest)
        {
          /* Those before had all more. */
          more = piece;
          fewest = availability;
        }
      else
        more += availability > fewest;
    }
  return n_pieces == 0 ? 0 : fewest + (double) more / n_pieces;
}
