/* SPDX-FileCopyrightText: 2026 The Freshet authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "bt-test-peer.h"
#include "bt-test-session.h"

#include <string.h>

#define PEER_ID "-XX0001-aaaaaaaaaaaa"

typedef struct
{
  BtTestTorrent *content;
  BtTestSession *session;
  BtTorrent *torrent;

} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static const BtTestFile files[] = {
    { .path = "a", .length = 100001 },
    { .path = "b", .length = 7 },
    { .path = "c", .length = 700000 },
  };
  BtTestSpec spec = { .piece_length = 65536, .files = files, .n_files = G_N_ELEMENTS (files) };

  fixture->content = bt_test_torrent_new (&spec);
  fixture->session = bt_test_session_new (NULL);
  fixture->torrent = bt_test_session_seed (fixture->session, fixture->content);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  bt_test_session_free (fixture->session);
  bt_test_torrent_free (fixture->content);
}

/* Whatever happened: somebody who behaves is served, and sees right bytes. */
static void
assert_serves (Fixture *fixture)
{
  static guint n;
  g_autofree char *id = g_strdup_printf ("-XX0001-%012u", n++);
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);

  bt_test_peer_be_leech (peer, fixture->content, id, n % 2);
  bt_test_peer_fetch (peer, fixture->content, n % fixture->content->n_pieces);
  g_assert_cmpint (bt_torrent_get_state (fixture->torrent), ==, BT_TORRENT_SEEDING);
}

static void
test_serves_every_piece (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);
  g_autoptr (BtTestMessage) bitfield = NULL;

  bt_test_peer_send_handshake (peer, fixture->content, PEER_ID, FALSE);
  bitfield = bt_test_peer_expect (peer, BT_WIRE_BITFIELD);
  g_assert_cmpuint (bitfield->length, ==, 2);
  bt_test_peer_send_message (peer, BT_WIRE_INTERESTED, NULL, 0);
  bt_test_message_free (bt_test_peer_expect (peer, BT_WIRE_UNCHOKE));
  for (guint32 piece = fixture->content->n_pieces; piece-- > 0;)
    bt_test_peer_fetch (peer, fixture->content, piece);
}

static void
test_odd_ranges_get_the_right_bytes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);
  BtBlock asked[300];
  BtRng rng;

  bt_rng_seed (&rng, 1);
  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      guint32 size;

      asked[i].piece = bt_rng_below (&rng, fixture->content->n_pieces);
      size = bt_test_torrent_piece_size (fixture->content, asked[i].piece);
      asked[i].begin = bt_rng_below (&rng, size);
      asked[i].length = 1 + bt_rng_below (&rng, MIN (BT_BLOCK_SIZE, size - asked[i].begin));
      bt_test_peer_send_block (peer, BT_WIRE_REQUEST, &asked[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (asked); i++)
    {
      g_autoptr (BtTestMessage) message = bt_test_peer_expect (peer, BT_WIRE_PIECE);
      BtBlock block = bt_test_message_block (message);
      gsize offset = (gsize) block.piece * fixture->content->piece_length + block.begin;

      g_assert_cmpuint (block.piece, ==, asked[i].piece);
      g_assert_cmpuint (block.begin, ==, asked[i].begin);
      g_assert_cmpuint (block.length, ==, asked[i].length);
      g_assert_true (memcmp (message->payload + 8, fixture->content->content + offset, block.length) == 0);
    }
  g_assert_false (bt_test_peer_heard (peer, BT_WIRE_REJECT));
}

/* Cuts every message of a whole exchange wherever it can be cut. */
static void
test_messages_may_come_in_any_parts (Fixture *fixture, gconstpointer data)
{
  for (guint most = 1; most < 40; most = most * 2 + 1)
    {
      g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);
      g_autofree char *id = g_strdup_printf ("-XX0002-%012u", most);

      peer->most = most;
      bt_rng_seed (&peer->rng, most);
      bt_test_peer_be_leech (peer, fixture->content, id, TRUE);
      bt_test_peer_send (peer, "\0\0\0\0\0\0\0\0", 8);
      bt_test_peer_fetch (peer, fixture->content, 0);
      bt_test_peer_send_index (peer, BT_WIRE_HAVE, 0);
      bt_test_peer_fetch (peer, fixture->content, fixture->content->n_pieces - 1);
    }
}

