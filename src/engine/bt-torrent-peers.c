/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-torrent-private.h"

#include "bt-error.h"

#include <string.h>

/* A peer says once what it has (BEP 3), and some say it again later on. Each
 * time costs as much as the torrent has pieces. */
#define MOST_TOLD 8u

static gboolean
is_open (const BtLink *self)
{
  return bt_peer_is_open (self->peer);
}

gboolean
bt_link_is_seed (const BtLink *self)
{
  return self->has_all || (self->pieces.bytes != NULL && bt_bitfield_is_full (&self->pieces));
}

gboolean
bt_link_has (const BtLink *self, guint32 piece)
{
  return self->has_all || (self->pieces.bytes != NULL && bt_bitfield_get (&self->pieces, piece));
}

const BtRivals *
bt_torrent_get_rivals (BtTorrent *self)
{
  if (!self->rivals_changed)
    return &self->rivals;
  self->rivals_changed = FALSE;
  bt_rivals_empty (&self->rivals);
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (link->told_pieces && !bt_link_is_seed (link))
        bt_rivals_add (&self->rivals, link->peer_id);
    }
  return &self->rivals;
}

static void
remove_availability (BtLink *self)
{
  if (self->has_all)
    bt_picker_remove_all (self->torrent->picker);
  else if (self->pieces.bytes != NULL)
    bt_picker_remove_pieces (self->torrent->picker, &self->pieces);
  self->has_all = FALSE;
  bt_bitfield_clear (&self->pieces);
}

void
bt_link_update_interest (BtLink *self)
{
  gboolean want = self->n_wanted > 0 && self->torrent->state == BT_TORRENT_DOWNLOADING;

  if (want == self->we_want || !is_open (self))
    return;
  self->we_want = want;
  bt_wire_write_simple (bt_peer_out (self->peer), want ? BT_WIRE_INTERESTED : BT_WIRE_NOT_INTERESTED);
  bt_peer_flush (self->peer);
}

static void
count_wanted (BtLink *self)
{
  BtTorrent *torrent = self->torrent;

  if (self->has_all)
    self->n_wanted = bt_picker_n_missing (torrent->picker);
  else if (self->pieces.bytes != NULL)
    self->n_wanted = bt_picker_count_wanted (torrent->picker, &self->pieces);
  else
    self->n_wanted = 0;
}

/* What we want changed. */
void
bt_torrent_count_wanted (BtTorrent *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      count_wanted (self->links->pdata[i]);
      bt_link_update_interest (self->links->pdata[i]);
    }
}

static void
told_pieces (BtLink *self)
{
  BtTorrent *torrent = self->torrent;

  self->told_pieces = TRUE;
  torrent->rivals_changed = TRUE;
  self->idle_at = 0;
  count_wanted (self);
  self->known->is_seed = bt_link_is_seed (self);
  /* Two seeds have nothing to say to each other. */
  if (torrent->state == BT_TORRENT_SEEDING && bt_link_is_seed (self))
    bt_peer_close (self->peer, NULL);
  else
    bt_link_update_interest (self);
}

static void
close_protocol (BtLink *self, const char *message)
{
  bt_peer_close (self->peer, g_error_new_literal (BT_ERROR, BT_ERROR_PROTOCOL, message));
}

static gboolean
is_told_too_often (BtLink *self)
{
  if (++self->n_told <= MOST_TOLD)
    return FALSE;
  close_protocol (self, "The peer says again and again what it has");
  return TRUE;
}

static void
got_bitfield (BtLink *self, const BtWireMessage *message)
{
  BtBitfield pieces;

  if (is_told_too_often (self))
    return;
  bt_bitfield_init (&pieces, self->torrent->layout->n_pieces);
  if (!bt_bitfield_assign (&pieces, message->payload, message->payload_length))
    {
      bt_bitfield_clear (&pieces);
      close_protocol (self, "The peer sent a bitfield of a wrong size");
      return;
    }
  remove_availability (self);
  if (bt_bitfield_is_full (&pieces))
    {
      bt_bitfield_clear (&pieces);
      self->has_all = TRUE;
      bt_picker_add_all (self->torrent->picker);
    }
  else
    {
      self->pieces = pieces;
      bt_picker_add_pieces (self->torrent->picker, &self->pieces);
    }
  told_pieces (self);
}

