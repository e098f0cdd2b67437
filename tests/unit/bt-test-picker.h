/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "bt-picker.h"
#include "bt-test-torrent.h"

G_BEGIN_DECLS

#define N_PIECES 20u
#define N_BLOCKS 4u /* of a piece; the last piece has two */

/* A peer as the picker sees it. */
typedef struct
{
  guint32 id;
  BtBitfield pieces;
  gboolean has_all;
  BtRequests requests;
  guint32 current;
} PickerPeer;

typedef struct
{
  BtTestTorrent *torrent;
  BtLayout *layout;
  BtRng rng;
  BtPicker *picker;
  PickerPeer peers[5];
} PickerFixture;

static inline void
picker_set_up (PickerFixture *fixture, gconstpointer data)
{
  BtTestSpec spec = { .piece_length = N_BLOCKS * BT_BLOCK_SIZE, .length = (N_PIECES * N_BLOCKS - 2) * BT_BLOCK_SIZE - 7 };

  fixture->torrent = bt_test_torrent_new (&spec);
  fixture->layout = bt_layout_new (fixture->torrent->metainfo);
  bt_rng_seed (&fixture->rng, 1);
  fixture->picker = bt_picker_new (fixture->layout, &fixture->rng);
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    {
      PickerPeer *peer = &fixture->peers[i];

      peer->id = i + 1;
      peer->has_all = TRUE;
      peer->current = G_MAXUINT32;
      bt_bitfield_init (&peer->pieces, N_PIECES);
      bt_requests_init (&peer->requests);
      bt_picker_add_all (fixture->picker);
    }
}

static inline void
picker_tear_down (PickerFixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (fixture->peers); i++)
    {
      bt_bitfield_clear (&fixture->peers[i].pieces);
      bt_requests_clear (&fixture->peers[i].requests);
    }
  bt_picker_free (fixture->picker);
  bt_layout_unref (fixture->layout);
  bt_test_torrent_free (fixture->torrent);
}

static inline BtPick
pick_of (PickerPeer *peer)
{
  return (BtPick){
    .peer = peer->id,
    .pieces = &peer->pieces,
    .has_all = peer->has_all,
    .allow_new = TRUE,
    .suggested = G_MAXUINT32,
    .requests = &peer->requests,
    .current = &peer->current,
  };
}

G_END_DECLS
