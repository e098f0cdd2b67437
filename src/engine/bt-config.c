/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-config.h"

void
bt_config_init_defaults (BtConfig *self)
{
  *self = (BtConfig){
    .max_peers = 500,
    .max_peers_per_torrent = 100,
    .half_open_limit = 50,
    .unchoke_slots = 8,
    .super_seed = TRUE,
    .pex = TRUE,
    .request_queue_time = 3,
    .piece_memory = 48u << 20,
    .space_floor = 64u << 20,
    .announce_timeout = 30,
    .stop_timeout = 5,
  };
}

void
bt_config_clamp (BtConfig *self)
{
  self->max_peers = CLAMP (self->max_peers, 1, 20000);
  self->max_peers_per_torrent = CLAMP (self->max_peers_per_torrent, 1, self->max_peers);
  self->half_open_limit = CLAMP (self->half_open_limit, 1, 500);
  self->unchoke_slots = CLAMP (self->unchoke_slots, 1, 1000);
  self->request_queue_time = CLAMP (self->request_queue_time, 1, 30);
  self->piece_memory = CLAMP (self->piece_memory, (gsize) 4 << 20, (gsize) 4 << 30);
  if (self->hash_threads == 0)
    self->hash_threads = MIN (g_get_num_processors (), 4);
  self->hash_threads = CLAMP (self->hash_threads, 1, 32);
  self->announce_timeout = CLAMP (self->announce_timeout, 1, 120);
  self->stop_timeout = CLAMP (self->stop_timeout, 1, 30);
}