static void
got_have_all (BtLink *self, gboolean all)
{
  if (is_told_too_often (self))
    return;
  remove_availability (self);
  self->has_all = all;
  if (all)
    bt_picker_add_all (self->torrent->picker);
  told_pieces (self);
}

static void
got_have (BtLink *self, guint32 piece)
{
  BtTorrent *torrent = self->torrent;

  if (bt_link_has (self, piece))
    return;
  if (self->pieces.bytes == NULL)
    bt_bitfield_init (&self->pieces, torrent->layout->n_pieces);
  bt_bitfield_set (&self->pieces, piece);
  bt_picker_add_piece (torrent->picker, piece);
  bt_link_super_seed_have (self, piece);
  if (bt_bitfield_is_full (&self->pieces))
    told_pieces (self);
  else if (bt_picker_wants (torrent->picker, piece))
    {
      self->n_wanted++;
      self->idle_at = 0;
      bt_link_update_interest (self);
    }
}

/* BEP 54: a piece it had is gone. */
void
bt_link_lost_piece (BtLink *self, guint32 piece)
{
  BtTorrent *torrent = self->torrent;

  if (!bt_link_has (self, piece))
    return;
  if (self->has_all)
    {
      remove_availability (self);
      bt_bitfield_init (&self->pieces, torrent->layout->n_pieces);
      bt_bitfield_set_all (&self->pieces);
      bt_picker_add_pieces (torrent->picker, &self->pieces);
    }
  bt_bitfield_unset (&self->pieces, piece);
  bt_picker_remove_piece (torrent->picker, piece);
  if (bt_picker_wants (torrent->picker, piece) && self->n_wanted > 0)
    self->n_wanted--;
  bt_link_update_interest (self);
}

static void
got_choke (BtLink *self)
{
  self->they_choke = TRUE;
  /* BEP 6: with the fast extension every open request gets its own reject. */
  if (!(self->caps & BT_CAP_FAST))
    {
      bt_link_drop_requests (self);
      bt_torrent_request_all (self->torrent);
    }
}

static void
got_interested (BtLink *self)
{
  BtTorrent *torrent = self->torrent;

  self->they_want = TRUE;
  /* A free slot now saves the peer up to ten seconds. */
  if (self->we_choke && bt_torrent_is_active (torrent) &&
      bt_torrent_n_unchoked (torrent) < bt_torrent_slots (torrent))
    bt_link_set_choke (self, FALSE, bt_loop_now (torrent->session->loop));
  else
    bt_link_offer_fast (self);
}

static void
link_message (BtPeer *peer, const BtWireMessage *message, gpointer data)
{
  BtLink *self = data;

  switch ((guint) message->type)
    {
    case BT_WIRE_CHOKE:
      got_choke (self);
      break;
    case BT_WIRE_UNCHOKE:
      self->they_choke = FALSE;
      self->rejected_until = 0;
      break;
    case BT_WIRE_INTERESTED:
      got_interested (self);
      break;
    case BT_WIRE_NOT_INTERESTED:
      self->they_want = FALSE;
      break;
    case BT_WIRE_HAVE:
      got_have (self, message->block.piece);
      break;
    case BT_WIRE_BITFIELD:
      got_bitfield (self, message);
      break;
    case BT_WIRE_HAVE_ALL:
    case BT_WIRE_HAVE_NONE:
      got_have_all (self, message->type == BT_WIRE_HAVE_ALL);
      break;
    case BT_WIRE_REQUEST:
      bt_link_asked (self, &message->block);
      break;
    case BT_WIRE_CANCEL:
      bt_link_cancelled (self, &message->block);
      break;
    case BT_WIRE_ALLOWED_FAST:
      bt_link_allowed_fast (self, message->block.piece);
      break;
    case BT_WIRE_SUGGEST:
      bt_link_suggested (self, message->block.piece);
      break;
    case BT_WIRE_EXTENDED:
      bt_link_extended (self, message);
      break;
    case BT_WIRE_PORT:
      bt_link_got_dht_port (self, message->port);
      break;
    case BT_WIRE_REJECT:
      bt_link_rejected (self, &message->block);
      break;
    default:
      break;
    }
}

