/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-ip-votes.h"

/* Votes that make an address ours; fewer could be one attacker. */
#define LEAST_VOTES 3u

static void
count (BtIpVotes *self, guint side)
{
  for (guint i = 0; i < self->n[side]; i++)
    {
      guint same = 0;

      for (guint k = 0; k < self->n[side]; k++)
        same += bt_addr_same_ip (&self->votes[side][i].vote, &self->votes[side][k].vote);
      if (same >= LEAST_VOTES && 2 * same > self->n[side])
        {
          self->winner[side] = self->votes[side][i].vote;
          return;
        }
    }
}

void
bt_ip_votes_add (BtIpVotes *self, const BtAddr *voter, const BtAddr *vote)
{
  guint side = vote->family == BT_ADDR_V6;
  BtIpVote *slot = NULL;

  if (vote->family == BT_ADDR_NONE)
    return;
  for (guint i = 0; i < self->n[side]; i++)
    if (bt_addr_same_ip (&self->votes[side][i].voter, voter))
      slot = &self->votes[side][i];
  if (slot == NULL)
    {
      slot = &self->votes[side][self->next[side]];
      self->next[side] = (self->next[side] + 1) % BT_IP_VOTES_MAX;
      self->n[side] = MIN (self->n[side] + 1, BT_IP_VOTES_MAX);
    }
  slot->voter = *voter;
  slot->vote = *vote;
  slot->vote.port = 0;
  count (self, side);
}

const BtAddr *
bt_ip_votes_get (const BtIpVotes *self, BtAddrFamily family)
{
  const BtAddr *winner = &self->winner[family == BT_ADDR_V6];

  return winner->family == BT_ADDR_NONE ? NULL : winner;
}