static void
test_what_cannot_be_had_is_refused (Fixture *fixture, gconstpointer data)
{
  static const BtBlock refused[] = {
    { 0, 0, 0 },
    { 0, 0, 16385 },
    { 0, 0, 131072 },
    { 0, 65536, 1 },
    { 0, 65535, 2 },
    { 0, G_MAXUINT32, 2 },
    { 0, 2, G_MAXUINT32 },
    { 12, 65535, 16384 },
  };
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);

  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (BtTestMessage) reject = NULL;
      BtBlock block;

      bt_test_peer_send_block (peer, BT_WIRE_REQUEST, &refused[i]);
      reject = bt_test_peer_expect (peer, BT_WIRE_REJECT);
      block = bt_test_message_block (reject);
      g_assert_cmpuint (block.piece, ==, refused[i].piece);
      g_assert_cmpuint (block.begin, ==, refused[i].begin);
      g_assert_cmpuint (block.length, ==, refused[i].length);
      g_assert_false (bt_test_peer_heard (peer, BT_WIRE_PIECE));
    }
  bt_test_peer_fetch (peer, fixture->content, 1);
}

/* Slots are for a few: the others hear no, and nothing else. */
static void
test_choked_peer_gets_nothing (Fixture *fixture, gconstpointer data)
{
  BtTestPeer *lucky[8];
  BtBlock block = { 3, 0, BT_BLOCK_SIZE };
  g_autoptr (BtTestPeer) peer = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (lucky); i++)
    {
      g_autofree char *id = g_strdup_printf ("-XX0003-%012u", i);

      lucky[i] = bt_test_peer_dial (fixture->session->port);
      bt_test_peer_be_leech (lucky[i], fixture->content, id, FALSE);
    }
  peer = bt_test_peer_dial (fixture->session->port);
  bt_test_peer_send_handshake (peer, fixture->content, PEER_ID, TRUE);
  bt_test_peer_send_message (peer, BT_WIRE_INTERESTED, NULL, 0);
  for (block.piece = 0; block.piece < fixture->content->n_pieces; block.piece++)
    bt_test_peer_send_block (peer, BT_WIRE_REQUEST, &block);
  bt_test_peer_send_message (peer, BT_WIRE_NOT_INTERESTED, NULL, 0);
  bt_test_peer_flush (peer);
  for (guint n = 0; n < fixture->content->n_pieces - 5;)
    {
      bt_test_message_free (bt_test_peer_expect (peer, BT_WIRE_REJECT));
      n++;
    }
  g_assert_false (bt_test_peer_heard (peer, BT_WIRE_UNCHOKE));
  for (guint i = 0; i < G_N_ELEMENTS (lucky); i++)
    {
      bt_test_peer_fetch (lucky[i], fixture->content, i);
      bt_test_peer_free (lucky[i]);
    }
}

/* A peer that asks for very much and reads nothing costs bounded memory, and
 * nobody else's time. */
static void
test_peer_that_does_not_read_is_bounded (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);
  BtTorrentStats stats;
  guint rejects = 0, pieces = 0;

  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  bt_test_peer_be_deaf (peer, TRUE);
  for (guint i = 0; i < 3000; i++)
    {
      BtBlock block = { i % (fixture->content->n_pieces - 1), i % 4 * BT_BLOCK_SIZE, BT_BLOCK_SIZE };

      bt_test_peer_send_block (peer, BT_WIRE_REQUEST, &block);
    }
  bt_test_peer_flush (peer);
  assert_serves (fixture);
  /* What the system's buffers took, and no more. */
  bt_torrent_get_stats (fixture->torrent, &stats);
  g_assert_cmpuint (stats.uploaded, <, 20 << 20);

  bt_test_peer_be_deaf (peer, FALSE);
  bt_test_wait (({
    rejects = pieces = 0;
    for (GList *l = peer->messages.head; l != NULL; l = l->next)
      {
        rejects += ((BtTestMessage *) l->data)->id == BT_WIRE_REJECT;
        pieces += ((BtTestMessage *) l->data)->id == BT_WIRE_PIECE;
      }
    rejects + pieces >= 3000 || peer->ended;
  }));
  g_assert_cmpuint (rejects + pieces, ==, 3000);
  g_assert_cmpuint (pieces, >=, 500);
  bt_test_peer_forget (peer);
  bt_test_peer_fetch (peer, fixture->content, 2);
}