static void
link_round_end (BtPeer *peer, gpointer data)
{
  BtLink *self = data;
  BtTorrent *torrent = self->torrent;

  /* What this round set free, or the end game, is for every idle peer. */
  if (torrent->released || bt_picker_is_end_game (torrent->picker))
    bt_torrent_request_all (torrent);
  else
    bt_link_request (self);
  bt_link_fill (self);
  if (bt_peer_has_backlog (peer))
    bt_peer_flush (peer);
}

static void
link_drained (BtPeer *peer, gpointer data)
{
  bt_link_fill_metadata (data);
  bt_link_fill (data);
}

static void
send_our_pieces (BtLink *self)
{
  const BtBitfield *have = bt_picker_get_have (self->torrent->picker);
  BtBuffer *out = bt_peer_out (self->peer);
  gboolean fast = (self->caps & BT_CAP_FAST) != 0;

  self->told_ours = TRUE;
  if (bt_torrent_wants_super_seeding (self->torrent))
    bt_link_begin_super_seeding (self);
  else if (fast && bt_bitfield_is_full (have))
    bt_wire_write_simple (out, BT_WIRE_HAVE_ALL);
  else if (fast && have->n_set == 0)
    bt_wire_write_simple (out, BT_WIRE_HAVE_NONE);
  else if (have->n_set > 0)
    bt_wire_write_bitfield (out, have->bytes, bt_bitfield_n_bytes (have));
}

/* Both ends of a double connection must drop the same one: the one that was
 * opened by the side with the smaller peer id. */
static gboolean
is_duplicate (BtLink *self)
{
  BtTorrent *torrent = self->torrent;
  gboolean ours_is_greater = memcmp (torrent->announcer->peer_id, self->peer_id, BT_PEER_ID_LENGTH) > 0;

  for (guint i = 0; i < torrent->links->len; i++)
    {
      BtLink *other = torrent->links->pdata[i];
      gboolean keep_self;

      if (other == self || !is_open (other) || memcmp (other->peer_id, self->peer_id, BT_PEER_ID_LENGTH) != 0)
        continue;
      if (bt_peer_is_incoming (other->peer) == bt_peer_is_incoming (self->peer))
        return TRUE;
      keep_self = bt_peer_is_incoming (self->peer) != ours_is_greater;
      if (!keep_self)
        return TRUE;
      bt_peer_close (other->peer, NULL);
    }
  return FALSE;
}

gboolean
bt_link_begin (BtLink *self, const BtHandshake *theirs)
{
  BtTorrent *torrent = self->torrent;

  if (self->connecting)
    {
      self->connecting = FALSE;
      torrent->session->n_half_open--;
    }
  if (memcmp (theirs->info_hash, torrent->info_hash, BT_SHA1_LENGTH) != 0)
    {
      close_protocol (self, "The peer answered for another torrent");
      return FALSE;
    }
  memcpy (self->peer_id, theirs->peer_id, BT_PEER_ID_LENGTH);
  if (memcmp (self->peer_id, torrent->announcer->peer_id, BT_PEER_ID_LENGTH) == 0)
    {
      /* Our own address, that a tracker gave back to us. */
      self->known->banned = TRUE;
      bt_peer_close (self->peer, NULL);
      return FALSE;
    }
  if (is_duplicate (self))
    {
      bt_peer_close (self->peer, NULL);
      return FALSE;
    }
  /* A capability counts when both have it. */
  self->caps = theirs->caps & (BT_CAP_FAST | BT_CAP_EXTENSION | BT_CAP_DHT);
  self->opened_at = bt_loop_now (torrent->session->loop);
  return TRUE;
}

static void
link_opened (BtPeer *peer, const BtHandshake *theirs, gpointer data)
{
  BtLink *self = data;

  if (!bt_link_begin (self, theirs))
    return;
  /* Its way here began before we knew what is on disk. */
  if (bt_torrent_is_active (self->torrent))
    send_our_pieces (self);
  bt_link_send_extensions (self);
  if (self->told_ours)
    bt_link_offer_pieces (self);
  bt_link_send_dht_port (self);
  bt_peer_flush (peer);
}

void
bt_torrent_greet_links (BtTorrent *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (!is_open (link) || link->told_ours)
        continue;
      send_our_pieces (link);
      bt_link_offer_pieces (link);
      bt_peer_flush (link->peer);
    }
  bt_torrent_count_wanted (self);
}

