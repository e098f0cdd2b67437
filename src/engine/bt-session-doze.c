/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include <string.h>

/* Torrents that are seeded and that nobody is connected to: of them there is
 * an announcer, and no more. Whoever asks for one waits until it is awake. */

/* Between two looks at what trackers and the DHT are due to hear: a few
 * seconds are nothing beside their intervals. */
#define LOOK_INTERVAL (5 * G_USEC_PER_SEC)

/* Peers that are kept for when a torrent is awake. */
#define MOST_HEARD 50u

/* Somebody who asks for a torrent that is being woken. */
typedef struct
{
  BtPeer *peer; /* one of the session's strangers */
  BtHandshake handshake;
} Caller;

void
bt_session_init_doze (BtSession *self)
{
  self->dozing = g_ptr_array_new_with_free_func ((GDestroyNotify) bt_announcer_unref);
  self->dozing_by_hash = g_hash_table_new (bt_session_hash_key, bt_session_hash_equal);
  self->callers = g_array_new (FALSE, FALSE, sizeof (Caller));
}

void
bt_session_clear_doze (BtSession *self)
{
  g_ptr_array_unref (self->dozing);
  g_hash_table_unref (self->dozing_by_hash);
  g_array_unref (self->callers);
}

/* Returns: (transfer none) (nullable) */
static BtAnnouncer *
find (BtSession *self, const guint8 *info_hash)
{
  return g_hash_table_lookup (self->dozing_by_hash, info_hash);
}

/* Returns: (transfer full) (nullable) */
static BtAnnouncer *
take (BtSession *self, const guint8 *info_hash)
{
  BtAnnouncer *announcer = find (self, info_hash);

  if (announcer == NULL)
    return NULL;
  g_hash_table_remove (self->dozing_by_hash, info_hash);
  announcer->dozing = FALSE;
  bt_announcer_ref (announcer);
  g_ptr_array_remove_index_fast (self->dozing, announcer->dozing_index);
  if (announcer->dozing_index < self->dozing->len)
    ((BtAnnouncer *) self->dozing->pdata[announcer->dozing_index])->dozing_index = announcer->dozing_index;
  return announcer;
}

/* Nothing of it is under way, and a record that was handed out says all of it. */
static gboolean
is_at_rest (BtTorrent *torrent)
{
  return torrent->state == BT_TORRENT_SEEDING && !torrent->offline && torrent->saves_resume && torrent->links->len == 0 &&
         torrent->n_disk == 0 && torrent->n_resolving == 0 && torrent->move == NULL && torrent->pending_move == NULL && torrent->move_task == NULL &&
         torrent->remove_task == NULL && !torrent->changing_files && !torrent->saving && !torrent->finishing &&
         !torrent->keeping && torrent->kept->len == 0 && !torrent->pieces_changed && !torrent->choices_changed &&
         torrent->resume != NULL && torrent->resume->checked &&
         !bt_known_peers_any_hope (&torrent->known);
}

gboolean
bt_session_doze (BtSession *self, BtTorrent *torrent)
{
  gint64 now = bt_loop_now (self->loop);
  BtAnnouncer *announcer = torrent->announcer;

  g_return_val_if_fail (torrent->session == self, FALSE);

  if (self->stop_task != NULL || !is_at_rest (torrent))
    return FALSE;
  if (!torrent->resume->clean)
    {
      bt_torrent_save_clean (torrent);
      return FALSE;
    }
  if (torrent->saved_down != torrent->down.total || torrent->saved_up != torrent->up.total)
    bt_torrent_save_resume (torrent);
  torrent->saves_resume = FALSE;
  torrent->state = BT_TORRENT_PAUSED;
  bt_torrent_let_go_of_announcer (torrent);
  announcer->dozing = TRUE;
  announcer->dozing_index = self->dozing->len;
  g_ptr_array_add (self->dozing, bt_announcer_ref (announcer));
  g_hash_table_insert (self->dozing_by_hash, announcer->info_hash, announcer);
  bt_announcer_due (announcer, now);
  g_hash_table_remove (self->by_hash, torrent->info_hash);
  g_ptr_array_remove (self->torrents, torrent);
  return TRUE;
}

void
bt_session_end_doze (BtSession *self, const guint8 *info_hash)
{
  g_autoptr (BtAnnouncer) announcer = NULL;

  g_return_if_fail (BT_IS_SESSION (self));

  announcer = take (self, info_hash);
  if (announcer == NULL)
    return;
  bt_session_cancel_dht (self, info_hash);
  bt_announcer_say_goodbye (announcer);
}

gboolean
bt_session_is_dozing (BtSession *self, const guint8 *info_hash)
{
  g_return_val_if_fail (BT_IS_SESSION (self), FALSE);
  return find (self, info_hash) != NULL;
}

