/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

/* The least that is read at once under a limit: a packet's worth. */
#define LEAST_READ 1448u

static gsize
available (BtBudget *torrent, BtBudget *session, gint64 now)
{
  return MIN (bt_budget_available (torrent, now), bt_budget_available (session, now));
}

/* Under a limit every connection that waits gets its part of what came in
 * since the last filling. Counted is what is read, headers included. */
gsize
bt_link_may_read (BtPeer *peer, gpointer data)
{
  BtLink *self = data;
  BtTorrent *torrent = self->torrent;
  gsize most;

  if (torrent->down_budget.limit == 0 && torrent->session->down_budget.limit == 0)
    return BT_PEER_READ_SIZE;
  most = available (&torrent->down_budget, &torrent->session->down_budget, bt_loop_now (torrent->session->loop));
  if (most == 0)
    {
      torrent->n_waiting += !self->waits_to_read;
      self->waits_to_read = TRUE;
      return 0;
    }
  most = MAX (most / MAX (torrent->n_waiting, 1), LEAST_READ);
  return MIN (most, BT_PEER_READ_SIZE);
}

gsize
bt_torrent_may_send (BtTorrent *self)
{
  if (self->up_budget.limit == 0 && self->session->up_budget.limit == 0)
    return G_MAXSIZE;
  return available (&self->up_budget, &self->session->up_budget, bt_loop_now (self->session->loop));
}

/* Lets those go on that waited, each starting in its turn. */
void
bt_torrent_spend_budget (BtTorrent *self)
{
  guint n = self->links->len;
  guint start = self->session->budget_turn;

  for (guint i = 0; i < n && i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[(start + i) % self->links->len];

      if (link->waits_to_read)
        {
          link->waits_to_read = FALSE;
          self->n_waiting--;
          bt_peer_resume (link->peer);
        }
      if (bt_requests_n_outstanding (&link->asked) > 0)
        bt_link_fill (link);
    }
}

void
bt_torrent_set_limits (BtTorrent *self, guint64 down, guint64 up)
{
  gint64 now;

  g_return_if_fail (BT_IS_TORRENT (self));

  if (self->session == NULL)
    return;
  now = bt_loop_now (self->session->loop);
  bt_budget_set_limit (&self->down_budget, down, now);
  bt_budget_set_limit (&self->up_budget, up, now);
  bt_session_update_budgets (self->session);
}
