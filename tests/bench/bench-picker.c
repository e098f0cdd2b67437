/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bench.h"

#include "bt-picker.h"
#include "bt-test-torrent.h"

/* A large torrent in a large swarm: what a HAVE costs, and a pick. */

#define N_PIECES 100000u
#define N_PEERS 500u
#define PIECE (64u << 10)
#define ROUNDS 5u
#define HAVES 1000000u
#define PICKS 20000u

typedef struct
{
  BtBitfield pieces;
  BtRequests requests;
  guint32 current;
} Peer;

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtRng rng;
  BtPicker *picker;
  Peer peers[N_PEERS];
} Bench;

/* Every peer has about @percent of the pieces. */
static void
set_up (Bench *self, guint percent)
{
  const BtTestSpec spec = { .piece_length = PIECE, .length = (guint64) N_PIECES * PIECE, .no_content = TRUE };

  self->torrent = bt_test_torrent_new (&spec);
  self->layout = bt_layout_new (self->torrent->metainfo);
  bt_rng_seed (&self->rng, 1);
  self->picker = bt_picker_new (self->layout, &self->rng);
  for (guint i = 0; i < N_PEERS; i++)
    {
      Peer *peer = &self->peers[i];

      bt_bitfield_init (&peer->pieces, N_PIECES);
      bt_requests_init (&peer->requests);
      peer->current = G_MAXUINT32;
      for (guint32 piece = 0; piece < N_PIECES; piece++)
        if (bt_rng_below (&self->rng, 1000) < percent * 10)
          bt_bitfield_set (&peer->pieces, piece);
      bt_picker_add_pieces (self->picker, &peer->pieces);
    }
}

static void
tear_down (Bench *self)
{
  for (guint i = 0; i < N_PEERS; i++)
    {
      bt_bitfield_clear (&self->peers[i].pieces);
      bt_requests_clear (&self->peers[i].requests);
    }
  bt_picker_free (self->picker);
  bt_layout_unref (self->layout);
  bt_test_torrent_free (self->torrent);
}

/* Nanoseconds of a HAVE for any piece. */
static double
measure_have (Bench *self)
{
  g_autofree guint32 *pieces = g_new (guint32, HAVES);
  double times[ROUNDS];

  for (guint i = 0; i < HAVES; i++)
    pieces[i] = bt_rng_below (&self->rng, N_PIECES);
  for (guint round = 0; round < ROUNDS; round++)
    {
      double began = bench_now ();

      for (guint i = 0; i < HAVES; i++)
        bt_picker_add_piece (self->picker, pieces[i]);
      times[round] = (bench_now () - began) / HAVES * 1e9;
    }
  return bench_median (times, ROUNDS);
}

/* Microseconds to choose one block for a peer, all peers in turn, each with
 * hundreds of requests out. */
static double
measure_pick (Bench *self)
{
  double times[ROUNDS];

  for (guint round = 0; round < ROUNDS; round++)
    {
      double began = bench_now ();

      for (guint i = 0; i < PICKS; i++)
        {
          Peer *peer = &self->peers[i % N_PEERS];
          BtPick pick = {
            .peer = i % N_PEERS + 1,
            .pieces = &peer->pieces,
            .allow_new = TRUE,
            .suggested = G_MAXUINT32,
            .requests = &peer->requests,
            .current = &peer->current,
          };
          BtBlock block;

          g_assert_cmpuint (bt_picker_pick (self->picker, &pick, &block, 1), ==, 1);
        }
      times[round] = (bench_now () - began) / PICKS * 1e6;
    }
  return bench_median (times, ROUNDS);
}

int
main (void)
{
  static Bench half, sparse;
  gboolean good;

  set_up (&half, 50);
  good = bench_below ("HAVE, 100,000 pieces, 500 peers", measure_have (&half), 100, "ns");
  good &= bench_below ("pick, peers with half of the pieces", measure_pick (&half), 2, "us");
  tear_down (&half);
  set_up (&sparse, 2);
  good &= bench_below ("pick, peers with two in a hundred", measure_pick (&sparse), 2, "us");
  tear_down (&sparse);
  return good ? 0 : 1;
}