void
bt_session_announce_dozing (BtSession *self, const guint8 *info_hash)
{
  BtAnnouncer *announcer;

  g_return_if_fail (BT_IS_SESSION (self));

  announcer = find (self, info_hash);
  if (announcer != NULL)
    bt_announcer_hurry (announcer, bt_loop_now (self->loop));
}

BtAnnouncer *
bt_session_wake_announcer (BtSession *self, const guint8 *info_hash)
{
  return take (self, info_hash);
}

/* Trackers and the DHT tell us of ourselves too. */
static gboolean
is_us (BtSession *self, const BtAddr *addr)
{
  const BtAddr *ours = bt_ip_votes_get (&self->ip_votes, addr->family);
  BtAddr with_port;

  if (addr->port != self->port)
    return FALSE;
  if (bt_addr_is_loopback (addr))
    return TRUE;
  if (ours == NULL)
    return FALSE;
  with_port = *ours;
  with_port.port = self->port;
  return bt_addr_equal (&with_port, addr);
}

void
bt_session_doze_heard (BtSession *self, BtAnnouncer *announcer, const BtAddr *peers, guint n_peers)
{
  for (guint i = 0; i < n_peers; i++)
    {
      if (!bt_addr_is_usable (&peers[i]) || is_us (self, &peers[i]) || bt_session_blocks (self, &peers[i]))
        continue;
      if (announcer->heard == NULL)
        announcer->heard = g_array_new (FALSE, FALSE, sizeof (BtAddr));
      if (announcer->heard->len < MOST_HEARD)
        g_array_append_val (announcer->heard, peers[i]);
    }
  if (announcer->heard != NULL)
    bt_session_tell_wanted (self, announcer->info_hash);
}

void
bt_session_doze_heard_of (BtSession *self, const guint8 *info_hash, const BtAddr *peers, guint n_peers)
{
  BtAnnouncer *announcer = find (self, info_hash);

  if (announcer != NULL && bt_announcer_is_sought (announcer))
    bt_session_doze_heard (self, announcer, peers, n_peers);
}

void
bt_session_doze_dht_ended (BtSession *self, const guint8 *info_hash, const BtDhtResult *result)
{
  BtAnnouncer *announcer = find (self, info_hash);

  if (announcer != NULL)
    bt_announcer_dht_ended (announcer, result);
}

gboolean
bt_session_hold_caller (BtSession *self, BtPeer *peer, const BtHandshake *handshake)
{
  BtTorrent *torrent = bt_session_find (self, handshake->info_hash);
  Caller caller = { peer, *handshake };

  /* It may be on its way already. */
  if (torrent == NULL ? find (self, handshake->info_hash) == NULL : !torrent->was_dozing || torrent->state == BT_TORRENT_ERROR)
    return FALSE;
  g_array_append_val (self->callers, caller);
  bt_peer_hold (peer);
  if (torrent == NULL)
    bt_session_tell_wanted (self, handshake->info_hash);
  return TRUE;
}

void
bt_session_drop_caller (BtSession *self, BtPeer *peer)
{
  for (guint i = self->callers->len; i-- > 0;)
    if (g_array_index (self->callers, Caller, i).peer == peer)
      g_array_remove_index_fast (self->callers, i);
}

void
bt_session_let_callers_in (BtSession *self, BtTorrent *torrent)
{
  for (guint i = self->callers->len; i-- > 0;)
    {
      Caller caller = g_array_index (self->callers, Caller, i);

      if (memcmp (caller.handshake.info_hash, torrent->info_hash, BT_SHA1_LENGTH) != 0)
        continue;
      g_array_remove_index_fast (self->callers, i);
      if (!bt_peer_is_closing (caller.peer))
        bt_session_welcome (self, torrent, caller.peer, &caller.handshake);
    }
}

/* Each in its turn: the DHT may have time for a few of them only. */
void
bt_session_tick_dozing (BtSession *self, gint64 now)
{
  guint n = self->dozing->len, last = 0;

  if (now < self->next_doze_look || n == 0)
    return;
  self->next_doze_look = now + LOOK_INTERVAL;
  for (guint i = 0; i < n; i++)
    {
      BtAnnouncer *announcer = self->dozing->pdata[(self->doze_turn + i) % n];

      if (announcer->next_due <= now)
        bt_announcer_due (announcer, now);
      if (bt_announcer_dht_due (announcer, now))
        last = i + 1;
    }
  self->doze_turn = (self->doze_turn + last) % n;
}

void
bt_session_stop_dozing (BtSession *self)
{
  while (self->dozing->len > 0)
    bt_session_end_doze (self, ((BtAnnouncer *) self->dozing->pdata[self->dozing->len - 1])->info_hash);
}