/* Never answering is bounded too: the rejects alone would fill memory. */
static void
test_peer_that_never_reads_is_sent_away (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);

  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  bt_test_peer_be_deaf (peer, TRUE);
  for (guint i = 0; i < 40 && bt_test_n_peers (fixture->torrent) > 0; i++)
    {
      g_autofree guint8 *flood = g_malloc (17 * 10000);

      for (guint k = 0; k < 10000; k++)
        memcpy (flood + 17 * k, "\0\0\0\x0d\x06\0\0\0\0\0\0\0\0\0\0\x40\0", 17);
      bt_test_peer_send (peer, flood, 17 * 10000);
      bt_test_wait (bt_buffer_length (&peer->output) == 0 || bt_test_n_peers (fixture->torrent) == 0);
    }
  bt_test_wait (bt_test_n_peers (fixture->torrent) == 0);
  assert_serves (fixture);
}

static void
test_cancelled_request_is_not_answered (Fixture *fixture, gconstpointer data)
{
  g_autoptr (BtTestPeer) peer = bt_test_peer_dial (fixture->session->port);
  guint rejected = 0, n_blocks = 4 * (fixture->content->n_pieces - 1), asked = 480;
  BtTestMessage *message;

  bt_test_peer_be_leech (peer, fixture->content, PEER_ID, TRUE);
  bt_test_peer_be_deaf (peer, TRUE);
  for (guint i = 0; i < asked; i++)
    {
      BtBlock block = { i % n_blocks / 4, i % 4 * BT_BLOCK_SIZE, BT_BLOCK_SIZE };

      bt_test_peer_send_block (peer, BT_WIRE_REQUEST, &block);
    }
  for (guint i = 0; i < asked; i++)
    {
      BtBlock block = { i % n_blocks / 4, i % 4 * BT_BLOCK_SIZE, BT_BLOCK_SIZE };

      bt_test_peer_send_block (peer, BT_WIRE_CANCEL, &block);
    }
  bt_test_peer_send_index (peer, BT_WIRE_HAVE, 0);
  bt_test_peer_flush (peer);
  assert_serves (fixture);
  bt_test_peer_be_deaf (peer, FALSE);
  /* BEP 6: every request has its one answer. */
  for (guint n = 0; n < asked; n++)
    {
      bt_test_wait (peer->messages.length > 0 || peer->ended);
      message = g_queue_pop_head (&peer->messages);
      g_assert_nonnull (message);
      if (message->id == BT_WIRE_REJECT)
        rejected++;
      else
        g_assert_cmpint (message->id, ==, BT_WIRE_PIECE);
      bt_test_message_free (message);
    }
  g_test_message ("%u of %u were rejected", rejected, asked);
  g_assert_cmpuint (rejected, >, 0);
  bt_test_peer_fetch (peer, fixture->content, 2);
}

#define ADD(path, function) g_test_add ("/engine-upload/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("serves/every-piece", test_serves_every_piece);
  ADD ("serves/odd-ranges-get-the-right-bytes", test_odd_ranges_get_the_right_bytes);
  ADD ("serves/messages-may-come-in-any-parts", test_messages_may_come_in_any_parts);
  ADD ("refuses/what-cannot-be-had", test_what_cannot_be_had_is_refused);
  ADD ("refuses/choked-peer-gets-nothing", test_choked_peer_gets_nothing);
  ADD ("bounds/peer-that-does-not-read", test_peer_that_does_not_read_is_bounded);
  ADD ("bounds/peer-that-never-reads-is-sent-away", test_peer_that_never_reads_is_sent_away);
  ADD ("cancel/cancelled-request-is-not-answered", test_cancelled_request_is_not_answered);
  return g_test_run ();
}
