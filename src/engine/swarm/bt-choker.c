/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-choker.h"

/* A turn of a seed's slot lasts at least this long. */
#define TURN_TIME (60 * G_USEC_PER_SEC)

/* Who takes nothing for so long has a slot for nothing, or is gone without a
 * word: eight of those would have a seed give nothing to anybody. */
#define IDLE_TIME BT_CHOKER_INTERVAL

/* A peer this new is three times as likely to be tried (BEP 3): it has
 * nothing to trade with. */
#define NEW_PEER_TIME (60 * G_USEC_PER_SEC)

#define NEW_PEER_WEIGHT 3u

static gboolean
is_candidate (const BtChokerPeer *peer)
{
  return peer->interested && !peer->upload_only;
}

static gboolean
just_changed (const BtChokerPeer *peer, gint64 now)
{
  return peer->unchoked && now - peer->changed_at < BT_CHOKER_INTERVAL;
}

static gint
descending (guint64 a, guint64 b)
{
  return a > b ? -1 : a < b;
}

static gint
compare_leeching (gconstpointer a, gconstpointer b)
{
  const BtChokerPeer *x = *(BtChokerPeer *const *) a, *y = *(BtChokerPeer *const *) b;
  gint order = descending (x->snubbed ? 0 : x->down_rate, y->snubbed ? 0 : y->down_rate);

  if (order == 0)
    order = (gint) y->unchoked - (gint) x->unchoked;
  if (order == 0 && !x->unchoked)
    order = -descending ((guint64) x->changed_at, (guint64) y->changed_at);
  return order != 0 ? order : descending (x->salt, y->salt);
}

static gint
compare_seeding (gconstpointer a, gconstpointer b, gpointer data)
{
  const BtChokerPeer *x = *(BtChokerPeer *const *) a, *y = *(BtChokerPeer *const *) b;
  const gint64 now = *(gint64 *) data;
  gint order = (gint) just_changed (y, now) - (gint) just_changed (x, now);

  if (order == 0)
    order = (gint) y->unchoked - (gint) x->unchoked;
  if (order == 0 && x->unchoked)
    order = descending (x->up_rate, y->up_rate);
  /* Who has waited longest is next. */
  if (order == 0)
    order = -descending ((guint64) x->changed_at, (guint64) y->changed_at);
  return order != 0 ? order : descending (x->salt, y->salt);
}

static gboolean
turn_is_over (const BtChokerPeer *peer, const BtChokerRules *rules, gint64 now)
{
  gint64 age = now - peer->changed_at;

  if (peer->up_rate == 0 && age >= IDLE_TIME)
    return TRUE;
  return rules->seeding && peer->sent_in_turn >= rules->turn_bytes && age >= TURN_TIME;
}

static void
end_turns (GPtrArray *candidates, const BtChokerRules *rules, gint64 now)
{
  if (candidates->len <= rules->slots)
    return;
  for (guint i = 0; i < candidates->len; i++)
    {
      BtChokerPeer *peer = candidates->pdata[i];

      if (peer->unchoked && turn_is_over (peer, rules, now))
        {
          peer->unchoked = FALSE;
          peer->changed_at = now;
        }
    }
}

static BtChokerPeer *
choose_optimistic (GPtrArray *candidates, const BtChokerRules *rules, BtRng *rng, gint64 now)
{
  guint32 weight = 0, at;

  for (guint i = 0; i < candidates->len; i++)
    {
      BtChokerPeer *peer = candidates->pdata[i];

      /* One that has earned a slot leaves this one to another. */
      if (peer->optimistic && !rules->rotate && !peer->unchoke)
        return peer;
      if (!peer->unchoke)
        weight += now - peer->connected_at < NEW_PEER_TIME ? NEW_PEER_WEIGHT : 1;
    }
  at = bt_rng_below (rng, weight);
  for (guint i = 0; i < candidates->len; i++)
    {
      BtChokerPeer *peer = candidates->pdata[i];
      guint32 own = now - peer->connected_at < NEW_PEER_TIME ? NEW_PEER_WEIGHT : 1;

      if (peer->unchoke)
        continue;
      if (at < own)
        return peer;
      at -= own;
    }
  return NULL;
}

void
bt_choker_run (BtChokerPeer *peers, guint n_peers, const BtChokerRules *rules, BtRng *rng, gint64 now)
{
  g_autoptr (GPtrArray) candidates = g_ptr_array_sized_new (n_peers);
  guint by_merit = rules->seeding ? rules->slots : MAX (rules->slots, 1) - 1;
  BtChokerPeer *optimistic;

  for (guint i = 0; i < n_peers; i++)
    {
      peers[i].unchoke = FALSE;
      if (is_candidate (&peers[i]))
        g_ptr_array_add (candidates, &peers[i]);
    }

  end_turns (candidates, rules, now);
  if (rules->seeding)
    g_ptr_array_sort_with_data (candidates, compare_seeding, &now);
  else
    g_ptr_array_sort (candidates, compare_leeching);

  for (guint i = 0; i < MIN (by_merit, candidates->len); i++)
    ((BtChokerPeer *) candidates->pdata[i])->unchoke = TRUE;
  for (guint i = by_merit; i < candidates->len; i++)
    {
      BtChokerPeer *peer = candidates->pdata[i];

      peer->unchoke = just_changed (peer, now) && !peer->optimistic;
    }
  if (rules->seeding)
    return;

  optimistic = choose_optimistic (candidates, rules, rng, now);
  for (guint i = 0; i < candidates->len; i++)
    ((BtChokerPeer *) candidates->pdata[i])->optimistic = candidates->pdata[i] == (gpointer) optimistic;
  if (optimistic != NULL)
    optimistic->unchoke = TRUE;
}
