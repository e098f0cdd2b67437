/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-session-private.h"
#include "bt-torrent-private.h"

static void
switch_dht (BtSession *self, gboolean dht)
{
  g_autoptr (GBytes) state = NULL;

  if (self->config.dht == dht)
    return;
  if (dht)
    {
      self->config.dht = TRUE;
      bt_session_start_dht (self);
      for (guint i = 0; i < self->torrents->len; i++)
        ((BtTorrent *) self->torrents->pdata[i])->announcer->next_dht = 0;
      for (guint i = 0; i < self->dozing->len; i++)
        ((BtAnnouncer *) self->dozing->pdata[i])->next_dht = 0;
      return;
    }
  /* The same node again when it is switched on later. */
  state = bt_session_dup_dht_state (self);
  bt_session_stop_dht (self);
  self->config.dht = FALSE;
  if (state != NULL)
    bt_session_restore_dht_state (self, state);
}

/* Peers that are connected to send contacts to who offers to take them. */
static void
switch_pex (BtSession *self, gboolean pex)
{
  if (self->config.pex == pex)
    return;
  self->config.pex = pex;
  for (guint i = 0; pex && i < self->torrents->len; i++)
    bt_torrent_send_extensions (self->torrents->pdata[i]);
}

static void
switch_lsd (BtSession *self, gboolean lsd)
{
  if (self->config.lsd == lsd)
    return;
  self->config.lsd = lsd;
  if (lsd)
    bt_session_open_lsd (self);
  else
    bt_session_stop_lsd (self);
}

void
bt_session_configure (BtSession *self, const BtConfig *config)
{
  BtConfig wanted = *config;

  g_return_if_fail (BT_IS_SESSION (self));

  bt_config_clamp (&wanted);
  self->config.max_peers = wanted.max_peers;
  self->config.max_peers_per_torrent = wanted.max_peers_per_torrent;
  self->config.half_open_limit = wanted.half_open_limit;
  self->config.unchoke_slots = wanted.unchoke_slots;
  self->config.preallocate_full = wanted.preallocate_full;
  self->config.mark_partial = wanted.mark_partial;
  self->config.space_floor = wanted.space_floor;
  switch_pex (self, wanted.pex);
  /* Only what is open can be switched. */
  if (self->udp == NULL || self->stop_task != NULL)
    return;
  switch_dht (self, wanted.dht);
  switch_lsd (self, wanted.lsd);
}
