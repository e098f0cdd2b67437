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

void
bt_link_did_read (BtPeer *peer, gsize bytes, gpointer data)
{
  BtTorrent *torrent = ((BtLink *) data)->torrent;

  bt_budget_spend (&torrent->down_budget, bytes);
  bt_budget_spend (&torrent->session->down_budget, bytes);
}

gboolean
bt_torrent_limits_up (BtTorrent *self)
{
  return self->up_budget.limit > 0 || self->session->up_budget.limit > 0;
}

/* Round after round, a little to everybody who asks, until the budget is
 * spent: whoever asks first or loudest gets no more than the others. */
static void
send_fairly (BtTorrent *self)
{
  guint n = self->links->len, start = self->session->budget_turn;
  gboolean sent = n > 0;

  while (sent)
    {
      sent = FALSE;
      for (guint i = 0; i < n && i < self->links->len; i++)
        {
          BtLink *link = self->links->pdata[(start + i) % self->links->len];
          gsize most = available (&self->up_budget, &self->session->up_budget, bt_loop_now (self->session->loop));

          if (most == 0)
            return;
          if (bt_requests_n_outstanding (&link->asked) > 0)
            sent |= bt_link_fill_some (link, most / (4 * n));
        }
    }
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

      if (!link->waits_to_read)
        continue;
      link->waits_to_read = FALSE;
      self->n_waiting--;
      bt_peer_resume (link->peer);
    }
  bt_torrent_resume_webseeds (self);
  if (bt_torrent_limits_up (self))
    send_fairly (self);
  else
    for (guint i = 0; i < self->links->len; i++)
      bt_link_fill (self->links->pdata[i]);
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
  self->choices_changed = TRUE;
  bt_session_update_budgets (self->session);
}