static void
link_free (BtLink *self)
{
  bt_bitfield_clear (&self->pieces);
  bt_bitfield_clear (&self->fast_to_us);
  bt_link_end_super_seeding (self);
  g_clear_pointer (&self->pex_sent, g_hash_table_unref);
  g_clear_pointer (&self->early, g_ptr_array_unref);
  g_clear_pointer (&self->metadata_asked, g_array_unref);
  bt_requests_clear (&self->requests);
  bt_requests_clear (&self->asked);
  bt_requests_clear (&self->cancelled);
  g_free (self->spare);
  bt_peer_free (self->peer);
  g_object_unref (self->torrent);
  g_free (self);
}

void
bt_link_closed (BtPeer *peer, const GError *error, gpointer data)
{
  BtLink *self = data;
  /* The link may be the last that holds on to a torrent that was removed. */
  g_autoptr (BtTorrent) torrent = g_object_ref (self->torrent);
  BtSession *session = torrent->session;
  gint64 now = bt_loop_now (session->loop);

  g_ptr_array_remove_fast (torrent->links, self);
  torrent->rivals_changed = TRUE;
  torrent->n_waiting -= self->waits_to_read;
  session->n_peers--;
  session->n_half_open -= self->connecting;
  bt_link_drop_requests (self);
  remove_availability (self);
  if (torrent->metadata != NULL)
    bt_metadata_leave (torrent->metadata, self->id);
  if (self->reading != NULL)
    self->reading->owner_data = NULL;
  bt_known_peers_done (&torrent->known, self->known, now, self->useful);
  link_free (self);

  if (bt_torrent_is_active (torrent))
    bt_torrent_request_all (torrent);
  if (bt_torrent_is_online (torrent))
    bt_torrent_connect_more (torrent, now);
}

const BtPeerHost bt_link_host = {
  .opened = link_opened,
  .message = link_message,
  .block_begin = bt_link_block_begin,
  .block_end = bt_link_block_end,
  .expect = bt_link_expect,
  .round_end = link_round_end,
  .drained = link_drained,
  .may_read = bt_link_may_read,
  .did_read = bt_link_did_read,
  .closed = bt_link_closed,
};

void
bt_torrent_close_links (BtTorrent *self)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      link->useful = TRUE; /* it is we who leave */
      bt_link_drop_requests (link);
      bt_peer_close (link->peer, NULL);
    }
}

static void
tick_link (BtLink *self, gint64 now)
{
  BtTorrent *torrent = self->torrent;

  bt_peer_tick (self->peer, now);
  if (!is_open (self))
    return;
  if (bt_requests_n_outstanding (&self->requests) > 0)
    bt_requests_tune (&self->requests, bt_rate_get (bt_peer_down_rate (self->peer), now), bt_peer_get_delay (self->peer),
                      torrent->session->config.request_queue_time, now);
  if (bt_requests_timed_out (&self->requests, now))
    {
      self->requests.snubbed = TRUE;
      bt_link_drop_requests (self);
      bt_torrent_request_all (torrent);
    }
  bt_link_request (self);
  bt_link_fill (self);
  bt_link_tick_pex (self, now);
}

void
bt_torrent_tick_links (BtTorrent *self, gint64 now)
{
  for (guint i = 0; i < self->links->len; i++)
    tick_link (self->links->pdata[i], now);
}

void
bt_torrent_tell_have (BtTorrent *self, guint32 piece)
{
  /* One that was skipped while it came was not counted. */
  gboolean wanted = bt_picker_get_priority (self->picker, piece) != BT_PRIORITY_SKIP;

  for (guint i = 0; i < self->links->len; i++)
    {
      BtLink *link = self->links->pdata[i];

      if (!is_open (link))
        continue;
      if (bt_link_has (link, piece))
        {
          if (wanted && link->n_wanted > 0)
            link->n_wanted--;
          bt_link_update_interest (link);
        }
      /* Also who has the piece wants to know: a super-seed shows its next one
       * when the last has arrived (BEP 16). */
      if (!bt_link_is_seed (link))
        {
          bt_wire_write_index (bt_peer_out (link->peer), BT_WIRE_HAVE, piece);
          bt_peer_flush (link->peer);
        }
    }
}
